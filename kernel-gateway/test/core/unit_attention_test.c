/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SAM-6 5.14: which Unit Attention conditions are kept, and in which order they are reported. */
#include <string.h>

#include "core/nexus.h"
#include "core/reservation_matrix.h"
#include "core/session.h"
#include "fixture.h"

static struct sl_nexus *n;
static struct sl_itl *itl;

static int setup(void **state)
{
	fx_setup(state);
	n = fx_nexus("iqn.a,i,0x1");
	itl = sl_nexus_itl(n, 0);
	return 0;
}

static void raise(const u16 *codes, u32 count)
{
	itl->n_ua = 0;
	for (u32 i = 0; i < count; i++)
		sl_ua_add(itl, (u8)(codes[i] >> 8), (u8)codes[i]);
}

static void assert_reports(const u16 *codes, u32 count)
{
	struct fx_cmd c;

	for (u32 i = 0; i < count; i++) {
		fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
		fx_submit(&c);
		fx_assert_sense(&c, 6, codes[i]);
	}
	assert_int_equal(itl->n_ua, 0);
}

#define COUNT(a) ((u32)(sizeof(a) / sizeof((a)[0])))
#define RAISED(...)                               \
	do {                                      \
		const u16 c_[] = { __VA_ARGS__ }; \
		raise(c_, COUNT(c_));             \
	} while (0)
#define REPORTED(...)                             \
	do {                                      \
		const u16 c_[] = { __VA_ARGS__ }; \
		assert_reports(c_, COUNT(c_));    \
	} while (0)

static void should_report_those_of_one_level_in_the_order_of_arrival(void **state)
{
	(void)state;
	RAISED(0x2a01, 0x2800, 0x3f03, 0x3f0e, 0x2f00, 0x5d00);
	REPORTED(0x2a01, 0x2800, 0x3f03, 0x3f0e, 0x2f00, 0x5d00);
}

static void should_keep_each_once_wherever_it_stands(void **state)
{
	(void)state;
	RAISED(0x2a01, 0x2800, 0x2a01, 0x2800, 0x2800);
	REPORTED(0x2a01, 0x2800);
	RAISED(0x2903, 0x2903);
	REPORTED(0x2903);
}

static void should_report_higher_levels_first(void **state)
{
	(void)state;
	RAISED(0x2a01, 0x2f01); /* COMMANDS CLEARED BY POWER LOSS NOTIFICATION before the others */
	REPORTED(0x2f01, 0x2a01);
	RAISED(0x2f01, 0x3f01, 0x2a01);
	REPORTED(0x3f01, 0x2f01, 0x2a01);
	RAISED(0x3f01,
	       0x2903); /* microcode and bus reset are one level, above the reset of a unit */
	REPORTED(0x3f01, 0x2903);
	RAISED(0x2903, 0x3f01);
	REPORTED(0x3f01, 0x2903);
	RAISED(0x3f01, 0x2901);
	REPORTED(0x2901, 0x3f01);
}

static void should_let_a_reset_supersede_what_is_not_above_it(void **state)
{
	static const u16 resets[] = { 0x2900, 0x2901, 0x2902, 0x2903, 0x2904, 0x2907 };

	(void)state;
	for (u32 i = 0; i < COUNT(resets); i++) {
		RAISED(0x2a01, 0x2800, 0x2f01, resets[i]);
		assert_reports(&resets[i], 1);
		/* What comes after it is news again. */
		RAISED(0x2a01, resets[i], 0x2a01);
		REPORTED(resets[i], 0x2a01);
	}
}

static void should_let_the_greater_of_two_resets_stand_for_both(void **state)
{
	/* By level, the greatest first. */
	static const u16 levels[] = { 0x2901, 0x2902, 0x2903, 0x2907 };

	(void)state;
	for (u32 i = 0; i < COUNT(levels); i++) {
		for (u32 k = i + 1; k < COUNT(levels); k++) {
			RAISED(levels[i], levels[k]);
			assert_reports(&levels[i], 1);
			RAISED(levels[k], levels[i]);
			assert_reports(&levels[i], 1);
			/* The lesser one clears what it would clear alone. */
			RAISED(levels[i], 0x2a01, levels[k]);
			assert_reports(&levels[i], 1);
		}
	}
	/* Of one level the older. */
	RAISED(0x2904, 0x2900, 0x2901);
	REPORTED(0x2904);
}

static void should_make_one_of_more_than_fit(void **state)
{
	(void)state;
	itl->n_ua = 0;
	for (u32 i = 0; i < SL_UA_MAX; i++)
		sl_ua_add(itl, 0x80, (u8)i);
	assert_int_equal(itl->n_ua, SL_UA_MAX);
	sl_ua_add(itl, 0x80, SL_UA_MAX - 1); /* is there */
	assert_int_equal(itl->n_ua, SL_UA_MAX);
	sl_ua_add(itl, 0x80, SL_UA_MAX);
	REPORTED(0x2900);
}

/* SAM-6 5.3.3 */
static void should_tell_of_a_reset_before_a_reservation_and_of_others_after_it(void **state)
{
	struct fx_cmd c;

	(void)state;
	RAISED(0x2a01, 0x2907);
	itl->bars = 1U << SL_BAR_READ;
	fx_init(&c, n, 0x28, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	fx_assert_sense(&c, 6, 0x2907);
	RAISED(0x2a01);
	fx_init(&c, n, 0x28, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	assert_int_equal(c.cmd.status, 0x18);
	itl->bars = 0;
	REPORTED(0x2a01);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_report_those_of_one_level_in_the_order_of_arrival),
		TEST(should_keep_each_once_wherever_it_stands),
		TEST(should_report_higher_levels_first),
		TEST(should_let_a_reset_supersede_what_is_not_above_it),
		TEST(should_let_the_greater_of_two_resets_stand_for_both),
		TEST(should_make_one_of_more_than_fit),
		TEST(should_tell_of_a_reset_before_a_reservation_and_of_others_after_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
