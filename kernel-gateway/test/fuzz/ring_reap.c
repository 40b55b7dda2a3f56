/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A reap, and the proof that it took what it should: a command ends, and a tag leaves
 * quarantine, if and only if a completion that was taken names its tag and generation.
 */
#include "ring_world.h"

struct identity {
	uint32_t tag, generation;
};

/* A tag that was with the handler before. */
struct out {
	struct identity identity;
	struct rw_task *task; /* NULL: in quarantine */
};

static struct sl_tag *tag_of(struct rw_session *s, uint32_t q, uint32_t tag)
{
	return &sl_session_queue(s->core, q)->tags[tag];
}

static struct rw_task *task_of(const struct sl_cmd *cmd)
{
	for (uint32_t i = 0; i < RW_TASKS; i++) {
		if (&rw.tasks[i]->cmd == cmd)
			return rw.tasks[i];
	}
	assert(!"a tag is with the handler for a command of nobody's");
	return NULL;
}

static uint32_t find_out(struct rw_session *s, uint32_t q, struct out out[RW_DEPTH])
{
	uint32_t n = 0;

	for (uint32_t tag = 0; tag < RW_DEPTH; tag++) {
		const struct sl_tag *t = tag_of(s, q, tag);

		if (t->state == SL_TAG_OUT)
			out[n++] = (struct out){ { tag, t->generation }, task_of(t->cmd) };
		else if (t->state == SL_TAG_QUARANTINE)
			out[n++] = (struct out){ { tag, t->generation }, NULL };
	}
	return n;
}

/* What stands in the ring, as the gateway will find it; nothing if the index makes no sense. */
static uint32_t find_offered(struct rw_session *s, uint32_t q, struct identity offered[RW_DEPTH])
{
	struct sl_queue *queue = sl_session_queue(s->core, q);
	uint32_t n = queue->user_index->comp_producer - queue->comp_consumer;

	if (n > RW_DEPTH)
		return 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct sluice_completion *c =
			&queue->completions[(queue->comp_consumer + i) & (RW_DEPTH - 1)];

		offered[i] = (struct identity){ c->tag, c->generation };
	}
	return n;
}

static bool contains(const struct identity *all, uint32_t n, struct identity one)
{
	for (uint32_t i = 0; i < n; i++) {
		if (all[i].tag == one.tag && all[i].generation == one.generation)
			return true;
	}
	return false;
}

static bool gone(struct rw_session *s, uint32_t q, const struct out *o)
{
	const struct sl_tag *t = tag_of(s, q, o->identity.tag);

	if (o->task)
		return !o->task->live || o->task->responses;
	return t->state != SL_TAG_QUARANTINE || t->generation != o->identity.generation;
}

uint32_t rw_reap(struct rw_session *s, uint32_t q, uint32_t budget)
{
	struct identity offered[RW_DEPTH];
	struct out out[RW_DEPTH];
	uint32_t n_offered, n_out, taken;

	if (s->broken)
		return 0;
	n_offered = find_offered(s, q, offered);
	n_out = find_out(s, q, out);
	taken = sl_queue_reap(sl_session_queue(s->core, q), budget, rw.now_ns);
	assert(taken <= n_offered && taken <= budget);
	for (uint32_t i = 0; i < n_out; i++)
		assert(gone(s, q, &out[i]) == contains(offered, taken, out[i].identity));
	return taken;
}
