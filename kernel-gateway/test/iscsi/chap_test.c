/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "iscsi/chap.h"

static int known_random(uint8_t *bytes, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(0x10 + i);
	return 0;
}

static const struct iscsi_credential one_way = {
	.initiator = { "alice", "secret-of-alice" },
};

static const struct iscsi_credential mutual = {
	.initiator = { "alice", "secret-of-alice" },
	.target = { "gate", "secret-of-the-gate" },
};

/*
 * hash(0x01 | "secret" | 00..0f), computed with openssl dgst; the construction is
 * that of RFC 1994 4.1.
 */
static void should_compute_known_responses(void **state)
{
	static const char *const known[] = {
		[ISCSI_CHAP_MD5] = "740e86463bda3a4d7017d6e0fba0699d",
		[ISCSI_CHAP_SHA1] = "3890198f5112376188a9742805758384545583a6",
		[ISCSI_CHAP_SHA256] =
			"28b96c916cf784528bbfaa6ad7e012cab293437604aae8d66a3295b319132cef",
	};
	uint8_t challenge[16], out[32];
	char hex[70];

	for (uint8_t i = 0; i < 16; i++)
		challenge[i] = i;
	for (uint32_t a = ISCSI_CHAP_MD5; a <= ISCSI_CHAP_SHA256; a++) {
		int len = iscsi_chap_response(a, 1, "secret", challenge, 16, out);

		assert_int_equal(len, iscsi_chap_response_len(a));
		iscsi_text_hex(hex, out, (uint32_t)len);
		assert_string_equal(hex + 2, known[a]);
	}
	assert_int_equal(iscsi_chap_response(8, 1, "secret", challenge, 16, out), -1);
}

struct dialogue {
	struct iscsi_chap chap;
	char buf[2048];
	struct iscsi_text_out out;
	const char *why;
};

static int step(struct dialogue *d, const struct iscsi_credential *credential,
		struct iscsi_chap_keys keys)
{
	d->out = (struct iscsi_text_out){ .buf = d->buf, .cap = sizeof(d->buf) };
	return iscsi_chap_step(&d->chap, credential, &keys, known_random, &d->out, &d->why);
}

static void begin(struct dialogue *d, const struct iscsi_credential *credential,
		  const char *algorithms)
{
	memset(d, 0, sizeof(*d));
	d->chap.state = ISCSI_CHAP_ALGORITHM;
	assert_int_equal(step(d, credential, (struct iscsi_chap_keys){ .a = algorithms }), 0);
	assert_int_equal(d->chap.state, ISCSI_CHAP_CHALLENGED);
}

static void respond(const struct dialogue *d, const char *secret, char hex[70])
{
	uint8_t out[32];
	int len = iscsi_chap_response(d->chap.algorithm, d->chap.identifier, secret,
				      d->chap.challenge, d->chap.challenge_len, out);

	iscsi_text_hex(hex, out, (uint32_t)len);
}

static void should_challenge_with_the_strongest_common_algorithm(void **state)
{
	struct dialogue d;

	begin(&d, &one_way, "5");
	assert_string_equal(d.buf, "CHAP_A=5");
	assert_string_equal(d.buf + 9, "CHAP_I=16");
	assert_string_equal(d.buf + 19, "CHAP_C=0x101112131415161718191a1b1c1d1e1f");
	begin(&d, &one_way, "5,6,7");
	assert_string_equal(d.buf, "CHAP_A=7");
	begin(&d, &one_way, "6,5");
	assert_string_equal(d.buf, "CHAP_A=6");
	d.chap.state = ISCSI_CHAP_ALGORITHM;
	assert_int_equal(step(&d, &one_way, (struct iscsi_chap_keys){ .a = "8,9" }), -1);
}

