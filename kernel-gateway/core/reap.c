/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Completions: the handler's producer index is loaded once, each completion is
 * copied once, and the copy is judged. The handler may write anything at any time.
 */
#include "nexus.h"
#include "event.h"
#include "sense.h"
#include "session.h"

#define SL_REAP_BATCH 16U /* completions per round of q->lock */

/* A completion that was for a live tag. */
struct taken {
	struct sl_cmd *cmd; /* NULL: it had left (quarantine) */
	u32 tag;
	u16 sense_len;
};

static bool status_known(u8 status)
{
	switch (status) {
	case SL_STATUS_GOOD:
	case SL_STATUS_CHECK_CONDITION:
	case SL_STATUS_CONDITION_MET:
	case SL_STATUS_BUSY:
	case SL_STATUS_RESERVATION_CONFLICT:
	case SL_STATUS_TASK_SET_FULL:
	case SL_STATUS_ACA_ACTIVE:
	case SL_STATUS_TASK_ABORTED:
		return true;
	default:
		return false;
	}
}

/* The slot may change under our hands: field by field, each once, and no memcpy that reads twice. */
static void copy_completion(struct sluice_completion *to, const struct sluice_completion *from)
{
	to->tag = sl_load_relaxed(&from->tag);
	to->generation = sl_load_relaxed(&from->generation);
	to->status = sl_load_relaxed(&from->status);
	to->flags = sl_load_relaxed(&from->flags);
	to->sense_len = sl_load_relaxed(&from->sense_len);
	to->data_len = sl_load_relaxed(&from->data_len);
}

/* Under q->lock. False: dropped. */
static bool judge(struct sl_queue *q, const struct sluice_completion *c, struct taken *out)
{
	struct sl_tag *t;

	if (c->tag >= q->session->depth)
		return false;
	t = &q->tags[c->tag];
	if (t->generation != c->generation)
		return false;
	out->tag = c->tag;
	out->sense_len = sl_min(c->sense_len, (u16)SLUICE_SENSE_MAX);
	out->cmd = NULL;
	if (t->state == SL_TAG_QUARANTINE) {
		sl_fetch_sub_acq_rel(&t->dev->quarantined, 1);
		t->state = SL_TAG_DONE;
		sl_store_relaxed(&q->in_flight, q->in_flight - 1);
		return true;
	}
	if (t->state != SL_TAG_OUT)
		return false;
	out->cmd = t->cmd;
	out->cmd->core.comp_data_len = c->data_len;
	out->cmd->core.comp_fault = c->flags != 0 || !status_known(c->status);
	out->cmd->status = c->status;
	out->cmd->core.has_tag = 0;
	t->state = SL_TAG_DONE;
	t->cmd = NULL;
	t->pool_page = SL_POOL_NONE;
	sl_store_relaxed(&q->in_flight, q->in_flight - 1);
	return true;
}

/* With no lock held: the command is ours. */
static void copy_sense(struct sl_queue *q, const struct taken *t)
{
	const u8 *sense = q->responses[t->tag].sense;
	struct sl_cmd *cmd = t->cmd;

	memcpy(cmd->sense, sense, t->sense_len);
	cmd->sense_len = (u8)t->sense_len;
}

static void give_back(struct sl_queue *q, const struct taken *t, u32 n, struct sl_work *w)
{
	for (u32 i = 0; i < n; i++) {
		struct sl_tag *tag = &q->tags[t[i].tag];

		if (!t[i].cmd && tag->pool_page != SL_POOL_NONE &&
		    sl_buffer_put(q->session, tag->pool_page, tag->pool_order))
			w->grant = true;
		tag->pool_page = SL_POOL_NONE;
		sl_queue_free_tag(q, t[i].tag, w);
	}
}

static void dropped(struct sl_session *s)
{
	sl_fetch_add_relaxed(&s->gw->dropped_completions, 1);
	sl_fetch_add_relaxed(&s->faults, 1);
}

/* Up to SL_REAP_BATCH completions from comp_consumer on. */
static void reap_batch(struct sl_queue *q, u32 n, struct sl_work *w)
{
	struct sluice_completion copy[SL_REAP_BATCH];
	struct taken taken[SL_REAP_BATCH];
	u32 mask = q->session->depth - 1;
	u32 n_taken = 0;

	for (u32 i = 0; i < n; i++)
		copy_completion(&copy[i], &q->completions[(q->comp_consumer + i) & mask]);
	sl_spin_lock(&q->lock);
	for (u32 i = 0; q->live && i < n; i++) {
		if (judge(q, &copy[i], &taken[n_taken]))
			n_taken++;
		else
			dropped(q->session);
	}
	sl_spin_unlock(&q->lock);
	for (u32 i = 0; i < n_taken; i++) {
		if (!taken[i].cmd)
			continue;
		copy_sense(q, &taken[i]);
		sl_work_add_event(w, taken[i].cmd, SL_EV_COMPLETE);
	}
	sl_spin_lock(&q->lock);
	q->answered += n_taken;
	give_back(q, taken, n_taken, w);
	sl_spin_unlock(&q->lock);
	q->comp_consumer += n;
	/* Pairs with the handler's load-acquire: slots and response areas are its own again. */
	sl_store_release(&q->gw_index->comp_consumer, q->comp_consumer);
}

static bool enter_locked(struct sl_queue *q)
{
	bool live = q->live && !sl_load_relaxed(&q->session->broken);

	q->users += live;
	return live;
}

static bool enter(struct sl_queue *q)
{
	bool live;

	sl_spin_lock(&q->lock);
	live = enter_locked(q);
	sl_spin_unlock(&q->lock);
	return live;
}

