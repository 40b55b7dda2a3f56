/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The handler's half of a queue and of the admin ring. */
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "handler.h"

/*
 * A buffer goes from one queue's thread to another's through the gateway, which maps the
 * pool elsewhere: a race detector cannot see that order, so it is told.
 */
#ifdef __SANITIZE_THREAD__
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#define BUFFER_ARRIVES(handler) __tsan_acquire(handler)
#define BUFFER_LEAVES(handler)	__tsan_release(handler)
#else
#define BUFFER_ARRIVES(handler) ((void)0)
#define BUFFER_LEAVES(handler)	((void)0)
#endif

struct ring_view {
	const struct sluice_gw_index *theirs;
	struct sluice_user_index *ours;
};

static struct ring_view queue_view(struct handler *h, uint32_t q)
{
	const struct sluice_control *c = h->control;

	return (struct ring_view){
		(const void *)(h->gateway + c->gw_queue_off + q * c->gw_queue_stride),
		(void *)(h->shared + c->user_queue_off + q * c->user_queue_stride),
	};
}

static struct ring_view admin_view(struct handler *h)
{
	return (struct ring_view){ (const void *)(h->gateway + h->control->gw_admin_off),
				   (void *)(h->shared + h->control->user_admin_off) };
}

static void pause_cpu(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#endif
}

/* Is there an entry that we have not taken? Acquire: pairs with the gateway's release of sub_producer. */
static bool has_entry(struct ring_view *v)
{
	return __atomic_load_n(&v->theirs->sub_producer, __ATOMIC_ACQUIRE) !=
	       __atomic_load_n(&v->ours->sub_consumer, __ATOMIC_RELAXED);
}

bool handler_over(struct handler *h)
{
	return h->stopping ||
	       __atomic_load_n(&h->control->state, __ATOMIC_ACQUIRE) == SLUICE_SESSION_BROKEN;
}

/* The module: answers in, commands out, and sleep, in one call. */
static void enter(struct handler *h, uint32_t queue, const struct ring_view *v, uint64_t bound_ns)
{
	const struct sluice_enter e = { .queue = queue,
					.consumer = __atomic_load_n(&v->ours->sub_consumer,
								    __ATOMIC_RELAXED),
					.timeout_ns = bound_ns };

	(void)!ioctl(h->link.fd, SLUICE_IOC_ENTER, &e);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static bool spin_for_entry(struct handler *h, struct ring_view *v)
{
	for (uint32_t i = 0; i < h->spin_rounds; i++) {
		if (has_entry(v) || handler_over(h))
			return true;
		pause_cpu();
	}
	return false;
}

static bool yield_for_entry(struct handler *h, struct ring_view *v, struct yielding *y)
{
	uint64_t after = now(), longest = 0;
	bool hit = false;

	if (!yielding_wanted(y, after))
		return false;
	for (int looks = 0; looks < YIELDING_LOOKS && !hit; looks++) {
		uint64_t before = after;

		sched_yield();
		after = now();
		if (after - before > longest)
			longest = after - before;
		hit = has_entry(v) || handler_over(h);
	}
	yielding_record(y, hit, longest, after);
	return hit;
}

static void sleep_for_entry(struct handler *h, struct ring_view *v, uint64_t bound_ns)
{
	const struct timespec bound = { (time_t)(bound_ns / 1000000000),
					(long)(bound_ns % 1000000000) };

	/*
	 * Raise the flag, full fence, look again, sleep. Pairs with the gateway: store
	 * sub_producer, full fence, load the flag. An exchange is a full fence, and one
	 * that a race detector understands.
	 */
	__atomic_exchange_n(&v->ours->sleeping, 1, __ATOMIC_SEQ_CST);
	if (!has_entry(v) && !handler_over(h))
		syscall(SYS_futex, &v->ours->sleeping, FUTEX_WAIT, 1, &bound, NULL, 0);
	__atomic_store_n(&v->ours->sleeping, 0, __ATOMIC_RELAXED);
}

static void wait_for_entry(struct handler *h, uint32_t queue, struct ring_view *v,
			   uint64_t bound_ns)
{
	struct yielding *y = &h->yieldings[queue];

	if (h->link.device)
		enter(h, queue, v, bound_ns);
	else if (!spin_for_entry(h, v) && !yield_for_entry(h, v, y))
		sleep_for_entry(h, v, bound_ns);
}

/* After comp_producer was stored: does the gateway sleep? Pairs with its raise, fence, look again. */
static void wake_gateway(struct ring_view *v, int bell)
{
	const uint64_t one = 1;

	/* The full fence as a locked no-op: a race detector knows those and not fences. */
	__atomic_fetch_or(&v->ours->comp_producer, 0, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&v->theirs->sleeping, __ATOMIC_SEQ_CST))
		(void)!write(bell, &one, sizeof(one));
}