static void should_accept_the_right_secret_and_refuse_others(void **state)
{
	struct dialogue d;
	char hex[70];

	for (int a = 5; a <= 7; a++) {
		char algorithm[2] = { (char)('0' + a), 0 };

		begin(&d, &one_way, algorithm);
		respond(&d, "secret-of-alice", hex);
		assert_int_equal(
			step(&d, &one_way, (struct iscsi_chap_keys){ .n = "alice", .r = hex }), 0);
		assert_int_equal(d.chap.state, ISCSI_CHAP_PROVEN);
		begin(&d, &one_way, algorithm);
		respond(&d, "secret-of-malice", hex);
		assert_int_equal(
			step(&d, &one_way, (struct iscsi_chap_keys){ .n = "alice", .r = hex }), -1);
		begin(&d, &one_way, algorithm);
		respond(&d, "secret-of-alice", hex);
		assert_int_equal(
			step(&d, &one_way, (struct iscsi_chap_keys){ .n = "bob", .r = hex }), -1);
		begin(&d, &one_way, algorithm);
		hex[10] = 0; /* cut short */
		assert_int_equal(
			step(&d, &one_way, (struct iscsi_chap_keys){ .n = "alice", .r = hex }), -1);
		assert_int_not_equal(d.chap.state, ISCSI_CHAP_PROVEN);
	}
}

static void should_prove_itself_when_asked(void **state)
{
	static const uint8_t theirs[] = { 0xca, 0xfe, 0xba, 0xbe };
	uint8_t expected[32];
	struct dialogue d;
	char hex[70], expected_hex[70];

	begin(&d, &mutual, "5");
	respond(&d, "secret-of-alice", hex);
	assert_int_equal(step(&d, &mutual,
			      (struct iscsi_chap_keys){
				      .n = "alice", .r = hex, .i = "7", .c = "0xcafebabe" }),
			 0);
	iscsi_chap_response(5, 7, "secret-of-the-gate", theirs, sizeof(theirs), expected);
	iscsi_text_hex(expected_hex, expected, 16);
	assert_string_equal(d.buf, "CHAP_N=gate");
	assert_memory_equal(d.buf + 12, "CHAP_R=", 7);
	assert_string_equal(d.buf + 19, expected_hex);
}

static void should_not_prove_itself_without_a_secret_or_to_strangers(void **state)
{
	struct dialogue d;
	char hex[70];

	begin(&d, &one_way, "5");
	respond(&d, "secret-of-alice", hex);
	assert_int_equal(
		step(&d, &one_way,
		     (struct iscsi_chap_keys){ .n = "alice", .r = hex, .i = "7", .c = "0x01" }),
		-1);
	begin(&d, &mutual, "5");
	respond(&d, "wrong", hex);
	assert_int_equal(
		step(&d, &mutual,
		     (struct iscsi_chap_keys){ .n = "alice", .r = hex, .i = "7", .c = "0x01" }),
		-1);
	assert_int_equal(d.out.len, 0);
}

static void should_refuse_its_own_challenge_reflected(void **state)
{
	struct dialogue d;
	char hex[70], challenge[70];

	begin(&d, &mutual, "5");
	respond(&d, "secret-of-alice", hex);
	iscsi_text_hex(challenge, d.chap.challenge, d.chap.challenge_len);
	assert_int_equal(
		step(&d, &mutual,
		     (struct iscsi_chap_keys){ .n = "alice", .r = hex, .i = "7", .c = challenge }),
		-1);
	assert_non_null(strstr(d.why, "reflected"));
}

static void should_refuse_keys_out_of_turn(void **state)
{
	struct dialogue d;

	memset(&d, 0, sizeof(d));
	assert_int_equal(step(&d, &one_way, (struct iscsi_chap_keys){ .a = "5" }), -1);
	d.chap.state = ISCSI_CHAP_ALGORITHM;
	assert_int_equal(step(&d, &one_way, (struct iscsi_chap_keys){ .n = "alice", .r = "0x00" }),
			 -1);
	begin(&d, &one_way, "5");
	assert_int_equal(step(&d, &one_way, (struct iscsi_chap_keys){ .n = "alice" }), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_compute_known_responses),
		cmocka_unit_test(should_challenge_with_the_strongest_common_algorithm),
		cmocka_unit_test(should_accept_the_right_secret_and_refuse_others),
		cmocka_unit_test(should_prove_itself_when_asked),
		cmocka_unit_test(should_not_prove_itself_without_a_secret_or_to_strangers),
		cmocka_unit_test(should_refuse_its_own_challenge_reflected),
		cmocka_unit_test(should_refuse_keys_out_of_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
