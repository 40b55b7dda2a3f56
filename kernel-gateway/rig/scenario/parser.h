/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The inside of the parser: a line's words, the names that are known, complaints. */
#ifndef SLUICE_RIG_SCENARIO_PARSER_H
#define SLUICE_RIG_SCENARIO_PARSER_H

#include "rig/scsi/name.h"
#include "scenario.h"

#define PARSER_WORDS   64
#define PARSER_SYMBOLS 512

/* "word", "key=value", "\"quoted words\""; a colon behind it ends the first part of a statement. */
struct word {
	const char *text;		/* without quotes and the colon */
	const char *key, *value;	/* of key=value; else NULL */
	bool quoted;
	bool colon;
};

enum symbol_kind {
	SYMBOL_HANDLER = 1 << 0,
	SYMBOL_REAL    = 1 << 1,	/* a handler that takes no script */
	SYMBOL_DEVICE  = 1 << 2,
	SYMBOL_TARGET  = 1 << 3,
	SYMBOL_GROUP   = 1 << 4,
	SYMBOL_NEXUS   = 1 << 5,
	SYMBOL_COMMAND = 1 << 6,	/* sent in the background: "as w1" */
};

struct symbol {
	const char *name;
	uint32_t kind;
};

struct parser {
	struct scenario_file *file;
	struct arena *arena;
	struct scenario *scenario;	/* the one that gets the statements */
	uint32_t line;
	bool failed;			/* this line has a complaint: one is enough */
	struct word words[PARSER_WORDS];
	uint32_t n_words, at;
	struct symbol symbols[PARSER_SYMBOLS];
	uint32_t n_symbols, n_common;
};

/* Splits a line (without its end) into p->words. False: complained. */
bool parser_split(struct parser *p, const char *line, size_t len);
void parser_complain(struct parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The next word, or NULL at the end. */
struct word *parser_peek(struct parser *p);
struct word *parser_next(struct parser *p);
/* The next word is just `text`: takes it. */
bool parser_accept(struct parser *p, const char *text);
/* The next plain word; complains that `what` is missing. */
const char *parser_take(struct parser *p, const char *what);
/* The next word, if it is an option (key=value); ends at a word that is none. */
struct word *parser_option(struct parser *p);
/* What is left is too much. */
void parser_end(struct parser *p);

/* Values of options; each complains and returns 0 if it is none, or out of bounds. */
uint64_t parser_number(struct parser *p, const struct word *w, uint64_t min, uint64_t max);
uint64_t parser_duration(struct parser *p, const struct word *w);
uint32_t parser_name(struct parser *p, const char *what, const char *text, const struct name *table);
void parser_data(struct parser *p, const struct word *w, struct data_spec *out);
void parser_unknown_option(struct parser *p, const struct word *w, const char *known);

/* A new name; complains if it has been given to something else. */
const char *parser_declare(struct parser *p, const char *name, uint32_t kind);
/* `kinds`: what it may be. Complains if it is unknown; its kind, or 0. */
uint32_t parser_use(struct parser *p, const char *name, uint32_t kinds, const char *what);
uint32_t parser_kind(const struct parser *p, const char *name);

/* Each parses what follows the statement's first word or words into `s`. */
void parse_handler(struct parser *p, struct statement *s);
void parse_device(struct parser *p, struct statement *s);
void parse_remove(struct parser *p, struct statement *s);
void parse_target(struct parser *p, struct statement *s);
void parse_group(struct parser *p, struct statement *s);
void parse_map(struct parser *p, struct statement *s);
void parse_unmap(struct parser *p, struct statement *s);
void parse_access(struct parser *p, struct statement *s);
void parse_nexus(struct parser *p, struct statement *s);
void parse_nexus_verb(struct parser *p, struct statement *s);
void parse_ready(struct parser *p, struct statement *s);
void parse_time(struct parser *p, struct statement *s);
void parse_duration(struct parser *p, struct statement *s);
void parse_process(struct parser *p, struct statement *s);
void parse_script_reset(struct parser *p, struct statement *s);
void parse_when(struct parser *p, struct statement *s);
/* "NAME:" or "NAME/LUN:" came. */
void parse_addressed(struct parser *p, struct statement *s, const char *address);
void parse_order(struct parser *p, struct statement *s, const char *handler);
void parse_wait(struct parser *p, struct statement *s);
void parse_expect(struct parser *p, struct statement *s);

/* "read10", "any", "opcode=0x28"; then "lba=8". False: complained. */
bool parse_match_command(struct parser *p, struct script_match *m, const struct cdb_command **command);
/* True: the option was a field of that command. */
bool parse_match_field(struct parser *p, struct script_match *m, const struct cdb_command *command,
		       const struct word *w);
bool parse_lun(const char *text, uint8_t out[8]);

#endif /* SLUICE_RIG_SCENARIO_PARSER_H */
