/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a call into the core still has to do once it holds no lock: commands to
 * move on, operations to call. It lives on the caller's stack; sl_work_run()
 * empties it with a loop, so that one thing leading to the next never nests.
 */
#ifndef SLUICE_CORE_WORK_H
#define SLUICE_CORE_WORK_H

#include "lifecycle.h"

enum sl_todo {
	SL_TODO_NOTHING,
	SL_TODO_EVENT,		/* deliver core.event */
	SL_TODO_FETCH,		/* call ops->data_out */
	SL_TODO_CANCEL,		/* call ops->data_out_cancel */
	SL_TODO_SERVE,		/* run its service */
	SL_TODO_RESPOND,	/* call ops->respond */
};

#define SL_WORK_DIRTY	8U

struct sl_work {
	struct sl_gateway *gw;
	u64 now_ns;
	struct sl_list cmds;
	struct sl_queue *dirty[SL_WORK_DIRTY];	/* queues whose doorbell to ask for; we are their user */
	u32 n_dirty;
	bool overdue;			/* more than fit: look for queues that say so */
	u64 deadline_ns;		/* the earliest that was set */
	bool kick;			/* some session's admin ring got an event */
	bool grant;			/* some pool got room while commands wait */
};

/* A respond() call under way, on the caller's stack and in nexus->endings: an abort may wait for its end. */
struct sl_ending {
	struct sl_list link;
	struct sl_itl *itl;
	u64 task_tag;
	struct sl_tmf *tmf;
	bool preempted;			/* as core.preempted */
};

static inline void sl_work_init(struct sl_work *w, struct sl_gateway *gw, u64 now_ns)
{
	w->gw = gw;
	w->now_ns = now_ns;
	sl_list_init(&w->cmds);
	w->n_dirty = 0;
	w->overdue = false;
	w->deadline_ns = U64_MAX;
	w->kick = false;
	w->grant = false;
}

/* The caller owns cmd->core.link. */
static inline void sl_work_add(struct sl_work *w, struct sl_cmd *cmd, enum sl_todo todo)
{
	cmd->core.todo = (u8)todo;
	sl_list_add_tail(&w->cmds, &cmd->core.link);
}

static inline void sl_work_add_event(struct sl_work *w, struct sl_cmd *cmd, enum sl_event ev)
{
	cmd->core.event = (u8)ev;
	sl_work_add(w, cmd, SL_TODO_EVENT);
}

static inline void sl_work_deadline(struct sl_work *w, u64 deadline_ns)
{
	if (deadline_ns < w->deadline_ns)
		w->deadline_ns = deadline_ns;
}

/*
 * deadline.c: takes commands whose deadline passed off a list of parked ones and
 * adds their EXPIRE; *next_ns becomes the earliest of the others, if that is earlier.
 * Returns how many it took. Under the list's lock.
 */
u32 sl_waiting_expire(struct sl_list *waiting, struct sl_work *w, u64 *next_ns);

/* With no lock held. */
void sl_work_run(struct sl_work *w);

#endif /* SLUICE_CORE_WORK_H */
