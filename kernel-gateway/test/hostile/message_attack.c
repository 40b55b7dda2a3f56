/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Messages that the gateway must refuse, each with its error; and connections that end half-way. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "hostile.h"

#define LEN(type) sizeof(struct sluice_##type)

union body {
	struct sluice_hello hello;
	struct sluice_session_open open;
	struct sluice_device_add add;
	struct sluice_device_remove remove;
	uint8_t bytes[CONNECTION_BODY];
};

/* What is wrong with an otherwise right message. */
struct spoiled {
	uint32_t role; /* that the connection has; 0: none yet */
	uint32_t op, len;
	int error;
	void (*spoil)(union body *b, struct sluice_msg *head, uint64_t how);
};

static void fill(union body *b, uint32_t op)
{
	memset(b, 0, sizeof(*b));
	if (op == SLUICE_OP_HELLO)
		b->hello = (struct sluice_hello){ .magic = SLUICE_MAGIC,
						  .abi_version = SLUICE_ABI_VERSION,
						  .role = SLUICE_ROLE_HANDLER,
						  .name = "hostile" };
	else if (op == SLUICE_OP_SESSION_OPEN)
		b->open = (struct sluice_session_open){ .name = "hostile-m",
							.queues = 1,
							.depth = 16,
							.pool_bytes = SLUICE_MAX_BUFFER };
	else if (op == SLUICE_OP_DEVICE_ADD)
		life_describe(&b->add, 0);
}

/* ---- What may be wrong ----------------------------------------------------------------------- */

#define SPOIL(name, what)                                                      \
	static void name(union body *b, struct sluice_msg *head, uint64_t how) \
	{                                                                      \
		what;                                                          \
	}

SPOIL(nothing, (void)0)
SPOIL(status, head->status = (int32_t)(how | 1))
SPOIL(length, head->len = (uint32_t)how | 0x10000)
SPOIL(magic, b->hello.magic ^= 1ull << how % 64)
SPOIL(version, b->hello.abi_version += 0x10000 * (1 + how % 0xff))
SPOIL(role, b->hello.role = how % 2 ? 0 : 4 + (uint32_t)how / 2)
SPOIL(no_name, b->hello.name[0] = '\0')
SPOIL(endless_name, memset(b->hello.name, 'x', sizeof(b->hello.name)))
SPOIL(tail_name, b->hello.name[40 + how % 24] = 'x')
SPOIL(pid, b->hello.pid = (uint32_t)how | 1)
SPOIL(hello_reserved, b->hello.reserved = (uint32_t)how | 1)
SPOIL(no_queues, b->open.queues = how % 2 ? 0 : 65 + (uint32_t)how / 2 % 0x7fffffff)
SPOIL(odd_depth, b->open.depth = 3 + 2 * ((uint32_t)how % 0x7ffffff0))
SPOIL(wide_depth, b->open.depth = how % 2 ? 0 : 8192u << how / 2 % 18)
SPOIL(odd_pool, b->open.pool_bytes = how % 2 ? 0 : 1 + how % (SLUICE_MAX_BUFFER - 1))
SPOIL(vast_pool, b->open.pool_bytes = (257 + how % (1ull << 36)) * SLUICE_MAX_BUFFER)
SPOIL(session_name, b->open.name[how % 2 ? 0 : 50] = how % 2 ? (char)(1 + how / 2 % 0x1f) : 'x')
SPOIL(long_grace, b->open.grace_ns = SLUICE_GRACE_MAX_NS + 1 + how / 2)
SPOIL(device_name, b->add.name[how % 2 ? 0 : 50] = how % 2 ? (char)(how / 2 % 0x20) : 'x')
SPOIL(device_queue, b->add.queue = SLUICE_MAX_QUEUES + (uint32_t)how % 0x7fffffff)
SPOIL(task_set, b->add.task_set_limit = 0)
SPOIL(transfer,
      b->add.max_transfer = how % 2 ? 0 : SLUICE_MAX_BUFFER + 1 + (uint32_t)how / 2 % 0x70000000)
