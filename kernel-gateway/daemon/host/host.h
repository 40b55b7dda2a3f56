/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The user-space host of the core: loops, the ring service of each, the gateway's
 * deadline timer, and the handler sessions. Loop 0 is the control loop: sessions are
 * opened and closed there.
 */
#ifndef SLUICE_DAEMON_HOST_H
#define SLUICE_DAEMON_HOST_H

#include "core/gateway.h"
#include "loop.h"
#include "ring_service.h"
#include "sweep.h"

struct handler_session;

struct host {
	struct sl_gateway *gateway;
	uint32_t n_loops;
	struct loop *loops[HOST_MAX_LOOPS];
	struct ring_service services[HOST_MAX_LOOPS];
	struct handler_session *sessions;	/* open or closing; loop 0 */
	uint32_t n_closing;			/* of them, those whose devices are not yet orphaned */
	uint64_t started_ns;
	bool time_moves;			/* rigs may move the clock */
	/* The gateway's deadline timer, on loop 0. */
	struct loop_timer tick;
	struct loop_work set_tick;
	struct loop_timer watch;		/* runs while there are handler sessions, on loop 0 */
	_Atomic uint64_t tick_deadline_ns;
};

/* `limits` may be NULL. 0 or -errno with `why`. */
int host_create(struct host *h, uint32_t n_loops, uint64_t spin_ns, const struct sl_limits *limits,
		char why[256]);
/* Starts loops 1 .. n-1 on threads of their own; loop 0 is run by the caller. */
int host_start(struct host *h, char why[256]);
/* Loop 0 has returned: stops and joins the others. */
void host_stop(struct host *h);
/* Everything that the core holds is gone, no loop runs. */
void host_destroy(struct host *h);

/* Moves the clock forward on every loop. Loop 0; what is due is done before its next round. */
void host_advance_time(struct host *h, uint64_t ns);

/* A handler session was opened: looks at it from time to time. Loop 0. */
void host_watch(struct host *h);

static inline struct loop *host_control_loop(struct host *h)
{
	return h->loops[0];
}

#endif /* SLUICE_DAEMON_HOST_H */
