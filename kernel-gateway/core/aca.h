/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Auto contingent allegiance (SAM-6 5.10). A command with NACA=1 that ends CHECK CONDITION
 * holds up its task set until the initiator of that nexus, the faulted one, clears it.
 * Which commands are let in meanwhile is a table. Those that were enabled before run on:
 * what a handler has been given cannot be called back.
 */
#ifndef SLUICE_CORE_ACA_H
#define SLUICE_CORE_ACA_H

#include "nexus.h"

/* The condition as a command finds it. */
enum sl_aca_condition {
	SL_ACA_NONE,		/* there is none in its task set */
	SL_ACA_OWN,		/* its own nexus is the faulted one */
	SL_ACA_OWN_TAKEN,	/* ... and an ACA command of it is in the task set, or TMF_ONLY is 1 */
	SL_ACA_OTHER,		/* another nexus is */
	SL_ACA_CONDITIONS
};

/* The command as the condition sees it. */
enum sl_aca_kind {
	SL_ACA_KIND_ACA,	/* ACA attribute, NACA=0 */
	SL_ACA_KIND_ACA_NACA,	/* ACA attribute, NACA=1 */
	SL_ACA_KIND_PREEMPT,	/* PERSISTENT RESERVE OUT, PREEMPT AND ABORT, another attribute */
	SL_ACA_KIND_PLAIN,	/* another one, another attribute, NACA=0 */
	SL_ACA_KIND_NACA,	/* another one, another attribute, NACA=1 */
	SL_ACA_KINDS
};

enum sl_aca_verdict {
	SL_ACA_ENTERS,
	SL_ACA_PASSES,		/* enters, and is enabled at once */
	SL_ACA_ACTIVE,		/* status ACA ACTIVE */
	SL_ACA_BUSY,		/* status BUSY */
	SL_ACA_INVALID,		/* ILLEGAL REQUEST, INVALID MESSAGE ERROR 49/00 */
	SL_ACA_VERDICTS
};

extern const u8 sl_aca_verdicts[SL_ACA_CONDITIONS][SL_ACA_KINDS];

/* What the table says. True: refused, the result is set. Under the nexus's lock, as those below that name no other. */
bool sl_aca_refuses(struct sl_cmd *cmd);
/* The CONTROL byte says that its CHECK CONDITION establishes a condition (SAM-6 5.2). */
bool sl_aca_wanted(const struct sl_cmd *cmd);
/* The command ends, for the last time with a result that may begin or end the condition. */
void sl_aca_command_ends(struct sl_cmd *cmd, struct sl_work *w);
/* CLEAR ACA, I_T nexus loss, unmapping: the condition of this nexus ends. */
void sl_aca_clear(struct sl_itl *itl, struct sl_work *w);
/* Resets, power on: whoever's, in all task sets. With at most gw->config or the request_lock held. */
void sl_aca_clear_all(struct sl_device *dev, struct sl_work *w);

#endif /* SLUICE_CORE_ACA_H */
