/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* LUN structures, REPORT LUNS in all its reports, the well-known logical unit, read-only LUNs. */
#include <string.h>

#include "core/device.h"
#include "core/nexus.h"
#include "fixture.h"

static struct fx_cmd c;

static void should_decode_every_method_that_has_one_level(void **state)
{
	static const struct {
		u8 lun[8];
		s32 is;
	} t[] = {
		{ { 0, 0 }, 0 },
		{ { 0, 255 }, 255 },
		{ { 1, 5 }, -1 },		    /* another bus: another level */
		{ { 0, 5, 0, 0, 0, 0, 0, 1 }, -1 }, /* a second level */
		{ { 0x40, 5 }, 5 },
		{ { 0x7f, 0xff }, 16383 },
		{ { 0x41, 0, 1 }, -1 },
		{ { 0x80, 5 }, -1 }, /* logical unit addressing */
		{ { 0xc1, 1 }, SL_LUN_REPORT_LUNS },
		{ { 0xc1, 2 }, -1 },
		{ { 0xc1, 1, 1 }, -1 },
		{ { 0xd2, 0, 0x3f, 0xff }, 16383 },
		{ { 0xd2, 0, 0, 7 }, 7 },
		{ { 0xd2, 0, 0x40, 0 }, -1 }, /* 16384 */
		{ { 0xd2, 1, 0, 0 }, -1 },
		{ { 0xd2, 0, 0, 7, 1 }, -1 },
		{ { 0xe2, 0, 0, 0, 0x12, 0x34 }, 0x1234 },
		{ { 0xe2, 0, 0, 1, 0, 0 }, -1 },
		{ { 0xe2, 0, 0, 0, 0x40, 0 }, -1 },
		{ { 0xe2, 0, 0, 0, 0, 1, 1 }, -1 },
		{ { 0xc2, 0, 5 }, -1 },
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, -1 }, /* not specified */
	};

	(void)state;
	for (u32 i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_int_equal(sl_lun_decode(t[i].lun), t[i].is);
}

static void should_name_each_lun_by_the_shortest_address(void **state)
{
	(void)state;
	for (u32 lun = 0; lun <= SLUICE_LUN_MAX; lun++) {
		u8 out[8];

		sl_lun_encode(lun, out);
		assert_int_equal(sl_lun_decode(out), lun);
		assert_int_equal(out[0] >> 6, lun > 255);
	}
}

static u32 report(struct sl_nexus *n, u8 select)
{
	fx_init(&c, n, 0xa0, SLUICE_DIR_IN, 255);
	c.cmd.cdb[2] = select;
	c.cmd.cdb[9] = 255;
	fx->auto_release = false;
	fx_submit(&c);
	assert_int_equal(c.responses, 1);
	assert_int_equal(c.cmd.status, 0);
	assert_int_equal(c.cmd.data[3], c.cmd.data_len - 8);
	return c.cmd.data_len;
}

static void done(void)
{
	fx_release(&c);
	fx->auto_release = true;
}

static void should_select_what_it_reports(void **state)
{
	static const u8 well_known[8] = { 0xc1, 1 };
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	fx_lun_map(300, "disk");
	assert_int_equal(report(n, 0x00), 24);
	done();
	assert_int_equal(report(n, 0x11), 24);
	done();
	assert_int_equal(report(n, 0x01), 16);
	assert_memory_equal(c.cmd.data + 8, well_known, 8);
	done();
	assert_int_equal(report(n, 0x02), 32);
	assert_int_equal(c.cmd.data[16], 0x41);
	assert_memory_equal(c.cmd.data + 24, well_known, 8);
	done();
	assert_int_equal(report(n, 0x10), 8);
	done();
	assert_int_equal(report(n, 0x12), 8);
	done();
	fx_init(&c, n, 0xa0, SLUICE_DIR_IN, 255);
	c.cmd.cdb[2] = 0x03;
	fx_submit(&c);
	fx_assert_sense(&c, 5, 0x2400);
}

