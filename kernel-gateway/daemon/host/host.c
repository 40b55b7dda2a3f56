/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "host.h"

#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "handler_session.h"

#define host_of(pointer, member) ((struct host *)((char *)(pointer)-offsetof(struct host, member)))

/* ---- What the core asks of its host (sl_host_ops) ------------------------ */

static void queue_dirty(void *host, struct sl_queue *q)
{
	ring_queue_dirty(sl_queue_host(q));
}

static void wake(void *host, struct sl_session *s, struct sl_queue *q, u32 *word)
{
	(void)s;
	(void)q;
	/* Shared with another process: not FUTEX_WAKE_PRIVATE. */
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void timer(void *host, u64 deadline_ns)
{
	struct host *h = host;
	uint64_t known = atomic_load(&h->tick_deadline_ns);

	/* The earliest wins; loop 0 takes it and resets the word. */
	while (deadline_ns < known) {
		if (!atomic_compare_exchange_weak(&h->tick_deadline_ns, &known, deadline_ns))
			continue;
		loop_post(h->loops[0], &h->set_tick);
		return;
	}
}

static void session_broken(void *host, struct sl_session *s, const char *why)
{
	handler_session_broken(host, s, why);
}

static const struct sl_host_ops host_ops = {
	.queue_dirty = queue_dirty,
	.wake = wake,
	.timer = timer,
	.session_broken = session_broken,
};

/* ---- The deadline timer --------------------------------------------------- */

static void set_tick(struct host *h, uint64_t deadline_ns)
{
	if (h->tick.slot && h->tick.deadline_ns <= deadline_ns)
		return;
	if (deadline_ns != U64_MAX)
		loop_timer_set(h->loops[0], &h->tick, deadline_ns);
}

static void tick_moved(struct loop_work *w)
{
	struct host *h = host_of(w, set_tick);

	set_tick(h, atomic_exchange(&h->tick_deadline_ns, U64_MAX));
}

static void tick_expired(struct loop_timer *t, uint64_t now_ns)
{
	struct host *h = host_of(t, tick);

	set_tick(h, sl_gateway_tick(h->gateway, now_ns));
}

/* ---- Whether the handlers live -------------------------------------------- */

#define WATCH_INTERVAL_NS 1000000000ull

static void watch_expired(struct loop_timer *t, uint64_t now_ns)
{
	struct host *h = host_of(t, watch);

	handler_sessions_watch(h, now_ns);
	if (h->sessions)
		loop_timer_set(h->loops[0], t, now_ns + WATCH_INTERVAL_NS);
}

void host_watch(struct host *h)
{
	if (!h->watch.slot)
		loop_timer_set(h->loops[0], &h->watch, loop_now(h->loops[0]) + WATCH_INTERVAL_NS);
}

void host_advance_time(struct host *h, uint64_t ns)
{
	loop_clock_advance(ns);
	for (uint32_t i = 0; i < h->n_loops; i++)
		loop_time_moved(h->loops[i]);
}

/* ---- Life ------------------------------------------------------------------ */

static int create_loops(struct host *h, uint32_t n_loops, uint64_t spin_ns, char why[256])
{
	for (uint32_t i = 0; i < n_loops; i++) {
		int err = loop_create(i, spin_ns, &h->loops[i]);

		if (err) {
			snprintf(why, 256,
				 "event loop %u of %u: %s: raise RLIMIT_NOFILE or use "
				 "fewer --loops",
				 i, n_loops, strerror(-err));
			return err;
		}
		ring_service_init(&h->services[i], h->loops[i]);
		h->n_loops = i + 1;
	}
	return 0;
}

/* Differs from that of every gateway that ran before. */
static uint64_t wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int host_create(struct host *h, uint32_t n_loops, uint64_t spin_ns, const struct sl_limits *limits,
		char why[256])
{
	struct sl_limits mine = limits ? *limits : (struct sl_limits){ 0 };
	int err;

	*h = (struct host){ .tick = { .expired = tick_expired },
			    .watch = { .expired = watch_expired },
			    .set_tick = { .run = tick_moved },
			    .tick_deadline_ns = U64_MAX,
			    .started_ns = loop_clock() };
	if (n_loops < 1 || n_loops > HOST_MAX_LOOPS) {
		snprintf(why, 256, "%u event loops: choose 1 to %u", n_loops, HOST_MAX_LOOPS);
		return -EINVAL;
	}
	if (!mine.incarnation)
		mine.incarnation = wall_clock();
	err = create_loops(h, n_loops, spin_ns, why);
	if (err)
		goto fail;
	err = sl_gateway_create(&host_ops, h, &mine, &h->gateway);
	if (err) {
		snprintf(why, 256, "the gateway core: %s: give the process more memory",
			 strerror(-err));
		goto fail;
	}
	return 0;
fail:
	host_destroy(h);
	return err;
}

int host_start(struct host *h, char why[256])
{
	for (uint32_t i = 1; i < h->n_loops; i++) {
		int err = loop_start(h->loops[i]);

		if (err) {
			snprintf(why, 256,
				 "thread of event loop %u: %s: raise the limit on threads or use "
				 "fewer --loops",
				 i, strerror(-err));
			return err;
		}
	}
	return 0;
}

void host_stop(struct host *h)
{
	for (uint32_t i = 1; i < h->n_loops; i++)
		loop_stop(h->loops[i]);
	for (uint32_t i = 1; i < h->n_loops; i++)
		loop_join(h->loops[i]);
}

void host_destroy(struct host *h)
{
	if (h->gateway)
		sl_gateway_destroy(h->gateway);
	h->gateway = NULL;
	for (uint32_t i = 0; i < h->n_loops; i++)
		loop_destroy(h->loops[i]);
	h->n_loops = 0;
}
