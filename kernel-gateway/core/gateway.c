/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "event.h"
#include "nexus.h"
#include "reach.h"
#include "reservation.h"
#include "session.h"
#include "target.h"
#include "target_port.h"

#define SL_SECOND_NS 1000000000ULL

static void set_limits(struct sl_limits *to, const struct sl_limits *from)
{
	static const u64 timeouts[SLUICE_PACES] = {
		[SLUICE_PACE_PROMPT] = 30 * SL_SECOND_NS,
		[SLUICE_PACE_DATA] = 60 * SL_SECOND_NS,
		[SLUICE_PACE_MEDIUM] = 600 * SL_SECOND_NS,
		[SLUICE_PACE_LONG] = 4 * 3600 * SL_SECOND_NS,
	};

	if (from)
		*to = *from;
	to->max_devices = to->max_devices ? to->max_devices : 1024;
	to->max_nexuses = to->max_nexuses ? to->max_nexuses : 1024;
	to->max_sessions = to->max_sessions ? to->max_sessions : 64;
	to->max_pool_bytes = to->max_pool_bytes ? to->max_pool_bytes : 4ULL << 30;
	for (u32 i = 0; i < SLUICE_PACES; i++)
		to->timeout_ns[i] = to->timeout_ns[i] ? to->timeout_ns[i] : timeouts[i];
	to->abort_bound_ns = to->abort_bound_ns ? to->abort_bound_ns : 5 * SL_SECOND_NS;
	to->grace_ns = to->grace_ns ? to->grace_ns : 30 * SL_SECOND_NS;
	to->incarnation = to->incarnation ? to->incarnation : 1;
}

static void free_tables(struct sl_gateway *gw)
{
	sl_free(gw->sessions);
	sl_free(gw->devices);
	sl_free(gw->nexuses);
	sl_free(gw->free_slots);
	sl_free(gw->due);
	sl_free(gw->named);
	sl_free(gw);
}

int sl_gateway_create(const struct sl_host_ops *ops, void *host, const struct sl_limits *limits,
		      struct sl_gateway **out)
{
	struct sl_gateway *gw = sl_alloc(sizeof(*gw));

	if (!gw)
		return -ENOMEM;
	set_limits(&gw->limits, limits);
	if (gw->limits.max_sessions > 1U << SL_BINDING_SLOT_BITS ||
	    gw->limits.max_pool_bytes > 1ULL << 43) {
		sl_free(gw);
		return -EINVAL;
	}
	gw->ops = ops;
	gw->host = host;
	gw->armed_ns = U64_MAX;
	gw->sessions = sl_alloc((size_t)gw->limits.max_sessions * sizeof(*gw->sessions));
	gw->devices = sl_alloc((size_t)gw->limits.max_devices * sizeof(*gw->devices));
	gw->nexuses = sl_alloc((size_t)gw->limits.max_nexuses * sizeof(*gw->nexuses));
	gw->free_slots = sl_alloc((size_t)gw->limits.max_nexuses * sizeof(*gw->free_slots));
	gw->due = sl_alloc((size_t)gw->limits.max_devices * sizeof(*gw->due));
	while (gw->named_mask + 1 < gw->limits.max_devices)
		gw->named_mask = gw->named_mask << 1 | 1;
	gw->named = sl_alloc(((size_t)gw->named_mask + 1) * sizeof(*gw->named));
	if (!gw->sessions || !gw->devices || !gw->nexuses || !gw->free_slots || !gw->due ||
	    !gw->named) {
		free_tables(gw);
		return -ENOMEM;
	}
	/* The lowest on top. */
	for (u32 i = 0; i < gw->limits.max_nexuses; i++)
		gw->free_slots[i] = gw->limits.max_nexuses - 1 - i;
	sl_mutex_init(&gw->config);
	sl_spin_init(&gw->nexus_lock);
	sl_spin_init(&gw->slot_lock);
	sl_spin_init(&gw->due_lock);
	sl_spin_init(&gw->tmf_lock);
	sl_list_init(&gw->targets);
	sl_list_init(&gw->ports);
	sl_list_init(&gw->portal_groups);
	sl_list_init(&gw->tmfs);
	*out = gw;
	return 0;
}

void sl_gateway_destroy(struct sl_gateway *gw)
{
	struct sl_list *node;

	/* While the devices are there to which their LUNs lead. */
	while ((node = sl_list_pop(&gw->targets)))
		sl_target_free(sl_entry(node, struct sl_target, link));
	for (u32 i = 0; i < gw->limits.max_sessions && gw->sessions[i]; i++) {
		struct sl_session *s = gw->sessions[i];

		for (u32 q = 0; q < SLUICE_MAX_QUEUES; q++)
			sl_free(s->queues[q]);
		sl_free(s->nexuses);
		sl_free(s);
	}
	for (u32 i = 0; i < gw->n_devices; i++) {
		sl_free(gw->devices[i]->reservation);
		sl_free(gw->devices[i]->reservation_next);
		sl_event_lapse_free(gw->devices[i]);
		sl_reach_free(gw->devices[i]);
		sl_free(gw->devices[i]);
	}
	while ((node = sl_list_pop(&gw->ports)))
		sl_free(sl_entry(node, struct sl_target_port, link));
	while ((node = sl_list_pop(&gw->portal_groups)))
		sl_free(sl_entry(node, struct sl_portal_group, link));
	sl_mutex_destroy(&gw->config);
	free_tables(gw);
}

static u64 total_commands(struct sl_gateway *gw)
{
	u64 commands;

	/* A nexus leaves the table, under this lock, before it is freed. */
	sl_spin_lock(&gw->nexus_lock);
	commands = gw->retired_commands;
	for (u32 i = 0; i < gw->limits.max_nexuses; i++) {
		if (gw->nexuses[i])
			commands += sl_load_relaxed(&gw->nexuses[i]->commands);
	}
	sl_spin_unlock(&gw->nexus_lock);
	return commands;
}

/* What only the host knows (pid, uptime, loops, connections) stays as the caller set it. */
void sl_gateway_info(struct sl_gateway *gw, struct sluice_gateway_info *info)
{
	info->abi_version = SLUICE_ABI_VERSION;
	info->sessions = 0;
	sl_mutex_lock(&gw->config);
	for (u32 i = 0; i < gw->limits.max_sessions && gw->sessions[i]; i++)
		info->sessions += gw->sessions[i]->open && gw->sessions[i]->live;
	sl_mutex_unlock(&gw->config);
	info->devices = sl_load_acquire(&gw->n_devices);
	sl_spin_lock(&gw->nexus_lock);
	info->nexuses = gw->n_nexuses;
	sl_spin_unlock(&gw->nexus_lock);
	info->commands = total_commands(gw);
	info->handler_faults = sl_load_relaxed(&gw->handler_faults);
	info->dropped_completions = sl_load_relaxed(&gw->dropped_completions);
	info->broken_sessions = sl_load_relaxed(&gw->broken_sessions);
}
