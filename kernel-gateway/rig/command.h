/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The subcommands of sluice-rig. Each gets its own arguments and returns the exit status. */
#ifndef SLUICE_RIG_COMMAND_H
#define SLUICE_RIG_COMMAND_H

#include "connection.h"

struct rig_command {
	const char *name;
	const char *arguments;
	const char *what;
	int (*run)(const char *socket_path, int argc, char **argv);
};

/* Tables end with an empty row. */
extern const struct rig_command control_commands[];
extern const struct rig_command info_commands[];
extern const struct rig_command inject_commands[];
/* These run without --socket, too: their socket_path may be NULL. */
extern const struct rig_command check_commands[];
extern const struct rig_command run_commands[];

/* Prints the text behind "sluice-rig: " and returns 1. */
int rig_fail(const char *text);

#endif /* SLUICE_RIG_COMMAND_H */
