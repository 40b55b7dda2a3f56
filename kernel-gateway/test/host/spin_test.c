/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/loop.h"
#include "host/spin.h"

static struct spin adaptive(void)
{
	return (struct spin){ .budget_ns = 5000, .hit_share = SPIN_ONE / 2, .adaptive = true };
}

/* How many of `n` occasions were spun on, each ending as `hit` says. */
static int spun(struct spin *s, int n, bool hit)
{
	int tried = 0;

	for (int i = 0; i < n; i++) {
		if (!spin_wanted(s))
			continue;
		spin_record(s, hit);
		tried++;
	}
	return tried;
}

static void should_give_up_spins_that_do_not_pay_and_probe_now_and_then(void **state)
{
	struct spin s = adaptive();

	assert_in_range(spun(&s, 100, false), 1, 30);
	assert_in_range(spun(&s, 100 * SPIN_PROBE_EVERY, false), 99, 101);
}

static void should_spin_again_once_probes_pay(void **state)
{
	struct spin s = adaptive();

	spun(&s, 1000, false);
	spun(&s, 20 * SPIN_PROBE_EVERY, true);
	assert_int_equal(spun(&s, 1000, true), 1000);
}

static void should_keep_spinning_while_a_third_pays(void **state)
{
	struct spin s = adaptive();
	int tried = 0;

	for (int i = 0; i < 3000; i++)
		tried += spun(&s, 1, i % 3 == 0);
	assert_in_range(tried, 2900, 3000);
}

static void should_obey_a_fixed_budget_and_never_spin_for_zero(void **state)
{
	struct spin s;

	spin_init(&s, 20000);
	assert_int_equal(s.budget_ns, 20000);
	assert_int_equal(spun(&s, 1000, false), 1000);
	spin_init(&s, 0);
	assert_int_equal(spun(&s, 1000, true), 0);
}

static void should_probe_briefly_while_something_else_pays(void **state)
{
	struct spin s = adaptive();

	s.budget_ns = 40000;
	assert_int_equal(spin_length(&s, true), 40000); /* it pays: not a probe */
	spun(&s, 1000, false);
	assert_int_equal(spin_length(&s, false), 40000);
	assert_int_equal(spin_length(&s, true), SPIN_BRIEF_NS);
	s.budget_ns = 2000;
	assert_int_equal(spin_length(&s, true), 2000);
	spin_init(&s, 20000);
	spun(&s, 1000, false);
	assert_int_equal(spin_length(&s, true), 20000);
}

static void should_measure_a_plausible_price(void **state)
{
	struct spin s;

	assert_in_range(spin_wake_price(), 200, 100000000);
	spin_init(&s, LOOP_SPIN_AUTO);
	assert_in_range(s.budget_ns, 0, 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_give_up_spins_that_do_not_pay_and_probe_now_and_then),
		cmocka_unit_test(should_spin_again_once_probes_pay),
		cmocka_unit_test(should_keep_spinning_while_a_third_pays),
		cmocka_unit_test(should_obey_a_fixed_budget_and_never_spin_for_zero),
		cmocka_unit_test(should_probe_briefly_while_something_else_pays),
		cmocka_unit_test(should_measure_a_plausible_price),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
