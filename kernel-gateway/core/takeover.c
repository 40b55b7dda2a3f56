/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What happens to a device's commands between one handler and the next (abi.h
 * section 4). The device is held: its commands stand in dev->kept, in the order in
 * which they will be handed over, and wait for a session that adds the device, or for
 * the end of the grace.
 *
 * The one that takes over is `joining` until the list is empty; only then it
 * becomes the device's `binding`, so that no new command overtakes a kept one.
 */
#include "local.h"
#include "event.h"
#include "sense.h"
#include "service.h"
#include "session.h"

/* A command that so many processes had in their hands at their end is what killed them, most likely. */
#define SL_DELIVERIES_MAX 5

#define SL_RANK_FRESH	  4U /* came while nobody served the device */

/* Order of hand-over: what has a sequence number by that, then by how far it had come. */
static u32 rank_of(const struct sl_cmd *cmd)
{
	if (cmd->core.sequence)
		return 0;
	switch (cmd->core.stage) {
	case SL_STAGE_QUEUE:
	case SL_STAGE_ADMIN:
		return 1;
	case SL_STAGE_TASK_SET:
		return 2;
	case SL_STAGE_POOL:
		return 3;
	case SL_STAGE_KEPT: /* again: nobody had served it meanwhile */
		return cmd->core.kept_rank;
	default:
		return SL_RANK_FRESH;
	}
}

/* Under kept_lock. Behind all that do not come after it: mostly the last. */
static void park(struct sl_device *dev, struct sl_cmd *cmd)
{
	struct sl_list *after = dev->kept.prev;

	cmd->core.stage = SL_STAGE_KEPT;
	while (after != &dev->kept) {
		const struct sl_cmd *other = sl_entry(after, struct sl_cmd, core.link);

		if (other->core.kept_rank < cmd->core.kept_rank ||
		    (other->core.kept_rank == cmd->core.kept_rank &&
		     other->core.sequence <= cmd->core.sequence))
			break;
		after = after->prev;
	}
	sl_list_add_tail(after->next, &cmd->core.link); /* before after's next */
	cmd->core.parked = 1;
	sl_store_relaxed(&dev->n_kept, dev->n_kept + 1);
	dev->kept_outside += !cmd->core.in_set;
}

/* Under kept_lock; the command stays the caller's. */
static void unpark(struct sl_device *dev, struct sl_cmd *cmd)
{
	sl_list_del(&cmd->core.link);
	cmd->core.parked = 0;
	sl_store_relaxed(&dev->n_kept, dev->n_kept - 1);
	dev->kept_outside -= !cmd->core.in_set;
}

/* The device's policy, as the handler that is gone had declared it; to store a record twice does no harm. False: the result is set. */
static bool worth_keeping(struct sl_cmd *cmd, struct sl_gateway *gw)
{
	u8 recovery = cmd->core.recovery;

	if (!cmd->core.binding)
		return true; /* it was with nobody */
	if (recovery == SLUICE_RECOVERY_FAIL ||
	    (cmd->core.seen && recovery == SLUICE_RECOVERY_REQUEUE && !cmd->core.storing)) {
		sl_sense_check(cmd, SL_KEY_ABORTED_COMMAND, SL_ASC_COMMUNICATION_FAILURE);
		return false;
	}
	if (cmd->core.seen) {
		cmd->core.redelivered = 1;
		if (++cmd->core.deliveries == SL_DELIVERIES_MAX) {
			sl_fetch_add_relaxed(&gw->handler_faults, 1);
			sl_sense_check(cmd, SL_KEY_HARDWARE_ERROR, SL_ASC_INTERNAL_TARGET_FAILURE);
			return false;
		}
	}
	cmd->core.seen = 0;
	return true;
}

/* The task set would have taken no more either. */
static bool full(struct sl_device *dev, u32 in_set)
{
	return in_set + dev->kept_outside >= sl_load_relaxed(&dev->task_set_limit);
}

/* NONE: parked; or on its way, for somebody serves it already. REFUSE: the result is set. */
static enum sl_event place(struct sl_cmd *cmd, struct sl_device *dev, struct sl_work *w)
{
	bool fresh = !cmd->core.binding;
	u32 in_set = fresh ? sl_task_set_size(cmd->core.set) : 0;
	enum sl_event next = SL_EV_REFUSE;
	u64 binding;

