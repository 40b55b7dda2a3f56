/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What scripted handlers are told. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "player.h"

static int place_of(struct player *p, const char *device)
{
	return device ? player_find_device(p, device)->place : -1;
}

static int identify(struct player *p, const char *nexus, uint32_t *id)
{
	struct player_nexus *n = nexus ? player_find_nexus(p, nexus) : NULL;

	if (nexus && (!n || !n->id)) {
		snprintf(p->why, sizeof(p->why), "nexus %s is not open", nexus);
		return -ENOENT;
	}
	*id = n ? n->id : 0;
	return 0;
}

int player_when(struct player *p, const struct statement *s)
{
	struct player_handler *h = player_find_handler(p, s->when.handler);
	struct script_rule rule = s->when.rule;
	int err = identify(p, s->when.nexus, &rule.action.nexus);

	if (err)
		return err;
	rule.device = place_of(p, s->when.device);
	if (stage_rule_add(h->process.stage, &rule))
		return 0;
	snprintf(p->why, sizeof(p->why), "more than %u rules: make two scenarios of it",
		 STAGE_RULES);
	return -ENOSPC;
}

static int ask(struct player *p, struct player_handler *h, uint32_t mail)
{
	h->process.stage->mail = mail;
	return handler_process_ask(&h->process, player_left(p), p->why);
}

/* The identifier of a device of another scripted handler; 0: it is ours, or none. */
static uint32_t foreign_device(struct player *p, struct player_handler *h, const char *name)
{
	struct player_device *d = name ? player_find_device(p, name) : NULL;

	if (!d || !d->handler || d->handler == h || !d->handler->process.stage)
		return 0;
	return d->handler->process.stage->devices[d->place].id;
}

int player_order(struct player *p, const struct statement *s)
{
	struct player_handler *h = player_find_handler(p, s->order.handler);
	struct stage *g = h->process.stage;
	int err;

	g->mail_action = s->order.action;
	g->mail_action.foreign_device = foreign_device(p, h, s->order.device);
	g->mail_device = g->mail_action.foreign_device ? -1 : place_of(p, s->order.device);
	err = identify(p, s->order.nexus, &g->mail_action.nexus);
	return err ? err : ask(p, h, STAGE_MAIL_ORDER);
}

int player_forget(struct player *p, const struct statement *s)
{
	struct stage *g = player_find_handler(p, s->name)->process.stage;

	g->first_rule = g->n_rules;
	return 0;
}

int player_release(struct player *p, const struct statement *s)
{
	return ask(p, player_find_handler(p, s->name), STAGE_MAIL_RELEASE);
}
