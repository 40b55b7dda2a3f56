/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The admin ring towards the handler. Nothing waits for it: what finds it full is
 * owed (by nexus slot, by device, by tag) and put when there is room, the newest
 * state winning. So what a handler that reads no events costs is bounded.
 *
 * A command whose nexus its handler does not know yet, and whose NEXUS_ADD found no room,
 * is parked with its device (WAIT_TAG, stage ADMIN).
 */
#include "nexus.h"
#include "session.h"
#include "target_port.h"

/* Under admin_lock. NULL if the ring is full (or its reader's index makes no sense). */
static struct sluice_event *event_slot(struct sl_session *s)
{
	u32 consumer;

	if (!s->admin_live)
		return NULL;
	consumer = sl_load_acquire(&s->admin_user->sub_consumer);
	if (s->event_producer - consumer >= s->admin_depth)
		return NULL;
	return &s->events[s->event_producer & (s->admin_depth - 1)];
}

static void put(struct sl_session *s, const struct sluice_event *ev)
{
	(void)ev;
	s->event_producer++;
	/* Pairs with the handler's load-acquire of the index. */
	sl_store_release(&s->admin_gw->sub_producer, s->event_producer);
	sl_store_release(&s->admin_dirty, 1);
}

static bool put_simple(struct sl_session *s, u32 type, u32 device, u32 nexus, u32 function)
{
	struct sluice_event *ev = event_slot(s);

	if (!ev)
		return false;
	memset(ev, 0, sizeof(*ev));
	ev->type = type;
	ev->device = device;
	ev->nexus = nexus;
	ev->function = function;
	put(s, ev);
	return true;
}

/* ---- Nexuses: announced when a command of theirs comes by ------------------ */

/* Under admin_lock: brings the handler's knowledge of a slot up to date; false if it is not. */
static bool settle_nexus(struct sl_session *s, u32 slot)
{
	struct sl_known_nexus *k = &s->nexuses[slot];

	if (k->known == k->want)
		return true;
	if (k->known) {
		if (!put_simple(s, SLUICE_EVENT_NEXUS_REMOVE, 0, k->known, 0))
			return false;
		sl_store_release(&k->known, 0);
	}
	if (k->want) {
		/* It withdraws its wish, under this lock, before it is freed. */
		const struct sl_nexus *n = s->gw->nexuses[slot];
		struct sluice_event *ev = event_slot(s);

		if (!ev)
			return false;
		memset(ev, 0, sizeof(*ev));
		ev->type = SLUICE_EVENT_NEXUS_ADD;
		ev->nexus = k->want;
		ev->relative_port = sl_target_port_number(n->port);
		ev->port_group = n->port->group;
		sl_text_copy(ev->initiator_port, sizeof(ev->initiator_port), n->initiator_port);
		sl_text_copy(ev->target_port, sizeof(ev->target_port), n->target_port);
		put(s, ev);
		sl_store_release(&k->known, k->want);
	}
	return true;
}

/* Under admin_lock; the command stays the caller's. */
static void unpark(struct sl_session *s, struct sl_cmd *cmd)
{
	sl_list_del(&cmd->core.link);
	cmd->core.parked = 0;
	sl_store_relaxed(&s->n_announcing, s->n_announcing - 1);
}

/*
 * Commands of a device that wait for an announcement stand in one list, whichever nexus
 * they are of, and one at a time goes on: kept ones have to come into the ring in
 * their order, and nobody before them. The device is in the session's list as long as
 * somebody waits or is on his way. What a handler that reads no events holds up
 * are its own devices.
 */
static void settle_waiting(struct sl_session *s, struct sl_device *dev, struct sl_work *w)
{
	struct sl_cmd *cmd;

	if (dev->announced)
		return;
	if (sl_list_empty(&dev->announcing)) {
		sl_list_del(&dev->of_announcing);
		sl_store_relaxed(&dev->n_announcing, 0);
		return;
	}
	cmd = sl_entry(dev->announcing.next, struct sl_cmd, core.link);
	if (s->nexuses[cmd->nexus->slot].known != cmd->nexus->id)
		return; /* its event is owed */
	unpark(s, cmd);
	cmd->core.announced = 1;
	dev->announced = cmd;
	sl_work_add_event(w, cmd, SL_EV_READY);
}

