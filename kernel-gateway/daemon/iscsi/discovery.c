/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "discovery.h"

#include <stdio.h>

#include "portal.h"
#include "session.h"

/* Under the lock. A wildcard portal is told by the address that the connection came in by. */
static void add_addresses(struct iscsi_connection *c, struct iscsi_text_out *out)
{
	char address[ISCSI_VALUE_MAX + 1];
	struct iscsi_portal *p;

	LIST_FOREACH(p, &c->fabric->portals, link) {
		bool local_v6 = c->local[0] == '[';

		if (p->wildcard && local_v6 != p->v6)
			continue;
		snprintf(address, sizeof(address), "%s:%u,%u", p->wildcard ? c->local : p->text,
			 p->port, p->group_tag);
		iscsi_text_add(out, "TargetAddress", address);
	}
}

static void add_target(struct iscsi_connection *c, const char *target, struct iscsi_text_out *out)
{
	/* What an initiator may not use, it need not know. */
	if (sl_target_admits(c->fabric->gw, target, c->session->initiator, NULL))
		return;
	iscsi_text_add(out, "TargetName", target);
	add_addresses(c, out);
}

void iscsi_send_targets(struct iscsi_connection *c, const char *value, struct iscsi_text_out *out)
{
	struct iscsi_session *s = c->session;
	struct sl_gateway *gw = c->fabric->gw;
	bool all = !strcmp(value, "All");
	struct sluice_target t;

	/* "All" belongs to discovery sessions, no value to normal ones. */
	if (s->discovery ? !*value : all) {
		iscsi_text_add(out, "SendTargets", "Reject");
		return;
	}
	pthread_mutex_lock(&c->fabric->lock);
	if (all) {
		for (uint32_t i = 0; sl_target_at(gw, i, &t) == 0; i++)
			add_target(c, t.name, out);
	} else if (s->discovery) {
		add_target(c, value, out);
	} else if (!*value || !strcmp(value, s->target)) {
		add_target(c, s->target, out);
	}
	pthread_mutex_unlock(&c->fabric->lock);
}
