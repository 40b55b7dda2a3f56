/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SAM-6 8: who may run before whom; and back-pressure. */
#include <string.h>

#include "core/device.h"
#include "core/session.h"
#include "fixture.h"

static struct sl_nexus *n;

static int setup(void **state)
{
	fx_setup(state);
	n = fx_nexus("iqn.a,i,0x1");
	return 0;
}

static void submit(struct fx_cmd *c, u8 attribute)
{
	fx_init(c, n, 0x28, SLUICE_DIR_NONE, 0);
	c->cmd.attribute = attribute;
	fx_submit(c);
}

static void should_hold_an_ordered_command_until_all_before_it_ended(void **state)
{
	const struct sluice_desc *d[2], *o;
	struct fx_cmd c[4];

	(void)state;
	submit(&c[0], SLUICE_ATTR_SIMPLE);
	submit(&c[1], SLUICE_ATTR_SIMPLE);
	d[0] = fx_take(0);
	d[1] = fx_take(0);
	submit(&c[2], SLUICE_ATTR_ORDERED);
	submit(&c[3], SLUICE_ATTR_SIMPLE);
	assert_null(fx_take(0));
	fx_good(0, d[1], 0);
	assert_null(fx_take(0));
	fx_good(0, d[0], 0);
	o = fx_take(0);
	assert_non_null(o);
	assert_int_equal(o->attribute, SLUICE_ATTR_ORDERED);
	assert_null(fx_take(0));
	fx_good(0, o, 0);
	d[0] = fx_take(0);
	assert_non_null(d[0]);
	fx_good(0, d[0], 0);
	fx_assert_quiet();
}

static void should_let_head_of_queue_pass_everybody(void **state)
{
	const struct sluice_desc *d, *h, *o;
	struct fx_cmd c[4];

	(void)state;
	submit(&c[0], SLUICE_ATTR_SIMPLE);
	d = fx_take(0);
	submit(&c[1], SLUICE_ATTR_ORDERED);
	submit(&c[2], SLUICE_ATTR_HEAD_OF_QUEUE);
	h = fx_take(0);
	assert_non_null(h);
	assert_int_equal(h->attribute, SLUICE_ATTR_HEAD_OF_QUEUE);
	submit(&c[3], SLUICE_ATTR_SIMPLE);
	fx_good(0, h, 0);
	fx_good(0, d, 0);
	o = fx_take(0);
	assert_int_equal(o->attribute, SLUICE_ATTR_ORDERED);
	fx_good(0, o, 0);
	fx_good(0, fx_take(0), 0);
	fx_assert_quiet();
}

static void should_say_task_set_full_but_busy_to_who_has_nothing_there(void **state)
{
	struct sl_nexus *other = fx_nexus("iqn.b,i,0x1");
	struct fx_cmd c[34];

	(void)state;
	for (u32 i = 0; i < 33; i++)
		submit(&c[i], SLUICE_ATTR_SIMPLE);
	assert_int_equal(c[31].responses, 0);
	assert_int_equal(c[32].cmd.status, 0x28);
	fx_init(&c[33], other, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c[33]);
	assert_int_equal(c[33].cmd.status, 0x08);
	for (u32 i = 0; i < 32; i++)
		fx_good(0, fx_take(0), 0);
	fx_assert_quiet();
}

/* ---- Several nexuses ------------------------------------------------------------- */

static void submit_for(struct fx_cmd *c, struct sl_nexus *of, u8 attribute)
{
	fx_init(c, of, 0x28, SLUICE_DIR_NONE, 0);
	c->cmd.attribute = attribute;
	fx_submit(c);
}

static void control_mode(u32 mode)
{
	struct sluice_request r = { .type = SLUICE_REQUEST_CONTROL_MODE,
				    .device = fx->device,
				    .control_mode = mode };

	fx_request(&r);
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 1);
	assert_int_equal(fx->gw->handler_faults, 0);
}

#define TST_EACH (1U << SLUICE_CONTROL_MODE_TST_SHIFT)

