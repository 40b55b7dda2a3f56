/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "session.h"

uint64_t iscsi_connection_now(const struct iscsi_connection *c)
{
	return loop_now(c->reactor->loop);
}

void iscsi_connection_doom(struct iscsi_connection *c)
{
	c->doomed = true;
	iscsi_reactor_mark(c);
}

void iscsi_connection_violation(struct iscsi_connection *c, const char *what, uint32_t value)
{
	if (c->doomed)
		return;
	atomic_fetch_add_explicit(&c->fabric->protocol_errors, 1, memory_order_relaxed);
	log_warn("iscsi", "%s%s%s: %s %u (0x%x); connection closed", c->peer, c->session ? " " : "",
		 c->session ? c->session->initiator : "", what, value, value);
	iscsi_connection_doom(c);
}

/* ---- Readiness ------------------------------------------------------------ */

void iscsi_connection_arm(struct iscsi_connection *c)
{
	uint32_t events = 0;

	if (c->state == ISCSI_CONN_LOGIN || c->state == ISCSI_CONN_FULL)
		events = iscsi_transmit_congested(&c->tx) ? 0 : EPOLLIN;
	if (c->tx.want_out)
		events |= EPOLLOUT;
	if (loop_fd_modify(c->reactor->loop, &c->fd, events))
		iscsi_connection_doom(c);
}

static void on_ready(struct loop_fd *fd, uint32_t events)
{
	struct iscsi_connection *c = (void *)((char *)fd - offsetof(struct iscsi_connection, fd));

	if (events & (EPOLLERR | EPOLLHUP)) {
		c->lost = true;
		iscsi_connection_doom(c);
		return;
	}
	if (events & EPOLLOUT)
		iscsi_reactor_mark(c);
	if (events & EPOLLIN)
		iscsi_receive_run(c);
}

static void on_timer(struct loop_timer *timer, uint64_t now_ns)
{
	struct iscsi_connection *c =
		(void *)((char *)timer - offsetof(struct iscsi_connection, timer));

	if (c->state == ISCSI_CONN_FULL && !c->winding_down) {
		iscsi_nop_timer(c, now_ns);
		return;
	}
	if (c->state == ISCSI_CONN_LOGIN || c->state == ISCSI_CONN_WAITING)
		log_warn("iscsi", "%s: login not finished in %u ms; connection closed", c->peer,
			 c->fabric->limits.login_timeout_ms);
	iscsi_connection_doom(c);
}

void iscsi_connection_wind_down(struct iscsi_connection *c)
{
	if (c->winding_down || c->doomed)
		return;
	if (c->state != ISCSI_CONN_FULL || c->session->discovery) {
		iscsi_connection_doom(c);
		return;
	}
	c->winding_down = true;
	iscsi_async(c, ISCSI_ASYNC_REQUEST_LOGOUT, 0, 0, 1);
	loop_timer_set(c->reactor->loop, &c->timer, iscsi_connection_now(c) + ISCSI_WIND_DOWN_NS);
}

/* ---- Life ----------------------------------------------------------------- */

static void start(struct iscsi_connection *c)
{
	int error = loop_fd_add(c->reactor->loop, &c->fd, EPOLLIN);

	TAILQ_INSERT_TAIL(&c->reactor->connections, c, all_link);
	if (error || atomic_load(&c->fabric->shutting_down)) {
		iscsi_connection_doom(c);
		return;
	}
	loop_timer_set(c->reactor->loop, &c->timer,
		       iscsi_connection_now(c) + c->fabric->limits.login_timeout_ms * 1000000ull);
}

static void start_by_mail(struct iscsi_mail *mail)
{
	start((void *)((char *)mail - offsetof(struct iscsi_connection, start_mail)));
}

static void free_connection(struct iscsi_connection *c)
{
	struct iscsi_fabric *f = c->fabric;

	iscsi_receive_destroy(&c->rx);
	iscsi_transmit_destroy(&c->tx);
	if (c->login) {
		iscsi_login_destroy(c->login);
		free(c->login);
	}
	free(c->answer);
	free(c);
	iscsi_fabric_put(f);
}

