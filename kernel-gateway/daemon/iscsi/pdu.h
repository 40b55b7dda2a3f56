/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * PDU layouts and codes (RFC 7143 clause 11, RFC 7144). Every structure is the
 * 48-byte basic header segment of one kind of PDU; all fields are bytes, so a
 * header may lie at any address, and are read by byte_order.h.
 */
#ifndef SLUICE_ISCSI_PDU_H
#define SLUICE_ISCSI_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "byte_order.h"

#define ISCSI_BHS_LEN	 48u
#define ISCSI_AHS_MAX	 1020u /* TotalAHSLength counts words in 8 bits */
#define ISCSI_DIGEST_LEN 4u
#define ISCSI_TAG_NONE	 0xffffffffu
#define ISCSI_ISID_LEN	 6u
#define ISCSI_NAME_MAX	 223u /* RFC 7143 4.2.7.1 */

enum iscsi_opcode {
	ISCSI_OP_NOP_OUT = 0x00,
	ISCSI_OP_SCSI_COMMAND = 0x01,
	ISCSI_OP_TASK_REQUEST = 0x02,
	ISCSI_OP_LOGIN_REQUEST = 0x03,
	ISCSI_OP_TEXT_REQUEST = 0x04,
	ISCSI_OP_DATA_OUT = 0x05,
	ISCSI_OP_LOGOUT_REQUEST = 0x06,
	ISCSI_OP_SNACK = 0x10,
	ISCSI_OP_NOP_IN = 0x20,
	ISCSI_OP_SCSI_RESPONSE = 0x21,
	ISCSI_OP_TASK_RESPONSE = 0x22,
	ISCSI_OP_LOGIN_RESPONSE = 0x23,
	ISCSI_OP_TEXT_RESPONSE = 0x24,
	ISCSI_OP_DATA_IN = 0x25,
	ISCSI_OP_LOGOUT_RESPONSE = 0x26,
	ISCSI_OP_R2T = 0x31,
	ISCSI_OP_ASYNC = 0x32,
	ISCSI_OP_REJECT = 0x3f,
};

#define ISCSI_OPCODE_MASK      0x3fu
#define ISCSI_IMMEDIATE	       0x40u
#define ISCSI_FINAL	       0x80u

/* SCSI Command flags (11.3.1) */
#define ISCSI_CMD_READ	       0x40u
#define ISCSI_CMD_WRITE	       0x20u
#define ISCSI_CMD_ATTR_MASK    0x07u

/* Flags of SCSI Response and of Data-In with S (11.4.1, 11.7.1) */
#define ISCSI_FLAG_UNDERFLOW   0x02u
#define ISCSI_FLAG_OVERFLOW    0x04u
#define ISCSI_DATA_IN_STATUS   0x01u

/* Login and Text flags (11.10.1, 11.12) */
#define ISCSI_LOGIN_TRANSIT    0x80u
#define ISCSI_CONTINUE	       0x40u

/* AHS types (11.2.2.1) */
#define ISCSI_AHS_EXTENDED_CDB 1u
#define ISCSI_AHS_BIDI_READ    2u

enum iscsi_reject_reason { /* 11.17.1 */
			   ISCSI_REJECT_DATA_DIGEST = 0x02,
			   ISCSI_REJECT_SNACK = 0x03,
			   ISCSI_REJECT_PROTOCOL = 0x04,
			   ISCSI_REJECT_NOT_SUPPORTED = 0x05,
			   ISCSI_REJECT_IMMEDIATE = 0x06,
			   ISCSI_REJECT_TASK_IN_PROGRESS = 0x07,
			   ISCSI_REJECT_INVALID_FIELD = 0x09,
			   ISCSI_REJECT_RESOURCES = 0x0a,
			   ISCSI_REJECT_NEGOTIATION_RESET = 0x0b,
			   ISCSI_REJECT_WAITING_LOGOUT = 0x0c,
};

enum iscsi_task_function { /* 11.5.1, RFC 7144 4.3 */
			   ISCSI_TASK_ABORT_TASK = 1,
			   ISCSI_TASK_ABORT_TASK_SET = 2,
			   ISCSI_TASK_CLEAR_ACA = 3,
			   ISCSI_TASK_CLEAR_TASK_SET = 4,
			   ISCSI_TASK_LU_RESET = 5,
			   ISCSI_TASK_TARGET_WARM_RESET = 6,
			   ISCSI_TASK_TARGET_COLD_RESET = 7,
			   ISCSI_TASK_REASSIGN = 8,
			   ISCSI_TASK_QUERY_TASK = 9,
			   ISCSI_TASK_QUERY_TASK_SET = 10,
			   ISCSI_TASK_I_T_NEXUS_RESET = 11,
			   ISCSI_TASK_QUERY_ASYNC_EVENT = 12,
};

