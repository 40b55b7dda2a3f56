/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Role control: what only sluiced has: portals, credentials, sessions of a target, its end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "control/operation.h"
#include "control/text.h"
#include "client.h"
#include "host/handler_session.h"
#include "host/log.h"
#include "pending.h"
#include "portal.h"
#include "rig/rig.h"

#define REMOVE_PATIENCE_NS (10ull * 1000000000)

static void fail_field(struct client *c, const struct sluice_msg *m, const char *name,
		       const char *why)
{
	client_fail(c, m, -EINVAL, "%s: %s", name, why);
}

static void run_portal_add(struct client *c, const struct sluice_msg *m, const void *body)
{
	struct sluice_portal portal = *(const struct sluice_portal *)body;
	char why[256] = "";
	int err;

	if (TEXT_CHECK(&portal, address, TEXT_REQUIRED, why) ||
	    RESERVED_CHECK(&portal, reserved, why)) {
		fail_field(c, m, "PORTAL_ADD", why);
		return;
	}
	if (portal.group == 0) {
		client_fail(c, m, -EINVAL, "portal group 0: choose 1 to 65535 (RFC 7143 13.9)");
		return;
	}
	err = portal_add(c->server, &portal, why);
	if (err)
		client_fail(c, m, err, "%s", why);
	else
		client_reply(c, m, &portal, sizeof(portal));
}

/* ---- TARGET_REMOVE: its sessions first ------------------------------------------- */

static int attempt_target_remove(struct pending *p, char why[256])
{
	const struct sluice_target *t = (const void *)p->body;
	struct host *h = p->server->host;
	const char *text = NULL;
	int err;

	err = sl_target_remove(h->gateway, t->name, &text);
	if (err)
		snprintf(why, 256, "\"%s\": %s", t->name, text ? text : strerror(-err));
	return err == -EBUSY ? -EAGAIN : err;
}

static void dropped(void *arg)
{
	/* The pending attempt finds the target free. */
}

static void run_target_remove(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_target *t = body;
	char why[256];

	if (TEXT_CHECK(t, name, TEXT_REQUIRED, why) || TEXT_CHECK(t, alias, TEXT_OPTIONAL, why)) {
		fail_field(c, m, "TARGET_REMOVE", why);
		return;
	}
	iscsi_target_drop(c->server->iscsi, t->name, dropped, NULL);
	for (struct rig *r = c->server->rigs; r; r = rig_next(r))
		rig_drop_target(r, t->name);
	pending_start(c, m, body, sizeof(*t), attempt_target_remove, false, false,
		      REMOVE_PATIENCE_NS);
}

/* ---- Credentials --------------------------------------------------------------------- */

static void run_auth_set(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_auth *a = body;
	const char *text = NULL;
	char why[256] = "";
	int err;

	if (TEXT_CHECK(a, target, TEXT_OPTIONAL, why) || TEXT_CHECK(a, user, TEXT_OPTIONAL, why) ||
	    TEXT_CHECK(a, secret, TEXT_OPTIONAL, why) || RESERVED_CHECK(a, reserved, why)) {
		fail_field(c, m, "AUTH_SET", why);
		return;
	}
	switch (a->kind) {
	case SLUICE_AUTH_CHAP:
	case SLUICE_AUTH_MUTUAL:
		client_answer(c, m, iscsi_auth_set(c->server->iscsi, a, why), why);
		return;
	case SLUICE_AUTH_DENY_UNKNOWN:
		err = sl_target_deny_unknown(client_gateway(c), a->target, client_now(c), &text);
		client_answer(c, m, err, text);
		return;
	case SLUICE_AUTH_ADMIT_UNKNOWN:
		err = sl_target_admit_unknown(client_gateway(c), a->target, client_now(c), &text);
		client_answer(c, m, err, text);
		return;
	default:
		client_fail(c, m, -EINVAL,
			    "kind %u: 1 is CHAP, 2 mutual CHAP, 3 deny unknown initiators, 4 admit "
			    "them",
			    a->kind);
	}
}

static void run_shutdown(struct client *c, const struct sluice_msg *m, const void *body)
{
	log_info("control", "client \"%s\" (pid %d) asks for shutdown", c->name, c->peer.pid);
	client_reply(c, m, NULL, 0);
	c->server->shutdown(c->server->arg);
}

const struct operation host_operations[] = {
	{ SLUICE_OP_PORTAL_ADD, "PORTAL_ADD", sizeof(struct sluice_portal), run_portal_add },
	{ SLUICE_OP_TARGET_REMOVE, "TARGET_REMOVE", sizeof(struct sluice_target),
	  run_target_remove },
	{ SLUICE_OP_AUTH_SET, "AUTH_SET", sizeof(struct sluice_auth), run_auth_set },
	{ SLUICE_OP_SHUTDOWN, "SHUTDOWN", 0, run_shutdown },
	{ 0 },
};

static void run_gateway_info(struct client *c, const struct sluice_msg *m, const void *body)
{
	struct control_server *s = c->server;
	struct sluice_gateway_info info = { 0 };

	sl_gateway_info(s->host->gateway, &info);
	info.abi_version = SLUICE_ABI_VERSION;
	info.pid = (uint32_t)getpid();
	info.uptime_ns = loop_clock() - s->host->started_ns;
	info.loops = s->host->n_loops;
	info.protocol_errors = iscsi_protocol_errors(s->iscsi);
	info.connections_refused = iscsi_connections_refused(s->iscsi);
	client_reply(c, m, &info, sizeof(info));
}

static void run_session_info(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_cursor *cursor = body;
	struct handler_session *s = c->server->host->sessions;
	struct sluice_session_info info;
	char why[256];

	if (RESERVED_CHECK(cursor, reserved, why)) {
		client_fail(c, m, -EINVAL, "cursor: %s", why);
		return;
	}
	for (uint32_t i = 0; s && i < cursor->index; i++)
		s = s->next;
	if (!s) {
		client_fail(c, m, -ENOENT, "session index %u: past the last session",
			    cursor->index);
		return;
	}
	handler_session_info(s, &info);
	client_reply(c, m, &info, sizeof(info));
}

const struct operation host_info_operations[] = {
	{ SLUICE_OP_GATEWAY_INFO, "GATEWAY_INFO", 0, run_gateway_info },
	{ SLUICE_OP_SESSION_INFO, "SESSION_INFO", sizeof(struct sluice_cursor), run_session_info },
	{ 0 },
};
