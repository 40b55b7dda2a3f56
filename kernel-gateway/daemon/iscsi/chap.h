/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * CHAP as iSCSI uses it (RFC 7143 12.1.3, RFC 1994): the target's side of the
 * dialogue, keys in and keys out. Owns no credentials and no connection.
 */
#ifndef SLUICE_ISCSI_CHAP_H
#define SLUICE_ISCSI_CHAP_H

#include "text.h"

#define ISCSI_CHAP_SECRET_MIN 12u /* RFC 7143 9.2.1: 96 bits without IPsec */
#define ISCSI_CHAP_SECRET_MAX 239u
#define ISCSI_CHAP_BINARY_MAX 1024u /* 12.1.3 */

enum iscsi_chap_algorithm { ISCSI_CHAP_MD5 = 5, ISCSI_CHAP_SHA1 = 6, ISCSI_CHAP_SHA256 = 7 };

/* One direction; an empty user means it is not asked for. Copied by value. */
struct iscsi_secret {
	char user[240];
	char secret[240];
};

struct iscsi_credential {
	struct iscsi_secret initiator; /* what the initiator proves itself with */
	struct iscsi_secret target;    /* what we prove ourselves with, if asked */
};

enum iscsi_chap_state {
	ISCSI_CHAP_IDLE,
	ISCSI_CHAP_ALGORITHM,  /* AuthMethod agreed: CHAP_A is next */
	ISCSI_CHAP_CHALLENGED, /* our CHAP_I and CHAP_C went out */
	ISCSI_CHAP_PROVEN,
};

struct iscsi_chap {
	enum iscsi_chap_state state;
	enum iscsi_chap_algorithm algorithm;
	uint8_t identifier;
	uint8_t challenge[32];
	uint32_t challenge_len;
};

/* The CHAP keys of one login request; NULL where absent. They point into its text. */
struct iscsi_chap_keys {
	const char *a, *i, *c, *n, *r;
};

/* Random bytes; 0 or -1. Given, so that tests can know the challenge. */
typedef int (*iscsi_random)(uint8_t *bytes, uint32_t len);
int iscsi_chap_random(uint8_t *bytes, uint32_t len);

/* Digest size of an algorithm, 0 if we do not have it. */
uint32_t iscsi_chap_response_len(uint32_t algorithm);
/* RFC 1994 4.1: hash(identifier, secret, challenge). Returns the length, or -1. */
int iscsi_chap_response(uint32_t algorithm, uint8_t identifier, const char *secret,
			const uint8_t *challenge, uint32_t challenge_len, uint8_t out[32]);

/*
 * One step. 0: the answer is written (state says how far it is); -1: the
 * authentication failed and *why says how, without any secret.
 */
int iscsi_chap_step(struct iscsi_chap *chap, const struct iscsi_credential *credential,
		    const struct iscsi_chap_keys *keys, iscsi_random random,
		    struct iscsi_text_out *answer, const char **why);

#endif /* SLUICE_ISCSI_CHAP_H */
