/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The gateway: what exists, and who may look at it.
 *
 * Lock order, outermost first:
 *   gw->config (mutex)  targets, groups, LUN maps, names; never on a command's way
 *   session->request_lock   drains the handler's admin requests
 *   device->itl_lock        the device's I_T_L list, its reservations
 *   gw->nexus_lock          the table of nexuses
 *   nexus->lock             its LUN table, I_T_Ls, commands, Unit Attentions
 *   task set's lock         its slow half; one of a device or of an I_T_L
 *   queue->lock             tags, submission ring
 *   session->pool_lock      data pool and who waits for it
 *   session->admin_lock     events to the handler
 *   device->lapse_lock      events that its next handler has to hear
 *   device->kept_lock, device->turn_lock
 *   gw->slot_lock, gw->due_lock, gw->tmf_lock   (nothing inside)
 *
 * Devices live as long as the gateway. Session slots and their queues keep their
 * memory from one session to the next: who holds a stale pointer finds a valid lock
 * and, under it, another serial number.
 */
#ifndef SLUICE_CORE_REGISTRY_H
#define SLUICE_CORE_REGISTRY_H

#include "gateway.h"
#include "list.h"

#define SL_ACCESS_GROUPS 16U	/* target port groups whose access state a device remembers */

struct sl_gateway {
	const struct sl_host_ops *ops;
	void *host;
	struct sl_limits limits;

	sl_mutex config;
	struct sl_list targets;
	struct sl_list ports;		/* target_port.c; under `config`, as the two below */
	struct sl_list portal_groups;
	u32 port_number;		/* the last that was given */
	u32 access[SL_ACCESS_GROUPS];	/* of devices to come (access_state.c); under `config` */
	u32 n_access;

	struct sl_session **sessions;	/* [max_sessions]; slots are made on first use (release/acquire) */
	u64 session_serial;
	u32 session_id;

	struct sl_device **devices;	/* [max_devices]; grows only */
	struct sl_device **named;	/* [named_mask + 1] chains by a hash of the name; under `config` */
	u32 named_mask;
	u32 n_devices;			/* release/acquire: those below are complete */

	sl_spinlock nexus_lock;
	struct sl_nexus **nexuses;	/* [max_nexuses] by slot */
	sl_spinlock slot_lock;		/* who stands in a slot is not freed while it is held */
	u32 *free_slots;		/* [max_nexuses] a stack of those that are NULL */
	u32 n_nexuses;
	u32 nexus_id;
	u64 retired_commands;		/* of nexuses that are gone; under nexus_lock */

	sl_spinlock due_lock;
	struct sl_device **due;		/* [max_devices] a heap (due.c) */
	u32 n_due;

	sl_spinlock tmf_lock;
	u64 tmf_sequence;
	struct sl_list tmfs;		/* functions under way, oldest first */

	u64 armed_ns;			/* the earliest deadline that the host knows of */
	/* NULL but in tests that look which cells of the table are reached */
	void (*observe)(const struct sl_cmd *cmd, u32 state, u32 event);
	u64 illegal_events;
	u64 handler_faults;		/* completions and requests that were refused */
	u64 dropped_completions;
	u64 broken_sessions;
};

/* name == a NUL-terminated text within its array, not empty. */
static inline bool sl_text_ok(const char *text, size_t size)
{
	return text[0] && memchr(text, 0, size);
}

/* Cut to what fits with its NUL; the rest is zero. */
static inline void sl_text_copy(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);

	len = sl_min(len, size - 1);
	memset(to, 0, size);
	memcpy(to, from, len);
}

#endif /* SLUICE_CORE_REGISTRY_H */
