/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Sense data that the core makes itself (SPC-5 4.4), and the codes it uses. */
#ifndef SLUICE_CORE_SENSE_H
#define SLUICE_CORE_SENSE_H

#include "command.h"

enum sl_status {
	SL_STATUS_GOOD			= 0x00,
	SL_STATUS_CHECK_CONDITION	= 0x02,
	SL_STATUS_CONDITION_MET		= 0x04,
	SL_STATUS_BUSY			= 0x08,
	SL_STATUS_RESERVATION_CONFLICT	= 0x18,
	SL_STATUS_TASK_SET_FULL		= 0x28,
	SL_STATUS_ACA_ACTIVE		= 0x30,
	SL_STATUS_TASK_ABORTED		= 0x40,
};

enum sl_sense_key {
	SL_KEY_NO_SENSE		= 0x0,
	SL_KEY_NOT_READY	= 0x2,
	SL_KEY_HARDWARE_ERROR	= 0x4,
	SL_KEY_ILLEGAL_REQUEST	= 0x5,
	SL_KEY_UNIT_ATTENTION	= 0x6,
	SL_KEY_DATA_PROTECT	= 0x7,
	SL_KEY_ABORTED_COMMAND	= 0xb,
};

/* Additional sense code << 8 | qualifier */
#define SL_ASC_NONE				0x0000
#define SL_ASC_BECOMING_READY			0x0401
#define SL_ASC_MANUAL_INTERVENTION		0x0403
#define SL_ASC_ACCESS_TRANSITION		0x040a
#define SL_ASC_PORT_STANDBY			0x040b
#define SL_ASC_PORT_UNAVAILABLE			0x040c
#define SL_ASC_OFFLINE				0x0412
#define SL_ASC_COMMUNICATION_FAILURE		0x0800
#define SL_ASC_PARAMETER_LIST_LENGTH		0x1a00
#define SL_ASC_INVALID_OPCODE			0x2000
#define SL_ASC_INVALID_FIELD_IN_CDB		0x2400
#define SL_ASC_LUN_NOT_SUPPORTED		0x2500
#define SL_ASC_INVALID_FIELD_IN_PARAMETERS	0x2600
#define SL_ASC_INVALID_RELEASE			0x2604
#define SL_ASC_WRITE_PROTECTED			0x2700
#define SL_ASC_POWER_ON				0x2901
#define SL_ASC_BUS_RESET			0x2902
#define SL_ASC_BUS_DEVICE_RESET			0x2903
#define SL_ASC_DEVICE_INTERNAL_RESET		0x2904
#define SL_ASC_NEXUS_LOSS			0x2907
#define SL_ASC_RESET_OCCURRED			0x2900
#define SL_ASC_PREVIOUS_BUSY			0x2c07
#define SL_ASC_PREVIOUS_TASK_SET_FULL		0x2c08
#define SL_ASC_PREVIOUS_CONFLICT		0x2c09
#define SL_ASC_MODE_CHANGED			0x2a01
#define SL_ASC_ACCESS_CHANGED			0x2a06
#define SL_ASC_ACCESS_CHANGE_FAILED		0x2a07
#define SL_ASC_TIMEOUT_BEFORE_PROCESSING	0x2e01
#define SL_ASC_TIMEOUT_DURING_PROCESSING	0x2e02
#define SL_ASC_COMMANDS_CLEARED			0x2f00
#define SL_ASC_CLEARED_BY_POWER_LOSS		0x2f01
#define SL_ASC_MICROCODE_CHANGED		0x3f01
#define SL_ASC_REPORTED_LUNS_CHANGED		0x3f0e
#define SL_ASC_INTERNAL_TARGET_FAILURE		0x4400
#define SL_ASC_RESERVATION_LOST			0x4401
#define SL_ASC_INVALID_MESSAGE			0x4900
#define SL_ASC_DATA_PHASE_ERROR			0x4b00
#define SL_ASC_REGISTRATION_RESOURCES		0x5504
#define SL_ASC_SET_GROUPS_FAILED		0x670a

#define SL_NO_FIELD	0xffffU

/* Fixed or descriptor format into `out`; `field` is the byte in the CDB, or SL_NO_FIELD. Returns its length. */
u8 sl_sense_build(u8 *out, bool descriptor, u8 key, u16 asc, u16 field, u8 bit);
/* CHECK CONDITION with such sense, in the format that the device is set to; no data. */
void sl_sense_check(struct sl_cmd *cmd, u8 key, u16 asc);
/* ILLEGAL REQUEST, INVALID FIELD IN CDB with a field pointer. */
void sl_sense_invalid_field(struct sl_cmd *cmd, u16 byte, u8 bit);
/* ILLEGAL REQUEST, INVALID FIELD IN PARAMETER LIST: byte and bit in the Data-Out. */
void sl_sense_invalid_parameter(struct sl_cmd *cmd, u16 byte, u8 bit);
/* A status without sense or data. */
void sl_status_only(struct sl_cmd *cmd, u8 status);
/* Residual of a command for which the device moved `moved` bytes (SAM-6 5.4.3). */
void sl_residual(struct sl_cmd *cmd, u32 moved);

#endif /* SLUICE_CORE_SENSE_H */
