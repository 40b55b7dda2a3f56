/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reservations that persist through a loss of power: what the handler is given to store,
 * when it takes effect, and what becomes of the record when it comes back.
 */
#include <stdlib.h>
#include <string.h>

#include "core/crc32c.h"
#include "reservation_fixture.h"

#define A	   "iqn.2026-11.test:a,i,0x000000000001"
#define B	   "iqn.2026-11.test:b,i,0x00000000000b"

#define RECORD_MAX 4096U

static struct sl_nexus *a, *b;
static struct fx_cmd cmd;
static u8 record[RECORD_MAX];
static u32 record_bytes;

static int setup(void **state)
{
	fx_setup(state);
	a = fx_nexus(A);
	b = fx_nexus(B);
	record_bytes = 0;
	return 0;
}

/* The handler's side: takes the record, which is not to be executed. */
static const struct sluice_desc *take_store(void)
{
	const struct sluice_desc *d = fx_take(0);

	assert_non_null(d);
	assert_true(d->flags & SLUICE_DESC_STORE);
	assert_int_equal(d->direction, SLUICE_DIR_OUT);
	assert_int_equal(d->buf_len, d->data_out_len);
	assert_true(d->data_out_len <= RECORD_MAX);
	record_bytes = d->data_out_len;
	memcpy(record, fx_buffer(d), record_bytes);
	return d;
}

/* Sends it, and the handler stores it. */
static void out_stored(struct sl_nexus *n, u8 action, u8 type, u64 key, u64 action_key, u8 flags)
{
	const struct sluice_desc *d;

	rf_basic(key, action_key, flags);
	rf_send(&cmd, n, action, type);
	assert_int_equal(cmd.responses, 0);
	d = take_store();
	fx_good(0, d, d->data_out_len);
	assert_int_equal(cmd.responses, 1);
	assert_int_equal(cmd.cmd.status, RF_GOOD);
	assert_int_equal(cmd.cmd.residual_kind, SLUICE_RESIDUAL_NONE);
}

static void should_store_before_it_takes_effect(void **state)
{
	const struct sluice_desc *d;
	u8 caps[8];

	(void)state;
	out_stored(a, SL_OUT_REGISTER, 0, 0, 0xa, SL_APTPL);
	rf_in(a, 0x02, caps, 8);
	assert_int_equal(caps[3] & 1, 1); /* PTPL_A */
	rf_basic(0xa, 0, 0);
	rf_send(&cmd, a, SL_OUT_RESERVE, SL_TYPE_EXCLUSIVE_ACCESS);
	d = take_store();
	assert_int_equal(cmd.responses, 0);
	assert_int_equal(rf_try(b, 0x28), RF_GOOD);
	fx_good(0, d, d->data_out_len);
	assert_int_equal(rf_type(b), SL_TYPE_EXCLUSIVE_ACCESS);
	assert_int_equal(rf_try(b, 0x28), RF_CONFLICT);
	fx_assert_quiet();
}

static void should_change_nothing_when_it_cannot_be_stored(void **state)
{
	static const u8 sense[18] = { 0x70, 0, 3, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x0c, 0x00 };
	const struct sluice_desc *d;
	u64 key;

	(void)state;
	rf_basic(0, 0xa, SL_APTPL);
	rf_send(&cmd, a, SL_OUT_REGISTER, 0);
	d = take_store();
	fx_put(0, d->tag, d->generation, 0x02, 0, sense, 18);
	fx_reap(0);
	fx_assert_sense(&cmd, 3, 0x0c00);
	assert_int_equal(rf_keys(b, &key, 1), 0);
	assert_int_equal(rf_generation(b), 0);
	fx_assert_quiet();
}

