/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The task set of a logical unit and the order in it (SAM-6 8): HEAD OF QUEUE is
 * enabled at once; ORDERED waits for all that entered before; SIMPLE waits for the
 * HEAD OF QUEUE and ORDERED commands that entered before.
 *
 * As long as all are SIMPLE, only the gate counts them. The first of another kind
 * raises SL_GATE_SLOW: who entered through the gate before that is older and
 * counted, who comes after sees the flag and queues under dev->lock. The dormant
 * are a FIFO: only its oldest can be next.
 */
#include "nexus.h"

static bool may_start(struct sl_device *dev, const struct sl_cmd *cmd)
{
	if (cmd->attribute == SLUICE_ATTR_ORDERED)
		return (sl_load_acquire(&dev->gate) & SL_GATE_COUNT) == 0;
	return dev->head_of_queue == 0 && dev->ordered == 0;
}

static void enable(struct sl_device *dev, struct sl_cmd *cmd)
{
	sl_fetch_add_acq_rel(&dev->gate, 1);
	cmd->core.in_set = 1;
	if (cmd->attribute == SLUICE_ATTR_ORDERED)
		dev->ordered++;
	else if (cmd->attribute == SLUICE_ATTR_HEAD_OF_QUEUE)
		dev->head_of_queue++;
}

/* Enables who may start; `self` is not put on the work list, its caller goes on with it. */
static void promote(struct sl_device *dev, struct sl_cmd *self, struct sl_work *w)
{
	while (!sl_list_empty(&dev->dormant)) {
		struct sl_cmd *cmd = sl_entry(dev->dormant.next, struct sl_cmd, core.link);

		if (!may_start(dev, cmd))
			return;
		sl_list_del(&cmd->core.link);
		cmd->core.parked = 0;
		dev->n_dormant--;
		enable(dev, cmd);
		if (cmd != self)
			sl_work_add_event(w, cmd, SL_EV_ENABLE);
	}
	if (dev->head_of_queue == 0 && dev->ordered == 0)
		sl_fetch_and_acq_rel(&dev->gate, ~SL_GATE_SLOW);
}

static bool full(struct sl_device *dev, u64 enabled)
{
	return enabled + dev->n_dormant + sl_load_relaxed(&dev->quarantined) >=
	       sl_load_relaxed(&dev->task_set_limit);
}

static enum sl_entrance enter_slowly(struct sl_device *dev, struct sl_cmd *cmd, struct sl_work *w)
{
	enum sl_entrance result = SL_ENTER_DORMANT;
	u64 gate;

	sl_spin_lock(&dev->lock);
	/* From here on nobody enters but under the lock; who is counted is older. */
	gate = sl_fetch_or_acq_rel(&dev->gate, SL_GATE_SLOW);
	if (full(dev, gate & SL_GATE_COUNT)) {
		promote(dev, NULL, w);
		result = SL_ENTER_FULL;
	} else if (cmd->attribute == SLUICE_ATTR_HEAD_OF_QUEUE) {
		enable(dev, cmd);
		result = SL_ENTER_ENABLED;
	} else {
		cmd->core.parked = 1;
		sl_list_add_tail(&dev->dormant, &cmd->core.link);
		dev->n_dormant++;
		promote(dev, cmd, w);
		if (!cmd->core.parked) {
			result = SL_ENTER_ENABLED;
		} else if (cmd->core.deadline_ns < dev->next_deadline_ns) {
			sl_store_relaxed(&dev->next_deadline_ns, cmd->core.deadline_ns);
			sl_work_deadline(w, cmd->core.deadline_ns);
		}
	}
	sl_spin_unlock(&dev->lock);
	return result;
}

/* One enabled command less. Somebody may wait for just that. */
static void uncount(struct sl_device *dev, struct sl_work *w)
{
	/* Pairs with the fetch_or above: either we see the flag, or its setter our departure. */
	if (!(sl_fetch_sub_acq_rel(&dev->gate, 1) & SL_GATE_SLOW))
		return;
	sl_spin_lock(&dev->lock);
	promote(dev, NULL, w);
	sl_spin_unlock(&dev->lock);
}

enum sl_entrance sl_task_set_enter(struct sl_device *dev, struct sl_cmd *cmd, struct sl_work *w)
{
	u64 gate;

	if (cmd->attribute != SLUICE_ATTR_SIMPLE)
		return enter_slowly(dev, cmd, w);
	gate = sl_fetch_add_acq_rel(&dev->gate, 1);
	if (!(gate & SL_GATE_SLOW)) {
		if ((gate & SL_GATE_COUNT) + sl_load_relaxed(&dev->quarantined) <
		    sl_load_relaxed(&dev->task_set_limit)) {
			cmd->core.in_set = 1;
			return SL_ENTER_ENABLED;
		}
		uncount(dev, w);
		return SL_ENTER_FULL;
	}
	uncount(dev, w);
	return enter_slowly(dev, cmd, w);
}

void sl_task_set_leave(struct sl_device *dev, struct sl_cmd *cmd, struct sl_work *w)
{
	cmd->core.in_set = 0;
	if (cmd->attribute == SLUICE_ATTR_SIMPLE) {
		uncount(dev, w);
		return;
	}
	sl_spin_lock(&dev->lock);
	if (cmd->attribute == SLUICE_ATTR_ORDERED)
		dev->ordered--;
	else
		dev->head_of_queue--;
	sl_fetch_sub_acq_rel(&dev->gate, 1);
	promote(dev, NULL, w);
	sl_spin_unlock(&dev->lock);
}

bool sl_task_set_unpark(struct sl_device *dev, struct sl_cmd *cmd, struct sl_work *w)
{
	bool mine;

	sl_spin_lock(&dev->lock);
	mine = cmd->core.parked;
	if (mine) {
		sl_list_del(&cmd->core.link);
		cmd->core.parked = 0;
		dev->n_dormant--;
		promote(dev, NULL, w);
	}
	sl_spin_unlock(&dev->lock);
	return mine;
}

void sl_task_set_expire(struct sl_device *dev, struct sl_work *w, u64 *next_ns)
{
	u64 next = U64_MAX;

	if (sl_load_relaxed(&dev->next_deadline_ns) > w->now_ns) {
		*next_ns = sl_min(*next_ns, sl_load_relaxed(&dev->next_deadline_ns));
		return;
	}
	sl_spin_lock(&dev->lock);
	dev->n_dormant -= sl_waiting_expire(&dev->dormant, w, &next);
	sl_store_relaxed(&dev->next_deadline_ns, next);
	promote(dev, NULL, w);
	sl_spin_unlock(&dev->lock);
	*next_ns = sl_min(*next_ns, next);
}

void sl_task_set_orphan(struct sl_device *dev, struct sl_work *w)
{
	struct sl_list *node;

	sl_spin_lock(&dev->lock);
	while ((node = sl_list_pop(&dev->dormant))) {
		struct sl_cmd *cmd = sl_entry(node, struct sl_cmd, core.link);

		cmd->core.parked = 0;
		sl_work_add_event(w, cmd, SL_EV_GONE);
	}
	dev->n_dormant = 0;
	promote(dev, NULL, w);
	sl_spin_unlock(&dev->lock);
}

u32 sl_task_set_size(struct sl_device *dev)
{
	u32 size;

	sl_spin_lock(&dev->lock);
	size = (u32)(sl_load_relaxed(&dev->gate) & SL_GATE_COUNT) + dev->n_dormant;
	sl_spin_unlock(&dev->lock);
	return size;
}
