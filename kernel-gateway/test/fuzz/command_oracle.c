/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "command_oracle.h"

#include "core/sense.h"
#include "core/service.h"

static struct said said[RW_TASKS];
static uint32_t mapped; /* bit per LUN */

struct said *oracle_said(const struct rw_task *t)
{
	for (uint32_t i = 0; i < RW_TASKS; i++) {
		if (rw.tasks[i] == t)
			return &said[i];
	}
	return NULL;
}

void oracle_mapped(uint32_t lun, bool is)
{
	mapped = is ? mapped | 1U << lun : mapped & ~(1U << lun);
}

void oracle_reset(void)
{
	memset(said, 0, sizeof(said));
	mapped = 0;
}

/* ---- Sense data (SPC-5 4.4) ---------------------------------------------------------------- */

struct sense {
	uint8_t key;
	uint16_t asc;
};

/* SKSV, C/D, BPV: a bit of a byte of the CDB, which may be shorter than its opcode wants; or of a parameter list. */
static void check_pointer(const struct sl_cmd *cmd, const uint8_t *pointer, struct sense sense)
{
	uint32_t at = (uint32_t)pointer[1] << 8 | pointer[2];

	assert((pointer[0] & 0x88) == 0x88 && sense.key == SL_KEY_ILLEGAL_REQUEST);
	if (pointer[0] & 0x40) {
		assert(at < (uint32_t)sl_max((int)cmd->cdb_len, (int)SLUICE_CDB_INLINE));
	} else {
		assert(cmd->cdb[0] == 0x5f && sense.asc == SL_ASC_INVALID_FIELD_IN_PARAMETERS);
		assert(at < cmd->core.data_out_len);
	}
}

/* As the core builds it: whole, in one of the two formats, its field pointer where there is something. */
static struct sense check_sense(const struct sl_cmd *cmd, const uint8_t *s, uint32_t len)
{
	const uint8_t *pointer = NULL;
	struct sense sense;

	assert(len >= 8);
	if (s[0] == 0x70) {
		assert(len == 18 && s[7] == 10);
		sense = (struct sense){ s[2] & 0xf, (uint16_t)(s[12] << 8 | s[13]) };
		pointer = s[15] ? s + 15 : NULL;
	} else {
		assert(s[0] == 0x72 && s[7] == len - 8 && (len == 8 || len == 16));
		sense = (struct sense){ s[1] & 0xf, (uint16_t)(s[2] << 8 | s[3]) };
		assert(len == 8 || (s[8] == 0x02 && s[9] == 0x06));
		pointer = len == 16 ? s + 12 : NULL;
	}
	if (pointer)
		check_pointer(cmd, pointer, sense);
	return sense;
}

/* ---- What the core answers itself --------------------------------------------------------------- */

static uint32_t allocation(const struct sl_cmd *cmd)
{
	const uint8_t *c = cmd->cdb;

	switch (c[0]) {
	case 0x12:
		return (uint32_t)c[3] << 8 | c[4];
	case 0x5e:
		return (uint32_t)c[7] << 8 | c[8];
	case 0xa0:
	case 0xa3:
		return (uint32_t)c[6] << 24 | (uint32_t)c[7] << 16 | (uint32_t)c[8] << 8 | c[9];
	default:
		return c[4];
	}
}

/* SPC-5 6.36: how many logical units a report has, and whether the well-known one is among them. */
static uint32_t reported(const struct sl_cmd *cmd, bool *well_known)
{
	uint32_t units = (uint32_t)__builtin_popcount(mapped);

	*well_known = cmd->cdb[2] == 1 || cmd->cdb[2] == 2;
	switch (cmd->cdb[2]) {
	case 0x00:
	case 0x11:
		return units;
	case 0x02:
		return units + 1;
	case 0x01:
		return 1;
	default:
		assert(cmd->cdb[2] == 0x10 || cmd->cdb[2] == 0x12);
		return 0;
	}
}

