/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "chap.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

int iscsi_chap_random(uint8_t *bytes, uint32_t len)
{
	return RAND_bytes(bytes, (int)len) == 1 ? 0 : -1;
}

static const EVP_MD *digest_of(uint32_t algorithm)
{
	switch (algorithm) {
	case ISCSI_CHAP_MD5:
		return EVP_md5();
	case ISCSI_CHAP_SHA1:
		return EVP_sha1();
	case ISCSI_CHAP_SHA256:
		return EVP_sha256();
	default:
		return NULL;
	}
}

uint32_t iscsi_chap_response_len(uint32_t algorithm)
{
	const EVP_MD *md = digest_of(algorithm);

	return md ? (uint32_t)EVP_MD_get_size(md) : 0;
}

int iscsi_chap_response(uint32_t algorithm, uint8_t identifier, const char *secret,
			const uint8_t *challenge, uint32_t challenge_len, uint8_t out[32])
{
	const EVP_MD *md = digest_of(algorithm);
	EVP_MD_CTX *ctx = md ? EVP_MD_CTX_new() : NULL;
	unsigned int len = 0;
	int ok;

	if (!ctx)
		return -1;
	ok = EVP_DigestInit_ex(ctx, md, NULL) && EVP_DigestUpdate(ctx, &identifier, 1) &&
	     EVP_DigestUpdate(ctx, secret, strlen(secret)) &&
	     EVP_DigestUpdate(ctx, challenge, challenge_len) && EVP_DigestFinal_ex(ctx, out, &len);
	EVP_MD_CTX_free(ctx);
	return ok ? (int)len : -1;
}

/* The strongest that both have; a peer that can do SHA-256 shall not be kept on MD5. */
static uint32_t choose(const char *list)
{
	static const uint8_t strongest_first[] = { ISCSI_CHAP_SHA256, ISCSI_CHAP_SHA1,
						   ISCSI_CHAP_MD5 };
	char item[ISCSI_VALUE_MAX + 1];

	for (size_t k = 0; k < sizeof(strongest_first); k++) {
		const char *at = list;

		while (iscsi_text_item(&at, item)) {
			uint64_t number;

			if (iscsi_text_number(item, &number) && number == strongest_first[k])
				return strongest_first[k];
		}
	}
	return 0;
}

static int challenge(struct iscsi_chap *chap, const struct iscsi_chap_keys *keys,
		     iscsi_random random, struct iscsi_text_out *answer, const char **why)
{
	char hex[2 * sizeof(chap->challenge) + 3];
	uint32_t algorithm;

	if (!keys->a || keys->n || keys->r) {
		*why = "CHAP_A is due";
		return -1;
	}
	algorithm = choose(keys->a);
	if (!algorithm) {
		*why = "no CHAP_A that the gateway has (5, 6, 7)";
		return -1;
	}
	chap->algorithm = algorithm;
	chap->challenge_len = iscsi_chap_response_len(algorithm) > 16 ? 32 : 16;
	if (random(&chap->identifier, 1) || random(chap->challenge, chap->challenge_len)) {
		*why = "no random bytes";
		return -1;
	}
	iscsi_text_add_number(answer, "CHAP_A", algorithm);
	iscsi_text_add_number(answer, "CHAP_I", chap->identifier);
	iscsi_text_hex(hex, chap->challenge, chap->challenge_len);
	iscsi_text_add(answer, "CHAP_C", hex);
	chap->state = ISCSI_CHAP_CHALLENGED;
	return 0;
}

/* Does the response prove the initiator? Takes the same time wherever it differs. */
static bool proves(const struct iscsi_chap *chap, const struct iscsi_credential *credential,
		   const struct iscsi_chap_keys *keys)
{
	uint8_t expected[32], theirs[32];
	int len = iscsi_chap_response(chap->algorithm, chap->identifier,
				      credential->initiator.secret, chap->challenge,
				      chap->challenge_len, expected);
	bool same_user = !strcmp(keys->n, credential->initiator.user);
	bool same;

	if (len < 0 || iscsi_text_binary(keys->r, theirs, sizeof(theirs)) != len)
		return false;
	same = !CRYPTO_memcmp(expected, theirs, (size_t)len);
	OPENSSL_cleanse(expected, sizeof(expected));
	return same && same_user;
}

/* The initiator asks us to prove ourselves (mutual CHAP). */
static int prove(struct iscsi_chap *chap, const struct iscsi_credential *credential,
		 const struct iscsi_chap_keys *keys, struct iscsi_text_out *answer,
		 const char **why)
{
	uint8_t theirs[ISCSI_CHAP_BINARY_MAX], response[32];
	char hex[2 * sizeof(response) + 3];
	uint64_t identifier;
	int len;

	if (!keys->i || !keys->c) {
		*why = "CHAP_I and CHAP_C come together";
		return -1;
	}
	if (!credential->target.user[0]) {
		*why = "the initiator asks for mutual CHAP, and no mutual user is configured";
		return -1;
	}
	len = iscsi_text_binary(keys->c, theirs, sizeof(theirs));
	if (len < 1 || !iscsi_text_number(keys->i, &identifier) || identifier > 255) {
		*why = "ill-formed CHAP_I or CHAP_C";
		return -1;
	}
	/* 12.1.3 and RFC 1994: a challenge handed back would make us answer for the initiator. */
	if ((uint32_t)len == chap->challenge_len && !memcmp(theirs, chap->challenge, (size_t)len)) {
		*why = "the initiator reflected our challenge";
		return -1;
	}
	len = iscsi_chap_response(chap->algorithm, (uint8_t)identifier, credential->target.secret,
				  theirs, (uint32_t)len, response);
	if (len < 0) {
		*why = "the digest failed";
		return -1;
	}
	iscsi_text_hex(hex, response, (uint32_t)len);
	iscsi_text_add(answer, "CHAP_N", credential->target.user);
	iscsi_text_add(answer, "CHAP_R", hex);
	return 0;
}

int iscsi_chap_step(struct iscsi_chap *chap, const struct iscsi_credential *credential,
		    const struct iscsi_chap_keys *keys, iscsi_random random,
		    struct iscsi_text_out *answer, const char **why)
{
	if (chap->state == ISCSI_CHAP_ALGORITHM)
		return challenge(chap, keys, random, answer, why);
	if (chap->state != ISCSI_CHAP_CHALLENGED) {
		*why = "CHAP keys out of turn";
		return -1;
	}
	if (!keys->n || !keys->r) {
		*why = "CHAP_N and CHAP_R are due";
		return -1;
	}
	if (!proves(chap, credential, keys)) {
		*why = "wrong CHAP user or secret";
		return -1;
	}
	if ((keys->i || keys->c) && prove(chap, credential, keys, answer, why))
		return -1;
	chap->state = ISCSI_CHAP_PROVEN;
	return 0;
}
