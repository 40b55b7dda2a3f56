/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "regroup.h"

#include "lun_map.h"
#include "sense.h"
#include "transport_id.h"

static struct sl_lun_entry *entry_of(struct sl_group *g, const struct sl_lun_entry *like)
{
	struct sl_lun_entry *e = sl_group_entry(g, like->lun);

	return e && e->dev == like->dev ? e : NULL;
}

/* The same LUN of the same device stays, with its Unit Attentions and commands. */
static bool drop_others(struct sl_nexus *n, struct sl_group *old, struct sl_group *g,
			struct sl_work *w)
{
	bool changed = false;
	struct sl_list *pos;

	sl_list_for_each(pos, &old->luns) {
		struct sl_lun_entry *e = sl_entry(pos, struct sl_lun_entry, link);
		struct sl_lun_entry *same = entry_of(g, e);

		if (!same) {
			sl_nexus_unmap(n, e->lun, w);
			changed = true;
		} else if (same->read_only != e->read_only) {
			sl_nexus_protect(n, e->lun, same->read_only);
		}
	}
	return changed;
}

static bool has_others(struct sl_group *old, struct sl_group *g)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &g->luns) {
		if (!entry_of(old, sl_entry(pos, struct sl_lun_entry, link)))
			return true;
	}
	return false;
}

static int add_others(struct sl_nexus *n, struct sl_group *old, struct sl_group *g,
		      struct sl_work *w)
{
	struct sl_list *pos;
	int result = 0;

	sl_list_for_each(pos, &g->luns) {
		struct sl_lun_entry *e = sl_entry(pos, struct sl_lun_entry, link);

		if (entry_of(old, e) || result)
			continue;
		result = sl_nexus_map(n, e, SL_ASC_RESET_OCCURRED, w);
	}
	return result;
}

static int move(struct sl_nexus *n, struct sl_group *g, struct sl_work *w)
{
	struct sl_group *old = n->group;
	bool changed = drop_others(n, old, g, w);
	int result;

	n->group = g;
	if (!changed && !has_others(old, g))
		return 0;
	sl_nexus_luns_changed(n); /* of what stays: what comes has 29/00 to say */
	result = add_others(n, old, g, w);
	return result ? result : sl_nexus_list_luns(n);
}

int sl_target_regroup(struct sl_target *t, struct sl_work *w)
{
	struct sl_list *pos;
	int result = 0;

	sl_list_for_each(pos, &t->nexuses) {
		struct sl_nexus *n = sl_entry(pos, struct sl_nexus, of_target);
		struct sl_group *g =
			sl_group_of(t, n->initiator_port, sl_initiator_name_len(n->initiator_port));
		int moved;

		if (!g)
			g = &t->nobody;
		moved = g == n->group ? 0 : move(n, g, w);
		result = result ? result : moved;
	}
	return result;
}
