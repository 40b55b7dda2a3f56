/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "facts.h"

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
	ROW(0x00, NEVER, ACTIVE,  PROMPT, false, "TEST UNIT READY"),
	ROW(0x03, NEVER, ANY,     PROMPT, false, "REQUEST SENSE"),
	ROW(0x12, NEVER, ANY,     PROMPT, false, "INQUIRY"),
	ROW(0x15, WRITE, STANDBY, PROMPT, false, "MODE SELECT(6)"),
	ROW(0x1a, READ,  STANDBY, PROMPT, false, "MODE SENSE(6)"),
	ROW(0x1c, READ,  STANDBY, PROMPT, false, "RECEIVE DIAGNOSTIC RESULTS"),
	ROW(0x1d, WRITE, STANDBY, LONG,   false, "SEND DIAGNOSTIC"),
	ROW(0x1e, FIELD, ACTIVE,  PROMPT, false, "PREVENT ALLOW MEDIUM REMOVAL"),
	ROW(0x16, FIELD, STANDBY, PROMPT, false, "RESERVE(6)"),
	ROW(0x17, FIELD, STANDBY, PROMPT, false, "RELEASE(6)"),
	ROW(0x3b, WRITE, ANY,     MEDIUM, false, "WRITE BUFFER"),
	ROW(0x3c, READ,  ANY,     DATA,   false, "READ BUFFER(10)"),
	ROW(0x4c, WRITE, STANDBY, PROMPT, false, "LOG SELECT"),
	ROW(0x4d, NEVER, STANDBY, PROMPT, false, "LOG SENSE"),
	ROW(0x55, WRITE, STANDBY, PROMPT, false, "MODE SELECT(10)"),
	ROW(0x56, FIELD, STANDBY, PROMPT, false, "RESERVE(10)"),
	ROW(0x57, FIELD, STANDBY, PROMPT, false, "RELEASE(10)"),
	ROW(0x5a, READ,  STANDBY, PROMPT, false, "MODE SENSE(10)"),
	ROW(0x5e, FIELD, STANDBY, PROMPT, false, "PERSISTENT RESERVE IN"),
	ROW(0x5f, FIELD, STANDBY, PROMPT, false, "PERSISTENT RESERVE OUT"),
	ROW(0x83, WRITE, ACTIVE,  LONG,   true,  "EXTENDED COPY"),
	ROW(0x84, READ,  ACTIVE,  PROMPT, false, "RECEIVE COPY RESULTS"),
	ROW(0x8c, READ,  ACTIVE,  PROMPT, false, "READ ATTRIBUTE"),
	ROW(0x8d, WRITE, ACTIVE,  PROMPT, true,  "WRITE ATTRIBUTE"),
	ROW(0x9b, READ,  ANY,     DATA,   false, "READ BUFFER(16)"),
	ROW(0xa0, NEVER, ANY,     PROMPT, false, "REPORT LUNS"),
	ROW(0xa2, READ,  ACTIVE,  PROMPT, false, "SECURITY PROTOCOL IN"),
	ROW(0xb5, WRITE, ACTIVE,  MEDIUM, false, "SECURITY PROTOCOL OUT"),
};

