/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Login dialogues without a socket: requests in, answers and verdicts out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "iscsi/login.h"

#define TARGET	    "iqn.2026-11.io.sluice:disk"
#define LOCKED	    "iqn.2026-11.io.sluice:locked"
#define CLOSED	    "iqn.2026-11.io.sluice:closed"
#define NAMES	    "InitiatorName=iqn.1993-08.org.debian:01:abc\0"
#define NORMAL	    NAMES "TargetName=" TARGET "\0SessionType=Normal\0"

/* Flags: T, C, CSG, NSG. */
#define T	    0x80
#define C	    0x40
#define SEC_TO_OP   (T | 1)
#define SEC_TO_FULL (T | 3)
#define SEC	    0
#define OP	    (1 << 2)
#define OP_TO_FULL  (T | 1 << 2 | 3)

static enum iscsi_login_status ask_target(void *arg, const char *target, const char *initiator,
					  char alias[64], struct iscsi_credential *credential)
{
	if (!strcmp(target, CLOSED))
		return ISCSI_LOGIN_FORBIDDEN;
	if (strcmp(target, TARGET) && strcmp(target, LOCKED))
		return ISCSI_LOGIN_NOT_FOUND;
	strcpy(alias, "a disk");
	if (!strcmp(target, LOCKED)) {
		strcpy(credential->initiator.user, "alice");
		strcpy(credential->initiator.secret, "secret-of-alice");
	}
	return ISCSI_LOGIN_SUCCESS;
}

static void ask_discovery(void *arg, struct iscsi_credential *credential)
{
}

static enum iscsi_login_status ask_join(void *arg, const struct iscsi_login *login)
{
	return login->tsih == 7 ? ISCSI_LOGIN_TOO_MANY : ISCSI_LOGIN_NO_SESSION;
}

static int known_random(uint8_t *bytes, uint32_t len)
{
	memset(bytes, 0x42, len);
	return 0;
}

static const struct iscsi_login_env env = {
	.random = known_random,
	.group_tag = 3,
	.window = 32,
	.target = ask_target,
	.discovery = ask_discovery,
	.join = ask_join,
};

static struct iscsi_login login;
static struct iscsi_login_answer answer;
static uint8_t request[ISCSI_BHS_LEN];

static int begin(void **state)
{
	struct iscsi_login_request *r = (void *)request;

	iscsi_login_init(&login);
	memset(request, 0, sizeof(request));
	r->opcode = ISCSI_OP_LOGIN_REQUEST | ISCSI_IMMEDIATE;
	memcpy(r->isid, "\x40\x01\x02\x03\x04\x05", 6);
	put_be32(r->itt, 0x1234);
	put_be16(r->cid, 1);
	put_be32(r->cmd_sn, 77);
	put_be32(r->exp_stat_sn, 500);
	return 0;
}

static int end(void **state)
{
	iscsi_login_destroy(&login);
	return 0;
}

static enum iscsi_login_verdict send(uint8_t flags, const char *text, uint32_t len)
{
	/* Exact on the heap, so that a sanitizer sees a read past the end. */
	char *copy = malloc(len ? len : 1);
	enum iscsi_login_verdict verdict;

	memcpy(copy, text, len);
	request[1] = flags;
	memset(answer.text, 0, sizeof(answer.text));
	verdict = iscsi_login_step(&login, &env, request, copy, len, &answer);
	free(copy);
	return verdict;
}

#define SEND(flags, text) send(flags, text, sizeof(text) - 1)

static uint32_t status(void)
{
	const struct iscsi_login_response *r = (const void *)answer.bhs;

	return (uint32_t)r->status_class << 8 | r->status_detail;
}

/* The value of a key in the answer, or NULL. */
static const char *value_of(const char *key)
{
	struct iscsi_text_in in = { answer.text, answer.text_len };
	char found[ISCSI_KEY_MAX + 1];
	const char *value;

	while (iscsi_text_next(&in, found, &value) > 0)
		if (!strcmp(found, key))
			return value;
	return NULL;
}

