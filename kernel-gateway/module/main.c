// SPDX-License-Identifier: GPL-2.0-only OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ktime.h>
#include <linux/module.h>

#include "client.h"
#include "host.h"
#include "pending.h"
#include "rig_host.h"
#include "scsi_host.h"

unsigned int sluice_max_pool_mib = 4096;
module_param_named(max_pool_mib, sluice_max_pool_mib, uint, 0444);
MODULE_PARM_DESC(max_pool_mib, "data pool of one handler session at most, MiB (4096)");

static unsigned int max_devices = 1024;
module_param(max_devices, uint, 0444);
MODULE_PARM_DESC(max_devices, "logical units at most (1024)");

static unsigned int max_sessions = 64;
module_param(max_sessions, uint, 0444);
MODULE_PARM_DESC(max_sessions, "handler sessions at most (64)");

static unsigned int max_nexuses = 1024;
module_param(max_nexuses, uint, 0444);
MODULE_PARM_DESC(max_nexuses, "I_T nexuses at most (1024)");

static unsigned int grace_s = 30;
module_param(grace_s, uint, 0444);
MODULE_PARM_DESC(
	grace_s,
	"how long commands wait for the next handler process, s, where the handler names no other (30)");

static bool rig_time;
module_param(rig_time, bool, 0444);
MODULE_PARM_DESC(rig_time, "rigs may move the gateway's clock forward: for tests only (0)");

static const struct bound {
	const char *name;
	const unsigned int *value;
	unsigned int min, max;
} bounds[] = {
	{ "max_pool_mib", &sluice_max_pool_mib, 1, 1U << 20 },
	{ "max_devices", &max_devices, 1, 65536 },
	{ "max_sessions", &max_sessions, 1, 4096 },
	{ "max_nexuses", &max_nexuses, 1, 65536 },
	{ "grace_s", &grace_s, 1, SLUICE_GRACE_MAX_NS / NSEC_PER_SEC },
};

static bool within_bounds(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(bounds); i++) {
		const struct bound *b = &bounds[i];

		if (*b->value >= b->min && *b->value <= b->max)
			continue;
		pr_err("%s=%u: choose %u to %u\n", b->name, *b->value, b->min, b->max);
		return false;
	}
	return true;
}

static int __init sluice_init(void)
{
	const struct sl_limits limits = {
		.max_devices = max_devices,
		.max_sessions = max_sessions,
		.max_nexuses = max_nexuses,
		.max_pool_bytes = (u64)sluice_max_pool_mib << 20,
		.grace_ns = (u64)grace_s * NSEC_PER_SEC,
		.incarnation = ktime_get_real_ns(),
	};
	int err = within_bounds() ? sluice_host_start(&limits) : -EINVAL;

	if (err)
		return err;
	sluice_host.time_moves = rig_time;
	rigs_start();
	err = sluice_scsi_host_start();
	if (err)
		goto stop_host;
	err = sluice_device_file_start();
	if (err)
		goto stop_scsi;
	return 0;
stop_scsi:
	sluice_scsi_host_stop();
stop_host:
	sluice_host_stop();
	return err;
}

/* No file is open, or the module would be in use: so every handler's session is closed. */
static void __exit sluice_exit(void)
{
	sluice_device_file_stop();
	pendings_stop();
	rigs_stop();
	sluice_scsi_host_stop();
	sluice_host_stop();
}

module_init(sluice_init);
module_exit(sluice_exit);

MODULE_DESCRIPTION("SCSI devices served from user space");
MODULE_LICENSE("Dual MIT/GPL");
