/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Each class of attack by itself, against a gateway that does nothing else: exactly what
 * it must be counted as, and exactly what the initiator of the command at hand is told.
 */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "hostile.h"
#include "test/host/fixture.h"
#include "test/host/program.h"

#define PATIENT_NS \
	20000000000ull /* no command here ends by its deadline, but where that is wanted */
#define ROUNDS	  8
#define NO_COUNTS 0, 0, 0

struct counts {
	uint64_t drops, faults, breaks;
};

static char directory[64];
static struct gateway gateway; /* only its socket: the gateway is a process */
static struct program sluiced;
static struct hostile_report report;
static struct hostile_options options = { .seed = 7, .foreign_name = "other" };
static struct hostile x;
static struct rig_client rig;
static uint32_t nexus;
static struct connection control;

/* ---- The stage --------------------------------------------------------------------------------- */

static struct counts counts(void)
{
	struct sluice_gateway_info info;
	char why[CONNECTION_WHY];

	if (connection_call(&control, SLUICE_OP_GATEWAY_INFO, NULL, 0, &info, sizeof(info), why))
		fail_msg("%s", why);
	return (struct counts){ info.dropped_completions, info.handler_faults,
				info.broken_sessions };
}

static void begin(void)
{
	if (!life_begin(&x))
		fail_msg("%s", report.failure);
}

static void settle(void)
{
	if (!queue_settle(&x) || !requests_settle(&x))
		fail_msg("%s", report.failure);
}

static struct held *held_command(uint32_t *q)
{
	for (uint32_t i = 0; i < x.h.queues; i++)
		queue_look(&x, i);
	return queue_pick(&x, 0, q);
}

static void send_read(void)
{
	const uint8_t read_10[10] = { 0x28, [8] = 8 };
	struct sluice_rig_command c = rig_make(nexus, 0, read_10, 10, SLUICE_DIR_IN, 4096);

	assert_int_equal(connection_send(&rig.link, SLUICE_OP_RIG_COMMAND, &c, sizeof(c), NULL), 0);
}

static void receive_end(struct sluice_rig_result *result)
{
	struct message m;

	assert_int_equal(connection_receive(&rig.link, &m), 0);
	assert_int_equal(m.head.op, SLUICE_OP_RIG_COMMAND);
	assert_int_equal(m.head.status, 0);
	memcpy(result, m.body, sizeof(*result));
}

/* A READ of 4096 bytes that the handler holds; a new nexus has Unit Attentions before it. */
static struct held *hold_a_read(uint32_t *q)
{
	struct sluice_rig_result result;
	struct held *held;

	send_read();
	for (uint64_t give_up = hostile_clock() + HOSTILE_PATIENCE_NS; hostile_clock() < give_up;) {
		struct pollfd p = { .fd = rig.link.fd, .events = POLLIN };

		held = held_command(q);
		if (held)
			return held;
		if (poll(&p, 1, 1) != 1)
			continue;
		receive_end(&result);
		assert_int_equal(result.status, 0x02);
		assert_int_equal(result.sense[2] & 0xf, 0x6);
		send_read();
	}
	fail_msg("the command does not come");
	return NULL;
}

static void assert_sense(const struct sluice_rig_result *r, uint8_t key, uint16_t asc)
{
	assert_int_equal(r->status, 0x02);
	assert_int_equal(r->sense[2] & 0xf, key);
	assert_int_equal(r->sense[12] << 8 | r->sense[13], asc);
	assert_int_equal(r->data_len, 0);
}

