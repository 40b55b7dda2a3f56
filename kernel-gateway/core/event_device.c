/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a device's handler hears of task management functions. */
#include "event.h"
#include "nexus.h"
#include "session.h"

/* Under admin_lock. */
static void owe_device(struct sl_session *s, struct sl_device *dev)
{
	if (dev->owed_by)
		return;
	sl_store_release(&dev->owed_by, s);
	sl_list_add_tail(&s->owed_device_list, &dev->owed);
	sl_store_relaxed(&s->owed_devices, s->owed_devices + 1);
}

/* Under the admin_lock of dev->owed_by. */
static void quit_device(struct sl_device *dev)
{
	struct sl_session *s = dev->owed_by;

	sl_store_release(&dev->owed_by, (struct sl_session *)NULL);
	sl_list_del(&dev->owed);
	sl_store_relaxed(&s->owed_devices, s->owed_devices - 1);
}

/* Under admin_lock. */
static bool settle_device(struct sl_session *s, struct sl_device *dev, struct sl_work *w)
{
	for (u32 f = 1; dev->owed_functions && f <= SLUICE_TMF_QUERY_ASYNC_EVENT; f++) {
		if (!(dev->owed_functions & 1U << f))
			continue;
		if (!sl_event_put_simple(s, SLUICE_EVENT_TASK_MANAGEMENT, dev->id, dev->owed_nexus,
					 f))
			return false;
		dev->owed_functions &= ~(1U << f);
	}
	if (dev->owed_reset) {
		if (!sl_event_put_simple(s, SLUICE_EVENT_LUN_RESET, dev->id, 0, 0))
			return false;
		dev->owed_reset = 0;
	}
	return sl_event_settle_lapses(s, dev, w);
}

void sl_event_tell_device(struct sl_session *s, struct sl_device *dev, struct sl_work *w)
{
	if (!settle_device(s, dev, w))
		owe_device(s, dev);
	w->kick = true;
}

static bool resets(u32 function)
{
	return function == SLUICE_TMF_LOGICAL_UNIT_RESET || function == SLUICE_TMF_TARGET_RESET;
}

/* For the handler that takes over: it goes on where the former stopped, which never heard of it. */
static void remember_reset(struct sl_device *dev, u32 function)
{
	sl_spin_lock(&dev->kept_lock);
	dev->held_reset |= resets(function) && dev->held_until_ns;
	sl_spin_unlock(&dev->kept_lock);
}

void sl_event_device(struct sl_device *dev, u32 function, u32 nexus, struct sl_work *w)
{
	u64 binding = sl_device_binding(dev);
	struct sl_session *s;

	if (!binding) {
		remember_reset(dev, function);
		return;
	}
	s = sl_binding_session(dev->gw, binding);
	sl_spin_lock(&s->admin_lock);
	/* The binding once more: who is about to bind the device has taken it off our list by then. */
	if (s->admin_live && sl_binding(s) == binding && sl_device_binding(dev) == binding) {
		dev->owed_functions |= 1U << function;
		dev->owed_nexus = nexus;
		dev->owed_reset |= resets(function);
		sl_event_tell_device(s, dev, w);
	}
	sl_spin_unlock(&s->admin_lock);
}

/* What another session owed for it is for nobody. */
static void disown(struct sl_device *dev)
{
	struct sl_session *former = sl_load_acquire(&dev->owed_by);

	if (!former)
		return;
	sl_spin_lock(&former->admin_lock);
	if (dev->owed_by == former)
		quit_device(dev);
	dev->owed_functions = 0;
	dev->owed_reset = 0;
	sl_spin_unlock(&former->admin_lock);
}

void sl_event_bind(struct sl_device *dev, struct sl_session *s, struct sl_work *w)
{
	bool reset;

	disown(dev);
	sl_spin_lock(&dev->kept_lock);
	reset = dev->held_reset;
	dev->held_reset = false;
	sl_spin_unlock(&dev->kept_lock);
	sl_spin_lock(&s->admin_lock);
	dev->owed_reset = reset;
	sl_event_tell_device(s, dev, w);
	sl_spin_unlock(&s->admin_lock);
}

static void reclaim(struct sl_device *dev)
{
	sl_spin_lock(&dev->kept_lock);
	dev->held_reset = true;
	sl_spin_unlock(&dev->kept_lock);
}

/* What lies in the ring, unread. With no lock held: nobody puts anything there any more. */
static void reclaim_events(struct sl_session *s, u32 from, u32 to)
{
	for (u32 at = from; at != to; at++) {
		const struct sluice_event *ev = &s->events[at & (s->admin_depth - 1)];
		struct sl_device *dev = sl_device_at(s->gw, ev->device);

		/* Who serves a device that was removed here began afresh. */
		if (!dev ||
		    (sl_device_binding(dev) != sl_binding(s) && dev->leaving != sl_binding(s)))
			continue;
		if (ev->type == SLUICE_EVENT_LUN_RESET)
			reclaim(dev);
		else if (ev->type == SLUICE_EVENT_TASK_MANAGEMENT &&
			 ev->function == SLUICE_TMF_I_T_NEXUS_RESET)
			sl_event_reclaim_lapse(dev, ev->nexus);
	}
}

void sl_event_reclaim(struct sl_session *s)
{
	u32 behind, producer;

	sl_spin_lock(&s->admin_lock);
	s->admin_live = false;
	producer = s->event_producer;
	behind = producer - sl_load_acquire(&s->admin_user->sub_consumer);
	while (!sl_list_empty(&s->owed_device_list)) {
		struct sl_device *dev = sl_entry(s->owed_device_list.next, struct sl_device, owed);

		if (dev->owed_reset)
			reclaim(dev);
		dev->owed_functions = 0;
		dev->owed_reset = 0;
		quit_device(dev);
	}
	sl_spin_unlock(&s->admin_lock);
	/* An index that makes no sense has read everything. */
	if (behind <= s->admin_depth)
		reclaim_events(s, producer - behind, producer);
}

void sl_event_flush_devices(struct sl_session *s, struct sl_work *w)
{
	while (!sl_list_empty(&s->owed_device_list)) {
		struct sl_device *dev = sl_entry(s->owed_device_list.next, struct sl_device, owed);

		if (!settle_device(s, dev, w))
			return;
		quit_device(dev);
	}
}
