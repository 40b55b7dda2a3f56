/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How commands and functions ended, against what was expected. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player.h"
#include "rig/scsi/name.h"
#include "rig/scsi/sense_data.h"

/* ---- In words --------------------------------------------------------------------------- */

static const char *residual_text(uint8_t kind, uint32_t bytes, char out[NAME_TEXT])
{
	if (kind == SLUICE_RESIDUAL_NONE)
		snprintf(out, NAME_TEXT, "no residual");
	else
		snprintf(out, NAME_TEXT, "residual %s of %u bytes",
			 kind == SLUICE_RESIDUAL_UNDER ? "underflow" : "overflow", bytes);
	return out;
}

const char *player_end_text(const struct player_task *t, char out[PLAYER_TEXT])
{
	const struct sluice_rig_result *r = &t->result;
	char name[NAME_TEXT], residual[NAME_TEXT], sense[SENSE_TEXT];

	if (t->refused)
		snprintf(out, PLAYER_TEXT, "refused: %s", t->why);
	else if (t->is_function)
		snprintf(out, PLAYER_TEXT, "%s, information %02x%02x%02x",
			 name_text(function_response_names, t->function.response, "response", name),
			 t->function.information[0], t->function.information[1],
			 t->function.information[2]);
	else if (r->aborted)
		snprintf(out, PLAYER_TEXT, "silence: it was aborted");
	else
		snprintf(out, PLAYER_TEXT, "%s%s%s, %u bytes of data, %s",
			 name_text(status_names, r->status, "status", name),
			 r->sense_len ? ", " : "",
			 r->sense_len ? sense_data_text(r->sense, r->sense_len, sense) : "",
			 r->data_len, residual_text(r->residual_kind, r->residual, residual));
	return out;
}

/* ---- Sense data ------------------------------------------------------------------------------ */

static bool field_agrees(const struct end_spec *e, const struct sense_data *s)
{
	if (e->no_field)
		return !s->has_field;
	return s->has_field && s->field_in_cdb == e->field_in_cdb &&
	       s->field_byte == e->field_byte && (e->field_bit < 0 || s->field_bit == e->field_bit);
}

static const char *sense_fault(const struct end_spec *e, const struct sluice_rig_result *r)
{
	struct sense_data s;

	sense_data_parse(r->sense, r->sense_len, &s);
	if ((e->checks & (CHECK_KEY | CHECK_CODE | CHECK_FORMAT)) && !s.valid)
		return "no valid sense data came";
	if ((e->checks & CHECK_KEY) && s.key != e->key)
		return "another sense key came";
	if ((e->checks & CHECK_CODE) && (s.asc << 8 | s.ascq) != e->code)
		return "another additional sense code came";
	if ((e->checks & CHECK_FORMAT) && s.descriptor != e->descriptor)
		return "sense data of another format came";
	if ((e->checks & CHECK_FIELD) && !field_agrees(e, &s))
		return "another field pointer came";
	if ((e->checks & CHECK_SENSE_LEN) && r->sense_len != e->sense_len)
		return "sense data of another length came";
	return NULL;
}

/* ---- Data -------------------------------------------------------------------------------------- */

static void compare_data(struct player *p, const struct end_spec *e, const struct player_task *t)
{
	uint32_t came = t->result.data_len;
	uint32_t len = e->data.len && e->data.kind != DATA_FILE ? e->data.len :
		       came > e->data_at			? came - (uint32_t)e->data_at :
								  0;
	uint8_t *expected;

	if (len == 0 || e->data_at + len > came) {
		player_fail(p, "expected %u bytes of data at %llu, came %u bytes", len ? len : 1,
			    (unsigned long long)e->data_at, came);
		return;
	}
	expected = malloc(len);
	if (!expected)
		abort();
	if (e->data.kind == DATA_FILE && player_file_data(p, e->data.path, expected, len))
		player_fail(p, "%s", p->why);
	else if (e->data.kind != DATA_FILE)
		value_fill(&e->data, e->data_from, expected, len);
	if (!p->failed && memcmp(expected, t->data + e->data_at, len) != 0) {
		player_fail(p, "other data came");
		difference_print(stdout, expected, t->data + e->data_at, len, e->data_at);
	}
	free(expected);
}

/* ---- The whole ------------------------------------------------------------------------------------ */

static const char *time_fault(const struct end_spec *e, const struct player_task *t)
{
	uint64_t took = t->ended_ns - t->sent_ns;

	if ((e->checks & CHECK_WITHIN) && took > e->within_ns)
		return "it took longer";
	if ((e->checks & CHECK_AFTER) && took < e->after_ns)
		return "it ended earlier";
	return NULL;
}

