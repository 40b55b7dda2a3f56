/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Memory runs out, once, at each allocation in turn: whoever asked is told, nothing is left
 * half made, and the same call succeeds when it is made again. (The linker leads the
 * core's aligned_alloc() here.)
 */
#include <stdlib.h>
#include <string.h>

#include "core/device.h"
#include "core/nexus.h"
#include "reservation_fixture.h"

#define OTHER "iqn.2026-11.io.sluice:other"
#define A     "iqn.2026-11.test:a,i,0x00000000000a"
#define B     "iqn.2026-11.test:b,i,0x00000000000b"

void *__real_aligned_alloc(size_t alignment, size_t bytes);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes);

static bool counts; /* the core's allocations, not the test's own */
static u32 allocations, fails_at;
static const char *why;

void *__wrap_aligned_alloc(size_t alignment, size_t bytes)
{
	if (counts && ++allocations == fails_at)
		return NULL;
	return __real_aligned_alloc(alignment, bytes);
}

/* With the fault in it or not: in the end it is done. */
#define DO(call)                                                            \
	do {                                                                \
		u32 before = allocations;                                   \
		int first;                                                  \
                                                                            \
		counts = true;                                              \
		first = (call);                                             \
		counts = false;                                             \
		if (first) {                                                \
			assert_int_equal(first, -ENOMEM);                   \
			assert_in_range(fails_at, before + 1, allocations); \
			assert_int_equal((call), 0);                        \
		}                                                           \
	} while (0)

static struct sl_gateway *gw;
static struct sl_session *session;
static u8 *regions[2];

static void open_session(void)
{
	struct sluice_session_open open = { .queues = 2,
					    .depth = 8,
					    .pool_bytes = SLUICE_MAX_BUFFER };
	struct sluice_control c;

	assert_int_equal(sl_session_layout(gw, &open, &c, &why), 0);
	regions[0] = calloc(1, c.gateway_bytes);
	regions[1] = calloc(1, c.handler_bytes);
	DO(sl_session_create(gw, "handler", &c, regions[0], regions[1], &session));
}

/* Every target has a port in each portal group. */
static void assert_ports(u32 expected)
{
	struct sl_list *pos;
	u32 n = 0;

	sl_list_for_each(pos, &gw->ports)
		n++;
	assert_int_equal(n, expected);
}

static void configure(void)
{
	struct sluice_target t = { .name = OTHER };
	struct sluice_group g = { OTHER, "near" };
	struct sluice_group_initiator i = { OTHER, "near", "*:a" };
	struct sluice_lun l = { .target = OTHER, .group = "default", .device = "disk" };
	struct sluice_access_state a = { .group = 2, .state = SLUICE_ACCESS_STANDBY };
	struct sluice_device_add add = { .name = "tape",
					 .max_transfer = SLUICE_MAX_BUFFER,
					 .task_set_limit = 8 };
	struct sluice_device_added added;

	DO(sl_portal_group_add(gw, 1));
	DO(sl_target_add(gw, &t, &why));
	DO(sl_portal_group_add(gw, 2));
	assert_ports(2);
	DO(sl_group_add(gw, &g, &why));
	DO(sl_lun_map(gw, &l, &why));
	strcpy(l.group, "near");
	l.lun = 9;
	DO(sl_lun_map(gw, &l, &why));
	DO(sl_access_state_set(gw, &a, &why));
	DO(sl_device_add(session, &add, FX_SECOND, &added, &why));
	DO(sl_group_initiator_add(gw, &i, FX_SECOND, &why));
}

/* Maps of initiators that are logged in change: LUNs come, initiators change their group. */
static void reconfigure(void)
{
	struct sluice_group g = { OTHER, "near" };
	struct sluice_group_initiator i = { OTHER, "near", "*:b" };
	struct sluice_lun l = { .target = OTHER, .group = "default", .device = "tape", .lun = 77 };
	int result;

	DO(sl_lun_map(gw, &l, &why));
	DO(sl_group_initiator_add(gw, &i, FX_SECOND, &why));
	counts = true;
	result = sl_lun_unmap(gw, &l, FX_SECOND, &why);
	l.lun = 9;
	strcpy(l.group, "near");
	result = result ? result : sl_lun_unmap(gw, &l, FX_SECOND, &why);
	counts = false;
	/* It is gone in any case; only the list of LUNs is the old one. */
	assert_true(result == 0 || result == -ENOMEM);
	counts = true;
	result = sl_group_remove(gw, &g, FX_SECOND, &why);
	counts = false;
	assert_true(result == 0 || result == -ENOMEM);
}

static void live(void)
{
	struct sl_nexus *a, *b;

	counts = true;
	if (sl_gateway_create(fx->gw->ops, NULL, NULL, &gw)) {
		counts = false;
		assert_int_equal(sl_gateway_create(fx->gw->ops, NULL, NULL, &gw), 0);
	}
	counts = false;
	open_session();
	configure();
	DO(sl_nexus_open(gw, OTHER, A, OTHER ",t,0x0001", "", SL_NEXUS_NEW, fx_fabric(), NULL, &a));
	DO(sl_nexus_open(gw, OTHER, B, OTHER ",t,0x0003", "", SL_NEXUS_NEW, fx_fabric(), NULL, &b));
	reconfigure();
	sl_nexus_close(a, FX_SECOND);
	sl_nexus_close(b, FX_SECOND);
	sl_session_close(session, FX_SECOND);
	assert_true(sl_session_drained(session));
	sl_session_destroy(session);
	/* With its target, which is there when a module unloads. */
	sl_gateway_destroy(gw);
	free(regions[0]);
	free(regions[1]);
}

