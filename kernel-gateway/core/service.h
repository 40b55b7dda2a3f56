/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Commands that the core serves, whole or in part, whatever the device's type. Who
 * answers what is one table (service.c); a handler never sees the first two kinds.
 */
#ifndef SLUICE_CORE_SERVICE_H
#define SLUICE_CORE_SERVICE_H

#include "nexus.h"

enum sl_service_kind {
	/* Answered on arrival, under the nexus's lock, past the task set (SAM-6 allows it). */
	SL_SERVICE_AT_ONCE,
	/*
	 * Goes the way of every command - buffer, task set, Data-Out - and runs where the
	 * others are handed over: with no lock held, and alone on its device (turn.c).
	 */
	SL_SERVICE_IN_TURN,
	/* The handler answers, and the core adds what it knows better. Under the nexus's lock. */
	SL_SERVICE_AMENDED,
};

enum sl_served {
	SL_SERVED,		/* status, and what goes with it, is set */
	/*
	 * The buffer holds core.data_out_len bytes for the handler to store. It is handed over
	 * as SLUICE_DESC_STORE; the service runs again with the handler's answer, still alone.
	 */
	SL_SERVED_STORE,
	/*
	 * Status is set, and goes out when the commands have ended that sl_preempt() aborted
	 * (preemption.h); within the abort bound, for each of them is.
	 */
	SL_SERVED_PREEMPTING,
};

struct sl_service {
	u8 opcode;
	u8 action;		/* service action, or SL_ANY_ACTION */
	u8 kind;		/* enum sl_service_kind */
	/* CDB usage data (SPC-5 6.34.3), as long as the CDB; length 0: the handler reports the command. */
	u8 cdb_len;
	u8 usage[16];
	/* Whether this command is served, for its device or its CDB decides; NULL: always. Under the nexus's lock. */
	bool (*applies)(const struct sl_cmd *cmd);
	/* Bytes of buffer that it wants at least, whatever the initiator expects; NULL: no more than that. */
	u32 (*need)(const struct sl_cmd *cmd);
	void (*at_once)(struct sl_cmd *cmd);
	/* `stored`: the handler has answered; cmd->status and sense are its. */
	enum sl_served (*in_turn)(struct sl_cmd *cmd, bool stored, struct sl_work *w);
	/* `moved` bytes lie in cmd->data, which has core.need: changes them, and answers (sl_service_answer). */
	void (*amend)(struct sl_cmd *cmd, u32 moved);
	/* AMENDED: the handler is told that this field of its CDB says `need`. */
	u8 allocation_at, allocation_bytes;
};

/* The table: every command that is the core's, and the data with which RSOC reports it. */
extern const struct sl_service sl_services[];
extern const u32 sl_n_services;

/* NULL: the handler's alone. */
const struct sl_service *sl_service_of(const struct sl_cmd *cmd);

static inline bool sl_service_is(const struct sl_cmd *cmd, enum sl_service_kind kind)
{
	return cmd->core.service && cmd->core.service->kind == kind;
}

/* Bytes of buffer that the command wants. */
u32 sl_service_need(const struct sl_cmd *cmd);
/* Services answer by this: GOOD with `len` bytes that lie in cmd->data, cut to the allocation length (SPC-5 4.2.5.6). */
void sl_service_answer(struct sl_cmd *cmd, u32 len, u32 allocation);
/* What the handler sees of an amended or a storing command. Under the queue's lock. */
void sl_service_describe(const struct sl_cmd *cmd, struct sluice_desc *d);

/* turn.c: who may run on the device. Under the nexus's lock. */
/* True: it is the command's turn, until it ends. False: it stands in the list. */
bool sl_turn_take(struct sl_cmd *cmd, struct sl_work *w);
bool sl_turn_unpark(struct sl_cmd *cmd);
/* The next one's; under the nexus's lock of the one that ends. */
void sl_turn_pass(struct sl_cmd *cmd, struct sl_work *w);
void sl_turn_expire(struct sl_device *dev, struct sl_work *w, u64 *next_ns);
/* From the work list, with no lock held: runs it. Returns the event to deliver; NONE: the command is not the caller's any more. */
enum sl_event sl_service_run(struct sl_cmd *cmd, struct sl_work *w);

#endif /* SLUICE_CORE_SERVICE_H */
