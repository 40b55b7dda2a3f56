/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What an operator sees: live commands a page at a time, and whether a handler lives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/nexus.h"
#include "core/session.h"
#include "fixture.h"

#define MANY 100U

static struct fx_cmd c[MANY];

static struct sluice_command_info all[MANY + 8];
static u32 n_all, n_pages;

static void read_all(void)
{
	struct sluice_command_page page = { 0 };

	n_all = n_pages = 0;
	do {
		struct sluice_command_cursor from = page.next;

		sl_command_page(fx->gw, &from, fx->now_ns, &page);
		assert_true(n_all + page.count <= sizeof(all) / sizeof(all[0]));
		memcpy(&all[n_all], page.commands, page.count * sizeof(all[0]));
		n_all += page.count;
		assert_true(++n_pages < 100);
	} while (!page.last);
}

static void should_list_each_live_command_once_over_pages(void **state)
{
	struct sl_nexus *n[3];
	bool seen[MANY] = { 0 };

	(void)state;
	fx_teardown(NULL);
	fx_open(64, 0, 1000);
	fx_lun_map(5, "disk");
	for (u32 i = 0; i < 3; i++) {
		char name[32];

		snprintf(name, sizeof(name), "iqn.%u,i,0x1", i);
		n[i] = fx_nexus(name);
		fx_init(&c[i], n[i], 0x00, SLUICE_DIR_NONE, 0);
		c[i].cmd.lun[1] = 5;
		fx_submit(&c[i]); /* its Unit Attention */
	}
	read_all();
	assert_int_equal(n_all, 0);
	for (u32 i = 0; i < MANY; i++) {
		fx_init(&c[i], n[i % 3], 0x28, SLUICE_DIR_IN, 4096);
		c[i].cmd.task_tag = i;
		c[i].cmd.lun[1] = i % 2 ? 5 : 0;
		fx_submit(&c[i]);
		fx->now_ns += 1000;
	}
	read_all();
	assert_int_equal(n_all, MANY);
	assert_true(n_pages >= MANY / SLUICE_COMMAND_PAGE);
	for (u32 i = 0; i < n_all; i++) {
		u64 tag = all[i].task_tag;

		assert_true(tag < MANY && !seen[tag]);
		seen[tag] = true;
		assert_int_equal(all[i].nexus, sl_nexus_id(n[tag % 3]));
		assert_int_equal(all[i].lun[1], tag % 2 ? 5 : 0);
		assert_int_equal(all[i].age_ns, (MANY - tag) * 1000);
		assert_int_equal(all[i].cdb[0], 0x28);
		assert_int_equal(all[i].pace, SLUICE_PACE_DATA);
		assert_string_equal(all[i].state, tag < 64 ? "RUNNING" : "WAIT_TAG");
		assert_int_equal(all[i].wait, tag < 64 ? SLUICE_WAIT_HANDLER : SLUICE_WAIT_TAG);
	}
}

/* Between two pages half of them end and others come: who stays is in the list once. */
static void should_go_on_where_it_was_whatever_came_and_went(void **state)
{
	struct sluice_command_page page = { 0 };
	struct sluice_command_cursor from;
	const struct sluice_desc *d;
	struct fx_cmd late;
	struct sl_nexus *n;
	u32 staying = 0;

	(void)state;
	fx_teardown(NULL);
	fx_open(128, 0, 1000);
	n = fx_nexus("iqn.a,i,0x1");
	for (u32 i = 0; i < MANY; i++) {
		fx_init(&c[i], n, 0x00, SLUICE_DIR_NONE, 0);
		c[i].cmd.task_tag = i;
		fx_submit(&c[i]);
	}
	sl_command_page(fx->gw, &page.next, fx->now_ns, &page);
	assert_int_equal(page.count, SLUICE_COMMAND_PAGE);
	assert_int_equal(page.last, 0);
	for (u32 i = 0; i < MANY; i++) {
		d = fx_take(0);
		if (i % 2)
			fx_good(0, d, 0);
	}
	fx_init(&late, n, 0x00, SLUICE_DIR_NONE, 0);
	late.cmd.task_tag = 1000;
	fx_submit(&late);
	from = page.next;
	while (!page.last) {
		sl_command_page(fx->gw, &from, fx->now_ns, &page);
		for (u32 i = 0; i < page.count; i++) {
			u64 tag = page.commands[i].task_tag;

			assert_true(tag == 1000 || (tag >= SLUICE_COMMAND_PAGE && tag % 2 == 0));
			staying++;
		}
		from = page.next;
	}
	assert_int_equal(staying, (MANY - SLUICE_COMMAND_PAGE) / 2 + 1);
}

