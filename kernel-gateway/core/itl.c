/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "nexus.h"
#include "reservation.h"

struct sl_itl *sl_itl_create(struct sl_nexus *n, struct sl_device *dev, u32 lun, bool read_only)
{
	struct sl_itl *itl = sl_alloc(sizeof(*itl));

	if (!itl)
		return NULL;
	itl->nexus = n;
	itl->dev = dev;
	itl->lun = (u16)lun;
	itl->read_only = read_only;
	itl->refs = 1;
	sl_task_set_init(&itl->own);
	sl_list_init(&itl->tasks);
	sl_list_init(&itl->of_nexus);
	sl_list_init(&itl->of_device);
	return itl;
}

bool sl_itl_put(struct sl_itl *itl)
{
	if (--itl->refs > 0)
		return false;
	sl_list_del(&itl->of_nexus);
	return true;
}

/* Under device->itl_lock: the nexus reaches the device by another LUN as well. */
static bool has_another(const struct sl_device *dev, const struct sl_nexus *n)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &dev->itls) {
		if (sl_entry(pos, struct sl_itl, of_device)->nexus == n)
			return true;
	}
	return false;
}

void sl_itl_destroy(struct sl_itl *itl)
{
	struct sl_device *dev = itl->dev;
	bool leaves;

	sl_spin_lock(&dev->itl_lock);
	sl_list_del(&itl->of_device);
	dev->retired_commands += itl->commands;
	dev->retired_in += itl->bytes_in;
	dev->retired_out += itl->bytes_out;
	dev->retired_checks += itl->checks;
	dev->retired_timeouts += itl->timeouts;
	dev->retired_aborts += itl->aborts;
	leaves = dev->reserved_by == itl->nexus->id && !has_another(dev, itl->nexus);
	sl_spin_unlock(&dev->itl_lock);
	if (leaves)
		sl_legacy_release(dev, itl->nexus->id);
	sl_free(itl);
}
