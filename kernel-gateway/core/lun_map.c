/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* LUN maps of groups, and what a change of one does to the nexuses of its group. */
#include "lun_map.h"
#include "reservation.h"
#include "aca.h"
#include "sense.h"
#include "session.h"

int sl_nexus_map(struct sl_nexus *n, u32 lun, struct sl_device *dev, u16 asc, struct sl_work *w)
{
	struct sl_itl *itl = sl_itl_create(n, dev, lun);
	struct sl_itl **chunk = n->chunks[lun / SL_LUN_CHUNK];
	u64 binding;

	if (itl && !chunk)
		chunk = sl_alloc(SL_LUN_CHUNK * sizeof(struct sl_itl *));
	if (!itl || !chunk) {
		sl_free(itl);
		return -ENOMEM;
	}
	sl_ua_add(itl, (u8)(asc >> 8), (u8)asc);
	sl_spin_lock(&dev->itl_lock);
	sl_list_add_tail(&dev->itls, &itl->of_device);
	sl_reservation_bar(itl);
	sl_spin_unlock(&dev->itl_lock);
	sl_spin_lock(&n->lock);
	n->chunks[lun / SL_LUN_CHUNK] = chunk;
	chunk[lun % SL_LUN_CHUNK] = itl;
	sl_list_add_tail(&n->itls, &itl->of_nexus);
	sl_spin_unlock(&n->lock);
	binding = sl_device_binding(dev);
	if (binding)
		sl_event_nexus(sl_binding_session(n->gw, binding), n->slot, n->id, w);
	return 0;
}

void sl_nexus_unmap(struct sl_nexus *n, u32 lun, struct sl_work *w)
{
	struct sl_itl *itl;
	bool last = false;

	sl_spin_lock(&n->lock);
	itl = sl_nexus_itl(n, lun);
	if (itl) {
		n->chunks[lun / SL_LUN_CHUNK][lun % SL_LUN_CHUNK] = NULL;
		sl_aca_clear(itl, w); /* nobody else could */
		last = sl_itl_put(itl);
	}
	sl_spin_unlock(&n->lock);
	if (last)
		sl_itl_destroy(itl);
}

int sl_nexus_list_luns(struct sl_nexus *n)
{
	struct sl_lun_list *list, *old;
	struct sl_list *pos;
	u32 count = 0, at = 8;

	sl_list_for_each(pos, &n->group->luns)
		count++;
	list = sl_alloc(sizeof(*list) + 8 + (size_t)count * 8);
	if (!list)
		return -ENOMEM;
	list->refs = 1;
	list->bytes = 8 + count * 8;
	for (u32 i = 0; i < 4; i++)
		list->data[i] = (u8)(count * 8 >> (24 - 8 * i));
	sl_list_for_each(pos, &n->group->luns) {
		sl_lun_encode(sl_entry(pos, struct sl_lun_entry, link)->lun, list->data + at);
		at += 8;
	}
	sl_spin_lock(&n->lock);
	old = n->luns;
	n->luns = list;
	if (old && --old->refs > 0)
		old = NULL;
	sl_spin_unlock(&n->lock);
	sl_free(old);
	return 0;
}

static void reported_luns_changed(struct sl_nexus *n)
{
	struct sl_list *pos;

	sl_spin_lock(&n->lock);
	sl_list_for_each(pos, &n->itls)
		sl_ua_add(sl_entry(pos, struct sl_itl, of_nexus), SL_ASC_REPORTED_LUNS_CHANGED >> 8,
			  SL_ASC_REPORTED_LUNS_CHANGED & 0xff);
	sl_spin_unlock(&n->lock);
}

static struct sl_lun_entry *entry_of(struct sl_group *g, u32 lun)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &g->luns) {
		struct sl_lun_entry *e = sl_entry(pos, struct sl_lun_entry, link);

		if (e->lun == lun)
			return e;
	}
	return NULL;
}

static int entry_add(struct sl_group *g, u32 lun, struct sl_device *dev)
{
	struct sl_lun_entry *e = sl_alloc(sizeof(*e));
	struct sl_list *pos;

	if (!e)
		return -ENOMEM;
	e->lun = lun;
	e->dev = dev;
	sl_list_for_each(pos, &g->luns) {
		if (sl_entry(pos, struct sl_lun_entry, link)->lun > lun)
			break;
	}
	sl_list_add_tail(pos, &e->link); /* before `pos` */
	return 0;
}

