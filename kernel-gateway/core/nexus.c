/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "lun_map.h"
#include "event.h"
#include "reservation.h"
#include "sense.h"
#include "session.h"
#include "target_port.h"
#include "task_management.h"
#include "transport_id.h"

struct sl_itl *sl_nexus_itl(struct sl_nexus *n, u32 lun)
{
	struct sl_itl **chunk = n->chunks[lun / SL_LUN_CHUNK];

	return chunk ? chunk[lun % SL_LUN_CHUNK] : NULL;
}

/* A slot for the nexus and an identifier that no other had. */
static int register_nexus(struct sl_gateway *gw, struct sl_nexus *n)
{
	int result = -ENOSPC;

	sl_spin_lock(&gw->nexus_lock);
	if (gw->n_nexuses < gw->limits.max_nexuses) {
		gw->n_nexuses++;
		n->slot = gw->free_slots[gw->limits.max_nexuses - gw->n_nexuses];
		n->prefer_queue = n->slot;
		if (++gw->nexus_id == 0)
			gw->nexus_id = 1;
		n->id = gw->nexus_id;
		sl_spin_lock(&gw->slot_lock);
		gw->nexuses[n->slot] = n;
		sl_spin_unlock(&gw->slot_lock);
		result = 0;
	}
	sl_spin_unlock(&gw->nexus_lock);
	return result;
}

static void unregister_nexus(struct sl_gateway *gw, struct sl_nexus *n)
{
	sl_spin_lock(&gw->nexus_lock);
	sl_spin_lock(&gw->slot_lock);
	gw->nexuses[n->slot] = NULL;
	sl_spin_unlock(&gw->slot_lock);
	gw->free_slots[gw->limits.max_nexuses - gw->n_nexuses] = n->slot;
	gw->n_nexuses--;
	gw->retired_commands += n->commands;
	sl_spin_unlock(&gw->nexus_lock);
}

static void withdraw(struct sl_nexus *n, struct sl_work *w)
{
	for (u32 i = 0; i < n->gw->limits.max_sessions; i++) {
		struct sl_session *s = sl_load_acquire(&n->gw->sessions[i]);

		if (!s)
			return;
		sl_event_nexus_gone(s, n->slot, n->id, w);
	}
}

static void free_nexus(struct sl_nexus *n)
{
	for (u32 i = 0; i < SL_LUN_CHUNKS; i++)
		sl_free(n->chunks[i]);
	sl_free(n->luns);
	sl_free(n->all_luns);
	sl_free(n);
}

/* Copies a text behind what is there; *at goes past it. */
static const char *keep_text(char **at, const char *text, size_t len)
{
	char *kept = *at;

	memcpy(kept, text, len);
	kept[len] = '\0';
	*at = kept + len + 1;
	return kept;
}

static struct sl_nexus *create(struct sl_gateway *gw, const char *initiator_port,
			       const char *target_port, const char *peer)
{
	size_t initiator_len = sl_min(strlen(initiator_port), SLUICE_PORT_NAME_LEN - 1);
	size_t target_len = sl_min(strlen(target_port), SLUICE_PORT_NAME_LEN - 1);
	size_t peer_len = peer ? sl_min(strlen(peer), SLUICE_NAME_LEN - 1) : 0;
	struct sl_nexus *n = sl_alloc(sizeof(*n) + initiator_len + target_len + peer_len + 3);
	char *at = (char *)(n + 1);

	if (!n)
		return NULL;
	sl_spin_init(&n->lock);
	n->gw = gw;
	n->live = 1;
	sl_list_init(&n->endings);
	sl_list_init(&n->itls);
	sl_list_init(&n->of_target);
	n->initiator_port = keep_text(&at, initiator_port, initiator_len);
	n->initiator_hash = sl_port_hash(n->initiator_port);
	n->target_port = keep_text(&at, target_port, target_len);
	n->peer = keep_text(&at, peer ? peer : "", peer_len);
	return n;
}

static void unmap_all(struct sl_nexus *n, struct sl_work *w)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &n->group->luns)
		sl_nexus_unmap(n, sl_entry(pos, struct sl_lun_entry, link)->lun, w);
}

/* Under gw->config. */
static int map_all(struct sl_nexus *n, enum sl_nexus_origin origin, struct sl_work *w)
{
	u16 asc = origin == SL_NEXUS_REINSTATED ? SL_ASC_NEXUS_LOSS : SL_ASC_RESET_OCCURRED;
	struct sl_list *pos;
	int result = sl_nexus_list_luns(n);

	sl_list_for_each(pos, &n->group->luns) {
		struct sl_lun_entry *e = sl_entry(pos, struct sl_lun_entry, link);

		if (result == 0)
			result = sl_nexus_map(n, e, asc, w);
	}
	return result;
}

static int open_nexus(struct sl_nexus *n, const char *target, enum sl_nexus_origin origin,
		      struct sl_work *w)
{
	struct sl_target *t = sl_target_named(n->gw, target);
	int result;

	if (!t)
		return -ENOENT;
	n->target = t;
	n->group = sl_group_of(t, n->initiator_port, sl_initiator_name_len(n->initiator_port));
	if (!n->group)
		return -EACCES;
	n->port = sl_target_port_of(n->gw, target, sl_port_name_group(n->target_port), &result);
	if (!n->port)
		return result;
	result = register_nexus(n->gw, n);
	if (result)
		return result;
	result = map_all(n, origin, w);
	if (result) {
		unmap_all(n, w);
		unregister_nexus(n->gw, n);
		withdraw(n, w);
		return result;
	}
	n->port->nexuses++;
	sl_list_add_tail(&t->nexuses, &n->of_target);
	return 0;
}

