/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Handlers with their devices, targets, groups, LUNs, and the clock. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player.h"

#define OWN_TARGET	  "iqn.2026-11.io.sluice:rig"
#define END_BOUND_NS	  2000000000ull

#define COPY(field, text) snprintf(field, sizeof(field), "%s", text)

/* ---- Names in the gateway --------------------------------------------------------- */

const char *player_device_name(const struct player *p, const char *name, char out[SLUICE_NAME_LEN])
{
	const struct player_device *d = player_find_device((struct player *)p, name);

	/* A real handler names its devices itself. */
	snprintf(out, SLUICE_NAME_LEN, "%s%s",
		 d && d->handler && !d->handler->process.stage ? "" : p->prefix, name);
	return out;
}

const char *player_target_name(const struct player *p, const char *name,
			       char out[SLUICE_PORT_NAME_LEN])
{
	snprintf(out, SLUICE_PORT_NAME_LEN, "%s%s%s%s%s", OWN_TARGET, p->prefix[0] ? "." : "",
		 p->prefix, name ? "." : "", name ? name : "");
	return out;
}

struct player_handler *player_find_handler(struct player *p, const char *name)
{
	for (struct player_handler *h = p->handlers; h; h = h->next) {
		if (strcmp(h->name, name) == 0)
			return h;
	}
	return NULL;
}

struct player_device *player_find_device(struct player *p, const char *name)
{
	for (struct player_device *d = p->devices; d; d = d->next) {
		if (strcmp(d->name, name) == 0)
			return d;
	}
	return NULL;
}

/* ---- Handlers ------------------------------------------------------------------------ */

static int start_real(struct player *p, struct player_handler *h)
{
	if (!p->options->real_handler) {
		p->skipped = true;
		snprintf(p->why, sizeof(p->why),
			 "no real handler: name one with --real-handler COMMAND");
		return 0;
	}
	if (!h->directory[0]) {
		int err = directory_make(h->directory);

		if (err) {
			snprintf(p->why, sizeof(p->why),
				 "mkdtemp %s: %s: set TMPDIR to a directory that can be written",
				 h->directory, strerror(-err));
			h->directory[0] = '\0';
			return err;
		}
	}
	return handler_process_start_real(&h->process, p->options->real_handler, h->spec->config,
					  h->directory, p->why);
}

static int prepare_stage(struct player *p, struct player_handler *h)
{
	struct stage *g;
	int err = stage_create(&g, p->why);

	if (err)
		return err;
	g->session = (struct sluice_session_open){ .queues = h->spec->queues,
						   .depth = h->spec->depth,
						   .pool_bytes = h->spec->pool_bytes,
						   .grace_ns = h->spec->grace_ns };
	snprintf(g->session.name, sizeof(g->session.name), "%s%s", p->prefix, h->name);
	h->process.stage = g;
	return 0;
}

int player_handler_start(struct player *p, const struct statement *s)
{
	struct player_handler *h = calloc(1, sizeof(*h));
	int err;

	if (!h)
		return -ENOMEM;
	h->name = s->name;
	h->spec = &s->handler;
	h->process.gateway = p->gateway;
	h->next = p->handlers;
	p->handlers = h;
	if (h->spec->config)
		return start_real(p, h);
	err = prepare_stage(p, h);
	return err ? err : handler_process_start(&h->process, player_left(p), p->why);
}

struct served {
	const char *name;
	bool over; /* not served any more is what is waited for */
	int err;
};

static bool is_in_state(struct player *p, void *arg)
{
	struct served *w = arg;
	struct sluice_device_info info;
	struct sluice_cursor cursor = { 0 };

	for (;; cursor.index++) {
		w->err = player_control(p, SLUICE_OP_DEVICE_INFO, &cursor, sizeof(cursor), &info,
					sizeof(info));
		if (w->err)
			return w->err != -ENOENT;
		if (strcmp(info.name, w->name) == 0)
			return (info.state == SLUICE_DEVICE_SERVED) != w->over;
	}
}

