/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* sluiced as a program: its options, its messages, its signals. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "program.h"
#include "rig/connection.h"

static char directory[64];
static char path[96];

static int make_directory(void **state)
{
	program_directory(directory, path);
	return 0;
}

static int remove_directory(void **state)
{
	program_remove_directory(directory, path);
	return 0;
}

static void assert_run(char *const argv[], int expected, const char *says)
{
	struct program p;
	char text[8192];
	int status;

	program_start(&p, argv, true);
	status = program_finish(&p, text, sizeof(text));
	if (status != expected || !strstr(text, says))
		fail_msg("exit status %d, not %d, with: %s", status, expected, text);
}

#define RUN(expected, says, ...) \
	assert_run((char *const[]){ "sluiced", __VA_ARGS__, NULL }, expected, says)

static void should_print_version_and_abi(void **state)
{
	RUN(0, "ABI 3.0", "--version");
	RUN(0, "--spin-us", "--help");
}

static void should_refuse_bad_options_with_value_and_remedy(void **state)
{
	RUN(2, "--socket (missing)", "--loops", "1");
	RUN(2, "--loops 0: choose 1 to 64", "--socket", path, "--loops", "0");
	RUN(2, "--loops 65: choose", "--socket", path, "--loops", "65");
	RUN(2, "--loops two: choose", "--socket", path, "--loops", "two");
	RUN(2, "--spin-us -1: choose", "--socket", path, "--spin-us", "-1");
	RUN(2, "--cpus all: choose auto, any, follow", "--socket", path, "--cpus", "all");
	RUN(2, "--max-devices 0: choose 1 to 1000000", "--socket", path, "--max-devices", "0");
	RUN(2, "--max-nexuses 32769: choose 1 to 32768", "--socket", path, "--max-nexuses",
	    "32769");
	RUN(2, "--max-sessions 1: choose 2 to 1024", "--socket", path, "--max-sessions", "1");
	RUN(2, "--log-level loud: choose error", "--socket", path, "--log-level", "loud");
	RUN(2, "usage", "--bogus");
	RUN(2, "stray", "--socket", path, "stray");
}

static void should_explain_a_socket_it_cannot_make(void **state)
{
	RUN(1, "No such file or directory: create its directory", "--socket", "/nonexistent/dir/s");
}

static void should_refuse_a_second_gateway_and_end_in_order_on_sigterm(void **state)
{
	char *const argv[] = { "sluiced", "--socket", path, "--loops", "2", NULL };
	char text[8192], pid[32];
	struct program p;

	program_start(&p, argv, true);
	program_wait_until_ready(path);
	snprintf(pid, sizeof(pid), "process %d already", p.pid);
	RUN(1, pid, "--socket", path);
	assert_int_equal(kill(p.pid, SIGTERM), 0);
	assert_int_equal(program_finish(&p, text, sizeof(text)), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_non_null(strstr(text, "ended"));
}

static void should_start_over_a_killed_gateways_socket(void **state)
{
	char *const argv[] = { "sluiced", "--socket", path, NULL };
	struct program p;
	char text[8192];

	program_start(&p, argv, true);
	program_wait_until_ready(path);
	assert_int_equal(kill(p.pid, SIGKILL), 0);
	assert_int_equal(program_finish(&p, text, sizeof(text)), 1000 + SIGKILL);
	assert_int_equal(access(path, F_OK), 0);
	program_start(&p, argv, true);
	program_wait_until_ready(path);
	assert_int_equal(kill(p.pid, SIGINT), 0);
	assert_int_equal(program_finish(&p, text, sizeof(text)), 0);
}

/* Its time is moved, not waited for. */
static void should_close_a_connection_that_says_no_hello(void **state)
{
	char *const argv[] = { "sluiced", "--socket", path, "--rig-time", NULL };
	const struct sluice_rig_time bad[] = { { .advance_ns = UINT64_MAX }, { .now_ns = 1 } };
	struct sluice_rig_time moved = { .advance_ns = 4000000000 };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct pollfd silent = { .events = POLLRDHUP };
	struct connection rig;
	struct program p;
	char text[8192], why[CONNECTION_WHY];

	program_start(&p, argv, true);
	program_wait_until_ready(path);
	assert_int_equal(connection_open(&rig, path, SLUICE_ROLE_RIG, "test", why), 0);
	/* Its bounds, on the way. */
	assert_int_equal(connection_call(&rig, SLUICE_OP_RIG_TIME, &bad[0], sizeof(bad[0]), NULL, 0,
					 why),
			 -EINVAL);
	assert_non_null(strstr(why, "at most"));
	assert_int_equal(connection_call(&rig, SLUICE_OP_RIG_TIME, &bad[1], sizeof(bad[1]), NULL, 0,
					 why),
			 -EINVAL);
	assert_non_null(strstr(why, "now_ns has byte 01h"));
	strcpy(to.sun_path, path);
	silent.fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(silent.fd, (struct sockaddr *)&to, sizeof(to)), 0);
	/* Not before its five seconds are over. */
	assert_int_equal(connection_call(&rig, SLUICE_OP_RIG_TIME, &moved, sizeof(moved), &moved,
					 sizeof(moved), why),
			 0);
	assert_int_equal(poll(&silent, 1, 0), 0);
	moved = (struct sluice_rig_time){ .advance_ns = 1200000000 };
	assert_int_equal(connection_call(&rig, SLUICE_OP_RIG_TIME, &moved, sizeof(moved), &moved,
					 sizeof(moved), why),
			 0);
	assert_int_equal(poll(&silent, 1, 10000), 1);
	close(silent.fd);
	connection_close(&rig);
	assert_int_equal(kill(p.pid, SIGTERM), 0);
	assert_int_equal(program_finish(&p, text, sizeof(text)), 0);
	assert_non_null(strstr(text, "said no HELLO within 5 s"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_print_version_and_abi),
		cmocka_unit_test(should_refuse_bad_options_with_value_and_remedy),
		cmocka_unit_test(should_explain_a_socket_it_cannot_make),
		cmocka_unit_test_setup_teardown(
			should_refuse_a_second_gateway_and_end_in_order_on_sigterm, make_directory,
			remove_directory),
		cmocka_unit_test_setup_teardown(should_close_a_connection_that_says_no_hello,
						make_directory, remove_directory),
		cmocka_unit_test_setup_teardown(should_start_over_a_killed_gateways_socket,
						make_directory, remove_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
