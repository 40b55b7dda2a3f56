/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a status other than GOOD does beyond its command: ACA, QErr, UA_INTLCK_CTRL (SPC-5 7.5.10). */
#ifndef SLUICE_CORE_FAULT_H
#define SLUICE_CORE_FAULT_H

#include "nexus.h"

/* The command ends with cmd->status; sets core.faults if others are to be aborted. Under the nexus's lock. */
void sl_fault_note(struct sl_cmd *cmd, struct sl_work *w);
/*
 * QErr: aborts them, before the CHECK CONDITION goes out. Until then the command stays in its
 * task set, so that none of them is enabled by its leaving. With no lock held.
 */
void sl_fault_spread(struct sl_cmd *cmd, struct sl_work *w);

#endif /* SLUICE_CORE_FAULT_H */
