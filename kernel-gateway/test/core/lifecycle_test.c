/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The command's table, cell by cell. UPDATE_DOCS=1 writes docs/state-tables.md anew;
 * without it a stale document fails. That the legal cells are reached, and lead where
 * they should, is what test/sim/ looks at.
 */
#include <stdio.h>
#include <string.h>

#include "core/nexus.h"
#include "core/work.h"
#include "document.h"
#include "fixture.h"

static void print_state(FILE *f, u32 s)
{
	bool first = true;

	fprintf(f, "\n## %s\n\n| event | next state | action |\n|---|---|---|\n",
		sl_state_names[s]);
	for (u32 e = 0; e < SL_EVENTS; e++) {
		const struct sl_cell *cell = &sl_lifecycle[s][e];

		if (cell->action)
			fprintf(f, "| %s | %s | `%s` |\n", sl_event_names[e],
				sl_state_names[cell->next], cell->name);
	}
	fprintf(f, "\nIllegal:");
	for (u32 e = 0; e < SL_EVENTS; e++) {
		if (sl_lifecycle[s][e].action)
			continue;
		fprintf(f, "%s %s", first ? "" : ",", sl_event_names[e]);
		first = false;
	}
	fprintf(f, ".\n");
}

static void print_table(FILE *f)
{
	fprintf(f,
		"Printed from the table in `kernel-gateway/core/lifecycle.c`; what states and events mean\n"
		"stands in `lifecycle.h`, the actions `x` are `sl_act_x()` in `arrival.c`, `passage.c`,\n"
		"`fetch.c`, `takeover.c` and `ending.c`. Each event is delivered under the lock of the command's nexus. An illegal cell\n"
		"is one that no order of events can reach: it is counted, and the command stays as it is.\n\n"
		"The tests reach every legal cell: test/sim/, and for UNPARK x BUFFER and UNPARK x RESUME,\n"
		"which take two threads, test/core/crossing_test.c.\n\n"
		"To print it again: `make -C kernel-gateway tests && cd kernel-gateway &&\n"
		"UPDATE_DOCS=1 build/release/test/core/lifecycle_test`\n");
	for (u32 s = 0; s < SL_STATES; s++)
		print_state(f, s);
}

static void should_match_its_document(void **state)
{
	(void)state;
	document_section("The life of a command", print_table);
}

static void should_have_every_cell_filled(void **state)
{
	(void)state;
	for (u32 s = 0; s < SL_STATES; s++) {
		assert_non_null(sl_state_names[s]);
		for (u32 e = 0; e < SL_EVENTS; e++) {
			const struct sl_cell *cell = &sl_lifecycle[s][e];

			assert_non_null(cell->name);
			if (cell->action)
				assert_true(cell->next < SL_STATES);
			else
				assert_string_equal(cell->name, "illegal");
		}
	}
}

static void should_count_an_illegal_event_and_leave_the_command_alone(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct sl_work w;
	u64 illegal = 0;

	(void)state;
	for (u32 s = 0; s < SL_STATES; s++) {
		for (u32 e = 0; e < SL_EVENTS; e++) {
			struct fx_cmd c;

			if (sl_lifecycle[s][e].action)
				continue;
			fx_init(&c, n, 0x28, SLUICE_DIR_IN, 4096);
			c.cmd.core.state = (u8)s;
			sl_work_init(&w, fx->gw, fx->now_ns);
			sl_spin_lock(&n->lock);
			sl_cmd_event(&c.cmd, e, &w);
			sl_spin_unlock(&n->lock);
			assert_int_equal(c.cmd.core.state, s);
			assert_true(sl_list_empty(&w.cmds));
			assert_int_equal(fx->gw->illegal_events, ++illegal);
		}
	}
	assert_true(illegal > 200);
	fx->gw->illegal_events = 0;
}

/* What a fabric can do wrong. */
static void should_defend_against_a_double_release_and_unasked_data(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d;
	struct fx_cmd c;

	(void)state;
	fx->auto_release = false;
	fx_init(&c, n, 0x28, SLUICE_DIR_IN, 4096);
	fx_submit(&c);
	d = fx_take(0);
	fx_release(&c);
	sl_cmd_data_out_done(&c.cmd, 5, fx->now_ns);
	assert_int_equal(fx->gw->illegal_events, 2);
	fx_good(0, d, 4096);
	assert_int_equal(c.responses, 1);
	fx_release(&c);
	fx_release(&c);
	assert_int_equal(fx->gw->illegal_events, 3);
	fx_assert_quiet();
	fx->gw->illegal_events = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_match_its_document),
		cmocka_unit_test(should_have_every_cell_filled),
		cmocka_unit_test_setup_teardown(
			should_count_an_illegal_event_and_leave_the_command_alone, fx_setup,
			fx_teardown),
		cmocka_unit_test_setup_teardown(
			should_defend_against_a_double_release_and_unasked_data, fx_setup,
			fx_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
