/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The inside of a loop: for loop*.c only. */
#ifndef SLUICE_DAEMON_LOOP_STATE_H
#define SLUICE_DAEMON_LOOP_STATE_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/epoll.h>

#include "linger.h"
#include "loop.h"
#include "placement.h"
#include "spin.h"
#include "timer_heap.h"
#include "yield.h"

#define EVENTS_PER_ROUND 128

struct loop {
	int epoll;
	uint32_t index;
	uint64_t now;
	uint64_t polled;		/* when descriptors were looked at last */
	struct timer_heap timers;
	struct loop_work *after;	/* newest first */
	struct loop_work *after_pass;	/* what the current pass has still to run, oldest first */
	struct loop_rings *rings;
	struct spin spin;
	struct yield yield;
	struct lingering linger;
	struct follow follow;
	cpu_set_t home;			/* where the thread might run at first */
	/* The current round's events; loop_fd_remove() blanks entries not yet dispatched. */
	struct epoll_event events[EVENTS_PER_ROUND];
	int next_event;
	int n_events;
	pthread_t thread;
	bool has_thread;
	struct loop_fd wake;		/* eventfd, written by loop_post() when `asleep` */
	struct {
		_Atomic uint64_t rounds, spins, spin_hits, yields, yield_hits, sleeps, wakes;
	} counters;			/* single writer but `wakes` */

	/* Shared with posting threads, on lines of their own. */
	_Alignas(128) _Atomic(struct loop_work *) posted;	/* newest first */
	_Alignas(128) _Atomic bool asleep;
	_Atomic bool stopping;
};

/* On its thread, before anything else: remembers where that may run, and keeps it where it belongs. */
void loop_settle(struct loop *l);
/* Keeps its thread, the caller's, to follow.cpu, or lets it go home if that is -1. False: not allowed. */
bool loop_keep_to_cpu(struct loop *l);
/* Returns when there may be work: at once if there is, or after a wait that ends in a sleep. */
void loop_wait(struct loop *l);
/* One writer: no locked instruction. */
static inline void loop_count(_Atomic uint64_t *counter)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

/* Wakes the loop if it sleeps. Any thread. */
void loop_wake(struct loop *l);
/* One pass over what was posted, and over the after-work. */
void loop_run_posted(struct loop *l);
void loop_run_after(struct loop *l);

#endif /* SLUICE_DAEMON_LOOP_STATE_H */
