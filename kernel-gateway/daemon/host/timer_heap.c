/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "timer_heap.h"

#include <stdio.h>
#include <stdlib.h>

static void place(struct timer_heap *h, uint32_t at, struct loop_timer *t)
{
	h->slot[at] = t;
	t->slot = at + 1;
}

static void sift_up(struct timer_heap *h, uint32_t at, struct loop_timer *t)
{
	while (at > 0) {
		uint32_t parent = (at - 1) / 2;

		if (h->slot[parent]->deadline_ns <= t->deadline_ns)
			break;
		place(h, at, h->slot[parent]);
		at = parent;
	}
	place(h, at, t);
}

static void sift_down(struct timer_heap *h, uint32_t at, struct loop_timer *t)
{
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= h->count)
			break;
		if (child + 1 < h->count &&
		    h->slot[child + 1]->deadline_ns < h->slot[child]->deadline_ns)
			child++;
		if (t->deadline_ns <= h->slot[child]->deadline_ns)
			break;
		place(h, at, h->slot[child]);
		at = child;
	}
	place(h, at, t);
}

static void grow(struct timer_heap *h)
{
	uint32_t room = h->room ? h->room * 2 : 64;
	struct loop_timer **slot = realloc(h->slot, room * sizeof(*slot));

	if (!slot) {
		fprintf(stderr, "timer heap: no memory for %u timers\n", room);
		abort();
	}
	h->slot = slot;
	h->room = room;
}

void timer_heap_set(struct timer_heap *h, struct loop_timer *t, uint64_t deadline_ns)
{
	timer_heap_remove(h, t);
	if (h->count == h->room)
		grow(h);
	t->deadline_ns = deadline_ns;
	sift_up(h, h->count++, t);
}

void timer_heap_remove(struct timer_heap *h, struct loop_timer *t)
{
	uint32_t at = t->slot - 1;
	struct loop_timer *last;

	if (!t->slot)
		return;
	t->slot = 0;
	last = h->slot[--h->count];
	if (last == t)
		return;
	if (at > 0 && last->deadline_ns < h->slot[(at - 1) / 2]->deadline_ns)
		sift_up(h, at, last);
	else
		sift_down(h, at, last);
}

struct loop_timer *timer_heap_first(const struct timer_heap *h)
{
	return h->count ? h->slot[0] : NULL;
}

void timer_heap_free(struct timer_heap *h)
{
	free(h->slot);
	h->slot = NULL;
	h->count = 0;
	h->room = 0;
}
