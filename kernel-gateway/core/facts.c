/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "facts.h"
#include "opcode.h"

#define ACTION(op, sa, reserved, need, speed, changes, text)                                    \
	{                                                                                       \
		op, sa, SL_RESERVED_##reserved, SL_ACCESS_##need, SLUICE_PACE_##speed, changes, \
			text                                                                    \
	}
#define ROW(op, reserved, need, speed, changes, text) \
	[op] = ACTION(op, SL_ANY_ACTION, reserved, need, speed, changes, text)

/* The tables are aligned by hand. */
/* clang-format off */

/*
 * SPC-5: commands of every device type. Asymmetric access: 5.18.2.5 names what standby
 * serves, 5.18.2.6 what unavailable does, 5.18.2.7 what a transition leaves, and lets a device
 * serve more. Ours does so where an initiator that scans has to know: capacity, RSOC, RSTMF.
 */
static const struct sl_facts common[256] = {
	ROW(0x00, FIELD,  ACTIVE,  PROMPT, false, "TEST UNIT READY"),
	ROW(0x03, NEVER,  ANY,     PROMPT, false, "REQUEST SENSE"),
	ROW(0x12, NEVER,  ANY,     PROMPT, false, "INQUIRY"),
	ROW(0x15, WRITES, STANDBY, PROMPT, false, "MODE SELECT(6)"),
	ROW(0x1a, READS,  STANDBY, PROMPT, false, "MODE SENSE(6)"),
	ROW(0x1c, READS,  STANDBY, PROMPT, false, "RECEIVE DIAGNOSTIC RESULTS"),
	ROW(0x1d, WRITES, STANDBY, LONG,   false, "SEND DIAGNOSTIC"),
	ROW(0x1e, FIELD,  ACTIVE,  PROMPT, false, "PREVENT ALLOW MEDIUM REMOVAL"),
	ROW(0x16, FIELD,  STANDBY, PROMPT, false, "RESERVE(6)"),
	ROW(0x17, FIELD,  STANDBY, PROMPT, false, "RELEASE(6)"),
	ROW(0x3b, WRITES, ANY,     MEDIUM, false, "WRITE BUFFER"),
	ROW(0x3c, READS,  ANY,     DATA,   false, "READ BUFFER(10)"),
	ROW(0x4c, WRITES, STANDBY, PROMPT, false, "LOG SELECT"),
	ROW(0x4d, NEVER,  STANDBY, PROMPT, false, "LOG SENSE"),
	ROW(0x55, WRITES, STANDBY, PROMPT, false, "MODE SELECT(10)"),
	ROW(0x56, FIELD,  STANDBY, PROMPT, false, "RESERVE(10)"),
	ROW(0x57, FIELD,  STANDBY, PROMPT, false, "RELEASE(10)"),
	ROW(0x5a, READS,  STANDBY, PROMPT, false, "MODE SENSE(10)"),
	ROW(0x5e, FIELD,  STANDBY, PROMPT, false, "PERSISTENT RESERVE IN"),
	ROW(0x5f, FIELD,  STANDBY, PROMPT, false, "PERSISTENT RESERVE OUT"),
	ROW(0x83, WRITES, ACTIVE,  LONG,   true,  "EXTENDED COPY"),
	ROW(0x84, NEVER,  ACTIVE,  PROMPT, false, "RECEIVE COPY RESULTS"),
	ROW(0x8c, READS,  ACTIVE,  PROMPT, false, "READ ATTRIBUTE"),
	ROW(0x8d, WRITES, ACTIVE,  PROMPT, true,  "WRITE ATTRIBUTE"),
	ROW(0x9b, READS,  ANY,     DATA,   false, "READ BUFFER(16)"),
	ROW(0xa0, NEVER,  ANY,     PROMPT, false, "REPORT LUNS"),
	ROW(0xa2, READS,  ACTIVE,  PROMPT, false, "SECURITY PROTOCOL IN"),
	ROW(0xb5, WRITES, ACTIVE,  MEDIUM, false, "SECURITY PROTOCOL OUT"),
};

