// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The rig of a client in role rig (control/client.h), and the clock that it may move. */
#include "client.h"
#include "rig_host.h"

struct rig_fabric *client_rigs(struct client *c)
{
	return &sluice_rigs;
}

struct rig **client_rig(struct client *c)
{
	return &c->rig;
}

/* The region is mapped from the file itself. */
void client_rig_opened(struct client *c, const struct sluice_msg *m,
		       const struct sluice_rig_opened *opened)
{
	client_reply(c, m, opened, sizeof(*opened));
}

int client_time_moves(struct client *c, char why[256])
{
	if (sluice_host.time_moves)
		return 0;
	snprintf(
		why, 256,
		"this gateway keeps to the machine's clock: load sluice.ko with rig_time=1 to move it");
	return -EPERM;
}

void client_advance_time(struct client *c, u64 ns)
{
	sluice_advance_time(ns);
}
