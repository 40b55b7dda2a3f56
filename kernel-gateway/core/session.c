/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "nexus.h"
#include "event.h"
#include "session.h"

/* A slot's memory is made once and stays (registry.h says why). */
static struct sl_session *make_slot(struct sl_gateway *gw, u32 slot)
{
	struct sl_session *s = sl_alloc(sizeof(*s));

	if (!s)
		return NULL;
	s->nexuses = sl_alloc((size_t)gw->limits.max_nexuses * sizeof(*s->nexuses));
	if (!s->nexuses) {
		sl_free(s);
		return NULL;
	}
	s->gw = gw;
	s->slot = slot;
	sl_spin_init(&s->pool_lock);
	sl_spin_init(&s->admin_lock);
	sl_spin_init(&s->request_lock);
	sl_list_init(&s->waiting);
	sl_list_init(&s->announcing);
	sl_list_init(&s->owed_device_list);
	sl_store_release(&gw->sessions[slot], s);
	return s;
}

/* Under gw->config. A new one, as long as there is room: an old one remembers its session's epoch. */
static struct sl_session *find_slot(struct sl_gateway *gw, int *error)
{
	struct sl_session *oldest = NULL;

	for (u32 i = 0; i < gw->limits.max_sessions; i++) {
		struct sl_session *s = gw->sessions[i];

		if (!s) {
			s = make_slot(gw, i);
			*error = -ENOMEM;
			return s ? s : oldest;
		}
		if (!s->open && (!oldest || s->serial < oldest->serial))
			oldest = s;
	}
	*error = -ENOSPC;
	return oldest;
}

/*
 * Under gw->config. The same name is the same session, and this process the next one to
 * serve it; unless the former still does: then they are two.
 */
static void name_session(struct sl_session *s, const char *name)
{
	struct sl_gateway *gw = s->gw;
	u32 id = 0, epoch = 0;

	for (u32 i = 0; i < gw->limits.max_sessions && gw->sessions[i]; i++) {
		const struct sl_session *other = gw->sessions[i];

		if (strncmp(other->name, name, sizeof(other->name) - 1) || !other->id)
			continue;
		if (other->open && other->live && !other->quiesced)
			id = epoch = 0;
		else if (other->epoch > epoch)
			epoch = other->epoch, id = other->id;
		if (other->open && other->live && !other->quiesced)
			break;
	}
	s->id = id ? id : ++gw->session_id;
	s->epoch = epoch + 1;
	memset(s->name, 0, sizeof(s->name));
	memcpy(s->name, name, sl_min(strlen(name), sizeof(s->name) - 1));
}

static int make_queues(struct sl_session *s, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		struct sl_queue *q = s->queues[i];

		if (q)
			continue;
		q = sl_alloc(sizeof(*q));
		if (!q)
			return -ENOMEM;
		q->session = s;
		q->index = i;
		sl_spin_init(&q->lock);
		sl_list_init(&q->waiting);
		s->queues[i] = q;
	}
	return 0;
}

static void free_tags(struct sl_session *s)
{
	for (u32 i = 0; i < s->n_queues; i++) {
		struct sl_queue *q = s->queues[i];
		struct sl_tag *tags;

		sl_spin_lock(&q->lock);
		q->live = false;
		tags = q->tags;
		q->tags = NULL;
		sl_spin_unlock(&q->lock);
		sl_free(tags);
	}
}

static void map_admin(struct sl_session *s, const struct sluice_control *c)
{
	sl_spin_lock(&s->admin_lock);
	s->admin_depth = c->admin_depth;
	s->event_producer = 0;
	s->seen_events = 0;
	s->looked_ns = 0;
	s->request_consumer = 0;
	sl_store_relaxed(&s->admin_dirty, 0);
	sl_store_relaxed(&s->owed_nexuses, 0);
	sl_store_relaxed(&s->owed_tags, 0);
	s->admin_gw = (struct sluice_gw_index *)(s->gateway_region + c->gw_admin_off);
	s->events = (struct sluice_event *)(s->gateway_region + c->gw_event_off);
	s->admin_user = (struct sluice_user_index *)(s->handler_region + c->user_admin_off);
	s->requests = (const struct sluice_request *)(s->handler_region + c->user_request_off);
	for (u32 i = 0; i < s->gw->limits.max_nexuses; i++) {
		sl_store_relaxed(&s->nexuses[i].known, 0);
		s->nexuses[i].want = 0;
		s->nexuses[i].owed = false;
	}
	s->admin_live = true;
	sl_spin_unlock(&s->admin_lock);
}

