/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the core makes of a handler's completions, the wrong ones first. */
#include <string.h>

#include "core/device.h"
#include "core/session.h"
#include "fixture.h"

static struct fx_cmd c;
static const struct sluice_desc *d;

static void read_4k(void)
{
	fx_init(&c, fx_nexus("iqn.a,i,0x1"), 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(&c);
	d = fx_take(0);
	assert_non_null(d);
}

static void should_drop_a_stale_generation_and_a_tag_that_is_not_out(void **state)
{
	(void)state;
	read_4k();
	fx_put(0, d->tag, d->generation - 1, 0, 4096, NULL, 0);
	fx_put(0, d->tag + 1, 0, 0, 4096, NULL, 0);
	fx_put(0, 0xffffffff, 1, 0, 4096, NULL, 0);
	assert_int_equal(fx_reap(0), 3);
	assert_int_equal(fx->gw->dropped_completions, 3);
	assert_int_equal(c.responses, 0);
	fx_good(0, d, 4096);
	fx_put(0, d->tag, d->generation, 0, 4096, NULL, 0); /* twice */
	assert_int_equal(fx_reap(0), 1);
	assert_int_equal(c.responses, 1);
	assert_int_equal(fx->gw->dropped_completions, 4);
	assert_int_equal(fx->broken, 0);
	fx_assert_quiet();
}

/* Not even the first slot of such a ring is looked at. */
static void breaks_by_producer(u32 producer)
{
	struct sluice_user_index *u;

	read_4k();
	u = (void *)(fx->handler_region + fx->control.user_queue_off);
	u->comp_producer = producer;
	assert_int_equal(fx_reap(0), 0);
	assert_int_equal(fx->broken, 1);
	assert_non_null(fx->broken_why);
	assert_int_equal(((struct sluice_control *)fx->gateway_region)->state,
			 SLUICE_SESSION_BROKEN);
	assert_int_equal(fx_reap(0), 0);
	assert_int_equal(fx->broken, 1);
	assert_int_equal(fx->gw->broken_sessions, 1);
	fx_session_close();
	fx_assert_sense(&c, 0xb, 0x0800);
}

static void should_break_the_session_when_the_producer_runs_a_ring_ahead(void **state)
{
	(void)state;
	breaks_by_producer(9);
}

static void should_break_the_session_when_the_producer_goes_back(void **state)
{
	(void)state;
	breaks_by_producer(0xffffffff);
}

static void should_move_only_what_the_handler_reported_and_compute_the_residual(void **state)
{
	static const struct {
		u32 reported, moved, kind, residual;
	} t[] = {
		{ 0, 0, SLUICE_RESIDUAL_UNDER, 4096 },
		{ 100, 100, SLUICE_RESIDUAL_UNDER, 3996 },
		{ 4096, 4096, SLUICE_RESIDUAL_NONE, 0 },
		{ 5000, 4096, SLUICE_RESIDUAL_OVER, 904 },
		{ 0xffffffff, 4096, SLUICE_RESIDUAL_OVER, 0xffffffff - 4096 },
	};
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	for (u32 i = 0; i < 5; i++) {
		fx_init(&c, n, 0x28, SLUICE_DIR_IN, 4096);
		fx_submit(&c);
		d = fx_take(0);
		fx_good(0, d, t[i].reported);
		assert_int_equal(c.cmd.data_len, t[i].moved);
		assert_int_equal(c.cmd.residual_kind, t[i].kind);
		assert_int_equal(c.cmd.residual, t[i].residual);
	}
}

static void should_carry_sense_and_clamp_its_length(void **state)
{
	u8 sense[SLUICE_SENSE_MAX] = { 0x70, 0, 3, [12] = 0x11, [251] = 0x99 };

	(void)state;
	read_4k();
	fx_put(0, d->tag, d->generation, 2, 0, sense, 0xffff);
	assert_int_equal(fx_reap(0), 1);
	assert_int_equal(c.cmd.status, 2);
	assert_int_equal(c.cmd.sense_len, SLUICE_SENSE_MAX);
	assert_memory_equal(c.cmd.sense, sense, SLUICE_SENSE_MAX);
}

static void should_turn_what_is_no_answer_into_a_hardware_error(void **state)
{
	static const struct {
		u8 status, flags;
		u16 sense_len;
	} t[] = {
		{ 0x01, 0, 0 },	   { 0x22, 0, 0 },
		{ 0xff, 0, 0 },	   { 0x00, SLUICE_COMP_DELEGATE, 0 },
		{ 0x00, 0x80, 0 }, { 0x02, 0, 0 }, /* CHECK CONDITION without sense */
		{ 0x02, 0, 18 },		   /* ... whose response code is none */
	};
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	for (u32 i = 0; i < 7; i++) {
		struct sluice_completion *ring =
			(void *)(fx->handler_region + fx->control.user_comp_off);
		u8 zero[18] = { 0 };

		fx_init(&c, n, 0x28, SLUICE_DIR_IN, 4096);
		fx_submit(&c);
		d = fx_take(0);
		fx_put(0, d->tag, d->generation, t[i].status, 4096, zero, t[i].sense_len);
		ring[(fx->producer[0] - 1) & 7].flags = t[i].flags;
		fx_reap(0);
		fx_assert_sense(&c, 4, 0x4400);
		assert_int_equal(c.cmd.data_len, 0);
		assert_int_equal(fx->gw->handler_faults, i + 1);
	}
	fx_assert_quiet();
}

/* Two bytes at least, of a response code that SPC-5 4.4 knows. */
static void should_judge_sense_data_by_length_and_response_code(void **state)
{
	static const struct {
		u8 code;
		u16 len;
		bool good;
	} t[] = {
		{ 0x6f, 18, false }, { 0x70, 18, true }, { 0x71, 18, true },   { 0x72, 18, true },
		{ 0x73, 18, true },  { 0xf0, 2, true },	 { 0x74, 18, false },  { 0x7f, 18, false },
		{ 0x70, 1, false },  { 0x70, 0, false }, { 0xff, 252, false },
	};
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	for (u32 i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		u8 sense[SLUICE_SENSE_MAX] = { t[i].code };

		fx_init(&c, n, 0x28, SLUICE_DIR_IN, 4096);
		fx_submit(&c);
		d = fx_take(0);
		fx_put(0, d->tag, d->generation, 2, 0, sense, t[i].len);
		fx_reap(0);
		assert_int_equal(c.cmd.status, 2);
		/* The device is set to fixed format: 72h and 73h become 70h and 71h. */
		assert_int_equal(c.cmd.sense[0], t[i].good ? t[i].code & ~2 : 0x70);
		assert_int_equal(c.cmd.sense_len, t[i].good ? t[i].len : 18);
		if (!t[i].good)
			assert_int_equal(c.cmd.sense[2], 4);
	}
}

/* RECOVERED ERROR may come with GOOD; bytes that are no sense data may not. */
static void should_carry_no_sense_that_is_none_with_good(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	u8 sense[18] = { 0x70, 0, 1 };

	(void)state;
	for (u32 i = 0; i < 2; i++) {
		fx_init(&c, n, 0x28, SLUICE_DIR_IN, 4096);
		fx_submit(&c);
		d = fx_take(0);
		fx_put(0, d->tag, d->generation, 0, 4096, sense, sizeof(sense));
		fx_reap(0);
		assert_int_equal(c.cmd.status, 0);
		assert_int_equal(c.cmd.sense_len, i ? 0 : sizeof(sense));
		sense[0] = 0;
	}
	assert_int_equal(fx->gw->handler_faults, 0);
}

/* All that SAM-6 5.3.1 has, and nothing else. */
static void should_take_every_status_that_there_is(void **state)
{
	static const u8 known[] = { 0x00, 0x04, 0x08, 0x18, 0x28, 0x30, 0x40 };
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	u64 faults = 0;

	(void)state;
	for (u32 status = 0; status < 256; status++) {
		if (status == 2)
			continue;
		fx_init(&c, n, 0x28, SLUICE_DIR_IN, 4096);
		fx_submit(&c);
		d = fx_take(0);
		fx_put(0, d->tag, d->generation, (u8)status, 0, NULL, 0);
		fx_reap(0);
		if (memchr(known, (int)status, sizeof(known))) {
			assert_int_equal(c.cmd.status, status);
		} else {
			fx_assert_sense(&c, 4, 0x4400);
			faults++;
		}
		assert_int_equal(fx->gw->handler_faults, faults);
	}
}

static void should_take_no_more_than_its_budget(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct fx_cmd many[8];

	(void)state;
	for (u32 i = 0; i < 8; i++) {
		fx_init(&many[i], n, 0x00, SLUICE_DIR_NONE, 0);
		fx_submit(&many[i]);
		d = fx_take(0);
		fx_put(0, d->tag, d->generation, 0, 0, NULL, 0);
	}
	assert_int_equal(sl_queue_reap(sl_session_queue(fx->session, 0), 3, fx->now_ns), 3);
	assert_true(sl_queue_ready(sl_session_queue(fx->session, 0)));
	assert_false(sl_queue_sleep(sl_session_queue(fx->session, 0)));
	assert_int_equal(fx_reap(0), 5);
	assert_false(sl_queue_ready(sl_session_queue(fx->session, 0)));
	assert_true(sl_queue_sleep(sl_session_queue(fx->session, 0)));
	sl_queue_awake(sl_session_queue(fx->session, 0));
}

static void should_wake_a_sleeping_handler_once(void **state)
{
	struct sluice_user_index *u;

	(void)state;
	read_4k();
	u = (void *)(fx->handler_region + fx->control.user_queue_off);
	fx_good(0, d, 0);
	fx->wakes = 0;
	u->sleeping = 1;
	fx_init(&c, c.cmd.nexus, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	assert_int_equal(fx->wakes, 1);
	assert_int_equal(u->sleeping, 0);
	sl_queue_doorbell(sl_session_queue(fx->session, 0));
	assert_int_equal(fx->wakes, 1);
	fx_good(0, fx_take(0), 0);
}

static void should_quarantine_tag_and_buffer_past_the_deadline(void **state)
{
	(void)state;
	read_4k();
	assert_int_equal(fx->timer_ns, fx->now_ns + 10 * FX_SECOND);
	fx->now_ns += 10 * FX_SECOND - 1;
	assert_int_equal(sl_gateway_tick(fx->gw, fx->now_ns), fx->now_ns + 1);
	assert_int_equal(c.responses, 0);
	fx->now_ns++;
	assert_int_equal(sl_gateway_tick(fx->gw, fx->now_ns), U64_MAX);
	fx_assert_sense(&c, 0xb, 0x2e02);
	assert_null(c.cmd.data);
	assert_int_equal(fx->session->buffers, 1);
	assert_int_equal(fx->gw->devices[0]->quarantined, 1);
	assert_int_equal(sl_queue_in_flight(sl_session_queue(fx->session, 0)), 1);
	fx_good(0, d, 4096); /* late */
	assert_int_equal(c.responses, 1);
	fx_assert_quiet();
}

static void should_count_the_quarantined_against_the_task_set(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct fx_cmd many[32];

	(void)state;
	for (u32 i = 0; i < 32; i++) {
		fx_init(&many[i], n, 0x00, SLUICE_DIR_NONE, 0);
		fx_submit(&many[i]);
	}
	fx->now_ns += 20 * FX_SECOND;
	sl_gateway_tick(fx->gw, fx->now_ns);
	for (u32 i = 0; i < 32; i++)
		assert_int_equal(many[i].responses, 1);
	fx_assert_sense(&many[7], 0xb, 0x2e02);
	fx_assert_sense(&many[8], 0xb, 0x2e01); /* never had a tag */
	assert_int_equal(fx->gw->devices[0]->quarantined, 8);
	fx_session_close();
	assert_int_equal(fx->gw->devices[0]->quarantined, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_drop_a_stale_generation_and_a_tag_that_is_not_out),
		TEST(should_break_the_session_when_the_producer_runs_a_ring_ahead),
		TEST(should_break_the_session_when_the_producer_goes_back),
		TEST(should_move_only_what_the_handler_reported_and_compute_the_residual),
		TEST(should_carry_sense_and_clamp_its_length),
		TEST(should_turn_what_is_no_answer_into_a_hardware_error),
		TEST(should_judge_sense_data_by_length_and_response_code),
		TEST(should_carry_no_sense_that_is_none_with_good),
		TEST(should_take_every_status_that_there_is),
		TEST(should_take_no_more_than_its_budget),
		TEST(should_wake_a_sleeping_handler_once),
		TEST(should_quarantine_tag_and_buffer_past_the_deadline),
		TEST(should_count_the_quarantined_against_the_task_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
