/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A queue: tags, the submission ring, doorbell and sleep. What the handler may
 * read is written here and never read back; indices and tag states are private.
 */
#include "facts.h"
#include "nexus.h"
#include "service.h"
#include "session.h"

/* ---- Hand-over ---------------------------------------------------------- */

static void fill_descriptor(struct sl_queue *q, struct sl_cmd *cmd, u32 tag)
{
	struct sl_device *dev = cmd->core.itl->dev;
	struct sluice_desc *d = &q->desc[tag];
	u32 inline_len = sl_min((u32)cmd->cdb_len, SLUICE_CDB_INLINE);

	d->tag = tag;
	d->generation = q->tags[tag].generation;
	d->device = dev->id;
	d->nexus = cmd->nexus->id;
	/* Under q->lock: on one queue, the ring's order is the sequence's. */
	if (!cmd->core.sequence)
		cmd->core.sequence = sl_fetch_add_relaxed(&dev->sequence, 1) + 1;
	d->sequence = cmd->core.sequence;
	d->deadline_ns = q->tags[tag].deadline_ns;
	d->flags = cmd->core.redelivered ? SLUICE_DESC_REDELIVERED : 0;
	if (cmd->core.redelivered)
		sl_fetch_add_relaxed(&dev->redelivered, 1);
	d->attribute = cmd->attribute;
	d->direction = cmd->direction;
	d->cdb_len = cmd->cdb_len;
	d->buf_off = (u64)cmd->core.pool_page * SLUICE_PAGE;
	d->buf_len = cmd->buf_len;
	d->expected_len = cmd->expected_len;
	d->data_out_len = cmd->core.data_out_len;
	memset(d->cdb, 0, sizeof(d->cdb));
	memcpy(d->cdb, cmd->cdb, inline_len);
	d->cdb_ext_off = 0;
	if (cmd->cdb_len > SLUICE_CDB_INLINE) {
		memcpy(q->cdb_ext + (u64)tag * SL_CDB_EXT_STRIDE, cmd->cdb, cmd->cdb_len);
		d->cdb_ext_off = q->cdb_ext_off + (u64)tag * SL_CDB_EXT_STRIDE;
	}
	if (cmd->core.service)
		sl_service_describe(cmd, d);
}

/*
 * Under q->lock. The queue is noted on our own work list and not linked into it: a
 * doorbell may be rung, and asked for again by another thread, before we come to it.
 */
static void ask_for_doorbell(struct sl_queue *q, struct sl_work *w)
{
	if (w->n_dirty < SL_WORK_DIRTY) {
		w->dirty[w->n_dirty++] = q;
		q->users++; /* until ops->queue_dirty was called */
		return;
	}
	w->overdue = true;
	if (!q->overdue) {
		sl_store_relaxed(&q->overdue, 1);
		q->users++;
	}
}

void sl_queue_show_locked(struct sl_queue *q)
{
	if (q->shown == q->sub_producer)
		return;
	q->shown = q->sub_producer;
	/* Pairs with the handler's load-acquire: descriptors and slots before the index. */
	sl_store_release(&q->gw_index->sub_producer, q->shown);
}

/*
 * Under q->lock; `tag` is the command's. The handler sees it with the doorbell, together with
 * what else came in that batch: an index moved for each command is a cache line fetched by
 * the other side for each, and a handler that spins would answer one command at a time.
 */
static void publish(struct sl_queue *q, struct sl_cmd *cmd, u32 tag, struct sl_work *w)
{
	struct sl_tag *t = &q->tags[tag];

	cmd->core.queue = q;
	cmd->core.tag = tag;
	cmd->core.has_tag = 1;
	cmd->core.handed_over = 1;
	t->cmd = cmd;
	t->dev = cmd->core.itl->dev;
	t->state = SL_TAG_OUT;
	t->notify = 0;
	t->deadline_ns = w->now_ns + sl_load_relaxed(&t->dev->timeout_ns[cmd->core.facts->pace]);
	cmd->core.deadline_ns = t->deadline_ns;
	t->handed_ns = w->now_ns;
	t->pace = cmd->core.facts->pace;
	if (++t->generation == 0)
		t->generation = 1;
	fill_descriptor(q, cmd, tag);
	t->slot = q->sub_producer;
	q->ring[q->sub_producer & (q->session->depth - 1)] = tag;
	q->sub_producer++;
	if (q->sub_producer - q->shown >= SL_SHOW_BATCH)
		sl_queue_show_locked(q);
	sl_store_relaxed(&q->in_flight, q->in_flight + 1);
	if (t->deadline_ns < q->next_deadline_ns) {
		sl_store_relaxed(&q->next_deadline_ns, t->deadline_ns);
		sl_work_deadline(w, t->deadline_ns);
	}
	if (!q->dirty) {
		q->dirty = true;
		ask_for_doorbell(q, w);
	}
}

/* Under q->lock; there is one. */
static u32 pop_free(struct sl_queue *q)
{
	u32 tag = q->free_head;

	q->free_head = q->tags[tag].next_free;
	return tag;
}

/*
 * Under q->lock. Who waits for a tag comes into the ring in the order in which he came, before
 * anybody who comes later: so one at a time is on his way with the tag that he was given.
 */
