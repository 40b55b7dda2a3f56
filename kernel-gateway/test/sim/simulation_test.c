/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Seeded schedules of the whole core. SEED=n plays one world with that seed and
 * prints its trace hash; COMMANDS=n sets how many commands a world gets, WORLDS=n how many
 * worlds there are, FIRST=n which is the first of them.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

#define WORLDS 120

static u64 number(const char *name, u64 otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

/* A world's life; its trace hash. */
static u64 play(u64 seed, u32 generation, u64 commands, u64 *total)
{
	u64 hash;

	w_open(seed, generation);
	while (w->submitted < commands)
		w_step();
	w_close();
	hash = w->hash;
	*total += w->submitted;
	if (getenv("SEED"))
		printf("SEED=%" PRIu64 " hash=%016" PRIx64 " commands=%" PRIu64
		       " functions=%" PRIu64 " silent=%" PRIu64 " unit attentions=%" PRIu64
		       " deadlines=%" PRIu64 " (of Data-Out: %" PRIu64 ") deaths=%" PRIu64
		       " takeovers=%" PRIu64 " redelivered=%" PRIu64 " GOOD=%" PRIu64
		       " CHECK=%" PRIu64 " BUSY=%" PRIu64 " FULL=%" PRIu64 " ABORTED=%" PRIu64
		       " lapses=%" PRIu64 " access states set=%" PRIu64 "\n",
		       seed, hash, w->submitted, w->n_tmfs, w->silent, w->uas, w->timeouts,
		       w->fetch_timeouts, w->deaths, w->takeovers, w->redelivered, w->by_status[0],
		       w->by_status[2], w->by_status[8], w->by_status[0x28], w->by_status[0x40],
		       w->lapses, w->accesses_set);
	free(w);
	w = NULL;
	return hash;
}

/* Long runs say now and then how far they are. */
static void tell_progress(u64 total)
{
	static u64 told;

	if (total - told < 20000000)
		return;
	told = total;
	printf("%" PRIu64 " million commands\n", total / 1000000);
	fflush(stdout);
}

static void should_hold_every_invariant_in_each_world(void **state)
{
	u64 commands = number("COMMANDS", 25000);
	u64 seed = number("SEED", 0);
	u64 total = 0;

	(void)state;
	if (getenv("SEED")) {
		play(seed, (u32)number("GENERATION", W_GENERATION), commands, &total);
		return;
	}
	for (u64 i = number("FIRST", 1), end = i + number("WORLDS", WORLDS); i < end; i++) {
		play(i * 7919, W_GENERATION, commands, &total);
		tell_progress(total);
	}
	printf("%" PRIu64 " commands\n", total);
}

/* Each found something once: a defect of the core or a promise that a model got wrong. */
static const struct {
	u64 seed;
	u32 generation;
} found[] = {
	{ 14221201542838,
	  1 }, /* PREEMPT AND ABORT of a victim whose Data-Out the fabric lets go of late */
	{ 14221123018034, 1 }, /* ... that is aborted itself meanwhile */
	{ 14214605435545,
	  1 }, /* HEAD OF QUEUE before what lay in the ring of a dead handler, which was never shown it */
	{ 23757000221732, 1 }, /* the same */
	{ 23757001710504,
	  1 }, /* an ACA command of a task set that TST left behind ended another set's condition */
	{ 14221207212842, 1 }, /* ORDERED and an older one that was to end */
	{ 14221128466306,
	  1 }, /* a reset comes between a PREEMPT AND ABORT that took effect and the event that shows it */
	{ 23757008338707,
	  1 }, /* RESERVATION CONFLICT, with UA_INTLCK_CTRL 11b, through a LUN that is mapped no more */
	{ 39674190, 1 }, /* a RESERVE that was aborted when its turn had come reserved */
	{ 14214618050512,
	  1 }, /* COMMANDS CLEARED BY ANOTHER INITIATOR for a command that a reset had aborted before */
	{ 14230444520448, 1 }, /* two errors abort a command, of which the first need not have */
	{ 56003168, 1 },       /* ... and a RELEASE released */
	{ 14221279837991,
	  1 }, /* a nexus was unmapped, and the handler died, before it read that it had been reset */
	{ 14221347608793,
	  2 }, /* CLEAR ACA aborted an ACA command of a task set that TST left behind */
	{ 14221442644712,
	  2 }, /* HEAD OF QUEUE between the end of an ACA condition and who is told that he may run */
	{ 14221504436669,
	  2 }, /* SET TARGET PORT GROUPS of a device that lost its last LUN meanwhile */
	{ 14221504539616,
	  2 }, /* CLEAR TASK SET, with TST 001b, after the LUN was unmapped and mapped again */
};

static void should_hold_every_invariant_in_worlds_that_once_failed(void **state)
{
	u64 total = 0;

	(void)state;
	if (getenv("SEED") || getenv("WORLDS"))
		skip();
	for (u32 i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		play(found[i].seed, found[i].generation, 50000, &total);
}

static void should_replay_a_seed_to_the_same_trace(void **state)
{
	u64 total = 0, first;

	(void)state;
	if (getenv("SEED"))
		skip();
	first = play(42, W_GENERATION, 3000, &total);
	assert_int_equal(first, play(42, W_GENERATION, 3000, &total));
	assert_int_not_equal(first, play(43, W_GENERATION, 3000, &total));
}

/*
 * What takes two threads: an abort between the way of a buffer, of an announcement or of a
 * new handler to a command and its arrival (test/core/crossing_test.c).
 */
static bool out_of_reach(u32 state, u32 event)
{
	return state == SL_UNPARK &&
	       (event == SL_EV_BUFFER || event == SL_EV_READY || event == SL_EV_RESUME);
}

static void should_have_reached_every_legal_cell(void **state)
{
	u32 missed = 0;

	(void)state;
	if (getenv("SEED") || getenv("WORLDS"))
		skip();
	for (u32 s = 0; s < SL_STATES; s++) {
		for (u32 e = 0; e < SL_EVENTS; e++) {
			bool legal = sl_lifecycle[s][e].action != NULL;

			assert_false(!legal && w_visited[s][e]);
			if (legal && !w_visited[s][e] && !out_of_reach(s, e)) {
				printf("not reached: %s x %s\n", sl_state_names[s],
				       sl_event_names[e]);
				missed++;
			}
		}
	}
	assert_int_equal(missed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_replay_a_seed_to_the_same_trace),
		cmocka_unit_test(should_hold_every_invariant_in_worlds_that_once_failed),
		cmocka_unit_test(should_hold_every_invariant_in_each_world),
		cmocka_unit_test(should_have_reached_every_legal_cell),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
