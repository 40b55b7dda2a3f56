/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Commands that the core answers itself. Under the nexus's lock; each fills in the result. */
#ifndef SLUICE_CORE_LOCAL_H
#define SLUICE_CORE_LOCAL_H

#include "nexus.h"

/* GOOD with `len` bytes at `data`, which stay, cut to the allocation length (SPC-5 4.2.5.6). */
void sl_local_answer(struct sl_cmd *cmd, u8 *data, u32 len, u32 allocation);
/* No logical unit of a device at that address, which is `lun` as sl_lun_decode() says. */
void sl_local_no_unit(struct sl_cmd *cmd, s32 lun);
/* A logical unit that no handler serves (yet, or any more). */
void sl_local_not_served(struct sl_cmd *cmd, const struct sl_device *dev);
void sl_local_report_luns(struct sl_cmd *cmd);
void sl_local_request_sense(struct sl_cmd *cmd);

#endif /* SLUICE_CORE_LOCAL_H */