/* Whatever the order and the distance in which they were mapped. */
static void should_report_luns_in_their_order(void **state)
{
	static const u32 luns[] = { 16383, 300, 5000, 1, 4999 };
	static const u32 expected[] = { 0, 1, 300, 4999, 5000, 16383 };
	struct sl_nexus *n;

	(void)state;
	for (u32 i = 0; i < 5; i++)
		fx_lun_map(luns[i], "disk");
	n = fx_nexus("iqn.a,i,0x1");
	assert_int_equal(report(n, 0), 8 + 6 * 8);
	for (u32 i = 0; i < 6; i++)
		assert_int_equal(sl_lun_decode(c.cmd.data + 8 + 8 * i), expected[i]);
	done();
}

static void to_well_known(struct sl_nexus *n, u8 opcode, u8 evpd, u8 page)
{
	fx_init(&c, n, opcode, SLUICE_DIR_IN, 255);
	c.cmd.lun[0] = 0xc1;
	c.cmd.lun[1] = 1;
	c.cmd.cdb[1] = evpd;
	c.cmd.cdb[2] = page;
	c.cmd.cdb[4] = 255;
	if (opcode == 0xa0)
		c.cmd.cdb[9] = 255;
	fx_submit(&c);
}

static void should_answer_as_the_well_known_logical_unit(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	to_well_known(n, 0x12, 0, 0);
	assert_int_equal(c.cmd.data_len, 36);
	assert_int_equal(c.cmd.data[0], 0x1e);
	to_well_known(n, 0x12, 1, 0);
	assert_int_equal(c.cmd.data_len, 6);
	assert_int_equal(c.cmd.data[5], 0x83);
	to_well_known(n, 0x12, 1, 0x83);
	assert_int_equal(c.cmd.data[0], 0x1e);
	assert_int_equal(c.cmd.data[5], 0xa8);
	assert_string_equal((char *)c.cmd.data + 8, FX_TARGET);
	assert_int_equal(c.cmd.data_len, 8 + c.cmd.data[7]);
	assert_int_equal(c.cmd.data[3], 4 + c.cmd.data[7]);
	assert_int_equal(c.cmd.data[7] % 4, 0);
	to_well_known(n, 0xa0, 0, 0);
	assert_int_equal(c.cmd.data_len, 16);
	to_well_known(n, 0x03, 0, 0);
	assert_int_equal(c.cmd.data_len, 18);
	assert_int_equal(c.cmd.data[2], 0);
	to_well_known(n, 0x00, 0, 0);
	assert_int_equal(c.cmd.status, 0);
	to_well_known(n, 0x28, 0, 0);
	fx_assert_sense(&c, 5, 0x2000);
}

static void should_reach_one_unit_by_three_addresses(void **state)
{
	static const u8 luns[3][8] = { { 0, 7 }, { 0x40, 7 }, { 0xd2, 0, 0, 7 } };
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	fx_lun_map(7, "disk");
	report(n, 0);
	done();
	fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
	c.cmd.lun[1] = 7;
	fx_submit(&c);
	fx_assert_sense(&c, 6, 0x2900);
	for (u32 i = 0; i < 3; i++) {
		fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
		memcpy(c.cmd.lun, luns[i], 8);
		fx_submit(&c);
		fx_good(0, fx_take(0), 0);
		assert_int_equal(c.cmd.status, 0);
	}
}

/* ---- Read-only LUNs ------------------------------------------------------------------------ */

static void set_flags(u32 lun, u32 flags)
{
	struct sluice_lun l = { .target = FX_TARGET, .group = "default", .device = "disk" };
	const char *why = NULL;

	l.lun = lun;
	l.flags = flags;
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
}

static void to(struct sl_nexus *n, u8 lun, u8 opcode, u8 direction, u32 len)
{
	fx_init(&c, n, opcode, direction, len);
	c.cmd.lun[1] = lun;
	fx_submit(&c);
}

