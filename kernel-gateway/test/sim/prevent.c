/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a device's handler keeps for an I_T nexus, as PREVENT ALLOW MEDIUM REMOVAL makes it
 * (SPC-5 6.16), across its death: it begins with some of the nexus's commands, and ends when
 * it hears that the nexus was reset, or is gone. Here, what it has to hear, and may.
 */
#include "world.h"

#define EVERY 3 /* commands, and one begins it */

static struct w_prevention *of(u32 d, u32 nexus_id)
{
	w_check(nexus_id < W_NEXUS_IDS, "nexus %u", nexus_id);
	return &w->devices[d].prevention[nexus_id];
}

void w_prevent_answered(const struct w_cmd *c)
{
	struct w_prevention *p = of(c->dev->id - 1, sl_nexus_id(c->cmd.nexus));

	if (c->serial % EVERY == 0 && !c->aborted && !p->since)
		p->since = ++w->moment;
}

void w_prevent_event(const struct sluice_event *e)
{
	if (e->type == SLUICE_EVENT_NEXUS_REMOVE) {
		for (u32 d = 0; d < W_DEVICES; d++)
			of(d, e->nexus)->since = 0;
	} else if (e->type == SLUICE_EVENT_TASK_MANAGEMENT &&
		   e->function == SLUICE_TMF_I_T_NEXUS_RESET) {
		struct w_prevention *p = of(e->device - 1, e->nexus);

		w_check(p->may_lapse, "nexus %u was not reset on device %u", e->nexus, e->device);
		p->since = 0;
		w->lapses++;
	}
}

void w_prevent_powered_on(u32 d)
{
	for (u32 id = 0; id < W_NEXUS_IDS; id++)
		w->devices[d].prevention[id].since = 0;
}

void w_prevent_lapses(u32 nexus, u32 d)
{
	struct w_prevention *p = of(d, sl_nexus_id(w->nexuses[nexus].n));

	p->may_lapse = true;
	p->lapsed = ++w->moment;
}

void w_prevent_nexus_lost(u32 nexus)
{
	for (u32 lun = 0; lun < W_LUNS; lun++) {
		if (w_sees(nexus, lun))
			w_prevent_lapses(nexus, lun % W_DEVICES);
	}
}

/* One that still has commands there leaves with the last of them, unless it is back by then. */
void w_prevent_unmapped(u32 nexus, u32 lun)
{
	u32 d = lun % W_DEVICES;

	if (!w->nexuses[nexus].n || w->nexuses[nexus].closing)
		return;
	of(d, sl_nexus_id(w->nexuses[nexus].n))->may_lapse = true;
	for (u32 l = d; l < W_LUNS; l += W_DEVICES) {
		if (w_sees(nexus, l))
			return;
	}
	for (u32 k = 0; k < W_CMDS; k++) {
		const struct w_cmd *c = &w->cmds[k];

		if (c->life != W_IDLE && c->nexus == nexus && c->dev && c->dev->id == d + 1)
			return;
	}
	w_prevent_lapses(nexus, d);
}

/* Its handler has heard all that there was to hear. */
static bool knows_all(u32 d)
{
	const struct w_session *ws = &w->sessions[d % W_SESSIONS];

	return ws->s && !ws->quiesced && ws->reads_events && !sl_event_owed(ws->s);
}

void w_prevent_check(void)
{
	for (u32 d = 0; d < W_DEVICES; d++) {
		for (u32 i = 0; knows_all(d) && i < W_NEXUSES; i++) {
			const struct w_prevention *p;

			/* Of one that closes it hears when it is gone. */
			if (!w->nexuses[i].n || w->nexuses[i].closing)
				continue;
			p = of(d, sl_nexus_id(w->nexuses[i].n));
			w_check(!p->since || p->since > p->lapsed,
				"the handler of device %u still prevents for nexus %u", d, i);
		}
	}
}
