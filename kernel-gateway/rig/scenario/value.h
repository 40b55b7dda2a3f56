/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Numbers, sizes, durations and data as a scenario writes them. */
#ifndef SLUICE_RIG_SCENARIO_VALUE_H
#define SLUICE_RIG_SCENARIO_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

/* "17", "0x11", "64K", "1M": factors of 1024. False: it is none. */
bool value_number(const char *text, uint64_t *out);
/* "250us", "50ms", "5s", "2min". */
bool value_duration(const char *text, uint64_t *ns);
/* "29/00", both in hex. */
bool value_sense_code(const char *text, uint16_t *out);

enum data_kind {
	DATA_NONE,
	DATA_BYTES,		/* hex digits, or text:... */
	DATA_PATTERN,		/* of a seed; each byte depends on its place */
	DATA_ZEROS,
	DATA_FILE,		/* read when the scenario runs */
};

#define VALUE_DATA_MAX	(16u << 20)
#define VALUE_DATA_HELP "give hex digits, text:WORDS, zeros, zeros:LENGTH, pattern:SEED, pattern:SEED:LENGTH or file:PATH"

struct data_spec {
	uint8_t kind;			/* enum data_kind */
	uint32_t seed;
	uint32_t len;			/* bytes; 0: as long as the command asks for (PATTERN, ZEROS, FILE) */
	const uint8_t *bytes;		/* BYTES */
	const char *path;		/* FILE */
};

bool value_data(struct arena *a, const char *text, struct data_spec *out);
/* Byte `at` of the pattern. */
uint8_t value_pattern(uint32_t seed, uint64_t at);
/* Bytes `at`.. of a spec that is not FILE into `out`; what lies behind a BYTES spec is zero. */
void value_fill(const struct data_spec *d, uint64_t at, uint8_t *out, uint32_t len);

#endif /* SLUICE_RIG_SCENARIO_VALUE_H */
