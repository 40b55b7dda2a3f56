/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* When a handler sees what lies in its queue: with the doorbell, and bounded before. */
#include "core/device.h"
#include "core/session.h"
#include "fixture.h"

#define DEPTH 64U

static struct fx_cmd many[DEPTH];
static struct sl_nexus *nexus;

/* The host rings no doorbell by itself from here on. */
static int setup(void **state)
{
	(void)state;
	fx_open(DEPTH, 0, DEPTH);
	nexus = fx_nexus("iqn.a,i,0x1");
	fx->batches = true;
	return 0;
}

static struct sl_queue *queue(void)
{
	return sl_session_queue(fx->session, 0);
}

static void submit(u32 n)
{
	for (u32 i = 0; i < n; i++) {
		fx_init(&many[i], nexus, 0x00, SLUICE_DIR_NONE, 0);
		fx_submit(&many[i]);
	}
}

/* Takes and answers what is there. */
static u32 serve(void)
{
	const struct sluice_desc *d;
	u32 n = 0;

	while ((d = fx_take(0))) {
		fx_good(0, d, 0);
		n++;
	}
	return n;
}

static void should_show_what_came_together_with_one_doorbell(void **state)
{
	u32 dirties = fx->dirties;

	submit(5);
	assert_int_equal(fx->dirties, dirties + 1);
	assert_null(fx_take(0));
	assert_int_equal(sl_queue_in_flight(queue()), 5);
	sl_queue_doorbell(queue());
	assert_int_equal(serve(), 5);
	submit(1);
	assert_int_equal(fx->dirties, dirties + 2);
	sl_queue_doorbell(queue());
	assert_int_equal(serve(), 1);
	fx_assert_quiet();
}

static void should_let_no_more_than_a_group_lie_unseen(void **state)
{
	submit(SL_SHOW_BATCH - 1);
	assert_null(fx_take(0));
	fx_init(&many[DEPTH - 1], nexus, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&many[DEPTH - 1]);
	assert_int_equal(serve(), SL_SHOW_BATCH);
	sl_queue_doorbell(queue());
	fx_assert_quiet();
}

static void should_show_without_waking_and_owe_the_doorbell(void **state)
{
	struct sluice_user_index *u = (void *)(fx->handler_region + fx->control.user_queue_off);

	fx->wakes = 0;
	u->sleeping = 1;
	submit(3);
	sl_queue_show(queue());
	assert_int_equal(fx->wakes, 0);
	assert_int_equal(serve(), 3);
	sl_queue_doorbell(queue());
	assert_int_equal(fx->wakes, 1);
	fx_assert_quiet();
}

static void should_hold_nothing_back_when_it_quiesces(void **state)
{
	submit(3);
	sl_session_quiesce(fx->session, fx->now_ns);
	assert_int_equal(serve(), 3);
	fx_assert_quiet();
}

/* Never shown is never seen: the next process gets it as if for the first time. */
static void should_hand_on_what_no_handler_saw(void **state)
{
	const struct sluice_desc *d;

	fx_session_close();
	fx->recovery = SLUICE_RECOVERY_REDELIVER;
	fx_session_open(DEPTH, 0);
	fx_device_add("disk", 0, DEPTH);
	fx->batches = false;
	nexus = fx_nexus("iqn.b,i,0x1");
	fx->batches = true;
	submit(2);
	fx_abandon();
	fx->batches = false;
	fx_session_open(DEPTH, 0);
	fx_device_add("disk", 0, DEPTH);
	for (u32 i = 0; i < 2; i++) {
		d = fx_take(0);
		assert_non_null(d);
		assert_int_equal(d->flags & SLUICE_DESC_REDELIVERED, 0);
		fx_good(0, d, 0);
		assert_int_equal(many[i].cmd.status, 0);
	}
	fx_bury();
	fx_assert_quiet();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_show_what_came_together_with_one_doorbell),
		TEST(should_let_no_more_than_a_group_lie_unseen),
		TEST(should_show_without_waking_and_owe_the_doorbell),
		TEST(should_hold_nothing_back_when_it_quiesces),
		TEST(should_hand_on_what_no_handler_saw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
