/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A client's end of the gateway's socket (abi.h section 3), for any role. One thread at a time. */
#ifndef SLUICE_RIG_CONNECTION_H
#define SLUICE_RIG_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/abi.h"

#define CONNECTION_WHY	 384
#define CONNECTION_BODY	 4096
#define CONNECTION_MAX_FDS (SLUICE_MAX_QUEUES + 3)

struct connection {
	int fd;
	bool device;			/* the module's character device, not sluiced's socket */
	uint32_t next_id;
	struct sluice_hello gateway;	/* its reply to HELLO */
};

struct message {
	struct sluice_msg head;
	_Alignas(8) uint8_t body[CONNECTION_BODY];
	uint32_t body_len;
	int fds[CONNECTION_MAX_FDS];	/* the receiver's to close */
	uint32_t n_fds;
};

/* Connects to sluiced's socket, or opens the module's device, and says HELLO. 0 or -errno with `why`. */
int connection_open(struct connection *c, const char *socket_path, enum sluice_role role,
		    const char *name, char why[CONNECTION_WHY]);
void connection_close(struct connection *c);

/* Sends a request; its id is returned in *id if not NULL. 0 or -errno. */
int connection_send(struct connection *c, uint32_t op, const void *body, uint32_t len, uint32_t *id);
/* Waits for the next reply. 0 or -errno (-EPIPE: the gateway closed). */
int connection_receive(struct connection *c, struct message *m);
/*
 * Request and its reply, of exactly reply_len bytes; `reply` may be NULL if that is 0. For
 * operations whose replies come in order. 0, or -errno with the gateway's text in `why`.
 */
int connection_call(struct connection *c, uint32_t op, const void *body, uint32_t len, void *reply,
		    uint32_t reply_len, char why[CONNECTION_WHY]);
/* The same, keeping descriptors: `m` holds the whole reply. */
int connection_call_message(struct connection *c, uint32_t op, const void *body, uint32_t len,
			    struct message *m, char why[CONNECTION_WHY]);

#endif /* SLUICE_RIG_CONNECTION_H */
