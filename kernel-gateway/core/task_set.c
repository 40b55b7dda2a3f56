/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The order in a task set (SAM-6 8): HEAD OF QUEUE is enabled at once; ORDERED waits for
 * all that entered before; SIMPLE waits for the HEAD OF QUEUE and ORDERED commands that
 * entered before. While an ACA condition is in effect nothing is enabled but what passes
 * it (aca.c); an ACA command counts as HEAD OF QUEUE.
 *
 * As long as all are SIMPLE, only the gate counts them. The first of another kind
 * raises SL_GATE_SLOW: who entered through the gate before that is older and
 * counted, who comes after sees the flag and queues under the lock. The dormant
 * are a FIFO: only its oldest can be next.
 *
 * A device has one bound on the earliest deadline of the dormant in all its sets. It is
 * lowered under the lock of the set whose command it is for; a look takes it away first
 * and the locks then, and so finds the command or is behind it.
 */
#include "task_set.h"
#include "nexus.h"

void sl_task_set_init(struct sl_task_set *set)
{
	sl_spin_init(&set->lock);
	sl_list_init(&set->dormant);
}

static bool may_start(const struct sl_task_set *set, const struct sl_cmd *cmd)
{
	if (sl_load_relaxed(&set->faulted))
		return false;
	if (cmd->attribute == SLUICE_ATTR_HEAD_OF_QUEUE)
		return true;
	if (cmd->attribute == SLUICE_ATTR_ORDERED)
		return (sl_load_acquire(&set->gate) & SL_GATE_COUNT) == 0;
	return set->head_of_queue == 0 && set->ordered == 0;
}

static void enable(struct sl_task_set *set, struct sl_cmd *cmd)
{
	sl_fetch_add_acq_rel(&set->gate, 1);
	cmd->core.in_set = 1;
	if (cmd->attribute == SLUICE_ATTR_ORDERED)
		set->ordered++;
	else if (cmd->attribute != SLUICE_ATTR_SIMPLE)
		set->head_of_queue++;
}

/* Enables who may start; `self` is not put on the work list, its caller goes on with it. */
static void promote(struct sl_task_set *set, struct sl_cmd *self, struct sl_work *w)
{
	while (!sl_list_empty(&set->dormant)) {
		struct sl_cmd *cmd = sl_entry(set->dormant.next, struct sl_cmd, core.link);

		if (!may_start(set, cmd))
			return;
		sl_list_del(&cmd->core.link);
		cmd->core.parked = 0;
		set->n_dormant--;
		enable(set, cmd);
		if (cmd != self)
			sl_work_add_event(w, cmd, SL_EV_ENABLE);
	}
	if (set->head_of_queue == 0 && set->ordered == 0 && !sl_load_relaxed(&set->faulted))
		sl_fetch_and_acq_rel(&set->gate, ~SL_GATE_SLOW);
}

static bool full(const struct sl_task_set *set, const struct sl_device *dev, u64 enabled)
{
	return enabled + set->n_dormant + sl_load_relaxed(&dev->quarantined) >=
	       sl_load_relaxed(&dev->task_set_limit);
}

static void bound(struct sl_device *dev, u64 deadline_ns)
{
	u64 bound_ns = sl_load_relaxed(&dev->next_dormant_ns);

	while (deadline_ns < bound_ns) {
		if (sl_cas_acq_rel(&dev->next_dormant_ns, &bound_ns, deadline_ns)) {
			sl_device_due(dev, deadline_ns);
			return;
		}
	}
}

/* SAM-6 8.5: a HEAD OF QUEUE command that cannot start yet stands before all others. */
static void park(struct sl_task_set *set, struct sl_cmd *cmd)
{
	cmd->core.parked = 1;
	sl_list_add_tail(cmd->attribute == SLUICE_ATTR_HEAD_OF_QUEUE ? set->dormant.next :
								       &set->dormant,
			 &cmd->core.link);
	set->n_dormant++;
}

static enum sl_entrance enter_slowly(struct sl_task_set *set, struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;
	enum sl_entrance result = SL_ENTER_DORMANT;
	u64 gate;

	sl_spin_lock(&set->lock);
	/* From here on nobody enters but under the lock; who is counted is older. */
	gate = sl_fetch_or_acq_rel(&set->gate, SL_GATE_SLOW);
	if (cmd->core.passes_aca) {
		/* Also into a full set, or nobody could clear what fills it. */
		enable(set, cmd);
		result = SL_ENTER_ENABLED;
	} else if (full(set, dev, gate & SL_GATE_COUNT)) {
		promote(set, NULL, w);
		result = SL_ENTER_FULL;
	} else {
		park(set, cmd);
		promote(set, cmd, w);
		if (!cmd->core.parked) {
			result = SL_ENTER_ENABLED;
		} else {
			bound(dev, cmd->core.deadline_ns);
			sl_work_deadline(w, cmd->core.deadline_ns);
		}
	}
	sl_spin_unlock(&set->lock);
	return result;
}

/* One enabled command less. Somebody may wait for just that. */
static void uncount(struct sl_task_set *set, struct sl_work *w)
{
	/* Pairs with the fetch_or above: either we see the flag, or its setter our departure. */
	if (!(sl_fetch_sub_acq_rel(&set->gate, 1) & SL_GATE_SLOW))
		return;
	sl_spin_lock(&set->lock);
	promote(set, NULL, w);
	sl_spin_unlock(&set->lock);
}

