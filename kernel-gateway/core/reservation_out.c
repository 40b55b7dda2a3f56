/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * PERSISTENT RESERVE OUT (SPC-5 6.17): the parameter list, what holds for every service
 * action, and the way from the next state to GOOD: stored first, if it shall persist.
 */
#include "reservation_out.h"

#include "byte_order.h"
#include "sense.h"
#include "service.h"

/* Registrations that commands before this one may add while it waits for its turn. */
#define SLACK 32U

static const struct sl_reservation nothing;

enum sl_outcome sl_out_conflict(struct sl_out *o)
{
	sl_status_only(o->cmd, SL_STATUS_RESERVATION_CONFLICT);
	return SL_OUT_FAILED;
}

enum sl_outcome sl_out_invalid_cdb(struct sl_out *o, u16 byte, u8 bit)
{
	sl_sense_invalid_field(o->cmd, byte, bit);
	return SL_OUT_FAILED;
}

enum sl_outcome sl_out_invalid_list(struct sl_out *o, u16 byte, u8 bit)
{
	sl_sense_invalid_parameter(o->cmd, byte, bit);
	return SL_OUT_FAILED;
}

enum sl_outcome sl_out_illegal(struct sl_out *o, u16 asc)
{
	sl_sense_check(o->cmd, SL_KEY_ILLEGAL_REQUEST, asc);
	return SL_OUT_FAILED;
}

bool sl_out_next(struct sl_out *o, u32 more)
{
	o->next = sl_reservation_copy(o->now, more);
	if (!o->next)
		sl_status_only(o->cmd, SL_STATUS_BUSY);
	return o->next;
}

bool sl_out_describes_reservation(struct sl_out *o)
{
	if (o->scope != 0)
		sl_out_invalid_cdb(o, 2, 7);
	else if (!sl_type_valid(o->type))
		sl_out_invalid_cdb(o, 2, 3);
	else
		return true;
	return false;
}

void sl_out_unregister(struct sl_reservation *next, u32 index)
{
	bool all = sl_type_all_registrants(next->type);

	if (next->type != SL_TYPE_NONE && (all ? next->n == 1 : next->holder == index)) {
		if (!all && sl_type_for_registrants(next->type))
			next->kept_asc = SL_ASC_RESERVATIONS_RELEASED;
		next->type = SL_TYPE_NONE;
		next->holder = 0;
	}
	sl_reservation_drop(next, index);
}

/* ---- The parameter list ----------------------------------------------------- */

/* False: sense is set. */
static bool take_apart(struct sl_out *o, struct sl_cmd *cmd)
{
	struct sl_nexus *n = cmd->nexus;
	bool longer;

	o->cmd = cmd;
	o->nexus = n;
	o->dev = cmd->core.itl->dev;
	o->now = o->dev->reservation ? o->dev->reservation : &nothing;
	o->action = cmd->cdb[1] & 0x1f;
	o->scope = cmd->cdb[2] >> 4;
	o->type = cmd->cdb[2] & 0x0f;
	o->list = cmd->data;
	o->len = sl_get_be32(cmd->cdb + 5);
	o->next = NULL;
	if (o->action > SL_OUT_REPLACE_LOST) {
		sl_out_invalid_cdb(o, 1, 4);
		return false;
	}
	if (o->len < SL_LIST_BYTES || o->len > cmd->core.data_out_len) {
		sl_out_illegal(o, SL_ASC_PARAMETER_LIST_LENGTH);
		return false;
	}
	longer = o->action == SL_OUT_REGISTER_AND_MOVE ||
		 (o->action == SL_OUT_REGISTER && o->list[SL_LIST_FLAGS] & SL_SPEC_I_PT);
	if (!longer && o->action != SL_OUT_REGISTER_AND_MOVE &&
	    o->list[SL_LIST_FLAGS] & SL_SPEC_I_PT) {
		sl_out_invalid_list(o, SL_LIST_FLAGS, 3);
		return false;
	}
	if (!longer && o->len != SL_LIST_BYTES) {
		sl_out_illegal(o, SL_ASC_PARAMETER_LIST_LENGTH);
		return false;
	}
	o->key = sl_get_be64(o->list);
	o->action_key = sl_get_be64(o->list + SL_LIST_ACTION_KEY);
	o->self = sl_registration_of(o->now, n->initiator_port, n->initiator_hash, n->port);
	return true;
}

