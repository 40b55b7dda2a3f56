/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "fault.h"
#include "event.h"
#include "nexus.h"
#include "preemption.h"
#include "service.h"
#include "session.h"
#include "task_management.h"

/*
 * Calls respond(). From that moment the command is the fabric's, so what must
 * happen after it hangs on a record of ours: functions that wait for the command's
 * end are answered after the call returned.
 */
static void respond(struct sl_cmd *cmd, struct sl_work *w) sl_releases(&cmd->nexus->lock)
{
	struct sl_nexus *n = cmd->nexus;
	struct sl_ending e = { .itl = cmd->core.itl,
			       .task_tag = cmd->task_tag,
			       .tmf = cmd->core.abort,
			       .preempted = cmd->core.preempted };
	struct sl_device *dev = cmd->core.itl ? cmd->core.itl->dev : NULL;
	struct sl_tmf *tmf;
	bool last;

	/* Under n->lock from the caller. */
	sl_cmd_event(cmd, SL_EV_RESPOND, w);
	sl_list_add_tail(&n->endings, &e.link);
	n->n_endings++;
	sl_spin_unlock(&n->lock);

	n->ops->respond(cmd);

	sl_spin_lock(&n->lock);
	sl_list_del(&e.link);
	n->n_endings--;
	tmf = e.tmf;
	if (n->deferred_grant && n->n_endings == 0) {
		n->deferred_grant = false;
		w->grant = true;
	}
	/* A closing nexus is torn down only when no call of ours is in its fabric. */
	last = n->closing && n->live == 0 && n->n_endings == 0 && !n->closed;
	n->closed |= last;
	sl_spin_unlock(&n->lock);
	if (tmf)
		sl_tmf_put(tmf, w);
	if (e.preempted)
		sl_preempt_put(dev, w);
	if (last)
		sl_nexus_finish(n, w);
}

static void move_on(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_nexus *n = cmd->nexus;
	enum sl_todo todo = cmd->core.todo;
	enum sl_event ev = SL_EV_CALLED;

	if (todo == SL_TODO_FETCH)
		n->ops->data_out(cmd);
	else if (todo == SL_TODO_CANCEL)
		n->ops->data_out_cancel(cmd);
	else if (todo == SL_TODO_SERVE && (ev = sl_service_run(cmd, w)) == SL_EV_NONE)
		return;
	else if (todo == SL_TODO_EVENT && cmd->core.event == SL_EV_RESUME)
		sl_kept_move(cmd);
	else if (todo == SL_TODO_RESPOND && cmd->core.faults)
		sl_fault_spread(cmd, w);

	sl_spin_lock(&n->lock);
	cmd->core.todo = SL_TODO_NOTHING;
	if (todo == SL_TODO_EVENT)
		ev = cmd->core.event;
	if (todo != SL_TODO_RESPOND)
		sl_cmd_event(cmd, ev, w);
	if (todo == SL_TODO_EVENT) {
		/* It mostly ends with that, and stands on our list again: go on under the same lock. */
		if (cmd->core.state == SL_ENDING && !cmd->core.faults) {
			sl_list_del(&cmd->core.link);
			todo = SL_TODO_RESPOND;
		}
	}
	if (todo == SL_TODO_RESPOND)
		respond(cmd, w);
	else
		sl_spin_unlock(&n->lock);
}

static void grant(struct sl_work *w)
{
	w->grant = false;
	for (u32 i = 0; i < w->gw->limits.max_sessions; i++) {
		struct sl_session *s = sl_load_acquire(&w->gw->sessions[i]);

		if (!s)
			return;
		if (sl_load_relaxed(&s->regrant))
			sl_buffer_grant(s, w);
	}
}

static void kick(struct sl_work *w)
{
	for (u32 i = 0; i < w->gw->limits.max_sessions; i++) {
		struct sl_session *s = sl_load_acquire(&w->gw->sessions[i]);

		if (!s)
			break;
		if (sl_load_relaxed(&s->owed_tags))
			sl_event_flush(s, w);
		/* The handler tells nobody when it has made room. */
		if (sl_event_owed(s))
			sl_work_deadline(w, w->now_ns + SL_ADMIN_POLL_NS);
		sl_event_kick(s);
	}
	w->kick = false;
}

/* We are a user of the queue, so that its session stays until the host was called. */
static void ask_doorbell(struct sl_queue *q, struct sl_work *w)
{
	w->gw->ops->queue_dirty(w->gw->host, q);
	sl_spin_lock(&q->lock);
	q->users--;
	sl_spin_unlock(&q->lock);
}

static void ask_overdue(struct sl_work *w)
{
	w->overdue = false;
	for (u32 i = 0; i < w->gw->limits.max_sessions; i++) {
		struct sl_session *s = sl_load_acquire(&w->gw->sessions[i]);

		if (!s)
			return;
		for (u32 k = 0; k < sl_load_acquire(&s->n_queues); k++) {
			struct sl_queue *q = s->queues[k];

			if (sl_load_relaxed(&q->overdue) && sl_exchange_acq_rel(&q->overdue, 0))
				ask_doorbell(q, w);
		}
	}
}

static void set_timer(struct sl_work *w)
{
	u64 armed = sl_load_relaxed(&w->gw->armed_ns);
	u64 deadline_ns = w->deadline_ns;

	w->deadline_ns = U64_MAX;
	while (deadline_ns < armed) {
		if (sl_cas_acq_rel(&w->gw->armed_ns, &armed, deadline_ns)) {
			w->gw->ops->timer(w->gw->host, deadline_ns);
			return;
		}
	}
}

void sl_work_run(struct sl_work *w)
{
	struct sl_list *node;

	do {
		while ((node = sl_list_pop(&w->cmds)))
			move_on(sl_entry(node, struct sl_cmd, core.link), w);
		if (w->grant)
			grant(w);
		else if (w->kick)
			kick(w);
	} while (!sl_list_empty(&w->cmds) || w->grant || w->kick);
	while (w->n_dirty > 0)
		ask_doorbell(w->dirty[--w->n_dirty], w);
	if (w->overdue)
		ask_overdue(w);
	if (w->deadline_ns != U64_MAX)
		set_timer(w);
}
