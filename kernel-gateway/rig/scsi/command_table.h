/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Commands by name, and the fields of their CDBs: what a scenario writes as
 * "read10 lba=8 blocks=1".
 */
#ifndef SLUICE_RIG_SCSI_COMMAND_TABLE_H
#define SLUICE_RIG_SCSI_COMMAND_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Big-endian from `byte` on, `bits` wide, its lowest bit at bit `shift` of its last byte. */
struct cdb_field {
	const char *name;
	uint16_t byte;
	uint8_t shift;
	uint8_t bits;
};

/* What the field named `length_field` counts, and so how long the data is. */
enum cdb_length {
	CDB_NO_DATA,
	CDB_ALLOCATION,		/* Data-In, at most so many bytes */
	CDB_BLOCKS_IN,
	CDB_BLOCKS_OUT,
	CDB_PARAMETERS,		/* Data-Out, so many bytes: taken from the data if not given */
};

#define CDB_FIELDS 7

struct cdb_command {
	const char *name;
	const char *t10_name;
	uint8_t opcode;
	uint8_t cdb_len;
	int8_t service_action;		/* in byte 1, or -1 */
	uint8_t length;			/* enum cdb_length */
	const char *length_field;
	uint32_t length_default;
	struct cdb_field fields[CDB_FIELDS];
};

/* NULL if there is none. */
const struct cdb_command *cdb_command_find(const char *name);
/* The n-th, or NULL past the last. */
const struct cdb_command *cdb_command_at(unsigned int n);
/* The command of a CDB, or NULL. */
const struct cdb_command *cdb_command_of(const uint8_t *cdb);
/* Fields of the command, then those that every CDB of its length has ("control"); false: none. */
bool cdb_field_find(const struct cdb_command *command, const char *name, struct cdb_field *out);
/* False: the value does not fit. */
bool cdb_field_set(uint8_t *cdb, const struct cdb_field *field, uint64_t value);
uint64_t cdb_field_get(const uint8_t *cdb, const struct cdb_field *field);

#endif /* SLUICE_RIG_SCSI_COMMAND_TABLE_H */
