/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The programs that a test runs as they are: where they lie, how they start and end. */
#ifndef SLUICE_TEST_PROGRAM_H
#define SLUICE_TEST_PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

struct program {
	pid_t pid;
	int out;		/* standard output and error, or -1: they are the test's */
};

/* Starts build/VARIANT/NAME, NAME being argv[0]; its output goes to p->out, or where the test's goes. */
void program_start(struct program *p, char *const argv[], int captured);
/* Its exit status, or 1000 + signal; `text`, if not NULL, receives what it printed. */
int program_finish(struct program *p, char *text, size_t room);
/* A directory for a gateway's socket, whose path is returned in path[96]; removed with what a killed one leaves. */
void program_directory(char directory[64], char path[96]);
void program_remove_directory(const char *directory, const char *path);
/* Fails the test if nobody says HELLO on that socket within ten seconds. */
void program_wait_until_ready(const char *path);

#endif /* SLUICE_TEST_PROGRAM_H */
