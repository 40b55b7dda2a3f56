/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The admin ring towards the handler: a place in it, and the wake-up. */
#include "event.h"
#include "session.h"
#include "work.h"

/* Under admin_lock. NULL if the ring is full (or its reader's index makes no sense). */
struct sluice_event *sl_event_slot(struct sl_session *s)
{
	u32 consumer;

	if (!s->admin_live)
		return NULL;
	consumer = sl_load_acquire(&s->admin_user->sub_consumer);
	if (s->event_producer - consumer >= s->admin_depth)
		return NULL;
	return &s->events[s->event_producer & (s->admin_depth - 1)];
}

void sl_event_put(struct sl_session *s)
{
	s->event_producer++;
	/* Pairs with the handler's load-acquire of the index. */
	sl_store_release(&s->admin_gw->sub_producer, s->event_producer);
	sl_store_release(&s->admin_dirty, 1);
}

bool sl_event_put_simple(struct sl_session *s, u32 type, u32 device, u32 nexus, u32 function)
{
	struct sluice_event *ev = sl_event_slot(s);

	if (!ev)
		return false;
	memset(ev, 0, sizeof(*ev));
	ev->type = type;
	ev->device = device;
	ev->nexus = nexus;
	ev->function = function;
	sl_event_put(s);
	return true;
}

bool sl_event_ping(struct sl_session *s)
{
	return sl_event_put_simple(s, SLUICE_EVENT_PING, 0, 0, 0);
}

/* With no lock held: wakes the handler's admin thread if it sleeps. */
void sl_event_kick(struct sl_session *s)
{
	bool wake = false;
	u32 *word;

	if (!sl_load_relaxed(&s->admin_dirty))
		return;
	sl_spin_lock(&s->admin_lock);
	sl_store_relaxed(&s->admin_dirty, 0);
	if (!s->admin_live) {
		sl_spin_unlock(&s->admin_lock);
		return;
	}
	s->admin_users++;
	word = &s->admin_user->sleeping;
	/* Producer before this, then their flag; they: flag, fence, producer. One sees the other. */
	sl_fence_full();
	if (sl_load_relaxed(word)) {
		sl_store_relaxed(word, 0);
		wake = true;
	}
	sl_spin_unlock(&s->admin_lock);
	if (wake)
		s->gw->ops->wake(s->gw->host, s, NULL, word);
	sl_spin_lock(&s->admin_lock);
	s->admin_users--;
	sl_spin_unlock(&s->admin_lock);
}
