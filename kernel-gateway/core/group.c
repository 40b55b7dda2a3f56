/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Who belongs to which group of a target: patterns come and go while initiators are logged in. */
#include "lun_map.h"
#include "reach.h"
#include "regroup.h"

static struct sl_target *find_target(struct sl_gateway *gw, const char *name, const char **why)
{
	struct sl_target *t = sl_target_named(gw, name);

	if (!t)
		*why = "no target of that name: add it first";
	return t;
}

static struct sl_group *find_group(struct sl_target *t, const char *name, const char **why)
{
	struct sl_group *g = t ? sl_group_named(t, name) : NULL;

	if (t && !g)
		*why = "no group of that name in the target: add it first";
	return g;
}

static int regroup(struct sl_target *t, struct sl_work *w, const char **why)
{
	int result = sl_target_regroup(t, w);

	if (result)
		*why = "no memory for the LUNs of initiators that are logged in";
	return result;
}

static int set_unknown(struct sl_gateway *gw, const char *target, bool deny, u64 now_ns,
		       const char **why)
{
	struct sl_target *t;
	struct sl_work w;
	int result = -ENOENT;

	sl_work_init(&w, gw, now_ns);
	sl_mutex_lock(&gw->config);
	t = find_target(gw, target, why);
	if (t) {
		t->deny_unknown = deny;
		result = regroup(t, &w, why);
	}
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
	return result;
}

int sl_target_deny_unknown(struct sl_gateway *gw, const char *target, u64 now_ns, const char **why)
{
	return set_unknown(gw, target, true, now_ns, why);
}

int sl_target_admit_unknown(struct sl_gateway *gw, const char *target, u64 now_ns, const char **why)
{
	return set_unknown(gw, target, false, now_ns, why);
}

/* ---- Groups ----------------------------------------------------------------------------- */

static bool group_spec_ok(const struct sluice_group *spec, const char **why)
{
	if (sl_text_ok(spec->target, sizeof(spec->target)) &&
	    sl_text_ok(spec->group, sizeof(spec->group)))
		return true;
	*why = "group: target or group name is empty or not NUL-terminated";
	return false;
}

int sl_group_add(struct sl_gateway *gw, const struct sluice_group *spec, const char **why)
{
	struct sl_target *t;
	int result = -ENOENT;

	if (!group_spec_ok(spec, why))
		return -EINVAL;
	sl_mutex_lock(&gw->config);
	t = find_target(gw, spec->target, why);
	if (t) {
		result = sl_group_named(t, spec->group) || sl_group_create(t, spec->group) ?
				 0 :
				 -ENOMEM;
		if (result)
			*why = "no memory for another group";
	}
	sl_mutex_unlock(&gw->config);
	return result;
}

static int remove_group(struct sl_target *t, struct sl_group *g, struct sl_work *w,
			const char **why)
{
	struct sl_list *node;
	int result;

	if (g == sl_entry(t->groups.next, struct sl_group, link)) {
		*why = "the group \"default\" stays: unmap its LUNs instead";
		return -EINVAL;
	}
	while ((node = sl_list_pop(&g->patterns)))
		sl_free(sl_entry(node, struct sl_pattern, link));
	result = regroup(t, w, why);
	/* Nobody belongs to it any more, also of those for whose new LUNs there was no memory. */
	sl_list_del(&g->link);
	sl_group_free(t, g);
	return result;
}

int sl_group_remove(struct sl_gateway *gw, const struct sluice_group *spec, u64 now_ns,
		    const char **why)
{
	struct sl_target *t;
	struct sl_group *g;
	struct sl_work w;
	int result = -ENOENT;

	if (!group_spec_ok(spec, why))
		return -EINVAL;
	sl_work_init(&w, gw, now_ns);
	sl_mutex_lock(&gw->config);
	t = find_target(gw, spec->target, why);
	g = find_group(t, spec->group, why);
	if (g)
		result = remove_group(t, g, &w, why);
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
	return result;
}

/* ---- Patterns ----------------------------------------------------------------------------- */

static struct sl_pattern *find_pattern(struct sl_group *g, const char *text)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &g->patterns) {
		struct sl_pattern *p = sl_entry(pos, struct sl_pattern, link);

		if (strncmp(p->text, text, sizeof(p->text)) == 0)
			return p;
	}
	return NULL;
}

static int pattern_add(struct sl_target *t, struct sl_group *g, const char *text, struct sl_work *w,
		       const char **why)
{
	struct sl_pattern *p;

	if (find_pattern(g, text))
		return 0;
	p = sl_alloc(sizeof(*p));
	if (!p) {
		*why = "no memory for another initiator pattern";
		return -ENOMEM;
	}
	memcpy(p->text, text, sizeof(p->text));
	sl_list_add_tail(&g->patterns, &p->link);
	return regroup(t, w, why);
}

static int pattern_remove(struct sl_target *t, struct sl_group *g, const char *text,
			  struct sl_work *w, const char **why)
{
	struct sl_pattern *p = find_pattern(g, text);

	if (!p) {
		*why = "no such pattern in the group";
		return -ENOENT;
	}
	sl_list_del(&p->link);
	sl_free(p);
	return regroup(t, w, why);
}

static int change_pattern(struct sl_gateway *gw, const struct sluice_group_initiator *spec,
			  bool add, u64 now_ns, const char **why)
{
	struct sl_target *t;
	struct sl_group *g;
	struct sl_work w;
	int result = -ENOENT;

	if (!sl_text_ok(spec->target, sizeof(spec->target)) ||
	    !sl_text_ok(spec->group, sizeof(spec->group)) ||
	    !sl_text_ok(spec->pattern, sizeof(spec->pattern))) {
		*why = "initiator: target, group or pattern is empty or not NUL-terminated";
		return -EINVAL;
	}
	sl_work_init(&w, gw, now_ns);
	sl_mutex_lock(&gw->config);
	t = find_target(gw, spec->target, why);
	g = find_group(t, spec->group, why);
	if (g && add)
		result = pattern_add(t, g, spec->pattern, &w, why);
	else if (g)
		result = pattern_remove(t, g, spec->pattern, &w, why);
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
	return result;
}

int sl_group_initiator_add(struct sl_gateway *gw, const struct sluice_group_initiator *spec,
			   u64 now_ns, const char **why)
{
	return change_pattern(gw, spec, true, now_ns, why);
}

int sl_group_initiator_remove(struct sl_gateway *gw, const struct sluice_group_initiator *spec,
			      u64 now_ns, const char **why)
{
	return change_pattern(gw, spec, false, now_ns, why);
}