static void should_order_the_commands_of_all_nexuses_in_one_task_set(void **state)
{
	struct sl_nexus *other = fx_nexus("iqn.b,i,0x1");
	const struct sluice_desc *s, *h, *o;
	struct fx_cmd c[5];

	(void)state;
	submit_for(&c[0], n, SLUICE_ATTR_SIMPLE);
	s = fx_take(0);
	submit_for(&c[1], other, SLUICE_ATTR_ORDERED);
	submit_for(&c[2], n, SLUICE_ATTR_SIMPLE);
	submit_for(&c[3], other, SLUICE_ATTR_HEAD_OF_QUEUE);
	h = fx_take(0);
	assert_int_equal(h->attribute, SLUICE_ATTR_HEAD_OF_QUEUE);
	fx_good(0, s, 0);
	assert_null(fx_take(0)); /* ORDERED waits for whatever entered before, and that one did */
	fx_good(0, h, 0);
	o = fx_take(0);
	assert_int_equal(o->attribute, SLUICE_ATTR_ORDERED);
	assert_null(fx_take(0));
	submit_for(&c[4], other, SLUICE_ATTR_SIMPLE);
	fx_good(0, o, 0);
	s = fx_take(0);
	assert_int_equal(s->nexus, sl_nexus_id(n)); /* in the order of arrival */
	fx_good(0, s, 0);
	fx_good(0, fx_take(0), 0);
	fx_assert_quiet();
}

static void should_order_each_nexus_by_itself_when_it_has_its_own_task_set(void **state)
{
	struct sl_nexus *other = fx_nexus("iqn.b,i,0x1");
	const struct sluice_desc *mine, *theirs;
	struct fx_cmd c[4];

	(void)state;
	control_mode(TST_EACH);
	submit_for(&c[0], n, SLUICE_ATTR_SIMPLE);
	mine = fx_take(0);
	submit_for(&c[1], n, SLUICE_ATTR_ORDERED);
	assert_null(fx_take(0));
	submit_for(&c[2], other, SLUICE_ATTR_ORDERED);
	theirs = fx_take(0);
	assert_non_null(theirs);
	submit_for(&c[3], other, SLUICE_ATTR_SIMPLE);
	fx_good(0, mine, 0);
	mine = fx_take(0);
	assert_int_equal(mine->attribute, SLUICE_ATTR_ORDERED);
	assert_null(fx_take(0));
	fx_good(0, theirs, 0);
	theirs = fx_take(0);
	assert_int_equal(theirs->nexus, sl_nexus_id(other));
	fx_good(0, theirs, 0);
	fx_good(0, mine, 0);
	fx_assert_quiet();
}

static void should_hold_the_limit_against_each_task_set(void **state)
{
	struct sl_nexus *other = fx_nexus("iqn.b,i,0x1");
	struct sluice_device_info info;
	struct fx_cmd c[34];

	(void)state;
	control_mode(TST_EACH);
	for (u32 i = 0; i < 33; i++)
		submit(&c[i], SLUICE_ATTR_SIMPLE);
	assert_int_equal(c[32].cmd.status, 0x28);
	submit_for(&c[33], other, SLUICE_ATTR_SIMPLE);
	assert_int_equal(c[33].responses, 0);
	assert_int_equal(sl_device_info(fx->gw, 0, fx->now_ns, &info), 0);
	assert_int_equal(info.live, 33);
	for (u32 i = 0; i < 33; i++)
		fx_good(0, fx_take(0), 0);
	fx_assert_quiet();
}

static void should_leave_commands_where_they_are_when_the_task_sets_change(void **state)
{
	const struct sluice_desc *s, *fresh;
	struct fx_cmd c[4];

	(void)state;
	submit(&c[0], SLUICE_ATTR_SIMPLE);
	s = fx_take(0);
	submit(&c[1], SLUICE_ATTR_ORDERED);
	control_mode(TST_EACH);
	submit(&c[2], SLUICE_ATTR_SIMPLE); /* of the new set, which is empty */
	fresh = fx_take(0);
	assert_non_null(fresh);
	submit(&c[3], SLUICE_ATTR_ORDERED);
	control_mode(0);
	fx_good(0, s, 0);
	s = fx_take(0);
	assert_non_null(s);
	assert_null(fx_take(0));
	fx_good(0, fresh, 0);
	fresh = fx_take(0);
	assert_non_null(fresh);
	fx_good(0, fresh, 0);
	fx_good(0, s, 0);
	assert_int_equal(c[1].cmd.status | c[3].cmd.status, 0);
	fx_assert_quiet();
}

