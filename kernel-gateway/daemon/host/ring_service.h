/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The queues that one loop serves: doorbells once per round, reaping, and the
 * gateway's half of the sleeping protocol. It is the loop's `loop_rings`.
 */
#ifndef SLUICE_DAEMON_RING_SERVICE_H
#define SLUICE_DAEMON_RING_SERVICE_H

#include "core/gateway.h"
#include "loop.h"

struct ring_service {
	struct loop_rings rings;	/* first */
	struct loop *loop;
	struct ring_queue *queues;	/* attached, doubly linked */
	struct ring_queue *dirty;	/* those whose doorbell is due, newest first */
};

/* One queue of a handler session, on the side of the loop that serves it. */
struct ring_queue {
	struct sl_queue *queue;
	struct ring_service *service;
	struct loop_fd bell;		/* eventfd that the handler writes when the gateway sleeps */
	struct ring_queue *next, *prev;
	struct ring_queue *next_dirty;
	bool dirty;
	bool asleep;			/* its sleeping flag is raised */
	bool detached;			/* its session goes away: no doorbell any more */
	struct loop_work dirty_work;	/* dirty, said by another thread */
};

void ring_service_init(struct ring_service *s, struct loop *l);
/* Any thread: before the queue can be dirty. `bell_fd` stays the caller's. */
void ring_queue_init(struct ring_queue *rq, struct ring_service *s, struct sl_queue *q, int bell_fd);
/* From any thread: the queue wants a doorbell. */
void ring_queue_dirty(struct ring_queue *rq);
/* On the service's loop. 0 or -errno. */
int ring_queue_attach(struct ring_queue *rq);
/* On the service's loop; afterwards the core may be told that the handler is gone. */
void ring_queue_detach(struct ring_queue *rq);

#endif /* SLUICE_DAEMON_RING_SERVICE_H */
