/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "message_peer.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_MS 10000 /* the machine may be busy; the gateway answers at once */
#define PENDING_MS  4

#define HANDLER	    SLUICE_ROLE_HANDLER
#define CONTROL	    SLUICE_ROLE_CONTROL
#define RIG	    SLUICE_ROLE_RIG
#define LEN(type)   sizeof(struct sluice_##type)

const struct mp_operation mp_operations[] = {
	{ SLUICE_OP_HELLO, 0, LEN(hello), LEN(hello), false },
	{ SLUICE_OP_SESSION_OPEN, HANDLER, LEN(session_open), LEN(session_opened), false },
	{ SLUICE_OP_DEVICE_ADD, HANDLER, LEN(device_add), LEN(device_added), true },
	{ SLUICE_OP_DEVICE_REMOVE, HANDLER, LEN(device_remove), 0, true },
	{ SLUICE_OP_PORTAL_ADD, CONTROL, LEN(portal), LEN(portal), false },
	{ SLUICE_OP_TARGET_ADD, CONTROL, LEN(target), 0, false },
	{ SLUICE_OP_TARGET_REMOVE, CONTROL, LEN(target), 0, true },
	{ SLUICE_OP_GROUP_ADD, CONTROL, LEN(group), 0, false },
	{ SLUICE_OP_GROUP_INITIATOR_ADD, CONTROL, LEN(group_initiator), 0, false },
	{ SLUICE_OP_LUN_MAP, CONTROL, LEN(lun), 0, false },
	{ SLUICE_OP_LUN_UNMAP, CONTROL, LEN(lun), 0, false },
	{ SLUICE_OP_AUTH_SET, CONTROL, LEN(auth), 0, false },
	{ SLUICE_OP_TARGET_PORT_SET, CONTROL, LEN(target_port), 0, false },
	{ SLUICE_OP_ACCESS_STATE_SET, CONTROL, LEN(access_state), 0, false },
	{ SLUICE_OP_GROUP_REMOVE, CONTROL, LEN(group), 0, false },
	{ SLUICE_OP_GROUP_INITIATOR_REMOVE, CONTROL, LEN(group_initiator), 0, false },
	{ SLUICE_OP_GATEWAY_INFO, CONTROL, 0, LEN(gateway_info), false },
	{ SLUICE_OP_DEVICE_INFO, CONTROL, LEN(cursor), LEN(device_info), false },
	{ SLUICE_OP_NEXUS_INFO, CONTROL, LEN(cursor), LEN(nexus_info), false },
	{ SLUICE_OP_SESSION_INFO, CONTROL, LEN(cursor), LEN(session_info), false },
	{ SLUICE_OP_COMMAND_INFO, CONTROL, LEN(command_cursor), LEN(command_page), false },
	{ SLUICE_OP_RIG_OPEN, RIG, LEN(rig_open), LEN(rig_opened), false },
	{ SLUICE_OP_RIG_NEXUS, RIG, LEN(rig_nexus), LEN(rig_nexus), false },
	{ SLUICE_OP_RIG_NEXUS_CLOSE, RIG, LEN(rig_nexus), 0, true },
	{ SLUICE_OP_RIG_COMMAND, RIG, LEN(rig_command), LEN(rig_result), true },
	{ SLUICE_OP_RIG_TMF, RIG, LEN(rig_tmf), LEN(rig_tmf), true },
	{ SLUICE_OP_RIG_TIME, RIG, LEN(rig_time), LEN(rig_time), false },
	{ SLUICE_OP_SESSION_QUIESCE, HANDLER, 0, 0, false },
	{ SLUICE_OP_SHUTDOWN, CONTROL, 0, 0,
	  false }, /* the last: only where the input asks for it */
};
const uint32_t mp_n_operations = sizeof(mp_operations) / sizeof(mp_operations[0]);

struct mp_learnt mp_learnt;

static const struct mp_operation *find(uint32_t op)
{
	for (uint32_t i = 0; i < mp_n_operations; i++) {
		if (mp_operations[i].op == op)
			return &mp_operations[i];
	}
	return NULL;
}

/* Its reply comes when the command ends, and may be overtaken. */
static bool unordered(uint32_t op)
{
	return op == SLUICE_OP_RIG_COMMAND || op == SLUICE_OP_RIG_TMF;
}

void mp_connect(struct message_peer *p, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	memset(p, 0, sizeof(*p));
	strcpy(to.sun_path, path);
	p->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert(p->fd >= 0 && connect(p->fd, (struct sockaddr *)&to, sizeof(to)) == 0);
}

