/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "nexus.h"
#include "sense.h"

static u8 build_descriptor(u8 *out, u8 key, u16 asc, u16 field, u8 bit)
{
	memset(out, 0, 16);
	out[0] = 0x72;
	out[1] = key;
	out[2] = (u8)(asc >> 8);
	out[3] = (u8)asc;
	if (field == SL_NO_FIELD)
		return 8;
	/* Sense key specific descriptor, SPC-5 4.4.2.4 */
	out[7] = 8;
	out[8] = 0x02;
	out[9] = 0x06;
	out[12] = (u8)(0xc8 | bit); /* SKSV, C/D, BPV */
	out[13] = (u8)(field >> 8);
	out[14] = (u8)field;
	return 16;
}

u8 sl_sense_build(u8 *out, bool descriptor, u8 key, u16 asc, u16 field, u8 bit)
{
	if (descriptor)
		return build_descriptor(out, key, asc, field, bit);
	memset(out, 0, 18);
	out[0] = 0x70;
	out[2] = key;
	out[7] = 10;
	out[12] = (u8)(asc >> 8);
	out[13] = (u8)asc;
	if (field != SL_NO_FIELD) {
		out[15] = (u8)(0xc8 | bit);
		out[16] = (u8)(field >> 8);
		out[17] = (u8)field;
	}
	return 18;
}

static void check(struct sl_cmd *cmd, u8 key, u16 asc, u16 field, u8 bit)
{
	const struct sl_itl *itl = cmd->core.itl;
	bool descriptor = itl &&
			  (sl_load_relaxed(&itl->dev->control_mode) & SLUICE_CONTROL_MODE_D_SENSE);

	sl_status_only(cmd, SL_STATUS_CHECK_CONDITION);
	cmd->sense_len = sl_sense_build(cmd->sense, descriptor, key, asc, field, bit);
}

void sl_sense_check(struct sl_cmd *cmd, u8 key, u16 asc)
{
	check(cmd, key, asc, SL_NO_FIELD, 0);
}

void sl_sense_invalid_field(struct sl_cmd *cmd, u16 byte, u8 bit)
{
	check(cmd, SL_KEY_ILLEGAL_REQUEST, SL_ASC_INVALID_FIELD_IN_CDB, byte, bit);
}

void sl_sense_invalid_parameter(struct sl_cmd *cmd, u16 byte, u8 bit)
{
	/* C/D zero: the pointer is into the parameters, not the CDB (SPC-5 4.4.2.4.2). */
	check(cmd, SL_KEY_ILLEGAL_REQUEST, SL_ASC_INVALID_FIELD_IN_PARAMETERS, byte, bit);
	cmd->sense[cmd->sense[0] == 0x72 ? 12 : 15] &= (u8)~0x40;
}

void sl_status_only(struct sl_cmd *cmd, u8 status)
{
	cmd->status = status;
	cmd->sense_len = 0;
	cmd->data_len = 0;
	sl_residual(cmd, 0);
}

void sl_residual(struct sl_cmd *cmd, u32 moved)
{
	if (moved == cmd->expected_len) {
		cmd->residual_kind = SLUICE_RESIDUAL_NONE;
		cmd->residual = 0;
	} else if (moved < cmd->expected_len) {
		cmd->residual_kind = SLUICE_RESIDUAL_UNDER;
		cmd->residual = cmd->expected_len - moved;
	} else {
		cmd->residual_kind = SLUICE_RESIDUAL_OVER;
		cmd->residual = moved - cmd->expected_len;
	}
}
