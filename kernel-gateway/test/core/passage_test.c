/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* From submission to release, through the ring. */
#include <string.h>

#include "core/nexus.h"
#include "fixture.h"

static void should_carry_a_read_to_the_handler_and_its_data_back(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d;
	struct fx_cmd c;

	(void)state;
	fx_init(&c, n, 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(&c);
	d = fx_take(0);
	assert_non_null(d);
	assert_int_equal(d->device, fx->device);
	assert_int_equal(d->nexus, sl_nexus_id(n));
	assert_int_equal(d->direction, SLUICE_DIR_IN);
	assert_int_equal(d->attribute, SLUICE_ATTR_SIMPLE);
	assert_int_equal(d->cdb[0], 0x28);
	assert_int_equal(d->cdb_len, 16);
	assert_int_equal(d->buf_len, 4096);
	assert_int_equal(d->expected_len, 4096);
	assert_int_equal(d->sequence, 1);
	assert_int_equal(d->buf_off % SLUICE_PAGE, 0);
	assert_int_equal(d->deadline_ns, fx->now_ns + 10 * FX_SECOND);
	memset(fx_buffer(d), 0x5a, 4096);
	fx->auto_release = false;
	fx_good(0, d, 4096);
	assert_int_equal(c.responses, 1);
	assert_int_equal(c.cmd.status, 0);
	assert_int_equal(c.cmd.data_len, 4096);
	assert_ptr_equal(c.cmd.data, fx_buffer(d));
	assert_int_equal(c.cmd.data[4095], 0x5a);
	assert_int_equal(c.cmd.residual_kind, SLUICE_RESIDUAL_NONE);
	fx_release(&c);
	fx_assert_quiet();
}

static void should_fetch_data_out_before_the_hand_over(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d;
	struct fx_cmd c;

	(void)state;
	fx->auto_fetch = false;
	fx_init(&c, n, 0x2a, SLUICE_DIR_OUT, 8192);
	fx_submit(&c);
	assert_int_equal(c.data_outs, 1);
	assert_null(fx_take(0));
	memset(c.cmd.data, 0x11, 8192);
	sl_cmd_data_out_done(&c.cmd, 8192, fx->now_ns);
	d = fx_take(0);
	assert_non_null(d);
	assert_int_equal(d->data_out_len, 8192);
	assert_int_equal(fx_buffer(d)[8191], 0x11);
	fx_good(0, d, 8192);
	assert_int_equal(c.responses, 1);
	assert_int_equal(c.cmd.data_len, 0);
	assert_int_equal(c.cmd.residual_kind, SLUICE_RESIDUAL_NONE);
	fx_assert_quiet();
}

static void should_end_a_write_whose_data_the_fabric_lost(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct fx_cmd c;

	(void)state;
	fx->auto_fetch = false;
	fx_init(&c, n, 0x2a, SLUICE_DIR_OUT, 8192);
	fx_submit(&c);
	sl_cmd_data_out_done(&c.cmd, 100, fx->now_ns);
	assert_null(fx_take(0));
	fx_assert_sense(&c, 0xb, 0x4b00);
	fx_assert_quiet();
}

/* The initiator answers pings, but does not send its Data-Out. */
static void should_end_a_write_whose_data_never_comes(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct fx_cmd c;
	u64 asked_ns;

	(void)state;
	fx->auto_fetch = false;
	fx_init(&c, n, 0x2a, SLUICE_DIR_OUT, 8192);
	asked_ns = fx->now_ns;
	fx_submit(&c);
	assert_int_equal(c.data_outs, 1);
	assert_int_equal(fx->timer_ns, asked_ns + 10 * FX_SECOND);
	fx->now_ns = asked_ns + 10 * FX_SECOND - 1;
	assert_int_equal(sl_gateway_tick(fx->gw, fx->now_ns), asked_ns + 10 * FX_SECOND);
	assert_int_equal(c.cancels, 0);
	fx->now_ns++;
	assert_int_equal(sl_gateway_tick(fx->gw, fx->now_ns), U64_MAX);
	assert_int_equal(c.cancels, 1);
	assert_int_equal(c.responses, 0);
	sl_cmd_data_out_done(&c.cmd, 0, fx->now_ns);
	fx_assert_sense(&c, 0xb, 0x2e01);
	assert_int_equal(sl_nexus_itl(n, 0)->timeouts, 1);
	assert_null(fx_take(0));
	fx_assert_quiet();
}

static void should_take_data_that_crosses_with_its_deadline_for_late(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct fx_cmd first, second;
	u64 asked_ns = fx->now_ns;

	(void)state;
	fx->auto_fetch = false;
	fx_init(&first, n, 0x2a, SLUICE_DIR_OUT, 8192);
	fx_submit(&first);
	fx->now_ns += 4 * FX_SECOND;
	fx_init(&second, n, 0x2a, SLUICE_DIR_OUT, 8192);
	fx_submit(&second);
	fx->now_ns = asked_ns + 11 * FX_SECOND;
	/* Each by its own deadline. */
	assert_int_equal(sl_gateway_tick(fx->gw, fx->now_ns), asked_ns + 14 * FX_SECOND);
	sl_cmd_data_out_done(&first.cmd, 8192, fx->now_ns);
	fx_assert_sense(&first, 0xb, 0x2e01);
	assert_int_equal(second.cancels, 0);
	sl_cmd_data_out_done(&second.cmd, 8192, fx->now_ns);
	fx_good(0, fx_take(0), 8192);
	assert_int_equal(second.cmd.status, 0);
	fx_assert_quiet();
}

/* The abort decides: its initiator wants to hear of the function, not of the command. */
static void should_abort_a_write_whose_deadline_passed(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct fx_cmd c;
	struct fx_tmf t;

	(void)state;
	fx->auto_fetch = false;
	fx_init(&c, n, 0x2a, SLUICE_DIR_OUT, 8192);
	fx_submit(&c);
	fx->now_ns += 10 * FX_SECOND;
	sl_gateway_tick(fx->gw, fx->now_ns);
	fx_tmf(&t, n, SLUICE_TMF_ABORT_TASK, 0, c.cmd.task_tag);
	assert_int_equal(c.cancels, 1);
	assert_int_equal(t.done, 0);
	sl_cmd_data_out_done(&c.cmd, 0, fx->now_ns);
	assert_int_equal(c.responses, 1);
	assert_true(c.cmd.silent);
	assert_int_equal(t.done, 1);
	fx_assert_quiet();
}

static void should_give_a_long_cdb_by_offset(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d;
	struct fx_cmd c;

	(void)state;
	fx_init(&c, n, 0x7f, SLUICE_DIR_NONE, 0);
	c.cmd.cdb_len = 260;
	c.cmd.cdb[259] = 0x77;
	fx_submit(&c);
	d = fx_take(0);
	assert_int_equal(d->cdb_len, 260);
	assert_int_not_equal(d->cdb_ext_off, 0);
	assert_int_equal(fx->gateway_region[d->cdb_ext_off], 0x7f);
	assert_int_equal(fx->gateway_region[d->cdb_ext_off + 259], 0x77);
	fx_good(0, d, 0);
}

static void should_refuse_what_a_fabric_must_never_submit(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct fx_cmd c;

	(void)state;
	fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
	c.cmd.cdb_len = 0;
	assert_int_equal(sl_cmd_submit(&c.cmd, 1), -EINVAL);
	c.cmd.cdb_len = SLUICE_CDB_MAX + 1;
	assert_int_equal(sl_cmd_submit(&c.cmd, 1), -EINVAL);
	c.cmd.cdb_len = 6;
	c.cmd.attribute = 5;
	assert_int_equal(sl_cmd_submit(&c.cmd, 1), -EINVAL);
	c.cmd.attribute = 1;
	c.cmd.direction = 3;
	assert_int_equal(sl_cmd_submit(&c.cmd, 1), -EINVAL);
	assert_int_equal(c.responses, 0);
}

static void should_wait_for_a_tag_when_all_are_out_and_go_on_with_the_first_freed(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d[9];
	struct fx_cmd c[9];

	(void)state;
	for (u32 i = 0; i < 9; i++) {
		fx_init(&c[i], n, 0x00, SLUICE_DIR_NONE, 0);
		fx_submit(&c[i]);
	}
	for (u32 i = 0; i < 8; i++) {
		d[i] = fx_take(0);
		assert_non_null(d[i]);
	}
	assert_null(fx_take(0));
	assert_int_equal(sl_queue_in_flight(sl_session_queue(fx->session, 0)), 8);
	fx_good(0, d[3], 0);
	d[8] = fx_take(0);
	assert_non_null(d[8]);
	assert_int_equal(d[8]->tag, d[3]->tag);
	assert_int_equal(d[8]->sequence, 9);
	for (u32 i = 0; i < 9; i++) {
		if (i != 3)
			fx_good(0, d[i], 0);
		assert_int_equal(c[i].responses, 1);
	}
	fx_assert_quiet();
}

static void should_announce_the_nexus_before_its_first_command(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_event *e;
	struct fx_cmd first;

	(void)state;
	assert_null(fx_event());
	fx_init(&first, n, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&first);
	e = fx_event();
	assert_non_null(e);
	assert_int_equal(e->type, SLUICE_EVENT_NEXUS_ADD);
	assert_int_equal(e->nexus, sl_nexus_id(n));
	assert_string_equal(e->initiator_port, "iqn.a,i,0x1");
	assert_null(fx_event());
	fx_good(0, fx_take(0), 0);
	assert_null(fx_event());
	sl_nexus_close(n, fx->now_ns);
	assert_int_equal(fx->closed, 1);
	e = fx_event();
	assert_non_null(e);
	assert_int_equal(e->type, SLUICE_EVENT_NEXUS_REMOVE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_carry_a_read_to_the_handler_and_its_data_back),
		TEST(should_fetch_data_out_before_the_hand_over),
		TEST(should_end_a_write_whose_data_the_fabric_lost),
		TEST(should_end_a_write_whose_data_never_comes),
		TEST(should_take_data_that_crosses_with_its_deadline_for_late),
		TEST(should_abort_a_write_whose_deadline_passed),
		TEST(should_give_a_long_cdb_by_offset),
		TEST(should_refuse_what_a_fabric_must_never_submit),
		TEST(should_wait_for_a_tag_when_all_are_out_and_go_on_with_the_first_freed),
		TEST(should_announce_the_nexus_before_its_first_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
