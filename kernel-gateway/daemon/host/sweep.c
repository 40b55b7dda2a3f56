/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "sweep.h"

#include <stddef.h>

static void finish(struct loop_work *w)
{
	struct sweep *s = (struct sweep *)((char *)w - offsetof(struct sweep, finish));

	s->done(s);
}

static void stop_by(struct loop_work *w)
{
	struct sweep_stop *stop = (struct sweep_stop *)w;
	struct sweep *s = stop->sweep;

	if (s->visit)
		s->visit(s, stop->loop_index);
	/* The last one out; acquire-release so that done() sees what every visit did. */
	if (atomic_fetch_sub(&s->pending, 1) == 1)
		loop_post(s->loops[0], &s->finish);
}

void sweep_start(struct sweep *s, struct loop **loops, uint32_t n_loops)
{
	s->loops = loops;
	s->finish.run = finish;
	atomic_store(&s->pending, n_loops);
	for (uint32_t i = 0; i < n_loops; i++) {
		s->stops[i].work.run = stop_by;
		s->stops[i].sweep = s;
		s->stops[i].loop_index = i;
		loop_post(loops[i], &s->stops[i].work);
	}
}
