/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the log hears of a handler that takes and answers nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "control/stall.h"

#define SECOND 1000000000ull

static struct stall stall;
static char text[STALL_TEXT];

static bool look(uint64_t stalled_ns)
{
	const struct sluice_session_info info = {
		.stalled_ns = stalled_ns, .oldest_ns = 7 * SECOND, .in_flight = 3, .untaken = 2
	};

	text[0] = '\0';
	return stall_changed(&stall, &info, text);
}

static int fresh(void **state)
{
	stall = (struct stall){ 0 };
	return 0;
}

static void should_say_nothing_of_a_pause_that_nobody_calls_a_stall(void **state)
{
	assert_false(look(0));
	assert_false(look(5 * SECOND - 1));
}

static void should_tell_of_a_stall_once_with_what_it_holds(void **state)
{
	assert_true(look(5 * SECOND));
	assert_true(stall.stalled);
	assert_string_equal(text, "takes and answers nothing for 5 s: 3 commands in flight, 2 of "
				  "them untaken, the oldest for 7 s");
	assert_false(look(6 * SECOND));
}

static void should_tell_once_that_it_goes_on(void **state)
{
	assert_true(look(9 * SECOND));
	assert_true(look(0));
	assert_false(stall.stalled);
	assert_string_equal(text, "takes and answers again");
	assert_false(look(0));
}

#define TEST(t) cmocka_unit_test_setup(t, fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_say_nothing_of_a_pause_that_nobody_calls_a_stall),
		TEST(should_tell_of_a_stall_once_with_what_it_holds),
		TEST(should_tell_once_that_it_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
