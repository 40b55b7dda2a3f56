/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Temporary directories. */
#ifndef SLUICE_RIG_GATEWAY_DIRECTORY_H
#define SLUICE_RIG_GATEWAY_DIRECTORY_H

#include <stdio.h>

#define DIRECTORY_PATH 64

/* A new one below TMPDIR, or below /tmp if that is too long for the path of a socket. 0 or -errno. */
int directory_make(char path[DIRECTORY_PATH]);
/* With all that is in it. */
void directory_remove(const char *path);
/* The last lines of a file, below a heading; nothing if it has none. */
void directory_print_end(FILE *out, const char *file, const char *heading);

#endif /* SLUICE_RIG_GATEWAY_DIRECTORY_H */
