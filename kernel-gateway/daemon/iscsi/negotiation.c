/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "negotiation.h"

#include <stddef.h>
#include <string.h>

enum rule {
	RULE_AND, /* Yes only if both say Yes */
	RULE_OR,  /* Yes if one says Yes */
	RULE_MIN,
	RULE_MAX,
	RULE_DECLARE,	     /* the initiator's own; no answer */
	RULE_DIGEST,	     /* list of CRC32C and None, the offerer's order counts */
	RULE_TASK_REPORTING, /* list; we do RFC3720 */
	RULE_MARKER,	     /* 13.25: obsolete, No */
	RULE_OBSOLETE,	     /* 13.25: obsolete, Reject */
};

struct key {
	const char *name;
	enum rule rule;
	uint8_t phases;
	uint32_t ours;	      /* our value: 0/1, or a number */
	uint32_t initial;     /* the default */
	uint32_t least, most; /* what is admissible */
	size_t result;	      /* offset in struct iscsi_parameters */
};

#define RESULT(field) offsetof(struct iscsi_parameters, field)
#define LOGIN	      ISCSI_PHASE_LOGIN
#define ALWAYS	      (ISCSI_PHASE_LOGIN | ISCSI_PHASE_FULL)
#define MAX24	      16777215u

static const struct key keys[] = {
	/* name, rule, phases, ours, default, least, most, result; RFC 7143 clause */
	{ "HeaderDigest", RULE_DIGEST, LOGIN, 1, 0, 0, 0, RESULT(header_digest) },	/* 13.1 */
	{ "DataDigest", RULE_DIGEST, LOGIN, 1, 0, 0, 0, RESULT(data_digest) },		/* 13.1 */
	{ "MaxConnections", RULE_MIN, LOGIN, 1, 1, 1, 65535, RESULT(max_connections) }, /* 13.2 */
	{ "InitialR2T", RULE_OR, LOGIN, 0, 1, 0, 0, RESULT(initial_r2t) },		/* 13.10 */
	{ "ImmediateData", RULE_AND, LOGIN, 1, 1, 0, 0, RESULT(immediate_data) },	/* 13.11 */
	{ "MaxRecvDataSegmentLength", RULE_DECLARE, ALWAYS, 0, ISCSI_DEFAULT_MAX_RECV, 512, MAX24,
	  RESULT(max_send) }, /* 13.12 */
	{ "MaxBurstLength", RULE_MIN, LOGIN, ISCSI_OUR_MAX_BURST, 262144, 512, MAX24,
	  RESULT(max_burst) }, /* 13.13 */
	{ "FirstBurstLength", RULE_MIN, LOGIN, ISCSI_OUR_FIRST_BURST, 65536, 512, MAX24,
	  RESULT(first_burst) },							/* 13.14 */
	{ "DefaultTime2Wait", RULE_MAX, LOGIN, 2, 2, 0, 3600, RESULT(time2wait) },	/* 13.15 */
	{ "DefaultTime2Retain", RULE_MIN, LOGIN, 0, 20, 0, 3600, RESULT(time2retain) }, /* 13.16 */
	{ "MaxOutstandingR2T", RULE_MIN, LOGIN, ISCSI_OUR_MAX_R2T, 1, 1, 65535,
	  RESULT(max_outstanding_r2t) },					     /* 13.17 */
	{ "DataPDUInOrder", RULE_OR, LOGIN, 1, 1, 0, 0, RESULT(data_pdu_in_order) }, /* 13.18 */
	{ "DataSequenceInOrder", RULE_OR, LOGIN, 1, 1, 0, 0,
	  RESULT(data_sequence_in_order) }, /* 13.19 */
	{ "ErrorRecoveryLevel", RULE_MIN, LOGIN, 0, 0, 0, 2,
	  RESULT(error_recovery_level) }, /* 13.20 */
	{ "TaskReporting", RULE_TASK_REPORTING, LOGIN, 0, 0, 0, 0,
	  RESULT(task_reporting) }, /* 13.23 */
	/* RFC 7144 7.1.1; level 2 is the QUERY functions and I_T NEXUS RESET. */
	{ "iSCSIProtocolLevel", RULE_MIN, LOGIN, 2, 1, 0, 31, RESULT(protocol_level) },
	{ "IFMarker", RULE_MARKER, LOGIN, 0, 0, 0, 0, 0 },
	{ "OFMarker", RULE_MARKER, LOGIN, 0, 0, 0, 0, 0 },
	{ "IFMarkInt", RULE_OBSOLETE, LOGIN, 0, 0, 0, 0, 0 },
	{ "OFMarkInt", RULE_OBSOLETE, LOGIN, 0, 0, 0, 0, 0 },
};

#define N_KEYS (sizeof(keys) / sizeof(keys[0]))
_Static_assert(N_KEYS <= 32, "the bits of iscsi_negotiation.seen");

static bool has_result(const struct key *k)
{
	return k->rule != RULE_MARKER && k->rule != RULE_OBSOLETE;
}

static uint32_t *result(struct iscsi_negotiation *n, const struct key *k)
{
	return (uint32_t *)((char *)&n->p + k->result);
}

void iscsi_negotiation_init(struct iscsi_negotiation *n)
{
	memset(n, 0, sizeof(*n));
	for (size_t i = 0; i < N_KEYS; i++)
		if (has_result(&keys[i]))
			*result(n, &keys[i]) = keys[i].initial;
}

