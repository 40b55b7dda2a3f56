/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "socket_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int failed(const char *call, const char *path, const char *remedy, char why[256])
{
	int err = errno;

	snprintf(why, 256, "%s %s: %s: %s", call, path, strerror(err), remedy);
	return -err;
}

static int taken(const char *path, long pid, char why[256])
{
	snprintf(why, 256,
		 "socket %s is served by process %ld already: stop that one or choose another "
		 "--socket",
		 path, pid);
	return -EADDRINUSE;
}

/* The lock decides between two gateways that start at once; its text names the holder. */
static int take_lock(struct socket_file *f, char why[256])
{
	char path[sizeof(f->path) + 8], text[32] = "";
	ssize_t n;

	snprintf(path, sizeof(path), "%s.lock", f->path);
	f->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (f->lock_fd < 0)
		return failed("open", path,
			      "create its directory, or make it writable for this user", why);
	if (flock(f->lock_fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return failed("flock", path, "choose a --socket on a local file system",
				      why);
		n = pread(f->lock_fd, text, sizeof(text) - 1, 0);
		text[n > 0 ? n : 0] = '\0';
		return taken(f->path, strtol(text, NULL, 10), why);
	}
	n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(f->lock_fd, 0) < 0 || pwrite(f->lock_fd, text, (size_t)n, 0) != n)
		return failed("write", path, "free some space there", why);
	return 0;
}

/* A file is left over when nobody accepts on it. -EADDRINUSE if somebody does. */
static int remove_stale(struct socket_file *f, const struct sockaddr_un *address, char why[256])
{
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);
	struct stat st;
	int probe, connected;

	if (lstat(f->path, &st) < 0)
		return errno == ENOENT ? 0 : failed("stat", f->path, "check its directory", why);
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(why, 256,
			 "%s exists and is not a socket: remove it or choose another "
			 "--socket",
			 f->path);
		return -EEXIST;
	}
	probe = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (probe < 0)
		return failed("socket for", f->path, "raise RLIMIT_NOFILE", why);
	connected = connect(probe, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
		    errno == EAGAIN;
	if (connected)
		getsockopt(probe, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	close(probe);
	if (connected)
		return taken(f->path, peer.pid, why);
	if (unlink(f->path) < 0)
		return failed("unlink stale", f->path, "remove it as its owner", why);
	return 0;
}

static int bind_and_listen(struct socket_file *f, const struct sockaddr_un *address, char why[256])
{
	struct stat st;
	mode_t old;
	int bound;

	f->listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (f->listen_fd < 0)
		return failed("socket for", f->path, "raise RLIMIT_NOFILE", why);
	/* Never for others, not even between bind and chmod. */
	old = umask(0117);
	bound = bind(f->listen_fd, (const struct sockaddr *)address, sizeof(*address));
	umask(old);
	if (bound < 0)
		return failed("bind", f->path,
			      "create its directory, or make it writable for this user", why);
	if (lstat(f->path, &st) < 0)
		return failed("stat", f->path, "leave the file alone while the gateway starts",
			      why);
	f->group = st.st_gid;
	if (listen(f->listen_fd, 64) < 0)
		return failed("listen", f->path, "choose another --socket", why);
	return 0;
}

int socket_file_open(struct socket_file *f, const char *path, char why[256])
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int err;

	*f = (struct socket_file){ .listen_fd = -1, .lock_fd = -1 };
	if (strlen(path) >= sizeof(address.sun_path)) {
		snprintf(why, 256, "socket path of %zu bytes: choose one of at most %zu",
			 strlen(path), sizeof(address.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	strcpy(f->path, path);
	strcpy(address.sun_path, path);
	err = take_lock(f, why);
	if (!err)
		err = remove_stale(f, &address, why);
	if (!err)
		err = bind_and_listen(f, &address, why);
	if (err && f->listen_fd >= 0)
		close(f->listen_fd);
	if (err && f->lock_fd >= 0)
		close(f->lock_fd);
	return err;
}

void socket_file_close(struct socket_file *f)
{
	if (f->listen_fd < 0)
		return;
	unlink(f->path);
	close(f->listen_fd);
	f->listen_fd = -1;
	/* The lock's file stays: removing it would let two gateways hold two of them. */
	close(f->lock_fd);
	f->lock_fd = -1;
}
