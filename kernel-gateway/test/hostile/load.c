/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What every load does and checks: a rig's connection with commands in flight. */
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "hostile.h"
#include "load.h"

#define CANARY 0xc5

void load_fail(struct load *l, const char *format, ...)
{
	va_list args;

	if (l->failure[0])
		return;
	va_start(args, format);
	vsnprintf(l->failure, sizeof(l->failure), format, args);
	va_end(args);
}

void load_open(struct load *l)
{
	char why[CONNECTION_WHY];

	if (rig_client_open(&l->rig, l->socket, "load", (uint64_t)LOAD_SLOTS * LOAD_SLOT_BYTES,
			    why) ||
	    rig_client_nexus(&l->rig, l->initiator, l->target, &l->nexus, why))
		load_fail(l, "%s", why);
}

void load_close(struct load *l)
{
	rig_client_close(&l->rig);
}

uint8_t *load_data(struct load *l, const struct load_slot *s)
{
	return l->rig.data + (s - l->slots) * LOAD_SLOT_BYTES;
}

void load_send(struct load *l, struct load_slot *s, struct sluice_rig_command *c)
{
	s->live = true;
	s->sent_ns = hostile_clock();
	s->len = c->expected_len;
	s->direction = c->direction;
	c->nexus = l->nexus;
	c->task_tag = s->id;
	c->data_off = (uint64_t)(s - l->slots) * LOAD_SLOT_BYTES;
	c->data_len = c->direction == SLUICE_DIR_NONE ? 0 : c->expected_len;
	if (c->direction == SLUICE_DIR_IN)
		memset(load_data(l, s), CANARY, LOAD_SLOT_BYTES);
	l->live++;
	if (connection_send(&l->rig.link, SLUICE_OP_RIG_COMMAND, c, sizeof(*c), NULL))
		load_fail(l, "the gateway's connection is gone");
}

/* SAM-6 5.4.3, and nothing behind what is said to have come. */
static void check_data(struct load *l, const struct load_slot *s, const struct sluice_rig_result *r)
{
	const uint8_t *data = load_data(l, s);
	uint32_t len = s->direction == SLUICE_DIR_NONE ? 0 : s->len;

	if (r->residual_kind > SLUICE_RESIDUAL_OVER ||
	    (r->residual_kind == SLUICE_RESIDUAL_NONE) != (r->residual == 0) ||
	    (r->residual_kind == SLUICE_RESIDUAL_UNDER && r->residual > s->len))
		load_fail(l, "command %u of %u bytes: residual %u of kind %u", s->id, s->len,
			  r->residual, r->residual_kind);
	if (r->data_len > len || (s->direction != SLUICE_DIR_IN && r->data_len))
		load_fail(l, "command %u of %u bytes, direction %u: %u bytes came", s->id, s->len,
			  s->direction, r->data_len);
	if (s->direction == SLUICE_DIR_IN && !r->aborted &&
	    r->residual_kind == SLUICE_RESIDUAL_UNDER && r->data_len > s->len - r->residual)
		load_fail(l, "command %u of %u bytes: residual %u, and %u bytes came", s->id,
			  s->len, r->residual, r->data_len);
	for (uint32_t i = r->data_len; s->direction == SLUICE_DIR_IN && i < LOAD_SLOT_BYTES; i++) {
		if (data[i] == CANARY)
			continue;
		load_fail(l, "command %u: %u bytes came, and byte %u was written", s->id,
			  r->data_len, i);
		return;
	}
}

static void check_sense(struct load *l, const struct load_slot *s,
			const struct sluice_rig_result *r)
{
	uint8_t code = r->sense[0] & 0x7f;

	if (r->status & 1 || r->sense_len > SLUICE_SENSE_MAX || r->aborted > 1)
		load_fail(l, "command %u: status %02x, %u bytes of sense data, aborted %u", s->id,
			  r->status, r->sense_len, r->aborted);
	if (r->status == 0x02 && (r->sense_len < 8 || code < 0x70 || code > 0x73))
		load_fail(l, "command %u: CHECK CONDITION, sense data %02x, %u bytes", s->id,
			  r->sense[0], r->sense_len);
}

static struct load_slot *find(struct load *l, const struct sluice_rig_result *r)
{
	for (uint32_t i = 0; i < LOAD_SLOTS; i++) {
		if (l->slots[i].live && l->slots[i].id == r->task_tag)
			return &l->slots[i];
	}
	load_fail(l, "a result for task %llu, which ended before or never was",
		  (unsigned long long)r->task_tag);
	return NULL;
}

static void check_bounds(struct load *l)
{
	uint64_t now = hostile_clock();

	for (uint32_t i = 0; i < LOAD_SLOTS; i++) {
		if (l->slots[i].live && now - l->slots[i].sent_ns > l->bound_ns)
			load_fail(l, "command %u has waited for more than %llu ms", l->slots[i].id,
				  (unsigned long long)l->bound_ns / 1000000);
	}
}

static struct load_slot *ended(struct load *l, const struct sluice_rig_result *r)
{
	struct load_slot *s = find(l, r);
	uint64_t took;

	if (!s)
		return NULL;
	took = hostile_clock() - s->sent_ns;
	if (took > l->longest_ns)
		l->longest_ns = took;
	check_data(l, s, r);
	check_sense(l, s, r);
	s->live = false;
	l->live--;
	l->commands++;
	return s;
}

struct load_slot *load_receive(struct load *l, struct sluice_rig_result *result)
{
	struct pollfd p = { .fd = l->rig.link.fd, .events = POLLIN };
	struct message m;

	check_bounds(l);
	if (l->failure[0] || poll(&p, 1, 10) <= 0)
		return NULL;
	if (connection_receive(&l->rig.link, &m)) {
		load_fail(l, "the gateway's connection is gone");
		return NULL;
	}
	if (m.head.status) {
		load_fail(l, "operation %u: status %d: %.*s", m.head.op, m.head.status,
			  (int)m.body_len, (const char *)m.body);
		return NULL;
	}
	if (m.head.op == SLUICE_OP_RIG_COMMAND) {
		memcpy(result, m.body, sizeof(*result));
		return ended(l, result);
	}
	if (m.head.op == SLUICE_OP_RIG_TMF) {
		l->functions--;
		l->ends[END_FUNCTION]++;
		return NULL;
	}
	l->reply = m;
	l->replied = true;
	return NULL;
}
