/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "login.h"

#include <stdio.h>
#include <stdlib.h>

void iscsi_login_init(struct iscsi_login *l)
{
	memset(l, 0, sizeof(*l));
	iscsi_negotiation_init(&l->negotiation);
}

void iscsi_login_destroy(struct iscsi_login *l)
{
	free(l->text);
	l->text = NULL;
	/* The secrets shall not outlive the login in freed memory. */
	explicit_bzero(&l->credential, sizeof(l->credential));
}

static enum iscsi_login_status fail(struct iscsi_login *l, enum iscsi_login_status status,
				    const char *why, const char *detail)
{
	l->why = why;
	snprintf(l->detail, sizeof(l->detail), "%s", detail);
	return status;
}

/* ---- Header ----------------------------------------------------------- */

static enum iscsi_login_status check_stages(struct iscsi_login *l,
					    const struct iscsi_login_request *r)
{
	uint8_t csg = r->flags >> 2 & 3, nsg = r->flags & 3;
	bool transit = r->flags & ISCSI_LOGIN_TRANSIT;

	if (csg != ISCSI_STAGE_SECURITY && csg != ISCSI_STAGE_OPERATIONAL)
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "CSG out of range", "");
	if (transit && (nsg <= csg || nsg == 2))
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "NSG does not follow CSG", "");
	if (transit && (r->flags & ISCSI_CONTINUE))
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "T and C bits together", "");
	if (l->begun && csg != l->stage)
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "CSG is not the current stage", "");
	l->stage = csg;
	return ISCSI_LOGIN_SUCCESS;
}

static enum iscsi_login_status check_header(struct iscsi_login *l,
					    const struct iscsi_login_request *r)
{
	enum iscsi_login_status status;

	if (!(r->opcode & ISCSI_IMMEDIATE))
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "Login Request without the I bit", "");
	if (r->version_min > 0) /* 11.12.4: the only version is 0 */
		return fail(l, ISCSI_LOGIN_BAD_VERSION, "no common version", "");
	status = check_stages(l, r);
	if (status)
		return status;
	if (++l->rounds > ISCSI_LOGIN_ROUNDS_MAX)
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "login does not come to an end", "");
	if (!l->begun) {
		l->begun = true;
		memcpy(l->isid, r->isid, sizeof(l->isid));
		l->tsih = get_be16(r->tsih);
		l->cid = get_be16(r->cid);
		l->itt = get_be32(r->itt);
		l->cmd_sn = get_be32(r->cmd_sn);
		l->stat_sn = get_be32(r->exp_stat_sn);
		return ISCSI_LOGIN_SUCCESS;
	}
	if (memcmp(l->isid, r->isid, sizeof(l->isid)) || l->tsih != get_be16(r->tsih) ||
	    l->cid != get_be16(r->cid) || l->itt != get_be32(r->itt))
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR,
			    "ISID, TSIH, CID or ITT changed in the login", "");
	return ISCSI_LOGIN_SUCCESS;
}

/* ---- Keys --------------------------------------------------------------- */

/* 4.2.7.1, plus nothing that could pass for another part of a port name. */
static bool name_is_fit(const char *name)
{
	size_t len = strlen(name);

	if (!len || len > ISCSI_NAME_MAX)
		return false;
	for (const unsigned char *p = (const unsigned char *)name; *p; p++)
		if (*p <= ' ' || *p == ',' || *p == 0x7f)
			return false;
	return true;
}

/*
 * A naming key: once per request; initiators that send it again in a later
 * request must say the same.
 */
static enum iscsi_login_status take_name(struct iscsi_login *l, uint32_t bit, char *field,
					 size_t cap, bool fit, const char *key, const char *value)
{
	if (l->requested & bit)
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "key sent twice", key);
	l->requested |= bit;
	if (!fit || strlen(value) >= cap)
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "ill-formed value", key);
	if (l->identified && strcmp(field, value))
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "key changed in the login", key);
	if (!l->identified)
		memcpy(field, value, strlen(value) + 1);
	return ISCSI_LOGIN_SUCCESS;
}

struct login_keys {
	struct iscsi_chap_keys chap;
	const char *auth_method;
};

