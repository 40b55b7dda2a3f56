/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "hex.h"

#include <ctype.h>
#include <string.h>

void hex_print(FILE *out, const uint8_t *bytes, uint32_t len, uint64_t base)
{
	for (uint32_t at = 0; at < len; at += 16) {
		uint32_t n = len - at < 16 ? len - at : 16;

		fprintf(out, "%06llx ", (unsigned long long)(base + at));
		for (uint32_t i = 0; i < 16; i++)
			i < n ? fprintf(out, " %02x", bytes[at + i]) : fprintf(out, "   ");
		fputs("  ", out);
		for (uint32_t i = 0; i < n; i++)
			fputc(isprint(bytes[at + i]) ? bytes[at + i] : '.', out);
		fputc('\n', out);
	}
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

int hex_parse(const char *text, uint8_t *out, int room)
{
	int n = 0;

	for (;;) {
		while (*text == ' ' || *text == ':')
			text++;
		if (!*text)
			return n;
		if (n == room || digit(text[0]) < 0 || digit(text[1]) < 0)
			return -1;
		out[n++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
		text += 2;
	}
}