/* SBC-4 */
static const struct sl_facts disk[256] = {
	ROW(0x04, WRITES, ACTIVE,  LONG,   true,  "FORMAT UNIT"),
	ROW(0x07, WRITES, ACTIVE,  LONG,   true,  "REASSIGN BLOCKS"),
	ROW(0x08, READS,  ACTIVE,  DATA,   false, "READ(6)"),
	ROW(0x0a, WRITES, ACTIVE,  DATA,   true,  "WRITE(6)"),
	ROW(0x1b, FIELD,  ACTIVE,  MEDIUM, false, "START STOP UNIT"),
	ROW(0x25, NEVER,  STANDBY, PROMPT, false, "READ CAPACITY(10)"),
	ROW(0x28, READS,  ACTIVE,  DATA,   false, "READ(10)"),
	ROW(0x2a, WRITES, ACTIVE,  DATA,   true,  "WRITE(10)"),
	ROW(0x2e, WRITES, ACTIVE,  DATA,   true,  "WRITE AND VERIFY(10)"),
	ROW(0x2f, READS,  ACTIVE,  MEDIUM, false, "VERIFY(10)"),
	ROW(0x34, READS,  ACTIVE,  MEDIUM, false, "PRE-FETCH(10)"),
	ROW(0x35, WRITES, ACTIVE,  MEDIUM, false, "SYNCHRONIZE CACHE(10)"),
	ROW(0x37, READS,  ACTIVE,  PROMPT, false, "READ DEFECT DATA(10)"),
	ROW(0x41, WRITES, ACTIVE,  MEDIUM, true,  "WRITE SAME(10)"),
	ROW(0x42, WRITES, ACTIVE,  MEDIUM, true,  "UNMAP"),
	ROW(0x48, WRITES, ACTIVE,  LONG,   true,  "SANITIZE"),
	ROW(0x53, WRITES, ACTIVE,  DATA,   true,  "XDWRITEREAD(10)"),
	ROW(0x88, READS,  ACTIVE,  DATA,   false, "READ(16)"),
	ROW(0x89, WRITES, ACTIVE,  DATA,   true,  "COMPARE AND WRITE"),
	ROW(0x8a, WRITES, ACTIVE,  DATA,   true,  "WRITE(16)"),
	ROW(0x8b, WRITES, ACTIVE,  DATA,   true,  "ORWRITE(16)"),
	ROW(0x8e, WRITES, ACTIVE,  DATA,   true,  "WRITE AND VERIFY(16)"),
	ROW(0x8f, READS,  ACTIVE,  MEDIUM, false, "VERIFY(16)"),
	ROW(0x90, READS,  ACTIVE,  MEDIUM, false, "PRE-FETCH(16)"),
	ROW(0x91, WRITES, ACTIVE,  MEDIUM, false, "SYNCHRONIZE CACHE(16)"),
	ROW(0x93, WRITES, ACTIVE,  MEDIUM, true,  "WRITE SAME(16)"),
	ROW(0x9c, WRITES, ACTIVE,  DATA,   true,  "WRITE ATOMIC(16)"),
	ROW(0xa8, READS,  ACTIVE,  DATA,   false, "READ(12)"),
	ROW(0xaa, WRITES, ACTIVE,  DATA,   true,  "WRITE(12)"),
	ROW(0xae, WRITES, ACTIVE,  DATA,   true,  "WRITE AND VERIFY(12)"),
	ROW(0xaf, READS,  ACTIVE,  MEDIUM, false, "VERIFY(12)"),
	ROW(0xb7, READS,  ACTIVE,  PROMPT, false, "READ DEFECT DATA(12)"),
};

