/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "local.h"
#include "sense.h"

static u32 be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

/* GOOD with `len` bytes at `data`, cut to the allocation length (SPC-5 4.2.5.6). */
static void answer(struct sl_cmd *cmd, u8 *data, u32 len, u32 allocation)
{
	u32 moved = sl_min(len, allocation);

	sl_status_only(cmd, SL_STATUS_GOOD);
	sl_residual(cmd, moved);
	cmd->data = data;
	cmd->data_len = cmd->direction == SLUICE_DIR_IN ? sl_min(moved, cmd->expected_len) : 0;
	cmd->buf_len = cmd->data_len;
}

/* SPC-5 6.7: `peripheral` is qualifier and device type. */
static void inquiry(struct sl_cmd *cmd, u8 peripheral)
{
	static const char names[] = "SLUICE  LOGICAL UNIT    0001";
	u8 *d = cmd->core.local;
	u32 allocation = (u32)cmd->cdb[3] << 8 | cmd->cdb[4];

	if (cmd->cdb[1] & 0x02) { /* CMDDT, obsolete */
		sl_sense_invalid_field(cmd, 1, 1);
		return;
	}
	memset(d, 0, sizeof(cmd->core.local));
	d[0] = peripheral;
	if (cmd->cdb[1] & 0x01) {
		if (cmd->cdb[2] != 0) {
			sl_sense_invalid_field(cmd, 2, 7);
			return;
		}
		d[3] = 1; /* Supported VPD Pages: only itself */
		answer(cmd, d, 5, allocation);
		return;
	}
	if (cmd->cdb[2] != 0) {
		sl_sense_invalid_field(cmd, 2, 7);
		return;
	}
	d[2] = 0x07; /* SPC-5 */
	d[3] = 0x12; /* HISUP, response data format 2 */
	d[4] = 36 - 5;
	d[7] = 0x02; /* CMDQUE */
	memcpy(d + 8, names, 28);
	answer(cmd, d, 36, allocation);
}

/* SPC-5 6.38: sense data as parameter data. */
static void sense_data(struct sl_cmd *cmd, u8 key, u16 asc)
{
	u8 len = sl_sense_build(cmd->core.local, cmd->cdb[1] & 0x01, key, asc, SL_NO_FIELD, 0);

	answer(cmd, cmd->core.local, len, cmd->cdb[4]);
}

void sl_local_report_luns(struct sl_cmd *cmd)
{
	/* SPC-5 6.36: 00h all but well known, 01h well known (there are none), 02h all. */
	static const u8 none[8];
	struct sl_nexus *n = cmd->nexus;
	struct sl_list *pos;

	if (cmd->cdb[2] > 2) {
		sl_sense_invalid_field(cmd, 2, 7);
		return;
	}
	if (cmd->cdb[2] == 1) {
		memcpy(cmd->core.local, none, sizeof(none));
		answer(cmd, cmd->core.local, sizeof(none), be32(cmd->cdb + 6));
		return;
	}
	cmd->core.luns = n->luns;
	n->luns->refs++;
	answer(cmd, n->luns->data, n->luns->bytes, be32(cmd->cdb + 6));
	/* SPC-5 6.36: having told them, the change is known on every logical unit. */
	sl_list_for_each(pos, &n->itls)
		sl_ua_forget(sl_entry(pos, struct sl_itl, of_nexus),
			     SL_ASC_REPORTED_LUNS_CHANGED >> 8,
			     SL_ASC_REPORTED_LUNS_CHANGED & 0xff);
}

/* Its handler may be about to come; or somebody has to look why it does not. */
static u16 not_ready(const struct sl_device *dev)
{
	return sl_load_relaxed(&dev->given_up) ? SL_ASC_MANUAL_INTERVENTION : SL_ASC_BECOMING_READY;
}

void sl_local_request_sense(struct sl_cmd *cmd)
{
	struct sl_itl *itl = cmd->core.itl;
	struct sl_ua ua;

	if (cmd->cdb[1] & 0xfe)
		sl_sense_invalid_field(cmd, 1, 7);
	else if (sl_ua_take(itl, &ua))
		sense_data(cmd, SL_KEY_UNIT_ATTENTION, (u16)(ua.asc << 8 | ua.ascq));
	else if (!sl_device_binding(itl->dev) && !sl_load_relaxed(&itl->dev->held_until_ns))
		sense_data(cmd, SL_KEY_NOT_READY, not_ready(itl->dev));
	else
		sense_data(cmd, SL_KEY_NO_SENSE, SL_ASC_NONE);
}

void sl_local_no_unit(struct sl_cmd *cmd, s32 lun)
{
	/* SAM-6 4.7.x, SPC-5 5.x: selection of an incorrect logical unit number */
	if (cmd->cdb[0] == SL_OP_INQUIRY)
		inquiry(cmd, 0x7f);
	else if (cmd->cdb[0] == SL_OP_REPORT_LUNS && lun == 0)
		sl_local_report_luns(cmd);
	else if (cmd->cdb[0] == SL_OP_REQUEST_SENSE)
		sense_data(cmd, SL_KEY_ILLEGAL_REQUEST, SL_ASC_LUN_NOT_SUPPORTED);
	else
		sl_sense_check(cmd, SL_KEY_ILLEGAL_REQUEST, SL_ASC_LUN_NOT_SUPPORTED);
}

void sl_local_not_served(struct sl_cmd *cmd, const struct sl_device *dev)
{
	/* Qualifier 001b: may have a device of that type, not connected now; 1Fh: type not known yet. */
	if (cmd->cdb[0] == SL_OP_INQUIRY)
		inquiry(cmd, 0x20 | (sl_load_relaxed(&dev->peripheral_type) & 0x1f));
	else
		sl_sense_check(cmd, SL_KEY_NOT_READY, not_ready(dev));
}
