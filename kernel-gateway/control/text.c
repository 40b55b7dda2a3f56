/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "text.h"

static size_t sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if ((lead & 0xf0) == 0xe0)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

/* Bytes of one well-formed UTF-8 character (Unicode 15, table 3-7), or 0. */
static size_t character(const unsigned char *at, size_t left)
{
	size_t n = sequence_length(at[0]);

	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Overlong forms, surrogates, and what lies past U+10FFFF. */
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return n;
}

int text_check(const char *text, size_t size, const char *field, enum text_need need, char why[256])
{
	const unsigned char *at = (const unsigned char *)text;
	size_t len = strnlen(text, size);

	if (len == size) {
		snprintf(why, 256, "%s is not NUL-terminated: it holds at most %zu bytes", field,
			 size - 1);
		return -EINVAL;
	}
	for (size_t i = len; i < size; i++) {
		if (text[i]) {
			snprintf(why, 256, "%s has bytes behind its end: fill up with zeros",
				 field);
			return -EINVAL;
		}
	}
	if (len == 0 && need == TEXT_REQUIRED) {
		snprintf(why, 256, "%s is empty: give it a value", field);
		return -EINVAL;
	}
	for (size_t i = 0; i < len;) {
		size_t n = character(at + i, len - i);

		if (n == 0 || at[i] < 0x20 || at[i] == 0x7f) {
			snprintf(why, 256,
				 "%s has byte %02xh at %zu: use UTF-8 without control characters",
				 field, at[i], i);
			return -EINVAL;
		}
		i += n;
	}
	return 0;
}

int reserved_check(const void *bytes, size_t size, const char *field, char why[256])
{
	const u8 *at = bytes;

	for (size_t i = 0; i < size; i++) {
		if (at[i]) {
			snprintf(why, 256, "%s has byte %02xh at %zu: write zeros", field, at[i],
				 i);
			return -EINVAL;
		}
	}
	return 0;
}
