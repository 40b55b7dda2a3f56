/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "reservation_fixture.h"

#include <stdio.h>
#include <string.h>

#include "opcode.h"
#include "core/transport_id.h"

struct rf_list rf_list;

void rf_basic(u64 key, u64 action_key, u8 flags)
{
	memset(&rf_list, 0, sizeof(rf_list));
	rf_list.len = SL_LIST_BYTES;
	sl_put_be64(rf_list.data, key);
	sl_put_be64(rf_list.data + SL_LIST_ACTION_KEY, action_key);
	rf_list.data[SL_LIST_FLAGS] = flags;
	if (flags & SL_SPEC_I_PT)
		rf_list.len = SL_LIST_IDS;
}

void rf_transport_id(const char *initiator_port)
{
	u8 id[SL_TRANSPORT_ID_MAX];
	u32 bytes = sl_transport_id_build(initiator_port, id);
	u32 at = rf_list.len >= SL_LIST_IDS ? SL_LIST_ID_LENGTH : SL_LIST_MOVE_ID_LENGTH;

	memcpy(rf_list.data + rf_list.len, id, bytes);
	rf_list.len += bytes;
	sl_put_be32(rf_list.data + at, sl_get_be32(rf_list.data + at) + bytes);
}

void rf_move(u64 key, u64 action_key, u8 flags, u16 relative_port, const char *initiator_port)
{
	rf_basic(key, action_key, 0);
	rf_list.data[SL_LIST_MOVE_FLAGS] = flags;
	sl_put_be16(rf_list.data + SL_LIST_MOVE_PORT, relative_port);
	rf_transport_id(initiator_port);
}

static void data_out(struct sl_cmd *cmd)
{
	memcpy(cmd->data, rf_list.data, sl_min(cmd->buf_len, rf_list.len));
	sl_cmd_data_out_done(cmd, cmd->buf_len, fx->now_ns);
}

void rf_send(struct fx_cmd *c, struct sl_nexus *n, u8 action, u8 type)
{
	fx_init(c, n, SL_OP_PERSISTENT_RESERVE_OUT, SLUICE_DIR_OUT, rf_list.len);
	c->cmd.cdb[1] = action;
	c->cmd.cdb[2] = type;
	sl_put_be32(c->cmd.cdb + 5, rf_list.len);
	fx->data_out = data_out;
	fx_submit(c);
	fx->data_out = NULL;
}

u8 rf_out(struct sl_nexus *n, u8 action, u8 type, u64 key, u64 action_key, u8 flags)
{
	struct fx_cmd c;

	rf_basic(key, action_key, flags);
	rf_send(&c, n, action, type);
	assert_int_equal(c.responses, 1);
	return c.cmd.status;
}

void rf_register(struct sl_nexus *n, u64 key)
{
	assert_int_equal(rf_out(n, SL_OUT_REGISTER_AND_IGNORE, 0, 0, key, 0), RF_GOOD);
}

void rf_reserve(struct sl_nexus *n, u64 key, u8 type)
{
	assert_int_equal(rf_out(n, SL_OUT_RESERVE, type, key, 0, 0), RF_GOOD);
}

u32 rf_in(struct sl_nexus *n, u8 action, u8 *data, u32 allocation)
{
	struct fx_cmd c;
	bool auto_release = fx->auto_release;
	u32 bytes;

	fx_init(&c, n, SL_OP_PERSISTENT_RESERVE_IN, SLUICE_DIR_IN, allocation);
	c.cmd.cdb[1] = action;
	sl_put_be16(c.cmd.cdb + 7, (u16)allocation);
	fx->auto_release = false;
	fx_submit(&c);
	fx->auto_release = auto_release;
	assert_int_equal(c.responses, 1);
	assert_int_equal(c.cmd.status, RF_GOOD);
	bytes = c.cmd.data_len;
	memset(data, 0, allocation);
	memcpy(data, c.cmd.data, bytes);
	fx_release(&c);
	return bytes;
}

u8 rf_type(struct sl_nexus *n)
{
	u8 d[24];

	return rf_in(n, 0x01, d, sizeof(d)) == 24 ? d[21] : 0;
}

u64 rf_holder_key(struct sl_nexus *n)
{
	u8 d[24];

	assert_int_equal(rf_in(n, 0x01, d, sizeof(d)), 24);
	return sl_get_be64(d + 8);
}

u32 rf_keys(struct sl_nexus *n, u64 *keys, u32 max)
{
	static u8 d[16384];
	u32 count;

	rf_in(n, 0x00, d, sizeof(d));
	count = sl_get_be32(d + 4) / 8;
	for (u32 i = 0; i < count && i < max; i++)
		keys[i] = sl_get_be64(d + 8 + 8 * i);
	return count;
}

u32 rf_generation(struct sl_nexus *n)
{
	u8 d[8];

	rf_in(n, 0x00, d, sizeof(d));
	return sl_get_be32(d);
}

void rf_assert_illegal(const struct fx_cmd *c, u16 asc, s32 at)
{
	fx_assert_sense(c, 5, asc);
	if (at < 0)
		return;
	assert_int_equal(c->cmd.sense[15] & 0xc0, asc == 0x2400 ? 0xc0 : 0x80);
	assert_int_equal(sl_get_be16(c->cmd.sense + 16), at);
}

u16 rf_attention(struct sl_nexus *n)
{
	struct fx_cmd c;
	const struct sluice_desc *d;

	fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	d = fx_take(0);
	if (d)
		fx_good(0, d, 0);
	assert_int_equal(c.responses, 1);
	if (c.cmd.status != 0x02 || c.cmd.sense[2] != 6)
		return 0;
	return (u16)(c.cmd.sense[12] << 8 | c.cmd.sense[13]);
}

u8 rf_try(struct sl_nexus *n, u8 opcode)
{
	struct fx_cmd c;
	const struct sluice_desc *d;

	fx_init(&c, n, opcode, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	d = fx_take(0);
	if (d)
		fx_good(0, d, 0);
	assert_int_equal(c.responses, 1);
	return c.cmd.status;
}
