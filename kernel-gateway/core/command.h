/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A command and a task management request, as a fabric embeds them in its own
 * preallocated structures. The fabric fills the first part, the core the rest.
 */
#ifndef SLUICE_CORE_COMMAND_H
#define SLUICE_CORE_COMMAND_H

#include "gateway.h"
#include "list.h"

struct sl_facts;
struct sl_itl;
struct sl_lun_list;
struct sl_service;
struct sl_task_set;
struct sl_tmf;

struct sl_cmd {
	/* Filled by the fabric before sl_cmd_submit(); not changed before release. */
	struct sl_nexus *nexus;
	u64 task_tag;			/* unique among the nexus's live commands */
	u32 expected_len;		/* expected data transfer length, bytes */
	u16 cdb_len;			/* 1 .. SLUICE_CDB_MAX */
	u8  attribute;			/* enum sluice_task_attribute */
	u8  direction;			/* enum sluice_direction */
	u8  lun[8];			/* SAM-6 4.7 */
	u8  cdb[SLUICE_CDB_MAX];

	/* Valid for the fabric from data_out() or respond() until release. */
	u8 *data;			/* the buffer in the pool, or the core's own; NULL if buf_len is 0 */
	u32 buf_len;			/* bytes that fit: min(expected_len, the device's max_transfer) */
	u32 data_len;			/* respond: bytes of Data-In to send, <= expected_len */
	u32 residual;			/* respond: bytes */
	u8  residual_kind;		/* respond: enum sluice_residual */
	u8  status;			/* respond: SAM-6 5.3.1 */
	u8  silent;			/* respond: 1: aborted, send nothing */
	u8  sense_len;			/* respond: bytes of sense */
	u8  sense[SLUICE_SENSE_MAX];

	/*
	 * Private to the core. `state` and what has no other note is under the
	 * nexus's lock. A fabric zeroes it once, when it allocates the structure.
	 */
	struct sl_cmd_core {
		u8  state;		/* enum sl_state (lifecycle.h) */
		u8  todo;		/* enum sl_todo: who has it on his work list */
		u8  event;		/* enum sl_event to deliver from the work list */
		u8  parked;		/* on a waiting list; under that list's lock */
		u8  in_set;		/* counted in the device's gate */
		u8  has_buffer;
		u8  has_tag;
		u8  handed_over;	/* the handler saw it */
		u8  abort_kind;		/* enum sl_abort_kind */
		u8  pool_order;		/* the buffer is SLUICE_PAGE << pool_order bytes */
		u8  comp_fault;		/* the handler's completion was not acceptable */
		u8  recovery;		/* enum sluice_recovery of its binding */
		u8  fetched;		/* its Data-Out is in the buffer, whole */
		u8  seen;		/* its handler, now gone, had taken it */
		u8  redelivered;	/* some handler had */
		u8  deliveries;		/* so many of them */
		u8  resumed;		/* was kept; the pool's FIFO takes it in any case */
		u8  kept_rank;		/* its place among the kept (takeover.c) */
		u8  has_aside;		/* its Data-Out is in a buffer of a former session */
		u8  aside_order;
		u8  storing;		/* what it is handed over for is to store the buffer (service.h) */
		u8  passes_aca;		/* let in while an ACA condition is in effect */
		u8  faults;		/* its CHECK CONDITION aborts other commands before it goes out (fault.c) */
		u8  preempted;		/* a service of its device waits for its end (preemption.h) */
		u8  announced;		/* was parked for the announcement of its nexus, and may go on (event_nexus.c) */
		u8  stage;		/* enum sl_stage: whose waiting list it stands in, if any */
		u32 pool_page;		/* the buffer's first page in the pool */
		u32 aside_page;
		u64 aside_binding;	/* of the session whose pool that is */
		u64 sequence;		/* of its first hand-over; 0: none yet */
		u32 tag;
		u32 need;		/* bytes of buffer, >= buf_len */
		u32 data_out_len;	/* bytes that the fabric fetched, or a service left to be stored */
		u32 comp_data_len;	/* as the handler reported */
		struct sl_list task;	/* itl->tasks */
		struct sl_list link;	/* a waiting list or a work list: whoever popped it owns it */
		const struct sl_facts *facts;	/* of its operation code and the device's type; set with `itl` */
		const struct sl_service *service; /* who answers or amends it in the core, or NULL */
		struct sl_task_set *set; /* the one it is in, or will enter */
		struct sl_itl *itl;	/* holds a reference; NULL: unknown LUN */
		struct sl_queue *queue;
		u64 binding;		/* of the device when the command was admitted, or resumed; 0: nobody served it */
		u64 deadline_ns;	/* of the present stage */
		u64 arrived_ns;
		u64 arrival;		/* counts the commands of its nexus */
		struct sl_tmf *abort;	/* waits for this command's end */
		struct sl_lun_list *luns; /* REPORT LUNS answers from it; holds a reference */
		u8  local[96];		/* Data-In of a command that the core answers */
	} core;
};

/*
 * Takes the command. Everything that can go wrong with it is answered by
 * ops->respond(); -EINVAL only for what a fabric must never do (cdb_len 0 or too
 * long, an attribute or direction out of range), and then nothing was taken.
 */
int sl_cmd_submit(struct sl_cmd *cmd, u64 now_ns);
/*
 * The fabric fetched `received` bytes of Data-Out into cmd->data (less than
 * min(expected_len, buf_len) only after data_out_cancel or a lost connection).
 */
void sl_cmd_data_out_done(struct sl_cmd *cmd, u32 received, u64 now_ns);
/* The fabric is done with the command and its buffer; the structure is the fabric's again. */
void sl_cmd_release(struct sl_cmd *cmd, u64 now_ns);

/*
 * The core has the command, and the bound of its present stage has not passed: its end will come
 * by itself. For a fabric whose initiator asks how long to wait; its nexus is open, and the
 * structure may be free already.
 */
bool sl_cmd_in_time(struct sl_cmd *cmd, u64 now_ns);

struct sl_tmf {
	/* Filled by the fabric. */
	struct sl_nexus *nexus;
	u8  function;			/* enum sluice_tmf */
	u8  lun[8];
	u64 task_tag;			/* ABORT TASK, QUERY TASK */
	/* Filled by the core. */
	u8  response;			/* enum sluice_tmf_response */
	u8  information[3];		/* QUERY ASYNCHRONOUS EVENT, SUCCEEDED: additional response information (SAM-6 7.11) */
	/* Private to the core. */
	struct sl_tmf_core {
		struct sl_list link;	/* gw->tmfs, oldest first */
		u32 pending;		/* commands whose end it awaits, + 1 while it looks for them */
		u64 sequence;		/* in gw->tmfs */
		u64 horizon;		/* met a command that another function ends: awaits all up to here; 0: none */
		u8  internal;		/* a nexus's own, at its end: nobody is told */
	} core;
};

/* Answers by ops->tmf_done() after the affected commands ended, within limits.abort_bound_ns. */
void sl_tmf_submit(struct sl_tmf *tmf, u64 now_ns);

#endif /* SLUICE_CORE_COMMAND_H */