void iscsi_negotiation_restart(struct iscsi_negotiation *n)
{
	n->seen = 0;
}

static enum iscsi_offer offer_boolean(struct iscsi_negotiation *n, const struct key *k,
				      const char *value, struct iscsi_text_out *answer)
{
	uint32_t theirs, agreed;

	if (!strcmp(value, "Yes"))
		theirs = 1;
	else if (!strcmp(value, "No"))
		theirs = 0;
	else
		return ISCSI_OFFER_ILL_FORMED;
	agreed = k->rule == RULE_AND ? (theirs & k->ours) : (theirs | k->ours);
	*result(n, k) = agreed;
	iscsi_text_add(answer, k->name, agreed ? "Yes" : "No");
	return ISCSI_OFFER_ANSWERED;
}

static enum iscsi_offer offer_number(struct iscsi_negotiation *n, const struct key *k,
				     const char *value, struct iscsi_text_out *answer)
{
	uint64_t theirs;
	uint32_t agreed;

	if (!iscsi_text_number(value, &theirs))
		return ISCSI_OFFER_ILL_FORMED;
	if (theirs < k->least || theirs > k->most) {
		/* 6.2.2: a value that is not admissible is answered Reject; the old one stays */
		iscsi_text_add(answer, k->name, "Reject");
		return ISCSI_OFFER_ANSWERED;
	}
	if (k->rule == RULE_DECLARE) {
		*result(n, k) = (uint32_t)theirs;
		return ISCSI_OFFER_ANSWERED;
	}
	if (k->rule == RULE_MIN)
		agreed = theirs < k->ours ? (uint32_t)theirs : k->ours;
	else
		agreed = theirs > k->ours ? (uint32_t)theirs : k->ours;
	*result(n, k) = agreed;
	iscsi_text_add_number(answer, k->name, agreed);
	return ISCSI_OFFER_ANSWERED;
}

static enum iscsi_offer offer_list(struct iscsi_negotiation *n, const struct key *k,
				   const char *value, struct iscsi_text_out *answer)
{
	char item[ISCSI_VALUE_MAX + 1];

	if (!*value)
		return ISCSI_OFFER_ILL_FORMED;
	while (iscsi_text_item(&value, item)) {
		/* 6.2.1: the first of the offerer's list that the responder supports */
		bool crc = k->rule == RULE_DIGEST && !strcmp(item, "CRC32C");
		bool plain = !strcmp(item, k->rule == RULE_DIGEST ? "None" : "RFC3720");

		if (!crc && !plain)
			continue;
		*result(n, k) = crc;
		iscsi_text_add(answer, k->name, item);
		return ISCSI_OFFER_ANSWERED;
	}
	iscsi_text_add(answer, k->name, "Reject");
	return ISCSI_OFFER_ANSWERED;
}

static bool is_reply(const char *value)
{
	return !strcmp(value, "NotUnderstood") || !strcmp(value, "Irrelevant") ||
	       !strcmp(value, "Reject");
}

enum iscsi_offer iscsi_negotiation_offer(struct iscsi_negotiation *n, enum iscsi_phase phase,
					 const char *key, const char *value,
					 struct iscsi_text_out *answer)
{
	const struct key *k = NULL;

	for (size_t i = 0; i < N_KEYS; i++)
		if (!strcmp(keys[i].name, key))
			k = &keys[i];
	if (!k)
		return ISCSI_OFFER_UNKNOWN;
	if (is_reply(value)) /* to what we declared: the default stays */
		return ISCSI_OFFER_ANSWERED;
	if (n->seen & 1u << (k - keys))
		return ISCSI_OFFER_REPEATED;
	n->seen |= 1u << (k - keys);
	if (strlen(value) > ISCSI_VALUE_MAX)
		return ISCSI_OFFER_ILL_FORMED;
	if (!(k->phases & phase)) {
		iscsi_text_add(answer, key, "Reject");
		return ISCSI_OFFER_ANSWERED;
	}
	switch (k->rule) {
	case RULE_AND:
	case RULE_OR:
		return offer_boolean(n, k, value, answer);
	case RULE_MIN:
	case RULE_MAX:
	case RULE_DECLARE:
		return offer_number(n, k, value, answer);
	case RULE_DIGEST:
	case RULE_TASK_REPORTING:
		return offer_list(n, k, value, answer);
	case RULE_MARKER:
		iscsi_text_add(answer, key, "No");
		return ISCSI_OFFER_ANSWERED;
	case RULE_OBSOLETE:
		iscsi_text_add(answer, key, "Reject");
		return ISCSI_OFFER_ANSWERED;
	}
	return ISCSI_OFFER_UNKNOWN;
}

void iscsi_negotiation_declare(struct iscsi_negotiation *n, struct iscsi_text_out *answer)
{
	if (n->declared)
		return;
	n->declared = true;
	iscsi_text_add_number(answer, "MaxRecvDataSegmentLength", ISCSI_OUR_MAX_RECV);
}

void iscsi_negotiation_settle(struct iscsi_negotiation *n)
{
	/* 13.14: FirstBurstLength must not exceed MaxBurstLength */
	if (n->p.first_burst > n->p.max_burst)
		n->p.first_burst = n->p.max_burst;
}
