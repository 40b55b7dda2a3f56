/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The portals that were configured, so that a restarted control plane may add them again. */
#ifndef SLUICE_DAEMON_CONTROL_PORTAL_H
#define SLUICE_DAEMON_CONTROL_PORTAL_H

#include "server.h"

/*
 * Listens, or finds that we do already: the same address, port and group. Asked for
 * port 0 again, it answers with the port picked the first time. 0 or -errno, `why`.
 */
int portal_add(struct control_server *s, struct sluice_portal *portal, char why[256]);
void portals_forget(struct control_server *s);

#endif /* SLUICE_DAEMON_CONTROL_PORTAL_H */
