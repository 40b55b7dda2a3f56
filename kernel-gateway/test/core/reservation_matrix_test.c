/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which commands a reservation keeps whom from, cell by cell: the table against rules in
 * the standard's words, and each cell once more with commands on real nexuses.
 * UPDATE_DOCS=1 prints the table into docs/state-tables.md.
 */
#include <stdio.h>
#include <string.h>

#include "document.h"
#include "reservation_fixture.h"

static const u8 types[] = { SL_TYPE_NONE,
			    SL_TYPE_WRITE_EXCLUSIVE,
			    SL_TYPE_EXCLUSIVE_ACCESS,
			    SL_TYPE_WRITE_EXCLUSIVE_RO,
			    SL_TYPE_EXCLUSIVE_ACCESS_RO,
			    SL_TYPE_WRITE_EXCLUSIVE_AR,
			    SL_TYPE_EXCLUSIVE_ACCESS_AR };

#define N_TYPES (sizeof(types) / sizeof(types[0]))

static const char *const type_names[SL_TYPES] = {
	[SL_TYPE_NONE] = "none, but registrations",
	[SL_TYPE_WRITE_EXCLUSIVE] = "Write Exclusive",
	[SL_TYPE_EXCLUSIVE_ACCESS] = "Exclusive Access",
	[SL_TYPE_WRITE_EXCLUSIVE_RO] = "Write Exclusive - Registrants Only",
	[SL_TYPE_EXCLUSIVE_ACCESS_RO] = "Exclusive Access - Registrants Only",
	[SL_TYPE_WRITE_EXCLUSIVE_AR] = "Write Exclusive - All Registrants",
	[SL_TYPE_EXCLUSIVE_ACCESS_AR] = "Exclusive Access - All Registrants",
};

static const char *const relation_names[SL_RELATIONS] = { "not registered", "registered",
							  "holder" };
static const char *const bar_names[SL_BARS] = { "reads",	  "writes",  "OUT",
						"RESERVE",	  "RELEASE", "IN, REGISTER",
						"TEST UNIT READY" };

/* ---- The rules, in the words of SPC-5 5.14.1 and 5.14.3 --------------------------------- */

static bool exclusive_access(u8 type)
{
	return type == 3 || type == 6 || type == 8;
}

static bool let_in(u8 type, enum sl_relation relation)
{
	return relation == SL_RELATION_HOLDER || (relation == SL_RELATION_REGISTRANT && type >= 5);
}

static bool should_conflict(u8 type, enum sl_relation relation, enum sl_bar bar)
{
	switch (bar) {
	case SL_BAR_READ:
		return exclusive_access(type) && !let_in(type, relation);
	case SL_BAR_WRITE:
		return type && !let_in(type, relation);
	case SL_BAR_OUT:
		return type && relation == SL_RELATION_NONE;
	case SL_BAR_RESERVE:
	case SL_BAR_RELEASE:
		return !type || !let_in(type, relation);
	default:
		return false; /* PERSISTENT RESERVE IN, who registers, TEST UNIT READY */
	}
}

static void should_have_each_cell_as_the_standard_says(void **state)
{
	(void)state;
	for (u32 t = 0; t < N_TYPES; t++) {
		for (u32 r = 0; r < SL_RELATIONS; r++) {
			u8 bars = sl_reservation_bars(types[t], r);

			for (u32 b = 0; b < SL_BARS; b++) {
				if (!(bars & 1U << b) != !should_conflict(types[t], r, b))
					fail_msg("type %u, %s: %s", types[t], relation_names[r],
						 bar_names[b]);
			}
		}
	}
	for (u32 b = 0; b < SL_BARS; b++) {
		assert_int_equal(sl_legacy_bars(true) >> b & 1,
				 b == SL_BAR_PERSISTENT || b == SL_BAR_OUT);
		assert_int_equal(sl_legacy_bars(false) >> b & 1, b != SL_BAR_RELEASE);
	}
}

/* ---- The same with commands -------------------------------------------------------------- */

/* By relation. */
static struct sl_nexus *nexuses[SL_RELATIONS];

