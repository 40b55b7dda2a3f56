/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * REPORT SUPPORTED OPERATION CODES (SPC-5 6.34): the handler's answer, merged with the
 * commands that the core serves (service.c); and REPORT SUPPORTED TASK MANAGEMENT
 * FUNCTIONS (6.35), which is all the core's.
 */
#ifndef SLUICE_CORE_OPERATION_CODES_H
#define SLUICE_CORE_OPERATION_CODES_H

#include "service.h"

u32 sl_operation_codes_need(const struct sl_cmd *cmd);
void sl_operation_codes_merge(struct sl_cmd *cmd, u32 moved);
void sl_report_task_management_functions(struct sl_cmd *cmd);

#endif /* SLUICE_CORE_OPERATION_CODES_H */
