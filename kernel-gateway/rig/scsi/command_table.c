/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "command_table.h"

#include <stddef.h>
#include <string.h>

#define LBA(byte, bits)              \
	{                            \
		"lba", byte, 0, bits \
	}
#define BLOCKS(byte, bits)              \
	{                               \
		"blocks", byte, 0, bits \
	}
#define ALLOCATION(byte, bits)              \
	{                                   \
		"allocation", byte, 0, bits \
	}
#define LENGTH(byte, bits)              \
	{                               \
		"length", byte, 0, bits \
	}
#define BIT(name, byte, bit)       \
	{                          \
		name, byte, bit, 1 \
	}

/* SPC-5 6, SBC-4 5, SSC-5 7; the tables are aligned by hand. */
/* clang-format off */
static const struct cdb_command commands[] = {
	{ "tur", "TEST UNIT READY", 0x00, 6, -1, CDB_NO_DATA, NULL, 0, { { 0 } } },
	{ "rewind", "REWIND", 0x01, 6, -1, CDB_NO_DATA, NULL, 0, { BIT("immed", 1, 0) } },
	{ "request-sense", "REQUEST SENSE", 0x03, 6, -1, CDB_ALLOCATION, "allocation", 252,
	  { BIT("desc", 1, 0), ALLOCATION(4, 8) } },
	{ "format-unit", "FORMAT UNIT", 0x04, 6, -1, CDB_NO_DATA, NULL, 0, { { 0 } } },
	{ "read6", "READ (6)", 0x08, 6, -1, CDB_BLOCKS_IN, "blocks", 1, { LBA(1, 21), BLOCKS(4, 8) } },
	{ "write6", "WRITE (6)", 0x0a, 6, -1, CDB_BLOCKS_OUT, "blocks", 1, { LBA(1, 21), BLOCKS(4, 8) } },
	{ "write-filemarks", "WRITE FILEMARKS (6)", 0x10, 6, -1, CDB_NO_DATA, NULL, 0,
	  { BIT("immed", 1, 0), { "count", 2, 0, 24 } } },
	{ "space", "SPACE (6)", 0x11, 6, -1, CDB_NO_DATA, NULL, 0, { { "code", 1, 0, 4 }, { "count", 2, 0, 24 } } },
	{ "inquiry", "INQUIRY", 0x12, 6, -1, CDB_ALLOCATION, "allocation", 96,
	  { BIT("evpd", 1, 0), BIT("cmddt", 1, 1), { "page", 2, 0, 8 }, ALLOCATION(3, 16) } },
	{ "mode-select6", "MODE SELECT (6)", 0x15, 6, -1, CDB_PARAMETERS, "length", 0,
	  { BIT("pf", 1, 4), BIT("sp", 1, 0), LENGTH(4, 8) } },
	{ "reserve6", "RESERVE (6)", 0x16, 6, -1, CDB_NO_DATA, NULL, 0, { { 0 } } },
	{ "release6", "RELEASE (6)", 0x17, 6, -1, CDB_NO_DATA, NULL, 0, { { 0 } } },
	{ "mode-sense6", "MODE SENSE (6)", 0x1a, 6, -1, CDB_ALLOCATION, "allocation", 192,
	  { BIT("dbd", 1, 3), { "pc", 2, 6, 2 }, { "page", 2, 0, 6 }, { "subpage", 3, 0, 8 }, ALLOCATION(4, 8) } },
	{ "start-stop", "START STOP UNIT", 0x1b, 6, -1, CDB_NO_DATA, NULL, 0,
	  { BIT("immed", 1, 0), BIT("start", 4, 0), BIT("loej", 4, 1) } },
	{ "prevent-allow", "PREVENT ALLOW MEDIUM REMOVAL", 0x1e, 6, -1, CDB_NO_DATA, NULL, 0,
	  { { "prevent", 4, 0, 2 } } },
	{ "read-capacity10", "READ CAPACITY (10)", 0x25, 10, -1, CDB_ALLOCATION, NULL, 8, { { 0 } } },
	{ "read10", "READ (10)", 0x28, 10, -1, CDB_BLOCKS_IN, "blocks", 1,
	  { BIT("dpo", 1, 4), BIT("fua", 1, 3), LBA(2, 32), BLOCKS(7, 16) } },
	{ "write10", "WRITE (10)", 0x2a, 10, -1, CDB_BLOCKS_OUT, "blocks", 1,
	  { BIT("dpo", 1, 4), BIT("fua", 1, 3), LBA(2, 32), BLOCKS(7, 16) } },
	{ "verify10", "VERIFY (10)", 0x2f, 10, -1, CDB_NO_DATA, NULL, 0,
	  { { "bytchk", 1, 1, 2 }, LBA(2, 32), BLOCKS(7, 16) } },
	{ "read-position", "READ POSITION", 0x34, 10, -1, CDB_ALLOCATION, NULL, 20, { { "action", 1, 0, 5 } } },
	{ "sync-cache10", "SYNCHRONIZE CACHE (10)", 0x35, 10, -1, CDB_NO_DATA, NULL, 0,
	  { BIT("immed", 1, 1), LBA(2, 32), BLOCKS(7, 16) } },
	{ "unmap", "UNMAP", 0x42, 10, -1, CDB_PARAMETERS, "length", 0, { BIT("anchor", 1, 0), LENGTH(7, 16) } },
	{ "log-sense", "LOG SENSE", 0x4d, 10, -1, CDB_ALLOCATION, "allocation", 512,
	  { { "pc", 2, 6, 2 }, { "page", 2, 0, 6 }, { "subpage", 3, 0, 8 }, ALLOCATION(7, 16) } },
	{ "mode-select10", "MODE SELECT (10)", 0x55, 10, -1, CDB_PARAMETERS, "length", 0,
	  { BIT("pf", 1, 4), BIT("sp", 1, 0), LENGTH(7, 16) } },
	{ "mode-sense10", "MODE SENSE (10)", 0x5a, 10, -1, CDB_ALLOCATION, "allocation", 192,
	  { BIT("dbd", 1, 3), { "pc", 2, 6, 2 }, { "page", 2, 0, 6 }, { "subpage", 3, 0, 8 }, ALLOCATION(7, 16) } },
	{ "persistent-reserve-in", "PERSISTENT RESERVE IN", 0x5e, 10, -1, CDB_ALLOCATION, "allocation", 512,
	  { { "action", 1, 0, 5 }, ALLOCATION(7, 16) } },
	{ "persistent-reserve-out", "PERSISTENT RESERVE OUT", 0x5f, 10, -1, CDB_PARAMETERS, "length", 0,
	  { { "action", 1, 0, 5 }, { "scope", 2, 4, 4 }, { "type", 2, 0, 4 }, LENGTH(5, 32) } },
	{ "variable", "variable length CDB", 0x7f, 32, -1, CDB_NO_DATA, NULL, 0, { { "action", 8, 0, 16 } } },
	{ "read16", "READ (16)", 0x88, 16, -1, CDB_BLOCKS_IN, "blocks", 1, { LBA(2, 64), BLOCKS(10, 32) } },
	{ "write16", "WRITE (16)", 0x8a, 16, -1, CDB_BLOCKS_OUT, "blocks", 1, { LBA(2, 64), BLOCKS(10, 32) } },
	{ "sync-cache16", "SYNCHRONIZE CACHE (16)", 0x91, 16, -1, CDB_NO_DATA, NULL, 0,
	  { BIT("immed", 1, 1), LBA(2, 64), BLOCKS(10, 32) } },
	{ "read-capacity16", "READ CAPACITY (16)", 0x9e, 16, 0x10, CDB_ALLOCATION, "allocation", 32,
	  { ALLOCATION(10, 32) } },
	{ "report-luns", "REPORT LUNS", 0xa0, 12, -1, CDB_ALLOCATION, "allocation", 2048,
	  { { "select", 2, 0, 8 }, ALLOCATION(6, 32) } },
	{ "report-target-port-groups", "REPORT TARGET PORT GROUPS", 0xa3, 12, 0x0a, CDB_ALLOCATION, "allocation", 512,
	  { { "format", 1, 5, 3 }, ALLOCATION(6, 32) } },
	{ "report-functions", "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", 0xa3, 12, 0x0d, CDB_ALLOCATION, "allocation", 16,
	  { BIT("repd", 2, 7), ALLOCATION(6, 32) } },
	{ "set-target-port-groups", "SET TARGET PORT GROUPS", 0xa4, 12, 0x0a, CDB_PARAMETERS, "length", 0,
	  { LENGTH(6, 32) } },
	{ "report-opcodes", "REPORT SUPPORTED OPERATION CODES", 0xa3, 12, 0x0c, CDB_ALLOCATION, "allocation", 512,
	  { BIT("rctd", 2, 7), { "options", 2, 0, 3 }, { "opcode", 3, 0, 8 }, { "action", 4, 0, 16 },
	    ALLOCATION(6, 32) } },
	{ "read12", "READ (12)", 0xa8, 12, -1, CDB_BLOCKS_IN, "blocks", 1, { LBA(2, 32), BLOCKS(6, 32) } },
	{ "write12", "WRITE (12)", 0xaa, 12, -1, CDB_BLOCKS_OUT, "blocks", 1, { LBA(2, 32), BLOCKS(6, 32) } },
	{ "vendor", "vendor specific", 0xc0, 6, -1, CDB_NO_DATA, NULL, 0, { { "argument", 1, 0, 32 } } },
};
/* clang-format on */

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