/* SBC-4 */
static const struct sl_facts disk[256] = {
	ROW(0x04, WRITE, ACTIVE,  LONG,   true,  "FORMAT UNIT"),
	ROW(0x07, WRITE, ACTIVE,  LONG,   true,  "REASSIGN BLOCKS"),
	ROW(0x08, READ,  ACTIVE,  DATA,   false, "READ(6)"),
	ROW(0x0a, WRITE, ACTIVE,  DATA,   true,  "WRITE(6)"),
	ROW(0x1b, FIELD, ACTIVE,  MEDIUM, false, "START STOP UNIT"),
	ROW(0x25, NEVER, STANDBY, PROMPT, false, "READ CAPACITY(10)"),
	ROW(0x28, READ,  ACTIVE,  DATA,   false, "READ(10)"),
	ROW(0x2a, WRITE, ACTIVE,  DATA,   true,  "WRITE(10)"),
	ROW(0x2e, WRITE, ACTIVE,  DATA,   true,  "WRITE AND VERIFY(10)"),
	ROW(0x2f, READ,  ACTIVE,  MEDIUM, false, "VERIFY(10)"),
	ROW(0x34, READ,  ACTIVE,  MEDIUM, false, "PRE-FETCH(10)"),
	ROW(0x35, WRITE, ACTIVE,  MEDIUM, false, "SYNCHRONIZE CACHE(10)"),
	ROW(0x37, READ,  ACTIVE,  PROMPT, false, "READ DEFECT DATA(10)"),
	ROW(0x41, WRITE, ACTIVE,  MEDIUM, true,  "WRITE SAME(10)"),
	ROW(0x42, WRITE, ACTIVE,  MEDIUM, true,  "UNMAP"),
	ROW(0x48, WRITE, ACTIVE,  LONG,   true,  "SANITIZE"),
	ROW(0x53, WRITE, ACTIVE,  DATA,   true,  "XDWRITEREAD(10)"),
	ROW(0x88, READ,  ACTIVE,  DATA,   false, "READ(16)"),
	ROW(0x89, WRITE, ACTIVE,  DATA,   true,  "COMPARE AND WRITE"),
	ROW(0x8a, WRITE, ACTIVE,  DATA,   true,  "WRITE(16)"),
	ROW(0x8b, WRITE, ACTIVE,  DATA,   true,  "ORWRITE(16)"),
	ROW(0x8e, WRITE, ACTIVE,  DATA,   true,  "WRITE AND VERIFY(16)"),
	ROW(0x8f, READ,  ACTIVE,  MEDIUM, false, "VERIFY(16)"),
	ROW(0x90, READ,  ACTIVE,  MEDIUM, false, "PRE-FETCH(16)"),
	ROW(0x91, WRITE, ACTIVE,  MEDIUM, false, "SYNCHRONIZE CACHE(16)"),
	ROW(0x93, WRITE, ACTIVE,  MEDIUM, true,  "WRITE SAME(16)"),
	ROW(0x9c, WRITE, ACTIVE,  DATA,   true,  "WRITE ATOMIC(16)"),
	ROW(0xa8, READ,  ACTIVE,  DATA,   false, "READ(12)"),
	ROW(0xaa, WRITE, ACTIVE,  DATA,   true,  "WRITE(12)"),
	ROW(0xae, WRITE, ACTIVE,  DATA,   true,  "WRITE AND VERIFY(12)"),
	ROW(0xaf, READ,  ACTIVE,  MEDIUM, false, "VERIFY(12)"),
	ROW(0xb7, READ,  ACTIVE,  PROMPT, false, "READ DEFECT DATA(12)"),
};

/* SSC-5 */
static const struct sl_facts tape[256] = {
	ROW(0x01, WRITE, ACTIVE,  MEDIUM, false, "REWIND"),
	ROW(0x04, WRITE, ACTIVE,  LONG,   true,  "FORMAT MEDIUM"),
	ROW(0x05, NEVER, ACTIVE,  PROMPT, false, "READ BLOCK LIMITS"),
	ROW(0x08, READ,  ACTIVE,  DATA,   false, "READ(6)"),
	ROW(0x0a, WRITE, ACTIVE,  DATA,   true,  "WRITE(6)"),
	ROW(0x0b, WRITE, ACTIVE,  LONG,   true,  "SET CAPACITY"),
	ROW(0x0f, READ,  ACTIVE,  DATA,   false, "READ REVERSE(6)"),
	ROW(0x10, WRITE, ACTIVE,  MEDIUM, true,  "WRITE FILEMARKS(6)"),
	ROW(0x11, READ,  ACTIVE,  MEDIUM, false, "SPACE(6)"),
	ROW(0x13, READ,  ACTIVE,  MEDIUM, false, "VERIFY(6)"),
	ROW(0x14, READ,  ACTIVE,  DATA,   false, "RECOVER BUFFERED DATA"),
	ROW(0x19, WRITE, ACTIVE,  LONG,   true,  "ERASE(6)"),
	ROW(0x1b, WRITE, ACTIVE,  MEDIUM, false, "LOAD UNLOAD"),
	ROW(0x2b, READ,  ACTIVE,  MEDIUM, false, "LOCATE(10)"),
	ROW(0x34, NEVER, ACTIVE,  PROMPT, false, "READ POSITION"),
	ROW(0x44, NEVER, ACTIVE,  PROMPT, false, "REPORT DENSITY SUPPORT"),
	ROW(0x80, WRITE, ACTIVE,  MEDIUM, true,  "WRITE FILEMARKS(16)"),
	ROW(0x81, READ,  ACTIVE,  DATA,   false, "READ REVERSE(16)"),
	ROW(0x82, WRITE, ACTIVE,  PROMPT, false, "ALLOW OVERWRITE"),
	ROW(0x88, READ,  ACTIVE,  DATA,   false, "READ(16)"),
	ROW(0x8a, WRITE, ACTIVE,  DATA,   true,  "WRITE(16)"),
	ROW(0x8f, READ,  ACTIVE,  MEDIUM, false, "VERIFY(16)"),
	ROW(0x91, READ,  ACTIVE,  MEDIUM, false, "SPACE(16)"),
	ROW(0x92, READ,  ACTIVE,  MEDIUM, false, "LOCATE(16)"),
	ROW(0x93, WRITE, ACTIVE,  LONG,   true,  "ERASE(16)"),
};