/* The session in the way is gone; by the time this comes the connection may be, too. */
static void woken(struct iscsi_mail *mail)
{
	struct iscsi_connection *c =
		(void *)((char *)mail - offsetof(struct iscsi_connection, wake_mail));

	pthread_mutex_lock(&c->fabric->lock);
	c->wake_in_flight = false;
	pthread_mutex_unlock(&c->fabric->lock);
	if (c->state == ISCSI_CONN_CLOSED)
		free_connection(c);
	else if (!c->doomed)
		iscsi_login_resume(c);
}

int iscsi_connection_open(struct iscsi_reactor *r, int fd, const char *peer, const char *local,
			  uint16_t group_tag)
{
	struct iscsi_connection *c = calloc(1, sizeof(*c));

	if (!c) {
		close(fd);
		atomic_fetch_sub(&r->fabric->logins, 1);
		return -ENOMEM;
	}
	c->fabric = r->fabric;
	c->reactor = r;
	c->fd = (struct loop_fd){ .fd = fd, .ready = on_ready };
	c->timer.expired = on_timer;
	c->counted_login = true;
	c->group_tag = group_tag;
	c->ping_ttt = ISCSI_TAG_NONE;
	c->start_mail.deliver = start_by_mail;
	c->wake_mail.deliver = woken;
	snprintf(c->peer, sizeof(c->peer), "%s", peer);
	snprintf(c->local, sizeof(c->local), "%s", local);
	atomic_fetch_add(&r->fabric->alive, 1);
	atomic_fetch_add(&r->load, 1);
	c->login = malloc(sizeof(*c->login));
	if (!c->login || iscsi_receive_init(&c->rx) || iscsi_transmit_init(&c->tx)) {
		close(fd);
		atomic_fetch_sub(&r->fabric->logins, 1);
		atomic_fetch_sub(&r->load, 1);
		if (c->login)
			iscsi_login_init(c->login);
		free_connection(c);
		return -ENOMEM;
	}
	iscsi_login_init(c->login);
	if (loop_is_current(r->loop))
		start(c);
	else
		iscsi_mail_send(r, &c->start_mail);
	return 0;
}

static void close_connection(struct iscsi_connection *c)
{
	struct iscsi_session *s = c->session;
	bool wait;

	loop_timer_cancel(c->reactor->loop, &c->timer);
	loop_fd_remove(c->reactor->loop, &c->fd);
	close(c->fd.fd);
	TAILQ_REMOVE(&c->reactor->connections, c, all_link);
	atomic_fetch_sub(&c->reactor->load, 1);
	if (c->counted_login)
		atomic_fetch_sub(&c->fabric->logins, 1);
	c->counted_login = false;
	c->state = ISCSI_CONN_CLOSED;
	if (s)
		s->connection = NULL; /* from here on answers have nowhere to go */
	iscsi_transmit_drop(c);
	iscsi_text_exchange_free(c);
	c->session = NULL;
	if (s) {
		log_info("iscsi", "%s %s: session of %s ended%s", c->peer, s->initiator,
			 s->discovery ? "discovery" : s->target,
			 c->lost ? ": connection lost" : "");
		iscsi_session_close(s);
	}
	iscsi_session_unwait(c);
	pthread_mutex_lock(&c->fabric->lock);
	wait = c->wake_in_flight;
	pthread_mutex_unlock(&c->fabric->lock);
	if (c->dirty) {
		TAILQ_REMOVE(&c->reactor->dirty, c, dirty_link);
		c->dirty = false;
	}
	if (!wait)
		free_connection(c);
}

void iscsi_connection_settle(struct iscsi_connection *c)
{
	bool was_congested;

	if (!c->doomed) {
		was_congested = iscsi_transmit_congested(&c->tx);
		if (iscsi_transmit_flush(c)) {
			c->lost = true;
			c->doomed = true;
		}
		/* What was read before the pause waits in our own buffer; epoll does not know. */
		if (was_congested && !c->doomed && !iscsi_transmit_congested(&c->tx))
			iscsi_receive_parse(c);
	}
	if (c->doomed)
		close_connection(c);
	else
		iscsi_connection_arm(c);
}
