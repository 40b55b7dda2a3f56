/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the control plane and hosts are refused, with a reason that names what is wrong; and what they may ask. */
#include <errno.h>
#include <string.h>

#include "core/device.h"
#include "core/nexus.h"
#include "core/session.h"
#include "core/target.h"
#include "fixture.h"

static const char *why;

/* Neither nothing nor a text without an end is a name. */
#define REFUSES(call, error, says)                  \
	do {                                        \
		why = "";                           \
		assert_int_equal((call), error);    \
		assert_non_null(strstr(why, says)); \
	} while (0)

static void should_refuse_a_gateway_beyond_what_its_bindings_can_name(void **state)
{
	struct sl_limits many = { .max_sessions = (1U << SL_BINDING_SLOT_BITS) + 1 };
	struct sl_limits large = { .max_pool_bytes = 1ULL << 44 };
	struct sl_gateway *gw = NULL;

	(void)state;
	assert_int_equal(sl_gateway_create(fx->gw->ops, NULL, &many, &gw), -EINVAL);
	assert_int_equal(sl_gateway_create(fx->gw->ops, NULL, &large, &gw), -EINVAL);
	assert_null(gw);
}

static void should_refuse_a_session_by_each_bound(void **state)
{
	const struct sluice_session_open good = { .queues = 1,
						  .depth = 8,
						  .pool_bytes = SLUICE_MAX_BUFFER };
	struct sluice_session_open open;
	struct sluice_control c;

	(void)state;
#define WITH(field, value, says) \
	open = good;             \
	open.field = value;      \
	REFUSES(sl_session_layout(fx->gw, &open, &c, &why), -EINVAL, says)
	WITH(queues, 0, "queues");
	WITH(queues, SLUICE_MAX_QUEUES + 1, "queues");
	WITH(depth, 0, "depth");
	WITH(depth, 12, "depth");
	WITH(depth, 2 * SLUICE_MAX_DEPTH, "depth");
	WITH(pool_bytes, 0, "pool_bytes");
	WITH(pool_bytes, SLUICE_MAX_BUFFER + SLUICE_PAGE, "pool_bytes");
	WITH(pool_bytes, fx->gw->limits.max_pool_bytes + SLUICE_MAX_BUFFER, "max_pool_bytes");
	WITH(grace_ns, SLUICE_GRACE_MAX_NS + 1, "grace_ns");
#undef WITH
	open = good;
	memset(open.name, 'x', sizeof(open.name));
	REFUSES(sl_session_layout(fx->gw, &open, &c, &why), -EINVAL, "name");
	assert_int_equal(sl_session_layout(fx->gw, &good, &c, &why), 0);
}

static void should_refuse_targets_without_a_name_or_under_another_alias(void **state)
{
	struct sluice_target t = { .name = FX_TARGET };

	(void)state;
	assert_int_equal(sl_target_add(fx->gw, &t, &why), 0);
	strcpy(t.alias, "other");
	REFUSES(sl_target_add(fx->gw, &t, &why), -EEXIST, "alias");
	memset(t.alias, 'x', sizeof(t.alias));
	REFUSES(sl_target_add(fx->gw, &t, &why), -EINVAL, "name");
	memset(&t, 0, sizeof(t));
	REFUSES(sl_target_add(fx->gw, &t, &why), -EINVAL, "name");
	REFUSES(sl_target_remove(fx->gw, "iqn.nobody", &why), -ENOENT, "no target");
}

static void should_refuse_groups_and_patterns_without_names(void **state)
{
	struct sluice_group g = { FX_TARGET, "" };
	struct sluice_group_initiator i = { FX_TARGET, "default", "" };

	(void)state;
	REFUSES(sl_group_add(fx->gw, &g, &why), -EINVAL, "group");
	REFUSES(sl_group_remove(fx->gw, &g, fx->now_ns, &why), -EINVAL, "group");
	REFUSES(sl_group_initiator_add(fx->gw, &i, fx->now_ns, &why), -EINVAL, "pattern");
	memset(i.pattern, '*', sizeof(i.pattern));
	REFUSES(sl_group_initiator_remove(fx->gw, &i, fx->now_ns, &why), -EINVAL, "pattern");
	strcpy(i.pattern, "*:never");
	assert_int_equal(sl_group_initiator_add(fx->gw, &i, fx->now_ns, &why), 0);
	strcpy(i.pattern, "*:another");
	assert_int_not_equal(sl_group_initiator_remove(fx->gw, &i, fx->now_ns, &why), 0);
}

static void should_refuse_luns_that_cannot_be(void **state)
{
	const struct sluice_lun good = {
		.target = FX_TARGET, .group = "default", .device = "disk", .lun = 1
	};
	struct sluice_lun l;

	(void)state;
#define WITH(field, value, error, says) \
	l = good;                       \
	l.field = value;                \
	REFUSES(sl_lun_map(fx->gw, &l, &why), error, says)
	WITH(target[0], 0, -EINVAL, "target");
	REFUSES(sl_lun_unmap(fx->gw, &l, fx->now_ns, &why), -EINVAL, "target");
	WITH(group[0], 0, -EINVAL, "group");
	WITH(device[0], 0, -EINVAL, "device");
	WITH(lun, SLUICE_LUN_MAX + 1, -EINVAL, "16383");
	WITH(flags, 2, -EINVAL, "flags");
	WITH(group[0], 'X', -ENOENT, "no group");
	WITH(target[0], 'X', -ENOENT, "no target");
#undef WITH
}