enum iscsi_task_response { /* 11.6.1, RFC 7144 4.3 */
			   ISCSI_TASK_COMPLETE = 0,
			   ISCSI_TASK_NO_TASK = 1,
			   ISCSI_TASK_NO_LUN = 2,
			   ISCSI_TASK_ALLEGIANT = 3,
			   ISCSI_TASK_NO_REASSIGN = 4,
			   ISCSI_TASK_NOT_SUPPORTED = 5,
			   ISCSI_TASK_SUCCEEDED = 7,
			   ISCSI_TASK_REJECTED = 255,
};

enum iscsi_logout_reason { ISCSI_LOGOUT_SESSION, ISCSI_LOGOUT_CONNECTION, ISCSI_LOGOUT_RECOVERY };
enum iscsi_logout_response {
	ISCSI_LOGOUT_DONE,
	ISCSI_LOGOUT_NO_CID,
	ISCSI_LOGOUT_NO_RECOVERY,
	ISCSI_LOGOUT_FAILED,
};

enum iscsi_async_event { /* 11.9.1 */
			 ISCSI_ASYNC_SCSI = 0,
			 ISCSI_ASYNC_REQUEST_LOGOUT = 1,
			 ISCSI_ASYNC_DROP_CONNECTION = 2,
			 ISCSI_ASYNC_DROP_SESSION = 3,
};

/* Status-Class << 8 | Status-Detail (11.13.5) */
enum iscsi_login_status {
	ISCSI_LOGIN_SUCCESS = 0x0000,
	ISCSI_LOGIN_INITIATOR_ERROR = 0x0200,
	ISCSI_LOGIN_AUTH_FAILED = 0x0201,
	ISCSI_LOGIN_FORBIDDEN = 0x0202,
	ISCSI_LOGIN_NOT_FOUND = 0x0203,
	ISCSI_LOGIN_BAD_VERSION = 0x0205,
	ISCSI_LOGIN_TOO_MANY = 0x0206,
	ISCSI_LOGIN_MISSING_PARAMETER = 0x0207,
	ISCSI_LOGIN_NO_INCLUDE = 0x0208,
	ISCSI_LOGIN_BAD_SESSION_TYPE = 0x0209,
	ISCSI_LOGIN_NO_SESSION = 0x020a,
	ISCSI_LOGIN_BAD_REQUEST = 0x020b,
	ISCSI_LOGIN_TARGET_ERROR = 0x0300,
	ISCSI_LOGIN_UNAVAILABLE = 0x0301,
	ISCSI_LOGIN_RESOURCES = 0x0302,
};

/* What every PDU has in common, and by which unknown ones are read. */
struct iscsi_bhs {
	uint8_t opcode; /* with ISCSI_IMMEDIATE */
	uint8_t flags;
	uint8_t specific[2];
	uint8_t total_ahs_len; /* words */
	uint8_t data_len[3];   /* DataSegmentLength, bytes without padding */
	uint8_t lun[8];
	uint8_t itt[4]; /* Initiator Task Tag */
	uint8_t w20[4]; /* bytes 20..47 by opcode */
	uint8_t cmd_sn[4];
	uint8_t exp_stat_sn[4];
	uint8_t w32[16];
};

struct iscsi_scsi_command { /* 11.3 */
	uint8_t opcode, flags, reserved0[2], total_ahs_len, data_len[3];
	uint8_t lun[8];
	uint8_t itt[4];
	uint8_t expected_len[4];
	uint8_t cmd_sn[4];
	uint8_t exp_stat_sn[4];
	uint8_t cdb[16];
};

struct iscsi_scsi_response { /* 11.4 */
	uint8_t opcode, flags, response, status, total_ahs_len, data_len[3];
	uint8_t reserved0[8];
	uint8_t itt[4];
	uint8_t snack_tag[4];
	uint8_t stat_sn[4];
	uint8_t exp_cmd_sn[4];
	uint8_t max_cmd_sn[4];
	uint8_t exp_data_sn[4];
	uint8_t bidi_residual[4];
	uint8_t residual[4];
};

struct iscsi_task_request_pdu { /* 11.5 */
	uint8_t opcode, function, reserved0[2], total_ahs_len, data_len[3];
	uint8_t lun[8];
	uint8_t itt[4];
	uint8_t ref_task_tag[4];
	uint8_t cmd_sn[4];
	uint8_t exp_stat_sn[4];
	uint8_t ref_cmd_sn[4];
	uint8_t exp_data_sn[4];
	uint8_t reserved1[8];
};

