/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Answers of handlers in which the core sets what it knows better: INQUIRY (standard
 * data, VPD pages 83h and 86h) and, of a read-only LUN, MODE SENSE. Under the nexus's lock.
 */
#ifndef SLUICE_CORE_AMEND_H
#define SLUICE_CORE_AMEND_H

#include "service.h"

bool sl_amends_inquiry(const struct sl_cmd *cmd);
u32 sl_amend_inquiry_need(const struct sl_cmd *cmd);
void sl_amend_inquiry(struct sl_cmd *cmd, u32 moved);

bool sl_amends_mode_sense(const struct sl_cmd *cmd);
void sl_amend_mode_sense(struct sl_cmd *cmd, u32 moved);

#endif /* SLUICE_CORE_AMEND_H */