/* Under gw->config; the slot is empty. */
static int fill_slot(struct sl_session *s, const struct sluice_control *c)
{
	int result = make_queues(s, c->queues);

	if (result)
		return result;
	/* Without its lock: nobody looks at the pool of a session that is not live. */
	result = sl_pool_init(&s->pool, c->pool_bytes);
	if (result)
		return result;
	s->depth = c->depth;
	s->max_buffer = c->max_buffer;
	s->grace_ns = c->grace_ns;
	sl_store_relaxed(&s->broken, 0);
	sl_store_relaxed(&s->quiesced, 0);
	sl_store_relaxed(&s->timeouts, 0);
	sl_store_relaxed(&s->aborts, 0);
	sl_store_relaxed(&s->faults, 0);
	/* Pairs with the acquire of who walks the slots: the queues before their number. */
	sl_store_release(&s->n_queues, c->queues);
	/* The serial first: who still holds the slot's old binding must find it stale. */
	sl_spin_lock(&s->pool_lock);
	sl_store_relaxed(&s->serial, ++s->gw->session_serial);
	s->pool_base = s->handler_region + c->pool_off;
	s->buffers = 0;
	s->n_waiting = 0;
	sl_store_relaxed(&s->pool_busy, 0);
	s->granting = false;
	sl_store_relaxed(&s->regrant, 0);
	s->next_deadline_ns = U64_MAX;
	s->live = true;
	sl_spin_unlock(&s->pool_lock);
	map_admin(s, c);
	for (u32 i = 0; result == 0 && i < c->queues; i++)
		result = sl_queue_map(s->queues[i], c);
	if (result) {
		free_tags(s);
		sl_pool_exit(&s->pool);
		s->live = false;
		s->admin_live = false;
	}
	return result;
}

int sl_session_create(struct sl_gateway *gw, const char *name, const struct sluice_control *control,
		      void *gateway_region, void *handler_region, struct sl_session **out)
{
	struct sl_session *s;
	int result = 0;

	sl_mutex_lock(&gw->config);
	s = find_slot(gw, &result);
	if (s) {
		s->gateway_region = gateway_region;
		s->handler_region = handler_region;
		s->control = gateway_region;
		result = fill_slot(s, control);
	}
	if (s && result == 0) {
		name_session(s, name);
		*s->control = *control;
		s->control->session = s->id;
		s->control->epoch = s->epoch;
		sl_store_release(&s->control->state, SLUICE_SESSION_ACTIVE);
		s->open = true;
		*out = s;
	}
	sl_mutex_unlock(&gw->config);
	return result;
}

void sl_session_break(struct sl_session *s, const char *why)
{
	if (sl_exchange_acq_rel(&s->broken, 1))
		return;
	s->broken_why = why;
	sl_fetch_add_relaxed(&s->gw->broken_sessions, 1);
	sl_store_release(&s->control->state, SLUICE_SESSION_BROKEN);
	s->gw->ops->session_broken(s->gw->host, s, why);
}

/* Under gw->config: the session's devices are held, each by its policy, from now on. */
static void orphan_all(struct sl_session *s, struct sl_work *w)
{
	u64 binding = sl_binding(s);
	u32 n = sl_load_acquire(&s->gw->n_devices);

	for (u32 i = 0; i < n; i++) {
		struct sl_device *dev = s->gw->devices[i];
		bool held = sl_load_relaxed(&dev->recovery) != SLUICE_RECOVERY_FAIL;

		/* One that was removed does not come back; one that was quiesced waits anew. */
		if (sl_device_binding(dev) == binding ||
		    (dev->leaving == binding && sl_load_relaxed(&dev->held_until_ns)))
			sl_device_orphan(dev, held ? w->now_ns + s->grace_ns : 0, w);
	}
}

