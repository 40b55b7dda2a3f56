/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the rig's messages are refused, and what bounds there are to what it may ask. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

static struct gateway g;

static int start(void **state)
{
	gateway_start(&g, 1);
	return 0;
}

static int stop(void **state)
{
	gateway_stop(&g);
	return 0;
}

static void should_refuse_bad_injections_with_value(void **state)
{
	const uint8_t read_10[10] = { 0x28 };
	struct sluice_rig_command c;
	struct sluice_rig_result result;
	struct rig_client r;
	char why[CONNECTION_WHY];
	uint32_t nexus;

	map_lun(&g, 0, "disk");
	rig_open_nexus(&r, &g, TEST_INITIATOR, &nexus);
	c = rig_make(nexus + 1, 0, read_10, 10, SLUICE_DIR_IN, 512);
	assert_int_equal(rig_client_command(&r, &c, &result, why), -ENOENT);
	c = rig_make(nexus, 0, read_10, 10, SLUICE_DIR_IN, 512);
	c.data_off = r.data_bytes - 511;
	assert_int_equal(rig_client_command(&r, &c, &result, why), -EINVAL);
	assert_non_null(strstr(why, "512 bytes: the region has"));
	c.data_off = UINT64_MAX;
	assert_int_equal(rig_client_command(&r, &c, &result, why), -EINVAL);
	c.data_off = 0;
	c.cdb_len = 0;
	assert_int_equal(rig_client_command(&r, &c, &result, why), -EINVAL);
	assert_non_null(strstr(why, "cdb_len 0: give 1 to 260"));
	c.cdb_len = SLUICE_CDB_MAX + 1;
	assert_int_equal(rig_client_command(&r, &c, &result, why), -EINVAL);
	assert_non_null(strstr(why, "cdb_len 261: give 1 to 260"));
	c.cdb_len = 10;
	c.attribute = 7;
	assert_int_equal(rig_client_command(&r, &c, &result, why), -EINVAL);
	assert_non_null(strstr(why, "attribute 7: choose 1"));
	c.attribute = SLUICE_ATTR_SIMPLE;
	c.direction = 3;
	assert_int_equal(rig_client_command(&r, &c, &result, why), -EINVAL);
	assert_non_null(strstr(why, "direction 3: 0 is none"));
	c.direction = SLUICE_DIR_IN;
	c.reserved[3] = 1;
	assert_int_equal(rig_client_command(&r, &c, &result, why), -EINVAL);
	assert_non_null(strstr(why, "reserved has byte 01h at 3"));
	c.reserved[3] = 0;
	c.direction = SLUICE_DIR_OUT;
	c.expected_len = 1024;
	assert_int_equal(rig_client_command(&r, &c, &result, why), -EINVAL);
	rig_client_close(&r);
}

static void should_refuse_bad_functions_nexuses_and_rigs_with_value(void **state)
{
	struct sluice_rig_tmf tmf = { .function = SLUICE_TMF_QUERY_ASYNC_EVENT + 1 };
	struct sluice_rig_open open = { .data_bytes = 0 };
	struct sluice_rig_time time = { .advance_ns = 1 };
	struct sluice_rig_nexus n;
	struct rig_client r;
	struct connection c;
	char why[CONNECTION_WHY];
	uint32_t nexus;

	map_lun(&g, 0, "disk");
	rig_open_nexus(&r, &g, TEST_INITIATOR, &nexus);
	tmf.nexus = nexus;
	assert_int_equal(rig_client_tmf(&r, &tmf, why), -EINVAL);
	assert_non_null(strstr(why, "function 11: choose 1 to 10"));
	tmf.function = 0;
	assert_int_equal(rig_client_tmf(&r, &tmf, why), -EINVAL);
	assert_non_null(strstr(why, "function 0: choose 1 to 10"));
	tmf.function = SLUICE_TMF_QUERY_TASK;
	tmf.order = 1;
	assert_int_equal(rig_client_tmf(&r, &tmf, why), -EINVAL);
	assert_non_null(strstr(why, "order has byte 01h"));
	tmf.order = 0;
	tmf.response = 1;
	assert_int_equal(rig_client_tmf(&r, &tmf, why), -EINVAL);
	assert_non_null(strstr(why, "response has byte 01h"));

#define WITH(field, value, says)                                                                 \
	n = (struct sluice_rig_nexus){ .initiator_port = "iqn.a,i,0x2", .target = TEST_TARGET }; \
	n.field = value;                                                                         \
	assert_int_equal(connection_call(&r.link, SLUICE_OP_RIG_NEXUS, &n, sizeof(n), &n,        \
					 sizeof(n), why),                                        \
			 -EINVAL);                                                               \
	assert_non_null(strstr(why, says))
	WITH(initiator_port[0], '\n', "initiator_port has byte 0ah at 0");
	WITH(initiator_port[SLUICE_PORT_NAME_LEN - 1], 'x', "initiator_port has bytes behind");
	WITH(target[0], '\0', "target has bytes behind");
	WITH(target[4], (char)0xff, "target has byte ffh at 4");
	WITH(nexus, 1, "nexus has byte 01h");
	WITH(relative_port, 1, "relative_port has byte 01h");
#undef WITH
	assert_int_equal(connection_call(&r.link, SLUICE_OP_RIG_TIME, &time, sizeof(time), NULL, 0,
					 why),
			 -EPERM);
	assert_non_null(strstr(why, "start sluiced with --rig-time"));
	open.data_bytes = 1 << 20;
	assert_int_equal(connection_call(&r.link, SLUICE_OP_RIG_OPEN, &open, sizeof(open), NULL, 0,
					 why),
			 -EEXIST);
	rig_client_close(&r);

	assert_int_equal(connection_open(&c, g.socket, SLUICE_ROLE_RIG, "test", why), 0);
	memset(&n, 0, sizeof(n));
	assert_int_equal(connection_call(&c, SLUICE_OP_RIG_NEXUS_CLOSE, &n, sizeof(n), NULL, 0,
					 why),
			 -EPROTO);
	for (uint32_t i = 0; i < 3; i++) {
		static const uint64_t sizes[] = { 0, 4097, (64ull << 20) + 4096 };

		open.data_bytes = sizes[i];
		assert_int_equal(connection_call(&c, SLUICE_OP_RIG_OPEN, &open, sizeof(open), NULL,
						 0, why),
				 -EINVAL);
		assert_non_null(strstr(why, "choose a multiple of 4096"));
	}
	connection_close(&c);
}

