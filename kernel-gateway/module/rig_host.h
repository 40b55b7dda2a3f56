/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The kernel as a host of the rig fabric. The rigs' turn is a mutex: an operation of a rig's client
 * takes it, and a work item for what the core does elsewhere. A data region's pages are made
 * when they are first used, and counted as their user's.
 */
#ifndef SLUICE_MODULE_RIG_HOST_H
#define SLUICE_MODULE_RIG_HOST_H

#include <linux/kernel.h>
#include <linux/llist.h>
#include <linux/mm_types.h>

#include "fabric/rig.h"
#include "host.h"

struct rig_work {
	struct llist_node node;
	void (*run)(struct rig_work *w);
};

struct rig_region {
	struct mutex lock;		/* who makes pages */
	u64 bytes;
	struct page **pages;
};

/* The gateway's clock. Any context. */
static inline u64 rig_host_now(void)
{
	return sluice_now();
}

/* Of the whole region or less, shared, at its own offsets. */
int rig_region_mmap(struct rig_region *r, struct vm_area_struct *vma);

/* The module's. */
extern struct rig_fabric sluice_rigs;

/* With the turn comes all that has ended before. */
void rigs_lock(void);
void rigs_unlock(void);
void rigs_start(void);
/* All their files are closed: waits until their commands have ended. */
void rigs_stop(void);

#endif /* SLUICE_MODULE_RIG_HOST_H */
