/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "drain.h"

#include "session.h"

#define DRAIN_NS 2000000000ull

static bool owes(const struct iscsi_task *t)
{
	return t->run.unsolicited || t->run.r2t_count;
}

/* The last one went: the answers that waited for it go out. */
static void check_drained(struct iscsi_session *s)
{
	if (s->drain.tasks)
		return;
	loop_timer_cancel(s->reactor->loop, &s->drain.timer);
	iscsi_tmf_drained(s);
}

static void let_go(struct iscsi_task *t)
{
	t->run.draining = false;
	t->session->drain.tasks--;
	iscsi_task_release(t);
}

static void let_all_go(struct iscsi_session *s)
{
	for (uint32_t i = 0; s->drain.tasks && i < s->used_tasks; i++) {
		if (s->tasks[i].run.live && s->tasks[i].run.draining)
			let_go(&s->tasks[i]);
	}
	check_drained(s);
}

static void expired(struct loop_timer *timer, uint64_t now_ns)
{
	struct iscsi_session *s =
		(void *)((char *)timer - offsetof(struct iscsi_session, drain.timer));

	(void)now_ns;
	log_info("iscsi", "%s %s: %u aborted tasks with data owed for %u ms: not waited for",
		 s->connection->peer, s->initiator, s->drain.tasks,
		 (unsigned int)(DRAIN_NS / 1000000));
	let_all_go(s);
}

bool iscsi_drain_keep(struct iscsi_task *t)
{
	struct iscsi_session *s = t->session;
	uint64_t now_ns = loop_now(s->reactor->loop);

	if (!s->drain.functions || !owes(t))
		return false;
	/* Slot and tag stay, so that what comes is known for what it is; the window opens. */
	iscsi_task_answered(t);
	sl_cmd_release(&t->cmd, now_ns);
	t->run.submitted = false;
	t->run.draining = true;
	if (s->drain.tasks++ == 0) {
		s->drain.timer.expired = expired;
		loop_timer_set(s->reactor->loop, &s->drain.timer, now_ns + DRAIN_NS);
	}
	return true;
}

void iscsi_drain_settle(struct iscsi_task *t)
{
	struct iscsi_session *s = t->session;

	if (owes(t))
		return;
	let_go(t);
	check_drained(s);
}

void iscsi_drain_begin(struct iscsi_session *s)
{
	s->drain.functions++;
}

void iscsi_drain_answered(struct iscsi_session *s)
{
	s->drain.functions--;
}

bool iscsi_drain_waits(const struct iscsi_session *s)
{
	return s->drain.tasks > 0;
}

void iscsi_drain_close(struct iscsi_session *s)
{
	if (s->drain.tasks)
		let_all_go(s);
}
