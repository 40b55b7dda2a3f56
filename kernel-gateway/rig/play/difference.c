/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <string.h>

#include "player.h"
#include "rig/scsi/hex.h"

#define LINE  16u
#define LINES 4u /* that are shown of those that differ */

static void print_line(FILE *out, const char *whose, const uint8_t *bytes, uint32_t len,
		       uint64_t base)
{
	fprintf(out, "      %s ", whose);
	hex_print(out, bytes, len, base);
}

void difference_print(FILE *out, const uint8_t *expected, const uint8_t *came, uint32_t len,
		      uint64_t base)
{
	uint32_t differ = 0, first = len, lines = 0;

	for (uint32_t i = len; i > 0; i--) {
		if (expected[i - 1] == came[i - 1])
			continue;
		differ++;
		first = i - 1;
	}
	fprintf(out, "    data: %u of %u bytes differ, the first at %llu\n", differ, len,
		(unsigned long long)(base + first));
	for (uint32_t at = first / LINE * LINE; at < len && lines < LINES; at += LINE) {
		uint32_t n = len - at < LINE ? len - at : LINE;

		if (memcmp(expected + at, came + at, n) == 0)
			continue;
		print_line(out, "expected", expected + at, n, base + at);
		print_line(out, "came    ", came + at, n, base + at);
		lines++;
	}
}