static void should_log_in_through_both_stages(void **state)
{
	const struct iscsi_login_response *r = (const void *)answer.bhs;

	assert_int_equal(SEND(SEC_TO_OP, NORMAL "AuthMethod=CHAP,None\0"), ISCSI_LOGIN_GO_ON);
	assert_string_equal(value_of("AuthMethod"), "None");
	assert_string_equal(value_of("TargetPortalGroupTag"), "3");
	assert_string_equal(value_of("TargetAlias"), "a disk");
	assert_int_equal(r->flags, SEC_TO_OP);
	assert_int_equal(get_be32(r->stat_sn), 500);
	assert_int_equal(get_be32(r->exp_cmd_sn), 77);
	assert_int_equal(get_be32(r->max_cmd_sn), 77 + 31);
	assert_int_equal(get_be24(r->data_len), answer.text_len);
	assert_int_equal(SEND(OP_TO_FULL, "HeaderDigest=None\0MaxRecvDataSegmentLength=65536\0"),
			 ISCSI_LOGIN_COMPLETE);
	assert_string_equal(value_of("HeaderDigest"), "None");
	assert_string_equal(value_of("MaxRecvDataSegmentLength"), "262144");
	assert_null(value_of("TargetPortalGroupTag"));
	assert_int_equal(r->flags, OP_TO_FULL);
	assert_int_equal(get_be32(r->stat_sn), 501);
	assert_int_equal(login.negotiation.p.max_send, 65536);
}

static void should_log_in_at_once_to_the_operational_stage(void **state)
{
	assert_int_equal(SEND(OP_TO_FULL, NORMAL), ISCSI_LOGIN_COMPLETE);
	assert_string_equal(value_of("TargetPortalGroupTag"), "3");
}

static void should_log_in_from_the_security_stage_directly(void **state)
{
	assert_int_equal(SEND(SEC_TO_FULL, NORMAL "AuthMethod=None\0"), ISCSI_LOGIN_COMPLETE);
	assert_int_equal(login.negotiation.p.max_send, 8192);
}

static void should_open_a_discovery_session_without_a_target(void **state)
{
	assert_int_equal(SEND(OP_TO_FULL, NAMES "SessionType=Discovery\0"), ISCSI_LOGIN_COMPLETE);
	assert_true(login.discovery);
	assert_null(value_of("TargetPortalGroupTag"));
}

static void should_stay_in_the_stage_until_asked_on(void **state)
{
	const struct iscsi_login_response *r = (const void *)answer.bhs;

	assert_int_equal(SEND(OP, NORMAL "InitialR2T=No\0"), ISCSI_LOGIN_GO_ON);
	assert_int_equal(r->flags, OP);
	assert_int_equal(SEND(OP_TO_FULL, ""), ISCSI_LOGIN_COMPLETE);
	assert_int_equal(login.negotiation.p.initial_r2t, 0);
}

static void should_put_text_together_that_comes_in_pieces(void **state)
{
	const struct iscsi_login_response *r = (const void *)answer.bhs;

	assert_int_equal(SEND(OP | C, "InitiatorName=iqn.1993-08.org.de"), ISCSI_LOGIN_GO_ON);
	assert_int_equal(answer.text_len, 0);
	assert_int_equal(r->flags, OP);
	assert_int_equal(SEND(OP | C, "bian:01:abc\0TargetNa"), ISCSI_LOGIN_GO_ON);
	assert_int_equal(SEND(OP_TO_FULL, "me=" TARGET "\0"), ISCSI_LOGIN_COMPLETE);
	assert_string_equal(login.initiator, "iqn.1993-08.org.debian:01:abc");
	assert_string_equal(login.target, TARGET);
}