int sl_nexus_open(struct sl_gateway *gw, const char *target, const char *initiator_port,
		  const char *target_port, const char *peer, enum sl_nexus_origin origin,
		  const struct sl_fabric_ops *ops, void *fabric_nexus, struct sl_nexus **out)
{
	struct sl_nexus *n = create(gw, initiator_port, target_port, peer);
	struct sl_work w;
	int result;

	if (!n)
		return -ENOMEM;
	n->ops = ops;
	n->fabric = fabric_nexus;
	sl_work_init(&w, gw, 0);
	sl_mutex_lock(&gw->config);
	result = open_nexus(n, target, origin, &w);
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
	if (result)
		free_nexus(n);
	else
		*out = n;
	return result;
}

void sl_nexus_close(struct sl_nexus *n, u64 now_ns)
{
	struct sl_gateway *gw = n->gw;
	struct sl_work w;

	sl_work_init(&w, gw, now_ns);
	sl_mutex_lock(&gw->config);
	sl_list_del(&n->of_target);
	n->port->nexuses--;
	sl_spin_lock(&n->lock);
	n->closing = true;
	n->live++; /* the function's */
	sl_spin_unlock(&n->lock);
	n->close_tmf.nexus = n;
	n->close_tmf.function = SLUICE_TMF_I_T_NEXUS_RESET;
	n->close_tmf.core.internal = 1;
	sl_tmf_start(&n->close_tmf, &w);
	sl_tmf_abort_nexus(&n->close_tmf, n, &w);
	sl_legacy_release_all(n);
	unmap_all(n, &w);
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
	sl_tmf_put(&n->close_tmf, &w);
	sl_nexus_put(n, &w);
	sl_work_run(&w);
}

bool sl_nexus_put_locked(struct sl_nexus *n)
{
	bool last;

	n->live--;
	last = n->closing && n->live == 0 && n->n_endings == 0 && !n->closed;
	n->closed |= last;
	return last;
}

void sl_nexus_put(struct sl_nexus *n, struct sl_work *w)
{
	bool last;

	sl_spin_lock(&n->lock);
	last = sl_nexus_put_locked(n);
	sl_spin_unlock(&n->lock);
	if (last)
		sl_nexus_finish(n, w);
}

/* Its last command was released, its last function answered, its open count given up. */
void sl_nexus_finish(struct sl_nexus *n, struct sl_work *w)
{
	/* In this order: who finds it in its slot may wish it to be known. */
	unregister_nexus(n->gw, n);
	withdraw(n, w);
	n->ops->nexus_closed(n->fabric);
	free_nexus(n);
}

u32 sl_nexus_id(const struct sl_nexus *n)
{
	return n->id;
}

u16 sl_nexus_relative_port(const struct sl_nexus *n)
{
	return sl_target_port_number(n->port);
}

void *sl_nexus_fabric(const struct sl_nexus *n)
{
	return n->fabric;
}

void sl_nexus_prefer_queue(struct sl_nexus *n, u32 index)
{
	sl_spin_lock(&n->lock);
	n->prefer_queue = index;
	sl_spin_unlock(&n->lock);
}

bool sl_nexus_sees(struct sl_nexus *n, u64 lun)
{
	bool sees;

	if (lun > SLUICE_LUN_MAX)
		return false;
	sl_spin_lock(&n->lock);
	sees = sl_nexus_itl(n, (u32)lun) != NULL;
	sl_spin_unlock(&n->lock);
	return sees;
}

static u32 live_commands(struct sl_nexus *n)
{
	struct sl_list *pos;
	u32 live = 0;

	sl_list_for_each(pos, &n->itls)
		live += sl_entry(pos, struct sl_itl, of_nexus)->n_tasks;
	return live;
}

int sl_nexus_info(struct sl_gateway *gw, u32 index, struct sluice_nexus_info *info)
{
	struct sl_nexus *n = NULL;

	memset(info, 0, sizeof(*info));
	sl_mutex_lock(&gw->config);
	sl_spin_lock(&gw->nexus_lock);
	for (u32 slot = 0; slot < gw->limits.max_nexuses; slot++) {
		struct sl_nexus *at = gw->nexuses[slot];

		/* of_target is under gw->config: closing ones are out of it, and only they are freed. */
		if (at && !sl_list_empty(&at->of_target) && index-- == 0) {
			n = at;
			break;
		}
	}
	sl_spin_unlock(&gw->nexus_lock);
	if (n) {
		sl_text_copy(info->initiator_port, sizeof(info->initiator_port), n->initiator_port);
		sl_text_copy(info->target_port, sizeof(info->target_port), n->target_port);
		sl_text_copy(info->peer, sizeof(info->peer), n->peer);
		info->nexus = n->id;
		info->relative_port = sl_target_port_number(n->port);
		info->port_group = n->port->group;
		sl_spin_lock(&n->lock);
		info->live = live_commands(n);
		info->commands = n->commands;
		sl_spin_unlock(&n->lock);
	}
	sl_mutex_unlock(&gw->config);
	return n ? 0 : -ENOENT;
}
