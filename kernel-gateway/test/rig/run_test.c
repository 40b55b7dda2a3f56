/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* sluice-rig run as people see it: what fails, what is printed of it, what the exit status is. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SETUP                              \
	"handler h\n"                      \
	"device disk on h timeout=10s\n"   \
	"map lun 0 to disk\n"              \
	"nexus a\n"                        \
	"ready a\n"                        \
	"when h gets read10 lba=9: hold\n" \
	"scenario \"a test\"\n"

static char program[512];
static char directory[64];
static char path[96];
static char output[65536];

static int find_program(void **state)
{
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 16);

	if (n < 0)
		return -1;
	program[n] = '\0';
	for (int up = 0; up < 3; up++)
		*strrchr(program, '/') = '\0';
	strcat(program, "/sluice-rig");
	strcpy(directory, "/tmp/sluice-test-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/test.rig", directory);
	return access(program, X_OK);
}

static int remove_files(void **state)
{
	unlink(path);
	return rmdir(directory);
}

/* Its exit status; what it prints on both outputs is in `output`. */
static int rig(const char *arguments)
{
	char line[1024];
	FILE *in;
	size_t n;
	int status;

	snprintf(line, sizeof(line), "%s %s 2>&1", program, arguments);
	in = popen(line, "r");
	assert_non_null(in);
	n = fread(output, 1, sizeof(output) - 1, in);
	output[n] = '\0';
	status = pclose(in);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int run(const char *text, const char *options)
{
	char line[512];
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	snprintf(line, sizeof(line), "run %s %s", options, path);
	return rig(line);
}

static void assert_prints(const char *words)
{
	if (!strstr(output, words))
		print_error("wanted \"%s\" in:\n%s\n", words, output);
	assert_non_null(strstr(output, words));
}

static void should_pass_what_is_as_expected(void **state)
{
	assert_int_equal(run(SETUP "a: write10 data=pattern:1:512\na: read10\n"
				   "expect good data=pattern:1 length=512 residual=none\n",
			     ""),
			 0);
	assert_prints("\n1 passed, 0 failed\n");
}

/* Each expectation fails when it should, names its line, and says what came. */
static void should_fail_what_is_not_as_expected(void **state)
{
	static const struct {
		const char *lines;
		uint32_t line;
		const char *words;
	} cases[] = {
		{ "a: tur\nexpect busy\n", 9, "another status came\n    came: GOOD" },
		{ "a/9: tur\nexpect not-ready\n", 9, "another sense key came" },
		{ "a/9: tur\nexpect illegal-request 24/00\n", 9,
		  "25h/00h LOGICAL UNIT NOT SUPPORTED" },
		{ "a/9: tur\nexpect format=descriptor\n", 9, "another format" },
		{ "a/9: tur\nexpect field=cdb:1\n", 9, "another field pointer" },
		{ "a: query-task-set\nexpect information=160000\n", 9,
		  "other additional response information" },
		{ "a: tur\nexpect information=160000\n", 9, "this is a command" },
		{ "a: cdb 03 80 00 00 12 00 in=18\nexpect field=cdb:1.3\n", 9, "CDB byte 1" },
		{ "a: cdb 03 80 00 00 12 00 in=18\nexpect field=none\n", 9,
		  "another field pointer" },
		{ "a: query-task-set\nexpect information=160000\n", 9,
		  "other additional response information" },
		{ "a: tur\nexpect information=160000\n", 9, "this is a command" },
		{ "a/9: tur\nexpect sense-length=8\n", 9, "another length" },
		{ "a: read10\nexpect residual=under:1\n", 9, "another residual came" },
		{ "a: read10 expected=600\nexpect residual=none\n", 9,
		  "residual underflow of 88 bytes" },
		{ "a: read10\nexpect length=511\n", 9, "another length" },
		{ "a: read10\nexpect data=pattern:1\n", 9, "512 bytes differ, the first at 0" },
		{ "a: read10\nexpect data=0000000001 at=7\n", 9,
		  "1 of 5 bytes differ, the first at 11" },
		{ "a: read10\nexpect data=00 at=512\n", 9,
		  "expected 1 bytes of data at 512, came 512" },
		{ "a: tur\nexpect data=zeros\n", 9, "came 0 bytes" },
		{ "a: tur\nexpect silence\n", 9, "a status came" },
		{ "a: tur\nexpect function-complete\n", 9, "this is a command" },
		{ "a: tur\nexpect after=10s\n", 9, "it ended earlier" },
		{ "when h gets tur: delay=20ms\na: tur\nexpect within=1ms\n", 10,
		  "it took longer" },
		{ "a: lun-reset\nexpect no-such-task\n", 9, "came: FUNCTION COMPLETE" },
		{ "a: lun-reset\nexpect good\n", 9, "this is a task management function" },
		{ "a: read10 lba=9 as r\ndrop a\nexpect r good\n", 10, "no status came" },
		{ "a: tur as x\na: tur as y\nexpect order y x\n", 10, "x ended before y" },
		{ "a: tur as x\nwait x\nexpect pending x\n", 10, "x has ended: GOOD" },
		{ "a: read10 lba=1\nexpect h saw no read10\n", 9, "1 times" },
		{ "a: read10 lba=1\nexpect h saw 2 read10\n", 9, "1 times" },
		{ "a: read10 lba=1\nexpect h saw read10 lba=2\n", 9, "it saw no such command" },
		{ "a: read10 lba=1\nexpect h saw read10 sequence=1\n", 9, "sequence 2" },
		{ "a: read10 lba=1\nexpect h saw read10 redelivered\n", 9, "no such command" },
		{ "a: read10 lba=1\nexpect h saw read10 attribute=ordered\n", 9,
		  "no such command" },
		{ "a: read10 lba=1\nexpect h saw read10 then tur\n", 9, "in this order" },
		{ "expect h heard lun-reset\n", 8, "0 times" },
		{ "expect h heard no nexus-add\n", 8, "event NEXUS ADD" },
		{ "expect device disk live=1\n", 8, "live=0" },
		{ "expect device disk state=orphaned\n", 8, "state=served" },
		{ "expect gateway sessions=2\n", 8, "sessions=1" },
		{ "expect nexus a live=3\n", 8, "live=0" },
		{ "refused: map lun 1 to disk\n", 8, "it was accepted" },
		{ "refused \"teapot\": map lun 0 to other\n", 8, "says \"teapot\", came" },
		{ "map lun 0 to other\n", 8, "refused: \"other\"" },
		{ "a: read10 times=3 as r\nexpect each r busy\n", 9, "number 0 of those" },
		{ "limit 50ms\na: read10 lba=9\n", 9, "does not end within the scenario's time" },
		{ "limit 50ms\na: read10 lba=9 as r\nexpect r good\n", 10, "does not end" },
		{ "expect busy\n", 8, "nothing has been sent yet" },
		{ "close a\nrefused: a: tur as x\nexpect x good\n", 10, "x has not been sent" },
		{ "close a\nrefused: a: tur as x\nwait x\n", 10, "x has not been sent" },
		{ "close a\nrefused: a: tur as x\nexpect pending x\n", 10, "x has not been sent" },
		{ "kill h\nready a\n", 9, "is not ready" },
		{ "kill h\nrelease h\n", 9, "restart it" },
		{ "a: write10 data=file:missing\n", 8, "No such file" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[1024], place[160];

		snprintf(text, sizeof(text), SETUP "%s", cases[i].lines);
		if (run(text, "--patience 150ms") != 1)
			fail_msg("this does not fail as it should:\n%s%s", cases[i].lines, output);
		snprintf(place, sizeof(place), "  %s:%u: ", path, cases[i].line);
		assert_prints("FAIL ");
		assert_prints(place);
		assert_prints(cases[i].words);
		assert_prints("\n0 passed, 1 failed\n");
	}
}

static void should_go_on_with_the_next_scenario(void **state)
{
	assert_int_equal(
		run(SETUP "a: tur\nexpect busy\nscenario \"next\"\na: tur\nexpect good\n", ""), 1);
	assert_prints("\n1 passed, 1 failed\n");
}

static void should_run_only_what_is_asked_for(void **state)
{
	assert_int_equal(run(SETUP "a: tur\nexpect busy\nscenario \"next\"\na: tur\nexpect good\n",
			     "--only next"),
			 0);
	assert_prints("\n1 passed, 0 failed\n");
	assert_int_equal(run(SETUP, "--only nothing"), 1);
	assert_prints("no scenario was run");
}

static void should_trace_each_exchange(void **state)
{
	assert_int_equal(run(SETUP "a: tur\nexpect good\n", "--verbose"), 0);
	assert_prints("8: a: tur");
	assert_prints("a: GOOD, 0 bytes of data, no residual");
}

static void should_count_a_file_with_errors_as_failed(void **state)
{
	assert_int_equal(run(SETUP "a: tuur\nexpect god\n", ""), 1);
	assert_prints(":8: \"tuur\" is no command");
	assert_prints(":9: \"god\" is neither a name nor");
	assert_prints("0 passed, 1 failed\n");
}

static void should_skip_and_say_why_without_a_real_handler(void **state)
{
	assert_int_equal(run("handler h real \"a disk\"\nscenario \"real\"\n", ""), 0);
	assert_prints("SKIPPED");
	assert_prints("--real-handler");
	assert_prints("0 passed, 0 failed, 1 skipped\n");
}

/* Any program that serves devices at SLUICE_SOCKET is a real handler. */
static void should_run_against_a_real_handler(void **state)
{
	char options[1024];
	char cdisk[512];

	strcpy(cdisk, program);
	strcpy(strrchr(cdisk, '/'), "/sluice-cdisk");
	snprintf(options, sizeof(options),
		 "--real-handler 'exec %s --socket \"$SLUICE_SOCKET\" $SLUICE_RIG_CONFIG'", cdisk);
	assert_int_equal(run("handler h real \"disk=1M\"\n"
			     "device disk on h\n"
			     "map lun 0 to disk\n"
			     "nexus a\n"
			     "ready a\n"
			     "scenario \"data\"\n"
			     "a: write10 lba=3 data=pattern:1:512\n"
			     "a: read10 lba=3\n"
			     "expect good data=pattern:1\n"
			     "scenario \"death\"\n"
			     "kill h\n"
			     "expect device disk state=held\n",
			     options),
			 0);
	assert_prints("2 passed, 0 failed\n");
}

/* Every ```rig block of docs/rig.md, as it is printed there. */
static void should_run_every_example_of_the_manual(void **state)
{
	char manual[640], options[1024], text[8192], line[512], cdisk[512];
	uint32_t examples = 0;
	bool inside = false;
	FILE *in;

	/* From kernel-gateway/build/VARIANT/sluice-rig on. */
	snprintf(manual, sizeof(manual), "%s", program);
	for (int up = 0; up < 4; up++)
		*strrchr(manual, '/') = '\0';
	strcat(manual, "/docs/rig.md");
	in = fopen(manual, "r");
	assert_non_null(in);
	strcpy(cdisk, program);
	strcpy(strrchr(cdisk, '/'), "/sluice-cdisk");
	snprintf(options, sizeof(options),
		 "--real-handler 'exec %s --socket \"$SLUICE_SOCKET\" $SLUICE_RIG_CONFIG'", cdisk);
	while (fgets(line, sizeof(line), in)) {
		if (strcmp(line, "```rig\n") == 0) {
			inside = true;
			text[0] = '\0';
		} else if (inside && strcmp(line, "```\n") == 0) {
			inside = false;
			examples++;
			if (run(text, options))
				fail_msg("example %u of %s:\n%s", examples, manual, output);
		} else if (inside) {
			assert_true(strlen(text) + strlen(line) < sizeof(text));
			strcat(text, line);
		}
	}
	fclose(in);
	assert_true(examples > 8);
}

static void should_fail_when_the_gateway_does_not_start(void **state)
{
	assert_int_equal(run(SETUP, "--gateway /nonexistent/sluiced"), 1);
	assert_prints("did not start: give the path of sluiced with --gateway");
}

/* Against a gateway that runs already, twice: nothing of the first run is in the second's way. */
static void should_run_on_a_gateway_that_others_use(void **state)
{
	char socket[128], line[1024], options[256];
	pid_t pid;

	snprintf(socket, sizeof(socket), "%s/gw", directory);
	strcpy(line, program);
	strcpy(strrchr(line, '/'), "/sluiced");
	pid = fork();
	if (pid == 0) {
		execl(line, line, "--socket", socket, "--rig-time", "--log-level", "error",
		      (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 1000 && access(socket, F_OK); i++)
		usleep(5000);
	snprintf(options, sizeof(options), "--socket %s", socket);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(run(SETUP "a: read10 lba=9 as r\nexpect h saw read10 sequence=2\n"
					   "time +11s\nexpect r aborted-command 2e/02\n"
					   "expect gateway sessions=1 nexuses=1\n"
					   "expect device disk timeouts=1\n",
				     options),
				 0);
		assert_prints("1 passed, 0 failed\n");
	}
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	snprintf(line, sizeof(line), "%s.lock", socket);
	unlink(line);
}

static void should_check_without_a_gateway(void **state)
{
	char line[256];

	snprintf(line, sizeof(line), "check %s", path);
	run(SETUP "a: tur\n", "--gateway /nonexistent/sluiced");
	assert_int_equal(rig(line), 0);
	assert_prints("1 scenarios, no error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_pass_what_is_as_expected),
		cmocka_unit_test(should_fail_what_is_not_as_expected),
		cmocka_unit_test(should_go_on_with_the_next_scenario),
		cmocka_unit_test(should_run_only_what_is_asked_for),
		cmocka_unit_test(should_trace_each_exchange),
		cmocka_unit_test(should_count_a_file_with_errors_as_failed),
		cmocka_unit_test(should_skip_and_say_why_without_a_real_handler),
		cmocka_unit_test(should_run_against_a_real_handler),
		cmocka_unit_test(should_run_every_example_of_the_manual),
		cmocka_unit_test(should_fail_when_the_gateway_does_not_start),
		cmocka_unit_test(should_run_on_a_gateway_that_others_use),
		cmocka_unit_test(should_check_without_a_gateway),
	};

	return cmocka_run_group_tests(tests, find_program, remove_files);
}
