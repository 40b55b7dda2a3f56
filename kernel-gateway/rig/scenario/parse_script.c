/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* "when h gets write10 nth=2: reply busy": what scripted handlers do. */
#include <stdlib.h>
#include <string.h>

#include "parser.h"
#include "rig/scsi/hex.h"
#include "rig/scsi/name.h"

static const struct name scopes[] = {
	{ "all", SLUICE_UA_ALL },
	{ "others", SLUICE_UA_ALL_BUT },
	{ "one", SLUICE_UA_ONE },
	{ 0 },
};

static const struct name bad_requests[] = {
	{ "type", SCRIPT_BAD_TYPE },	 { "reserved", SCRIPT_BAD_RESERVED },
	{ "device", SCRIPT_BAD_DEVICE }, { "scope", SCRIPT_BAD_SCOPE },
	{ "mode", SCRIPT_BAD_MODE },	 { 0 },
};

static const struct name deeds[] = {
	{ "twice", SCRIPT_TWICE },
	{ "again", SCRIPT_AGAIN },
	{ "unrung", SCRIPT_UNRUNG },
	{ "crash", SCRIPT_CRASH_BEFORE },
	{ "doorbell", SCRIPT_DOORBELL },
	{ "deaf", SCRIPT_DEAF },
	{ "hear", SCRIPT_HEAR },
	{ "blind", SCRIPT_BLIND },
	{ "look", SCRIPT_LOOK },
	{ "crash-after", SCRIPT_CRASH_AFTER },
	{ 0 },
};

#define ACTION_HELP                                                                                                     \
	"serve, reply STATUS, reply KEY CODE, hold, twice, again, unrung, crash, crash-after, delay=, length=, data=, " \
	"status=, sense=, sense-length=, flags=, tag=, generation=, raise=, scope=, nexus=, "                           \
	"control-mode=, break=, bad-request="

/* SPC-5 4.4.3: 18 bytes of fixed format */
static void set_sense(struct script_action *a, uint32_t key, uint16_t code)
{
	memset(a->sense, 0, sizeof(a->sense));
	a->sense[0] = 0x70;
	a->sense[2] = (uint8_t)key;
	a->sense[7] = 10;
	a->sense[12] = (uint8_t)(code >> 8);
	a->sense[13] = (uint8_t)code;
	a->sense_bytes = 18;
	a->set |= SCRIPT_SET_SENSE;
}

/* reply busy, reply medium-error 11/00 */
static void parse_reply(struct parser *p, struct script_action *a)
{
	const char *word = parser_take(p, "a status or a sense key");
	const struct name *key = name_find(sense_key_names, word);
	struct word *next = parser_peek(p);
	uint16_t code = 0;

	a->reply = SCRIPT_REPLY;
	a->set |= SCRIPT_SET_STATUS;
	if (!key) {
		a->status = (uint8_t)parser_name(p, "status", word, status_names);
		return;
	}
	if (next && !next->key && value_sense_code(next->text, &code))
		p->at++;
	a->status = 0x02;
	set_sense(a, key->value, code);
}

static void set_data(struct parser *p, struct script_action *a, const struct word *w)
{
	struct data_spec d;

	parser_data(p, w, &d);
	if (p->failed)
		return;
	if (d.kind == DATA_FILE || d.len == 0 || d.len > SCRIPT_DATA) {
		parser_complain(p,
				"data=%s: a handler replies with 1 to %d bytes of hex, text, "
				"zeros or a pattern; say how many",
				w->value, SCRIPT_DATA);
		return;
	}
	value_fill(&d, 0, a->data, d.len);
	a->data_bytes = d.len;
	a->set |= SCRIPT_SET_DATA;
	if (!(a->set & SCRIPT_SET_DATA_LEN))
		a->data_len = d.len;
}

static void set_raw_sense(struct parser *p, struct script_action *a, const struct word *w)
{
	int n = hex_parse(w->value, a->sense, SLUICE_SENSE_MAX);

	if (n < 1)
		parser_complain(p, "sense=%s: give 1 to %u bytes as hex digits", w->value,
				SLUICE_SENSE_MAX);
	else
		a->sense_bytes = (uint32_t)n;
	a->set |= SCRIPT_SET_SENSE;
}

static void set_generation(struct parser *p, struct script_action *a, const struct word *w)
{
	char *end;
	long n = strtol(w->value, &end, 10);

	if (end == w->value || *end || n == 0 || n > 1000000 || n < -1000000)
		parser_complain(p,
				"generation=%s: give the distance from the right one, for "
				"example -1",
				w->value);
	a->generation = (int32_t)n;
	a->set |= SCRIPT_SET_GENERATION;
}

