/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One role's end of a gateway: messages both ways (abi.h section 3), and the rig's data
 * region. Every wait has a bound.
 */
#ifndef SLUICE_RIG_GATEWAY_CHANNEL_H
#define SLUICE_RIG_GATEWAY_CHANNEL_H

#include "rig/connection.h"

struct channel;

struct channel_ops {
	int (*send)(struct channel *c, uint32_t op, const void *body, uint32_t len, uint32_t *id);
	/* The next message: 0, -ETIMEDOUT when the time is over, -EPIPE: the gateway closed. */
	int (*receive)(struct channel *c, struct message *m, uint64_t bound_ns);
	/* RIG_OPEN, and maps the region. */
	int (*open_data)(struct channel *c, uint64_t bytes, char why[CONNECTION_WHY]);
	void (*close)(struct channel *c);
};

struct channel {
	const struct channel_ops *ops;
	int fd;				/* readable when a message waits */
	uint8_t *data;			/* after open_data() */
	uint64_t data_bytes;
	/* Replies that come when they come: to commands, functions, and what was only sent. */
	void (*ended)(void *arg, const struct message *m);
	void *arg;
};

static inline int channel_send(struct channel *c, uint32_t op, const void *body, uint32_t len,
			       uint32_t *id)
{
	return c->ops->send(c, op, body, len, id);
}

/*
 * Request and reply, of exactly reply_len bytes, within bound_ns; others that come
 * meanwhile go to c->ended. 0, or -errno with the gateway's text in `why`.
 */
int channel_call(struct channel *c, uint32_t op, const void *body, uint32_t len, void *reply,
		 uint32_t reply_len, uint64_t bound_ns, char why[CONNECTION_WHY]);
/* Gives c->ended all messages that are there. 0 or -EPIPE. */
int channel_drain(struct channel *c);
void channel_close(struct channel *c);
/* The gateway's text in a refusal. */
void channel_refusal(const struct message *m, char why[CONNECTION_WHY]);

#endif /* SLUICE_RIG_GATEWAY_CHANNEL_H */
