/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* "expect r1 unit-attention 29/00": what should have come. */
#include <stdlib.h>
#include <string.h>

#include "parser.h"
#include "rig/scsi/hex.h"
#include "rig/scsi/name.h"

#define CLAUSES                                                                                            \
	"a status, a sense key and its code, a response, silence, data=, at=, from=, length=, residual=, " \
	"field=, format=, sense-length=, information=, within=, after="

static const char **new_names(struct parser *p)
{
	return arena_alloc(p->arena, (PARSER_WORDS + 1) * sizeof(char *));
}

/* ---- How a command or function ended ------------------------------------------------- */

/* field=cdb:2, field=cdb:2.7, field=data:4, field=none */
static void parse_field_pointer(struct parser *p, struct end_spec *e, const struct word *w)
{
	const char *colon = strchr(w->value, ':');
	char *end;

	e->checks |= CHECK_FIELD;
	e->field_bit = -1;
	e->no_field = strcmp(w->value, "none") == 0;
	if (e->no_field)
		return;
	e->field_in_cdb = strncmp(w->value, "cdb:", 4) == 0;
	if (colon && (e->field_in_cdb || strncmp(w->value, "data:", 5) == 0)) {
		unsigned long byte = strtoul(colon + 1, &end, 10);

		if (end != colon + 1 && byte <= UINT16_MAX && *end == '.' && end[1] >= '0' &&
		    end[1] <= '7' && !end[2]) {
			e->field_byte = (uint16_t)byte;
			e->field_bit = end[1] - '0';
			return;
		}
		if (end != colon + 1 && byte <= UINT16_MAX && !*end) {
			e->field_byte = (uint16_t)byte;
			return;
		}
	}
	parser_complain(p, "field=%s: give cdb:BYTE, cdb:BYTE.BIT, data:BYTE or none", w->value);
}

static void parse_residual(struct parser *p, struct end_spec *e, const struct word *w)
{
	uint64_t n = 0;

	e->checks |= CHECK_RESIDUAL;
	if (strcmp(w->value, "none") == 0)
		return;
	if (strncmp(w->value, "under:", 6) == 0 && value_number(w->value + 6, &n))
		e->residual_kind = SLUICE_RESIDUAL_UNDER;
	else if (strncmp(w->value, "over:", 5) == 0 && value_number(w->value + 5, &n))
		e->residual_kind = SLUICE_RESIDUAL_OVER;
	else
		parser_complain(p, "residual=%s: give none, under:BYTES or over:BYTES", w->value);
	e->residual = (uint32_t)n;
}

static void end_option(struct parser *p, struct end_spec *e, const struct word *w)
{
	if (strcmp(w->key, "data") == 0) {
		e->checks |= CHECK_DATA;
		parser_data(p, w, &e->data);
	} else if (strcmp(w->key, "at") == 0) {
		e->data_at = parser_number(p, w, 0, UINT32_MAX);
	} else if (strcmp(w->key, "from") == 0) {
		e->data_from = parser_number(p, w, 0, UINT32_MAX);
	} else if (strcmp(w->key, "length") == 0) {
		e->checks |= CHECK_LENGTH;
		e->length = (uint32_t)parser_number(p, w, 0, UINT32_MAX);
	} else if (strcmp(w->key, "residual") == 0) {
		parse_residual(p, e, w);
	} else if (strcmp(w->key, "field") == 0) {
		parse_field_pointer(p, e, w);
	} else if (strcmp(w->key, "format") == 0) {
		e->checks |= CHECK_FORMAT;
		e->descriptor = strcmp(w->value, "descriptor") == 0;
		if (!e->descriptor && strcmp(w->value, "fixed") != 0)
			parser_complain(p, "format=%s: choose fixed or descriptor", w->value);
	} else if (strcmp(w->key, "sense-length") == 0) {
		e->checks |= CHECK_SENSE_LEN;
		e->sense_len = (uint32_t)parser_number(p, w, 0, 255);
	} else if (strcmp(w->key, "information") == 0) {
		e->checks |= CHECK_INFORMATION;
		if (hex_parse(w->value, e->information, 3) != 3)
			parser_complain(p, "information=%s: give 3 bytes as 6 hex digits",
					w->value);
	} else if (strcmp(w->key, "status") == 0) {
		e->checks |= CHECK_STATUS;
		e->status = (uint8_t)parser_number(p, w, 0, 255);
	} else if (strcmp(w->key, "within") == 0) {
		e->checks |= CHECK_WITHIN;
		e->within_ns = parser_duration(p, w);
	} else if (strcmp(w->key, "after") == 0) {
		e->checks |= CHECK_AFTER;
		e->after_ns = parser_duration(p, w);
	} else {
		parser_unknown_option(p, w, CLAUSES);
	}
}

