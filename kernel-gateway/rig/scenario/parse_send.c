/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* "a/0: read10 lba=0 blocks=8 as r1": commands and task management functions. */
#include <stdio.h>
#include <string.h>

#include "parser.h"
#include "rig/scsi/hex.h"
#include "rig/scsi/name.h"

#define MAX_TIMES 4096u

/* SAM-6 4.7: peripheral addressing up to 255, flat space addressing above. */
bool parse_lun(const char *text, uint8_t out[8])
{
	uint64_t lun;

	memset(out, 0, 8);
	if (!value_number(text, &lun) || lun > SLUICE_LUN_MAX)
		return false;
	if (lun > 255)
		out[0] = (uint8_t)(0x40 | lun >> 8);
	out[1] = (uint8_t)lun;
	return true;
}

static void parse_address(struct parser *p, const char *text, struct address *out)
{
	const char *slash = strchr(text, '/');

	out->nexus = slash ? arena_text(p->arena, text, (size_t)(slash - text)) : text;
	if (slash && !parse_lun(slash + 1, out->lun))
		parser_complain(p, "LUN \"%s\": give 0 to %u", slash + 1, SLUICE_LUN_MAX);
	parser_use(p, out->nexus, SYMBOL_NEXUS, "nexus");
}

void parse_ready(struct parser *p, struct statement *s)
{
	s->ready = (struct address){ 0 };
	parse_address(p, parser_take(p, "the nexus's name"), &s->ready);
}

static void list_fields(const struct cdb_command *c, char out[256])
{
	size_t at = 0;

	for (int i = 0; i < CDB_FIELDS && c->fields[i].name; i++)
		at += (size_t)snprintf(out + at, 256 - at, "%s, ", c->fields[i].name);
	snprintf(out + at, 256 - at, "control");
}

/* ---- Matches: what a handler gets, or saw ------------------------------------------- */

bool parse_match_command(struct parser *p, struct script_match *m,
			 const struct cdb_command **command)
{
	struct word *w = parser_next(p);

	*m = (struct script_match){ .opcode = -1 };
	*command = NULL;
	if (!w) {
		parser_complain(p, "a command is missing: give its name, any, or opcode=0x28");
		return false;
	}
	if (w->key && strcmp(w->key, "opcode") == 0) {
		m->opcode = (int32_t)parser_number(p, w, 0, 255);
		return !p->failed;
	}
	if (strcmp(w->text, "any") == 0)
		return true;
	*command = cdb_command_find(w->text);
	if (!*command) {
		parser_complain(p,
				"command \"%s\" is unknown: see sluice-rig commands, or write "
				"opcode=0x28",
				w->text);
		return false;
	}
	m->opcode = (*command)->opcode;
	if ((*command)->service_action >= 0) {
		const struct cdb_field action = { NULL, 1, 0, 5 };

		script_match_add(m, &action, (uint64_t)(*command)->service_action);
	}
	return true;
}

bool parse_match_field(struct parser *p, struct script_match *m, const struct cdb_command *command,
		       const struct word *w)
{
	struct cdb_field field;

	if (!command || !cdb_field_find(command, w->key, &field))
		return false;
	if (!script_match_add(m, &field, parser_number(p, w, 0, UINT64_MAX)))
		parser_complain(p, "more than %d fields to match: leave some out", SCRIPT_FIELDS);
	return true;
}

/* ---- Commands ------------------------------------------------------------------------ */

/* What is known before the data is: `blocks` of so many bytes. */
struct sending {
	struct send_spec *send;
	const struct cdb_command *command;
	uint32_t block_bytes;
	int direction; /* said, or -1 */
	bool has_length;
	uint64_t length; /* value of the length field */
};

