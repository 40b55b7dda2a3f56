/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "control/text.h"

static int check(const char *text, size_t len, char why[256])
{
	char field[16] = { 0 };

	memcpy(field, text, len);
	return text_check(field, sizeof(field), "name", TEXT_REQUIRED, why);
}

static void should_accept_utf_8(void **state)
{
	char why[256];

	assert_int_equal(check("disk", 4, why), 0);
	assert_int_equal(check("K\xc3\xbchl", 5, why), 0);
	assert_int_equal(check("\xe2\x82\xac", 3, why), 0);
	assert_int_equal(check("\xf0\x9f\x92\xbe", 4, why), 0);
	assert_int_equal(check("123456789012345", 15, why), 0);
}

static void should_refuse_what_is_not_text_and_name_the_field(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *says;
	} bad[] = {
		{ "1234567890123456", 16, "not NUL-terminated" },
		{ "ab\0c", 4, "behind its end" },
		{ "", 0, "empty" },
		{ "a\nb", 3, "byte 0ah at 1" },
		{ "\x7f", 1, "byte 7fh" },
		{ "\x80", 1, "byte 80h" },
		{ "\xc0\xaf", 2, "byte c0h" },	       /* overlong */
		{ "\xe0\x80\xaf", 3, "byte e0h" },     /* overlong */
		{ "\xed\xa0\x80", 3, "byte edh" },     /* surrogate */
		{ "\xf4\x90\x80\x80", 4, "byte f4h" }, /* past U+10FFFF */
		{ "\xf0\x80\x80\xaf", 4, "byte f0h" }, /* overlong */
		{ "\xe2\x82", 2, "byte e2h" },	       /* cut off */
		{ "\xe2\x82x", 3, "byte e2h" },	       /* not gone on with */
		{ "\xc3\xc3", 2, "byte c3h" },	       /* begun again */
	};
	char why[256];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(check(bad[i].text, bad[i].len, why), -EINVAL);
		assert_non_null(strstr(why, bad[i].says));
		assert_int_equal(strncmp(why, "name", 4), 0);
	}
}

static void should_allow_an_empty_optional_text(void **state)
{
	const char empty[8] = { 0 };
	char why[256];

	assert_int_equal(text_check(empty, sizeof(empty), "alias", TEXT_OPTIONAL, why), 0);
}

static void should_refuse_reserved_bytes_that_are_set(void **state)
{
	uint8_t bytes[4] = { 0, 0, 3, 0 };
	char why[256];

	assert_int_equal(reserved_check(bytes, 4, "reserved", why), -EINVAL);
	assert_string_equal(why, "reserved has byte 03h at 2: write zeros");
	bytes[2] = 0;
	assert_int_equal(reserved_check(bytes, 4, "reserved", why), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_accept_utf_8),
		cmocka_unit_test(should_refuse_what_is_not_text_and_name_the_field),
		cmocka_unit_test(should_allow_an_empty_optional_text),
		cmocka_unit_test(should_refuse_reserved_bytes_that_are_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
