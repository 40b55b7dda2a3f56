/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* LUN maps of groups, and what a change of one does to the nexuses of its group. */
#include "lun_map.h"

#include "byte_order.h"
#include "reach.h"
#include "reservation.h"
#include "aca.h"
#include "sense.h"
#include "session.h"

int sl_nexus_map(struct sl_nexus *n, const struct sl_lun_entry *e, u16 asc, struct sl_work *w)
{
	struct sl_itl *itl = sl_itl_create(n, e->dev, e->lun, e->read_only);
	struct sl_device *dev = e->dev;
	u32 lun = e->lun;
	struct sl_itl **chunk = n->chunks[lun / SL_LUN_CHUNK];

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
	itl->number = ++n->itl_number;
	sl_list_add_tail(&n->itls, &itl->of_nexus);
	sl_spin_unlock(&n->lock);
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
		sl_itl_destroy(itl, w);
}

static struct sl_lun_list *make_list(const struct sl_group *g, u32 count, bool well_known)
{
	u32 bytes = (count + well_known) * 8;
	struct sl_lun_list *list = sl_alloc(sizeof(*list) + 8 + (size_t)bytes);
	struct sl_list *pos;
	u32 at = 8;

	if (!list)
		return NULL;
	list->refs = 1;
	list->bytes = 8 + bytes;
	sl_put_be32(list->data, bytes);
	sl_list_for_each(pos, &g->luns) {
		sl_lun_encode(sl_entry(pos, struct sl_lun_entry, link)->lun, list->data + at);
		at += 8;
	}
	if (well_known)
		memcpy(list->data + at, sl_lun_of_report_luns, 8);
	return list;
}

/* Returns the list that goes, if it is used no more. Under n->lock. */
static struct sl_lun_list *replace_list(struct sl_lun_list **at, struct sl_lun_list *list)
{
	struct sl_lun_list *old = *at;

	*at = list;
	return old && --old->refs == 0 ? old : NULL;
}

int sl_nexus_list_luns(struct sl_nexus *n)
{
	struct sl_lun_list *luns, *all, *old, *old_all;
	struct sl_list *pos;
	u32 count = 0;

	sl_list_for_each(pos, &n->group->luns)
		count++;
	luns = make_list(n->group, count, false);
	all = make_list(n->group, count, true);
	if (!luns || !all) {
		sl_free(luns);
		sl_free(all);
		return -ENOMEM;
	}
	sl_spin_lock(&n->lock);
	old = replace_list(&n->luns, luns);
	old_all = replace_list(&n->all_luns, all);
	sl_spin_unlock(&n->lock);
	sl_free(old);
	sl_free(old_all);
	return 0;
}

void sl_nexus_luns_changed(struct sl_nexus *n)
{
	struct sl_list *pos;

	sl_spin_lock(&n->lock);
	sl_list_for_each(pos, &n->itls)
		sl_ua_add(sl_entry(pos, struct sl_itl, of_nexus), SL_ASC_REPORTED_LUNS_CHANGED >> 8,
			  SL_ASC_REPORTED_LUNS_CHANGED & 0xff);
	sl_spin_unlock(&n->lock);
}

static int entry_add(const struct sl_target *t, struct sl_group *g, const struct sluice_lun *l,
		     struct sl_device *dev, struct sl_lun_entry **out)
{
	struct sl_lun_entry *e = sl_alloc(sizeof(*e));

	if (!e || sl_reach_add(dev, t)) {
		sl_free(e);
		return -ENOMEM;
	}
	e->lun = l->lun;
	e->dev = dev;
	e->read_only = l->flags & SLUICE_LUN_READ_ONLY;
	if (sl_group_put(g, e)) {
		sl_reach_drop(dev, t);
		sl_free(e);
		return -ENOMEM;
	}
	*out = e;
	return 0;
}

/* What is under way goes on; the next command meets the new state, and who watches WP is told. */
void sl_nexus_protect(struct sl_nexus *n, u32 lun, bool read_only)
{
	struct sl_itl *itl;

	sl_spin_lock(&n->lock);
	itl = sl_nexus_itl(n, lun);
	if (itl) {
		itl->read_only = read_only;
		sl_ua_add(itl, SL_ASC_MODE_CHANGED >> 8, SL_ASC_MODE_CHANGED & 0xff);
	}
	sl_spin_unlock(&n->lock);
}

static void change_flags(struct sl_target *t, const struct sl_group *g, struct sl_lun_entry *e,
			 u32 flags)
{
	bool read_only = flags & SLUICE_LUN_READ_ONLY;
	struct sl_list *pos;

	if (e->read_only == read_only)
		return;
	e->read_only = read_only;
	sl_list_for_each(pos, &t->nexuses) {
		struct sl_nexus *n = sl_entry(pos, struct sl_nexus, of_target);

		if (n->group == g)
			sl_nexus_protect(n, e->lun, read_only);
	}
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
	e = sl_group_entry(g, l->lun);
	if (e && e->dev == dev) {
		change_flags(t, g, e, l->flags);
		return 0;
	}
	if (e) {
		*why = "the LUN is mapped to another device: unmap it first";
		return -EEXIST;
	}
	*why = "no memory for another LUN";
	result = entry_add(t, g, l, dev, &e);
	sl_list_for_each(pos, &t->nexuses) {
		struct sl_nexus *n = sl_entry(pos, struct sl_nexus, of_target);

		if (result || n->group != g)
			continue;
		sl_nexus_luns_changed(n);
		result = sl_nexus_map(n, e, SL_ASC_RESET_OCCURRED, w);
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
	if (l->flags & ~SLUICE_LUN_READ_ONLY) {
		*why = "LUN: flags has bits that this gateway does not know";
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
		e = sl_group_entry(g, l->lun);
	}
	if (e) {
		sl_reach_drop(e->dev, t);
		sl_group_take(g, e);
		sl_free(e);
		sl_list_for_each(pos, &t->nexuses) {
			struct sl_nexus *n = sl_entry(pos, struct sl_nexus, of_target);

			if (n->group != g)
				continue;
			sl_nexus_unmap(n, l->lun, &w);
			/* Without memory the old list stays: it names a LUN that answers 25/00. */
			if (sl_nexus_list_luns(n))
				result = -ENOMEM;
			sl_nexus_luns_changed(n);
		}
	} else {
		result = -ENOENT;
	}
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
	return result;
}
