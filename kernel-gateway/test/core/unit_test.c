/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Logical units as initiators see them: LUN maps, Unit Attentions, what the core answers itself. */
#include <string.h>

#include "core/device.h"
#include "core/nexus.h"
#include "core/session.h"
#include "fixture.h"

static struct fx_cmd c;

static void ask(struct sl_nexus *n, u8 lun, u8 opcode, u32 len)
{
	fx_init(&c, n, opcode, len ? SLUICE_DIR_IN : SLUICE_DIR_NONE, len);
	c.cmd.lun[1] = lun;
	if (opcode == 0xa0)
		c.cmd.cdb[8] = 255;
	else
		c.cmd.cdb[4] = 255;
	fx->auto_release = false;
	fx_submit(&c);
}

static void done(void)
{
	assert_int_equal(c.responses, 1);
	fx_release(&c);
	fx->auto_release = true;
}

static void should_report_a_new_nexus_once_and_not_to_inquiry(void **state)
{
	struct sl_nexus *n = fx_nexus_raw("iqn.a,i,0x1", SL_NEXUS_REINSTATED);
	const struct sluice_desc *d;

	(void)state;
	ask(n, 0, 0x12, 36);
	d = fx_take(0);
	assert_non_null(d);
	fx_good(0, d, 36);
	done();
	ask(n, 0, 0x00, 0);
	fx_assert_sense(&c, 6, 0x2907);
	done();
	ask(n, 0, 0x00, 0);
	d = fx_take(0);
	assert_non_null(d);
	fx_good(0, d, 0);
	done();
}

static void should_give_a_unit_attention_to_request_sense_as_data(void **state)
{
	struct sl_nexus *n = fx_nexus_raw("iqn.a,i,0x1", SL_NEXUS_REINSTATED);

	(void)state;
	ask(n, 0, 0x03, 255);
	assert_int_equal(c.cmd.status, 0);
	assert_int_equal(c.cmd.data_len, 18);
	assert_int_equal(c.cmd.data[2], 6);
	assert_int_equal(c.cmd.data[12], 0x29);
	assert_int_equal(c.cmd.data[13], 0x07);
	done();
	fx_init(&c, n, 0x03, SLUICE_DIR_IN, 255);
	c.cmd.cdb[1] = 1; /* DESC */
	c.cmd.cdb[4] = 255;
	fx->auto_release = false;
	fx_submit(&c);
	assert_int_equal(c.cmd.data_len, 8);
	assert_int_equal(c.cmd.data[0], 0x72);
	assert_int_equal(c.cmd.data[1], 0);
	done();
}

static void should_keep_unit_attentions_in_order_and_once_each(void **state)
{
	struct sl_nexus *a = fx_nexus("iqn.a,i,0x1"), *b = fx_nexus("iqn.b,i,0x1");
	struct sluice_request r = { .type = SLUICE_REQUEST_UNIT_ATTENTION,
				    .device = fx->device,
				    .nexus = sl_nexus_id(a),
				    .scope = SLUICE_UA_ALL_BUT,
				    .asc = 0x2a,
				    .ascq = 0x01 };

	(void)state;
	fx_request(&r);
	fx_request(&r);
	r.ascq = 0x09;
	r.scope = SLUICE_UA_ALL;
	fx_request(&r);
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 3);
	ask(a, 0, 0x00, 0);
	fx_assert_sense(&c, 6, 0x2a09);
	done();
	ask(b, 0, 0x00, 0);
	fx_assert_sense(&c, 6, 0x2a01);
	done();
	ask(b, 0, 0x00, 0);
	fx_assert_sense(&c, 6, 0x2a09);
	done();
	ask(b, 0, 0x00, 0);
	fx_good(0, fx_take(0), 0);
	done();
}

static void should_apply_a_request_before_a_completion_that_was_stored_later(void **state)
{
	struct sl_nexus *a = fx_nexus("iqn.a,i,0x1"), *b = fx_nexus("iqn.b,i,0x1");
	struct sluice_request r = { .type = SLUICE_REQUEST_UNIT_ATTENTION,
				    .device = fx->device,
				    .nexus = sl_nexus_id(a),
				    .scope = SLUICE_UA_ALL_BUT,
				    .asc = 0x2a,
				    .ascq = 0x01 };
	const struct sluice_desc *d;

	(void)state;
	ask(a, 0, 0x55, 0);
	d = fx_take(0);
	fx_request(&r);
	fx_good(0, d, 0);
	done();
	ask(b, 0, 0x00, 0);
	fx_assert_sense(&c, 6, 0x2a01);
	done();
}

