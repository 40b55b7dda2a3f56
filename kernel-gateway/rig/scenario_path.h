/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Scenario files on disk. */
#ifndef SLUICE_RIG_SCENARIO_PATH_H
#define SLUICE_RIG_SCENARIO_PATH_H

#include "scenario/scenario.h"

/*
 * Reads and parses; prints "FILE:LINE: ..." for each complaint. 0, or 1 if there was
 * one or the file cannot be read. The caller frees in either case.
 */
int scenario_load(const char *path, struct scenario_file *out);
/*
 * Calls `each` for every file, and for every *.rig below every directory, in the order
 * of their names. Goes on after a failure; 0, or 1 if any call returned not 0 or a path
 * is neither.
 */
int scenario_each_file(int n, char **paths, int (*each)(void *arg, const char *path), void *arg);

#endif /* SLUICE_RIG_SCENARIO_PATH_H */