static int setup(void **state)
{
	fx_setup(state);
	nexuses[SL_RELATION_NONE] = fx_nexus("iqn.none,i,0x000000000001");
	nexuses[SL_RELATION_REGISTRANT] = fx_nexus("iqn.registrant,i,0x000000000001");
	nexuses[SL_RELATION_HOLDER] = fx_nexus("iqn.holder,i,0x000000000001");
	rf_register(nexuses[SL_RELATION_REGISTRANT], 2);
	rf_register(nexuses[SL_RELATION_HOLDER], 3);
	return 0;
}

static u8 try_bar(struct sl_nexus *n, enum sl_bar bar)
{
	switch (bar) {
	case SL_BAR_READ:
		return rf_try(n, 0x28);
	case SL_BAR_WRITE:
		return rf_try(n, 0x2a);
	case SL_BAR_OUT:
		/* With a key that nobody has, so that it never has an effect. */
		return rf_out(n, SL_OUT_PREEMPT, 1, n == nexuses[SL_RELATION_HOLDER] ? 3 : 2, 99,
			      0);
	case SL_BAR_RESERVE:
		return rf_try(n, 0x16);
	case SL_BAR_RELEASE:
		return rf_try(n, 0x17);
	case SL_BAR_READY:
		return rf_try(n, 0x00);
	default:
		return rf_try(n, 0x5e);
	}
}

static void should_refuse_commands_by_each_cell(void **state)
{
	(void)state;
	for (u32 t = 0; t < N_TYPES; t++) {
		if (types[t])
			rf_reserve(nexuses[SL_RELATION_HOLDER], 3, types[t]);
		for (u32 r = 0; r < SL_RELATIONS; r++) {
			enum sl_relation relation =
				r == SL_RELATION_REGISTRANT && sl_type_all_registrants(types[t]) ?
					SL_RELATION_HOLDER :
					r;

			for (u32 b = 0; b < SL_BARS; b++) {
				u8 want = should_conflict(types[t], relation, b) ? RF_CONFLICT :
										   RF_GOOD;

				if (b == SL_BAR_OUT)
					want = RF_CONFLICT; /* nobody has that key */
				if (try_bar(nexuses[r], b) != want)
					fail_msg("type %u, %s, %s: not %02x", types[t],
						 relation_names[r], bar_names[b], want);
			}
		}
		if (types[t])
			assert_int_equal(rf_out(nexuses[SL_RELATION_HOLDER], SL_OUT_RELEASE,
						types[t], 3, 0, 0),
					 RF_GOOD);
		for (u32 r = 0; r < SL_RELATIONS; r++) {
			while (rf_attention(nexuses[r]))
				;
		}
	}
}

/* Before a Unit Attention, which stays: SAM-6 5.3.3. */
static void should_find_a_conflict_before_a_unit_attention(void **state)
{
	struct sl_nexus *n = nexuses[SL_RELATION_NONE];

	(void)state;
	rf_reserve(nexuses[SL_RELATION_HOLDER], 3, SL_TYPE_EXCLUSIVE_ACCESS);
	sl_ua_raise(fx->gw->devices[0], NULL, 0x3f, 0x03);
	assert_int_equal(rf_try(n, 0x28), RF_CONFLICT);
	assert_int_equal(rf_out(n, SL_OUT_CLEAR, 0, 1, 0, 0), RF_CONFLICT);
	assert_int_equal(rf_attention(n), 0x3f03);
}

/* ---- Which commands are of which kind ------------------------------------------------------ */

struct kind {
	const char *command;
	u8 type, bar;
	u8 cdb[12];
};

