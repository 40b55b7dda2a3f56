/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Persistent reservations, action by action (SPC-5 5.14, 6.16, 6.17), and RESERVE and RELEASE of SPC-2. */
#include <stdio.h>
#include <string.h>

#include "core/transport_id.h"
#include "reservation_fixture.h"

#define A "iqn.2026-11.test:a,i,0x000000000001"
#define B "iqn.2026-11.test:b,i,0x00000000000b"
#define C "iqn.2026-11.test:c,i,0x00000000000c"

static struct sl_nexus *a, *b, *c;
static struct fx_cmd cmd;

static int setup(void **state)
{
	fx_setup(state);
	a = fx_nexus(A);
	b = fx_nexus(B);
	c = fx_nexus(C);
	return 0;
}

static void register_all(void)
{
	rf_register(a, 0xa);
	rf_register(b, 0xb);
	rf_register(c, 0xc);
}

static void assert_no_attention(void)
{
	assert_int_equal(rf_attention(a), 0);
	assert_int_equal(rf_attention(b), 0);
	assert_int_equal(rf_attention(c), 0);
}

/* ---- REGISTER ------------------------------------------------------------------------------ */

static void should_register_change_and_remove_a_key(void **state)
{
	u64 keys[4];

	(void)state;
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0, 0, 0), RF_GOOD);
	assert_int_equal(rf_keys(a, keys, 4), 0);
	assert_int_equal(rf_generation(a), 0); /* it did nothing */
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 7, 8, 0), RF_CONFLICT);
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0, 0xa1, 0), RF_GOOD);
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0, 0xa2, 0), RF_CONFLICT);
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0xa1, 0xa2, 0), RF_GOOD);
	assert_int_equal(rf_out(b, SL_OUT_REGISTER_AND_IGNORE, 0, 0x77, 0xb1, 0), RF_GOOD);
	assert_int_equal(rf_keys(c, keys, 4), 2);
	assert_int_equal(keys[0], 0xa2);
	assert_int_equal(keys[1], 0xb1);
	assert_int_equal(rf_generation(a), 3);
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0xa2, 0, 0), RF_GOOD);
	assert_int_equal(rf_out(b, SL_OUT_REGISTER_AND_IGNORE, 0, 0x99, 0, 0), RF_GOOD);
	assert_int_equal(rf_keys(a, keys, 4), 0);
	assert_int_equal(rf_generation(a), 5);
	assert_no_attention();
}

static void should_keep_a_registration_over_a_reconnect(void **state)
{
	u64 key;

	(void)state;
	rf_register(a, 0xa);
	rf_reserve(a, 0xa, SL_TYPE_EXCLUSIVE_ACCESS);
	sl_nexus_close(a, fx->now_ns);
	assert_int_equal(rf_keys(b, &key, 1), 1);
	assert_int_equal(rf_try(b, 0x28), RF_CONFLICT);
	a = fx_nexus(A);
	assert_int_equal(rf_try(a, 0x28), RF_GOOD);
	assert_int_equal(rf_out(a, SL_OUT_RELEASE, SL_TYPE_EXCLUSIVE_ACCESS, 0xa, 0, 0), RF_GOOD);
	assert_int_equal(rf_try(b, 0x28), RF_GOOD);
}

