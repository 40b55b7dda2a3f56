/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * I_T nexuses are announced when a command of theirs comes by. A command whose nexus its
 * handler does not know yet, and whose NEXUS_ADD found no room, is parked with its device
 * (WAIT_TAG, stage ADMIN).
 */
#include "event.h"
#include "nexus.h"
#include "session.h"
#include "target_port.h"

/* Under admin_lock. False: there is no room. */
static bool put_nexus(struct sl_session *s, struct sl_known_nexus *k, const struct sl_nexus *n)
{
	struct sluice_event *ev = sl_event_slot(s);

	if (!ev)
		return false;
	memset(ev, 0, sizeof(*ev));
	ev->type = SLUICE_EVENT_NEXUS_ADD;
	ev->nexus = n->id;
	ev->relative_port = sl_target_port_number(n->port);
	ev->port_group = n->port->group;
	sl_text_copy(ev->initiator_port, sizeof(ev->initiator_port), n->initiator_port);
	sl_text_copy(ev->target_port, sizeof(ev->target_port), n->target_port);
	sl_event_put(s);
	sl_store_release(&k->known, n->id);
	return true;
}

/* Under admin_lock: brings the handler's knowledge of a slot up to date; false if it is not. */
static bool settle_nexus(struct sl_session *s, u32 slot)
{
	struct sl_known_nexus *k = &s->nexuses[slot];

	if (k->known == k->want)
		return true;
	if (k->known) {
		if (!sl_event_put_simple(s, SLUICE_EVENT_NEXUS_REMOVE, 0, k->known, 0))
			return false;
		sl_store_release(&k->known, 0);
	}
	if (k->want) {
		const struct sl_nexus *n;
		bool room = true;

		sl_spin_lock(&s->gw->slot_lock);
		n = s->gw->nexuses[slot];
		if (n && n->id == k->want)
			room = put_nexus(s, k, n);
		else
			k->want = 0; /* it has left already */
		sl_spin_unlock(&s->gw->slot_lock);
		return room;
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
void sl_event_flush_nexuses(struct sl_session *s)
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

void sl_event_flush_waiting(struct sl_session *s, struct sl_work *w)
{
	struct sl_list *pos, *tmp;

	sl_list_for_each_safe(pos, tmp, &s->announcing)
		settle_waiting(s, sl_entry(pos, struct sl_device, of_announcing), w);
}

bool sl_event_want_nexus(struct sl_session *s, u32 slot, u32 id, struct sl_work *w)
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
	sl_event_flush_nexuses(s);
	if (s->n_announcing)
		sl_event_flush_waiting(s, w);
	return k->known == id;
}

bool sl_event_knows_nexus(const struct sl_session *s, u32 slot, u32 id)
{
	return s->nexuses[slot].known == id;
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
			sl_event_want_nexus(s, n->slot, n->id, w);
		if (k->known != n->id || sl_load_relaxed(&cmd->core.itl->dev->n_announcing)) {
			park(s, cmd);
			result = -EAGAIN;
		}
	}
	sl_spin_unlock(&s->admin_lock);
	return result;
}

/* Under the device's itl_lock. */
static void announce(struct sl_session *s, struct sl_nexus *n, struct sl_work *w)
{
	sl_spin_lock(&n->lock);
	sl_spin_lock(&s->admin_lock);
	if (s->admin_live && !n->closing && s->nexuses[n->slot].known != n->id)
		sl_event_want_nexus(s, n->slot, n->id, w);
	sl_spin_unlock(&s->admin_lock);
	sl_spin_unlock(&n->lock);
}

void sl_event_announce_all(struct sl_session *s, struct sl_device *dev, struct sl_work *w)
{
	struct sl_list *pos;

	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls)
		announce(s, sl_entry(pos, struct sl_itl, of_device)->nexus, w);
	sl_spin_unlock(&dev->itl_lock);
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

void sl_event_expire_waiting(struct sl_session *s, struct sl_work *w)
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
		sl_event_want_nexus(s, slot, 0, w);
	sl_spin_unlock(&s->admin_lock);
}
