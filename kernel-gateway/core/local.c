/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "local.h"

#include "byte_order.h"
#include "opcode.h"
#include "sense.h"
#include "service.h"
#include "target_port.h"

void sl_local_answer(struct sl_cmd *cmd, u8 *data, u32 len, u32 allocation)
{
	cmd->data = data;
	cmd->buf_len = cmd->expected_len;
	sl_service_answer(cmd, len, allocation);
	cmd->buf_len = cmd->data_len;
}

#define SL_TYPE_WELL_KNOWN 0x1e

/* SPC-5 6.7: `peripheral` is qualifier and device type. */
static void inquiry(struct sl_cmd *cmd, u8 peripheral)
{
	static const char names[] = "SLUICE  LOGICAL UNIT    0001";
	u8 *d = cmd->core.local;
	u32 allocation = sl_get_be16(cmd->cdb + 3);

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
		/* Supported VPD Pages: only itself, and the names of a well-known unit's target. */
		d[3] = peripheral == SL_TYPE_WELL_KNOWN ? 2 : 1;
		d[5] = peripheral == SL_TYPE_WELL_KNOWN ? 0x83 : 0;
		sl_local_answer(cmd, d, 4U + d[3], allocation);
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
	sl_local_answer(cmd, d, 36, allocation);
}

/* SPC-5 6.38: sense data as parameter data. */
static void sense_data(struct sl_cmd *cmd, u8 key, u16 asc)
{
	u8 len = sl_sense_build(cmd->core.local, cmd->cdb[1] & 0x01, key, asc, SL_NO_FIELD, 0);

	sl_local_answer(cmd, cmd->core.local, len, cmd->cdb[4]);
}

/* SPC-5 6.36 */
enum sl_select_report {
	SL_REPORT_LOGICAL_UNITS = 0x00, /* all but well-known ones */
	SL_REPORT_WELL_KNOWN = 0x01,
	SL_REPORT_EVERYTHING = 0x02,
	SL_REPORT_ADMINISTRATIVE = 0x10,
	SL_REPORT_TOP_LEVEL = 0x11, /* all that are not subsidiary */
	SL_REPORT_SUBSIDIARY = 0x12,
};

static void answer_list(struct sl_cmd *cmd, struct sl_lun_list *list)
{
	cmd->core.luns = list;
	list->refs++;
	sl_local_answer(cmd, list->data, list->bytes, sl_get_be32(cmd->cdb + 6));
}

/* One LUN, or none. */
static void answer_short(struct sl_cmd *cmd, const u8 lun[8])
{
	memset(cmd->core.local, 0, 16);
	if (lun) {
		cmd->core.local[3] = 8;
		memcpy(cmd->core.local + 8, lun, 8);
	}
	sl_local_answer(cmd, cmd->core.local, lun ? 16 : 8, sl_get_be32(cmd->cdb + 6));
}

/* True: GOOD. There are no conglomerates (SAM-6 4.6.4), so nothing is administrative or subsidiary. */
static bool report(struct sl_cmd *cmd)
{
	struct sl_nexus *n = cmd->nexus;

	switch (cmd->cdb[2]) {
	case SL_REPORT_LOGICAL_UNITS:
	case SL_REPORT_TOP_LEVEL:
		answer_list(cmd, n->luns);
		return true;
	case SL_REPORT_EVERYTHING:
		answer_list(cmd, n->all_luns);
		return true;
	case SL_REPORT_WELL_KNOWN:
		answer_short(cmd, sl_lun_of_report_luns);
		return true;
	case SL_REPORT_ADMINISTRATIVE:
	case SL_REPORT_SUBSIDIARY:
		answer_short(cmd, NULL);
		return true;
	default:
		sl_sense_invalid_field(cmd, 2, 7);
		return false;
	}
}

void sl_local_report_luns(struct sl_cmd *cmd)
{
	struct sl_list *pos;

	if (!report(cmd))
		return;
	/* SPC-5 6.36: having told them, the change is known on every logical unit. */
	sl_list_for_each(pos, &cmd->nexus->itls)
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

/* SPC-5 8.2: the well-known logical unit that reports LUNs, and names its target device. */
static void well_known(struct sl_cmd *cmd)
{
	const struct sl_target_port *port = sl_nexus_port(cmd->nexus);

	switch (cmd->cdb[0]) {
	case SL_OP_INQUIRY:
		if ((cmd->cdb[1] & 0x01) && cmd->cdb[2] == 0x83)
			sl_local_answer(cmd, (u8 *)port->identification, port->identification_len,
					sl_get_be16(cmd->cdb + 3));
		else
			inquiry(cmd, SL_TYPE_WELL_KNOWN);
		return;
	case SL_OP_REPORT_LUNS:
		sl_local_report_luns(cmd);
		return;
	case SL_OP_REQUEST_SENSE:
		sense_data(cmd, SL_KEY_NO_SENSE, SL_ASC_NONE);
		return;
	case SL_OP_TEST_UNIT_READY:
		sl_status_only(cmd, SL_STATUS_GOOD);
		return;
	default:
		sl_sense_check(cmd, SL_KEY_ILLEGAL_REQUEST, SL_ASC_INVALID_OPCODE);
	}
}

void sl_local_no_unit(struct sl_cmd *cmd, s32 lun)
{
	/* SAM-6 4.7.x, SPC-5 5.x: selection of an incorrect logical unit number */
	if (lun == SL_LUN_REPORT_LUNS)
		well_known(cmd);
	else if (cmd->cdb[0] == SL_OP_INQUIRY)
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
