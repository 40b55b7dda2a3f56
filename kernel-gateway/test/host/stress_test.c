/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Two loops, two queues, several initiators, handlers that die: what the race
 * detectors look at. Data is compared, so a mix-up of buffers shows without them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"
#include "host/loop.h"

enum { BLOCK = 512, SPAN = 8, SLOTS = 16, DISK_BYTES = 4 << 20 };

/* For other threads than the test's: cmocka's assertions jump to that one's stack. */
#define MUST(condition)                                                                 \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                        \
		}                                                                       \
	} while (0)

/* One initiator with SLOTS commands in flight, each slot writing and reading an extent of its own. */
struct initiator {
	const struct gateway *g;
	uint32_t number;
	uint32_t commands;
	unsigned int seed;
	bool forgetful; /* disks come back empty: data says nothing */
	struct rig_client rig;
	uint32_t nexus;
	struct {
		uint32_t round;
		bool reading;
	} slot[SLOTS];
	uint32_t good, other, mismatched;
	pthread_t thread;
};

static uint8_t *slot_data(struct initiator *i, uint32_t slot)
{
	return i->rig.data + slot * SPAN * BLOCK;
}

static void fill(const struct initiator *i, uint32_t slot, uint8_t *out)
{
	for (uint32_t n = 0; n < SPAN * BLOCK; n++)
		out[n] = (uint8_t)(i->number * 31 + slot * 7 + i->slot[slot].round * 13 + n);
}

static void send_slot(struct initiator *i, uint32_t slot)
{
	uint32_t lba = (i->number * SLOTS + slot) * SPAN;
	uint8_t cdb[10] = { i->slot[slot].reading ? 0x28 : 0x2a };
	struct sluice_rig_command c;

	cdb[4] = (uint8_t)(lba >> 8);
	cdb[5] = (uint8_t)lba;
	cdb[8] = SPAN;
	if (i->slot[slot].reading)
		memset(slot_data(i, slot), 0, SPAN * BLOCK);
	else
		fill(i, slot, slot_data(i, slot));
	c = rig_make(i->nexus, 0, cdb, 10, i->slot[slot].reading ? SLUICE_DIR_IN : SLUICE_DIR_OUT,
		     SPAN * BLOCK);
	c.task_tag = slot;
	c.data_off = slot * SPAN * BLOCK;
	MUST(connection_send(&i->rig.link, SLUICE_OP_RIG_COMMAND, &c, sizeof(c), NULL) == 0);
}

static void judge(struct initiator *i, const struct sluice_rig_result *r)
{
	uint32_t slot = (uint32_t)r->task_tag;
	uint8_t expected[SPAN * BLOCK];

	if (r->aborted || r->status) {
		/* Neither written nor read for sure: start the slot over with a write. */
		i->other++;
		i->slot[slot].reading = false;
		return;
	}
	i->good++;
	if (i->slot[slot].reading && !i->forgetful) {
		fill(i, slot, expected);
		i->mismatched += memcmp(expected, slot_data(i, slot), sizeof(expected)) != 0;
		i->slot[slot].round = (uint32_t)rand_r(&i->seed);
	}
	i->slot[slot].reading = !i->slot[slot].reading;
}

static void *initiator_main(void *arg)
{
	struct initiator *i = arg;
	uint32_t sent = 0, ended = 0;
	struct message m;

	for (uint32_t s = 0; s < SLOTS; s++, sent++)
		send_slot(i, s);
	while (ended < sent) {
		MUST(connection_receive(&i->rig.link, &m) == 0);
		MUST(m.head.status == 0);
		judge(i, (const void *)m.body);
		ended++;
		if (sent < i->commands) {
			send_slot(i,
				  (uint32_t)((const struct sluice_rig_result *)m.body)->task_tag);
			sent++;
		}
	}
	return NULL;
}

static void start_initiator(struct initiator *i, const struct gateway *g, uint32_t number,
			    uint32_t commands, bool forgetful)
{
	char port[64];

	*i = (struct initiator){ .g = g,
				 .number = number,
				 .commands = commands,
				 .seed = number,
				 .forgetful = forgetful };
	snprintf(port, sizeof(port), "iqn.2026-11.io.sluice:rig%u,i,0x000000000001", number);
	rig_open_nexus(&i->rig, g, port, &i->nexus);
	rig_clear_unit_attention(&i->rig, i->nexus, 0);
	assert_int_equal(pthread_create(&i->thread, NULL, initiator_main, i), 0);
}

static void finish_initiator(struct initiator *i)
{
	pthread_join(i->thread, NULL);
	rig_client_close(&i->rig);
	assert_int_equal(i->mismatched, 0);
	assert_int_equal(i->good + i->other, i->commands);
}

static void should_mix_up_nothing_with_two_loops_and_two_queues(void **state)
{
	static struct initiator i[3];
	struct sluice_device_info info;
	static struct disk_handler d;
	static struct gateway g;

	gateway_start(&g, 2);
	disk_handler_start(&d, &g, "disk", 2, DISK_BYTES);
	map_lun(&g, 0, "disk");
	for (uint32_t n = 0; n < 3; n++)
		start_initiator(&i[n], &g, n, 4000, false);
	for (uint32_t n = 0; n < 3; n++) {
		finish_initiator(&i[n]);
		assert_int_equal(i[n].other, 0);
	}
	device_info(&g, "disk", &info);
	assert_int_equal(info.live, 0);
	assert_true(info.commands >= 12000);
	disk_handler_stop(&d);
	gateway_stop(&g);
}

/* Serves for a while and lets go without a word, again and again. */
static void *dying_handlers(void *arg)
{
	unsigned int seed = 1;

	for (int n = 0; n < 8; n++) {
		static struct disk_handler d;

		disk_handler_start(&d, arg, "disk", 2, DISK_BYTES);
		usleep(1000 + (unsigned int)rand_r(&seed) % 20000);
		disk_handler_stop(&d);
	}
	return NULL;
}

static void should_end_every_command_once_while_handlers_come_and_go(void **state)
{
	static struct disk_handler last;
	static struct initiator i[2];
	static struct gateway g;
	struct sluice_device_info info;
	pthread_t thread;

	gateway_start(&g, 2);
	map_lun(&g, 0, "disk");
	disk_handler_start(&last, &g, "disk", 2, DISK_BYTES);
	for (uint32_t n = 0; n < 2; n++)
		start_initiator(&i[n], &g, n, 20000, true);
	disk_handler_stop(&last);
	assert_int_equal(pthread_create(&thread, NULL, dying_handlers, &g), 0);
	pthread_join(thread, NULL);
	disk_handler_start(&last, &g, "disk", 2, DISK_BYTES);
	for (uint32_t n = 0; n < 2; n++) {
		finish_initiator(&i[n]);
	}
	print_message("%u commands ended GOOD, %u otherwise\n", i[0].good + i[1].good,
		      i[0].other + i[1].other);
	/* It says REDELIVER: whoever serves it next answers what the former one did not. */
	assert_int_equal(i[0].other + i[1].other, 0);
	device_info(&g, "disk", &info);
	assert_int_equal(info.live, 0);
	disk_handler_stop(&last);
	gateway_stop(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_mix_up_nothing_with_two_loops_and_two_queues),
		cmocka_unit_test(should_end_every_command_once_while_handlers_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
