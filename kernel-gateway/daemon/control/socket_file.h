/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The socket's file: taken by one gateway at a time, a stale one replaced. */
#ifndef SLUICE_DAEMON_CONTROL_SOCKET_FILE_H
#define SLUICE_DAEMON_CONTROL_SOCKET_FILE_H

#include <sys/types.h>

struct socket_file {
	int listen_fd;
	int lock_fd;		/* PATH.lock, held as long as the gateway lives */
	gid_t group;		/* of the socket's file */
	char path[108];
};

/* Binds and listens, mode 0660. 0 or -errno with `why`. */
int socket_file_open(struct socket_file *f, const char *path, char why[256]);
/* Stops listening and removes the file. */
void socket_file_close(struct socket_file *f);

#endif /* SLUICE_DAEMON_CONTROL_SOCKET_FILE_H */
