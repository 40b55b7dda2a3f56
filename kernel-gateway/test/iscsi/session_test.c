/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Sessions over a socket: discovery, ends, windows, aborts, rejects, time-outs, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_core.h"
#include "initiator.h"
#include "iscsi/text.h"

#define F ISCSI_FINAL
#define I ISCSI_IMMEDIATE
#define R ISCSI_CMD_READ
#define W ISCSI_CMD_WRITE

static struct rig rig;
static struct initiator in, other;
static uint8_t bhs[ISCSI_BHS_LEN];

static const struct iscsi_limits quick = {
	.login_timeout_ms = 300,
	.nop_interval_ms = 200,
	.nop_timeout_ms = 200,
	.max_logins = 4,
	.window = 8,
	.max_staged_bytes = 256 << 10,
};

static int start(void **state)
{
	rig_start(&rig, 1, NULL);
	initiator_login(&in, &rig, 1, "", 0);
	return 0;
}

static int start_quick(void **state)
{
	rig_start(&rig, 1, &quick);
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

static void command(uint8_t flags, uint8_t opcode, uint32_t len)
{
	initiator_command(&in, bhs, flags, opcode, len);
	initiator_send(&in, bhs, NULL, 0);
}

static void expect_good(uint32_t itt)
{
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(PDU_FIELD(iscsi_scsi_response, itt), itt);
	assert_int_equal(initiator_status(&in), 0);
}

static void task_request(uint8_t function, uint32_t tag, uint32_t ref_cmd_sn)
{
	struct iscsi_task_request_pdu t = { .opcode = ISCSI_OP_TASK_REQUEST | I,
					    .function = F | function };

	put_be32(t.itt, ++in.itt);
	put_be32(t.ref_task_tag, tag);
	put_be32(t.cmd_sn, in.cmd_sn);
	put_be32(t.ref_cmd_sn, ref_cmd_sn);
	initiator_send(&in, (uint8_t *)&t, NULL, 0);
}

static uint8_t expect_task_response(void)
{
	initiator_expect(&in, ISCSI_OP_TASK_RESPONSE);
	assert_int_equal(PDU_FIELD(iscsi_response, itt), in.itt);
	return in.in.bhs[2];
}

static void text_request(uint8_t flags, uint32_t ttt, const char *text, uint32_t len)
{
	struct iscsi_text_request t = { .opcode = ISCSI_OP_TEXT_REQUEST | I, .flags = flags };

	put_be32(t.itt, 0x777);
	put_be32(t.ttt, ttt);
	put_be32(t.cmd_sn, in.cmd_sn);
	initiator_send(&in, (uint8_t *)&t, text, len);
	initiator_expect(&in, ISCSI_OP_TEXT_RESPONSE);
}

static bool answer_has(const char *pair)
{
	for (uint32_t at = 0; at < in.in.len; at += (uint32_t)strlen((char *)in.in.data + at) + 1)
		if (!strcmp((char *)in.in.data + at, pair))
			return true;
	return false;
}

/* ---- Discovery and text ------------------------------------------------------- */

static void discover(void)
{
	static const char text[] = "InitiatorName=iqn.a:b\0SessionType=Discovery";

	initiator_close(&in);
	initiator_connect(&in, &rig);
	assert_int_equal(initiator_try_login(&in, 9, text, sizeof(text)), 0);
}

static void should_tell_admitted_targets_and_their_addresses(void **state)
{
	char address[80];

	discover();
	snprintf(address, sizeof(address), "TargetAddress=127.0.0.1:%u,1", rig.portal.port);
	text_request(F, ISCSI_TAG_NONE, "SendTargets=All", 16);
	assert_int_equal(in.in.bhs[1], F);
	assert_true(answer_has("TargetName=" FAKE_TARGET));
	assert_false(answer_has("TargetName=" FAKE_CLOSED));
	assert_true(answer_has(address));
	text_request(F, ISCSI_TAG_NONE, "SendTargets=" FAKE_TARGET,
		     sizeof("SendTargets=" FAKE_TARGET));
	assert_true(answer_has("TargetName=" FAKE_TARGET));
	text_request(F, ISCSI_TAG_NONE, "SendTargets=", 13);
	assert_true(answer_has("SendTargets=Reject"));
	command(F, FAKE_GOOD, 0);
	initiator_expect(&in, ISCSI_OP_REJECT);
	assert_int_equal(in.in.bhs[2], ISCSI_REJECT_PROTOCOL);
}

static void should_tell_a_normal_session_its_own_target(void **state)
{
	text_request(F, ISCSI_TAG_NONE, "SendTargets=", 13);
	assert_true(answer_has("TargetName=" FAKE_TARGET));
	text_request(F, ISCSI_TAG_NONE, "SendTargets=All", 16);
	assert_true(answer_has("SendTargets=Reject"));
}

static void should_answer_long_text_in_pieces(void **state)
{
	char all[2000] = "";
	uint32_t len = 0;

	discover();
	text_request(F, ISCSI_TAG_NONE, "MaxRecvDataSegmentLength=512", 29);
	/* 40 unknown keys: an answer of more than 512 bytes, sent as text in two pieces itself */
	for (int k = 0; k < 40; k++)
		len += (uint32_t)snprintf(all + len, sizeof(all) - len, "X-key-%02d=a", k) + 1;
	text_request(ISCSI_CONTINUE, ISCSI_TAG_NONE, all, 100);
	assert_int_equal(in.in.len, 0);
	text_request(F, PDU_FIELD(iscsi_response, ttt), all + 100, len - 100);
	len = 0;
	while (in.in.bhs[1] & ISCSI_CONTINUE) {
		assert_int_equal(in.in.len, 512);
		memcpy(all + len, in.in.data, in.in.len);
		len += in.in.len;
		text_request(F, PDU_FIELD(iscsi_response, ttt), NULL, 0);
	}
	assert_int_equal(in.in.bhs[1], F);
	memcpy(all + len, in.in.data, in.in.len);
	assert_int_equal(len + in.in.len, 40 * (sizeof("X-key-00=NotUnderstood")));
	assert_string_equal(all, "X-key-00=NotUnderstood");
}

static void should_change_the_segment_length_after_login(void **state)
{
	text_request(F, ISCSI_TAG_NONE, "MaxRecvDataSegmentLength=1024", 30);
	command(F | R, FAKE_READ, 4096);
	for (int k = 0; k < 4; k++) {
		initiator_expect(&in, ISCSI_OP_DATA_IN);
		assert_int_equal(in.in.len, 1024);
	}
}

/* ---- Command window -------------------------------------------------------------- */

static void should_ignore_commands_outside_of_the_window(void **state)
{
	uint32_t good = in.cmd_sn;

	in.cmd_sn = good - 1;
	command(F, FAKE_GOOD, 0);
	in.cmd_sn = good + 1000;
	command(F, FAKE_GOOD, 0);
	in.cmd_sn = good;
	command(F, FAKE_GOOD, 0);
	expect_good(in.itt);
	assert_int_equal(fake_core_submitted(), 1);
	assert_int_equal(PDU_FIELD(iscsi_scsi_response, exp_cmd_sn), good + 1);
}

static void should_hold_commands_until_the_missing_one_comes(void **state)
{
	uint32_t first = in.cmd_sn, itt = in.itt + 1;
	struct iscsi_text_request nop = { .opcode = ISCSI_OP_NOP_OUT, .flags = F };
	uint8_t data[512];

	for (uint32_t k = 0; k < 512; k++)
		data[k] = fake_byte(k);
	in.cmd_sn = first + 1;
	initiator_command(&in, bhs, F | W, FAKE_WRITE, 512);
	initiator_send(&in, bhs, data, 512);
	put_be32(nop.itt, 0x1000);
	put_be32(nop.ttt, ISCSI_TAG_NONE);
	put_be32(nop.cmd_sn, first + 2);
	initiator_send(&in, (uint8_t *)&nop, "ping", 4);
	assert_int_equal(fake_core_submitted(), 0);
	in.cmd_sn = first;
	command(F, FAKE_GOOD, 0);
	expect_good(itt + 1);
	expect_good(itt);
	assert_int_equal(fake_core_last_write(), 512);
	initiator_expect(&in, ISCSI_OP_NOP_IN);
	assert_memory_equal(in.in.data, "ping", 4);
	assert_int_equal(PDU_FIELD(iscsi_response, exp_cmd_sn), first + 3);
}

static void should_close_and_open_the_window(void **state)
{
	uint32_t itt = in.itt + 1;

	for (int k = 0; k < 8; k++)
		command(F, FAKE_HANG, 0);
	wait_for(fake_core_submitted, 8);
	command(F, FAKE_GOOD, 0); /* outside: ignored */
	in.cmd_sn--;
	initiator_command(&in, bhs, F, FAKE_GOOD, 0);
	bhs[0] |= I;
	in.cmd_sn--;
	initiator_send(&in, bhs, NULL, 0); /* immediate ones pass */
	expect_good(in.itt);
	assert_int_equal(PDU_FIELD(iscsi_scsi_response, max_cmd_sn),
			 PDU_FIELD(iscsi_scsi_response, exp_cmd_sn) - 1);
	fake_core_finish();
	for (int k = 0; k < 8; k++)
		initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(PDU_FIELD(iscsi_scsi_response, max_cmd_sn),
			 PDU_FIELD(iscsi_scsi_response, exp_cmd_sn) + 7);
	assert_true(in.itt > itt);
}

/* ---- Task management --------------------------------------------------------------- */

static void should_abort_a_task_without_an_answer_to_it(void **state)
{
	uint32_t itt;

	command(F, FAKE_HANG, 0);
	itt = in.itt;
	task_request(ISCSI_TASK_ABORT_TASK, itt, in.cmd_sn - 1);
	assert_int_equal(expect_task_response(), ISCSI_TASK_COMPLETE);
	task_request(ISCSI_TASK_ABORT_TASK, itt, in.cmd_sn - 1);
	assert_int_equal(expect_task_response(), ISCSI_TASK_NO_TASK);
	/* Not come yet, but in the window: counts as received */
	in.cmd_sn++;
	task_request(ISCSI_TASK_ABORT_TASK, 0x9999, in.cmd_sn - 1);
	assert_int_equal(expect_task_response(), ISCSI_TASK_COMPLETE);
	in.cmd_sn--;
	assert_int_equal(fake_core_live(), 0);
}

static void should_abort_a_task_that_waits_for_its_data(void **state)
{
	uint32_t ttt, itt;

	command(F | W, FAKE_WRITE, 8192);
	itt = in.itt;
	initiator_expect(&in, ISCSI_OP_R2T);
	ttt = PDU_FIELD(iscsi_r2t_pdu, ttt);
	task_request(ISCSI_TASK_ABORT_TASK, itt, in.cmd_sn - 1);
	assert_int_equal(expect_task_response(), ISCSI_TASK_COMPLETE);
	initiator_data_out(&in, itt, ttt, 0, 0, 8192, true); /* too late: discarded */
	command(F, FAKE_GOOD, 0);
	expect_good(in.itt);
	assert_int_equal(fake_core_last_write(), 0);
}

/* RFC 7143 4.2.3.3: the tags that are open are answered before the function is. */
static void should_answer_after_the_data_that_is_owed_to_aborted_tasks(void **state)
{
	static const uint8_t functions[] = { ISCSI_TASK_ABORT_TASK_SET, ISCSI_TASK_CLEAR_TASK_SET,
					     ISCSI_TASK_LU_RESET, ISCSI_TASK_TARGET_WARM_RESET,
					     ISCSI_TASK_I_T_NEXUS_RESET };

	initiator_close(&in);
	initiator_login(&in, &rig, 1, "iSCSIProtocolLevel=2", 21);
	for (size_t i = 0; i < sizeof(functions); i++) {
		uint32_t ttt[2], itt[2], request, last;

		for (int k = 0; k < 2; k++) {
			command(F | W, FAKE_WRITE, 8192);
			itt[k] = in.itt;
			initiator_expect(&in, ISCSI_OP_R2T);
			ttt[k] = PDU_FIELD(iscsi_r2t_pdu, ttt);
		}
		task_request(functions[i], ISCSI_TAG_NONE, 0);
		request = in.itt;
		wait_for(fake_core_live, 0); /* the core and its buffers do not wait */
		initiator_data_out(&in, itt[1], ttt[1], 0, 0, 4096, false);
		initiator_data_out(&in, itt[1], ttt[1], 1, 4096, 4096, true);
		/* What is executed meanwhile is answered before it. */
		command(F, FAKE_GOOD, 0);
		expect_good(in.itt);
		last = in.itt;
		initiator_data_out(&in, itt[0], ttt[0], 0, 0, 8192, true);
		in.itt = request;
		assert_int_equal(expect_task_response(), ISCSI_TASK_COMPLETE);
		assert_int_equal(fake_core_last_write(), 0);
		/* The tag is free. */
		in.itt = itt[0] - 1;
		command(F, FAKE_GOOD, 0);
		expect_good(itt[0]);
		in.itt = last;
	}
}

static void should_not_wait_for_ever_for_the_data_that_is_owed(void **state)
{
	command(F | W, FAKE_WRITE, 8192);
	initiator_expect(&in, ISCSI_OP_R2T);
	task_request(ISCSI_TASK_LU_RESET, ISCSI_TAG_NONE, 0);
	assert_int_equal(expect_task_response(), ISCSI_TASK_COMPLETE); /* after two seconds */
	command(F, FAKE_GOOD, 0);
	expect_good(in.itt);
}

static void should_give_everything_back_when_the_connection_breaks_with_data_owed(void **state)
{
	command(F | W, FAKE_WRITE, 8192);
	initiator_expect(&in, ISCSI_OP_R2T);
	task_request(ISCSI_TASK_LU_RESET, ISCSI_TAG_NONE, 0);
	wait_for(fake_core_live, 0);
	initiator_close(&in);
	wait_for(fake_core_nexuses, 0);
	initiator_login(&in, &rig, 1, "", 0);
	command(F, FAKE_GOOD, 0);
	expect_good(in.itt);
}

/* 11.5.1: on all commands with a lower CmdSN, also on those held for a missing one. */
static void should_abort_the_commands_that_it_holds(void **state)
{
	static const uint8_t functions[] = { ISCSI_TASK_ABORT_TASK_SET, ISCSI_TASK_CLEAR_TASK_SET,
					     ISCSI_TASK_LU_RESET, ISCSI_TASK_TARGET_WARM_RESET };

	for (size_t i = 0; i < sizeof(functions); i++) {
		uint32_t first = in.cmd_sn, missing, unit_1, later;

		fake_core_reset();
		in.cmd_sn = first + 1;
		command(F, FAKE_GOOD, 0); /* covered */
		initiator_command(&in, bhs, F, FAKE_GOOD, 0);
		bhs[9] = 1; /* LUN 1: covered by the target's reset only */
		initiator_send(&in, bhs, NULL, 0);
		unit_1 = in.itt;
		task_request(functions[i], ISCSI_TAG_NONE, 0);
		assert_int_equal(expect_task_response(), ISCSI_TASK_COMPLETE);
		command(F, FAKE_GOOD, 0); /* of a higher CmdSN: not covered */
		later = in.itt;
		in.cmd_sn = first;
		command(F, FAKE_GOOD, 0);
		missing = in.itt;
		expect_good(missing);
		if (functions[i] != ISCSI_TASK_TARGET_WARM_RESET)
			expect_good(unit_1);
		expect_good(later);
		assert_int_equal(PDU_FIELD(iscsi_scsi_response, exp_cmd_sn), first + 4);
		assert_int_equal(fake_core_submitted(),
				 functions[i] == ISCSI_TASK_TARGET_WARM_RESET ? 2 : 3);
		in.cmd_sn = first + 4;
	}
}

static void should_refuse_functions_that_it_does_not_have(void **state)
{
	task_request(ISCSI_TASK_REASSIGN, 1, 0);
	assert_int_equal(expect_task_response(), ISCSI_TASK_NO_REASSIGN);
	task_request(77, 1, 0);
	assert_int_equal(expect_task_response(), ISCSI_TASK_NOT_SUPPORTED);
	/* RFC 7144 7.1.1: those of its own are defined from level 2 on, which was not agreed. */
	for (uint8_t f = ISCSI_TASK_QUERY_TASK; f <= ISCSI_TASK_QUERY_ASYNC_EVENT; f++) {
		task_request(f, 1, 0);
		assert_int_equal(expect_task_response(), ISCSI_TASK_NOT_SUPPORTED);
	}
}

static void should_answer_the_functions_of_level_2_with_their_information(void **state)
{
	static const uint8_t none[3], pending[3] = { 0x26, 0x29, 0x03 };
	uint32_t itt;

	initiator_close(&in);
	initiator_login(&in, &rig, 1, "iSCSIProtocolLevel=2", 21);
	command(F, FAKE_HANG, 0);
	itt = in.itt;
	task_request(ISCSI_TASK_QUERY_TASK, itt, in.cmd_sn - 1);
	assert_int_equal(expect_task_response(), ISCSI_TASK_SUCCEEDED);
	assert_memory_equal(&in.in.bhs[8], none, 3);
	task_request(ISCSI_TASK_QUERY_TASK, itt + 1, in.cmd_sn - 1);
	assert_int_equal(expect_task_response(), ISCSI_TASK_COMPLETE);
	task_request(ISCSI_TASK_QUERY_TASK_SET, ISCSI_TAG_NONE, 0);
	assert_int_equal(expect_task_response(), ISCSI_TASK_SUCCEEDED);
	task_request(ISCSI_TASK_QUERY_ASYNC_EVENT, ISCSI_TAG_NONE, 0);
	assert_int_equal(expect_task_response(), ISCSI_TASK_SUCCEEDED);
	assert_memory_equal(&in.in.bhs[8], pending, 3);
	task_request(ISCSI_TASK_I_T_NEXUS_RESET, ISCSI_TAG_NONE, 0);
	assert_int_equal(expect_task_response(), ISCSI_TASK_COMPLETE);
	assert_int_equal(fake_core_live(), 0);
	task_request(ISCSI_TASK_QUERY_TASK_SET, ISCSI_TAG_NONE, 0);
	assert_int_equal(expect_task_response(), ISCSI_TASK_COMPLETE);
	task_request(ISCSI_TASK_REASSIGN, 1, 0);
	assert_int_equal(expect_task_response(), ISCSI_TASK_NO_REASSIGN);
}

static void should_end_every_session_with_a_cold_reset(void **state)
{
	initiator_login(&other, &rig, 2, "", 0);
	task_request(ISCSI_TASK_TARGET_COLD_RESET, ISCSI_TAG_NONE, 0);
	assert_int_equal(expect_task_response(), ISCSI_TASK_COMPLETE);
	assert_false(initiator_receive(&in));
	assert_false(initiator_receive(&other));
	initiator_close(&other);
}

/* ---- Ends of sessions ---------------------------------------------------------------- */

static void should_log_out(void **state)
{
	struct iscsi_logout_request l = { .opcode = ISCSI_OP_LOGOUT_REQUEST | I, .reason = F | 2 };

	put_be16(l.cid, 1);
	initiator_send(&in, (uint8_t *)&l, NULL, 0);
	initiator_expect(&in, ISCSI_OP_LOGOUT_RESPONSE);
	assert_int_equal(in.in.bhs[2], ISCSI_LOGOUT_NO_RECOVERY);
	l.reason = F | 1;
	put_be16(l.cid, 2);
	initiator_send(&in, (uint8_t *)&l, NULL, 0);
	initiator_expect(&in, ISCSI_OP_LOGOUT_RESPONSE);
	assert_int_equal(in.in.bhs[2], ISCSI_LOGOUT_NO_CID);
	l.reason = F;
	initiator_send(&in, (uint8_t *)&l, NULL, 0);
	initiator_expect(&in, ISCSI_OP_LOGOUT_RESPONSE);
	assert_int_equal(in.in.bhs[2], ISCSI_LOGOUT_DONE);
	assert_false(initiator_receive(&in));
	wait_for(fake_core_nexuses, 0);
}

static void should_replace_a_session_of_the_same_port(void **state)
{
	command(F, FAKE_HANG, 0);
	command(F | W, FAKE_WRITE, 8192);
	command(F | W, FAKE_WRITE_LATE, 8192);
	wait_for(fake_core_submitted, 3);
	assert_int_equal(fake_core_last_origin(), SL_NEXUS_NEW);
	initiator_login(&other, &rig, 1, "", 0); /* the same ISID */
	assert_int_equal(fake_core_live(), 0);
	assert_int_equal(fake_core_nexuses(), 1);
	assert_int_equal(fake_core_last_origin(), SL_NEXUS_REINSTATED);
	initiator_expect(&in, ISCSI_OP_R2T);
	assert_false(initiator_receive(&in));
	initiator_close(&other);
}

static void should_keep_sessions_of_other_ports_apart(void **state)
{
	initiator_login(&other, &rig, 2, "", 0);
	assert_int_equal(fake_core_nexuses(), 2);
	command(F, FAKE_GOOD, 0);
	expect_good(in.itt);
	initiator_close(&other);
	wait_for(fake_core_nexuses, 1);
}

static unsigned int ten_submitted(void)
{
	return fake_core_submitted() >= 10;
}

static void should_give_everything_back_when_the_connection_breaks(void **state)
{
	uint8_t data[4096] = { 0 };
	struct linger reset = { .l_onoff = 1 };

	command(F, FAKE_HANG, 0);
	command(F | W, FAKE_WRITE, 200000);
	command(W, FAKE_WRITE, 65536);
	initiator_data_out(&in, in.itt, ISCSI_TAG_NONE, 0, 0, 4096, false);
	initiator_command(&in, bhs, W, FAKE_WRITE_LATE, 65536);
	initiator_send(&in, bhs, data, sizeof(data));
	for (int k = 0; k < 40; k++)
		command(F | R, FAKE_READ, 1 << 20); /* more than the sockets hold */
	in.cmd_sn += 2;
	command(F, FAKE_GOOD, 0); /* held for a missing one */
	wait_for(ten_submitted, 1);
	setsockopt(in.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	initiator_close(&in);
	wait_for(fake_core_live, 0);
	wait_for(fake_core_nexuses, 0);
}

static void should_ask_for_logout_before_it_shuts_down(void **state)
{
	command(F, FAKE_HANG, 0);
	wait_for(fake_core_submitted, 1);
	rig_stop(&rig);
	initiator_expect(&in, ISCSI_OP_ASYNC);
	assert_int_equal(in.in.bhs[36], ISCSI_ASYNC_REQUEST_LOGOUT);
	assert_false(initiator_receive(&in));
	initiator_close(&in);
	start(state);
}

static void dropped(void *arg)
{
	*(atomic_uint *)arg = 1;
}

static atomic_uint drop_is_done;

static unsigned int read_drop(void)
{
	return atomic_load(&drop_is_done);
}

static void drop_target(void *arg)
{
	iscsi_target_drop(rig.fabric, FAKE_TARGET, dropped, &drop_is_done);
}

static void should_drop_the_sessions_of_a_target(void **state)
{
	atomic_store(&drop_is_done, 0);
	rig_call(&rig, drop_target, NULL);
	initiator_expect(&in, ISCSI_OP_ASYNC);
	initiator_connect(&other, &rig);
	assert_int_equal(
		initiator_try_login(&other, 3, "InitiatorName=iqn.a:b\0TargetName=" FAKE_TARGET,
				    sizeof("InitiatorName=iqn.a:b\0TargetName=" FAKE_TARGET)),
		0x0203);
	initiator_close(&other);
	assert_false(initiator_receive(&in));
	wait_for(read_drop, 1);
	assert_int_equal(fake_core_nexuses(), 0);
}

/* ---- Rejects, pings, limits ------------------------------------------------------------ */

static void should_reject_with_the_header_and_go_on(void **state)
{
	uint8_t bad[ISCSI_BHS_LEN] = { 0x10, F }; /* SNACK */

	initiator_send(&in, bad, "data", 4);
	initiator_expect(&in, ISCSI_OP_REJECT);
	assert_int_equal(in.in.bhs[2], ISCSI_REJECT_SNACK);
	assert_int_equal(in.in.len, 48);
	assert_int_equal(in.in.data[0], 0x10);
	command(F | R | W, FAKE_GOOD, 0); /* bidirectional */
	initiator_expect(&in, ISCSI_OP_REJECT);
	command(F | 6, FAKE_GOOD, 0); /* a reserved attribute */
	initiator_expect(&in, ISCSI_OP_REJECT);
	command(F, FAKE_HANG, 0);
	in.itt--;
	command(F, FAKE_GOOD, 0); /* a task tag in use */
	initiator_expect(&in, ISCSI_OP_REJECT);
	assert_int_equal(in.in.bhs[2], ISCSI_REJECT_TASK_IN_PROGRESS);
	command(F, FAKE_GOOD, 0);
	expect_good(in.itt);
}

static void should_close_only_the_connection_that_breaks_the_rules(void **state)
{
	initiator_login(&other, &rig, 2, "", 0);
	assert_int_equal(send(other.fd,
			      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: curl\r\n\r\n", 53,
			      0),
			 53);
	assert_false(initiator_receive(&other));
	initiator_close(&other);
	assert_int_equal(iscsi_protocol_errors(rig.fabric), 1);
	command(F, FAKE_GOOD, 0);
	expect_good(in.itt);
}

static void should_echo_pings(void **state)
{
	struct iscsi_text_request nop = { .opcode = ISCSI_OP_NOP_OUT | I, .flags = F };
	static uint8_t data[100000];

	put_be32(nop.itt, 5);
	put_be32(nop.ttt, ISCSI_TAG_NONE);
	initiator_send(&in, (uint8_t *)&nop, "hello", 5);
	initiator_expect(&in, ISCSI_OP_NOP_IN);
	assert_memory_equal(in.in.data, "hello", 5);
	initiator_send(&in, (uint8_t *)&nop, data, sizeof(data));
	initiator_expect(&in, ISCSI_OP_NOP_IN);
	assert_int_equal(in.in.len, 65536); /* what we said that we take */
}

static void should_ping_a_silent_initiator_and_close_a_dead_one(void **state)
{
	struct iscsi_text_request nop = { .opcode = ISCSI_OP_NOP_OUT | I, .flags = F };

	for (int k = 0; k < 2; k++) {
		initiator_expect(&in, ISCSI_OP_NOP_IN);
		assert_int_equal(PDU_FIELD(iscsi_response, itt), ISCSI_TAG_NONE);
		put_be32(nop.itt, ISCSI_TAG_NONE);
		put_be32(nop.ttt, PDU_FIELD(iscsi_response, ttt));
		initiator_send(&in, (uint8_t *)&nop, NULL, 0);
	}
	initiator_expect(&in, ISCSI_OP_NOP_IN);
	assert_false(initiator_receive(&in));
	wait_for(fake_core_nexuses, 0);
}

static void should_bound_what_strangers_hold(void **state)
{
	struct initiator strangers[5];

	for (int k = 0; k < 5; k++)
		initiator_connect(&strangers[k], &rig);
	assert_false(initiator_receive(&strangers[4])); /* one too many */
	assert_int_equal(iscsi_connections_refused(rig.fabric), 1);
	for (int k = 0; k < 4; k++)
		assert_false(initiator_receive(&strangers[k])); /* the login's time is over */
	for (int k = 0; k < 5; k++)
		initiator_close(&strangers[k]);
	initiator_close(&in);
	initiator_login(&in, &rig, 1, "", 0);
}

static void should_answer_busy_when_staging_is_full(void **state)
{
	uint8_t data[512] = { 0 };

	/* A session may stage a quarter of 256 KiB: one command of 64 KiB. */
	initiator_command(&in, bhs, W, FAKE_WRITE_LATE, 65536);
	initiator_send(&in, bhs, data, sizeof(data));
	initiator_command(&in, bhs, F | W, FAKE_WRITE_LATE, 512);
	initiator_send(&in, bhs, data, sizeof(data));
	initiator_expect(&in, ISCSI_OP_SCSI_RESPONSE);
	assert_int_equal(PDU_FIELD(iscsi_scsi_response, itt), in.itt);
	assert_int_equal(initiator_status(&in), 8);
}

/* ---- Chaos --------------------------------------------------------------------------------- */

static void should_survive_random_pdus(void **state)
{
	static const uint8_t opcodes[] = { 0, 1,    1, 1,    2,	   4,	 5,   5,
					   6, 0x10, 3, 0x41, 0x40, 0x42, 0x44 };
	static const uint8_t cdbs[] = { FAKE_GOOD,	 FAKE_READ, FAKE_WRITE,
					FAKE_WRITE_LATE, FAKE_HANG, FAKE_SENSE };
	unsigned int seed = (unsigned int)time(NULL);

	print_message("seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 60; round++) {
		initiator_close(&in);
		initiator_login(&in, &rig, (uint8_t)(rand() % 3), "", 0);
		for (int k = 0; k < 50; k++) {
			uint8_t data[600];
			uint32_t len = rand() % 3 ? 0 : (uint32_t)rand() % sizeof(data);

			for (size_t b = 0; b < sizeof(bhs); b++)
				bhs[b] = rand() % 4 ? 0 : (uint8_t)rand();
			for (size_t b = 0; b < sizeof(data); b++)
				data[b] = (uint8_t)rand();
			bhs[0] = opcodes[(size_t)rand() % sizeof(opcodes)];
			bhs[1] = (uint8_t)(rand() % 2 ? bhs[1] : F | (rand() % 3) << 5);
			bhs[4] = rand() % 10 ? 0 : (uint8_t)(rand() % 3);
			put_be32(bhs + 16, (uint32_t)rand() % 8);
			put_be32(bhs + 20, rand() % 2 ? ISCSI_TAG_NONE : (uint32_t)rand() % 1000);
			put_be32(bhs + 24, in.cmd_sn + (uint32_t)(rand() % 5 ? 0 : rand() % 4 - 1));
			in.cmd_sn += !(bhs[0] & I);
			if ((bhs[0] & 0x3f) == 1)
				bhs[32] = cdbs[(size_t)rand() % sizeof(cdbs)];
			initiator_send(&in, bhs, data, len);
			if (rand() % 20 == 0)
				fake_core_grant();
			if (rand() % 20 == 0)
				fake_core_finish();
		}
	}
	initiator_close(&in);
	initiator_login(&in, &rig, 7, "", 0);
	command(F, FAKE_GOOD, 0);
	expect_good(in.itt);
}

int main(void)
{
#define DIALOGUE(test) cmocka_unit_test_setup_teardown(test, start, stop)
#define QUICK(test)    cmocka_unit_test_setup_teardown(test, start_quick, stop)
	const struct CMUnitTest tests[] = {
		DIALOGUE(should_tell_admitted_targets_and_their_addresses),
		DIALOGUE(should_tell_a_normal_session_its_own_target),
		DIALOGUE(should_answer_long_text_in_pieces),
		DIALOGUE(should_change_the_segment_length_after_login),
		DIALOGUE(should_ignore_commands_outside_of_the_window),
		DIALOGUE(should_hold_commands_until_the_missing_one_comes),
		QUICK(should_close_and_open_the_window),
		DIALOGUE(should_abort_a_task_without_an_answer_to_it),
		DIALOGUE(should_abort_a_task_that_waits_for_its_data),
		DIALOGUE(should_answer_after_the_data_that_is_owed_to_aborted_tasks),
		DIALOGUE(should_not_wait_for_ever_for_the_data_that_is_owed),
		DIALOGUE(should_give_everything_back_when_the_connection_breaks_with_data_owed),
		DIALOGUE(should_abort_the_commands_that_it_holds),
		DIALOGUE(should_refuse_functions_that_it_does_not_have),
		DIALOGUE(should_answer_the_functions_of_level_2_with_their_information),
		DIALOGUE(should_end_every_session_with_a_cold_reset),
		DIALOGUE(should_log_out),
		DIALOGUE(should_replace_a_session_of_the_same_port),
		DIALOGUE(should_keep_sessions_of_other_ports_apart),
		DIALOGUE(should_give_everything_back_when_the_connection_breaks),
		DIALOGUE(should_ask_for_logout_before_it_shuts_down),
		DIALOGUE(should_drop_the_sessions_of_a_target),
		DIALOGUE(should_reject_with_the_header_and_go_on),
		DIALOGUE(should_close_only_the_connection_that_breaks_the_rules),
		DIALOGUE(should_echo_pings),
		QUICK(should_ping_a_silent_initiator_and_close_a_dead_one),
		QUICK(should_bound_what_strangers_hold),
		QUICK(should_answer_busy_when_staging_is_full),
		DIALOGUE(should_survive_random_pdus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
