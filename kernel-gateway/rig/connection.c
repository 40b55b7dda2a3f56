/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "connection.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_socket(const char *path, char why[CONNECTION_WHY])
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(address.sun_path)) {
		snprintf(why, CONNECTION_WHY, "socket path of %zu bytes: at most %zu", strlen(path),
			 sizeof(address.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	err = errno;
	snprintf(why, CONNECTION_WHY, "connect %s: %s: %s", path, strerror(err),
		 err == EACCES ? "run as the gateway's user, as root or in the socket's group" :
				 "start sluiced, or name its socket");
	if (fd >= 0)
		close(fd);
	return -err;
}

int connection_open(struct connection *c, const char *socket_path, enum sluice_role role,
		    const char *name, char why[CONNECTION_WHY])
{
	struct sluice_hello hello = { .magic = SLUICE_MAGIC,
				      .abi_version = SLUICE_ABI_VERSION,
				      .role = role };
	int err;

	*c = (struct connection){ .fd = connect_socket(socket_path, why) };
	if (c->fd < 0)
		return c->fd;
	snprintf(hello.name, sizeof(hello.name), "%s", name);
	err = connection_call(c, SLUICE_OP_HELLO, &hello, sizeof(hello), &c->gateway,
			      sizeof(c->gateway), why);
	if (err)
		connection_close(c);
	return err;
}

void connection_close(struct connection *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

int connection_send(struct connection *c, uint32_t op, const void *body, uint32_t len, uint32_t *id)
{
	struct sluice_msg head = { .op = op, .id = c->next_id++, .len = len };
	struct iovec iov[2] = { { &head, sizeof(head) }, { (void *)body, len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = len ? 2 : 1 };

	if (id)
		*id = head.id;
	return sendmsg(c->fd, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void take_fds(struct msghdr *msg, struct message *m)
{
	m->n_fds = 0;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(msg); h; h = CMSG_NXTHDR(msg, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		m->n_fds = (uint32_t)((h->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(m->fds, CMSG_DATA(h), m->n_fds * sizeof(int));
	}
}

int connection_receive(struct connection *c, struct message *m)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int) * CONNECTION_MAX_FDS)];
	} control;
	struct iovec iov[2] = { { &m->head, sizeof(m->head) }, { m->body, sizeof(m->body) } };
	struct msghdr msg = { .msg_iov = iov,
			      .msg_iovlen = 2,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t n;

	do {
		n = recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -EPIPE;
	take_fds(&msg, m);
	if ((size_t)n < sizeof(m->head))
		return -EPROTO;
	m->body_len = (uint32_t)((size_t)n - sizeof(m->head));
	return m->body_len == m->head.len ? 0 : -EPROTO;
}

static int refused(const struct message *m, char why[CONNECTION_WHY])
{
	if (m->body_len == sizeof(struct sluice_error))
		snprintf(why, CONNECTION_WHY, "%.*s", (int)sizeof(struct sluice_error),
			 (const char *)m->body);
	else
		snprintf(why, CONNECTION_WHY, "operation %u: %s", m->head.op,
			 strerror(-m->head.status));
	return m->head.status;
}

int connection_call_message(struct connection *c, uint32_t op, const void *body, uint32_t len,
			    struct message *m, char why[CONNECTION_WHY])
{
	uint32_t id;
	int err = connection_send(c, op, body, len, &id);

	m->n_fds = 0;
	if (!err)
		err = connection_receive(c, m);
	if (err) {
		snprintf(why, CONNECTION_WHY, "operation %u: the gateway's connection: %s", op,
			 strerror(-err));
		return err;
	}
	if (m->head.status)
		return refused(m, why);
	if (m->head.op == op && m->head.id == id)
		return 0;
	snprintf(why, CONNECTION_WHY, "operation %u id %u: a reply to operation %u id %u came", op,
		 id, m->head.op, m->head.id);
	return -EPROTO;
}

int connection_call(struct connection *c, uint32_t op, const void *body, uint32_t len, void *reply,
		    uint32_t reply_len, char why[CONNECTION_WHY])
{
	struct message m;
	int err = connection_call_message(c, op, body, len, &m, why);

	for (uint32_t i = 0; i < m.n_fds; i++)
		close(m.fds[i]);
	if (err)
		return err;
	if (m.body_len != reply_len) {
		snprintf(why, CONNECTION_WHY, "operation %u: a reply of %u bytes, not %u", op,
			 m.body_len, reply_len);
		return -EPROTO;
	}
	if (reply_len)
		memcpy(reply, m.body, reply_len);
	return 0;
}