SPOIL(type, b->add.peripheral_type = (uint8_t)(0x20 | how))
SPOIL(recovery, b->add.recovery = (uint8_t)(3 + how % 0xfd))
SPOIL(add_flags, b->add.flags = (uint16_t)(how | 2))
SPOIL(add_reserved_too, b->add.reserved1 = (uint32_t)how | 1)
SPOIL(control_mode, b->add.control_mode = (uint32_t)how | 8)
SPOIL(timeout, b->add.timeout_ns[how % SLUICE_PACES] = (how | 1ull << 63))
SPOIL(no_device, b->remove.device = (uint32_t)how | 0x10000)
SPOIL(remove_reserved, b->remove.reserved = (uint32_t)how | 1)

#define HANDLER SLUICE_ROLE_HANDLER

/* On a connection of its own. */
static const struct spoiled without_session[] = {
	{ 0, SLUICE_OP_SESSION_OPEN, LEN(session_open), -EPROTO, nothing },
	{ 0, SLUICE_OP_GATEWAY_INFO, 0, -EPROTO, nothing },
	{ 0, SLUICE_OP_HELLO, LEN(hello), -EINVAL, status },
	{ 0, SLUICE_OP_HELLO, LEN(hello) - 8, -EMSGSIZE, nothing },
	{ 0, SLUICE_OP_HELLO, LEN(hello) + 8, -EMSGSIZE, nothing },
	{ 0, SLUICE_OP_HELLO, LEN(hello), -EMSGSIZE, length },
	{ 0, SLUICE_OP_HELLO, LEN(hello), -EPROTO, magic },
	{ 0, SLUICE_OP_HELLO, LEN(hello), -EPROTONOSUPPORT, version },
	{ 0, SLUICE_OP_HELLO, LEN(hello), -EINVAL, role },
	{ 0, SLUICE_OP_HELLO, LEN(hello), -EINVAL, no_name },
	{ 0, SLUICE_OP_HELLO, LEN(hello), -EINVAL, endless_name },
	{ 0, SLUICE_OP_HELLO, LEN(hello), -EINVAL, tail_name },
	{ 0, SLUICE_OP_HELLO, LEN(hello), -EINVAL, pid },
	{ 0, SLUICE_OP_HELLO, LEN(hello), -EINVAL, hello_reserved },
	{ HANDLER, SLUICE_OP_HELLO, LEN(hello), -EPROTO, nothing },
	{ HANDLER, SLUICE_OP_TARGET_ADD, LEN(target), -EPERM, nothing },
	{ HANDLER, SLUICE_OP_SHUTDOWN, 0, -EPERM, nothing },
	{ HANDLER, SLUICE_OP_RIG_OPEN, LEN(rig_open), -EPERM, nothing },
	{ HANDLER, 0, 0, -EOPNOTSUPP, nothing },
	{ HANDLER, 0xffffffff, 64, -EOPNOTSUPP, nothing },
	{ HANDLER, SLUICE_OP_SESSION_OPEN, LEN(session_open), -EINVAL, status },
	{ HANDLER, SLUICE_OP_SESSION_OPEN, 0, -EMSGSIZE, nothing },
	{ HANDLER, SLUICE_OP_SESSION_OPEN, 1000, -EMSGSIZE, nothing },
	{ HANDLER, SLUICE_OP_SESSION_OPEN, LEN(session_open), -EMSGSIZE, length },
	{ HANDLER, SLUICE_OP_SESSION_OPEN, LEN(session_open), -EINVAL, no_queues },
	{ HANDLER, SLUICE_OP_SESSION_OPEN, LEN(session_open), -EINVAL, odd_depth },
	{ HANDLER, SLUICE_OP_SESSION_OPEN, LEN(session_open), -EINVAL, wide_depth },
	{ HANDLER, SLUICE_OP_SESSION_OPEN, LEN(session_open), -EINVAL, odd_pool },
	{ HANDLER, SLUICE_OP_SESSION_OPEN, LEN(session_open), -EINVAL, vast_pool },
	{ HANDLER, SLUICE_OP_SESSION_OPEN, LEN(session_open), -EINVAL, session_name },
	{ HANDLER, SLUICE_OP_SESSION_OPEN, LEN(session_open), -EINVAL, long_grace },
	{ HANDLER, SLUICE_OP_SESSION_QUIESCE, 0, -EPROTO, nothing },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add), -EPROTO, nothing },
	{ HANDLER, SLUICE_OP_DEVICE_REMOVE, LEN(device_remove), -EPROTO, no_device },
};

