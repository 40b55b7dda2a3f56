/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "iscsi/digest.h"

/* RFC 7143 appendix A.4 (RFC 3720 B.4): bytes as they stand on the wire. */
struct vector {
	uint8_t data[48];
	uint32_t len;
	uint8_t wire[4];
};

static struct vector vectors[5] = {
	{ { 0 }, 32, { 0xaa, 0x36, 0x91, 0x8a } },
	{ { 0 }, 32, { 0x43, 0xab, 0xa8, 0x62 } },
	{ { 0 }, 32, { 0x4e, 0x79, 0xdd, 0x46 } },
	{ { 0 }, 32, { 0x5c, 0xdb, 0x3f, 0x11 } },
	{ { 0x01, 0xc0, 0, 0, 0, 0, 0,	  0, 0,	   0, 0, 0,    0, 0, 0, 0,
	    0x14, 0,	0, 0, 0, 0, 0x04, 0, 0,	   0, 0, 0x14, 0, 0, 0, 0x18,
	    0x28, 0,	0, 0, 0, 0, 0,	  0, 0x02, 0, 0, 0,    0, 0, 0, 0 },
	  48,
	  { 0x56, 0x3a, 0x96, 0xd9 } },
};

static void should_match_the_vectors_of_the_rfc(void **state)
{
	memset(vectors[1].data, 0xff, 32);
	for (uint8_t i = 0; i < 32; i++) {
		vectors[2].data[i] = i;
		vectors[3].data[i] = (uint8_t)(31 - i);
	}
	for (size_t i = 0; i < 5; i++) {
		uint8_t wire[4];

		iscsi_digest_put(wire, iscsi_crc32c(0, vectors[i].data, vectors[i].len));
		assert_memory_equal(wire, vectors[i].wire, 4);
		iscsi_digest_put(wire, iscsi_crc32c_table(0, vectors[i].data, vectors[i].len));
		assert_memory_equal(wire, vectors[i].wire, 4);
		assert_int_equal(iscsi_digest_get(wire),
				 iscsi_crc32c(0, vectors[i].data, vectors[i].len));
	}
}

static void should_agree_with_the_table_at_every_length_and_split(void **state)
{
	static uint8_t data[20000];
	unsigned int seed = (unsigned int)time(NULL);

	print_message("seed %u\n", seed);
	srand(seed);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)rand();
	for (int i = 0; i < 2000; i++) {
		size_t at = (size_t)rand() % 64, len = (size_t)rand() % (sizeof(data) - 64);
		size_t split = len ? (size_t)rand() % len : 0;
		uint32_t whole = iscsi_crc32c(0, data + at, len);

		assert_int_equal(whole, iscsi_crc32c_table(0, data + at, len));
		assert_int_equal(whole, iscsi_crc32c(iscsi_crc32c(0, data + at, split),
						     data + at + split, len - split));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_match_the_vectors_of_the_rfc),
		cmocka_unit_test(should_agree_with_the_table_at_every_length_and_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
