/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What becomes of commands between one handler and the next: abi.h section 4, sentence by sentence. */
#include <string.h>

#include "core/nexus.h"
#include "core/session.h"
#include "fixture.h"

#define GRACE (30 * FX_SECOND)

static struct sl_nexus *n;

/* The device of the fixture is served anew, with this policy; nothing is pending on the nexus. */
static void serve(u8 recovery)
{
	fx_session_close();
	fx->recovery = recovery;
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	n = fx_nexus("iqn.a,i,0x1");
}

static void successor(void)
{
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
}

static void read_4k(struct fx_cmd *c)
{
	fx_init(c, n, 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(c);
}

/* Its Data-Out is `fill`, whole. */
static void write_8k(struct fx_cmd *c, u8 fill)
{
	fx->auto_fetch = false;
	fx_init(c, n, 0x2a, SLUICE_DIR_OUT, 8192);
	fx_submit(c);
	assert_int_equal(c->data_outs, 1);
	memset(c->cmd.data, fill, 8192);
	sl_cmd_data_out_done(&c->cmd, 8192, fx->now_ns);
	fx->auto_fetch = true;
}

static void assert_filled(const struct sluice_desc *d, u8 fill)
{
	assert_int_equal(d->data_out_len, 8192);
	for (u32 i = 0; i < 8192; i++)
		assert_int_equal(fx_buffer(d)[i], fill);
}

static void should_hand_over_again_what_the_handler_had_not_taken(void **state)
{
	const struct sluice_desc *d;
	struct fx_cmd taken, left;
	u64 sequence;

	(void)state;
	serve(SLUICE_RECOVERY_REQUEUE);
	write_8k(&taken, 1);
	write_8k(&left, 2);
	sequence = fx_take(0)->sequence;
	fx_abandon();
	fx_assert_sense(&taken, 0xb, 0x0800);
	assert_int_equal(left.responses, 0);
	successor();
	assert_int_equal(fx->added.flags, SLUICE_DEVICE_TAKEN_OVER);
	assert_int_equal(fx->added.sequence, sequence + 1);
	d = fx_take(0);
	assert_int_equal(d->sequence, sequence + 1);
	assert_int_equal(d->flags, 0);
	assert_filled(d, 2);
	assert_null(fx_take(0));
	fx_good(0, d, 8192);
	assert_int_equal(left.cmd.status, 0);
	fx_bury();
	fx_assert_quiet();
}

static void should_redeliver_what_the_handler_had_taken_with_its_sequence_number(void **state)
{
	const struct sluice_desc *d;
	struct fx_cmd c[3];
	u64 sequence;

	(void)state;
	serve(SLUICE_RECOVERY_REDELIVER);
	write_8k(&c[0], 7);
	write_8k(&c[1], 8);
	read_4k(&c[2]);
	sequence = fx_take(0)->sequence;
	fx_take(0);
	fx_abandon();
	successor();
	for (u32 i = 0; i < 3; i++) {
		d = fx_take(0);
		assert_int_equal(d->sequence, sequence + i);
		assert_int_equal(d->flags, i < 2 ? SLUICE_DESC_REDELIVERED : 0);
		if (i < 2)
			assert_filled(d, 7 + (u8)i);
		fx_good(0, d, i < 2 ? 8192 : 4096);
		assert_int_equal(c[i].cmd.status, 0);
	}
	fx_bury();
	fx_assert_quiet();
}

/* Also a write that brought its Data-Out along, and so did not ask for a buffer again. */
static void should_go_by_the_policy_of_the_handler_that_had_it_last(void **state)
{
	const struct sluice_desc *d;
	struct fx_cmd c;

	(void)state;
	serve(SLUICE_RECOVERY_REQUEUE);
	write_8k(&c, 5);
	fx_abandon();
	fx->recovery = SLUICE_RECOVERY_REDELIVER;
	successor();
	fx_bury();
	assert_int_equal(fx_take(0)->flags, 0);
	fx_abandon();
	assert_int_equal(c.responses, 0);
	successor();
	d = fx_take(0);
	assert_int_equal(d->flags, SLUICE_DESC_REDELIVERED);
	assert_filled(d, 5);
	fx_good(0, d, 8192);
	assert_int_equal(c.cmd.status, 0);
	fx_bury();
	fx_assert_quiet();
}

static void should_count_answers_that_the_handler_left_in_its_ring(void **state)
{
	const struct sluice_desc *d;
	struct fx_cmd c;

	(void)state;
	serve(SLUICE_RECOVERY_REDELIVER);
	read_4k(&c);
	d = fx_take(0);
	fx_put(0, d->tag, d->generation, 0, 4096, NULL, 0);
	fx_abandon();
	assert_int_equal(c.responses, 1);
	assert_int_equal(c.cmd.status, 0);
	successor();
	assert_null(fx_take(0));
	fx_bury();
}

static void should_take_an_index_that_makes_no_sense_for_having_seen_everything(void **state)
{
	struct sluice_user_index *user;
	struct fx_cmd c;

	(void)state;
	serve(SLUICE_RECOVERY_REQUEUE);
	read_4k(&c);
	user = (void *)(fx->handler_region + fx->control.user_queue_off);
	user->sub_consumer = 77777;
	fx_abandon();
	fx_assert_sense(&c, 0xb, 0x0800);
	fx_bury();
	successor();
}

static void should_let_new_commands_wait_within_the_grace_and_tell_nobody(void **state)
{
	struct fx_cmd kept, fresh[2], sense;
	const struct sluice_desc *d;

	(void)state;
	serve(SLUICE_RECOVERY_REDELIVER);
	read_4k(&kept);
	fx_abandon();
	read_4k(&fresh[0]);
	read_4k(&fresh[1]);
	fx_init(&sense, n, 0x03, SLUICE_DIR_IN, 18);
	sense.cmd.cdb[4] = 18;
	fx_submit(&sense);
	assert_int_equal(sense.cmd.status, 0);
	assert_int_equal(sense.cmd.core.local[2], 0); /* nothing is wrong with the unit */
	fx->now_ns += GRACE - 1;
	sl_gateway_tick(fx->gw, fx->now_ns);
	assert_int_equal(kept.responses + fresh[0].responses + fresh[1].responses, 0);
	successor();
	for (u32 i = 0; i < 3; i++) {
		d = fx_take(0);
		fx_good(0, d, 4096);
	}
	/* In this order, and without a Unit Attention. */
	assert_true(kept.order < fresh[0].order && fresh[0].order < fresh[1].order);
	assert_int_equal(fresh[1].cmd.status, 0);
	fx_bury();
	fx_assert_quiet();
}

static void should_end_not_ready_past_the_grace_until_a_handler_comes(void **state)
{
	struct fx_cmd kept, waiting, late, again;
	u64 deadline;

	(void)state;
	serve(SLUICE_RECOVERY_REDELIVER);
	write_8k(&kept, 3);
	fx_abandon();
	read_4k(&waiting);
	deadline = fx->timer_ns;
	assert_true(deadline <= fx->now_ns + GRACE);
	assert_false(sl_session_drained(fx->abandoned)); /* it has the Data-Out */
	fx->now_ns += GRACE;
	sl_gateway_tick(fx->gw, fx->now_ns);
	fx_assert_sense(&kept, 2, 0x0403);
	fx_assert_sense(&waiting, 2, 0x0403);
	read_4k(&late);
	fx_assert_sense(&late, 2, 0x0403);
	fx_bury();
	successor();
	assert_int_equal(fx->added.flags, 0);
	read_4k(&again);
	fx_assert_sense(&again, 6, 0x2901);
	read_4k(&again);
	fx_good(0, fx_take(0), 4096);
	assert_int_equal(again.cmd.status, 0);
}

static void should_keep_nothing_of_a_device_that_fails_with_its_handler(void **state)
{
	struct fx_cmd held, fresh, again;

	(void)state;
	serve(SLUICE_RECOVERY_FAIL);
	read_4k(&held);
	fx_abandon();
	fx_assert_sense(&held, 0xb, 0x0800);
	read_4k(&fresh);
	fx_assert_sense(&fresh, 2, 0x0401);
	fx_bury();
	successor();
	assert_int_equal(fx->added.flags, 0);
	read_4k(&again);
	fx_assert_sense(&again, 6, 0x2901);
}

static void should_give_up_a_command_that_ends_one_handler_after_the_other(void **state)
{
	struct fx_cmd poison;

	(void)state;
	serve(SLUICE_RECOVERY_REDELIVER);
	write_8k(&poison, 9);
	for (u32 death = 1; death <= 5; death++) {
		assert_int_equal(poison.responses, 0);
		assert_filled(fx_take(0), 9);
		fx_abandon();
		successor();
		fx_bury();
	}
	fx_assert_sense(&poison, 4, 0x4400);
	assert_null(fx_take(0));
	fx_assert_quiet();
}

static void should_abort_kept_commands_at_once(void **state)
{
	struct fx_cmd kept, fresh;
	struct fx_tmf t;

	(void)state;
	serve(SLUICE_RECOVERY_REDELIVER);
	write_8k(&kept, 4);
	fx_take(0);
	fx_abandon();
	read_4k(&fresh);
	fx_tmf(&t, n, SLUICE_TMF_ABORT_TASK, 0, fresh.cmd.task_tag);
	assert_int_equal(t.done, 1);
	assert_true(fresh.responses == 1 && fresh.cmd.silent);
	fx_tmf(&t, n, SLUICE_TMF_ABORT_TASK_SET, 0, 0);
	assert_int_equal(t.done, 1);
	assert_true(kept.responses == 1 && kept.cmd.silent);
	fx_bury();
	successor();
	assert_null(fx_take(0));
	fx_assert_quiet();
}

/* The next handler goes on where the former stopped; so it has to hear of it. */
static bool heard_of_a_reset(void)
{
	const struct sluice_event *ev;
	bool heard = false;

	while ((ev = fx_event()))
		heard |= ev->type == SLUICE_EVENT_LUN_RESET;
	return heard;
}

static void should_tell_the_successor_of_a_reset_that_nobody_heard_of(void **state)
{
	struct fx_cmd c;
	struct fx_tmf t;

	(void)state;
	serve(SLUICE_RECOVERY_REDELIVER);
	fx_abandon();
	fx_tmf(&t, n, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	read_4k(&c);
	successor();
	fx_bury();
	assert_true(heard_of_a_reset());
	/* This time it lies in the ring when its reader dies ... */
	fx_tmf(&t, n, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	fx_abandon();
	successor();
	fx_bury();
	assert_true(heard_of_a_reset());
	/* ... and now he has read it. */
	fx_abandon();
	successor();
	fx_bury();
	assert_false(heard_of_a_reset());
}

static void should_count_epochs_by_the_sessions_name(void **state)
{
	u32 session;

	(void)state;
	serve(SLUICE_RECOVERY_REDELIVER);
	assert_int_equal(((struct sluice_control *)fx->gateway_region)->epoch, 2);
	session = sl_session_id(fx->session);
	for (u32 epoch = 3; epoch < 6; epoch++) {
		fx_abandon();
		successor();
		fx_bury();
		assert_int_equal(((struct sluice_control *)fx->gateway_region)->epoch, epoch);
		assert_int_equal(sl_session_id(fx->session), session);
	}
}

static void should_quiesce_and_hand_over_without_a_loss(void **state)
{
	struct fx_cmd waiting[10], fresh;
	struct sluice_device_add add = { .name = "disk", .task_set_limit = 1, .max_transfer = 512 };
	struct sluice_device_added added;
	const struct sluice_desc *d;
	const char *why;

	(void)state;
	serve(SLUICE_RECOVERY_REDELIVER);
	for (u32 i = 0; i < 10; i++)
		read_4k(&waiting[i]); /* eight tags: two of them wait */
	d = fx_take(0);
	sl_session_quiesce(fx->session, fx->now_ns);
	read_4k(&fresh);
	fx_good(0, d, 4096);
	assert_int_equal(waiting[0].cmd.status, 0);
	for (u32 i = 1; i < 8; i++) {
		d = fx_take(0);
		assert_non_null(d);
		fx_good(0, d, 4096);
	}
	assert_null(fx_take(0)); /* the tags that came free are not for the others */
	/* As long as it is open, its devices are its own. */
	assert_int_equal(sl_device_add(fx->session, &add, fx->now_ns, &added, &why), -EEXIST);
	fx_abandon();
	successor();
	for (u32 i = 8; i < 10; i++) {
		fx_good(0, fx_take(0), 4096);
		assert_int_equal(waiting[i].cmd.status, 0);
	}
	fx_good(0, fx_take(0), 4096);
	assert_int_equal(fresh.cmd.status, 0);
	fx_bury();
	fx_assert_quiet();
}

/* It would have what was kept handed over to it, and hands nothing over. */
static void should_give_no_device_to_a_session_that_is_quiesced(void **state)
{
	struct sluice_device_add add = { .name = "disk", .task_set_limit = 1, .max_transfer = 512 };
	struct sluice_device_added added;
	struct fx_cmd kept;
	const char *why;

	(void)state;
	serve(SLUICE_RECOVERY_REDELIVER);
	fx_abandon();
	read_4k(&kept);
	fx_bury();
	fx_session_open(0, 0);
	sl_session_quiesce(fx->session, fx->now_ns);
	assert_int_equal(sl_device_add(fx->session, &add, fx->now_ns, &added, &why), -EINVAL);
	assert_non_null(strstr(why, "quiesced"));
	assert_int_equal(kept.responses, 0);
	fx_abandon();
	successor();
	fx_bury();
	fx_good(0, fx_take(0), 4096);
	assert_int_equal(kept.cmd.status, 0);
	fx_assert_quiet();
}

static void should_take_no_more_than_the_task_set_takes(void **state)
{
	struct fx_cmd c[33];

	(void)state;
	serve(SLUICE_RECOVERY_REDELIVER);
	fx_abandon();
	for (u32 i = 0; i < 32; i++)
		read_4k(&c[i]);
	read_4k(&c[32]);
	assert_int_equal(c[32].responses, 1);
	assert_int_equal(c[32].cmd.status, 0x28);
	successor();
	fx_bury();
	for (u32 i = 0; i < 32; i++) {
		fx_good(0, fx_take(0), 4096);
		assert_int_equal(c[i].cmd.status, 0);
	}
	fx_assert_quiet();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_hand_over_again_what_the_handler_had_not_taken),
		TEST(should_redeliver_what_the_handler_had_taken_with_its_sequence_number),
		TEST(should_go_by_the_policy_of_the_handler_that_had_it_last),
		TEST(should_count_answers_that_the_handler_left_in_its_ring),
		TEST(should_take_an_index_that_makes_no_sense_for_having_seen_everything),
		TEST(should_let_new_commands_wait_within_the_grace_and_tell_nobody),
		TEST(should_end_not_ready_past_the_grace_until_a_handler_comes),
		TEST(should_keep_nothing_of_a_device_that_fails_with_its_handler),
		TEST(should_give_up_a_command_that_ends_one_handler_after_the_other),
		TEST(should_abort_kept_commands_at_once),
		TEST(should_tell_the_successor_of_a_reset_that_nobody_heard_of),
		TEST(should_count_epochs_by_the_sessions_name),
		TEST(should_quiesce_and_hand_over_without_a_loss),
		TEST(should_give_no_device_to_a_session_that_is_quiesced),
		TEST(should_take_no_more_than_the_task_set_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
