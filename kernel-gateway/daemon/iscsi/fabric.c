/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The fabric's life: creation, dropping a target's sessions, shutdown. */
#include "fabric.h"

#include <errno.h>
#include <stdlib.h>

#include "portal.h"
#include "session.h"

static const struct iscsi_limits defaults = {
	.max_connections = 1024,
	.max_logins = 64,
	.login_timeout_ms = 15000,
	.nop_interval_ms = 30000,
	.nop_timeout_ms = 15000,
	.window = 128,
	.max_staged_bytes = 64u << 20,
};

static void choose_limits(struct iscsi_fabric *f, const struct iscsi_limits *asked)
{
	f->limits = defaults;
	if (!asked)
		return;
	if (asked->nop_interval_ms)
		f->limits.nop_interval_ms = asked->nop_interval_ms;
	if (asked->max_connections)
		f->limits.max_connections = asked->max_connections;
	if (asked->max_logins)
		f->limits.max_logins = asked->max_logins;
	if (asked->login_timeout_ms)
		f->limits.login_timeout_ms = asked->login_timeout_ms;
	if (asked->nop_timeout_ms)
		f->limits.nop_timeout_ms = asked->nop_timeout_ms;
	if (asked->window)
		f->limits.window = asked->window < 4096 ? asked->window : 4096;
	if (asked->max_staged_bytes)
		f->limits.max_staged_bytes = asked->max_staged_bytes;
	/* TSIHs are 16 bits, and 0 is none. */
	if (f->limits.max_connections > 32768)
		f->limits.max_connections = 32768;
}

static void shut_down_reactor(struct iscsi_mail *mail);

int iscsi_fabric_create(struct sl_gateway *gw, struct loop **loops, uint32_t n_loops,
			const struct iscsi_limits *limits, struct iscsi_fabric **out)
{
	struct iscsi_fabric *f = calloc(1, sizeof(*f));

	if (!n_loops || !f) {
		free(f);
		return n_loops ? -ENOMEM : -EINVAL;
	}
	f->reactors = calloc(n_loops, sizeof(*f->reactors));
	if (!f->reactors) {
		free(f);
		return -ENOMEM;
	}
	f->gw = gw;
	f->n_reactors = n_loops;
	choose_limits(f, limits);
	LIST_INIT(&f->portals);
	LIST_INIT(&f->accounts);
	LIST_INIT(&f->sessions);
	LIST_INIT(&f->drops);
	pthread_mutex_init(&f->lock, NULL);
	for (uint32_t i = 0; i < n_loops; i++) {
		iscsi_reactor_init(&f->reactors[i], f, loops[i]);
		f->reactors[i].shutdown_mail.deliver = shut_down_reactor;
	}
	*out = f;
	return 0;
}

/* ---- Dropping a target ----------------------------------------------------------- */

bool iscsi_drop_pending(struct iscsi_fabric *f, const char *target)
{
	struct iscsi_drop *d;

	LIST_FOREACH(d, &f->drops, link)
		if (!strcmp(d->target, target))
			return true;
	return false;
}

static void drop_done(struct iscsi_mail *mail)
{
	struct iscsi_drop *d = (void *)((char *)mail - offsetof(struct iscsi_drop, done_mail));
	struct iscsi_fabric *f = d->fabric;

	d->done(d->arg); /* the host removes the target while logins to it are still refused */
	pthread_mutex_lock(&f->lock);
	LIST_REMOVE(d, link);
	pthread_mutex_unlock(&f->lock);
	free(d);
}

void iscsi_drop_check(struct iscsi_fabric *f)
{
	struct iscsi_drop *d;

	LIST_FOREACH(d, &f->drops, link) {
		if (d->told || d->notices_left || iscsi_session_of_target(f, d->target))
			continue;
		d->told = true;
		iscsi_mail_send(&f->reactors[0], &d->done_mail);
	}
}

