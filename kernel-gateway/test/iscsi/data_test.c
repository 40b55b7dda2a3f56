/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Data both ways over a socket: bursts, R2T, residuals, digests, sequence errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <cmocka.h>

#include "fake_core.h"
#include "initiator.h"
#include "iscsi/digest.h"

#define F ISCSI_FINAL
#define R ISCSI_CMD_READ
#define W ISCSI_CMD_WRITE

static struct rig rig;
static struct initiator in;
static uint8_t bhs[ISCSI_BHS_LEN];

static int start(void **state)
{
	rig_start(&rig, 1, NULL);
	initiator_login(&in, &rig, 1, "", 0);
	return 0;
}

static int stop(void **state)
{
	initiator_close(&in);
	rig_stop(&rig);
	return 0;
}

static uint32_t field(size_t offset)
{
	return get_be32(in.in.bhs + offset);
}

#define PDU_FIELD(type, name) field(offsetof(struct type, name))

/* Collects Data-In until the status; returns the bytes. Checks order, bursts and content. */
static uint32_t collect(uint32_t max_burst, uint32_t max_segment)
{
	uint32_t got = 0, data_sn = 0;

	for (;;) {
		assert_true(initiator_receive(&in));
		if (in.in.bhs[0] == ISCSI_OP_SCSI_RESPONSE) {
			assert_int_equal(PDU_FIELD(iscsi_scsi_response, exp_data_sn), data_sn);
			return got;
		}
		assert_int_equal(in.in.bhs[0], ISCSI_OP_DATA_IN);
		assert_int_equal(PDU_FIELD(iscsi_data_in_pdu, data_sn), data_sn++);
		assert_int_equal(PDU_FIELD(iscsi_data_in_pdu, offset), got);
		assert_true(in.in.len <= max_segment);
		assert_int_equal(got / max_burst,
				 (got + in.in.len - 1) / max_burst); /* within one burst */
		for (uint32_t k = 0; k < in.in.len; k++)
			assert_int_equal(in.in.data[k], fake_byte(got + k));
		got += in.in.len;
		if (got % max_burst == 0)
			assert_true(in.in.bhs[1] & ISCSI_FINAL);
		if (in.in.bhs[1] & ISCSI_DATA_IN_STATUS) {
			assert_true(in.in.bhs[1] & ISCSI_FINAL);
			return got;
		}
	}
}

static void should_read_in_bursts_and_collapse_the_status(void **state)
{
	static const uint32_t lens[] = { 4, 512, 513, 65536, 65537, 131072, 131073, 500001 };

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		initiator_command(&in, bhs, F | R, FAKE_READ, lens[i]);
		initiator_send(&in, bhs, NULL, 0);
		assert_int_equal(collect(131072, 65536), lens[i]);
		assert_int_equal(in.in.bhs[0], ISCSI_OP_DATA_IN);
		assert_int_equal(initiator_status(&in), 0);
	}
}

static void should_report_residuals_with_the_status(void **state)
{
	initiator_command(&in, bhs, F | R, FAKE_SHORT_READ, 1000);
	initiator_send(&in, bhs, NULL, 0);
	assert_int_equal(collect(131072, 65536), 500);
	assert_int_equal(in.in.bhs[1], F | ISCSI_DATA_IN_STATUS | ISCSI_FLAG_UNDERFLOW);
	assert_int_equal(PDU_FIELD(iscsi_data_in_pdu, residual), 500);
	/* Past what the device takes: the buffer's part is asked for, the rest is residual. */
	initiator_command(&in, bhs, F | W, FAKE_WRITE, FAKE_MAX_TRANSFER + 512);
	initiator_send(&in, bhs, NULL, 0);
	for (uint32_t at = 0; at < FAKE_MAX_TRANSFER; at += 131072) {
		initiator_expect(&in, ISCSI_OP_R2T);
		assert_int_equal(PDU_FIELD(iscsi_r2t_pdu, offset), at);
		assert_int_equal(PDU_FIELD(iscsi_r2t_pdu, desired_len), 131072);
		initiator_data_out(&in, in.itt, PDU_FIELD(iscsi_r2t_pdu, ttt), 0, at, 131072, true);
	}
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(in.in.bhs[1], F | ISCSI_FLAG_UNDERFLOW);
	assert_int_equal(PDU_FIELD(iscsi_scsi_response, residual), 512);
}

