/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A handler hears which of its commands were aborted. */
#include "event.h"
#include "nexus.h"
#include "session.h"

/* A task whose abort the handler does not know of yet. */
struct owed_tag {
	u32 queue, tag, generation, device, nexus;
};

static bool find_owed_tag(struct sl_session *s, struct owed_tag *out)
{
	for (u32 i = 0; i < s->n_queues; i++) {
		struct sl_queue *q = s->queues[i];
		bool found = false;

		sl_spin_lock(&q->lock);
		while (q->live && !found && q->owed_head != SL_NO_TAG) {
			u32 tag = q->owed_head;
			struct sl_tag *t = &q->tags[tag];

			q->owed_head = t->next_owed;
			t->owed = 0;
			/* It may be another command's by now, whose abort nobody has asked for. */
			found = t->notify && t->state == SL_TAG_OUT;
			if (found)
				*out = (struct owed_tag){ i, tag, t->generation, t->dev->id,
							  t->cmd->nexus->id };
			t->notify = 0;
		}
		sl_spin_unlock(&q->lock);
		if (found)
			return true;
	}
	return false;
}

void sl_event_flush_tags(struct sl_session *s)
{
	struct owed_tag owed;

	for (u32 i = 0; i < s->admin_depth && sl_load_relaxed(&s->owed_tags); i++) {
		struct sluice_event *ev;
		bool room;

		sl_spin_lock(&s->admin_lock);
		room = sl_event_slot(s) != NULL;
		sl_spin_unlock(&s->admin_lock);
		if (!room)
			return;
		/* Cleared first: who owes another one meanwhile sets it again. */
		sl_store_release(&s->owed_tags, 0);
		if (!find_owed_tag(s, &owed))
			return;
		sl_store_release(&s->owed_tags, 1);
		sl_spin_lock(&s->admin_lock);
		ev = sl_event_slot(s);
		if (ev) {
			memset(ev, 0, sizeof(*ev));
			ev->type = SLUICE_EVENT_TASK_MANAGEMENT;
			ev->function = SLUICE_TMF_ABORT_TASK;
			ev->device = owed.device;
			ev->nexus = owed.nexus;
			ev->queue = owed.queue;
			ev->tag = owed.tag;
			ev->generation = owed.generation;
			sl_event_put(s);
		}
		sl_spin_unlock(&s->admin_lock);
	}
}

void sl_event_tag_owed(struct sl_session *s, struct sl_work *w)
{
	sl_store_release(&s->owed_tags, 1);
	w->kick = true;
}