/* What was expected may be more than the rig made room for: the rest is not brought. */
static void should_bring_no_more_data_than_there_is_room_for(void **state)
{
	const uint8_t read_10[10] = { 0x28, [8] = 8 };
	struct sluice_rig_command c;
	struct sluice_rig_result result;
	struct disk_handler d;
	struct rig_client r;
	char why[CONNECTION_WHY];
	uint32_t nexus;

	disk_handler_start(&d, &g, "disk", 1, 1 << 20);
	map_lun(&g, 0, "disk");
	rig_open_nexus(&r, &g, TEST_INITIATOR, &nexus);
	rig_clear_unit_attention(&r, nexus, 0);
	memset(r.data, 0xc5, 4096);
	c = rig_make(nexus, 0, read_10, 10, SLUICE_DIR_IN, 4096);
	c.data_len = 512;
	assert_int_equal(rig_client_command(&r, &c, &result, why), 0);
	assert_int_equal(result.status, 0);
	assert_int_equal(result.data_len, 512);
	assert_int_equal(result.residual, 0);
	for (int i = 0; i < 4096; i++)
		assert_int_equal(r.data[i], i < 512 ? 0 : 0xc5);
	rig_client_close(&r);
	disk_handler_stop(&d);
}

/* Held by a handler that answers nothing; the one too many is refused at once. */
static void should_bound_the_commands_of_a_rig(void **state)
{
	const uint8_t test_unit_ready[6] = { 0 };
	struct sluice_rig_command c;
	struct sluice_device_add add;
	struct handler h;
	struct rig_client r;
	struct message m;
	char why[CONNECTION_WHY];
	uint32_t nexus, device, id = 0;

	assert_int_equal(handler_open(&h, g.socket, "silent", 1, 4096, 16 << 20, why), 0);
	ram_disk_describe(&add, "disk");
	add.task_set_limit = 5000;
	assert_int_equal(handler_device_add(&h, &add, &device, why), 0);
	map_lun(&g, 0, "disk");
	rig_open_nexus(&r, &g, TEST_INITIATOR, &nexus);
	c = rig_make(nexus, 0, test_unit_ready, 6, SLUICE_DIR_NONE, 0);
	/* The first one is answered by the nexus's first Unit Attention. */
	for (c.task_tag = 0; c.task_tag <= 4096 + 1; c.task_tag++)
		assert_int_equal(
			connection_send(&r.link, SLUICE_OP_RIG_COMMAND, &c, sizeof(c), &id), 0);
	do {
		assert_int_equal(connection_receive(&r.link, &m), 0);
	} while (m.head.status == 0);
	assert_int_equal(m.head.status, -EBUSY);
	assert_int_equal(m.head.id, id);
	rig_client_close(&r);
	handler_close(&h);
}

static void should_bound_the_nexuses_of_a_rig(void **state)
{
	struct rig_client r;
	char why[CONNECTION_WHY], port[64];
	uint32_t nexus;

	map_lun(&g, 0, "disk");
	rig_open_nexus(&r, &g, TEST_INITIATOR, &nexus);
	for (uint32_t i = 1; i <= 64; i++) {
		int expected = i < 64 ? 0 : -ENOSPC;

		snprintf(port, sizeof(port), "iqn.2026-11.io.sluice:many,i,0x%x", i);
		assert_int_equal(rig_client_nexus(&r, port, TEST_TARGET, &nexus, why), expected);
	}
	assert_non_null(strstr(why, "has had 64 I_T nexuses, the most"));
	rig_client_close(&r);
}

int main(void)
{
#define WITH_GATEWAY(test) cmocka_unit_test_setup_teardown(test, start, stop)
	const struct CMUnitTest tests[] = {
		WITH_GATEWAY(should_refuse_bad_injections_with_value),
		WITH_GATEWAY(should_refuse_bad_functions_nexuses_and_rigs_with_value),
		WITH_GATEWAY(should_bring_no_more_data_than_there_is_room_for),
		WITH_GATEWAY(should_bound_the_commands_of_a_rig),
		WITH_GATEWAY(should_bound_the_nexuses_of_a_rig),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