static void should_return_sense(void **state)
{
	initiator_command(&in, bhs, F, FAKE_SENSE, 0);
	initiator_send(&in, bhs, NULL, 0);
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(initiator_status(&in), 2);
	assert_int_equal(in.in.len, 20);
	assert_int_equal(get_be16(in.in.data), 18);
	assert_int_equal(in.in.data[2 + 12], 0x20);
}

/* Immediate data, unsolicited Data-Out up to FirstBurstLength, R2Ts of MaxBurstLength. */
static void write_all_ways(uint8_t opcode, uint32_t total, bool with_immediate, bool unsolicited,
			   bool late)
{
	uint32_t sent = 0, first = total < 65536 ? total : 65536, sn = 0;
	static uint8_t data[8192];

	if (with_immediate) {
		sent = total < sizeof(data) ? total : sizeof(data);
		for (uint32_t k = 0; k < sent; k++)
			data[k] = fake_byte(k);
	}
	initiator_command(&in, bhs, (uint8_t)(W | (unsolicited && sent < first ? 0 : F)), opcode,
			  total);
	initiator_send(&in, bhs, data, sent);
	while (unsolicited && sent < first) {
		uint32_t len = first - sent < 20000 ? first - sent : 20000;

		initiator_data_out(&in, in.itt, ISCSI_TAG_NONE, sn++, sent, len,
				   sent + len == first);
		sent += len;
	}
	if (late)
		fake_core_grant();
	while (sent < total) {
		uint32_t end, ttt;

		initiator_expect(&in, ISCSI_OP_R2T);
		assert_int_equal(PDU_FIELD(iscsi_r2t_pdu, offset), sent);
		end = sent + PDU_FIELD(iscsi_r2t_pdu, desired_len);
		assert_true(end - sent <= 131072);
		ttt = PDU_FIELD(iscsi_r2t_pdu, ttt);
		for (sn = 0; sent < end; sn++) {
			uint32_t len = end - sent < 50000 ? end - sent : 50000;

			initiator_data_out(&in, in.itt, ttt, sn, sent, len, sent + len == end);
			sent += len;
		}
	}
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(initiator_status(&in), 0);
	assert_int_equal(fake_core_last_write(), total);
}

static void write_every_length(void)
{
	static const uint32_t lens[] = { 1, 3, 512, 8192, 8193, 65535, 65536, 65537, 300001 };

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		for (int ways = 0; ways < 4; ways++)
			write_all_ways(FAKE_WRITE, lens[i], ways & 1, ways & 2, false);
}

static void should_take_immediate_unsolicited_and_solicited_data(void **state)
{
	write_every_length();
}

static void wait_for_submission(unsigned int before)
{
	wait_for(fake_core_submitted, before + 1);
}

