/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "portal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection.h"

#define ACCEPTS_PER_ROUND 16
#define ACCEPT_RETRY_NS	  100000000ull

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* "127.0.0.1", or "[::1]" as URLs and TargetAddress want it. */
static void address_text(const union address *a, char text[SLUICE_NAME_LEN])
{
	char plain[INET6_ADDRSTRLEN] = "?";

	if (a->any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a->v6.sin6_addr, plain, sizeof(plain));
		snprintf(text, SLUICE_NAME_LEN, "[%s]", plain);
	} else {
		inet_ntop(AF_INET, &a->v4.sin_addr, plain, sizeof(plain));
		snprintf(text, SLUICE_NAME_LEN, "%s", plain);
	}
}

static uint16_t port_of(const union address *a)
{
	return ntohs(a->any.sa_family == AF_INET6 ? a->v6.sin6_port : a->v4.sin_port);
}

/* ---- Accepting ---------------------------------------------------------------- */

static struct iscsi_reactor *least_loaded(struct iscsi_fabric *f)
{
	struct iscsi_reactor *best = &f->reactors[0];

	for (uint32_t i = 1; i < f->n_reactors; i++)
		if (atomic_load(&f->reactors[i].load) < atomic_load(&best->load))
			best = &f->reactors[i];
	return best;
}

static void welcome(struct iscsi_portal *p, int fd, const union address *from)
{
	struct iscsi_fabric *f = p->fabric;
	char address[SLUICE_NAME_LEN], peer[SLUICE_NAME_LEN + 8], local[SLUICE_NAME_LEN];
	union address here = { .any.sa_family = AF_INET };
	socklen_t len = sizeof(here);
	int one = 1;

	address_text(from, address);
	snprintf(peer, sizeof(peer), "%s:%u", address, port_of(from));
	if (atomic_fetch_add(&f->logins, 1) >= f->limits.max_logins) {
		atomic_fetch_sub(&f->logins, 1);
		atomic_fetch_add_explicit(&f->refused, 1, memory_order_relaxed);
		log_warn("iscsi", "%s: more than %u connections have not logged in yet; closed",
			 peer, f->limits.max_logins);
		close(fd);
		return;
	}
	getsockname(fd, &here.any, &len);
	address_text(&here, local);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	if (iscsi_connection_open(least_loaded(f), fd, peer, local, p->group_tag))
		log_error("iscsi", "%s: no memory for a connection; closed", peer);
}

static void retry(struct loop_timer *timer, uint64_t now_ns)
{
	struct iscsi_portal *p = (void *)((char *)timer - offsetof(struct iscsi_portal, retry));

	loop_fd_modify(p->fabric->reactors[0].loop, &p->fd, EPOLLIN);
}

static void on_ready(struct loop_fd *self, uint32_t events)
{
	struct iscsi_portal *p = (void *)((char *)self - offsetof(struct iscsi_portal, fd));
	struct loop *loop = p->fabric->reactors[0].loop;

	for (int i = 0; i < ACCEPTS_PER_ROUND; i++) {
		union address from;
		socklen_t len = sizeof(from);
		int fd = accept4(self->fd, &from.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			welcome(p, fd, &from);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
			log_error("iscsi", "accept on %s:%u: %s: raise LimitNOFILE (ulimit -n)",
				  p->text, p->port, strerror(errno));
			loop_fd_modify(loop, self, 0);
			loop_timer_set(loop, &p->retry, loop_now(loop) + ACCEPT_RETRY_NS);
		}
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

/* ---- Listening ---------------------------------------------------------------- */

static int parse(const struct sluice_portal *portal, union address *a, socklen_t *len)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, portal->address, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons(portal->port);
		*len = sizeof(a->v4);
		return 0;
	}
	if (inet_pton(AF_INET6, portal->address, &a->v6.sin6_addr) == 1) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons(portal->port);
		*len = sizeof(a->v6);
		return 0;
	}
	return -EINVAL;
}

