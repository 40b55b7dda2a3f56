/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The hostile handler's own books of its queues: what it holds, what it put, what was taken of it. */
#include <sched.h>
#include <unistd.h>

#include "hostile.h"

void queue_ring(struct hostile *x, uint32_t q)
{
	const uint64_t one = 1;

	(void)!write(x->h.bells[q], &one, sizeof(one));
}

static void look_at_completions(struct hostile *x, struct hostile_queue *queue)
{
	/* Acquire: the gateway's count is at least what it took. */
	uint32_t taken = __atomic_load_n(&queue->theirs->comp_consumer, __ATOMIC_ACQUIRE);

	for (; queue->seen != taken && queue->seen != queue->producer; queue->seen++) {
		uint8_t *fate = &queue->fate[queue->seen % x->h.depth];

		x->report->drops += *fate == FATE_DROP;
		*fate = FATE_UNKNOWN;
	}
}

static void take(struct hostile *x, struct hostile_queue *queue, const struct sluice_desc *desc)
{
	struct held *held = &queue->held[desc->tag];

	/*
	 * Early replies, and scribbled bytes, answer what we have not taken; then the tag
	 * stands in the ring twice, and the first entry has the newer one's descriptor.
	 */
	if (queue->generation[desc->tag] == desc->generation)
		return;
	queue->n_held += !held->held;
	*held = (struct held){ *desc, true };
	queue->generation[desc->tag] = desc->generation;
	x->report->commands++;
}

void queue_look(struct hostile *x, uint32_t q)
{
	struct hostile_queue *queue = &x->queues[q];
	const struct sluice_control *c = x->h.control;
	const uint8_t *base = (const uint8_t *)queue->theirs;
	const uint32_t *ring = (const uint32_t *)(base + c->gw_ring_off);
	const struct sluice_desc *descs = (const struct sluice_desc *)(base + c->gw_desc_off);
	uint32_t producer = __atomic_load_n(&queue->theirs->sub_producer, __ATOMIC_ACQUIRE);

	/* Early replies free tags of commands that we have not taken: their entries are overwritten. */
	for (uint32_t tag = 0; producer - queue->consumer > x->h.depth && tag < x->h.depth; tag++)
		take(x, queue, &descs[tag]);
	if (producer - queue->consumer > x->h.depth)
		queue->consumer = producer;
	for (; queue->consumer != producer; queue->consumer++) {
		uint32_t tag = ring[queue->consumer & (x->h.depth - 1)];

		if (tag >= x->h.depth || descs[tag].tag != tag) {
			hostile_fail(x, "queue %u of %u tags: tag %u was handed over", q,
				     x->h.depth, tag);
			return;
		}
		take(x, queue, &descs[tag]);
	}
	__atomic_store_n(&queue->ours->sub_consumer, queue->consumer, __ATOMIC_RELEASE);
	look_at_completions(x, queue);
}

bool queue_room(struct hostile *x, uint32_t q, uint32_t n)
{
	struct hostile_queue *queue = &x->queues[q];
	uint64_t give_up_ns = 0;

	for (uint32_t turn = 0;; turn++) {
		look_at_completions(x, queue);
		if (queue->producer - queue->seen + n <= x->h.depth)
			return true;
		if (!handler_alive(&x->h))
			return hostile_fail(x, "queue %u: the session ended without a reason", q);
		if (turn % 64 == 0)
			queue_ring(x, q);
		if (!give_up_ns)
			give_up_ns = hostile_clock() + HOSTILE_PATIENCE_NS;
		else if (hostile_clock() > give_up_ns)
			return hostile_fail(x, "queue %u: the gateway takes no completions", q);
		sched_yield();
	}
}

