// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <linux/cpumask.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>

#include "spin.h"

#define SPIN_ONE	 65536U
#define SPIN_PROBE_EVERY 256U	/* how often one is tried that does not pay */
#define SPIN_NS		 20000U /* twice what a sleep and a wake-up cost on current processors */

void sluice_spin_init(struct sluice_spin *s)
{
	/* Optimistic at first: a start-up's few spins that miss cost nothing. */
	s->hit_share = SPIN_ONE / 2;
	s->skipped = 0;
}

static bool wanted(struct sluice_spin *s)
{
	/* Alone on one processor, who spins waits for somebody who cannot run. */
	if (num_online_cpus() < 2)
		return false;
	if (s->hit_share >= SPIN_ONE / 4)
		return true;
	if (++s->skipped < SPIN_PROBE_EVERY)
		return false;
	s->skipped = 0;
	return true;
}

bool sluice_spin(struct sluice_spin *s, bool (*ready)(void *arg), void *arg)
{
	u64 end_ns;
	bool hit;

	if (!wanted(s))
		return ready(arg);
	end_ns = ktime_get_ns() + SPIN_NS;
	while (!(hit = ready(arg)) && ktime_get_ns() < end_ns) {
		if (need_resched() || signal_pending(current))
			break;
		cpu_relax();
	}
	/* Weight 1/16: some dozens of commands decide. */
	s->hit_share -= s->hit_share / 16;
	if (hit)
		s->hit_share += SPIN_ONE / 16;
	return hit;
}
