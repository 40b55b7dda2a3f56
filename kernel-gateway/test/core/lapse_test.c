/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* When a device's handler hears that what an I_T nexus prevented is prevented no more (SPC-5 6.16), whatever its ring holds. */
#include <string.h>

#include "core/event.h"
#include "core/nexus.h"
#include "core/session.h"
#include "fixture.h"

static struct sl_nexus *a, *b;

static void unmap(u32 lun)
{
	struct sluice_lun l = { .target = FX_TARGET, .group = "default", .lun = lun };
	const char *why = NULL;

	assert_int_equal(sl_lun_unmap(fx->gw, &l, fx->now_ns, &why), 0);
}

/* The handler has heard of both, and nothing else is in its ring. */
static int setup(void **state)
{
	struct fx_cmd c;

	fx_setup(state);
	fx_session_close();
	fx->recovery = SLUICE_RECOVERY_REDELIVER;
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	a = fx_nexus("iqn.a,i,0x1");
	b = fx_nexus("iqn.b,i,0x1");
	for (u32 i = 0; i < 2; i++) {
		fx_init(&c, i ? b : a, 0x00, SLUICE_DIR_NONE, 0);
		fx_submit(&c);
		fx_good(0, fx_take(0), 0);
	}
	while (fx_event())
		;
	return 0;
}

static void reset(struct sl_nexus *n)
{
	struct fx_tmf t;

	fx_tmf(&t, n, SLUICE_TMF_I_T_NEXUS_RESET, 0, 0);
	assert_int_equal(t.done, 1);
}

static void assert_hears_of(const struct sl_nexus *n)
{
	const struct sluice_event *ev = fx_event();

	assert_non_null(ev);
	assert_int_equal(ev->type, SLUICE_EVENT_TASK_MANAGEMENT);
	assert_int_equal(ev->function, SLUICE_TMF_I_T_NEXUS_RESET);
	assert_int_equal(ev->device, fx->device);
	assert_int_equal(ev->nexus, sl_nexus_id(n));
}

/* Pings, as many as the ring takes. */
static void fill_ring(void)
{
	sl_spin_lock(&fx->session->admin_lock);
	while (sl_event_ping(fx->session))
		;
	sl_spin_unlock(&fx->session->admin_lock);
}

static void empty_ring(void)
{
	for (u32 i = 0; i < fx->control.admin_depth; i++)
		assert_int_equal(fx_event()->type, SLUICE_EVENT_PING);
}

static void should_hear_of_a_nexus_that_lost_its_only_lun(void **state)
{
	(void)state;
	unmap(0);
	assert_hears_of(a);
	assert_hears_of(b);
	assert_null(fx_event());
	fx_assert_quiet();
}

static void should_not_hear_of_a_nexus_that_keeps_another_lun(void **state)
{
	(void)state;
	fx_lun_map(5, "disk");
	unmap(0);
	assert_null(fx_event());
	unmap(5);
	assert_hears_of(a);
	assert_hears_of(b);
	fx_assert_quiet();
}

static void should_hear_of_each_nexus_when_the_ring_has_room_again(void **state)
{
	(void)state;
	fill_ring();
	reset(a);
	reset(b);
	reset(a);
	empty_ring();
	sl_gateway_tick(fx->gw, fx->now_ns += FX_SECOND);
	assert_hears_of(a);
	assert_hears_of(b);
	assert_null(fx_event());
	fx_assert_quiet();
}

static void should_hear_of_an_unmapped_nexus_when_the_ring_has_room_again(void **state)
{
	(void)state;
	fill_ring();
	unmap(0);
	empty_ring();
	sl_gateway_tick(fx->gw, fx->now_ns += FX_SECOND);
	assert_hears_of(a);
	assert_hears_of(b);
	fx_assert_quiet();
}

static void should_not_hear_of_a_nexus_that_it_was_told_is_gone(void **state)
{
	u32 gone = sl_nexus_id(a);
	const struct sluice_event *ev;

	(void)state;
	fill_ring();
	unmap(0);
	sl_nexus_close(a, fx->now_ns);
	empty_ring();
	sl_gateway_tick(fx->gw, fx->now_ns += FX_SECOND);
	ev = fx_event();
	assert_int_equal(ev->type, SLUICE_EVENT_NEXUS_REMOVE);
	assert_int_equal(ev->nexus, gone);
	assert_hears_of(b);
	assert_null(fx_event());
	fx_assert_quiet();
}

/* It takes the device over, and hears of both nexuses. */
static void succeed(void)
{
	const struct sluice_event *first, *second;

	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	assert_int_equal(fx->added.flags, SLUICE_DEVICE_TAKEN_OVER);
	first = fx_event();
	second = fx_event();
	assert_non_null(second);
	assert_int_equal(first->type, SLUICE_EVENT_NEXUS_ADD);
	assert_int_equal(first->nexus, sl_nexus_id(a));
	assert_int_equal(second->type, SLUICE_EVENT_NEXUS_ADD);
	assert_int_equal(second->nexus, sl_nexus_id(b));
}

static void should_hear_as_successor_what_came_while_nobody_served(void **state)
{
	(void)state;
	fx_abandon();
	reset(a);
	succeed();
	assert_hears_of(a);
	assert_null(fx_event());
	fx_bury();
	fx_assert_quiet();
}

static void should_hear_as_successor_what_the_former_had_not_read(void **state)
{
	(void)state;
	reset(a);
	reset(b);
	assert_hears_of(a);
	fx_abandon();
	succeed();
	assert_hears_of(b);
	assert_null(fx_event());
	fx_bury();
	fx_assert_quiet();
}

static void should_hear_as_successor_of_a_nexus_that_was_unmapped_since(void **state)
{
	(void)state;
	unmap(0);
	fx_abandon();
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	assert_int_equal(fx_event()->type, SLUICE_EVENT_NEXUS_ADD);
	assert_hears_of(a);
	assert_int_equal(fx_event()->type, SLUICE_EVENT_NEXUS_ADD);
	assert_hears_of(b);
	assert_null(fx_event());
	fx_bury();
	fx_assert_quiet();
}

static void should_free_what_no_handler_ever_heard(void **state)
{
	(void)state;
	fill_ring();
	unmap(0);
	fx_abandon();
	fx_bury();
	/* With the gateway, in the teardown: the sanitizer looks. */
	assert_false(sl_list_empty(&fx->gw->devices[0]->lapses));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(should_hear_of_a_nexus_that_lost_its_only_lun,
						setup, fx_teardown),
		cmocka_unit_test_setup_teardown(should_not_hear_of_a_nexus_that_keeps_another_lun,
						setup, fx_teardown),
		cmocka_unit_test_setup_teardown(
			should_hear_of_each_nexus_when_the_ring_has_room_again, setup, fx_teardown),
		cmocka_unit_test_setup_teardown(
			should_hear_of_an_unmapped_nexus_when_the_ring_has_room_again, setup,
			fx_teardown),
		cmocka_unit_test_setup_teardown(should_not_hear_of_a_nexus_that_it_was_told_is_gone,
						setup, fx_teardown),
		cmocka_unit_test_setup_teardown(
			should_hear_as_successor_what_came_while_nobody_served, setup, fx_teardown),
		cmocka_unit_test_setup_teardown(
			should_hear_as_successor_what_the_former_had_not_read, setup, fx_teardown),
		cmocka_unit_test_setup_teardown(
			should_hear_as_successor_of_a_nexus_that_was_unmapped_since, setup,
			fx_teardown),
		cmocka_unit_test_setup_teardown(should_free_what_no_handler_ever_heard, setup,
						fx_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
