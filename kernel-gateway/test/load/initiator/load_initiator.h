/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef SLUICE_TEST_LOAD_INITIATOR_H
#define SLUICE_TEST_LOAD_INITIATOR_H

#include <stdint.h>

#include "test/load/block_model.h"

/*
 * One iSCSI session of the verifying load, by libiscsi: keeps so many random commands under way on one disk and judges every answer.
 * Any status but GOOD, any residual and any lost connection is a violation: libiscsi is told to hide none by logging in again.
 */

#define LOAD_INITIATORS 2U
#define LOAD_MAX_DEPTH	64U
#define LOAD_MAX_BLOCKS 512U /* per command: 256 KiB */

struct load_disk {
	const char *url;
	struct block_model *model;
	uint32_t blocks;
};

/* What all sessions count together. */
struct load_totals {
	uint64_t sequence;   /* of the last write that was sent */
	uint64_t commands;   /* that ended */
	uint64_t bytes;	     /* that moved */
	uint64_t violations;
	uint64_t mixed;	     /* blocks that were read while they were written, and came as parts of both; see VERDICT_MIXED */
	uint64_t pause_ns;   /* the longest time in which a session that waited for answers got none */
	uint64_t command_ns; /* the longest time that a command took */
};

struct load_session;

/* Logs in; NULL after having said on stderr why not. The seed decides every choice of this session. */
struct load_session *load_session_open(struct load_disk *disk, uint32_t initiator, unsigned int depth, uint64_t seed,
				       struct load_totals *totals);
void load_session_close(struct load_session *s);

/* Sends commands up to the depth. */
void load_session_fill(struct load_session *s, uint64_t now_ns);

/* Reads the whole disk once, as fast as the depth admits; 1 while there is more to send. */
int load_session_sweep(struct load_session *s, uint64_t now_ns);

/* For poll(). */
int load_session_fd(const struct load_session *s);
short load_session_events(const struct load_session *s);

/* Does what poll() found. The session is over, which is a violation, when the connection is. */
void load_session_serve(struct load_session *s, short revents);

unsigned int load_session_outstanding(const struct load_session *s);
int load_session_is_over(const struct load_session *s);

/* Counts a pause that is not over yet; a command older than the patience is a violation that ends the session. */
void load_session_tick(struct load_session *s, uint64_t now_ns, uint64_t patience_ns);

/* CLOCK_MONOTONIC. */
uint64_t load_now_ns(void);

#endif