static void should_bound_the_text_that_it_holds(void **state)
{
	static char piece[ISCSI_LOGIN_DATA_MAX];

	memset(piece, 'a', sizeof(piece));
	for (int i = 0; i < 8; i++)
		assert_int_equal(send(OP | C, piece, sizeof(piece)), ISCSI_LOGIN_GO_ON);
	assert_int_equal(send(OP | C, piece, 1), ISCSI_LOGIN_REFUSED);
	assert_int_equal(status(), 0x0200);
}

static void should_bound_the_rounds(void **state)
{
	uint32_t rounds = 0;

	while (SEND(OP, NORMAL) == ISCSI_LOGIN_GO_ON && rounds < 1000)
		rounds++;
	assert_int_equal(rounds, ISCSI_LOGIN_ROUNDS_MAX);
}

static void should_tolerate_names_said_again_but_not_changed(void **state)
{
	assert_int_equal(SEND(SEC_TO_OP, NORMAL "AuthMethod=None\0"), ISCSI_LOGIN_GO_ON);
	assert_int_equal(SEND(OP, NORMAL), ISCSI_LOGIN_GO_ON);
	assert_int_equal(SEND(OP_TO_FULL, "InitiatorName=iqn.2000-01.org:other\0"),
			 ISCSI_LOGIN_REFUSED);
	assert_int_equal(status(), 0x0200);
}

static void should_answer_unknown_keys(void **state)
{
	assert_int_equal(SEND(OP_TO_FULL, NORMAL "X-com.example.speed=11\0"), ISCSI_LOGIN_COMPLETE);
	assert_string_equal(value_of("X-com.example.speed"), "NotUnderstood");
}

struct refusal {
	const char *what;
	uint32_t status;
	uint8_t flags;
	const char *text;
	uint32_t len;
};

#define REFUSAL(what, status, flags, text)                  \
	{                                                   \
		what, status, flags, text, sizeof(text) - 1 \
	}

static const struct refusal refusals[] = {
	REFUSAL("no initiator name", 0x0207, OP_TO_FULL, "TargetName=" TARGET "\0"),
	REFUSAL("no target name", 0x0207, OP_TO_FULL, NAMES),
	REFUSAL("no such target", 0x0203, OP_TO_FULL,
		NAMES "TargetName=iqn.2026-11.io.sluice:none\0"),
	REFUSAL("initiator not admitted", 0x0202, OP_TO_FULL, NAMES "TargetName=" CLOSED "\0"),
	REFUSAL("no such session type", 0x0209, OP_TO_FULL, NAMES "SessionType=Boot\0"),
	REFUSAL("CHAP is required, straight to operational", 0x0201, OP_TO_FULL,
		NAMES "TargetName=" LOCKED "\0"),
	REFUSAL("CHAP is required, not offered", 0x0201, SEC_TO_OP,
		NAMES "TargetName=" LOCKED "\0AuthMethod=None\0"),
	REFUSAL("CHAP is required, nothing offered", 0x0201, SEC_TO_FULL,
		NAMES "TargetName=" LOCKED "\0"),
	REFUSAL("only CHAP offered, no user configured", 0x0201, SEC_TO_OP,
		NORMAL "AuthMethod=CHAP\0"),
	REFUSAL("CHAP answer out of the blue", 0x0201, SEC,
		NAMES "TargetName=" LOCKED "\0CHAP_N=alice\0CHAP_R=0x00\0"),
	REFUSAL("a key twice", 0x0200, OP_TO_FULL, NORMAL "InitialR2T=No\0InitialR2T=No\0"),
	REFUSAL("a name twice", 0x0200, OP_TO_FULL, NORMAL NAMES),
	REFUSAL("ill-formed boolean", 0x0200, OP_TO_FULL, NORMAL "InitialR2T=Maybe\0"),
	REFUSAL("ill-formed text", 0x0200, OP_TO_FULL, NORMAL "garbage\0"),
	REFUSAL("text without its end", 0x0200, OP_TO_FULL, NORMAL "InitialR2T=No"),
	REFUSAL("operational key in the security stage", 0x0200, SEC_TO_OP,
		NORMAL "MaxBurstLength=8192\0"),
	REFUSAL("security key in the operational stage", 0x0200, OP_TO_FULL,
		NORMAL "AuthMethod=None\0"),
	REFUSAL("reserved stage", 0x0200, 2 << 2, NORMAL),
	REFUSAL("full feature as current stage", 0x0200, 3 << 2, NORMAL),
	REFUSAL("next stage before this one", 0x0200, T | 1 << 2 | 0, NORMAL),
	REFUSAL("reserved next stage", 0x0200, T | 2, NORMAL),
	REFUSAL("T and C together", 0x0200, OP_TO_FULL | C, NORMAL),
	REFUSAL("a name that could pass for a port", 0x0200, OP_TO_FULL,
		"InitiatorName=iqn.a:b,i,0x1\0TargetName=" TARGET "\0"),
};

