/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The check of a command against the reservations, on arrival and again when it is
 * about to be processed (SPC-5 5.14.1). Only of an I_T_L nexus with bars.
 */
#include "opcode.h"
#include "reservation.h"
#include "sense.h"

/* SPC-5 5.14.5.2, and what recovers from the loss. */
static bool passes_loss(const struct sl_cmd *cmd)
{
	switch (cmd->cdb[0]) {
	case SL_OP_REQUEST_SENSE:
	case SL_OP_INQUIRY:
	case SL_OP_WRITE_BUFFER:
	case SL_OP_READ_BUFFER_10:
	case SL_OP_LOG_SENSE:
	case SL_OP_READ_BUFFER_16:
	case SL_OP_REPORT_LUNS:
		return true;
	case SL_OP_START_STOP_UNIT:
		return (cmd->cdb[4] & 0xf1) == 0x01; /* START STOP UNIT */
	case SL_OP_PERSISTENT_RESERVE_OUT:
		return (cmd->cdb[1] & 0x1f) == 0x08; /* REPLACE LOST RESERVATION */
	case SL_OP_MAINTENANCE_IN:
		return (cmd->cdb[1] & 0x1f) == 0x0a; /* REPORT TARGET PORT GROUPS */
	default:
		return false;
	}
}

bool sl_reservation_refuses(struct sl_cmd *cmd)
{
	const struct sl_itl *itl = cmd->core.itl;
	enum sl_bar bar;

	if (itl->bars & 1U << SL_BAR_LOST) {
		if (passes_loss(cmd))
			return false;
		sl_sense_check(cmd, SL_KEY_DATA_PROTECT, SL_ASC_RESERVATION_LOST);
		return true;
	}
	bar = sl_bar_of(cmd, sl_load_relaxed(&itl->dev->peripheral_type));
	/* PERSISTENT RESERVE OUT is barred as such, too. */
	if (bar == SL_BAR_NOTHING || !(itl->bars & 1U << bar))
		return false;
	sl_status_only(cmd, SL_STATUS_RESERVATION_CONFLICT);
	return true;
}
