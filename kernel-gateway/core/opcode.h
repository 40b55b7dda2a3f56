/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Operation codes that the core itself looks at (SPC-5 table E.2 and the standards of the device types). */
#ifndef SLUICE_CORE_OPCODE_H
#define SLUICE_CORE_OPCODE_H

#define SL_OP_TEST_UNIT_READY			0x00
#define SL_OP_REQUEST_SENSE			0x03
#define SL_OP_INQUIRY				0x12
#define SL_OP_RESERVE_6				0x16
#define SL_OP_RELEASE_6				0x17
#define SL_OP_MODE_SENSE_6			0x1a
#define SL_OP_START_STOP_UNIT			0x1b /* a tape's LOAD UNLOAD, a changer's OPEN/CLOSE IMPORT/EXPORT ELEMENT */
#define SL_OP_PREVENT_ALLOW_MEDIUM_REMOVAL	0x1e
#define SL_OP_WRITE_BUFFER			0x3b
#define SL_OP_READ_BUFFER_10			0x3c
#define SL_OP_LOG_SENSE				0x4d
#define SL_OP_RESERVE_10			0x56
#define SL_OP_RELEASE_10			0x57
#define SL_OP_MODE_SENSE_10			0x5a
#define SL_OP_PERSISTENT_RESERVE_IN		0x5e
#define SL_OP_PERSISTENT_RESERVE_OUT		0x5f
#define SL_OP_EXTENDED_CDB			0x7e
#define SL_OP_VARIABLE_LENGTH_CDB		0x7f
#define SL_OP_EXTENDED_COPY			0x83
#define SL_OP_RECEIVE_COPY_RESULTS		0x84
#define SL_OP_READ_BUFFER_16			0x9b
#define SL_OP_SERVICE_ACTION_IN_16		0x9e
#define SL_OP_SERVICE_ACTION_OUT_16		0x9f
#define SL_OP_REPORT_LUNS			0xa0
#define SL_OP_MAINTENANCE_IN			0xa3
#define SL_OP_MAINTENANCE_OUT			0xa4
#define SL_OP_SERVICE_ACTION_OUT_12		0xa9
#define SL_OP_SERVICE_ACTION_IN_12		0xab
#define SL_OP_READ_ELEMENT_STATUS		0xb8

#endif