static void end_word(struct parser *p, struct end_spec *e, const struct word *w)
{
	const struct name *status = name_find(status_names, w->text);
	const struct name *key = name_find(sense_key_names, w->text);
	const struct name *response = name_find(function_response_names, w->text);

	if (status) {
		e->checks |= CHECK_STATUS;
		e->status = (uint8_t)status->value;
	} else if (key) {
		e->checks |= CHECK_STATUS | CHECK_KEY;
		e->status = 0x02;
		e->key = (uint8_t)key->value;
	} else if (response) {
		e->checks |= CHECK_RESPONSE;
		e->response = response->value;
	} else if (value_sense_code(w->text, &e->code)) {
		e->checks |= CHECK_CODE;
	} else if (strcmp(w->text, "silence") == 0) {
		e->checks |= CHECK_SILENCE;
	} else {
		parser_complain(p,
				"\"%s\" is neither a name nor something to expect: choose " CLAUSES,
				w->text);
	}
}

static void parse_end(struct parser *p, struct statement *s)
{
	struct end_spec *e = &s->end;
	struct word *w;

	s->kind = STATEMENT_EXPECT_END;
	*e = (struct end_spec){ .field_bit = -1 };
	e->each = parser_accept(p, "each");
	w = parser_peek(p);
	if (w && parser_kind(p, w->text) == SYMBOL_COMMAND) {
		e->name = w->text;
		p->at++;
	} else if (e->each) {
		parser_complain(p, "\"each\" goes before the name of a command that was sent with "
				   "times=");
	}
	while (!p->failed && (w = parser_next(p)))
		w->key ? end_option(p, e, w) : end_word(p, e, w);
	if (!e->checks)
		parser_complain(p, "what is expected is missing: give " CLAUSES);
	if ((e->checks & CHECK_SILENCE) && (e->checks & CHECK_STATUS))
		parser_complain(p, "silence has no status: expect the one or the other");
}

void parse_wait(struct parser *p, struct statement *s)
{
	s->name = parser_take(p, "the command's name");
	parser_use(p, s->name, SYMBOL_COMMAND, "command");
}

/* expect order w1 w2 ...; expect pending w1 ... [for=50ms] */
static void parse_names(struct parser *p, struct statement *s, uint32_t kind, uint32_t least)
{
	struct names_spec *n = &s->names;
	uint32_t count = 0;
	struct word *w;

	s->kind = kind;
	*n = (struct names_spec){ .list = new_names(p), .ns = 20000000 };
	while ((w = parser_peek(p)) && !w->key) {
		parser_use(p, w->text, SYMBOL_COMMAND, "command");
		n->list[count++] = w->text;
		p->at++;
	}
	while (kind == STATEMENT_EXPECT_PENDING && (w = parser_option(p))) {
		if (strcmp(w->key, "for") == 0)
			n->ns = parser_duration(p, w);
		else
			parser_unknown_option(p, w, "for");
	}
	if (count < least)
		parser_complain(p,
				"give the names of at least %u commands that were sent with "
				"\"as\"",
				least);
}

/* ---- What a handler saw ---------------------------------------------------------------- */

/* "no", "3", or nothing: at least one */
static int64_t parse_count(struct parser *p)
{
	struct word *w = parser_peek(p);
	uint64_t n;

	if (parser_accept(p, "no"))
		return 0;
	if (!w || w->key || !value_number(w->text, &n) || n > UINT32_MAX)
		return -1;
	p->at++;
	return (int64_t)n;
}

static void sight_option(struct parser *p, struct sight *g, const struct cdb_command *command,
			 const struct word *w)
{
	if (strcmp(w->key, "sequence") == 0) {
		g->sequence = parser_number(p, w, 1, UINT64_MAX);
	} else if (strcmp(w->key, "attribute") == 0) {
		g->attribute = (uint8_t)parser_name(p, "attribute", w->value, attribute_names);
	} else if (strcmp(w->key, "device") == 0) {
		parser_use(p, w->value, SYMBOL_DEVICE, "device");
		g->device = w->value;
	} else if (!parse_match_field(p, &g->match, command, w)) {
		parser_unknown_option(p, w, "fields of the command, sequence, attribute, device");
	}
}

static struct sight *parse_sight(struct parser *p)
{
	struct sight *g = arena_alloc(p->arena, sizeof(*g));
	const struct cdb_command *command;
	struct word *w;

	g->redelivered = -1;
	if (!parse_match_command(p, &g->match, &command))
		return g;
	while (!p->failed && (w = parser_peek(p))) {
		if (!w->key && strcmp(w->text, "then") == 0)
			return g;
		p->at++;
		if (w->key)
			sight_option(p, g, command, w);
		else if (strcmp(w->text, "redelivered") == 0)
			g->redelivered = 1;
		else if (strcmp(w->text, "fresh") == 0)
			g->redelivered = 0;
		else
			parser_complain(p,
					"\"%s\" is unknown here: choose fields of the command, "
					"redelivered, fresh, sequence=, attribute=, device=, then",
					w->text);
	}
	return g;
}

