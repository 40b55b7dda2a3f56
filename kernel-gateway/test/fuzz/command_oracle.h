/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What an initiator may be told: judged for each command as the core answers it, from
 * its CDB, its logical unit and, if a handler answered, from what that one said.
 */
#ifndef SLUICE_FUZZ_COMMAND_ORACLE_H
#define SLUICE_FUZZ_COMMAND_ORACLE_H

#include "ring_world.h"

/* What the handler said of a command, before the core took it. */
struct said {
	bool answered;
	bool fault;			/* no status, or flags, or CHECK CONDITION without sense data */
	uint8_t status;
	uint32_t data_len;
	uint32_t sense_len;
	uint8_t sense[SLUICE_SENSE_MAX];
};

/* Of the task at that place in rw.tasks; forgotten when the task is used again. */
struct said *oracle_said(const struct rw_task *t);
/* For rw.judge: asserts. */
void oracle_judge(const struct rw_task *t);
/* LUN map as it was set, one bit each; REPORT LUNS must tell it. */
void oracle_mapped(uint32_t lun, bool mapped);
void oracle_reset(void);

#endif /* SLUICE_FUZZ_COMMAND_ORACLE_H */