static void should_stage_data_that_comes_before_its_buffer(void **state)
{
	static const uint32_t lens[] = { 512, 8193, 65536, 300001 };

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		for (int ways = 0; ways < 4; ways++) {
			unsigned int before = fake_core_submitted();
			uint32_t total = lens[i], sent = 0, first = total < 65536 ? total : 65536;
			static uint8_t data[8192];

			if (ways == 0) {
				initiator_command(&in, bhs, F | W, FAKE_WRITE_LATE, total);
				initiator_send(&in, bhs, NULL, 0);
				wait_for_submission(before);
			} else {
				sent = total < sizeof(data) ? total : sizeof(data);
				for (uint32_t k = 0; k < sent; k++)
					data[k] = fake_byte(k);
				initiator_command(&in, bhs, (uint8_t)(W | (sent < first ? 0 : F)),
						  FAKE_WRITE_LATE, total);
				initiator_send(&in, bhs, data, sent);
				wait_for_submission(before);
				if (ways == 2)
					fake_core_grant(); /* crosses with the data below */
				if (sent < first)
					initiator_data_out(&in, in.itt, ISCSI_TAG_NONE, 0, sent,
							   first - sent, true);
				sent = first;
			}
			fake_core_grant();
			while (sent < total) {
				uint32_t len;

				initiator_expect(&in, ISCSI_OP_R2T);
				len = PDU_FIELD(iscsi_r2t_pdu, desired_len);
				initiator_data_out(&in, in.itt, PDU_FIELD(iscsi_r2t_pdu, ttt), 0,
						   sent, len, true);
				sent += len;
			}
			initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
			assert_int_equal(initiator_status(&in), 0);
			assert_int_equal(fake_core_last_write(), total);
		}
}

static void relogin(const char *text, uint32_t len, bool digests)
{
	initiator_close(&in);
	initiator_login(&in, &rig, 2, text, len);
	in.header_digest = in.data_digest = digests;
}

#define RELOGIN(text, digests) relogin(text, sizeof(text), digests)

static void should_do_all_of_it_with_digests(void **state)
{
	RELOGIN("HeaderDigest=CRC32C\0DataDigest=CRC32C", true);
	write_every_length();
	should_read_in_bursts_and_collapse_the_status(state);
	should_return_sense(state);
}

/* The command ends with CHECK CONDITION and this sense, and the connection lives on. */
static void expect_sense(uint8_t key, uint8_t asc, uint8_t ascq)
{
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(initiator_status(&in), 2);
	assert_int_equal(in.in.data[2 + 2], key);
	assert_int_equal(in.in.data[2 + 12], asc);
	assert_int_equal(in.in.data[2 + 13], ascq);
	initiator_command(&in, bhs, F, FAKE_GOOD, 0);
	initiator_send(&in, bhs, NULL, 0);
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(initiator_status(&in), 0);
}

static uint32_t begin_solicited(void)
{
	initiator_command(&in, bhs, F | W, FAKE_WRITE, 8192);
	initiator_send(&in, bhs, NULL, 0);
	initiator_expect(&in, ISCSI_OP_R2T);
	return PDU_FIELD(iscsi_r2t_pdu, ttt);
}

static void should_fail_commands_whose_data_is_out_of_order(void **state)
{
	uint32_t ttt = begin_solicited();

	initiator_data_out(&in, in.itt, ttt, 1, 0, 8192, true);
	expect_sense(0x0b, 0x47, 0x05); /* DataSN */
	ttt = begin_solicited();
	initiator_data_out(&in, in.itt, ttt, 0, 512, 7680, true);
	expect_sense(0x0b, 0x47, 0x05); /* Buffer Offset */
	ttt = begin_solicited();
	initiator_data_out(&in, in.itt, ttt, 0, 0, 9000, true);
	expect_sense(0x0b, 0x0c, 0x0d); /* more than asked for */
	ttt = begin_solicited();
	initiator_data_out(&in, in.itt, ttt, 0, 0, 512, true);
	expect_sense(0x0b, 0x0c, 0x0d); /* less than asked for */
	assert_int_equal(fake_core_last_write(), 0);
}

static void should_wait_for_the_end_of_a_sequence_before_failing(void **state)
{
	uint32_t ttt = begin_solicited(), itt = in.itt;

	initiator_data_out(&in, itt, ttt, 5, 0, 512, false);
	initiator_command(&in, bhs, F, FAKE_GOOD, 0);
	initiator_send(&in, bhs, NULL, 0);
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE); /* of the other command */
	assert_int_equal(PDU_FIELD(iscsi_scsi_response, itt), in.itt);
	initiator_data_out(&in, itt, ttt, 6, 512, 7680, true);
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(PDU_FIELD(iscsi_scsi_response, itt), itt);
	assert_int_equal(initiator_status(&in), 2);
}