/* All that the report selects, each once, or as many bytes of that as were asked for. */
static void check_luns(const struct sl_cmd *cmd)
{
	bool well_known;
	uint32_t units = reported(cmd, &well_known);
	uint32_t length, seen = 0;

	if (cmd->data_len < 4)
		return;
	length = (uint32_t)cmd->data[0] << 24 | (uint32_t)cmd->data[1] << 16 |
		 (uint32_t)cmd->data[2] << 8 | cmd->data[3];
	assert(length == 8 * units);
	for (uint32_t at = 8; at + 8 <= cmd->data_len; at += 8) {
		s32 lun = sl_lun_decode(cmd->data + at);

		if (lun == SL_LUN_REPORT_LUNS) {
			assert(well_known && at == 8 * units);
			continue;
		}
		assert(cmd->cdb[2] != 1 && lun >= 0 && lun < 32 && mapped & 1U << lun &&
		       !(seen & 1U << lun));
		seen |= 1U << lun;
	}
}

/* Services of reservations, which need a unit. */
static bool is_reservation(uint8_t op)
{
	return op == 0x5e || op == 0x5f || op == 0x16 || op == 0x17 || op == 0x56 || op == 0x57;
}

static void check_local_data(const struct sl_cmd *cmd)
{
	assert(cmd->data_len <= allocation(cmd) && cmd->data_len <= cmd->expected_len);
	if (cmd->cdb[0] == 0xa0)
		check_luns(cmd);
	else if (cmd->cdb[0] == 0x12 && cmd->data_len >= 5)
		assert(cmd->data[0] >> 5 == 1 || cmd->data[0] == 0x7f || cmd->data[0] == 0x1e);
	else if (cmd->cdb[0] == 0x03 && cmd->data_len >= 8)
		assert((cmd->data[0] & 0x7f) == (cmd->cdb[1] & 1 ? 0x72 : 0x70));
}

static void judge_core(const struct sl_cmd *cmd)
{
	s32 lun = sl_lun_decode(cmd->lun);
	uint8_t op = cmd->cdb[0];
	struct sense sense;

	switch (cmd->status) {
	case SL_STATUS_GOOD:
		/* Only what the core has an answer to; without a unit that is INQUIRY, and the two. */
		assert(op == 0x12 || op == 0xa0 || op == 0x03 ||
		       (is_reservation(op) && cmd->core.itl) ||
		       sl_service_is(cmd, SL_SERVICE_IN_TURN) ||
		       sl_service_is(cmd, SL_SERVICE_AT_ONCE) ||
		       (op == 0x00 && lun == SL_LUN_REPORT_LUNS));
		if (is_reservation(op) && op != 0x5e)
			assert(cmd->data_len == 0);
		else
			check_local_data(cmd);
		break;
	case SL_STATUS_CHECK_CONDITION:
		sense = check_sense(cmd, cmd->sense, cmd->sense_len);
		assert(cmd->data_len == 0);
		if (sense.asc == SL_ASC_LUN_NOT_SUPPORTED)
			assert(lun < 0 || lun >= 32 || !(mapped & 1U << lun) ||
			       cmd->core.itl == NULL);
		if (sense.key == SL_KEY_UNIT_ATTENTION)
			assert(op != 0x12 && op != 0xa0 && op != 0x03);
		break;
	default:
		assert(cmd->status == SL_STATUS_BUSY || cmd->status == SL_STATUS_TASK_SET_FULL ||
		       cmd->status == SL_STATUS_ACA_ACTIVE ||
		       cmd->status == SL_STATUS_TASK_ABORTED ||
		       (cmd->status == SL_STATUS_RESERVATION_CONFLICT && op != 0x12 && op != 0xa0 &&
			op != 0x03));
		assert(cmd->data_len == 0);
	}
}

/* ---- What a handler answered ------------------------------------------------------------------------- */

/* SAM-6 5.4.3. */
static void check_residual(const struct sl_cmd *cmd, uint32_t moved)
{
	if (moved == cmd->expected_len)
		assert(cmd->residual_kind == SLUICE_RESIDUAL_NONE && cmd->residual == 0);
	else if (moved < cmd->expected_len)
		assert(cmd->residual_kind == SLUICE_RESIDUAL_UNDER &&
		       cmd->residual == cmd->expected_len - moved);
	else
		assert(cmd->residual_kind == SLUICE_RESIDUAL_OVER &&
		       cmd->residual == moved - cmd->expected_len);
}

