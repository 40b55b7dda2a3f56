/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Whether a thread spins in enter before it sleeps, as sluiced does (daemon/host/spin.h,
 * docs/decisions/0011): while its flag is down nobody has to wake it. A weighted share of
 * the spins that found a command decides whether the next one is tried, with a probe now and
 * then. One thread at a time.
 */
#ifndef SLUICE_MODULE_SPIN_H
#define SLUICE_MODULE_SPIN_H

#include <linux/types.h>

struct sluice_spin {
	u32 hit_share;			/* 0 .. SPIN_ONE */
	u32 skipped;			/* not tried since the last probe */
};

void sluice_spin_init(struct sluice_spin *s);
/*
 * Looks until ready(arg), at most for about the price of a sleep and a wake-up, and no longer
 * than nobody else wants the processor. True: it is ready.
 */
bool sluice_spin(struct sluice_spin *s, bool (*ready)(void *arg), void *arg);

#endif /* SLUICE_MODULE_SPIN_H */
