/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A task set: one of a logical unit, or with TST 001b one of each of its I_T_L nexuses
 * (SPC-5 7.5.10). A command stays with the set that it found on arrival, also when TST changes.
 */
#ifndef SLUICE_CORE_TASK_SET_H
#define SLUICE_CORE_TASK_SET_H

#include "lifecycle.h"
#include "list.h"

struct sl_device;
struct sl_itl;

/*
 * The gate: one word that lets a SIMPLE command into a quiet task set with one
 * fetch_add. The low half counts the enabled commands; SL_GATE_SLOW sends everybody
 * through the lock: a HEAD OF QUEUE or ORDERED command is in the set, commands are
 * dormant, or an ACA condition is in effect.
 */
#define SL_GATE_SLOW	(1ULL << 32)
#define SL_GATE_COUNT	0xffffffffULL

struct sl_task_set {
	u64 gate;
	u32 faulted;			/* the I_T nexus whose ACA condition holds it up; 0: none; written under the lock */
	sl_spinlock lock;
	struct sl_list dormant;		/* oldest first */
	u32 n_dormant, head_of_queue, ordered;	/* the latter two are enabled */
};

enum sl_entrance {
	SL_ENTER_ENABLED,
	SL_ENTER_DORMANT,
	SL_ENTER_FULL,
};

void sl_task_set_init(struct sl_task_set *set);
/* Into core.set. Under the nexus's lock, as the next two. */
enum sl_entrance sl_task_set_enter(struct sl_cmd *cmd, struct sl_work *w);
/* Enables who waited for it, onto the work list. */
void sl_task_set_leave(struct sl_cmd *cmd, struct sl_work *w);
bool sl_task_set_unpark(struct sl_cmd *cmd, struct sl_work *w);
/* Enabled and dormant commands. */
u32 sl_task_set_size(struct sl_task_set *set);
/* The ACA condition of that I_T nexus begins, unless there is one; or it ends. The first under the nexus's lock. */
void sl_task_set_block(struct sl_task_set *set, u32 nexus);
/* `nexus` 0: whoever's. */
void sl_task_set_unblock(struct sl_task_set *set, u32 nexus, struct sl_work *w);

/* All task sets of the device, with no lock but gw->config held. */
void sl_task_sets_expire(struct sl_device *dev, struct sl_work *w, u64 *next_ns);
void sl_task_sets_orphan(struct sl_device *dev, struct sl_work *w);
u32 sl_task_sets_size(struct sl_device *dev);

#endif /* SLUICE_CORE_TASK_SET_H */
