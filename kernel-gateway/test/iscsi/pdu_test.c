/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Header checks: a corpus of malformed headers and what becomes of each; random ones crash nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "iscsi/pdu.h"

#define CLOSE (-1)

struct row {
	const char *what;
	bool login;
	uint8_t head[8];
	int verdict;
};

static const struct row rows[] = {
	{ "a SCSI command", false, { 0x01, 0xc0 }, 0 },
	{ "a login request", true, { 0x43, 0x87, 0, 0, 0, 0, 1, 0 }, 0 },
	{ "a SCSI command before login", true, { 0x01, 0xc0 }, CLOSE },
	{ "a NOP-Out before login", true, { 0x40, 0x80 }, CLOSE },
	{ "a response opcode before login", true, { 0x23, 0x80 }, CLOSE },
	{ "HTTP", true, { 'G', 'E', 'T', ' ', '/', ' ', 'H', 'T' }, CLOSE },
	{ "TLS", true, { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01 }, CLOSE },
	{ "8193 bytes in a login", true, { 0x43, 0x87, 0, 0, 0, 0x00, 0x20, 0x01 }, CLOSE },
	{ "additional headers in a login", true, { 0x43, 0x87, 0, 0, 1 }, CLOSE },
	{ "more than our segment length", false, { 0x05, 0x80, 0, 0, 0, 0x04, 0x00, 0x01 }, CLOSE },
	{ "our segment length", false, { 0x05, 0x80, 0, 0, 0, 0x04, 0x00, 0x00 }, 0 },
	{ "the largest length", false, { 0x05, 0x80, 0, 0, 0, 0xff, 0xff, 0xff }, CLOSE },
	{ "the reserved bit of the opcode", false, { 0x81, 0xc0 }, CLOSE },
	{ "a login after login", false, { 0x43, 0x87 }, ISCSI_REJECT_PROTOCOL },
	{ "SNACK at level 0", false, { 0x10, 0x80 }, ISCSI_REJECT_SNACK },
	{ "a target's opcode", false, { 0x21, 0x80 }, ISCSI_REJECT_NOT_SUPPORTED },
	{ "a reserved opcode", false, { 0x0f, 0x80 }, ISCSI_REJECT_NOT_SUPPORTED },
	{ "a vendor's opcode", false, { 0x1c, 0x80 }, ISCSI_REJECT_NOT_SUPPORTED },
	{ "a NOP-Out without F", false, { 0x40, 0x00 }, ISCSI_REJECT_INVALID_FIELD },
	{ "task management without F", false, { 0x42, 0x01 }, ISCSI_REJECT_INVALID_FIELD },
	{ "a logout without F", false, { 0x46, 0x00 }, ISCSI_REJECT_INVALID_FIELD },
	{ "a logout with data",
	  false,
	  { 0x46, 0x80, 0, 0, 0, 0, 0, 4 },
	  ISCSI_REJECT_INVALID_FIELD },
	{ "task management with data",
	  false,
	  { 0x42, 0x81, 0, 0, 0, 0, 0, 4 },
	  ISCSI_REJECT_INVALID_FIELD },
	{ "a Data-Out with additional headers",
	  false,
	  { 0x05, 0x80, 0, 0, 2 },
	  ISCSI_REJECT_INVALID_FIELD },
	{ "a text request in pieces", false, { 0x44, 0x40 }, 0 },
	{ "a Data-Out without F", false, { 0x05, 0x00, 0, 0, 0, 0, 0x10, 0 }, 0 },
};

static void should_judge_each_header(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct iscsi_pdu_limits limits = {
			.login = rows[i].login,
			.max_data_len = rows[i].login ? 8192 : 262144,
		};
		uint8_t bhs[ISCSI_BHS_LEN] = { 0 };
		const char *why = NULL;
		uint32_t value = 0;

		print_message("%s\n", rows[i].what);
		memcpy(bhs, rows[i].head, sizeof(rows[i].head));
		assert_int_equal(iscsi_pdu_check(bhs, &limits, &why, &value), rows[i].verdict);
		assert_true(!rows[i].verdict == !why);
	}
}

static void should_survive_random_headers(void **state)
{
	unsigned int seed = (unsigned int)time(NULL);

	print_message("seed %u\n", seed);
	srand(seed);
	for (int i = 0; i < 200000; i++) {
		struct iscsi_pdu_limits limits = { .login = i & 1, .max_data_len = 262144 };
		uint8_t bhs[ISCSI_BHS_LEN], cdb[260], *ahs;
		uint32_t len = 4 * ((uint32_t)rand() % 8), value;
		const char *why;

		ahs = malloc(len ? len : 1);
		for (size_t k = 0; k < sizeof(bhs); k++)
			bhs[k] = (uint8_t)rand();
		for (uint32_t k = 0; k < len; k++)
			ahs[k] = (uint8_t)(rand() % 16);
		iscsi_pdu_check(bhs, &limits, &why, &value);
		assert_true(iscsi_pdu_cdb(bhs, ahs, len, cdb) <= 260);
		free(ahs);
	}
}

static void should_take_the_length_of_the_cdb_from_its_group(void **state)
{
	static const struct {
		uint8_t opcode;
		uint32_t len;
	} cdbs[] = {
		{ 0x00, 6 },  { 0x12, 6 },  { 0x28, 10 }, { 0x5e, 10 },
		{ 0x88, 16 }, { 0xa8, 12 }, { 0xc0, 16 },
	};

	for (size_t i = 0; i < sizeof(cdbs) / sizeof(cdbs[0]); i++) {
		uint8_t bhs[ISCSI_BHS_LEN] = { 0x01 }, cdb[260];

		bhs[32] = cdbs[i].opcode;
		assert_int_equal(iscsi_pdu_cdb(bhs, NULL, 0, cdb), cdbs[i].len);
		assert_int_equal(cdb[0], cdbs[i].opcode);
	}
}

static void should_join_an_extended_cdb(void **state)
{
	/* AHSLength 17 = reserved byte + 16 bytes; type 1; padded to 20 */
	uint8_t ahs[20] = { 0, 17, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
	uint8_t bhs[ISCSI_BHS_LEN] = { 0x01 }, cdb[260];

	bhs[32] = 0x7f;
	assert_int_equal(iscsi_pdu_cdb(bhs, ahs, sizeof(ahs), cdb), 32);
	assert_memory_equal(cdb + 16, ahs + 4, 16);
	ahs[1] = 18; /* runs past what is there */
	assert_int_equal(iscsi_pdu_cdb(bhs, ahs, sizeof(ahs), cdb), 0);
	ahs[1] = 17;
	ahs[2] = 3; /* no such type */
	assert_int_equal(iscsi_pdu_cdb(bhs, ahs, sizeof(ahs), cdb), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_judge_each_header),
		cmocka_unit_test(should_survive_random_headers),
		cmocka_unit_test(should_take_the_length_of_the_cdb_from_its_group),
		cmocka_unit_test(should_join_an_extended_cdb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
