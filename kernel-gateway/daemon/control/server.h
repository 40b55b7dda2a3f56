/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The gateway's Unix socket (abi.h section 3): who may connect, and the clients that
 * did. Everything here runs on loop 0.
 */
#ifndef SLUICE_DAEMON_CONTROL_SERVER_H
#define SLUICE_DAEMON_CONTROL_SERVER_H

#include "fabric/rig.h"
#include "host/host.h"
#include "iscsi/iscsi.h"
#include "socket_file.h"

struct client;
struct portal;

#define CONTROL_MAX_CLIENTS 128U

struct control_server {
	struct host *host;
	struct iscsi_fabric *iscsi;
	/* SHUTDOWN was asked; the reply has been sent. */
	void (*shutdown)(void *arg);
	void *arg;
	/* Private. */
	struct loop_fd listener;
	struct loop_timer listen_again;
	struct socket_file file;
	struct client *clients;
	uint32_t n_clients;
	struct portal *portals;		/* configured, so that adding one again is success */
	struct rig_fabric rigs;
};

/*
 * Listens. `host`, `iscsi`, `shutdown` and `arg` are set by the caller. 0, or -errno
 * with `why`: another gateway lives there (with its process identifier), the path is
 * no socket, no permission, ...
 */
int control_server_open(struct control_server *s, const char *path, char why[256]);
/* No new clients; the socket file goes. */
void control_server_stop_listening(struct control_server *s);
/* Closes every client; their sessions and rigs end in their own time. */
void control_server_close_clients(struct control_server *s);
/* Frees what is left; clients are closed. */
void control_server_destroy(struct control_server *s);

#endif /* SLUICE_DAEMON_CONTROL_SERVER_H */
