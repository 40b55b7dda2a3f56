/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Whether a queue's thread gives its processor away before it sleeps, as the gateway does
 * (daemon/host/yield.h) and the Java runtime (AdaptiveYield): that pays when the gateway
 * waits for that very processor, and is dear when a stranger takes it.
 */
#ifndef SLUICE_RIG_HANDLER_YIELDING_H
#define SLUICE_RIG_HANDLER_YIELDING_H

#include <stdbool.h>
#include <stdint.h>

#define YIELDING_LOOKS	     8	      /* yields before a sleep */
#define YIELDING_DEAR_NS     100000   /* a stranger took the processor */
#define YIELDING_REST	     128      /* so many times as long as that took, none is tried */
#define YIELDING_REST_NS     500000000 /* but no longer */
#define YIELDING_PROBE_EVERY 256      /* how often one is tried that does not pay */
#define YIELDING_HISTORY     16       /* the share is over about so many */

struct yielding {
	double paid;			/* share of tries that found work */
	uint32_t skipped;
	uint64_t rest_until_ns;
};

/* Optimistic at first. */
static inline struct yielding yielding_begin(void)
{
	return (struct yielding){ .paid = 0.5 };
}

static inline bool yielding_wanted(struct yielding *y, uint64_t now_ns)
{
	if (now_ns < y->rest_until_ns)
		return false;
	if (y->paid < 0.25 && ++y->skipped < YIELDING_PROBE_EVERY)
		return false;
	y->skipped = 0;
	return true;
}

static inline void yielding_record(struct yielding *y, bool hit, uint64_t longest_ns, uint64_t now_ns)
{
	bool dear = longest_ns > YIELDING_DEAR_NS;
	uint64_t rest_ns = YIELDING_REST * longest_ns;

	y->paid += ((hit && !dear) - y->paid) / YIELDING_HISTORY;
	if (dear)
		y->rest_until_ns =
			now_ns + (rest_ns < YIELDING_REST_NS ? rest_ns : YIELDING_REST_NS);
}

#endif /* SLUICE_RIG_HANDLER_YIELDING_H */