/*
 * The core gave up waiting: the status comes without the F bit, which would never
 * have come (11.4.2 would wait for it), and what comes late is dropped (11.7).
 */
static void should_end_a_write_whose_data_never_comes(void **state)
{
	uint32_t ttt = begin_solicited(), late = in.itt;

	fake_core_expire();
	expect_sense(0x0b, 0x2e, 0x01);
	wait_for(fake_core_live, 0); /* and its buffer with it */
	initiator_data_out(&in, late, ttt, 0, 0, 4096, false);
	initiator_data_out(&in, late, ttt, 1, 4096, 4096, true);
	/* Half of an unsolicited burst. */
	initiator_command(&in, bhs, W, FAKE_WRITE, 8192);
	initiator_send(&in, bhs, NULL, 0);
	late = in.itt;
	initiator_data_out(&in, late, ISCSI_TAG_NONE, 0, 0, 4096, false);
	initiator_command(&in, bhs, F, FAKE_GOOD, 0);
	initiator_send(&in, bhs, NULL, 0);
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE); /* so the 4096 bytes came */
	fake_core_expire();
	expect_sense(0x0b, 0x2e, 0x01);
	initiator_data_out(&in, late, ISCSI_TAG_NONE, 1, 4096, 4096, true);
	/* A new task in the same slot is not touched by the old one's tags. */
	ttt = begin_solicited();
	initiator_data_out(&in, late, ISCSI_TAG_NONE, 2, 0, 8192, true);
	initiator_data_out(&in, in.itt, ttt, 0, 0, 8192, true);
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(initiator_status(&in), 0);
	assert_int_equal(fake_core_last_write(), 8192);
	assert_int_equal(iscsi_protocol_errors(rig.fabric), 0);
}

/* A sequence that was wrong and is never finished: its own error is told at the deadline. */
static void should_not_wait_for_ever_for_the_end_of_a_failed_sequence(void **state)
{
	uint32_t ttt = begin_solicited(), itt = in.itt;

	initiator_data_out(&in, itt, ttt, 5, 0, 512, false);
	initiator_command(&in, bhs, F, FAKE_GOOD, 0);
	initiator_send(&in, bhs, NULL, 0);
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	fake_core_expire();
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(PDU_FIELD(iscsi_scsi_response, itt), itt);
	assert_int_equal(initiator_status(&in), 2);
	initiator_data_out(&in, itt, ttt, 6, 512, 7680, true);
	initiator_command(&in, bhs, F, FAKE_GOOD, 0);
	initiator_send(&in, bhs, NULL, 0);
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(initiator_status(&in), 0);
}

static void should_refuse_unsolicited_data_where_none_was_agreed(void **state)
{
	static uint8_t data[70000];

	initiator_command(&in, bhs, F | W, FAKE_WRITE, 70000);
	initiator_send(&in, bhs, data, 70000); /* past FirstBurstLength */
	expect_sense(0x0b, 0x0c, 0x0d);
	initiator_close(&in);
	initiator_connect(&in, &rig);
	assert_int_equal(initiator_try_login(&in, 2,
					     "InitiatorName=iqn.a:b\0TargetName=" FAKE_TARGET
					     "\0InitialR2T=Yes\0ImmediateData=No",
					     sizeof("InitiatorName=iqn.a:b\0TargetName=" FAKE_TARGET
						    "\0InitialR2T=Yes\0ImmediateData=No")),
			 0);
	initiator_command(&in, bhs, F | W, FAKE_WRITE, 4096);
	initiator_send(&in, bhs, data, 4096);
	expect_sense(0x0b, 0x0c, 0x0c);
	initiator_command(&in, bhs, W, FAKE_WRITE, 4096);
	initiator_send(&in, bhs, NULL, 0);
	initiator_data_out(&in, in.itt, ISCSI_TAG_NONE, 0, 0, 4096, true);
	expect_sense(0x0b, 0x0c, 0x0c);
}