/* Task management, Logout, Text, NOP-In and Async responses put these at the same offsets. */
struct iscsi_response {
	uint8_t opcode, flags, response, reserved0, total_ahs_len, data_len[3];
	uint8_t lun[8];
	uint8_t itt[4];
	uint8_t ttt[4];
	uint8_t stat_sn[4];
	uint8_t exp_cmd_sn[4];
	uint8_t max_cmd_sn[4];
	uint8_t w36[4]; /* Async: event, vendor code, parameter 1 */
	uint8_t w40[4]; /* Async: parameters 2 and 3; Logout: Time2Wait, Time2Retain */
	uint8_t reserved1[4];
};

struct iscsi_data_out_pdu { /* 11.7 */
	uint8_t opcode, flags, reserved0[2], total_ahs_len, data_len[3];
	uint8_t lun[8];
	uint8_t itt[4];
	uint8_t ttt[4];
	uint8_t reserved1[4];
	uint8_t exp_stat_sn[4];
	uint8_t reserved2[4];
	uint8_t data_sn[4];
	uint8_t offset[4];
	uint8_t reserved3[4];
};

struct iscsi_data_in_pdu { /* 11.7 */
	uint8_t opcode, flags, reserved0, status, total_ahs_len, data_len[3];
	uint8_t lun[8];
	uint8_t itt[4];
	uint8_t ttt[4];
	uint8_t stat_sn[4];
	uint8_t exp_cmd_sn[4];
	uint8_t max_cmd_sn[4];
	uint8_t data_sn[4];
	uint8_t offset[4];
	uint8_t residual[4];
};

struct iscsi_r2t_pdu { /* 11.8 */
	uint8_t opcode, flags, reserved0[2], total_ahs_len, data_len[3];
	uint8_t lun[8];
	uint8_t itt[4];
	uint8_t ttt[4];
	uint8_t stat_sn[4];
	uint8_t exp_cmd_sn[4];
	uint8_t max_cmd_sn[4];
	uint8_t r2t_sn[4];
	uint8_t offset[4];
	uint8_t desired_len[4];
};

struct iscsi_login_request { /* 11.12 */
	uint8_t opcode, flags, version_max, version_min, total_ahs_len, data_len[3];
	uint8_t isid[6];
	uint8_t tsih[2];
	uint8_t itt[4];
	uint8_t cid[2];
	uint8_t reserved0[2];
	uint8_t cmd_sn[4];
	uint8_t exp_stat_sn[4];
	uint8_t reserved1[16];
};

struct iscsi_login_response { /* 11.13 */
	uint8_t opcode, flags, version_max, version_active, total_ahs_len, data_len[3];
	uint8_t isid[6];
	uint8_t tsih[2];
	uint8_t itt[4];
	uint8_t reserved0[4];
	uint8_t stat_sn[4];
	uint8_t exp_cmd_sn[4];
	uint8_t max_cmd_sn[4];
	uint8_t status_class, status_detail;
	uint8_t reserved1[10];
};

struct iscsi_logout_request { /* 11.14 */
	uint8_t opcode, reason, reserved0[2], total_ahs_len, data_len[3];
	uint8_t reserved1[8];
	uint8_t itt[4];
	uint8_t cid[2];
	uint8_t reserved2[2];
	uint8_t cmd_sn[4];
	uint8_t exp_stat_sn[4];
	uint8_t reserved3[16];
};

struct iscsi_text_request { /* 11.10, and NOP-Out 11.18 */
	uint8_t opcode, flags, reserved0[2], total_ahs_len, data_len[3];
	uint8_t lun[8];
	uint8_t itt[4];
	uint8_t ttt[4];
	uint8_t cmd_sn[4];
	uint8_t exp_stat_sn[4];
	uint8_t reserved1[16];
};