static void should_refuse_with_the_right_status(void **state)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];

		print_message("%s\n", r->what);
		begin(NULL);
		assert_int_equal(send(r->flags, r->text, r->len), ISCSI_LOGIN_REFUSED);
		assert_int_equal(status(), r->status);
		assert_int_equal(answer.text_len, 0);
		assert_non_null(login.why);
		end(NULL);
	}
}

static void should_refuse_headers_that_do_not_fit(void **state)
{
	struct iscsi_login_request *r = (void *)request;

	r->opcode = ISCSI_OP_LOGIN_REQUEST;
	assert_int_equal(SEND(OP_TO_FULL, NORMAL), ISCSI_LOGIN_REFUSED);
	assert_int_equal(status(), 0x0200);
	begin(NULL);
	r->version_min = 1;
	r->version_max = 2;
	assert_int_equal(SEND(OP_TO_FULL, NORMAL), ISCSI_LOGIN_REFUSED);
	assert_int_equal(status(), 0x0205);
	begin(NULL);
	put_be16(r->tsih, 99);
	assert_int_equal(SEND(OP_TO_FULL, NORMAL), ISCSI_LOGIN_REFUSED);
	assert_int_equal(status(), 0x020a);
	begin(NULL);
	put_be16(r->tsih, 7);
	assert_int_equal(SEND(OP_TO_FULL, NORMAL), ISCSI_LOGIN_REFUSED);
	assert_int_equal(status(), 0x0206);
}

static void should_bind_later_requests_to_the_first(void **state)
{
	static const size_t at[] = { 8, 14, 16, 20 }; /* ISID, TSIH, ITT, CID */

	for (size_t i = 0; i < 4; i++) {
		begin(NULL);
		assert_int_equal(SEND(OP, NORMAL), ISCSI_LOGIN_GO_ON);
		request[at[i]] ^= 1;
		assert_int_equal(SEND(OP_TO_FULL, ""), ISCSI_LOGIN_REFUSED);
		assert_int_equal(status(), 0x0200);
		end(NULL);
	}
	begin(NULL);
	assert_int_equal(SEND(SEC_TO_OP, NORMAL "AuthMethod=None\0"), ISCSI_LOGIN_GO_ON);
	assert_int_equal(SEND(SEC_TO_OP, ""), ISCSI_LOGIN_REFUSED); /* back a stage */
}