static void should_close_on_a_bad_header_digest(void **state)
{
	RELOGIN("HeaderDigest=CRC32C", false);
	initiator_command(&in, bhs, F, FAKE_GOOD, 0);
	initiator_send(&in, bhs, "\0\0\0\0", 4); /* no digest where one is due */
	assert_false(initiator_receive(&in));
	assert_int_equal(iscsi_protocol_errors(rig.fabric), 1);
}

static void should_reject_a_bad_data_digest_and_fail_the_command(void **state)
{
	uint8_t data[512] = { 0 };

	RELOGIN("DataDigest=CRC32C", false);
	in.data_digest = false;
	initiator_command(&in, bhs, F | W, FAKE_WRITE, 512);
	initiator_send(&in, bhs, data, 512);
	assert_int_equal(send(in.fd, "\xde\xad\xbe\xef", 4, 0), 4);
	in.data_digest = true;
	initiator_expect(&in, ISCSI_OP_REJECT);
	assert_int_equal(in.in.bhs[2], ISCSI_REJECT_DATA_DIGEST);
	assert_memory_equal(in.in.data, bhs, 4);
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(initiator_status(&in), 2);
	assert_int_equal(in.in.data[2 + 12], 0x47);
	assert_int_equal(fake_core_last_write(), 0);
}

static void should_survive_any_split_of_the_stream(void **state)
{
	unsigned int seed = (unsigned int)time(NULL);
	uint8_t pdus[3 * ISCSI_BHS_LEN + 512];

	print_message("seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 40; round++) {
		size_t at = 0;

		for (int k = 0; k < 3; k++) {
			initiator_command(&in, pdus + k * ISCSI_BHS_LEN, k < 2 ? F | R : F | W,
					  k < 2 ? FAKE_READ : FAKE_WRITE, 512);
			if (k == 2)
				put_be24(pdus + k * ISCSI_BHS_LEN + 5, 512);
		}
		for (uint32_t k = 0; k < 512; k++)
			pdus[3 * ISCSI_BHS_LEN + k] = fake_byte(k);
		while (at < sizeof(pdus)) {
			size_t n = 1 + (size_t)rand() % 200;

			n = n < sizeof(pdus) - at ? n : sizeof(pdus) - at;
			assert_int_equal(send(in.fd, pdus + at, n, 0), n);
			at += n;
			if (rand() % 2)
				nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL);
		}
		assert_int_equal(collect(131072, 65536), 512);
		assert_int_equal(collect(131072, 65536), 512);
		initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
		assert_int_equal(fake_core_last_write(), 512);
	}
}

int main(void)
{
#define DIALOGUE(test) cmocka_unit_test_setup_teardown(test, start, stop)
	const struct CMUnitTest tests[] = {
		DIALOGUE(should_read_in_bursts_and_collapse_the_status),
		DIALOGUE(should_report_residuals_with_the_status),
		DIALOGUE(should_return_sense),
		DIALOGUE(should_take_immediate_unsolicited_and_solicited_data),
		DIALOGUE(should_stage_data_that_comes_before_its_buffer),
		DIALOGUE(should_do_all_of_it_with_digests),
		DIALOGUE(should_fail_commands_whose_data_is_out_of_order),
		DIALOGUE(should_wait_for_the_end_of_a_sequence_before_failing),
		DIALOGUE(should_end_a_write_whose_data_never_comes),
		DIALOGUE(should_not_wait_for_ever_for_the_end_of_a_failed_sequence),
		DIALOGUE(should_refuse_unsolicited_data_where_none_was_agreed),
		DIALOGUE(should_close_on_a_bad_header_digest),
		DIALOGUE(should_reject_a_bad_data_digest_and_fail_the_command),
		DIALOGUE(should_survive_any_split_of_the_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
