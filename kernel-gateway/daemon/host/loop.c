/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The duty cycle of loop.h, its descriptors and its life; timers and spinning have files of their own. */
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

/* A loop that finds work in its rings again and again looks at its descriptors at least this often. */
#define POLL_AT_LEAST_NS 20000

/* An answer's wake-up on another processor and the way back: 45 us where it was measured, and as much again. */
#define LINGER_NS	 100000

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
	 * Pairs with go_to_sleep(): it stores `asleep` and then reads the clock for its
	 * timeout; we moved the clock and then look at `asleep`.
	 */
	if (loop_is_current(l))
		l->now = loop_clock();
	else
		loop_wake(l);
}

static void count(_Atomic uint64_t *counter)
{
	/* One writer: no locked instruction. */
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
			      memory_order_relaxed);
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

static void poll_descriptors(struct loop *l, int timeout_ms)
{
	int n = epoll_wait(l->epoll, l->events, EVENTS_PER_ROUND, timeout_ms);

	l->n_events = n > 0 ? n : 0;
	l->next_event = 0;
	l->now = loop_clock();
	l->polled = l->now;
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

/* Rounded up, so that a due timer is found due. */
static int sleep_ms(struct loop *l)
{
	struct loop_timer *t = timer_heap_first(&l->timers);
	uint64_t now, ms;

	if (!t)
		return -1;
	now = loop_clock();
	if (t->deadline_ns <= now)
		return 0;
	ms = (t->deadline_ns - now + 999999) / 1000000;
	return ms < 3600000 ? (int)ms : 3600000;
}

/* ---- The duty cycle ------------------------------------------------------ */

static void ring_doorbells(struct loop *l)
{
	if (l->rings && l->rings->doorbells)
		l->rings->doorbells(l->rings);
}

static bool rings_ready(struct loop *l)
{
	return l->rings && l->rings->ready && l->rings->ready(l->rings);
}

static void reap_rings(struct loop *l)
{
	if (l->rings && l->rings->reap)
		l->rings->reap(l->rings, l->now);
}

static bool work_waits(struct loop *l)
{
	return l->after || atomic_load_explicit(&l->posted, memory_order_acquire) ||
	       atomic_load_explicit(&l->stopping, memory_order_relaxed);
}

/* Descriptors wait for a loop that finds work in its rings no longer than this. */
static bool poll_if_due(struct loop *l)
{
	l->now = loop_clock();
	if (l->now - l->polled < POLL_AT_LEAST_NS)
		return false;
	poll_descriptors(l, 0);
	return l->n_events > 0;
}

/* True when there is work for another round at once. */
static bool spin_for_work(struct loop *l)
{
	uint64_t deadline;
	bool hit = false;

	/* Who shares its processor with the handlers keeps them off it by spinning. */
	if (loop_shared_cpu(l) >= 0 || !l->rings || !l->rings->in_flight ||
	    !l->rings->in_flight(l->rings) || !spin_wanted(&l->spin))
		return false;
	count(&l->counters.spins);
	l->now = loop_clock();
	deadline = l->now + l->spin.budget_ns;
	do {
		for (int i = 0; i < 16 && !hit; i++) {
			spin_pause();
			hit = rings_ready(l) || work_waits(l);
		}
	} while (!poll_if_due(l) && !hit && l->now < deadline);
	/* What came from a descriptor says nothing about the wait for handlers. */
	if (!hit && l->n_events > 0)
		return true;
	if (hit)
		count(&l->counters.spin_hits);
	spin_record(&l->spin, hit);
	return hit;
}

/*
 * An initiator that sends one command after the other speaks soon after it was answered. On
 * another processor it is only just being woken, and to be woken in turn would cost as much
 * again; on ours it cannot run while we look: then this does not pay, and is not done.
 */
static bool linger(struct loop *l)
{
	uint64_t deadline;

	if (!l->heard || (l->rings && l->rings->in_flight && l->rings->in_flight(l->rings)) ||
	    !spin_wanted(&l->linger))
		return false;
	l->now = loop_clock();
	deadline = l->now + l->linger.budget_ns;
	do {
		poll_descriptors(l, 0);
	} while (!l->n_events && !work_waits(l) && l->now < deadline);
	l->heard = l->n_events > 0;
	spin_record(&l->linger, l->heard);
	return l->heard || work_waits(l);
}

/* Set the flags, look again, sleep: the other halves are loop_wake() and the handlers' sleeping protocol. */
static void go_to_sleep(struct loop *l)
{
	bool rings_asleep = false;

	atomic_store(&l->asleep, true);
	if (atomic_load(&l->posted) || atomic_load(&l->stopping) || l->after)
		goto awake;
	if (l->rings && l->rings->sleep) {
		if (!l->rings->sleep(l->rings))
			goto awake;
		rings_asleep = true;
	}
	count(&l->counters.sleeps);
	poll_descriptors(l, sleep_ms(l));
	if (rings_asleep && l->rings->awake)
		l->rings->awake(l->rings);
	atomic_store_explicit(&l->asleep, false, memory_order_relaxed);
	return;
awake:
	atomic_store_explicit(&l->asleep, false, memory_order_relaxed);
	l->now = loop_clock();
}

static void one_round(struct loop *l)
{
	count(&l->counters.rounds);
	dispatch_descriptors(l);
	loop_run_posted(l);
	expire_timers(l);
	ring_doorbells(l);
	reap_rings(l);
	loop_run_after(l);
	ring_doorbells(l);
	if (work_waits(l) || rings_ready(l)) {
		poll_if_due(l);
		return;
	}
	if (!spin_for_work(l) && !linger(l))
		go_to_sleep(l);
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
	l->linger = l->spin;
	if (l->linger.adaptive && l->linger.budget_ns)
		l->linger.budget_ns = LINGER_NS;
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
	out->sleeps = atomic_load_explicit(&l->counters.sleeps, memory_order_relaxed);
	out->wakes = atomic_load_explicit(&l->counters.wakes, memory_order_relaxed);
}