static void should_outlive_resets(void **state)
{
	struct fx_tmf t;

	(void)state;
	rf_register(a, 0xa);
	rf_reserve(a, 0xa, SL_TYPE_WRITE_EXCLUSIVE);
	fx_tmf(&t, b, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	fx_tmf(&t, b, SLUICE_TMF_TARGET_RESET, 0, 0);
	assert_int_equal(rf_attention(b), 0x2903);
	assert_int_equal(rf_type(b), SL_TYPE_WRITE_EXCLUSIVE);
	assert_int_equal(rf_try(b, 0x2a), RF_CONFLICT);
}

static void should_refuse_a_list_that_makes_no_sense(void **state)
{
	(void)state;
	rf_basic(0, 0xa, 0);
	rf_list.len = 23;
	rf_send(&cmd, a, SL_OUT_REGISTER, 0);
	rf_assert_illegal(&cmd, 0x1a00, -1);
	rf_basic(0, 0xa, 0);
	rf_list.len = 28;
	rf_send(&cmd, a, SL_OUT_REGISTER, 0);
	rf_assert_illegal(&cmd, 0x1a00, -1);
	rf_basic(0, 0xa, SL_SPEC_I_PT);
	rf_send(&cmd, a, SL_OUT_REGISTER_AND_IGNORE, 0);
	rf_assert_illegal(&cmd, 0x2600, SL_LIST_FLAGS);
	rf_basic(0, 0xa, 0);
	rf_send(&cmd, a, 9, 0);
	rf_assert_illegal(&cmd, 0x2400, 1);
	/* The CDB promises more than comes. */
	rf_basic(0, 0xa, 0);
	fx_init(&cmd, a, 0x5f, SLUICE_DIR_OUT, 16);
	cmd.cmd.cdb[8] = 24;
	fx_submit(&cmd);
	rf_assert_illegal(&cmd, 0x1a00, -1);
	fx_init(&cmd, a, 0x5e, SLUICE_DIR_IN, 16);
	cmd.cmd.cdb[1] = 4;
	cmd.cmd.cdb[8] = 16;
	fx_submit(&cmd);
	rf_assert_illegal(&cmd, 0x2400, 1);
	assert_int_equal(rf_generation(a), 0);
}

static void should_refuse_more_registrations_than_there_is_room_for(void **state)
{
	char name[64];

	(void)state;
	rf_register(a, 1);
	for (u32 i = 1; i < SL_REGISTRATIONS_MAX;) {
		rf_basic(0, 2, SL_SPEC_I_PT);
		for (u32 k = 0; k < 20 && i + 1 < SL_REGISTRATIONS_MAX; k++, i++) {
			snprintf(name, sizeof(name), "iqn.x:%u,i,0x1", i);
			rf_transport_id(name);
		}
		rf_send(&cmd, b, SL_OUT_REGISTER, 0);
		assert_int_equal(cmd.cmd.status, RF_GOOD);
		if (i + 1 == SL_REGISTRATIONS_MAX)
			break;
		rf_out(b, SL_OUT_REGISTER, 0, 2, 0, 0);
	}
	assert_int_equal(fx->gw->devices[0]->registrations, SL_REGISTRATIONS_MAX);
	rf_basic(0, 3, 0);
	rf_send(&cmd, c, SL_OUT_REGISTER, 0);
	rf_assert_illegal(&cmd, 0x5504, -1);
	/* Nor for one that REGISTER AND MOVE names; and with one place, not for who registers and another. */
	rf_reserve(a, 1, SL_TYPE_WRITE_EXCLUSIVE);
	rf_move(1, 4, 0, sl_nexus_relative_port(a), "iqn.x:late,i,0x1");
	rf_send(&cmd, a, SL_OUT_REGISTER_AND_MOVE, 0);
	rf_assert_illegal(&cmd, 0x5504, -1);
	assert_int_equal(rf_out(b, SL_OUT_REGISTER, 0, 2, 0, 0), RF_GOOD);
	rf_basic(0, 3, SL_SPEC_I_PT);
	rf_transport_id("iqn.x:late,i,0x1");
	rf_send(&cmd, c, SL_OUT_REGISTER, 0);
	rf_assert_illegal(&cmd, 0x5504, -1);
	assert_int_equal(fx->gw->devices[0]->registrations, SL_REGISTRATIONS_MAX - 1);
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 1, 0, 0), RF_GOOD);
	assert_int_equal(rf_out(c, SL_OUT_REGISTER, 0, 0, 3, 0), RF_GOOD);
}

/* A command has room for the record as it was when it came, and for some that came before its turn. */
static void should_refuse_what_outgrew_its_record_before_its_turn(void **state)
{
	const struct sluice_desc *d;
	struct fx_cmd late;
	char name[224];

	(void)state;
	rf_basic(0, 1, SL_SPEC_I_PT | SL_APTPL);
	for (u32 i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "iqn.x:%0200u,i,0x1", i);
		rf_transport_id(name);
	}
	rf_send(&cmd, a, SL_OUT_REGISTER, 0);
	d = fx_take(0);
	assert_int_equal(d->flags & SLUICE_DESC_STORE, SLUICE_DESC_STORE);
	rf_basic(0, 2, SL_APTPL);
	rf_send(&late, b, SL_OUT_REGISTER, 0);
	assert_int_equal(late.responses, 0);
	fx_good(0, d, 0);
	assert_int_equal(cmd.cmd.status, RF_GOOD);
	rf_assert_illegal(&late, 0x5504, -1);
	assert_int_equal(fx->gw->devices[0]->registrations, 101);
	fx_assert_quiet();
}

/* ---- SPEC_I_PT, ALL_TG_PT --------------------------------------------------------------------- */