static void should_let_in_who_proves_itself_by_chap(void **state)
{
	const struct iscsi_login_response *r = (const void *)answer.bhs;
	uint8_t challenge[16], response[32];
	char text[300], hex[70];
	int len;

	assert_int_equal(SEND(SEC_TO_OP, NAMES "TargetName=" LOCKED "\0AuthMethod=CHAP,None\0"),
			 ISCSI_LOGIN_GO_ON);
	assert_string_equal(value_of("AuthMethod"), "CHAP");
	assert_int_equal(r->flags, SEC); /* not before it is proven */
	assert_int_equal(SEND(SEC, "CHAP_A=5\0"), ISCSI_LOGIN_GO_ON);
	assert_string_equal(value_of("CHAP_I"), "66");
	assert_int_equal(iscsi_text_binary(value_of("CHAP_C"), challenge, sizeof(challenge)), 16);
	iscsi_chap_response(5, 66, "secret-of-alice", challenge, 16, response);
	iscsi_text_hex(hex, response, 16);
	len = snprintf(text, sizeof(text), "CHAP_N=alice%cCHAP_R=%s", 0, hex);
	assert_int_equal(send(SEC_TO_OP, text, (uint32_t)len + 1), ISCSI_LOGIN_GO_ON);
	assert_int_equal(r->flags, SEC_TO_OP);
	assert_int_equal(SEND(OP_TO_FULL, ""), ISCSI_LOGIN_COMPLETE);
}

static void should_keep_out_who_does_not(void **state)
{
	SEND(SEC_TO_OP, NAMES "TargetName=" LOCKED "\0AuthMethod=CHAP\0");
	SEND(SEC, "CHAP_A=5\0");
	assert_int_equal(SEND(SEC_TO_OP,
			      "CHAP_N=alice\0CHAP_R=0x00112233445566778899aabbccddeeff\0"),
			 ISCSI_LOGIN_REFUSED);
	assert_int_equal(status(), 0x0201);
	begin(NULL);
	SEND(SEC_TO_OP, NAMES "TargetName=" LOCKED "\0AuthMethod=CHAP\0");
	assert_int_equal(SEND(SEC_TO_OP, ""), ISCSI_LOGIN_REFUSED); /* on without a proof */
	assert_int_equal(status(), 0x0201);
}

static void should_survive_random_text(void **state)
{
	static const char *const pieces[] = {
		"InitiatorName=",
		"TargetName=" TARGET,
		"AuthMethod=CHAP",
		"CHAP_A=5",
		"CHAP_R=0x",
		"MaxBurstLength=1",
		"=",
		"\0",
		"Yes",
		"0b",
		",",
		"HeaderDigest=CRC32C",
		"\xff",
		"SessionType=Discovery",
	};
	unsigned int seed = (unsigned int)time(NULL);

	print_message("seed %u\n", seed);
	srand(seed);
	for (int i = 0; i < 20000; i++) {
		char text[600];
		uint32_t len = 0;

		begin(NULL);
		for (int round = 0; round < 3; round++) {
			len = 0;
			for (int k = rand() % 12; k >= 0; k--) {
				const char *p = pieces[(size_t)rand() %
						       (sizeof(pieces) / sizeof(pieces[0]))];

				memcpy(text + len, p, strlen(p));
				len += (uint32_t)strlen(p);
				if (rand() % 3)
					text[len++] = 0;
			}
			if (send((uint8_t)rand(), text, len) != ISCSI_LOGIN_GO_ON)
				break;
		}
		end(NULL);
	}
}

int main(void)
{
#define DIALOGUE(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		DIALOGUE(should_log_in_through_both_stages),
		DIALOGUE(should_log_in_at_once_to_the_operational_stage),
		DIALOGUE(should_log_in_from_the_security_stage_directly),
		DIALOGUE(should_open_a_discovery_session_without_a_target),
		DIALOGUE(should_stay_in_the_stage_until_asked_on),
		DIALOGUE(should_put_text_together_that_comes_in_pieces),
		DIALOGUE(should_bound_the_text_that_it_holds),
		DIALOGUE(should_bound_the_rounds),
		DIALOGUE(should_tolerate_names_said_again_but_not_changed),
		DIALOGUE(should_answer_unknown_keys),
		DIALOGUE(should_refuse_with_the_right_status),
		DIALOGUE(should_refuse_headers_that_do_not_fit),
		DIALOGUE(should_bind_later_requests_to_the_first),
		DIALOGUE(should_let_in_who_proves_itself_by_chap),
		DIALOGUE(should_keep_out_who_does_not),
		DIALOGUE(should_survive_random_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
