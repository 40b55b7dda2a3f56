/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* RIG_TIME: only if asked for at the start, and what is due is done before the reply. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "host/loop.h"

#define SECOND_NS 1000000000ull

static struct gateway g;

static int start_with_time(void **state)
{
	gateway_start_with(&g, (struct sluiced_options){
				       .loops = 2, .spin_ns = LOOP_SPIN_AUTO, .rig_time = true });
	return 0;
}

static int start_without(void **state)
{
	gateway_start(&g, 1);
	return 0;
}

static int stop(void **state)
{
	gateway_stop(&g);
	return 0;
}

static int advance(struct sluice_rig_time request, struct sluice_rig_time *reply,
		   char why[CONNECTION_WHY])
{
	struct connection c;
	int err;

	assert_int_equal(connection_open(&c, g.socket, SLUICE_ROLE_RIG, "test", why), 0);
	err = connection_call(&c, SLUICE_OP_RIG_TIME, &request, sizeof(request), reply,
			      sizeof(*reply), why);
	connection_close(&c);
	return err;
}

static void should_keep_to_the_machines_clock_unless_started_for_tests(void **state)
{
	struct sluice_rig_time reply;
	char why[CONNECTION_WHY];

	assert_int_equal(advance((struct sluice_rig_time){ .advance_ns = 1 }, &reply, why), -EPERM);
	assert_non_null(strstr(why, "--rig-time"));
}

static void should_move_the_clock_by_as_much_as_was_asked(void **state)
{
	struct sluice_rig_time before, after;
	char why[CONNECTION_WHY];

	assert_int_equal(advance((struct sluice_rig_time){ 0 }, &before, why), 0);
	assert_int_equal(
		advance((struct sluice_rig_time){ .advance_ns = 100 * SECOND_NS }, &after, why), 0);
	assert_int_equal(after.advance_ns, 0);
	assert_true(after.now_ns - before.now_ns >= 100 * SECOND_NS);
	assert_true(after.now_ns - before.now_ns < 130 * SECOND_NS);
}

static void should_refuse_what_makes_no_sense(void **state)
{
	struct sluice_rig_time reply;
	char why[CONNECTION_WHY];

	assert_int_equal(advance((struct sluice_rig_time){ .advance_ns = UINT64_MAX }, &reply, why),
			 -EINVAL);
	assert_non_null(strstr(why, "ten years"));
	assert_int_equal(advance((struct sluice_rig_time){ .now_ns = 1 }, &reply, why), -EINVAL);
	assert_non_null(strstr(why, "now_ns"));
}

/* A handler that takes nothing: the command ends at its deadline, and that comes before the reply. */
static void should_do_what_is_due_before_it_replies(void **state)
{
	const struct sluice_rig_time request = { .advance_ns = 31 * SECOND_NS };
	static const uint8_t cdb[6] = { 0 };
	struct sluice_device_add add;
	struct sluice_rig_command command;
	struct handler h;
	struct rig_client r;
	struct message m;
	char why[CONNECTION_WHY];
	uint32_t device, nexus;

	assert_int_equal(handler_open(&h, g.socket, "test", 1, 8, SLUICE_MAX_BUFFER, why), 0);
	ram_disk_describe(&add, "disk");
	assert_int_equal(handler_device_add(&h, &add, &device, why), 0);
	map_lun(&g, 0, "disk");
	rig_open_nexus(&r, &g, TEST_INITIATOR, &nexus);
	command = rig_make(nexus, 0, cdb, 6, SLUICE_DIR_NONE, 0);
	/* The first one only takes the Unit Attention. */
	for (int i = 0; i < 2; i++) {
		command.task_tag = (uint64_t)i;
		assert_int_equal(connection_send(&r.link, SLUICE_OP_RIG_COMMAND, &command,
						 sizeof(command), NULL),
				 0);
	}
	assert_int_equal(connection_receive(&r.link, &m), 0);
	assert_int_equal(
		connection_send(&r.link, SLUICE_OP_RIG_TIME, &request, sizeof(request), NULL), 0);
	assert_int_equal(connection_receive(&r.link, &m), 0);
	assert_int_equal(m.head.op, SLUICE_OP_RIG_COMMAND);
	assert_int_equal(((const struct sluice_rig_result *)m.body)->status, 2);
	assert_int_equal(((const struct sluice_rig_result *)m.body)->order, 2);
	assert_int_equal(connection_receive(&r.link, &m), 0);
	assert_int_equal(m.head.op, SLUICE_OP_RIG_TIME);
	rig_client_close(&r);
	handler_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			should_keep_to_the_machines_clock_unless_started_for_tests, start_without,
			stop),
		cmocka_unit_test_setup_teardown(should_move_the_clock_by_as_much_as_was_asked,
						start_with_time, stop),
		cmocka_unit_test_setup_teardown(should_refuse_what_makes_no_sense, start_with_time,
						stop),
		cmocka_unit_test_setup_teardown(should_do_what_is_due_before_it_replies,
						start_with_time, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
