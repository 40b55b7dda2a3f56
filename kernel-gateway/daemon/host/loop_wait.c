/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The end of a loop's duty cycle: it looks for work without sleeping, as long as one of the
 * ways to do that pays, and sleeps. Ways that look for a handler's answer come first: a spin,
 * for a handler on another processor, and a yield, for one that waits for ours.
 */
#include <sched.h>

#include "loop_state.h"

/* A loop that finds work in its rings again and again looks at its descriptors at least this often. */
#define POLL_AT_LEAST_NS 20000

static void poll_descriptors(struct loop *l, int timeout_ms)
{
	int n = epoll_wait(l->epoll, l->events, EVENTS_PER_ROUND, timeout_ms);

	l->n_events = n > 0 ? n : 0;
	l->next_event = 0;
	l->now = loop_clock();
	l->polled = l->now;
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

static bool rings_ready(struct loop *l)
{
	return l->rings && l->rings->ready && l->rings->ready(l->rings);
}

static bool in_flight(struct loop *l)
{
	return l->rings && l->rings->in_flight && l->rings->in_flight(l->rings);
}

static bool work_waits(struct loop *l)
{
	return l->after || atomic_load_explicit(&l->posted, memory_order_acquire) ||
	       atomic_load_explicit(&l->stopping, memory_order_relaxed);
}

/* Descriptors wait for a loop that finds work in its rings no longer than that. */
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
	if (loop_shared_cpu(l) >= 0 || !spin_wanted(&l->spin))
		return false;
	loop_count(&l->counters.spins);
	l->now = loop_clock();
	deadline = l->now + spin_length(&l->spin, yield_pays(&l->yield));
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
		loop_count(&l->counters.spin_hits);
	spin_record(&l->spin, hit);
	return hit;
}

/* True when there is work for another round at once. */
static bool yield_for_work(struct loop *l)
{
	uint64_t before, longest = 0;
	uint32_t looks = 0;
	bool hit;

	if (!yield_wanted(&l->yield, l->now))
		return false;
	loop_count(&l->counters.yields);
	l->now = loop_clock();
	do {
		before = l->now;
		sched_yield();
		hit = rings_ready(l) || work_waits(l);
		poll_if_due(l);
		if (l->now - before > longest)
			longest = l->now - before;
	} while (!hit && !l->n_events && ++looks < YIELD_LOOKS);
	if (hit)
		loop_count(&l->counters.yield_hits);
	if (hit || !l->n_events || longest > YIELD_DEAR_NS)
		yield_record(&l->yield, hit, longest, l->now);
	return hit || l->n_events > 0;
}

static bool linger(struct loop *l)
{
	uint64_t deadline;

	if (!linger_wanted(&l->linger, in_flight(l)))
		return false;
	l->now = loop_clock();
	deadline = linger_deadline(&l->linger, l->now);
	do {
		poll_descriptors(l, 0);
	} while (!l->n_events && !work_waits(l) && l->now < deadline);
	linger_record(&l->linger, l->n_events > 0);
	return l->n_events > 0 || work_waits(l);
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
	loop_count(&l->counters.sleeps);
	poll_descriptors(l, sleep_ms(l));
	if (rings_asleep && l->rings->awake)
		l->rings->awake(l->rings);
	atomic_store_explicit(&l->asleep, false, memory_order_relaxed);
	return;
awake:
	atomic_store_explicit(&l->asleep, false, memory_order_relaxed);
	l->now = loop_clock();
}

void loop_wait(struct loop *l)
{
	if (work_waits(l) || rings_ready(l))
		poll_if_due(l);
	else if (!(in_flight(l) && (spin_for_work(l) || yield_for_work(l))) && !linger(l))
		go_to_sleep(l);
}
