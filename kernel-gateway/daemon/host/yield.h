/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Whether to give the processor away before sleeping. It pays when the handler waits for
 * that very processor: it answers, gives it back in the same way, and neither side made a
 * call to sleep or to wake the other. It never pays when the handler runs elsewhere, and is
 * dear when a stranger takes what was given: he keeps it for a slice of the scheduler, which
 * is a thousand wake-ups. So a share of yields that paid decides, as with spins, and after a
 * dear one there is a rest that makes the time lost to strangers a small part of all time.
 */
#ifndef SLUICE_DAEMON_YIELD_H
#define SLUICE_DAEMON_YIELD_H

#include "spin.h"

#define YIELD_LOOKS   8U      /* yields before a sleep; two who share a processor need one */
#define YIELD_DEAR_NS 100000U /* longer than handlers take that are worth waiting for awake */
#define YIELD_REST    128U    /* so many times as long as a dear one took, none is tried */
#define YIELD_REST_NS 500000000U /* but no longer: a stranger's longest turn is no measure of the next */

struct yield {
	struct spin share;	/* of yields that paid */
	uint64_t rest_until_ns;
};

/* On as the adaptive spin is, and also on a single processor. */
void yield_init(struct yield *y, bool on);
/* Try it now? */
bool yield_wanted(struct yield *y, uint64_t now_ns);
/* They pay at present. */
bool yield_pays(const struct yield *y);
/* What became of it, now, and how long the longest of its yields took. */
void yield_record(struct yield *y, bool hit, uint64_t longest_ns, uint64_t now_ns);

#endif /* SLUICE_DAEMON_YIELD_H */
