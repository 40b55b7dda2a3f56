/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A nexus is announced when a command of it comes by; commands wait for room in the admin ring. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/event.h"
#include "core/nexus.h"
#include "core/session.h"
#include "fixture.h"

#define MANY 300U
#define ROOM 100U /* for fewer events than that */

static struct sl_nexus *many[MANY];
static struct fx_cmd c[MANY];

static void open_many(void)
{
	char name[32];

	for (u32 i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "iqn.%u,i,0x1", i);
		many[i] = fx_nexus(name);
	}
}

static void close_many(void)
{
	for (u32 i = 0; i < MANY; i++)
		sl_nexus_close(many[i], fx->now_ns);
}

/* Fills the ring with events that nobody reads. */
static void fill_ring(struct sl_nexus *n)
{
	struct fx_tmf tmf;

	for (u32 i = 0; i < fx->control.admin_depth; i++)
		fx_tmf(&tmf, n, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
}

static void ping(u32 events)
{
	sl_spin_lock(&fx->session->admin_lock);
	for (u32 i = 0; i < events; i++)
		assert_true(sl_event_ping(fx->session));
	sl_spin_unlock(&fx->session->admin_lock);
}

static void read_all(void)
{
	while (fx_event())
		;
}

static void quiet_down(struct sl_nexus *n)
{
	struct fx_cmd tur;

	fx_init(&tur, n, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&tur); /* the resets' Unit Attention */
	assert_int_equal(tur.responses, 1);
}

static void should_say_nothing_of_a_nexus_that_sends_nothing(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	assert_null(fx_event());
	sl_nexus_close(n, fx->now_ns);
	assert_null(fx_event());
}

static void should_answer_nobody_busy_when_more_nexuses_come_than_events_fit(void **state)
{
	u32 answered = 0, told = 0, rounds = 0;

	(void)state;
	fx_teardown(NULL);
	fx_open(512, 0, 1000);
	open_many();
	ping(fx->control.admin_depth - ROOM);
	for (u32 i = 0; i < MANY; i++) {
		fx_init(&c[i], many[i], 0x00, SLUICE_DIR_NONE, 0);
		fx_submit(&c[i]);
	}
	assert_int_equal(c[ROOM - 1].cmd.core.state, SL_RUNNING);
	assert_int_equal(c[ROOM].cmd.core.state, SL_WAIT_TAG);
	assert_int_equal(c[MANY - 1].cmd.core.state, SL_WAIT_TAG);
	assert_int_equal(c[MANY - 1].cmd.core.stage, SL_STAGE_ADMIN);
	while (answered < MANY && rounds++ < 10) {
		const struct sluice_desc *d;
		const struct sluice_event *e;

		while ((e = fx_event()))
			told += e->type == SLUICE_EVENT_NEXUS_ADD;
		for (; (d = fx_take(0)); answered++)
			fx_put(0, d->tag, d->generation, 0, 0, NULL, 0);
		fx_reap(0);
	}
	assert_int_equal(told, MANY);
	for (u32 i = 0; i < MANY; i++) {
		assert_int_equal(c[i].responses, 1);
		assert_int_equal(c[i].cmd.status, 0);
	}
	close_many();
	fx_assert_quiet();
}

/* Nothing else happens: no answer comes, nobody sends. */
static void should_look_again_when_nothing_else_happens(void **state)
{
	struct sl_nexus *a = fx_nexus("iqn.a,i,0x1"), *b = fx_nexus("iqn.b,i,0x1");

	(void)state;
	fill_ring(a);
	quiet_down(b);
	fx_init(&c[0], b, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c[0]);
	assert_null(fx_take(0));
	assert_true(fx->timer_ns <= fx->now_ns + SL_ADMIN_POLL_NS);
	read_all();
	fx->now_ns += SL_ADMIN_POLL_NS;
	assert_true(sl_gateway_tick(fx->gw, fx->now_ns) > fx->now_ns);
	fx_good(0, fx_take(0), 0);
	assert_int_equal(c[0].cmd.status, 0);
	fx_assert_quiet();
}

static struct sl_nexus *wait_for_room(void)
{
	struct sl_nexus *a = fx_nexus("iqn.a,i,0x1"), *b = fx_nexus("iqn.b,i,0x1");

	fill_ring(a);
	quiet_down(b);
	fx_init(&c[0], b, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c[0]);
	assert_int_equal(c[0].cmd.core.stage, SL_STAGE_ADMIN);
	assert_int_equal(fx->session->n_announcing, 1);
	return b;
}

static void should_end_a_wait_at_its_deadline(void **state)
{
	(void)state;
	wait_for_room();
	fx->now_ns += 10 * FX_SECOND - 1;
	sl_gateway_tick(fx->gw, fx->now_ns);
	assert_int_equal(c[0].responses, 0);
	fx->now_ns++;
	sl_gateway_tick(fx->gw, fx->now_ns);
	fx_assert_sense(&c[0], 0xb, 0x2e01);
	assert_int_equal(fx->session->n_announcing, 0);
	fx_assert_quiet();
}

static void should_abort_who_waits(void **state)
{
	struct sl_nexus *b = wait_for_room();
	struct fx_tmf tmf;

	(void)state;
	fx_tmf(&tmf, b, SLUICE_TMF_ABORT_TASK_SET, 0, 0);
	assert_int_equal(tmf.done, 1);
	assert_int_equal(c[0].responses, 1);
	assert_true(c[0].cmd.silent);
	assert_int_equal(fx->session->n_announcing, 0);
	read_all();
	sl_admin_reap(fx->session, fx->now_ns);
	assert_null(fx_take(0));
	fx_assert_quiet();
}

static void should_keep_who_waits_for_the_next_handler(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	fx->recovery = SLUICE_RECOVERY_REDELIVER;
	fx_session_close();
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	wait_for_room();
	fx_abandon();
	assert_int_equal(c[0].cmd.core.state, SL_KEPT);
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	d = fx_take(0);
	assert_non_null(d);
	assert_int_equal(d->flags, 0);
	fx_good(0, d, 0);
	assert_int_equal(c[0].cmd.status, 0);
	fx_bury();
	fx_assert_quiet();
}

static void should_let_who_waits_go_when_the_session_is_quiesced(void **state)
{
	(void)state;
	fx->recovery = SLUICE_RECOVERY_REDELIVER;
	fx_session_close();
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	wait_for_room();
	sl_session_quiesce(fx->session, fx->now_ns);
	assert_int_equal(c[0].cmd.core.state, SL_KEPT);
	assert_int_equal(fx->session->n_announcing, 0);
	fx_abandon();
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	fx_good(0, fx_take(0), 0);
	fx_bury();
	fx_assert_quiet();
}

/* Gone before it was announced, and another one in its slot. */
static void should_announce_who_has_the_slot_now(void **state)
{
	struct sl_nexus *b = wait_for_room();
	const struct sluice_event *e;
	u32 id, adds = 0;

	(void)state;
	sl_nexus_close(b, fx->now_ns);
	assert_int_equal(c[0].responses, 1);
	b = fx_nexus("iqn.c,i,0x1");
	id = sl_nexus_id(b);
	fx_init(&c[1], b, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c[1]);
	while ((e = fx_event()))
		assert_int_not_equal(e->type, SLUICE_EVENT_NEXUS_ADD);
	sl_admin_reap(fx->session, fx->now_ns);
	while ((e = fx_event())) {
		if (e->type == SLUICE_EVENT_NEXUS_ADD) {
			assert_int_equal(e->nexus, id);
			adds++;
		}
	}
	assert_int_equal(adds, 1);
	fx_good(0, fx_take(0), 0);
	assert_int_equal(c[1].cmd.status, 0);
	fx_assert_quiet();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_say_nothing_of_a_nexus_that_sends_nothing),
		TEST(should_answer_nobody_busy_when_more_nexuses_come_than_events_fit),
		TEST(should_look_again_when_nothing_else_happens),
		TEST(should_end_a_wait_at_its_deadline),
		TEST(should_abort_who_waits),
		TEST(should_keep_who_waits_for_the_next_handler),
		TEST(should_let_who_waits_go_when_the_session_is_quiesced),
		TEST(should_announce_who_has_the_slot_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
