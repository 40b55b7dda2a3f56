/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The heap of devices that have something due: against a list that is looked through. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/device.h"
#include "fixture.h"

#define DEVICES 200U

static void should_find_whoever_is_due_and_nobody_else(void **state)
{
	u64 due[DEVICES + 1], rng = (u64)time(NULL);
	const char *seed = getenv("SEED");
	char name[16];

	(void)state;
	rng = seed ? strtoull(seed, NULL, 10) : rng;
	print_message("SEED=%lu\n", (unsigned long)rng);
	for (u32 i = 0; i < DEVICES; i++) {
		snprintf(name, sizeof(name), "d%u", i);
		fx_lun_map(i + 1, name);
		due[fx->gw->n_devices - 1] = U64_MAX;
	}
	due[0] = U64_MAX;
	for (u32 step = 0; step < 20000; step++) {
		rng = rng * 6364136223846793005ULL + 1442695040888963407ULL;
		if (rng >> 62) {
			u32 at = (u32)(rng >> 33) % (DEVICES + 1);
			u64 when = fx->now_ns + (rng >> 20) % 1000;

			sl_device_due(fx->gw->devices[at], when);
			due[at] = sl_min(due[at], when);
		} else {
			u64 next;

			fx->now_ns += (rng >> 40) % 50;
			/* None of them has a bound: each that is looked at leaves. */
			next = sl_gateway_tick(fx->gw, fx->now_ns);
			for (u32 i = 0; i <= DEVICES; i++) {
				if (due[i] <= fx->now_ns)
					due[i] = U64_MAX;
				assert_int_equal(fx->gw->devices[i]->due_ns, due[i]);
				assert_true(next <= due[i]);
			}
		}
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(should_find_whoever_is_due_and_nobody_else) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
