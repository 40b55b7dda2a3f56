/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Handlers, devices, targets, LUNs, nexuses, processes, time. */
#include <stdio.h>
#include <string.h>

#include "parser.h"
#include "rig/scsi/hex.h"
#include "rig/scsi/name.h"

#define MAX_DISK (64u << 20)

static const char *known(struct parser *p, const struct word *w, uint32_t kinds, const char *what)
{
	parser_use(p, w->value, kinds, what);
	return w->value;
}

void parse_handler(struct parser *p, struct statement *s)
{
	struct handler_spec *h = &s->handler;
	uint32_t kind = SYMBOL_HANDLER;
	struct word *w;

	*h = (struct handler_spec){ NULL, 1, 64, 32u << 20, 0 };
	s->name = parser_take(p, "the handler's name");
	if (parser_accept(p, "real")) {
		h->config = parser_take(p, "the real handler's configuration");
		kind = SYMBOL_REAL;
	}
	while ((w = parser_option(p))) {
		if (strcmp(w->key, "queues") == 0)
			h->queues = (uint32_t)parser_number(p, w, 1, 8);
		else if (strcmp(w->key, "depth") == 0)
			h->depth = (uint32_t)parser_number(p, w, 1, SLUICE_MAX_DEPTH);
		else if (strcmp(w->key, "pool") == 0)
			h->pool_bytes = parser_number(p, w, 1, 1ull << 40);
		else if (strcmp(w->key, "grace") == 0)
			h->grace_ns = parser_duration(p, w);
		else
			parser_unknown_option(p, w, "queues, depth, pool, grace");
	}
	parser_declare(p, s->name, kind);
}

static bool pace_timeout(struct parser *p, struct sluice_device_add *a, const struct word *w)
{
	static const char *const paces[SLUICE_PACES] = { "prompt", "data", "medium", "long" };

	for (uint32_t i = 0; i < SLUICE_PACES; i++) {
		if (strcmp(w->key + 8, paces[i]) == 0) {
			a->timeout_ns[i] = parser_duration(p, w);
			return true;
		}
	}
	return false;
}

static bool device_profile(struct parser *p, struct sluice_device_add *a, const struct word *w)
{
	uint64_t type;

	if (strcmp(w->key, "limit") == 0)
		a->task_set_limit = (uint32_t)parser_number(p, w, 0, UINT32_MAX);
	else if (strcmp(w->key, "max-transfer") == 0)
		a->max_transfer = (uint32_t)parser_number(p, w, 0, UINT32_MAX);
	else if (strcmp(w->key, "timeout") == 0)
		for (uint32_t i = 0; i < SLUICE_PACES; i++)
			a->timeout_ns[i] = parser_duration(p, w);
	else if (strncmp(w->key, "timeout-", 8) == 0)
		return pace_timeout(p, a, w);
	else if (strcmp(w->key, "recovery") == 0)
		a->recovery = (__u8)parser_name(p, "recovery", w->value, recovery_names);
	else if (strcmp(w->key, "queue") == 0)
		a->queue = strcmp(w->value, "any") == 0 ?
				   SLUICE_QUEUE_ANY :
				   (uint32_t)parser_number(p, w, 0, UINT32_MAX - 1);
	else if (strcmp(w->key, "type") == 0)
		a->peripheral_type =
			value_number(w->value, &type) && type <= 0xff ?
				(__u8)type :
				(__u8)parser_name(p, "type", w->value, device_type_names);
	else
		return false;
	return true;
}

