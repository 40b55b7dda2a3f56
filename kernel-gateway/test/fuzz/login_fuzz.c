/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Login without a socket: the input is a row of PDUs, each a header and the data
 * it announces. One target asks for CHAP, one for nothing.
 */
#include <assert.h>
#include <stdlib.h>

#include "input.h"
#include "iscsi/login.h"

static enum iscsi_login_status target(void *arg, const char *name, const char *initiator,
				      char alias[64], struct iscsi_credential *credential)
{
	strcpy(alias, "fuzz");
	if (name[0] == 'c') {
		strcpy(credential->initiator.user, "alice");
		strcpy(credential->initiator.secret, "secret-of-alice");
		strcpy(credential->target.user, "gate");
		strcpy(credential->target.secret, "secret-of-the-gate");
	}
	return name[0] == 'x' ? ISCSI_LOGIN_NOT_FOUND : ISCSI_LOGIN_SUCCESS;
}

static void discovery(void *arg, struct iscsi_credential *credential)
{
}

static enum iscsi_login_status join(void *arg, const struct iscsi_login *login)
{
	return ISCSI_LOGIN_NO_SESSION;
}

static int zeros(uint8_t *bytes, uint32_t len)
{
	memset(bytes, 0, len);
	return 0;
}

static const struct iscsi_login_env env = {
	.random = zeros,
	.group_tag = 1,
	.window = 32,
	.target = target,
	.discovery = discovery,
	.join = join,
};
static const struct iscsi_pdu_limits limits = { .login = true,
						.max_data_len = ISCSI_LOGIN_DATA_MAX };

/* One PDU; false when the connection would be closed or is logged in. */
static bool step(struct iscsi_login *login, struct input *in)
{
	static struct iscsi_login_answer answer;
	uint8_t bhs[ISCSI_BHS_LEN];
	enum iscsi_login_verdict verdict;
	const char *why = NULL;
	uint32_t value = 0, len;
	char *data;

	input_bytes(in, bhs, sizeof(bhs));
	if (iscsi_pdu_check(bhs, &limits, &why, &value)) {
		assert(why);
		return false;
	}
	len = iscsi_data_len(bhs);
	assert(len <= ISCSI_LOGIN_DATA_MAX);
	/* Exactly as large as it says, so that the sanitizer sees one byte too many. */
	data = malloc(len ? len : 1);
	assert(data);
	input_bytes(in, data, len);
	verdict = iscsi_login_step(login, &env, bhs, data, len, &answer);
	free(data);
	assert(answer.text_len <= sizeof(answer.text));
	/* Nobody gets in who did not prove himself. */
	if (verdict == ISCSI_LOGIN_COMPLETE && login->credential.initiator.user[0])
		assert(login->authenticated);
	return verdict == ISCSI_LOGIN_GO_ON;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct iscsi_login login;

	iscsi_login_init(&login);
	while (in.left && step(&login, &in))
		;
	iscsi_login_destroy(&login);
	return 0;
}
