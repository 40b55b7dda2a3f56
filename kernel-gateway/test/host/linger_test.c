/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/linger.h"

static struct lingering begin(void)
{
	const struct spin spin = { .budget_ns = 5000, .hit_share = SPIN_ONE / 2, .adaptive = true };
	struct lingering g;

	linger_init(&g, &spin);
	return g;
}

/* How many of `n` answers were followed by a linger, each of which ended as `hit` says. */
static int lingered(struct lingering *g, int n, bool hit)
{
	int tried = 0;

	for (int i = 0; i < n; i++) {
		linger_heard(g, 1, false);
		if (!linger_wanted(g, false))
			continue;
		linger_record(g, hit);
		tried++;
	}
	return tried;
}

static void should_linger_for_an_initiator_that_waits_for_its_answers(void **state)
{
	struct lingering g = begin();

	assert_false(linger_wanted(&g, false)); /* nobody has spoken */
	linger_heard(&g, LINGER_UNDER_WAY, false);
	assert_true(linger_wanted(&g, false));
	linger_heard(&g, LINGER_UNDER_WAY + 1, false);
	assert_false(linger_wanted(&g, false));
}

static void should_not_linger_while_handlers_hold_commands(void **state)
{
	struct lingering g = begin();

	linger_heard(&g, 1, false);
	assert_false(linger_wanted(&g, true));
	assert_true(linger_wanted(&g, false));
}

static void should_not_linger_again_before_the_initiator_spoke_again(void **state)
{
	struct lingering g = begin();

	linger_heard(&g, 1, false);
	assert_true(linger_wanted(&g, false));
	linger_record(&g, false);
	for (int i = 0; i < 1000; i++)
		assert_false(linger_wanted(&g, false));
	linger_heard(&g, 1, false);
	assert_true(linger_wanted(&g, false));
}

static void should_give_up_when_lingers_do_not_pay_and_probe_now_and_then(void **state)
{
	struct lingering g = begin();

	assert_in_range(lingered(&g, 100, false), 1, 30);
	assert_in_range(lingered(&g, 100 * SPIN_PROBE_EVERY, false), 99, 101);
	lingered(&g, 20 * SPIN_PROBE_EVERY, true);
	assert_int_equal(lingered(&g, 1000, true), 1000);
}

static void should_end_after_its_time(void **state)
{
	struct lingering g = begin();

	assert_int_equal(linger_deadline(&g, 7000), 7000 + LINGER_NS);
}

static void should_stop_the_loop_from_chasing_after_some_moves_as_long_as_it_pays(void **state)
{
	struct lingering g = begin();

	for (uint32_t i = 0; i < LINGER_CHASES; i++) {
		assert_true(linger_heard(&g, 1, true));
		linger_chased(&g);
	}
	assert_false(linger_heard(&g, 1, true));
	/* Not one that keeps nowhere, and not for an initiator with many commands: that one lets go. */
	assert_true(linger_heard(&g, 1, false));
	assert_true(linger_heard(&g, LINGER_UNDER_WAY + 1, true));
	lingered(&g, 100, false);
	/* It does not pay: following is tried again, from the start. */
	assert_true(linger_heard(&g, 1, true));
	lingered(&g, 20 * SPIN_PROBE_EVERY, true);
	assert_true(linger_heard(&g, 1, true));
}

static void should_do_neither_where_spins_are_fixed_or_pointless(void **state)
{
	static const struct spin spins[] = {
		{ .budget_ns = 5000, .hit_share = SPIN_ONE / 2 },		 /* --spin-us 5 */
		{ .budget_ns = 0, .hit_share = SPIN_ONE / 2, .adaptive = true }, /* one processor */
	};

	for (int k = 0; k < 2; k++) {
		struct lingering g;

		linger_init(&g, &spins[k]);
		for (uint32_t i = 0; i < 3 * LINGER_CHASES; i++) {
			assert_true(linger_heard(&g, 1, true));
			linger_chased(&g);
			assert_false(linger_wanted(&g, false));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_linger_for_an_initiator_that_waits_for_its_answers),
		cmocka_unit_test(should_not_linger_while_handlers_hold_commands),
		cmocka_unit_test(should_not_linger_again_before_the_initiator_spoke_again),
		cmocka_unit_test(should_give_up_when_lingers_do_not_pay_and_probe_now_and_then),
		cmocka_unit_test(should_end_after_its_time),
		cmocka_unit_test(
			should_stop_the_loop_from_chasing_after_some_moves_as_long_as_it_pays),
		cmocka_unit_test(should_do_neither_where_spins_are_fixed_or_pointless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