/* SPC-5 5.14.7, 6.17.3: who is not registered, or does not know his key, is refused whatever he asks for. */
static bool may_ask(const struct sl_out *o)
{
	if (o->action == SL_OUT_REGISTER_AND_IGNORE || o->action == SL_OUT_REPLACE_LOST)
		return true;
	if (o->action == SL_OUT_REGISTER && !sl_out_registered(o))
		return o->key == 0;
	return sl_out_registered(o) && o->key == o->now->at[o->self].key;
}

static enum sl_outcome act(struct sl_out *o)
{
	if (!may_ask(o))
		return sl_out_conflict(o);
	switch (o->action) {
	case SL_OUT_REGISTER:
	case SL_OUT_REGISTER_AND_IGNORE:
		return sl_out_register(o);
	case SL_OUT_RESERVE:
		return sl_out_reserve(o);
	case SL_OUT_RELEASE:
		return sl_out_release(o);
	case SL_OUT_CLEAR:
		return sl_out_clear(o);
	case SL_OUT_REGISTER_AND_MOVE:
		return sl_out_move(o);
	case SL_OUT_REPLACE_LOST:
		return sl_out_replace_lost(o);
	default:
		return sl_out_preempt(o);
	}
}

/* ---- The next state ----------------------------------------------------------- */

static enum sl_served good(struct sl_cmd *cmd)
{
	sl_status_only(cmd, SL_STATUS_GOOD);
	sl_residual(cmd, sl_get_be32(cmd->cdb + 5));
	return SL_SERVED;
}

static enum sl_served take_effect(struct sl_cmd *cmd, struct sl_reservation *next,
				  struct sl_work *w)
{
	good(cmd);
	if (next->aborts)
		sl_preempt_begin(cmd);
	sl_reservation_commit(cmd->core.itl->dev, next, cmd, w);
	return next->aborts ? SL_SERVED_PREEMPTING : SL_SERVED;
}

/* The handler has stored it, or says why not: then it never was. */
static enum sl_served stored_or_not(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;
	struct sl_reservation *next = dev->reservation_next;

	dev->reservation_next = NULL;
	cmd->core.data_out_len = sl_get_be32(cmd->cdb + 5);
	if (cmd->status == SL_STATUS_GOOD)
		return take_effect(cmd, next, w);
	sl_free(next);
	cmd->data_len = 0;
	sl_residual(cmd, 0);
	return SL_SERVED;
}

/* SPC-5 5.14.5.1: also the end of persistence is stored, or it would come back. */
static bool persists(const struct sl_out *o)
{
	return o->next->aptpl || o->now->aptpl || o->now->lost;
}

static enum sl_served change(struct sl_out *o, struct sl_work *w)
{
	struct sl_cmd *cmd = o->cmd;

	if (!persists(o))
		return take_effect(cmd, o->next, w);
	if (!cmd->core.has_buffer || sl_record_bytes(o->next) > cmd->core.need) {
		sl_free(o->next);
		sl_out_illegal(o, SL_ASC_REGISTRATION_RESOURCES);
		return SL_SERVED;
	}
	cmd->core.data_out_len = sl_record_write(o->next, o->dev->name, cmd->data);
	o->dev->reservation_next = o->next;
	return SL_SERVED_STORE;
}

enum sl_served sl_reservation_out(struct sl_cmd *cmd, bool stored, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;
	struct sl_out o;

	if (stored)
		return stored_or_not(cmd, w);
	/* Of one that ended while it was being stored. */
	sl_free(dev->reservation_next);
	dev->reservation_next = NULL;
	/* SPC-2 5.5.1: beside a RESERVE there are no persistent reservations, for nobody. */
	if (sl_load_relaxed(&dev->reserved_by)) {
		sl_status_only(cmd, SL_STATUS_RESERVATION_CONFLICT);
		return SL_SERVED;
	}
	if (!take_apart(&o, cmd))
		return SL_SERVED;
	switch (act(&o)) {
	case SL_OUT_CHANGED:
		return change(&o, w);
	case SL_OUT_NOTHING:
		return good(cmd);
	default:
		sl_free(o.next);
		return SL_SERVED;
	}
}

u32 sl_reservation_out_need(const struct sl_cmd *cmd)
{
	u32 known = sl_load_relaxed(&cmd->core.itl->dev->registrations);
	u32 named = sl_min(sl_get_be32(cmd->cdb + 5), 65536U) / SL_LIST_BYTES;

	return sl_record_bound(sl_min(known + 4 * named + SLACK, SL_REGISTRATIONS_MAX));
}
