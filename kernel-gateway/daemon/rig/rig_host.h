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

#endif /* SLUICE_DAEMON_RIG_HOST_H */
