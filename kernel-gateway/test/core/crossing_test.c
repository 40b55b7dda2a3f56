/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Cells of the command's table that only two threads can reach, or one inside a call of the core. */
#include <pthread.h>
#include <string.h>

#include "core/nexus.h"
#include "core/session.h"
#include "fixture.h"

static bool visited[SL_STATES][SL_EVENTS];

static void observe(const struct sl_cmd *cmd, u32 state, u32 event)
{
	(void)cmd;
	visited[state][event] = true;
}

static void watch(void)
{
	memset(visited, 0, sizeof(visited));
	fx->gw->observe = observe;
}

static void close_session(void)
{
	sl_session_close(fx->session, fx->now_ns);
}

/* The tag is on its way to who waited for it when the ring goes. */
static void should_refuse_a_command_whose_tag_came_after_the_ring_had_gone(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *first;
	struct fx_cmd c[9];

	(void)state;
	watch();
	for (u32 i = 0; i < 9; i++) {
		fx_init(&c[i], n, 0x28, SLUICE_DIR_IN, 4096);
		fx_submit(&c[i]);
	}
	assert_int_equal(c[8].cmd.core.state, SL_WAIT_TAG);
	first = fx_take(0);
	fx->on_respond = close_session; /* another thread, while this one answers the first */
	fx_put(0, first->tag, first->generation, 0, 4096, NULL, 0);
	fx_reap(0);
	assert_int_equal(c[0].cmd.status, 0);
	for (u32 i = 1; i < 9; i++)
		fx_assert_sense(&c[i], 0xb, 0x0800);
	assert_true(visited[SL_RUNNING][SL_EV_GONE]);
	fx_assert_quiet();
}

static void *release(void *c)
{
	fx_release(c);
	return NULL;
}

static bool taken_off_the_list(struct sl_cmd *cmd)
{
	bool parked;

	sl_spin_lock(&fx->session->pool_lock);
	parked = cmd->core.parked;
	sl_spin_unlock(&fx->session->pool_lock);
	return !parked;
}

