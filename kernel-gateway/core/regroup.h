/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Which group a nexus belongs to may change while it is logged in. Under gw->config. */
#ifndef SLUICE_CORE_REGROUP_H
#define SLUICE_CORE_REGROUP_H

#include "target.h"

/*
 * Looks at every nexus of the target again: who belongs to another group now sees its
 * LUNs, and hears 3F/0E if that makes a difference. Commands of a LUN that goes end by
 * themselves; whom no group admits sees none. 0 or -ENOMEM.
 */
int sl_target_regroup(struct sl_target *t, struct sl_work *w);

#endif /* SLUICE_CORE_REGROUP_H */