/* control-mode=tas+qerr-all */
static void set_control_mode(struct parser *p, struct script_action *a, const struct word *w)
{
	const char *at = w->value;

	a->deeds |= SCRIPT_CONTROL_MODE;
	a->control_mode = 0;
	for (;;) {
		size_t len = strcspn(at, "+");
		const char *one = arena_text(p->arena, at, len);

		a->control_mode |= parser_name(p, "control-mode", one, control_mode_names);
		if (!at[len])
			return;
		at += len + 1;
	}
}

static void set_broken(struct parser *p, struct script_action *a, const struct word *w)
{
	if (strcmp(w->value, "queue") == 0)
		a->deeds |= SCRIPT_BREAK_QUEUE;
	else if (strcmp(w->value, "admin") == 0)
		a->deeds |= SCRIPT_BREAK_ADMIN;
	else
		parser_complain(p, "break=%s: choose queue or admin", w->value);
}

static uint32_t set_number(struct parser *p, struct script_action *a, const struct word *w,
			   uint32_t set, uint32_t max)
{
	a->set |= set;
	return (uint32_t)parser_number(p, w, 0, max);
}

/* Fields of the completion. */
static bool completion_option(struct parser *p, struct script_action *a, const struct word *w)
{
	if (strcmp(w->key, "length") == 0)
		a->data_len = set_number(p, a, w, SCRIPT_SET_DATA_LEN, UINT32_MAX);
	else if (strcmp(w->key, "data") == 0)
		set_data(p, a, w);
	else if (strcmp(w->key, "status") == 0)
		a->status = (uint8_t)set_number(p, a, w, SCRIPT_SET_STATUS, 255);
	else if (strcmp(w->key, "sense") == 0)
		set_raw_sense(p, a, w);
	else if (strcmp(w->key, "sense-length") == 0)
		a->sense_len = (uint16_t)set_number(p, a, w, SCRIPT_SET_SENSE_LEN, UINT16_MAX);
	else if (strcmp(w->key, "flags") == 0)
		a->flags = (uint8_t)set_number(p, a, w, SCRIPT_SET_FLAGS, 255);
	else if (strcmp(w->key, "tag") == 0)
		a->tag = set_number(p, a, w, SCRIPT_SET_TAG, UINT32_MAX);
	else if (strcmp(w->key, "generation") == 0)
		set_generation(p, a, w);
	else
		return false;
	return true;
}

static void set_raise(struct parser *p, struct script_action *a, const struct word *w)
{
	uint16_t code;

	if (!value_sense_code(w->value, &code)) {
		parser_complain(p,
				"raise=%s: give an additional sense code and its qualifier in "
				"hex, for example 3f/0e",
				w->value);
		return;
	}
	a->deeds |= SCRIPT_RAISE;
	a->asc = (uint8_t)(code >> 8);
	a->ascq = (uint8_t)code;
	if (!a->scope)
		a->scope = SLUICE_UA_ALL;
}

/* Requests on the admin ring, and `nexus`, which is one of the scenario's. */
static bool request_option(struct parser *p, struct script_action *a, const char **nexus,
			   const struct word *w)
{
	if (strcmp(w->key, "raise") == 0) {
		set_raise(p, a, w);
	} else if (strcmp(w->key, "scope") == 0) {
		a->scope = (uint8_t)parser_name(p, "scope", w->value, scopes);
	} else if (strcmp(w->key, "control-mode") == 0) {
		set_control_mode(p, a, w);
	} else if (strcmp(w->key, "break") == 0) {
		set_broken(p, a, w);
	} else if (strcmp(w->key, "bad-request") == 0) {
		a->deeds |= SCRIPT_BAD_REQUEST;
		a->bad_request = parser_name(p, "bad-request", w->value, bad_requests);
	} else if (strcmp(w->key, "nexus") == 0) {
		parser_use(p, w->value, SYMBOL_NEXUS, "nexus");
		*nexus = w->value;
	} else {
		return false;
	}
	return true;
}

static void action_word(struct parser *p, struct script_action *a, const struct word *w)
{
	const struct name *deed = name_find(deeds, w->text);

	if (strcmp(w->text, "reply") == 0)
		parse_reply(p, a);
	else if (strcmp(w->text, "serve") == 0)
		a->reply = SCRIPT_SERVE;
	else if (strcmp(w->text, "hold") == 0)
		a->reply = SCRIPT_HOLD;
	else if (deed)
		a->deeds |= deed->value;
	else
		parser_complain(p, "\"%s\" is nothing that a handler does: choose " ACTION_HELP,
				w->text);
}

