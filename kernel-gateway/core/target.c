/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "target.h"

#include "reach.h"

struct sl_target *sl_target_named(struct sl_gateway *gw, const char *name)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &gw->targets) {
		struct sl_target *t = sl_entry(pos, struct sl_target, link);

		if (strncmp(t->name, name, sizeof(t->name)) == 0)
			return t;
	}
	return NULL;
}

struct sl_group *sl_group_named(struct sl_target *t, const char *name)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &t->groups) {
		struct sl_group *g = sl_entry(pos, struct sl_group, link);

		if (strncmp(g->name, name, sizeof(g->name)) == 0)
			return g;
	}
	return NULL;
}

static bool group_names(struct sl_group *g, const char *initiator, size_t len)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &g->patterns) {
		if (sl_pattern_match(sl_entry(pos, struct sl_pattern, link)->text, initiator, len))
			return true;
	}
	return false;
}

/* "default" is asked last, though it is the first: its patterns are those who may log in beside the others. */
struct sl_group *sl_group_of(struct sl_target *t, const char *initiator, size_t len)
{
	struct sl_group *any = sl_entry(t->groups.next, struct sl_group, link);
	struct sl_list *pos;

	sl_list_for_each(pos, &t->groups) {
		struct sl_group *g = sl_entry(pos, struct sl_group, link);

		if (g != any && group_names(g, initiator, len))
			return g;
	}
	return t->deny_unknown && !group_names(any, initiator, len) ? NULL : any;
}

struct sl_lun_entry *sl_group_entry(const struct sl_group *g, u32 lun)
{
	struct sl_lun_entry **chunk = g->chunks[lun / SL_LUN_CHUNK];

	return chunk ? chunk[lun % SL_LUN_CHUNK] : NULL;
}

/* Of the LUNs below, the highest; or the head of the list. A map of ten thousand is made one by one. */
static struct sl_list *below(struct sl_group *g, u32 lun)
{
	while (lun > 0) {
		struct sl_lun_entry *e;

		if (!g->chunks[--lun / SL_LUN_CHUNK]) {
			lun -= lun % SL_LUN_CHUNK;
			continue;
		}
		e = sl_group_entry(g, lun);
		if (e)
			return &e->link;
	}
	return &g->luns;
}

int sl_group_put(struct sl_group *g, struct sl_lun_entry *e)
{
	struct sl_lun_entry ***chunk = &g->chunks[e->lun / SL_LUN_CHUNK];

	if (!*chunk)
		*chunk = sl_alloc(SL_LUN_CHUNK * sizeof(struct sl_lun_entry *));
	if (!*chunk)
		return -ENOMEM;
	(*chunk)[e->lun % SL_LUN_CHUNK] = e;
	sl_list_add_tail(below(g, e->lun)->next, &e->link); /* before that one's next */
	return 0;
}

void sl_group_take(struct sl_group *g, struct sl_lun_entry *e)
{
	g->chunks[e->lun / SL_LUN_CHUNK][e->lun % SL_LUN_CHUNK] = NULL;
	sl_list_del(&e->link);
}

struct sl_group *sl_group_create(struct sl_target *t, const char *name)
{
	struct sl_group *g = sl_alloc(sizeof(*g));

	if (!g)
		return NULL;
	sl_list_init(&g->luns);
	sl_list_init(&g->patterns);
	memcpy(g->name, name, sizeof(g->name));
	sl_list_add_tail(&t->groups, &g->link);
	return g;
}

