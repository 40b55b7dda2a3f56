/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The same sentences as the Java runtime's AdaptiveYieldTest, and the rig handler's own policy under them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/yield.h"
#include "rig/handler/yielding.h"

#define CHEAP_NS 2000u
#define SLICE_NS 3000000u

/* The gateway's, or the handler's. */
struct policy {
	bool handlers;
	struct yield gateways;
	struct yielding own;
	uint64_t now_ns;
};

static struct policy begin(void **state)
{
	struct policy p = { .handlers = *state, .own = yielding_begin(), .now_ns = 1 };

	yield_init(&p.gateways, true);
	return p;
}

static bool wanted(struct policy *p)
{
	return p->handlers ? yielding_wanted(&p->own, p->now_ns) :
			     yield_wanted(&p->gateways, p->now_ns);
}

static void record(struct policy *p, bool hit, uint64_t took_ns)
{
	p->now_ns += took_ns;
	if (p->handlers)
		yielding_record(&p->own, hit, took_ns, p->now_ns);
	else
		yield_record(&p->gateways, hit, took_ns, p->now_ns);
}

/* How many of `n` waits began with yields, each of which ended as `hit` says. */
static int yielded(struct policy *p, int n, bool hit, uint64_t took_ns)
{
	int tried = 0;

	for (int i = 0; i < n; i++) {
		p->now_ns += 5000;
		if (!wanted(p))
			continue;
		record(p, hit, took_ns);
		tried++;
	}
	return tried;
}

static void should_yield_as_long_as_that_pays(void **state)
{
	struct policy p = begin(state);

	assert_int_equal(yielded(&p, 1000, true, CHEAP_NS), 1000);
}

static void should_give_up_yields_that_do_not_pay_and_probe_now_and_then(void **state)
{
	struct policy p = begin(state);

	assert_in_range(yielded(&p, 100, false, CHEAP_NS), 1, 30);
	assert_in_range(yielded(&p, 100 * SPIN_PROBE_EVERY, false, CHEAP_NS), 99, 101);
}

static void should_rest_after_a_stranger_took_the_processor(void **state)
{
	struct policy p = begin(state);
	uint64_t until_ns;

	yielded(&p, 100, true, CHEAP_NS);
	assert_int_equal(yielded(&p, 1, true, SLICE_NS), 1);
	until_ns = p.now_ns + YIELD_REST * SLICE_NS;
	p.now_ns = until_ns - 1;
	assert_false(wanted(&p));
	p.now_ns = until_ns;
	assert_true(wanted(&p));
}

static void should_rest_no_longer_than_its_bound(void **state)
{
	struct policy p = begin(state);

	yielded(&p, 1, true, 100 * SLICE_NS);
	p.now_ns += YIELD_REST_NS;
	assert_true(wanted(&p));
}

static void should_lose_little_time_to_a_stranger(void **state)
{
	struct policy p = begin(state);
	uint64_t lost_ns = 0;

	while (p.now_ns < 10000000000u) {
		p.now_ns += 10000;
		if (!wanted(&p))
			continue;
		record(&p, true, SLICE_NS);
		lost_ns += SLICE_NS;
	}
	assert_in_range(lost_ns, 1, p.now_ns / 50);
}

static void should_come_back_soon_after_one_interruption(void **state)
{
	struct policy p = begin(state);

	yielded(&p, 100, true, CHEAP_NS);
	yielded(&p, 1, true, 2 * YIELD_DEAR_NS);
	p.now_ns += 2 * YIELD_REST * YIELD_DEAR_NS;
	assert_int_equal(yielded(&p, 100, true, CHEAP_NS), 100);
}

static void should_not_yield_when_told_not_to(void **state)
{
	struct yield off;

	yield_init(&off, false);
	for (uint64_t i = 0; i < 1000; i++)
		assert_false(yield_wanted(&off, i));
	assert_false(yield_pays(&off));
}

#define OF_BOTH(f)                                        \
	{ #f " (gateway)", f, NULL, NULL, NULL },         \
	{                                                 \
#f " (handler)", f, NULL, NULL, (void *)1 \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OF_BOTH(should_yield_as_long_as_that_pays),
		OF_BOTH(should_give_up_yields_that_do_not_pay_and_probe_now_and_then),
		OF_BOTH(should_rest_after_a_stranger_took_the_processor),
		OF_BOTH(should_rest_no_longer_than_its_bound),
		OF_BOTH(should_lose_little_time_to_a_stranger),
		OF_BOTH(should_come_back_soon_after_one_interruption),
		cmocka_unit_test(should_not_yield_when_told_not_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
