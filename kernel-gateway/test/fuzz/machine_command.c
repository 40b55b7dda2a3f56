/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Commands: those that the core itself knows something of, and those it only orders and hands over. */
#include "core/byte_order.h"
#include "opcode.h"
#include "core/reservation_out.h"
#include "core/transport_id.h"
#include "machine.h"

/* How a CDB begins; `action`: its service action, where it has one. */
static const struct {
	uint8_t opcode, action;
} cdbs[] = {
	{ 0x00, 0 },	{ 0x12, 0 },	{ 0x28, 0 },	{ 0x2a, 0 },	{ 0xa0, 0 },	{ 0x03, 0 },
	{ 0x8a, 0 },	{ 0x88, 0 },	{ 0x7f, 0 },	{ 0x5e, 0 },	{ 0x5e, 1 },	{ 0x5e, 2 },
	{ 0x5e, 3 },	{ 0x5e, 9 },	{ 0x16, 0 },	{ 0x17, 0 },	{ 0x56, 0 },	{ 0x57, 0 },
	{ 0xa3, 0x0a }, { 0xa3, 0x2a }, { 0xa3, 0x0c }, { 0xa3, 0x0d }, { 0xa4, 0x0a }, { 0x1a, 0 },
	{ 0x5a, 0 },	{ 0x15, 0 },	{ 0x55, 0 },	{ 0x1b, 0 },	{ 0x35, 0 },	{ 0x04, 0 },
	{ 0x0a, 0 },	{ 0x08, 0 },
};

struct sl_nexus *machine_nexus(uint32_t i)
{
	struct rw_nexus *n = &rw.nexuses[i % RW_NEXUSES];

	return n->closing ? NULL : n->core;
}

/* SAM-6 4.7: peripheral device, flat space, extended flat space; anything. */
void machine_lun(uint8_t lun[8], struct input *in)
{
	uint8_t form = input_u8(in);

	memset(lun, 0, 8);
	switch (form >> 5) {
	case 5:
		lun[0] = 0x40;
		lun[1] = form % RW_LUNS;
		break;
	case 6:
		lun[0] = form & 8 ? 0xc1 : 0xd2;
		lun[form & 8 ? 1 : 3] = form & 7;
		break;
	case 7:
		input_bytes(in, lun, 8);
		break;
	default:
		lun[1] = form % RW_LUNS;
	}
}

/* The byte with NACA (SAM-6 5.2). */
static uint8_t *control(struct sl_cmd *cmd)
{
	static const uint8_t lengths[8] = { 6, 10, 10, 2, 16, 12, 6, 6 };

	return &cmd->cdb[lengths[cmd->cdb[0] >> 5] - 1];
}

/* A task of this nexus, with its address and its attribute; NULL: there can be none now. */
static struct rw_task *arrive(struct input *in)
{
	uint8_t how = input_u8(in);
	struct sl_nexus *n = machine_nexus(how);
	struct rw_task *t = n ? rw_task_new() : NULL;

	if (!t)
		return NULL;
	t->nexus = how % RW_NEXUSES;
	t->cmd.nexus = n;
	t->cmd.attribute = (uint8_t)(1 + (how >> 2) % 4);
	t->cmd.cdb_len = how & 0x80 ? 16 : 32;
	machine_lun(t->cmd.lun, in);
	t->lun = t->cmd.lun[1];
	return t;
}

