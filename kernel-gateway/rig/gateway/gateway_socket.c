/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* sluiced, over its Unix socket. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway_socket.h"

/* ---- Channels --------------------------------------------------------------------- */

struct socket_channel {
	struct channel channel;
	struct connection link;
};

static struct socket_channel *socket_of(struct channel *c)
{
	return (struct socket_channel *)c;
}

static int socket_send(struct channel *c, uint32_t op, const void *body, uint32_t len, uint32_t *id)
{
	int err = connection_send(&socket_of(c)->link, op, body, len, id);

	return err == -ECONNRESET ? -EPIPE : err;
}

static int socket_receive(struct channel *c, struct message *m, uint64_t bound_ns)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	int ms = (int)(bound_ns > 600000000000ull ? 600000 : (bound_ns + 999999) / 1000000);
	int n = poll(&p, 1, ms);
	int err;

	if (n == 0 || (n < 0 && errno == EINTR))
		return -ETIMEDOUT;
	if (n < 0)
		return -errno;
	err = connection_receive(&socket_of(c)->link, m);
	return err == -ECONNRESET ? -EPIPE : err;
}

static int socket_open_data(struct channel *c, uint64_t bytes, char why[CONNECTION_WHY])
{
	const struct sluice_rig_open open = { .data_bytes = bytes };
	struct message m;
	int err = connection_call_message(&socket_of(c)->link, SLUICE_OP_RIG_OPEN, &open,
					  sizeof(open), &m, why);
	int fd;

	if (err)
		return err;
	/* The module has no descriptor for it: it is in the file itself. */
	fd = m.n_fds == 1 ? m.fds[0] : socket_of(c)->link.device ? c->fd : -1;
	c->data = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	for (uint32_t i = 0; i < m.n_fds; i++)
		close(m.fds[i]);
	if (c->data != MAP_FAILED) {
		c->data_bytes = bytes;
		return 0;
	}
	c->data = NULL;
	snprintf(why, CONNECTION_WHY, "RIG_OPEN: %u descriptors came, or mmap failed: %s", m.n_fds,
		 strerror(errno));
	return -EPROTO;
}

static void socket_close(struct channel *c)
{
	if (c->data)
		munmap(c->data, c->data_bytes);
	connection_close(&socket_of(c)->link);
	free(c);
}

static const struct channel_ops socket_channel_ops = {
	.send = socket_send,
	.receive = socket_receive,
	.open_data = socket_open_data,
	.close = socket_close,
};

int gateway_socket_channel(struct gateway *g, enum sluice_role role, const char *name,
			   struct channel **out, char why[CONNECTION_WHY])
{
	struct socket_channel *s = calloc(1, sizeof(*s));
	int err;

	if (!s) {
		snprintf(why, CONNECTION_WHY, "no memory for a connection");
		return -ENOMEM;
	}
	err = connection_open(&s->link, gateway_socket_of(g)->path, role, name, why);
	if (err) {
		free(s);
		return err;
	}
	s->channel.ops = &socket_channel_ops;
	s->channel.fd = s->link.fd;
	*out = &s->channel;
	return 0;
}

/* ---- The gateway ------------------------------------------------------------------- */

int gateway_socket_handler(struct gateway *g, struct handler *h,
			   const struct sluice_session_open *open, char why[CONNECTION_WHY])
{
	return handler_open_session(h, gateway_socket_of(g)->path, open->name, open, why);
}

void gateway_socket_describe(const struct gateway *g, char out[256])
{
	snprintf(out, 256, "SLUICE_SOCKET=%s", ((const struct gateway_socket *)g)->path);
}

static int still_there(struct gateway *g, char why[CONNECTION_WHY])
{
	struct connection c;
	int err = connection_open(&c, gateway_socket_of(g)->path, SLUICE_ROLE_CONTROL, "sluice-rig",
				  why);

	if (!err)
		connection_close(&c);
	return err ? -EPIPE : 0;
}

static int leave(struct gateway *g, char why[CONNECTION_WHY])
{
	free(g);
	return 0;
}

static void no_log(struct gateway *g, FILE *out)
{
}

static const struct gateway_ops shared_ops = {
	.open_channel = gateway_socket_channel,
	.open_handler = gateway_socket_handler,
	.describe = gateway_socket_describe,
	.alive = still_there,
	.close = leave,
	.print_log = no_log,
};

int gateway_socket_open(const char *path, struct gateway **out, char why[CONNECTION_WHY])
{
	struct gateway_socket *s = calloc(1, sizeof(*s));
	int err;

	if (!s) {
		snprintf(why, CONNECTION_WHY, "no memory for a gateway");
		return -ENOMEM;
	}
	s->gateway = (struct gateway){ .ops = &shared_ops, .shared = true };
	snprintf(s->path, sizeof(s->path), "%s", path);
	err = still_there(&s->gateway, why);
	if (err)
		free(s);
	else
		*out = &s->gateway;
	return err;
}