/* Under admin_lock: settles those that are owed, oldest first, as long as there is room. */
static void flush_nexuses(struct sl_session *s)
{
	while (s->owed_nexuses) {
		u32 slot = s->owed_first;
		struct sl_known_nexus *k = &s->nexuses[slot];

		if (!settle_nexus(s, slot))
			return;
		k->owed = false;
		s->owed_first = k->next_owed;
		sl_store_relaxed(&s->owed_nexuses, s->owed_nexuses - 1);
	}
}

static void flush_waiting(struct sl_session *s, struct sl_work *w)
{
	struct sl_list *pos, *tmp;

	sl_list_for_each_safe(pos, tmp, &s->announcing)
		settle_waiting(s, sl_entry(pos, struct sl_device, of_announcing), w);
}

static void want_nexus(struct sl_session *s, u32 slot, u32 id, struct sl_work *w)
{
	struct sl_known_nexus *k = &s->nexuses[slot];

	k->want = id;
	if (k->known != id && !k->owed) {
		k->owed = true;
		if (s->owed_nexuses)
			s->nexuses[s->owed_last].next_owed = slot;
		else
			s->owed_first = slot;
		s->owed_last = slot;
		sl_store_relaxed(&s->owed_nexuses, s->owed_nexuses + 1);
	}
	w->kick = true;
	flush_nexuses(s);
	if (s->n_announcing)
		flush_waiting(s, w);
}

static void park(struct sl_session *s, struct sl_cmd *cmd)
{
	struct sl_device *dev = cmd->core.itl->dev;

	if (!sl_load_relaxed(&dev->n_announcing)) {
		sl_list_add_tail(&s->announcing, &dev->of_announcing);
		sl_store_relaxed(&dev->n_announcing, 1);
	}
	cmd->core.parked = 1;
	sl_list_add_tail(&dev->announcing, &cmd->core.link);
	sl_store_relaxed(&s->n_announcing, s->n_announcing + 1);
}

void sl_event_passed(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_device *dev;
	struct sl_session *s;

	if (!cmd->core.announced)
		return;
	dev = cmd->core.itl->dev;
	s = sl_binding_session(cmd->nexus->gw, cmd->core.binding);
	sl_spin_lock(&s->admin_lock);
	cmd->core.announced = 0;
	/* Else the session that it waited for is gone. */
	if (dev->announced == cmd) {
		dev->announced = NULL;
		settle_waiting(s, dev, w);
	}
	sl_spin_unlock(&s->admin_lock);
}

int sl_event_announce(struct sl_session *s, struct sl_cmd *cmd, struct sl_work *w)
{
	const struct sl_nexus *n = cmd->nexus;
	struct sl_known_nexus *k = &s->nexuses[n->slot];
	int result = 0;

	sl_spin_lock(&s->admin_lock);
	if (!s->admin_live || sl_load_relaxed(&s->quiesced) || sl_binding(s) != cmd->core.binding) {
		result = -ENODEV;
	} else if (!cmd->core.announced) {
		if (k->known != n->id)
			want_nexus(s, n->slot, n->id, w);
		if (k->known != n->id || sl_load_relaxed(&cmd->core.itl->dev->n_announcing)) {
			park(s, cmd);
			result = -EAGAIN;
		}
	}
	sl_spin_unlock(&s->admin_lock);
	return result;
}

bool sl_event_unpark(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_session *s = sl_binding_session(cmd->nexus->gw, cmd->core.binding);
	bool mine;

	sl_spin_lock(&s->admin_lock);
	mine = cmd->core.parked;
	if (mine) {
		unpark(s, cmd);
		settle_waiting(s, cmd->core.itl->dev, w);
	}
	sl_spin_unlock(&s->admin_lock);
	return mine;
}

