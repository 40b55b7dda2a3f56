/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "server.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "host/log.h"
#include "portal.h"

#define GROUPS_MAX	1024
/* Above the bound a client is still told so; above this it is not even that. */
#define REFUSED_MAX	16U
#define ACCEPT_PAUSE_NS 200000000ull

/* ---- Who may connect ------------------------------------------------------------ */

static bool in_group(int fd, const struct ucred *peer, gid_t group)
{
	gid_t groups[GROUPS_MAX];
	socklen_t len = sizeof(groups);

	if (peer->gid == group)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) < 0)
		return false;
	for (size_t i = 0; i < len / sizeof(groups[0]); i++) {
		if (groups[i] == group)
			return true;
	}
	return false;
}

/* Writes the refusal, or nothing for whom we let in. */
static void judge(struct control_server *s, int fd, const struct ucred *peer, char refusal[256])
{
	struct group *g;

	refusal[0] = '\0';
	if (s->n_clients >= CONTROL_MAX_CLIENTS) {
		snprintf(refusal, 256, "%u clients are connected, the most: close one",
			 s->n_clients);
		return;
	}
	if (peer->uid == 0 || peer->uid == geteuid() || in_group(fd, peer, s->file.group))
		return;
	g = getgrgid(s->file.group);
	snprintf(refusal, 256,
		 "user %u may not use %.100s: run as user %u or root, or add the user to group %s "
		 "(%u) and log in again",
		 peer->uid, s->file.path, geteuid(), g ? g->gr_name : "?", s->file.group);
}

static void accept_one(struct control_server *s, int fd)
{
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);
	char refusal[256];

	if (s->n_clients >= CONTROL_MAX_CLIENTS + REFUSED_MAX ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0) {
		log_warn("control", "%u clients are connected: another is turned away",
			 s->n_clients);
		close(fd);
		return;
	}
	judge(s, fd, &peer, refusal);
	if (refusal[0])
		log_warn("control", "pid %d refused: %s", peer.pid, refusal);
	client_create(s, fd, &peer, refusal);
}

/* Out of descriptors: the backlog keeps the listener ready, so look away for a while. */
static void pause_listening(struct control_server *s)
{
	struct loop *l = host_control_loop(s->host);

	log_error("control", "accept: %s: raise RLIMIT_NOFILE", strerror(errno));
	loop_fd_modify(l, &s->listener, 0);
	loop_timer_set(l, &s->listen_again, loop_now(l) + ACCEPT_PAUSE_NS);
}

static void listen_again(struct loop_timer *t, uint64_t now_ns)
{
	struct control_server *s =
		(struct control_server *)((char *)t -
					  offsetof(struct control_server, listen_again));

	loop_fd_modify(host_control_loop(s->host), &s->listener, EPOLLIN);
}

static void listener_ready(struct loop_fd *f, uint32_t events)
{
	struct control_server *s =
		(struct control_server *)((char *)f - offsetof(struct control_server, listener));

	for (int i = 0; i < 16; i++) {
		int fd = accept4(f->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			accept_one(s, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE)
			pause_listening(s);
		return;
	}
}

/* ---- Life ------------------------------------------------------------------------ */

int control_server_open(struct control_server *s, const char *path, char why[256])
{
	int err = socket_file_open(&s->file, path, why);

	if (err)
		return err;
	s->rigs = (struct rig_fabric){ .gateway = s->host->gateway, .host = s->host };
	s->listener = (struct loop_fd){ .fd = s->file.listen_fd, .ready = listener_ready };
	s->listen_again.expired = listen_again;
	err = loop_fd_add(host_control_loop(s->host), &s->listener, EPOLLIN);
	if (err) {
		snprintf(why, 256, "epoll_ctl of the control socket: %s: raise RLIMIT_NOFILE",
			 strerror(-err));
		socket_file_close(&s->file);
	}
	return err;
}

void control_server_stop_listening(struct control_server *s)
{
	if (s->file.listen_fd < 0)
		return;
	loop_timer_cancel(host_control_loop(s->host), &s->listen_again);
	loop_fd_remove(host_control_loop(s->host), &s->listener);
	socket_file_close(&s->file);
}

void control_server_close_clients(struct control_server *s)
{
	for (struct client *c = s->clients; c; c = c->next)
		client_doom(c);
}

void control_server_destroy(struct control_server *s)
{
	control_server_stop_listening(s);
	portals_forget(s);
}