static void drop_on_reactor(struct iscsi_mail *mail)
{
	struct iscsi_drop_notice *notice =
		(void *)((char *)mail - offsetof(struct iscsi_drop_notice, mail));
	struct iscsi_drop *d = notice->drop;
	struct iscsi_fabric *f = d->fabric;
	struct iscsi_connection *c;

	TAILQ_FOREACH(c, &notice->reactor->connections, all_link) {
		const char *target = c->session ? c->session->target : c->login->target;

		if (!strcmp(target, d->target))
			iscsi_connection_wind_down(c);
	}
	pthread_mutex_lock(&f->lock);
	d->notices_left--;
	iscsi_drop_check(f);
	pthread_mutex_unlock(&f->lock);
}

void iscsi_target_drop(struct iscsi_fabric *f, const char *target, void (*done)(void *arg),
		       void *arg)
{
	struct iscsi_drop *d = calloc(1, sizeof(*d) + f->n_reactors * sizeof(d->notices[0]));

	if (!d) {
		/* Without memory to do it politely there is none to wait with either. */
		log_error("iscsi", "%s: no memory to close its sessions; they stay", target);
		done(arg);
		return;
	}
	d->fabric = f;
	d->done = done;
	d->arg = arg;
	d->notices_left = f->n_reactors;
	d->done_mail.deliver = drop_done;
	strncpy(d->target, target, sizeof(d->target) - 1);
	pthread_mutex_lock(&f->lock);
	LIST_INSERT_HEAD(&f->drops, d, link);
	for (uint32_t i = 0; i < f->n_reactors; i++) {
		d->notices[i] = (struct iscsi_drop_notice){
			.mail.deliver = drop_on_reactor,
			.drop = d,
			.reactor = &f->reactors[i],
		};
		iscsi_mail_send(&f->reactors[i], &d->notices[i].mail);
	}
	pthread_mutex_unlock(&f->lock);
}

/* ---- Shutdown ---------------------------------------------------------------------- */

static void shut_down_reactor(struct iscsi_mail *mail)
{
	struct iscsi_reactor *r =
		(void *)((char *)mail - offsetof(struct iscsi_reactor, shutdown_mail));
	struct iscsi_connection *c;

	TAILQ_FOREACH(c, &r->connections, all_link)
		iscsi_connection_wind_down(c);
	iscsi_fabric_put(r->fabric);
}

static void shutdown_is_done(struct iscsi_mail *mail)
{
	struct iscsi_fabric *f =
		(void *)((char *)mail - offsetof(struct iscsi_fabric, shutdown_mail));

	f->shutdown_done(f->shutdown_arg);
}

void iscsi_fabric_put(struct iscsi_fabric *f)
{
	if (atomic_fetch_sub(&f->alive, 1) == 1 && atomic_load(&f->shutting_down) &&
	    !atomic_exchange(&f->shutdown_told, true))
		iscsi_mail_send(&f->reactors[0], &f->shutdown_mail);
}

void iscsi_fabric_shutdown(struct iscsi_fabric *f, void (*done)(void *arg), void *arg)
{
	if (atomic_load(&f->shutting_down))
		return;
	f->shutdown_done = done;
	f->shutdown_arg = arg;
	f->shutdown_mail.deliver = shutdown_is_done;
	/* Each reactor counts as alive until it has told its connections. */
	atomic_fetch_add(&f->alive, f->n_reactors);
	atomic_store(&f->shutting_down, true);
	iscsi_portals_close(f);
	for (uint32_t i = 0; i < f->n_reactors; i++)
		iscsi_mail_send(&f->reactors[i], &f->reactors[i].shutdown_mail);
}

/* The loops do not run any more, or everything was shut down. */
void iscsi_fabric_destroy(struct iscsi_fabric *f)
{
	struct iscsi_account *a;

	iscsi_portals_close(f);
	while ((a = LIST_FIRST(&f->accounts))) {
		LIST_REMOVE(a, link);
		explicit_bzero(a, sizeof(*a));
		free(a);
	}
	pthread_mutex_destroy(&f->lock);
	free(f->reactors);
	free(f);
}

uint64_t iscsi_protocol_errors(const struct iscsi_fabric *f)
{
	return atomic_load_explicit(&f->protocol_errors, memory_order_relaxed);
}

uint64_t iscsi_connections_refused(const struct iscsi_fabric *f)
{
	return atomic_load_explicit(&f->refused, memory_order_relaxed);
}
