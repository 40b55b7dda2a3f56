/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Every operational key by its clause of RFC 7143: offer, answer, result. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "iscsi/negotiation.h"

#define FIELD(name) offsetof(struct iscsi_parameters, name)
#define NO_FIELD    ((size_t)-1)

struct row {
	const char *clause, *key, *offer;
	const char *answer; /* NULL: none is due */
	size_t field;
	uint32_t result;
};

static const struct row rows[] = {
	{ "13.1", "HeaderDigest", "CRC32C,None", "CRC32C", FIELD(header_digest), 1 },
	{ "13.1", "HeaderDigest", "None,CRC32C", "None", FIELD(header_digest), 0 },
	{ "13.1", "HeaderDigest", "None", "None", FIELD(header_digest), 0 },
	{ "13.1", "HeaderDigest", "MD4,CRC32C", "CRC32C", FIELD(header_digest), 1 },
	{ "13.1", "HeaderDigest", "MD4", "Reject", FIELD(header_digest), 0 },
	{ "13.1", "DataDigest", "CRC32C", "CRC32C", FIELD(data_digest), 1 },
	{ "13.2", "MaxConnections", "4", "1", FIELD(max_connections), 1 },
	{ "13.2", "MaxConnections", "0", "Reject", FIELD(max_connections), 1 },
	{ "13.10", "InitialR2T", "No", "No", FIELD(initial_r2t), 0 },
	{ "13.10", "InitialR2T", "Yes", "Yes", FIELD(initial_r2t), 1 },
	{ "13.11", "ImmediateData", "Yes", "Yes", FIELD(immediate_data), 1 },
	{ "13.11", "ImmediateData", "No", "No", FIELD(immediate_data), 0 },
	{ "13.12", "MaxRecvDataSegmentLength", "65536", NULL, FIELD(max_send), 65536 },
	{ "13.12", "MaxRecvDataSegmentLength", "0x10000", NULL, FIELD(max_send), 65536 },
	{ "13.12", "MaxRecvDataSegmentLength", "511", "Reject", FIELD(max_send), 8192 },
	{ "13.12", "MaxRecvDataSegmentLength", "16777216", "Reject", FIELD(max_send), 8192 },
	{ "13.13", "MaxBurstLength", "262144", "262144", FIELD(max_burst), 262144 },
	{ "13.13", "MaxBurstLength", "16777215", "16776192", FIELD(max_burst), 16776192 },
	{ "13.13", "MaxBurstLength", "100", "Reject", FIELD(max_burst), 262144 },
	{ "13.14", "FirstBurstLength", "65536", "65536", FIELD(first_burst), 65536 },
	{ "13.14", "FirstBurstLength", "1048576", "262144", FIELD(first_burst), 262144 },
	{ "13.15", "DefaultTime2Wait", "0", "2", FIELD(time2wait), 2 },
	{ "13.15", "DefaultTime2Wait", "5", "5", FIELD(time2wait), 5 },
	{ "13.15", "DefaultTime2Wait", "3601", "Reject", FIELD(time2wait), 2 },
	{ "13.16", "DefaultTime2Retain", "20", "0", FIELD(time2retain), 0 },
	{ "13.17", "MaxOutstandingR2T", "1", "1", FIELD(max_outstanding_r2t), 1 },
	{ "13.17", "MaxOutstandingR2T", "65535", "4", FIELD(max_outstanding_r2t), 4 },
	{ "13.17", "MaxOutstandingR2T", "0", "Reject", FIELD(max_outstanding_r2t), 1 },
	{ "13.18", "DataPDUInOrder", "No", "Yes", FIELD(data_pdu_in_order), 1 },
	{ "13.19", "DataSequenceInOrder", "No", "Yes", FIELD(data_sequence_in_order), 1 },
	{ "13.20", "ErrorRecoveryLevel", "2", "0", FIELD(error_recovery_level), 0 },
	{ "13.20", "ErrorRecoveryLevel", "3", "Reject", FIELD(error_recovery_level), 0 },
	{ "13.23", "TaskReporting", "FastAbort,RFC3720", "RFC3720", FIELD(task_reporting), 0 },
	{ "13.23", "TaskReporting", "FastAbort", "Reject", FIELD(task_reporting), 0 },
	{ "13.25", "IFMarker", "Yes", "No", NO_FIELD, 0 },
	{ "13.25", "OFMarker", "No", "No", NO_FIELD, 0 },
	{ "13.25", "IFMarkInt", "2048", "Reject", NO_FIELD, 0 },
	{ "13.25", "OFMarkInt", "2048~8192", "Reject", NO_FIELD, 0 },
	{ "7144 7.1.1", "iSCSIProtocolLevel", "1", "1", FIELD(protocol_level), 1 },
	{ "7144 7.1.1", "iSCSIProtocolLevel", "31", "2", FIELD(protocol_level), 2 },
	/* Answers to what we declared are no offers. */
	{ "6.2", "MaxRecvDataSegmentLength", "NotUnderstood", NULL, FIELD(max_send), 8192 },
};

