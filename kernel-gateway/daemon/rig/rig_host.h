/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* sluiced as a host of the rig fabric: the rigs' turn is loop 0's thread, their data a memfd. */
#ifndef SLUICE_DAEMON_RIG_HOST_H
#define SLUICE_DAEMON_RIG_HOST_H

#include <stdio.h>

#include "fabric/rig.h"
#include "host/loop.h"
#include "host/region.h"

struct rig_work {
	struct loop_work work;
	void (*run)(struct rig_work *w);
};

struct rig_region {
	struct region region;
};

/* The gateway's clock. Any thread. */
static inline u64 rig_host_now(void)
{
	return loop_clock();
}

/* w->run in the rigs' turn, in the order of the calls of one thread. Any thread. */
void rig_host_later(struct rig_fabric *f, struct rig_work *w);

/* Memory that the client maps and the fabric copies to and from. 0 or -errno with `why`. */
int rig_region_create(struct rig_region *r, u64 bytes, char why[256]);
void rig_region_destroy(struct rig_region *r);
u64 rig_region_bytes(const struct rig_region *r);
/* From now on copies in this range need no memory. 0 or -ENOMEM. */
int rig_region_prepare(struct rig_region *r, u64 offset, u32 bytes);
/* Any thread. */
void rig_region_read(struct rig_region *r, u64 offset, void *to, u32 bytes);
void rig_region_write(struct rig_region *r, u64 offset, const void *from, u32 bytes);

#endif /* SLUICE_DAEMON_RIG_HOST_H */
