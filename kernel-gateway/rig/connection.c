/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
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

static int open_device(const char *path, char why[CONNECTION_WHY])
{
	int fd = open(path, O_RDWR | O_CLOEXEC), err = errno;

	if (fd >= 0)
		return fd;
	snprintf(why, CONNECTION_WHY, "open %s: %s: %s", path, strerror(err),
		 err == EACCES ? "run as root or in the device's group" : "load sluice.ko");
	return -err;
}

/* One that is missing, too. */
static bool is_device(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return strncmp(path, "/dev/", 5) == 0;
	return S_ISCHR(st.st_mode);
}

int connection_open(struct connection *c, const char *socket_path, enum sluice_role role,
		    const char *name, char why[CONNECTION_WHY])
{
	struct sluice_hello hello = { .magic = SLUICE_MAGIC,
				      .abi_version = SLUICE_ABI_VERSION,
				      .role = role };
	int err;

	*c = (struct connection){ .device = is_device(socket_path) };
	c->fd = c->device ? open_device(socket_path, why) : connect_socket(socket_path, why);
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

/* A character device takes each part of a writev() for a packet. */
static int write_packet(int fd, const struct sluice_msg *head, const void *body, uint32_t len)
{
	uint8_t packet[sizeof(*head) + CONNECTION_BODY];

	if (len > CONNECTION_BODY)
		return -EMSGSIZE;
	memcpy(packet, head, sizeof(*head));
	if (len)
		memcpy(packet + sizeof(*head), body, len);
	return write(fd, packet, sizeof(*head) + len) < 0 ? -errno : 0;
}

int connection_send(struct connection *c, uint32_t op, const void *body, uint32_t len, uint32_t *id)
{
	struct sluice_msg head = { .op = op, .id = c->next_id++, .len = len };
	struct iovec iov[2] = { { &head, sizeof(head) }, { (void *)body, len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = len ? 2 : 1 };

	if (id)
		*id = head.id;
	if (c->device)
		return write_packet(c->fd, &head, body, len);
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

static ssize_t read_packet(int fd, struct message *m)
{
	uint8_t packet[sizeof(m->head) + sizeof(m->body)];
	ssize_t n = read(fd, packet, sizeof(packet));

	if (n >= (ssize_t)sizeof(m->head)) {
		memcpy(&m->head, packet, sizeof(m->head));
		memcpy(m->body, packet + sizeof(m->head), (size_t)n - sizeof(m->head));
	}
	return n;
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

	m->n_fds = 0;
	do {
		n = c->device ? read_packet(c->fd, m) : recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -EPIPE;
	if (!c->device)
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