static void expire_waiting(struct sl_session *s, struct sl_device *dev, struct sl_work *w)
{
	struct sl_list *pos, *tmp;

	sl_list_for_each_safe(pos, tmp, &dev->announcing) {
		struct sl_cmd *cmd = sl_entry(pos, struct sl_cmd, core.link);

		if (cmd->core.deadline_ns > w->now_ns)
			continue;
		unpark(s, cmd);
		sl_work_add_event(w, cmd, SL_EV_EXPIRE);
	}
	settle_waiting(s, dev, w);
}

/* Under admin_lock. */
static void expire_announcing(struct sl_session *s, struct sl_work *w)
{
	struct sl_list *pos, *tmp;

	sl_list_for_each_safe(pos, tmp, &s->announcing)
		expire_waiting(s, sl_entry(pos, struct sl_device, of_announcing), w);
}

void sl_event_abandon(struct sl_session *s, struct sl_work *w)
{
	struct sl_list *node;

	sl_spin_lock(&s->admin_lock);
	while ((node = sl_list_pop(&s->announcing))) {
		struct sl_device *dev = sl_entry(node, struct sl_device, of_announcing);

		/* Who is on his way finds the session gone by himself. */
		dev->announced = NULL;
		sl_store_relaxed(&dev->n_announcing, 0);
		while (!sl_list_empty(&dev->announcing)) {
			struct sl_cmd *cmd =
				sl_entry(dev->announcing.next, struct sl_cmd, core.link);

			unpark(s, cmd);
			sl_work_add_event(w, cmd, SL_EV_GONE);
		}
	}
	sl_spin_unlock(&s->admin_lock);
}

void sl_event_nexus_gone(struct sl_session *s, u32 slot, u32 id, struct sl_work *w)
{
	sl_spin_lock(&s->admin_lock);
	if (s->admin_live && s->nexuses[slot].want == id)
		want_nexus(s, slot, 0, w);
	sl_spin_unlock(&s->admin_lock);
}

/* ---- Devices ---------------------------------------------------------------- */

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
static bool settle_device(struct sl_session *s, struct sl_device *dev)
{
	for (u32 f = 1; dev->owed_functions && f <= SLUICE_TMF_QUERY_ASYNC_EVENT; f++) {
		if (!(dev->owed_functions & 1U << f))
			continue;
		if (!put_simple(s, SLUICE_EVENT_TASK_MANAGEMENT, dev->id, dev->owed_nexus, f))
			return false;
		dev->owed_functions &= ~(1U << f);
	}
	if (dev->owed_reset) {
		if (!put_simple(s, SLUICE_EVENT_LUN_RESET, dev->id, 0, 0))
			return false;
		dev->owed_reset = 0;
	}
	return true;
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
		if (!settle_device(s, dev))
			owe_device(s, dev);
		w->kick = true;
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
	if (!reset)
		return;
	sl_spin_lock(&s->admin_lock);
	dev->owed_reset = 1;
	if (!settle_device(s, dev))
		owe_device(s, dev);
	w->kick = true;
	sl_spin_unlock(&s->admin_lock);
}

static void reclaim(struct sl_device *dev)
{
	sl_spin_lock(&dev->kept_lock);
	dev->held_reset = true;
	sl_spin_unlock(&dev->kept_lock);
}

void sl_event_reclaim(struct sl_session *s)
{
	u32 behind;

	sl_spin_lock(&s->admin_lock);
	s->admin_live = false;
	behind = s->event_producer - sl_load_acquire(&s->admin_user->sub_consumer);
	/* An index that makes no sense has read everything. */
	for (u32 at = s->event_producer - (behind <= s->admin_depth ? behind : 0);
	     at != s->event_producer; at++) {
		const struct sluice_event *ev = &s->events[at & (s->admin_depth - 1)];

		if (ev->type == SLUICE_EVENT_LUN_RESET)
			reclaim(sl_device_at(s->gw, ev->device));
	}
	while (!sl_list_empty(&s->owed_device_list)) {
		struct sl_device *dev = sl_entry(s->owed_device_list.next, struct sl_device, owed);

		if (dev->owed_reset)
			reclaim(dev);
		dev->owed_functions = 0;
		dev->owed_reset = 0;
		quit_device(dev);
	}
	sl_spin_unlock(&s->admin_lock);
}