static void should_survive_each_allocation_that_fails(void **state)
{
	u32 n = 0;

	assert_int_equal(fx_setup(state), 0);
	do {
		allocations = 0;
		fails_at = ++n;
		live();
	} while (allocations >= n);
	fails_at = 0;
	/* So many there are, at least: a gateway's tables, a session's queues, a target, its maps. */
	assert_true(n > 30);
	assert_int_equal(fx_teardown(state), 0);
}

/* What failed for want of memory is not done, and the initiator may try again (SAM-6 5.3.1, BUSY). */
static void should_end_a_reservation_busy_when_there_is_no_memory_for_it(void **state)
{
	struct sl_nexus *a;
	u8 keys[8];

	assert_int_equal(fx_setup(state), 0);
	a = fx_nexus(A);
	allocations = 0;
	fails_at = 1;
	counts = true;
	assert_int_equal(rf_out(a, SL_OUT_REGISTER, 0, 0, 0xa, 0), 0x08);
	counts = false;
	fails_at = 0;
	assert_int_equal(rf_in(a, 0, keys, 8), 8);
	assert_int_equal(keys[7], 0);
	rf_register(a, 0xa);
	fx_assert_quiet();
	assert_int_equal(fx_teardown(state), 0);
}

/* Every action that makes a new state, on a device where the actions before it succeeded. */
static void should_end_each_action_busy_and_change_nothing(void **state)
{
	static const struct {
		u8 action, type;
		u64 action_key;
	} actions[] = { { SL_OUT_RESERVE, SL_TYPE_WRITE_EXCLUSIVE, 0 },
			{ SL_OUT_RELEASE, SL_TYPE_WRITE_EXCLUSIVE, 0 },
			{ SL_OUT_PREEMPT, SL_TYPE_WRITE_EXCLUSIVE, 0xb },
			{ SL_OUT_CLEAR, 0, 0 } };
	struct sl_nexus *a, *b;

	assert_int_equal(fx_setup(state), 0);
	a = fx_nexus(A);
	b = fx_nexus(B);
	rf_register(a, 0xa);
	rf_register(b, 0xb);
	for (u32 i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		u32 generation = rf_generation(a);
		u8 type = rf_type(a);

		allocations = 0;
		fails_at = 1;
		counts = true;
		assert_int_equal(rf_out(a, actions[i].action, actions[i].type, 0xa,
					actions[i].action_key, 0),
				 0x08);
		counts = false;
		assert_int_equal(rf_generation(a), generation);
		assert_int_equal(rf_type(a), type);
		assert_int_equal(rf_out(a, actions[i].action, actions[i].type, 0xa,
					actions[i].action_key, 0),
				 RF_GOOD);
	}
	fails_at = 0;
	fx_assert_quiet();
	assert_int_equal(fx_teardown(state), 0);
}

/* A reservation is lost when its record is, not when there is no memory to read it (SPC-5 5.14.5.3). */
static void should_not_lose_a_reservation_for_want_of_memory(void **state)
{
	char name[SLUICE_NAME_LEN] = "tape";
	struct sluice_reservation_restored restored;
	struct sl_reservation *r;
	u8 record[1024];
	u32 bytes, n = 0;

	do {
		assert_int_equal(fx_setup(state), 0);
		r = sl_reservation_copy(NULL, 1);
		sl_reservation_add(r, A, fx_nexus(A)->port, 0xa);
		r->aptpl = true;
		bytes = sl_record_write(r, "tape", record);
		free(r);
		/* Another gateway, where no initiator came through that port yet. */
		assert_int_equal(fx_teardown(state), 0);
		assert_int_equal(fx_setup(state), 0);
		allocations = 0;
		fails_at = ++n;
		DO(sl_device_restore(fx->session, name, record, bytes, &restored, &why));
		fails_at = 0;
		assert_null(why);
		assert_int_equal(restored.outcome, SLUICE_RESERVATION_RESTORED);
		assert_int_equal(restored.registrations, 1);
		assert_int_equal(fx_teardown(state), 0);
	} while (allocations >= n);
	assert_true(n > 2);
}

/* What a dead handler had not read of a nexus that has no LUN any more: it is not told of, and nothing else goes wrong. */
static void should_serve_on_without_memory_for_a_lapse(void **state)
{
	struct sluice_lun lun = { .target = FX_TARGET, .group = "default" };
	struct sl_nexus *n;
	struct fx_cmd c;

	assert_int_equal(fx_setup(state), 0);
	n = fx_nexus(A);
	fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	fx_good(0, fx_take(0), 0);
	assert_int_equal(fx_event()->type, SLUICE_EVENT_NEXUS_ADD);
	assert_int_equal(sl_lun_unmap(fx->gw, &lun, fx->now_ns, &why), 0);
	allocations = 0;
	fails_at = 1;
	counts = true;
	fx_abandon();
	counts = false;
	fails_at = 0;
	assert_int_equal(allocations, 1);
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	assert_null(fx_event());
	fx_bury();
	assert_int_equal(fx_teardown(state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_survive_each_allocation_that_fails),
		cmocka_unit_test(should_end_a_reservation_busy_when_there_is_no_memory_for_it),
		cmocka_unit_test(should_end_each_action_busy_and_change_nothing),
		cmocka_unit_test(should_not_lose_a_reservation_for_want_of_memory),
		cmocka_unit_test(should_serve_on_without_memory_for_a_lapse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