static void leave(struct sl_queue *q)
{
	sl_spin_lock(&q->lock);
	q->users--;
	sl_spin_unlock(&q->lock);
}

static u32 take_completions(struct sl_queue *q, u32 budget, struct sl_work *w, const char **broken)
{
	struct sl_session *s = q->session;
	/*
	 * Acquire: what the handler wrote before. First the completions' index, then the
	 * requests', so that each request stored before one of these completions is seen.
	 */
	u32 producer = sl_load_acquire(&q->user_index->comp_producer);
	u32 n = producer - q->comp_consumer;
	u32 requests = 0;
	u32 left;

	if (n > s->depth) {
		*broken = "completion ring: the producer index is more than one ring ahead";
		return 0;
	}
	if (!sl_request_drain(s, w, &requests)) {
		*broken = "admin ring: the request index is more than one ring ahead";
		return 0;
	}
	if (sl_event_owed(s))
		sl_event_flush(s, w);
	n = sl_min(n, budget);
	for (left = n; left > 0; left -= sl_min(left, SL_REAP_BATCH)) {
		reap_batch(q, sl_min(left, SL_REAP_BATCH), w);
		sl_work_run(w);
	}
	return n;
}

u32 sl_queue_reap(struct sl_queue *q, u32 budget, u64 now_ns)
{
	const char *broken = NULL;
	struct sl_work w;
	u32 n;

	if (!enter(q))
		return 0;
	sl_work_init(&w, q->session->gw, now_ns);
	n = take_completions(q, budget, &w, &broken);
	sl_work_run(&w);
	if (broken)
		sl_session_break(q->session, broken);
	leave(q);
	return n;
}

bool sl_queue_ready(const struct sl_queue *q)
{
	/* Of a broken ring nothing is taken any more: not ready, or its loop would not sleep. */
	return q->live && !sl_load_relaxed(&q->session->broken) &&
	       sl_load_acquire(&q->user_index->comp_producer) != q->comp_consumer;
}

u32 sl_queue_in_flight(const struct sl_queue *q)
{
	return sl_load_relaxed(&q->in_flight);
}

bool sl_queue_sleep(struct sl_queue *q)
{
	bool idle;

	if (!enter(q))
		return true;
	sl_store_relaxed(&q->gw_index->sleeping, 1);
	/* Pairs with the handler's fence between its producer and our flag. */
	sl_fence_full();
	idle = sl_load_acquire(&q->user_index->comp_producer) == q->comp_consumer;
	if (!idle)
		sl_store_relaxed(&q->gw_index->sleeping, 0);
	leave(q);
	return idle;
}

void sl_queue_awake(struct sl_queue *q)
{
	if (!enter(q))
		return;
	sl_store_relaxed(&q->gw_index->sleeping, 0);
	leave(q);
}

void sl_queue_wish_cpu(struct sl_queue *q, int cpu)
{
	if (!enter(q))
		return;
	sl_store_relaxed(&q->gw_index->cpu, (u32)(cpu + 1));
	leave(q);
}

void sl_queue_show(struct sl_queue *q)
{
	sl_spin_lock(&q->lock);
	if (q->live)
		sl_queue_show_locked(q);
	sl_spin_unlock(&q->lock);
}

void sl_queue_doorbell(struct sl_queue *q)
{
	bool live;
	u32 *word;

	sl_spin_lock(&q->lock);
	live = enter_locked(q);
	if (live) {
		/* Who publishes from now on asks for another doorbell. */
		q->dirty = false;
		sl_queue_show_locked(q);
	}
	sl_spin_unlock(&q->lock);
	if (!live)
		return;
	word = &q->user_index->sleeping;
	/* Producer before this, then their flag; they: flag, fence, producer. One sees the other. */
	sl_fence_full();
	if (sl_load_relaxed(word)) {
		sl_store_relaxed(word, 0);
		q->session->gw->ops->wake(q->session->gw->host, q->session, q, word);
	}
	leave(q);
}

u32 sl_admin_reap(struct sl_session *s, u64 now_ns)
{
	struct sl_work w;
	u32 taken = 0;
	bool ok;

	sl_spin_lock(&s->admin_lock);
	ok = s->admin_live;
	s->admin_users += ok;
	sl_spin_unlock(&s->admin_lock);
	if (!ok)
		return 0;
	sl_work_init(&w, s->gw, now_ns);
	if (sl_request_drain(s, &w, &taken))
		sl_event_flush(s, &w);
	else
		sl_session_break(s, "admin ring: the request index is more than one ring ahead");
	sl_work_run(&w);
	sl_spin_lock(&s->admin_lock);
	s->admin_users--;
	sl_spin_unlock(&s->admin_lock);
	return taken;
}

bool sl_admin_sleep(struct sl_session *s)
{
	bool idle = true;

	sl_spin_lock(&s->admin_lock);
	if (s->admin_live) {
		sl_store_relaxed(&s->admin_gw->sleeping, 1);
		/* Pairs with the handler's fence between its producer and our flag. */
		sl_fence_full();
		idle = sl_load_acquire(&s->admin_user->comp_producer) ==
		       sl_load_relaxed(&s->request_consumer);
		if (!idle)
			sl_store_relaxed(&s->admin_gw->sleeping, 0);
	}
	sl_spin_unlock(&s->admin_lock);
	return idle;
}

void sl_admin_awake(struct sl_session *s)
{
	sl_spin_lock(&s->admin_lock);
	if (s->admin_live)
		sl_store_relaxed(&s->admin_gw->sleeping, 0);
	sl_spin_unlock(&s->admin_lock);
}