#define ISCSI_LAYOUT(type) \
	_Static_assert(sizeof(struct type) == ISCSI_BHS_LEN, #type " is a basic header segment")
#define ISCSI_AT(type, field, offset) \
	_Static_assert(offsetof(struct type, field) == (offset), #type "." #field)

ISCSI_LAYOUT(iscsi_bhs);
ISCSI_AT(iscsi_bhs, total_ahs_len, 4);
ISCSI_AT(iscsi_bhs, data_len, 5);
ISCSI_AT(iscsi_bhs, lun, 8);
ISCSI_AT(iscsi_bhs, itt, 16);
ISCSI_AT(iscsi_bhs, cmd_sn, 24);
ISCSI_AT(iscsi_bhs, exp_stat_sn, 28);
ISCSI_LAYOUT(iscsi_scsi_command);
ISCSI_AT(iscsi_scsi_command, expected_len, 20);
ISCSI_AT(iscsi_scsi_command, cmd_sn, 24);
ISCSI_AT(iscsi_scsi_command, cdb, 32);
ISCSI_LAYOUT(iscsi_scsi_response);
ISCSI_AT(iscsi_scsi_response, itt, 16);
ISCSI_AT(iscsi_scsi_response, stat_sn, 24);
ISCSI_AT(iscsi_scsi_response, exp_data_sn, 36);
ISCSI_AT(iscsi_scsi_response, residual, 44);
ISCSI_LAYOUT(iscsi_task_request_pdu);
ISCSI_AT(iscsi_task_request_pdu, ref_task_tag, 20);
ISCSI_AT(iscsi_task_request_pdu, ref_cmd_sn, 32);
ISCSI_LAYOUT(iscsi_response);
ISCSI_AT(iscsi_response, ttt, 20);
ISCSI_AT(iscsi_response, stat_sn, 24);
ISCSI_AT(iscsi_response, max_cmd_sn, 32);
ISCSI_AT(iscsi_response, w36, 36);
ISCSI_LAYOUT(iscsi_data_out_pdu);
ISCSI_AT(iscsi_data_out_pdu, ttt, 20);
ISCSI_AT(iscsi_data_out_pdu, data_sn, 36);
ISCSI_AT(iscsi_data_out_pdu, offset, 40);
ISCSI_LAYOUT(iscsi_data_in_pdu);
ISCSI_AT(iscsi_data_in_pdu, status, 3);
ISCSI_AT(iscsi_data_in_pdu, data_sn, 36);
ISCSI_AT(iscsi_data_in_pdu, residual, 44);
ISCSI_LAYOUT(iscsi_r2t_pdu);
ISCSI_AT(iscsi_r2t_pdu, r2t_sn, 36);
ISCSI_AT(iscsi_r2t_pdu, desired_len, 44);
ISCSI_LAYOUT(iscsi_login_request);
ISCSI_AT(iscsi_login_request, tsih, 14);
ISCSI_AT(iscsi_login_request, cid, 20);
ISCSI_AT(iscsi_login_request, exp_stat_sn, 28);
ISCSI_LAYOUT(iscsi_login_response);
ISCSI_AT(iscsi_login_response, stat_sn, 24);
ISCSI_AT(iscsi_login_response, status_class, 36);
ISCSI_LAYOUT(iscsi_logout_request);
ISCSI_AT(iscsi_logout_request, cid, 20);
ISCSI_LAYOUT(iscsi_text_request);
ISCSI_AT(iscsi_text_request, ttt, 20);

static inline uint32_t iscsi_pad(uint32_t len)
{
	return -len & 3u;
}

static inline uint8_t iscsi_opcode(const uint8_t *bhs)
{
	return bhs[0] & ISCSI_OPCODE_MASK;
}

static inline uint32_t iscsi_data_len(const uint8_t *bhs)
{
	return get_be24(((const struct iscsi_bhs *)bhs)->data_len);
}

static inline uint32_t iscsi_ahs_len(const uint8_t *bhs)
{
	return 4u * ((const struct iscsi_bhs *)bhs)->total_ahs_len;
}

/* What a header may carry on this connection. */
struct iscsi_pdu_limits {
	bool login;	       /* only Login Requests are welcome */
	uint32_t max_data_len; /* the MaxRecvDataSegmentLength that we declared */
};

/*
 * Judge a basic header segment by itself.
 *  0		fit to be dispatched
 *  > 0		answer with a Reject of this enum iscsi_reject_reason and skip its segments
 *  < 0		the stream cannot be trusted any more: close the connection
 * For the last two *why is a text and *value the offending number.
 */
int iscsi_pdu_check(const uint8_t *bhs, const struct iscsi_pdu_limits *limits, const char **why,
		    uint32_t *value);

/* "SCSI Command", for logs. */
const char *iscsi_opcode_name(uint8_t opcode);

/*
 * Additional header segments of a SCSI Command: the whole CDB into `cdb` (260
 * bytes). Returns its length, or 0 if they are malformed.
 */
uint32_t iscsi_pdu_cdb(const uint8_t *bhs, const uint8_t *ahs, uint32_t ahs_len, uint8_t *cdb);

#endif /* SLUICE_ISCSI_PDU_H */