static void grant(struct sl_queue *q, struct sl_work *w)
{
	struct sl_list *node;
	struct sl_cmd *cmd;

	if (q->granted || q->free_head == SL_NO_TAG || !q->live)
		return;
	node = sl_list_pop(&q->waiting);
	if (!node)
		return;
	cmd = sl_entry(node, struct sl_cmd, core.link);
	q->n_waiting--;
	q->granted = true;
	cmd->core.parked = 0;
	cmd->core.tag = pop_free(q);
	cmd->core.has_tag = 1;
	q->tags[cmd->core.tag].state = SL_TAG_TAKEN;
	sl_work_add_event(w, cmd, SL_EV_TAG);
}

int sl_queue_hand_over(struct sl_queue *q, struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_session *s = q->session;
	int result = 0;

	sl_spin_lock(&q->lock);
	if (!q->live || sl_binding(s) != cmd->core.binding || sl_load_relaxed(&s->broken) ||
	    sl_load_relaxed(&s->quiesced)) {
		result = -ENODEV;
	} else if (cmd->core.has_tag) {
		publish(q, cmd, cmd->core.tag, w);
		q->granted = false;
		grant(q, w);
	} else if (q->free_head != SL_NO_TAG && !q->granted) {
		publish(q, cmd, pop_free(q), w);
	} else {
		cmd->core.queue = q;
		cmd->core.parked = 1;
		sl_list_add_tail(&q->waiting, &cmd->core.link);
		q->n_waiting++;
		if (cmd->core.deadline_ns < q->next_deadline_ns) {
			sl_store_relaxed(&q->next_deadline_ns, cmd->core.deadline_ns);
			sl_work_deadline(w, cmd->core.deadline_ns);
		}
		result = -EAGAIN;
	}
	sl_spin_unlock(&q->lock);
	return result;
}

bool sl_queue_unpark(struct sl_cmd *cmd)
{
	struct sl_queue *q = cmd->core.queue;
	bool mine;

	sl_spin_lock(&q->lock);
	mine = cmd->core.parked;
	if (mine) {
		sl_list_del(&cmd->core.link);
		cmd->core.parked = 0;
		q->n_waiting--;
	}
	sl_spin_unlock(&q->lock);
	return mine;
}

void sl_queue_free_tag(struct sl_queue *q, u32 tag, struct sl_work *w)
{
	struct sl_tag *t = &q->tags[tag];

	if (t->state == SL_TAG_TAKEN)
		q->granted = false;
	t->cmd = NULL;
	t->dev = NULL;
	t->state = SL_TAG_FREE;
	t->next_free = q->free_head;
	q->free_head = tag;
	grant(q, w);
}

void sl_queue_untag(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_queue *q = cmd->core.queue;

	cmd->core.has_tag = 0;
	sl_spin_lock(&q->lock);
	if (q->live && sl_binding(q->session) == cmd->core.binding)
		sl_queue_free_tag(q, cmd->core.tag, w);
	sl_spin_unlock(&q->lock);
}

bool sl_queue_hasten(struct sl_cmd *cmd, u64 deadline_ns, bool notify, struct sl_work *w)
{
	struct sl_queue *q = cmd->core.queue;
	bool out = false;

	sl_spin_lock(&q->lock);
	if (q->live && sl_binding(q->session) == cmd->core.binding) {
		struct sl_tag *t = &q->tags[cmd->core.tag];

		out = t->state == SL_TAG_OUT && t->cmd == cmd;
	}
	if (out) {
		struct sl_tag *t = &q->tags[cmd->core.tag];

		t->deadline_ns = sl_min(t->deadline_ns, deadline_ns);
		cmd->core.deadline_ns = t->deadline_ns;
		t->notify |= notify;
		if (notify && !t->owed) {
			t->owed = 1;
			t->next_owed = q->owed_head;
			q->owed_head = cmd->core.tag;
		}
		if (t->deadline_ns < q->next_deadline_ns)
			sl_store_relaxed(&q->next_deadline_ns, t->deadline_ns);
		sl_work_deadline(w, t->deadline_ns);
	}
	sl_spin_unlock(&q->lock);
	return out;
}

/* ---- Deadlines ---------------------------------------------------------- */

/* The command leaves its tag and buffer behind; both stay until the handler lets go. */
static void quarantine(struct sl_tag *t, struct sl_work *w)
{
	struct sl_cmd *cmd = t->cmd;

	t->state = SL_TAG_QUARANTINE;
	t->cmd = NULL;
	t->deadline_ns = U64_MAX;
	t->pool_page = cmd->core.has_buffer ? cmd->core.pool_page : SL_POOL_NONE;
	t->pool_order = cmd->core.pool_order;
	cmd->core.has_buffer = 0;
	cmd->core.has_tag = 0;
	sl_fetch_add_relaxed(&t->dev->quarantined, 1);
	sl_work_add_event(w, cmd, SL_EV_EXPIRE);
}