void mp_close(struct message_peer *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

/* ---- Replies ------------------------------------------------------------------------ */

static void check_order(struct message_peer *p, const struct sluice_msg *head)
{
	for (uint32_t i = 0; i < p->n_asked; i++) {
		struct mp_asked *a = &p->asked[i];

		if (a->answered)
			continue;
		if (a->id == head->id) {
			assert(a->op == head->op);
			a->answered = true;
			p->n_answered++;
			return;
		}
		assert(unordered(head->op) || unordered(a->op));
	}
	assert(!"a reply to nothing that was asked");
}

static void learn(struct message_peer *p, const struct sluice_msg *head, const uint8_t *body)
{
	if (head->op == SLUICE_OP_HELLO)
		p->role = ((const struct sluice_hello *)body)->role;
	else if (head->op == SLUICE_OP_DEVICE_ADD)
		mp_learnt.device = ((const struct sluice_device_added *)body)->device;
	else if (head->op == SLUICE_OP_RIG_NEXUS)
		mp_learnt.nexus = ((const struct sluice_rig_nexus *)body)->nexus;
	else if (head->op == SLUICE_OP_GATEWAY_INFO)
		memcpy(&mp_learnt.info, body, sizeof(mp_learnt.info));
}

static void check_reply(struct message_peer *p, const struct sluice_msg *head, const uint8_t *body,
			size_t bytes, uint32_t n_fds)
{
	const struct mp_operation *o = find(head->op);

	assert(head->len == bytes && head->status <= 0);
	check_order(p, head);
	if (head->status) {
		assert(bytes == sizeof(struct sluice_error) && body[0] && n_fds == 0);
		assert(memchr(body, 0, bytes));
		return;
	}
	assert(o && bytes == o->reply_len);
	assert(head->op != SLUICE_OP_RIG_OPEN || n_fds == 1);
	assert(head->op != SLUICE_OP_SESSION_OPEN || n_fds >= 4);
	assert(n_fds == 0 || head->op == SLUICE_OP_RIG_OPEN || head->op == SLUICE_OP_SESSION_OPEN);
	learn(p, head, body);
}

static uint32_t close_fds(struct msghdr *msg)
{
	uint32_t n = 0;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(msg); h; h = CMSG_NXTHDR(msg, h)) {
		int fds[CONNECTION_MAX_FDS];

		n = (uint32_t)((h->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fds, CMSG_DATA(h), n * sizeof(int));
		for (uint32_t i = 0; i < n; i++)
			close(fds[i]);
	}
	return n;
}

/* 1: a reply, 0: none now, -1: closed. */
static int receive_one(struct message_peer *p)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int) * CONNECTION_MAX_FDS)];
	} control;
	struct sluice_msg head;
	_Alignas(8) uint8_t body[CONNECTION_BODY];
	struct iovec iov[2] = { { &head, sizeof(head) }, { body, sizeof(body) } };
	struct msghdr msg = { .msg_iov = iov,
			      .msg_iovlen = 2,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(p->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n <= 0) {
		assert(p->closes);
		mp_close(p);
		return -1;
	}
	assert((size_t)n >= sizeof(head));
	check_reply(p, &head, body, (size_t)n - sizeof(head), close_fds(&msg));
	return 1;
}

/* libFuzzer's own alarm goes off now and then: the wait starts again. */
static bool wait_readable(int fd, int patience_ms)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int n;

	do {
		n = poll(&ready, 1, patience_ms);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

bool mp_receive(struct message_peer *p, int patience_ms)
{
	bool any = false;

	if (p->fd < 0 || !wait_readable(p->fd, patience_ms))
		return false;
	while (p->fd >= 0 && receive_one(p) > 0)
		any = true;
	return any;
}

/* ---- Requests ------------------------------------------------------------------------- */

static bool answered(const struct message_peer *p, uint32_t index)
{
	return p->asked[index].answered;
}

static void await(struct message_peer *p, uint32_t index, const struct mp_operation *o)
{
	bool pends = o && o->pends;

	while (p->fd >= 0 && !p->late && !answered(p, index)) {
		if (mp_receive(p, pends ? PENDING_MS : PATIENCE_MS) || p->fd < 0)
			continue;
		assert(pends || p->closes);
		/* A command may be out for long; the next operation is answered all the same. */
		if (unordered(p->asked[index].op))
			return;
		p->late = true;
	}
	mp_receive(p, 0);
}

void mp_send(struct message_peer *p, const struct sluice_msg *head, const void *body,
	     uint32_t bytes)
{
	struct iovec iov[2] = { { (void *)head, sizeof(*head) }, { (void *)body, bytes } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = bytes ? 2 : 1 };
	uint32_t index = p->n_asked;

	assert(p->n_asked < sizeof(p->asked) / sizeof(p->asked[0]));
	p->asked[p->n_asked++] = (struct mp_asked){ head->op, head->id, false };
	if (sendmsg(p->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		/* EAGAIN: it reads nothing while an operation pends. */
		assert(p->closes || p->late);
		p->n_asked--;
		return;
	}
	await(p, index, find(head->op));
}

void mp_hello(struct message_peer *p, uint32_t role)
{
	struct sluice_msg head = { .op = SLUICE_OP_HELLO,
				   .id = p->next_id++,
				   .len = sizeof(struct sluice_hello) };
	struct sluice_hello hello = { .magic = SLUICE_MAGIC,
				      .abi_version = SLUICE_ABI_VERSION,
				      .role = role,
				      .name = "fuzz" };

	mp_send(p, &head, &hello, sizeof(hello));
	assert(p->role == role || p->closes);
}