static int set_up(void **state)
{
	char *const argv[] = { "sluiced", "--socket", gateway.socket, "--log-level", "error", NULL };

	program_directory(directory, gateway.socket);
	program_start(&sluiced, argv, false);
	program_wait_until_ready(gateway.socket);
	map_lun(&gateway, 0, hostile_device_names[0]);
	control_open(&control, &gateway);
	options.socket = gateway.socket;
	/* There is no other device: the identifier is nobody's, until the test gives it to somebody. */
	options.foreign_device = 99;
	options.timeout_ns = PATIENT_NS;
	options.grace_ns = PATIENT_NS;
	memset(&report, 0, sizeof(report));
	x = (struct hostile){ .options = &options,
			      .report = &report,
			      .random = { options.seed },
			      .loose = { .fd = -1 } };
	begin();
	rig_open_nexus(&rig, &gateway, TEST_INITIATOR, &nexus);
	return 0;
}

static int tear_down(void **state)
{
	life_end(&x);
	rig_client_close(&rig);
	connection_close(&control);
	kill(sluiced.pid, SIGTERM);
	assert_int_equal(program_finish(&sluiced, NULL, 0), 0);
	program_remove_directory(directory, gateway.socket);
	return 0;
}

/* Does it, lets the gateway take it, and compares. */
static void assert_counted(bool (*attack)(struct hostile *, const struct decision *),
			   struct counts expected)
{
	struct counts before = counts(), after;
	struct decision d;
	int tries = 0;

	/* It may choose a tag, or a queue, that is not of its class just now. */
	do {
		d.a = random_u64(&x.random);
		d.b = random_u64(&x.random);
		d.c = random_u64(&x.random);
	} while (!attack(&x, &d) && !report.failure[0] && ++tries < 1000);
	if (report.failure[0] || tries == 1000)
		fail_msg("a %llx, b %llx, c %llx: %s", (unsigned long long)d.a,
			 (unsigned long long)d.b, (unsigned long long)d.c, report.failure);
	if (expected.breaks) {
		life_end(&x);
		begin();
	} else {
		settle();
	}
	after = counts();
	assert_int_equal(after.drops - before.drops, expected.drops);
	assert_int_equal(after.faults - before.faults, expected.faults);
	assert_int_equal(after.breaks - before.breaks, expected.breaks);
}

/* ---- Completions for nothing ------------------------------------------------------------------------ */

/* The command at hand is unharmed by each, and ends as its right answer says. */
static void should_drop_what_answers_no_command(void **state)
{
	static bool (*const each[])(struct hostile *, const struct decision *) = {
		attack_wrong_tag,
		attack_unused_tag,
		attack_stale_generation,
	};
	struct sluice_rig_result r;

	for (uint32_t i = 0; i < ROUNDS * 3; i++) {
		uint32_t q;
		struct held *held = hold_a_read(&q);
		bool (*attack)(struct hostile *, const struct decision *) = each[i % 3];

		assert_counted(attack, (struct counts){ .drops = 1 });
		queue_answer(&x, q, held, 4096);
		receive_end(&r);
		assert_int_equal(r.status, 0);
		assert_int_equal(r.data_len, 4096);
		assert_int_equal(r.residual_kind, SLUICE_RESIDUAL_NONE);
	}
}

static void should_take_the_first_of_two_answers(void **state)
{
	struct sluice_rig_result r;
	uint32_t q;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		hold_a_read(&q);
		assert_counted(attack_double, (struct counts){ .drops = 1 });
		receive_end(&r);
		assert_int_equal(r.status, 0);
		assert_int_equal(r.data_len + r.residual, 4096);
	}
}

/* ---- Wrong answers ------------------------------------------------------------------------------------- */

static void should_end_a_command_with_hardware_error_for_what_is_no_answer(void **state)
{
	static bool (*const each[])(struct hostile *, const struct decision *) = {
		attack_bad_status,
		attack_bad_flags,
		attack_bad_sense,
	};
	struct sluice_rig_result r;
	uint32_t q;

	for (uint32_t i = 0; i < ROUNDS * 3; i++) {
		hold_a_read(&q);
		assert_counted(each[i % 3], (struct counts){ .faults = 1 });
		receive_end(&r);
		assert_sense(&r, 0x4, 0x4400);
	}
}

