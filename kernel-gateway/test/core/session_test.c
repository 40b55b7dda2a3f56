/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a session is refused, and what it may not run over. */
#include <errno.h>
#include <string.h>

#include "core/device.h"
#include "core/nexus.h"
#include "core/session.h"
#include "fixture.h"

static struct sluice_device_add add;

static void refuses(const char *says)
{
	struct sluice_device_added added = { 0 };
	const char *why = NULL;
	u32 devices = fx->gw->n_devices;

	assert_int_equal(sl_device_add(fx->session, &add, fx->now_ns, &added, &why), -EINVAL);
	assert_non_null(strstr(why, says));
	assert_int_equal(added.device, 0);
	assert_int_equal(fx->gw->n_devices, devices);
}

/* Each by one wrong field of a profile that is right otherwise. */
static void should_refuse_a_device_by_each_field_of_its_profile(void **state)
{
	const struct sluice_device_add good = { .name = "another",
						.queue = SLUICE_QUEUE_ANY,
						.task_set_limit = 1,
						.max_transfer = SLUICE_MAX_BUFFER,
						.timeout_ns = {
							86400 * FX_SECOND, 86400 * FX_SECOND,
							86400 * FX_SECOND, 86400 * FX_SECOND } };
	struct sluice_device_added added;
	const char *why;

	(void)state;
#define WITH(field, value, says) \
	add = good;              \
	add.field = value;       \
	refuses(says)
	WITH(name[0], 0, "name");
	add = good;
	memset(add.name, 'x', sizeof(add.name));
	refuses("name");
	WITH(queue, 2, "queue");
	WITH(task_set_limit, 0, "task_set_limit");
	WITH(max_transfer, 0, "max_transfer");
	WITH(max_transfer, SLUICE_MAX_BUFFER + 1, "max_transfer");
	WITH(peripheral_type, 0x20, "peripheral_type");
	WITH(recovery, SLUICE_RECOVERY_REDELIVER + 1, "recovery");
	WITH(control_mode, 8, "control_mode");
	WITH(control_mode, 2U << SLUICE_CONTROL_MODE_QERR_SHIFT, "control_mode");
	WITH(control_mode, 2U << SLUICE_CONTROL_MODE_TST_SHIFT, "control_mode");
	WITH(control_mode, 1U << SLUICE_CONTROL_MODE_UA_INTLCK_SHIFT, "control_mode");
	for (u32 pace = 0; pace < SLUICE_PACES; pace++) {
		WITH(timeout_ns[pace], 86400 * FX_SECOND + 1, "timeout_ns");
		WITH(timeout_ns[pace], U64_MAX, "timeout_ns");
	}
	WITH(flags, 2, "flags");
	WITH(reserved1, 1, "reserved");
#undef WITH
	assert_int_equal(sl_device_add(fx->session, &good, fx->now_ns, &added, &why), 0);
}

static void should_name_no_queue_beyond_its_own(void **state)
{
	(void)state;
	assert_non_null(sl_session_queue(fx->session, 1));
	assert_null(sl_session_queue(fx->session, 2));
	assert_null(sl_session_queue(fx->session, SLUICE_MAX_QUEUES));
}

/* A host unmaps what is drained: not while a thread is in it. */
static void should_not_be_drained_while_anybody_is_in_it(void **state)
{
	u32 *const users[] = { &fx->session->queues[0]->users, &fx->session->queues[1]->users,
			       &fx->session->admin_users, &fx->session->buffers };

	(void)state;
	assert_false(sl_session_drained(fx->session));
	sl_session_close(fx->session, fx->now_ns);
	assert_true(sl_session_drained(fx->session));
	for (u32 i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		++*users[i];
		assert_false(sl_session_drained(fx->session));
		--*users[i];
	}
	fx->session->granting = true;
	assert_false(sl_session_drained(fx->session));
	fx->session->granting = false;
	fx_session_close();
}

/* The newest state wins, and what was never told is told when there is room. */
static void should_not_run_over_events_that_nobody_reads(void **state)
{
	struct sluice_gw_index *index = (void *)(fx->gateway_region + fx->control.gw_admin_off);
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_event *e;
	u32 resets = 0, read = 0;
	struct fx_tmf tmf;

	(void)state;
	for (u32 i = 0; i < 2 * fx->control.admin_depth; i++)
		fx_tmf(&tmf, n, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	assert_int_equal(index->sub_producer, fx->control.admin_depth);
	for (; (e = fx_event()); read++)
		resets += e->type == SLUICE_EVENT_LUN_RESET;
	assert_int_equal(read, fx->control.admin_depth);
	sl_admin_reap(fx->session, fx->now_ns);
	/* One more of each, for all those that found no room. */
	for (read = 0; (e = fx_event()); read++)
		assert_true(e->type == SLUICE_EVENT_LUN_RESET ||
			    e->function == SLUICE_TMF_LOGICAL_UNIT_RESET);
	assert_in_range(read, 1, 2);
	assert_true(resets > 0);
}

/* An index that makes no sense has room for nothing; the gateway does not mind. */
/* A process that is started twice: neither takes the other's place. */
static void should_be_two_sessions_while_both_of_that_name_live(void **state)
{
	struct sl_session *first = fx->session;
	u8 *regions[2] = { fx->gateway_region, fx->handler_region };

	(void)state;
	fx_session_open(0, 0);
	assert_int_not_equal(sl_session_id(fx->session), sl_session_id(first));
	fx_session_close();
	fx->session = first;
	fx->gateway_region = regions[0];
	fx->handler_region = regions[1];
}

/* Identifiers go round, and zero is none. */
static void should_never_use_zero_for_an_identity(void **state)
{
	struct sl_queue *q = sl_session_queue(fx->session, 0);
	const struct sluice_desc *d;
	struct sl_nexus *n;
	struct fx_cmd c;

	(void)state;
	fx->gw->nexus_id = 0xffffffff;
	n = fx_nexus("iqn.a,i,0x1");
	assert_int_equal(sl_nexus_id(n), 1);
	for (u32 tag = 0; tag < fx->session->depth; tag++)
		q->tags[tag].generation = 0xffffffff;
	fx_init(&c, n, 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(&c);
	d = fx_take(0);
	assert_int_equal(d->generation, 1);
	fx_good(0, d, 4096);
	assert_int_equal(c.responses, 1);
}

static void should_bear_any_index_of_a_reader_of_events(void **state)
{
	struct sluice_user_index *user = (void *)(fx->handler_region + fx->control.user_admin_off);
	struct sluice_gw_index *index = (void *)(fx->gateway_region + fx->control.gw_admin_off);
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	u32 before = index->sub_producer;
	struct fx_tmf tmf;

	(void)state;
	user->sub_consumer = before + 1;
	fx_tmf(&tmf, n, SLUICE_TMF_LOGICAL_UNIT_RESET, 0, 0);
	assert_int_equal(index->sub_producer, before);
	user->sub_consumer = before;
	sl_admin_reap(fx->session, fx->now_ns);
	assert_int_equal(index->sub_producer, before + 2);
	assert_int_equal(fx->broken, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_refuse_a_device_by_each_field_of_its_profile),
		TEST(should_name_no_queue_beyond_its_own),
		TEST(should_not_be_drained_while_anybody_is_in_it),
		TEST(should_not_run_over_events_that_nobody_reads),
		TEST(should_be_two_sessions_while_both_of_that_name_live),
		TEST(should_never_use_zero_for_an_identity),
		TEST(should_bear_any_index_of_a_reader_of_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