static void should_supersede_older_conditions_by_a_reset(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct sl_itl *itl = sl_nexus_itl(n, 0);
	struct sl_ua ua;

	(void)state;
	sl_ua_add(itl, 0x2a, 0x01);
	sl_ua_add(itl, 0x29, 0x07);
	sl_ua_add(itl, 0x29, 0x03);
	sl_ua_add(itl, 0x29, 0x07);
	sl_ua_add(itl, 0x2a, 0x09);
	assert_int_equal(itl->n_ua, 2);
	assert_true(sl_ua_take(itl, &ua));
	assert_int_equal(ua.asc << 8 | ua.ascq, 0x2903);
	assert_true(sl_ua_take(itl, &ua));
	assert_int_equal(ua.asc << 8 | ua.ascq, 0x2a09);
	assert_false(sl_ua_take(itl, &ua));
	for (u8 i = 0; i <= SL_UA_MAX; i++)
		sl_ua_add(itl, 0x80, i);
	assert_int_equal(itl->n_ua, 1);
	assert_true(sl_ua_take(itl, &ua));
	assert_int_equal(ua.asc << 8 | ua.ascq, 0x2900);
}

static void should_answer_for_a_logical_unit_that_is_not_there(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	ask(n, 5, 0x12, 255);
	assert_int_equal(c.cmd.status, 0);
	assert_int_equal(c.cmd.data[0], 0x7f);
	assert_int_equal(c.cmd.data_len, 36);
	assert_int_equal(c.cmd.data[4], 31);
	assert_int_equal(c.cmd.residual, 219);
	done();
	ask(n, 5, 0x28, 0);
	fx_assert_sense(&c, 5, 0x2500);
	done();
	ask(n, 5, 0x03, 255);
	assert_int_equal(c.cmd.status, 0);
	assert_int_equal(c.cmd.data[2], 5);
	assert_int_equal(c.cmd.data[12], 0x25);
	done();
	fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
	c.cmd.lun[0] = 0xc1; /* well-known, but not REPORT LUNS */
	c.cmd.lun[1] = 0x02;
	fx_submit(&c);
	fx_assert_sense(&c, 5, 0x2500);
}

static void should_report_luns_in_both_addressing_methods(void **state)
{
	static const u8 expected[32] = { 0, 0, 0, 24, [8] = 0, 0, [16] = 0, 7, [24] = 0x41, 0x2c };
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	fx_lun_map(300, "disk");
	fx_lun_map(7, "late");
	ask(n, 0, 0xa0, 255);
	assert_int_equal(c.cmd.data_len, 32);
	assert_memory_equal(c.cmd.data, expected, 32);
	done();
	/* REPORT LUNS made 3F/0E known. */
	ask(n, 0, 0x00, 0);
	fx_good(0, fx_take(0), 0);
	done();
	fx_init(&c, n, 0xa0, SLUICE_DIR_IN, 12);
	c.cmd.cdb[9] = 12;
	fx_submit(&c);
	assert_int_equal(c.cmd.data_len, 12);
	fx_init(&c, n, 0xa0, SLUICE_DIR_IN, 255);
	c.cmd.cdb[2] = 1;
	c.cmd.cdb[9] = 255;
	fx_submit(&c);
	assert_int_equal(c.cmd.data_len, 16);
	c.cmd.cdb[2] = 0x33;
	c.responses = 0;
	fx_submit(&c);
	fx_assert_sense(&c, 5, 0x2400);
}

static void should_tell_nexuses_of_a_changed_map(void **state)
{
	struct sluice_lun l = {
		.target = FX_TARGET, .group = "default", .lun = 3, .device = "disk"
	};
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const char *why = NULL;

	(void)state;
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0); /* again: the same */
	ask(n, 0, 0x00, 0);
	fx_assert_sense(&c, 6, 0x3f0e);
	done();
	ask(n, 3, 0x00, 0);
	fx_assert_sense(&c, 6, 0x2900);
	done();
	strcpy(l.device, "another");
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), -EEXIST);
	assert_non_null(why);
	assert_int_equal(sl_lun_unmap(fx->gw, &l, fx->now_ns, &why), 0);
	assert_int_equal(sl_lun_unmap(fx->gw, &l, fx->now_ns, &why), -ENOENT);
	ask(n, 3, 0x00, 0);
	fx_assert_sense(&c, 5, 0x2500);
	done();
}

static void should_let_the_commands_of_an_unmapped_lun_end(void **state)
{
	struct sluice_lun l = { .target = FX_TARGET, .group = "default", .lun = 0 };
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d;
	const char *why = NULL;

	(void)state;
	ask(n, 0, 0x28, 4096);
	d = fx_take(0);
	assert_int_equal(sl_lun_unmap(fx->gw, &l, fx->now_ns, &why), 0);
	fx_good(0, d, 4096);
	assert_int_equal(c.cmd.status, 0);
	done();
	assert_true(sl_list_empty(&fx->gw->devices[0]->itls));
}

