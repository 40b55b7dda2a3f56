/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "event.h"
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
	sl_list_init(&itl->of_lapses);
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

/* A nexus that closes takes along what it holds wherever it is. */
static bool is_closing(struct sl_nexus *n)
{
	bool closing;

	sl_spin_lock(&n->lock);
	closing = n->closing;
	sl_spin_unlock(&n->lock);
	return closing;
}

void sl_itl_destroy(struct sl_itl *itl, struct sl_work *w)
{
	struct sl_device *dev = itl->dev;
	struct sl_nexus *n = itl->nexus;
	bool stays = !is_closing(n);
	bool leaves;

	sl_spin_lock(&dev->itl_lock);
	sl_list_del(&itl->of_device);
	dev->retired_commands += itl->commands;
	dev->retired_in += itl->bytes_in;
	dev->retired_out += itl->bytes_out;
	dev->retired_checks += itl->checks;
	dev->retired_timeouts += itl->timeouts;
	dev->retired_aborts += itl->aborts;
	leaves = (stays || dev->reserved_by == n->id) && !has_another(dev, n);
	sl_spin_unlock(&dev->itl_lock);
	if (leaves)
		sl_legacy_release(dev, n->id);
	if (stays && leaves)
		sl_event_lapse_last(itl, w);
	else if (sl_event_lapse_leave(itl))
		sl_free(itl);
}