/* The record counts; so that the gateway and it do not tell two stories. */
static void should_take_effect_when_it_was_aborted_and_stored(void **state)
{
	const struct sluice_desc *d;
	struct fx_tmf t;
	u64 key = 0;

	(void)state;
	rf_basic(0, 0xa, SL_APTPL);
	rf_send(&cmd, a, SL_OUT_REGISTER, 0);
	d = take_store();
	fx_tmf(&t, b, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	assert_int_equal(t.done, 0);
	fx_good(0, d, d->data_out_len);
	assert_int_equal(cmd.responses, 1);
	assert_true(cmd.cmd.silent);
	assert_int_equal(t.done, 1);
	assert_int_equal(rf_attention(b), 0x2903);
	assert_int_equal(rf_keys(b, &key, 1), 1);
	assert_int_equal(key, 0xa);
	fx_assert_quiet();
}

/* One at a time, in the order in which they came. */
static void should_serve_the_next_one_when_the_one_before_was_stored(void **state)
{
	const struct sluice_desc *d;
	struct fx_cmd second;
	u64 keys[2];

	(void)state;
	rf_basic(0, 0xa, SL_APTPL);
	rf_send(&cmd, a, SL_OUT_REGISTER, 0);
	d = take_store();
	rf_basic(0, 0xb, 0);
	rf_send(&second, b, SL_OUT_REGISTER, 0);
	assert_int_equal(second.responses, 0);
	fx_good(0, d, d->data_out_len);
	assert_int_equal(cmd.responses, 1);
	/* APTPL is off again: that has to be stored as well. */
	d = take_store();
	fx_good(0, d, d->data_out_len);
	assert_int_equal(second.cmd.status, RF_GOOD);
	assert_int_equal(rf_keys(a, keys, 2), 2);
	fx_assert_quiet();
}

static void should_go_on_when_the_handler_dies_while_it_stores(void **state)
{
	const struct sluice_desc *d;
	u64 key = 0;

	(void)state;
	fx_session_close();
	fx->recovery = SLUICE_RECOVERY_REQUEUE;
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	assert_int_equal(rf_attention(a), 0x2901);
	assert_int_equal(rf_attention(b), 0x2901);
	rf_basic(0, 0xa, SL_APTPL);
	rf_send(&cmd, a, SL_OUT_REGISTER, 0);
	take_store();
	fx_abandon();
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	/* Taken by the former one, and given again: storing twice does no harm. */
	d = take_store();
	assert_true(d->flags & SLUICE_DESC_REDELIVERED);
	fx_good(0, d, d->data_out_len);
	assert_int_equal(cmd.cmd.status, RF_GOOD);
	assert_int_equal(rf_keys(b, &key, 1), 1);
	fx_bury();
	fx_assert_quiet();
}

/* ---- The record comes back --------------------------------------------------------------------- */

/* The gateway loses its memory: another one, with the same target. */
static void restart(void)
{
	assert_int_equal(fx_teardown(NULL), 0);
	fx_open(0, 0, 0);
	a = fx_nexus(A);
	b = fx_nexus(B);
}

static void restore(const char *device, u32 outcome, const char *reason)
{
	struct sluice_reservation_restored restored = { 0 };
	const char *why = NULL;

	assert_int_equal(
		sl_device_restore(fx->session, device, record, record_bytes, &restored, &why), 0);
	assert_int_equal(restored.outcome, outcome);
	if (reason)
		assert_non_null(strstr(why, reason));
}

static struct sl_nexus *on_lun_1(void)
{
	fx_device_add("tape", 0, 32);
	return a;
}

/* LUN 1, device "tape", which the gateway has not served yet. */
static u8 try_tape(struct sl_nexus *n, u8 opcode)
{
	const struct sluice_desc *d;

	fx_init(&cmd, n, opcode, SLUICE_DIR_NONE, 0);
	cmd.cmd.lun[1] = 1;
	fx_submit(&cmd);
	d = fx_take(0);
	if (d)
		fx_good(0, d, 0);
	return cmd.cmd.status;
}

static void make_record(void)
{
	out_stored(a, SL_OUT_REGISTER, 0, 0, 0xa, SL_APTPL);
	out_stored(b, SL_OUT_REGISTER, 0, 0, 0xb, SL_APTPL);
	out_stored(b, SL_OUT_RESERVE, SL_TYPE_EXCLUSIVE_ACCESS, 0xb, 0, 0);
	restart();
	/* As if it had been the tape's. */
	memset(record + 32, 0, SLUICE_NAME_LEN);
	strcpy((char *)record + 32, "tape");
	memset(record + 16, 0, 4);
	u32 crc = sl_crc32c(0, record, record_bytes);

	memcpy(record + 16, &crc, 4);
	fx_lun_map(1, "tape");
}

static void should_hold_again_what_was_stored(void **state)
{
	const struct sl_reservation *r;

	(void)state;
	make_record();
	restore("tape", SLUICE_RESERVATION_RESTORED, NULL);
	on_lun_1();
	r = fx->gw->devices[1]->reservation;
	assert_int_equal(r->n, 2);
	assert_int_equal(r->generation, 0); /* SPC-5 6.16.2 */
	assert_int_equal(r->at[r->holder].key, 0xb);
	assert_string_equal(r->at[r->holder].initiator_port, B);
	assert_true(r->aptpl);
	try_tape(a, 0x28);
	fx_assert_sense(&cmd, 6, 0x2900); /* SAM-6 5.3.3: a reset comes first */
	assert_int_equal(try_tape(a, 0x28), RF_CONFLICT);
	/* Too late: the device was served. */
	restore("tape", SLUICE_RESERVATION_HELD, NULL);
	restore("disk", SLUICE_RESERVATION_HELD, NULL);
}

static void should_store_that_nothing_persists_any_more(void **state)
{
	(void)state;
	out_stored(a, SL_OUT_REGISTER, 0, 0, 0xa, SL_APTPL);
	out_stored(a, SL_OUT_REGISTER, 0, 0xa, 0xa, 0);
	restart();
	restore("disk", SLUICE_RESERVATION_HELD, NULL);
	fx_lun_map(1, "tape");
	memset(record + 32, 0, SLUICE_NAME_LEN);
	strcpy((char *)record + 32, "tape");
	memset(record + 16, 0, 4);
	u32 crc = sl_crc32c(0, record, record_bytes);

	memcpy(record + 16, &crc, 4);
	restore("tape", SLUICE_RESERVATION_RESTORED, NULL);
	assert_int_equal(fx->gw->devices[1]->reservation->n, 0);
	assert_false(fx->gw->devices[1]->reservation->aptpl);
}

static void should_detect_every_changed_byte(void **state)
{
	const char *why = NULL;
	u8 whole[RECORD_MAX];

	(void)state;
	make_record();
	memcpy(whole, record, record_bytes);
	for (u32 i = 0; i < record_bytes; i++) {
		record[i] ^= 0x10;
		assert_null(sl_record_read(fx->gw, "tape", record, record_bytes, &why));
		assert_non_null(why);
		record[i] ^= 0x10;
	}
	for (u32 len = 1; len < record_bytes; len++)
		assert_null(sl_record_read(fx->gw, "tape", record, len, &why));
	assert_null(sl_record_read(fx->gw, "disk", record, record_bytes, &why));
	assert_memory_equal(record, whole, record_bytes);
	free(sl_record_read(fx->gw, "tape", record, record_bytes, &why));
}

/* SPC-5 5.14.5.3, 5.14.11.3 */
static void should_let_nobody_in_when_the_record_is_damaged_until_it_is_replaced(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	make_record();
	record[record_bytes - 9] ^= 1;
	restore("tape", SLUICE_RESERVATION_LOST, "checksum");
	on_lun_1();
	try_tape(a, 0x28);
	fx_assert_sense(&cmd, 6, 0x2900); /* SAM-6 5.3.3: a reset comes first */
	try_tape(a, 0x28);
	fx_assert_sense(&cmd, 7, 0x4401);
	try_tape(a, 0x00);
	fx_assert_sense(&cmd, 7, 0x4401);
	try_tape(a, 0x5e);
	fx_assert_sense(&cmd, 7, 0x4401);
	assert_int_equal(try_tape(a, 0x12), RF_GOOD);
	assert_int_equal(try_tape(a, 0x4d), RF_GOOD);
	rf_basic(0, 0x77, SL_APTPL);
	fx->data_out = NULL;
	fx->auto_fetch = false;
	fx_init(&cmd, a, 0x5f, SLUICE_DIR_OUT, 24);
	cmd.cmd.lun[1] = 1;
	cmd.cmd.cdb[1] = SL_OUT_REPLACE_LOST;
	cmd.cmd.cdb[2] = SL_TYPE_WRITE_EXCLUSIVE;
	cmd.cmd.cdb[8] = 24;
	fx_submit(&cmd);
	memcpy(cmd.cmd.data, rf_list.data, 24);
	sl_cmd_data_out_done(&cmd.cmd, 24, fx->now_ns);
	d = take_store();
	fx_good(0, d, d->data_out_len);
	assert_int_equal(cmd.cmd.status, RF_GOOD);
	assert_int_equal(try_tape(a, 0x2a), RF_GOOD);
	try_tape(b, 0x2a);
	fx_assert_sense(&cmd, 6, 0x2900);
	assert_int_equal(try_tape(b, 0x2a), RF_CONFLICT);
	assert_int_equal(try_tape(b, 0x28), RF_GOOD);
	assert_int_equal(fx->gw->devices[1]->reservation->generation, 0);
}

/* What is wrong in spite of a checksum that fits: not written by us, or by another release. */
static void damaged(u32 at, u32 bytes, u64 value, const char *reason)
{
	const char *why = NULL;
	u8 whole[RECORD_MAX];
	u32 crc;

	memcpy(whole, record, record_bytes);
	for (u32 i = 0; i < bytes; i++)
		record[at + i] = (u8)(value >> (8 * i));
	memset(record + 16, 0, 4);
	crc = sl_crc32c(0, record, record_bytes);
	memcpy(record + 16, &crc, 4);
	assert_null(sl_record_read(fx->gw, "tape", record, record_bytes, &why));
	assert_non_null(strstr(why, reason));
	memcpy(record, whole, record_bytes);
}

static void should_refuse_a_record_that_makes_no_sense(void **state)
{
	const u32 entry = 32 + SLUICE_NAME_LEN;

	(void)state;
	make_record();
	damaged(20, 4, SL_REGISTRATIONS_MAX + 1, "more registrations");
	damaged(20, 4, 3, "no sense"); /* one more than there are bytes for */
	damaged(24, 4, 2, "no holder");
	damaged(28, 1, 2, "no such type");
	damaged(entry, 8, 0, "no sense");     /* the key */
	damaged(entry + 8, 2, 0, "no sense"); /* the portal group */
	damaged(entry + 10, 2, 0, "no sense");
	damaged(entry + 10, 2, SLUICE_PORT_NAME_LEN, "no sense");
	damaged(entry + 12, 2, 0xffff, "no sense");
	damaged(entry + 16, 1, 0, "no sense"); /* a name with an end inside */
	damaged(32, 1, 'x', "another device");
	damaged(8, 2, 2, "version");
}

/* SPC-5 5.14.11.3, 6.17.2 */
static void should_replace_what_is_lost_only_by_a_list_that_makes_sense(void **state)
{
	static const struct {
		u64 key, action_key;
		u8 flags, type;
		u16 asc, at;
	} lists[] = { { 1, 0x77, 0, SL_TYPE_WRITE_EXCLUSIVE, 0x2600, 0 },
		      { 0, 0, 0, SL_TYPE_WRITE_EXCLUSIVE, 0x2600, 8 },
		      { 0, 0x77, SL_ALL_TG_PT, SL_TYPE_WRITE_EXCLUSIVE, 0x2600, 20 },
		      { 0, 0x77, 0, 2, 0x2400, 2 },
		      { 0, 0x77, 0, 0x10 | SL_TYPE_WRITE_EXCLUSIVE, 0x2400, 2 } };

	(void)state;
	make_record();
	record[record_bytes - 9] ^= 1;
	restore("tape", SLUICE_RESERVATION_LOST, "checksum");
	on_lun_1();
	try_tape(a, 0x28);
	for (u32 i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		rf_basic(lists[i].key, lists[i].action_key, lists[i].flags);
		fx->auto_fetch = false;
		fx_init(&cmd, a, 0x5f, SLUICE_DIR_OUT, 24);
		cmd.cmd.lun[1] = 1;
		cmd.cmd.cdb[1] = SL_OUT_REPLACE_LOST;
		cmd.cmd.cdb[2] = lists[i].type;
		cmd.cmd.cdb[8] = 24;
		fx_submit(&cmd);
		memcpy(cmd.cmd.data, rf_list.data, 24);
		sl_cmd_data_out_done(&cmd.cmd, 24, fx->now_ns);
		rf_assert_illegal(&cmd, lists[i].asc, lists[i].at);
	}
	assert_true(fx->gw->devices[1]->reservation->lost);
	/* Beside it START STOP UNIT may start, and not stop. */
	fx_init(&cmd, a, 0x1b, SLUICE_DIR_NONE, 0);
	cmd.cmd.lun[1] = 1;
	cmd.cmd.cdb[4] = 1;
	fx_submit(&cmd);
	fx_good(0, fx_take(0), 0);
	assert_int_equal(cmd.cmd.status, RF_GOOD);
	try_tape(a, 0x1b);
	fx_assert_sense(&cmd, 7, 0x4401);
}

static void should_refuse_to_replace_what_is_not_lost(void **state)
{
	(void)state;
	rf_basic(0, 1, 0);
	rf_send(&cmd, a, SL_OUT_REPLACE_LOST, 1);
	rf_assert_illegal(&cmd, 0x2604, -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_store_before_it_takes_effect),
		TEST(should_change_nothing_when_it_cannot_be_stored),
		TEST(should_take_effect_when_it_was_aborted_and_stored),
		TEST(should_serve_the_next_one_when_the_one_before_was_stored),
		TEST(should_go_on_when_the_handler_dies_while_it_stores),
		TEST(should_hold_again_what_was_stored),
		TEST(should_store_that_nothing_persists_any_more),
		TEST(should_detect_every_changed_byte),
		TEST(should_let_nobody_in_when_the_record_is_damaged_until_it_is_replaced),
		TEST(should_refuse_a_record_that_makes_no_sense),
		TEST(should_replace_what_is_lost_only_by_a_list_that_makes_sense),
		TEST(should_refuse_to_replace_what_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
