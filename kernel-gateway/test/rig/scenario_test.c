/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The scenario parser: what statements mean, and what it says of those that mean nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rig/scenario/scenario.h"

#define SETUP                 \
	"handler h\n"         \
	"device disk on h\n"  \
	"map lun 0 to disk\n" \
	"nexus a\n"           \
	"scenario \"it works\"\n"

static struct scenario_file file;

/* The first statement of the first scenario. */
static const struct statement *parse(const char *text)
{
	bool good = scenario_parse(text, strlen(text), &file);

	if (!good)
		print_error("line %u: %s\n", file.complaints->line, file.complaints->text);
	assert_true(good);
	return file.scenarios->first;
}

/* That line's complaint has these words. */
static void assert_complains(const char *text, uint32_t line, const char *words)
{
	bool good = scenario_parse(text, strlen(text), &file);
	const struct complaint *c = file.complaints;

	assert_false(good);
	while (c && c->line != line)
		c = c->next;
	assert_non_null(c);
	if (!strstr(c->text, words))
		print_error("line %u says: %s\n", line, c->text);
	assert_non_null(strstr(c->text, words));
	scenario_free(&file);
}

static void should_build_the_cdb_of_a_named_command(void **state)
{
	static const uint8_t cdb[10] = { 0x28, 0x08, 0x12, 0x34, 0x56, 0x78, 0, 0, 5, 0x40 };
	const struct statement *s =
		parse(SETUP "a/300: read10 lba=0x12345678 blocks=5 fua=1 control=0x40\n");

	assert_int_equal(s->kind, STATEMENT_SEND);
	assert_int_equal(s->line, 6);
	assert_int_equal(s->send.cdb_len, 10);
	assert_memory_equal(s->send.cdb, cdb, 10);
	assert_int_equal(s->send.direction, SLUICE_DIR_IN);
	assert_int_equal(s->send.expected, 5 * 512);
	assert_int_equal(s->send.to.lun[0], 0x41);
	assert_int_equal(s->send.to.lun[1], 0x2c);
	assert_null(s->send.name);
	scenario_free(&file);
}

static void should_set_fields_that_share_a_byte(void **state)
{
	static const uint8_t cdb[6] = { 0x1a, 0x08, 0x80 | 0x0a, 0x01, 0xff, 0 };
	const struct statement *s =
		parse(SETUP "a: mode-sense6 dbd=1 pc=2 page=10 subpage=1 allocation=255\n");

	assert_memory_equal(s->send.cdb, cdb, 6);
	scenario_free(&file);
}

static void should_take_the_parameter_list_length_from_the_data(void **state)
{
	const struct statement *s = parse(SETUP "a: mode-select10 pf=1 data=zeros:300\n");

	assert_int_equal(s->send.cdb[7], 1);
	assert_int_equal(s->send.cdb[8], 44);
	assert_int_equal(s->send.expected, 300);
	assert_int_equal(s->send.direction, SLUICE_DIR_OUT);
	scenario_free(&file);
}

static void should_count_256_blocks_for_0_in_six_bytes(void **state)
{
	const struct statement *s = parse(SETUP "a: read6 blocks=0\n");

	assert_int_equal(s->send.expected, 256 * 512);
	scenario_free(&file);
}

static void should_let_the_initiator_claim_another_length(void **state)
{
	const struct statement *s =
		parse(SETUP "a: write10 blocks=2 data=pattern:7 expected=100\n");

	assert_int_equal(s->send.expected, 100);
	assert_int_equal(s->send.length, 1024);
	assert_int_equal(s->send.data.kind, DATA_PATTERN);
	scenario_free(&file);
}

static void should_send_raw_cdbs(void **state)
{
	const struct statement *s = parse(SETUP "a: cdb 12 01 83 0024 00 in=36 as i\n");

	assert_int_equal(s->send.cdb_len, 6);
	assert_int_equal(s->send.cdb[2], 0x83);
	assert_int_equal(s->send.expected, 36);
	assert_string_equal(s->send.name, "i");
	scenario_free(&file);
}

static void should_read_what_is_expected(void **state)
{
	const struct statement *s =
		parse(SETUP "expect illegal-request 24/00 field=cdb:2.7 residual=under:512 "
			    "format=fixed within=50ms\n");

	assert_int_equal(s->kind, STATEMENT_EXPECT_END);
	assert_int_equal(s->end.status, 2);
	assert_int_equal(s->end.key, 5);
	assert_int_equal(s->end.code, 0x2400);
	assert_true(s->end.field_in_cdb);
	assert_int_equal(s->end.field_byte, 2);
	assert_int_equal(s->end.field_bit, 7);
	assert_int_equal(s->end.residual_kind, SLUICE_RESIDUAL_UNDER);
	assert_int_equal(s->end.residual, 512);
	assert_int_equal(s->end.within_ns, 50000000);
	scenario_free(&file);
}

