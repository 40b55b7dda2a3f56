/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A logical unit as the core keeps it: identity, binding to a session, task sets. */
#ifndef SLUICE_CORE_DEVICE_H
#define SLUICE_CORE_DEVICE_H

#include "lifecycle.h"
#include "registry.h"
#include "task_set.h"

struct sl_reservation;

struct sl_device {
	/* What every command touches and some command changes: 64 bytes ... */
	u64 sequence sl_cacheline_aligned;
	u64 binding;			/* 0: nobody serves it; release/acquire */
	u32 quarantined;		/* relaxed: tags whose command has ended */
	u32 n_announcing;		/* relaxed: commands wait for announcements, and others behind them (event_nexus.c) */
	struct sl_task_set set;		/* of all I_T nexuses; unused while TST says that each has its own */
	u64 next_fetch_ns;		/* atomic: not later than the earliest deadline of a fetch (fetch.c) */
	u64 next_dormant_ns;		/* atomic: not later than the earliest deadline of a dormant command */

	/* ... and what no command changes: another 64. */
	u32 id sl_cacheline_aligned;
	u32 task_set_limit, max_transfer, queue, control_mode;	/* relaxed: a new binding may change them */
	u64 timeout_ns[SLUICE_PACES];	/* relaxed, as the line above */
	u8  peripheral_type, recovery, given_up;	/* relaxed; given_up: nobody took over in time */
	u8  access_limited;		/* relaxed: some target port group is not active */
	u16 declared;			/* relaxed: SLUICE_DEVICE_EXPLICIT_ACCESS */
	u32 n_ports;			/* relaxed: target ports that lead here (reach.c) */
	u32 n_access;			/* access_state.c */
	u32 access[SL_ACCESS_GROUPS];
	u8  state;			/* enum sluice_device_state; under gw->config */
	char name[SLUICE_NAME_LEN];
	struct sl_device *next_named;	/* with the same hash; under gw->config */
	struct sl_gateway *gw;
	/* Under the admin_lock of its session (event_nexus.c). */
	struct sl_list announcing;	/* commands that wait, in the order in which they go on */
	struct sl_list of_announcing;	/* session->announcing */
	struct sl_cmd *announced;	/* goes on, and is not in the ring yet */
	struct sl_list reach;		/* reach.c; under gw->config */
	u64 leaving;			/* a binding that was cut while its session lives; under gw->config */
	u32 takeovers;			/* under gw->config */
	u64 redelivered;		/* relaxed */

	sl_spinlock kept_lock sl_cacheline_aligned;		/* the kept commands; `binding` changes only under it (takeover.c) */
	struct sl_list kept;		/* in the order of their hand-over */
	u32 n_kept, kept_outside;	/* of them, those that are not in the task set */
	u64 joining;			/* the binding that takes over, or has; 0: none */
	u64 held_until_ns;		/* the end of the grace; 0: nothing is kept */
	bool held_reset;		/* a LOGICAL UNIT RESET that no handler has heard of */

	sl_spinlock turn_lock;		/* who runs a service (turn.c) */
	struct sl_cmd *turn;
	struct sl_list turn_waiting;	/* oldest first */
	u64 next_turn_ns;		/* the earliest deadline of those */
	u32 preempting;			/* atomic: commands whose end the one whose turn it is awaits (preemption.h) */

	u64 due_ns;			/* its place in gw->due; U64_MAX: not there; under gw->due_lock */
	u32 due_at;

	sl_spinlock itl_lock;
	struct sl_list itls;
	struct sl_reservation *reservation;	/* NULL: nobody was ever registered; changes only in turn (reservation.h) */
	struct sl_reservation *reservation_next; /* being stored; of who has the turn */
	u32 registrations;			/* relaxed: how many there are */
	u32 reserved_by;			/* the nexus that sent RESERVE (SPC-2); 0: none */
	bool reservation_fixed;			/* the device was served once: a record is too late; under gw->config */
	u64 retired_commands, retired_in, retired_out, retired_checks, retired_timeouts, retired_aborts;

	sl_spinlock lapse_lock;		/* nothing but gw->slot_lock inside */
	struct sl_list lapses;		/* I_T_L nexuses whose prevention lapsed, which no handler has heard of (event_lapse.c) */

	/* events owed to the handler; under the admin_lock of the session that it is owed by (event_device.c) */
	struct sl_session *owed_by;
	struct sl_list owed;
	u32 owed_functions;		/* 1 << enum sluice_tmf */
	u32 owed_nexus;
	u8  owed_reset;
};

/* Identifiers count from 1. NULL if there is none. */
struct sl_device *sl_device_at(struct sl_gateway *gw, u32 id);
/* Finds or makes it (ABSENT). Under gw->config. NULL with `error` (-ENOSPC, -ENOMEM). */
struct sl_device *sl_device_named(struct sl_gateway *gw, const char *name, int *error);
/*
 * The handler is gone: no command starts any more. Those on their way, and all that
 * come until `held_until_ns`, are kept; 0: they end.
 */
void sl_device_orphan(struct sl_device *dev, u64 held_until_ns, struct sl_work *w);
/* Who serves it, or is about to: commands may be handed to that one. 0: nobody. */
static inline u64 sl_device_binding(struct sl_device *dev)
{
	u64 binding = sl_load_acquire(&dev->binding);

	return binding ? binding : sl_load_acquire(&dev->joining);
}
/* The bound of each stage before the handler. */
static inline u64 sl_device_patience(const struct sl_device *dev)
{
	return sl_load_relaxed(&dev->timeout_ns[SLUICE_PACE_DATA]);
}
/* Tags with the handler, or commands on their way to it. */
bool sl_device_busy(struct sl_device *dev);

/* takeover.c */
/* Cuts the binding and keeps commands until then; 0: those that were kept end. */
void sl_kept_hold(struct sl_device *dev, u64 until_ns, struct sl_work *w);
void sl_kept_expire(struct sl_device *dev, struct sl_work *w, u64 *next_ns);
/* The session of this binding takes over; false: the device was not held. */
bool sl_kept_join(struct sl_device *dev, u64 binding);
/* Hands on what was kept, then binds the device. With no lock held. */
void sl_kept_resume(struct sl_session *s, struct sl_device *dev, struct sl_work *w);
bool sl_kept_unpark(struct sl_cmd *cmd);
/* Before a RESUME is delivered, with no lock held: its Data-Out into the new pool. */
void sl_kept_move(struct sl_cmd *cmd);
/* due.c: one of its bounds is now as early as that. A leaf among locks. */
void sl_device_due(struct sl_device *dev, u64 deadline_ns);
void sl_due_run(struct sl_gateway *gw, struct sl_work *w, u64 *next_ns);
/* fetch.c: ends what waits too long for its Data-Out. */
void sl_fetch_expire(struct sl_device *dev, struct sl_work *w, u64 *next_ns);

#endif /* SLUICE_CORE_DEVICE_H */
