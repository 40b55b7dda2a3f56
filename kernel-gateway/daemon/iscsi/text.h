/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* key=value text (RFC 7143 6.1): a reader of received bytes, a writer into a bounded buffer. */
#ifndef SLUICE_ISCSI_TEXT_H
#define SLUICE_ISCSI_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#define ISCSI_KEY_MAX	63u  /* 6.1: a key name has at most 63 bytes */
#define ISCSI_VALUE_MAX 255u /* 6.1: a value, unless its key says more */

/* Reads in place; the text must stay. */
struct iscsi_text_in {
	const char *at;
	uint32_t left;
};

/*
 *  1	a pair: the key is copied, the value points into the text and is NUL-terminated
 *  0	no more
 * -1	ill-formed: no '=', no NUL at the end, a key that is empty, too long or of other
 *	characters than are allowed
 */
int iscsi_text_next(struct iscsi_text_in *in, char key[ISCSI_KEY_MAX + 1], const char **value);

struct iscsi_text_out {
	char *buf;
	uint32_t len;
	uint32_t cap;
	bool overflow; /* something did not fit; what is there is whole pairs */
};

void iscsi_text_add(struct iscsi_text_out *out, const char *key, const char *value);
void iscsi_text_add_number(struct iscsi_text_out *out, const char *key, uint32_t value);

/* One item of a comma-separated list into item[256]; false when there are no more. */
bool iscsi_text_item(const char **list, char item[ISCSI_VALUE_MAX + 1]);

/* numerical-value (6.1): decimal or 0x hexadecimal, nothing else. */
bool iscsi_text_number(const char *value, uint64_t *number);

/*
 * large-binary-value (6.1): 0x hexadecimal or 0b base64. Returns the bytes written,
 * or -1 if ill-formed or longer than cap.
 */
int iscsi_text_binary(const char *value, uint8_t *out, uint32_t cap);
/* Writes 0x... of 2 * len + 3 bytes. */
void iscsi_text_hex(char *out, const uint8_t *bytes, uint32_t len);

#endif /* SLUICE_ISCSI_TEXT_H */