/* What the handler said, in one of the two formats. */
static void check_handler_sense(const struct sl_cmd *cmd, const struct said *s)
{
	bool same = cmd->sense_len == sl_min(s->sense_len, SLUICE_SENSE_MAX) &&
		    memcmp(cmd->sense, s->sense, cmd->sense_len) == 0;
	bool was = (s->sense[0] & 0x7f) >= 0x72, is = (cmd->sense[0] & 0x7f) >= 0x72;

	if (same)
		return;
	assert(was != is && (s->sense[0] & 1) == (cmd->sense[0] & 1));
	assert((s->sense[was ? 1 : 2] & 0xf) == (cmd->sense[is ? 1 : 2] & 0xf));
	if (was)
		assert(cmd->sense_len == 18 && memcmp(s->sense + 2, cmd->sense + 12, 2) == 0);
	else if (s->sense_len >= 14 && s->sense[7] >= 6)
		assert(memcmp(s->sense + 12, cmd->sense + 2, 2) == 0);
}

/* The core had the last word on it: its length is the core's, its bounds are not. */
static void judge_amended(const struct sl_cmd *cmd)
{
	assert(cmd->status == SL_STATUS_GOOD || cmd->status == SL_STATUS_CHECK_CONDITION);
	assert(cmd->data_len <= cmd->buf_len && cmd->data_len <= cmd->expected_len);
	if (cmd->direction == SLUICE_DIR_IN && cmd->residual_kind == SLUICE_RESIDUAL_UNDER &&
	    cmd->status == SL_STATUS_GOOD)
		assert(cmd->data_len <= cmd->expected_len - cmd->residual);
	if (cmd->status == SL_STATUS_CHECK_CONDITION)
		assert(check_sense(cmd, cmd->sense, cmd->sense_len).asc ==
		       SL_ASC_INVALID_FIELD_IN_CDB);
}

static void judge_handler(const struct sl_cmd *cmd, const struct said *s)
{
	uint32_t moved = s->data_len;

	if (s->fault) {
		struct sense sense = check_sense(cmd, cmd->sense, cmd->sense_len);

		assert(cmd->status == SL_STATUS_CHECK_CONDITION);
		assert(sense.key == SL_KEY_HARDWARE_ERROR &&
		       sense.asc == SL_ASC_INTERNAL_TARGET_FAILURE);
		return;
	}
	if (s->status == SL_STATUS_GOOD && sl_service_is(cmd, SL_SERVICE_AMENDED)) {
		judge_amended(cmd);
		return;
	}
	assert(cmd->status == s->status);
	/* What does not fit the buffer does not move; past the expected length it is an overflow. */
	if (moved <= cmd->expected_len)
		moved = sl_min(moved, cmd->buf_len);
	check_residual(cmd, moved);
	assert(cmd->data_len ==
	       (cmd->direction == SLUICE_DIR_IN ? sl_min(moved, cmd->buf_len) : 0));
	if (cmd->sense_len)
		check_handler_sense(cmd, s);
	assert(s->status != SL_STATUS_CHECK_CONDITION || cmd->sense_len >= 2);
}

/* What a handler was given to store: its answer is the command's, but that nothing moves. */
static void judge_stored(const struct sl_cmd *cmd, const struct said *s)
{
	assert(cmd->data_len == 0);
	if (s->fault)
		judge_handler(cmd, s);
	else
		assert(cmd->status == s->status);
	if (cmd->status == SL_STATUS_GOOD)
		check_residual(cmd, (uint32_t)cmd->cdb[5] << 24 | (uint32_t)cmd->cdb[6] << 16 |
					    (uint32_t)cmd->cdb[7] << 8 | cmd->cdb[8]);
}

void oracle_judge(const struct rw_task *t)
{
	const struct said *s = oracle_said(t);

	if (t->cmd.silent)
		return;
	/* Aborted, it ends as that, whatever the handler says later. */
	if (t->cmd.core.abort_kind != SL_ABORT_NONE)
		assert(t->cmd.status == SL_STATUS_TASK_ABORTED && t->cmd.data_len == 0);
	else if (s->answered && t->cmd.cdb[0] == 0x5f)
		judge_stored(&t->cmd, s);
	else if (s->answered && !sl_service_is(&t->cmd, SL_SERVICE_IN_TURN))
		judge_handler(&t->cmd, s);
	else
		judge_core(&t->cmd);
}