static void should_be_not_ready_until_the_device_comes_and_after_its_handler_died(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct sluice_device_info info;

	(void)state;
	fx_session_close();
	assert_int_equal(sl_device_info(fx->gw, 0, fx->now_ns, &info), 0);
	assert_int_equal(info.state, SLUICE_DEVICE_ORPHANED);
	ask(n, 0, 0x28, 0);
	fx_assert_sense(&c, 2, 0x0401);
	done();
	ask(n, 0, 0x12, 255);
	assert_int_equal(c.cmd.data[0], 0x20);
	done();
	fx_session_open(8, 0);
	assert_int_equal(fx_device_add("disk", 0, 32), fx->device);
	ask(n, 0, 0x00, 0);
	fx_assert_sense(&c, 6, 0x2901);
	done();
	ask(n, 0, 0x00, 0);
	fx_good(0, fx_take(0), 0);
	done();
}

static void should_fail_what_a_dead_handler_held(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct fx_cmd held[12], fetching;

	(void)state;
	fx->auto_fetch = false;
	fx_init(&fetching, n, 0x2a, SLUICE_DIR_OUT, 4096);
	fx_submit(&fetching);
	for (u32 i = 0; i < 12; i++) {
		fx_init(&held[i], n, 0x28, SLUICE_DIR_IN, 4096);
		fx_submit(&held[i]);
	}
	sl_session_close(fx->session, fx->now_ns);
	for (u32 i = 0; i < 12; i++)
		fx_assert_sense(&held[i], 0xb, 0x0800);
	assert_false(sl_session_drained(fx->session)); /* the fabric still fills a buffer */
	sl_cmd_data_out_done(&fetching.cmd, 4096, fx->now_ns);
	fx_assert_sense(&fetching, 0xb, 0x0800);
	fx_session_close();
}

static void should_remove_a_device_when_its_commands_ended(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d;

	(void)state;
	ask(n, 0, 0x28, 4096);
	d = fx_take(0);
	assert_int_equal(sl_device_remove(fx->session, 77, fx->now_ns), -ENOENT);
	assert_int_equal(sl_device_remove(fx->session, fx->device, fx->now_ns), -EBUSY);
	fx_good(0, d, 4096);
	assert_int_equal(c.cmd.status, 0);
	done();
	assert_int_equal(sl_device_remove(fx->session, fx->device, fx->now_ns), 0);
	assert_int_equal(sl_device_remove(fx->session, fx->device, fx->now_ns), -ENOENT);
}

static void should_choose_the_group_by_the_initiators_name(void **state)
{
	struct sluice_group g = { .target = FX_TARGET, .group = "few" };
	struct sluice_group_initiator i = { .target = FX_TARGET,
					    .group = "few",
					    .pattern = "iqn.*:host?" };
	struct sluice_lun l = { .target = FX_TARGET, .group = "few", .lun = 2, .device = "disk" };
	const char *why = NULL;
	struct sl_nexus *n;

	(void)state;
	assert_int_equal(sl_group_add(fx->gw, &g, &why), 0);
	assert_int_equal(sl_group_initiator_add(fx->gw, &i, fx->now_ns, &why), 0);
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
	n = fx_nexus_raw("iqn.x:host1,i,0x1", SL_NEXUS_NEW);
	assert_null(sl_nexus_itl(n, 0));
	assert_non_null(sl_nexus_itl(n, 2));
	assert_int_equal(sl_target_admits(fx->gw, FX_TARGET, "iqn.x:host22", NULL), 0);
	assert_int_equal(sl_target_deny_unknown(fx->gw, FX_TARGET, fx->now_ns, &why), 0);
	assert_int_equal(sl_target_admits(fx->gw, FX_TARGET, "iqn.x:host22", NULL), -EACCES);
	assert_int_equal(sl_target_admits(fx->gw, FX_TARGET, "iqn.x:host2", NULL), 0);
	assert_int_equal(sl_target_admits(fx->gw, "iqn.x:nobody", "iqn.x:host2", NULL), -ENOENT);
	assert_int_equal(sl_target_remove(fx->gw, FX_TARGET, &why), -EBUSY);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_report_a_new_nexus_once_and_not_to_inquiry),
		TEST(should_give_a_unit_attention_to_request_sense_as_data),
		TEST(should_keep_unit_attentions_in_order_and_once_each),
		TEST(should_apply_a_request_before_a_completion_that_was_stored_later),
		TEST(should_supersede_older_conditions_by_a_reset),
		TEST(should_answer_for_a_logical_unit_that_is_not_there),
		TEST(should_report_luns_in_both_addressing_methods),
		TEST(should_tell_nexuses_of_a_changed_map),
		TEST(should_let_the_commands_of_an_unmapped_lun_end),
		TEST(should_be_not_ready_until_the_device_comes_and_after_its_handler_died),
		TEST(should_fail_what_a_dead_handler_held),
		TEST(should_remove_a_device_when_its_commands_ended),
		TEST(should_choose_the_group_by_the_initiators_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
