/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The Login Phase (RFC 7143 clause 6.3, 11.12, 11.13) without a socket: a login
 * request in, an answer and a verdict out. What it needs to know of targets and
 * sessions it asks through struct iscsi_login_env.
 */
#ifndef SLUICE_ISCSI_LOGIN_H
#define SLUICE_ISCSI_LOGIN_H

#include "chap.h"
#include "negotiation.h"
#include "pdu.h"

#define ISCSI_LOGIN_DATA_MAX   8192u  /* data segment of a login PDU, both ways (13.12) */
#define ISCSI_LOGIN_TEXT_MAX   65536u /* text of one request over all its PDUs (C bit) */
#define ISCSI_LOGIN_ROUNDS_MAX 64u    /* requests until it must be over */

enum iscsi_stage { ISCSI_STAGE_SECURITY = 0, ISCSI_STAGE_OPERATIONAL = 1, ISCSI_STAGE_FULL = 3 };

struct iscsi_login;

struct iscsi_login_env {
	void *arg;
	iscsi_random random;
	uint16_t group_tag; /* of the portal */
	uint32_t window;    /* commands to offer in MaxCmdSN */
	/*
	 * May this initiator log in to this target? ISCSI_LOGIN_SUCCESS fills alias and
	 * credential (an empty initiator.user: no authentication asked for).
	 */
	enum iscsi_login_status (*target)(void *arg, const char *target, const char *initiator,
					  char alias[64], struct iscsi_credential *credential);
	void (*discovery)(void *arg, struct iscsi_credential *credential);
	/* A login with TSIH != 0: why it cannot join that session. */
	enum iscsi_login_status (*join)(void *arg, const struct iscsi_login *login);
};

struct iscsi_login {
	bool begun;	 /* the first PDU was seen: its identity binds the others */
	bool identified; /* the first whole request was judged */
	bool discovery;
	bool authenticated;
	bool method_agreed;
	uint8_t stage; /* enum iscsi_stage */
	uint8_t isid[ISCSI_ISID_LEN];
	uint16_t tsih;
	uint16_t cid;
	uint32_t itt;
	uint32_t cmd_sn;
	uint32_t stat_sn; /* of the next answer */
	uint32_t rounds;
	uint32_t requested; /* bit per naming key of this request */
	char initiator[ISCSI_NAME_MAX + 1];
	char target[ISCSI_NAME_MAX + 1];
	char initiator_alias[ISCSI_VALUE_MAX + 1];
	char session_type[16];
	char target_alias[64];
	struct iscsi_credential credential;
	struct iscsi_chap chap;
	struct iscsi_negotiation negotiation;
	char *text; /* heap: the request so far, if it comes in pieces */
	uint32_t text_len;
	const char *why;		/* a refusal in words, for the log */
	char detail[ISCSI_KEY_MAX + 1]; /* the key it is about */
};

struct iscsi_login_answer {
	uint8_t bhs[ISCSI_BHS_LEN];
	uint32_t text_len;
	char text[ISCSI_LOGIN_DATA_MAX];
};

enum iscsi_login_verdict {
	ISCSI_LOGIN_GO_ON, /* send the answer, wait for the next request */
	ISCSI_LOGIN_COMPLETE, /* the answer enters the full feature phase: make the session, then send */
	ISCSI_LOGIN_REFUSED, /* send the answer, then close */
};

void iscsi_login_init(struct iscsi_login *l);
void iscsi_login_destroy(struct iscsi_login *l);
/* `bhs` passed iscsi_pdu_check() for a connection in login. */
enum iscsi_login_verdict iscsi_login_step(struct iscsi_login *l, const struct iscsi_login_env *env,
					  const uint8_t *bhs, const char *data, uint32_t data_len,
					  struct iscsi_login_answer *answer);
/* Turn an answer not yet sent into a refusal. */
void iscsi_login_refuse(struct iscsi_login *l, enum iscsi_login_status status,
			struct iscsi_login_answer *answer);
/* The session exists: write its handle into the last answer. */
void iscsi_login_set_tsih(struct iscsi_login_answer *answer, uint16_t tsih);

#endif /* SLUICE_ISCSI_LOGIN_H */
