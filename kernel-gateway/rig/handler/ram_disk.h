/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A disk in memory, or one that reads zeros and forgets writes; just enough SBC for any initiator. */
#ifndef SLUICE_RIG_RAM_DISK_H
#define SLUICE_RIG_RAM_DISK_H

#include <pthread.h>

#include "handler.h"

#define RAM_DISK_LOCKS 64

struct ram_disk {
	uint64_t blocks;
	uint32_t block_bytes;
	uint8_t *bytes;				/* NULL: the null disk */
	uint8_t peripheral_type;		/* what INQUIRY says */
	bool borrowed;				/* the bytes are somebody else's */
	/* Striped over the address space: commands that overlap do not tear each other's bytes. */
	pthread_mutex_t locks[RAM_DISK_LOCKS];
};

/* Allocates (thin). 0 or -ENOMEM. */
int ram_disk_create(struct ram_disk *d, uint64_t bytes, uint32_t block_bytes, bool null);
/* The same over bytes that stay the caller's. */
void ram_disk_attach(struct ram_disk *d, uint8_t *bytes, uint64_t blocks, uint32_t block_bytes);
void ram_disk_destroy(struct ram_disk *d);
/* A handler_execute; arg is the disk. Any number of threads. */
bool ram_disk_execute(void *arg, struct handler_command *command, struct handler_answer *answer);
/* What DEVICE_ADD says of it. */
void ram_disk_describe(struct sluice_device_add *add, const char *name);

#endif /* SLUICE_RIG_RAM_DISK_H */