static const struct sluice_command_info *only(void)
{
	read_all();
	assert_int_equal(n_all, 1);
	return &all[0];
}

static void should_say_whom_a_command_waits_for(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct fx_cmd first, w;
	struct fx_tmf t;

	(void)state;
	fx->recovery = SLUICE_RECOVERY_REDELIVER;
	fx_session_close();
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	fx_init(&first, n, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&first); /* power on */
	fx->auto_fetch = false;
	fx_init(&w, n, 0x2a, SLUICE_DIR_OUT, 512);
	fx_submit(&w);
	assert_int_equal(only()->wait, SLUICE_WAIT_INITIATOR);
	sl_cmd_data_out_done(&w.cmd, 512, fx->now_ns);
	assert_int_equal(only()->wait, SLUICE_WAIT_HANDLER);
	assert_int_equal(only()->tag, fx_take(0)->tag);
	assert_int_equal(only()->sequence, 1);
	assert_int_equal(only()->left_ns, 10 * FX_SECOND);
	assert_true(sl_cmd_in_time(&w.cmd, fx->now_ns + 10 * FX_SECOND - 1));
	assert_false(sl_cmd_in_time(&w.cmd, fx->now_ns + 10 * FX_SECOND));
	fx_abandon();
	assert_int_equal(only()->wait, SLUICE_WAIT_NEXT);
	assert_int_equal(only()->session, 0);
	assert_string_equal(only()->state, "KEPT");
	/* The grace bounds it now. */
	assert_true(sl_cmd_in_time(&w.cmd, fx->now_ns + 11 * FX_SECOND));
	assert_false(sl_cmd_in_time(&w.cmd, fx->now_ns + 3600 * FX_SECOND));
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	assert_int_equal(only()->wait, SLUICE_WAIT_HANDLER);
	assert_int_equal(only()->flags, 0);
	fx_tmf(&t, n, SLUICE_TMF_ABORT_TASK_SET, 0, 0);
	assert_int_equal(only()->flags, SLUICE_COMMAND_ABORTED);
	assert_string_equal(only()->state, "RUNNING_ABORTED");
	assert_true(only()->left_ns <= (int64_t)(5 * FX_SECOND));
	fx_good(0, fx_take(0), 512);
	read_all();
	assert_int_equal(n_all, 0);
	assert_false(sl_cmd_in_time(&w.cmd, fx->now_ns));
	fx_bury();
}

/* ---- Handlers ---------------------------------------------------------------- */

static struct sluice_session_info look(u64 seconds)
{
	struct sluice_session_info info;

	for (u64 i = 0; i < seconds; i++) {
		fx->now_ns += FX_SECOND;
		sl_gateway_tick(fx->gw, fx->now_ns);
		sl_gateway_watch(fx->gw, fx->now_ns);
	}
	sl_session_info(fx->session, fx->now_ns, &info);
	return info;
}

static bool take_events(void)
{
	const struct sluice_event *e;
	bool pinged = false;

	while ((e = fx_event()))
		pinged |= e->type == SLUICE_EVENT_PING;
	return pinged;
}

static void submit(struct fx_cmd *cmd, struct sl_nexus *n, u8 opcode)
{
	fx_init(cmd, n, opcode, SLUICE_DIR_NONE, 0);
	fx_submit(cmd);
}

static void should_see_a_handler_that_takes_nothing(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct sluice_session_info info;

	(void)state;
	assert_int_equal(look(100).stalled_ns, 0);
	submit(&c[0], n, 0x00);
	info = look(4);
	assert_int_equal(info.in_flight, 1);
	assert_int_equal(info.untaken, 1);
	assert_int_equal(info.oldest_ns, 4 * FX_SECOND);
	assert_true(info.stalled_ns >= 3 * FX_SECOND);
	take_events();
	fx_good(0, fx_take(0), 0);
	assert_int_equal(look(1).stalled_ns, 0);
	assert_int_equal(look(1).answered, 1);
}

