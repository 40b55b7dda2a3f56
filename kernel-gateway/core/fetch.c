/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The fetch of Data-Out, and its deadline. An initiator that never sends what it
 * was asked for may keep its session alive for ever; the buffer is not its to keep.
 *
 * Each device has a bound on the earliest of these deadlines. All are as long, so
 * it is moved only by the first fetch after a look, and most fetches only read it.
 */
#include "nexus.h"

enum sl_event sl_act_fetch(struct sl_cmd *cmd, struct sl_work *w)
{
	sl_work_add(w, cmd, SL_TODO_FETCH);
	return SL_EV_NONE;
}

enum sl_event sl_act_cancel(struct sl_cmd *cmd, struct sl_work *w)
{
	sl_work_add(w, cmd, SL_TODO_CANCEL);
	return SL_EV_NONE;
}

static void bound(struct sl_device *dev, u64 deadline_ns)
{
	u64 bound_ns = sl_load_relaxed(&dev->next_fetch_ns);

	while (deadline_ns < bound_ns) {
		if (sl_cas_acq_rel(&dev->next_fetch_ns, &bound_ns, deadline_ns)) {
			sl_device_due(dev, deadline_ns);
			return;
		}
	}
}

/* The fabric was asked and has not answered. */
enum sl_event sl_act_await(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;

	cmd->core.deadline_ns = w->now_ns + sl_device_patience(dev);
	bound(dev, cmd->core.deadline_ns);
	sl_work_deadline(w, cmd->core.deadline_ns);
	return SL_EV_NONE;
}

static void expire_tasks(struct sl_itl *itl, struct sl_work *w, u64 *next_ns)
{
	struct sl_list *pos, *tmp;

	sl_list_for_each_safe(pos, tmp, &itl->tasks) {
		struct sl_cmd *cmd = sl_entry(pos, struct sl_cmd, core.task);

		if (cmd->core.state != SL_FETCH)
			continue;
		if (cmd->core.deadline_ns <= w->now_ns)
			sl_cmd_event(cmd, SL_EV_EXPIRE, w);
		else
			*next_ns = sl_min(*next_ns, cmd->core.deadline_ns);
	}
}

void sl_fetch_expire(struct sl_device *dev, struct sl_work *w, u64 *next_ns)
{
	u64 next = sl_load_relaxed(&dev->next_fetch_ns);
	struct sl_list *pos;

	if (next <= w->now_ns) {
		/*
		 * Before the look. Who read the old bound did so under a nexus's lock that
		 * we are still to take, and is found; who comes after lowers this one.
		 */
		sl_exchange_acq_rel(&dev->next_fetch_ns, U64_MAX);
		next = U64_MAX;
		sl_spin_lock(&dev->itl_lock);
		sl_list_for_each(pos, &dev->itls) {
			struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);

			sl_spin_lock(&itl->nexus->lock);
			expire_tasks(itl, w, &next);
			sl_spin_unlock(&itl->nexus->lock);
		}
		sl_spin_unlock(&dev->itl_lock);
		bound(dev, next);
	}
	*next_ns = sl_min(*next_ns, next);
}