static void should_protect_a_read_only_lun_from_writes(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d;

	(void)state;
	set_flags(1, SLUICE_LUN_READ_ONLY);
	report(n, 0);
	done();
	to(n, 1, 0x00, SLUICE_DIR_NONE, 0);
	fx_assert_sense(&c, 6, 0x2900);
	to(n, 1, 0x2a, SLUICE_DIR_OUT, 512);
	fx_assert_sense(&c, 7, 0x2700);
	assert_int_equal(c.data_outs, 0);
	to(n, 1, 0xc5, SLUICE_DIR_NONE, 0); /* nobody knows what it does */
	fx_assert_sense(&c, 7, 0x2700);
	to(n, 1, 0x28, SLUICE_DIR_IN, 512);
	fx_good(0, fx_take(0), 512);
	assert_int_equal(c.cmd.status, 0);
	/* The same device, through a LUN that may be written. */
	to(n, 0, 0x2a, SLUICE_DIR_OUT, 512);
	fx_good(0, fx_take(0), 512);
	assert_int_equal(c.cmd.status, 0);
	for (u32 six = 0; six < 2; six++) {
		to(n, 1, six ? 0x1a : 0x5a, SLUICE_DIR_IN, 12);
		d = fx_take(0);
		memset(fx_buffer(d), 0, 12);
		fx_buffer(d)[six ? 2 : 3] = 0x10; /* DPOFUA */
		fx->auto_release = false;
		fx_good(0, d, 12);
		assert_int_equal(c.cmd.data[six ? 2 : 3], 0x90);
		assert_int_equal(c.cmd.data_len, 12);
		done();
		to(n, 0, six ? 0x1a : 0x5a, SLUICE_DIR_IN, 12);
		d = fx_take(0);
		fx_buffer(d)[six ? 2 : 3] = 0x10;
		fx->auto_release = false;
		fx_good(0, d, 20);
		assert_int_equal(c.cmd.data[six ? 2 : 3], 0x10);
		done();
	}
}

static void should_change_the_protection_online(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct sluice_lun bad = {
		.target = FX_TARGET, .group = "default", .device = "disk", .flags = 2
	};
	const char *why = NULL;
	struct fx_cmd write;
	const struct sluice_desc *d;

	(void)state;
	fx_init(&write, n, 0x2a, SLUICE_DIR_OUT, 512);
	fx_submit(&write);
	d = fx_take(0);
	set_flags(0, SLUICE_LUN_READ_ONLY);
	set_flags(0, SLUICE_LUN_READ_ONLY);
	/* What is under way goes on. */
	fx_good(0, d, 512);
	assert_int_equal(write.cmd.status, 0);
	to(n, 0, 0x00, SLUICE_DIR_NONE, 0);
	fx_assert_sense(&c, 6, 0x2a01);
	to(n, 0, 0x2a, SLUICE_DIR_OUT, 512);
	fx_assert_sense(&c, 7, 0x2700);
	set_flags(0, 0);
	to(n, 0, 0x00, SLUICE_DIR_NONE, 0);
	fx_assert_sense(&c, 6, 0x2a01);
	to(n, 0, 0x2a, SLUICE_DIR_OUT, 512);
	fx_good(0, fx_take(0), 512);
	assert_int_equal(c.cmd.status, 0);
	assert_int_equal(sl_lun_map(fx->gw, &bad, &why), -EINVAL);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(should_decode_every_method_that_has_one_level),
		T(should_name_each_lun_by_the_shortest_address),
		T(should_select_what_it_reports),
		T(should_report_luns_in_their_order),
		T(should_answer_as_the_well_known_logical_unit),
		T(should_reach_one_unit_by_three_addresses),
		T(should_protect_a_read_only_lun_from_writes),
		T(should_change_the_protection_online),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
