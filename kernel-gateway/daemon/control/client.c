/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "host/handler_session.h"
#include "host/log.h"
#include "control/operation.h"
#include "pending.h"

/* No request is longer; a longer packet shows as truncated. */
#define PACKET_MAX	  1024
#define REPLY_MAX	  4096 /* COMMAND_INFO's page is the longest */
/* Requests taken from one client before the loop turns to others. */
#define PACKETS_PER_ROUND 32
/* Replies kept for a client that does not read: as many as a rig may have outstanding, and some. */
#define REPLIES_MAX	  (RIG_MAX_COMMANDS + 256)
#define HELLO_TIMEOUT_NS  (5ull * 1000000000)

struct reply {
	struct reply *next;
	uint32_t len;
	uint8_t bytes[]; /* header and body */
};

struct loop *client_loop(struct client *c)
{
	return host_control_loop(c->server->host);
}

/* ---- What operations ask (control/client.h) ---------------------------------------- */

struct sl_gateway *client_gateway(struct client *c)
{
	return c->server->host->gateway;
}

u64 client_now(struct client *c)
{
	return loop_now(client_loop(c));
}

u32 client_role(const struct client *c)
{
	return c->role;
}

static const char *role_name(u32 role)
{
	return role == SLUICE_ROLE_HANDLER ? "handler" :
	       role == SLUICE_ROLE_RIG	   ? "rig" :
					     "control";
}

int client_introduce(struct client *c, const struct sluice_hello *hello, struct sluice_hello *reply,
		     char why[256])
{
	if (c->refusal[0]) {
		snprintf(why, 256, "%s", c->refusal);
		return -EACCES;
	}
	c->role = hello->role;
	memcpy(c->name, hello->name, sizeof(c->name));
	loop_timer_cancel(client_loop(c), &c->hello_timer);
	log_debug("control", "client \"%s\" (pid %d, uid %u) as %s", c->name, c->peer.pid,
		  c->peer.uid, role_name(c->role));
	reply->pid = (u32)getpid();
	snprintf(reply->name, sizeof(reply->name), "sluiced");
	return 0;
}

static const char *client_full_name(const struct client *c)
{
	return c->session ? c->session->name : c->name;
}

static void dropped(void *arg)
{
	/* The operation's next attempt finds the target free. */
}

/* Initiators hear of it by their Unit Attentions. */
void client_luns_changed(struct client *c)
{
	(void)c;
}

void client_target_leaves(struct client *c, const char *target)
{
	iscsi_target_drop(c->server->iscsi, target, dropped, NULL);
	rigs_drop_target(&c->server->rigs, target);
}

int client_credentials(struct client *c, const struct sluice_auth *a, char why[256])
{
	return iscsi_auth_set(c->server->iscsi, a, why);
}

void client_log(struct client *c, bool grave, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (grave)
		log_error("session", "%s: %s", client_full_name(c), text);
	else
		log_info("session", "%s: %s", client_full_name(c), text);
}

/* ---- Sending --------------------------------------------------------------------- */

