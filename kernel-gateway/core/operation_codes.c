/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "operation_codes.h"

#include "byte_order.h"
#include "facts.h"
#include "local.h"
#include "sense.h"
#include "task_management.h"

/* A handler that has more rows than fit (some 400 with timeouts) gets none of ours. */
#define SL_CODES_MAX	    8192U
#define SL_HEADER	    4U
#define SL_ROW		    8U
#define SL_TIMEOUTS	    12U

#define SL_RCTD		    0x80U
#define SL_SERVACTV	    0x01U
#define SL_CTDP_ROW	    0x02U
#define SL_CTDP_ONE	    0x80U
#define SL_SUPPORT_NONE	    1U
#define SL_SUPPORT_STANDARD 3U

enum sl_reporting {
	SL_REPORT_ALL,
	SL_REPORT_OPCODE, /* one that has no service actions */
	SL_REPORT_ACTION, /* one that has */
	SL_REPORT_EITHER,
};

static bool wants_timeouts(const struct sl_cmd *cmd)
{
	return cmd->cdb[2] & SL_RCTD;
}

u32 sl_operation_codes_need(const struct sl_cmd *cmd)
{
	(void)cmd;
	return SL_CODES_MAX;
}

/* A row that we report and that holds for the command's device. */
static bool is_own(const struct sl_service *s, const struct sl_cmd *cmd)
{
	return s->cdb_len && (!s->applies || s->applies(cmd));
}

/* NULL: not one of ours; `other`: the opcode is, with or without service actions. */
static const struct sl_service *find(const struct sl_cmd *cmd, u8 opcode, u32 action,
				     const struct sl_service **other)
{
	*other = NULL;
	for (u32 i = 0; i < sl_n_services; i++) {
		const struct sl_service *s = &sl_services[i];

		if (s->opcode != opcode || !is_own(s, cmd))
			continue;
		*other = s;
		if (s->action == action)
			return s;
	}
	return NULL;
}

/* SPC-5 6.34.4: what is prompt takes a second; an initiator waits as long as the device's timeout. */
static u32 put_timeouts(const struct sl_cmd *cmd, u8 *d)
{
	u64 timeout_ns = sl_load_relaxed(&cmd->core.itl->dev->timeout_ns[SLUICE_PACE_PROMPT]);

	memset(d, 0, SL_TIMEOUTS);
	sl_put_be16(d, SL_TIMEOUTS - 2);
	sl_put_be32(d + 4, 1);
	sl_put_be32(d + 8, (u32)(timeout_ns / 1000000000) + 1);
	return SL_TIMEOUTS;
}

static u32 put_row(const struct sl_cmd *cmd, const struct sl_service *s, u8 *d)
{
	bool action = s->action != SL_ANY_ACTION;

	memset(d, 0, SL_ROW);
	d[0] = s->opcode;
	d[3] = action ? s->action : 0;
	d[5] = (u8)((action ? SL_SERVACTV : 0) | (wants_timeouts(cmd) ? SL_CTDP_ROW : 0));
	sl_put_be16(d + 6, s->cdb_len);
	return SL_ROW + (wants_timeouts(cmd) ? put_timeouts(cmd, d + SL_ROW) : 0);
}

/* What the handler says of our commands goes: there is one who serves them. */
static u32 drop_ours(const struct sl_cmd *cmd, u8 *data, u32 len)
{
	const struct sl_service *other;
	u32 from = SL_HEADER, to = SL_HEADER;

	while (from + SL_ROW <= len) {
		u8 *row = data + from;
		u32 size = SL_ROW + (row[5] & SL_CTDP_ROW ? SL_TIMEOUTS : 0);
		u32 action = row[5] & SL_SERVACTV ? sl_get_be16(row + 2) : SL_ANY_ACTION;

		if (from + size > len)
			break;
		if (!find(cmd, row[0], action, &other)) {
			memmove(data + to, row, size);
			to += size;
		}
		from += size;
	}
	return to;
}

static void merge_all(struct sl_cmd *cmd, u32 moved)
{
	u32 row = SL_ROW + (wants_timeouts(cmd) ? SL_TIMEOUTS : 0);
	u32 len = moved < SL_HEADER ? 0 : SL_HEADER + sl_get_be32(cmd->data);

	if (len < SL_HEADER || len > moved) {
		sl_service_answer(cmd, moved, sl_get_be32(cmd->cdb + 6)); /* not a whole list */
		return;
	}
	len = drop_ours(cmd, cmd->data, len);
	for (u32 i = 0; i < sl_n_services; i++) {
		if (is_own(&sl_services[i], cmd) && len + row <= cmd->core.need)
			len += put_row(cmd, &sl_services[i], cmd->data + len);
	}
	sl_put_be32(cmd->data, len - SL_HEADER);
	sl_service_answer(cmd, len, sl_get_be32(cmd->cdb + 6));
}