static void should_answer_each_offer_by_its_rule(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		char buf[300] = "", expected[300] = "";
		struct iscsi_text_out out = { .buf = buf, .cap = sizeof(buf) };
		struct iscsi_text_out want = { .buf = expected, .cap = sizeof(expected) };
		struct iscsi_negotiation n;

		print_message("%s %s=%s\n", r->clause, r->key, r->offer);
		iscsi_negotiation_init(&n);
		assert_int_equal(iscsi_negotiation_offer(&n, ISCSI_PHASE_LOGIN, r->key, r->offer,
							 &out),
				 ISCSI_OFFER_ANSWERED);
		if (r->answer)
			iscsi_text_add(&want, r->key, r->answer);
		assert_int_equal(out.len, want.len);
		assert_string_equal(buf, expected);
		if (r->field != NO_FIELD)
			assert_int_equal(*(uint32_t *)((char *)&n.p + r->field), r->result);
	}
}

static enum iscsi_offer offer(struct iscsi_negotiation *n, enum iscsi_phase phase, const char *key,
			      const char *value, char answer[300])
{
	struct iscsi_text_out out = { .buf = answer, .cap = 300 };

	answer[0] = 0;
	return iscsi_negotiation_offer(n, phase, key, value, &out);
}

static void should_tell_ill_formed_repeated_and_unknown(void **state)
{
	struct iscsi_negotiation n;
	char a[300];

	iscsi_negotiation_init(&n);
	assert_int_equal(offer(&n, ISCSI_PHASE_LOGIN, "InitialR2T", "yes", a),
			 ISCSI_OFFER_ILL_FORMED);
	assert_int_equal(offer(&n, ISCSI_PHASE_LOGIN, "MaxBurstLength", "many", a),
			 ISCSI_OFFER_ILL_FORMED);
	assert_int_equal(offer(&n, ISCSI_PHASE_LOGIN, "HeaderDigest", "", a),
			 ISCSI_OFFER_ILL_FORMED);
	assert_int_equal(offer(&n, ISCSI_PHASE_LOGIN, "ImmediateData", "Yes", a),
			 ISCSI_OFFER_ANSWERED);
	assert_int_equal(offer(&n, ISCSI_PHASE_LOGIN, "ImmediateData", "Yes", a),
			 ISCSI_OFFER_REPEATED);
	assert_int_equal(offer(&n, ISCSI_PHASE_LOGIN, "X-org.example", "1", a),
			 ISCSI_OFFER_UNKNOWN);
	assert_string_equal(a, "");
}

static void should_let_only_segment_length_change_after_login(void **state)
{
	struct iscsi_negotiation n;
	char a[300];

	iscsi_negotiation_init(&n);
	assert_int_equal(offer(&n, ISCSI_PHASE_FULL, "MaxRecvDataSegmentLength", "16384", a),
			 ISCSI_OFFER_ANSWERED);
	assert_int_equal(n.p.max_send, 16384);
	assert_int_equal(offer(&n, ISCSI_PHASE_FULL, "MaxBurstLength", "16384", a),
			 ISCSI_OFFER_ANSWERED);
	assert_string_equal(a, "MaxBurstLength=Reject");
	assert_int_equal(n.p.max_burst, 262144);
}

static void should_keep_first_burst_within_max_burst(void **state)
{
	struct iscsi_negotiation n;
	char a[300];

	iscsi_negotiation_init(&n);
	offer(&n, ISCSI_PHASE_LOGIN, "MaxBurstLength", "4096", a);
	iscsi_negotiation_settle(&n);
	assert_int_equal(n.p.first_burst, 4096);
}

static void should_declare_our_segment_length_once(void **state)
{
	struct iscsi_negotiation n;
	char buf[100];
	struct iscsi_text_out out = { .buf = buf, .cap = sizeof(buf) };

	iscsi_negotiation_init(&n);
	iscsi_negotiation_declare(&n, &out);
	assert_string_equal(buf, "MaxRecvDataSegmentLength=262144");
	out.len = 0;
	iscsi_negotiation_declare(&n, &out);
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_answer_each_offer_by_its_rule),
		cmocka_unit_test(should_tell_ill_formed_repeated_and_unknown),
		cmocka_unit_test(should_let_only_segment_length_change_after_login),
		cmocka_unit_test(should_keep_first_burst_within_max_burst),
		cmocka_unit_test(should_declare_our_segment_length_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