/* It works on something for as long as that may take, and takes events meanwhile. */
static void should_not_blame_a_handler_for_what_is_within_its_time(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *format;
	struct sluice_device_add add = {
		.name = "long", .queue = 0, .task_set_limit = 8, .max_transfer = 4096
	};
	struct sluice_session_info info;
	const char *why;

	(void)state;
	assert_int_equal(sl_device_add(fx->session, &add, fx->now_ns, &fx->added, &why), 0);
	fx_lun_map(1, "long");
	submit(&c[1], n, 0x00); /* Unit Attentions: of the map, of the new LUN */
	do {
		fx_init(&c[0], n, 0x04, SLUICE_DIR_NONE, 0);
		c[0].cmd.lun[1] = 1;
		fx_submit(&c[0]);
	} while (!(format = fx_take(0)));
	for (u32 i = 0; i < 200; i++) {
		assert_int_equal(look(1).stalled_ns, 0);
		take_events();
	}
	/* Its thread may be busy with that one: nobody takes the next, and it is no stall. */
	submit(&c[1], n, 0x00);
	for (u32 i = 0; i < 9; i++) {
		info = look(1);
		take_events();
	}
	assert_int_equal(info.untaken, 1);
	assert_int_equal(info.stalled_ns, 0);
	assert_true(info.progress_ns > 200 * FX_SECOND);
}

/* One of its devices never ends a command; the handler lives, and takes whatever comes. */
static void should_not_blame_a_handler_for_a_device_that_ends_nothing(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct sluice_session_info info;

	(void)state;
	submit(&c[0], n, 0x28);
	fx_take(0);
	for (u32 i = 0; i < 200; i++) {
		info = look(1);
		assert_int_equal(info.stalled_ns, 0);
		take_events();
	}
	assert_int_equal(info.quarantined, 1);
	assert_true(info.progress_ns > 190 * FX_SECOND);
	submit(&c[1], n, 0x28);
	for (u32 i = 0; i < 4; i++) {
		info = look(1);
		take_events();
	}
	assert_int_equal(info.untaken, 1);
	assert_true(info.stalled_ns >= 3 * FX_SECOND);
}

/* All that it has is within its time, but it does not take the PING. */
static void should_see_a_handler_that_is_dead_behind_a_long_command(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	submit(&c[0], n, 0x28);
	fx_take(0);
	take_events();
	assert_int_equal(look(1).stalled_ns, 0);
	assert_true(look(6).stalled_ns >= 4 * FX_SECOND);
	assert_true(take_events());
	assert_false(take_events());
	assert_int_equal(look(1).stalled_ns, 0);
}

static void should_count_what_became_of_its_commands(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d;
	struct sluice_session_info info;
	struct fx_tmf t;

	(void)state;
	submit(&c[0], n, 0x28);
	fx_take(0);
	info = look(11); /* its deadline */
	assert_int_equal(c[0].responses, 1);
	assert_int_equal(info.timeouts, 1);
	assert_int_equal(info.quarantined, 1);
	assert_true(info.stalled_ns > 0);
	submit(&c[1], n, 0x28);
	d = fx_take(0);
	fx_tmf(&t, n, SLUICE_TMF_ABORT_TASK_SET, 0, 0);
	fx_good(0, d, 0);
	fx_put(0, 99, 0, 0, 0, NULL, 0);
	fx_reap(0);
	info = look(1);
	assert_int_equal(info.aborts, 1);
	assert_int_equal(info.faults, 1);
	assert_int_equal(info.devices, 1);
	assert_int_equal(info.epoch, 1);
	assert_int_equal(info.state, SLUICE_SESSION_ACTIVE);
	assert_string_equal(info.name, "handler");
	sl_session_quiesce(fx->session, fx->now_ns);
	assert_int_equal(look(0).state, SLUICE_SESSION_QUIESCED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_list_each_live_command_once_over_pages),
		TEST(should_go_on_where_it_was_whatever_came_and_went),
		TEST(should_say_whom_a_command_waits_for),
		TEST(should_see_a_handler_that_takes_nothing),
		TEST(should_not_blame_a_handler_for_what_is_within_its_time),
		TEST(should_not_blame_a_handler_for_a_device_that_ends_nothing),
		TEST(should_see_a_handler_that_is_dead_behind_a_long_command),
		TEST(should_count_what_became_of_its_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
