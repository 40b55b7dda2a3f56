/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The judge's own test: every violation is planted, and what is none is not called one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/load/block_model.h"

#define BLOCKS 64U

struct world {
	struct block_model *model;
	uint8_t disk[BLOCKS][STAMP_BLOCK];
	uint64_t sequence;
};

static int begin(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->model = block_model_new(BLOCKS);
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	block_model_free(w->model);
	free(w);
	return 0;
}

static void apply(struct world *w, uint32_t first, uint32_t blocks, uint64_t sequence, int same)
{
	for (uint32_t i = first; i < first + blocks; i++) {
		struct stamp stamp = { .sequence = sequence,
				       .first = same ? first : i,
				       .blocks = same ? blocks : 1 };

		stamp_fill(w->disk[i], &stamp);
	}
}

static uint64_t send(struct world *w, uint32_t first, uint32_t blocks)
{
	block_model_sent(w->model, first, blocks, ++w->sequence, 0, 0, 0);
	return w->sequence;
}

/* Sent, done and acknowledged. */
static uint64_t write_blocks(struct world *w, uint32_t first, uint32_t blocks)
{
	uint64_t sequence = send(w, first, blocks);

	apply(w, first, blocks, sequence, 0);
	block_model_acknowledged(w->model, first, blocks, sequence);
	return sequence;
}

static block_floor read_sent(struct world *w, uint32_t block)
{
	block_floor floor;

	block_model_floors(w->model, block, 1, &floor);
	return floor;
}

static enum verdict read_block(struct world *w, uint32_t block)
{
	return block_model_read(w->model, block, read_sent(w, block), w->disk[block]);
}

static void should_accept_zeros_of_a_new_disk(void **state)
{
	assert_int_equal(read_block(*state, 3), VERDICT_OK);
}

static void should_accept_what_was_acknowledged(void **state)
{
	struct world *w = *state;

	write_blocks(w, 4, 8);
	for (uint32_t i = 4; i < 12; i++)
		assert_int_equal(read_block(w, i), VERDICT_OK);
}

static void should_find_a_lost_write(void **state)
{
	struct world *w = *state;
	uint64_t first = write_blocks(w, 4, 1);

	write_blocks(w, 4, 1);
	apply(w, 4, 1, first, 0);
	assert_int_equal(read_block(w, 4), VERDICT_STALE);
	memset(w->disk[4], 0, STAMP_BLOCK);
	assert_int_equal(read_block(w, 4), VERDICT_STALE);
}

static void should_find_an_unacknowledged_write_that_came_and_went(void **state)
{
	struct world *w = *state;
	uint64_t first = write_blocks(w, 4, 1);

	apply(w, 4, 1, send(w, 4, 1), 0);
	assert_int_equal(read_block(w, 4), VERDICT_OK);
	apply(w, 4, 1, first, 0);
	assert_int_equal(read_block(w, 4), VERDICT_STALE);
}

/* The same write done twice, the second time after a newer one: what a careless redelivery does. */
static void should_find_a_doubled_write(void **state)
{
	struct world *w = *state;
	uint64_t first = write_blocks(w, 4, 1);

	write_blocks(w, 4, 1);
	assert_int_equal(read_block(w, 4), VERDICT_OK);
	apply(w, 4, 1, first, 0);
	assert_int_equal(read_block(w, 4), VERDICT_STALE);
}

static void should_accept_old_and_new_while_a_write_is_under_way(void **state)
{
	struct world *w = *state;
	uint64_t sequence;

	write_blocks(w, 4, 1);
	sequence = send(w, 4, 1);
	assert_int_equal(read_block(w, 4), VERDICT_OK);
	apply(w, 4, 1, sequence, 0);
	assert_int_equal(read_block(w, 4), VERDICT_OK);
}

/* A read that was sent before the acknowledgement may have been done before the write. */
static void should_accept_the_old_for_a_read_that_was_sent_before(void **state)
{
	struct world *w = *state;
	uint8_t old[STAMP_BLOCK];
	block_floor floor;

	write_blocks(w, 4, 1);
	memcpy(old, w->disk[4], sizeof(old));
	floor = read_sent(w, 4);
	write_blocks(w, 4, 1);
	assert_int_equal(block_model_read(w->model, 4, floor, old), VERDICT_OK);
	assert_int_equal(block_model_read(w->model, 4, read_sent(w, 4), old), VERDICT_STALE);
}

static void should_find_a_write_that_was_never_sent(void **state)
{
	struct world *w = *state;

	write_blocks(w, 4, 1);
	apply(w, 4, 1, 1000, 0);
	assert_int_equal(read_block(w, 4), VERDICT_UNSENT);
}

static void should_find_a_tear_wherever_it_is(void **state)
{
	struct world *w = *state;

	for (size_t at = 16; at < STAMP_BLOCK;
	     at += 8) { /* up to 16 all blocks are alike, or it is the old one, whole */
		uint8_t old[STAMP_BLOCK];

		write_blocks(w, 4, 1);
		memcpy(old, w->disk[4], sizeof(old));
		write_blocks(w, 4, 1);
		memcpy(w->disk[4] + at, old + at, STAMP_BLOCK - at);
		assert_int_equal(read_block(w, 4), VERDICT_TORN);
	}
}