static void should_register_whom_the_list_names(void **state)
{
	u64 keys[4];

	(void)state;
	rf_basic(0, 0x5, SL_SPEC_I_PT);
	rf_transport_id(B);
	rf_transport_id("iqn.2026-11.test:absent,i,0x000000000001");
	rf_send(&cmd, a, SL_OUT_REGISTER, 0);
	assert_int_equal(cmd.cmd.status, RF_GOOD);
	assert_int_equal(rf_keys(a, keys, 4), 3);
	assert_int_equal(rf_out(b, SL_OUT_RESERVE, SL_TYPE_WRITE_EXCLUSIVE, 0x5, 0, 0), RF_GOOD);
	/* One of them is registered: none is. */
	rf_basic(0, 0x6, SL_SPEC_I_PT);
	rf_transport_id("iqn.2026-11.test:new,i,0x000000000001");
	rf_transport_id(B);
	rf_send(&cmd, c, SL_OUT_REGISTER, 0);
	rf_assert_illegal(&cmd, 0x2600, (s32)(rf_list.len - 40));
	assert_int_equal(rf_keys(a, keys, 4), 3);
	/* Who is registered himself may not. */
	rf_basic(0x5, 0x6, SL_SPEC_I_PT);
	rf_send(&cmd, a, SL_OUT_REGISTER, 0);
	rf_assert_illegal(&cmd, 0x2600, SL_LIST_FLAGS);
	/* A list that is cut off, or no TransportID. */
	rf_basic(0, 0x6, SL_SPEC_I_PT);
	rf_transport_id(C);
	sl_put_be32(rf_list.data + SL_LIST_ID_LENGTH, 200);
	rf_send(&cmd, c, SL_OUT_REGISTER, 0);
	rf_assert_illegal(&cmd, 0x2600, SL_LIST_ID_LENGTH);
	rf_basic(0, 0x6, SL_SPEC_I_PT);
	rf_transport_id(C);
	rf_list.data[SL_LIST_IDS] = 0x46; /* SAS */
	rf_send(&cmd, c, SL_OUT_REGISTER, 0);
	rf_assert_illegal(&cmd, 0x2600, SL_LIST_IDS);
}

static void should_register_all_ports_of_a_device_that_it_knows(void **state)
{
	struct sl_nexus *b2 = fx_nexus("iqn.2026-11.test:b,i,0x00000000002b");
	u64 keys[4];

	(void)state;
	rf_basic(0, 0x5, SL_SPEC_I_PT);
	rf_transport_id("iqn.2026-11.test:b");
	rf_send(&cmd, a, SL_OUT_REGISTER, 0);
	assert_int_equal(cmd.cmd.status, RF_GOOD);
	assert_int_equal(rf_keys(a, keys, 4), 3);
	assert_int_equal(rf_out(b2, SL_OUT_RESERVE, SL_TYPE_WRITE_EXCLUSIVE, 0x5, 0, 0), RF_GOOD);
	rf_basic(0, 0x6, SL_SPEC_I_PT);
	rf_transport_id("iqn.2026-11.test:nobody");
	rf_send(&cmd, c, SL_OUT_REGISTER, 0);
	rf_assert_illegal(&cmd, 0x2600, SL_LIST_IDS);
}

static struct sl_nexus *through_port(const char *initiator, const char *port)
{
	struct sl_nexus *n = NULL;

	assert_int_equal(sl_nexus_open(fx->gw, FX_TARGET, initiator, port, "p", SL_NEXUS_NEW,
				       a->ops, NULL, &n),
			 0);
	assert_int_equal(rf_attention(n), 0x2900);
	return n;
}

static void should_register_through_all_ports_of_the_target(void **state)
{
	struct sl_nexus *a2;
	u64 keys[4];

	(void)state;
	assert_int_equal(sl_portal_group_add(fx->gw, 2), 0);
	a2 = through_port(A, FX_TARGET ",t,0x0002");
	rf_register(a, 0x1);
	assert_int_equal(rf_out(a2, SL_OUT_RESERVE, 1, 0x1, 0, 0), RF_CONFLICT);
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0x1, 0x2, SL_ALL_TG_PT), RF_GOOD);
	assert_int_equal(rf_keys(a, keys, 4), 2);
	assert_int_equal(rf_out(a2, SL_OUT_RESERVE, 1, 0x2, 0, 0), RF_GOOD);
	/* Through one port only: the other one's stays. */
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0x2, 0x3, 0), RF_GOOD);
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0x3, 0x4, SL_ALL_TG_PT), RF_CONFLICT);
	assert_int_equal(rf_out(a, SL_OUT_REGISTER_AND_IGNORE, 0, 0, 0, SL_ALL_TG_PT), RF_GOOD);
	assert_int_equal(rf_keys(a, keys, 4), 0);
	assert_int_equal(rf_type(b), 0);
	sl_nexus_close(a2, fx->now_ns);
}

/* ---- RESERVE, RELEASE, and who holds ------------------------------------------------------------ */

static void should_reserve_only_for_who_knows_his_key(void **state)
{
	(void)state;
	assert_int_equal(rf_out(a, SL_OUT_RESERVE, 1, 0, 0, 0), RF_CONFLICT);
	rf_register(a, 0xa);
	assert_int_equal(rf_out(a, SL_OUT_RESERVE, 1, 0xb, 0, 0), RF_CONFLICT);
	rf_basic(0xa, 0, 0);
	rf_send(&cmd, a, SL_OUT_RESERVE, 2);
	rf_assert_illegal(&cmd, 0x2400, 2);
	rf_basic(0xa, 0, 0);
	rf_send(&cmd, a, SL_OUT_RESERVE, 0x11); /* scope 1h */
	rf_assert_illegal(&cmd, 0x2400, 2);
	rf_reserve(a, 0xa, 1);
	rf_reserve(a, 0xa, 1); /* again, just so */
	assert_int_equal(rf_out(a, SL_OUT_RESERVE, 3, 0xa, 0, 0), RF_CONFLICT);
	rf_register(b, 0xb);
	assert_int_equal(rf_out(b, SL_OUT_RESERVE, 1, 0xb, 0, 0), RF_CONFLICT);
	assert_int_equal(rf_holder_key(b), 0xa);
	assert_int_equal(rf_generation(b), 2); /* RESERVE does not count */
	rf_register(a, 0xaa);
	assert_int_equal(rf_holder_key(b), 0xaa);
}

