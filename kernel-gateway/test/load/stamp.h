/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef SLUICE_TEST_LOAD_STAMP_H
#define SLUICE_TEST_LOAD_STAMP_H

#include <stdint.h>

/*
 * What the verifying load writes: each block says in every word who wrote it, where, and as which write.
 *
 *	0	magic
 *	8	sequence	of the write, unique in a run, ascending
 *	16	first block	of the range that this content may stand on
 *	20	blocks		of that range: 1, or a WRITE SAME's number
 *	24	initiator
 *	28	check		of bytes 0 to 27
 *	32-511	filler		made from all of the above
 *
 * So a block that is half of one write and half of another is found, wherever the tear is.
 */

#define STAMP_BLOCK 512U

struct stamp {
	uint64_t sequence;
	uint32_t first;
	uint32_t blocks;
	uint32_t initiator;
};

enum stamp_kind {
	STAMP_WHOLE,	/* one write's, all of it */
	STAMP_ZERO,	/* zeros: never written, or unmapped */
	STAMP_TORN,	/* begins like a write's and does not go on so */
	STAMP_FOREIGN,	/* nothing that this program ever wrote */
};

/* Fills STAMP_BLOCK bytes. */
void stamp_fill(void *block, const struct stamp *stamp);

/* Looks at STAMP_BLOCK bytes; *stamp is set for STAMP_WHOLE, and for STAMP_TORN as far as its head says. */
enum stamp_kind stamp_read(const void *block, struct stamp *stamp);

#endif
