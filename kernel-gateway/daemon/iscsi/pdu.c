/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Header checks that need nothing but the header. */
#include "pdu.h"

#include "sluice/abi.h"

const char *iscsi_opcode_name(uint8_t opcode)
{
	switch (opcode & ISCSI_OPCODE_MASK) {
	case ISCSI_OP_NOP_OUT:
		return "NOP-Out";
	case ISCSI_OP_SCSI_COMMAND:
		return "SCSI Command";
	case ISCSI_OP_TASK_REQUEST:
		return "Task Management Request";
	case ISCSI_OP_LOGIN_REQUEST:
		return "Login Request";
	case ISCSI_OP_TEXT_REQUEST:
		return "Text Request";
	case ISCSI_OP_DATA_OUT:
		return "Data-Out";
	case ISCSI_OP_LOGOUT_REQUEST:
		return "Logout Request";
	case ISCSI_OP_SNACK:
		return "SNACK Request";
	default:
		return "PDU of unknown opcode";
	}
}

static int refuse(int verdict, const char *text, uint32_t number, const char **why, uint32_t *value)
{
	*why = text;
	*value = number;
	return verdict;
}

static bool needs_final(uint8_t opcode)
{
	/* SCSI Command, Data-Out, Text and Login use the bit for their own ends. */
	return opcode == ISCSI_OP_NOP_OUT || opcode == ISCSI_OP_TASK_REQUEST ||
	       opcode == ISCSI_OP_LOGOUT_REQUEST;
}

static bool carries_data(uint8_t opcode)
{
	return opcode != ISCSI_OP_TASK_REQUEST && opcode != ISCSI_OP_LOGOUT_REQUEST &&
	       opcode != ISCSI_OP_SNACK;
}

int iscsi_pdu_check(const uint8_t *bhs, const struct iscsi_pdu_limits *limits, const char **why,
		    uint32_t *value)
{
	uint8_t opcode = iscsi_opcode(bhs);
	uint32_t data_len = iscsi_data_len(bhs);

	/* The segments cannot be skipped safely past these: a length out of bounds is likely no length. */
	if (data_len > limits->max_data_len)
		return refuse(-1, "DataSegmentLength exceeds the declared MaxRecvDataSegmentLength",
			      data_len, why, value);
	if (limits->login && opcode != ISCSI_OP_LOGIN_REQUEST)
		return refuse(-1, "opcode before login", bhs[0], why, value);
	if (bhs[0] & 0x80)
		return refuse(-1, "reserved bit in the opcode byte", bhs[0], why, value);
	if (iscsi_ahs_len(bhs) && opcode != ISCSI_OP_SCSI_COMMAND) {
		return refuse(limits->login ? -1 : ISCSI_REJECT_INVALID_FIELD,
			      "TotalAHSLength in a PDU that has none", bhs[4], why, value);
	}
	switch (opcode) {
	case ISCSI_OP_NOP_OUT:
	case ISCSI_OP_SCSI_COMMAND:
	case ISCSI_OP_TASK_REQUEST:
	case ISCSI_OP_TEXT_REQUEST:
	case ISCSI_OP_DATA_OUT:
	case ISCSI_OP_LOGOUT_REQUEST:
		break;
	case ISCSI_OP_LOGIN_REQUEST:
		if (limits->login)
			break;
		/* 7143 7.4: a login in the full feature phase is a protocol error */
		return refuse(ISCSI_REJECT_PROTOCOL, "Login Request after login", bhs[0], why,
			      value);
	case ISCSI_OP_SNACK:
		/* 7143 11.16: not at ErrorRecoveryLevel 0 */
		return refuse(ISCSI_REJECT_SNACK, "SNACK at ErrorRecoveryLevel 0", bhs[1], why,
			      value);
	default:
		return refuse(ISCSI_REJECT_NOT_SUPPORTED, "opcode", bhs[0], why, value);
	}
	if (needs_final(opcode) && !(bhs[1] & ISCSI_FINAL))
		return refuse(ISCSI_REJECT_INVALID_FIELD, "flags without the F bit", bhs[1], why,
			      value);
	if (data_len && !carries_data(opcode))
		return refuse(ISCSI_REJECT_INVALID_FIELD, "DataSegmentLength in a PDU without data",
			      data_len, why, value);
	return 0;
}

/* SPC-5 4.2.1: the operation code's group tells the CDB's length. */
static uint32_t cdb_group_len(const uint8_t *cdb)
{
	static const uint8_t by_group[8] = { 6, 10, 10, 16, 16, 12, 16, 16 };

	return by_group[cdb[0] >> 5];
}

uint32_t iscsi_pdu_cdb(const uint8_t *bhs, const uint8_t *ahs, uint32_t ahs_len, uint8_t *cdb)
{
	const struct iscsi_scsi_command *pdu = (const void *)bhs;
	uint32_t len = 0;

	memcpy(cdb, pdu->cdb, sizeof(pdu->cdb));
	while (ahs_len >= 4) {
		/* AHSLength counts what follows AHSType, the reserved byte included (11.2.2.2). */
		uint32_t bytes = get_be16(ahs);
		uint32_t step = 3 + bytes;

		step += iscsi_pad(step);
		if (step > ahs_len || bytes < 1)
			return 0;
		if (ahs[2] == ISCSI_AHS_EXTENDED_CDB) {
			if (len || bytes < 2 || 16 + bytes - 1 > SLUICE_CDB_MAX)
				return 0;
			memcpy(cdb + 16, ahs + 4, bytes - 1);
			len = 16 + bytes - 1;
		} else if (ahs[2] != ISCSI_AHS_BIDI_READ || bytes != 5) {
			return 0;
		}
		ahs += step;
		ahs_len -= step;
	}
	if (ahs_len)
		return 0;
	return len ? len : cdb_group_len(pdu->cdb);
}
