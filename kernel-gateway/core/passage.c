/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The way of an admitted command to its handler: buffer, task set, Data-Out, tag. */
#include "nexus.h"
#include "event.h"
#include "reservation.h"
#include "sense.h"
#include "service.h"
#include "session.h"

enum sl_event sl_act_note(struct sl_cmd *cmd, struct sl_work *w)
{
	(void)cmd;
	(void)w;
	return SL_EV_NONE;
}

enum sl_event sl_act_buffer(struct sl_cmd *cmd, struct sl_work *w)
{
	cmd->core.stage = SL_STAGE_POOL;
	switch (sl_buffer_get(cmd, cmd->core.need)) {
	case 0:
		return SL_EV_BUFFER;
	case -EAGAIN:
		w->grant |= cmd->core.has_aside;
		sl_work_deadline(w, cmd->core.deadline_ns);
		return SL_EV_NONE;
	case -EBUSY:
		sl_status_only(cmd, SL_STATUS_BUSY);
		return SL_EV_REFUSE;
	default:
		return SL_EV_GONE;
	}
}

enum sl_event sl_act_enter(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_itl *itl = cmd->core.itl;

	if (cmd->core.in_set)
		return SL_EV_ENABLE; /* since before it was kept */
	cmd->core.stage = SL_STAGE_TASK_SET;
	switch (sl_task_set_enter(cmd, w)) {
	case SL_ENTER_ENABLED:
		return SL_EV_ENABLE;
	case SL_ENTER_DORMANT:
		return SL_EV_NONE;
	default:
		/* SAM-6 5.3.1: TASK SET FULL only if another command of this nexus will end and tell. */
		sl_status_only(cmd, itl->n_tasks > 1 ? SL_STATUS_TASK_SET_FULL : SL_STATUS_BUSY);
		return SL_EV_REFUSE;
	}
}

enum sl_event sl_act_start(struct sl_cmd *cmd, struct sl_work *w)
{
	(void)w;
	return cmd->direction == SLUICE_DIR_OUT && cmd->buf_len > 0 && !cmd->core.fetched ?
		       SL_EV_FETCH :
		       SL_EV_READY;
}

enum sl_event sl_act_fetched(struct sl_cmd *cmd, struct sl_work *w)
{
	if (cmd->core.data_out_len < cmd->buf_len) {
		/* The fabric lost part of it; a handler must not take the rest for data. */
		sl_sense_check(cmd, SL_KEY_ABORTED_COMMAND, SL_ASC_DATA_PHASE_ERROR);
		return SL_EV_REFUSE;
	}
	cmd->core.fetched = 1;
	return sl_act_tag(cmd, w);
}

static struct sl_queue *choose_queue(struct sl_session *s, const struct sl_cmd *cmd)
{
	u32 bound = sl_load_relaxed(&cmd->core.itl->dev->queue);
	u32 queues = sl_load_relaxed(&s->n_queues);

	return s->queues[(bound == SLUICE_QUEUE_ANY ? cmd->nexus->prefer_queue : bound) % queues];
}

/*
 * Its processing begins now, and it may have waited since it was let in: for another
 * nexus that took the reservation over (SPC-5 5.14.1). What a handler has seen has begun.
 */
static bool barred_meanwhile(struct sl_cmd *cmd)
{
	return cmd->core.itl->bars && !cmd->core.redelivered && !cmd->core.storing &&
	       sl_reservation_refuses(cmd);
}

static int announce(struct sl_session *s, struct sl_cmd *cmd, struct sl_work *w)
{
	int result;

	cmd->core.stage = SL_STAGE_ADMIN;
	result = sl_event_announce(s, cmd, w);
	if (result == 0)
		cmd->core.stage = SL_STAGE_QUEUE;
	return result;
}

enum sl_event sl_act_tag(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_nexus *n = cmd->nexus;
	struct sl_session *s = sl_binding_session(n->gw, cmd->core.binding);
	int result = -ENODEV;

	if (barred_meanwhile(cmd))
		return SL_EV_REFUSE;
	if (sl_service_is(cmd, SL_SERVICE_IN_TURN) && !cmd->core.storing)
		return SL_EV_SERVE;
	cmd->core.stage = SL_STAGE_QUEUE;
	cmd->core.deadline_ns = w->now_ns + sl_device_patience(cmd->core.itl->dev);
	if (sl_device_binding(cmd->core.itl->dev) == cmd->core.binding) {
		/* NEXUS_ADD is visible to the handler before the first command of that nexus. */
		if (sl_load_acquire(&s->nexuses[n->slot].known) == n->id &&
		    !sl_load_relaxed(&cmd->core.itl->dev->n_announcing))
			result = 0;
		else
			result = announce(s, cmd, w);
		if (result == 0) {
			result = sl_queue_hand_over(choose_queue(s, cmd), cmd, w);
			if (result != -ENODEV)
				sl_event_passed(cmd, w);
		}
	}
	if (result == -ENODEV)
		return SL_EV_GONE;
	return result == 0 ? SL_EV_HANDED : SL_EV_NONE;
}

/* With the tag that it got while parked. */
enum sl_event sl_act_hand_over(struct sl_cmd *cmd, struct sl_work *w)
{
	if (barred_meanwhile(cmd))
		return SL_EV_REFUSE;
	return sl_queue_hand_over(cmd->core.queue, cmd, w) == 0 ? SL_EV_NONE : SL_EV_GONE;
}

enum sl_event sl_act_unpark(struct sl_cmd *cmd, struct sl_work *w)
{
	bool mine = false;

	switch (cmd->core.stage) {
	case SL_STAGE_POOL:
		mine = sl_buffer_unpark(cmd);
		w->grant |= mine;
		break;
	case SL_STAGE_TASK_SET:
		mine = sl_task_set_unpark(cmd, w);
		break;
	case SL_STAGE_TURN:
		mine = sl_turn_unpark(cmd);
		break;
	case SL_STAGE_ADMIN:
		mine = sl_event_unpark(cmd, w);
		break;
	case SL_STAGE_QUEUE:
		mine = sl_queue_unpark(cmd);
		break;
	case SL_STAGE_KEPT:
		mine = sl_kept_unpark(cmd);
		break;
	}
	return mine ? SL_EV_UNPARKED : SL_EV_NONE;
}

enum sl_event sl_act_hasten(struct sl_cmd *cmd, struct sl_work *w)
{
	u64 deadline_ns = w->now_ns + w->gw->limits.abort_bound_ns;
	bool notify = cmd->core.abort && cmd->core.abort->function == SLUICE_TMF_ABORT_TASK;

	/* False: the answer was taken meanwhile, and COMPLETE is on its way. */
	if (sl_queue_hasten(cmd, deadline_ns, notify, w) && notify)
		sl_event_tag_owed(cmd->core.queue->session, w);
	return SL_EV_NONE;
}