/* The buffer is on its way to who waited for it when he is aborted. */
static void should_abort_a_command_whose_buffer_is_on_its_way(void **state)
{
	struct sl_nexus *holder = fx_nexus("iqn.a,i,0x1"), *waiter = fx_nexus("iqn.b,i,0x1");
	struct fx_cmd whole_pool, c;
	struct sl_work w;
	pthread_t thread;

	(void)state;
	watch();
	fx->auto_release = false;
	fx_init(&whole_pool, holder, 0x28, SLUICE_DIR_IN, SLUICE_MAX_BUFFER);
	fx_submit(&whole_pool);
	fx_good(0, fx_take(0), 0);
	fx->auto_release = true;
	fx_init(&c, waiter, 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(&c);
	assert_int_equal(c.cmd.core.state, SL_WAIT_BUFFER);
	sl_work_init(&w, fx->gw, fx->now_ns);
	/* The granter takes it off the list, and then has to wait for our lock. */
	sl_spin_lock(&waiter->lock);
	pthread_create(&thread, NULL, release, &whole_pool);
	while (!taken_off_the_list(&c.cmd))
		sched_yield();
	c.cmd.core.abort_kind = SL_ABORT_SILENT;
	sl_cmd_event(&c.cmd, SL_EV_ABORT, &w);
	assert_int_equal(c.cmd.core.state, SL_UNPARK);
	sl_spin_unlock(&waiter->lock);
	sl_work_run(&w);
	pthread_join(thread, NULL);
	assert_true(visited[SL_UNPARK][SL_EV_BUFFER]);
	assert_int_equal(c.responses, 1);
	assert_true(c.cmd.silent);
	assert_null(fx_take(0));
	fx_assert_quiet();
}

static void *read_events(void *unused)
{
	(void)unused;
	sl_admin_reap(fx->session, fx->now_ns);
	return NULL;
}

/* Its nexus is announced, and it is on its way, when it is aborted. */
static void should_abort_a_command_whose_announcement_is_on_its_way(void **state)
{
	struct sl_nexus *loud = fx_nexus("iqn.a,i,0x1"), *waiter = fx_nexus("iqn.b,i,0x1");
	struct fx_tmf tmf;
	struct fx_cmd c;
	struct sl_work w;
	pthread_t thread;
	u32 waiting = 1;

	(void)state;
	watch();
	for (u32 i = 0; i < fx->control.admin_depth; i++)
		fx_tmf(&tmf, loud, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	for (u32 i = 0; i < 2; i++) {
		fx_init(&c, waiter, 0x00, SLUICE_DIR_NONE, 0);
		fx_submit(&c); /* the first tells of the resets */
	}
	assert_int_equal(c.cmd.core.stage, SL_STAGE_ADMIN);
	while (fx_event())
		;
	sl_work_init(&w, fx->gw, fx->now_ns);
	/* The one who puts the event takes it off the list, and then has to wait for our lock. */
	sl_spin_lock(&waiter->lock);
	pthread_create(&thread, NULL, read_events, NULL);
	while (waiting) {
		sl_spin_lock(&fx->session->admin_lock);
		waiting = fx->session->n_announcing;
		sl_spin_unlock(&fx->session->admin_lock);
		sched_yield();
	}
	c.cmd.core.abort_kind = SL_ABORT_SILENT;
	sl_cmd_event(&c.cmd, SL_EV_ABORT, &w);
	assert_int_equal(c.cmd.core.state, SL_UNPARK);
	sl_spin_unlock(&waiter->lock);
	sl_work_run(&w);
	pthread_join(thread, NULL);
	assert_true(visited[SL_UNPARK][SL_EV_READY]);
	assert_int_equal(c.responses, 1);
	assert_true(c.cmd.silent);
	assert_null(fx_take(0));
	fx_assert_quiet();
}

/* A write that the handler had when it went, and its successor's session, not yet with the device. */
static void keep_a_write(struct fx_cmd *c)
{
	struct sl_nexus *n;

	fx->recovery = SLUICE_RECOVERY_REDELIVER;
	fx_session_close();
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	n = fx_nexus("iqn.a,i,0x1");
	fx_init(c, n, 0x2a, SLUICE_DIR_OUT, 8192);
	fx_submit(c);
	assert_non_null(fx_take(0));
	fx_abandon();
	assert_int_equal(c->cmd.core.state, SL_KEPT);
	watch();
	fx_session_open(0, 0);
	sl_kept_join(fx->gw->devices[fx->device - 1], sl_binding(fx->session));
}

static void end_it(struct fx_cmd *c)
{
	assert_int_equal(c->responses, 1);
	assert_true(c->cmd.silent);
	fx_bury();
	fx_device_add("disk2", 0, 32);
	fx_assert_quiet();
}

static void deliver(struct fx_cmd *c, enum sl_event ev, struct sl_work *w)
{
	sl_spin_lock(&c->cmd.nexus->lock);
	sl_cmd_event(&c->cmd, ev, w);
	sl_spin_unlock(&c->cmd.nexus->lock);
}

/* The abort comes when the new handler's thread has taken it off the list and not yet got the lock. */
static void should_abort_a_kept_command_that_is_on_its_way(void **state)
{
	struct sl_work w;
	struct fx_cmd c;

	(void)state;
	keep_a_write(&c);
	sl_work_init(&w, fx->gw, fx->now_ns);
	assert_true(sl_kept_unpark(&c.cmd));
	c.cmd.core.abort_kind = SL_ABORT_SILENT;
	deliver(&c, SL_EV_ABORT, &w);
	assert_int_equal(c.cmd.core.state, SL_UNPARK);
	deliver(&c, SL_EV_RESUME, &w);
	sl_work_run(&w);
	assert_true(visited[SL_UNPARK][SL_EV_RESUME]);
	end_it(&c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_refuse_a_command_whose_tag_came_after_the_ring_had_gone),
		TEST(should_abort_a_command_whose_buffer_is_on_its_way),
		TEST(should_abort_a_command_whose_announcement_is_on_its_way),
		TEST(should_abort_a_kept_command_that_is_on_its_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
