/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* 6.1: standard-label, with the prefix characters of X- and X# keys. */
static bool key_char(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '-' || c == '+' || c == '@' ||
	       c == '_' || c == '#';
}

int iscsi_text_next(struct iscsi_text_in *in, char key[ISCSI_KEY_MAX + 1], const char **value)
{
	const char *end, *equals;

	/* Initiators are known to count their padding in; empty strings between pairs say nothing. */
	while (in->left && !*in->at) {
		in->at++;
		in->left--;
	}
	if (!in->left)
		return 0;
	end = memchr(in->at, 0, in->left);
	if (!end)
		return -1;
	equals = memchr(in->at, '=', (size_t)(end - in->at));
	if (!equals || equals == in->at || equals - in->at > (long)ISCSI_KEY_MAX)
		return -1;
	for (const char *p = in->at; p < equals; p++)
		if (!key_char(*p))
			return -1;
	memcpy(key, in->at, (size_t)(equals - in->at));
	key[equals - in->at] = 0;
	*value = equals + 1;
	in->left -= (uint32_t)(end + 1 - in->at);
	in->at = end + 1;
	return 1;
}

void iscsi_text_add(struct iscsi_text_out *out, const char *key, const char *value)
{
	size_t key_len = strlen(key), value_len = strlen(value);

	if (key_len + value_len + 2 > out->cap - out->len) {
		out->overflow = true;
		return;
	}
	memcpy(out->buf + out->len, key, key_len);
	out->buf[out->len + key_len] = '=';
	memcpy(out->buf + out->len + key_len + 1, value, value_len + 1);
	out->len += (uint32_t)(key_len + value_len + 2);
}

void iscsi_text_add_number(struct iscsi_text_out *out, const char *key, uint32_t value)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%u", value);
	iscsi_text_add(out, key, digits);
}

bool iscsi_text_item(const char **list, char item[ISCSI_VALUE_MAX + 1])
{
	size_t len;

	if (!*list)
		return false;
	len = strcspn(*list, ",");
	if (len > ISCSI_VALUE_MAX)
		len = ISCSI_VALUE_MAX;
	memcpy(item, *list, len);
	item[len] = 0;
	*list = strchr(*list, ',');
	if (*list)
		(*list)++;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool iscsi_text_number(const char *value, uint64_t *number)
{
	bool hex = value[0] == '0' && (value[1] == 'x' || value[1] == 'X');
	uint64_t base = hex ? 16 : 10, n = 0;

	if (hex)
		value += 2;
	if (!*value)
		return false;
	for (; *value; value++) {
		int digit = hex_digit(*value);

		if (digit < 0 || (uint64_t)digit >= base ||
		    n > (UINT64_MAX - (uint64_t)digit) / base)
			return false;
		n = n * base + (uint64_t)digit;
	}
	*number = n;
	return true;
}

static int binary_hex(const char *value, uint8_t *out, uint32_t cap)
{
	size_t digits = strlen(value);
	uint32_t len = 0;

	if (!digits || (digits + 1) / 2 > cap)
		return -1;
	/* An odd number of digits has a leading zero left out. */
	for (size_t i = 0, high = digits & 1; i < digits; i++, high ^= 1) {
		int digit = hex_digit(value[i]);

		if (digit < 0)
			return -1;
		if (!high)
			out[len] = (uint8_t)(digit << 4);
		else if (!i)
			out[len++] = (uint8_t)digit;
		else
			out[len++] |= (uint8_t)digit;
	}
	return (int)len;
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static int binary_base64(const char *value, uint8_t *out, uint32_t cap)
{
	size_t chars = strlen(value);
	uint32_t bits = 0, n_bits = 0, len = 0;

	while (chars && value[chars - 1] == '=')
		chars--;
	if (!chars || chars % 4 == 1)
		return -1;
	for (size_t i = 0; i < chars; i++) {
		int digit = base64_digit(value[i]);

		if (digit < 0)
			return -1;
		bits = (bits << 6 | (uint32_t)digit) & 0xffff;
		n_bits += 6;
		if (n_bits < 8)
			continue;
		if (len == cap)
			return -1;
		n_bits -= 8;
		out[len++] = (uint8_t)(bits >> n_bits);
	}
	return (int)len;
}

int iscsi_text_binary(const char *value, uint8_t *out, uint32_t cap)
{
	if (value[0] != '0')
		return -1;
	if (value[1] == 'x' || value[1] == 'X')
		return binary_hex(value + 2, out, cap);
	if (value[1] == 'b' || value[1] == 'B')
		return binary_base64(value + 2, out, cap);
	return -1;
}

void iscsi_text_hex(char *out, const uint8_t *bytes, uint32_t len)
{
	static const char digits[] = "0123456789abcdef";

	*out++ = '0';
	*out++ = 'x';
	for (uint32_t i = 0; i < len; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = 0;
}
