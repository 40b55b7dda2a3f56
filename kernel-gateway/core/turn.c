/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One service at a time on a device: what runs here reads or changes what all its
 * nexuses share (reservations, access states), takes locks in any order, and may wait
 * for the handler to store. The turn is a command's from SL_EV_TURN to its end.
 */
#include "service.h"

bool sl_turn_take(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;
	bool mine;

	sl_spin_lock(&dev->turn_lock);
	if (!dev->turn)
		dev->turn = cmd;
	mine = dev->turn == cmd;
	if (!mine) {
		cmd->core.deadline_ns = w->now_ns + sl_device_patience(dev);
		cmd->core.parked = 1;
		sl_list_add_tail(&dev->turn_waiting, &cmd->core.link);
		if (cmd->core.deadline_ns < dev->next_turn_ns) {
			sl_store_relaxed(&dev->next_turn_ns, cmd->core.deadline_ns);
			sl_device_due(dev, cmd->core.deadline_ns);
		}
		sl_work_deadline(w, cmd->core.deadline_ns);
	}
	sl_spin_unlock(&dev->turn_lock);
	return mine;
}

bool sl_turn_unpark(struct sl_cmd *cmd)
{
	struct sl_device *dev = cmd->core.itl->dev;
	bool mine;

	sl_spin_lock(&dev->turn_lock);
	mine = cmd->core.parked;
	if (mine) {
		sl_list_del(&cmd->core.link);
		cmd->core.parked = 0;
	}
	sl_spin_unlock(&dev->turn_lock);
	return mine;
}

void sl_turn_pass(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;
	struct sl_list *node;

	sl_spin_lock(&dev->turn_lock);
	if (dev->turn == cmd) {
		node = sl_list_pop(&dev->turn_waiting);
		dev->turn = node ? sl_entry(node, struct sl_cmd, core.link) : NULL;
		if (node) {
			dev->turn->core.parked = 0;
			sl_work_add_event(w, dev->turn, SL_EV_TURN);
		}
	}
	sl_spin_unlock(&dev->turn_lock);
}

void sl_turn_expire(struct sl_device *dev, struct sl_work *w, u64 *next_ns)
{
	u64 next = U64_MAX;

	if (sl_load_relaxed(&dev->next_turn_ns) > w->now_ns) {
		*next_ns = sl_min(*next_ns, sl_load_relaxed(&dev->next_turn_ns));
		return;
	}
	sl_spin_lock(&dev->turn_lock);
	sl_waiting_expire(&dev->turn_waiting, w, &next);
	sl_store_relaxed(&dev->next_turn_ns, next);
	sl_spin_unlock(&dev->turn_lock);
	*next_ns = sl_min(*next_ns, next);
}