static void parse_action(struct parser *p, struct script_action *a, const char **nexus)
{
	struct word *w;

	if (!parser_peek(p))
		parser_complain(p, "what the handler does is missing: choose " ACTION_HELP);
	while (!p->failed && (w = parser_next(p))) {
		if (!w->key)
			action_word(p, a, w);
		else if (strcmp(w->key, "delay") == 0)
			a->delay_ns = parser_duration(p, w);
		else if (!completion_option(p, a, w) && !request_option(p, a, nexus, w))
			parser_unknown_option(p, w, ACTION_HELP);
	}
	if (a->reply == SCRIPT_REPLY && (a->set & SCRIPT_SET_DATA) &&
	    !(a->set & SCRIPT_SET_DATA_LEN)) {
		a->data_len = a->data_bytes;
		a->set |= SCRIPT_SET_DATA_LEN;
	}
}

/* Between the command and the colon: fields, nth, times, once, device. */
static bool parse_conditions(struct parser *p, struct when_spec *when,
			     const struct cdb_command *command)
{
	bool colon = p->words[p->at - 1].colon;
	struct word *w;

	while (!p->failed && !colon && (w = parser_next(p))) {
		colon = w->colon;
		if (!w->key && strcmp(w->text, "once") == 0) {
			when->rule.times = 1;
		} else if (!w->key) {
			parser_complain(p,
					"\"%s\" is unknown before the colon: give fields of the "
					"command, nth=, times=, once or device=",
					w->text);
		} else if (strcmp(w->key, "nth") == 0) {
			when->rule.skip = (uint32_t)parser_number(p, w, 1, UINT32_MAX) - 1;
			when->rule.times = when->rule.times ? when->rule.times : 1;
		} else if (strcmp(w->key, "times") == 0) {
			when->rule.times = (uint32_t)parser_number(p, w, 1, UINT32_MAX);
		} else if (strcmp(w->key, "device") == 0) {
			parser_use(p, w->value, SYMBOL_DEVICE, "device");
			when->device = w->value;
		} else if (!parse_match_field(p, &when->rule.match, command, w)) {
			parser_unknown_option(p, w, "fields of the command, nth, times, device");
		}
	}
	return colon;
}

void parse_when(struct parser *p, struct statement *s)
{
	const struct cdb_command *command;

	s->when = (struct when_spec){ .rule = { .device = -1 } };
	s->when.handler = parser_take(p, "the handler's name");
	parser_use(p, s->when.handler, SYMBOL_HANDLER, "handler");
	if (!parser_accept(p, "gets")) {
		parser_complain(p, "write when HANDLER gets COMMAND: ACTION");
		return;
	}
	if (!parse_match_command(p, &s->when.rule.match, &command))
		return;
	if (!parse_conditions(p, &s->when, command)) {
		parser_complain(p, "a colon is missing: write when HANDLER gets COMMAND: ACTION");
		return;
	}
	parse_action(p, &s->when.rule.action, &s->when.nexus);
}

/* Of its own accord, without a command. */
#define ORDER_DEEDS                                                                        \
	(SCRIPT_RAISE | SCRIPT_CONTROL_MODE | SCRIPT_BREAK_QUEUE | SCRIPT_BREAK_ADMIN |    \
	 SCRIPT_BAD_REQUEST | SCRIPT_DOORBELL | SCRIPT_DEAF | SCRIPT_HEAR | SCRIPT_BLIND | \
	 SCRIPT_LOOK)

void parse_order(struct parser *p, struct statement *s, const char *handler)
{
	struct order_spec *o = &s->order;
	struct word *w = p->n_words ? &p->words[p->n_words - 1] : NULL;

	s->kind = STATEMENT_ORDER;
	*o = (struct order_spec){ .handler = handler };
	parser_use(p, handler, SYMBOL_HANDLER, "handler");
	if (w && w->key && strcmp(w->key, "device") == 0) {
		parser_use(p, w->value, SYMBOL_DEVICE, "device");
		o->device = w->value;
		p->n_words--;
	}
	parse_action(p, &o->action, &o->nexus);
	if (o->action.reply != SCRIPT_SERVE || o->action.set || o->action.delay_ns ||
	    (o->action.deeds & ~(uint32_t)ORDER_DEEDS) || !o->action.deeds)
		parser_complain(p, "of its own accord a handler does these: raise=, control-mode=, "
				   "break=, bad-request=, doorbell, deaf, hear, blind, look");
	else if ((o->action.deeds & (SCRIPT_RAISE | SCRIPT_CONTROL_MODE)) && !o->device)
		parser_complain(p, "which device? add device=NAME at the end");
}
