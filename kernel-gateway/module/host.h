/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The kernel as a host of the core: its clock, its timer, its wake-ups. */
#ifndef SLUICE_MODULE_HOST_H
#define SLUICE_MODULE_HOST_H

#include <linux/dma-direction.h>
#include <linux/workqueue.h>

#include "core/gateway.h"

struct sluice_host {
	struct sl_gateway *gateway;
	struct workqueue_struct *work;	/* closing, draining, ticks; may sleep */
	struct delayed_work tick;
	spinlock_t tick_lock;
	struct delayed_work watch;	/* while there are handler sessions */
	u64 started_ns;
	u64 tick_ns;			/* when the tick is due; U64_MAX: not armed. Under tick_lock */
	bool time_moves;		/* rigs may move the clock */
	atomic64_t ahead_ns;		/* the rig has moved the clock so far */
};

/* One for the module. */
extern struct sluice_host sluice_host;

/* Parameter max_pool_mib: the largest data pool of a session, MiB. */
extern unsigned int sluice_max_pool_mib;

/* 0 or -errno. Limits: see main.c's parameters. */
int sluice_host_start(const struct sl_limits *limits);
/* Every session, nexus and target is gone. */
void sluice_host_stop(void);

/* A handler session was opened: looks at it from time to time. */
void sluice_host_watch(void);

/* Closes what this machine and the rigs have open to that target. May sleep. */
void sluice_target_leaves(const char *target);

/* Moves the clock forward, and does what is due by then. May sleep. */
void sluice_advance_time(u64 ns);

/* CLOCK_MONOTONIC in ns, plus what the rig has added. */
u64 sluice_now(void);

/* Of a command's data, as the kernel's initiators and targets say it. */
static inline u8 sluice_direction(enum dma_data_direction direction)
{
	switch (direction) {
	case DMA_TO_DEVICE:
		return SLUICE_DIR_OUT;
	case DMA_FROM_DEVICE:
		return SLUICE_DIR_IN;
	default:
		return SLUICE_DIR_NONE;
	}
}

#endif /* SLUICE_MODULE_HOST_H */
