/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "handler_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log.h"

#define DRAIN_INTERVAL_NS 10000000ull

#define session_of(pointer, member) \
	((struct handler_session *)((char *)(pointer)-offsetof(struct handler_session, member)))

/* ---- The admin ring --------------------------------------------------------- */

/*
 * Its flag stays raised but while it is drained: requests are rare, and a handler
 * that writes one pays the wake-up. The core may drain it as well, before it judges
 * completions.
 */
static void serve_admin(struct handler_session *s)
{
	uint64_t now = loop_now(s->host->loops[0]);

	if (s->closing)
		return;
	sl_admin_awake(s->core);
	for (int i = 0; i < 4; i++) {
		sl_admin_reap(s->core, now);
		if (sl_admin_sleep(s->core))
			return;
	}
	/*
	 * A handler that fills it as fast as it is drained: others first, then again. Not by
	 * its eventfd: that is the handler's as well, who may have made it full, and blocking.
	 */
	loop_post(s->host->loops[0], &s->admin_again);
}

static void admin_rang(struct loop_fd *f, uint32_t events)
{
	serve_admin(session_of(f, admin_bell));
}

static void admin_again(struct loop_work *w)
{
	serve_admin(session_of(w, admin_again));
}

/* ---- Opening ---------------------------------------------------------------- */

