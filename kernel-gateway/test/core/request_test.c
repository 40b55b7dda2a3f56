/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the core makes of a handler's admin requests, the wrong ones first. */
#include <string.h>

#include "core/device.h"
#include "core/session.h"
#include "fixture.h"

static struct fx_cmd c;

/* The device answers TEST UNIT READY: nobody raised anything on it. */
static void assert_no_unit_attention(struct sl_nexus *n)
{
	fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	assert_int_equal(c.responses, 0);
	fx_good(0, fx_take(0), 0);
	assert_int_equal(c.cmd.status, 0);
	if (!fx->auto_release)
		fx_release(&c);
}

static void refuses(const struct sluice_request *r)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	u64 faults = fx->gw->handler_faults;

	fx_request(r);
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 1);
	assert_int_equal(fx->gw->handler_faults, faults + 1);
	assert_int_equal(fx->broken, 0);
	assert_no_unit_attention(n);
	assert_int_equal(fx->gw->devices[0]->control_mode, 0);
}

static void should_refuse_what_is_no_request(void **state)
{
	const struct sluice_request good = { .type = SLUICE_REQUEST_UNIT_ATTENTION,
					     .device = fx->device,
					     .scope = SLUICE_UA_ALL,
					     .asc = 0x2a };
	struct sluice_request bad[8];

	(void)state;
	for (u32 i = 0; i < 8; i++)
		bad[i] = good;
	bad[0].type = 0;
	bad[1].type = 3;
	bad[2].scope = 0;
	bad[3].scope = 4;
	bad[4].reserved0 = 1;
	bad[5].reserved[0] = 1;
	bad[6].reserved[43] = 1;
	bad[7].device = 99;
	for (u32 i = 0; i < 8; i++) {
		refuses(&bad[i]);
		sl_nexus_close(fx->gw->nexuses[0], fx->now_ns);
	}
}

static void should_refuse_a_control_mode_that_it_does_not_know(void **state)
{
	struct sluice_request r = { .type = SLUICE_REQUEST_CONTROL_MODE, .device = fx->device };

	(void)state;
	for (u32 bit = 0; bit < 32; bit++) {
		/* A bit alone: a field's reserved value, or no field. */
		static const u32 known = SLUICE_CONTROL_MODE_D_SENSE | SLUICE_CONTROL_MODE_TAS |
					 SLUICE_CONTROL_MODE_TMF_ONLY |
					 1U << SLUICE_CONTROL_MODE_TST_SHIFT |
					 1U << SLUICE_CONTROL_MODE_QERR_SHIFT |
					 2U << SLUICE_CONTROL_MODE_UA_INTLCK_SHIFT;

		if (known & 1U << bit)
			continue;
		r.control_mode = 1U << bit | SLUICE_CONTROL_MODE_TAS;
		fx_request(&r);
	}
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 26);
	assert_int_equal(fx->gw->handler_faults, 26);
	assert_int_equal(fx->gw->devices[0]->control_mode, 0);
}

/* The device of another session, or of none. */
static void should_refuse_requests_about_what_the_handler_does_not_serve(void **state)
{
	struct sluice_request r = { .type = SLUICE_REQUEST_UNIT_ATTENTION,
				    .device = fx->device,
				    .scope = SLUICE_UA_ALL,
				    .asc = 0x2a };

	(void)state;
	assert_int_equal(sl_device_remove(fx->session, fx->device, fx->now_ns), 0);
	fx_request(&r);
	r.type = SLUICE_REQUEST_CONTROL_MODE;
	r.control_mode = SLUICE_CONTROL_MODE_D_SENSE;
	fx_request(&r);
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 2);
	assert_int_equal(fx->gw->handler_faults, 2);
	assert_int_equal(fx->gw->devices[0]->control_mode, 0);
}

static void breaks_by_request_producer(u32 producer)
{
	struct sluice_user_index *u = (void *)(fx->handler_region + fx->control.user_admin_off);
	struct sluice_request r = { .type = SLUICE_REQUEST_CONTROL_MODE, .device = fx->device };

	for (u32 i = 0; i < 3; i++)
		fx_request(&r);
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 3);
	u->comp_producer = producer;
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 0);
	assert_int_equal(fx->broken, 1);
	assert_int_equal(fx->gw->broken_sessions, 1);
	assert_int_equal(fx->gw->handler_faults, 0);
}

