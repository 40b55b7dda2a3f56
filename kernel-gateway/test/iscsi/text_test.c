/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "iscsi/text.h"

static void should_read_pairs_and_skip_padding(void **state)
{
	static const char text[] = "A=1\0\0InitialR2T=Yes\0X-com.example.x=\0\0\0";
	struct iscsi_text_in in = { text, sizeof(text) - 1 };
	char key[ISCSI_KEY_MAX + 1];
	const char *value;

	assert_int_equal(iscsi_text_next(&in, key, &value), 1);
	assert_string_equal(key, "A");
	assert_string_equal(value, "1");
	assert_int_equal(iscsi_text_next(&in, key, &value), 1);
	assert_string_equal(key, "InitialR2T");
	assert_string_equal(value, "Yes");
	assert_int_equal(iscsi_text_next(&in, key, &value), 1);
	assert_string_equal(value, "");
	assert_int_equal(iscsi_text_next(&in, key, &value), 0);
}

static int first(const char *text, uint32_t len)
{
	/* On the heap and exact, so that a sanitizer sees a read past the end. */
	char *copy = malloc(len ? len : 1), key[ISCSI_KEY_MAX + 1];
	struct iscsi_text_in in = { copy, len };
	const char *value;
	int result;

	memcpy(copy, text, len);
	result = iscsi_text_next(&in, key, &value);
	free(copy);
	return result;
}

static void should_refuse_ill_formed_pairs(void **state)
{
	char long_key[70];

	assert_int_equal(first("A=1", 3), -1);	 /* no NUL */
	assert_int_equal(first("A", 2), -1);	 /* no = */
	assert_int_equal(first("=1", 3), -1);	 /* no key */
	assert_int_equal(first("A B=1", 6), -1); /* a character that keys do not have */
	memset(long_key, 'K', sizeof(long_key));
	long_key[63] = '=';
	long_key[64] = 0;
	assert_int_equal(first(long_key, 65), 1); /* 63 bytes are allowed (6.1) */
	long_key[63] = 'K';
	long_key[64] = '=';
	long_key[65] = 0;
	assert_int_equal(first(long_key, 66), -1);
}

static void should_read_numbers_and_nothing_else(void **state)
{
	uint64_t n;

	assert_true(iscsi_text_number("262144", &n) && n == 262144);
	assert_true(iscsi_text_number("0x1F", &n) && n == 31);
	assert_true(iscsi_text_number("18446744073709551615", &n) && n == UINT64_MAX);
	assert_false(iscsi_text_number("18446744073709551616", &n));
	assert_false(iscsi_text_number("", &n));
	assert_false(iscsi_text_number("0x", &n));
	assert_false(iscsi_text_number("-1", &n));
	assert_false(iscsi_text_number("1 ", &n));
	assert_false(iscsi_text_number("1f", &n));
}

static void should_read_binary_values_in_both_encodings(void **state)
{
	uint8_t out[8];

	assert_int_equal(iscsi_text_binary("0x0102ff", out, 8), 3);
	assert_memory_equal(out, "\x01\x02\xff", 3);
	assert_int_equal(iscsi_text_binary("0x102", out, 8), 2); /* a leading zero left out */
	assert_memory_equal(out, "\x01\x02", 2);
	assert_int_equal(iscsi_text_binary("0bAQL/", out, 8), 3);
	assert_memory_equal(out, "\x01\x02\xff", 3);
	assert_int_equal(iscsi_text_binary("0bAQI=", out, 8), 2);
	assert_memory_equal(out, "\x01\x02", 2);
	assert_int_equal(iscsi_text_binary("0x", out, 8), -1);
	assert_int_equal(iscsi_text_binary("0b", out, 8), -1);
	assert_int_equal(iscsi_text_binary("0xgg", out, 8), -1);
	assert_int_equal(iscsi_text_binary("0bA*==", out, 8), -1);
	assert_int_equal(iscsi_text_binary("1234", out, 8), -1);
	assert_int_equal(iscsi_text_binary("0x010203040506070809", out, 8), -1); /* does not fit */
	assert_int_equal(iscsi_text_binary("0bAQIDBAUGBwgJ", out, 8), -1);
}

static void should_write_hex_that_it_reads(void **state)
{
	uint8_t bytes[5] = { 0, 1, 0xab, 0xff, 0x10 }, back[5];
	char text[13];

	iscsi_text_hex(text, bytes, 5);
	assert_string_equal(text, "0x0001abff10");
	assert_int_equal(iscsi_text_binary(text, back, 5), 5);
	assert_memory_equal(bytes, back, 5);
}

static void should_write_whole_pairs_only(void **state)
{
	char buf[10];
	struct iscsi_text_out out = { .buf = buf, .cap = sizeof(buf) };

	iscsi_text_add(&out, "A", "1");
	iscsi_text_add_number(&out, "B", 12);
	assert_int_equal(out.len, 9);
	assert_false(out.overflow);
	iscsi_text_add(&out, "C", "");
	assert_true(out.overflow);
	assert_int_equal(out.len, 9);
	assert_memory_equal(buf, "A=1\0B=12\0", 9);
}

static void should_walk_lists(void **state)
{
	const char *list = "CRC32C,None,";
	char item[ISCSI_VALUE_MAX + 1];

	assert_true(iscsi_text_item(&list, item));
	assert_string_equal(item, "CRC32C");
	assert_true(iscsi_text_item(&list, item));
	assert_string_equal(item, "None");
	assert_true(iscsi_text_item(&list, item));
	assert_string_equal(item, "");
	assert_false(iscsi_text_item(&list, item));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_read_pairs_and_skip_padding),
		cmocka_unit_test(should_refuse_ill_formed_pairs),
		cmocka_unit_test(should_read_numbers_and_nothing_else),
		cmocka_unit_test(should_read_binary_values_in_both_encodings),
		cmocka_unit_test(should_write_hex_that_it_reads),
		cmocka_unit_test(should_write_whole_pairs_only),
		cmocka_unit_test(should_walk_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
