/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "test/load/stamp.h"

#include <string.h>

#define MAGIC	    0x316c646563756c53ULL /* "Slucedl1" */
#define WORDS	    (STAMP_BLOCK / 8)
#define FIRST_WORD  4 /* of the filler */
#define CHECK_SHIFT 32

struct head {
	uint64_t magic;
	uint64_t sequence;
	uint32_t first;
	uint32_t blocks;
	uint32_t initiator;
	uint32_t check;
};

_Static_assert(sizeof(struct head) == FIRST_WORD * 8, "the filler follows the head");

/* splitmix64: each bit of the input changes half of the output's. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static uint64_t key_of(const struct head *head)
{
	return mix(head->sequence ^ mix((uint64_t)head->first << 32 | head->blocks) ^
		   mix(head->initiator + 1ULL));
}

static struct head head_of(const struct stamp *stamp)
{
	struct head head = {
		.magic = MAGIC,
		.sequence = stamp->sequence,
		.first = stamp->first,
		.blocks = stamp->blocks,
		.initiator = stamp->initiator,
	};

	head.check = (uint32_t)(key_of(&head) >> CHECK_SHIFT);
	return head;
}

void stamp_fill(void *block, const struct stamp *stamp)
{
	struct head head = head_of(stamp);
	uint64_t words[WORDS], key = key_of(&head);

	memcpy(words, &head, sizeof(head));
	for (uint64_t i = FIRST_WORD; i < WORDS; i++)
		words[i] = mix(key + i);
	memcpy(block, words, sizeof(words));
}

static int is_zero(const uint64_t *words)
{
	for (int i = 0; i < (int)WORDS; i++)
		if (words[i])
			return 0;
	return 1;
}

enum stamp_kind stamp_read(const void *block, struct stamp *stamp)
{
	uint64_t words[WORDS], wanted[WORDS];
	struct head head;

	memcpy(words, block, sizeof(words));
	memcpy(&head, words, sizeof(head));
	if (head.magic != MAGIC)
		return is_zero(words) ? STAMP_ZERO : STAMP_FOREIGN;
	stamp->sequence = head.sequence;
	stamp->first = head.first;
	stamp->blocks = head.blocks;
	stamp->initiator = head.initiator;
	stamp_fill(wanted, stamp);
	return memcmp(words, wanted, sizeof(words)) == 0 ? STAMP_WHOLE : STAMP_TORN;
}
