/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One connection of the Unix socket: packets in, replies out. A client that does not
 * read its replies holds up nobody; past a bound it is closed.
 */
#ifndef SLUICE_DAEMON_CONTROL_CLIENT_H
#define SLUICE_DAEMON_CONTROL_CLIENT_H

#include <sys/socket.h>

#include "control/client.h"
#include "server.h"

struct handler_session;
struct rig;
struct pending;

struct client {
	struct loop_fd fd;
	struct control_server *server;
	struct client *next;
	struct ucred peer;
	char refusal[256];		/* not empty: what HELLO is answered with */
	uint32_t role;			/* enum sluice_role; 0 before HELLO */
	char name[SLUICE_NAME_LEN];
	struct loop_timer hello_timer;
	struct handler_session *session;
	struct restore *restore;	/* a record of reservations, on its way */
	struct rig *rig;
	struct pending *pending;	/* an operation that is not over: nothing is read meanwhile */
	struct reply *first_reply, **last_reply;
	uint32_t n_replies;
	bool doomed;			/* close at the next opportunity on a clean stack */
	struct loop_work close_work;
};

/* Takes the descriptor over. A non-empty `refusal` is the answer to the client's HELLO. */
int client_create(struct control_server *s, int fd, const struct ucred *peer, const char *refusal);
/* From any depth on loop 0: closes once the stack is clean. */
void client_doom(struct client *c);

struct loop *client_loop(struct client *c);
/* A reply with descriptors. */
void client_reply_fds(struct client *c, const struct sluice_msg *to, const void *body, uint32_t len,
		      const int *fds, uint32_t n_fds);
/* Nothing if err is 0, with an empty reply; else `why`. */
void client_answer(struct client *c, const struct sluice_msg *to, int err, const char *why);
/* Stops or goes on reading, for an operation whose reply comes later (replies come in order). */
void client_pause(struct client *c, struct pending *p);
void client_resume(struct client *c);

/* What lives on a client goes with it. */
void handler_client_gone(struct client *c);
void rig_client_gone(struct client *c);

#endif /* SLUICE_DAEMON_CONTROL_CLIENT_H */
