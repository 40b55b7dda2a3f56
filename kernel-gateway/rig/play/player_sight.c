/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What handlers saw, and what the gateway says of itself. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "player.h"
#include "rig/scsi/hex.h"
#include "rig/scsi/name.h"

#define SHOWN 24u /* of the newest that a handler saw */

/* ---- Sightings ------------------------------------------------------------------------------ */

static const struct stage_sighting *sighting_at(const struct stage *g, uint32_t i)
{
	return i < STAGE_SIGHTINGS && g->sightings[i].filled ? &g->sightings[i] : NULL;
}

static uint32_t n_sightings(const struct stage *g)
{
	return g->n_sightings < STAGE_SIGHTINGS ? g->n_sightings : STAGE_SIGHTINGS;
}

static void print_sighting(const struct stage_sighting *s)
{
	const struct cdb_command *c = cdb_command_of(s->cdb);
	char name[NAME_TEXT];

	if (s->is_event) {
		printf("      event %s\n",
		       s->type == SLUICE_EVENT_TASK_MANAGEMENT ?
			       name_text(function_names, s->function, "function", name) :
			       name_text(event_names, s->type, "event", name));
		return;
	}
	printf("      %-16s", c ? c->name : "command");
	for (int i = 0; i < s->cdb_len && i < 16; i++)
		printf(" %02x", s->cdb[i]);
	printf("  device %d, sequence %llu, nexus %u%s, process %u\n", s->device,
	       (unsigned long long)s->sequence, s->nexus,
	       s->flags & SLUICE_DESC_REDELIVERED ? ", redelivered" : "", s->process);
}

static void print_sightings(const struct stage *g)
{
	uint32_t n = n_sightings(g);

	printf("    it saw%s\n", n ? ", the newest last:" : " nothing");
	for (uint32_t i = n > SHOWN ? n - SHOWN : 0; i < n; i++) {
		const struct stage_sighting *s = sighting_at(g, i);

		if (s)
			print_sighting(s);
	}
}

static bool of_device(struct player *p, const char *name, const struct stage_sighting *s)
{
	return !name || s->device == player_find_device(p, name)->place;
}

static bool is_sight(struct player *p, const struct sight *w, const struct stage_sighting *s)
{
	bool redelivered = s->flags & SLUICE_DESC_REDELIVERED;

	return !s->is_event && of_device(p, w->device, s) &&
	       script_matches(&w->match, s->cdb, s->cdb_len < STAGE_CDB ? s->cdb_len : STAGE_CDB) &&
	       (w->redelivered < 0 || w->redelivered == redelivered) &&
	       (!w->sequence || w->sequence == s->sequence) &&
	       (!w->attribute || w->attribute == s->attribute);
}

/* An exact count is of all that the gateway has given it by now, not of what it has come to. */
static void settle(struct player *p, const char *handler, int64_t count)
{
	struct handler_process *h = &player_find_handler(p, handler)->process;
	char why[CONNECTION_WHY];

	if (count < 0 || h->stopped || handler_process_ended(h))
		return;
	h->stage->mail = STAGE_MAIL_SEEN;
	handler_process_ask(h, p->options->patience_ns, why);
}

/* ---- Saw ------------------------------------------------------------------------------------- */

static int64_t count_sights(struct player *p, const struct saw_spec *w, const struct stage *g)
{
	uint32_t n = n_sightings(g);
	int64_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct stage_sighting *s = sighting_at(g, i);

		count += s && is_sight(p, w->sights, s);
	}
	return count;
}

/* One after the other, others between them allowed; the first that did not come, or NULL. */
static const struct sight *missing_sight(struct player *p, const struct saw_spec *w,
					 const struct stage *g)
{
	const struct sight *wanted = w->sights;
	uint32_t n = n_sightings(g);

	for (uint32_t i = 0; wanted && i < n; i++) {
		const struct stage_sighting *s = sighting_at(g, i);

		if (s && is_sight(p, wanted, s))
			wanted = wanted->next;
	}
	return wanted;
}

static bool has_seen(struct player *p, void *arg)
{
	const struct saw_spec *w = arg;
	const struct stage *g = player_find_handler(p, w->handler)->process.stage;

	if (w->count >= 0)
		return count_sights(p, w, g) >= w->count;
	return !missing_sight(p, w, g);
}

void player_expect_saw(struct player *p, const struct statement *s)
{
	const struct saw_spec *w = &s->saw;
	const struct stage *g = player_find_handler(p, w->handler)->process.stage;
	bool seen;

	settle(p, w->handler, w->count);
	seen = player_wait(p, has_seen, (void *)w, p->options->patience_ns);

	if (p->failed || (seen && (w->count < 0 || count_sights(p, w, g) == w->count)))
		return;
	if (w->count >= 0)
		player_fail(p, "it saw such a command %lld times",
			    (long long)count_sights(p, w, g));
	else
		player_fail(p, w->sights->next ? "it did not see these in this order" :
						 "it saw no such command");
	print_sightings(g);
}

/* ---- Heard ------------------------------------------------------------------------------------- */

static int64_t count_events(struct player *p, const struct heard_spec *w, const struct stage *g)
{
	uint32_t n = n_sightings(g);
	int64_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct stage_sighting *s = sighting_at(g, i);

		count += s && s->is_event && s->type == w->type &&
			 (!w->function || s->function == w->function) && of_device(p, w->device, s);
	}
	return count;
}