static const char *command_fault(const struct end_spec *e, const struct player_task *t)
{
	const struct sluice_rig_result *r = &t->result;

	if (e->checks & (CHECK_RESPONSE | CHECK_INFORMATION))
		return "that is a task management function's, and this is a command";
	if ((e->checks & CHECK_SILENCE) && !r->aborted)
		return "a status came";
	if ((e->checks & ~(uint32_t)(CHECK_SILENCE | CHECK_WITHIN | CHECK_AFTER)) && r->aborted)
		return "no status came";
	if ((e->checks & CHECK_STATUS) && r->status != e->status)
		return "another status came";
	if ((e->checks & CHECK_RESIDUAL) &&
	    (r->residual_kind != e->residual_kind || r->residual != e->residual))
		return "another residual came";
	if ((e->checks & CHECK_LENGTH) && r->data_len != e->length)
		return "data of another length came";
	return sense_fault(e, r);
}

static const char *function_fault(const struct end_spec *e, const struct player_task *t)
{
	if (e->checks &
	    ~(uint32_t)(CHECK_RESPONSE | CHECK_INFORMATION | CHECK_WITHIN | CHECK_AFTER))
		return "that is a command's, and this is a task management function";
	if ((e->checks & CHECK_RESPONSE) && t->function.response != e->response)
		return "another response came";
	if ((e->checks & CHECK_INFORMATION) &&
	    memcmp(t->function.information, e->information, sizeof(e->information)) != 0)
		return "other additional response information came";
	return NULL;
}

static void judge(struct player *p, const struct end_spec *e, const struct player_task *t)
{
	char text[PLAYER_TEXT];
	const char *fault = t->refused	   ? "the gateway refused it" :
			    t->is_function ? function_fault(e, t) :
					     command_fault(e, t);

	if (!fault)
		fault = time_fault(e, t);
	if (fault) {
		player_fail(p, "%s", fault);
		printf("    came: %s, after %.1f ms\n", player_end_text(t, text),
		       (double)(t->ended_ns - t->sent_ns) / 1e6);
	} else if (t->overwritten) {
		player_fail(p, "the gateway moved more bytes than it reports: %u",
			    t->result.data_len);
	} else if (e->checks & CHECK_DATA) {
		compare_data(p, e, t);
	}
	if (p->failed && e->each)
		printf("    it was number %u of those\n", t->index);
}

void player_expect_end(struct player *p, const struct statement *s)
{
	const struct end_spec *e = &s->end;
	struct player_task *t = e->name ? player_need_task(p, e->name) : p->last;

	if (!t) {
		if (!p->failed)
			player_fail(p, "nothing has been sent yet");
		return;
	}
	for (uint32_t i = 1; t && !p->failed; i++) {
		if (!player_await(p, t))
			return;
		p->last = t;
		judge(p, e, t);
		t = e->each ? player_find_task(p, e->name, i) : NULL;
	}
}

static void print_order(struct player *p, const char **names)
{
	fputs("    they ended:", stdout);
	for (uint32_t i = 0; names[i]; i++) {
		const struct player_task *t = player_find_task(p, names[i], 0);

		printf(" %s as number %u%s", names[i], t->order, names[i + 1] ? "," : "\n");
	}
}

void player_expect_order(struct player *p, const struct statement *s)
{
	const char **names = s->names.list;
	struct player_task *before = NULL;

	for (uint32_t i = 0; names[i] && !p->failed; i++) {
		struct player_task *t = player_need_task(p, names[i]);

		if (t)
			player_await(p, t);
	}
	for (uint32_t i = 0; names[i] && !p->failed; i++) {
		struct player_task *t = player_find_task(p, names[i], 0);

		if (before && (int32_t)(t->order - before->order) <= 0) {
			player_fail(p, "%s ended before %s", t->name, before->name);
			print_order(p, names);
		}
		before = t;
	}
}

static bool any_ended(struct player *p, void *arg)
{
	const char **names = arg;

	for (uint32_t i = 0; names[i]; i++) {
		if (player_find_task(p, names[i], 0)->ended)
			return true;
	}
	return false;
}

void player_expect_pending(struct player *p, const struct statement *s)
{
	char text[PLAYER_TEXT];

	for (uint32_t i = 0; s->names.list[i]; i++) {
		if (!player_need_task(p, s->names.list[i]))
			return;
	}
	if (!player_wait(p, any_ended, s->names.list, s->names.ns))
		return;
	for (uint32_t i = 0; s->names.list[i]; i++) {
		const struct player_task *t = player_find_task(p, s->names.list[i], 0);

		if (t->ended)
			player_fail(p, "%s has ended: %s", t->name, player_end_text(t, text));
	}
}