static int send_packet(struct client *c, const void *bytes, size_t len, const int *fds,
		       uint32_t n_fds)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int) * (SLUICE_MAX_QUEUES + 3))];
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)bytes, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (n_fds) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		memcpy(CMSG_DATA(&control.header), fds, sizeof(int) * n_fds);
	}
	return sendmsg(c->fd.fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void keep_reply(struct client *c, const void *bytes, uint32_t len)
{
	struct reply *r;

	if (c->n_replies >= REPLIES_MAX) {
		log_warn("control",
			 "client \"%s\" (pid %d) leaves %u replies unread: connection closed",
			 c->name, c->peer.pid, c->n_replies);
		client_doom(c);
		return;
	}
	r = malloc(sizeof(*r) + len);
	if (!r) {
		client_doom(c);
		return;
	}
	r->next = NULL;
	r->len = len;
	memcpy(r->bytes, bytes, len);
	*c->last_reply = r;
	c->last_reply = &r->next;
	c->n_replies++;
	loop_fd_modify(client_loop(c), &c->fd, c->fd.events | EPOLLOUT);
}

static void free_first_reply(struct client *c)
{
	struct reply *r = c->first_reply;

	c->first_reply = r->next;
	if (!c->first_reply)
		c->last_reply = &c->first_reply;
	c->n_replies--;
	free(r);
}

static void flush_replies(struct client *c)
{
	while (c->first_reply) {
		int err = send_packet(c, c->first_reply->bytes, c->first_reply->len, NULL, 0);

		if (err == -EAGAIN)
			return;
		if (err) {
			client_doom(c);
			return;
		}
		free_first_reply(c);
	}
	loop_fd_modify(client_loop(c), &c->fd, c->fd.events & ~(uint32_t)EPOLLOUT);
}

static void send_or_keep(struct client *c, const void *bytes, uint32_t len, const int *fds,
			 uint32_t n_fds)
{
	int err = 0;

	if (c->doomed)
		return;
	if (!c->first_reply)
		err = send_packet(c, bytes, len, fds, n_fds);
	if (!c->first_reply && !err)
		return;
	/* Descriptors ride only on a socket that has room: a client that asks for them reads. */
	if ((err && err != -EAGAIN) || n_fds) {
		log_info("control", "client \"%s\" (pid %d): send: %s: connection closed", c->name,
			 c->peer.pid, strerror(err ? -err : EAGAIN));
		client_doom(c);
		return;
	}
	keep_reply(c, bytes, len);
}

void client_reply_fds(struct client *c, const struct sluice_msg *to, const void *body, uint32_t len,
		      const int *fds, uint32_t n_fds)
{
	struct {
		struct sluice_msg head;
		uint8_t body[REPLY_MAX];
	} packet;

	packet.head = (struct sluice_msg){ .op = to->op, .id = to->id, .len = len };
	if (len)
		memcpy(packet.body, body, len);
	send_or_keep(c, &packet, (uint32_t)sizeof(packet.head) + len, fds, n_fds);
}

void client_reply(struct client *c, const struct sluice_msg *to, const void *body, uint32_t len)
{
	client_reply_fds(c, to, body, len, NULL, 0);
}

void client_fail(struct client *c, const struct sluice_msg *to, int err, const char *format, ...)
{
	struct {
		struct sluice_msg head;
		struct sluice_error error;
	} packet = { .head = { .op = to->op,
			       .id = to->id,
			       .status = err,
			       .len = sizeof(struct sluice_error) } };
	va_list args;

	va_start(args, format);
	vsnprintf(packet.error.text, sizeof(packet.error.text), format, args);
	va_end(args);
	log_debug("control", "client \"%s\" (pid %d): operation %u: %s", c->name, c->peer.pid,
		  to->op, packet.error.text);
	send_or_keep(c, &packet, sizeof(packet), NULL, 0);
}

void client_answer(struct client *c, const struct sluice_msg *to, int err, const char *why)
{
	if (err)
		client_fail(c, to, err, "%s", why && why[0] ? why : strerror(-err));
	else
		client_reply(c, to, NULL, 0);
}

/* ---- Receiving ------------------------------------------------------------------- */

void client_pause(struct client *c, struct pending *p)
{
	c->pending = p;
	loop_fd_modify(client_loop(c), &c->fd, c->fd.events & ~(uint32_t)EPOLLIN);
}

void client_resume(struct client *c)
{
	c->pending = NULL;
	loop_fd_modify(client_loop(c), &c->fd, c->fd.events | EPOLLIN);
}

/* False when there is nothing more to read now. */
static bool receive_packet(struct client *c)
{
	struct {
		struct sluice_msg head;
		_Alignas(8) uint8_t body[PACKET_MAX];
	} packet;
	ssize_t n = recv(c->fd.fd, &packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		client_doom(c);
		return false;
	}
	if ((size_t)n < sizeof(packet.head)) {
		log_warn("control",
			 "client \"%s\" (pid %d): a packet of %zd bytes has no header: "
			 "connection closed",
			 c->name, c->peer.pid, n);
		client_doom(c);
		return false;
	}
	/* A packet that did not fit says its true length here, and no operation is that long. */
	operation_run(c, &packet.head, packet.body, (uint32_t)((size_t)n - sizeof(packet.head)));
	/* It has been told why. */
	if (c->refusal[0])
		client_doom(c);
	return true;
}

static void client_ready(struct loop_fd *f, uint32_t events)
{
	struct client *c = (struct client *)f;

	if (c->doomed)
		return;
	if (events & EPOLLOUT)
		flush_replies(c);
	if (events & EPOLLIN) {
		for (int i = 0; i < PACKETS_PER_ROUND && !c->doomed && !c->pending; i++) {
			if (!receive_packet(c))
				break;
		}
	} else if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) {
		client_doom(c);
	}
}

/* ---- Life ------------------------------------------------------------------------ */

void client_doom(struct client *c)
{
	if (c->doomed)
		return;
	c->doomed = true;
	loop_post(client_loop(c), &c->close_work);
}

static void no_hello(struct loop_timer *t, uint64_t now_ns)
{
	struct client *c = (struct client *)((char *)t - offsetof(struct client, hello_timer));

	log_info("control", "pid %d connected and said no HELLO within %llu s: connection closed",
		 c->peer.pid, HELLO_TIMEOUT_NS / 1000000000);
	client_doom(c);
}

static void close_on_clean_stack(struct loop_work *w)
{
	struct client *c = (struct client *)((char *)w - offsetof(struct client, close_work));
	struct control_server *s = c->server;
	struct client **at = &s->clients;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	s->n_clients--;
	loop_timer_cancel(client_loop(c), &c->hello_timer);
	loop_fd_remove(client_loop(c), &c->fd);
	close(c->fd.fd);
	if (c->pending)
		pending_abandon(c->pending);
	handler_client_gone(c);
	rig_client_gone(c);
	while (c->first_reply)
		free_first_reply(c);
	if (c->role)
		log_debug("control", "client \"%s\" (pid %d) gone", c->name, c->peer.pid);
	free(c);
}

int client_create(struct control_server *s, int fd, const struct ucred *peer, const char *refusal)
{
	struct client *c = calloc(1, sizeof(*c));
	int err = -ENOMEM;

	if (!c)
		goto fail;
	c->fd = (struct loop_fd){ .fd = fd, .ready = client_ready };
	c->server = s;
	c->peer = *peer;
	c->last_reply = &c->first_reply;
	c->hello_timer.expired = no_hello;
	c->close_work.run = close_on_clean_stack;
	snprintf(c->refusal, sizeof(c->refusal), "%s", refusal);
	snprintf(c->name, sizeof(c->name), "?");
	err = loop_fd_add(client_loop(c), &c->fd, EPOLLIN | EPOLLRDHUP);
	if (err)
		goto fail;
	loop_timer_set(client_loop(c), &c->hello_timer,
		       loop_now(client_loop(c)) + HELLO_TIMEOUT_NS);
	c->next = s->clients;
	s->clients = c;
	s->n_clients++;
	return 0;
fail:
	free(c);
	close(fd);
	return err;
}