static bool send_option(struct parser *p, struct sending *g, const struct word *w)
{
	struct send_spec *s = g->send;

	if (strcmp(w->key, "data") == 0) {
		parser_data(p, w, &s->data);
	} else if (strcmp(w->key, "in") == 0) {
		g->direction = SLUICE_DIR_IN;
		s->length = (uint32_t)parser_number(p, w, 0, VALUE_DATA_MAX * 2);
	} else if (strcmp(w->key, "expected") == 0) {
		s->has_expected = true;
		s->expected = (uint32_t)parser_number(p, w, 0, UINT32_MAX);
	} else if (strcmp(w->key, "attribute") == 0) {
		s->attribute = (uint8_t)parser_name(p, "attribute", w->value, attribute_names);
	} else if (strcmp(w->key, "times") == 0) {
		s->times = (uint32_t)parser_number(p, w, 1, MAX_TIMES);
	} else if (strcmp(w->key, "block") == 0) {
		g->block_bytes = (uint32_t)parser_number(p, w, 1, 65536);
	} else if (strcmp(w->key, "lun-bytes") == 0) {
		if (hex_parse(w->value, s->to.lun, 8) != 8)
			parser_complain(p, "lun-bytes=%s: give 8 bytes as 16 hex digits", w->value);
	} else if (strcmp(w->key, "direction") == 0) {
		g->direction = strcmp(w->value, "in") == 0   ? SLUICE_DIR_IN :
			       strcmp(w->value, "out") == 0  ? SLUICE_DIR_OUT :
			       strcmp(w->value, "none") == 0 ? SLUICE_DIR_NONE :
							       -1;
		if (g->direction < 0)
			parser_complain(p, "direction=%s: choose in, out or none", w->value);
	} else {
		return false;
	}
	return true;
}

static void command_field(struct parser *p, struct sending *g, const struct word *w)
{
	struct cdb_field field;
	char fields[256];
	uint64_t value;

	if (!g->command || !cdb_field_find(g->command, w->key, &field)) {
		if (g->command)
			list_fields(g->command, fields);
		parser_complain(p,
				"\"%s\" is unknown here: choose %s%sdata, expected, attribute, "
				"times, block, direction, in, lun-bytes",
				w->key, g->command ? fields : "", g->command ? ", " : "");
		return;
	}
	value = parser_number(p, w, 0, UINT64_MAX);
	if (!cdb_field_set(g->send->cdb, &field, value)) {
		parser_complain(p, "%s=%s: the field has %u bits", w->key, w->value, field.bits);
	} else if (g->command->length_field && strcmp(g->command->length_field, w->key) == 0) {
		g->has_length = true;
		g->length = value;
	}
}

/* Sets the length field if nothing was said of it, and what it means for the data. */
static void settle_length(struct parser *p, struct sending *g)
{
	const struct cdb_command *c = g->command;
	struct send_spec *s = g->send;
	struct cdb_field field;
	uint64_t bytes;

	if (!g->has_length) {
		g->length = c->length == CDB_PARAMETERS ? s->data.len : c->length_default;
		if (c->length_field && cdb_field_find(c, c->length_field, &field) &&
		    !cdb_field_set(s->cdb, &field, g->length))
			parser_complain(p, "%llu bytes do not fit the field \"%s\" of %s",
					(unsigned long long)g->length, field.name, c->name);
	}
	bytes = g->length;
	if (c->length == CDB_BLOCKS_IN || c->length == CDB_BLOCKS_OUT) {
		/* SBC-4 5.13: 0 stands for 256 in the six-byte commands */
		if (c->cdb_len == 6 && g->length == 0)
			g->length = 256;
		bytes = g->length * g->block_bytes;
		if (g->length && bytes / g->length != g->block_bytes)
			bytes = UINT64_MAX;
	}
	s->length = bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
	s->direction = c->length == CDB_ALLOCATION || c->length == CDB_BLOCKS_IN ? SLUICE_DIR_IN :
		       c->length == CDB_NO_DATA && s->data.kind == DATA_NONE	 ? SLUICE_DIR_NONE :
										   SLUICE_DIR_OUT;
	if (c->length == CDB_BLOCKS_OUT && s->length && s->data.kind == DATA_NONE &&
	    g->direction < 0)
		parser_complain(p, "%s needs data: add data=..., " VALUE_DATA_HELP, c->name);
}

static void settle(struct parser *p, struct sending *g)
{
	struct send_spec *s = g->send;

	if (g->command)
		settle_length(p, g);
	else
		s->direction = s->data.kind != DATA_NONE ? SLUICE_DIR_OUT : SLUICE_DIR_NONE;
	if (g->direction >= 0)
		s->direction = (uint8_t)g->direction;
	if (s->data.kind != DATA_NONE && s->direction != SLUICE_DIR_OUT)
		parser_complain(p, "data= goes with Data-Out, and this command has %s",
				s->direction == SLUICE_DIR_IN ? "Data-In" : "no data");
	if (!s->has_expected && s->direction == SLUICE_DIR_OUT)
		s->expected = s->data.len ? s->data.len : s->length;
	else if (!s->has_expected)
		s->expected = s->direction == SLUICE_DIR_IN ? s->length : 0;
	if (s->direction != SLUICE_DIR_NONE && s->expected > VALUE_DATA_MAX * 2 && !s->has_expected)
		parser_complain(p,
				"%u bytes of data: say what the initiator expects with "
				"expected=",
				s->length);
}

