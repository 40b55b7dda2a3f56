/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Operational keys (RFC 7143 clause 13): a table of keys with their rules, and
 * the values that result. The initiator offers, we answer.
 */
#ifndef SLUICE_ISCSI_NEGOTIATION_H
#define SLUICE_ISCSI_NEGOTIATION_H

#include "text.h"

#define ISCSI_OUR_MAX_RECV     262144u /* MaxRecvDataSegmentLength that we declare */
#define ISCSI_OUR_MAX_BURST    16776192u
#define ISCSI_OUR_FIRST_BURST  262144u
#define ISCSI_OUR_MAX_R2T      4u
#define ISCSI_DEFAULT_MAX_RECV 8192u /* 13.12 */

/* Results; every field is a number, booleans as 0 and 1. */
struct iscsi_parameters {
	uint32_t header_digest; /* 1: CRC32C */
	uint32_t data_digest;
	uint32_t max_connections;
	uint32_t initial_r2t;
	uint32_t immediate_data;
	uint32_t max_send; /* the initiator's MaxRecvDataSegmentLength */
	uint32_t max_burst;
	uint32_t first_burst;
	uint32_t time2wait;
	uint32_t time2retain;
	uint32_t max_outstanding_r2t;
	uint32_t data_pdu_in_order;
	uint32_t data_sequence_in_order;
	uint32_t error_recovery_level;
	uint32_t task_reporting;
	uint32_t protocol_level;
};

enum iscsi_phase {
	ISCSI_PHASE_LOGIN = 1,
	ISCSI_PHASE_FULL = 2,
};

struct iscsi_negotiation {
	struct iscsi_parameters p;
	uint32_t seen; /* bit per table row: already negotiated */
	bool declared; /* our own declarations were sent */
};

enum iscsi_offer {
	ISCSI_OFFER_ANSWERED,	/* the answer, if one is due, is written */
	ISCSI_OFFER_UNKNOWN,	/* not an operational key; nothing written */
	ISCSI_OFFER_REPEATED,	/* 6.2: a second time in one negotiation */
	ISCSI_OFFER_ILL_FORMED, /* the value is not of the key's type */
};

/* The defaults of clause 13. */
void iscsi_negotiation_init(struct iscsi_negotiation *n);
/* A new text negotiation begins: keys may come again. Values stay. */
void iscsi_negotiation_restart(struct iscsi_negotiation *n);
enum iscsi_offer iscsi_negotiation_offer(struct iscsi_negotiation *n, enum iscsi_phase phase,
					 const char *key, const char *value,
					 struct iscsi_text_out *answer);
/* Add what we declare ourselves, once. */
void iscsi_negotiation_declare(struct iscsi_negotiation *n, struct iscsi_text_out *answer);
/* After the last offer: make the values consistent with each other. */
void iscsi_negotiation_settle(struct iscsi_negotiation *n);

#endif /* SLUICE_ISCSI_NEGOTIATION_H */
