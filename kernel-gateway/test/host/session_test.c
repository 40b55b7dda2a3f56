/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Handler sessions and the way of a command from the rig through a real ring and back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"

enum { MIB = 1 << 20 };

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

static void open_session(struct handler *h)
{
	char why[CONNECTION_WHY];

	if (handler_open(h, g.socket, "test", 2, 64, 64 * MIB, why))
		fail_msg("%s", why);
}

/* ---- The session --------------------------------------------------------------- */

static void should_not_let_a_handler_write_or_resize_the_gateway_region(void **state)
{
	struct handler h;
	char byte = 1;

	open_session(&h);
	assert_ptr_equal(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, h.gateway_fd, 0),
			 MAP_FAILED);
	assert_int_equal(errno, EPERM);
	assert_int_equal(mprotect((void *)h.gateway, 4096, PROT_READ | PROT_WRITE), -1);
	assert_int_equal(pwrite(h.gateway_fd, &byte, 1, 0), -1);
	assert_int_equal(ftruncate(h.gateway_fd, 0), -1);
	assert_int_equal(ftruncate(h.handler_fd, 0), -1);
	assert_int_equal(errno, EPERM);
	handler_close(&h);
}

static void should_describe_the_session_in_its_control_page(void **state)
{
	struct handler h;

	open_session(&h);
	assert_int_equal(h.control->magic, SLUICE_MAGIC);
	assert_int_equal(h.control->abi_version, SLUICE_ABI_VERSION);
	assert_int_equal(h.control->state, SLUICE_SESSION_ACTIVE);
	assert_int_equal(h.control->features, 0);
	assert_int_equal(h.control->queues, 2);
	assert_int_equal(h.control->depth, 64);
	assert_int_equal(h.control->pool_bytes, 64 * MIB);
	assert_int_equal(h.control->pool_off % SLUICE_PAGE, 0);
	assert_true(h.control->pool_off + h.control->pool_bytes <= h.control->handler_bytes);
	handler_close(&h);
}

static void should_refuse_impossible_sessions_and_name_the_value(void **state)
{
	static const struct sluice_session_open bad[] = {
		{ "", 0, 64, 64 * MIB, 0 },	{ "", SLUICE_MAX_QUEUES + 1, 64, 64 * MIB, 0 },
		{ "", 1, 63, 64 * MIB, 0 },	{ "", 1, 2 * SLUICE_MAX_DEPTH, 64 * MIB, 0 },
		{ "", 1, 64, 64 * MIB + 1, 0 }, { "", 1, 64, 0, 0 },
		{ "", 1, 64, 1ull << 60, 0 },	{ "", 1, 64, 64 * MIB, SLUICE_GRACE_MAX_NS + 1 },
	};
	struct message m;
	struct connection c;
	char why[CONNECTION_WHY];

	assert_int_equal(connection_open(&c, g.socket, SLUICE_ROLE_HANDLER, "test", why), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(connection_call_message(&c, SLUICE_OP_SESSION_OPEN, &bad[i],
							 sizeof(bad[i]), &m, why),
				 -EINVAL);
		assert_int_equal(m.n_fds, 0);
		assert_non_null(strstr(why, "session of"));
	}
	connection_close(&c);
}

static void should_refuse_a_second_session_and_devices_without_one(void **state)
{
	const struct sluice_session_open again = { .queues = 1,
						   .depth = 64,
						   .pool_bytes = 64 * MIB };
	struct sluice_device_add add;
	struct handler h;
	struct connection c;
	char why[CONNECTION_WHY];
	uint32_t device;

	open_session(&h);
	assert_int_equal(connection_call(&h.link, SLUICE_OP_SESSION_OPEN, &again, sizeof(again),
					 NULL, 0, why),
			 -EEXIST);
	ram_disk_describe(&add, "disk");
	add.reserved1 = 4;
	assert_int_equal(handler_device_add(&h, &add, &device, why), -EINVAL);
	assert_non_null(strstr(why, "reserved1"));
	handler_close(&h);
	assert_int_equal(connection_open(&c, g.socket, SLUICE_ROLE_HANDLER, "test", why), 0);
	h.link = c;
	assert_int_equal(handler_device_add(&h, &add, &device, why), -EPROTO);
	assert_non_null(strstr(why, "SESSION_OPEN"));
	connection_close(&c);
}

static void should_name_the_owner_of_a_device_served_already(void **state)
{
	struct sluice_device_add add;
	struct disk_handler d;
	struct handler second;
	char why[CONNECTION_WHY];
	uint32_t device;

	disk_handler_start(&d, &g, "disk", 1, MIB);
	open_session(&second);
	ram_disk_describe(&add, "disk");
	assert_int_equal(handler_device_add(&second, &add, &device, why), -EEXIST);
	assert_non_null(strstr(why, "\"disk\""));
	handler_close(&second);
	disk_handler_stop(&d);
}

