/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Whether a handler lives, and what it has. Looked at from outside its rings: it takes
 * commands (its consumer index moves), it answers some, it takes events.
 *
 * That it answers nothing is no sin of a handler that has taken all that it was given: a
 * device may work for hours, and one that never ends a command says nothing of the others
 * beside it. Nor is it one to leave commands lying behind one that is within its time and may
 * block the thread that took it. But who lives takes events: when nothing moves it gets a
 * PING, and who leaves that lie has stalled, whatever it works on.
 */
#include "facts.h"
#include "event.h"
#include "nexus.h"
#include "session.h"

struct census {
	u32 untaken, quarantined, in_flight;
	u64 oldest_ns; /* hand-over of the oldest; U64_MAX: none */
	bool excused; /* what it has taken is within its time and may block the thread that took it */
};

/* Under q->lock. */
static void count(const struct sl_queue *q, u64 now_ns, struct census *c)
{
	u32 behind = q->sub_producer - sl_load_acquire(&q->user_index->sub_consumer);

	/* An index that makes no sense has taken everything: the ring will break. */
	behind = behind <= q->session->depth ? behind : 0;
	for (u32 tag = 0; tag < q->session->depth; tag++) {
		const struct sl_tag *t = &q->tags[tag];
		bool untaken = q->sub_producer - t->slot <= behind;

		if (t->state != SL_TAG_OUT && t->state != SL_TAG_QUARANTINE)
			continue;
		c->in_flight++;
		c->untaken += untaken;
		c->quarantined += t->state == SL_TAG_QUARANTINE;
		c->oldest_ns = sl_min(c->oldest_ns, t->handed_ns);
		c->excused |= !untaken && t->state == SL_TAG_OUT && t->deadline_ns > now_ns &&
			      t->pace >= SLUICE_PACE_MEDIUM;
	}
}

/* Under q->lock: has it moved since the last look, or nothing to move? */
static void watch_queue(struct sl_queue *q, u64 now_ns, const struct census *c)
{
	u32 taken = sl_load_acquire(&q->user_index->sub_consumer);

	if (!q->looked_ns || c->in_flight == 0 || taken != q->seen_taken ||
	    q->answered != q->seen_answered)
		q->moved_ns = now_ns;
	q->seen_taken = taken;
	q->seen_answered = q->answered;
	if (q->moved_ns == now_ns || !c->untaken || c->excused)
		q->stalled_since_ns = now_ns;
	q->looked_ns = now_ns;
}

/* Under admin_lock. A PING that nobody takes is the only one. */
static void watch_admin(struct sl_session *s, u64 now_ns, bool silent, struct sl_work *w)
{
	u32 taken = sl_load_acquire(&s->admin_user->sub_consumer);

	if (!s->looked_ns || taken == s->event_producer || taken != s->seen_events)
		s->events_since_ns = now_ns;
	s->seen_events = taken;
	s->looked_ns = now_ns;
	if (silent && taken == s->event_producer && sl_event_ping(s))
		w->kick = true;
}

static void watch(struct sl_session *s, u64 now_ns, struct sl_work *w)
{
	bool silent = false;

	for (u32 i = 0; i < sl_load_acquire(&s->n_queues); i++) {
		struct sl_queue *q = s->queues[i];
		struct census c = { .oldest_ns = U64_MAX };

		sl_spin_lock(&q->lock);
		if (q->live) {
			count(q, now_ns, &c);
			watch_queue(q, now_ns, &c);
			silent |= q->moved_ns != now_ns;
		}
		sl_spin_unlock(&q->lock);
	}
	sl_spin_lock(&s->admin_lock);
	if (s->admin_live)
		watch_admin(s, now_ns, silent, w);
	sl_spin_unlock(&s->admin_lock);
}

void sl_gateway_watch(struct sl_gateway *gw, u64 now_ns)
{
	struct sl_work w;

	sl_work_init(&w, gw, now_ns);
	for (u32 i = 0; i < gw->limits.max_sessions; i++) {
		struct sl_session *s = sl_load_acquire(&gw->sessions[i]);

		if (!s)
			break;
		watch(s, now_ns, &w);
	}
	sl_work_run(&w);
}

/* Another thread may have read `then` from its clock a little later. */
static u64 since(u64 now_ns, u64 then_ns)
{
	return now_ns - sl_min(now_ns, then_ns);
}

static void add_queue(struct sl_queue *q, u64 now_ns, struct sluice_session_info *info)
{
	struct census c = { .oldest_ns = U64_MAX };

	sl_spin_lock(&q->lock);
	if (q->live) {
		count(q, now_ns, &c);
		info->in_flight += c.in_flight;
		info->untaken += c.untaken;
		info->quarantined += c.quarantined;
		info->waiting += q->n_waiting;
		info->answered += q->answered;
		if (c.in_flight)
			info->oldest_ns = sl_max(info->oldest_ns, since(now_ns, c.oldest_ns));
		if (c.in_flight && q->looked_ns) {
			info->progress_ns = sl_max(info->progress_ns, q->looked_ns - q->moved_ns);
			info->stalled_ns =
				sl_max(info->stalled_ns, q->looked_ns - q->stalled_since_ns);
		}
	}
	sl_spin_unlock(&q->lock);
}

static void add_devices(struct sl_gateway *gw, const struct sl_session *s,
			struct sluice_session_info *info)
{
	for (u32 i = 0; i < sl_load_acquire(&gw->n_devices); i++)
		info->devices += sl_device_binding(gw->devices[i]) == sl_binding(s);
}

static u32 state_of(const struct sl_session *s)
{
	if (sl_load_relaxed(&s->broken))
		return SLUICE_SESSION_BROKEN;
	if (!s->live)
		return SLUICE_SESSION_CLOSING;
	return sl_load_relaxed(&s->quiesced) ? SLUICE_SESSION_QUIESCED : SLUICE_SESSION_ACTIVE;
}

void sl_session_info(struct sl_session *s, u64 now_ns, struct sluice_session_info *info)
{
	memset(info, 0, sizeof(*info));
	memcpy(info->name, s->name, sizeof(info->name));
	info->session = s->id;
	info->epoch = s->epoch;
	info->state = state_of(s);
	info->queues = s->n_queues;
	for (u32 i = 0; i < s->n_queues; i++)
		add_queue(s->queues[i], now_ns, info);
	add_devices(s->gw, s, info);
	sl_spin_lock(&s->pool_lock);
	info->waiting += s->n_waiting;
	sl_spin_unlock(&s->pool_lock);
	sl_spin_lock(&s->admin_lock);
	info->waiting += s->n_announcing;
	if (s->admin_live && s->looked_ns)
		info->stalled_ns = sl_max(info->stalled_ns, s->looked_ns - s->events_since_ns);
	sl_spin_unlock(&s->admin_lock);
	info->timeouts = sl_load_relaxed(&s->timeouts);
	info->aborts = sl_load_relaxed(&s->aborts);
	info->faults = sl_load_relaxed(&s->faults);
}
