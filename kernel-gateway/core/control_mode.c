/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "control_mode.h"
#include "aca.h"

bool sl_control_mode_ok(u32 mode)
{
	const u32 known = SLUICE_CONTROL_MODE_D_SENSE | SLUICE_CONTROL_MODE_TAS |
			  SLUICE_CONTROL_MODE_TMF_ONLY | SLUICE_CONTROL_MODE_TST |
			  SLUICE_CONTROL_MODE_QERR | SLUICE_CONTROL_MODE_UA_INTLCK;

	/* SPC-5 7.5.10: QERR 10b and UA_INTLCK_CTRL 01b are reserved, TST from 010b on. */
	return !(mode & ~known) && sl_tst(mode) <= SL_TST_EACH && sl_qerr(mode) != 2 &&
	       sl_ua_intlck(mode) != 1;
}

void sl_control_mode_set(struct sl_device *dev, u32 mode, struct sl_work *w)
{
	u32 before = sl_exchange_acq_rel(&dev->control_mode, mode);

	if (sl_tst(before) != sl_tst(mode))
		sl_aca_clear_all(dev, w);
}
