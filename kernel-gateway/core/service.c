/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "service.h"

#include "access_state.h"
#include "amend.h"
#include "facts.h"
#include "local.h"
#include "opcode.h"
#include "operation_codes.h"
#include "preemption.h"
#include "reservation.h"
#include "sense.h"

/* The table is aligned by hand: opcode, service action, kind, its own columns, CDB usage data. */
/* clang-format off */

#define OWN(length, ...)	.cdb_len = (length), .usage = { __VA_ARGS__ }
#define PR_IN(action) \
	{ SL_OP_PERSISTENT_RESERVE_IN, action, SL_SERVICE_IN_TURN, .in_turn = sl_reservation_in, \
	  OWN(10, 0x5e, action, 0, 0, 0, 0, 0, 0xff, 0xff, 0x04) }
#define PR_OUT(action, scope_and_type) \
	{ SL_OP_PERSISTENT_RESERVE_OUT, action, SL_SERVICE_IN_TURN, .need = sl_reservation_out_need, .in_turn = sl_reservation_out, \
	  OWN(10, 0x5f, action, scope_and_type, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x04) }
#define LEGACY(opcode, length, ...) \
	{ opcode, SL_ANY_ACTION, SL_SERVICE_IN_TURN, .in_turn = sl_reservation_legacy, \
	  OWN(length, opcode, __VA_ARGS__) }

/* A service action's own row comes before the row for the others of its opcode. */
const struct sl_service sl_services[] = {
	{ SL_OP_REQUEST_SENSE, SL_ANY_ACTION, SL_SERVICE_AT_ONCE, .at_once = sl_local_request_sense,
	  OWN(6, 0x03, 0x01, 0, 0, 0xff, 0x04) },
	{ SL_OP_INQUIRY, SL_ANY_ACTION, SL_SERVICE_AMENDED, .applies = sl_amends_inquiry, .need = sl_amend_inquiry_need,
	  .amend = sl_amend_inquiry, .allocation_at = 3, .allocation_bytes = 2 },
	LEGACY(SL_OP_RESERVE_6, 6, 0, 0, 0, 0, 0x04),
	LEGACY(SL_OP_RELEASE_6, 6, 0, 0, 0, 0, 0x04),
	{ SL_OP_MODE_SENSE_6, SL_ANY_ACTION, SL_SERVICE_AMENDED, .applies = sl_amends_mode_sense, .amend = sl_amend_mode_sense },
	LEGACY(SL_OP_RESERVE_10, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0x04),
	LEGACY(SL_OP_RELEASE_10, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0x04),
	{ SL_OP_MODE_SENSE_10, SL_ANY_ACTION, SL_SERVICE_AMENDED, .applies = sl_amends_mode_sense, .amend = sl_amend_mode_sense },
	PR_IN(0), PR_IN(1), PR_IN(2), PR_IN(3),
	{ SL_OP_PERSISTENT_RESERVE_IN, SL_ANY_ACTION, SL_SERVICE_IN_TURN, .in_turn = sl_reservation_in },
	PR_OUT(0, 0), PR_OUT(1, 0xff), PR_OUT(2, 0xff), PR_OUT(3, 0), PR_OUT(4, 0xff), PR_OUT(5, 0xff), PR_OUT(6, 0),
	PR_OUT(7, 0xff), PR_OUT(8, 0xff),
	{ SL_OP_PERSISTENT_RESERVE_OUT, SL_ANY_ACTION, SL_SERVICE_IN_TURN, .need = sl_reservation_out_need,
	  .in_turn = sl_reservation_out },
	{ SL_OP_REPORT_LUNS, SL_ANY_ACTION, SL_SERVICE_AT_ONCE, .at_once = sl_local_report_luns,
	  OWN(12, 0xa0, 0, 0xff, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0x04) },
	{ SL_OP_MAINTENANCE_IN, 0x0a, SL_SERVICE_IN_TURN, .need = sl_report_target_port_groups_need,
	  .in_turn = sl_report_target_port_groups,
	  OWN(12, 0xa3, 0xea, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0x04) },
	{ SL_OP_MAINTENANCE_IN, 0x0c, SL_SERVICE_AMENDED, .need = sl_operation_codes_need, .amend = sl_operation_codes_merge,
	  .allocation_at = 6, .allocation_bytes = 4 },
	{ SL_OP_MAINTENANCE_IN, 0x0d, SL_SERVICE_AT_ONCE, .at_once = sl_report_task_management_functions,
	  OWN(12, 0xa3, 0x0d, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0x04) },
	{ SL_OP_MAINTENANCE_OUT, 0x0a, SL_SERVICE_IN_TURN, .applies = sl_access_is_explicit, .in_turn = sl_set_target_port_groups,
	  OWN(12, 0xa4, 0x0a, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0x04) },
};

/* clang-format on */

const u32 sl_n_services = sizeof(sl_services) / sizeof(sl_services[0]);

/* Most commands are none of ours: READ and WRITE pay for one look. */
static bool has_row(u8 opcode)
{
	switch (opcode) {
	case SL_OP_RESERVE_6:
	case SL_OP_RELEASE_6:
	case SL_OP_RESERVE_10:
	case SL_OP_RELEASE_10:
	case SL_OP_PERSISTENT_RESERVE_IN:
	case SL_OP_PERSISTENT_RESERVE_OUT:
	case SL_OP_REQUEST_SENSE:
	case SL_OP_INQUIRY:
	case SL_OP_MODE_SENSE_6:
	case SL_OP_MODE_SENSE_10:
	case SL_OP_REPORT_LUNS:
	case SL_OP_MAINTENANCE_IN:
	case SL_OP_MAINTENANCE_OUT:
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
	for (u32 i = 0; i < sl_n_services; i++) {
		const struct sl_service *s = &sl_services[i];

		if (s->opcode == cmd->cdb[0] && (s->action == SL_ANY_ACTION || s->action == action))
			return !s->applies || s->applies(cmd) ? s : NULL;
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
		cmd->core.fetched = 1; /* it is kept, if its handler dies (takeover.c) */
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
