/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A service that aborts others' commands answers after the last of them ended, within
 * the abort bound, and whoever else waits for whom. The service is the test's own: it
 * is given to a command at its admission.
 */
#include <string.h>

#include "core/device.h"
#include "core/nexus.h"
#include "core/preemption.h"
#include "core/sense.h"
#include "core/service.h"
#include "core/session.h"
#include "fixture.h"

static struct sl_nexus *a, *b;
static struct fx_cmd preempt, second, own, other, ordered;
static struct fx_tmf t;
static bool also_own;

static enum sl_served run_preempt(struct sl_cmd *cmd, bool stored, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;
	struct sl_list *pos;

	(void)stored;
	sl_preempt_begin(cmd);
	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);

		sl_spin_lock(&itl->nexus->lock);
		if (also_own || itl->nexus != cmd->nexus)
			sl_preempt(cmd, itl, w);
		sl_spin_unlock(&itl->nexus->lock);
	}
	sl_spin_unlock(&dev->itl_lock);
	sl_status_only(cmd, SL_STATUS_GOOD);
	return SL_SERVED_PREEMPTING;
}

static const struct sl_service service = { 0x5f, 0x05, SL_SERVICE_IN_TURN, .in_turn = run_preempt };

static void give_service(const struct sl_cmd *cmd, u32 state, u32 event)
{
	if ((cmd == &preempt.cmd || cmd == &second.cmd) && state == SL_ARRIVED &&
	    event == SL_EV_ADMIT)
		((struct sl_cmd *)(uintptr_t)cmd)->core.service = &service;
}

static int setup(void **state)
{
	fx_setup(state);
	a = fx_nexus("iqn.a,i,0x1");
	b = fx_nexus("iqn.b,i,0x1");
	also_own = false;
	fx->gw->observe = give_service;
	return 0;
}

