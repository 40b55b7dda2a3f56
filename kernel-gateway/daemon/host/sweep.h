/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A visit to every loop: `visit` runs once on each loop's thread, then `done` on
 * loop 0's. What any loop was in the middle of when the sweep began has ended, and
 * what it posted before has been queued, by the time `done` runs.
 */
#ifndef SLUICE_DAEMON_SWEEP_H
#define SLUICE_DAEMON_SWEEP_H

#include <stdatomic.h>

#include "loop.h"

#define HOST_MAX_LOOPS 64U

struct sweep {
	void (*visit)(struct sweep *self, uint32_t loop_index);	/* may be NULL */
	void (*done)(struct sweep *self);
	/* Private. */
	struct loop **loops;
	_Atomic uint32_t pending;
	struct loop_work finish;
	struct sweep_stop {
		struct loop_work work;
		struct sweep *sweep;
		uint32_t loop_index;
	} stops[HOST_MAX_LOOPS];
};

/* One sweep at a time for each struct; it may be started again from done(). Any thread. */
void sweep_start(struct sweep *s, struct loop **loops, uint32_t n_loops);

#endif /* SLUICE_DAEMON_SWEEP_H */
