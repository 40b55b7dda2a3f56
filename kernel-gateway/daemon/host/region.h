/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A shared memory region: a sealed memfd and this process's writable mapping of it. */
#ifndef SLUICE_DAEMON_REGION_H
#define SLUICE_DAEMON_REGION_H

#include <stddef.h>
#include <stdint.h>

enum region_kind {
	REGION_READ_ONLY,	/* others may only read: F_SEAL_FUTURE_WRITE */
	REGION_SHARED,		/* others may write; nobody may resize */
};

struct region {
	int fd;
	void *base;
	size_t bytes;
};

/*
 * Allocates no memory but what is touched later. 0, or -errno with `why` (the call,
 * the size, the remedy).
 */
int region_create(struct region *r, const char *name, uint64_t bytes, enum region_kind kind,
		  char why[256]);
/* The descriptor, once passed on, is not needed for the mapping. */
void region_close_fd(struct region *r);
void region_destroy(struct region *r);

#endif /* SLUICE_DAEMON_REGION_H */
