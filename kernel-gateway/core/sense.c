/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "sense.h"

#include "nexus.h"
#include "sense_format.h"

/* Sense key specific field pointer (SPC-5 4.4.2.4.2): SKSV and BPV, with C/D for the CDB. */
#define SL_POINTER_IN_CDB	 0xc8
#define SL_POINTER_IN_PARAMETERS 0x88

static struct sl_sense_data make(u8 key, u16 asc, u8 pointer, u16 field, u8 bit)
{
	struct sl_sense_data s = { .key = key, .asc = asc };

	if (field != SL_NO_FIELD) {
		s.specific[0] = pointer | bit;
		s.specific[1] = (u8)(field >> 8);
		s.specific[2] = (u8)field;
	}
	return s;
}

u8 sl_sense_build(u8 *out, bool descriptor, u8 key, u16 asc, u16 field, u8 bit)
{
	struct sl_sense_data s = make(key, asc, SL_POINTER_IN_CDB, field, bit);

	return sl_sense_write(&s, descriptor, 0, out);
}

static void check(struct sl_cmd *cmd, const struct sl_sense_data *s)
{
	const struct sl_itl *itl = cmd->core.itl;
	bool descriptor = itl &&
			  (sl_load_relaxed(&itl->dev->control_mode) & SLUICE_CONTROL_MODE_D_SENSE);

	sl_status_only(cmd, SL_STATUS_CHECK_CONDITION);
	cmd->sense_len = sl_sense_write(s, descriptor, 0, cmd->sense);
}

void sl_sense_check(struct sl_cmd *cmd, u8 key, u16 asc)
{
	struct sl_sense_data s = make(key, asc, 0, SL_NO_FIELD, 0);

	check(cmd, &s);
}

void sl_sense_invalid_field(struct sl_cmd *cmd, u16 byte, u8 bit)
{
	struct sl_sense_data s = make(SL_KEY_ILLEGAL_REQUEST, SL_ASC_INVALID_FIELD_IN_CDB,
				      SL_POINTER_IN_CDB, byte, bit);

	check(cmd, &s);
}

void sl_sense_invalid_parameter(struct sl_cmd *cmd, u16 byte, u8 bit)
{
	struct sl_sense_data s = make(SL_KEY_ILLEGAL_REQUEST, SL_ASC_INVALID_FIELD_IN_PARAMETERS,
				      SL_POINTER_IN_PARAMETERS, byte, bit);

	check(cmd, &s);
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
