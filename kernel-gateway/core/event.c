/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Events towards a handler: nothing waits for the admin ring. What finds it full is
 * owed (by nexus slot, by device, by tag) and put when there is room, the newest
 * state winning. So what a handler that reads no events costs is bounded.
 */
#include "event.h"
#include "session.h"
#include "work.h"

void sl_event_flush(struct sl_session *s, struct sl_work *w)
{
	w->kick = true;
	if (sl_load_relaxed(&s->owed_tags))
		sl_event_flush_tags(s);
	sl_spin_lock(&s->admin_lock);
	if (s->admin_live) {
		sl_event_flush_nexuses(s);
		sl_event_flush_waiting(s, w);
		sl_event_flush_devices(s, w);
	}
	sl_spin_unlock(&s->admin_lock);
}

bool sl_event_owed(const struct sl_session *s)
{
	return sl_load_relaxed(&s->owed_nexuses) || sl_load_relaxed(&s->owed_devices) ||
	       sl_load_relaxed(&s->owed_tags) || sl_load_relaxed(&s->n_announcing);
}

void sl_event_expire(struct sl_session *s, struct sl_work *w, u64 *next_ns)
{
	if (!sl_event_owed(s))
		return;
	sl_event_flush(s, w);
	sl_spin_lock(&s->admin_lock);
	if (s->admin_live) {
		sl_event_expire_waiting(s, w);
		if (sl_event_owed(s))
			*next_ns = sl_min(*next_ns, w->now_ns + SL_ADMIN_POLL_NS);
	}
	sl_spin_unlock(&s->admin_lock);
}