/* SSC-5 */
static const struct sl_facts tape[256] = {
	ROW(0x01, READS,  ACTIVE,  MEDIUM, false, "REWIND"),
	ROW(0x04, WRITES, ACTIVE,  LONG,   true,  "FORMAT MEDIUM"),
	ROW(0x05, NEVER,  ACTIVE,  PROMPT, false, "READ BLOCK LIMITS"),
	ROW(0x08, READS,  ACTIVE,  DATA,   false, "READ(6)"),
	ROW(0x0a, WRITES, ACTIVE,  DATA,   true,  "WRITE(6)"),
	ROW(0x0b, WRITES, ACTIVE,  LONG,   true,  "SET CAPACITY"),
	ROW(0x0f, READS,  ACTIVE,  DATA,   false, "READ REVERSE(6)"),
	ROW(0x10, WRITES, ACTIVE,  MEDIUM, true,  "WRITE FILEMARKS(6)"),
	ROW(0x11, READS,  ACTIVE,  MEDIUM, false, "SPACE(6)"),
	ROW(0x13, READS,  ACTIVE,  MEDIUM, false, "VERIFY(6)"),
	ROW(0x14, READS,  ACTIVE,  DATA,   false, "RECOVER BUFFERED DATA"),
	ROW(0x19, WRITES, ACTIVE,  LONG,   true,  "ERASE(6)"),
	ROW(0x1b, WRITES, ACTIVE,  MEDIUM, false, "LOAD UNLOAD"),
	ROW(0x2b, READS,  ACTIVE,  MEDIUM, false, "LOCATE(10)"),
	ROW(0x34, READS,  ACTIVE,  PROMPT, false, "READ POSITION"),
	ROW(0x44, NEVER,  ACTIVE,  PROMPT, false, "REPORT DENSITY SUPPORT"),
	ROW(0x80, WRITES, ACTIVE,  MEDIUM, true,  "WRITE FILEMARKS(16)"),
	ROW(0x81, READS,  ACTIVE,  DATA,   false, "READ REVERSE(16)"),
	ROW(0x82, WRITES, ACTIVE,  PROMPT, false, "ALLOW OVERWRITE"),
	ROW(0x88, READS,  ACTIVE,  DATA,   false, "READ(16)"),
	ROW(0x8a, WRITES, ACTIVE,  DATA,   true,  "WRITE(16)"),
	ROW(0x8f, READS,  ACTIVE,  MEDIUM, false, "VERIFY(16)"),
	ROW(0x91, READS,  ACTIVE,  MEDIUM, false, "SPACE(16)"),
	ROW(0x92, READS,  ACTIVE,  MEDIUM, false, "LOCATE(16)"),
	ROW(0x93, WRITES, ACTIVE,  LONG,   true,  "ERASE(16)"),
};

/* SMC-3 */
static const struct sl_facts changer[256] = {
	ROW(0x07, WRITES, ACTIVE,  LONG,   false, "INITIALIZE ELEMENT STATUS"),
	ROW(0x1b, WRITES, ACTIVE,  MEDIUM, false, "OPEN/CLOSE IMPORT/EXPORT ELEMENT"),
	ROW(0x2b, WRITES, ACTIVE,  MEDIUM, false, "POSITION TO ELEMENT"),
	ROW(0x37, WRITES, ACTIVE,  LONG,   false, "INITIALIZE ELEMENT STATUS WITH RANGE"),
	ROW(0xa5, WRITES, ACTIVE,  MEDIUM, true,  "MOVE MEDIUM"),
	ROW(0xa6, WRITES, ACTIVE,  MEDIUM, true,  "EXCHANGE MEDIUM"),
	ROW(0xa7, WRITES, ACTIVE,  MEDIUM, true,  "MOVE MEDIUM ATTACHED"),
	ROW(0xb4, READS,  ACTIVE,  MEDIUM, false, "READ ELEMENT STATUS ATTACHED"),
	ROW(0xb5, READS,  ACTIVE,  PROMPT, false, "REQUEST VOLUME ELEMENT ADDRESS"),
	ROW(0xb6, WRITES, ACTIVE,  PROMPT, false, "SEND VOLUME TAG"),
	ROW(0xb8, FIELD,  ACTIVE,  MEDIUM, false, "READ ELEMENT STATUS"),
};

