/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * RESERVATION_RESTORE: a handler gives back what it had stored of a device's
 * reservations, in chunks that follow each other. One record at a time is on its way.
 */
#include "operation.h"
#include "text.h"

struct restore {
	char name[SLUICE_NAME_LEN];
	u32 total, got;
	u8 record[];
};

/* NULL: the chunk follows what came before it. */
static const char *misplaced(const struct restore *r, const struct sluice_reservation_restore *m)
{
	if (m->total == 0 || m->total > SLUICE_RESERVATION_MAX)
		return "total is 0 or above SLUICE_RESERVATION_MAX (1 MiB)";
	if (m->len == 0 || m->len > SLUICE_RESERVATION_CHUNK || m->len > m->total)
		return "len is 0, above SLUICE_RESERVATION_CHUNK (768) or above total";
	if (m->offset == 0)
		return NULL;
	if (!r || strcmp(r->name, m->name) != 0 || r->total != m->total)
		return "it goes on with a record that was not begun: begin at offset 0";
	if (m->offset != r->got || m->len > m->total - m->offset)
		return "it does not follow the bytes before it";
	return NULL;
}

static void finish(struct client *c, const struct sluice_msg *m, const struct restore *r)
{
	struct sluice_reservation_restored restored = { 0 };
	const char *why = NULL;
	int err =
		sl_device_restore(client_session(c), r->name, r->record, r->total, &restored, &why);

	if (err) {
		client_fail(c, m, err, "RESERVATION_RESTORE: device \"%s\": %s", r->name,
			    why ? why : "refused");
		return;
	}
	if (restored.outcome == SLUICE_RESERVATION_LOST) {
		snprintf(restored.why, sizeof(restored.why), "%s", why);
		client_log(c, true,
			   "the reservations of device \"%s\" are lost, for %s; until an initiator "
			   "replaces them (PERSISTENT RESERVE OUT, REPLACE LOST RESERVATION) its "
			   "commands end DATA PROTECT",
			   r->name, why);
	} else if (restored.outcome == SLUICE_RESERVATION_RESTORED && restored.registrations) {
		client_log(c, false, "device \"%s\" has %u registrations again", r->name,
			   restored.registrations);
	}
	client_reply(c, m, &restored, sizeof(restored));
}

/* A record's first chunk takes the place of one that was not completed. */
static int begin(struct restore **at, const struct sluice_reservation_restore *chunk)
{
	struct restore *r = sl_alloc(sizeof(*r) + chunk->total);

	if (!r)
		return -ENOMEM;
	memcpy(r->name, chunk->name, sizeof(r->name));
	r->total = chunk->total;
	sl_free(*at);
	*at = r;
	return 0;
}

static bool good_chunk(struct client *c, const struct sluice_msg *m,
		       const struct sluice_reservation_restore *chunk)
{
	const char *fault;
	char why[256];

	if (TEXT_CHECK(chunk, name, TEXT_REQUIRED, why) || RESERVED_CHECK(chunk, reserved, why)) {
		client_fail(c, m, -EINVAL, "RESERVATION_RESTORE: %s", why);
		return false;
	}
	fault = misplaced(*client_restore(c), chunk);
	if (!fault)
		return true;
	client_fail(c, m, -EINVAL, "RESERVATION_RESTORE: total %u, offset %u, len %u: %s",
		    chunk->total, chunk->offset, chunk->len, fault);
	return false;
}

void restore_run(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_reservation_restored more = { .outcome = SLUICE_RESERVATION_MORE };
	const struct sluice_reservation_restore *chunk = body;
	struct restore **at = client_restore(c);

	if (!client_session(c)) {
		client_fail(c, m, -EPROTO,
			    "no session on this connection: send SESSION_OPEN first");
		return;
	}
	if (!good_chunk(c, m, chunk))
		return;
	if (chunk->offset == 0 && begin(at, chunk)) {
		client_fail(c, m, -ENOMEM, "RESERVATION_RESTORE: no memory for %u bytes",
			    chunk->total);
		return;
	}
	memcpy((*at)->record + chunk->offset, chunk->data, chunk->len);
	(*at)->got = chunk->offset + chunk->len;
	if ((*at)->got < (*at)->total) {
		client_reply(c, m, &more, sizeof(more));
		return;
	}
	finish(c, m, *at);
	sl_free(*at);
	*at = NULL;
}