static struct sl_group *find_group(struct sl_gateway *gw, const struct sluice_lun *l,
				   struct sl_target **t, const char **why)
{
	struct sl_group *g;

	*t = sl_target_named(gw, l->target);
	g = *t ? sl_group_named(*t, l->group) : NULL;
	if (!g)
		*why = *t ? "no group of that name in the target: add it first" :
			    "no target of that name: add it first";
	return g;
}

static int map(struct sl_gateway *gw, const struct sluice_lun *l, struct sl_work *w,
	       const char **why)
{
	struct sl_lun_entry *e;
	struct sl_device *dev;
	struct sl_target *t;
	struct sl_group *g = find_group(gw, l, &t, why);
	struct sl_list *pos;
	int result = 0;

	if (!g)
		return -ENOENT;
	dev = sl_device_named(gw, l->device, &result);
	if (!dev) {
		*why = "no room for another device: raise max_devices";
		return result;
	}
	e = entry_of(g, l->lun);
	if (e && e->dev == dev)
		return 0;
	if (e) {
		*why = "the LUN is mapped to another device: unmap it first";
		return -EEXIST;
	}
	*why = "no memory for another LUN";
	result = entry_add(g, l->lun, dev);
	sl_list_for_each(pos, &t->nexuses) {
		struct sl_nexus *n = sl_entry(pos, struct sl_nexus, of_target);

		if (result || n->group != g)
			continue;
		reported_luns_changed(n);
		result = sl_nexus_map(n, l->lun, dev, SL_ASC_RESET_OCCURRED, w);
		if (!result)
			result = sl_nexus_list_luns(n);
	}
	return result;
}

static bool lun_spec_ok(const struct sluice_lun *l, const char **why)
{
	if (!sl_text_ok(l->target, sizeof(l->target)) || !sl_text_ok(l->group, sizeof(l->group))) {
		*why = "LUN: target or group name is empty or not NUL-terminated";
		return false;
	}
	if (l->lun > SLUICE_LUN_MAX) {
		*why = "LUN: the number is above 16383 (SLUICE_LUN_MAX)";
		return false;
	}
	return true;
}

int sl_lun_map(struct sl_gateway *gw, const struct sluice_lun *l, const char **why)
{
	struct sl_work w;
	int result;

	if (!lun_spec_ok(l, why))
		return -EINVAL;
	if (!sl_text_ok(l->device, sizeof(l->device))) {
		*why = "LUN: the device name is empty or not NUL-terminated";
		return -EINVAL;
	}
	sl_work_init(&w, gw, 0);
	sl_mutex_lock(&gw->config);
	result = map(gw, l, &w, why);
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
	return result;
}

/*
 * The LUN is gone for every command that comes now; those that are under way end
 * by themselves, within their deadlines.
 */
int sl_lun_unmap(struct sl_gateway *gw, const struct sluice_lun *l, u64 now_ns, const char **why)
{
	struct sl_lun_entry *e = NULL;
	struct sl_target *t;
	struct sl_group *g;
	struct sl_list *pos;
	struct sl_work w;
	int result = 0;

	sl_work_init(&w, gw, now_ns);
	if (!lun_spec_ok(l, why))
		return -EINVAL;
	sl_mutex_lock(&gw->config);
	g = find_group(gw, l, &t, why);
	if (g) {
		*why = "no such LUN in the group";
		e = entry_of(g, l->lun);
	}
	if (e) {
		sl_list_del(&e->link);
		sl_free(e);
		sl_list_for_each(pos, &t->nexuses) {
			struct sl_nexus *n = sl_entry(pos, struct sl_nexus, of_target);

			if (n->group != g)
				continue;
			sl_nexus_unmap(n, l->lun, &w);
			/* Without memory the old list stays: it names a LUN that answers 25/00. */
			if (sl_nexus_list_luns(n))
				result = -ENOMEM;
			reported_luns_changed(n);
		}
	} else {
		result = -ENOENT;
	}
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
	return result;
}