static void should_read_what_a_handler_does(void **state)
{
	const struct statement *s =
		parse(SETUP "when h gets write10 lba=8 nth=3 device=disk: reply medium-error 0c/00 "
			    "delay=5ms twice\n");
	const struct script_rule *r = &s->when.rule;

	assert_int_equal(s->kind, STATEMENT_WHEN);
	assert_string_equal(s->when.device, "disk");
	assert_int_equal(r->match.opcode, 0x2a);
	assert_int_equal(r->match.n_fields, 1);
	assert_int_equal(r->match.fields[0].value, 8);
	assert_int_equal(r->skip, 2);
	assert_int_equal(r->times, 1);
	assert_int_equal(r->action.reply, SCRIPT_REPLY);
	assert_int_equal(r->action.status, 2);
	assert_int_equal(r->action.sense[2], 3);
	assert_int_equal(r->action.sense[12], 0x0c);
	assert_int_equal(r->action.delay_ns, 5000000);
	assert_int_equal(r->action.deeds, SCRIPT_TWICE);
	scenario_free(&file);
}

static void should_match_service_actions_of_a_named_command(void **state)
{
	const struct statement *s = parse(SETUP "when h gets read-capacity16: hold\n");
	static const uint8_t capacity[16] = { 0x9e, 0x10 }, other[16] = { 0x9e, 0x12 };

	assert_true(script_matches(&s->when.rule.match, capacity, 16));
	assert_false(script_matches(&s->when.rule.match, other, 16));
	assert_false(script_matches(&s->when.rule.match, capacity, 1));
	scenario_free(&file);
}

static void should_read_refusals(void **state)
{
	const struct statement *s = parse(SETUP "refused \"unmap it first\": map lun 0 to other\n");

	assert_true(s->refused);
	assert_string_equal(s->refusal, "unmap it first");
	assert_int_equal(s->kind, STATEMENT_MAP);
	scenario_free(&file);
}

static void should_give_every_scenario_the_names_of_the_common_part_only(void **state)
{
	parse(SETUP "nexus b\na: tur as t\nscenario \"another\"\nnexus b\na: tur as t\n");
	assert_int_equal(file.n_scenarios, 2);
	scenario_free(&file);
	assert_complains(SETUP "nexus b\nscenario \"another\"\nb: tur\n", 8, "unknown here");
}

static void should_ignore_comments_and_blank_lines(void **state)
{
	const struct statement *s =
		parse("# a comment\r\n\r\n" SETUP "\n  # more\n\ta: tur # rest\n");

	assert_int_equal(s->line, 10);
	assert_null(s->next);
	scenario_free(&file);
}

static void should_find_every_error_of_a_file(void **state)
{
	static const char text[] = SETUP "a: nonsense\nexpect\na: read10 lba=x\nfrobnicate\n";

	assert_false(scenario_parse(text, sizeof(text) - 1, &file));
	assert_int_equal(file.n_complaints, 4);
	scenario_free(&file);
}

