/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* sluiced as a program: its options, its messages, its signals. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/loop.h"
#include "rig/connection.h"

extern char **environ;

static char program[512];
static char directory[64];
static char path[96];

/* Beside the test: build/VARIANT/test/host/program_test and build/VARIANT/sluiced. */
static int find_program(void **state)
{
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 16);

	if (n < 0)
		return -1;
	program[n] = '\0';
	for (int up = 0; up < 3; up++)
		*strrchr(program, '/') = '\0';
	strcat(program, "/sluiced");
	return access(program, X_OK);
}

static int make_directory(void **state)
{
	strcpy(directory, "/tmp/sluice-test-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/gateway.sock", directory);
	return 0;
}

static int remove_directory(void **state)
{
	char lock[128];

	snprintf(lock, sizeof(lock), "%s.lock", path);
	unlink(lock);
	return rmdir(directory);
}

/* Starts sluiced with standard output and error into *out. */
static pid_t start(char *const argv[], int *out)
{
	posix_spawn_file_actions_t actions;
	int pipe_fds[2];
	pid_t child;

	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 1);
	posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 2);
	assert_int_equal(posix_spawn(&child, program, &actions, NULL, argv, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	close(pipe_fds[1]);
	*out = pipe_fds[0];
	return child;
}

/* Its exit status, or 1000 + signal; `text` receives what it printed. */
static int finish(pid_t child, int out, char *text, size_t room)
{
	size_t len = 0;
	ssize_t n;
	int status;

	while ((n = read(out, text + len, room - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(out);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void assert_run(char *const argv[], int expected, const char *says)
{
	char text[8192];
	int out;
	pid_t child = start(argv, &out);
	int status = finish(child, out, text, sizeof(text));

	if (status != expected || !strstr(text, says))
		fail_msg("exit status %d, not %d, with: %s", status, expected, text);
}

#define RUN(expected, says, ...) \
	assert_run((char *const[]){ "sluiced", __VA_ARGS__, NULL }, expected, says)

static void wait_until_ready(void)
{
	struct connection c;
	char why[CONNECTION_WHY];

	for (int i = 0; i < 500; i++) {
		if (connection_open(&c, path, SLUICE_ROLE_CONTROL, "test", why) == 0) {
			connection_close(&c);
			return;
		}
		usleep(20000);
	}
	fail_msg("%s", why);
}

static void should_print_version_and_abi(void **state)
{
	RUN(0, "ABI 2.0", "--version");
	RUN(0, "--spin-us", "--help");
}

static void should_refuse_bad_options_with_value_and_remedy(void **state)
{
	RUN(2, "--socket (missing)", "--loops", "1");
	RUN(2, "--loops 0: choose 1 to 64", "--socket", path, "--loops", "0");
	RUN(2, "--loops 65: choose", "--socket", path, "--loops", "65");
	RUN(2, "--loops two: choose", "--socket", path, "--loops", "two");
	RUN(2, "--spin-us -1: choose", "--socket", path, "--spin-us", "-1");
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
	int out;
	pid_t child = start(argv, &out);

	wait_until_ready();
	snprintf(pid, sizeof(pid), "process %d already", child);
	RUN(1, pid, "--socket", path);
	assert_int_equal(kill(child, SIGTERM), 0);
	assert_int_equal(finish(child, out, text, sizeof(text)), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_non_null(strstr(text, "ended"));
}

static void should_start_over_a_killed_gateways_socket(void **state)
{
	char *const argv[] = { "sluiced", "--socket", path, NULL };
	char text[8192];
	int out;
	pid_t child = start(argv, &out);

	wait_until_ready();
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(finish(child, out, text, sizeof(text)), 1000 + SIGKILL);
	assert_int_equal(access(path, F_OK), 0);
	child = start(argv, &out);
	wait_until_ready();
	assert_int_equal(kill(child, SIGINT), 0);
	assert_int_equal(finish(child, out, text, sizeof(text)), 0);
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
		cmocka_unit_test_setup_teardown(should_start_over_a_killed_gateways_socket,
						make_directory, remove_directory),
	};

	return cmocka_run_group_tests(tests, find_program, NULL);
}
