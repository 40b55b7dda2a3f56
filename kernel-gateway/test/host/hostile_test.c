/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A handler that writes what it likes into its region, beside one that behaves: the
 * gateway lives, every command ends, and the good one's neighbours notice nothing.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"
#include "host/loop.h"

enum { ROUNDS = 25, DEPTH = 64, VICTIM_COMMANDS = 16 };

static struct gateway g;

static void ring_all(struct handler *h)
{
	const uint64_t one = 1;

	for (uint32_t i = 0; i <= h->queues; i++)
		(void)!write(h->bells[i], &one, sizeof(one));
}

/* Completions that are nearly right, at a plausible place; now and then a wild index. */
static void lie_in_queue(struct handler *h, unsigned int *seed, bool wild)
{
	const struct sluice_control *c = h->control;
	uint8_t *base = h->shared + c->user_queue_off;
	struct sluice_user_index *index = (void *)base;
	struct sluice_completion *slots = (void *)(base + c->user_comp_off);
	uint32_t producer = __atomic_load_n(&index->comp_producer, __ATOMIC_RELAXED);
	uint32_t n = (uint32_t)rand_r(seed) % 8;

	for (uint32_t i = 0; i < n; i++) {
		struct sluice_completion *s = &slots[(producer + i) % DEPTH];

		s->tag = (uint32_t)rand_r(seed) % (rand_r(seed) % 8 ? DEPTH : 0x7fffffff);
		s->generation = (uint32_t)rand_r(seed) % 4;
		s->status = (uint8_t)(rand_r(seed) % 3 ? 2 : rand_r(seed));
		s->flags = (uint8_t)(rand_r(seed) % 4 ? 0 : rand_r(seed));
		s->sense_len = (uint16_t)rand_r(seed);
		s->data_len = (uint32_t)rand_r(seed) * (uint32_t)(rand_r(seed) % 3);
	}
	memset(base + c->user_resp_off, rand_r(seed), DEPTH * sizeof(struct sluice_response));
	index->sub_consumer = (uint32_t)rand_r(seed);
	index->sleeping = (uint32_t)rand_r(seed) % 3;
	__atomic_store_n(&index->comp_producer, producer + (wild ? (uint32_t)rand_r(seed) : n),
			 __ATOMIC_RELEASE);
}

static void lie_in_admin_ring(struct handler *h, unsigned int *seed, bool wild)
{
	struct sluice_user_index *index = (void *)(h->shared + h->control->user_admin_off);
	struct sluice_request request;
	uint8_t *bytes = (uint8_t *)&request;

	for (size_t i = 0; i < sizeof(request); i++)
		bytes[i] = rand_r(seed) % 4 ? 0 : (uint8_t)rand_r(seed);
	request.type = (uint32_t)rand_r(seed) % 4;
	request.device = (uint32_t)rand_r(seed) % 4;
	handler_request(h, &request);
	if (wild)
		__atomic_store_n(&index->comp_producer, (uint32_t)rand_r(seed), __ATOMIC_RELEASE);
}

/* Commands for the liar, unanswered until its session is gone; then each has its end. */
static void send_commands(struct rig_client *r, uint32_t nexus)
{
	const uint8_t read_10[10] = { 0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0 };
	struct sluice_rig_command c = rig_make(nexus, 1, read_10, 10, SLUICE_DIR_IN, 4096);

	for (uint64_t tag = 0; tag < VICTIM_COMMANDS; tag++) {
		c.task_tag = tag;
		assert_int_equal(
			connection_send(&r->link, SLUICE_OP_RIG_COMMAND, &c, sizeof(c), NULL), 0);
	}
}

static void receive_ends(struct rig_client *r)
{
	struct message m;
	uint32_t seen = 0;

	for (int i = 0; i < VICTIM_COMMANDS; i++) {
		assert_int_equal(connection_receive(&r->link, &m), 0);
		assert_int_equal(m.head.status, 0);
		seen |= 1u << ((const struct sluice_rig_result *)m.body)->task_tag;
	}
	assert_int_equal(seen, (1u << VICTIM_COMMANDS) - 1);
}

static void one_liar(unsigned int *seed, struct rig_client *r, uint32_t nexus)
{
	struct sluice_device_add add;
	struct handler h;
	char why[CONNECTION_WHY];
	uint32_t device;

	if (handler_open(&h, g.socket, "liar", 1, DEPTH, 64 << 20, why))
		fail_msg("%s", why);
	ram_disk_describe(&add, "victim");
	add.recovery = SLUICE_RECOVERY_FAIL; /* its commands end with it */
	if (handler_device_add(&h, &add, &device, why))
		fail_msg("%s", why);
	send_commands(r, nexus);
	for (int i = 0; i < 30; i++) {
		bool wild = rand_r(seed) % 40 == 0;

		lie_in_queue(&h, seed, wild);
		lie_in_admin_ring(&h, seed, wild);
		ring_all(&h);
		if (rand_r(seed) % 2)
			usleep(200);
	}
	handler_close(&h);
	receive_ends(r);
}

static _Atomic bool done;
static uint32_t good_commands;

static void *behave(void *arg)
{
	const uint8_t write_10[10] = { 0x2a, 0, 0, 0, 0, 0, 0, 0, 8, 0 };
	const uint8_t read_10[10] = { 0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0 };
	struct sluice_rig_result result;
	struct sluice_rig_command c;
	struct rig_client *r = arg;
	char why[CONNECTION_WHY];
	static uint8_t sent[4096];
	uint32_t nexus = *(uint32_t *)(r->data + r->data_bytes - 4);

	while (!done) {
		memset(sent, (int)++good_commands, sizeof(sent));
		memcpy(r->data, sent, sizeof(sent));
		c = rig_make(nexus, 0, write_10, 10, SLUICE_DIR_OUT, 4096);
		if (rig_client_command(r, &c, &result, why) || result.status)
			return (void *)1;
		memset(r->data, 0, sizeof(sent));
		c = rig_make(nexus, 0, read_10, 10, SLUICE_DIR_IN, 4096);
		if (rig_client_command(r, &c, &result, why) || result.status ||
		    memcmp(r->data, sent, sizeof(sent)) != 0)
			return (void *)2;
	}
	return NULL;
}

static void should_outlive_a_handler_that_lies_and_serve_the_other(void **state)
{
	unsigned int seed = (unsigned int)loop_clock();
	static struct disk_handler good;
	struct rig_client good_rig, victim_rig;
	uint32_t nexus;
	pthread_t thread;
	void *result;

	print_message("seed %u\n", seed);
	gateway_start(&g, 2);
	map_lun(&g, 0, "good");
	map_lun(&g, 1, "victim");
	disk_handler_start(&good, &g, "good", 2, 1 << 20);
	rig_open_nexus(&good_rig, &g, TEST_INITIATOR, &nexus);
	rig_clear_unit_attention(&good_rig, nexus, 0);
	memcpy(good_rig.data + good_rig.data_bytes - 4, &nexus, 4);
	assert_int_equal(pthread_create(&thread, NULL, behave, &good_rig), 0);
	rig_open_nexus(&victim_rig, &g, "iqn.2026-11.io.sluice:victim,i,0x000000000001", &nexus);
	for (int i = 0; i < ROUNDS; i++)
		one_liar(&seed, &victim_rig, nexus);
	done = true;
	pthread_join(thread, &result);
	assert_null(result);
	assert_in_range(good_commands, 10, UINT32_MAX);
	rig_client_close(&victim_rig);
	rig_client_close(&good_rig);
	disk_handler_stop(&good);
	gateway_stop(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_outlive_a_handler_that_lies_and_serve_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
