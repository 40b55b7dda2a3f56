/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Runs scenarios: what the subcommand `run` needs of it. */
#ifndef SLUICE_RIG_PLAY_PLAY_H
#define SLUICE_RIG_PLAY_PLAY_H

#include <stdint.h>

#include "rig/scenario/scenario.h"

struct play_options {
	bool module;			/* not sluiced: the kernel module */
	const char *module_file;	/* NULL: the one that is installed */
	const char *gateway_program;	/* started for each scenario; or */
	const char *socket;		/* a gateway that runs already */
	const char *real_handler;	/* shell command of a handler process; NULL: scenarios that need one are skipped */
	uint64_t limit_ns;		/* of one scenario */
	uint64_t patience_ns;		/* what handlers see and counters say may be on its way for so long */
	const char *only;		/* scenarios whose names contain it; NULL: all */
	bool verbose;
};

enum play_result { PLAY_PASSED, PLAY_FAILED, PLAY_SKIPPED };

struct play_counts {
	uint32_t passed, failed, skipped;
};

/* Runs every scenario of a file, prints what each came to, and counts. */
void play_file(const struct play_options *o, const char *path, const struct scenario_file *file,
	       struct play_counts *counts);

#endif /* SLUICE_RIG_PLAY_PLAY_H */