static void should_refuse_states_of_ports_that_cannot_be(void **state)
{
	struct sluice_access_state a = { .state = SLUICE_ACCESS_STANDBY };

	(void)state;
	REFUSES(sl_access_state_set(fx->gw, &a, &why), -EINVAL, "1 to 65535");
	for (u16 group = 1; group <= 16; group++) {
		a.group = group;
		a.flags = SLUICE_ACCESS_PREFERRED;
		assert_int_equal(sl_access_state_set(fx->gw, &a, &why), 0);
	}
	a.group = 17;
	REFUSES(sl_access_state_set(fx->gw, &a, &why), -ENOSPC, "16 target port groups");
	memset(a.device, 'x', sizeof(a.device));
	REFUSES(sl_access_state_set(fx->gw, &a, &why), -EINVAL, "name");
}

static void should_say_when_there_is_no_room_for_another_device(void **state)
{
	struct sluice_lun l = { .target = FX_TARGET, .group = "default", .lun = 1 };
	struct sluice_device_add add = { .name = "one too many",
					 .task_set_limit = 1,
					 .max_transfer = SLUICE_PAGE };
	char name[SLUICE_NAME_LEN] = "one too many";
	struct sluice_reservation_restored restored;
	struct sluice_device_added added;
	u32 room = fx->gw->limits.max_devices;

	(void)state;
	fx->gw->limits.max_devices = fx->gw->n_devices;
	strcpy(l.device, "one too many");
	REFUSES(sl_lun_map(fx->gw, &l, &why), -ENOSPC, "max_devices");
	REFUSES(sl_device_add(fx->session, &add, fx->now_ns, &added, &why), -ENOSPC, "max_devices");
	REFUSES(sl_device_restore(fx->session, name, (const u8 *)name, 8, &restored, &why), -ENOSPC,
		"max_devices");
	fx->gw->limits.max_devices = room;
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
}

static void should_give_a_new_port_a_number_that_is_free(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	u16 taken = sl_nexus_relative_port(n);

	(void)state;
	/* The number goes round, past those that are taken. */
	assert_int_equal(taken, 1);
	fx->gw->port_number = 0xffff;
	assert_int_equal(sl_portal_group_add(fx->gw, 7), 0);
	assert_int_equal(fx->gw->port_number, 2);
	assert_int_equal(sl_portal_group_add(fx->gw, 7), 0);
	assert_int_equal(fx->gw->port_number, 2);
}

static void should_tell_hosts_and_fabrics_what_they_gave(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct sl_queue *q = sl_session_queue(fx->session, 0);
	int mine;

	(void)state;
	sl_session_set_host(fx->session, &mine);
	assert_ptr_equal(sl_session_host(fx->session), &mine);
	sl_queue_set_host(q, &mine);
	assert_ptr_equal(sl_queue_host(q), &mine);
	assert_ptr_equal(sl_nexus_fabric(n), n->fabric);
	assert_true(sl_nexus_sees(n, 0));
	assert_false(sl_nexus_sees(n, 1));
	assert_false(sl_nexus_sees(n, SLUICE_LUN_MAX + 1));
}

static void should_tell_a_handler_where_its_thread_is_wanted(void **state)
{
	struct sl_queue *q = sl_session_queue(fx->session, 1);

	(void)state;
	sl_queue_wish_cpu(q, 3);
	assert_int_equal(q->gw_index->cpu, 4);
	sl_queue_wish_cpu(q, -1);
	assert_int_equal(q->gw_index->cpu, 0);
}

/* Threads of a host may come late: the regions are not theirs any more. */
static void should_do_nothing_for_a_session_that_is_closed(void **state)
{
	struct sluice_session_info info;
	struct sl_queue *q;

	(void)state;
	sl_session_break(fx->session, "for a test");
	sl_session_info(fx->session, fx->now_ns, &info);
	assert_int_equal(info.state, SLUICE_SESSION_BROKEN);
	fx_session_close();
	fx_session_open(0, 0);
	q = sl_session_queue(fx->session, 0);
	sl_session_close(fx->session, fx->now_ns);
	sl_session_info(fx->session, fx->now_ns, &info);
	assert_int_equal(info.state, SLUICE_SESSION_CLOSING);
	sl_queue_awake(q);
	sl_queue_doorbell(q);
	sl_queue_wish_cpu(q, 1);
	assert_true(sl_queue_sleep(q));
	assert_int_equal(sl_queue_reap(q, 8, fx->now_ns), 0);
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 0);
	assert_true(sl_session_drained(fx->session));
	sl_session_destroy(fx->session);
	free(fx->gateway_region);
	free(fx->handler_region);
	fx_session_open(0, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_refuse_a_gateway_beyond_what_its_bindings_can_name),
		TEST(should_refuse_a_session_by_each_bound),
		TEST(should_refuse_targets_without_a_name_or_under_another_alias),
		TEST(should_refuse_groups_and_patterns_without_names),
		TEST(should_refuse_luns_that_cannot_be),
		TEST(should_refuse_states_of_ports_that_cannot_be),
		TEST(should_say_when_there_is_no_room_for_another_device),
		TEST(should_give_a_new_port_a_number_that_is_free),
		TEST(should_tell_hosts_and_fabrics_what_they_gave),
		TEST(should_tell_a_handler_where_its_thread_is_wanted),
		TEST(should_do_nothing_for_a_session_that_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
