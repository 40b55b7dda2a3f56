/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Service actions of PERSISTENT RESERVE OUT, each a function from the state to the next one. */
#ifndef SLUICE_CORE_RESERVATION_OUT_H
#define SLUICE_CORE_RESERVATION_OUT_H

#include "preemption.h"
#include "reservation.h"

enum sl_out_action {
	SL_OUT_REGISTER			= 0x00,
	SL_OUT_RESERVE			= 0x01,
	SL_OUT_RELEASE			= 0x02,
	SL_OUT_CLEAR			= 0x03,
	SL_OUT_PREEMPT			= 0x04,
	SL_OUT_PREEMPT_AND_ABORT	= 0x05,
	SL_OUT_REGISTER_AND_IGNORE	= 0x06,
	SL_OUT_REGISTER_AND_MOVE	= 0x07,
	SL_OUT_REPLACE_LOST		= 0x08,
};

/* Parameter list (SPC-5 6.17.3): where its fields are. */
#define SL_LIST_BYTES		24U
#define SL_LIST_ACTION_KEY	8U
#define SL_LIST_MOVE_FLAGS	17U	/* REGISTER AND MOVE: UNREG, APTPL */
#define SL_LIST_MOVE_PORT	18U
#define SL_LIST_MOVE_ID_LENGTH	20U
#define SL_LIST_FLAGS		20U
#define SL_LIST_ID_LENGTH	24U	/* SPEC_I_PT */
#define SL_LIST_IDS		28U

#define SL_SPEC_I_PT		(1U << 3)
#define SL_ALL_TG_PT		(1U << 2)
#define SL_APTPL		(1U << 0)
#define SL_UNREG		(1U << 1)

/* One command, taken apart. */
struct sl_out {
	struct sl_cmd *cmd;
	struct sl_nexus *nexus;
	struct sl_device *dev;
	const struct sl_reservation *now;	/* never NULL */
	const u8 *list;
	u32 len;				/* of the list, >= SL_LIST_BYTES */
	u8  action, scope, type;
	u64 key, action_key;
	u32 self;				/* the nexus's registration, or now->n */
	struct sl_reservation *next;		/* SL_OUT_CHANGED */
};

enum sl_outcome {
	SL_OUT_NOTHING,		/* GOOD; the state stays */
	SL_OUT_CHANGED,		/* `next` is to be the state */
	SL_OUT_FAILED,		/* status and sense are set */
};

static inline bool sl_out_registered(const struct sl_out *o)
{
	return o->self < o->now->n;
}

/* reservation_out.c: why not. `next`, if there is one, is freed. All return SL_OUT_FAILED. */
enum sl_outcome sl_out_conflict(struct sl_out *o);
enum sl_outcome sl_out_invalid_cdb(struct sl_out *o, u16 byte, u8 bit);
enum sl_outcome sl_out_invalid_list(struct sl_out *o, u16 byte, u8 bit);
enum sl_outcome sl_out_illegal(struct sl_out *o, u16 asc);
/* Makes `next`, a copy with room for `more`; false: no memory, status is set. */
bool sl_out_next(struct sl_out *o, u32 more);
/* SCOPE and TYPE of the CDB say what a reservation may be; false: sense is set. */
bool sl_out_describes_reservation(struct sl_out *o);
/* Takes one out of `next`, and with it the reservation if that was its (SPC-5 5.14.11.2.3). */
void sl_out_unregister(struct sl_reservation *next, u32 index);

/* reservation_register.c */
enum sl_outcome sl_out_register(struct sl_out *o);
enum sl_outcome sl_out_move(struct sl_out *o);
enum sl_outcome sl_out_replace_lost(struct sl_out *o);
/* reservation_hold.c */
enum sl_outcome sl_out_reserve(struct sl_out *o);
enum sl_outcome sl_out_release(struct sl_out *o);
enum sl_outcome sl_out_clear(struct sl_out *o);
enum sl_outcome sl_out_preempt(struct sl_out *o);

#endif /* SLUICE_CORE_RESERVATION_OUT_H */