static void should_keep_a_device_without_its_handler_and_give_it_back(void **state)
{
	struct sluice_device_info info;
	struct disk_handler d;
	uint32_t first;

	map_lun(&g, 0, "disk");
	device_info(&g, "disk", &info);
	assert_int_equal(info.state, SLUICE_DEVICE_ABSENT);
	disk_handler_start(&d, &g, "disk", 1, MIB);
	first = d.device;
	device_info(&g, "disk", &info);
	assert_int_equal(info.state, SLUICE_DEVICE_SERVED);
	disk_handler_stop(&d);
	/* At once: the old session may still be on its way out. */
	disk_handler_start(&d, &g, "disk", 2, MIB);
	assert_int_equal(d.device, first);
	device_info(&g, "disk", &info);
	assert_int_equal(info.state, SLUICE_DEVICE_SERVED);
	assert_int_equal(info.device, first);
	disk_handler_stop(&d);
}

static void should_take_a_device_out_and_refuse_a_stranger(void **state)
{
	struct sluice_device_info info;
	struct disk_handler d;
	char why[CONNECTION_WHY];

	map_lun(&g, 0, "disk");
	disk_handler_start(&d, &g, "disk", 1, MIB);
	assert_int_equal(handler_device_remove(&d.handler, d.device, why), 0);
	device_info(&g, "disk", &info);
	assert_int_not_equal(info.state, SLUICE_DEVICE_SERVED);
	assert_int_equal(handler_device_remove(&d.handler, 12345, why), -ENOENT);
	assert_non_null(strstr(why, "device 12345"));
	disk_handler_stop(&d);
}

static void wait_until_closed(struct handler *h)
{
	struct message m;

	assert_int_equal(connection_receive(&h->link, &m), -EPIPE);
}

static void should_close_a_session_that_breaks_its_ring_and_nobody_else(void **state)
{
	const uint64_t one = 1;
	struct disk_handler good;
	struct handler bad;
	struct rig_client r;
	struct sluice_user_index *admin;
	uint32_t nexus;

	map_lun(&g, 0, "disk");
	disk_handler_start(&good, &g, "disk", 1, MIB);
	open_session(&bad);
	admin = (void *)(bad.shared + bad.control->user_admin_off);
	__atomic_store_n(&admin->comp_producer, 0x12345678, __ATOMIC_SEQ_CST);
	assert_int_equal(write(bad.bells[bad.queues], &one, sizeof(one)), sizeof(one));
	wait_until_closed(&bad);
	assert_int_equal(bad.control->state, SLUICE_SESSION_BROKEN);
	handler_close(&bad);
	rig_open_nexus(&r, &g, TEST_INITIATOR, &nexus);
	rig_clear_unit_attention(&r, nexus, 0);
	rig_client_close(&r);
	disk_handler_stop(&good);
}

/* ---- Commands ------------------------------------------------------------------- */

static void should_carry_data_both_ways_through_ring_and_pool(void **state)
{
	const uint8_t write_10[10] = { 0x2a, 0, 0, 0, 0, 8, 0, 0, 16, 0 };
	const uint8_t read_10[10] = { 0x28, 0, 0, 0, 0, 8, 0, 0, 16, 0 };
	struct sluice_rig_command c;
	struct sluice_rig_result result;
	struct disk_handler d;
	struct rig_client r;
	char why[CONNECTION_WHY];
	uint32_t nexus;

	disk_handler_start(&d, &g, "disk", 1, MIB);
	map_lun(&g, 0, "disk");
	rig_open_nexus(&r, &g, TEST_INITIATOR, &nexus);
	rig_clear_unit_attention(&r, nexus, 0);
	for (int i = 0; i < 8192; i++)
		r.data[i] = (uint8_t)(i * 7 + i / 256);
	c = rig_make(nexus, 0, write_10, 10, SLUICE_DIR_OUT, 8192);
	assert_int_equal(rig_client_command(&r, &c, &result, why), 0);
	assert_int_equal(result.status, 0);
	assert_int_equal(result.residual_kind, SLUICE_RESIDUAL_NONE);
	assert_memory_equal(d.disk.bytes + 4096, r.data, 8192);
	c = rig_make(nexus, 0, read_10, 10, SLUICE_DIR_IN, 8192);
	c.data_off = 65536;
	assert_int_equal(rig_client_command(&r, &c, &result, why), 0);
	assert_int_equal(result.status, 0);
	assert_int_equal(result.data_len, 8192);
	assert_memory_equal(r.data + 65536, r.data, 8192);
	/* The initiator expects less, then more than the CDB says. */
	c.expected_len = 4096;
	assert_int_equal(rig_client_command(&r, &c, &result, why), 0);
	assert_int_equal(result.data_len, 4096);
	assert_int_equal(result.residual_kind, SLUICE_RESIDUAL_OVER);
	assert_int_equal(result.residual, 4096);
	c.expected_len = c.data_len = 10000;
	assert_int_equal(rig_client_command(&r, &c, &result, why), 0);
	assert_int_equal(result.data_len, 8192);
	assert_int_equal(result.residual_kind, SLUICE_RESIDUAL_UNDER);
	assert_int_equal(result.residual, 10000 - 8192);
	rig_client_close(&r);
	disk_handler_stop(&d);
}