/* On the session's own. */
static const struct spoiled with_session[] = {
	{ HANDLER, SLUICE_OP_SESSION_OPEN, LEN(session_open), -EEXIST, nothing },
	{ HANDLER, SLUICE_OP_HELLO, LEN(hello), -EPROTO, nothing },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add), -EINVAL, device_name },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add), -EINVAL, device_queue },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add), -EINVAL, task_set },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add), -EINVAL, transfer },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add), -EINVAL, type },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add), -EINVAL, recovery },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add), -EINVAL, add_flags },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add), -EINVAL, add_reserved_too },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add), -EINVAL, control_mode },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add), -EINVAL, timeout },
	{ HANDLER, SLUICE_OP_DEVICE_ADD, LEN(device_add) - 1, -EMSGSIZE, nothing },
	{ HANDLER, SLUICE_OP_DEVICE_REMOVE, LEN(device_remove), -ENOENT, no_device },
	{ HANDLER, SLUICE_OP_DEVICE_REMOVE, LEN(device_remove), -EINVAL, remove_reserved },
};

#define UNREAD_QUESTIONS 20000u /* more than the gateway answers to who does not read */

#define COUNT(table)	 (sizeof(table) / sizeof((table)[0]))

/* ---- Sending them ------------------------------------------------------------------------------ */

static bool connect_raw(struct hostile *x, struct connection *c)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	*c = (struct connection){ .fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0) };
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", x->options->socket);
	if (c->fd >= 0 && connect(c->fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return true;
	connection_close(c);
	return hostile_fail(x, "connect: errno %d", errno);
}

static bool connect_as(struct hostile *x, struct connection *c, uint32_t role)
{
	char why[CONNECTION_WHY];

	if (!role)
		return connect_raw(x, c);
	return connection_open(c, x->options->socket, role, "hostile", why) == 0 ||
	       hostile_fail(x, "a connection: %s", why);
}

static bool send_packet(struct hostile *x, struct connection *c, const struct sluice_msg *head,
			const void *body, uint32_t len)
{
	struct iovec iov[2] = { { (void *)head, sizeof(*head) }, { (void *)body, len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = len ? 2 : 1 };

	return sendmsg(c->fd, &msg, MSG_NOSIGNAL) >= 0 ||
	       hostile_fail(x, "sendmsg: errno %d", errno);
}

static bool readable(struct hostile *x, struct connection *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	return poll(&p, 1, (int)(HOSTILE_PATIENCE_NS / 1000000)) == 1 ||
	       hostile_fail(x, "the gateway answers no message");
}

static bool is_refused(struct hostile *x, struct connection *c, const struct spoiled *s,
		       uint64_t how)
{
	struct sluice_msg head = { .op = s->op, .id = c->next_id++, .len = s->len };
	struct message m;
	union body b;

	fill(&b, s->op);
	s->spoil(&b, &head, how);
	if (!send_packet(x, c, &head, &b, s->len) || !readable(x, c))
		return false;
	if (connection_receive(c, &m) == 0 && m.head.op == s->op && m.head.id == head.id &&
	    m.head.status == s->error && m.n_fds == 0)
		return true;
	return hostile_fail(x, "operation %u spoiled as %d: status %d (%.*s)", s->op, s->error,
			    m.head.status, (int)m.body_len, (const char *)m.body);
}

bool attack_refused_message(struct hostile *x, const struct decision *d)
{
	const struct spoiled *s = &without_session[d->a % COUNT(without_session)];
	struct connection c;
	bool refused;

	if (!connect_as(x, &c, s->role))
		return false;
	refused = is_refused(x, &c, s, d->b);
	connection_close(&c);
	return refused;
}

/* The device of another handler among them: its name is taken, its identifier is not ours. */
bool attack_refused_session_message(struct hostile *x, const struct decision *d)
{
	struct sluice_device_add add;
	char why[CONNECTION_WHY];
	uint32_t device;
	int err;

	switch (d->a % (COUNT(with_session) + 2)) {
	case COUNT(with_session):
		life_describe(&add, 0);
		memset(add.name, 0, sizeof(add.name));
		snprintf(add.name, sizeof(add.name), "%s", x->options->foreign_name);
		err = handler_device_add(&x->h, &add, &device, why);
		return err == -EEXIST ||
		       hostile_fail(x, "DEVICE_ADD of another's device: %d, %s", err, why);
	case COUNT(with_session) + 1:
		err = handler_device_remove(&x->h, x->options->foreign_device, why);
		return err == -ENOENT ||
		       hostile_fail(x, "DEVICE_REMOVE of another's device: %d, %s", err, why);
	default:
		return is_refused(x, &x->h.link, &with_session[d->a % (COUNT(with_session) + 2)],
				  d->b);
	}
}

/* ---- Anything --------------------------------------------------------------------------------- */

/* Random bytes, also with descriptors that nobody asked for; what comes back is not looked at. */
bool attack_random_message(struct hostile *x, const struct decision *d)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int) * 2)];
	} control = { 0 };
	struct random random = { d->b };
	uint8_t packet[2048];
	struct iovec iov = { packet, 16 + d->c % (sizeof(packet) - 16) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fds[2] = { x->h.handler_fd, x->h.bells[0] };

	if (x->loose.fd < 0 && !connect_as(x, &x->loose, d->a % 4))
		return false;
	random_bytes(&random, packet, iov.iov_len);
	((struct sluice_msg *)packet)->op %= 80;
	if (((struct sluice_msg *)packet)->op == SLUICE_OP_SHUTDOWN)
		((struct sluice_msg *)packet)->op = 0;
	if (d->a >> 8 & 1) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(fds));
		memcpy(CMSG_DATA(&control.header), fds, sizeof(fds));
	}
	if (sendmsg(x->loose.fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 || d->a >> 9 & 1)
		connection_close(&x->loose);
	return true;
}

