/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef SLUICE_CORE_TASK_MANAGEMENT_H
#define SLUICE_CORE_TASK_MANAGEMENT_H

#include "nexus.h"

/* Starts `tmf` (also a nexus's own, at its end); the caller gives the start's own count back with sl_tmf_put(). */
void sl_tmf_start(struct sl_tmf *tmf, struct sl_work *w);
/* One thing less that it waits for; the last one answers. With no lock held. */
void sl_tmf_put(struct sl_tmf *tmf, struct sl_work *w);
/* Aborts all commands of the nexus without a response. */
void sl_tmf_abort_nexus(struct sl_tmf *tmf, struct sl_nexus *n, struct sl_work *w);
/* Tells a command to end as `kind` says, unless it was told before, or its result stands: then false. Under its nexus's lock. */
bool sl_cmd_abort(struct sl_cmd *cmd, enum sl_abort_kind kind, struct sl_work *w);

/* Functions that are performed, 1 << enum sluice_tmf: REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS tells them. */
#define SL_TMF_SUPPORTED (((2U << SLUICE_TMF_QUERY_ASYNC_EVENT) - 1) & ~1U)

#endif /* SLUICE_CORE_TASK_MANAGEMENT_H */
