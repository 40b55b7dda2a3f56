/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A stand-in for the core in tests of the fabric: what a command does is told by
 * its operation code, so that a test decides when buffers come and answers go.
 */
#ifndef SLUICE_TEST_FAKE_CORE_H
#define SLUICE_TEST_FAKE_CORE_H

#include "core/command.h"

enum fake_opcode {
	FAKE_GOOD = 0x00,
	FAKE_SENSE = 0x03,	/* CHECK CONDITION 05/20/00 */
	FAKE_READ = 0x28,	/* bytes: offset * 7 + 3 */
	FAKE_SHORT_READ = 0x29, /* half of what was expected, residual underflow */
	FAKE_WRITE = 0x2a,	/* the buffer comes at once */
	FAKE_WRITE_LATE = 0x2e, /* the buffer comes with fake_core_grant() */
	FAKE_HANG = 0xc0,	/* ends only by an abort or fake_core_finish() */
};

#define FAKE_TARGET	  "iqn.2026-11.io.sluice:disk"
#define FAKE_CLOSED	  "iqn.2026-11.io.sluice:closed"
#define FAKE_MAX_TRANSFER (1u << 20)

/* All from the calling thread, which is none of the loops'. */
void fake_core_reset(void);
void fake_core_grant(void);  /* give every waiting command its buffer */
void fake_core_finish(void); /* end every hanging command GOOD */
void fake_core_expire(void); /* the deadline of every command whose Data-Out is awaited passed: 0B/2E/01 */
/* Counts. */
unsigned int fake_core_live(void); /* commands not released */
unsigned int fake_core_nexuses(void);
unsigned int fake_core_submitted(void);
unsigned int fake_core_aborted(void);
int fake_core_last_origin(void);
/* Bytes of the last complete write that were as they should be (offset * 7 + 3). */
unsigned int fake_core_last_write(void);

static inline u8 fake_byte(u32 offset)
{
	return (u8)(offset * 7 + 3 + (offset >> 8));
}

#endif /* SLUICE_TEST_FAKE_CORE_H */