static void should_cut_lengths_to_what_there_can_be(void **state)
{
	struct sluice_rig_result r;
	uint32_t q;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		hold_a_read(&q);
		assert_counted(attack_long_sense, (struct counts){ NO_COUNTS });
		receive_end(&r);
		assert_int_equal(r.status, 0x02);
		/* Descriptor format became the device's fixed format. */
		assert_int_equal(r.sense[0], 0x70);
		assert_true(r.sense_len == SLUICE_SENSE_MAX || r.sense_len == 18);
		hold_a_read(&q);
		assert_counted(attack_absurd_length, (struct counts){ NO_COUNTS });
		receive_end(&r);
		assert_int_equal(r.status, 0);
		assert_int_equal(r.data_len, 4096);
		assert_int_equal(r.residual_kind, SLUICE_RESIDUAL_OVER);
	}
}

static void device(struct sluice_device_info *info)
{
	device_info(&gateway, hostile_device_names[0], info);
}

static void should_keep_tag_and_buffer_of_a_late_command_until_it_is_answered(void **state)
{
	struct sluice_device_info before, after;
	struct sluice_rig_result r;
	struct held *held;
	uint32_t q;

	life_end(&x);
	options.timeout_ns = PATIENT_NS / 400;
	begin();
	device(&before);
	held = hold_a_read(&q);
	/* Nobody says anything: the end comes by the deadline. */
	receive_end(&r);
	assert_sense(&r, 0xb, 0x2e02);
	device(&after);
	assert_int_equal(after.timeouts - before.timeouts, 1);
	assert_int_equal(after.quarantined, 1);
	queue_answer(&x, q, held, 4096);
	settle();
	device(&after);
	assert_int_equal(after.quarantined, 0);
	/* Once more is once too many. */
	assert_counted(attack_double_later, (struct counts){ .drops = 1 });
}

/* ---- Requests -------------------------------------------------------------------------------------------- */

static void should_count_each_request_that_is_none(void **state)
{
	for (uint32_t i = 0; i < ROUNDS * 6; i++) {
		assert_counted(attack_garbage_request, (struct counts){ .faults = 1 });
		assert_counted(attack_foreign_request, (struct counts){ .faults = 1 });
	}
}

static void should_take_a_whole_ring_of_requests_right_and_wrong(void **state)
{
	uint64_t before = report.faults;
	struct counts from = counts();

	for (uint32_t i = 0; i < ROUNDS; i++) {
		const struct decision d = { .a = i, .b = random_u64(&x.random), .c = i };

		assert_true(attack_request_flood(&x, &d));
		settle();
	}
	assert_true(report.faults > before);
	assert_int_equal(counts().faults - from.faults, report.faults - before);
}

/* ---- Indices --------------------------------------------------------------------------------------------- */

static void should_break_the_session_for_an_index_that_makes_no_sense(void **state)
{
	static bool (*const each[])(struct hostile *, const struct decision *) = {
		attack_producer_ahead,
		attack_producer_back,
		attack_requests_ahead,
		attack_requests_back,
	};
	struct sluice_rig_result r;
	uint32_t q;

	for (uint32_t i = 0; i < ROUNDS * 4; i++) {
		hold_a_read(&q);
		assert_counted(each[i % 4], (struct counts){ .breaks = 1 });
		/* By the device's recovery policy, FAIL. */
		receive_end(&r);
		assert_sense(&r, 0xb, 0x0800);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(should_drop_what_answers_no_command),
		TEST(should_take_the_first_of_two_answers),
		TEST(should_end_a_command_with_hardware_error_for_what_is_no_answer),
		TEST(should_cut_lengths_to_what_there_can_be),
		TEST(should_keep_tag_and_buffer_of_a_late_command_until_it_is_answered),
		TEST(should_count_each_request_that_is_none),
		TEST(should_take_a_whole_ring_of_requests_right_and_wrong),
		TEST(should_break_the_session_for_an_index_that_makes_no_sense),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
