/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An operation whose answer must wait for something (a device's commands to end, a
 * target's sessions to close): it is tried again and again until it succeeds, fails
 * for good, or its time is over. Its client reads nothing meanwhile, so that replies
 * keep their order; if the client goes, the operation goes on without an answer.
 */
#ifndef SLUICE_DAEMON_CONTROL_PENDING_H
#define SLUICE_DAEMON_CONTROL_PENDING_H

#include "client.h"

#define PENDING_BODY_MAX 768U

struct pending {
	struct control_server *server;
	struct client *client;		/* NULL once it is gone */
	struct sluice_msg msg;
	_Alignas(8) uint8_t body[PENDING_BODY_MAX];
	/*
	 * 0 or a final -errno with `why`; -EAGAIN: try again. On success it has replied
	 * if client is not NULL and `replies` is set.
	 */
	int (*attempt)(struct pending *p, char why[256]);
	bool replies;
	bool needs_client;		/* without it there is nothing to do any more */
	uint64_t give_up_ns;
	struct loop_timer timer;
};

/*
 * Tries at once, and answers or keeps trying until `patience_ns` is over (UINT64_MAX:
 * for ever; the thing waited for has a bound of its own).
 */
void pending_start(struct client *c, const struct sluice_msg *m, const void *body, uint32_t len,
		   int (*attempt)(struct pending *p, char why[256]), bool replies,
		   bool needs_client, uint64_t patience_ns);
void pending_abandon(struct pending *p);

#endif /* SLUICE_DAEMON_CONTROL_PENDING_H */
