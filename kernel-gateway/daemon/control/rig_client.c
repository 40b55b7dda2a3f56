/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The rig of a client in role rig (control/client.h), and the clock that it may move. */
#include <errno.h>
#include <stdio.h>

#include "client.h"
#include "rig_host.h"

struct rig_fabric *client_rigs(struct client *c)
{
	return &c->server->rigs;
}

struct rig **client_rig(struct client *c)
{
	return &c->rig;
}

void client_rig_opened(struct client *c, const struct sluice_msg *m,
		       const struct sluice_rig_opened *opened)
{
	struct region *data = &rig_data(c->rig)->region;

	client_reply_fds(c, m, opened, sizeof(*opened), &data->fd, 1);
	region_close_fd(data);
}

int client_time_moves(struct client *c, char why[256])
{
	if (c->server->host->time_moves)
		return 0;
	snprintf(why, 256,
		 "this gateway keeps to the machine's clock: start sluiced with --rig-time to "
		 "move it");
	return -EPERM;
}

void client_advance_time(struct client *c, u64 ns)
{
	host_advance_time(c->server->host, ns);
}

void rig_client_gone(struct client *c)
{
	if (c->rig)
		rig_close(c->rig);
	c->rig = NULL;
}
