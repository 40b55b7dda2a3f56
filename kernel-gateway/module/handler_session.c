// SPDX-License-Identifier: GPL-2.0-only OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "batch.h"
#include "control/stall.h"
#include "handler_session.h"
#include "probe.h"
#include "spin.h"

#define DRAIN_INTERVAL msecs_to_jiffies(10)

/* Bits: a thread is in enter; somebody wants it to return. */
enum { RING_ENTERED, RING_WOKEN };

/* A queue as its handler thread enters it. */
struct sluice_ring {
	struct sl_queue *core;
	const struct sluice_gw_index *gw;
	struct sluice_user_index *user;
	wait_queue_head_t wait;
	struct llist_node noted; /* in a batch */
	struct sluice_spin spin;
	struct mutex reaping; /* whose holder is in the core; nobody is once the session is closed */
	unsigned long entered; /* RING_* */
} ____cacheline_aligned_in_smp;

struct sluice_session {
	struct list_head link; /* of all */
	struct sl_session *core;
	struct sluice_control layout;
	void *gateway_region;
	void *handler_region;
	wait_queue_head_t *owner;
	struct work_struct close; /* of a broken one */
	struct delayed_work drain;
	bool broken;
	bool closed; /* the core's is, or is about to be */
	struct stall stall;
	u32 pid;
	char name[SLUICE_NAME_LEN + 16];
	u32 n_rings;
	struct sluice_ring rings[]; /* [n_rings] is the admin ring */
};

static struct {
	struct mutex lock;
	struct list_head list; /* also those that drain */
	wait_queue_head_t none;
	atomic_t leaving;
} sessions = {
	.lock = __MUTEX_INITIALIZER(sessions.lock),
	.list = LIST_HEAD_INIT(sessions.list),
	.none = __WAIT_QUEUE_HEAD_INITIALIZER(sessions.none),
};

/* ---- Memory ----------------------------------------------------------------- */

/*
 * The sizes come from a handler, within the gateway's bounds; what it takes is its
 * control group's. Zeroed: nothing of the kernel's shows. More than there is, is refused: nobody
 * is killed to make room for a pool.
 */