static const char *remedy(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another program listens there: choose another port, or stop it (ss -ltnp shows it)";
	case EADDRNOTAVAIL:
		return "this host does not have that address: see ip addr";
	case EACCES:
		return "ports below 1024 need CAP_NET_BIND_SERVICE: choose a higher one";
	case EAFNOSUPPORT:
		return "this host does not have that address family: use the other one";
	case EMFILE:
		return "raise LimitNOFILE (ulimit -n)";
	default:
		return "see the system's log";
	}
}

static int listen_on(const union address *a, socklen_t len, const char **call)
{
	int one = 1, error;
	int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	*call = "socket";
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (a->any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	*call = "bind";
	if (!bind(fd, &a->any, len)) {
		*call = "listen";
		if (!listen(fd, 1024))
			return fd;
	}
	error = -errno;
	close(fd);
	return error;
}

static struct iscsi_portal *find(struct iscsi_fabric *f, const char *text, uint16_t port)
{
	struct iscsi_portal *p;

	LIST_FOREACH(p, &f->portals, link)
		if (port && p->port == port && !strcmp(p->text, text))
			return p;
	return NULL;
}

static bool is_wildcard(const union address *a)
{
	if (a->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_UNSPECIFIED(&a->v6.sin6_addr);
	return a->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

static int start(struct iscsi_fabric *f, int fd, const union address *a,
		 struct sluice_portal *portal)
{
	struct iscsi_portal *p = calloc(1, sizeof(*p));
	union address bound = *a;
	socklen_t len = sizeof(bound);
	int error;

	if (!p)
		return -ENOMEM;
	getsockname(fd, &bound.any, &len);
	p->fabric = f;
	p->fd = (struct loop_fd){ .fd = fd, .ready = on_ready };
	p->retry.expired = retry;
	p->v6 = a->any.sa_family == AF_INET6;
	p->wildcard = is_wildcard(a);
	p->port = port_of(&bound);
	p->group_tag = portal->group ? portal->group : 1;
	address_text(a, p->text);
	error = loop_fd_add(f->reactors[0].loop, &p->fd, EPOLLIN);
	if (error) {
		free(p);
		return error;
	}
	portal->port = p->port;
	pthread_mutex_lock(&f->lock);
	LIST_INSERT_HEAD(&f->portals, p, link);
	pthread_mutex_unlock(&f->lock);
	log_info("iscsi", "listening on %s:%u, portal group %u", p->text, p->port, p->group_tag);
	return 0;
}

int iscsi_portal_add(struct iscsi_fabric *f, struct sluice_portal *portal, char why[256])
{
	char text[SLUICE_NAME_LEN];
	const char *call;
	union address a;
	socklen_t len;
	int fd, error;

	if (parse(portal, &a, &len)) {
		snprintf(why, 256,
			 "portal address \"%.64s\": not an IPv4 or IPv6 address: write for example "
			 "127.0.0.1, 0.0.0.0 or ::1",
			 portal->address);
		return -EINVAL;
	}
	address_text(&a, text);
	if (find(f, text, portal->port))
		return 0;
	fd = listen_on(&a, len, &call);
	if (fd < 0) {
		snprintf(why, 256, "%s %s:%u: %s: %s", call, text, portal->port, strerror(-fd),
			 remedy(-fd));
		return fd;
	}
	error = start(f, fd, &a, portal);
	if (error) {
		close(fd);
		snprintf(why, 256, "portal %s:%u: %s: %s", text, portal->port, strerror(-error),
			 remedy(-error));
	}
	return error;
}

void iscsi_portals_close(struct iscsi_fabric *f)
{
	struct iscsi_portal *p;

	while ((p = LIST_FIRST(&f->portals))) {
		loop_timer_cancel(f->reactors[0].loop, &p->retry);
		loop_fd_remove(f->reactors[0].loop, &p->fd);
		close(p->fd.fd);
		pthread_mutex_lock(&f->lock);
		LIST_REMOVE(p, link);
		pthread_mutex_unlock(&f->lock);
		free(p);
	}
}