static void should_return_sense_from_handler_and_core(void **state)
{
	const uint8_t unknown[6] = { 0xdf };
	const uint8_t inquiry[6] = { 0x12, 0, 0, 0, 96, 0 };
	struct sluice_rig_command c;
	struct sluice_rig_result result;
	struct disk_handler d;
	struct rig_client r;
	char why[CONNECTION_WHY];
	uint32_t nexus;

	disk_handler_start(&d, &g, "disk", 1, MIB);
	map_lun(&g, 0, "disk");
	rig_open_nexus(&r, &g, TEST_INITIATOR, &nexus);
	rig_clear_unit_attention(&r, nexus, 0);
	c = rig_make(nexus, 0, unknown, 6, SLUICE_DIR_NONE, 0);
	assert_int_equal(rig_client_command(&r, &c, &result, why), 0);
	assert_int_equal(result.status, 0x02);
	assert_int_equal(result.sense[2], 0x05);
	assert_int_equal(result.sense[12], 0x20);
	/* A LUN that is not mapped: INQUIRY says so in the peripheral qualifier (SPC-5 6.7.2). */
	c = rig_make(nexus, 9, inquiry, 6, SLUICE_DIR_IN, 96);
	assert_int_equal(rig_client_command(&r, &c, &result, why), 0);
	assert_int_equal(result.status, 0);
	assert_int_equal(r.data[0], 0x7f);
	rig_client_close(&r);
	disk_handler_stop(&d);
}

static void should_reinstate_a_nexus_with_loss_and_answer_functions(void **state)
{
	struct sluice_rig_tmf tmf = { .function = SLUICE_TMF_LOGICAL_UNIT_RESET };
	const uint8_t test_unit_ready[6] = { 0 };
	struct sluice_rig_command c;
	struct sluice_rig_result result;
	struct disk_handler d;
	struct rig_client r;
	char why[CONNECTION_WHY];
	uint32_t nexus, again;

	disk_handler_start(&d, &g, "disk", 1, MIB);
	map_lun(&g, 0, "disk");
	rig_open_nexus(&r, &g, TEST_INITIATOR, &nexus);
	assert_int_equal(rig_client_nexus(&r, TEST_INITIATOR, TEST_TARGET, &again, why), -EEXIST);
	rig_clear_unit_attention(&r, nexus, 0);
	tmf.nexus = nexus;
	assert_int_equal(rig_client_tmf(&r, &tmf, why), 0);
	assert_int_equal(tmf.response, SLUICE_TMF_COMPLETE);
	assert_int_equal(rig_client_nexus_close(&r, nexus, why), 0);
	assert_int_equal(rig_client_nexus(&r, TEST_INITIATOR, TEST_TARGET, &again, why), 0);
	c = rig_make(again, 0, test_unit_ready, 6, SLUICE_DIR_NONE, 0);
	assert_int_equal(rig_client_command(&r, &c, &result, why), 0);
	assert_int_equal(result.status, 0x02);
	assert_int_equal(result.sense[2], 0x06);
	assert_int_equal(result.sense[12], 0x29);
	assert_int_equal(result.sense[13], 0x07);
	rig_client_close(&r);
	disk_handler_stop(&d);
}

static void should_remove_a_target_with_its_nexuses(void **state)
{
	struct sluice_target t = { .name = TEST_TARGET };
	struct connection c;
	struct rig_client r;
	char why[CONNECTION_WHY];
	uint32_t nexus;

	map_lun(&g, 0, "disk");
	rig_open_nexus(&r, &g, TEST_INITIATOR, &nexus);
	control_open(&c, &g);
	if (connection_call(&c, SLUICE_OP_TARGET_REMOVE, &t, sizeof(t), NULL, 0, why))
		fail_msg("%s", why);
	assert_int_equal(connection_call(&c, SLUICE_OP_TARGET_REMOVE, &t, sizeof(t), NULL, 0, why),
			 -ENOENT);
	connection_close(&c);
	rig_client_close(&r);
}

int main(void)
{
#define WITH_GATEWAY(test) cmocka_unit_test_setup_teardown(test, start, stop)
	const struct CMUnitTest tests[] = {
		WITH_GATEWAY(should_not_let_a_handler_write_or_resize_the_gateway_region),
		WITH_GATEWAY(should_describe_the_session_in_its_control_page),
		WITH_GATEWAY(should_refuse_impossible_sessions_and_name_the_value),
		WITH_GATEWAY(should_refuse_a_second_session_and_devices_without_one),
		WITH_GATEWAY(should_name_the_owner_of_a_device_served_already),
		WITH_GATEWAY(should_keep_a_device_without_its_handler_and_give_it_back),
		WITH_GATEWAY(should_take_a_device_out_and_refuse_a_stranger),
		WITH_GATEWAY(should_close_a_session_that_breaks_its_ring_and_nobody_else),
		WITH_GATEWAY(should_carry_data_both_ways_through_ring_and_pool),
		WITH_GATEWAY(should_return_sense_from_handler_and_core),
		WITH_GATEWAY(should_reinstate_a_nexus_with_loss_and_answer_functions),
		WITH_GATEWAY(should_remove_a_target_with_its_nexuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