static void report_one(struct sl_cmd *cmd, const struct sl_service *s)
{
	u8 *d = cmd->data;
	u32 len = SL_HEADER;

	memset(d, 0, SL_HEADER);
	if (!s) {
		d[1] = SL_SUPPORT_NONE;
	} else {
		d[1] = (u8)(SL_SUPPORT_STANDARD | (wants_timeouts(cmd) ? SL_CTDP_ONE : 0));
		sl_put_be16(d + 2, s->cdb_len);
		memcpy(d + len, s->usage, s->cdb_len);
		len += s->cdb_len;
		if (wants_timeouts(cmd))
			len += put_timeouts(cmd, d + len);
	}
	sl_service_answer(cmd, len, sl_get_be32(cmd->cdb + 6));
}

void sl_operation_codes_merge(struct sl_cmd *cmd, u32 moved)
{
	u8 reporting = cmd->cdb[2] & 7, opcode = cmd->cdb[3];
	u32 action = sl_get_be16(cmd->cdb + 4);
	const struct sl_service *plain, *with_action, *other;

	plain = find(cmd, opcode, SL_ANY_ACTION, &other);
	with_action = action < SL_ANY_ACTION ? find(cmd, opcode, action, &other) : NULL;
	if (reporting == SL_REPORT_ALL)
		merge_all(cmd, moved);
	else if ((reporting == SL_REPORT_OPCODE && other && !plain) ||
		 (reporting == SL_REPORT_ACTION && plain))
		sl_sense_invalid_field(cmd, 2, 2);
	else if (reporting == SL_REPORT_OPCODE && plain)
		report_one(cmd, plain);
	else if (reporting == SL_REPORT_EITHER && plain)
		report_one(cmd, action == 0 ? plain : NULL);
	else if (reporting >= SL_REPORT_ACTION && with_action)
		report_one(cmd, with_action);
	else
		sl_service_answer(cmd, moved, sl_get_be32(cmd->cdb + 6));
}

/* ---- Task management functions -------------------------------------------------------------- */

#define SL_REPD	   0x80U
#define SL_TMFTMOV 0x01U

struct sl_function_bit {
	u8 function, byte, bit;
};

static const struct sl_function_bit function_bits[] = {
	{ SLUICE_TMF_ABORT_TASK, 0, 7 },	 { SLUICE_TMF_ABORT_TASK_SET, 0, 6 },
	{ SLUICE_TMF_CLEAR_ACA, 0, 5 },		 { SLUICE_TMF_CLEAR_TASK_SET, 0, 4 },
	{ SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 3 }, { SLUICE_TMF_QUERY_TASK, 0, 2 },
	{ SLUICE_TMF_TARGET_RESET, 0, 1 },	 { SLUICE_TMF_QUERY_ASYNC_EVENT, 1, 2 },
	{ SLUICE_TMF_QUERY_TASK_SET, 1, 1 },	 { SLUICE_TMF_I_T_NEXUS_RESET, 1, 0 },
};

void sl_report_task_management_functions(struct sl_cmd *cmd)
{
	u32 allocation = sl_get_be32(cmd->cdb + 6);
	bool extended = cmd->cdb[2] & SL_REPD;
	u8 *d = cmd->core.local;

	if ((cmd->cdb[2] & ~SL_REPD) || allocation < 4) {
		sl_sense_invalid_field(cmd, allocation < 4 ? 6 : 2, allocation < 4 ? 7 : 6);
		return;
	}
	memset(d, 0, 16);
	for (u32 i = 0; i < sizeof(function_bits) / sizeof(function_bits[0]); i++) {
		if (SL_TMF_SUPPORTED & 1U << function_bits[i].function)
			d[function_bits[i].byte] |= (u8)(1U << function_bits[i].bit);
	}
	if (extended) {
		d[3] = 12;
		d[4] = SL_TMFTMOV;
		/* In units of 100 ms: all of them are bounded by the abort bound, none is quicker for sure. */
		sl_put_be32(d + 8, (u32)(cmd->nexus->gw->limits.abort_bound_ns / 100000000) + 1);
		sl_put_be32(d + 12, sl_get_be32(d + 8));
	}
	sl_local_answer(cmd, d, extended ? 16 : 4, allocation);
}
