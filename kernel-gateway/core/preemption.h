/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A service that aborts the commands of other I_T_L nexuses and waits for their end
 * (PERSISTENT RESERVE OUT, PREEMPT AND ABORT: SPC-5 5.14.11.2.6).
 *
 * It is no task management function: a function may wait for the service's own command,
 * so the service must never wait for a function. Whoever runs in turn is alone on its
 * device, so one count there is enough, and each command knows by one flag that it is
 * counted; that leaves its core.abort to the functions. What is counted ends by itself
 * within the abort bound.
 */
#ifndef SLUICE_CORE_PREEMPTION_H
#define SLUICE_CORE_PREEMPTION_H

#include "nexus.h"

/* Begins it; the service that `cmd` runs then returns SL_SERVED_PREEMPTING. With no lock held. */
void sl_preempt_begin(struct sl_cmd *cmd);
/*
 * Aborts all commands of the I_T_L nexus but `cmd` itself, and ends its ACA
 * condition. Those of another I_T nexus end TASK ABORTED, or without a response and with COMMANDS CLEARED BY ANOTHER INITIATOR
 * 2F/00 if TAS is 0 (SAM-6 5.6). Under dev->itl_lock and the nexus's lock.
 */
void sl_preempt(struct sl_cmd *cmd, struct sl_itl *itl, struct sl_work *w);
/* One command less to wait for; the last one lets the service answer. With no lock held. */
void sl_preempt_put(struct sl_device *dev, struct sl_work *w);

#endif /* SLUICE_CORE_PREEMPTION_H */
