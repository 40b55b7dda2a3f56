/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "fault.h"
#include "aca.h"
#include "control_mode.h"
#include "event.h"
#include "sense.h"
#include "session.h"
#include "task_management.h"

/* SPC-5 7.5.10, UA_INTLCK_CTRL 11b. */
static void establish(struct sl_itl *itl, u16 asc)
{
	if (sl_ua_intlck(sl_control_mode(itl->dev)) == SL_UA_INTLCK_ESTABLISH)
		sl_ua_add(itl, (u8)(asc >> 8), (u8)asc);
}

void sl_fault_note(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_itl *itl = cmd->core.itl;

	if (cmd->silent)
		return;
	switch (cmd->status) {
	case SL_STATUS_CHECK_CONDITION:
		cmd->core.faults = sl_qerr(sl_control_mode(itl->dev)) != SL_QERR_NONE;
		break;
	case SL_STATUS_BUSY:
		establish(itl, SL_ASC_PREVIOUS_BUSY);
		break;
	case SL_STATUS_TASK_SET_FULL:
		establish(itl, SL_ASC_PREVIOUS_TASK_SET_FULL);
		break;
	case SL_STATUS_RESERVATION_CONFLICT:
		establish(itl, SL_ASC_PREVIOUS_CONFLICT);
		break;
	default:
		break;
	}
}

/* Under the lock of the I_T_L's nexus. */
static bool abort_others(struct sl_itl *itl, const struct sl_cmd *but, enum sl_abort_kind kind,
			 struct sl_work *w)
{
	struct sl_list *pos, *tmp;
	bool any = false;

	sl_list_for_each_safe(pos, tmp, &itl->tasks) {
		struct sl_cmd *cmd = sl_entry(pos, struct sl_cmd, core.task);

		if (cmd == but || cmd->core.state == SL_ENDING)
			continue;
		any |= sl_cmd_abort(cmd, kind, w);
	}
	return any;
}

static void abort_all(struct sl_cmd *cmd, bool tas, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;
	struct sl_list *pos;

	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);
		bool own = itl->nexus == cmd->nexus;

		sl_spin_lock(&itl->nexus->lock);
		if (abort_others(itl, cmd, own || !tas ? SL_ABORT_SILENT : SL_ABORT_TASK_ABORTED,
				 w) &&
		    !own && !tas)
			sl_ua_add(itl, SL_ASC_COMMANDS_CLEARED >> 8,
				  SL_ASC_COMMANDS_CLEARED & 0xff);
		sl_spin_unlock(&itl->nexus->lock);
	}
	sl_spin_unlock(&dev->itl_lock);
}

void sl_fault_spread(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_itl *itl = cmd->core.itl;
	u32 mode = sl_control_mode(itl->dev);
	bool all = sl_qerr(mode) == SL_QERR_ALL && sl_tst(mode) == SL_TST_ONE;

	cmd->core.faults = 0;
	if (all) {
		abort_all(cmd, mode & SLUICE_CONTROL_MODE_TAS, w);
	} else {
		sl_spin_lock(&cmd->nexus->lock);
		abort_others(itl, cmd, SL_ABORT_SILENT, w);
		sl_spin_unlock(&cmd->nexus->lock);
	}
	/* A hint for the handler, as after the function that would do the same. */
	sl_event_device(itl->dev, all ? SLUICE_TMF_CLEAR_TASK_SET : SLUICE_TMF_ABORT_TASK_SET,
			cmd->nexus->id, w);
}
