/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "portal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/gateway.h"
#include "host/log.h"

struct portal {
	struct portal *next;
	struct sluice_portal bound;
	uint16_t asked_port; /* 0: any */
};

static struct portal *find(struct control_server *s, const struct sluice_portal *wanted)
{
	for (struct portal *p = s->portals; p; p = p->next) {
		if (strcmp(p->bound.address, wanted->address) != 0)
			continue;
		if (wanted->port == p->asked_port || wanted->port == p->bound.port)
			return p;
	}
	return NULL;
}

int portal_add(struct control_server *s, struct sluice_portal *portal, char why[256])
{
	struct portal *known = find(s, portal);
	uint16_t asked = portal->port;
	int err;

	if (known && known->bound.group != portal->group) {
		snprintf(why, 256,
			 "portal %s port %u is in portal group %u already, not %u: restart the "
			 "gateway to move it",
			 portal->address, known->bound.port, known->bound.group, portal->group);
		return -EEXIST;
	}
	if (known) {
		*portal = known->bound;
		return 0;
	}
	known = calloc(1, sizeof(*known));
	if (!known) {
		snprintf(why, 256, "no memory for a portal: give the process more");
		return -ENOMEM;
	}
	err = sl_portal_group_add(s->host->gateway, portal->group);
	if (err)
		snprintf(why, 256, "no room for the target ports of portal group %u: %s",
			 portal->group, strerror(-err));
	else
		err = iscsi_portal_add(s->iscsi, portal, why);
	if (err) {
		free(known);
		return err;
	}
	known->bound = *portal;
	known->asked_port = asked;
	known->next = s->portals;
	s->portals = known;
	log_info("control", "portal %s port %u, group %u", portal->address, portal->port,
		 portal->group);
	return 0;
}

void portals_forget(struct control_server *s)
{
	while (s->portals) {
		struct portal *p = s->portals;

		s->portals = p->next;
		free(p);
	}
}