/* Where a service action completes the opcode; no two device types mean different things by it. */
static const struct sl_facts actions[] = {
	ACTION(0x83, 0x10, READS,  ACTIVE,  LONG,   false, "POPULATE TOKEN"),
	ACTION(0xab, 0x01, NEVER,  ACTIVE,  PROMPT, false, "READ MEDIA SERIAL NUMBER"),
	ACTION(0xa3, 0x05, NEVER,  STANDBY, PROMPT, false, "REPORT IDENTIFYING INFORMATION"),
	ACTION(0xa3, 0x0a, NEVER,  ANY,     PROMPT, false, "REPORT TARGET PORT GROUPS"),
	ACTION(0xa3, 0x0b, NEVER,  STANDBY, PROMPT, false, "REPORT ALIASES"),
	ACTION(0xa3, 0x0c, READS,  STANDBY, PROMPT, false, "REPORT SUPPORTED OPERATION CODES"),
	ACTION(0xa3, 0x0d, READS,  STANDBY, PROMPT, false, "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS"),
	ACTION(0xa3, 0x0e, NEVER,  STANDBY, PROMPT, false, "REPORT PRIORITY"),
	ACTION(0xa3, 0x0f, NEVER,  STANDBY, PROMPT, false, "REPORT TIMESTAMP"),
	ACTION(0xa3, 0x10, READS,  STANDBY, PROMPT, false, "MANAGEMENT PROTOCOL IN"),
	ACTION(0xa4, 0x06, WRITES, STANDBY, PROMPT, false, "SET IDENTIFYING INFORMATION"),
	ACTION(0xa4, 0x0a, WRITES, SETTLED, PROMPT, false, "SET TARGET PORT GROUPS"),
	ACTION(0xa4, 0x0b, WRITES, STANDBY, PROMPT, false, "CHANGE ALIASES"),
	ACTION(0xa4, 0x0e, WRITES, STANDBY, PROMPT, false, "SET PRIORITY"),
	ACTION(0xa4, 0x0f, WRITES, STANDBY, PROMPT, false, "SET TIMESTAMP"),
	ACTION(0x7f, 0x09, READS,  ACTIVE,  DATA,   false, "READ(32)"),
	ACTION(0x7f, 0x0a, READS,  ACTIVE,  MEDIUM, false, "VERIFY(32)"),
	ACTION(0x7f, 0x0b, WRITES, ACTIVE,  DATA,   true,  "WRITE(32)"),
	ACTION(0x7f, 0x0c, WRITES, ACTIVE,  DATA,   true,  "WRITE AND VERIFY(32)"),
	ACTION(0x7f, 0x0d, WRITES, ACTIVE,  MEDIUM, true,  "WRITE SAME(32)"),
	ACTION(0x9e, 0x10, NEVER,  STANDBY, PROMPT, false, "READ CAPACITY(16)"),
	ACTION(0x9e, 0x12, READS,  ACTIVE,  PROMPT, false, "GET LBA STATUS"),
	ACTION(0x9e, 0x13, NEVER,  ACTIVE,  PROMPT, false, "REPORT REFERRALS"),
	ACTION(0x9e, 0x16, READS,  ACTIVE,  PROMPT, false, "GET STREAM STATUS"),
	ACTION(0x9e, 0x17, READS,  ACTIVE,  PROMPT, false, "GET PHYSICAL ELEMENT STATUS"),
};

/* clang-format on */

static const struct sl_facts unknown = {
	0, SL_ANY_ACTION, SL_RESERVED_WRITES, SL_ACCESS_ACTIVE, SLUICE_PACE_LONG, true, "unknown"
};

/* SPC-5 4.2: opcodes whose meaning a service action completes. */
u8 sl_service_action(const struct sl_cmd *cmd)
{
	switch (cmd->cdb[0]) {
	case SL_OP_PERSISTENT_RESERVE_IN:
	case SL_OP_PERSISTENT_RESERVE_OUT:
	case SL_OP_EXTENDED_COPY:
	case SL_OP_RECEIVE_COPY_RESULTS:
	case SL_OP_SERVICE_ACTION_IN_16:
	case SL_OP_SERVICE_ACTION_OUT_16:
	case SL_OP_MAINTENANCE_IN:
	case SL_OP_MAINTENANCE_OUT:
	case SL_OP_SERVICE_ACTION_OUT_12:
	case SL_OP_SERVICE_ACTION_IN_12:
		return cmd->cdb[1] & 0x1f;
	case SL_OP_VARIABLE_LENGTH_CDB:
		return cmd->cdb_len >= 10 && !cmd->cdb[8] ? cmd->cdb[9] : SL_ANY_ACTION;
	default:
		return SL_ANY_ACTION;
	}
}

static const struct sl_facts *of_type(u8 type)
{
	switch (type) {
	case 0x01:
		return tape;
	case 0x08:
		return changer;
	default:
		return disk;
	}
}

const struct sl_facts *sl_facts_of(const struct sl_cmd *cmd, u8 type)
{
	u8 opcode = cmd->cdb[0], action = sl_service_action(cmd);
	const struct sl_facts *f = &of_type(type)[opcode];

	for (u32 i = 0; action != SL_ANY_ACTION && i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (actions[i].opcode == opcode && actions[i].action == action)
			return &actions[i];
	}
	if (!f->name)
		f = &common[opcode];
	return f->name ? f : &unknown;
}
