/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "result_text.h"

#include <ctype.h>
#include <string.h>

/* SAM-6 5.3.1 */
static const char *status_name(__u8 status)
{
	switch (status) {
	case 0x00:
		return "GOOD";
	case 0x02:
		return "CHECK CONDITION";
	case 0x04:
		return "CONDITION MET";
	case 0x08:
		return "BUSY";
	case 0x18:
		return "RESERVATION CONFLICT";
	case 0x28:
		return "TASK SET FULL";
	case 0x30:
		return "ACA ACTIVE";
	case 0x40:
		return "TASK ABORTED";
	default:
		return "?";
	}
}

/* SPC-5 4.4.8 */
static const char *key_name(__u8 key)
{
	static const char *const names[16] = {
		"NO SENSE",	  "RECOVERED ERROR", "NOT READY",      "MEDIUM ERROR",
		"HARDWARE ERROR", "ILLEGAL REQUEST", "UNIT ATTENTION", "DATA PROTECT",
		"BLANK CHECK",	  "VENDOR SPECIFIC", "COPY ABORTED",   "ABORTED COMMAND",
		"RESERVED",	  "VOLUME OVERFLOW", "MISCOMPARE",     "COMPLETED",
	};

	return names[key & 0xf];
}

static void print_sense(FILE *out, const __u8 *sense, __u16 len)
{
	__u8 format = len ? sense[0] & 0x7f : 0;

	if (len >= 14 && (format == 0x70 || format == 0x71))
		fprintf(out, "sense %s %02Xh/%02Xh\n", key_name(sense[2]), sense[12], sense[13]);
	else if (len >= 8 && (format == 0x72 || format == 0x73))
		fprintf(out, "sense %s %02Xh/%02Xh\n", key_name(sense[1]), sense[2], sense[3]);
	hex_print(out, sense, len);
}

void result_print(FILE *out, const struct sluice_rig_result *r)
{
	if (r->aborted) {
		fputs("aborted\n", out);
		return;
	}
	fprintf(out, "status %02Xh %s\n", r->status, status_name(r->status));
	if (r->residual_kind != SLUICE_RESIDUAL_NONE)
		fprintf(out, "residual %s %u\n",
			r->residual_kind == SLUICE_RESIDUAL_UNDER ? "underflow" : "overflow",
			r->residual);
	if (r->sense_len)
		print_sense(out, r->sense, r->sense_len);
}

void hex_print(FILE *out, const __u8 *bytes, __u32 len)
{
	for (__u32 at = 0; at < len; at += 16) {
		__u32 n = len - at < 16 ? len - at : 16;

		fprintf(out, "%06x ", at);
		for (__u32 i = 0; i < 16; i++)
			i < n ? fprintf(out, " %02x", bytes[at + i]) : fprintf(out, "   ");
		fputs("  ", out);
		for (__u32 i = 0; i < n; i++)
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

int hex_parse(const char *text, __u8 *out, int room)
{
	int n = 0;

	for (;;) {
		while (*text == ' ' || *text == ':')
			text++;
		if (!*text)
			return n;
		if (n == room || digit(text[0]) < 0 || digit(text[1]) < 0)
			return -1;
		out[n++] = (__u8)(digit(text[0]) << 4 | digit(text[1]));
		text += 2;
	}
}