const struct cdb_command *cdb_command_at(unsigned int n)
{
	return n < N_COMMANDS ? &commands[n] : NULL;
}

const struct cdb_command *cdb_command_find(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

const struct cdb_command *cdb_command_of(const uint8_t *cdb)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		const struct cdb_command *c = &commands[i];

		if (c->opcode == cdb[0] &&
		    (c->service_action < 0 || c->service_action == (cdb[1] & 0x1f)))
			return c;
	}
	return NULL;
}

bool cdb_field_find(const struct cdb_command *command, const char *name, struct cdb_field *out)
{
	for (int i = 0; i < CDB_FIELDS && command->fields[i].name; i++) {
		if (strcmp(command->fields[i].name, name) == 0) {
			*out = command->fields[i];
			return true;
		}
	}
	if (strcmp(name, "control") != 0)
		return false;
	/* SPC-5 4.2: the last byte, and byte 1 of a variable length CDB */
	*out = (struct cdb_field){ "control",
				   (uint16_t)(command->opcode == 0x7f ? 1 : command->cdb_len - 1),
				   0, 8 };
	return true;
}

/* Its bytes: from `byte` to the one that holds its lowest bit. */
static uint32_t field_bytes(const struct cdb_field *f)
{
	return (f->bits + f->shift + 7u) / 8u;
}

static uint64_t field_mask(const struct cdb_field *f)
{
	return f->bits == 64 ? UINT64_MAX : (1ull << f->bits) - 1;
}

bool cdb_field_set(uint8_t *cdb, const struct cdb_field *f, uint64_t value)
{
	uint32_t n = field_bytes(f);
	uint64_t mask = field_mask(f);

	if (value & ~mask)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t down = 8 * (n - 1 - i);
		uint8_t keep = (uint8_t)((mask << f->shift) >> down);

		cdb[f->byte + i] = (uint8_t)((cdb[f->byte + i] & ~keep) |
					     (((value << f->shift) >> down) & keep));
	}
	return true;
}

uint64_t cdb_field_get(const uint8_t *cdb, const struct cdb_field *f)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < field_bytes(f); i++)
		value = value << 8 | cdb[f->byte + i];
	return (value >> f->shift) & field_mask(f);
}