/* A task whose abort the handler does not know of yet. */
struct owed_tag {
	u32 queue, tag, generation, device, nexus;
};

static bool find_owed_tag(struct sl_session *s, struct owed_tag *out)
{
	for (u32 i = 0; i < s->n_queues; i++) {
		struct sl_queue *q = s->queues[i];
		bool found = false;

		sl_spin_lock(&q->lock);
		while (q->live && !found && q->owed_head != SL_NO_TAG) {
			u32 tag = q->owed_head;
			struct sl_tag *t = &q->tags[tag];

			q->owed_head = t->next_owed;
			t->owed = 0;
			/* It may be another command's by now, whose abort nobody has asked for. */
			found = t->notify && t->state == SL_TAG_OUT;
			if (found)
				*out = (struct owed_tag){ i, tag, t->generation, t->dev->id,
							  t->cmd->nexus->id };
			t->notify = 0;
		}
		sl_spin_unlock(&q->lock);
		if (found)
			return true;
	}
	return false;
}

static void flush_tags(struct sl_session *s)
{
	struct owed_tag owed;

	for (u32 i = 0; i < s->admin_depth && sl_load_relaxed(&s->owed_tags); i++) {
		struct sluice_event *ev;
		bool room;

		sl_spin_lock(&s->admin_lock);
		room = event_slot(s) != NULL;
		sl_spin_unlock(&s->admin_lock);
		if (!room)
			return;
		/* Cleared first: who owes another one meanwhile sets it again. */
		sl_store_release(&s->owed_tags, 0);
		if (!find_owed_tag(s, &owed))
			return;
		sl_store_release(&s->owed_tags, 1);
		sl_spin_lock(&s->admin_lock);
		ev = event_slot(s);
		if (ev) {
			memset(ev, 0, sizeof(*ev));
			ev->type = SLUICE_EVENT_TASK_MANAGEMENT;
			ev->function = SLUICE_TMF_ABORT_TASK;
			ev->device = owed.device;
			ev->nexus = owed.nexus;
			ev->queue = owed.queue;
			ev->tag = owed.tag;
			ev->generation = owed.generation;
			put(s, ev);
		}
		sl_spin_unlock(&s->admin_lock);
	}
}

void sl_event_tag_owed(struct sl_session *s, struct sl_work *w)
{
	sl_store_release(&s->owed_tags, 1);
	w->kick = true;
}

static void flush_devices(struct sl_session *s)
{
	while (!sl_list_empty(&s->owed_device_list)) {
		struct sl_device *dev = sl_entry(s->owed_device_list.next, struct sl_device, owed);

		if (!settle_device(s, dev))
			return;
		quit_device(dev);
	}
}

void sl_event_flush(struct sl_session *s, struct sl_work *w)
{
	w->kick = true;
	if (sl_load_relaxed(&s->owed_tags))
		flush_tags(s);
	sl_spin_lock(&s->admin_lock);
	if (s->admin_live) {
		flush_nexuses(s);
		flush_waiting(s, w);
		flush_devices(s);
	}
	sl_spin_unlock(&s->admin_lock);
}

bool sl_event_ping(struct sl_session *s)
{
	return put_simple(s, SLUICE_EVENT_PING, 0, 0, 0);
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
		expire_announcing(s, w);
		if (sl_event_owed(s))
			*next_ns = sl_min(*next_ns, w->now_ns + SL_ADMIN_POLL_NS);
	}
	sl_spin_unlock(&s->admin_lock);
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