uint8_t *handler_sense(struct handler *h, uint32_t queue, uint32_t tag)
{
	uint8_t *base = (uint8_t *)queue_view(h, queue).ours;

	return ((struct sluice_response *)(base + h->control->user_resp_off))[tag].sense;
}

static void push(struct handler *h, uint32_t queue, struct ring_view *v,
		 const struct sluice_completion *completion)
{
	uint8_t *base = (uint8_t *)v->ours;
	uint32_t at = __atomic_load_n(&v->ours->comp_producer, __ATOMIC_RELAXED);
	struct sluice_completion *slot =
		(struct sluice_completion *)(base + h->control->user_comp_off) +
		(at & (h->depth - 1));

	BUFFER_LEAVES(h);
	*slot = *completion;
	/* Release: slot and sense before the index. */
	__atomic_store_n(&v->ours->comp_producer, at + 1, __ATOMIC_RELEASE);
	h->answered[queue] = true;
}

void handler_push(struct handler *h, uint32_t queue, const struct sluice_completion *completion)
{
	struct ring_view v = queue_view(h, queue);

	push(h, queue, &v, completion);
}

void handler_complete(struct handler_command *command, const struct handler_answer *answer)
{
	const struct sluice_completion completion = { .tag = command->desc.tag,
						      .generation = command->desc.generation,
						      .status = answer->status,
						      .sense_len = answer->sense_len,
						      .data_len = answer->data_len };

	struct handler *h = command->handler;
	struct ring_view v = queue_view(h, command->queue);
	struct sluice_response *responses =
		(struct sluice_response *)((uint8_t *)v.ours + h->control->user_resp_off);

	memcpy(responses[command->desc.tag].sense, answer->sense, answer->sense_len);
	push(h, command->queue, &v, &completion);
}

void handler_flush(struct handler *h, uint32_t queue)
{
	struct ring_view v = queue_view(h, queue);

	if (!h->answered[queue])
		return;
	h->answered[queue] = false;
	if (h->link.device)
		enter(h, queue, &v, 0);
	else
		wake_gateway(&v, h->bells[queue]);
}

static void take(struct handler *h, uint32_t q, struct ring_view *v, struct handler_command *out)
{
	const struct sluice_control *c = h->control;
	const uint8_t *base = (const uint8_t *)v->theirs;
	uint32_t at = __atomic_load_n(&v->ours->sub_consumer, __ATOMIC_RELAXED);
	uint32_t tag = ((const uint32_t *)(base + c->gw_ring_off))[at & (h->depth - 1)];

	BUFFER_ARRIVES(h);
	out->handler = h;
	out->queue = q;
	out->desc = ((const struct sluice_desc *)(base + c->gw_desc_off))[tag];
	out->cdb = out->desc.cdb_len > SLUICE_CDB_INLINE ? h->gateway + out->desc.cdb_ext_off :
							   out->desc.cdb;
	out->data = h->shared + c->pool_off + out->desc.buf_off;
	__atomic_store_n(&v->ours->sub_consumer, at + 1, __ATOMIC_RELEASE);
}

bool handler_take(struct handler *h, uint32_t queue, struct handler_command *out)
{
	struct ring_view v = queue_view(h, queue);

	if (!has_entry(&v))
		return false;
	take(h, queue, &v, out);
	return true;
}

void handler_wait(struct handler *h, uint32_t queue, uint64_t bound_ns)
{
	struct ring_view v = queue_view(h, queue);

	wait_for_entry(h, queue, &v, bound_ns);
}

/* A broken session wakes nobody, so no sleep is for ever. */
#define LONGEST_SLEEP_NS 1000000000u

