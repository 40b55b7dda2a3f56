/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The rig's scenario files: any bytes are parsed, or complained of by line; what is
 * accepted can be played without another look at its bounds. The same text means the
 * same, however often it is read.
 */
#include <assert.h>
#include <stdlib.h>

#include "input.h"
#include "rig/scenario/scenario.h"

/* Bytes of a pattern or of literal data: as many as are asked for, wherever they begin. */
static void check_data(const struct data_spec *d)
{
	uint8_t bytes[96];

	assert(d->kind <= DATA_FILE && d->len <= VALUE_DATA_MAX);
	assert(d->kind != DATA_BYTES || d->bytes || !d->len);
	assert(d->kind != DATA_FILE || d->path[0]);
	if (d->kind != DATA_FILE)
		value_fill(d, d->len ? d->len - 1 : 0, bytes, sizeof(bytes));
}

static void check_match(const struct script_match *m)
{
	const uint8_t cdb[SLUICE_CDB_MAX] = { 0x28 };

	assert(m->opcode >= -1 && m->opcode <= 0xff && m->n_fields <= SCRIPT_FIELDS);
	/* A CDB may be shorter than what is looked for in it. */
	for (uint32_t len = 1; len <= 32; len++)
		script_matches(m, cdb, len);
	script_matches(m, cdb, sizeof(cdb));
}

static void check_action(const struct script_action *a)
{
	assert(a->reply <= SCRIPT_HOLD && a->sense_bytes <= SLUICE_SENSE_MAX &&
	       a->data_bytes <= SCRIPT_DATA);
	assert(!(a->set & SCRIPT_SET_SENSE) || a->sense_bytes);
}

static void check_send(const struct send_spec *s)
{
	assert(s->to.nexus && s->cdb_len >= 1 && s->cdb_len <= SLUICE_CDB_MAX);
	assert(s->attribute >= SLUICE_ATTR_SIMPLE && s->attribute <= SLUICE_ATTR_ACA);
	assert(s->direction <= SLUICE_DIR_IN && s->times >= 1);
	check_data(&s->data);
}

static void check_saw(const struct saw_spec *s)
{
	assert(s->handler && s->sights);
	for (const struct sight *at = s->sights; at; at = at->next)
		check_match(&at->match);
}

static void check_statement(const struct statement *s)
{
	assert(s->kind <= STATEMENT_EXPECT_INFO && s->text);
	assert(!s->refusal || s->refused);
	switch (s->kind) {
	case STATEMENT_HANDLER:
		assert(s->name && (s->handler.config || (s->handler.queues && s->handler.depth)));
		break;
	case STATEMENT_DEVICE:
		assert(s->name && s->device.handler);
		break;
	case STATEMENT_MAP:
	case STATEMENT_UNMAP:
		assert(s->kind == STATEMENT_UNMAP || s->lun.device);
		break;
	case STATEMENT_SEND:
		check_send(&s->send);
		break;
	case STATEMENT_FUNCTION:
		assert(s->function.to.nexus && s->function.function >= SLUICE_TMF_ABORT_TASK);
		break;
	case STATEMENT_WHEN:
		assert(s->when.handler);
		check_match(&s->when.rule.match);
		check_action(&s->when.rule.action);
		break;
	case STATEMENT_ORDER:
		assert(s->order.handler);
		check_action(&s->order.action);
		break;
	case STATEMENT_PROCESS:
		assert(s->name && s->verb <= PROCESS_END);
		break;
	case STATEMENT_EXPECT_END:
		check_data(&s->end.data);
		break;
	case STATEMENT_EXPECT_ORDER:
	case STATEMENT_EXPECT_PENDING:
		assert(s->names.list);
		break;
	case STATEMENT_EXPECT_SAW:
		check_saw(&s->saw);
		break;
	case STATEMENT_EXPECT_HEARD:
		assert(s->heard.handler);
		break;
	case STATEMENT_EXPECT_INFO:
		assert(s->info.subject <= INFO_NEXUS && s->info.fields);
		break;
	}
}

/* In the order of their lines; returns how many. */
static uint32_t check_scenario(const struct scenario *s, bool good, uint32_t lines)
{
	uint32_t line = s->line, n = 0;

	for (const struct statement *at = s->first; at; at = at->next, n++) {
		assert(at->line > line && at->line <= lines);
		line = at->line;
		if (good)
			check_statement(at);
	}
	return n;
}

static uint32_t check_file(const struct scenario_file *f, bool good, uint32_t lines)
{
	uint32_t n = check_scenario(&f->common, good, lines), complaints = 0, scenarios = 0;

	for (const struct scenario *s = f->scenarios; s; s = s->next, scenarios++) {
		assert(s->name && s->line >= 1 && s->line <= lines);
		n += check_scenario(s, good, lines);
	}
	for (const struct complaint *c = f->complaints; c; c = c->next, complaints++)
		assert(c->text[0] && c->line <= lines); /* 0: of an empty file */
	assert(scenarios == f->n_scenarios && complaints == f->n_complaints);
	assert(good == (complaints == 0));
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scenario_file file, again;
	uint32_t lines = 1;
	bool good;
	char *text;

	/* Exactly as large as it is, so that the sanitizer sees one byte too many. */
	text = malloc(size ? size : 1);
	assert(text);
	if (size)
		memcpy(text, data, size);
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	good = scenario_parse(text, size, &file);
	assert(scenario_parse(text, size, &again) == good);
	free(text);
	assert(check_file(&file, good, lines) == check_file(&again, good, lines));
	scenario_free(&file);
	scenario_free(&again);
	return 0;
}