	sl_spin_lock(&dev->kept_lock);
	binding = sl_load_relaxed(&dev->binding);
	if (binding && binding != cmd->core.binding) {
		sl_work_add_event(w, cmd, SL_EV_RESUME);
		next = SL_EV_NONE;
	} else if (fresh && full(dev, in_set) && (dev->held_until_ns || dev->joining)) {
		/* SAM-6 5.3.1, as in sl_act_enter(). */
		sl_status_only(cmd, cmd->core.itl->n_tasks > 1 ? SL_STATUS_TASK_SET_FULL :
								 SL_STATUS_BUSY);
	} else if (binding || dev->held_until_ns || dev->joining) {
		/* With its own binding still there: the ring broke, and the session is about to end. */
		park(dev, cmd);
		next = SL_EV_NONE;
	} else if (fresh) {
		sl_local_not_served(cmd, dev);
	} else if (sl_load_relaxed(&dev->given_up)) {
		sl_sense_check(cmd, SL_KEY_NOT_READY, SL_ASC_MANUAL_INTERVENTION);
	} else {
		sl_sense_check(cmd, SL_KEY_ABORTED_COMMAND, SL_ASC_COMMUNICATION_FAILURE);
	}
	sl_spin_unlock(&dev->kept_lock);
	return next;
}

/* Data-Out that was fetched stays in the old pool until the next one is there; any other buffer goes. */
static void put_buffer_aside(struct sl_cmd *cmd, struct sl_work *w)
{
	if (!cmd->core.has_buffer)
		return;
	cmd->core.has_buffer = 0;
	if (cmd->core.fetched) {
		cmd->core.has_aside = 1;
		cmd->core.aside_page = cmd->core.pool_page;
		cmd->core.aside_order = cmd->core.pool_order;
		cmd->core.aside_binding = cmd->core.binding;
	} else if (sl_buffer_put(sl_binding_session(w->gw, cmd->core.binding), cmd->core.pool_page,
				 cmd->core.pool_order)) {
		w->grant = true;
	}
}

/* Nobody waits for room in it: its session is gone. */
void sl_aside_drop(struct sl_cmd *cmd)
{
	cmd->core.has_aside = 0;
	sl_buffer_put(sl_binding_session(cmd->nexus->gw, cmd->core.aside_binding),
		      cmd->core.aside_page, cmd->core.aside_order);
}

void sl_aside_copy(struct sl_cmd *cmd)
{
	const struct sl_session *from = sl_binding_session(cmd->nexus->gw, cmd->core.aside_binding);

	memcpy(cmd->data, from->pool_base + (u64)cmd->core.aside_page * SLUICE_PAGE,
	       cmd->core.data_out_len);
	sl_aside_drop(cmd);
}

enum sl_event sl_act_keep(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;

	if (cmd->core.has_tag)
		sl_queue_untag(cmd, w);
	sl_event_passed(cmd, w);
	if (!worth_keeping(cmd, w->gw))
		return SL_EV_REFUSE;
	cmd->core.kept_rank = (u8)rank_of(cmd);
	put_buffer_aside(cmd, w);
	/* Whoever takes it off the list waits for the nexus's lock, which is ours. */
	return place(cmd, dev, w);
}

bool sl_kept_unpark(struct sl_cmd *cmd)
{
	struct sl_device *dev = cmd->core.itl->dev;
	bool mine;

	sl_spin_lock(&dev->kept_lock);
	mine = cmd->core.parked;
	if (mine)
		unpark(dev, cmd);
	sl_spin_unlock(&dev->kept_lock);
	return mine;
}

/* ---- The grace ------------------------------------------------------------ */

/* Under kept_lock. */
static void expire_all(struct sl_device *dev, struct sl_work *w)
{
	while (!sl_list_empty(&dev->kept)) {
		struct sl_cmd *cmd = sl_entry(dev->kept.next, struct sl_cmd, core.link);

		unpark(dev, cmd);
		sl_work_add_event(w, cmd, SL_EV_EXPIRE);
	}
}

