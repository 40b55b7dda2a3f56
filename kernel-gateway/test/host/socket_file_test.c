/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "control/socket_file.h"

static char directory[64];
static char path[96];

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
	unlink(path);
	return rmdir(directory);
}

static void should_make_a_socket_for_user_and_group_only(void **state)
{
	struct socket_file f;
	struct stat st;
	char why[256];

	assert_int_equal(socket_file_open(&f, path, why), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(f.group, st.st_gid);
	socket_file_close(&f);
	assert_int_equal(access(path, F_OK), -1);
}

static void should_name_the_process_that_serves_the_socket(void **state)
{
	struct socket_file first, second;
	char why[256], pid[32];

	assert_int_equal(socket_file_open(&first, path, why), 0);
	assert_int_equal(socket_file_open(&second, path, why), -EADDRINUSE);
	snprintf(pid, sizeof(pid), "process %d already", getpid());
	assert_non_null(strstr(why, pid));
	assert_non_null(strstr(why, path));
	assert_int_equal(access(path, F_OK), 0);
	socket_file_close(&first);
	assert_int_equal(socket_file_open(&second, path, why), 0);
	socket_file_close(&second);
}

static int bind_stranger(int accepts)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	strcpy(address.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	if (accepts)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void should_replace_a_stale_socket(void **state)
{
	struct socket_file f;
	char why[256];

	close(bind_stranger(1));
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(socket_file_open(&f, path, why), 0);
	socket_file_close(&f);
}

static void should_not_take_a_socket_that_a_stranger_serves(void **state)
{
	struct socket_file f;
	char why[256];
	int stranger = bind_stranger(1);

	assert_int_equal(socket_file_open(&f, path, why), -EADDRINUSE);
	assert_int_equal(access(path, F_OK), 0);
	close(stranger);
}

static void should_not_remove_a_file_that_is_no_socket(void **state)
{
	struct socket_file f;
	char why[256];

	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(socket_file_open(&f, path, why), -EEXIST);
	assert_non_null(strstr(why, "is not a socket"));
	assert_int_equal(access(path, F_OK), 0);
}

static void should_explain_a_missing_directory_and_a_long_path(void **state)
{
	struct socket_file f;
	char why[256], longer[200];

	assert_int_equal(socket_file_open(&f, "/tmp/sluice-no-such-directory/s", why), -ENOENT);
	assert_non_null(strstr(why, "create its directory"));
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(socket_file_open(&f, longer, why), -ENAMETOOLONG);
	assert_non_null(strstr(why, "199 bytes"));
}

int main(void)
{
#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(should_make_a_socket_for_user_and_group_only),
		IN_DIRECTORY(should_name_the_process_that_serves_the_socket),
		IN_DIRECTORY(should_replace_a_stale_socket),
		IN_DIRECTORY(should_not_take_a_socket_that_a_stranger_serves),
		IN_DIRECTORY(should_not_remove_a_file_that_is_no_socket),
		IN_DIRECTORY(should_explain_a_missing_directory_and_a_long_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