static int target_add(struct sl_gateway *gw, const struct sluice_target *spec, const char **why)
{
	static const char default_name[SLUICE_NAME_LEN] = "default";
	struct sl_target *t = sl_target_named(gw, spec->name);
	int result;

	if (t) {
		if (strncmp(t->alias, spec->alias, sizeof(t->alias)) == 0)
			return 0;
		*why = "a target of that name exists with another alias: remove it first";
		return -EEXIST;
	}
	t = sl_alloc(sizeof(*t));
	if (!t)
		return -ENOMEM;
	memcpy(t->name, spec->name, sizeof(t->name));
	memcpy(t->alias, spec->alias, sizeof(t->alias));
	sl_list_init(&t->groups);
	sl_list_init(&t->nexuses);
	sl_list_init(&t->nobody.luns);
	sl_list_init(&t->nobody.patterns);
	result = sl_target_ports_make(gw, spec->name);
	if (result == 0 && !sl_group_create(t, default_name))
		result = -ENOMEM;
	if (result) {
		sl_free(t);
		return result;
	}
	sl_list_add_tail(&gw->targets, &t->link);
	return 0;
}

int sl_target_add(struct sl_gateway *gw, const struct sluice_target *spec, const char **why)
{
	int result;

	*why = "no memory for another target";
	if (!sl_text_ok(spec->name, sizeof(spec->name)) ||
	    !memchr(spec->alias, 0, sizeof(spec->alias))) {
		*why = "target: the name is empty or not NUL-terminated: give an iSCSI name (RFC 7143 4.2.7)";
		return -EINVAL;
	}
	sl_mutex_lock(&gw->config);
	result = target_add(gw, spec, why);
	sl_mutex_unlock(&gw->config);
	return result;
}

void sl_group_free(const struct sl_target *t, struct sl_group *g)
{
	struct sl_list *node;

	while ((node = sl_list_pop(&g->luns))) {
		struct sl_lun_entry *e = sl_entry(node, struct sl_lun_entry, link);

		sl_reach_drop(e->dev, t);
		sl_free(e);
	}
	for (u32 i = 0; i < SL_LUN_CHUNKS; i++)
		sl_free(g->chunks[i]);
	while ((node = sl_list_pop(&g->patterns)))
		sl_free(sl_entry(node, struct sl_pattern, link));
	sl_free(g);
}

void sl_target_free(struct sl_target *t)
{
	struct sl_list *node;

	while ((node = sl_list_pop(&t->groups)))
		sl_group_free(t, sl_entry(node, struct sl_group, link));
	sl_free(t);
}

int sl_target_remove(struct sl_gateway *gw, const char *name, const char **why)
{
	struct sl_target *t;
	int result = 0;

	sl_mutex_lock(&gw->config);
	t = sl_target_named(gw, name);
	if (!t) {
		*why = "no target of that name";
		result = -ENOENT;
	} else if (!sl_list_empty(&t->nexuses)) {
		*why = "the target has I_T nexuses: close them first";
		result = -EBUSY;
	} else {
		sl_list_del(&t->link);
		sl_target_free(t);
	}
	sl_mutex_unlock(&gw->config);
	return result;
}

static void describe(const struct sl_target *t, struct sluice_target *out)
{
	memcpy(out->name, t->name, sizeof(out->name));
	memcpy(out->alias, t->alias, sizeof(out->alias));
}

int sl_target_at(struct sl_gateway *gw, u32 index, struct sluice_target *out)
{
	struct sl_list *pos;
	int result = -ENOENT;

	sl_mutex_lock(&gw->config);
	sl_list_for_each(pos, &gw->targets) {
		if (index-- == 0) {
			describe(sl_entry(pos, struct sl_target, link), out);
			result = 0;
			break;
		}
	}
	sl_mutex_unlock(&gw->config);
	return result;
}

int sl_target_admits(struct sl_gateway *gw, const char *target, const char *initiator_name,
		     struct sluice_target *out)
{
	struct sl_target *t;
	int result = -ENOENT;

	sl_mutex_lock(&gw->config);
	t = sl_target_named(gw, target);
	if (t)
		result = sl_group_of(t, initiator_name, strlen(initiator_name)) ? 0 : -EACCES;
	if (result == 0 && out)
		describe(t, out);
	sl_mutex_unlock(&gw->config);
	return result;
}
