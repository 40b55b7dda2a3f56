/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Service actions that take, give up and take away a reservation (SPC-5 5.14.9, 5.14.11.2). */
#include "reservation_out.h"
#include "sense.h"

static bool holds(const struct sl_out *o)
{
	return sl_reservation_relation(o->now, o->self) == SL_RELATION_HOLDER;
}

enum sl_outcome sl_out_reserve(struct sl_out *o)
{
	if (!sl_out_describes_reservation(o))
		return SL_OUT_FAILED;
	if (o->now->type != SL_TYPE_NONE)
		return holds(o) && o->type == o->now->type ? SL_OUT_NOTHING : sl_out_conflict(o);
	if (!sl_out_next(o, 0))
		return SL_OUT_FAILED;
	o->next->type = o->type;
	o->next->holder = o->self;
	return SL_OUT_CHANGED;
}

enum sl_outcome sl_out_release(struct sl_out *o)
{
	if (!holds(o))
		return SL_OUT_NOTHING;
	if (o->scope != 0 || o->type != o->now->type)
		return sl_out_illegal(o, SL_ASC_INVALID_RELEASE);
	if (!sl_out_next(o, 0))
		return SL_OUT_FAILED;
	if (sl_type_for_registrants(o->now->type))
		o->next->kept_asc = SL_ASC_RESERVATIONS_RELEASED;
	o->next->type = SL_TYPE_NONE;
	o->next->holder = 0;
	return SL_OUT_CHANGED;
}

enum sl_outcome sl_out_clear(struct sl_out *o)
{
	if (!sl_out_next(o, 0))
		return SL_OUT_FAILED;
	o->next->n = 0;
	o->next->type = SL_TYPE_NONE;
	o->next->holder = 0;
	o->next->gone_asc = SL_ASC_RESERVATIONS_PREEMPTED;
	o->next->generation++;
	return SL_OUT_CHANGED;
}

/* ---- PREEMPT, PREEMPT AND ABORT --------------------------------------------------- */

/* SPC-5 table of preempting actions: the key names who holds, so that the reservation goes over. */
static bool names_holder(const struct sl_out *o)
{
	if (o->now->type == SL_TYPE_NONE)
		return false;
	if (sl_type_all_registrants(o->now->type))
		return o->action_key == 0;
	return o->action_key == o->now->at[o->now->holder].key;
}

/* All that the key names; who asks stays if he gets the reservation. False: nobody has that key. */
static bool remove_named(struct sl_out *o, bool takes_over)
{
	u32 self = o->self;
	bool any = false;

	for (u32 i = o->now->n; i-- > 0;) {
		if (o->action_key && o->now->at[i].key != o->action_key)
			continue;
		any = true;
		if (i == o->self && takes_over)
			continue;
		if (takes_over)
			sl_reservation_drop(o->next, i);
		else
			sl_out_unregister(o->next, i);
		self -= i < self;
	}
	if (takes_over) {
		o->next->type = o->type;
		o->next->holder = self;
	}
	return any;
}

enum sl_outcome sl_out_preempt(struct sl_out *o)
{
	bool takes_over = names_holder(o);

	if (!o->action_key && !takes_over)
		return sl_out_invalid_list(o, SL_LIST_ACTION_KEY, 7);
	if (takes_over && !sl_out_describes_reservation(o))
		return SL_OUT_FAILED;
	if (!sl_out_next(o, 0))
		return SL_OUT_FAILED;
	if (!remove_named(o, takes_over))
		return sl_out_conflict(o);
	o->next->aborts = o->action == SL_OUT_PREEMPT_AND_ABORT;
	o->next->gone_asc = SL_ASC_REGISTRATIONS_PREEMPTED;
	if (takes_over && o->type != o->now->type)
		o->next->kept_asc = SL_ASC_RESERVATIONS_RELEASED;
	o->next->generation++;
	return SL_OUT_CHANGED;
}