/* Where a field decides, both ways; and rows that are easily wrong. */
static const struct kind kinds[] = {
	{ "PREVENT ALLOW MEDIUM REMOVAL, PREVENT zero", 0, SL_BAR_NOTHING, { 0x1e, 0, 0, 0, 0 } },
	{ "PREVENT ALLOW MEDIUM REMOVAL, PREVENT not zero", 0, SL_BAR_WRITE, { 0x1e, 0, 0, 0, 1 } },
	{ "START STOP UNIT, START one, POWER CONDITION zero",
	  0,
	  SL_BAR_NOTHING,
	  { 0x1b, 0, 0, 0, 1 } },
	{ "START STOP UNIT, START zero", 0, SL_BAR_WRITE, { 0x1b, 0, 0, 0, 0 } },
	{ "START STOP UNIT, POWER CONDITION not zero", 0, SL_BAR_WRITE, { 0x1b, 0, 0, 0, 0x11 } },
	{ "LOAD UNLOAD", 1, SL_BAR_WRITE, { 0x1b, 0, 0, 0, 1 } },
	{ "READ ELEMENT STATUS, CURDATA one", 8, SL_BAR_NOTHING, { 0xb8, 0, 0, 0, 0, 0, 1 } },
	{ "READ ELEMENT STATUS, CURDATA zero", 8, SL_BAR_READ, { 0xb8 } },
	{ "PERSISTENT RESERVE IN", 0, SL_BAR_PERSISTENT, { 0x5e } },
	{ "PERSISTENT RESERVE OUT, REGISTER", 0, SL_BAR_PERSISTENT, { 0x5f, 0 } },
	{ "PERSISTENT RESERVE OUT, REGISTER AND IGNORE EXISTING KEY",
	  0,
	  SL_BAR_PERSISTENT,
	  { 0x5f, 6 } },
	{ "PERSISTENT RESERVE OUT, other actions", 0, SL_BAR_OUT, { 0x5f, 4 } },
	{ "RESERVE(6)", 0, SL_BAR_RESERVE, { 0x16 } },
	{ "RESERVE(10)", 0, SL_BAR_RESERVE, { 0x56 } },
	{ "RELEASE(6)", 0, SL_BAR_RELEASE, { 0x17 } },
	{ "RELEASE(10)", 0, SL_BAR_RELEASE, { 0x57 } },
	{ "TEST UNIT READY", 0, SL_BAR_READY, { 0x00 } },
	{ "INQUIRY", 0, SL_BAR_NOTHING, { 0x12 } },
	{ "REPORT LUNS", 0, SL_BAR_NOTHING, { 0xa0 } },
	{ "REQUEST SENSE", 0, SL_BAR_NOTHING, { 0x03 } },
	{ "LOG SENSE", 0, SL_BAR_NOTHING, { 0x4d } },
	{ "READ CAPACITY(10)", 0, SL_BAR_NOTHING, { 0x25 } },
	{ "READ CAPACITY(16)", 0, SL_BAR_NOTHING, { 0x9e, 0x10 } },
	{ "GET LBA STATUS", 0, SL_BAR_READ, { 0x9e, 0x12 } },
	{ "REPORT TARGET PORT GROUPS", 0, SL_BAR_NOTHING, { 0xa3, 0x0a } },
	{ "SET TARGET PORT GROUPS", 0, SL_BAR_WRITE, { 0xa4, 0x0a } },
	{ "REPORT SUPPORTED OPERATION CODES", 0, SL_BAR_READ, { 0xa3, 0x0c } },
	{ "RECEIVE COPY RESULTS", 0, SL_BAR_NOTHING, { 0x84, 0x00 } },
	{ "EXTENDED COPY", 0, SL_BAR_WRITE, { 0x83, 0x00 } },
	{ "POPULATE TOKEN", 0, SL_BAR_READ, { 0x83, 0x10 } },
	{ "MODE SENSE(6)", 0, SL_BAR_READ, { 0x1a } },
	{ "MODE SELECT(6)", 0, SL_BAR_WRITE, { 0x15 } },
	{ "READ(10)", 0, SL_BAR_READ, { 0x28 } },
	{ "VERIFY(10)", 0, SL_BAR_READ, { 0x2f } },
	{ "WRITE(10)", 0, SL_BAR_WRITE, { 0x2a } },
	{ "SYNCHRONIZE CACHE(10)", 0, SL_BAR_WRITE, { 0x35 } },
	{ "UNMAP", 0, SL_BAR_WRITE, { 0x42 } },
	{ "REWIND", 1, SL_BAR_READ, { 0x01 } },
	{ "SPACE(6)", 1, SL_BAR_READ, { 0x11 } },
	{ "LOCATE(10)", 1, SL_BAR_READ, { 0x2b } },
	{ "READ POSITION", 1, SL_BAR_READ, { 0x34 } },
	{ "READ BLOCK LIMITS", 1, SL_BAR_NOTHING, { 0x05 } },
	{ "WRITE FILEMARKS(6)", 1, SL_BAR_WRITE, { 0x10 } },
	{ "ERASE(6)", 1, SL_BAR_WRITE, { 0x19 } },
	{ "MOVE MEDIUM", 8, SL_BAR_WRITE, { 0xa5 } },
	{ "POSITION TO ELEMENT", 8, SL_BAR_WRITE, { 0x2b } },
	{ "an opcode that nobody knows", 0, SL_BAR_WRITE, { 0xff } },
};

