/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Each slot has blocks of its own: it writes them with bytes that its version decides,
 * reads them back, and compares every one. There is no excuse: any status but GOOD
 * after the first Unit Attentions fails the load.
 */
#include <stdbool.h>
#include <string.h>

#include "hostile.h"
#include "load.h"

#define BLOCK 512u

static void fill(uint8_t *at, const struct load_slot *s)
{
	struct random r = { (uint64_t)s->lba << 32 | s->version };

	random_bytes(&r, at, s->len);
}

static void send_next(struct load *l, struct load_slot *s)
{
	struct sluice_rig_command c = { .attribute = SLUICE_ATTR_SIMPLE, .cdb_len = 10 };
	uint32_t index = (uint32_t)(s - l->slots), blocks;

	if (s->written) {
		c.cdb[0] = 0x28;
		c.direction = SLUICE_DIR_IN;
	} else {
		s->lba = l->first_block + index * (LOAD_SLOT_BYTES / BLOCK) +
			 random_below(&l->random, 64);
		s->len = BLOCK * (1 + random_below(&l->random, 64));
		s->version++;
		c.cdb[0] = 0x2a;
		c.direction = SLUICE_DIR_OUT;
		fill(load_data(l, s), s);
	}
	blocks = s->len / BLOCK;
	s->id = l->next_id++;
	c.cdb[4] = (uint8_t)(s->lba >> 8);
	c.cdb[5] = (uint8_t)s->lba;
	c.cdb[7] = (uint8_t)(blocks >> 8);
	c.cdb[8] = (uint8_t)blocks;
	c.expected_len = s->len;
	rig_client_lun(c.lun, l->lun);
	load_send(l, s, &c);
}

static void compare(struct load *l, const struct load_slot *s)
{
	static _Thread_local uint8_t expected[LOAD_SLOT_BYTES];

	fill(expected, s);
	for (uint32_t i = 0; i < s->len; i++) {
		if (load_data(l, s)[i] == expected[i])
			continue;
		load_fail(l, "block %u, version %u: byte %u is %02x and was written as %02x",
			  s->lba, s->version, i, load_data(l, s)[i], expected[i]);
		return;
	}
}

static void judge(struct load *l, struct load_slot *s, const struct sluice_rig_result *r)
{
	/* Until it has spoken once, a new nexus has Unit Attentions (SPC-5 5.14). */
	bool fresh = l->ends[END_GOOD] == 0;

	if (r->status == 0x02 && (r->sense[2] & 0xf) == 0x6 && fresh) {
		l->ends[END_UNIT_ATTENTION]++;
		return;
	}
	if (r->status || r->aborted || r->residual ||
	    (s->direction == SLUICE_DIR_IN && r->data_len != s->len)) {
		load_fail(l,
			  "command %u of %u bytes: status %02x, sense %x/%02x/%02x, aborted %u, "
			  "residual %u, %u bytes came",
			  s->id, s->len, r->status, r->sense[2] & 0xf, r->sense[12], r->sense[13],
			  r->aborted, r->residual, r->data_len);
		return;
	}
	l->ends[END_GOOD]++;
	if (s->direction == SLUICE_DIR_IN)
		compare(l, s);
	s->written = s->direction == SLUICE_DIR_OUT;
}

void *verified_load(void *arg)
{
	struct sluice_rig_result result;
	struct load *l = arg;

	load_open(l);
	while (!l->failure[0] && (!l->stop || l->live)) {
		uint32_t depth = l->ends[END_GOOD] ? LOAD_SLOTS : 1;
		struct load_slot *s;

		for (uint32_t i = 0; i < depth && !l->stop; i++) {
			if (!l->slots[i].live)
				send_next(l, &l->slots[i]);
		}
		s = load_receive(l, &result);
		if (s)
			judge(l, s, &result);
	}
	load_close(l);
	return NULL;
}