/* The gateway hears of a death by itself: what the scenario does next comes after that. */
static void await_death(struct player *p, struct player_handler *h)
{
	char name[SLUICE_NAME_LEN];

	for (struct player_device *d = p->devices; d; d = d->next) {
		struct served w = { .name = player_device_name(p, d->name, name), .over = true };

		if (d->handler == h)
			player_wait(p, is_in_state, &w, p->options->patience_ns);
	}
}

static int restart(struct player *p, struct player_handler *h)
{
	handler_process_kill(&h->process);
	return h->process.stage ? handler_process_start(&h->process, player_left(p), p->why) :
				  start_real(p, h);
}

int player_process(struct player *p, const struct statement *s)
{
	struct player_handler *h = player_find_handler(p, s->name);

	switch (s->verb) {
	case PROCESS_KILL:
		handler_process_kill(&h->process);
		await_death(p, h);
		break;
	case PROCESS_STOP:
		handler_process_stop(&h->process);
		break;
	case PROCESS_CONTINUE:
		handler_process_continue(&h->process);
		break;
	case PROCESS_RESTART:
		return restart(p, h);
	case PROCESS_END:
		if (!handler_process_end(&h->process, END_BOUND_NS))
			player_fail(p, "the handler does not end within %llu s",
				    END_BOUND_NS / 1000000000);
		await_death(p, h);
		break;
	case PROCESS_QUIESCE:
		h->process.stage->mail = STAGE_MAIL_QUIESCE;
		return handler_process_ask(&h->process, player_left(p), p->why);
	}
	return 0;
}

/* ---- Devices ---------------------------------------------------------------------------- */

static struct player_device *device_of(struct player *p, const char *name)
{
	struct player_device *d = player_find_device(p, name);

	if (d)
		return d;
	d = calloc(1, sizeof(*d));
	if (!d)
		abort();
	d->name = name;
	d->place = -1;
	d->next = p->devices;
	p->devices = d;
	return d;
}

static int await_real_device(struct player *p, struct player_device *d)
{
	struct served w = { .name = d->name };

	if (player_wait(p, is_in_state, &w, player_left(p)))
		return w.err;
	snprintf(p->why, sizeof(p->why),
		 "the real handler adds no device \"%s\" in time: its configuration must name it",
		 d->name);
	return -ETIMEDOUT;
}

static int place_device(struct player *p, struct player_device *d, const struct device_spec *spec)
{
	struct stage *g = d->handler->process.stage;
	int place = d->place;

	if (place < 0)
		place = stage_device_new(g, spec->bytes, spec->block_bytes, p->why);
	if (place < 0)
		return -ENOSPC;
	d->place = place;
	g->devices[place].profile = spec->profile;
	g->devices[place].removed = false;
	player_device_name(p, d->name, g->devices[place].profile.name);
	return 0;
}

int player_device_add(struct player *p, const struct statement *s)
{
	struct player_device *d = device_of(p, s->name);
	struct player_handler *h = player_find_handler(p, s->device.handler);
	struct stage *g = h->process.stage;
	int err;

	/* On another handler it gets a place and media there. */
	if (d->handler != h)
		d->place = -1;
	d->handler = h;
	if (!g)
		return await_real_device(p, d);
	err = place_device(p, d, &s->device);
	if (err)
		return err;
	g->mail = STAGE_MAIL_DEVICE_ADD;
	g->mail_device = d->place;
	err = handler_process_ask(&h->process, player_left(p), p->why);
	/* What was refused is not tried again when the handler restarts. */
	g->devices[d->place].removed = err != 0;
	return err;
}

int player_device_remove(struct player *p, const struct statement *s)
{
	struct player_device *d = player_find_device(p, s->name);
	struct stage *g = d && d->handler ? d->handler->process.stage : NULL;

	if (!g) {
		snprintf(p->why, sizeof(p->why), "no scripted handler serves device %s", s->name);
		return -ENOENT;
	}
	g->mail = STAGE_MAIL_DEVICE_REMOVE;
	g->mail_device = d->place;
	g->devices[d->place].removed = true;
	return handler_process_ask(&d->handler->process, player_left(p), p->why);
}

/* ---- Targets, groups, LUNs ------------------------------------------------------------------ */

