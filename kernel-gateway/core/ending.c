/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The ways in which a command ends. The first action decides the result, respond() follows. */
#include "aca.h"
#include "event.h"
#include "fault.h"
#include "nexus.h"
#include "sense.h"
#include "sense_format.h"
#include "service.h"
#include "session.h"

static void count(struct sl_cmd *cmd)
{
	struct sl_itl *itl = cmd->core.itl;

	if (!itl)
		return;
	itl->commands++;
	if (cmd->silent)
		return;
	itl->bytes_in += cmd->data_len;
	if (cmd->status == SL_STATUS_GOOD && cmd->core.data_out_len)
		itl->bytes_out += cmd->core.data_out_len;
	if (cmd->status == SL_STATUS_CHECK_CONDITION)
		itl->checks++;
}

enum sl_event sl_act_end(struct sl_cmd *cmd, struct sl_work *w)
{
	/* Before it leaves its task set, whose next command must not start then. */
	if (cmd->core.itl && (cmd->status != SL_STATUS_GOOD || cmd->core.passes_aca)) {
		sl_aca_command_ends(cmd, w);
		sl_fault_note(cmd, w);
	}
	if (cmd->core.in_set && !cmd->core.faults)
		sl_task_set_leave(cmd, w);
	if (cmd->core.has_tag)
		sl_queue_untag(cmd, w);
	sl_event_passed(cmd, w);
	if (sl_service_is(cmd, SL_SERVICE_IN_TURN))
		sl_turn_pass(cmd, w);
	if (!cmd->core.has_buffer && !cmd->core.luns && cmd->data_len == 0)
		cmd->data = NULL;
	count(cmd);
	sl_work_add(w, cmd, SL_TODO_RESPOND);
	return SL_EV_NONE;
}

static bool sense_ok(const struct sl_cmd *cmd)
{
	u8 code = cmd->sense[0] & 0x7f;

	return cmd->sense_len >= 2 && code >= 0x70 && code <= 0x73;
}

/* Sense data that came with GOOD stay, unless the core says something else. */
static void amend(struct sl_cmd *cmd, u32 moved)
{
	u8 sense_len = cmd->sense_len;

	cmd->core.service->amend(cmd, moved);
	if (cmd->status == SL_STATUS_GOOD)
		cmd->sense_len = sense_len;
}

/* The handler's answer, judged. */
enum sl_event sl_act_finish(struct sl_cmd *cmd, struct sl_work *w)
{
	u32 moved = cmd->core.comp_data_len;

	if (cmd->core.abort_kind != SL_ABORT_NONE && !cmd->core.storing)
		return sl_act_abort(cmd, w);
	if (cmd->core.comp_fault || (cmd->status == SL_STATUS_CHECK_CONDITION && !sense_ok(cmd))) {
		sl_fetch_add_relaxed(&w->gw->handler_faults, 1);
		sl_fetch_add_relaxed(&sl_binding_session(w->gw, cmd->core.binding)->faults, 1);
		sl_sense_check(cmd, SL_KEY_HARDWARE_ERROR, SL_ASC_INTERNAL_TARGET_FAILURE);
		return cmd->core.storing ? SL_EV_TURN : sl_act_end(cmd, w);
	}
	if (!sense_ok(cmd))
		cmd->sense_len = 0;
	else
		sl_sense_conform(cmd);
	if (cmd->core.storing)
		return SL_EV_TURN;
	if (cmd->status == SL_STATUS_GOOD && sl_service_is(cmd, SL_SERVICE_AMENDED)) {
		amend(cmd, sl_min(moved, cmd->core.need));
		return sl_act_end(cmd, w);
	}
	/* Beyond the buffer there is nothing to move; beyond expected_len it is an overflow. */
	if (moved <= cmd->expected_len)
		moved = sl_min(moved, cmd->buf_len);
	cmd->data_len = cmd->direction == SLUICE_DIR_IN ? sl_min(moved, cmd->buf_len) : 0;
	sl_residual(cmd, moved);
	return sl_act_end(cmd, w);
}

/* Aborted while its record was stored: the record counts, and so what it says; only nobody is told. */
enum sl_event sl_act_served(struct sl_cmd *cmd, struct sl_work *w)
{
	return cmd->core.abort_kind == SL_ABORT_NONE ? sl_act_end(cmd, w) : sl_act_abort(cmd, w);
}

enum sl_event sl_act_expire(struct sl_cmd *cmd, struct sl_work *w)
{
	sl_sense_check(cmd, SL_KEY_ABORTED_COMMAND,
		       cmd->core.handed_over ? SL_ASC_TIMEOUT_DURING_PROCESSING :
					       SL_ASC_TIMEOUT_BEFORE_PROCESSING);
	cmd->core.itl->timeouts++;
	if (cmd->core.handed_over && cmd->core.binding)
		sl_fetch_add_relaxed(&sl_binding_session(w->gw, cmd->core.binding)->timeouts, 1);
	return sl_act_end(cmd, w);
}

enum sl_event sl_act_abort(struct sl_cmd *cmd, struct sl_work *w)
{
	sl_status_only(cmd, SL_STATUS_TASK_ABORTED);
	cmd->silent = cmd->core.abort_kind != SL_ABORT_TASK_ABORTED || cmd->nexus->closing;
	cmd->core.itl->aborts++;
	if (cmd->core.handed_over && cmd->core.binding)
		sl_fetch_add_relaxed(&sl_binding_session(w->gw, cmd->core.binding)->aborts, 1);
	return sl_act_end(cmd, w);
}

/* Out of the task list: task management does not find it any more. */
enum sl_event sl_act_respond(struct sl_cmd *cmd, struct sl_work *w)
{
	if (cmd->core.in_set)
		sl_task_set_leave(cmd, w); /* after its fault has spread */
	if (cmd->core.itl) {
		sl_list_del(&cmd->core.task);
		cmd->core.itl->n_tasks--;
	}
	return SL_EV_NONE;
}

enum sl_event sl_act_release(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_nexus *n = cmd->nexus;

	if (cmd->core.has_buffer) {
		struct sl_session *s = sl_binding_session(n->gw, cmd->core.binding);

		cmd->core.has_buffer = 0;
		if (sl_buffer_put(s, cmd->core.pool_page, cmd->core.pool_order)) {
			/*
			 * Inside a respond() call the caller goes on with the work, or a chain
			 * of refusals would nest as deep as commands wait.
			 */
			if (n->n_endings > 0)
				n->deferred_grant = true;
			else
				w->grant = true;
		}
	}
	if (cmd->core.has_aside)
		sl_aside_drop(cmd);
	if (cmd->core.luns) {
		if (--cmd->core.luns->refs == 0)
			sl_free(cmd->core.luns);
		cmd->core.luns = NULL;
	}
	return SL_EV_NONE;
}
