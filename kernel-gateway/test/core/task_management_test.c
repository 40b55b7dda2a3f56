/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SAM-6 7: a function is answered after the commands it affects ended, and within its bound. */
#include <string.h>

#include "core/device.h"
#include "core/nexus.h"
#include "core/session.h"
#include "fixture.h"

static struct sl_nexus *a, *b;
static struct fx_cmd c, other;
static struct fx_tmf t;

static int setup(void **state)
{
	fx_setup(state);
	a = fx_nexus("iqn.a,i,0x1");
	b = fx_nexus("iqn.b,i,0x1");
	while (fx_event())
		;
	return 0;
}

static const struct sluice_desc *run(struct fx_cmd *cmd, struct sl_nexus *n)
{
	fx_init(cmd, n, 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(cmd);
	while (fx_event()) /* of its nexus */
		;
	return fx_take(0);
}

static void should_answer_an_abort_after_the_handler_let_go(void **state)
{
	const struct sluice_desc *d = run(&c, a);
	const struct sluice_event *e;

	(void)state;
	fx_tmf(&t, a, SLUICE_TMF_ABORT_TASK, 0, c.cmd.task_tag);
	assert_int_equal(t.done, 0);
	e = fx_event();
	assert_non_null(e);
	assert_int_equal(e->type, SLUICE_EVENT_TASK_MANAGEMENT);
	assert_int_equal(e->function, SLUICE_TMF_ABORT_TASK);
	assert_int_equal(e->tag, d->tag);
	assert_int_equal(e->generation, d->generation);
	fx_good(0, d, 4096);
	assert_int_equal(c.responses, 1);
	assert_int_equal(c.cmd.silent, 1);
	assert_int_equal(t.done, 1);
	assert_int_equal(t.tmf.response, SLUICE_TMF_COMPLETE);
	assert_true(t.order > c.order);
	fx_assert_quiet();
}

static void should_answer_within_the_abort_bound_when_the_handler_hangs(void **state)
{
	const struct sluice_desc *d = run(&c, a);

	(void)state;
	fx_tmf(&t, a, SLUICE_TMF_ABORT_TASK, 0, c.cmd.task_tag);
	assert_int_equal(fx->timer_ns, fx->now_ns + 5 * FX_SECOND);
	fx->now_ns += 5 * FX_SECOND - 1;
	sl_gateway_tick(fx->gw, fx->now_ns);
	assert_int_equal(t.done, 0);
	fx->now_ns++;
	sl_gateway_tick(fx->gw, fx->now_ns);
	assert_int_equal(t.done, 1);
	assert_int_equal(c.cmd.silent, 1);
	assert_int_equal(fx->gw->devices[0]->quarantined, 1);
	fx_good(0, d, 0);
	fx_assert_quiet();
}

static void should_tell_a_task_and_a_logical_unit_that_do_not_exist(void **state)
{
	(void)state;
	fx_tmf(&t, a, SLUICE_TMF_ABORT_TASK, 0, 999999);
	assert_int_equal(t.done, 1);
	assert_int_equal(t.tmf.response, SLUICE_TMF_NO_TASK);
	fx_tmf(&t, a, SLUICE_TMF_LOGICAL_UNIT_RESET, 9, 0);
	assert_int_equal(t.tmf.response, SLUICE_TMF_INCORRECT_LUN);
	fx_tmf(&t, a, SLUICE_TMF_QUERY_ASYNC_EVENT + 1, 0, 0);
	assert_int_equal(t.tmf.response, SLUICE_TMF_REJECTED);
}

static u8 ask(struct sl_nexus *n, u8 function, u64 tag)
{
	fx_tmf(&t, n, function, 0, tag);
	assert_int_equal(t.done, 1);
	return t.tmf.response;
}

static void should_tell_whether_a_task_is_there(void **state)
{
	static const u8 queries[] = { SLUICE_TMF_QUERY_TASK, SLUICE_TMF_QUERY_TASK_SET,
				      SLUICE_TMF_QUERY_ASYNC_EVENT };
	const struct sluice_desc *d = run(&c, a);

	(void)state;
	assert_int_equal(ask(a, SLUICE_TMF_QUERY_TASK, c.cmd.task_tag), SLUICE_TMF_SUCCEEDED);
	assert_int_equal(ask(a, SLUICE_TMF_QUERY_TASK, c.cmd.task_tag + 1), SLUICE_TMF_COMPLETE);
	assert_int_equal(ask(b, SLUICE_TMF_QUERY_TASK, c.cmd.task_tag), SLUICE_TMF_COMPLETE);
	assert_int_equal(ask(a, SLUICE_TMF_QUERY_TASK_SET, 0), SLUICE_TMF_SUCCEEDED);
	assert_int_equal(ask(b, SLUICE_TMF_QUERY_TASK_SET, 0), SLUICE_TMF_COMPLETE);
	fx_good(0, d, 4096);
	assert_int_equal(c.cmd.status, 0);
	assert_int_equal(ask(a, SLUICE_TMF_QUERY_TASK, c.cmd.task_tag), SLUICE_TMF_COMPLETE);
	assert_int_equal(ask(a, SLUICE_TMF_QUERY_TASK_SET, 0), SLUICE_TMF_COMPLETE);
	for (u32 i = 0; i < 3; i++) {
		fx_tmf(&t, a, queries[i], 7, 0);
		assert_int_equal(t.tmf.response, SLUICE_TMF_INCORRECT_LUN);
	}
	assert_null(fx_event()); /* none of the handler's business */
}

static void should_tell_what_unit_attention_comes_next_and_keep_it(void **state)
{
	static const u8 one[] = { 0x16, 0x2a, 0x01 }, more[] = { 0x26, 0x2a, 0x01 }, none[3];

	(void)state;
	assert_int_equal(ask(a, SLUICE_TMF_QUERY_ASYNC_EVENT, 0), SLUICE_TMF_COMPLETE);
	assert_memory_equal(t.tmf.information, none, 3);
	sl_ua_raise(fx->gw->devices[0], b, 0x2a, 0x01);
	assert_int_equal(ask(a, SLUICE_TMF_QUERY_ASYNC_EVENT, 0), SLUICE_TMF_SUCCEEDED);
	assert_memory_equal(t.tmf.information, one, 3);
	sl_ua_raise(fx->gw->devices[0], b, 0x3f, 0x03);
	assert_int_equal(ask(a, SLUICE_TMF_QUERY_ASYNC_EVENT, 0), SLUICE_TMF_SUCCEEDED);
	assert_memory_equal(t.tmf.information, more, 3);
	assert_int_equal(ask(b, SLUICE_TMF_QUERY_ASYNC_EVENT, 0), SLUICE_TMF_COMPLETE);
	fx_init(&c, a, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	fx_assert_sense(&c, 6, 0x2a01);
}

static void should_clear_only_its_own_task_set_when_each_nexus_has_one(void **state)
{
	const struct sluice_desc *d = run(&c, a), *e = run(&other, b);

	(void)state;
	fx->gw->devices[0]->control_mode = 1U << SLUICE_CONTROL_MODE_TST_SHIFT;
	fx_tmf(&t, a, SLUICE_TMF_CLEAR_TASK_SET, 0, 0);
	fx_good(0, d, 0);
	assert_int_equal(t.done, 1);
	assert_int_equal(c.cmd.silent, 1);
	fx_good(0, e, 4096);
	assert_int_equal(other.cmd.silent, 0);
	assert_int_equal(other.cmd.status, 0);
	e = run(&other, b); /* and is told nothing */
	assert_non_null(e);
	fx_good(0, e, 4096);
	fx_assert_quiet();
}

static void should_reset_only_the_nexus_that_asks_for_it(void **state)
{
	const struct sluice_desc *d, *e = run(&other, b), *on_second;
	const struct sluice_event *ev;
	struct fx_cmd second;

	(void)state;
	fx_device_add("second", 0, 8);
	fx_lun_map(1, "second");
	fx_init(&second, a, 0x00, SLUICE_DIR_NONE, 0);
	second.cmd.lun[1] = 1;
	fx_submit(&second); /* the new I_T_L nexus's own Unit Attention */
	fx_assert_sense(&second, 6, 0x2900);
	fx_init(&second, a, 0x12, SLUICE_DIR_NONE, 0);
	second.cmd.lun[1] = 1;
	fx_submit(&second);
	on_second = fx_take(0);
	fx_init(&c, a, 0x12, SLUICE_DIR_NONE, 0); /* the changed LUN map is not its business */
	fx_submit(&c);
	d = fx_take(0);
	while (fx_event())
		;
	fx_tmf(&t, a, SLUICE_TMF_I_T_NEXUS_RESET, 0, 0);
	ev = fx_event();
	assert_int_equal(ev->type, SLUICE_EVENT_TASK_MANAGEMENT);
	assert_int_equal(ev->function, SLUICE_TMF_I_T_NEXUS_RESET);
	assert_int_equal(ev->nexus, sl_nexus_id(a));
	fx_good(0, d, 0);
	assert_int_equal(t.done, 0);
	fx_good(0, on_second, 0);
	assert_int_equal(t.done, 1);
	assert_int_equal(t.tmf.response, SLUICE_TMF_COMPLETE);
	assert_int_equal(c.cmd.silent + second.cmd.silent, 2);
	for (u32 lun = 0; lun < 2; lun++) {
		fx_init(&c, a, 0x00, SLUICE_DIR_NONE, 0);
		c.cmd.lun[1] = (u8)lun;
		fx_submit(&c);
		fx_assert_sense(&c, 6, 0x2907);
	}
	fx_good(0, e, 4096);
	assert_int_equal(other.cmd.silent, 0);
	assert_int_equal(other.cmd.status, 0);
	fx_assert_quiet();
}

static void should_cancel_the_fetch_of_an_aborted_write(void **state)
{
	(void)state;
	fx->auto_fetch = false;
	fx_init(&c, a, 0x2a, SLUICE_DIR_OUT, 4096);
	fx_submit(&c);
	fx_tmf(&t, a, SLUICE_TMF_ABORT_TASK, 0, c.cmd.task_tag);
	assert_int_equal(c.cancels, 1);
	assert_int_equal(c.responses, 0);
	assert_int_equal(t.done, 0);
	sl_cmd_data_out_done(&c.cmd, 0, fx->now_ns);
	assert_int_equal(c.responses, 1);
	assert_int_equal(t.done, 1);
	assert_null(fx_take(0));
	fx_assert_quiet();
}

static void should_leave_other_nexuses_alone_in_abort_task_set(void **state)
{
	const struct sluice_desc *d = run(&c, a), *e = run(&other, b);

	(void)state;
	fx_tmf(&t, a, SLUICE_TMF_ABORT_TASK_SET, 0, 0);
	fx_good(0, d, 0);
	assert_int_equal(t.done, 1);
	assert_int_equal(c.cmd.silent, 1);
	fx_good(0, e, 4096);
	assert_int_equal(other.cmd.silent, 0);
	assert_int_equal(other.cmd.status, 0);
}

static void should_clear_everybody_and_say_so_to_the_others(void **state)
{
	const struct sluice_desc *d = run(&other, b);

	(void)state;
	fx_tmf(&t, a, SLUICE_TMF_CLEAR_TASK_SET, 0, 0);
	assert_int_equal(t.done, 0);
	fx_good(0, d, 0);
	assert_int_equal(t.done, 1);
	assert_int_equal(other.cmd.silent, 1);
	fx_init(&other, b, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&other);
	fx_assert_sense(&other, 6, 0x2f00);
	/* The nexus that asked hears nothing. */
	d = run(&c, a);
	assert_non_null(d);
	fx_good(0, d, 0);
}

static void should_end_with_task_aborted_when_tas_is_set(void **state)
{
	struct sluice_request r = { .type = SLUICE_REQUEST_CONTROL_MODE,
				    .device = fx->device,
				    .control_mode = SLUICE_CONTROL_MODE_TAS };
	const struct sluice_desc *d = run(&other, b);

	(void)state;
	fx_request(&r);
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 1);
	fx_tmf(&t, a, SLUICE_TMF_CLEAR_TASK_SET, 0, 0);
	fx_good(0, d, 4096);
	assert_int_equal(other.cmd.silent, 0);
	assert_int_equal(other.cmd.status, 0x40);
	assert_int_equal(other.cmd.data_len, 0);
	d = run(&other, b); /* with TAS there is no Unit Attention */
	assert_non_null(d);
	fx_good(0, d, 0);
}

static void should_reset_a_logical_unit_for_everybody(void **state)
{
	const struct sluice_desc *d = run(&c, a), *e = run(&other, b);
	const struct sluice_event *ev;

	(void)state;
	fx_tmf(&t, a, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	fx_good(0, d, 0);
	assert_int_equal(t.done, 0);
	fx_good(0, e, 0);
	assert_int_equal(t.done, 1);
	ev = fx_event();
	assert_int_equal(ev->type, SLUICE_EVENT_TASK_MANAGEMENT);
	ev = fx_event();
	assert_int_equal(ev->type, SLUICE_EVENT_LUN_RESET);
	assert_int_equal(ev->device, fx->device);
	fx_init(&other, b, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&other);
	fx_assert_sense(&other, 6, 0x2903);
	/* SAM-6 6.3.3: the one that asked for it, too */
	fx_init(&c, a, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	fx_assert_sense(&c, 6, 0x2903);
}

static void should_reset_every_logical_unit_of_the_target(void **state)
{
	const struct sluice_desc *d, *e;

	(void)state;
	fx_device_add("second", 0, 8);
	fx_lun_map(1, "second");
	fx_init(&c, a, 0x12, SLUICE_DIR_NONE, 0);
	c.cmd.lun[1] = 1;
	fx_submit(&c); /* INQUIRY passes the Unit Attention */
	d = fx_take(0);
	assert_non_null(d);
	fx_init(&other, b, 0x12, SLUICE_DIR_NONE, 0);
	fx_submit(&other);
	e = fx_take(0);
	fx_tmf(&t, a, SLUICE_TMF_TARGET_RESET, 0, 0);
	fx_good(0, d, 0);
	assert_int_equal(t.done, 0);
	fx_good(0, e, 0);
	assert_int_equal(t.done, 1);
}

static void should_answer_the_later_of_two_functions_no_earlier_than_the_command_ends(void **state)
{
	const struct sluice_desc *d = run(&c, a);
	struct fx_tmf second;

	(void)state;
	fx_tmf(&t, a, SLUICE_TMF_ABORT_TASK, 0, c.cmd.task_tag);
	fx_tmf(&second, b, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	assert_int_equal(t.done, 0);
	assert_int_equal(second.done, 0);
	fx_good(0, d, 0);
	assert_int_equal(t.done, 1);
	assert_int_equal(second.done, 1);
	assert_true(second.order > c.order);
}

static void should_close_a_nexus_only_when_its_last_command_was_released(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	fx->auto_release = false;
	d = run(&c, a);
	sl_nexus_close(a, fx->now_ns);
	assert_int_equal(fx->closed, 0);
	fx_good(0, d, 4096);
	assert_int_equal(c.cmd.silent, 1);
	assert_int_equal(fx->closed, 0);
	fx_release(&c);
	assert_int_equal(fx->closed, 1);
	fx_assert_quiet();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_answer_an_abort_after_the_handler_let_go),
		TEST(should_answer_within_the_abort_bound_when_the_handler_hangs),
		TEST(should_tell_a_task_and_a_logical_unit_that_do_not_exist),
		TEST(should_tell_whether_a_task_is_there),
		TEST(should_tell_what_unit_attention_comes_next_and_keep_it),
		TEST(should_clear_only_its_own_task_set_when_each_nexus_has_one),
		TEST(should_reset_only_the_nexus_that_asks_for_it),
		TEST(should_cancel_the_fetch_of_an_aborted_write),
		TEST(should_leave_other_nexuses_alone_in_abort_task_set),
		TEST(should_clear_everybody_and_say_so_to_the_others),
		TEST(should_end_with_task_aborted_when_tas_is_set),
		TEST(should_reset_a_logical_unit_for_everybody),
		TEST(should_reset_every_logical_unit_of_the_target),
		TEST(should_answer_the_later_of_two_functions_no_earlier_than_the_command_ends),
		TEST(should_close_a_nexus_only_when_its_last_command_was_released),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