/* cdb 12 00 00 00 24 00 */
static void parse_raw(struct parser *p, struct send_spec *s)
{
	struct word *w;

	while ((w = parser_peek(p)) && !w->key && strcmp(w->text, "as") != 0) {
		int n = hex_parse(w->text, s->cdb + s->cdb_len, SLUICE_CDB_MAX - s->cdb_len);

		if (n < 1) {
			parser_complain(p, "cdb %s: give 1 to %u bytes as hex digits", w->text,
					SLUICE_CDB_MAX);
			return;
		}
		s->cdb_len = (uint16_t)(s->cdb_len + n);
		p->at++;
	}
	if (s->cdb_len == 0)
		parser_complain(p, "cdb: give 1 to %u bytes as hex digits", SLUICE_CDB_MAX);
}

static const char *parse_as(struct parser *p)
{
	if (!parser_accept(p, "as"))
		return NULL;
	return parser_declare(p, parser_take(p, "the name behind \"as\""), SYMBOL_COMMAND);
}

static void parse_send(struct parser *p, struct statement *s, const char *command)
{
	struct sending g = { .send = &s->send, .block_bytes = 512, .direction = -1 };
	struct word *w;

	s->kind = STATEMENT_SEND;
	s->send.attribute = SLUICE_ATTR_SIMPLE;
	s->send.times = 1;
	if (strcmp(command, "cdb") == 0) {
		parse_raw(p, &s->send);
	} else {
		g.command = cdb_command_find(command);
		if (!g.command) {
			parser_complain(p,
					"\"%s\" is no command and no task management function: "
					"see sluice-rig commands, or write cdb and its bytes",
					command);
			return;
		}
		s->send.cdb_len = g.command->cdb_len;
		s->send.cdb[0] = g.command->opcode;
		if (g.command->opcode == 0x7f)
			s->send.cdb[7] = (uint8_t)(g.command->cdb_len - 8);
		if (g.command->service_action >= 0)
			s->send.cdb[1] = (uint8_t)g.command->service_action;
	}
	while ((w = parser_option(p))) {
		if (!send_option(p, &g, w))
			command_field(p, &g, w);
	}
	s->send.name = parse_as(p);
	if (s->send.times > 1 && !s->send.name)
		parser_complain(p, "times=%u needs a name: add \"as NAME\"", s->send.times);
	if (!p->failed)
		settle(p, &g);
}

/* ---- Task management ------------------------------------------------------------------ */

static void parse_function(struct parser *p, struct statement *s, uint32_t function)
{
	struct function_spec *f = &s->function;
	struct word *w;

	s->kind = STATEMENT_FUNCTION;
	f->function = function;
	if (function == SLUICE_TMF_ABORT_TASK || function == SLUICE_TMF_QUERY_TASK) {
		w = parser_next(p);
		if (w && w->key && strcmp(w->key, "tag") == 0) {
			f->task_tag = parser_number(p, w, 0, UINT64_MAX);
		} else if (w && !w->key) {
			f->task = w->text;
			parser_use(p, w->text, SYMBOL_COMMAND, "command");
		} else {
			parser_complain(p, "the command is missing: give the name that it was sent "
					   "as, or tag=NUMBER");
		}
	}
	while ((w = parser_option(p))) {
		if (strcmp(w->key, "lun-bytes") != 0)
			parser_unknown_option(p, w, "lun-bytes");
		else if (hex_parse(w->value, f->to.lun, 8) != 8)
			parser_complain(p, "lun-bytes=%s: give 8 bytes as 16 hex digits", w->value);
	}
	f->name = parse_as(p);
}

void parse_addressed(struct parser *p, struct statement *s, const char *text)
{
	const struct name *function;
	struct address to = { 0 };
	const char *what;

	if (parser_kind(p, text) & (SYMBOL_HANDLER | SYMBOL_REAL)) {
		parse_order(p, s, text);
		return;
	}
	parse_address(p, text, &to);
	what = parser_take(p, "a command or a task management function");
	function = name_find(function_names, what);
	if (p->failed)
		return;
	if (function) {
		s->function = (struct function_spec){ .to = to };
		parse_function(p, s, function->value);
	} else {
		s->send = (struct send_spec){ .to = to };
		parse_send(p, s, what);
	}
}