void machine_submit(struct input *in)
{
	uint8_t which = input_u8(in), shape = input_u8(in);
	struct rw_task *t = arrive(in);

	if (!t)
		return;
	which %= sizeof(cdbs) / sizeof(cdbs[0]);
	if (shape & 1)
		input_bytes(in, t->cmd.cdb + 2, 8);
	t->cmd.cdb[0] = cdbs[which].opcode;
	t->cmd.cdb[1] = shape & 2 ? input_u8(in) : cdbs[which].action;
	/* An allocation length that is there, wherever the command has it. */
	if (!(shape & 1)) {
		t->cmd.cdb[4] = 0x80;
		t->cmd.cdb[8] = t->cmd.cdb[9] = shape & 4 ? 0 : 0xfc;
	}
	if (shape & 8)
		*control(&t->cmd) |= 0x04;
	else
		*control(&t->cmd) &= (uint8_t)~0x04;
	t->cmd.direction = (uint8_t)((shape >> 4) % 3);
	if (t->cmd.direction != SLUICE_DIR_NONE)
		t->cmd.expected_len = shape & 0x40 ? (input_u8(in) + 1U) << 16 : input_u8(in) * 5U;
	if (t->cmd.cdb[0] == 0xa4 && t->cmd.direction == SLUICE_DIR_OUT) {
		/* SPC-5 6.45: a header of four bytes, then state and group. */
		t->list_len = t->cmd.expected_len = 8U + (shape & 4);
		input_bytes(in, t->list + 4, t->list_len - 4);
		sl_put_be32(t->cmd.cdb + 6, t->list_len);
	}
	assert(sl_cmd_submit(&t->cmd, rw.now_ns) == 0);
}

/* ---- PERSISTENT RESERVE OUT ---------------------------------------------------------- */

static const char *some_port(uint8_t which)
{
	static const char *const ports[] = { RW_FIRST_PORT, RW_SECOND_PORT,
					     "iqn.2026-11.io.sluice:a", "iqn.nobody,i,0xa" };

	return ports[which % 4];
}

/* Keys are few, so that they meet. */
static void put_keys(uint8_t *list, uint8_t keys)
{
	sl_put_be64(list, keys & 3);
	sl_put_be64(list + SL_LIST_ACTION_KEY, keys >> 2 & 3);
}

static uint32_t put_list(uint8_t list[RW_LIST], uint8_t action, struct input *in)
{
	uint8_t keys = input_u8(in), flags = input_u8(in), port = flags >> 5;
	uint32_t bytes;

	put_keys(list, keys);
	if (action == SL_OUT_REGISTER_AND_MOVE) {
		list[SL_LIST_MOVE_FLAGS] = flags & (SL_UNREG | SL_APTPL);
		list[SL_LIST_MOVE_PORT + 1] = (uint8_t)(1 + (keys >> 6));
		bytes = sl_transport_id_build(some_port(port), list + SL_LIST_BYTES);
		sl_put_be32(list + SL_LIST_MOVE_ID_LENGTH, bytes);
		return SL_LIST_BYTES + bytes;
	}
	list[SL_LIST_FLAGS] = flags & (SL_SPEC_I_PT | SL_ALL_TG_PT | SL_APTPL);
	if (!(flags & SL_SPEC_I_PT))
		return SL_LIST_BYTES;
	bytes = sl_transport_id_build(some_port(port), list + SL_LIST_IDS);
	sl_put_be32(list + SL_LIST_ID_LENGTH, bytes);
	return SL_LIST_IDS + bytes;
}

void machine_reserve(struct input *in)
{
	uint8_t action = input_u8(in), type = input_u8(in);
	struct rw_task *t = arrive(in);

	if (!t)
		return;
	t->list_len = put_list(t->list, action & 0x1f, in);
	/* Bit 7: bytes that are wrong, somewhere. */
	if (action & 0x80)
		input_bytes(in, t->list + type % (RW_LIST - 8), 1 + (type >> 5));
	t->cmd.cdb[0] = SL_OP_PERSISTENT_RESERVE_OUT;
	t->cmd.cdb[1] = action & 0x1f;
	t->cmd.cdb[2] = type;
	sl_put_be32(t->cmd.cdb + 5, t->list_len - (action & 0x40 ? 1 + (type & 0x1f) : 0));
	t->cmd.direction = SLUICE_DIR_OUT;
	t->cmd.expected_len = t->list_len - (action & 0x20 ? type & 0x1f : 0);
	assert(sl_cmd_submit(&t->cmd, rw.now_ns) == 0);
}