static void should_release_as_its_type_says(void **state)
{
	static const u8 types[] = { 1, 3, 5, 6, 7, 8 };

	(void)state;
	register_all();
	for (u32 i = 0; i < sizeof(types); i++) {
		rf_reserve(a, 0xa, types[i]);
		rf_basic(0xa, 0, 0);
		rf_send(&cmd, a, SL_OUT_RELEASE, types[i] == 1 ? 3 : 1);
		rf_assert_illegal(&cmd, 0x2604, -1);
		if (types[i] < 7) {
			assert_int_equal(rf_out(b, SL_OUT_RELEASE, types[i], 0xb, 0, 0), RF_GOOD);
			assert_int_equal(rf_type(a), types[i]); /* not his */
		}
		assert_int_equal(rf_out(a, SL_OUT_RELEASE, types[i], 0xa, 0, 0), RF_GOOD);
		assert_int_equal(rf_type(a), 0);
		assert_int_equal(rf_attention(a), 0);
		assert_int_equal(rf_attention(b), types[i] >= 5 ? 0x2a04 : 0);
		assert_int_equal(rf_attention(c), types[i] >= 5 ? 0x2a04 : 0);
		assert_no_attention();
	}
	assert_int_equal(rf_out(a, SL_OUT_RELEASE, 1, 0xa, 0, 0), RF_GOOD); /* there is none */
}

static void should_release_when_the_holder_unregisters(void **state)
{
	(void)state;
	register_all();
	rf_reserve(a, 0xa, SL_TYPE_WRITE_EXCLUSIVE);
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0xa, 0, 0), RF_GOOD);
	assert_int_equal(rf_type(b), 0);
	assert_no_attention();
	rf_reserve(b, 0xb, SL_TYPE_EXCLUSIVE_ACCESS_RO);
	assert_int_equal(rf_out(b, SL_OUT_REGISTER, 0, 0xb, 0, 0), RF_GOOD);
	assert_int_equal(rf_type(b), 0);
	assert_int_equal(rf_attention(c), 0x2a04);
	assert_no_attention();
	/* Of all registrants, the last one. */
	rf_register(a, 0xa);
	rf_reserve(a, 0xa, SL_TYPE_EXCLUSIVE_ACCESS_AR);
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0xa, 0, 0), RF_GOOD);
	assert_int_equal(rf_type(b), SL_TYPE_EXCLUSIVE_ACCESS_AR);
	assert_int_equal(rf_holder_key(b), 0);
	assert_int_equal(rf_out(c, SL_OUT_REGISTER, 0, 0xc, 0, 0), RF_GOOD);
	assert_int_equal(rf_type(b), 0);
	assert_no_attention();
}

static void should_clear_everything_and_tell_the_registered(void **state)
{
	u64 key;

	(void)state;
	rf_register(a, 0xa);
	rf_register(b, 0xb);
	rf_reserve(b, 0xb, SL_TYPE_EXCLUSIVE_ACCESS);
	assert_int_equal(rf_out(a, SL_OUT_CLEAR, 0xf2, 0xb, 0, 0), RF_CONFLICT);
	assert_int_equal(rf_out(a, SL_OUT_CLEAR, 0xf2, 0xa, 0, 0), RF_GOOD); /* TYPE is ignored */
	assert_int_equal(rf_keys(c, &key, 1), 0);
	assert_int_equal(rf_type(c), 0);
	assert_int_equal(rf_attention(b), 0x2a03);
	assert_no_attention();
	assert_int_equal(rf_generation(c), 3);
}

/* ---- PREEMPT ---------------------------------------------------------------------------------------- */

static void should_preempt_the_holder_and_take_over(void **state)
{
	u64 keys[4];

	(void)state;
	register_all();
	rf_reserve(b, 0xb, SL_TYPE_WRITE_EXCLUSIVE_RO);
	assert_int_equal(rf_out(a, SL_OUT_PREEMPT, SL_TYPE_EXCLUSIVE_ACCESS, 0xa, 0xb, 0), RF_GOOD);
	assert_int_equal(rf_type(a), SL_TYPE_EXCLUSIVE_ACCESS);
	assert_int_equal(rf_holder_key(a), 0xa);
	assert_int_equal(rf_keys(a, keys, 4), 2);
	assert_int_equal(rf_attention(b), 0x2a05);
	assert_int_equal(rf_attention(c), 0x2a04); /* the type changed */
	assert_no_attention();
	/* The same type: who stays hears nothing. He may preempt himself. */
	assert_int_equal(rf_out(a, SL_OUT_PREEMPT, SL_TYPE_EXCLUSIVE_ACCESS, 0xa, 0xa, 0), RF_GOOD);
	assert_int_equal(rf_holder_key(a), 0xa);
	assert_no_attention();
	rf_basic(0xa, 0xa, 0);
	rf_send(&cmd, a, SL_OUT_PREEMPT, 4);
	rf_assert_illegal(&cmd, 0x2400, 2);
	rf_basic(0xa, 0, 0);
	rf_send(&cmd, a, SL_OUT_PREEMPT, 1);
	rf_assert_illegal(&cmd, 0x2600, SL_LIST_ACTION_KEY);
	assert_int_equal(rf_out(a, SL_OUT_PREEMPT, 1, 0xa, 0x99, 0), RF_CONFLICT);
}