/* SMC-3 */
static const struct sl_facts changer[256] = {
	ROW(0x07, WRITE, ACTIVE,  LONG,   false, "INITIALIZE ELEMENT STATUS"),
	ROW(0x1b, WRITE, ACTIVE,  MEDIUM, false, "OPEN/CLOSE IMPORT/EXPORT ELEMENT"),
	ROW(0x2b, WRITE, ACTIVE,  MEDIUM, false, "POSITION TO ELEMENT"),
	ROW(0x37, WRITE, ACTIVE,  LONG,   false, "INITIALIZE ELEMENT STATUS WITH RANGE"),
	ROW(0xa5, WRITE, ACTIVE,  MEDIUM, true,  "MOVE MEDIUM"),
	ROW(0xa6, WRITE, ACTIVE,  MEDIUM, true,  "EXCHANGE MEDIUM"),
	ROW(0xa7, WRITE, ACTIVE,  MEDIUM, true,  "MOVE MEDIUM ATTACHED"),
	ROW(0xb4, READ,  ACTIVE,  MEDIUM, false, "READ ELEMENT STATUS ATTACHED"),
	ROW(0xb5, READ,  ACTIVE,  PROMPT, false, "REQUEST VOLUME ELEMENT ADDRESS"),
	ROW(0xb6, WRITE, ACTIVE,  PROMPT, false, "SEND VOLUME TAG"),
	ROW(0xb8, FIELD, ACTIVE,  MEDIUM, false, "READ ELEMENT STATUS"),
};

/* Where a service action completes the opcode; no two device types mean different things by it. */
static const struct sl_facts actions[] = {
	ACTION(0xa3, 0x05, NEVER, STANDBY, PROMPT, false, "REPORT IDENTIFYING INFORMATION"),
	ACTION(0xa3, 0x0a, NEVER, ANY,     PROMPT, false, "REPORT TARGET PORT GROUPS"),
	ACTION(0xa3, 0x0b, NEVER, STANDBY, PROMPT, false, "REPORT ALIASES"),
	ACTION(0xa3, 0x0c, READ,  STANDBY, PROMPT, false, "REPORT SUPPORTED OPERATION CODES"),
	ACTION(0xa3, 0x0d, READ,  STANDBY, PROMPT, false, "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS"),
	ACTION(0xa3, 0x0e, NEVER, STANDBY, PROMPT, false, "REPORT PRIORITY"),
	ACTION(0xa3, 0x0f, NEVER, STANDBY, PROMPT, false, "REPORT TIMESTAMP"),
	ACTION(0xa4, 0x06, WRITE, STANDBY, PROMPT, false, "SET IDENTIFYING INFORMATION"),
	ACTION(0xa4, 0x0a, WRITE, SETTLED, PROMPT, false, "SET TARGET PORT GROUPS"),
	ACTION(0xa4, 0x0b, WRITE, STANDBY, PROMPT, false, "CHANGE ALIASES"),
	ACTION(0xa4, 0x0e, WRITE, STANDBY, PROMPT, false, "SET PRIORITY"),
	ACTION(0xa4, 0x0f, WRITE, STANDBY, PROMPT, false, "SET TIMESTAMP"),
	ACTION(0x7f, 0x09, READ,  ACTIVE,  DATA,   false, "READ(32)"),
	ACTION(0x7f, 0x0a, READ,  ACTIVE,  MEDIUM, false, "VERIFY(32)"),
	ACTION(0x7f, 0x0b, WRITE, ACTIVE,  DATA,   true,  "WRITE(32)"),
	ACTION(0x7f, 0x0c, WRITE, ACTIVE,  DATA,   true,  "WRITE AND VERIFY(32)"),
	ACTION(0x7f, 0x0d, WRITE, ACTIVE,  MEDIUM, true,  "WRITE SAME(32)"),
	ACTION(0x9e, 0x10, NEVER, STANDBY, PROMPT, false, "READ CAPACITY(16)"),
	ACTION(0x9e, 0x12, READ,  ACTIVE,  PROMPT, false, "GET LBA STATUS"),
};

/* clang-format on */

static const struct sl_facts unknown = {
	0, SL_ANY_ACTION, SL_RESERVED_WRITE, SL_ACCESS_ACTIVE, SLUICE_PACE_LONG, true, "unknown"
};

/* SPC-5 4.2: opcodes whose meaning a service action completes. */
u8 sl_service_action(const struct sl_cmd *cmd)
{
	switch (cmd->cdb[0]) {
	case 0x5e:
	case 0x5f:
	case 0x83:
	case 0x84:
	case 0x9e:
	case 0x9f:
	case 0xa3:
	case 0xa4:
	case 0xa9:
	case 0xab:
		return cmd->cdb[1] & 0x1f;
	case 0x7f:
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