static void parse_saw(struct parser *p, struct statement *s, const char *handler)
{
	struct sight **last = &s->saw.sights;

	s->kind = STATEMENT_EXPECT_SAW;
	s->saw = (struct saw_spec){ .handler = handler, .count = parse_count(p) };
	do {
		*last = parse_sight(p);
		last = &(*last)->next;
	} while (!p->failed && parser_accept(p, "then"));
	if (s->saw.count >= 0 && s->saw.sights->next)
		parser_complain(p,
				"a count goes with one command: leave out \"then\" or the count");
}

static void parse_heard(struct parser *p, struct statement *s, const char *handler)
{
	const struct name *event, *function;
	struct heard_spec *h = &s->heard;
	const char *word;
	struct word *w;

	s->kind = STATEMENT_EXPECT_HEARD;
	*h = (struct heard_spec){ .handler = handler, .count = parse_count(p) };
	word = parser_take(p, "an event");
	event = name_find(event_names, word);
	function = name_find(function_names, word);
	if (event)
		h->type = event->value;
	else if (function)
		h->type = SLUICE_EVENT_TASK_MANAGEMENT;
	else
		parser_complain(p,
				"event \"%s\" is unknown: choose nexus-add, nexus-remove, "
				"device-reset or a task management function",
				word);
	h->function = function ? function->value : 0;
	while ((w = parser_option(p))) {
		if (strcmp(w->key, "device") != 0)
			parser_unknown_option(p, w, "device");
		else if (parser_use(p, w->value, SYMBOL_DEVICE, "device"))
			h->device = w->value;
	}
}

/* ---- What the gateway says of itself ----------------------------------------------------- */

static void info_option(struct parser *p, struct info_spec *i, const struct word *w)
{
	const struct info_name *rows = info_fields[i->subject];
	struct info_field *f = arena_alloc(p->arena, sizeof(*f));
	char all[256] = "";
	uint32_t n = 0;

	while (rows[n].word && strcmp(rows[n].word, w->key) != 0)
		n++;
	if (!rows[n].word) {
		for (n = 0; rows[n].word; n++) {
			strncat(all, n ? ", " : "", sizeof(all) - strlen(all) - 1);
			strncat(all, rows[n].word, sizeof(all) - strlen(all) - 1);
		}
		parser_unknown_option(p, w, all);
		return;
	}
	f->field = n;
	f->value = strcmp(w->key, "state") == 0 ?
			   parser_name(p, "state", w->value, device_state_names) :
			   parser_number(p, w, 0, UINT64_MAX);
	f->next = i->fields;
	i->fields = f;
}

static void parse_info(struct parser *p, struct statement *s, uint32_t subject, uint32_t symbol)
{
	struct word *w;

	s->kind = STATEMENT_EXPECT_INFO;
	s->info = (struct info_spec){ .subject = subject };
	if (symbol) {
		s->info.name = parser_take(p, "its name");
		parser_use(p, s->info.name, symbol, symbol == SYMBOL_DEVICE ? "device" : "nexus");
	}
	while ((w = parser_option(p)))
		info_option(p, &s->info, w);
	if (!s->info.fields)
		parser_complain(p, "what is expected of it is missing: add for example %s",
				subject == INFO_LIVE ? "commands=0" : "live=0");
}

void parse_expect(struct parser *p, struct statement *s)
{
	struct word *w = parser_peek(p);
	uint32_t kind = w ? parser_kind(p, w->text) : 0;

	if (kind & (SYMBOL_HANDLER | SYMBOL_REAL)) {
		parser_use(p, w->text, SYMBOL_HANDLER, "handler");
		p->at++;
		if (parser_accept(p, "saw"))
			parse_saw(p, s, w->text);
		else if (parser_accept(p, "heard"))
			parse_heard(p, s, w->text);
		else
			parser_complain(p, "write expect HANDLER saw COMMAND, or expect HANDLER "
					   "heard EVENT");
	} else if (parser_accept(p, "order")) {
		parse_names(p, s, STATEMENT_EXPECT_ORDER, 2);
	} else if (parser_accept(p, "pending")) {
		parse_names(p, s, STATEMENT_EXPECT_PENDING, 1);
	} else if (parser_accept(p, "gateway")) {
		parse_info(p, s, INFO_GATEWAY, 0);
	} else if (parser_accept(p, "device")) {
		parse_info(p, s, INFO_DEVICE, SYMBOL_DEVICE);
	} else if (parser_accept(p, "nexus")) {
		parse_info(p, s, INFO_NEXUS, SYMBOL_NEXUS);
	} else if (parser_accept(p, "live")) {
		parse_info(p, s, INFO_LIVE, SYMBOL_NEXUS);
	} else {
		parse_end(p, s);
	}
}