static void should_say_what_is_wrong_and_what_to_write(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{ "x: tur", "nexus \"x\" is unknown" },
		{ "a: read10 lba", "\"lba\" is too much here" },
		{ "a: read10 lbaa=3", "choose dpo, fua, lba, blocks, control" },
		{ "a: read10 blocks=65536", "the field has 16 bits" },
		{ "a: read10 lba=ten", "give digits" },
		{ "a: write10", "needs data" },
		{ "a: read10 data=zeros", "goes with Data-Out" },
		{ "a: write10 data=xyz", "give hex digits" },
		{ "a: read10 times=3", "add \"as NAME\"" },
		{ "a: tur as good", "is a word of the language" },
		{ "a: abort-task r", "command \"r\" is unknown" },
		{ "a: read10 attribute=fast", "choose simple, ordered" },
		{ "nexus a", "is taken" },
		{ "nexus 1a", "is no name" },
		{ "device d on x", "handler \"x\" is unknown" },
		{ "device d on h recovery=maybe", "choose fail, requeue, redeliver" },
		{ "map lun 0 disk", "\"to DEVICE\" is missing" },
		{ "time 30s", "forward only" },
		{ "pause 5", "no duration" },
		{ "pause 20min", "up to 10min" },
		{ "when h gets read10 hold", "before the colon" },
		{ "when h gets read10:", "what the handler does is missing" },
		{ "when h gets read10: explode", "nothing that a handler does" },
		{ "when h gets reed10: hold", "is unknown" },
		{ "when h gets read10: reply good data=pattern:1:4096", "1 to 512 bytes" },
		{ "h: serve", "of its own accord" },
		{ "h: raise=3f/0e", "add device=NAME" },
		{ "h: raise=xx device=disk", "additional sense code" },
		{ "expect", "what is expected is missing" },
		{ "expect good silence", "silence has no status" },
		{ "expect fine", "neither a name nor something to expect" },
		{ "expect residual=12", "under:BYTES" },
		{ "expect field=2", "cdb:BYTE" },
		{ "expect each good", "\"each\" goes before the name" },
		{ "expect order x y", "unknown" },
		{ "expect h saw 2 read10 then read10", "a count goes with one command" },
		{ "expect h felt read10", "saw COMMAND" },
		{ "expect device disk", "add for example live=0" },
		{ "expect device disk mood=good", "choose state" },
		{ "refused: expect good", "asks nothing" },
		{ "refused \"text\" map lun 0 to x", "write refused" },
		{ "a: tur \"open", "quotation mark" },
		{ "handler r2 real", "configuration is missing" },
		{ "restart x", "unknown" },
		{ "group g", "needs patterns" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];

		snprintf(text, sizeof(text), SETUP "%s\n", cases[i].line);
		assert_complains(text, 6, cases[i].words);
	}
}

static void should_refuse_a_script_for_a_real_handler(void **state)
{
	assert_complains("handler h real \"x\"\nscenario \"s\"\nwhen h gets any: hold\n", 3,
			 "takes no script");
}

static void should_refuse_a_file_without_scenarios(void **state)
{
	assert_complains("handler h\n", 1, "no scenario");
	assert_complains("", 0, "no scenario");
}

static void should_refuse_two_scenarios_of_one_name(void **state)
{
	assert_complains("scenario \"s\"\nscenario \"s\"\n", 2, "stands in line 1");
}

static void should_refuse_bytes_that_are_no_text(void **state)
{
	static const char text[] = "scenario \"s\"\nnexus \0 a\n";

	assert_false(scenario_parse(text, sizeof(text) - 1, &file));
	assert_non_null(strstr(file.complaints->text, "plain text"));
	scenario_free(&file);
}

/* Cut anywhere, a file is right or wrong, and nothing else happens. */
static void should_survive_every_prefix_of_a_file(void **state)
{
	static const char text[] = SETUP
		"when h gets write10 lba=8 nth=3: reply medium-error 0c/00 data=text:x\n"
		"a/300: write10 data=pattern:7 times=3 as w\n"
		"expect each w illegal-request 24/00 field=cdb:2.7\n"
		"h: raise=3f/0e scope=one nexus=a device=disk\n"
		"expect h saw 2 write10 redelivered sequence=3\n"
		"expect device disk live=0 state=served\n"
		"refused \"x\": map lun 3 to disk in default\n";

	for (size_t len = 0; len < sizeof(text); len++) {
		scenario_parse(text, len, &file);
		scenario_free(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_build_the_cdb_of_a_named_command),
		cmocka_unit_test(should_set_fields_that_share_a_byte),
		cmocka_unit_test(should_take_the_parameter_list_length_from_the_data),
		cmocka_unit_test(should_count_256_blocks_for_0_in_six_bytes),
		cmocka_unit_test(should_let_the_initiator_claim_another_length),
		cmocka_unit_test(should_send_raw_cdbs),
		cmocka_unit_test(should_read_what_is_expected),
		cmocka_unit_test(should_read_what_a_handler_does),
		cmocka_unit_test(should_match_service_actions_of_a_named_command),
		cmocka_unit_test(should_read_refusals),
		cmocka_unit_test(should_give_every_scenario_the_names_of_the_common_part_only),
		cmocka_unit_test(should_ignore_comments_and_blank_lines),
		cmocka_unit_test(should_find_every_error_of_a_file),
		cmocka_unit_test(should_say_what_is_wrong_and_what_to_write),
		cmocka_unit_test(should_refuse_a_script_for_a_real_handler),
		cmocka_unit_test(should_refuse_a_file_without_scenarios),
		cmocka_unit_test(should_refuse_two_scenarios_of_one_name),
		cmocka_unit_test(should_refuse_bytes_that_are_no_text),
		cmocka_unit_test(should_survive_every_prefix_of_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