void handler_run_queue(struct handler *h, uint32_t queue, handler_execute execute, void *arg)
{
	struct ring_view v = queue_view(h, queue);
	struct handler_command command;
	struct handler_answer answer;

	while (!handler_over(h)) {
		while (has_entry(&v)) {
			take(h, queue, &v, &command);
			answer.sense_len = 0;
			answer.data_len = 0;
			if (execute(arg, &command, &answer))
				handler_complete(&command, &answer);
		}
		/* One look at the gateway's flag for the whole batch. */
		if (!h->answered[queue] || h->link.device)
			wait_for_entry(h, queue, &v, LONGEST_SLEEP_NS);
		else
			handler_flush(h, queue);
	}
}

bool handler_take_event(struct handler *h, struct sluice_event *out)
{
	const struct sluice_control *c = h->control;
	struct ring_view v = admin_view(h);
	uint32_t at = __atomic_load_n(&v.ours->sub_consumer, __ATOMIC_RELAXED);
	const struct sluice_event *events = (const void *)(h->gateway + c->gw_event_off);

	if (!has_entry(&v))
		return false;
	*out = events[at & (c->admin_depth - 1)];
	__atomic_store_n(&v.ours->sub_consumer, at + 1, __ATOMIC_RELEASE);
	return true;
}

void handler_wait_event(struct handler *h, uint64_t bound_ns)
{
	struct ring_view v = admin_view(h);

	/* Events are rare: nobody gives anything up for them. */
	if (h->link.device)
		enter(h, SLUICE_ENTER_ADMIN, &v, bound_ns);
	else if (!spin_for_entry(h, &v))
		sleep_for_entry(h, &v, bound_ns);
}

void handler_run_admin(struct handler *h)
{
	struct sluice_event event;

	while (!handler_over(h)) {
		if (!handler_take_event(h, &event))
			handler_wait_event(h, LONGEST_SLEEP_NS);
	}
}

bool handler_put_request(struct handler *h, const struct sluice_request *request)
{
	const struct sluice_control *c = h->control;
	struct ring_view v = admin_view(h);
	uint32_t at = __atomic_load_n(&v.ours->comp_producer, __ATOMIC_RELAXED);
	struct sluice_request *slots = (struct sluice_request *)(h->shared + c->user_request_off);

	if (at - __atomic_load_n(&v.theirs->comp_consumer, __ATOMIC_ACQUIRE) >= c->admin_depth)
		return false;
	slots[at & (c->admin_depth - 1)] = *request;
	__atomic_store_n(&v.ours->comp_producer, at + 1, __ATOMIC_RELEASE);
	return true;
}

bool handler_request(struct handler *h, const struct sluice_request *request)
{
	struct ring_view v = admin_view(h);

	if (!handler_put_request(h, request))
		return false;
	if (h->link.device)
		enter(h, SLUICE_ENTER_ADMIN, &v, 0);
	else
		wake_gateway(&v, h->bells[h->queues]);
	return true;
}

static bool all_taken(const struct ring_view *v)
{
	return __atomic_load_n(&v->theirs->comp_consumer, __ATOMIC_ACQUIRE) ==
	       __atomic_load_n(&v->ours->comp_producer, __ATOMIC_RELAXED);
}

bool handler_requests_taken(struct handler *h)
{
	const struct ring_view v = admin_view(h);

	return all_taken(&v);
}

bool handler_completions_taken(struct handler *h, uint32_t queue)
{
	const struct ring_view v = queue_view(h, queue);

	return all_taken(&v);
}

bool handler_entries_taken(struct handler *h, uint32_t queue)
{
	struct ring_view v = queue_view(h, queue);

	return !has_entry(&v);
}

bool handler_events_taken(struct handler *h)
{
	struct ring_view v = admin_view(h);

	return !has_entry(&v);
}

static void wake_self(struct ring_view v)
{
	__atomic_store_n(&v.ours->sleeping, 0, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &v.ours->sleeping, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void handler_wake(struct handler *h)
{
	for (uint32_t q = 0; q < h->queues; q++)
		wake_self(queue_view(h, q));
	wake_self(admin_view(h));
}

void handler_stop(struct handler *h)
{
	h->stopping = true;
	handler_wake(h);
}