/* Nothing may be lost here: every command with this handler becomes a work item. */
static void close_all(struct sl_session *s, struct sl_work *w)
{
	u64 binding = sl_binding(s);

	sl_event_reclaim(s);
	sl_event_abandon(s, w);
	orphan_all(s, w);
	for (u32 i = 0; i < sl_load_acquire(&s->gw->n_devices); i++) {
		if (s->gw->devices[i]->leaving == binding)
			s->gw->devices[i]->leaving = 0;
	}
	sl_buffer_close(s, w);
	for (u32 i = 0; i < s->n_queues; i++)
		sl_queue_close(s->queues[i], w);
}

/* What the handler had answered before it went counts. */
static void reap_rest(struct sl_session *s, u64 now_ns)
{
	for (u32 i = 0; i < s->n_queues; i++)
		sl_queue_reap(s->queues[i], s->depth, now_ns);
}

void sl_session_close(struct sl_session *s, u64 now_ns)
{
	struct sl_gateway *gw = s->gw;
	struct sl_work w;

	/* First: the tags that this frees are not for others to be handed over. */
	sl_store_relaxed(&s->quiesced, 1);
	reap_rest(s, now_ns);
	sl_work_init(&w, gw, now_ns);
	sl_mutex_lock(&gw->config);
	if (s->open && s->live) {
		if (!sl_load_relaxed(&s->broken))
			sl_store_release(&s->control->state, SLUICE_SESSION_CLOSING);
		close_all(s, &w);
	}
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
}

void sl_session_quiesce(struct sl_session *s, u64 now_ns)
{
	struct sl_gateway *gw = s->gw;
	struct sl_work w;

	sl_work_init(&w, gw, now_ns);
	sl_mutex_lock(&gw->config);
	if (s->open && s->live && !s->quiesced) {
		u32 n = sl_load_acquire(&gw->n_devices);

		sl_store_relaxed(&s->quiesced, 1);
		for (u32 i = 0; i < n; i++) {
			if (sl_device_binding(gw->devices[i]) == sl_binding(s))
				gw->devices[i]->leaving = sl_binding(s);
		}
		orphan_all(s, &w);
		sl_event_abandon(s, &w);
		sl_buffer_flush(s, &w);
		for (u32 i = 0; i < s->n_queues; i++) {
			sl_queue_flush(s->queues[i], &w);
			/* No doorbell shows the handler anything more after this. */
			sl_queue_show(s->queues[i]);
		}
	}
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
}

bool sl_session_drained(struct sl_session *s)
{
	bool drained;

	sl_spin_lock(&s->pool_lock);
	drained = !s->live && s->buffers == 0 && !s->granting;
	sl_spin_unlock(&s->pool_lock);
	sl_spin_lock(&s->admin_lock);
	drained = drained && s->admin_users == 0;
	sl_spin_unlock(&s->admin_lock);
	for (u32 i = 0; i < s->n_queues; i++) {
		struct sl_queue *q = s->queues[i];

		sl_spin_lock(&q->lock);
		drained = drained && q->users == 0;
		sl_spin_unlock(&q->lock);
	}
	return drained;
}

void sl_session_destroy(struct sl_session *s)
{
	struct sl_gateway *gw = s->gw;

	sl_mutex_lock(&gw->config);
	free_tags(s);
	sl_pool_exit(&s->pool);
	s->open = false;
	sl_mutex_unlock(&gw->config);
}

u32 sl_session_id(const struct sl_session *s)
{
	return s->id;
}

void sl_session_set_host(struct sl_session *s, void *host_session)
{
	s->host = host_session;
}

void *sl_session_host(const struct sl_session *s)
{
	return s->host;
}

struct sl_queue *sl_session_queue(struct sl_session *s, u32 index)
{
	return index < s->n_queues ? s->queues[index] : NULL;
}

void sl_queue_set_host(struct sl_queue *q, void *host_queue)
{
	q->host = host_queue;
}

void *sl_queue_host(const struct sl_queue *q)
{
	return q->host;
}
