/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef SLUICE_CORE_LUN_MAP_H
#define SLUICE_CORE_LUN_MAP_H

#include "target.h"

/* Gives the nexus one LUN (and announces it to the device's handler). Under gw->config. 0 or -ENOMEM. */
int sl_nexus_map(struct sl_nexus *n, const struct sl_lun_entry *e, u16 asc, struct sl_work *w);
/* Takes it away; its commands end by themselves. Under gw->config. */
void sl_nexus_unmap(struct sl_nexus *n, u32 lun, struct sl_work *w);
/* Sets whether it may be written through the LUN, and says 2A/01. Under gw->config. */
void sl_nexus_protect(struct sl_nexus *n, u32 lun, bool read_only);
/* 3F/0E on every logical unit of the nexus. Under gw->config. */
void sl_nexus_luns_changed(struct sl_nexus *n);
/* Makes the parameter data of REPORT LUNS anew. Under gw->config. 0 or -ENOMEM. */
int sl_nexus_list_luns(struct sl_nexus *n);

#endif /* SLUICE_CORE_LUN_MAP_H */