static void should_break_the_session_when_the_requests_run_a_ring_ahead(void **state)
{
	(void)state;
	breaks_by_request_producer(3 + fx->control.admin_depth + 1);
}

/* Such a ring would never be empty, and its loop would never sleep. */
static void should_break_the_session_when_the_requests_go_back(void **state)
{
	(void)state;
	breaks_by_request_producer(2);
}

/* The queues look at the requests, too, before they judge a completion. */
static void should_find_a_broken_request_ring_while_it_reaps_a_queue(void **state)
{
	struct sluice_user_index *u = (void *)(fx->handler_region + fx->control.user_admin_off);
	const struct sluice_desc *d;

	(void)state;
	fx_init(&c, fx_nexus("iqn.a,i,0x1"), 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	d = fx_take(0);
	fx_put(0, d->tag, d->generation, 0, 0, NULL, 0);
	u->comp_producer = 0xffffffff;
	assert_int_equal(fx_reap(0), 0);
	assert_int_equal(fx->broken, 1);
	/* Mended or not: of a broken session nothing is taken. */
	u->comp_producer = 0;
	assert_int_equal(fx_reap(0), 0);
	assert_int_equal(c.responses, 0);
	fx_session_close();
	fx_assert_sense(&c, 0xb, 0x0800);
}

/* To one nexus, to all but one, to all: and to nobody else. */
static void should_raise_a_unit_attention_where_it_is_asked_to(void **state)
{
	struct sl_nexus *n[3] = { fx_nexus("iqn.a,i,0x1"), fx_nexus("iqn.b,i,0x1"),
				  fx_nexus("iqn.c,i,0x1") };
	struct sluice_request r = { .type = SLUICE_REQUEST_UNIT_ATTENTION,
				    .device = fx->device,
				    .nexus = sl_nexus_id(n[1]),
				    .asc = 0x2a };

	(void)state;
	for (u8 scope = SLUICE_UA_ALL; scope <= SLUICE_UA_ONE; scope++) {
		r.scope = scope;
		fx_request(&r);
		assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 1);
		for (u32 i = 0; i < 3; i++) {
			bool hit = scope == SLUICE_UA_ALL || (scope == SLUICE_UA_ONE) == (i == 1);

			if (!hit) {
				assert_no_unit_attention(n[i]);
				continue;
			}
			fx_init(&c, n[i], 0x00, SLUICE_DIR_NONE, 0);
			fx_submit(&c);
			fx_assert_sense(&c, 6, 0x2a00);
			if (!fx->auto_release)
				fx_release(&c);
		}
	}
	assert_int_equal(fx->gw->handler_faults, 0);
}

static void should_take_a_whole_ring_of_requests(void **state)
{
	struct sluice_request r = { .type = SLUICE_REQUEST_CONTROL_MODE,
				    .device = fx->device,
				    .control_mode = SLUICE_CONTROL_MODE_TAS };

	(void)state;
	for (u32 i = 0; i < fx->control.admin_depth; i++)
		fx_request(&r);
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), fx->control.admin_depth);
	assert_int_equal(fx->gw->handler_faults, 0);
	assert_int_equal(fx->broken, 0);
	assert_int_equal(fx->gw->devices[0]->control_mode, SLUICE_CONTROL_MODE_TAS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_refuse_what_is_no_request),
		TEST(should_refuse_a_control_mode_that_it_does_not_know),
		TEST(should_refuse_requests_about_what_the_handler_does_not_serve),
		TEST(should_break_the_session_when_the_requests_run_a_ring_ahead),
		TEST(should_break_the_session_when_the_requests_go_back),
		TEST(should_find_a_broken_request_ring_while_it_reaps_a_queue),
		TEST(should_raise_a_unit_attention_where_it_is_asked_to),
		TEST(should_take_a_whole_ring_of_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
