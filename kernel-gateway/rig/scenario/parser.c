/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Lines to statements; names and values. What each statement says is in parse_*.c. */
#include "parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig/scsi/name.h"

void parser_complain(struct parser *p, const char *format, ...)
{
	struct scenario_file *f = p->file;
	struct complaint *c;
	char text[512];
	va_list args;

	if (p->failed)
		return;
	p->failed = true;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	c = arena_alloc(p->arena, sizeof(*c));
	c->line = p->line;
	c->text = arena_text(p->arena, text, strlen(text));
	*f->last_complaint = c;
	f->last_complaint = &c->next;
	f->n_complaints++;
}

/* ---- Values ---------------------------------------------------------------------- */

uint64_t parser_number(struct parser *p, const struct word *w, uint64_t min, uint64_t max)
{
	uint64_t value;

	if (!value_number(w->value, &value)) {
		parser_complain(p,
				"%s=%s: no number: give digits, 0x and hex digits, or K, M, G "
				"behind them",
				w->key, w->value);
		return min;
	}
	if (value < min || value > max) {
		parser_complain(p, "%s=%s: choose %llu to %llu", w->key, w->value,
				(unsigned long long)min, (unsigned long long)max);
		return min;
	}
	return value;
}

uint64_t parser_duration(struct parser *p, const struct word *w)
{
	uint64_t ns;

	if (value_duration(w->value, &ns))
		return ns;
	parser_complain(p, "%s=%s: no duration: give a number and us, ms, s or min", w->key,
			w->value);
	return 0;
}

uint32_t parser_name(struct parser *p, const char *what, const char *text, const struct name *table)
{
	const struct name *n = name_find(table, text);
	char all[320];

	if (n)
		return n->value;
	name_list(table, all, sizeof(all));
	parser_complain(p, "%s \"%s\" is unknown: choose %s", what, text, all);
	return 0;
}

void parser_data(struct parser *p, const struct word *w, struct data_spec *out)
{
	if (!value_data(p->arena, w->value, out))
		parser_complain(p, "%s=%s: no data: " VALUE_DATA_HELP, w->key, w->value);
}

void parser_unknown_option(struct parser *p, const struct word *w, const char *known)
{
	parser_complain(p, "option \"%s\" is unknown here: choose %s", w->key, known);
}

/* ---- Names ----------------------------------------------------------------------- */

static struct symbol *find_symbol(const struct parser *p, const char *name)
{
	for (uint32_t i = 0; i < p->n_symbols; i++) {
		if (strcmp(p->symbols[i].name, name) == 0)
			return (struct symbol *)&p->symbols[i];
	}
	return NULL;
}

uint32_t parser_kind(const struct parser *p, const char *name)
{
	struct symbol *s = find_symbol(p, name);

	return s ? s->kind : 0;
}

/* Words that mean something else where names may stand. */
static bool is_reserved(const char *name)
{
	static const char *const words[] = { "order",	"pending", "gateway", "device", "nexus",
					     "each",	"silence", "lun",     "as",	"on",
					     "default", "then",	   "no",      "real" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], name) == 0)
			return true;
	}
	return name_find(status_names, name) || name_find(sense_key_names, name) ||
	       name_find(function_response_names, name);
}

static bool good_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	return n > 0 && n < SLUICE_NAME_LEN / 2 && !name[n] && !(name[0] >= '0' && name[0] <= '9');
}

const char *parser_declare(struct parser *p, const char *name, uint32_t kind)
{
	struct symbol *s = find_symbol(p, name);

	if (p->failed)
		return name;
	if (!good_name(name)) {
		parser_complain(p,
				"\"%s\" is no name: use a letter, then up to 30 letters, digits, "
				"- and _",
				name);
	} else if (is_reserved(name)) {
		parser_complain(p, "\"%s\" is a word of the language: choose another name", name);
	} else if (s && (s->kind != kind || kind != SYMBOL_COMMAND)) {
		parser_complain(p, "\"%s\" is taken: choose another name", name);
	} else if (!s && p->n_symbols == PARSER_SYMBOLS) {
		parser_complain(p, "more than %d names: make two files of it", PARSER_SYMBOLS);
	} else if (!s) {
		p->symbols[p->n_symbols++] = (struct symbol){ name, kind };
	}
	return name;
}

uint32_t parser_use(struct parser *p, const char *name, uint32_t kinds, const char *what)
{
	uint32_t kind = parser_kind(p, name);

	if (kind & kinds)
		return kind;
	if (kind == SYMBOL_REAL)
		parser_complain(p,
				"handler \"%s\" is a real one and takes no script: use a "
				"scripted handler",
				name);
	else
		parser_complain(p, "%s \"%s\" is unknown here: declare it in a line before", what,
				name);
	return 0;
}

/* ---- Statements ------------------------------------------------------------------ */

