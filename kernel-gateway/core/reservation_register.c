/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Service actions that register (SPC-5 5.14.7, 5.14.8, 5.14.11.3). */
#include "byte_order.h"
#include "reservation_out.h"
#include "sense.h"
#include "transport_id.h"

/* True: a registration through the command's port, or with ALL_TG_PT through any of its target's, is for this one. */
static bool is_meant(const struct sl_out *o, const struct sl_target_port *port)
{
	if (port == o->nexus->port)
		return true;
	return o->list[SL_LIST_FLAGS] & SL_ALL_TG_PT &&
	       strcmp(port->target, o->nexus->port->target) == 0;
}

/* ---- One initiator port, through every target port that is meant. Under gw->config. ---- */

/* False: sense is set. */
static bool add(struct sl_out *o, const char *name, const struct sl_target_port *port)
{
	if (o->next->n == SL_REGISTRATIONS_MAX) {
		sl_out_illegal(o, SL_ASC_REGISTRATION_RESOURCES);
		return false;
	}
	sl_reservation_add(o->next, name, port, o->action_key);
	return true;
}

/* The nexus's own. */
static bool register_self(struct sl_out *o)
{
	const struct sl_nexus *n = o->nexus;
	struct sl_list *pos;

	sl_list_for_each(pos, &n->gw->ports) {
		const struct sl_target_port *port = sl_entry(pos, struct sl_target_port, link);
		u32 i;

		if (!is_meant(o, port))
			continue;
		i = sl_registration_of(o->next, n->initiator_port, n->initiator_hash, port);
		if (i == o->next->n) {
			if (o->action_key && !add(o, n->initiator_port, port))
				return false;
			continue;
		}
		/* As if each target port had got the command: there the key must fit, too. */
		if (o->action == SL_OUT_REGISTER && port != n->port &&
		    o->next->at[i].key != o->key) {
			sl_out_conflict(o);
			return false;
		}
		if (o->action_key)
			o->next->at[i].key = o->action_key;
		else
			sl_out_unregister(o->next, i);
	}
	return true;
}

/* One that a TransportID names, at byte `at` of the list. */
static bool register_named(struct sl_out *o, const char *name, u32 at)
{
	u64 hash = sl_port_hash(name);
	struct sl_list *pos;

	sl_list_for_each(pos, &o->nexus->gw->ports) {
		const struct sl_target_port *port = sl_entry(pos, struct sl_target_port, link);

		if (!is_meant(o, port))
			continue;
		if (sl_registration_of(o->now, name, hash, port) < o->now->n) {
			sl_out_invalid_list(o, (u16)at, 7);
			return false;
		}
		if (sl_registration_of(o->next, name, hash, port) < o->next->n)
			continue; /* named twice */
		if (!add(o, name, port))
			return false;
	}
	return true;
}

/* Format 00b: every port of that device that we know. False: none, or sense is set. */
static bool register_device(struct sl_out *o, const char *device, u32 at)
{
	u32 len = (u32)strlen(device);
	bool any = false, ok = true;
	struct sl_list *pos;

	sl_spin_lock(&o->dev->itl_lock);
	sl_list_for_each(pos, &o->dev->itls) {
		const struct sl_nexus *n = sl_entry(pos, struct sl_itl, of_device)->nexus;

		if (!ok || sl_initiator_name_len(n->initiator_port) != len ||
		    memcmp(n->initiator_port, device, len) != 0)
			continue;
		any = true;
		ok = register_named(o, n->initiator_port, at);
	}
	sl_spin_unlock(&o->dev->itl_lock);
	if (ok && !any)
		sl_out_invalid_list(o, (u16)at, 7);
	return ok && any;
}

static bool register_list(struct sl_out *o)
{
	struct sl_transport_id id;
	u32 at = SL_LIST_IDS, bytes;

	if (o->len < SL_LIST_IDS) {
		sl_out_illegal(o, SL_ASC_PARAMETER_LIST_LENGTH);
		return false;
	}
	bytes = sl_get_be32(o->list + SL_LIST_ID_LENGTH);
	if (bytes > o->len - SL_LIST_IDS) {
		sl_out_invalid_list(o, SL_LIST_ID_LENGTH, 7);
		return false;
	}
	while (at < SL_LIST_IDS + bytes) {
		if (!sl_transport_id_parse(o->list + at, SL_LIST_IDS + bytes - at, &id)) {
			sl_out_invalid_list(o, (u16)at, 7);
			return false;
		}
		if (id.port ? !register_named(o, id.name, at) : !register_device(o, id.name, at))
			return false;
		at += id.bytes;
	}
	return true;
}

/* ---- REGISTER, REGISTER AND IGNORE EXISTING KEY -------------------------------- */