static bool has_heard(struct player *p, void *arg)
{
	const struct heard_spec *w = arg;
	const struct stage *g = player_find_handler(p, w->handler)->process.stage;
	int64_t count = count_events(p, w, g);

	return w->count >= 0 ? count >= w->count : count > 0;
}

void player_expect_heard(struct player *p, const struct statement *s)
{
	const struct heard_spec *w = &s->heard;
	const struct stage *g = player_find_handler(p, w->handler)->process.stage;
	bool heard;

	settle(p, w->handler, w->count);
	heard = player_wait(p, has_heard, (void *)w, p->options->patience_ns);

	if (p->failed || (heard && (w->count < 0 || count_events(p, w, g) == w->count)))
		return;
	player_fail(p, "it heard of that %lld times", (long long)count_events(p, w, g));
	print_sightings(g);
}

/* ---- Info ---------------------------------------------------------------------------------------- */

union info {
	struct sluice_gateway_info gateway;
	struct sluice_device_info device;
	struct sluice_nexus_info nexus;
	struct live_counts live;
	uint8_t bytes[1];
};

struct wanted_info {
	const struct info_spec *spec;
	union info info;
	int err;
};

static uint64_t field_value(const void *structure, const struct info_name *f)
{
	uint64_t value = 0;

	memcpy(&value, (const uint8_t *)structure + f->offset, f->bytes);
	return value;
}

static uint64_t value_of(struct player *p, const struct wanted_info *w, const struct info_name *f)
{
	uint64_t value = field_value(&w->info, f);

	/* In a gateway that others used before, too, ours is what was added. */
	return w->spec->subject == INFO_GATEWAY ? value - field_value(&p->before, f) : value;
}

static bool is_it(struct player *p, const struct wanted_info *w)
{
	char name[SLUICE_NAME_LEN];

	if (w->spec->subject == INFO_DEVICE)
		return strcmp(w->info.device.name, player_device_name(p, w->spec->name, name)) == 0;
	return w->info.nexus.nexus == player_find_nexus(p, w->spec->name)->id;
}

/* Goes through the dump of live commands, page by page. */
static int count_live(struct player *p, uint32_t nexus, struct live_counts *counts)
{
	struct sluice_command_page page = { 0 };

	memset(counts, 0, sizeof(*counts));
	do {
		struct sluice_command_cursor from = page.next;
		int err = player_control(p, SLUICE_OP_COMMAND_INFO, &from, sizeof(from), &page,
					 sizeof(page));

		if (err)
			return err;
		for (uint32_t i = 0; i < page.count && i < SLUICE_COMMAND_PAGE; i++) {
			const struct sluice_command_info *c = &page.commands[i];

			if (c->nexus != nexus)
				continue;
			counts->commands++;
			counts->aborted += !!(c->flags & SLUICE_COMMAND_ABORTED);
			if (c->wait <= SLUICE_WAIT_NEXT)
				counts->waits[c->wait]++;
		}
	} while (!page.last);
	return 0;
}

static int look_up(struct player *p, struct wanted_info *w)
{
	bool device = w->spec->subject == INFO_DEVICE;
	struct sluice_cursor cursor = { 0 };
	int err;

	if (w->spec->subject == INFO_GATEWAY)
		return player_control(p, SLUICE_OP_GATEWAY_INFO, NULL, 0, &w->info.gateway,
				      sizeof(w->info.gateway));
	if (w->spec->subject == INFO_LIVE)
		return count_live(p, player_find_nexus(p, w->spec->name)->id, &w->info.live);
	do {
		err = player_control(p, device ? SLUICE_OP_DEVICE_INFO : SLUICE_OP_NEXUS_INFO,
				     &cursor, sizeof(cursor), &w->info,
				     device ? sizeof(w->info.device) : sizeof(w->info.nexus));
		cursor.index++;
	} while (!err && !is_it(p, w));
	return err;
}

static bool agrees(struct player *p, void *arg)
{
	struct wanted_info *w = arg;
	const struct info_name *rows = info_fields[w->spec->subject];

	w->err = look_up(p, w);
	for (const struct info_field *f = w->spec->fields; f && !w->err; f = f->next) {
		if (value_of(p, w, &rows[f->field]) != f->value)
			return false;
	}
	return !w->err;
}

static void print_info(struct player *p, const struct wanted_info *w)
{
	fputs("    came:", stdout);
	for (const struct info_name *f = info_fields[w->spec->subject]; f->word; f++) {
		uint64_t value = value_of(p, w, f);
		const struct name *state = strcmp(f->word, "state") == 0 ?
						   name_of(device_state_names, (uint32_t)value) :
						   NULL;

		if (state)
			printf(" %s=%s", f->word, state->word);
		else
			printf(" %s=%llu", f->word, (unsigned long long)value);
	}
	fputc('\n', stdout);
}

void player_expect_info(struct player *p, const struct statement *s)
{
	struct wanted_info w = { .spec = &s->info };

	if (player_wait(p, agrees, &w, p->options->patience_ns) || p->failed)
		return;
	if (w.err == -ENOENT) {
		player_fail(p, "the gateway knows no such %s",
			    s->info.subject == INFO_DEVICE ? "device" : "nexus");
	} else if (w.err) {
		player_fail(p, "%s", p->why);
	} else {
		player_fail(p, "it has other values");
		print_info(p, &w);
	}
}
