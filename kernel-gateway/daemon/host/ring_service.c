/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "ring_service.h"

#include <sys/epoll.h>

/* Completions taken from one queue before the others have their turn. */
#define REAP_BUDGET 64

static struct ring_service *service_of(struct loop_rings *r)
{
	return (struct ring_service *)r;
}

static void ring_doorbells(struct loop_rings *r)
{
	struct ring_service *s = service_of(r);

	while (s->dirty) {
		struct ring_queue *rq = s->dirty;

		s->dirty = rq->next_dirty;
		rq->dirty = false;
		sl_queue_doorbell(rq->queue);
	}
}

static uint32_t reap(struct loop_rings *r, uint64_t now_ns)
{
	struct ring_service *s = service_of(r);
	struct ring_queue *next;
	uint32_t taken = 0;

	for (struct ring_queue *rq = s->queues; rq; rq = next) {
		next = rq->next;
		if (sl_queue_ready(rq->queue))
			taken += sl_queue_reap(rq->queue, REAP_BUDGET, now_ns);
	}
	return taken;
}

static bool ready(struct loop_rings *r)
{
	for (struct ring_queue *rq = service_of(r)->queues; rq; rq = rq->next) {
		if (sl_queue_ready(rq->queue))
			return true;
	}
	return false;
}

static bool in_flight(struct loop_rings *r)
{
	for (struct ring_queue *rq = service_of(r)->queues; rq; rq = rq->next) {
		if (sl_queue_in_flight(rq->queue))
			return true;
	}
	return false;
}

static void awake(struct loop_rings *r)
{
	for (struct ring_queue *rq = service_of(r)->queues; rq; rq = rq->next) {
		if (!rq->asleep)
			continue;
		rq->asleep = false;
		sl_queue_awake(rq->queue);
	}
}

/*
 * Only a queue whose handler holds commands can complete one, so the idle ones
 * need no flag. A command that another loop publishes meanwhile makes its queue
 * dirty, which wakes this loop, which raises the flag when it sleeps again.
 */
static bool raise_flags(struct loop_rings *r)
{
	for (struct ring_queue *rq = service_of(r)->queues; rq; rq = rq->next) {
		if (!sl_queue_in_flight(rq->queue))
			continue;
		if (!sl_queue_sleep(rq->queue)) {
			awake(r);
			return false;
		}
		rq->asleep = true;
	}
	return true;
}

static void moved(struct loop_rings *r, int cpu)
{
	for (struct ring_queue *rq = service_of(r)->queues; rq; rq = rq->next)
		sl_queue_wish_cpu(rq->queue, cpu);
}

void ring_service_init(struct ring_service *s, struct loop *l)
{
	*s = (struct ring_service){
		.rings = { .doorbells = ring_doorbells,
			   .reap = reap,
			   .ready = ready,
			   .in_flight = in_flight,
			   .sleep = raise_flags,
			   .awake = awake,
			   .moved = moved },
		.loop = l,
	};
	loop_set_rings(l, &s->rings);
}

/* Edge-triggered, so that the counter need not be read: each write is an edge. Reaping follows in any case. */
static void bell_rang(struct loop_fd *f, uint32_t events)
{
}

static void mark_dirty(struct ring_queue *rq)
{
	if (rq->dirty || rq->detached)
		return;
	rq->dirty = true;
	rq->next_dirty = rq->service->dirty;
	rq->service->dirty = rq;
}

static void dirty_from_afar(struct loop_work *w)
{
	mark_dirty((struct ring_queue *)((char *)w - offsetof(struct ring_queue, dirty_work)));
}

void ring_queue_init(struct ring_queue *rq, struct ring_service *s, struct sl_queue *q, int bell_fd)
{
	*rq = (struct ring_queue){
		.queue = q,
		.service = s,
		.bell = { .fd = bell_fd, .ready = bell_rang },
		.dirty_work = { .run = dirty_from_afar },
	};
}

void ring_queue_dirty(struct ring_queue *rq)
{
	if (loop_is_current(rq->service->loop)) {
		mark_dirty(rq);
		return;
	}
	/* A handler that is awake need not wait until that loop is. */
	sl_queue_show(rq->queue);
	loop_post(rq->service->loop, &rq->dirty_work);
}

int ring_queue_attach(struct ring_queue *rq)
{
	struct ring_service *s = rq->service;
	int err = loop_fd_add(s->loop, &rq->bell, EPOLLIN | EPOLLET);

	if (err)
		return err;
	rq->next = s->queues;
	rq->prev = NULL;
	if (s->queues)
		s->queues->prev = rq;
	s->queues = rq;
	sl_queue_wish_cpu(rq->queue, loop_shared_cpu(s->loop));
	return 0;
}

static void take_off_dirty_list(struct ring_queue *rq)
{
	struct ring_queue **at = &rq->service->dirty;

	while (*at && *at != rq)
		at = &(*at)->next_dirty;
	if (*at)
		*at = rq->next_dirty;
	rq->dirty = false;
}

void ring_queue_detach(struct ring_queue *rq)
{
	struct ring_service *s = rq->service;

	loop_fd_remove(s->loop, &rq->bell);
	take_off_dirty_list(rq);
	rq->detached = true;
	if (rq->prev)
		rq->prev->next = rq->next;
	else if (s->queues == rq)
		s->queues = rq->next;
	if (rq->next)
		rq->next->prev = rq->prev;
	rq->next = NULL;
	rq->prev = NULL;
}