int player_target_add(struct player *p, const char *name)
{
	struct player_target *known = calloc(1, sizeof(*known));
	struct sluice_target t = { 0 };
	int err;

	if (!known)
		return -ENOMEM;
	player_target_name(p, name, t.name);
	COPY(t.alias, "rig");
	err = player_control(p, SLUICE_OP_TARGET_ADD, &t, sizeof(t), NULL, 0);
	if (err) {
		free(known);
		return err;
	}
	known->name = name;
	known->next = p->targets;
	p->targets = known;
	return 0;
}

int player_group_add(struct player *p, const struct statement *s)
{
	struct sluice_group g = { 0 };
	struct sluice_group_initiator i = { 0 };
	int err;

	player_target_name(p, s->names.target, g.target);
	COPY(g.group, s->name);
	err = player_control(p, SLUICE_OP_GROUP_ADD, &g, sizeof(g), NULL, 0);
	memcpy(i.target, g.target, sizeof(i.target));
	memcpy(i.group, g.group, sizeof(i.group));
	for (uint32_t n = 0; !err && s->names.list[n]; n++) {
		memset(i.pattern, 0, sizeof(i.pattern));
		COPY(i.pattern, s->names.list[n]);
		err = player_control(p, SLUICE_OP_GROUP_INITIATOR_ADD, &i, sizeof(i), NULL, 0);
	}
	return err;
}

static struct sluice_lun fill_lun(struct player *p, const struct lun_spec *spec)
{
	struct sluice_lun l = { .lun = spec->lun, .flags = spec->flags };

	player_target_name(p, spec->target, l.target);
	COPY(l.group, spec->group ? spec->group : "default");
	if (spec->device)
		player_device_name(p, spec->device, l.device);
	return l;
}

int player_lun_map(struct player *p, const struct statement *s)
{
	struct player_lun *known = calloc(1, sizeof(*known));
	struct sluice_lun l;
	int err;

	if (!known)
		return -ENOMEM;
	device_of(p, s->lun.device);
	l = fill_lun(p, &s->lun);
	err = player_control(p, SLUICE_OP_LUN_MAP, &l, sizeof(l), NULL, 0);
	known->spec = &s->lun;
	known->next = p->luns;
	p->luns = known;
	return err;
}

int player_lun_unmap(struct player *p, const struct statement *s)
{
	const struct sluice_lun l = fill_lun(p, &s->lun);

	return player_control(p, SLUICE_OP_LUN_UNMAP, &l, sizeof(l), NULL, 0);
}

int player_access(struct player *p, const struct statement *s)
{
	struct sluice_access_state a = { .group = s->access.group,
					 .state = s->access.state,
					 .flags = s->access.flags };

	player_device_name(p, s->access.device, a.device);
	return player_control(p, SLUICE_OP_ACCESS_STATE_SET, &a, sizeof(a), NULL, 0);
}

void player_withdraw(struct player *p)
{
	while (p->luns) {
		struct player_lun *next = p->luns->next;
		struct sluice_lun l = fill_lun(p, p->luns->spec);

		/* It may be unmapped already. */
		player_control(p, SLUICE_OP_LUN_UNMAP, &l, sizeof(l), NULL, 0);
		free(p->luns);
		p->luns = next;
	}
	while (p->targets) {
		struct player_target *next = p->targets->next;
		struct sluice_target t = { 0 };

		player_target_name(p, p->targets->name, t.name);
		player_control(p, SLUICE_OP_TARGET_REMOVE, &t, sizeof(t), NULL, 0);
		free(p->targets);
		p->targets = next;
	}
}

/* ---- Time --------------------------------------------------------------------------------------- */

int player_advance(struct player *p, uint64_t ns)
{
	const struct sluice_rig_time request = { .advance_ns = ns };
	struct sluice_rig_time reply;
	int err = 0;

	/* A channel of its own: those of the nexuses may wait for just what time brings. */
	if (!p->clock)
		err = p->gateway->ops->open_channel(p->gateway, SLUICE_ROLE_RIG, "sluice-rig",
						    &p->clock, p->why);
	if (err)
		return err;
	return channel_call(p->clock, SLUICE_OP_RIG_TIME, &request, sizeof(request), &reply,
			    sizeof(reply), player_left(p), p->why);
}