static int create_bells(struct handler_session *s, char why[256])
{
	for (uint32_t i = 0; i <= s->n_queues; i++) {
		s->bells[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (s->bells[i] < 0) {
			int err = errno;

			snprintf(why, 256, "eventfd %u of %u: %s: raise RLIMIT_NOFILE", i + 1,
				 s->n_queues + 1, strerror(err));
			return -err;
		}
		s->n_bells = i + 1;
	}
	return 0;
}

static int create_regions(struct handler_session *s, char why[256])
{
	int err = region_create(&s->gateway_region, "sluice-gateway", s->layout.gateway_bytes,
				REGION_READ_ONLY, why);

	if (err)
		return err;
	return region_create(&s->handler_region, "sluice-handler", s->layout.handler_bytes,
			     REGION_SHARED, why);
}

static int create_core(struct handler_session *s, char why[256])
{
	struct host *h = s->host;
	int err = sl_session_create(h->gateway, s->session_name, &s->layout, s->gateway_region.base,
				    s->handler_region.base, &s->core);

	if (err) {
		snprintf(why, 256, "session \"%s\": %s: %s", s->name, strerror(-err),
			 err == -ENOSPC ? "too many handler sessions, close one" :
					  "ask for fewer queues or tags");
		return err;
	}
	for (uint32_t q = 0; q < s->n_queues; q++) {
		struct sl_queue *queue = sl_session_queue(s->core, q);

		ring_queue_init(&s->queues[q], &h->services[q % h->n_loops], queue, s->bells[q]);
		sl_queue_set_host(queue, &s->queues[q]);
	}
	return 0;
}

static int watch_admin(struct handler_session *s, char why[256])
{
	int err;

	s->admin_bell = (struct loop_fd){ .fd = s->bells[s->n_queues], .ready = admin_rang };
	err = loop_fd_add(s->host->loops[0], &s->admin_bell, EPOLLIN | EPOLLET);
	if (err)
		snprintf(why, 256,
			 "epoll_ctl of the admin eventfd: %s: raise "
			 "/proc/sys/fs/epoll/max_user_watches",
			 strerror(-err));
	return err;
}

static void attach_queues(struct sweep *sweep, uint32_t loop_index)
{
	struct handler_session *s = session_of(sweep, sweep);

	for (uint32_t q = loop_index; q < s->n_queues; q += s->host->n_loops) {
		int err = ring_queue_attach(&s->queues[q]);

		if (err)
			handler_session_broken(s->host, s->core,
					       "epoll_ctl of a queue's eventfd failed");
	}
}

static void close_now(struct handler_session *s);

static void attached(struct sweep *sweep)
{
	struct handler_session *s = session_of(sweep, sweep);

	s->settled++;
	if (s->closing)
		close_now(s);
}

static void destroy(struct handler_session *s)
{
	for (uint32_t i = 0; i < s->n_bells; i++)
		close(s->bells[i]);
	if (s->core)
		sl_session_destroy(s->core);
	region_destroy(&s->gateway_region);
	region_destroy(&s->handler_region);
	free(s);
}

static void broken_on_loop_0(struct loop_work *w);
static void drain_again(struct loop_timer *t, uint64_t now_ns);

static struct handler_session *allocate(struct host *h, const char *name, uint32_t pid)
{
	struct handler_session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->host = h;
	s->pid = pid;
	s->gateway_region = (struct region){ .fd = -1, .base = MAP_FAILED };
	s->handler_region = s->gateway_region;
	s->broken_work.run = broken_on_loop_0;
	s->admin_again.run = admin_again;
	s->drain.expired = drain_again;
	snprintf(s->session_name, sizeof(s->session_name), "%.*s", (int)SLUICE_NAME_LEN - 1, name);
	snprintf(s->name, sizeof(s->name), "%s[%u]", s->session_name, pid);
	return s;
}

int handler_session_open(struct host *h, const char *name, uint32_t pid,
			 const struct sluice_session_open *open,
			 void (*broken)(struct handler_session *s, void *arg), void *arg,
			 struct handler_session **out, char why[256])
{
	struct handler_session *s = allocate(h, open->name[0] ? open->name : name, pid);
	const char *text = NULL;
	int err;

	if (!s) {
		snprintf(why, 256, "no memory for a session: give the process more");
		return -ENOMEM;
	}
	s->broken = broken;
	s->arg = arg;
	err = sl_session_layout(h->gateway, open, &s->layout, &text);
	if (err) {
		snprintf(why, 256, "session of %u queues, depth %u, pool %llu bytes: %s",
			 open->queues, open->depth, (unsigned long long)open->pool_bytes,
			 text ? text : strerror(-err));
		goto fail;
	}
	s->n_queues = open->queues;
	err = create_bells(s, why);
	if (!err)
		err = create_regions(s, why);
	if (!err)
		err = create_core(s, why);
	if (!err)
		err = watch_admin(s, why);
	if (err)
		goto fail_core;
	sl_admin_sleep(s->core);
	s->next = h->sessions;
	h->sessions = s;
	host_watch(h);
	s->sweep.visit = attach_queues;
	s->sweep.done = attached;
	sweep_start(&s->sweep, h->loops, h->n_loops);
	*out = s;
	return 0;
fail_core:
	if (s->core)
		sl_session_close(s->core, loop_now(h->loops[0]));
fail:
	destroy(s);
	return err;
}

uint32_t handler_session_fds(const struct handler_session *s, int fds[SLUICE_MAX_QUEUES + 3])
{
	fds[0] = s->gateway_region.fd;
	fds[1] = s->handler_region.fd;
	for (uint32_t i = 0; i < s->n_bells; i++)
		fds[2 + i] = s->bells[i];
	return 2 + s->n_bells;
}

void handler_session_passed(struct handler_session *s)
{
	region_close_fd(&s->gateway_region);
	region_close_fd(&s->handler_region);
}

uint32_t handler_session_epoch(const struct handler_session *s)
{
	return ((const struct sluice_control *)s->gateway_region.base)->epoch;
}

/* ---- A broken ring ------------------------------------------------------------ */

static void broken_on_loop_0(struct loop_work *w)
{
	struct handler_session *s = session_of(w, broken_work);

	if (s->closing)
		return;
	log_warn("session", "%s: ring broken: %s; the session is closed", s->name, s->broken_why);
	s->broken(s, s->arg);
}

void handler_session_broken(struct host *h, struct sl_session *core, const char *why)
{
	/* The queues know the way back from the core's session to ours. */
	struct ring_queue *rq = sl_queue_host(sl_session_queue(core, 0));
	struct handler_session *s = session_of(rq, queues);

	/* The first reason counts; loop_post() publishes it. */
	if (!__atomic_exchange_n(&s->broken_why, why, __ATOMIC_RELAXED))
		loop_post(h->loops[0], &s->broken_work);
}

/* ---- Whether it lives ----------------------------------------------------------- */

void handler_session_info(struct handler_session *s, struct sluice_session_info *info)
{
	sl_session_info(s->core, loop_now(s->host->loops[0]), info);
	info->pid = s->pid;
}

static void say(struct handler_session *s)
{
	struct sluice_session_info info;
	char text[STALL_TEXT];

	handler_session_info(s, &info);
	if (!stall_changed(&s->stall, &info, text))
		return;
	if (s->stall.stalled)
		log_warn("session", "%s: %s; see ./sluice status --commands", s->name, text);
	else
		log_info("session", "%s: %s", s->name, text);
}

void handler_sessions_watch(struct host *h, uint64_t now_ns)
{
	sl_gateway_watch(h->gateway, now_ns);
	for (struct handler_session *s = h->sessions; s; s = s->next) {
		if (!s->closing)
			say(s);
	}
}

/* ---- The way out ---------------------------------------------------------------- */

static void unlink_session(struct handler_session *s)
{
	struct handler_session **at = &s->host->sessions;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
}

/* Last step: no thread is in the session any more; only fabrics may still read buffers. */
static void drain_again(struct loop_timer *t, uint64_t now_ns)
{
	struct handler_session *s = session_of(t, drain);
	struct host *h = s->host;

	if (!sl_session_drained(s->core)) {
		loop_timer_set(h->loops[0], t, now_ns + DRAIN_INTERVAL_NS);
		return;
	}
	log_debug("session", "%s: drained and unmapped", s->name);
	unlink_session(s);
	destroy(s);
}

/*
 * Two sweeps after sl_session_close(): after the first, no loop is in the middle of a
 * command that it submitted before; after the second, what such a command posted to
 * a queue's loop has run as well.
 */
static void swept_after_close(struct sweep *sweep)
{
	struct handler_session *s = session_of(sweep, sweep);
	struct host *h = s->host;

	if (++s->settled == 1) {
		sweep_start(&s->sweep, h->loops, h->n_loops);
		return;
	}
	drain_again(&s->drain, loop_now(h->loops[0]));
}

static void detach_queues(struct sweep *sweep, uint32_t loop_index)
{
	struct handler_session *s = session_of(sweep, sweep);

	for (uint32_t q = loop_index; q < s->n_queues; q += s->host->n_loops)
		ring_queue_detach(&s->queues[q]);
}

static void detached(struct sweep *sweep)
{
	struct handler_session *s = session_of(sweep, sweep);
	struct host *h = s->host;

	sl_session_close(s->core, loop_now(h->loops[0]));
	s->orphaned = true;
	h->n_closing--;
	s->settled = 0;
	s->sweep.visit = NULL;
	s->sweep.done = swept_after_close;
	sweep_start(&s->sweep, h->loops, h->n_loops);
}

static void close_now(struct handler_session *s)
{
	loop_fd_remove(s->host->loops[0], &s->admin_bell);
	s->sweep.visit = detach_queues;
	s->sweep.done = detached;
	sweep_start(&s->sweep, s->host->loops, s->host->n_loops);
}

void handler_session_close(struct handler_session *s)
{
	if (s->closing)
		return;
	s->closing = true;
	s->host->n_closing++;
	/* Queues that are not attached yet cannot be detached: attached() goes on then. */
	if (s->settled)
		close_now(s);
}
