/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "channel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void channel_refusal(const struct message *m, char why[CONNECTION_WHY])
{
	if (m->body_len == sizeof(struct sluice_error))
		snprintf(why, CONNECTION_WHY, "%.*s", (int)sizeof(struct sluice_error),
			 (const char *)m->body);
	else
		snprintf(why, CONNECTION_WHY, "operation %u: %s", m->head.op,
			 strerror(-m->head.status));
}

static int take_reply(const struct message *m, void *reply, uint32_t reply_len,
		      char why[CONNECTION_WHY])
{
	if (m->head.status) {
		channel_refusal(m, why);
		return m->head.status;
	}
	if (m->body_len != reply_len) {
		snprintf(why, CONNECTION_WHY, "operation %u: a reply of %u bytes, not %u",
			 m->head.op, m->body_len, reply_len);
		return -EPROTO;
	}
	if (reply_len)
		memcpy(reply, m->body, reply_len);
	return 0;
}

int channel_call(struct channel *c, uint32_t op, const void *body, uint32_t len, void *reply,
		 uint32_t reply_len, uint64_t bound_ns, char why[CONNECTION_WHY])
{
	uint64_t end = clock_ns() + bound_ns;
	struct message m;
	uint32_t id = 0;
	int err = channel_send(c, op, body, len, &id);

	while (!err) {
		uint64_t now = clock_ns();

		err = now < end ? c->ops->receive(c, &m, end - now) : -ETIMEDOUT;
		if (err)
			break;
		for (uint32_t i = 0; i < m.n_fds; i++)
			close(m.fds[i]);
		if (m.head.id == id && m.head.op == op)
			return take_reply(&m, reply, reply_len, why);
		if (c->ended)
			c->ended(c->arg, &m);
	}
	snprintf(why, CONNECTION_WHY, "operation %u: %s", op,
		 err == -ETIMEDOUT ? "the gateway does not reply" : "the gateway is gone");
	return err;
}

int channel_drain(struct channel *c)
{
	struct message m;
	int err;

	while ((err = c->ops->receive(c, &m, 0)) == 0) {
		for (uint32_t i = 0; i < m.n_fds; i++)
			close(m.fds[i]);
		c->ended(c->arg, &m);
	}
	return err == -ETIMEDOUT ? 0 : err;
}

void channel_close(struct channel *c)
{
	c->ops->close(c);
}
