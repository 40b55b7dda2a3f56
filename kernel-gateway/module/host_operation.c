// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Role control and questions, as far as only the module has them. */
#include <linux/delay.h>
#include <linux/kernel.h>

#include "client.h"
#include "control/operation.h"
#include "control/text.h"
#include "scsi_host.h"

#define RETRY_MS	   2
#define REMOVE_PATIENCE_MS 10000

static void run_portal_add(struct client *c, const struct sluice_msg *m, const void *body)
{
	client_fail(
		c, m, -EOPNOTSUPP,
		"the module has no iSCSI of its own: export its devices by the kernel's target, or run with --gateway daemon");
}

/* Its local devices first. */
static void run_target_remove(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_target *t = body;
	const char *text = NULL;
	char why[256];
	int err;

	if (TEXT_CHECK(t, name, TEXT_REQUIRED, why) || TEXT_CHECK(t, alias, TEXT_OPTIONAL, why)) {
		client_fail(c, m, -EINVAL, "TARGET_REMOVE: %s", why);
		return;
	}
	sluice_scsi_target_remove(t->name);
	for (u32 waited = 0; waited < REMOVE_PATIENCE_MS; waited += RETRY_MS) {
		err = sl_target_remove(sluice_host.gateway, t->name, &text);
		if (err != -EBUSY)
			break;
		msleep(RETRY_MS);
	}
	if (err)
		client_fail(c, m, err, "\"%s\": %s", t->name, text ? text : "refused");
	else
		client_reply(c, m, NULL, 0);
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
			    err == -EACCES ? "its groups do not let \"local\" in: allow it" :
					     "no more targets on the local host");
	else
		client_reply(c, m, NULL, 0);
}

const struct operation host_operations[] = {
	{ SLUICE_OP_PORTAL_ADD, "PORTAL_ADD", sizeof(struct sluice_portal), run_portal_add },
	{ SLUICE_OP_TARGET_REMOVE, "TARGET_REMOVE", sizeof(struct sluice_target),
	  run_target_remove },
	{ SLUICE_OP_LOCAL_ADD, "LOCAL_ADD", sizeof(struct sluice_target), run_local_add },
	{ 0 },
};

static void run_gateway_info(struct client *c, const struct sluice_msg *m, const void *body)
{
	struct sluice_gateway_info info = {};

	sl_gateway_info(sluice_host.gateway, &info);
	info.abi_version = SLUICE_ABI_VERSION;
	client_reply(c, m, &info, sizeof(info));
}

const struct operation host_info_operations[] = {
	{ SLUICE_OP_GATEWAY_INFO, "GATEWAY_INFO", 0, run_gateway_info },
	{ 0 },
};

const struct operation rig_operations[] = {
	{ 0 },
};