static void should_not_call_a_block_torn_that_is_being_written(void **state)
{
	struct world *w = *state;
	uint8_t old[STAMP_BLOCK];

	write_blocks(w, 4, 1);
	memcpy(old, w->disk[4], sizeof(old));
	apply(w, 4, 1, send(w, 4, 1), 0);
	memcpy(w->disk[4] + 64, old + 64, STAMP_BLOCK - 64);
	assert_int_equal(read_block(w, 4), VERDICT_MIXED);
	block_model_acknowledged(w->model, 4, 1, w->sequence);
	assert_int_equal(read_block(w, 4), VERDICT_TORN);
}

static void should_find_a_block_in_anothers_place(void **state)
{
	struct world *w = *state;

	write_blocks(w, 4, 2);
	memcpy(w->disk[5], w->disk[4], STAMP_BLOCK);
	assert_int_equal(read_block(w, 5), VERDICT_MISPLACED);
}

static void should_find_content_of_nobody(void **state)
{
	struct world *w = *state;

	write_blocks(w, 4, 1);
	memset(w->disk[4], 0xa5, STAMP_BLOCK);
	assert_int_equal(read_block(w, 4), VERDICT_FOREIGN);
}

static void should_accept_zeros_after_an_unmap_and_not_after_the_next_write(void **state)
{
	struct world *w = *state;

	write_blocks(w, 4, 1);
	block_model_sent(w->model, 4, 1, ++w->sequence, 0, 1, 0);
	assert_int_equal(read_block(w, 4), VERDICT_OK);
	memset(w->disk[4], 0, STAMP_BLOCK);
	assert_int_equal(read_block(w, 4), VERDICT_OK);
	block_model_acknowledged(w->model, 4, 1, w->sequence);
	assert_int_equal(read_block(w, 4), VERDICT_OK);
	write_blocks(w, 4, 1);
	memset(w->disk[4], 0, STAMP_BLOCK);
	assert_int_equal(read_block(w, 4), VERDICT_STALE);
}

static void should_find_what_an_unmap_left(void **state)
{
	struct world *w = *state;

	write_blocks(w, 4, 1);
	block_model_sent(w->model, 4, 1, ++w->sequence, 0, 1, 0);
	block_model_acknowledged(w->model, 4, 1, w->sequence);
	assert_int_equal(read_block(w, 4), VERDICT_STALE);
}

static void should_accept_one_content_on_the_whole_range_of_a_write_same(void **state)
{
	struct world *w = *state;

	block_model_sent(w->model, 8, 16, ++w->sequence, 1, 0, 0);
	apply(w, 8, 16, w->sequence, 1);
	block_model_acknowledged(w->model, 8, 16, w->sequence);
	for (uint32_t i = 8; i < 24; i++)
		assert_int_equal(read_block(w, i), VERDICT_OK);
	memcpy(w->disk[24], w->disk[23], STAMP_BLOCK);
	assert_int_equal(read_block(w, 24), VERDICT_MISPLACED);
}

static void should_admit_one_write_of_a_block_at_a_time(void **state)
{
	struct world *w = *state;

	assert_true(block_model_claim(w->model, 4, 4));
	assert_false(block_model_claim(w->model, 0, 5));
	assert_true(block_model_claim(w->model, 0, 4));
	block_model_unclaim(w->model, 4, 4);
	assert_true(block_model_claim(w->model, 4, 1));
}

static void should_know_contents_that_are_sure(void **state)
{
	struct world *w = *state;
	uint8_t data[STAMP_BLOCK];

	write_blocks(w, 4, 1);
	assert_true(block_model_content(w->model, 4, data));
	assert_memory_equal(data, w->disk[4], STAMP_BLOCK);
	send(w, 4, 1);
	assert_false(block_model_content(w->model, 4, data));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(should_accept_zeros_of_a_new_disk),
		TEST(should_accept_what_was_acknowledged),
		TEST(should_find_a_lost_write),
		TEST(should_find_an_unacknowledged_write_that_came_and_went),
		TEST(should_find_a_doubled_write),
		TEST(should_accept_old_and_new_while_a_write_is_under_way),
		TEST(should_accept_the_old_for_a_read_that_was_sent_before),
		TEST(should_find_a_write_that_was_never_sent),
		TEST(should_find_a_tear_wherever_it_is),
		TEST(should_not_call_a_block_torn_that_is_being_written),
		TEST(should_find_a_block_in_anothers_place),
		TEST(should_find_content_of_nobody),
		TEST(should_accept_zeros_after_an_unmap_and_not_after_the_next_write),
		TEST(should_find_what_an_unmap_left),
		TEST(should_accept_one_content_on_the_whole_range_of_a_write_same),
		TEST(should_admit_one_write_of_a_block_at_a_time),
		TEST(should_know_contents_that_are_sure),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
