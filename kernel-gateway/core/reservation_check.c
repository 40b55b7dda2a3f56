/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The check of a command against the reservations, on arrival and again when it is
 * about to be processed (SPC-5 5.14.1). Only of an I_T_L nexus with bars.
 */
#include "reservation.h"
#include "sense.h"

/* SPC-5 5.14.5.2, and what recovers from the loss. */
static bool passes_loss(const struct sl_cmd *cmd)
{
	switch (cmd->cdb[0]) {
	case 0x03: /* REQUEST SENSE */
	case 0x12: /* INQUIRY */
	case 0x3b: /* WRITE BUFFER */
	case 0x3c: /* READ BUFFER(10) */
	case 0x4d: /* LOG SENSE */
	case 0x9b: /* READ BUFFER(16) */
	case 0xa0: /* REPORT LUNS */
		return true;
	case 0x1b:
		return (cmd->cdb[4] & 0xf1) == 0x01; /* START STOP UNIT */
	case SL_OP_PERSISTENT_RESERVE_OUT:
		return (cmd->cdb[1] & 0x1f) == 0x08; /* REPLACE LOST RESERVATION */
	case 0xa3:
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
