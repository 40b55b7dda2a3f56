/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The Control mode page as far as the core acts on it (SPC-5 7.5.10): the fields of SLUICE_CONTROL_MODE_*. */
#ifndef SLUICE_CORE_CONTROL_MODE_H
#define SLUICE_CORE_CONTROL_MODE_H

#include "device.h"

/* Values of the fields, as in the page. */
#define SL_TST_ONE		0U	/* one task set for all I_T nexuses */
#define SL_TST_EACH		1U	/* one for each I_T nexus */
#define SL_QERR_NONE		0U	/* a CHECK CONDITION leaves the other commands alone */
#define SL_QERR_ALL		1U	/* it aborts all of its task set */
#define SL_QERR_OWN		3U	/* it aborts those of its I_T nexus */
#define SL_UA_INTLCK_CLEAR	0U	/* a Unit Attention is cleared when it is reported */
#define SL_UA_INTLCK_KEEP	2U	/* only by REQUEST SENSE */
#define SL_UA_INTLCK_ESTABLISH	3U	/* as KEEP, and BUSY, TASK SET FULL, RESERVATION CONFLICT establish one */

static inline u32 sl_control_mode(const struct sl_device *dev)
{
	return sl_load_relaxed(&dev->control_mode);
}

static inline u32 sl_tst(u32 mode)
{
	return (mode & SLUICE_CONTROL_MODE_TST) >> SLUICE_CONTROL_MODE_TST_SHIFT;
}

static inline u32 sl_qerr(u32 mode)
{
	return (mode & SLUICE_CONTROL_MODE_QERR) >> SLUICE_CONTROL_MODE_QERR_SHIFT;
}

static inline u32 sl_ua_intlck(u32 mode)
{
	return (mode & SLUICE_CONTROL_MODE_UA_INTLCK) >> SLUICE_CONTROL_MODE_UA_INTLCK_SHIFT;
}

/* False: bits or values that this gateway does not know. */
bool sl_control_mode_ok(u32 mode);
/*
 * From now on. When TST changes, commands stay in the task set in which they are, and
 * ACA conditions end, for the task sets that they hold up are used no more. With at most
 * the request_lock held.
 */
void sl_control_mode_set(struct sl_device *dev, u32 mode, struct sl_work *w);

#endif /* SLUICE_CORE_CONTROL_MODE_H */
