// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Role control and questions, as far as only the module has them. */
#include <linux/kernel.h>

#include "client.h"
#include "control/attempt.h"
#include "control/operation.h"
#include "control/text.h"
#include "scsi_host.h"

/* Then somebody else is still logged in. */
#define SHUTDOWN_PATIENCE_NS 10000000000ULL

static void run_portal_add(struct client *c, const struct sluice_msg *m, const void *body)
{
	client_fail(
		c, m, -EOPNOTSUPP,
		"the module has no iSCSI of its own: export its devices by the kernel's target, or run with --gateway daemon");
}

static void run_local_add(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_target *t = body;
	char why[256];
	int err;

	if (TEXT_CHECK(t, name, TEXT_REQUIRED, why)) {
		client_fail(c, m, -EINVAL, "LOCAL_ADD: %s", why);
		return;
	}
	err = sluice_scsi_target_add(t->name);
	if (err)
		client_fail(c, m, err, "\"%s\": error %d: %s", t->name, -err,
			    err == -ENOENT ? "no target of that name: add it first" :
			    err == -EACCES ? "its groups do not let \"local\" in: admit it" :
					     "no more targets on the local host");
	else
		client_reply(c, m, NULL, 0);
}

/*
 * What is left of an orderly end: this machine logs out of every target while the handlers
 * still serve, so that caches reach the medium, and those targets go. The body names the target
 * whose sessions are waited for.
 */
static int attempt_shutdown(const struct attempt *a, char why[256])
{
	struct sluice_target *t = a->body;
	const char *text = NULL;
	int err;

	while (t->name[0] || sluice_scsi_target_first(t->name)) {
		client_target_leaves(a->client, t->name);
		err = sl_target_remove(a->gateway, t->name, &text);
		if (err && err != -ENOENT) {
			snprintf(why, 256, "\"%s\": %s", t->name, text ? text : "refused");
			return err == -EBUSY ? -EAGAIN : err;
		}
		t->name[0] = 0;
	}
	return 0;
}

static void run_shutdown(struct client *c, const struct sluice_msg *m, const void *body)
{
	static const struct attempt_kind kind = { .run = attempt_shutdown,
						  .len = sizeof(struct sluice_target),
						  .patience_ns = SHUTDOWN_PATIENCE_NS };
	static const struct sluice_target none;

	client_attempt(c, m, &none, &kind);
}

const struct operation host_operations[] = {
	{ SLUICE_OP_PORTAL_ADD, "PORTAL_ADD", sizeof(struct sluice_portal), run_portal_add },
	{ SLUICE_OP_SHUTDOWN, "SHUTDOWN", 0, run_shutdown },
	{ SLUICE_OP_LOCAL_ADD, "LOCAL_ADD", sizeof(struct sluice_target), run_local_add },
	{ 0 },
};

static void run_gateway_info(struct client *c, const struct sluice_msg *m, const void *body)
{
	struct sluice_gateway_info info = {};

	sl_gateway_info(sluice_host.gateway, &info);
	info.abi_version = SLUICE_ABI_VERSION;
	info.uptime_ns = sluice_now() - sluice_host.started_ns;
	client_reply(c, m, &info, sizeof(info));
}

const struct operation host_info_operations[] = {
	{ SLUICE_OP_GATEWAY_INFO, "GATEWAY_INFO", 0, run_gateway_info },
	{ 0 },
};
