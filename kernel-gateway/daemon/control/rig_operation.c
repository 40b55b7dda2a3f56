/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Role rig: injected commands. Commands and functions are answered when they end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "control/operation.h"
#include "control/attempt.h"
#include "rig/rig.h"
#include "control/text.h"

#define MAX_ADVANCE_NS 315360000000000000ull

static void command_ended(void *arg, uint32_t id, const struct sluice_rig_result *result)
{
	const struct sluice_msg to = { .op = SLUICE_OP_RIG_COMMAND, .id = id };

	client_reply(arg, &to, result, sizeof(*result));
}

static void tmf_ended(void *arg, uint32_t id, const struct sluice_rig_tmf *tmf)
{
	const struct sluice_msg to = { .op = SLUICE_OP_RIG_TMF, .id = id };

	client_reply(arg, &to, tmf, sizeof(*tmf));
}

static void run_rig_open(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_rig_open *open = body;
	struct sluice_rig_opened opened = { .data_bytes = open->data_bytes };
	const struct rig_listener listener = { command_ended, tmf_ended, c };
	char why[256];
	int err, fd;

	if (c->rig) {
		client_fail(c, m, -EEXIST, "this connection has a rig already: open another one");
		return;
	}
	err = rig_open(c->server->host, &c->server->rigs, open->data_bytes, &listener, &c->rig,
		       why);
	if (err) {
		client_fail(c, m, err, "RIG_OPEN: %s", why);
		return;
	}
	fd = rig_data_fd(c->rig);
	client_reply_fds(c, m, &opened, sizeof(opened), &fd, 1);
	rig_data_fd_passed(c->rig);
}

static bool has_rig(struct client *c, const struct sluice_msg *m)
{
	if (c->rig)
		return true;
	client_fail(c, m, -EPROTO, "no rig on this connection: send RIG_OPEN first");
	return false;
}

static void run_rig_nexus(struct client *c, const struct sluice_msg *m, const void *body)
{
	struct sluice_rig_nexus nexus = *(const struct sluice_rig_nexus *)body;
	char why[256];
	int err;

	if (!has_rig(c, m))
		return;
	if (TEXT_CHECK(&nexus, initiator_port, TEXT_REQUIRED, why) ||
	    TEXT_CHECK(&nexus, target, TEXT_REQUIRED, why) || RESERVED_CHECK(&nexus, nexus, why) ||
	    RESERVED_CHECK(&nexus, relative_port, why)) {
		client_fail(c, m, -EINVAL, "RIG_NEXUS: %s", why);
		return;
	}
	err = rig_nexus_open(c->rig, &nexus, why);
	if (err)
		client_fail(c, m, err, "RIG_NEXUS: %s", why);
	else
		client_reply(c, m, &nexus, sizeof(nexus));
}

static int attempt_nexus_close(const struct attempt *a, char why[256])
{
	const struct sluice_rig_nexus *nexus = a->body;
	int err = rig_nexus_close(a->client->rig, nexus->nexus);

	if (err == -ENOENT)
		snprintf(why, 256, "RIG_NEXUS_CLOSE: I_T nexus %u: this rig has none",
			 nexus->nexus);
	return err;
}

static void run_rig_nexus_close(struct client *c, const struct sluice_msg *m, const void *body)
{
	static const struct attempt_kind kind = { .run = attempt_nexus_close,
						  .len = sizeof(struct sluice_rig_nexus),
						  .patience_ns = ATTEMPT_FOR_EVER };

	if (has_rig(c, m))
		client_attempt(c, m, body, &kind);
}

static void run_rig_command(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_rig_command *command = body;
	char why[256];
	int err;

	if (!has_rig(c, m))
		return;
	err = RESERVED_CHECK(command, reserved, why);
	if (!err)
		err = rig_command(c->rig, m->id, command, why);
	if (err)
		client_fail(c, m, err, "RIG_COMMAND: %s", why);
}

static void run_rig_tmf(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_rig_tmf *tmf = body;
	char why[256];
	int err;

	if (!has_rig(c, m))
		return;
	err = RESERVED_CHECK(tmf, order, why);
	if (!err)
		err = RESERVED_CHECK(tmf, response, why);
	if (!err)
		err = RESERVED_CHECK(tmf, information, why);
	if (!err)
		err = RESERVED_CHECK(tmf, reserved, why);
	if (!err)
		err = rig_tmf(c->rig, m->id, tmf, why);
	if (err)
		client_fail(c, m, err, "RIG_TMF: %s", why);
}

/* First the clock moves; the reply comes when all that was due on loop 0 is done. */
static int attempt_time(const struct attempt *a, char why[256])
{
	struct sluice_rig_time *time = a->body;
	struct host *h = a->client->server->host;

	if (time->advance_ns) {
		host_advance_time(h, time->advance_ns);
		time->advance_ns = 0;
		return -EAGAIN;
	}
	time->now_ns = loop_now(host_control_loop(h));
	client_reply(a->client, a->msg, time, sizeof(*time));
	return 0;
}

static void run_rig_time(struct client *c, const struct sluice_msg *m, const void *body)
{
	static const struct attempt_kind kind = { .run = attempt_time,
						  .len = sizeof(struct sluice_rig_time),
						  .replies = true,
						  .patience_ns = ATTEMPT_FOR_EVER };
	const struct sluice_rig_time *time = body;
	char why[256];

	if (!c->server->host->time_moves)
		client_fail(c, m, -EPERM,
			    "RIG_TIME: this gateway keeps to the machine's clock: "
			    "start sluiced with --rig-time to move it");
	else if (time->advance_ns > MAX_ADVANCE_NS)
		client_fail(c, m, -EINVAL, "RIG_TIME: advance_ns %llu: at most %llu, ten years",
			    (unsigned long long)time->advance_ns, MAX_ADVANCE_NS);
	else if (RESERVED_CHECK(time, now_ns, why))
		client_fail(c, m, -EINVAL, "RIG_TIME: %s", why);
	else
		client_attempt(c, m, body, &kind);
}

void rig_client_gone(struct client *c)
{
	if (c->rig)
		rig_close(c->rig);
	c->rig = NULL;
}

const struct operation rig_operations[] = {
	{ SLUICE_OP_RIG_OPEN, "RIG_OPEN", sizeof(struct sluice_rig_open), run_rig_open },
	{ SLUICE_OP_RIG_NEXUS, "RIG_NEXUS", sizeof(struct sluice_rig_nexus), run_rig_nexus },
	{ SLUICE_OP_RIG_NEXUS_CLOSE, "RIG_NEXUS_CLOSE", sizeof(struct sluice_rig_nexus),
	  run_rig_nexus_close },
	{ SLUICE_OP_RIG_COMMAND, "RIG_COMMAND", sizeof(struct sluice_rig_command),
	  run_rig_command },
	{ SLUICE_OP_RIG_TMF, "RIG_TMF", sizeof(struct sluice_rig_tmf), run_rig_tmf },
	{ SLUICE_OP_RIG_TIME, "RIG_TIME", sizeof(struct sluice_rig_time), run_rig_time },
	{ 0 },
};
