/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The duty cycle of loop.h, its descriptors and its life; work, waiting and placement have files of their own. */
#include "loop.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "loop_state.h"

static _Thread_local struct loop *current;

static _Atomic uint64_t advanced_ns;

uint64_t loop_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec + atomic_load(&advanced_ns);
}

void loop_clock_advance(uint64_t ns)
{
	atomic_fetch_add(&advanced_ns, ns);
}

void loop_time_moved(struct loop *l)
{
	/*
	 * Pairs with loop_wait(): it stores `asleep` and then reads the clock for its
	 * timeout; we moved the clock and then look at `asleep`.
	 */
	if (loop_is_current(l))
		l->now = loop_clock();
	else
		loop_wake(l);
}

/* ---- Descriptors -------------------------------------------------------- */

int loop_fd_add(struct loop *l, struct loop_fd *f, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, f->fd, &ev) < 0)
		return -errno;
	f->events = events;
	return 0;
}

int loop_fd_modify(struct loop *l, struct loop_fd *f, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	if (f->events == events)
		return 0;
	if (epoll_ctl(l->epoll, EPOLL_CTL_MOD, f->fd, &ev) < 0)
		return -errno;
	f->events = events;
	return 0;
}

void loop_fd_remove(struct loop *l, struct loop_fd *f)
{
	epoll_ctl(l->epoll, EPOLL_CTL_DEL, f->fd, NULL);
	f->events = 0;
	for (int i = l->next_event; i < l->n_events; i++) {
		if (l->events[i].data.ptr == f)
			l->events[i].data.ptr = NULL;
	}
}

static void dispatch_descriptors(struct loop *l)
{
	while (l->next_event < l->n_events) {
		struct epoll_event *ev = &l->events[l->next_event++];
		struct loop_fd *f = ev->data.ptr;

		if (f)
			f->ready(f, ev->events);
	}
	l->n_events = 0;
	l->next_event = 0;
}

/* ---- Timers ------------------------------------------------------------- */

void loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t deadline_ns)
{
	timer_heap_set(&l->timers, t, deadline_ns);
}

void loop_timer_cancel(struct loop *l, struct loop_timer *t)
{
	timer_heap_remove(&l->timers, t);
}

static void expire_timers(struct loop *l)
{
	/* Bounded: a timer that sets itself to a past time again waits for the next round. */
	for (uint32_t left = l->timers.count; left; left--) {
		struct loop_timer *t = timer_heap_first(&l->timers);

		if (!t || t->deadline_ns > l->now)
			return;
		timer_heap_remove(&l->timers, t);
		t->expired(t, l->now);
	}
}

/* ---- The duty cycle ------------------------------------------------------ */

static void ring_doorbells(struct loop *l)
{
	if (l->rings && l->rings->doorbells)
		l->rings->doorbells(l->rings);
}

static void reap_rings(struct loop *l)
{
	if (l->rings && l->rings->reap)
		l->rings->reap(l->rings, l->now);
}

static void one_round(struct loop *l)
{
	loop_count(&l->counters.rounds);
	dispatch_descriptors(l);
	loop_run_posted(l);
	expire_timers(l);
	ring_doorbells(l);
	reap_rings(l);
	loop_run_after(l);
	ring_doorbells(l);
	loop_wait(l);
}

void loop_run(struct loop *l)
{
	loop_settle(l);
	current = l;
	l->now = loop_clock();
	while (!atomic_load_explicit(&l->stopping, memory_order_acquire))
		one_round(l);
	current = NULL;
}

/* ---- Life ---------------------------------------------------------------- */

static void drain_wake(struct loop_fd *f, uint32_t events)
{
	uint64_t value;

	(void)!read(f->fd, &value, sizeof(value));
}

int loop_create(uint32_t index, uint64_t spin_ns, struct loop **out)
{
	struct loop *l = aligned_alloc(_Alignof(struct loop), sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	*l = (struct loop){ .index = index,
			    .follow = { .cpu = -1 },
			    .wake = { .fd = -1, .ready = drain_wake } };
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll >= 0)
		l->wake.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->epoll < 0 || l->wake.fd < 0) {
		err = -errno;
		goto fail;
	}
	err = loop_fd_add(l, &l->wake, EPOLLIN);
	if (err)
		goto fail;
	spin_init(&l->spin, spin_ns);
	yield_init(&l->yield, l->spin.adaptive);
	linger_init(&l->linger, &l->spin);
	l->now = loop_clock();
	*out = l;
	return 0;
fail:
	loop_destroy(l);
	return err;
}

void loop_set_rings(struct loop *l, struct loop_rings *rings)
{
	l->rings = rings;
}

static void *thread_main(void *arg)
{
	loop_run(arg);
	return NULL;
}

int loop_start(struct loop *l)
{
	int err = pthread_create(&l->thread, NULL, thread_main, l);
	char name[16];

	if (err)
		return -err;
	l->has_thread = true;
	snprintf(name, sizeof(name), "loop-%u", l->index);
	pthread_setname_np(l->thread, name);
	return 0;
}

void loop_stop(struct loop *l)
{
	atomic_store(&l->stopping, true);
	loop_wake(l);
}

void loop_join(struct loop *l)
{
	if (l->has_thread)
		pthread_join(l->thread, NULL);
	l->has_thread = false;
}

void loop_destroy(struct loop *l)
{
	if (l->wake.fd >= 0)
		close(l->wake.fd);
	if (l->epoll >= 0)
		close(l->epoll);
	timer_heap_free(&l->timers);
	free(l);
}

uint64_t loop_now(const struct loop *l)
{
	return l->now;
}

bool loop_is_current(const struct loop *l)
{
	return current == l;
}

struct loop *loop_current(void)
{
	return current;
}

uint32_t loop_index(const struct loop *l)
{
	return l->index;
}

void loop_read_counters(const struct loop *l, struct loop_counters *out)
{
	out->rounds = atomic_load_explicit(&l->counters.rounds, memory_order_relaxed);
	out->spins = atomic_load_explicit(&l->counters.spins, memory_order_relaxed);
	out->spin_hits = atomic_load_explicit(&l->counters.spin_hits, memory_order_relaxed);
	out->yields = atomic_load_explicit(&l->counters.yields, memory_order_relaxed);
	out->yield_hits = atomic_load_explicit(&l->counters.yield_hits, memory_order_relaxed);
	out->sleeps = atomic_load_explicit(&l->counters.sleeps, memory_order_relaxed);
	out->wakes = atomic_load_explicit(&l->counters.wakes, memory_order_relaxed);
}
