/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Role rig: injected commands. Commands and functions are answered when they end. */
#include "attempt.h"
#include "fabric/rig.h"
#include "operation.h"
#include "text.h"

#define MAX_ADVANCE_NS 315360000000000000ULL

static void command_ended(void *arg, u32 id, const struct sluice_rig_result *result)
{
	const struct sluice_msg to = { .op = SLUICE_OP_RIG_COMMAND, .id = id };

	client_reply(arg, &to, result, sizeof(*result));
}

static void tmf_ended(void *arg, u32 id, const struct sluice_rig_tmf *tmf)
{
	const struct sluice_msg to = { .op = SLUICE_OP_RIG_TMF, .id = id };

	client_reply(arg, &to, tmf, sizeof(*tmf));
}

static void run_rig_open(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_rig_open *open = body;
	const struct sluice_rig_opened opened = { .data_bytes = open->data_bytes };
	const struct rig_listener listener = { command_ended, tmf_ended, c };
	char why[256];
	int err;

	if (*client_rig(c)) {
		client_fail(c, m, -EEXIST, "this connection has a rig already: open another one");
		return;
	}
	err = rig_open(client_rigs(c), open->data_bytes, &listener, client_rig(c), why);
	if (err)
		client_fail(c, m, err, "RIG_OPEN: %s", why);
	else
		client_rig_opened(c, m, &opened);
}

static bool has_rig(struct client *c, const struct sluice_msg *m)
{
	if (*client_rig(c))
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
	err = rig_nexus_open(*client_rig(c), &nexus, why);
	if (err)
		client_fail(c, m, err, "RIG_NEXUS: %s", why);
	else
		client_reply(c, m, &nexus, sizeof(nexus));
}

static int attempt_nexus_close(const struct attempt *a, char why[256])
{
	const struct sluice_rig_nexus *nexus = a->body;
	int err = rig_nexus_close(*client_rig(a->client), nexus->nexus);

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
		err = rig_command(*client_rig(c), m->id, command, why);
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
		err = rig_tmf(*client_rig(c), m->id, tmf, why);
	if (err)
		client_fail(c, m, err, "RIG_TMF: %s", why);
}

/* First the clock moves; the reply comes when all that was due by then is done. */
static int attempt_time(const struct attempt *a, char why[256])
{
	struct sluice_rig_time *time = a->body;

	if (time->advance_ns) {
		client_advance_time(a->client, time->advance_ns);
		time->advance_ns = 0;
		return -EAGAIN;
	}
	time->now_ns = client_now(a->client);
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
	int err = client_time_moves(c, why);

	if (err)
		client_fail(c, m, err, "RIG_TIME: %s", why);
	else if (time->advance_ns > MAX_ADVANCE_NS)
		client_fail(c, m, -EINVAL, "RIG_TIME: advance_ns %llu: at most %llu, ten years",
			    (unsigned long long)time->advance_ns, MAX_ADVANCE_NS);
	else if (RESERVED_CHECK(time, now_ns, why))
		client_fail(c, m, -EINVAL, "RIG_TIME: %s", why);
	else
		client_attempt(c, m, body, &kind);
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
