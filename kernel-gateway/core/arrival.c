/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What happens to a command on arrival, in the order of SAM-6 and SPC-5: the
 * logical unit, ACA, Unit Attentions, what the core answers itself, and
 * the way to the handler. All under the nexus's lock.
 */
#include "aca.h"
#include "access_state.h"
#include "control_mode.h"
#include "facts.h"
#include "local.h"
#include "opcode.h"
#include "reservation.h"
#include "sense.h"
#include "service.h"
#include "session.h"

/* SPC-5 5.14 (SAM-6 5.14.1): these are processed with a Unit Attention pending. */
static bool passes_unit_attention(const struct sl_cmd *cmd)
{
	return cmd->cdb[0] == SL_OP_INQUIRY || cmd->cdb[0] == SL_OP_REPORT_LUNS ||
	       cmd->cdb[0] == SL_OP_REQUEST_SENSE;
}

static void reset_result(struct sl_cmd *cmd)
{
	struct sl_cmd_core *c = &cmd->core;

	cmd->data = NULL;
	cmd->buf_len = 0;
	cmd->silent = 0;
	c->parked = 0;
	c->in_set = 0;
	c->has_buffer = 0;
	c->has_aside = 0;
	c->storing = 0;
	c->announced = 0;
	c->preempted = 0;
	c->passes_aca = 0;
	c->faults = 0;
	c->need = 0;
	c->service = NULL;
	c->facts = NULL;
	c->fetched = 0;
	c->seen = 0;
	c->redelivered = 0;
	c->deliveries = 0;
	c->resumed = 0;
	c->sequence = 0;
	c->has_tag = 0;
	c->handed_over = 0;
	c->abort_kind = SL_ABORT_NONE;
	c->stage = SL_STAGE_NONE;
	c->pool_page = 0;
	c->data_out_len = 0;
	c->itl = NULL;
	c->queue = NULL;
	c->abort = NULL;
	c->luns = NULL;
	sl_status_only(cmd, SL_STATUS_GOOD);
}

static enum sl_event admit(struct sl_cmd *cmd, struct sl_device *dev, struct sl_work *w)
{
	cmd->core.binding = sl_load_acquire(&dev->binding);
	if (!cmd->core.binding)
		return SL_EV_GONE;
	cmd->core.recovery = sl_load_relaxed(&dev->recovery);
	cmd->core.deadline_ns = w->now_ns + sl_device_patience(dev);
	if (cmd->direction != SLUICE_DIR_NONE)
		cmd->buf_len = sl_min(cmd->expected_len, sl_load_relaxed(&dev->max_transfer));
	cmd->core.need = sl_service_need(cmd);
	return SL_EV_ADMIT;
}

/* ---- What may refuse it, in the order in which they are asked (SAM-6 5.3.3) ------------ */

static bool refused_by_aca(struct sl_cmd *cmd)
{
	/* Mostly there is none, and nobody supposes one. */
	return (sl_load_acquire(&cmd->core.set->faulted) || cmd->attribute == SLUICE_ATTR_ACA) &&
	       sl_aca_refuses(cmd);
}

static bool refused_by_reservation(struct sl_cmd *cmd)
{
	return cmd->core.itl->bars && sl_reservation_refuses(cmd);
}

static void report_unit_attention(struct sl_cmd *cmd)
{
	struct sl_itl *itl = cmd->core.itl;
	struct sl_ua ua = itl->ua[0];

	/* SPC-5 7.5.10: otherwise only REQUEST SENSE clears it. */
	if (sl_ua_intlck(sl_control_mode(itl->dev)) == SL_UA_INTLCK_CLEAR)
		sl_ua_take(itl, &ua);
	sl_sense_check(cmd, SL_KEY_UNIT_ATTENTION, (u16)(ua.asc << 8 | ua.ascq));
}

static bool refused_by_unit_attention(struct sl_cmd *cmd)
{
	if (cmd->core.itl->n_ua == 0 || passes_unit_attention(cmd))
		return false;
	report_unit_attention(cmd);
	return true;
}

/* Of resets an initiator hears before it hears of a reservation (SAM-6 5.3.3). */
static bool refused_by_reset(struct sl_cmd *cmd)
{
	const struct sl_itl *itl = cmd->core.itl;

	return itl->n_ua && sl_ua_tells_of_reset(&itl->ua[0]) && refused_by_unit_attention(cmd);
}

static bool refused_by_read_only(struct sl_cmd *cmd)
{
	if (!cmd->core.itl->read_only || !cmd->core.facts->writes)
		return false;
	sl_sense_check(cmd, SL_KEY_DATA_PROTECT, SL_ASC_WRITE_PROTECTED);
	return true;
}

static bool (*const refusals[])(struct sl_cmd *cmd) = {
	refused_by_aca,	   refused_by_reset,	 refused_by_reservation, refused_by_unit_attention,
	sl_access_refuses, refused_by_read_only,
};

/* With an I_T_L nexus. */
static enum sl_event check_unit(struct sl_cmd *cmd, struct sl_work *w)
{
	cmd->core.facts = sl_facts_of(cmd, sl_load_relaxed(&cmd->core.itl->dev->peripheral_type));
	for (u32 i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (refusals[i](cmd))
			return SL_EV_REFUSE;
	}
	cmd->core.service = sl_service_of(cmd);
	if (cmd->core.service && cmd->core.service->kind == SL_SERVICE_AT_ONCE) {
		cmd->core.service->at_once(cmd);
		return SL_EV_REFUSE;
	}
	return admit(cmd, cmd->core.itl->dev, w);
}

enum sl_event sl_act_check(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_nexus *n = cmd->nexus;
	s32 lun = sl_lun_decode(cmd->lun);
	struct sl_itl *itl = lun < 0 ? NULL : sl_nexus_itl(n, (u32)lun);

	reset_result(cmd);
	sl_list_init(&cmd->core.link);
	sl_list_init(&cmd->core.task);
	for (u32 i = cmd->cdb_len; i < SLUICE_CDB_INLINE; i++)
		cmd->cdb[i] = 0;
	sl_store_relaxed(&n->commands, n->commands + 1); /* others look at it without the lock */
	cmd->core.arrival = n->commands;
	cmd->core.arrived_ns = w->now_ns;
	n->live++;
	if (n->closing) {
		cmd->silent = 1;
		return SL_EV_REFUSE;
	}
	if (!itl) {
		sl_local_no_unit(cmd, lun);
		return SL_EV_REFUSE;
	}
	cmd->core.itl = itl;
	cmd->core.set = sl_task_set_of(itl);
	itl->refs++;
	sl_list_add_tail(&itl->tasks, &cmd->core.task);
	itl->n_tasks++;
	return check_unit(cmd, w);
}
