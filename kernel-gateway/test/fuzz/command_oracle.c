/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "command_oracle.h"

#include "core/sense.h"

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

/* As the core builds it: whole, in one of the two formats, its field pointer within the CDB. */
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
	if (pointer) {
		/* SKSV, C/D, BPV: a bit of a byte of the CDB, which may be shorter than its opcode wants. */
		assert((pointer[0] & 0xc8) == 0xc8 && sense.key == SL_KEY_ILLEGAL_REQUEST);
		assert((pointer[1] << 8 | pointer[2]) <
		       sl_max((int)cmd->cdb_len, (int)SLUICE_CDB_INLINE));
	}
	return sense;
}

/* ---- What the core answers itself --------------------------------------------------------------- */

static uint32_t allocation(const struct sl_cmd *cmd)
{
	const uint8_t *c = cmd->cdb;

	switch (c[0]) {
	case 0x12:
		return (uint32_t)c[3] << 8 | c[4];
	case 0xa0:
		return (uint32_t)c[6] << 24 | (uint32_t)c[7] << 16 | (uint32_t)c[8] << 8 | c[9];
	default:
		return c[4];
	}
}

/* SPC-5 6.36: all mapped ones, each once, or as many bytes of that as were asked for. */
static void check_luns(const struct sl_cmd *cmd)
{
	uint32_t length, seen = 0;

	if (cmd->data_len < 4)
		return;
	length = (uint32_t)cmd->data[0] << 24 | (uint32_t)cmd->data[1] << 16 |
		 (uint32_t)cmd->data[2] << 8 | cmd->data[3];
	assert(length == (cmd->cdb[2] == 1 ? 0 : 8U * (uint32_t)__builtin_popcount(mapped)));
	for (uint32_t at = 8; at + 8 <= cmd->data_len; at += 8) {
		s32 lun = sl_lun_decode(cmd->data + at);

		assert(lun >= 0 && lun < 32 && mapped & 1U << lun && !(seen & 1U << lun));
		seen |= 1U << lun;
	}
}

static void check_local_data(const struct sl_cmd *cmd)
{
	assert(cmd->data_len <= allocation(cmd) && cmd->data_len <= cmd->expected_len);
	if (cmd->cdb[0] == 0xa0)
		check_luns(cmd);
	else if (cmd->cdb[0] == 0x12 && cmd->data_len >= 5)
		assert(cmd->data[0] >> 5 == 1 || cmd->data[0] == 0x7f);
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
		assert(op == 0x12 || op == 0xa0 || op == 0x03);
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
		       cmd->status == SL_STATUS_RESERVATION_CONFLICT ||
		       cmd->status == SL_STATUS_ACA_ACTIVE ||
		       cmd->status == SL_STATUS_TASK_ABORTED);
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
	assert(cmd->status == s->status);
	/* What does not fit the buffer does not move; past the expected length it is an overflow. */
	if (moved <= cmd->expected_len)
		moved = sl_min(moved, cmd->buf_len);
	check_residual(cmd, moved);
	assert(cmd->data_len ==
	       (cmd->direction == SLUICE_DIR_IN ? sl_min(moved, cmd->buf_len) : 0));
	if (cmd->sense_len) {
		assert(cmd->sense_len == sl_min(s->sense_len, SLUICE_SENSE_MAX));
		assert(memcmp(cmd->sense, s->sense, cmd->sense_len) == 0);
	}
	assert(s->status != SL_STATUS_CHECK_CONDITION || cmd->sense_len >= 2);
}

void oracle_judge(const struct rw_task *t)
{
	const struct said *s = oracle_said(t);

	if (t->cmd.silent)
		return;
	/* Aborted, it ends as that, whatever the handler says later. */
	if (t->cmd.core.abort_kind != SL_ABORT_NONE)
		assert(t->cmd.status == SL_STATUS_TASK_ABORTED && t->cmd.data_len == 0);
	else if (s->answered)
		judge_handler(&t->cmd, s);
	else
		judge_core(&t->cmd);
}