static void *region_alloc(u64 bytes)
{
	return __vmalloc(bytes,
			 GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
}

static vm_fault_t region_fault(struct vm_fault *vmf)
{
	struct sluice_session *s = vmf->vma->vm_private_data;
	u64 offset = (u64)vmf->pgoff << PAGE_SHIFT;
	struct page *page;

	if (offset < s->layout.gateway_bytes)
		page = vmalloc_to_page(s->gateway_region + offset);
	else
		page = vmalloc_to_page(s->handler_region + (offset - SLUICE_MMAP_HANDLER));
	get_page(page);
	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct region_ops = {
	.fault = region_fault,
};

/* The regions' pages are made at once, so a fault always finds one: only bounds are judged here. */
int sluice_session_mmap(struct sluice_session *s, struct vm_area_struct *vma)
{
	u64 start = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 bytes = vma->vm_end - vma->vm_start;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (start < SLUICE_MMAP_HANDLER) {
		if (start + bytes > s->layout.gateway_bytes)
			return -EINVAL;
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		sluice_vm_flags_clear(vma, VM_MAYWRITE);
	} else if (start - SLUICE_MMAP_HANDLER + bytes > s->layout.handler_bytes) {
		return -EINVAL;
	}
	/* The mapping holds the file, and the file is the lease: a child must not hold it. */
	sluice_vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP | VM_DONTCOPY);
	vma->vm_private_data = s;
	vma->vm_ops = &region_ops;
	return 0;
}

/* ---- Open and close ------------------------------------------------------------ */

static void session_free(struct sluice_session *s)
{
	vfree(s->gateway_region);
	vfree(s->handler_region);
	kvfree(s);
}

/* Buffers that a fabric still has are given back within their deadlines. */
static void run_drain(struct work_struct *work)
{
	struct sluice_session *s =
		container_of(to_delayed_work(work), struct sluice_session, drain);

	if (!sl_session_drained(s->core)) {
		queue_delayed_work(sluice_host.work, &s->drain, DRAIN_INTERVAL);
		return;
	}
	/* Batches that have noted one of its rings. */
	synchronize_rcu();
	/* The last look at its rings, which closing takes, may have found it broken. */
	cancel_work_sync(&s->close);
	mutex_lock(&sessions.lock);
	list_del(&s->link);
	sl_session_destroy(s->core);
	session_free(s);
	if (list_empty(&sessions.list))
		wake_up_all(&sessions.none);
	mutex_unlock(&sessions.lock);
}

/* Nobody is in its queues from here on. Once. */
static void close_core(struct sluice_session *s)
{
	if (xchg(&s->closed, true))
		return;
	for (u32 i = 0; i <= s->n_rings; i++) {
		mutex_lock(&s->rings[i].reaping);
		mutex_unlock(&s->rings[i].reaping);
	}
	atomic_inc(&sessions.leaving);
	sl_session_close(s->core, sluice_now());
	atomic_dec(&sessions.leaving);
}

static void run_close(struct work_struct *work)
{
	close_core(container_of(work, struct sluice_session, close));
}

static struct sluice_session *session_alloc(u32 queues)
{
	struct sluice_session *s =
		kvzalloc(struct_size(s, rings, queues + 1), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);

	if (!s)
		return NULL;
	s->n_rings = queues;
	INIT_WORK(&s->close, run_close);
	INIT_DELAYED_WORK(&s->drain, run_drain);
	for (u32 i = 0; i <= queues; i++) {
		init_waitqueue_head(&s->rings[i].wait);
		mutex_init(&s->rings[i].reaping);
		sluice_spin_init(&s->rings[i].spin);
	}
	return s;
}

static void attach_rings(struct sluice_session *s)
{
	const struct sluice_control *c = &s->layout;

	sl_session_set_host(s->core, s);
	for (u32 i = 0; i < s->n_rings; i++) {
		struct sluice_ring *r = &s->rings[i];

		r->core = sl_session_queue(s->core, i);
		r->gw = s->gateway_region + c->gw_queue_off + i * c->gw_queue_stride;
		r->user = s->handler_region + c->user_queue_off + i * c->user_queue_stride;
		sl_queue_set_host(r->core, r);
	}
	s->rings[s->n_rings].gw = s->gateway_region + c->gw_admin_off;
	s->rings[s->n_rings].user = s->handler_region + c->user_admin_off;
}

int sluice_session_open(const struct sluice_session_open *open, const char *name, u32 pid,
			wait_queue_head_t *owner, struct sluice_session **out, char *why)
{
	struct sluice_session *s = session_alloc(min(open->queues, SLUICE_MAX_QUEUES));
	const struct sluice_control *layout;
	const char *text = NULL;
	int err;

	if (!s) {
		snprintf(why, 256, "no memory for a session");
		return -ENOMEM;
	}
	s->owner = owner;
	s->pid = pid;
	layout = &s->layout;
	if (open->pool_bytes > (u64)sluice_max_pool_mib << 20) {
		snprintf(
			why, 256,
			"data pool of %llu MiB: above the module's parameter max_pool_mib (%u): choose a smaller pool, or load it with modprobe sluice max_pool_mib=%llu",
			open->pool_bytes >> 20, sluice_max_pool_mib, open->pool_bytes >> 20);
		err = -ENOSPC;
		goto fail;
	}
	err = sl_session_layout(sluice_host.gateway, open, &s->layout, &text);
	if (err) {
		snprintf(why, 256, "session of %u queues, depth %u, pool %llu bytes: %s",
			 open->queues, open->depth, open->pool_bytes, text);
		goto fail;
	}
	snprintf(s->name, sizeof(s->name), "%s[%u]", name, pid);
	s->gateway_region = region_alloc(layout->gateway_bytes);
	s->handler_region = region_alloc(layout->handler_bytes);
	if (!s->gateway_region || !s->handler_region) {
		snprintf(
			why, 256,
			"no memory for a pool of %llu bytes: ask for a smaller one, or allow the process's control group more",
			layout->pool_bytes);
		err = -ENOMEM;
		goto fail;
	}
	err = sl_session_create(sluice_host.gateway, name, layout, s->gateway_region,
				s->handler_region, &s->core);
	if (err) {
		snprintf(why, 256, "session \"%s\": error %d: %s", name, -err,
			 err == -ENOSPC ? "too many handler sessions, close one" :
					  "ask for fewer queues or tags");
		goto fail;
	}
	attach_rings(s);
	mutex_lock(&sessions.lock);
	list_add_tail(&s->link, &sessions.list);
	mutex_unlock(&sessions.lock);
	sluice_host_watch();
	*out = s;
	return 0;
fail:
	session_free(s);
	return err;
}

void sluice_session_close(struct sluice_session *s)
{
	cancel_work_sync(&s->close);
	close_core(s);
	queue_delayed_work(sluice_host.work, &s->drain, 0);
}

struct sl_session *sluice_session_core(struct sluice_session *s)
{
	return s->core;
}

void sluice_session_opened(struct sluice_session *s, struct sluice_session_opened *opened)
{
	const struct sluice_control *c = s->gateway_region;

	opened->session = c->session;
	opened->epoch = c->epoch;
	opened->gateway_bytes = c->gateway_bytes;
	opened->handler_bytes = c->handler_bytes;
}

/* ---- Wake-ups ------------------------------------------------------------------- */

void sluice_ring_wake(struct sluice_ring *r)
{
	wake_up(&r->wait);
}

void sluice_ring_dirty(struct sluice_ring *r)
{
	if (!sluice_batch_note(&r->noted))
		sl_queue_doorbell(r->core);
}

void sluice_ring_doorbell(struct llist_node *noted)
{
	sl_queue_doorbell(container_of(noted, struct sluice_ring, noted)->core);
}

void sluice_session_wake(struct sluice_session *s)
{
	wake_up(&s->rings[s->n_rings].wait);
}

/* What it did wrong is known once; it is closed from a clean stack, for its thread may be in the core. */
void sluice_session_broken(struct sluice_session *s, const char *why)
{
	if (xchg(&s->broken, true))
		return;
	pr_warn("%s: ring broken: %s; the session is closed\n", s->name, why);
	queue_work(sluice_host.work, &s->close);
	wake_up_all(s->owner);
	for (u32 i = 0; i <= s->n_rings; i++)
		wake_up_all(&s->rings[i].wait);
}

bool sluice_session_is_broken(const struct sluice_session *s)
{
	return READ_ONCE(s->broken);
}

/* ---- Enter ------------------------------------------------------------------------ */

/* Commands behind the handler's own index. Only the gateway writes what is read here. */
static u32 available(const struct sluice_ring *r, u32 consumer)
{
	/* Pairs with the release in the core's publish(). */
	return smp_load_acquire(&r->gw->sub_producer) - consumer;
}

/*
 * About to sleep: flag, full fence, look again; the core: index, full fence, flag. One
 * of them sees the other. The flag is the handler's memory: who writes it himself
 * harms himself, for he sleeps until the time is over.
 */
static bool has_commands(struct sluice_session *s, struct sluice_ring *r, u32 consumer)
{
	WRITE_ONCE(r->user->sleeping, 1);
	/* Pairs with the fence in the core's doorbell, between its index and its look at the flag. */
	smp_mb();
	return available(r, consumer) || test_bit(RING_WOKEN, &r->entered) || READ_ONCE(s->broken);
}

struct look {
	struct sluice_session *session;
	struct sluice_ring *ring;
	u32 consumer;
};

static bool is_ready(void *arg)
{
	const struct look *l = arg;

	return available(l->ring, l->consumer) || test_bit(RING_WOKEN, &l->ring->entered) ||
	       READ_ONCE(l->session->broken);
}

static int wait_for_commands(struct sluice_session *s, struct sluice_ring *r,
			     const struct sluice_enter *enter)
{
	ktime_t timeout = enter->timeout_ns == U64_MAX ? KTIME_MAX : ns_to_ktime(enter->timeout_ns);
	int err = wait_event_interruptible_hrtimeout(r->wait, has_commands(s, r, enter->consumer),
						     timeout);

	WRITE_ONCE(r->user->sleeping, 0);
	return err == -ETIME ? 0 : err;
}

/* Takes what the handler has put there. -ESHUTDOWN: the session is closed. */
static int reap(struct sluice_session *s, struct sluice_ring *r)
{
	int err = 0;

	mutex_lock(&r->reaping);
	if (READ_ONCE(s->closed))
		err = -ESHUTDOWN;
	else if (r->core)
		sl_queue_reap(r->core, s->layout.depth, sluice_now());
	else
		sl_admin_reap(s->core, sluice_now());
	mutex_unlock(&r->reaping);
	return err;
}

static int outcome(struct sluice_session *s, struct sluice_ring *r, u32 consumer, u32 depth)
{
	if (READ_ONCE(s->broken))
		return -ESHUTDOWN;
	return min(available(r, consumer), depth);
}

/* Who called has left an answer before: the thread sees it when it is back. */
static void leave(struct sluice_ring *r)
{
	clear_bit(RING_WOKEN, &r->entered);
	clear_bit_unlock(RING_ENTERED, &r->entered);
}

/* Requests may be given while another thread sleeps for events. */
static int enter_admin(struct sluice_session *s, const struct sluice_enter *enter)
{
	struct sluice_ring *r = &s->rings[s->n_rings];
	int err = reap(s, r);

	if (!err && enter->timeout_ns && !available(r, enter->consumer)) {
		if (test_and_set_bit_lock(RING_ENTERED, &r->entered))
			return -EBUSY;
		err = wait_for_commands(s, r, enter);
		leave(r);
	}
	return err ? err : outcome(s, r, enter->consumer, s->layout.admin_depth);
}

int sluice_session_enter(struct sluice_session *s, const struct sluice_enter *enter)
{
	struct look look = { .session = s, .consumer = enter->consumer };
	struct sluice_ring *r;
	int err;

	if (enter->reserved)
		return -EINVAL;
	if (enter->queue == SLUICE_ENTER_ADMIN)
		return enter_admin(s, enter);
	if (enter->queue >= s->n_rings)
		return -EINVAL;
	r = &s->rings[enter->queue];
	look.ring = r;
	if (test_and_set_bit_lock(RING_ENTERED, &r->entered))
		return -EBUSY;
	err = reap(s, r);
	if (!err && enter->timeout_ns && !sluice_spin(&r->spin, is_ready, &look))
		err = wait_for_commands(s, r, enter);
	leave(r);
	return err ? err : outcome(s, r, enter->consumer, s->layout.depth);
}

int sluice_session_wake_queue(struct sluice_session *s, unsigned long queue)
{
	struct sluice_ring *r;

	if (queue == SLUICE_ENTER_ADMIN)
		r = &s->rings[s->n_rings];
	else if (queue < s->n_rings)
		r = &s->rings[queue];
	else
		return -EINVAL;
	set_bit(RING_WOKEN, &r->entered);
	/* A full fence if nobody sleeps, and a lock that the sleeper takes if one does. */
	smp_mb__after_atomic();
	wake_up(&r->wait);
	return 0;
}

/* ---- All of them -------------------------------------------------------------------- */

bool sluice_sessions_leave(void)
{
	return atomic_read(&sessions.leaving);
}

/* Under the list's lock: it is there. */
static void tell(struct sluice_session *s, struct sluice_session_info *info)
{
	sl_session_info(s->core, sluice_now(), info);
	info->pid = s->pid;
}

int sluice_session_info(u32 index, struct sluice_session_info *info)
{
	struct sluice_session *s;
	int err = -ENOENT;

	mutex_lock(&sessions.lock);
	list_for_each_entry(s, &sessions.list, link) {
		if (index--)
			continue;
		tell(s, info);
		err = 0;
		break;
	}
	mutex_unlock(&sessions.lock);
	return err;
}

static void say(struct sluice_session *s)
{
	struct sluice_session_info info;
	char text[STALL_TEXT];

	tell(s, &info);
	if (!stall_changed(&s->stall, &info, text))
		return;
	if (s->stall.stalled)
		pr_warn("%s: %s\n", s->name, text);
	else
		pr_info("%s: %s\n", s->name, text);
}

bool sluice_sessions_watch(void)
{
	struct sluice_session *s;
	bool any;

	mutex_lock(&sessions.lock);
	sl_gateway_watch(sluice_host.gateway, sluice_now());
	list_for_each_entry(s, &sessions.list, link) {
		if (!READ_ONCE(s->closed))
			say(s);
	}
	any = !list_empty(&sessions.list);
	mutex_unlock(&sessions.lock);
	return any;
}

static bool none(void)
{
	bool empty;

	/* Who took the last one off has let go of the lock, and of all that the module has. */
	mutex_lock(&sessions.lock);
	empty = list_empty(&sessions.list);
	mutex_unlock(&sessions.lock);
	return empty;
}

void sluice_sessions_stop(void)
{
	wait_event(sessions.none, none());
}
