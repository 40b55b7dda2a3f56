/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "facts.h"
#include "local.h"
#include "preemption.h"
#include "sense.h"
#include "service.h"

static const struct sl_service services[] = {
	{ SL_OP_REQUEST_SENSE, SL_ANY_ACTION, SL_SERVICE_AT_ONCE,
	  .at_once = sl_local_request_sense },
	{ SL_OP_REPORT_LUNS, SL_ANY_ACTION, SL_SERVICE_AT_ONCE, .at_once = sl_local_report_luns },
};

/* Most commands are none of ours: one bit for each opcode that some row has. */
static bool has_row(u8 opcode)
{
	switch (opcode) {
	case SL_OP_REQUEST_SENSE:
	case SL_OP_REPORT_LUNS:
		return true;
	default:
		return false;
	}
}

const struct sl_service *sl_service_of(const struct sl_cmd *cmd)
{
	u8 action;

	if (!has_row(cmd->cdb[0]))
		return NULL;
	action = sl_service_action(cmd);
	for (u32 i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (services[i].opcode == cmd->cdb[0] &&
		    (services[i].action == SL_ANY_ACTION || services[i].action == action))
			return &services[i];
	}
	return NULL;
}

u32 sl_service_need(const struct sl_cmd *cmd)
{
	const struct sl_service *service = cmd->core.service;
	u32 need = service && service->need ? service->need(cmd) : 0;

	return sl_max(need, cmd->buf_len);
}

void sl_service_describe(const struct sl_cmd *cmd, struct sluice_desc *d)
{
	const struct sl_service *service = cmd->core.service;

	d->buf_len = cmd->core.storing ? cmd->core.data_out_len : cmd->core.need;
	d->expected_len = d->buf_len;
	if (cmd->core.storing) {
		d->flags |= SLUICE_DESC_STORE;
		d->direction = SLUICE_DIR_OUT;
		return;
	}
	for (u32 i = 0; i < service->allocation_bytes; i++)
		d->cdb[service->allocation_at + i] =
			(u8)(d->buf_len >> 8 * (service->allocation_bytes - 1 - i));
}

void sl_service_answer(struct sl_cmd *cmd, u32 len, u32 allocation)
{
	u32 moved = sl_min(len, allocation);

	sl_status_only(cmd, SL_STATUS_GOOD);
	sl_residual(cmd, moved);
	cmd->data_len = cmd->direction == SLUICE_DIR_IN ? sl_min(moved, cmd->buf_len) : 0;
}

enum sl_event sl_service_run(struct sl_cmd *cmd, struct sl_work *w)
{
	bool stored = cmd->core.storing;

	cmd->core.storing = 0;
	switch (cmd->core.service->in_turn(cmd, stored, w)) {
	case SL_SERVED_STORE:
		cmd->core.storing = 1;
		return SL_EV_STORE;
	case SL_SERVED_PREEMPTING:
		sl_preempt_put(cmd->core.itl->dev, w);
		return SL_EV_NONE;
	default:
		return SL_EV_SERVED;
	}
}

enum sl_event sl_act_turn(struct sl_cmd *cmd, struct sl_work *w)
{
	cmd->core.stage = SL_STAGE_TURN;
	return sl_turn_take(cmd, w) ? SL_EV_TURN : SL_EV_NONE;
}

enum sl_event sl_act_serve(struct sl_cmd *cmd, struct sl_work *w)
{
	sl_work_add(w, cmd, SL_TODO_SERVE);
	return SL_EV_NONE;
}
