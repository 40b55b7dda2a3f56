/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Buffers for commands. When the pool cannot serve one, it waits, and everybody
 * behind it too: strict FIFO, also for commands that need no buffer (HEAD OF QUEUE
 * excepted), so that they enter the task set in the order of their arrival. The
 * queue is as long as the session has tags; past it BUSY.
 */
#include "nexus.h"
#include "session.h"

/* Under pool_lock. */
static bool take(struct sl_session *s, struct sl_cmd *cmd, u32 bytes)
{
	u32 order, page;

	if (bytes == 0)
		return true;
	order = sl_pool_order(bytes);
	page = sl_pool_alloc(&s->pool, order);
	if (page == SL_POOL_NONE)
		return false;
	cmd->core.pool_page = page;
	cmd->core.pool_order = (u8)order;
	cmd->core.has_buffer = 1;
	cmd->data = s->pool_base + (u64)page * SLUICE_PAGE;
	s->buffers++;
	return true;
}

int sl_buffer_get(struct sl_cmd *cmd, u32 bytes)
{
	struct sl_gateway *gw = cmd->nexus->gw;
	struct sl_session *s = sl_binding_session(gw, cmd->core.binding);
	bool overtakes = bytes == 0 && cmd->attribute == SLUICE_ATTR_HEAD_OF_QUEUE;
	int result = 0;

	/* Pairs with the release when the last waiter has entered its task set. */
	if (bytes == 0 && (overtakes || sl_load_acquire(&s->pool_busy) == 0))
		return 0;
	sl_spin_lock(&s->pool_lock);
	if (!s->live || sl_load_relaxed(&s->quiesced) || sl_binding(s) != cmd->core.binding) {
		result = -ENODEV;
	} else if (s->pool_busy || cmd->core.has_aside || !take(s, cmd, bytes)) {
		/* Data-Out of former times is copied by the granter, who holds no lock then. */
		sl_store_relaxed(&s->regrant, cmd->core.has_aside || s->regrant);
		if (s->n_waiting >= s->n_queues * s->depth && !cmd->core.resumed) {
			result = -EBUSY;
		} else {
			cmd->core.parked = 1;
			sl_list_add_tail(&s->waiting, &cmd->core.link);
			s->n_waiting++;
			sl_store_release(&s->pool_busy, 1);
			if (cmd->core.deadline_ns < s->next_deadline_ns)
				sl_store_relaxed(&s->next_deadline_ns, cmd->core.deadline_ns);
			result = -EAGAIN;
		}
	}
	sl_spin_unlock(&s->pool_lock);
	return result;
}

void sl_buffer_regain(struct sl_cmd *cmd, u64 binding)
{
	struct sl_session *s = sl_binding_session(cmd->nexus->gw, binding);
	bool got;

	sl_spin_lock(&s->pool_lock);
	got = s->live && !sl_load_relaxed(&s->quiesced) && sl_binding(s) == binding &&
	      !s->pool_busy && take(s, cmd, cmd->core.need);
	sl_spin_unlock(&s->pool_lock);
	if (!got)
		return;
	cmd->core.binding = binding;
	cmd->core.recovery = sl_load_relaxed(&cmd->core.itl->dev->recovery);
	sl_aside_copy(cmd);
}

/* Under pool_lock; the command stays the caller's. */
static void unpark(struct sl_session *s, struct sl_cmd *cmd)
{
	sl_list_del(&cmd->core.link);
	cmd->core.parked = 0;
	s->n_waiting--;
	if (s->n_waiting == 0 && !s->granting)
		sl_store_release(&s->pool_busy, 0);
	else
		sl_store_relaxed(&s->regrant,
				 1); /* who stood behind may fit where this one did not */
}

bool sl_buffer_unpark(struct sl_cmd *cmd)
{
	struct sl_session *s = sl_binding_session(cmd->nexus->gw, cmd->core.binding);
	bool mine;

	sl_spin_lock(&s->pool_lock);
	mine = cmd->core.parked;
	if (mine)
		unpark(s, cmd);
	sl_spin_unlock(&s->pool_lock);
	return mine;
}

bool sl_buffer_put(struct sl_session *s, u32 page, u32 order)
{
	bool waited;

	sl_spin_lock(&s->pool_lock);
	if (sl_pool_free(&s->pool, page, order) == 0)
		s->buffers--;
	waited = s->n_waiting > 0;
	if (waited)
		sl_store_relaxed(&s->regrant, 1);
	sl_spin_unlock(&s->pool_lock);
	return waited;
}

/*
 * Serves the oldest as long as there is room. One thread at a time; arrivals queue
 * until it is through, so nobody enters a task set before who came first. With no
 * lock held; calls no operation.
 */
void sl_buffer_grant(struct sl_session *s, struct sl_work *w)
{
	sl_spin_lock(&s->pool_lock);
	sl_store_relaxed(&s->regrant, 0);
	if (s->granting) {
		sl_spin_unlock(&s->pool_lock);
		return;
	}
	s->granting = true;
	while (!sl_list_empty(&s->waiting)) {
		struct sl_cmd *cmd = sl_entry(s->waiting.next, struct sl_cmd, core.link);

		if (!take(s, cmd, cmd->core.need))
			break;
		sl_list_del(&cmd->core.link);
		cmd->core.parked = 0;
		s->n_waiting--;
		sl_spin_unlock(&s->pool_lock);
		if (cmd->core.has_aside)
			sl_aside_copy(cmd);
		sl_spin_lock(&cmd->nexus->lock);
		sl_cmd_event(cmd, SL_EV_BUFFER, w);
		sl_spin_unlock(&cmd->nexus->lock);
		sl_spin_lock(&s->pool_lock);
	}
	s->granting = false;
	if (s->n_waiting == 0)
		sl_store_release(&s->pool_busy, 0);
	sl_spin_unlock(&s->pool_lock);
}

void sl_buffer_expire(struct sl_session *s, struct sl_work *w, u64 *next_ns)
{
	struct sl_list *pos, *tmp;
	u64 next = U64_MAX;

	sl_spin_lock(&s->pool_lock);
	if (s->next_deadline_ns > w->now_ns) {
		next = s->next_deadline_ns;
	} else {
		sl_list_for_each_safe(pos, tmp, &s->waiting) {
			struct sl_cmd *cmd = sl_entry(pos, struct sl_cmd, core.link);

			if (cmd->core.deadline_ns > w->now_ns) {
				next = sl_min(next, cmd->core.deadline_ns);
				continue;
			}
			unpark(s, cmd);
			w->grant = true;
			sl_work_add_event(w, cmd, SL_EV_EXPIRE);
		}
		s->next_deadline_ns = next;
	}
	sl_spin_unlock(&s->pool_lock);
	*next_ns = sl_min(*next_ns, next);
}

void sl_buffer_flush(struct sl_session *s, struct sl_work *w)
{
	sl_spin_lock(&s->pool_lock);
	while (!sl_list_empty(&s->waiting)) {
		struct sl_cmd *cmd = sl_entry(s->waiting.next, struct sl_cmd, core.link);

		unpark(s, cmd);
		sl_work_add_event(w, cmd, SL_EV_GONE);
	}
	sl_store_relaxed(&s->regrant, 0);
	sl_spin_unlock(&s->pool_lock);
}

void sl_buffer_close(struct sl_session *s, struct sl_work *w)
{
	sl_spin_lock(&s->pool_lock);
	s->live = false;
	sl_spin_unlock(&s->pool_lock);
	sl_buffer_flush(s, w);
}
