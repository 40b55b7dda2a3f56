/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/loop_state.h"
#include "host/placement.h"

/* ---- The option ---- */

static void should_read_lists_of_processors_and_ranges(void **state)
{
	struct placement p;

	assert_int_equal(placement_parse("0,2-4,7", &p), 0);
	assert_int_equal(p.kind, PLACEMENT_FIXED);
	assert_int_equal(p.n_cpus, 5);
	assert_int_equal(p.cpus[0], 0);
	assert_int_equal(p.cpus[1], 2);
	assert_int_equal(p.cpus[3], 4);
	assert_int_equal(p.cpus[4], 7);
}

static void should_refuse_what_is_no_list_and_change_nothing(void **state)
{
	static const char *const wrong[] = { "",    ",",   "0,",   "a",	    "1-",      "3-2", "-1",
					     "0 1", "0x1", "0-64", "99999", "follow,", "Any" };
	struct placement p = { .kind = PLACEMENT_FOLLOW, .n_cpus = 3 };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (placement_parse(wrong[i], &p) != -EINVAL)
			fail_msg("\"%s\" was taken", wrong[i]);
	}
	assert_int_equal(p.kind, PLACEMENT_FOLLOW);
	assert_int_equal(p.n_cpus, 3);
}

static void should_follow_by_itself_on_two_processors_only(void **state)
{
	struct placement p;
	bool small = placement_usable_cpus() == PLACEMENT_SMALL;

	assert_int_equal(placement_parse("auto", &p), 0);
	assert_int_equal(p.kind, small ? PLACEMENT_FOLLOW : PLACEMENT_ANY);
	assert_int_equal(placement_parse("any", &p), 0);
	assert_int_equal(p.kind, PLACEMENT_ANY);
	assert_int_equal(placement_parse("follow", &p), 0);
	assert_int_equal(p.kind, PLACEMENT_FOLLOW);
}

/* ---- Following ---- */

static void should_move_after_some_votes_in_a_row(void **state)
{
	struct follow f = { .on = true, .cpu = -1 };

	for (uint32_t i = 1; i < FOLLOW_VOTES; i++)
		assert_false(follow_vote(&f, 1));
	assert_true(follow_vote(&f, 1));
	assert_int_equal(f.cpu, 1);
	assert_false(follow_vote(&f, 1));
}

static void should_stay_between_two_initiators(void **state)
{
	struct follow f = { .on = true, .cpu = 0 };

	for (int i = 0; i < 1000; i++) {
		assert_false(follow_vote(&f, 1));
		assert_false(follow_vote(&f, i % 2 ? 0 : 2));
	}
	assert_int_equal(f.cpu, 0);
}

static void should_not_move_for_a_socket_that_has_heard_nothing(void **state)
{
	struct follow f = { .on = true, .cpu = 0 };

	for (int i = 0; i < 100; i++)
		assert_false(follow_vote(&f, -1));
	assert_int_equal(f.cpu, 0);
}

/* FOLLOW_EVERY messages, one of them with so many commands under way, and the vote. */
static bool hear(struct follow *f, uint32_t under_way, int cpu)
{
	for (uint32_t i = 1; i < FOLLOW_EVERY; i++)
		assert_false(follow_asks(f, i == 5 ? under_way : 1));
	assert_true(follow_asks(f, 1));
	return follow_vote(f, cpu);
}

static void should_let_go_of_an_initiator_with_many_commands_and_join_it_again(void **state)
{
	struct follow f = { .on = true, .cpu = 1 };

	for (uint32_t i = 1; i < FOLLOW_VOTES; i++)
		assert_false(hear(&f, FOLLOW_DEEP, 1));
	assert_true(hear(&f, FOLLOW_DEEP, 1));
	assert_int_equal(f.cpu, -1);
	/* Between shallow and deep it stays as it is. */
	for (uint32_t i = 0; i < 100; i++)
		assert_false(hear(&f, FOLLOW_DEEP - 1, 1));
	for (uint32_t i = 1; i < FOLLOW_VOTES; i++)
		assert_false(hear(&f, FOLLOW_SHALLOW, 1));
	assert_true(hear(&f, FOLLOW_SHALLOW, 1));
	assert_int_equal(f.cpu, 1);
}

static void should_vote_for_every_sixteenth_message_and_never_when_off(void **state)
{
	struct follow on = { .on = true, .cpu = -1 }, off = { .on = false };
	uint32_t asked = 0;

	for (uint32_t i = 0; i < 10 * FOLLOW_EVERY; i++) {
		if (follow_asks(&on, 1)) {
			asked++;
			follow_vote(&on, -1);
		}
		assert_false(follow_asks(&off, 1));
	}
	assert_int_equal(asked, 10);
}

/* ---- On a loop ---- */

struct stopper {
	struct loop_timer timer;
	struct loop *loop;
	int ran_on;
};

static void stop_now(struct loop_timer *t, uint64_t now_ns)
{
	struct stopper *s = (struct stopper *)t;

	s->ran_on = sched_getcpu();
	loop_stop(s->loop);
}

static void should_keep_a_loop_where_it_was_put(void **state)
{
	struct placement p = { .kind = PLACEMENT_FIXED, .n_cpus = 1 };
	struct stopper s = { .timer = { .expired = stop_now } };
	cpu_set_t before, kept;

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	while (!CPU_ISSET(p.cpus[0], &before))
		p.cpus[0]++;
	assert_int_equal(loop_create(0, 0, &s.loop), 0);
	loop_place(s.loop, &p);
	loop_timer_set(s.loop, &s.timer, 0);
	loop_run(s.loop);
	assert_int_equal(s.ran_on, p.cpus[0]);
	assert_int_equal(sched_getaffinity(0, sizeof(kept), &kept), 0);
	assert_int_equal(CPU_COUNT(&kept), 1);
	/* Handlers are asked to join a loop that follows, and no other. */
	assert_int_equal(loop_shared_cpu(s.loop), -1);
	loop_destroy(s.loop);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

static void should_go_on_where_the_processor_is_refused(void **state)
{
	struct placement p = { .kind = PLACEMENT_FIXED, .n_cpus = 1, .cpus = { CPU_SETSIZE - 1 } };
	struct stopper s = { .timer = { .expired = stop_now }, .ran_on = -1 };

	assert_int_equal(loop_create(0, 0, &s.loop), 0);
	loop_place(s.loop, &p);
	loop_timer_set(s.loop, &s.timer, 0);
	loop_run(s.loop);
	assert_in_range(s.ran_on, 0, CPU_SETSIZE - 2);
	loop_destroy(s.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_read_lists_of_processors_and_ranges),
		cmocka_unit_test(should_refuse_what_is_no_list_and_change_nothing),
		cmocka_unit_test(should_follow_by_itself_on_two_processors_only),
		cmocka_unit_test(should_move_after_some_votes_in_a_row),
		cmocka_unit_test(should_stay_between_two_initiators),
		cmocka_unit_test(should_not_move_for_a_socket_that_has_heard_nothing),
		cmocka_unit_test(
			should_let_go_of_an_initiator_with_many_commands_and_join_it_again),
		cmocka_unit_test(should_vote_for_every_sixteenth_message_and_never_when_off),
		cmocka_unit_test(should_keep_a_loop_where_it_was_put),
		cmocka_unit_test(should_go_on_where_the_processor_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
