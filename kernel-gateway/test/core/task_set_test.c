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

static void should_refuse_aca_without_an_aca_condition_and_naca(void **state)
{
	struct fx_cmd c;

	(void)state;
	submit(&c, SLUICE_ATTR_ACA);
	fx_assert_sense(&c, 5, 0x4900);
	fx_init(&c, n, 0x28, SLUICE_DIR_NONE, 0);
	c.cmd.cdb[9] = 0x04;
	fx_submit(&c);
	fx_assert_sense(&c, 5, 0x2400);
	assert_int_equal(c.cmd.sense[15], 0xca); /* SKSV, C/D, BPV, bit 2 */
	assert_int_equal(c.cmd.sense[17], 9);
}

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
		TEST(should_refuse_aca_without_an_aca_condition_and_naca),
		TEST(should_queue_for_the_pool_in_strict_order),
		TEST(should_be_busy_when_too_many_wait_for_the_pool),
		TEST(should_time_out_who_waits_for_the_pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
