/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Role control: what only sluiced has: portals, its end. */
#include <errno.h>
#include <unistd.h>

#include "control/operation.h"
#include "control/text.h"
#include "client.h"
#include "host/log.h"
#include "portal.h"

static void run_portal_add(struct client *c, const struct sluice_msg *m, const void *body)
{
	struct sluice_portal portal = *(const struct sluice_portal *)body;
	char why[256] = "";
	int err;

	if (TEXT_CHECK(&portal, address, TEXT_REQUIRED, why) ||
	    RESERVED_CHECK(&portal, reserved, why)) {
		client_fail(c, m, -EINVAL, "PORTAL_ADD: %s", why);
		return;
	}
	if (portal.group == 0) {
		client_fail(c, m, -EINVAL, "portal group 0: choose 1 to 65535 (RFC 7143 13.9)");
		return;
	}
	err = portal_add(c->server, &portal, why);
	if (err)
		client_fail(c, m, err, "%s", why);
	else
		client_reply(c, m, &portal, sizeof(portal));
}

static void run_shutdown(struct client *c, const struct sluice_msg *m, const void *body)
{
	log_info("control", "client \"%s\" (pid %d) asks for shutdown", c->name, c->peer.pid);
	client_reply(c, m, NULL, 0);
	c->server->shutdown(c->server->arg);
}

const struct operation host_operations[] = {
	{ SLUICE_OP_PORTAL_ADD, "PORTAL_ADD", sizeof(struct sluice_portal), run_portal_add },
	{ SLUICE_OP_SHUTDOWN, "SHUTDOWN", 0, run_shutdown },
	{ 0 },
};

static void run_gateway_info(struct client *c, const struct sluice_msg *m, const void *body)
{
	struct control_server *s = c->server;
	struct sluice_gateway_info info = { 0 };

	sl_gateway_info(s->host->gateway, &info);
	info.abi_version = SLUICE_ABI_VERSION;
	info.pid = (uint32_t)getpid();
	info.uptime_ns = loop_clock() - s->host->started_ns;
	info.loops = s->host->n_loops;
	info.protocol_errors = iscsi_protocol_errors(s->iscsi);
	info.connections_refused = iscsi_connections_refused(s->iscsi);
	client_reply(c, m, &info, sizeof(info));
}

const struct operation host_info_operations[] = {
	{ SLUICE_OP_GATEWAY_INFO, "GATEWAY_INFO", 0, run_gateway_info },
	{ 0 },
};
