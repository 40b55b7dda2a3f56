// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <target/target_core_backend.h>

#include "lio.h"

#define REMOVE_RETRY_MS 10

struct workqueue_struct *lio_work;

static int attach_hba(struct se_hba *hba, u32 id)
{
	return 0;
}

static void detach_hba(struct se_hba *hba)
{
}

static struct se_device *alloc_device(struct se_hba *hba, const char *name)
{
	struct lio_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return NULL;
	snprintf(dev->target, sizeof(dev->target), "iqn.2026-11.io.sluice:lio.%u.%s", hba->hba_id,
		 name);
	lio_nexus_init(dev);
	return &dev->se_dev;
}

static void free_rcu_device(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct lio_device, rcu));
}

static void free_device(struct se_device *se_dev)
{
	call_rcu(&lio_device_of(se_dev)->rcu, free_rcu_device);
}

/* What a handler serves, or has served. */
static bool find_device(struct lio_device *dev)
{
	struct sluice_device_info info;

	for (u32 i = 0; !sl_device_info(sluice_host.gateway, i, sluice_now(), &info); i++) {
		if (strncmp(info.name, dev->device, sizeof(info.name)) == 0) {
			dev->type = info.peripheral_type;
			return true;
		}
	}
	return false;
}

static void remove_target(struct lio_device *dev)
{
	const char *why;

	dev->configured = false;
	/* This machine, or a rig, may have logged in to it, too. */
	sluice_target_leaves(dev->target);
	while (sl_target_remove(sluice_host.gateway, dev->target, &why) == -EBUSY)
		msleep(REMOVE_RETRY_MS);
}

static int configure_device(struct se_device *se_dev)
{
	struct lio_device *dev = lio_device_of(se_dev);
	struct sluice_target target = {};
	struct sluice_lun lun = { .lun = 0 };
	const char *why = "";
	int err;

	if (!dev->device[0] || !find_device(dev)) {
		pr_err("sluice_lio: no device \"%s\": write device=NAME into control, of a device that a handler serves\n",
		       dev->device);
		return dev->device[0] ? -ENODEV : -EINVAL;
	}
	strscpy(target.name, dev->target, sizeof(target.name));
	strscpy(lun.target, dev->target, sizeof(lun.target));
	strscpy(lun.group, "default", sizeof(lun.group));
	strscpy(lun.device, dev->device, sizeof(lun.device));
	err = sl_target_add(sluice_host.gateway, &target, &why);
	if (!err) {
		err = sl_lun_map(sluice_host.gateway, &lun, &why);
		if (err)
			remove_target(dev);
	}
	if (err) {
		pr_err("sluice_lio: \"%s\": error %d: %s\n", dev->target, -err, why);
		return err;
	}
	dev->configured = true;
	se_dev->dev_attrib.hw_block_size = 512;
	se_dev->dev_attrib.hw_max_sectors = SLUICE_MAX_BUFFER / 512;
	se_dev->dev_attrib.hw_queue_depth = 128;
	return 0;
}

static void destroy_device(struct se_device *se_dev)
{
	struct lio_device *dev = lio_device_of(se_dev);

	lio_nexus_close_all(dev);
	if (dev->configured)
		remove_target(dev);
}

static ssize_t set_params(struct se_device *se_dev, const char *page, ssize_t count)
{
	struct lio_device *dev = lio_device_of(se_dev);
	static const char key[] = "device=";
	size_t len = strcspn(page, "\n");

	if (dev->configured)
		return -EBUSY;
	if (strncmp(page, key, strlen(key)) || len == strlen(key) ||
	    len - strlen(key) >= sizeof(dev->device)) {
		pr_err("sluice_lio: control takes device=NAME, a name of 1 to %zu bytes\n",
		       sizeof(dev->device) - 1);
		return -EINVAL;
	}
	memset(dev->device, 0, sizeof(dev->device));
	memcpy(dev->device, page + strlen(key), len - strlen(key));
	return count;
}

static ssize_t show_params(struct se_device *se_dev, char *page)
{
	struct lio_device *dev = lio_device_of(se_dev);

	return sysfs_emit(page, "device=%s target=%s\n", dev->device, dev->target);
}

static u32 get_device_type(struct se_device *se_dev)
{
	return lio_device_of(se_dev)->type;
}

/* READ CAPACITY is the handler's. */
static sector_t get_blocks(struct se_device *se_dev)
{
	return 0;
}

static const struct target_backend_ops backend = {
	.name = "sluice",
	.inquiry_prod = "SLUICE",
	.inquiry_rev = "1",
	.owner = THIS_MODULE,
	.transport_flags_default = TRANSPORT_FLAG_PASSTHROUGH | TRANSPORT_FLAG_PASSTHROUGH_ALUA |
				   TRANSPORT_FLAG_PASSTHROUGH_PGR,
	.attach_hba = attach_hba,
	.detach_hba = detach_hba,
	.alloc_device = alloc_device,
	.configure_device = configure_device,
	.destroy_device = destroy_device,
	.free_device = free_device,
	.parse_cdb = lio_parse_cdb,
	.tmr_notify = lio_tmr_notify,
	.set_configfs_dev_params = set_params,
	.show_configfs_dev_params = show_params,
	.get_device_type = get_device_type,
	.get_blocks = get_blocks,
	.tb_dev_attrib_attrs = passthrough_attrib_attrs,
};

static int __init lio_init(void)
{
	int err = lio_command_start();

	if (err)
		return err;
	lio_work = alloc_workqueue("sluice_lio", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	err = lio_work ? transport_backend_register(&backend) : -ENOMEM;
	if (!err)
		return 0;
	if (lio_work)
		destroy_workqueue(lio_work);
	lio_command_stop();
	return err;
}

static void __exit lio_exit(void)
{
	target_backend_unregister(&backend);
	/* free_device()'s call_rcu(). */
	rcu_barrier();
	destroy_workqueue(lio_work);
	lio_command_stop();
}

module_init(lio_init);
module_exit(lio_exit);

MODULE_DESCRIPTION("Devices of sluice.ko as a backend of the kernel's target");
MODULE_LICENSE("Dual MIT/GPL");