/* Less than a header: the connection is closed for it. */
bool attack_short_message(struct hostile *x, const struct decision *d)
{
	struct connection c;
	bool closed = false;
	uint8_t byte;

	if (!connect_as(x, &c, d->a % 4))
		return false;
	(void)!send(c.fd, &d->b, 1 + d->b % 8, MSG_NOSIGNAL);
	if (readable(x, &c))
		closed = recv(c.fd, &byte, 1, 0) == 0 ||
			 hostile_fail(x, "a packet of %u bytes is answered",
				      (unsigned int)(1 + d->b % 8));
	connection_close(&c);
	return closed;
}

/* A whole dialogue that ends at a step of its own choosing, with or without waiting for the reply. */
bool attack_half_way(struct hostile *x, const struct decision *d)
{
	static const uint32_t ops[] = { SLUICE_OP_HELLO, SLUICE_OP_SESSION_OPEN,
					SLUICE_OP_DEVICE_ADD, SLUICE_OP_DEVICE_REMOVE };
	static const uint32_t lens[] = { LEN(hello), LEN(session_open), LEN(device_add),
					 LEN(device_remove) };
	uint32_t steps = (uint32_t)(d->a % 5);
	struct connection c;
	struct message m;

	if (!connect_raw(x, &c))
		return false;
	for (uint32_t i = 0; i < steps; i++) {
		struct sluice_msg head = { .op = ops[i], .id = i, .len = lens[i] };
		union body b;

		fill(&b, ops[i]);
		if (ops[i] == SLUICE_OP_DEVICE_ADD)
			memcpy(b.add.name, "hostile-h", 9);
		if (!send_packet(x, &c, &head, &b, lens[i]))
			break;
		if (i + 1 == steps && d->b % 2)
			break;
		if (!readable(x, &c) || connection_receive(&c, &m))
			break;
		for (uint32_t k = 0; k < m.n_fds; k++)
			close(m.fds[k]);
	}
	connection_close(&c);
	return !hostile_failed(x);
}

/* Questions whose answers are not read: the gateway keeps some, and then closes, before it has taken them all. */
bool attack_unread_replies(struct hostile *x, const struct decision *d)
{
	const struct sluice_msg head = { .op = SLUICE_OP_GATEWAY_INFO };
	uint64_t give_up_ns = hostile_clock() + HOSTILE_PATIENCE_NS;
	struct pollfd p = { .events = POLLRDHUP };
	uint32_t asked = 0;
	struct connection c;

	if (!connect_as(x, &c, SLUICE_ROLE_HANDLER))
		return false;
	p.fd = c.fd;
	/* How soon it takes them is its own affair, and that of the machine. */
	while (asked < UNREAD_QUESTIONS && poll(&p, 1, 0) == 0 && hostile_clock() < give_up_ns) {
		if (send(c.fd, &head, sizeof(head), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			asked++;
		else if (errno == EAGAIN)
			usleep(100);
	}
	connection_close(&c);
	return p.revents & POLLRDHUP ||
	       hostile_fail(x, "%u questions without reading an answer, and still connected",
			    asked);
}
