/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A binary min-heap of timers by deadline; each timer knows its place. One thread. */
#ifndef SLUICE_DAEMON_TIMER_HEAP_H
#define SLUICE_DAEMON_TIMER_HEAP_H

#include "loop.h"

struct timer_heap {
	struct loop_timer **slot;
	uint32_t count;
	uint32_t room;
};

/* Sets or moves. Grows the heap; a process that has no memory for eight bytes more is aborted. */
void timer_heap_set(struct timer_heap *h, struct loop_timer *t, uint64_t deadline_ns);
/* Does nothing to an idle timer. */
void timer_heap_remove(struct timer_heap *h, struct loop_timer *t);
/* The earliest, or NULL. */
struct loop_timer *timer_heap_first(const struct timer_heap *h);
void timer_heap_free(struct timer_heap *h);

#endif /* SLUICE_DAEMON_TIMER_HEAP_H */
