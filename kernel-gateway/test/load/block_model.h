/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef SLUICE_TEST_LOAD_BLOCK_MODEL_H
#define SLUICE_TEST_LOAD_BLOCK_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "test/load/stamp.h"

/*
 * What may be read from each block of a disk that this process alone writes, through as many initiators as it likes.
 *
 * Two numbers decide it, both sequences of writes:
 *
 *	floor	the newest write that was acknowledged, or that a read has shown: nothing older may come again
 *	newest	the newest write that was sent
 *
 * A read may show any write of the block from the floor as it was when the read was sent up to the newest as it is when the read
 * is answered. An older one is a lost write if the floor was acknowledged, or a resurrected one: somebody wrote the older one again.
 * At most one write per block is under way at a time (block_model_claim()), or its order would be anybody's guess.
 */

enum verdict {
	VERDICT_OK,
	VERDICT_STALE,	     /* older than the floor: a lost, or a doubled write */
	VERDICT_UNSENT,	     /* newer than anything sent */
	VERDICT_TORN,	     /* parts of different writes */
	VERDICT_MISPLACED,   /* another block's content */
	VERDICT_FOREIGN,     /* nothing that was ever written */
	/*
	 * Parts of different writes, one of them under way: no violation. No standard says what a read returns of a block that is
	 * being written, and a file's page cache copies both at once. A block that stays like that is found as torn later.
	 */
	VERDICT_MIXED,
};

struct block_model;

/* What a read has to remember of when it was sent: one floor per block. */
typedef uint64_t block_floor;

/* A disk of zeros. NULL when there is no memory. */
struct block_model *block_model_new(uint32_t blocks);
void block_model_free(struct block_model *model);

/* Takes blocks for a write or a comparison; 0 and nothing taken if one of them is taken already. */
int block_model_claim(struct block_model *model, uint32_t first, uint32_t blocks);
void block_model_unclaim(struct block_model *model, uint32_t first, uint32_t blocks);

/* A write of claimed blocks is sent; zeros: UNMAP, or WRITE SAME of zeros. `same`: one content for the whole range. */
void block_model_sent(struct block_model *model, uint32_t first, uint32_t blocks, uint64_t sequence, int same, int zeros,
		      uint32_t initiator);

/* The write of that sequence ended GOOD; blocks as they were sent. */
void block_model_acknowledged(struct block_model *model, uint32_t first, uint32_t blocks, uint64_t sequence);

/* A read is sent: remembers the floors. */
void block_model_floors(const struct block_model *model, uint32_t first, uint32_t blocks, block_floor *floors);

/* Judges one block that a read returned, and raises the floor to what it showed. */
enum verdict block_model_read(struct block_model *model, uint32_t block, block_floor sent_at, const void *data);

/* The content of a block whose last write was acknowledged; 0 if that is not sure. For comparisons. */
int block_model_content(const struct block_model *model, uint32_t block, void *data);

/* For messages: "block 17: sequence 5 of initiator 0, floor 9, newest 11". */
void block_model_describe(const struct block_model *model, uint32_t block, block_floor sent_at, const void *data, char *text,
			  size_t bytes);

const char *verdict_name(enum verdict verdict);

#endif
