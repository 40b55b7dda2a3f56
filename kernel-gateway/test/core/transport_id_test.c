/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* TransportIDs of iSCSI (SPC-5 7.6.4.6), read and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/transport_id.h"

#define PORT "iqn.2026-11.io.sluice:host,i,0x00023d000001"

static struct sl_transport_id id;
static u8 bytes[SL_TRANSPORT_ID_MAX];

static void should_read_what_it_wrote(void **state)
{
	u32 len = sl_transport_id_build(PORT, bytes);

	(void)state;
	assert_int_equal(len, 4 + 44); /* 43 characters and their NUL, already a multiple of four */
	assert_int_equal(bytes[0], 0x45);
	assert_true(sl_transport_id_parse(bytes, len, &id));
	assert_int_equal(id.bytes, len);
	assert_true(id.port);
	assert_string_equal(id.name, PORT);
	/* A device's: format 00b, and never below 24 bytes. */
	assert_int_equal(sl_transport_id_build("iqn.x", bytes), 24);
	assert_int_equal(bytes[0], 0x05);
	assert_true(sl_transport_id_parse(bytes, 200, &id));
	assert_int_equal(id.bytes, 24);
	assert_false(id.port);
	assert_string_equal(id.name, "iqn.x");
}

static void should_take_a_session_identifier_in_upper_case(void **state)
{
	u32 len = sl_transport_id_build("iqn.x,i,0x00023DAB0001", bytes);

	(void)state;
	assert_true(sl_transport_id_parse(bytes, len, &id));
	assert_string_equal(id.name, "iqn.x,i,0x00023dab0001");
}

static void should_write_the_longest_name(void **state)
{
	char name[SLUICE_PORT_NAME_LEN];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	assert_int_equal(sl_transport_id_build(name, bytes), SL_TRANSPORT_ID_MAX);
	assert_true(sl_transport_id_parse(bytes, sizeof(bytes), &id));
	assert_string_equal(id.name, name);
}

static void refuse(u32 at, u8 value)
{
	u32 len = sl_transport_id_build(PORT, bytes);

	bytes[at] = value;
	if (sl_transport_id_parse(bytes, len, &id))
		fail_msg("byte %u as %02x was accepted", at, value);
}

static void should_refuse_what_is_none(void **state)
{
	u32 len = sl_transport_id_build(PORT, bytes);

	(void)state;
	for (u32 n = 0; n < len; n++)
		assert_false(sl_transport_id_parse(bytes, n, &id));
	refuse(0, 0x46);     /* SAS */
	refuse(0, 0x85);     /* format 10b */
	refuse(0, 0xc5);     /* format 11b */
	refuse(0, 0x05);     /* a device with a session identifier */
	refuse(3, 43);	     /* not a multiple of four */
	refuse(3, 16);	     /* shorter than there can be */
	refuse(3, 48);	     /* longer than it is */
	refuse(4, 0);	     /* no name */
	refuse(4 + 42, 'g'); /* no digit */
	refuse(4 + 43, 'x'); /* no NUL */
	refuse(4 + 30, '-'); /* no separator */
	refuse(4 + 31, 0);   /* the separator is cut off */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_read_what_it_wrote),
		cmocka_unit_test(should_take_a_session_identifier_in_upper_case),
		cmocka_unit_test(should_write_the_longest_name),
		cmocka_unit_test(should_refuse_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
