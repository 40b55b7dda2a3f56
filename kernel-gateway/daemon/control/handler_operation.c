/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Role handler: a session, and the devices it serves. The connection is the lease. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/handler_session.h"
#include "host/log.h"
#include "client.h"
#include "control/operation.h"
#include "pending.h"
#include "control/text.h"

static void session_broken(struct handler_session *s, void *arg)
{
	struct client *c = arg;

	client_doom(c);
}

static void run_session_open(struct client *c, const struct sluice_msg *m, const void *body)
{
	int fds[SLUICE_MAX_QUEUES + 3];
	struct sluice_session_opened opened;
	char why[256];
	const struct sluice_session_open *open = body;
	int err;

	if (TEXT_CHECK(open, name, TEXT_OPTIONAL, why)) {
		client_fail(c, m, -EINVAL, "SESSION_OPEN: %s", why);
		return;
	}
	if (c->session) {
		client_fail(c, m, -EEXIST,
			    "this connection has session %u already: open another "
			    "connection for another session",
			    sl_session_id(c->session->core));
		return;
	}
	err = handler_session_open(c->server->host, c->name, (uint32_t)c->peer.pid, open,
				   session_broken, c, &c->session, why);
	if (err) {
		client_fail(c, m, err, "%s", why);
		return;
	}
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
}

/*
 * While the session of the handler's former process is on its way out, its devices
 * look served: a restarted handler is not refused for that, it waits some milliseconds.
 */
static int attempt_device_add(struct pending *p, char why[256])
{
	const struct sluice_device_add *add = (const void *)p->body;
	struct host *h = p->server->host;
	struct sluice_device_added added = { 0 };
	const char *text = NULL;
	int err = sl_device_add(p->client->session->core, add, loop_now(host_control_loop(h)),
				&added, &text);

	if (err == -EEXIST && h->n_closing)
		return -EAGAIN;
	if (err == -EEXIST && !text)
		text = "another live session serves it: stop that handler or rename the device";
	if (err) {
		snprintf(why, 256, "device \"%s\": %s", add->name, text ? text : strerror(-err));
		return err;
	}
	if (added.flags & SLUICE_DEVICE_TAKEN_OVER)
		log_info("session", "%s: takes over device \"%s\"", p->client->session->name,
			 add->name);
	client_reply(p->client, &p->msg, &added, sizeof(added));
	return 0;
}

static bool has_session(struct client *c, const struct sluice_msg *m)
{
	if (c->session)
		return true;
	client_fail(c, m, -EPROTO, "no session on this connection: send SESSION_OPEN first");
	return false;
}

static void run_device_add(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_device_add *add = body;
	char why[256];

	if (!has_session(c, m))
		return;
	if (TEXT_CHECK(add, name, TEXT_REQUIRED, why) || RESERVED_CHECK(add, reserved1, why)) {
		client_fail(c, m, -EINVAL, "DEVICE_ADD: %s", why);
		return;
	}
	pending_start(c, m, body, sizeof(*add), attempt_device_add, true, true, 5000000000ull);
}

static void run_session_quiesce(struct client *c, const struct sluice_msg *m, const void *body)
{
	if (!has_session(c, m))
		return;
	handler_session_quiesce(c->session);
	client_reply(c, m, NULL, 0);
}

static int attempt_device_remove(struct pending *p, char why[256])
{
	const struct sluice_device_remove *remove = (const void *)p->body;
	struct loop *l = host_control_loop(p->server->host);
	int err = sl_device_remove(p->client->session->core, remove->device, loop_now(l));

	if (err == -EBUSY)
		return -EAGAIN;
	if (err)
		snprintf(why, 256, "device %u: %s", remove->device,
			 err == -ENOENT ?
				 "this session serves no such device: name one that it added" :
				 strerror(-err));
	return err;
}

static void run_device_remove(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_device_remove *remove = body;
	char why[256];

	if (!has_session(c, m))
		return;
	if (RESERVED_CHECK(remove, reserved, why)) {
		client_fail(c, m, -EINVAL, "DEVICE_REMOVE: %s", why);
		return;
	}
	pending_start(c, m, body, sizeof(*remove), attempt_device_remove, false, true, UINT64_MAX);
}

void handler_client_gone(struct client *c)
{
	if (c->session)
		handler_session_close(c->session);
	c->session = NULL;
	free(c->restore);
	c->restore = NULL;
}

const struct operation handler_operations[] = {
	{ SLUICE_OP_SESSION_OPEN, "SESSION_OPEN", sizeof(struct sluice_session_open),
	  run_session_open },
	{ SLUICE_OP_DEVICE_ADD, "DEVICE_ADD", sizeof(struct sluice_device_add), run_device_add },
	{ SLUICE_OP_DEVICE_REMOVE, "DEVICE_REMOVE", sizeof(struct sluice_device_remove),
	  run_device_remove },
	{ SLUICE_OP_RESERVATION_RESTORE, "RESERVATION_RESTORE",
	  sizeof(struct sluice_reservation_restore), restore_run },
	{ SLUICE_OP_SESSION_QUIESCE, "SESSION_QUIESCE", 0, run_session_quiesce },
	{ 0 },
};
