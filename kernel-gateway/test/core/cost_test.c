/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a command costs in the core: submit, hand-over, reap, respond, release, on
 * one thread with the handler's part played in the same loop. It prints nanoseconds;
 * the bound only catches a blunder, for the machine may be busy.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fixture.h"

#ifdef __SANITIZE_THREAD__
#define COMMANDS 32000U
#else
#define COMMANDS 400000U
#endif
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define BOUND_NS 1000000U
#else
#define BOUND_NS 5000U
#endif

static u64 clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * FX_SECOND + (u64)ts.tv_nsec;
}

static u64 run(u32 batch, u8 direction, u32 len)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct fx_cmd *c = calloc(batch, sizeof(*c));
	u64 best = U64_MAX;

	for (u32 i = 0; i < batch; i++)
		fx_init(&c[i], n, direction == SLUICE_DIR_IN ? 0x28 : 0x00, direction, len);
	for (u32 round = 0; round < 5; round++) {
		u64 start = clock_ns();

		for (u32 done = 0; done < COMMANDS / 5; done += batch) {
			const struct sluice_desc *d;

			for (u32 i = 0; i < batch; i++)
				sl_cmd_submit(&c[i].cmd, fx->now_ns);
			while ((d = fx_take(0)))
				fx_put(0, d->tag, d->generation, 0, len, NULL, 0);
			fx_reap(0);
		}
		best = sl_min(best, (clock_ns() - start) / (COMMANDS / 5));
	}
	for (u32 i = 0; i < batch; i++)
		assert_int_equal(c[i].responses, COMMANDS / batch);
	free(c);
	return best;
}

static void should_cost_little(void **state)
{
	static const u32 batches[] = { 1, 32 };

	(void)state;
	for (u32 i = 0; i < 2; i++) {
		u64 none, data;

		fx_open(64, 0, 64);
		none = run(batches[i], SLUICE_DIR_NONE, 0);
		data = run(batches[i], SLUICE_DIR_IN, 4096);
		printf("depth %u: %lu ns without data, %lu ns with a 4 KiB buffer\n", batches[i],
		       (unsigned long)none, (unsigned long)data);
		assert_true(none < BOUND_NS && data < BOUND_NS);
		fx_teardown(NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(should_cost_little) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