static void should_time_out_and_keep_the_dormant_of_each_task_set(void **state)
{
	struct sl_nexus *other = fx_nexus("iqn.b,i,0x1");
	const struct sluice_desc *d[2];
	struct fx_cmd c[6];

	(void)state;
	control_mode(TST_EACH);
	fx->gw->devices[0]->timeout_ns[SLUICE_PACE_DATA] = 100 * FX_SECOND;
	submit_for(&c[0], n, SLUICE_ATTR_SIMPLE);
	submit_for(&c[1], other, SLUICE_ATTR_SIMPLE);
	d[0] = fx_take(0);
	d[1] = fx_take(0);
	fx->gw->devices[0]->timeout_ns[SLUICE_PACE_DATA] = 10 * FX_SECOND;
	submit_for(&c[2], n, SLUICE_ATTR_ORDERED);
	fx->now_ns += 5 * FX_SECOND;
	submit_for(&c[3], other, SLUICE_ATTR_ORDERED);
	/* Of the first one only; the bound of the second one is not forgotten by that. */
	fx->now_ns += 5 * FX_SECOND;
	assert_int_equal(sl_gateway_tick(fx->gw, fx->now_ns), fx->now_ns + 5 * FX_SECOND);
	fx_assert_sense(&c[2], 0xb, 0x2e01);
	assert_int_equal(c[3].responses, 0);
	fx->now_ns += 5 * FX_SECOND;
	sl_gateway_tick(fx->gw, fx->now_ns);
	fx_assert_sense(&c[3], 0xb, 0x2e01);
	fx_good(0, d[0], 0);
	fx_good(0, d[1], 0);
	/* A handler that dies: whoever is dormant in any of the sets waits for the next one. */
	submit_for(&c[0], n, SLUICE_ATTR_SIMPLE);
	submit_for(&c[2], n, SLUICE_ATTR_ORDERED);
	submit_for(&c[3], other, SLUICE_ATTR_SIMPLE);
	submit_for(&c[4], other, SLUICE_ATTR_ORDERED);
	fx_abandon();
	assert_int_equal(c[2].responses + c[4].responses, 2); /* recovery FAIL: they end */
	fx_session_open(0, 0);
	fx_bury();
	assert_int_equal(fx->gw->devices[0]->set.gate, 0);
}

/* ---- Order after aborts ------------------------------------------------------------ */

static void should_let_those_behind_an_aborted_command_go_on(void **state)
{
	const struct sluice_desc *s, *d;
	struct fx_cmd c[3];
	struct fx_tmf t;

	(void)state;
	submit(&c[0], SLUICE_ATTR_SIMPLE);
	s = fx_take(0);
	submit(&c[1], SLUICE_ATTR_ORDERED);
	submit(&c[2], SLUICE_ATTR_SIMPLE);
	fx_tmf(&t, n, SLUICE_TMF_ABORT_TASK, 0, c[1].cmd.task_tag);
	assert_int_equal(t.done, 1);
	d = fx_take(0);
	assert_non_null(d); /* SIMPLE beside SIMPLE */
	fx_good(0, d, 0);
	fx_good(0, s, 0);
	fx_assert_quiet();
}

static void should_hold_ordered_until_an_aborted_command_has_left_the_handler(void **state)
{
	const struct sluice_desc *s, *o;
	struct fx_cmd c[2];
	struct fx_tmf t;

	(void)state;
	submit(&c[0], SLUICE_ATTR_SIMPLE);
	s = fx_take(0);
	submit(&c[1], SLUICE_ATTR_ORDERED);
	fx_tmf(&t, n, SLUICE_TMF_ABORT_TASK, 0, c[0].cmd.task_tag);
	assert_null(fx_take(0));
	fx_good(0, s, 0);
	assert_int_equal(t.done, 1);
	o = fx_take(0);
	assert_int_equal(o->attribute, SLUICE_ATTR_ORDERED);
	fx_good(0, o, 0);
	fx_assert_quiet();
}

