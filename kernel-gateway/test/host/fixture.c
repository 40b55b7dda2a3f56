/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "fixture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/log.h"
#include "host/loop.h"

/* ---- The gateway ----------------------------------------------------------------- */

static void *gateway_main(void *arg)
{
	struct gateway *g = arg;
	char why[256] = "";

	g->result = sluiced_run(g->daemon, why);
	return NULL;
}

void gateway_start(struct gateway *g, uint32_t loops)
{
	gateway_start_with(g,
			   (struct sluiced_options){ .loops = loops, .spin_ns = LOOP_SPIN_AUTO });
}

void gateway_start_with(struct gateway *g, struct sluiced_options options)
{
	char why[256];

	log_set_level(getenv("SLUICE_TEST_LOG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR);
	memset(g, 0, sizeof(*g));
	strcpy(g->directory, "/tmp/sluice-test-XXXXXX");
	assert_non_null(mkdtemp(g->directory));
	snprintf(g->socket, sizeof(g->socket), "%s/gateway.sock", g->directory);
	options.socket = g->socket;
	if (sluiced_create(&options, &g->daemon, why))
		fail_msg("%s", why);
	assert_int_equal(pthread_create(&g->thread, NULL, gateway_main, g), 0);
	g->running = true;
}

void gateway_stop(struct gateway *g)
{
	char lock[128];

	sluiced_stop(g->daemon);
	pthread_join(g->thread, NULL);
	assert_int_equal(g->result, 0);
	sluiced_destroy(g->daemon);
	snprintf(lock, sizeof(lock), "%s.lock", g->socket);
	assert_int_equal(access(g->socket, F_OK), -1);
	unlink(lock);
	rmdir(g->directory);
	g->running = false;
}

/* ---- A handler -------------------------------------------------------------------- */

struct queue_start {
	struct disk_handler *d;
	uint32_t queue;
};

static void *queue_main(void *arg)
{
	struct queue_start *s = arg;

	handler_run_queue(&s->d->handler, s->queue, ram_disk_execute, &s->d->disk);
	free(s);
	return NULL;
}

static void *admin_main(void *arg)
{
	handler_run_admin(arg);
	return NULL;
}

void disk_handler_start(struct disk_handler *d, const struct gateway *g, const char *name,
			uint32_t queues, uint64_t bytes)
{
	struct sluice_device_add add;
	char why[CONNECTION_WHY];

	assert_int_equal(ram_disk_create(&d->disk, bytes, 512, false), 0);
	if (handler_open(&d->handler, g->socket, "test", queues, 64, 64ull << 20, why))
		fail_msg("%s", why);
	ram_disk_describe(&add, name);
	if (handler_device_add(&d->handler, &add, &d->device, why))
		fail_msg("%s", why);
	for (uint32_t q = 0; q < queues; q++) {
		struct queue_start *s = malloc(sizeof(*s));

		*s = (struct queue_start){ d, q };
		assert_int_equal(pthread_create(&d->queues[q], NULL, queue_main, s), 0);
	}
	assert_int_equal(pthread_create(&d->admin, NULL, admin_main, &d->handler), 0);
}

void disk_handler_stop(struct disk_handler *d)
{
	handler_stop(&d->handler);
	for (uint32_t q = 0; q < d->handler.queues; q++)
		pthread_join(d->queues[q], NULL);
	pthread_join(d->admin, NULL);
	handler_close(&d->handler);
	ram_disk_destroy(&d->disk);
}

/* ---- Control ----------------------------------------------------------------------- */

void control_open(struct connection *c, const struct gateway *g)
{
	char why[CONNECTION_WHY];

	if (connection_open(c, g->socket, SLUICE_ROLE_CONTROL, "test", why))
		fail_msg("%s", why);
}

void map_lun(const struct gateway *g, uint32_t lun, const char *device)
{
	struct sluice_target t = { .name = TEST_TARGET };
	struct sluice_lun l = { .target = TEST_TARGET, .group = "default", .lun = lun };
	char why[CONNECTION_WHY];
	struct connection c;

	control_open(&c, g);
	snprintf(l.device, sizeof(l.device), "%s", device);
	if (connection_call(&c, SLUICE_OP_TARGET_ADD, &t, sizeof(t), NULL, 0, why) ||
	    connection_call(&c, SLUICE_OP_LUN_MAP, &l, sizeof(l), NULL, 0, why))
		fail_msg("%s", why);
	connection_close(&c);
}

void device_info(const struct gateway *g, const char *name, struct sluice_device_info *info)
{
	struct sluice_cursor cursor = { 0 };
	char why[CONNECTION_WHY];
	struct connection c;

	control_open(&c, g);
	do {
		if (connection_call(&c, SLUICE_OP_DEVICE_INFO, &cursor, sizeof(cursor), info,
				    sizeof(*info), why))
			fail_msg("%s: %s", name, why);
		cursor.index++;
	} while (strcmp(info->name, name) != 0);
	connection_close(&c);
}

/* ---- The rig ------------------------------------------------------------------------ */

void rig_open_nexus(struct rig_client *r, const struct gateway *g, const char *initiator,
		    uint32_t *nexus)
{
	char why[CONNECTION_WHY];

	if (rig_client_open(r, g->socket, "test", 8u << 20, why) ||
	    rig_client_nexus(r, initiator, TEST_TARGET, nexus, why))
		fail_msg("%s", why);
}

struct sluice_rig_command rig_make(uint32_t nexus, uint32_t lun, const uint8_t *cdb,
				   uint16_t cdb_len, enum sluice_direction direction,
				   uint32_t data_len)
{
	struct sluice_rig_command c = { .nexus = nexus,
					.attribute = SLUICE_ATTR_SIMPLE,
					.direction = (uint8_t)direction,
					.cdb_len = cdb_len,
					.data_len = data_len,
					.expected_len = data_len };

	memcpy(c.cdb, cdb, cdb_len);
	rig_client_lun(c.lun, lun);
	return c;
}

void rig_clear_unit_attention(struct rig_client *r, uint32_t nexus, uint32_t lun)
{
	const uint8_t test_unit_ready[6] = { 0 };
	struct sluice_rig_command c = rig_make(nexus, lun, test_unit_ready, 6, SLUICE_DIR_NONE, 0);
	struct sluice_rig_result result;
	char why[CONNECTION_WHY];

	for (int i = 0; i < 8; i++) {
		if (rig_client_command(r, &c, &result, why))
			fail_msg("%s", why);
		if (result.status == 0)
			return;
		assert_int_equal(result.status, 0x02);
		assert_int_equal(result.sense[2] & 0xf, 0x6);
	}
	fail_msg("unit attentions do not end");
}
