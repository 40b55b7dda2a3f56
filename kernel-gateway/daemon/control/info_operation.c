/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What goes on in the gateway; for every role. */
#include <errno.h>
#include <unistd.h>

#include "operation.h"
#include "text.h"

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

static bool good_cursor(struct client *c, const struct sluice_msg *m,
			const struct sluice_cursor *cursor)
{
	char why[256];

	if (!RESERVED_CHECK(cursor, reserved, why))
		return true;
	client_fail(c, m, -EINVAL, "cursor: %s", why);
	return false;
}

static void run_device_info(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_cursor *cursor = body;
	struct sluice_device_info info = { 0 };
	int err;

	if (!good_cursor(c, m, cursor))
		return;
	err = sl_device_info(c->server->host->gateway, cursor->index, &info);
	if (err)
		client_fail(c, m, err, "device index %u: past the last device", cursor->index);
	else
		client_reply(c, m, &info, sizeof(info));
}

static void run_nexus_info(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_cursor *cursor = body;
	struct sluice_nexus_info info = { 0 };
	int err;

	if (!good_cursor(c, m, cursor))
		return;
	err = sl_nexus_info(c->server->host->gateway, cursor->index, &info);
	if (err)
		client_fail(c, m, err, "nexus index %u: past the last nexus", cursor->index);
	else
		client_reply(c, m, &info, sizeof(info));
}

const struct operation info_operations[] = {
	{ SLUICE_OP_GATEWAY_INFO, "GATEWAY_INFO", 0, run_gateway_info },
	{ SLUICE_OP_DEVICE_INFO, "DEVICE_INFO", sizeof(struct sluice_cursor), run_device_info },
	{ SLUICE_OP_NEXUS_INFO, "NEXUS_INFO", sizeof(struct sluice_cursor), run_nexus_info },
	{ 0 },
};