static const struct {
	const char *word;
	uint32_t kind;
	uint32_t verb;
	void (*parse)(struct parser *p, struct statement *s);
} statements[] = {
	{ "handler", STATEMENT_HANDLER, 0, parse_handler },
	{ "device", STATEMENT_DEVICE, 0, parse_device },
	{ "remove", STATEMENT_REMOVE, 0, parse_remove },
	{ "target", STATEMENT_TARGET, 0, parse_target },
	{ "group", STATEMENT_GROUP, 0, parse_group },
	{ "map", STATEMENT_MAP, 0, parse_map },
	{ "unmap", STATEMENT_UNMAP, 0, parse_unmap },
	{ "access", STATEMENT_ACCESS, 0, parse_access },
	{ "nexus", STATEMENT_NEXUS, 0, parse_nexus },
	{ "close", STATEMENT_CLOSE, 0, parse_nexus_verb },
	{ "drop", STATEMENT_DROP, 0, parse_nexus_verb },
	{ "reopen", STATEMENT_REOPEN, 0, parse_nexus_verb },
	{ "ready", STATEMENT_READY, 0, parse_ready },
	{ "when", STATEMENT_WHEN, 0, parse_when },
	{ "forget", STATEMENT_FORGET, 0, parse_script_reset },
	{ "release", STATEMENT_RELEASE, 0, parse_script_reset },
	{ "kill", STATEMENT_PROCESS, PROCESS_KILL, parse_process },
	{ "stop", STATEMENT_PROCESS, PROCESS_STOP, parse_process },
	{ "continue", STATEMENT_PROCESS, PROCESS_CONTINUE, parse_process },
	{ "restart", STATEMENT_PROCESS, PROCESS_RESTART, parse_process },
	{ "quiesce", STATEMENT_PROCESS, PROCESS_QUIESCE, parse_process },
	{ "end", STATEMENT_PROCESS, PROCESS_END, parse_process },
	{ "time", STATEMENT_TIME, 0, parse_time },
	{ "pause", STATEMENT_PAUSE, 0, parse_duration },
	{ "limit", STATEMENT_LIMIT, 0, parse_duration },
	{ "wait", STATEMENT_WAIT, 0, parse_wait },
	{ "expect", STATEMENT_EXPECT_END, 0, parse_expect },
};

#define N_STATEMENTS (sizeof(statements) / sizeof(statements[0]))

static void unknown_statement(struct parser *p, const char *word)
{
	char all[320] = "";
	size_t at = 0;

	for (size_t i = 0; i < N_STATEMENTS && at < sizeof(all); i++)
		at += (size_t)snprintf(all + at, sizeof(all) - at, "%s%s", i ? ", " : "",
				       statements[i].word);
	parser_complain(p, "\"%s\" starts no statement: choose %s, or NEXUS: COMMAND", word, all);
}

/* refused: STATEMENT, or refused "TEXT": STATEMENT */
static void parse_refused(struct parser *p, struct statement *s)
{
	struct word *w = parser_peek(p);

	if (!w || strcmp(w->text, "refused") != 0)
		return;
	p->at++;
	s->refused = true;
	if (!w->colon) {
		w = parser_next(p);
		if (!w || !w->colon) {
			parser_complain(p, "write refused: STATEMENT, or refused \"TEXT\": "
					   "STATEMENT");
			return;
		}
		s->refusal = w->text;
	}
	if (!parser_peek(p))
		parser_complain(p, "what is refused is missing: add the statement to this line");
}

static bool can_be_refused(uint32_t kind)
{
	return kind < STATEMENT_READY || kind == STATEMENT_TIME || kind == STATEMENT_SEND ||
	       kind == STATEMENT_FUNCTION;
}

static void parse_statement(struct parser *p, struct statement *s)
{
	struct word *w;

	parse_refused(p, s);
	w = parser_next(p);
	if (!w)
		return;
	if (w->colon && !w->quoted) {
		parse_addressed(p, s, w->text);
		parser_end(p);
		return;
	}
	for (size_t i = 0; i < N_STATEMENTS; i++) {
		if (strcmp(statements[i].word, w->text) != 0)
			continue;
		s->kind = statements[i].kind;
		s->verb = statements[i].verb;
		statements[i].parse(p, s);
		parser_end(p);
		if (s->refused && !can_be_refused(s->kind))
			parser_complain(p,
					"\"%s\" asks nothing of the gateway that it could "
					"refuse: leave out \"refused\"",
					w->text);
		return;
	}
	unknown_statement(p, w->text);
}

static void begin_scenario(struct parser *p)
{
	struct scenario_file *f = p->file;
	struct scenario *s = arena_alloc(p->arena, sizeof(*s));
	const char *name = parser_take(p, "the scenario's name");

	if (p->scenario == &f->common)
		p->n_common = p->n_symbols;
	p->n_symbols = p->n_common;
	s->name = name;
	s->line = p->line;
	s->last = &s->first;
	for (const struct scenario *other = f->scenarios; other; other = other->next) {
		if (strcmp(other->name, name) == 0)
			parser_complain(p,
					"scenario \"%s\" stands in line %u already: choose "
					"another name",
					name, other->line);
	}
	parser_end(p);
	*f->last = s;
	f->last = &s->next;
	f->n_scenarios++;
	p->scenario = s;
}

static void parse_line(struct parser *p, const char *line, size_t len)
{
	struct statement *s;

	p->failed = false;
	if (!parser_split(p, line, len) || p->n_words == 0)
		return;
	if (parser_accept(p, "scenario")) {
		begin_scenario(p);
		return;
	}
	s = arena_alloc(p->arena, sizeof(*s));
	s->line = p->line;
	while (len && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	s->text = arena_text(p->arena, line, len);
	parse_statement(p, s);
	*p->scenario->last = s;
	p->scenario->last = &s->next;
}

bool scenario_parse(const char *text, size_t len, struct scenario_file *f)
{
	struct parser *p;
	size_t at = 0;

	*f = (struct scenario_file){ 0 };
	f->last = &f->scenarios;
	f->last_complaint = &f->complaints;
	f->common.name = "";
	f->common.last = &f->common.first;
	p = arena_alloc(&f->arena, sizeof(*p));
	p->file = f;
	p->arena = &f->arena;
	p->scenario = &f->common;
	while (at < len) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - text) - at : len - at;

		p->line++;
		parse_line(p, text + at, n);
		at += n + 1;
	}
	if (f->n_scenarios == 0) {
		p->failed = false;
		parser_complain(p, "no scenario: begin one with: scenario \"what it shows\"");
	}
	return f->n_complaints == 0;
}

void scenario_free(struct scenario_file *f)
{
	arena_free(&f->arena);
}