/* 1: a security key, kept; 0: another; < 0: twice. */
static int take_security(struct login_keys *keys, const char *key, const char *value)
{
	const struct {
		const char *name;
		const char **slot;
	} table[] = {
		{ "AuthMethod", &keys->auth_method }, { "CHAP_A", &keys->chap.a },
		{ "CHAP_I", &keys->chap.i },	      { "CHAP_C", &keys->chap.c },
		{ "CHAP_N", &keys->chap.n },	      { "CHAP_R", &keys->chap.r },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].name, key))
			continue;
		if (*table[i].slot)
			return -1;
		*table[i].slot = value;
		return 1;
	}
	return 0;
}

static enum iscsi_login_status take_operational(struct iscsi_login *l, const char *key,
						const char *value, struct iscsi_text_out *answer)
{
	struct iscsi_negotiation trial = l->negotiation;
	struct iscsi_text_out scratch = *answer;

	/* Operational keys have their own stage (6.3.2); unknown ones are answered in any. */
	if (l->stage == ISCSI_STAGE_SECURITY) {
		if (iscsi_negotiation_offer(&trial, ISCSI_PHASE_LOGIN, key, value, &scratch) !=
		    ISCSI_OFFER_UNKNOWN)
			return fail(l, ISCSI_LOGIN_INITIATOR_ERROR,
				    "operational key in the security stage", key);
		iscsi_text_add(answer, key, "NotUnderstood");
		return ISCSI_LOGIN_SUCCESS;
	}
	switch (iscsi_negotiation_offer(&l->negotiation, ISCSI_PHASE_LOGIN, key, value, answer)) {
	case ISCSI_OFFER_ANSWERED:
		return ISCSI_LOGIN_SUCCESS;
	case ISCSI_OFFER_REPEATED:
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "key sent twice", key);
	case ISCSI_OFFER_ILL_FORMED:
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "ill-formed value", key);
	case ISCSI_OFFER_UNKNOWN:
		break;
	}
	if (strcmp(value, "NotUnderstood"))
		iscsi_text_add(answer, key, "NotUnderstood");
	return ISCSI_LOGIN_SUCCESS;
}

static enum iscsi_login_status take_key(struct iscsi_login *l, struct login_keys *keys,
					const char *key, const char *value,
					struct iscsi_text_out *answer)
{
	int security;

	if (!strcmp(key, "InitiatorName"))
		return take_name(l, 1, l->initiator, sizeof(l->initiator), name_is_fit(value), key,
				 value);
	if (!strcmp(key, "TargetName"))
		return take_name(l, 2, l->target, sizeof(l->target), name_is_fit(value), key,
				 value);
	if (!strcmp(key, "SessionType"))
		return take_name(l, 4, l->session_type, sizeof(l->session_type), true, key, value);
	if (!strcmp(key, "InitiatorAlias"))
		return take_name(l, 8, l->initiator_alias, sizeof(l->initiator_alias), true, key,
				 value);
	security = take_security(keys, key, value);
	if (security < 0)
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "key sent twice", key);
	if (security && l->stage != ISCSI_STAGE_SECURITY)
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "security key outside its stage", key);
	if (security)
		return ISCSI_LOGIN_SUCCESS;
	return take_operational(l, key, value, answer);
}

static enum iscsi_login_status take_text(struct iscsi_login *l, struct login_keys *keys,
					 struct iscsi_text_in in, struct iscsi_text_out *answer)
{
	char key[ISCSI_KEY_MAX + 1];
	const char *value;
	int more;

	l->requested = 0;
	while ((more = iscsi_text_next(&in, key, &value)) > 0) {
		enum iscsi_login_status status = take_key(l, keys, key, value, answer);

		if (status)
			return status;
	}
	if (more < 0)
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "ill-formed text", "");
	return ISCSI_LOGIN_SUCCESS;
}

/* ---- Stages --------------------------------------------------------------- */

/* After the first whole request: who wants what, and is it to be had? */
static enum iscsi_login_status identify(struct iscsi_login *l, const struct iscsi_login_env *env,
					struct iscsi_text_out *answer)
{
	enum iscsi_login_status status;

