/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which devices have something due, and when: a heap of those that have a bound at
 * all, ordered by the earliest of each. A look at the clock costs what is due then,
 * not what there is.
 *
 * A device's place may be too early, never too late: who lowers one of its bounds
 * (the bound first, then sl_device_due) finds it in its place, or out of the heap;
 * who takes it out looks at the bounds after that. due_lock orders the two.
 */
#include "nexus.h"
#include "service.h"

static void place(struct sl_gateway *gw, u32 at, struct sl_device *dev)
{
	gw->due[at] = dev;
	dev->due_at = at;
}

static void rise(struct sl_gateway *gw, u32 at)
{
	struct sl_device *dev = gw->due[at];

	while (at > 0 && gw->due[(at - 1) / 2]->due_ns > dev->due_ns) {
		place(gw, at, gw->due[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	place(gw, at, dev);
}

static void sink(struct sl_gateway *gw, u32 at)
{
	struct sl_device *dev = gw->due[at];

	for (u32 child = 2 * at + 1; child < gw->n_due; child = 2 * at + 1) {
		if (child + 1 < gw->n_due && gw->due[child + 1]->due_ns < gw->due[child]->due_ns)
			child++;
		if (gw->due[child]->due_ns >= dev->due_ns)
			break;
		place(gw, at, gw->due[child]);
		at = child;
	}
	place(gw, at, dev);
}

void sl_device_due(struct sl_device *dev, u64 deadline_ns)
{
	struct sl_gateway *gw = dev->gw;

	sl_spin_lock(&gw->due_lock);
	if (deadline_ns < dev->due_ns) {
		if (dev->due_ns == U64_MAX)
			place(gw, gw->n_due++, dev);
		dev->due_ns = deadline_ns;
		rise(gw, dev->due_at);
	}
	sl_spin_unlock(&gw->due_lock);
}

/* The next one whose time has come, out of the heap; NULL and *next_ns: none has. */
static struct sl_device *take(struct sl_gateway *gw, u64 now_ns, u64 *next_ns)
{
	struct sl_device *dev = NULL;

	sl_spin_lock(&gw->due_lock);
	if (gw->n_due > 0 && gw->due[0]->due_ns <= now_ns) {
		dev = gw->due[0];
		dev->due_ns = U64_MAX;
		gw->n_due--;
		if (gw->n_due > 0) {
			place(gw, 0, gw->due[gw->n_due]);
			sink(gw, 0);
		}
	} else if (gw->n_due > 0) {
		*next_ns = sl_min(*next_ns, gw->due[0]->due_ns);
	}
	sl_spin_unlock(&gw->due_lock);
	return dev;
}

void sl_due_run(struct sl_gateway *gw, struct sl_work *w, u64 *next_ns)
{
	struct sl_device *dev;

	while ((dev = take(gw, w->now_ns, next_ns))) {
		u64 next = U64_MAX;

		sl_task_sets_expire(dev, w, &next);
		sl_fetch_expire(dev, w, &next);
		sl_kept_expire(dev, w, &next);
		sl_turn_expire(dev, w, &next);
		if (next != U64_MAX)
			sl_device_due(dev, next);
	}
}
