/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An operation whose answer must wait for something (a device's commands to end, a
 * target's sessions to close): it is tried again and again until it succeeds, fails
 * for good, or its time is over. Its client's next messages wait meanwhile, so that
 * replies keep their order.
 */
#ifndef SLUICE_CONTROL_ATTEMPT_H
#define SLUICE_CONTROL_ATTEMPT_H

#include "core/gateway.h"

#define ATTEMPT_BODY_MAX    768U
#define ATTEMPT_INTERVAL_NS 2000000ULL
#define ATTEMPT_FOR_EVER    U64_MAX	/* the thing waited for has a bound of its own */

struct client;

struct attempt {
	struct sl_gateway *gateway;
	struct client *client;		/* NULL: gone; only of a kind that outlives it */
	const struct sluice_msg *msg;
	void *body;			/* this operation's own, from one attempt to the next */
	u64 now_ns;
};

struct attempt_kind {
	/* 0; a final -errno with `why`; -EAGAIN: try again. Runs as the client's operations do. */
	int (*run)(const struct attempt *a, char why[256]);
	u32 len;			/* of the body, <= ATTEMPT_BODY_MAX */
	bool replies;			/* on success it has replied itself; else the reply is empty */
	bool outlives;			/* goes on when the client is gone */
	u64 patience_ns;		/* then -EBUSY */
};

/* The host's: tries at once, and answers or keeps trying, with a copy of `body`. */
void client_attempt(struct client *c, const struct sluice_msg *m, const void *body,
		    const struct attempt_kind *kind);

#endif /* SLUICE_CONTROL_ATTEMPT_H */
