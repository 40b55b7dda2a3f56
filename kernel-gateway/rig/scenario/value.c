/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rig/scsi/hex.h"

/* Digits, then what follows them. */
static bool leading_number(const char *text, uint64_t *out, const char **rest)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10);
	*rest = end;
	return errno == 0 && end != text;
}

bool value_number(const char *text, uint64_t *out)
{
	static const char units[] = "KMG";
	const char *rest, *unit;
	int shift;

	if (!leading_number(text, out, &rest))
		return false;
	if (!*rest)
		return true;
	unit = strchr(units, *rest);
	if (!unit || rest[1])
		return false;
	shift = 10 * (int)(unit - units + 1);
	if (*out > UINT64_MAX >> shift)
		return false;
	*out <<= shift;
	return true;
}

bool value_duration(const char *text, uint64_t *ns)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {
		{ "us", 1000ull },
		{ "ms", 1000000ull },
		{ "s", 1000000000ull },
		{ "min", 60000000000ull },
	};
	const char *rest;

	if (!leading_number(text, ns, &rest))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(rest, units[i].unit) != 0)
			continue;
		/* Ten years: nothing that adds some of them can overflow. */
		if (*ns > 315000000ull * 1000000000ull / units[i].ns)
			return false;
		*ns *= units[i].ns;
		return true;
	}
	return false;
}

bool value_sense_code(const char *text, uint16_t *out)
{
	const char *slash = strchr(text, '/');
	uint8_t asc, ascq;
	char half[3] = "";

	if (!slash || slash - text != 2 || strlen(slash + 1) != 2)
		return false;
	memcpy(half, text, 2);
	if (hex_parse(half, &asc, 1) != 1 || hex_parse(slash + 1, &ascq, 1) != 1)
		return false;
	*out = (uint16_t)(asc << 8 | ascq);
	return true;
}

/* "SEED", "SEED:LENGTH" */
static bool parse_pattern(struct arena *a, const char *text, struct data_spec *out)
{
	const char *colon = strchr(text, ':');
	const char *seed = colon ? arena_text(a, text, (size_t)(colon - text)) : text;
	uint64_t value, len = 0;

	if (!value_number(seed, &value) || value > UINT32_MAX ||
	    (colon && !value_number(colon + 1, &len)) || len > VALUE_DATA_MAX)
		return false;
	out->kind = DATA_PATTERN;
	out->seed = (uint32_t)value;
	out->len = (uint32_t)len;
	return true;
}

static bool parse_zeros(const char *text, struct data_spec *out)
{
	uint64_t len = 0;

	if (*text && (*text != ':' || !value_number(text + 1, &len) || len > VALUE_DATA_MAX))
		return false;
	out->kind = DATA_ZEROS;
	out->len = (uint32_t)len;
	return true;
}

static bool parse_hex(struct arena *a, const char *text, struct data_spec *out)
{
	size_t room = strlen(text) / 2 + 1;
	uint8_t *bytes = arena_alloc(a, room);
	int n = hex_parse(text, bytes, (int)room);

	if (n < 1)
		return false;
	out->kind = DATA_BYTES;
	out->bytes = bytes;
	out->len = (uint32_t)n;
	return true;
}

bool value_data(struct arena *a, const char *text, struct data_spec *out)
{
	*out = (struct data_spec){ 0 };
	if (strncmp(text, "pattern:", 8) == 0)
		return parse_pattern(a, text + 8, out);
	if (strncmp(text, "zeros", 5) == 0)
		return parse_zeros(text + 5, out);
	if (strncmp(text, "file:", 5) == 0 && text[5]) {
		out->kind = DATA_FILE;
		out->path = text + 5;
		return true;
	}
	if (strncmp(text, "text:", 5) == 0 && text[5]) {
		out->kind = DATA_BYTES;
		out->bytes = (const uint8_t *)text + 5;
		out->len = (uint32_t)strlen(text + 5);
		return true;
	}
	return parse_hex(a, text, out);
}

uint8_t value_pattern(uint32_t seed, uint64_t at)
{
	/* A byte for each place and seed: shifted, swapped or stale blocks all differ. */
	uint64_t x = (at / 8 + 1) * 0x9e3779b97f4a7c15ull ^ (seed + 1ull) * 0xbf58476d1ce4e5b9ull;

	x ^= x >> 29;
	x *= 0x94d049bb133111ebull;
	x ^= x >> 32;
	return (uint8_t)(x >> 8 * (at % 8));
}

void value_fill(const struct data_spec *d, uint64_t at, uint8_t *out, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		uint64_t place = at + i;

		if (d->kind == DATA_PATTERN)
			out[i] = value_pattern(d->seed, place);
		else if (d->kind == DATA_BYTES && place < d->len)
			out[i] = d->bytes[place];
		else
			out[i] = 0;
	}
}
