/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "program.h"

#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "rig/connection.h"

extern char **environ;

/* From build/VARIANT/test/FOLDER/a_test to build/VARIANT. */
static void find(const char *name, char *path, size_t room)
{
	ssize_t n = readlink("/proc/self/exe", path, room - 32);

	assert_true(n > 0);
	path[n] = '\0';
	for (int up = 0; up < 3; up++)
		*strrchr(path, '/') = '\0';
	strcat(path, "/");
	strcat(path, name);
	if (access(path, X_OK))
		fail_msg("%s is not there: make all", path);
}

void program_start(struct program *p, char *const argv[], int captured)
{
	posix_spawn_file_actions_t actions;
	int pipe_fds[2] = { -1, -1 };
	char path[512];

	find(argv[0], path, sizeof(path));
	posix_spawn_file_actions_init(&actions);
	if (captured) {
		assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
		posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 1);
		posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 2);
	}
	assert_int_equal(posix_spawn(&p->pid, path, &actions, NULL, argv, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	if (captured)
		close(pipe_fds[1]);
	p->out = pipe_fds[0];
}

int program_finish(struct program *p, char *text, size_t room)
{
	size_t len = 0;
	ssize_t n;
	int status;

	while (p->out >= 0 && (n = read(p->out, text + len, room - 1 - len)) > 0)
		len += (size_t)n;
	if (p->out >= 0) {
		text[len] = '\0';
		close(p->out);
	}
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	p->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

void program_directory(char directory[64], char path[96])
{
	strcpy(directory, "/tmp/sluice-test-XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, 96, "%s/gateway.sock", directory);
}

void program_remove_directory(const char *directory, const char *path)
{
	char lock[128];

	snprintf(lock, sizeof(lock), "%s.lock", path);
	unlink(lock);
	assert_int_equal(rmdir(directory), 0);
}

void program_wait_until_ready(const char *path)
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
