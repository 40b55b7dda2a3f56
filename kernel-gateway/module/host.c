// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <linux/jiffies.h>
#include <linux/ktime.h>

#include "handler_session.h"
#include "host.h"
#include "rig_host.h"
#include "scsi_host.h"

struct sluice_host sluice_host;

u64 sluice_now(void)
{
	return ktime_get_ns() + atomic64_read(&sluice_host.ahead_ns);
}

/* ---- The timer ------------------------------------------------------------ */

/* From any context but a hard interrupt. A tick may come late by a jiffy, never early. */
static void arm(u64 deadline_ns)
{
	u64 now_ns = sluice_now();
	u64 delay_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;
	struct sluice_host *h = &sluice_host;

	spin_lock_bh(&h->tick_lock);
	if (deadline_ns < h->tick_ns) {
		h->tick_ns = deadline_ns;
		mod_delayed_work(h->work, &h->tick,
				 nsecs_to_jiffies(min_t(u64, delay_ns, 86400ULL * NSEC_PER_SEC)) +
					 1);
	}
	spin_unlock_bh(&h->tick_lock);
}

static void run_tick(struct work_struct *work)
{
	struct sluice_host *h = &sluice_host;
	u64 next_ns;

	spin_lock_bh(&h->tick_lock);
	h->tick_ns = U64_MAX;
	spin_unlock_bh(&h->tick_lock);
	next_ns = sl_gateway_tick(h->gateway, sluice_now());
	if (next_ns != U64_MAX)
		arm(next_ns);
}

/* ---- Whether the handlers live -------------------------------------------------- */

#define WATCH_INTERVAL HZ

static void run_watch(struct work_struct *work)
{
	if (sluice_sessions_watch())
		queue_delayed_work(sluice_host.work, &sluice_host.watch, WATCH_INTERVAL);
}

void sluice_host_watch(void)
{
	queue_delayed_work(sluice_host.work, &sluice_host.watch, WATCH_INTERVAL);
}

void sluice_advance_time(u64 ns)
{
	atomic64_add(ns, &sluice_host.ahead_ns);
	run_tick(&sluice_host.tick.work);
	sluice_sessions_watch();
}

void sluice_target_leaves(const char *target)
{
	sluice_scsi_target_remove(target);
	rigs_lock();
	rigs_drop_target(&sluice_rigs, target);
	rigs_unlock();
}

/* ---- What the core asks for (sl_host_ops) ----------------------------------- */

static void queue_dirty(void *host, struct sl_queue *q)
{
	sluice_ring_dirty(sl_queue_host(q));
}

static void wake(void *host, struct sl_session *s, struct sl_queue *q, u32 *word)
{
	if (q)
		sluice_ring_wake(sl_queue_host(q));
	else
		sluice_session_wake(sl_session_host(s));
}

static void timer(void *host, u64 deadline_ns)
{
	arm(deadline_ns);
}

static void session_broken(void *host, struct sl_session *s, const char *why)
{
	sluice_session_broken(sl_session_host(s), why);
}

static const struct sl_host_ops host_ops = {
	.queue_dirty = queue_dirty,
	.wake = wake,
	.timer = timer,
	.session_broken = session_broken,
};

int sluice_host_start(const struct sl_limits *limits)
{
	struct sluice_host *h = &sluice_host;
	int err;

	spin_lock_init(&h->tick_lock);
	h->tick_ns = U64_MAX;
	h->started_ns = sluice_now();
	INIT_DELAYED_WORK(&h->tick, run_tick);
	INIT_DELAYED_WORK(&h->watch, run_watch);
	/* A disk of ours may be swapped to: ending its commands must not wait for memory. */
	h->work = alloc_workqueue("sluice", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!h->work)
		return -ENOMEM;
	err = sl_gateway_create(&host_ops, h, limits, &h->gateway);
	if (err)
		destroy_workqueue(h->work);
	return err;
}

void sluice_host_stop(void)
{
	struct sluice_host *h = &sluice_host;

	sluice_sessions_stop();
	cancel_delayed_work_sync(&h->watch);
	cancel_delayed_work_sync(&h->tick);
	sl_gateway_destroy(h->gateway);
	destroy_workqueue(h->work);
}
