/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An operation that waits (control/attempt.h), on loop 0's timer. Its client reads nothing
 * meanwhile.
 */
#ifndef SLUICE_DAEMON_CONTROL_PENDING_H
#define SLUICE_DAEMON_CONTROL_PENDING_H

#include "client.h"
#include "control/attempt.h"

struct pending {
	struct control_server *server;
	struct client *client;		/* NULL once it is gone */
	struct sluice_msg msg;
	_Alignas(8) uint8_t body[ATTEMPT_BODY_MAX];
	const struct attempt_kind *kind;
	uint64_t give_up_ns;
	struct loop_timer timer;
};

/* The client is gone. */
void pending_abandon(struct pending *p);

#endif /* SLUICE_DAEMON_CONTROL_PENDING_H */
