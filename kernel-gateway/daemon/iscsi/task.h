/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An iSCSI task: one SCSI command from its PDU to the last byte of its answer.
 * Preallocated with its session; belongs to the session's thread, into which the
 * core's operations are handed over.
 */
#ifndef SLUICE_ISCSI_TASK_H
#define SLUICE_ISCSI_TASK_H

#include "core/command.h"
#include "negotiation.h"
#include "reactor.h"
#include "transmit.h"

struct iscsi_session;

struct iscsi_r2t {
	uint32_t ttt;
	uint32_t end; /* offset behind the last byte asked for */
};

struct iscsi_task {
	struct sl_cmd cmd;
	struct iscsi_session *session;
	struct iscsi_task *next; /* in its bucket, or in the free list */
	struct iscsi_mail granted_mail, cancel_mail, ended_mail;
	atomic_bool
		cancel_in_flight; /* cancel_mail is under way; the slot is not reused before it came */
	struct iscsi_tx response_tx, r2t_tx;
	uint32_t index;	     /* in session->tasks */
	uint32_t generation; /* makes Target Transfer Tags of a reused task differ */

	/* Zeroed for each command from here on. */
	struct iscsi_task_run {
		uint32_t itt;
		uint32_t cmd_sn;
		bool live;
		bool immediate;
		bool unanswered; /* counts against the window */
		bool held;	 /* waits for its CmdSN */
		bool submitted;	 /* the core has it until sl_cmd_release() */
		bool filling; /* the core granted the buffer and waits for sl_cmd_data_out_done() */
		bool cancelled;	  /* data_out_cancel came */
		bool end_waits;	  /* the core ended it, behind a cancel_mail under way */
		bool ended;	  /* the answer is known */
		bool answering;	  /* in the output queue or in a batch */
		bool failed;	  /* by us: `status` and sense below go out instead of the core's */
		bool dropped;	  /* aborted while held: ends without an answer */
		bool draining;	  /* aborted and ended; stays until its open sequences are closed (drain.h) */
		bool aborting;	  /* the core was told to abort it because it failed */
		bool arriving;	  /* immediate data is on its way behind the command */
		bool unsolicited; /* Data-Out without R2T is still to come: F not seen */
		uint8_t status;
		uint8_t sense_key, asc, ascq;
		uint32_t want;	    /* bytes the buffer takes */
		uint32_t received;  /* Data-Out bytes from offset 0 */
		uint32_t first_end; /* where unsolicited data ends at most */
		uint32_t data_sn;   /* next one of the sequence, in either direction */
		uint32_t r2t_sn;
		uint32_t r2t_next;  /* offset at which the next R2T starts */
		uint32_t r2t_count; /* outstanding, oldest first */
		struct iscsi_r2t r2t[ISCSI_OUR_MAX_R2T];
		uint8_t *stage; /* heap: data that waits for the buffer */
		uint32_t stage_len;
		uint32_t sent; /* Data-In bytes put into batches */
	} run;
};

extern const struct sl_fabric_ops iscsi_fabric_ops;

/* A SCSI Command's header came; decides where its immediate data goes. */
void iscsi_task_command(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *ahs,
			uint32_t ahs_len);
/* The whole command PDU came. */
void iscsi_task_command_complete(struct iscsi_connection *c, struct iscsi_task *t, bool digest_ok);
struct iscsi_task *iscsi_task_find(struct iscsi_session *s, uint32_t itt);
/* Its CmdSN's turn: hand it to the core. */
void iscsi_task_submit(struct iscsi_task *t);
/* End it ourselves with this status, once no Data-Out of it is to come any more. */
void iscsi_task_fail(struct iscsi_task *t, uint8_t status, uint8_t key, uint8_t asc, uint8_t ascq);
/* No sequence of a failed task is open any more: end it; of one whose answer waits: send it. */
void iscsi_task_settle(struct iscsi_task *t);
/* The task is over: give it back to the core and to the session. */
void iscsi_task_release(struct iscsi_task *t);
/* The last PDU is built: it counts no longer against the window. */
void iscsi_task_answered(struct iscsi_task *t);

/* data_out.c: a Data-Out header came. */
void iscsi_data_out(struct iscsi_connection *c, const uint8_t *bhs);
/* data_out.c: `len` bytes came, with or without F. */
void iscsi_data_out_complete(struct iscsi_connection *c, struct iscsi_task *t, const uint8_t *bhs,
			     bool digest_ok);
/* data_out.c: `len` bytes of immediate data came with the command. */
void iscsi_data_out_immediate(struct iscsi_task *t, uint32_t len);
/* data_out.c: where the segment at `offset` goes; NULL: nowhere. *room: bytes that fit. */
uint8_t *iscsi_data_out_place(struct iscsi_task *t, uint32_t offset, uint32_t *room);
/* data_out.c: the buffer is there. */
void iscsi_data_out_granted(struct iscsi_task *t);
/* data_out.c: let go of the buffer. */
void iscsi_data_out_cancelled(struct iscsi_task *t);
/* data_out.c: make the next R2T(s) while they fit the batch; true: no more for now. */
bool iscsi_data_out_build_r2t(struct iscsi_connection *c, struct iscsi_task *t);
/* data_out.c: does the initiator still owe Data-Out? */
bool iscsi_data_out_open(const struct iscsi_task *t);
/* data_out.c: free memory of data that never got its buffer. */
void iscsi_data_out_unstage(struct iscsi_task *t);

/* data_in.c: make the next PDUs of the answer while they fit the batch; true: it is complete. */
bool iscsi_data_in_build(struct iscsi_connection *c, struct iscsi_task *t);

#endif /* SLUICE_ISCSI_TASK_H */