void parse_device(struct parser *p, struct statement *s)
{
	struct device_spec *d = &s->device;
	struct word *w;

	*d = (struct device_spec){ .bytes = 1u << 20,
				   .block_bytes = 512,
				   .profile = { .queue = SLUICE_QUEUE_ANY,
						.task_set_limit = 256,
						.max_transfer = SLUICE_MAX_BUFFER } };
	s->name = parser_take(p, "the device's name");
	if (!parser_accept(p, "on"))
		parser_complain(p, "\"on HANDLER\" is missing behind the device's name");
	d->handler = parser_take(p, "the handler's name");
	parser_use(p, d->handler, SYMBOL_HANDLER | SYMBOL_REAL, "handler");
	while ((w = parser_peek(p))) {
		p->at++;
		if (w->key && strcmp(w->key, "size") == 0)
			d->bytes = parser_number(p, w, 512, MAX_DISK);
		else if (w->key && strcmp(w->key, "block") == 0)
			d->block_bytes = (uint32_t)parser_number(p, w, 512, 4096);
		else if (!w->key && name_find(control_mode_names, w->text))
			d->profile.control_mode |= name_find(control_mode_names, w->text)->value;
		else if (!w->key && strcmp(w->text, "explicit-access") == 0)
			d->profile.flags |= SLUICE_DEVICE_EXPLICIT_ACCESS;
		else if (!w->key || !device_profile(p, &d->profile, w))
			parser_complain(
				p,
				"\"%s\" is unknown here: choose size=, block=, type=, limit=, "
				"max-transfer=, timeout=, timeout-prompt= (-data, -medium, -long), recovery=, queue=, tas, "
				"descriptor-sense, tmf-only, tst-each, qerr-all, qerr-own, "
				"ua-keep, ua-establish, explicit-access",
				w->text);
	}
	/* The same device again is how it comes back, or how its refusal is tested. */
	if (parser_kind(p, s->name) != SYMBOL_DEVICE)
		parser_declare(p, s->name, SYMBOL_DEVICE);
}

void parse_remove(struct parser *p, struct statement *s)
{
	s->name = parser_take(p, "the device's name");
	parser_use(p, s->name, SYMBOL_DEVICE, "device");
}

void parse_target(struct parser *p, struct statement *s)
{
	s->name = parser_declare(p, parser_take(p, "the target's name"), SYMBOL_TARGET);
}

/* group g [of TARGET] PATTERN... */
void parse_group(struct parser *p, struct statement *s)
{
	struct names_spec *n = &s->names;
	uint32_t count = 0;

	*n = (struct names_spec){ .list = arena_alloc(p->arena,
						      (PARSER_WORDS + 1) * sizeof(char *)) };
	s->name = parser_declare(p, parser_take(p, "the group's name"), SYMBOL_GROUP);
	if (parser_accept(p, "of")) {
		n->target = parser_take(p, "the target's name");
		parser_use(p, n->target, SYMBOL_TARGET, "target");
	}
	/* An option is no pattern, and is not taken: it has its complaint then. */
	while (parser_peek(p) && !p->failed)
		n->list[count++] = parser_take(p, "a pattern of initiator names");
	if (count == 0)
		parser_complain(p, "a group needs patterns of initiator names: add for example "
				   "\"iqn.*:b\"");
}

static void parse_lun_place(struct parser *p, struct lun_spec *l)
{
	for (;;) {
		if (parser_accept(p, "in")) {
			l->group = parser_take(p, "the group's name");
			if (strcmp(l->group, "default") != 0)
				parser_use(p, l->group, SYMBOL_GROUP, "group");
		} else if (parser_accept(p, "of")) {
			l->target = parser_take(p, "the target's name");
			parser_use(p, l->target, SYMBOL_TARGET, "target");
		} else {
			return;
		}
	}
}

static void parse_lun_number(struct parser *p, struct lun_spec *l)
{
	uint64_t lun = 0;

	if (!parser_accept(p, "lun"))
		parser_complain(p, "\"lun NUMBER\" is missing");
	else if (!value_number(parser_take(p, "the LUN"), &lun) || lun > UINT32_MAX)
		parser_complain(p, "the LUN is no number");
	l->lun = (uint32_t)lun;
}

/* A device that nobody has declared may be mapped: it is absent until a handler adds it. */
void parse_map(struct parser *p, struct statement *s)
{
	s->lun = (struct lun_spec){ 0 };
	parse_lun_number(p, &s->lun);
	if (!parser_accept(p, "to"))
		parser_complain(p, "\"to DEVICE\" is missing behind the LUN");
	s->lun.device = parser_take(p, "the device's name");
	if (!parser_kind(p, s->lun.device))
		parser_declare(p, s->lun.device, SYMBOL_DEVICE);
	parser_use(p, s->lun.device, SYMBOL_DEVICE, "device");
	parse_lun_place(p, &s->lun);
	if (parser_accept(p, "read-only"))
		s->lun.flags = SLUICE_LUN_READ_ONLY;
}

