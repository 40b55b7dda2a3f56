/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "pending.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_NS 2000000ull

static struct loop *loop_of(struct pending *p)
{
	return host_control_loop(p->server->host);
}

static void finish(struct pending *p, int err, const char *why)
{
	struct client *c = p->client;

	if (c) {
		client_resume(c);
		if (err || !p->replies)
			client_answer(c, &p->msg, err, why);
	}
	free(p);
}

static void try_it(struct pending *p)
{
	char why[256] = "";
	uint64_t now = loop_now(loop_of(p));
	int err = p->attempt(p, why);

	if (err == -EAGAIN && now < p->give_up_ns) {
		/* Not from `now`: the attempt may have moved the clock, and what is due goes first. */
		loop_timer_set(loop_of(p), &p->timer, loop_now(loop_of(p)) + RETRY_NS);
		return;
	}
	finish(p, err == -EAGAIN ? -EBUSY : err, why);
}

static void try_again(struct loop_timer *t, uint64_t now_ns)
{
	try_it((struct pending *)((char *)t - offsetof(struct pending, timer)));
}

void pending_start(struct client *c, const struct sluice_msg *m, const void *body, uint32_t len,
		   int (*attempt)(struct pending *p, char why[256]), bool replies,
		   bool needs_client, uint64_t patience_ns)
{
	struct pending *p = calloc(1, sizeof(*p));
	uint64_t now = loop_now(client_loop(c));

	if (!p || len > sizeof(p->body)) {
		free(p);
		client_fail(c, m, -ENOMEM, "no memory for the operation: give the process more");
		return;
	}
	p->server = c->server;
	p->client = c;
	p->msg = *m;
	memcpy(p->body, body, len);
	p->attempt = attempt;
	p->replies = replies;
	p->needs_client = needs_client;
	p->give_up_ns = patience_ns > UINT64_MAX - now ? UINT64_MAX : now + patience_ns;
	p->timer.expired = try_again;
	client_pause(c, p);
	try_it(p);
}

void pending_abandon(struct pending *p)
{
	p->client = NULL;
	if (!p->needs_client)
		return;
	loop_timer_cancel(loop_of(p), &p->timer);
	free(p);
}