static void should_only_remove_registrations_that_do_not_hold(void **state)
{
	u64 keys[4];

	(void)state;
	register_all();
	rf_register(b, 0xc); /* the same key twice */
	rf_reserve(a, 0xa, SL_TYPE_WRITE_EXCLUSIVE);
	assert_int_equal(rf_out(a, SL_OUT_PREEMPT, 2, 0xa, 0xc, 0), RF_GOOD); /* TYPE is ignored */
	assert_int_equal(rf_type(a), SL_TYPE_WRITE_EXCLUSIVE);
	assert_int_equal(rf_keys(a, keys, 4), 1);
	assert_int_equal(rf_attention(b), 0x2a05);
	assert_int_equal(rf_attention(c), 0x2a05);
	assert_no_attention();
	/* Without a reservation, also himself; and that is no news to him. */
	assert_int_equal(rf_out(a, SL_OUT_RELEASE, 1, 0xa, 0, 0), RF_GOOD);
	assert_int_equal(rf_out(a, SL_OUT_PREEMPT, 1, 0xa, 0xa, 0), RF_GOOD);
	assert_int_equal(rf_keys(a, keys, 4), 0);
	assert_no_attention();
}

static void should_preempt_all_registrants_by_zero(void **state)
{
	u64 keys[4];

	(void)state;
	register_all();
	rf_reserve(b, 0xb, SL_TYPE_WRITE_EXCLUSIVE_AR);
	assert_int_equal(rf_out(a, SL_OUT_PREEMPT, 1, 0xa, 0xc, 0), RF_GOOD);
	assert_int_equal(rf_type(a), SL_TYPE_WRITE_EXCLUSIVE_AR);
	assert_int_equal(rf_attention(c), 0x2a05);
	assert_int_equal(rf_out(a, SL_OUT_PREEMPT, SL_TYPE_EXCLUSIVE_ACCESS, 0xa, 0, 0), RF_GOOD);
	assert_int_equal(rf_keys(a, keys, 4), 1);
	assert_int_equal(rf_type(a), SL_TYPE_EXCLUSIVE_ACCESS);
	assert_int_equal(rf_attention(b), 0x2a05);
	assert_no_attention();
}

