/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The gateway's limits are its options: it serves as many devices as they allow, and says which one is reached. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

enum { MIB = 1 << 20, DEVICES = 4000, NEXUSES = 3, SESSIONS = 2 };

static struct gateway g;
static struct disk_handler d;
static char why[CONNECTION_WHY];

static int start(void **state)
{
	struct sluiced_options options = { .loops = 1 };

	options.limits.max_devices = DEVICES;
	options.limits.max_nexuses = NEXUSES;
	options.limits.max_sessions = SESSIONS;
	gateway_start_with(&g, options);
	disk_handler_start(&d, &g, "unit0", 1, MIB);
	return 0;
}

static int stop(void **state)
{
	disk_handler_stop(&d);
	gateway_stop(&g);
	return 0;
}

static int add(uint32_t i, uint32_t *device)
{
	struct sluice_device_add a;
	char name[SLUICE_NAME_LEN];

	snprintf(name, sizeof(name), "unit%u", i);
	ram_disk_describe(&a, name);
	return handler_device_add(&d.handler, &a, device, why);
}

static void should_serve_as_many_devices_as_it_was_told(void **state)
{
	static const uint8_t test_unit_ready[6] = { 0 };
	struct sluice_lun l = { .target = TEST_TARGET, .group = "default" };
	struct sluice_rig_result result;
	struct sluice_rig_command cmd;
	uint32_t device, nexus;
	struct rig_client rig;
	struct connection c;

	map_lun(&g, 0, "unit0");
	control_open(&c, &g);
	for (uint32_t i = 1; i < DEVICES; i++) {
		assert_int_equal(add(i, &device), 0);
		assert_int_equal(device, i + 1);
		l.lun = i;
		snprintf(l.device, sizeof(l.device), "unit%u", i);
		if (connection_call(&c, SLUICE_OP_LUN_MAP, &l, sizeof(l), NULL, 0, why))
			fail_msg("%s", why);
	}
	assert_int_equal(add(DEVICES, &device), -ENOSPC);
	assert_non_null(strstr(why, "raise max_devices"));
	connection_close(&c);

	rig_open_nexus(&rig, &g, TEST_INITIATOR, &nexus);
	for (uint32_t lun = 0; lun < DEVICES; lun += 777) {
		rig_clear_unit_attention(&rig, nexus, lun);
		cmd = rig_make(nexus, lun, test_unit_ready, 6, SLUICE_DIR_NONE, 0);
		assert_int_equal(rig_client_command(&rig, &cmd, &result, why), 0);
		assert_int_equal(result.status, 0);
	}
	rig_client_close(&rig);
}

static void should_refuse_a_session_too_many(void **state)
{
	struct handler second, third;

	if (handler_open(&second, g.socket, "second", 1, 8, 16 * MIB, why))
		fail_msg("%s", why);
	assert_int_equal(handler_open(&third, g.socket, "third", 1, 8, 16 * MIB, why), -ENOSPC);
	handler_close(&second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(should_serve_as_many_devices_as_it_was_told, start,
						stop),
		cmocka_unit_test_setup_teardown(should_refuse_a_session_too_many, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
