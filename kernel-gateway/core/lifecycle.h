/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The life of a command: states, events, and the table that joins them. Every
 * event is delivered under the lock of the command's nexus.
 *
 * Parked commands (WAIT_BUFFER, DORMANT, WAIT_TURN, WAIT_TAG, KEPT) stand in a waiting list. Who
 * takes a command off the list, under the list's lock, owns it until he has
 * delivered the event that moves it on; an abort that finds it already taken
 * leaves a note (UNPARK) that this event will find.
 *
 * A command whose Data-Out is fetched (FETCH) stands in no list: its deadline is
 * looked for among the tasks of its I_T_L nexus (fetch.c).
 */
#ifndef SLUICE_CORE_LIFECYCLE_H
#define SLUICE_CORE_LIFECYCLE_H

#include "command.h"

struct sl_work;

enum sl_state {
	SL_FREE,		/* the fabric's */
	SL_ARRIVED,		/* being checked */
	SL_WAIT_BUFFER,		/* wants a buffer of the data pool; parked there if there is none */
	SL_DORMANT,		/* wants to be enabled in the task set (SAM-6 8); parked there if it must wait */
	SL_ENABLED,		/* in the task set, may run */
	SL_FETCH_CALL,		/* ops->data_out is being called */
	SL_FETCH_CALL_DONE,	/* ... and the fabric was done before it returned */
	SL_FETCH_CALL_ABORTED,	/* ... and the command was aborted before it returned */
	SL_FETCH_CALL_BOTH,	/* ... both */
	SL_FETCH,		/* the fabric fills the buffer */
	SL_CANCEL_CALL,		/* ops->data_out_cancel is being called */
	SL_CANCEL_CALL_DONE,	/* ... and the fabric let go before it returned */
	SL_CANCELLED,		/* the fabric is to let go of the buffer */
	SL_EXPIRE_CALL,		/* as CANCEL_CALL, because the Data-Out did not come in time */
	SL_EXPIRE_CALL_DONE,	/* as CANCEL_CALL_DONE */
	SL_EXPIRED,		/* as CANCELLED */
	SL_WAIT_TURN,		/* the core's own to serve; parked while it serves another one on the device */
	SL_SERVING,		/* the core serves it */
	SL_SERVING_ABORTED,	/* ... and nobody wants the answer any more */
	SL_WAIT_TAG,		/* wants a tag of its queue; parked there if there is none */
	SL_RUNNING,		/* with the handler */
	SL_RUNNING_ABORTED,	/* with the handler, whose answer nobody wants any more */
	SL_UNPARK,		/* aborted while another thread moved it on */
	SL_KEPT,		/* its handler is gone: kept for the next one */
	SL_ENDING,		/* the result stands; respond() comes next */
	SL_RESPONDED,		/* the fabric sends; waits for its release */
	SL_STATES
};

enum sl_event {
	SL_EV_SUBMIT,		/* fabric */
	SL_EV_ADMIT,		/* the checks let it in */
	SL_EV_REFUSE,		/* status and sense are set */
	SL_EV_BUFFER,		/* has what buffer it needs */
	SL_EV_ENABLE,		/* the task set lets it run */
	SL_EV_FETCH,		/* there is Data-Out to fetch */
	SL_EV_READY,		/* nothing to fetch; or its nexus is announced, for which it was parked */
	SL_EV_FETCHED,		/* fabric: data_out_done */
	SL_EV_CALLED,		/* the operation that was being called returned */
	SL_EV_SERVE,		/* the core's own: it is not handed over */
	SL_EV_TURN,		/* its turn to be served */
	SL_EV_SERVED,		/* status and sense are set */
	SL_EV_STORE,		/* the handler is to store what is in the buffer */
	SL_EV_TAG,		/* got a tag while parked */
	SL_EV_HANDED,		/* is in the submission ring */
	SL_EV_COMPLETE,		/* the handler answered, and the answer was judged */
	SL_EV_EXPIRE,		/* the deadline passed */
	SL_EV_GONE,		/* the handler is gone */
	SL_EV_RESUME,		/* another one serves its device */
	SL_EV_ABORT,		/* task management */
	SL_EV_UNPARKED,		/* the abort took it off its waiting list */
	SL_EV_RESPOND,		/* respond() is about to be called */
	SL_EV_RELEASE,		/* fabric */
	SL_EVENTS,
	SL_EV_NONE = SL_EVENTS,	/* from an action: nothing follows now */
};

/* The last waiting list that a command came by. */
enum sl_stage {
	SL_STAGE_NONE,
	SL_STAGE_POOL,
	SL_STAGE_TASK_SET,
	SL_STAGE_TURN,
	SL_STAGE_ADMIN,
	SL_STAGE_QUEUE,
	SL_STAGE_KEPT,
};

/* How an aborted command ends. */
enum sl_abort_kind {
	SL_ABORT_NONE,
	SL_ABORT_SILENT,	/* by its own nexus: no response */
	SL_ABORT_TASK_ABORTED,	/* by another nexus with TAS: status TASK ABORTED */
};

typedef enum sl_event (*sl_action)(struct sl_cmd *cmd, struct sl_work *w);

struct sl_cell {
	u8 next;		/* enum sl_state */
	sl_action action;	/* NULL: the cell is illegal */
	const char *name;	/* of the action */
};

extern const struct sl_cell sl_lifecycle[SL_STATES][SL_EVENTS];
extern const char *const sl_state_names[SL_STATES];
extern const char *const sl_event_names[SL_EVENTS];

/* Delivers `ev` and what follows from it. Under the nexus's lock. */
void sl_cmd_event(struct sl_cmd *cmd, enum sl_event ev, struct sl_work *w);

/* The actions, by file: arrival.c, passage.c, fetch.c, service.c, takeover.c, ending.c. */
enum sl_event sl_act_note(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_check(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_buffer(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_enter(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_start(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_fetch(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_await(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_fetched(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_cancel(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_turn(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_serve(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_served(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_tag(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_hand_over(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_unpark(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_hasten(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_end(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_finish(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_expire(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_keep(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_resume(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_give_up(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_abort(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_respond(struct sl_cmd *cmd, struct sl_work *w);
enum sl_event sl_act_release(struct sl_cmd *cmd, struct sl_work *w);

#endif /* SLUICE_CORE_LIFECYCLE_H */