void queue_put(struct hostile *x, uint32_t q, const struct sluice_completion *c, enum fate fate)
{
	struct hostile_queue *queue = &x->queues[q];
	uint32_t at = queue->producer % x->h.depth;

	queue->slots[at] = *c;
	queue->told_at[at] = 0;
	queue->fate[at] = (uint8_t)fate;
	__atomic_store_n(&queue->ours->comp_producer, ++queue->producer, __ATOMIC_RELEASE);
	/* Mostly as a handler should; who rings always is another attack. A full fence, as a locked no-op. */
	__atomic_fetch_or(&queue->ours->comp_producer, 0, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&queue->theirs->sleeping, __ATOMIC_RELAXED))
		queue_ring(x, q);
}

struct held *queue_pick(struct hostile *x, uint64_t where, uint32_t *q)
{
	for (uint32_t i = 0; i < x->h.queues; i++) {
		struct hostile_queue *queue = &x->queues[(where + i) % x->h.queues];

		if (!queue->n_held)
			continue;
		*q = (uint32_t)(queue - x->queues);
		for (uint32_t k = 0; k < x->h.depth; k++) {
			struct held *held = &queue->held[(where / 16 + k) % x->h.depth];

			if (held->held)
				return held;
		}
	}
	return NULL;
}

struct sluice_completion queue_let_go(struct hostile *x, uint32_t q, struct held *held)
{
	held->held = false;
	x->queues[q].n_held--;
	return (struct sluice_completion){ .tag = held->desc.tag,
					   .generation = held->desc.generation };
}

/*
 * Writes into the data how long it is; returns where, + 1. Not twice for one command: a
 * descriptor that is read while the gateway fills it, after an early reply, may name a
 * command that was answered before. Then nothing is told of it any more.
 */
static uint64_t tell(struct hostile *x, const struct sluice_desc *d, uint32_t reported)
{
	uint8_t *at = x->h.shared + x->h.control->pool_off + d->buf_off;
	struct told told = { .reported = reported };
	uint32_t *lately;

	told.id = (uint32_t)d->cdb[2] << 24 | d->cdb[3] << 16 | d->cdb[4] << 8 | d->cdb[5];
	told.magic = told_magic(&told);
	lately = &x->told[(told.id ^ told.id >> 17) % HOSTILE_TOLD_IDS];
	if (d->direction != SLUICE_DIR_IN || d->buf_len < sizeof(told))
		return 0;
	if (*lately == told.id || reported < sizeof(told)) {
		memset(at, 0, sizeof(told));
		return 0;
	}
	*lately = told.id;
	memcpy(at, &told, sizeof(told));
	x->report->told++;
	return d->buf_off + 1;
}

void queue_answer(struct hostile *x, uint32_t q, struct held *held, uint64_t how)
{
	struct hostile_queue *queue = &x->queues[q];
	struct sluice_completion c;
	uint64_t told_at;

	if (!queue_room(x, q, 1))
		return;
	c = queue_let_go(x, q, held);
	c.data_len = (uint32_t)(how % (held->desc.expected_len + 1ull));
	told_at = tell(x, &held->desc, c.data_len);
	queue->recent[queue->n_recent++ % HOSTILE_RECENT] = c;
	queue_put(x, q, &c, FATE_UNKNOWN);
	queue->told_at[(queue->producer - 1) % x->h.depth] = told_at;
}

void queue_disown(struct hostile *x, uint32_t q)
{
	struct hostile_queue *queue = &x->queues[q];

	for (uint32_t i = 0; i < x->h.depth; i++) {
		if (queue->told_at[i])
			memset(x->h.shared + x->h.control->pool_off + queue->told_at[i] - 1, 0,
			       sizeof(struct told));
		queue->told_at[i] = 0;
		queue->fate[i] = FATE_UNKNOWN;
	}
	/* Before any of the bytes that come now. */
	__atomic_fetch_or(&queue->ours->comp_producer, 0, __ATOMIC_SEQ_CST);
}

bool queue_settle(struct hostile *x)
{
	for (uint32_t q = 0; q < x->h.queues; q++) {
		if (!queue_room(x, q, x->h.depth))
			return false;
	}
	return true;
}