/* The most that a command may add; `next` has room for them. */
static u32 most(const struct sl_out *o)
{
	if (o->list[SL_LIST_FLAGS] & (SL_SPEC_I_PT | SL_ALL_TG_PT))
		return SL_REGISTRATIONS_MAX - o->now->n;
	return o->now->n < SL_REGISTRATIONS_MAX ? 1 : 0;
}

enum sl_outcome sl_out_register(struct sl_out *o)
{
	bool list = o->list[SL_LIST_FLAGS] & SL_SPEC_I_PT;
	bool ok;

	if (list && sl_out_registered(o))
		return sl_out_invalid_list(o, SL_LIST_FLAGS, 3);
	if (!sl_out_registered(o) && !o->action_key)
		return SL_OUT_NOTHING;
	if (!sl_out_next(o, most(o)))
		return SL_OUT_FAILED;
	sl_mutex_lock(&o->nexus->gw->config);
	ok = register_self(o) && (!list || register_list(o));
	sl_mutex_unlock(&o->nexus->gw->config);
	if (!ok)
		return SL_OUT_FAILED;
	o->next->aptpl = o->list[SL_LIST_FLAGS] & SL_APTPL;
	o->next->generation++;
	return SL_OUT_CHANGED;
}

/* ---- REGISTER AND MOVE ----------------------------------------------------------- */

/* The destination; false: sense is set. */
static bool destination(struct sl_out *o, struct sl_transport_id *id,
			const struct sl_target_port **port)
{
	u32 bytes = sl_get_be32(o->list + SL_LIST_MOVE_ID_LENGTH);
	u16 number = sl_get_be16(o->list + SL_LIST_MOVE_PORT);

	if (bytes > o->len - SL_LIST_BYTES) {
		sl_out_illegal(o, SL_ASC_PARAMETER_LIST_LENGTH);
		return false;
	}
	/* SPC-5 7.6.4.6: one port, not a device; and not where the reservation is already. */
	if (!sl_transport_id_parse(o->list + SL_LIST_BYTES, bytes, id) || !id->port ||
	    strcmp(id->name, o->nexus->initiator_port) == 0) {
		sl_out_invalid_list(o, SL_LIST_BYTES, 7);
		return false;
	}
	*port = sl_target_port_numbered(o->nexus->gw, number);
	if (!*port || strcmp((*port)->target, o->nexus->port->target) != 0) {
		sl_out_invalid_list(o, SL_LIST_MOVE_PORT, 7);
		return false;
	}
	return true;
}

enum sl_outcome sl_out_move(struct sl_out *o)
{
	const struct sl_target_port *port;
	struct sl_transport_id id;
	u32 to;

	if (o->now->type == SL_TYPE_NONE)
		return sl_out_invalid_cdb(o, 1, 4);
	if (sl_type_all_registrants(o->now->type) || o->now->holder != o->self)
		return sl_out_conflict(o);
	if (!o->action_key)
		return sl_out_invalid_list(o, SL_LIST_ACTION_KEY, 7);
	if (!destination(o, &id, &port) || !sl_out_next(o, 1))
		return SL_OUT_FAILED;
	to = sl_registration_of(o->next, id.name, sl_port_hash(id.name), port);
	if (to == o->next->n && !add(o, id.name, port))
		return SL_OUT_FAILED;
	o->next->at[to].key = o->action_key;
	o->next->holder = to;
	if (o->list[SL_LIST_MOVE_FLAGS] & SL_UNREG)
		sl_out_unregister(o->next, o->self);
	o->next->aptpl = o->list[SL_LIST_MOVE_FLAGS] & SL_APTPL;
	o->next->generation++;
	return SL_OUT_CHANGED;
}

/* ---- REPLACE LOST RESERVATION ------------------------------------------------------ */

enum sl_outcome sl_out_replace_lost(struct sl_out *o)
{
	if (!o->now->lost)
		return sl_out_illegal(o, SL_ASC_INVALID_RELEASE);
	if (o->key)
		return sl_out_invalid_list(o, 0, 7);
	if (!o->action_key)
		return sl_out_invalid_list(o, SL_LIST_ACTION_KEY, 7);
	if (o->list[SL_LIST_FLAGS] & SL_ALL_TG_PT)
		return sl_out_invalid_list(o, SL_LIST_FLAGS, 2);
	if (!sl_out_describes_reservation(o) || !sl_out_next(o, 1))
		return SL_OUT_FAILED;
	o->next->n = 0;
	sl_reservation_add(o->next, o->nexus->initiator_port, o->nexus->port, o->action_key);
	o->next->holder = 0;
	o->next->type = o->type;
	o->next->generation = 0;
	o->next->lost = false;
	o->next->aptpl = o->list[SL_LIST_FLAGS] & SL_APTPL;
	return SL_OUT_CHANGED;
}