static void should_answer_preempt_and_abort_after_their_commands(void **state)
{
	const struct sluice_desc *d;
	struct fx_cmd theirs;

	(void)state;
	register_all();
	rf_reserve(b, 0xb, SL_TYPE_WRITE_EXCLUSIVE);
	fx_init(&theirs, b, 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(&theirs);
	d = fx_take(0);
	rf_basic(0xa, 0xb, 0);
	rf_send(&cmd, a, SL_OUT_PREEMPT_AND_ABORT, SL_TYPE_EXCLUSIVE_ACCESS);
	assert_int_equal(cmd.responses, 0);
	fx_good(0, d, 4096);
	assert_int_equal(theirs.responses, 1);
	assert_true(theirs.cmd.silent);
	assert_int_equal(cmd.responses, 1);
	assert_int_equal(cmd.cmd.status, RF_GOOD);
	assert_true(cmd.order > theirs.order);
	assert_int_equal(rf_attention(b), 0x2a05);
	fx_assert_quiet();
}

/* It waits for a command that a reset waits for as well, and the reset for it. */
static void should_not_wait_in_a_circle_with_a_reset(void **state)
{
	const struct sluice_desc *d;
	struct fx_cmd theirs;
	struct fx_tmf t;

	(void)state;
	register_all();
	fx_init(&theirs, b, 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(&theirs);
	d = fx_take(0);
	rf_basic(0xa, 0xb, 0);
	rf_send(&cmd, a, SL_OUT_PREEMPT_AND_ABORT, 1);
	fx_tmf(&t, c, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	assert_int_equal(t.done, 0);
	fx_good(0, d, 4096);
	assert_int_equal(cmd.responses, 1);
	assert_true(cmd.cmd.silent);
	assert_int_equal(t.done, 1);
	fx_assert_quiet();
}

/* A command that was let in before, and had to wait, is refused when its time comes. */
static void should_refuse_a_dormant_command_of_a_preempted_nexus(void **state)
{
	const struct sluice_desc *d;
	struct fx_cmd first, dormant;

	(void)state;
	rf_register(a, 0xa);
	fx_init(&first, a, 0x2a, SLUICE_DIR_NONE, 0);
	fx_submit(&first);
	d = fx_take(0);
	fx_init(&dormant, b, 0x2a, SLUICE_DIR_NONE, 0);
	dormant.cmd.attribute = SLUICE_ATTR_ORDERED;
	fx_submit(&dormant);
	assert_int_equal(dormant.responses, 0);
	rf_basic(0xa, 0, 0);
	fx_init(&cmd, a, 0x5f, SLUICE_DIR_OUT, 24);
	cmd.cmd.attribute = SLUICE_ATTR_HEAD_OF_QUEUE;
	cmd.cmd.cdb[1] = SL_OUT_RESERVE;
	cmd.cmd.cdb[2] = SL_TYPE_EXCLUSIVE_ACCESS;
	cmd.cmd.cdb[8] = 24;
	fx->auto_fetch = false;
	fx_submit(&cmd);
	memcpy(cmd.cmd.data, rf_list.data, 24);
	sl_cmd_data_out_done(&cmd.cmd, 24, fx->now_ns);
	fx->auto_fetch = true;
	assert_int_equal(cmd.responses, 1);
	assert_int_equal(cmd.cmd.status, RF_GOOD);
	fx_good(0, d, 0);
	assert_int_equal(dormant.responses, 1);
	assert_int_equal(dormant.cmd.status, RF_CONFLICT);
	assert_null(fx_take(0));
	fx_assert_quiet();
}

/* ---- REGISTER AND MOVE --------------------------------------------------------------------------------- */

static void should_move_the_reservation(void **state)
{
	u16 port = sl_target_port_number(a->port);
	u64 keys[4];

	(void)state;
	rf_register(a, 0xa);
	rf_move(0xa, 0x9, 0, port, B);
	rf_send(&cmd, a, SL_OUT_REGISTER_AND_MOVE, 0);
	rf_assert_illegal(&cmd, 0x2400, 1); /* there is none */
	rf_reserve(a, 0xa, SL_TYPE_EXCLUSIVE_ACCESS);
	rf_move(0xa, 0, 0, port, B);
	rf_send(&cmd, a, SL_OUT_REGISTER_AND_MOVE, 0);
	rf_assert_illegal(&cmd, 0x2600, SL_LIST_ACTION_KEY);
	rf_move(0xa, 0x9, 0, port, A);
	rf_send(&cmd, a, SL_OUT_REGISTER_AND_MOVE, 0);
	rf_assert_illegal(&cmd, 0x2600, SL_LIST_BYTES); /* to himself */
	rf_move(0xa, 0x9, 0, 999, B);
	rf_send(&cmd, a, SL_OUT_REGISTER_AND_MOVE, 0);
	rf_assert_illegal(&cmd, 0x2600, SL_LIST_MOVE_PORT);
	rf_move(0xa, 0x9, 0, port, "iqn.2026-11.test:b");
	rf_send(&cmd, a, SL_OUT_REGISTER_AND_MOVE, 0);
	rf_assert_illegal(&cmd, 0x2600, SL_LIST_BYTES); /* a device, not a port */
	rf_move(0xa, 0x9, 0, port, B);
	rf_send(&cmd, a, SL_OUT_REGISTER_AND_MOVE, 0);
	assert_int_equal(cmd.cmd.status, RF_GOOD);
	assert_int_equal(rf_holder_key(c), 0x9);
	assert_int_equal(rf_keys(c, keys, 4), 2);
	assert_int_equal(rf_try(b, 0x28), RF_GOOD);
	assert_int_equal(rf_try(a, 0x28), RF_CONFLICT);
	rf_move(0xa, 0x9, 0, port, C);
	rf_send(&cmd, a, SL_OUT_REGISTER_AND_MOVE, 0);
	assert_int_equal(cmd.cmd.status, RF_CONFLICT); /* not his any more */
	/* Back, and without a registration of its own. */
	rf_move(0x9, 0xa, SL_UNREG, port, A);
	rf_send(&cmd, b, SL_OUT_REGISTER_AND_MOVE, 0);
	assert_int_equal(cmd.cmd.status, RF_GOOD);
	assert_int_equal(rf_keys(c, keys, 4), 1);
	assert_int_equal(keys[0], 0xa);
	assert_int_equal(rf_holder_key(c), 0xa);
	assert_no_attention();
}

/* SPC-5 6.17.3, 6.17.4: a list whose inner lengths go beyond it, or that has no room for them. */
static void should_refuse_lists_that_are_shorter_than_they_say(void **state)
{
	(void)state;
	rf_basic(0, 0xa, SL_SPEC_I_PT);
	rf_list.len = SL_LIST_BYTES;
	rf_send(&cmd, a, SL_OUT_REGISTER, 0);
	rf_assert_illegal(&cmd, 0x1a00, -1);
	rf_register(a, 0xa);
	rf_reserve(a, 0xa, SL_TYPE_EXCLUSIVE_ACCESS);
	rf_move(0xa, 0x9, 0, sl_target_port_number(a->port), B);
	rf_list.data[SL_LIST_MOVE_ID_LENGTH + 2] = 8;
	rf_send(&cmd, a, SL_OUT_REGISTER_AND_MOVE, 0);
	rf_assert_illegal(&cmd, 0x1a00, -1);
}

static void should_not_move_what_all_registrants_hold(void **state)
{
	(void)state;
	register_all();
	rf_reserve(a, 0xa, SL_TYPE_WRITE_EXCLUSIVE_AR);
	rf_move(0xa, 0x9, 0, sl_target_port_number(a->port), B);
	rf_send(&cmd, a, SL_OUT_REGISTER_AND_MOVE, 0);
	assert_int_equal(cmd.cmd.status, RF_CONFLICT);
}

/* ---- PERSISTENT RESERVE IN -------------------------------------------------------------------------------- */

static void should_report_what_it_can(void **state)
{
	u8 d[8];

	(void)state;
	assert_int_equal(rf_in(a, 0x02, d, sizeof(d)), 8);
	assert_int_equal(sl_get_be16(d), 8);
	assert_int_equal(d[2], 0x9d); /* RLR_C, CRH, SIP_C, ATP_C, PTPL_C */
	assert_int_equal(d[3], 0xc0); /* TMV, ALLOW COMMANDS 100b, not active */
	assert_int_equal(d[4], 0xea);
	assert_int_equal(d[5], 0x01);
}

static void should_report_full_status_and_cut_it_to_the_allocation(void **state)
{
	u8 d[512];
	u32 bytes, len;

	(void)state;
	rf_register(a, 0xa);
	rf_register(b, 0xb);
	rf_reserve(b, 0xb, SL_TYPE_WRITE_EXCLUSIVE_RO);
	bytes = rf_in(c, 0x03, d, sizeof(d));
	assert_int_equal(sl_get_be32(d), 2);
	assert_int_equal(sl_get_be32(d + 4), bytes - 8);
	assert_int_equal(sl_get_be64(d + 8), 0xa);
	assert_int_equal(d[20], 0);
	assert_int_equal(sl_get_be16(d + 26), sl_target_port_number(a->port));
	len = sl_get_be32(d + 28);
	assert_int_equal(d[32], 0x45); /* format 01b, iSCSI */
	assert_string_equal((char *)d + 36, A);
	assert_int_equal(sl_get_be64(d + 32 + len), 0xb);
	assert_int_equal(d[32 + len + 12], 0x01); /* R_HOLDER */
	assert_int_equal(d[32 + len + 13], SL_TYPE_WRITE_EXCLUSIVE_RO);
	assert_int_equal(rf_in(c, 0x03, d, 10), 10);
	assert_int_equal(sl_get_be32(d + 4), bytes - 8);
}

/* ---- RESERVE and RELEASE of SPC-2 ---------------------------------------------------------------------------- */

static void should_reserve_for_one_nexus_as_in_spc_2(void **state)
{
	struct fx_tmf t;

	(void)state;
	assert_int_equal(rf_try(a, 0x16), RF_GOOD);
	assert_int_equal(rf_try(a, 0x56), RF_GOOD); /* again */
	assert_int_equal(rf_try(a, 0x2a), RF_GOOD);
	assert_int_equal(rf_try(b, 0x28), RF_CONFLICT);
	assert_int_equal(rf_try(b, 0x16), RF_CONFLICT);
	assert_int_equal(rf_try(b, 0x12), RF_GOOD);
	assert_int_equal(rf_try(b, 0x00), RF_CONFLICT); /* SPC-5 allows it, SPC-2 does not */
	assert_int_equal(rf_try(a, 0x00), RF_GOOD);
	/* Nobody's persistent ones, not even his. */
	assert_int_equal(rf_try(a, 0x5e), RF_CONFLICT);
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0, 1, 0), RF_CONFLICT);
	assert_int_equal(rf_out(a, SL_OUT_CLEAR, 0, 0, 0, 0), RF_CONFLICT);
	assert_int_equal(rf_try(b, 0x17), RF_GOOD); /* has no effect */
	assert_int_equal(rf_try(b, 0x28), RF_CONFLICT);
	assert_int_equal(rf_try(a, 0x57), RF_GOOD);
	assert_int_equal(rf_try(b, 0x28), RF_GOOD);
	/* Every reset ends it, and the loss of its nexus. */
	assert_int_equal(rf_try(a, 0x16), RF_GOOD);
	fx_tmf(&t, b, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	assert_int_equal(rf_attention(b), 0x2903);
	assert_int_equal(rf_try(b, 0x28), RF_GOOD);
	assert_int_equal(rf_attention(a), 0x2903);
	assert_int_equal(rf_try(a, 0x16), RF_GOOD);
	fx_tmf(&t, a, SLUICE_TMF_I_T_NEXUS_RESET, 0, 0);
	assert_int_equal(rf_try(b, 0x28), RF_GOOD);
	assert_int_equal(rf_try(c, 0x28), 0x02); /* Unit Attention of the reset */
	assert_int_equal(rf_try(c, 0x16), RF_GOOD);
	assert_int_equal(rf_try(b, 0x28), RF_CONFLICT);
	sl_nexus_close(c, fx->now_ns);
	assert_int_equal(rf_try(b, 0x28), RF_GOOD);
}

static struct fx_tmf crossing;

static void reset_by_b(void)
{
	fx_tmf(&crossing, b, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
}

/* After the first response: it is the second that the reset goes with. */
static void once_more(void)
{
	fx->on_respond = reset_by_b;
}

/* The reset comes when the RESERVE has its turn and is not served yet. */
static void should_not_reserve_what_a_reset_has_just_released(void **state)
{
	struct fx_cmd first, release, reserve;
	const struct sluice_desc *d;

	(void)state;
	fx_init(&first, c, 0x28, SLUICE_DIR_IN, 512);
	first.cmd.attribute = SLUICE_ATTR_ORDERED;
	fx_submit(&first);
	d = fx_take(0);
	fx_init(&release, b, 0x17, SLUICE_DIR_NONE, 0);
	fx_submit(&release);
	fx_init(&reserve, a, 0x16, SLUICE_DIR_NONE, 0);
	fx_submit(&reserve);
	fx->on_respond = once_more;
	fx_good(0, d, 512);
	assert_int_equal(release.responses, 1);
	assert_int_equal(reserve.responses, 1);
	assert_int_equal(crossing.done, 1);
	while (rf_attention(b))
		;
	assert_int_equal(rf_try(b, 0x28), RF_GOOD);
}

/* A nexus may reach its device by more than one LUN. */
static void should_reserve_until_the_last_lun_of_its_nexus_is_unmapped(void **state)
{
	struct sluice_lun l = {
		.target = FX_TARGET, .group = "default", .device = "disk", .lun = 3
	};
	const char *why = NULL;

	(void)state;
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
	while (rf_attention(a) || rf_attention(b))
		;
	assert_int_equal(rf_try(a, 0x16), RF_GOOD);
	assert_int_equal(sl_lun_unmap(fx->gw, &l, fx->now_ns, &why), 0);
	while (rf_attention(a) || rf_attention(b))
		;
	assert_int_equal(rf_try(b, 0x28), RF_CONFLICT);
	l.lun = 0;
	assert_int_equal(sl_lun_unmap(fx->gw, &l, fx->now_ns, &why), 0);
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
	while (rf_attention(b))
		;
	assert_int_equal(rf_try(b, 0x28), RF_GOOD);
}

static void should_refuse_reservations_for_third_parties_and_of_extents(void **state)
{
	(void)state;
	fx_init(&cmd, a, 0x16, SLUICE_DIR_NONE, 0);
	cmd.cmd.cdb[1] = 0x10;
	fx_submit(&cmd);
	rf_assert_illegal(&cmd, 0x2400, 1);
	fx_init(&cmd, a, 0x57, SLUICE_DIR_NONE, 0);
	cmd.cmd.cdb[1] = 0x01;
	fx_submit(&cmd);
	rf_assert_illegal(&cmd, 0x2400, 1);
	assert_int_equal(rf_try(b, 0x28), RF_GOOD);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_register_change_and_remove_a_key),
		TEST(should_keep_a_registration_over_a_reconnect),
		TEST(should_outlive_resets),
		TEST(should_refuse_a_list_that_makes_no_sense),
		TEST(should_refuse_more_registrations_than_there_is_room_for),
		TEST(should_refuse_what_outgrew_its_record_before_its_turn),
		TEST(should_register_whom_the_list_names),
		TEST(should_register_all_ports_of_a_device_that_it_knows),
		TEST(should_register_through_all_ports_of_the_target),
		TEST(should_reserve_only_for_who_knows_his_key),
		TEST(should_release_as_its_type_says),
		TEST(should_release_when_the_holder_unregisters),
		TEST(should_clear_everything_and_tell_the_registered),
		TEST(should_preempt_the_holder_and_take_over),
		TEST(should_only_remove_registrations_that_do_not_hold),
		TEST(should_preempt_all_registrants_by_zero),
		TEST(should_answer_preempt_and_abort_after_their_commands),
		TEST(should_not_wait_in_a_circle_with_a_reset),
		TEST(should_refuse_a_dormant_command_of_a_preempted_nexus),
		TEST(should_move_the_reservation),
		TEST(should_refuse_lists_that_are_shorter_than_they_say),
		TEST(should_not_move_what_all_registrants_hold),
		TEST(should_report_what_it_can),
		TEST(should_report_full_status_and_cut_it_to_the_allocation),
		TEST(should_reserve_for_one_nexus_as_in_spc_2),
		TEST(should_not_reserve_what_a_reset_has_just_released),
		TEST(should_reserve_until_the_last_lun_of_its_nexus_is_unmapped),
		TEST(should_refuse_reservations_for_third_parties_and_of_extents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
