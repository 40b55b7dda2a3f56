/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A logical unit as the core keeps it: identity, binding to a session, task set. */
#ifndef SLUICE_CORE_DEVICE_H
#define SLUICE_CORE_DEVICE_H

#include "lifecycle.h"
#include "registry.h"

/*
 * The gate: one word that lets a SIMPLE command into a quiet task set with one
 * fetch_add. The low half counts the enabled commands; SL_GATE_SLOW sends everybody
 * through device->lock: a HEAD OF QUEUE or ORDERED command is in the set, or
 * commands are dormant.
 */
#define SL_GATE_SLOW	(1ULL << 32)
#define SL_GATE_COUNT	0xffffffffULL

struct sl_device {
	u64 gate sl_cacheline_aligned;
	u64 sequence;
	u64 binding;			/* 0: nobody serves it; release/acquire */
	u64 next_fetch_ns;		/* atomic: not later than the earliest deadline of a fetch (fetch.c) */
	u32 quarantined;		/* relaxed: tags whose command has ended */

	u32 id sl_cacheline_aligned;
	u32 task_set_limit, max_transfer, queue, control_mode;	/* relaxed: a new binding may change them */
	u64 timeout_ns;			/* relaxed, as the line above */
	u8  peripheral_type, recovery;
	u8  state;			/* enum sluice_device_state; under gw->config */
	char name[SLUICE_NAME_LEN];
	struct sl_gateway *gw;
	u64 leaving;			/* the binding that sl_device_remove() cut; under gw->config */

	sl_spinlock lock sl_cacheline_aligned;
	struct sl_list dormant;		/* oldest first */
	u32 n_dormant, head_of_queue, ordered;	/* the latter two are enabled */
	u64 next_deadline_ns;		/* of the dormant */

	sl_spinlock itl_lock;
	struct sl_list itls;
	u64 retired_commands, retired_in, retired_out, retired_checks, retired_timeouts, retired_aborts;

	/* events owed to the handler; under the session's admin_lock */
	u32 owed_functions;		/* 1 << enum sluice_tmf */
	u32 owed_nexus;
	u8  owed_reset;
};

/* Identifiers count from 1. NULL if there is none. */
struct sl_device *sl_device_at(struct sl_gateway *gw, u32 id);
/* Finds or makes it (ABSENT). Under gw->config. NULL with `error` (-ENOSPC, -ENOMEM). */
struct sl_device *sl_device_named(struct sl_gateway *gw, const char *name, int *error);
/* The handler is gone: no command starts any more, dormant ones end. */
void sl_device_orphan(struct sl_device *dev, struct sl_work *w);
/* Tags with the handler, or commands on their way to it. */
bool sl_device_busy(struct sl_device *dev);

enum sl_entrance {
	SL_ENTER_ENABLED,
	SL_ENTER_DORMANT,
	SL_ENTER_FULL,
};

/* task_set.c: under the nexus's lock. */
enum sl_entrance sl_task_set_enter(struct sl_device *dev, struct sl_cmd *cmd, struct sl_work *w);
/* Enables who waited for it, onto the work list. */
void sl_task_set_leave(struct sl_device *dev, struct sl_cmd *cmd, struct sl_work *w);
bool sl_task_set_unpark(struct sl_device *dev, struct sl_cmd *cmd, struct sl_work *w);
void sl_task_set_expire(struct sl_device *dev, struct sl_work *w, u64 *next_ns);
void sl_task_set_orphan(struct sl_device *dev, struct sl_work *w);
/* fetch.c: ends what waits too long for its Data-Out. */
void sl_fetch_expire(struct sl_device *dev, struct sl_work *w, u64 *next_ns);
/* Commands in the set: enabled and dormant. */
u32 sl_task_set_size(struct sl_device *dev);

#endif /* SLUICE_CORE_DEVICE_H */