void sl_queue_expire(struct sl_queue *q, struct sl_work *w, u64 *next_ns)
{
	u64 next = U64_MAX;

	if (sl_load_relaxed(&q->next_deadline_ns) > w->now_ns) {
		*next_ns = sl_min(*next_ns, sl_load_relaxed(&q->next_deadline_ns));
		return;
	}
	sl_spin_lock(&q->lock);
	for (u32 tag = 0; q->live && tag < q->session->depth; tag++) {
		struct sl_tag *t = &q->tags[tag];

		if (t->state != SL_TAG_OUT)
			continue;
		if (t->deadline_ns <= w->now_ns)
			quarantine(t, w);
		else
			next = sl_min(next, t->deadline_ns);
	}
	q->n_waiting -= sl_waiting_expire(&q->waiting, w, &next);
	sl_store_relaxed(&q->next_deadline_ns, next);
	sl_spin_unlock(&q->lock);
	*next_ns = sl_min(*next_ns, next);
}

/* ---- The end of its session --------------------------------------------- */

/* Under q->lock. */
static void flush(struct sl_queue *q, struct sl_work *w)
{
	struct sl_list *node;

	while ((node = sl_list_pop(&q->waiting))) {
		struct sl_cmd *cmd = sl_entry(node, struct sl_cmd, core.link);

		cmd->core.parked = 0;
		sl_work_add_event(w, cmd, SL_EV_GONE);
	}
	q->n_waiting = 0;
}

void sl_queue_flush(struct sl_queue *q, struct sl_work *w)
{
	sl_spin_lock(&q->lock);
	flush(q, w);
	sl_spin_unlock(&q->lock);
}

/*
 * How many of the entries published last the handler had not taken; 0 when its index
 * makes no sense: then it may have seen them all.
 */
static u32 unseen(const struct sl_queue *q)
{
	u32 behind = q->sub_producer - sl_load_acquire(&q->user_index->sub_consumer);

	return behind <= q->session->depth && !sl_load_relaxed(&q->session->broken) ? behind : 0;
}

void sl_queue_close(struct sl_queue *q, struct sl_work *w)
{
	u32 behind;

	sl_spin_lock(&q->lock);
	q->live = false;
	flush(q, w);
	behind = unseen(q);
	for (u32 tag = 0; tag < q->session->depth; tag++) {
		struct sl_tag *t = &q->tags[tag];

		if (t->state == SL_TAG_OUT) {
			t->cmd->core.has_tag = 0;
			t->cmd->core.seen = q->sub_producer - t->slot > behind;
			sl_work_add_event(w, t->cmd, SL_EV_GONE);
		} else if (t->state == SL_TAG_QUARANTINE) {
			sl_fetch_sub_acq_rel(&t->dev->quarantined, 1);
			if (t->pool_page != SL_POOL_NONE)
				sl_buffer_put(q->session, t->pool_page, t->pool_order);
		}
		if (t->state != SL_TAG_DONE && t->state != SL_TAG_TAKEN)
			t->state = SL_TAG_FREE;
		t->cmd = NULL;
	}
	sl_store_relaxed(&q->in_flight, 0);
	sl_store_relaxed(&q->next_deadline_ns, U64_MAX);
	sl_spin_unlock(&q->lock);
}

int sl_queue_map(struct sl_queue *q, const struct sluice_control *c)
{
	struct sl_session *s = q->session;
	u8 *gw = s->gateway_region + c->gw_queue_off + q->index * c->gw_queue_stride;
	u8 *user = s->handler_region + c->user_queue_off + q->index * c->user_queue_stride;
	struct sl_tag *tags = sl_alloc((size_t)c->depth * sizeof(*tags));

	if (!tags)
		return -ENOMEM;
	for (u32 tag = 0; tag < c->depth; tag++)
		tags[tag].next_free = tag + 1 < c->depth ? tag + 1 : SL_NO_TAG;
	sl_spin_lock(&q->lock);
	q->tags = tags;
	q->free_head = 0;
	q->granted = false;
	q->owed_head = SL_NO_TAG;
	q->answered = 0;
	q->seen_answered = 0;
	q->seen_taken = 0;
	q->looked_ns = 0;
	q->sub_producer = 0;
	q->shown = 0;
	q->comp_consumer = 0;
	/* Atomic: who walks the slots looks at these without the lock. */
	sl_store_relaxed(&q->in_flight, 0);
	sl_store_relaxed(&q->next_deadline_ns, U64_MAX);
	q->dirty = false;
	sl_store_relaxed(&q->overdue, 0);
	q->host = NULL;
	q->gw_index = (struct sluice_gw_index *)gw;
	q->ring = (u32 *)(gw + c->gw_ring_off);
	q->desc = (struct sluice_desc *)(gw + c->gw_desc_off);
	q->cdb_ext = gw + c->gw_desc_off + (u64)c->depth * sizeof(struct sluice_desc);
	q->cdb_ext_off = (u64)(q->cdb_ext - s->gateway_region);
	q->user_index = (struct sluice_user_index *)user;
	q->completions = (const struct sluice_completion *)(user + c->user_comp_off);
	q->responses = (const struct sluice_response *)(user + c->user_resp_off);
	q->live = true;
	sl_spin_unlock(&q->lock);
	return 0;
}