void parse_unmap(struct parser *p, struct statement *s)
{
	s->lun = (struct lun_spec){ 0 };
	parse_lun_number(p, &s->lun);
	parse_lun_place(p, &s->lun);
}

/* access GROUP STATE device=NAME [preferred] [failed] */
void parse_access(struct parser *p, struct statement *s)
{
	struct access_spec *a = &s->access;
	uint64_t group = 0;
	struct word *w;

	*a = (struct access_spec){ 0 };
	if (!value_number(parser_take(p, "the portal group"), &group) || group < 1 ||
	    group > UINT16_MAX)
		parser_complain(p, "a portal group is 1 to %u", UINT16_MAX);
	a->group = (uint16_t)group;
	a->state = (uint8_t)parser_name(p, "state", parser_take(p, "the state"), access_names);
	while ((w = parser_peek(p))) {
		p->at++;
		if (w->key && strcmp(w->key, "device") == 0)
			a->device = known(p, w, SYMBOL_DEVICE, "device");
		else if (!w->key && strcmp(w->text, "preferred") == 0)
			a->flags |= SLUICE_ACCESS_PREFERRED;
		else if (!w->key && strcmp(w->text, "failed") == 0)
			a->flags |= SLUICE_ACCESS_FAILED;
		else
			parser_complain(p,
					"\"%s\" is unknown here: choose device=, preferred, failed",
					w->text);
	}
	if (!a->device)
		parser_complain(p, "device=NAME is missing: whose access state is it?");
}

void parse_nexus(struct parser *p, struct statement *s)
{
	struct word *w;

	s->nexus = (struct nexus_spec){ .group = 1 };
	s->name = parser_take(p, "the nexus's name");
	while ((w = parser_option(p))) {
		if (strcmp(w->key, "initiator") == 0)
			s->nexus.initiator = w->value;
		else if (strcmp(w->key, "target") == 0)
			s->nexus.target = known(p, w, SYMBOL_TARGET, "target");
		else if (strcmp(w->key, "group") == 0)
			s->nexus.group = (uint16_t)parser_number(p, w, 1, UINT16_MAX);
		else
			parser_unknown_option(p, w, "initiator, target, group");
	}
	if (s->nexus.initiator && strlen(s->nexus.initiator) >= SLUICE_PORT_NAME_LEN)
		parser_complain(p, "initiator: a port name has at most %u bytes",
				SLUICE_PORT_NAME_LEN - 1);
	parser_declare(p, s->name, SYMBOL_NEXUS);
}

void parse_nexus_verb(struct parser *p, struct statement *s)
{
	s->name = parser_take(p, "the nexus's name");
	parser_use(p, s->name, SYMBOL_NEXUS, "nexus");
}

void parse_time(struct parser *p, struct statement *s)
{
	const char *text = parser_take(p, "how far");

	if (text[0] != '+' || !value_duration(text + 1, &s->ns) || s->ns == 0)
		parser_complain(p, "time goes forward only: write for example time +30s");
}

void parse_duration(struct parser *p, struct statement *s)
{
	const char *text = parser_take(p, "how long");

	if (!value_duration(text, &s->ns) || s->ns > 600000000000ull)
		parser_complain(p,
				"\"%s\" is no duration up to 10min: give a number and us, ms, "
				"s or min",
				text);
}

void parse_process(struct parser *p, struct statement *s)
{
	uint32_t kinds = SYMBOL_HANDLER | SYMBOL_REAL;

	/* What only the rig's own handler understands. */
	if (s->verb == PROCESS_QUIESCE)
		kinds = SYMBOL_HANDLER;
	s->name = parser_take(p, "the handler's name");
	parser_use(p, s->name, kinds, "handler");
}

void parse_script_reset(struct parser *p, struct statement *s)
{
	s->name = parser_take(p, "the handler's name");
	parser_use(p, s->name, SYMBOL_HANDLER, "handler");
}
