/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "core/pool.h"

#define POOL_BYTES (4ULL * SLUICE_MAX_BUFFER)
#define HELD	   600U

struct block {
	u32 page, order;
};

static void should_round_up_to_a_power_of_two_of_pages(void **state)
{
	(void)state;
	assert_int_equal(sl_pool_order(1), 0);
	assert_int_equal(sl_pool_order(4096), 0);
	assert_int_equal(sl_pool_order(4097), 1);
	assert_int_equal(sl_pool_order(12288), 2);
	assert_int_equal(sl_pool_order(SLUICE_MAX_BUFFER), 12);
}

static void should_refuse_to_free_what_was_not_given(void **state)
{
	struct sl_pool p;
	u32 page;

	(void)state;
	assert_int_equal(sl_pool_init(&p, POOL_BYTES), 0);
	page = sl_pool_alloc(&p, 3);
	assert_int_equal(sl_pool_free(&p, page, 2), -EINVAL);
	assert_int_equal(sl_pool_free(&p, page + 1, 3), -EINVAL);
	assert_int_equal(sl_pool_free(&p, 0xfffffff0, 3), -EINVAL);
	assert_int_equal(sl_pool_free(&p, page, 3), 0);
	assert_int_equal(sl_pool_free(&p, page, 3), -EINVAL);
	assert_int_equal(p.used_pages, 0);
	sl_pool_exit(&p);
}

static void take(struct sl_pool *p, struct block *b, u8 *owned)
{
	b->order = (u32)rand() % 4 == 0 ? (u32)rand() % SL_POOL_ORDERS : (u32)rand() % 4;
	b->page = sl_pool_alloc(p, b->order);
	if (b->page == SL_POOL_NONE)
		return;
	assert_int_equal(b->page % (1U << b->order), 0);
	assert_true(b->page + (1U << b->order) <= p->n_pages);
	for (u32 i = 0; i < 1U << b->order; i++)
		assert_int_equal(owned[b->page + i]++, 0);
}

static void give(struct sl_pool *p, struct block *b, u8 *owned)
{
	for (u32 i = 0; i < 1U << b->order; i++)
		owned[b->page + i] = 0;
	assert_int_equal(sl_pool_free(p, b->page, b->order), 0);
	b->page = SL_POOL_NONE;
}

static void should_never_give_a_page_twice_and_merge_to_the_whole(void **state)
{
	unsigned int seed = getenv("SEED") ? (unsigned int)atoi(getenv("SEED")) :
					     (unsigned int)time(NULL);
	static struct block held[HELD];
	struct sl_pool p;
	u8 *owned;

	(void)state;
	printf("SEED=%u\n", seed);
	srand(seed);
	assert_int_equal(sl_pool_init(&p, POOL_BYTES), 0);
	owned = calloc(p.n_pages, 1);
	for (u32 i = 0; i < HELD; i++)
		held[i].page = SL_POOL_NONE;
	for (u32 i = 0; i < 200000; i++) {
		struct block *b = &held[(u32)rand() % HELD];

		if (b->page == SL_POOL_NONE)
			take(&p, b, owned);
		else
			give(&p, b, owned);
	}
	for (u32 i = 0; i < HELD; i++) {
		if (held[i].page != SL_POOL_NONE)
			give(&p, &held[i], owned);
	}
	assert_int_equal(p.used_pages, 0);
	/* Nothing is lost to fragments: all of the largest blocks can be had again. */
	for (u32 i = 0; i < 4; i++)
		assert_int_not_equal(sl_pool_alloc(&p, SL_POOL_ORDERS - 1), SL_POOL_NONE);
	assert_int_equal(sl_pool_alloc(&p, 0), SL_POOL_NONE);
	sl_pool_exit(&p);
	free(owned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_round_up_to_a_power_of_two_of_pages),
		cmocka_unit_test(should_refuse_to_free_what_was_not_given),
		cmocka_unit_test(should_never_give_a_page_twice_and_merge_to_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
