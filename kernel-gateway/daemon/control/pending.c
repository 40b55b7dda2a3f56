/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "pending.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct loop *loop_of(struct pending *p)
{
	return host_control_loop(p->server->host);
}

static void finish(struct pending *p, int err, const char *why)
{
	struct client *c = p->client;

	if (c) {
		client_resume(c);
		if (err || !p->kind->replies)
			client_answer(c, &p->msg, err, why);
	}
	free(p);
}

static void try_it(struct pending *p)
{
	char why[256] = "";
	uint64_t now = loop_now(loop_of(p));
	const struct attempt a = { p->server->host->gateway, p->client, &p->msg, p->body, now };
	int err = p->kind->run(&a, why);

	if (err == -EAGAIN && now < p->give_up_ns) {
		/* Not from `now`: the attempt may have moved the clock, and what is due goes first. */
		loop_timer_set(loop_of(p), &p->timer, loop_now(loop_of(p)) + ATTEMPT_INTERVAL_NS);
		return;
	}
	finish(p, err == -EAGAIN ? -EBUSY : err, why);
}

static void try_again(struct loop_timer *t, uint64_t now_ns)
{
	try_it((struct pending *)((char *)t - offsetof(struct pending, timer)));
}

void client_attempt(struct client *c, const struct sluice_msg *m, const void *body,
		    const struct attempt_kind *kind)
{
	struct pending *p = calloc(1, sizeof(*p));
	uint64_t now = loop_now(client_loop(c));

	if (!p || kind->len > sizeof(p->body)) {
		free(p);
		client_fail(c, m, -ENOMEM, "no memory for the operation: give the process more");
		return;
	}
	p->server = c->server;
	p->client = c;
	p->msg = *m;
	memcpy(p->body, body, kind->len);
	p->kind = kind;
	p->give_up_ns = kind->patience_ns > UINT64_MAX - now ? UINT64_MAX : now + kind->patience_ns;
	p->timer.expired = try_again;
	client_pause(c, p);
	try_it(p);
}

void pending_abandon(struct pending *p)
{
	p->client = NULL;
	if (p->kind->outlives)
		return;
	loop_timer_cancel(loop_of(p), &p->timer);
	free(p);
}