	if (!l->initiator[0])
		return fail(l, ISCSI_LOGIN_MISSING_PARAMETER, "no InitiatorName", "");
	if (!strcmp(l->session_type, "Discovery"))
		l->discovery = true;
	else if (l->session_type[0] && strcmp(l->session_type, "Normal"))
		return fail(l, ISCSI_LOGIN_BAD_SESSION_TYPE, "unknown SessionType",
			    l->session_type);
	if (l->discovery) {
		env->discovery(env->arg, &l->credential);
	} else {
		if (!l->target[0])
			return fail(l, ISCSI_LOGIN_MISSING_PARAMETER, "no TargetName", "");
		status = env->target(env->arg, l->target, l->initiator, l->target_alias,
				     &l->credential);
		if (status)
			return fail(l, status,
				    status == ISCSI_LOGIN_NOT_FOUND ?
					    "no such target" :
					    "the target does not admit this initiator",
				    "");
	}
	if (l->tsih) {
		status = env->join(env->arg, l);
		if (status)
			return fail(l, status, "TSIH of no session that may be joined", "");
	}
	l->identified = true;
	l->authenticated = !l->credential.initiator.user[0];
	if (!l->discovery) {
		iscsi_text_add_number(answer, "TargetPortalGroupTag", env->group_tag);
		if (l->target_alias[0])
			iscsi_text_add(answer, "TargetAlias", l->target_alias);
	}
	return ISCSI_LOGIN_SUCCESS;
}

static bool offers(const char *list, const char *what)
{
	char item[ISCSI_VALUE_MAX + 1];

	while (iscsi_text_item(&list, item))
		if (!strcmp(item, what))
			return true;
	return false;
}

static enum iscsi_login_status agree_method(struct iscsi_login *l, const char *list,
					    struct iscsi_text_out *answer)
{
	const char *method = l->authenticated ? "None" : "CHAP";

	if (l->method_agreed)
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "key sent twice", "AuthMethod");
	if (!offers(list, method))
		return fail(l, ISCSI_LOGIN_AUTH_FAILED,
			    l->authenticated ?
				    "AuthMethod without None, and no CHAP user is configured" :
				    "AuthMethod without CHAP, which is required",
			    "AuthMethod");
	l->method_agreed = true;
	if (!l->authenticated)
		l->chap.state = ISCSI_CHAP_ALGORITHM;
	iscsi_text_add(answer, "AuthMethod", method);
	return ISCSI_LOGIN_SUCCESS;
}

static enum iscsi_login_status security_stage(struct iscsi_login *l,
					      const struct iscsi_login_env *env,
					      const struct login_keys *keys, bool transit,
					      struct iscsi_text_out *answer)
{
	const struct iscsi_chap_keys *c = &keys->chap;
	bool chap = c->a || c->i || c->c || c->n || c->r;
	enum iscsi_login_status status;

	if (keys->auth_method) {
		status = agree_method(l, keys->auth_method, answer);
		if (status || !chap)
			return status;
	}
	if (chap) {
		if (iscsi_chap_step(&l->chap, &l->credential, c, env->random, answer, &l->why))
			return fail(l, ISCSI_LOGIN_AUTH_FAILED, l->why, "");
		l->authenticated = l->chap.state == ISCSI_CHAP_PROVEN;
	} else if (transit && !l->authenticated) {
		return fail(l, ISCSI_LOGIN_AUTH_FAILED, "leaves the security stage without CHAP",
			    "");
	}
	return ISCSI_LOGIN_SUCCESS;
}

static enum iscsi_login_status judge(struct iscsi_login *l, const struct iscsi_login_env *env,
				     struct iscsi_text_in in, bool transit,
				     struct iscsi_text_out *answer)
{
	struct login_keys keys = { .auth_method = NULL };
	enum iscsi_login_status status = take_text(l, &keys, in, answer);

	if (!status && !l->identified)
		status = identify(l, env, answer);
	if (!status && l->stage == ISCSI_STAGE_SECURITY)
		status = security_stage(l, env, &keys, transit, answer);
	if (!status && l->stage == ISCSI_STAGE_OPERATIONAL) {
		if (!l->authenticated)
			return fail(l, ISCSI_LOGIN_AUTH_FAILED, "CHAP is required", "");
		iscsi_negotiation_declare(&l->negotiation, answer);
	}
	if (!status && answer->overflow)
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "more keys than an answer can hold",
			    "");
	return status;
}

/* ---- Answers ------------------------------------------------------------- */

static void begin_answer(struct iscsi_login *l, const struct iscsi_login_env *env,
			 struct iscsi_login_answer *answer)
{
	struct iscsi_login_response *r = (void *)answer->bhs;

