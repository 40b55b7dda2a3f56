/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "test/load/block_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
	uint64_t floor;
	uint64_t newest;
	uint64_t zeroed; /* the newest write of zeros that was sent; 0: the disk as it was made */
	struct stamp content; /* of the newest write */
	uint8_t content_is_zero;
	uint8_t claimed;
};

struct block_model {
	uint32_t blocks;
	struct block block[];
};

struct block_model *block_model_new(uint32_t blocks)
{
	struct block_model *model =
		calloc(1, sizeof(*model) + (size_t)blocks * sizeof(struct block));

	if (!model)
		return NULL;
	model->blocks = blocks;
	for (uint32_t i = 0; i < blocks; i++)
		model->block[i].content_is_zero = 1;
	return model;
}

void block_model_free(struct block_model *model)
{
	free(model);
}

int block_model_claim(struct block_model *model, uint32_t first, uint32_t blocks)
{
	for (uint32_t i = first; i < first + blocks; i++)
		if (model->block[i].claimed)
			return 0;
	for (uint32_t i = first; i < first + blocks; i++)
		model->block[i].claimed = 1;
	return 1;
}

void block_model_unclaim(struct block_model *model, uint32_t first, uint32_t blocks)
{
	for (uint32_t i = first; i < first + blocks; i++)
		model->block[i].claimed = 0;
}

void block_model_sent(struct block_model *model, uint32_t first, uint32_t blocks, uint64_t sequence,
		      int same, int zeros, uint32_t initiator)
{
	for (uint32_t i = first; i < first + blocks; i++) {
		struct block *b = &model->block[i];

		b->newest = sequence;
		b->content_is_zero = (uint8_t)zeros;
		b->content.sequence = sequence;
		b->content.first = same ? first : i;
		b->content.blocks = same ? blocks : 1;
		b->content.initiator = initiator;
		if (zeros)
			b->zeroed = sequence;
	}
}

void block_model_acknowledged(struct block_model *model, uint32_t first, uint32_t blocks,
			      uint64_t sequence)
{
	for (uint32_t i = first; i < first + blocks; i++)
		if (model->block[i].floor < sequence)
			model->block[i].floor = sequence;
}

void block_model_floors(const struct block_model *model, uint32_t first, uint32_t blocks,
			block_floor *floors)
{
	for (uint32_t i = 0; i < blocks; i++)
		floors[i] = model->block[first + i].floor;
}

/* Which write a block shows. Zeros do not say which write they are of: the newest is what they are if they may be there at all. */
static enum verdict shown(const struct block *b, uint32_t block, const void *data,
			  uint64_t *sequence)
{
	struct stamp stamp;

	switch (stamp_read(data, &stamp)) {
	case STAMP_ZERO:
		*sequence = b->zeroed;
		return VERDICT_OK;
	case STAMP_WHOLE:
		*sequence = stamp.sequence;
		return block - stamp.first < stamp.blocks ? VERDICT_OK : VERDICT_MISPLACED;
	case STAMP_TORN:
		return VERDICT_TORN;
	case STAMP_FOREIGN:
		break;
	}
	return VERDICT_FOREIGN;
}

enum verdict block_model_read(struct block_model *model, uint32_t block, block_floor sent_at,
			      const void *data)
{
	struct block *b = &model->block[block];
	uint64_t sequence = 0;
	enum verdict verdict = shown(b, block, data, &sequence);

	if ((verdict == VERDICT_TORN || verdict == VERDICT_FOREIGN) && sent_at < b->newest)
		return VERDICT_MIXED;
	if (verdict != VERDICT_OK)
		return verdict;
	if (sequence < sent_at)
		return VERDICT_STALE;
	if (sequence > b->newest)
		return VERDICT_UNSENT;
	if (b->floor < sequence)
		b->floor = sequence;
	return VERDICT_OK;
}

int block_model_content(const struct block_model *model, uint32_t block, void *data)
{
	const struct block *b = &model->block[block];

	if (b->floor != b->newest)
		return 0;
	if (b->content_is_zero)
		memset(data, 0, STAMP_BLOCK);
	else
		stamp_fill(data, &b->content);
	return 1;
}

void block_model_describe(const struct block_model *model, uint32_t block, block_floor sent_at,
			  const void *data, char *text, size_t bytes)
{
	const struct block *b = &model->block[block];
	struct stamp stamp = { 0 };
	enum stamp_kind kind = stamp_read(data, &stamp);

	if (kind == STAMP_ZERO)
		snprintf(text, bytes, "block %u: zeros (last sent as %llu)", block,
			 (unsigned long long)b->zeroed);
	else if (kind == STAMP_FOREIGN)
		snprintf(text, bytes, "block %u: no content of this load", block);
	else
		snprintf(text, bytes, "block %u: sequence %llu of initiator %u for blocks %u to %u",
			 block, (unsigned long long)stamp.sequence, stamp.initiator, stamp.first,
			 stamp.first + stamp.blocks - 1);
	snprintf(text + strlen(text), bytes - strlen(text),
		 "; floor %llu when the read was sent, %llu now; newest %llu",
		 (unsigned long long)sent_at, (unsigned long long)b->floor,
		 (unsigned long long)b->newest);
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_OK] = "ok",
		[VERDICT_STALE] = "an older write came back: lost or doubled write",
		[VERDICT_UNSENT] = "a write that was never sent",
		[VERDICT_TORN] = "torn write",
		[VERDICT_MISPLACED] = "another block's content",
		[VERDICT_FOREIGN] = "content that was never written",
		[VERDICT_MIXED] = "a block that is being written",
	};

	return names[verdict];
}
