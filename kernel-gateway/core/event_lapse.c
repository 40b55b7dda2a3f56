/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What an I_T nexus prevents (PREVENT ALLOW MEDIUM REMOVAL) a device's handler keeps. It
 * lapses with an I_T NEXUS RESET, with a PREEMPT AND ABORT that takes the registration
 * of the nexus (SPC-5 5.14.11.2.6), and when the nexus loses its last LUN of the device. The
 * handler hears it as an I_T NEXUS RESET, and must: if not now, then as soon as there is
 * room, or as the next one that serves the device. So the I_T_L nexus itself stands in the
 * device's list until it was told, also when it is gone otherwise.
 */
#include "event.h"
#include "nexus.h"
#include "session.h"

/* Under lapse_lock. */
static void join(struct sl_itl *itl)
{
	if (itl->lapses)
		return;
	itl->lapses = true;
	itl->nexus_id = itl->nexus->id;
	itl->nexus_slot = itl->nexus->slot;
	sl_list_add_tail(&itl->dev->lapses, &itl->of_lapses);
}

/* Whoever is about to serve the device looks at its list after it joined: either it sees this one, or we see it. */
static void tell(struct sl_device *dev, struct sl_work *w)
{
	u64 binding = sl_device_binding(dev);
	struct sl_session *s;

	if (!binding)
		return;
	s = sl_binding_session(dev->gw, binding);
	sl_spin_lock(&s->admin_lock);
	if (s->admin_live && sl_binding(s) == binding && sl_device_binding(dev) == binding)
		sl_event_tell_device(s, dev, w);
	sl_spin_unlock(&s->admin_lock);
}

void sl_event_lapse(struct sl_itl *itl, struct sl_work *w)
{
	struct sl_device *dev = itl->dev;

	sl_spin_lock(&dev->lapse_lock);
	join(itl);
	sl_spin_unlock(&dev->lapse_lock);
	tell(dev, w);
}

void sl_event_lapse_last(struct sl_itl *itl, struct sl_work *w)
{
	struct sl_device *dev = itl->dev;

	sl_spin_lock(&dev->lapse_lock);
	join(itl);
	itl->gone = true;
	sl_spin_unlock(&dev->lapse_lock);
	tell(dev, w);
}

bool sl_event_lapse_leave(struct sl_itl *itl)
{
	struct sl_device *dev = itl->dev;
	bool left;

	sl_spin_lock(&dev->lapse_lock);
	left = !itl->lapses;
	itl->gone = true;
	sl_spin_unlock(&dev->lapse_lock);
	return left;
}

static bool is_there(struct sl_gateway *gw, u32 slot, u32 id)
{
	const struct sl_nexus *n;
	bool there;

	sl_spin_lock(&gw->slot_lock);
	n = gw->nexuses[slot];
	there = n && n->id == id;
	sl_spin_unlock(&gw->slot_lock);
	return there;
}

/* Under admin_lock and lapse_lock. */
static bool settle(struct sl_session *s, const struct sl_itl *itl, struct sl_work *w)
{
	u32 slot = itl->nexus_slot, id = itl->nexus_id;

	if (!sl_event_knows_nexus(s, slot, id)) {
		/* A nexus that is no more prevents nothing. */
		if (!is_there(s->gw, slot, id))
			return true;
		/* A handler that is new hears of the nexus first: it may have it from the one before. */
		if (!sl_event_want_nexus(s, slot, id, w))
			return !is_there(s->gw, slot, id);
	}
	return sl_event_put_simple(s, SLUICE_EVENT_TASK_MANAGEMENT, itl->dev->id, id,
				   SLUICE_TMF_I_T_NEXUS_RESET);
}

bool sl_event_settle_lapses(struct sl_session *s, struct sl_device *dev, struct sl_work *w)
{
	bool settled = true;

	sl_spin_lock(&dev->lapse_lock);
	while (settled && !sl_list_empty(&dev->lapses)) {
		struct sl_itl *itl = sl_entry(dev->lapses.next, struct sl_itl, of_lapses);

		settled = settle(s, itl, w);
		if (!settled)
			break;
		sl_list_del(&itl->of_lapses);
		itl->lapses = false;
		if (itl->gone)
			sl_free(itl);
	}
	sl_spin_unlock(&dev->lapse_lock);
	return settled;
}

/* An I_T_L nexus of both, if there is one. */
static bool rejoin(struct sl_device *dev, u32 nexus)
{
	struct sl_itl *found = NULL;
	struct sl_list *pos;

	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);

		if (itl->nexus->id == nexus)
			found = itl;
	}
	if (found) {
		sl_spin_lock(&dev->lapse_lock);
		join(found);
		sl_spin_unlock(&dev->lapse_lock);
	}
	sl_spin_unlock(&dev->itl_lock);
	return found;
}

static bool find_slot(struct sl_gateway *gw, u32 id, u32 *slot)
{
	for (*slot = 0; *slot < gw->limits.max_nexuses; ++*slot) {
		if (is_there(gw, *slot, id))
			return true;
	}
	return false;
}

void sl_event_reclaim_lapse(struct sl_device *dev, u32 nexus)
{
	struct sl_itl *itl;
	u32 slot;

	if (rejoin(dev, nexus) || !find_slot(dev->gw, nexus, &slot))
		return;
	/* It was told of, and left, before that was read. Without memory for it, its PREVENT stays until the nexus goes. */
	itl = sl_alloc(sizeof(*itl));
	if (!itl)
		return;
	itl->dev = dev;
	itl->nexus_id = nexus;
	itl->nexus_slot = slot;
	itl->lapses = true;
	itl->gone = true;
	sl_spin_lock(&dev->lapse_lock);
	sl_list_add_tail(&dev->lapses, &itl->of_lapses);
	sl_spin_unlock(&dev->lapse_lock);
}

void sl_event_lapse_free(struct sl_device *dev)
{
	struct sl_list *node;

	while ((node = sl_list_pop(&dev->lapses)))
		sl_free(sl_entry(node, struct sl_itl, of_lapses));
}