	memset(r, 0, sizeof(*r));
	r->opcode = ISCSI_OP_LOGIN_RESPONSE;
	r->flags = (uint8_t)(l->stage << 2);
	memcpy(r->isid, l->isid, sizeof(r->isid));
	put_be16(r->tsih, l->tsih);
	put_be32(r->itt, l->itt);
	put_be32(r->stat_sn, l->stat_sn++);
	put_be32(r->exp_cmd_sn, l->cmd_sn);
	put_be32(r->max_cmd_sn, l->cmd_sn + env->window - 1);
	answer->text_len = 0;
}

void iscsi_login_refuse(struct iscsi_login *l, enum iscsi_login_status status,
			struct iscsi_login_answer *answer)
{
	struct iscsi_login_response *r = (void *)answer->bhs;

	r->flags = (uint8_t)(l->stage << 2);
	r->status_class = (uint8_t)(status >> 8);
	r->status_detail = (uint8_t)status;
	put_be24(r->data_len, 0);
	answer->text_len = 0;
}

void iscsi_login_set_tsih(struct iscsi_login_answer *answer, uint16_t tsih)
{
	put_be16(((struct iscsi_login_response *)(void *)answer->bhs)->tsih, tsih);
}

/* Keep a piece of a request that goes on in the next PDU, or is the end of one. */
static enum iscsi_login_status append(struct iscsi_login *l, const char *data, uint32_t len)
{
	char *grown;

	if (len > ISCSI_LOGIN_TEXT_MAX - l->text_len)
		return fail(l, ISCSI_LOGIN_INITIATOR_ERROR, "login text exceeds 65536 bytes", "");
	if (!len)
		return ISCSI_LOGIN_SUCCESS;
	grown = realloc(l->text, l->text_len + len);
	if (!grown)
		return fail(l, ISCSI_LOGIN_RESOURCES, "no memory for login text", "");
	l->text = grown;
	memcpy(l->text + l->text_len, data, len);
	l->text_len += len;
	return ISCSI_LOGIN_SUCCESS;
}

static enum iscsi_login_status whole_request(struct iscsi_login *l,
					     const struct iscsi_login_env *env,
					     const struct iscsi_login_request *r, const char *data,
					     uint32_t data_len, struct iscsi_login_answer *answer)
{
	struct iscsi_text_out out = { .buf = answer->text, .cap = sizeof(answer->text) };
	struct iscsi_text_in in = { .at = data, .left = data_len };
	enum iscsi_login_status status = ISCSI_LOGIN_SUCCESS;

	if (l->text_len) {
		status = append(l, data, data_len);
		in = (struct iscsi_text_in){ .at = l->text, .left = l->text_len };
	}
	if (!status)
		status = judge(l, env, in, r->flags & ISCSI_LOGIN_TRANSIT, &out);
	l->text_len = 0;
	answer->text_len = out.len;
	return status;
}

enum iscsi_login_verdict iscsi_login_step(struct iscsi_login *l, const struct iscsi_login_env *env,
					  const uint8_t *bhs, const char *data, uint32_t data_len,
					  struct iscsi_login_answer *answer)
{
	const struct iscsi_login_request *r = (const void *)bhs;
	struct iscsi_login_response *out = (void *)answer->bhs;
	enum iscsi_login_status status = check_header(l, r);

	begin_answer(l, env, answer);
	if (!status && (r->flags & ISCSI_CONTINUE)) {
		/* 6.2: an empty answer asks for the rest */
		status = append(l, data, data_len);
		if (!status)
			return ISCSI_LOGIN_GO_ON;
	}
	if (!status)
		status = whole_request(l, env, r, data, data_len, answer);
	if (status) {
		iscsi_login_refuse(l, status, answer);
		return ISCSI_LOGIN_REFUSED;
	}
	put_be24(out->data_len, answer->text_len);
	if (!(r->flags & ISCSI_LOGIN_TRANSIT) || !l->authenticated)
		return ISCSI_LOGIN_GO_ON;
	l->stage = r->flags & 3;
	out->flags |= ISCSI_LOGIN_TRANSIT | l->stage;
	if (l->stage != ISCSI_STAGE_FULL)
		return ISCSI_LOGIN_GO_ON;
	iscsi_negotiation_settle(&l->negotiation);
	return ISCSI_LOGIN_COMPLETE;
}
