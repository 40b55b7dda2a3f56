/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Deadlines. Each queue, pool, admin ring and device keeps a bound on its earliest (of
 * devices: due.c); the gateway keeps the earliest that the host was told. A bound may be early, never
 * late: at its time there is a look at what stands there, and a new bound.
 */
#include "nexus.h"
#include "event.h"
#include "session.h"

u32 sl_waiting_expire(struct sl_list *waiting, struct sl_work *w, u64 *next_ns)
{
	struct sl_list *pos, *tmp;
	u32 n = 0;

	sl_list_for_each_safe(pos, tmp, waiting) {
		struct sl_cmd *cmd = sl_entry(pos, struct sl_cmd, core.link);

		if (cmd->core.deadline_ns > w->now_ns) {
			*next_ns = sl_min(*next_ns, cmd->core.deadline_ns);
			continue;
		}
		sl_list_del(&cmd->core.link);
		cmd->core.parked = 0;
		sl_work_add_event(w, cmd, SL_EV_EXPIRE);
		n++;
	}
	return n;
}

u64 sl_gateway_tick(struct sl_gateway *gw, u64 now_ns)
{
	u64 next = U64_MAX;
	struct sl_work w;
	u64 armed;

	sl_work_init(&w, gw, now_ns);
	/* Before the look: who sets a deadline while we look tells the host himself. */
	sl_exchange_acq_rel(&gw->armed_ns, U64_MAX);
	for (u32 i = 0; i < gw->limits.max_sessions; i++) {
		struct sl_session *s = sl_load_acquire(&gw->sessions[i]);

		if (!s)
			break;
		sl_buffer_expire(s, &w, &next);
		sl_event_expire(s, &w, &next);
		for (u32 q = 0; q < sl_load_acquire(&s->n_queues); q++)
			sl_queue_expire(s->queues[q], &w, &next);
	}
	sl_due_run(gw, &w, &next);
	sl_work_run(&w);
	armed = sl_load_relaxed(&gw->armed_ns);
	while (next < armed && !sl_cas_acq_rel(&gw->armed_ns, &armed, next))
		;
	return sl_min(next, armed);
}
