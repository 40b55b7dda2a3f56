/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Groups and their patterns, as they change while initiators are logged in. */
#include <string.h>

#include "core/nexus.h"
#include "core/target.h"
#include "fixture.h"

static struct fx_cmd c;
static const char *why;

static void group(bool add, const char *name, int expected)
{
	struct sluice_group g = { .target = FX_TARGET };

	strcpy(g.group, name);
	assert_int_equal(add ? sl_group_add(fx->gw, &g, &why) :
			       sl_group_remove(fx->gw, &g, fx->now_ns, &why),
			 expected);
}

static void pattern(bool add, const char *name, const char *text, int expected)
{
	struct sluice_group_initiator i = { .target = FX_TARGET };

	strcpy(i.group, name);
	strcpy(i.pattern, text);
	assert_int_equal(add ? sl_group_initiator_add(fx->gw, &i, fx->now_ns, &why) :
			       sl_group_initiator_remove(fx->gw, &i, fx->now_ns, &why),
			 expected);
}

static void map(const char *name, u32 lun, const char *device, u32 flags)
{
	struct sluice_lun l = { .target = FX_TARGET, .lun = lun, .flags = flags };

	strcpy(l.group, name);
	strcpy(l.device, device);
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
}

/* The sense code; 0: the handler was asked. */
static u16 tur(struct sl_nexus *n, u8 lun)
{
	const struct sluice_desc *d;

	fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
	c.cmd.lun[1] = lun;
	fx_submit(&c);
	d = fx_take(0);
	if (d)
		fx_good(0, d, 0);
	assert_int_equal(c.responses, 1);
	return c.cmd.status == 0 ? 0 : (u16)(c.cmd.sense[12] << 8 | c.cmd.sense[13]);
}

static void should_move_who_is_logged_in(void **state)
{
	struct sl_nexus *a = fx_nexus("iqn.a,i,0x1"), *b = fx_nexus("iqn.b,i,0x1");

	(void)state;
	fx_device_add("tape", 0, 32);
	group(true, "backup", 0);
	map("backup", 0, "disk", 0);
	map("backup", 4, "tape", 0);
	assert_int_equal(tur(a, 0), 0);
	pattern(true, "backup", "iqn.a", 0);
	pattern(true, "backup", "iqn.a", 0);
	/* LUN 0 is the same device: nothing was reset there, but the inventory changed. */
	assert_int_equal(tur(a, 0), 0x3f0e);
	assert_int_equal(tur(a, 0), 0);
	assert_int_equal(tur(a, 4), 0x2900);
	assert_int_equal(tur(a, 4), 0);
	/* Only whose inventory changed. */
	assert_int_equal(tur(b, 0), 0);
	assert_int_equal(tur(b, 4), 0x2500);
	pattern(false, "backup", "iqn.a", 0);
	pattern(false, "backup", "iqn.a", -ENOENT);
	assert_int_equal(tur(a, 4), 0x2500);
	assert_int_equal(tur(a, 0), 0x3f0e);
	assert_int_equal(tur(a, 0), 0);
	pattern(true, "backup", "iqn.?", 0);
	assert_int_equal(tur(b, 4), 0x2900);
	group(false, "backup", 0);
	group(false, "backup", -ENOENT);
	group(false, "default", -EINVAL);
	assert_int_equal(tur(b, 4), 0x2500);
	assert_int_equal(tur(b, 0), 0x3f0e);
	assert_int_equal(tur(b, 0), 0);
}

static void should_not_lose_commands_of_a_lun_that_stays(void **state)
{
	struct sl_nexus *a = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d;
	struct fx_cmd under_way;

	(void)state;
	group(true, "other", 0);
	map("other", 0, "disk", SLUICE_LUN_READ_ONLY);
	fx_init(&under_way, a, 0x2a, SLUICE_DIR_OUT, 512);
	fx_submit(&under_way);
	d = fx_take(0);
	pattern(true, "other", "iqn.*", 0);
	fx_good(0, d, 512);
	assert_int_equal(under_way.cmd.status, 0);
	/* The same inventory, but it may not be written any more. */
	assert_int_equal(tur(a, 0), 0x2a01);
	fx_init(&c, a, 0x2a, SLUICE_DIR_OUT, 512);
	fx_submit(&c);
	fx_assert_sense(&c, 7, 0x2700);
}

static void should_show_nothing_to_whom_no_group_admits_any_more(void **state)
{
	struct sl_nexus *a = fx_nexus("iqn.a,i,0x1");

	(void)state;
	pattern(true, "default", "iqn.a*", 0);
	assert_int_equal(sl_target_deny_unknown(fx->gw, FX_TARGET, fx->now_ns, &why), 0);
	assert_int_equal(tur(a, 0), 0);
	assert_int_equal(sl_target_admits(fx->gw, FX_TARGET, "iqn.b", NULL), -EACCES);
	assert_int_equal(sl_target_admits(fx->gw, FX_TARGET, "iqn.abc", NULL), 0);
	pattern(false, "default", "iqn.a*", 0);
	assert_int_equal(tur(a, 0), 0x2500);
	fx_init(&c, a, 0xa0, SLUICE_DIR_IN, 64);
	c.cmd.cdb[9] = 64;
	fx_submit(&c);
	assert_int_equal(c.cmd.data_len, 8);
	assert_int_equal(sl_target_admit_unknown(fx->gw, FX_TARGET, fx->now_ns, &why), 0);
	assert_int_equal(tur(a, 0), 0x2900);
	assert_int_equal(sl_target_admit_unknown(fx->gw, "iqn.none", fx->now_ns, &why), -ENOENT);
}

static void should_ask_the_default_group_last(void **state)
{
	struct sl_nexus *a;

	(void)state;
	group(true, "special", 0);
	pattern(true, "default", "*", 0);
	pattern(true, "special", "iqn.a", 0);
	a = fx_nexus_raw("iqn.a,i,0x1", SL_NEXUS_NEW);
	assert_int_equal(tur(a, 0), 0x2500);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(should_move_who_is_logged_in),
		T(should_not_lose_commands_of_a_lun_that_stays),
		T(should_show_nothing_to_whom_no_group_admits_any_more),
		T(should_ask_the_default_group_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
