/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The session of a client in role handler (control/client.h). */
#include <errno.h>
#include <stddef.h>

#include "client.h"
#include "host/handler_session.h"
#include "host/log.h"

struct sl_session *client_session(struct client *c)
{
	return c->session ? c->session->core : NULL;
}

static void session_broken(struct handler_session *s, void *arg)
{
	struct client *c = arg;

	client_doom(c);
}

int client_session_open(struct client *c, const struct sluice_msg *m,
			const struct sluice_session_open *open, char why[256])
{
	int fds[SLUICE_MAX_QUEUES + 3];
	struct sluice_session_opened opened;
	int err = handler_session_open(c->server->host, c->name, (uint32_t)c->peer.pid, open,
				       session_broken, c, &c->session, why);

	if (err)
		return err;
	opened = (struct sluice_session_opened){
		.session = sl_session_id(c->session->core),
		.epoch = handler_session_epoch(c->session),
		.gateway_bytes = c->session->layout.gateway_bytes,
		.handler_bytes = c->session->layout.handler_bytes,
	};
	log_info("session", "%s: session %u, %u queues of %u tags, pool %llu MiB", c->session->name,
		 opened.session, c->session->layout.queues, c->session->layout.depth,
		 (unsigned long long)c->session->layout.pool_bytes >> 20);
	client_reply_fds(c, m, &opened, sizeof(opened), fds, handler_session_fds(c->session, fds));
	handler_session_passed(c->session);
	return 0;
}

bool client_sessions_leave(struct client *c)
{
	return c->server->host->n_closing;
}

struct restore **client_restore(struct client *c)
{
	return &c->restore;
}

int client_session_info(struct client *c, u32 index, struct sluice_session_info *info)
{
	struct handler_session *s = c->server->host->sessions;

	for (u32 i = 0; s && i < index; i++)
		s = s->next;
	if (!s)
		return -ENOENT;
	handler_session_info(s, info);
	return 0;
}

void handler_client_gone(struct client *c)
{
	if (c->session)
		handler_session_close(c->session);
	c->session = NULL;
	sl_free(c->restore);
	c->restore = NULL;
}
