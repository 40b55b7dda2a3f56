/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Commands that the handler has not answered yet: aborts, removals, departures, the gateway's end. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

static void *serve_queue_0(void *arg)
{
	struct disk_handler *d = arg;

	handler_run_queue(&d->handler, 0, ram_disk_execute, &d->disk);
	return NULL;
}

/* A session with a device and nobody at its queue, and a nexus past its unit attentions. */
static void start_silent(struct disk_handler *d, struct rig_client *r, uint32_t *nexus)
{
	struct sluice_device_add add;
	char why[CONNECTION_WHY];

	map_lun(&g, 0, "disk");
	assert_int_equal(ram_disk_create(&d->disk, MIB, 512, false), 0);
	if (handler_open(&d->handler, g.socket, "silent", 1, 64, 64 * MIB, why))
		fail_msg("%s", why);
	ram_disk_describe(&add, "disk");
	if (handler_device_add(&d->handler, &add, &d->device, why))
		fail_msg("%s", why);
	rig_open_nexus(r, &g, TEST_INITIATOR, nexus);
	d->handler.stopping = false;
	assert_int_equal(pthread_create(&d->queues[0], NULL, serve_queue_0, d), 0);
	rig_clear_unit_attention(r, *nexus, 0);
	handler_stop(&d->handler);
	pthread_join(d->queues[0], NULL);
	d->handler.stopping = false;
}

static void speak(struct disk_handler *d)
{
	assert_int_equal(pthread_create(&d->queues[0], NULL, serve_queue_0, d), 0);
}

static void finish_silent(struct disk_handler *d)
{
	handler_stop(&d->handler);
	pthread_join(d->queues[0], NULL);
	handler_close(&d->handler);
	ram_disk_destroy(&d->disk);
}

static void send_read(struct rig_client *r, uint32_t nexus, uint64_t tag)
{
	const uint8_t read_10[10] = { 0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0 };
	struct sluice_rig_command c = rig_make(nexus, 0, read_10, 10, SLUICE_DIR_IN, 512);

	c.task_tag = tag;
	assert_int_equal(connection_send(&r->link, SLUICE_OP_RIG_COMMAND, &c, sizeof(c), NULL), 0);
}

static void should_answer_an_abort_only_after_its_command_ended(void **state)
{
	struct sluice_rig_tmf tmf = { .function = SLUICE_TMF_ABORT_TASK, .task_tag = 77 };
	struct disk_handler d;
	struct rig_client r;
	struct message first, second;

	start_silent(&d, &r, &tmf.nexus);
	send_read(&r, tmf.nexus, 77);
	assert_int_equal(connection_send(&r.link, SLUICE_OP_RIG_TMF, &tmf, sizeof(tmf), NULL), 0);
	usleep(20000);
	speak(&d);
	assert_int_equal(connection_receive(&r.link, &first), 0);
	assert_int_equal(connection_receive(&r.link, &second), 0);
	assert_int_equal(first.head.op, SLUICE_OP_RIG_COMMAND);
	assert_int_equal(((struct sluice_rig_result *)first.body)->aborted, 1);
	assert_int_equal(second.head.op, SLUICE_OP_RIG_TMF);
	assert_int_equal(((struct sluice_rig_tmf *)second.body)->response, SLUICE_TMF_COMPLETE);
	rig_client_close(&r);
	finish_silent(&d);
}

static void should_answer_device_remove_after_the_devices_commands(void **state)
{
	struct sluice_device_remove remove = { 0 };
	struct disk_handler d;
	struct rig_client r;
	struct message m;
	struct pollfd poll_fd;
	uint32_t nexus;

	start_silent(&d, &r, &nexus);
	send_read(&r, nexus, 1);
	usleep(20000);
	remove.device = d.device;
	assert_int_equal(connection_send(&d.handler.link, SLUICE_OP_DEVICE_REMOVE, &remove,
					 sizeof(remove), NULL),
			 0);
	poll_fd = (struct pollfd){ .fd = d.handler.link.fd, .events = POLLIN };
	assert_int_equal(poll(&poll_fd, 1, 50), 0);
	speak(&d);
	assert_int_equal(connection_receive(&d.handler.link, &m), 0);
	assert_int_equal(m.head.op, SLUICE_OP_DEVICE_REMOVE);
	assert_int_equal(m.head.status, 0);
	assert_int_equal(connection_receive(&r.link, &m), 0);
	assert_int_equal(((struct sluice_rig_result *)m.body)->status, 0);
	rig_client_close(&r);
	finish_silent(&d);
}

static void should_survive_clients_that_leave_in_the_middle_of_commands(void **state)
{
	struct sluice_device_info info;
	struct disk_handler d;
	struct rig_client r;
	uint32_t nexus;

	start_silent(&d, &r, &nexus);
	for (uint64_t tag = 0; tag < 20; tag++)
		send_read(&r, nexus, tag);
	usleep(10000);
	rig_client_close(&r);
	usleep(10000);
	speak(&d);
	for (int i = 0; i < 200; i++) {
		device_info(&g, "disk", &info);
		if (info.live == 0)
			break;
		usleep(10000);
	}
	assert_int_equal(info.live, 0);
	finish_silent(&d);
}

static void should_end_in_order_while_a_handler_holds_commands(void **state)
{
	struct disk_handler d;
	struct rig_client r;
	uint32_t nexus;

	start_silent(&d, &r, &nexus);
	for (uint64_t tag = 0; tag < 20; tag++)
		send_read(&r, nexus, tag);
	usleep(10000);
	gateway_stop(&g);
	rig_client_close(&r);
	speak(&d);
	finish_silent(&d);
	gateway_start(&g, 1);
}

int main(void)
{
#define WITH_GATEWAY(test) cmocka_unit_test_setup_teardown(test, start, stop)
	const struct CMUnitTest tests[] = {
		WITH_GATEWAY(should_answer_an_abort_only_after_its_command_ended),
		WITH_GATEWAY(should_answer_device_remove_after_the_devices_commands),
		WITH_GATEWAY(should_survive_clients_that_leave_in_the_middle_of_commands),
		WITH_GATEWAY(should_end_in_order_while_a_handler_holds_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