/* ---- Back-pressure -------------------------------------------------------------------- */

static void should_queue_for_the_pool_in_strict_order(void **state)
{
	const struct sluice_desc *big, *d;
	struct fx_cmd c[4];

	(void)state;
	fx_init(&c[0], n, 0x28, SLUICE_DIR_IN, SLUICE_MAX_BUFFER);
	fx_submit(&c[0]); /* all there is */
	big = fx_take(0);
	fx_init(&c[1], n, 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(&c[1]);
	submit(&c[2], SLUICE_ATTR_ORDERED); /* needs no buffer, but came later */
	submit(&c[3], SLUICE_ATTR_HEAD_OF_QUEUE);
	assert_int_equal(fx->session->n_waiting, 2);
	d = fx_take(0);
	assert_int_equal(d->attribute, SLUICE_ATTR_HEAD_OF_QUEUE);
	fx_good(0, d, 0);
	assert_null(fx_take(0));
	fx_good(0, big, 0);
	d = fx_take(0);
	assert_int_equal(d->buf_len, 4096);
	assert_null(fx_take(0));
	fx_good(0, d, 4096);
	d = fx_take(0);
	assert_int_equal(d->attribute, SLUICE_ATTR_ORDERED);
	fx_good(0, d, 0);
	fx_assert_quiet();
}

static void should_be_busy_when_too_many_wait_for_the_pool(void **state)
{
	struct fx_cmd big, c[17];

	(void)state;
	fx_init(&big, n, 0x28, SLUICE_DIR_IN, SLUICE_MAX_BUFFER);
	fx_submit(&big);
	for (u32 i = 0; i < 17; i++) {
		fx_init(&c[i], n, 0x28, SLUICE_DIR_IN, 4096);
		fx_submit(&c[i]);
	}
	assert_int_equal(c[15].responses, 0);
	assert_int_equal(c[16].responses, 1);
	assert_int_equal(c[16].cmd.status, 0x08);
	fx_good(0, fx_take(0), 0);
	for (u32 i = 0; i < 16; i++)
		fx_good(0, fx_take(0), 4096);
	fx_assert_quiet();
}

static void should_time_out_who_waits_for_the_pool(void **state)
{
	struct fx_cmd big, c;

	(void)state;
	fx_init(&big, n, 0x28, SLUICE_DIR_IN, SLUICE_MAX_BUFFER);
	fx_submit(&big);
	fx->now_ns += FX_SECOND;
	fx_init(&c, n, 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(&c);
	fx->now_ns += 10 * FX_SECOND;
	sl_gateway_tick(fx->gw, fx->now_ns);
	fx_assert_sense(&big, 0xb, 0x2e02);
	fx_assert_sense(&c, 0xb, 0x2e01);
	fx_good(0, fx_take(0), 0);
	fx_assert_quiet();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_hold_an_ordered_command_until_all_before_it_ended),
		TEST(should_let_head_of_queue_pass_everybody),
		TEST(should_say_task_set_full_but_busy_to_who_has_nothing_there),
		TEST(should_order_the_commands_of_all_nexuses_in_one_task_set),
		TEST(should_order_each_nexus_by_itself_when_it_has_its_own_task_set),
		TEST(should_hold_the_limit_against_each_task_set),
		TEST(should_leave_commands_where_they_are_when_the_task_sets_change),
		TEST(should_time_out_and_keep_the_dormant_of_each_task_set),
		TEST(should_let_those_behind_an_aborted_command_go_on),
		TEST(should_hold_ordered_until_an_aborted_command_has_left_the_handler),
		TEST(should_queue_for_the_pool_in_strict_order),
		TEST(should_be_busy_when_too_many_wait_for_the_pool),
		TEST(should_time_out_who_waits_for_the_pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
