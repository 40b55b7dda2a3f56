/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "iscsi/window.h"

static struct iscsi_window window(uint32_t exp, uint32_t size)
{
	return (struct iscsi_window){ .exp = exp, .size = size, .max = exp + size - 1 };
}

static void should_take_commands_in_order(void **state)
{
	struct iscsi_window w = window(10, 4);

	assert_int_equal(iscsi_window_take(&w, 10), ISCSI_WINDOW_NEXT);
	assert_int_equal(iscsi_window_take(&w, 11), ISCSI_WINDOW_NEXT);
	assert_int_equal(w.exp, 12);
}

static void should_ignore_duplicates_and_what_lies_outside(void **state)
{
	struct iscsi_window w = window(10, 4);

	assert_int_equal(iscsi_window_take(&w, 9), ISCSI_WINDOW_IGNORE);
	assert_int_equal(iscsi_window_take(&w, 14), ISCSI_WINDOW_IGNORE);
	assert_int_equal(iscsi_window_take(&w, 13), ISCSI_WINDOW_AHEAD);
	assert_int_equal(w.exp, 10);
}

static void should_wrap_around(void **state)
{
	struct iscsi_window w = window(0xfffffffe, 4);

	assert_int_equal(iscsi_window_take(&w, 0xfffffffe), ISCSI_WINDOW_NEXT);
	assert_int_equal(iscsi_window_take(&w, 0xffffffff), ISCSI_WINDOW_NEXT);
	assert_int_equal(iscsi_window_take(&w, 0xffffffff), ISCSI_WINDOW_IGNORE);
	assert_int_equal(iscsi_window_take(&w, 0), ISCSI_WINDOW_NEXT);
	assert_int_equal(w.exp, 1);
	assert_int_equal(iscsi_window_max(&w), 4);
}

static void should_offer_what_is_free_and_never_take_back(void **state)
{
	struct iscsi_window w = window(100, 4);

	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(iscsi_window_take(&w, 100 + i), ISCSI_WINDOW_NEXT);
		w.unanswered++;
	}
	assert_int_equal(iscsi_window_max(&w), 103); /* closed: MaxCmdSN = ExpCmdSN - 1 */
	assert_int_equal(iscsi_window_take(&w, 104), ISCSI_WINDOW_IGNORE);
	w.unanswered -= 2;
	assert_int_equal(iscsi_window_max(&w), 105);
	w.size = 1;
	assert_int_equal(iscsi_window_max(&w), 105);
}

static void should_count_held_commands_as_within_the_window(void **state)
{
	struct iscsi_window w = window(0, 4);

	assert_int_equal(iscsi_window_take(&w, 2), ISCSI_WINDOW_AHEAD);
	w.unanswered++;
	w.held++;
	assert_int_equal(iscsi_window_max(&w), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_take_commands_in_order),
		cmocka_unit_test(should_ignore_duplicates_and_what_lies_outside),
		cmocka_unit_test(should_wrap_around),
		cmocka_unit_test(should_offer_what_is_free_and_never_take_back),
		cmocka_unit_test(should_count_held_commands_as_within_the_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
