/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A client of the control socket that says anything, and checks that what comes back
 * is a reply: to something that was asked, in order, whole, and with its reason.
 */
#ifndef SLUICE_FUZZ_MESSAGE_PEER_H
#define SLUICE_FUZZ_MESSAGE_PEER_H

#include <stdbool.h>

#include "rig/connection.h"

#define MP_MESSAGES 64U			/* of one input */

struct mp_operation {
	uint32_t op;
	uint32_t role;			/* 0: before HELLO */
	uint32_t len, reply_len;
	bool pends;			/* its reply may wait for commands to end */
};

extern const struct mp_operation mp_operations[];
extern const uint32_t mp_n_operations;

struct mp_asked {
	uint32_t op, id;
	bool answered;
};

struct message_peer {
	int fd;				/* -1: not connected */
	uint32_t role;			/* as the gateway granted it */
	uint32_t next_id;
	bool late;			/* an operation pends: nobody waits for replies any more */
	bool closes;			/* the gateway has a reason to close the connection */
	struct mp_asked asked[MP_MESSAGES + 8];
	uint32_t n_asked, n_answered;
};

/* What replies told, for messages to come. */
struct mp_learnt {
	uint32_t device, nexus;
	struct sluice_gateway_info info;
	struct sluice_target added[MP_MESSAGES];
	uint32_t n_added;
};

extern struct mp_learnt mp_learnt;

void mp_connect(struct message_peer *p, const char *path);
void mp_close(struct message_peer *p);
/* HELLO, and its reply. */
void mp_hello(struct message_peer *p, uint32_t role);
/* Sends `bytes` of body; the header says what it says. Waits for the reply if one is due at once. */
void mp_send(struct message_peer *p, const struct sluice_msg *head, const void *body,
	     uint32_t bytes);
/* Takes what is there; waits for the first at most so long. False: nothing came. */
bool mp_receive(struct message_peer *p, int patience_ms);

#endif /* SLUICE_FUZZ_MESSAGE_PEER_H */
