/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * RESERVATION_RESTORE: a handler gives back what it had stored of a device's
 * reservations, in chunks that follow each other. One record at a time is on its way.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "control/text.h"
#include "host/handler_session.h"
#include "host/log.h"

struct restore {
	char name[SLUICE_NAME_LEN];
	uint32_t total, got;
	uint8_t record[];
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

static void complete(struct client *c, const struct sluice_msg *m, const struct restore *r)
{
	struct sluice_reservation_restored restored = { 0 };
	const char *why = NULL;
	int err =
		sl_device_restore(c->session->core, r->name, r->record, r->total, &restored, &why);

	if (err) {
		client_fail(c, m, err, "RESERVATION_RESTORE: device \"%s\": %s", r->name,
			    why ? why : strerror(-err));
		return;
	}
	if (restored.outcome == SLUICE_RESERVATION_LOST) {
		strncpy(restored.why, why, sizeof(restored.why) - 1);
		log_error(
			"session",
			"%s: the reservations of device \"%s\" are lost, for %s; until an initiator "
			"replaces them (PERSISTENT RESERVE OUT, REPLACE LOST RESERVATION) its "
			"commands end DATA PROTECT",
			c->session->name, r->name, why);
	} else if (restored.outcome == SLUICE_RESERVATION_RESTORED && restored.registrations) {
		log_info("session", "%s: device \"%s\" has %u registrations again",
			 c->session->name, r->name, restored.registrations);
	}
	client_reply(c, m, &restored, sizeof(restored));
}

void restore_run(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_reservation_restored more = { .outcome = SLUICE_RESERVATION_MORE };
	const struct sluice_reservation_restore *chunk = body;
	const char *fault;
	char why[256];

	if (!c->session) {
		client_fail(c, m, -EPROTO,
			    "no session on this connection: send SESSION_OPEN first");
		return;
	}
	if (TEXT_CHECK(chunk, name, TEXT_REQUIRED, why) || RESERVED_CHECK(chunk, reserved, why)) {
		client_fail(c, m, -EINVAL, "RESERVATION_RESTORE: %s", why);
		return;
	}
	fault = misplaced(c->restore, chunk);
	if (fault) {
		client_fail(c, m, -EINVAL, "RESERVATION_RESTORE: total %u, offset %u, len %u: %s",
			    chunk->total, chunk->offset, chunk->len, fault);
		return;
	}
	if (chunk->offset == 0) {
		free(c->restore);
		c->restore = calloc(1, sizeof(*c->restore) + chunk->total);
		if (!c->restore) {
			client_fail(c, m, -ENOMEM, "RESERVATION_RESTORE: no memory for %u bytes",
				    chunk->total);
			return;
		}
		memcpy(c->restore->name, chunk->name, sizeof(c->restore->name));
		c->restore->total = chunk->total;
	}
	memcpy(c->restore->record + chunk->offset, chunk->data, chunk->len);
	c->restore->got = chunk->offset + chunk->len;
	if (c->restore->got < c->restore->total) {
		client_reply(c, m, &more, sizeof(more));
		return;
	}
	complete(c, m, c->restore);
	free(c->restore);
	c->restore = NULL;
}