static void should_know_the_kind_of_each_command(void **state)
{
	(void)state;
	for (u32 i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct sl_cmd cmd = { .cdb_len = 12 };

		memcpy(cmd.cdb, kinds[i].cdb, sizeof(kinds[i].cdb));
		if (sl_bar_of(&cmd, kinds[i].type) != kinds[i].bar)
			fail_msg("%s: kind %u, not %u", kinds[i].command,
				 sl_bar_of(&cmd, kinds[i].type), kinds[i].bar);
	}
}

/* ---- The document ---------------------------------------------------------------------------- */

static const char *word(u8 bars, u32 bar)
{
	return bars & 1U << bar ? "conflict" : "allowed";
}

static void print_row(FILE *f, const char *name, const char *who, u8 bars)
{
	fprintf(f, "| %s | %s |", name, who);
	for (u32 b = 0; b < SL_BARS; b++)
		fprintf(f, " %s |", word(bars, b));
	fprintf(f, "\n");
}

static void print_matrix(FILE *f)
{
	fprintf(f,
		"Printed from the table in `kernel-gateway/core/reservation_matrix.c` (SPC-5 5.14.1, 5.14.3;\n"
		"SPC-2 5.5.1). *reads* conflict with Exclusive Access, *writes* with every type; *OUT* is\n"
		"PERSISTENT RESERVE OUT with any action but REGISTER and REGISTER AND IGNORE EXISTING KEY,\n"
		"*IN, REGISTER* the rest of the persistent ones. An OUT that is allowed here is still refused\n"
		"when its key is wrong. Of the All Registrants types every registrant is a holder.\n\n"
		"| reservation | I_T nexus |");
	for (u32 b = 0; b < SL_BARS; b++)
		fprintf(f, " %s |", bar_names[b]);
	fprintf(f, "\n|---|---|---|---|---|---|---|---|---|\n");
	for (u32 t = 0; t < N_TYPES; t++) {
		for (u32 r = 0; r < SL_RELATIONS; r++)
			print_row(f, type_names[types[t]], relation_names[r],
				  sl_reservation_bars(types[t], r));
	}
	print_row(f, "RESERVE of SPC-2", "another", sl_legacy_bars(false));
	print_row(f, "RESERVE of SPC-2", "its own", sl_legacy_bars(true));
	fprintf(f,
		"\nOf which kind a command is stands in `core/facts.c`, and where a field of its CDB decides:\n\n"
		"| command | kind |\n|---|---|\n");
	for (u32 i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].bar < SL_BARS)
			fprintf(f, "| %s | %s |\n", kinds[i].command, bar_names[kinds[i].bar]);
		else
			fprintf(f, "| %s | always allowed |\n", kinds[i].command);
	}
}

static void should_match_its_document(void **state)
{
	(void)state;
	document_section("What reservations conflict with", print_matrix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_have_each_cell_as_the_standard_says),
		cmocka_unit_test_setup_teardown(should_refuse_commands_by_each_cell, setup,
						fx_teardown),
		cmocka_unit_test_setup_teardown(should_find_a_conflict_before_a_unit_attention,
						setup, fx_teardown),
		cmocka_unit_test(should_know_the_kind_of_each_command),
		cmocka_unit_test(should_match_its_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