void sl_kept_hold(struct sl_device *dev, u64 until_ns, struct sl_work *w)
{
	sl_spin_lock(&dev->kept_lock);
	sl_store_release(&dev->binding, 0);
	sl_store_release(&dev->joining, 0);
	sl_store_relaxed(&dev->held_until_ns, until_ns);
	if (!until_ns)
		expire_all(dev, w);
	sl_spin_unlock(&dev->kept_lock);
	if (until_ns) {
		sl_device_due(dev, until_ns);
		sl_work_deadline(w, until_ns);
	}
}

void sl_kept_expire(struct sl_device *dev, struct sl_work *w, u64 *next_ns)
{
	u64 until_ns = sl_load_relaxed(&dev->held_until_ns);

	if (!until_ns)
		return;
	if (until_ns > w->now_ns) {
		*next_ns = sl_min(*next_ns, until_ns);
		return;
	}
	sl_spin_lock(&dev->kept_lock);
	/* A session may have begun to take over, or a later grace have begun, since we looked. */
	if (dev->held_until_ns && dev->held_until_ns <= w->now_ns) {
		sl_store_relaxed(&dev->held_until_ns, 0);
		sl_store_relaxed(&dev->given_up, 1);
		expire_all(dev, w);
	}
	sl_spin_unlock(&dev->kept_lock);
}

enum sl_event sl_act_give_up(struct sl_cmd *cmd, struct sl_work *w)
{
	sl_sense_check(cmd, SL_KEY_NOT_READY, SL_ASC_MANUAL_INTERVENTION);
	return sl_act_end(cmd, w);
}

/* ---- The next handler ------------------------------------------------------- */

bool sl_kept_join(struct sl_device *dev, u64 binding)
{
	bool held;

	sl_spin_lock(&dev->kept_lock);
	held = dev->held_until_ns != 0;
	sl_store_relaxed(&dev->held_until_ns, 0);
	sl_store_relaxed(&dev->given_up, 0);
	dev->held_reset &= held;
	sl_store_release(&dev->joining, binding);
	sl_spin_unlock(&dev->kept_lock);
	return held;
}

/* The next one to hand on; NULL: none is left, and the device is bound, or somebody else decides. */
static struct sl_cmd *next_kept(struct sl_session *s, struct sl_device *dev)
{
	u64 binding = sl_binding(s);
	struct sl_cmd *cmd = NULL;

	sl_spin_lock(&dev->kept_lock);
	if (dev->joining == binding && !sl_load_relaxed(&s->broken)) {
		if (!sl_list_empty(&dev->kept)) {
			cmd = sl_entry(dev->kept.next, struct sl_cmd, core.link);
			unpark(dev, cmd);
		} else {
			/*
			 * Pairs with the acquire in admit(): the profile before the binding.
			 * `joining` stays: who looks at both finds one of them.
			 */
			sl_store_release(&dev->binding, binding);
		}
	}
	sl_spin_unlock(&dev->kept_lock);
	return cmd;
}

void sl_kept_resume(struct sl_session *s, struct sl_device *dev, struct sl_work *w)
{
	struct sl_cmd *cmd;

	/* One at a time, each as far as it gets: so they come into the ring in this order. */
	while ((cmd = next_kept(s, dev))) {
		sl_work_add_event(w, cmd, SL_EV_RESUME);
		sl_work_run(w);
	}
}

/* Before the event, with no lock held: a copy may take milliseconds. */
void sl_kept_move(struct sl_cmd *cmd)
{
	u64 binding = sl_device_binding(cmd->core.itl->dev);

	if (cmd->core.has_aside && binding)
		sl_buffer_regain(cmd, binding);
}

enum sl_event sl_act_resume(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;

	cmd->core.resumed = 1;
	if (cmd->core.has_buffer)
		return SL_EV_BUFFER; /* from sl_kept_move() */
	cmd->core.binding = sl_device_binding(dev);
	if (!cmd->core.binding)
		return SL_EV_GONE; /* again */
	cmd->core.recovery = sl_load_relaxed(&dev->recovery);
	cmd->core.deadline_ns = w->now_ns + sl_device_patience(dev);
	if (cmd->core.kept_rank == SL_RANK_FRESH && cmd->direction != SLUICE_DIR_NONE)
		cmd->buf_len = sl_min(cmd->expected_len, sl_load_relaxed(&dev->max_transfer));
	if (cmd->core.kept_rank == SL_RANK_FRESH)
		cmd->core.need = sl_service_need(cmd);
	return sl_act_buffer(cmd, w);
}