enum sl_entrance sl_task_set_enter(struct sl_cmd *cmd, struct sl_work *w)
{
	const struct sl_device *dev = cmd->core.itl->dev;
	struct sl_task_set *set = cmd->core.set;
	u64 gate;

	if (cmd->attribute != SLUICE_ATTR_SIMPLE || cmd->core.passes_aca)
		return enter_slowly(set, cmd, w);
	gate = sl_fetch_add_acq_rel(&set->gate, 1);
	if (!(gate & SL_GATE_SLOW)) {
		if ((gate & SL_GATE_COUNT) + sl_load_relaxed(&dev->quarantined) <
		    sl_load_relaxed(&dev->task_set_limit)) {
			cmd->core.in_set = 1;
			return SL_ENTER_ENABLED;
		}
		uncount(set, w);
		return SL_ENTER_FULL;
	}
	uncount(set, w);
	return enter_slowly(set, cmd, w);
}

void sl_task_set_leave(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_task_set *set = cmd->core.set;

	cmd->core.in_set = 0;
	if (cmd->attribute == SLUICE_ATTR_SIMPLE) {
		uncount(set, w);
		return;
	}
	sl_spin_lock(&set->lock);
	if (cmd->attribute == SLUICE_ATTR_ORDERED)
		set->ordered--;
	else
		set->head_of_queue--;
	sl_fetch_sub_acq_rel(&set->gate, 1);
	promote(set, NULL, w);
	sl_spin_unlock(&set->lock);
}

bool sl_task_set_unpark(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_task_set *set = cmd->core.set;
	bool mine;

	sl_spin_lock(&set->lock);
	mine = cmd->core.parked;
	if (mine) {
		sl_list_del(&cmd->core.link);
		cmd->core.parked = 0;
		set->n_dormant--;
		promote(set, NULL, w);
	}
	sl_spin_unlock(&set->lock);
	return mine;
}

u32 sl_task_set_size(struct sl_task_set *set)
{
	u32 size;

	sl_spin_lock(&set->lock);
	size = (u32)(sl_load_relaxed(&set->gate) & SL_GATE_COUNT) + set->n_dormant;
	sl_spin_unlock(&set->lock);
	return size;
}

void sl_task_set_block(struct sl_task_set *set, u32 nexus)
{
	sl_spin_lock(&set->lock);
	if (!sl_load_relaxed(&set->faulted)) {
		sl_store_release(&set->faulted, nexus);
		sl_fetch_or_acq_rel(&set->gate, SL_GATE_SLOW);
	}
	sl_spin_unlock(&set->lock);
}

void sl_task_set_unblock(struct sl_task_set *set, u32 nexus, struct sl_work *w)
{
	u32 faulted = sl_load_acquire(&set->faulted);

	if (!faulted || (nexus && faulted != nexus))
		return;
	sl_spin_lock(&set->lock);
	if (!nexus || sl_load_relaxed(&set->faulted) == nexus) {
		sl_store_release(&set->faulted, 0);
		promote(set, NULL, w);
	}
	sl_spin_unlock(&set->lock);
}

/* ---- All of a device --------------------------------------------------------- */

static void expire(struct sl_task_set *set, struct sl_work *w, u64 *next_ns)
{
	sl_spin_lock(&set->lock);
	set->n_dormant -= sl_waiting_expire(&set->dormant, w, next_ns);
	promote(set, NULL, w);
	sl_spin_unlock(&set->lock);
}

void sl_task_sets_expire(struct sl_device *dev, struct sl_work *w, u64 *next_ns)
{
	u64 next = sl_load_relaxed(&dev->next_dormant_ns);
	struct sl_list *pos;

	if (next <= w->now_ns) {
		sl_exchange_acq_rel(&dev->next_dormant_ns, U64_MAX);
		next = U64_MAX;
		expire(&dev->set, w, &next);
		sl_spin_lock(&dev->itl_lock);
		sl_list_for_each(pos, &dev->itls)
			expire(&sl_entry(pos, struct sl_itl, of_device)->own, w, &next);
		sl_spin_unlock(&dev->itl_lock);
		bound(dev, next);
	}
	*next_ns = sl_min(*next_ns, next);
}

static void orphan(struct sl_task_set *set, struct sl_work *w)
{
	struct sl_list *node;

	sl_spin_lock(&set->lock);
	while ((node = sl_list_pop(&set->dormant))) {
		struct sl_cmd *cmd = sl_entry(node, struct sl_cmd, core.link);

		cmd->core.parked = 0;
		sl_work_add_event(w, cmd, SL_EV_GONE);
	}
	set->n_dormant = 0;
	promote(set, NULL, w);
	sl_spin_unlock(&set->lock);
}

void sl_task_sets_orphan(struct sl_device *dev, struct sl_work *w)
{
	struct sl_list *pos;

	orphan(&dev->set, w);
	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls)
		orphan(&sl_entry(pos, struct sl_itl, of_device)->own, w);
	sl_spin_unlock(&dev->itl_lock);
}

u32 sl_task_sets_size(struct sl_device *dev)
{
	u32 size = sl_task_set_size(&dev->set);
	struct sl_list *pos;

	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls)
		size += sl_task_set_size(&sl_entry(pos, struct sl_itl, of_device)->own);
	sl_spin_unlock(&dev->itl_lock);
	return size;
}