static const struct sluice_desc *run(struct fx_cmd *cmd, struct sl_nexus *n)
{
	fx_init(cmd, n, 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(cmd);
	return fx_take(0);
}

static void submit_preempt(void)
{
	fx_init(&preempt, a, 0x5f, SLUICE_DIR_NONE, 0);
	fx_submit(&preempt);
}

static void assert_preempt_good(void)
{
	assert_int_equal(preempt.responses, 1);
	assert_int_equal(preempt.cmd.silent, 0);
	assert_int_equal(preempt.cmd.status, SL_STATUS_GOOD);
}

static void should_answer_after_the_last_command_of_the_others_ended(void **state)
{
	const struct sluice_desc *mine = run(&own, a), *d = run(&other, b);

	(void)state;
	fx_init(&ordered, b, 0x00, SLUICE_DIR_NONE, 0);
	ordered.cmd.attribute = SLUICE_ATTR_ORDERED;
	fx_submit(&ordered);
	assert_null(fx_take(0));
	fx_init(&preempt, a, 0x5f, SLUICE_DIR_NONE, 0);
	preempt.cmd.attribute = SLUICE_ATTR_HEAD_OF_QUEUE;
	fx_submit(&preempt);
	/* Who was dormant ended at once; whom the handler has, when it lets go. */
	assert_int_equal(ordered.responses, 1);
	assert_int_equal(ordered.cmd.silent, 1);
	assert_int_equal(preempt.responses, 0);
	fx_good(0, d, 4096);
	assert_int_equal(other.cmd.silent, 1);
	assert_preempt_good();
	assert_true(preempt.order > other.order);
	fx_good(0, mine, 4096);
	assert_int_equal(own.cmd.silent, 0);
	assert_int_equal(own.cmd.status, SL_STATUS_GOOD);
	/* TAS is 0: the other one is told. */
	fx_init(&other, b, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&other);
	fx_assert_sense(&other, 6, 0x2f00);
	fx_assert_quiet();
}

static void should_answer_at_once_when_nobody_has_a_command(void **state)
{
	(void)state;
	submit_preempt();
	assert_preempt_good();
	assert_non_null(run(&other, b)); /* and no Unit Attention */
	fx->consumer[0]--;
	fx_good(0, fx_take(0), 4096);
	fx_assert_quiet();
}

static void should_spare_itself_among_its_own_nexus(void **state)
{
	const struct sluice_desc *d = run(&own, a);

	(void)state;
	also_own = true;
	submit_preempt();
	assert_int_equal(preempt.responses, 0);
	fx_good(0, d, 4096);
	assert_int_equal(own.cmd.silent, 1);
	assert_preempt_good();
	assert_non_null(run(&own, a)); /* who asked for it is told nothing */
	fx->consumer[0]--;
	fx_good(0, fx_take(0), 4096);
}

static void should_end_the_others_with_task_aborted_when_tas_is_set(void **state)
{
	const struct sluice_desc *d = run(&other, b);

	(void)state;
	fx->gw->devices[0]->control_mode = SLUICE_CONTROL_MODE_TAS;
	submit_preempt();
	fx_good(0, d, 4096);
	assert_int_equal(other.cmd.silent, 0);
	assert_int_equal(other.cmd.status, SL_STATUS_TASK_ABORTED);
	assert_preempt_good();
}

static void should_answer_within_the_abort_bound_when_the_handler_hangs(void **state)
{
	const struct sluice_desc *d = run(&other, b);

	(void)state;
	submit_preempt();
	fx->now_ns += 5 * FX_SECOND;
	sl_gateway_tick(fx->gw, fx->now_ns);
	assert_int_equal(other.responses, 1);
	assert_preempt_good();
	fx_good(0, d, 0);
	fx_assert_quiet();
}

/* The reset awaits the service, the service a command that both of them abort. */
static void should_end_when_a_reset_comes_after_it(void **state)
{
	const struct sluice_desc *d = run(&other, b);

	(void)state;
	submit_preempt();
	fx_tmf(&t, b, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	assert_int_equal(preempt.responses, 0);
	assert_int_equal(t.done, 0);
	fx_good(0, d, 4096);
	assert_int_equal(preempt.responses, 1);
	assert_int_equal(preempt.cmd.silent, 1);
	assert_int_equal(t.done, 1);
	assert_true(t.order > preempt.order);
	fx_assert_quiet();
}

static void should_end_when_a_reset_came_before_it(void **state)
{
	const struct sluice_desc *d = run(&other, b);

	(void)state;
	fx_tmf(&t, b, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	fx_init(&own, a, 0x00, SLUICE_DIR_NONE, 0); /* takes the reset's Unit Attention */
	fx_submit(&own);
	fx_assert_sense(&own, 6, 0x2903);
	submit_preempt();
	assert_int_equal(preempt.responses, 0);
	fx_good(0, d, 4096);
	assert_preempt_good();
	assert_int_equal(t.done, 1);
	fx_assert_quiet();
}

/* SERVING, and WAIT_TURN behind it: an abort is answered after its command's end, as ever. */
static void should_abort_a_service_that_waits_and_one_that_waits_for_its_turn(void **state)
{
	const struct sluice_desc *d = run(&other, b);
	struct fx_tmf of_second;

	(void)state;
	submit_preempt();
	fx_init(&second, a, 0x5f, SLUICE_DIR_NONE, 0);
	fx_submit(&second);
	assert_int_equal(second.cmd.core.state, SL_WAIT_TURN);
	fx_tmf(&of_second, a, SLUICE_TMF_ABORT_TASK, 0, second.cmd.task_tag);
	assert_int_equal(of_second.done, 1);
	assert_int_equal(second.cmd.silent, 1);
	fx_tmf(&t, a, SLUICE_TMF_ABORT_TASK, 0, preempt.cmd.task_tag);
	assert_int_equal(preempt.cmd.core.state, SL_SERVING_ABORTED);
	assert_int_equal(t.done, 0);
	fx->now_ns += 5 * FX_SECOND; /* the handler hangs */
	sl_gateway_tick(fx->gw, fx->now_ns);
	assert_int_equal(preempt.cmd.silent, 1);
	assert_int_equal(t.done, 1);
	assert_int_equal(t.tmf.response, SLUICE_TMF_COMPLETE);
	/* The turn is free again. */
	submit_preempt();
	assert_preempt_good();
	fx_good(0, d, 0);
	fx_assert_quiet();
}

/* SAM-6 5.10.6: nobody else could clear it. */
static void should_end_the_aca_condition_of_whom_it_preempts(void **state)
{
	(void)state;
	fx_init(&other, b, 0x00, SLUICE_DIR_NONE, 0);
	other.cmd.cdb[5] = 0x04; /* NACA */
	sl_ua_raise(fx->gw->devices[0], a, 0x2a, 0x01);
	fx_submit(&other);
	fx_assert_sense(&other, 6, 0x2a01);
	fx_init(&own, a, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&own);
	assert_int_equal(own.cmd.status, SL_STATUS_BUSY);
	fx_init(&preempt, a, 0x5f, SLUICE_DIR_NONE, 0);
	preempt.cmd.cdb[1] = 0x05; /* PREEMPT AND ABORT: that one is let in */
	fx_submit(&preempt);
	assert_preempt_good();
	assert_non_null(run(&own, a));
	fx->consumer[0]--;
	fx_good(0, fx_take(0), 4096);
	assert_int_equal(own.cmd.status, SL_STATUS_GOOD);
	fx_assert_quiet();
}

/* An abort from within respond(): that command has ended, but for its fabric. */
static void preempt_in_respond(void)
{
	submit_preempt();
	assert_int_equal(preempt.responses, 0);
}

static void should_await_a_response_that_is_just_being_given(void **state)
{
	const struct sluice_desc *d = run(&other, b);

	(void)state;
	fx->on_respond = preempt_in_respond;
	fx_good(0, d, 4096);
	assert_int_equal(other.cmd.silent, 0);
	assert_preempt_good();
	fx_assert_quiet();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_answer_after_the_last_command_of_the_others_ended),
		TEST(should_answer_at_once_when_nobody_has_a_command),
		TEST(should_spare_itself_among_its_own_nexus),
		TEST(should_end_the_others_with_task_aborted_when_tas_is_set),
		TEST(should_answer_within_the_abort_bound_when_the_handler_hangs),
		TEST(should_end_when_a_reset_comes_after_it),
		TEST(should_end_when_a_reset_came_before_it),
		TEST(should_abort_a_service_that_waits_and_one_that_waits_for_its_turn),
		TEST(should_end_the_aca_condition_of_whom_it_preempts),
		TEST(should_await_a_response_that_is_just_being_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
