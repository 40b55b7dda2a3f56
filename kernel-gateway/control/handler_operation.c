/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Role handler: a session, and the devices it serves. The connection, or the open file, is the lease. */
#include "attempt.h"
#include "operation.h"
#include "text.h"

#define ADD_PATIENCE_NS 5000000000ULL

static void run_session_open(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_session_open *open = body;
	char why[256];
	int err;

	if (TEXT_CHECK(open, name, TEXT_OPTIONAL, why)) {
		client_fail(c, m, -EINVAL, "SESSION_OPEN: %s", why);
		return;
	}
	if (client_session(c)) {
		client_fail(c, m, -EEXIST,
			    "this connection has session %u already: open another "
			    "connection for another session",
			    sl_session_id(client_session(c)));
		return;
	}
	err = client_session_open(c, m, open, why);
	if (err)
		client_fail(c, m, err, "%s", why);
}

static bool has_session(struct client *c, const struct sluice_msg *m)
{
	if (client_session(c))
		return true;
	client_fail(c, m, -EPROTO, "no session on this connection: send SESSION_OPEN first");
	return false;
}

/* ---- Devices ------------------------------------------------------------------------ */

/*
 * While the session of the handler's former process is on its way out, its devices
 * look served: a restarted handler is not refused for that, it waits some milliseconds.
 */
static int attempt_device_add(const struct attempt *a, char why[256])
{
	const struct sluice_device_add *add = a->body;
	struct sluice_device_added added = { 0 };
	const char *text = NULL;
	int err = sl_device_add(client_session(a->client), add, a->now_ns, &added, &text);

	if (err == -EEXIST && client_sessions_leave(a->client))
		return -EAGAIN;
	if (err == -EEXIST && !text)
		text = "another live session serves it: stop that handler or rename the device";
	if (err) {
		snprintf(why, 256, "device \"%s\": %s", add->name, text ? text : "refused");
		return err;
	}
	if (added.flags & SLUICE_DEVICE_TAKEN_OVER)
		client_log(a->client, false, "takes over device \"%s\"", add->name);
	client_reply(a->client, a->msg, &added, sizeof(added));
	client_luns_changed(a->client);
	return 0;
}

static void run_device_add(struct client *c, const struct sluice_msg *m, const void *body)
{
	static const struct attempt_kind kind = { .run = attempt_device_add,
						  .len = sizeof(struct sluice_device_add),
						  .replies = true,
						  .patience_ns = ADD_PATIENCE_NS };
	const struct sluice_device_add *add = body;
	char why[256];

	if (!has_session(c, m))
		return;
	if (TEXT_CHECK(add, name, TEXT_REQUIRED, why) || RESERVED_CHECK(add, reserved1, why)) {
		client_fail(c, m, -EINVAL, "DEVICE_ADD: %s", why);
		return;
	}
	client_attempt(c, m, body, &kind);
}

static int attempt_device_remove(const struct attempt *a, char why[256])
{
	const struct sluice_device_remove *remove = a->body;
	int err = sl_device_remove(client_session(a->client), remove->device, a->now_ns);

	if (err == -EBUSY)
		return -EAGAIN;
	if (err)
		snprintf(why, 256, "device %u: %s", remove->device,
			 err == -ENOENT ?
				 "this session serves no such device: name one that it added" :
				 "refused");
	return err;
}

static void run_device_remove(struct client *c, const struct sluice_msg *m, const void *body)
{
	static const struct attempt_kind kind = { .run = attempt_device_remove,
						  .len = sizeof(struct sluice_device_remove),
						  .patience_ns = ATTEMPT_FOR_EVER };
	const struct sluice_device_remove *remove = body;
	char why[256];

	if (!has_session(c, m))
		return;
	if (RESERVED_CHECK(remove, reserved, why)) {
		client_fail(c, m, -EINVAL, "DEVICE_REMOVE: %s", why);
		return;
	}
	client_attempt(c, m, body, &kind);
}

static void run_session_quiesce(struct client *c, const struct sluice_msg *m, const void *body)
{
	if (!has_session(c, m))
		return;
	client_log(c, false, "quiesced; its devices' commands wait for the next handler");
	sl_session_quiesce(client_session(c), client_now(c));
	client_reply(c, m, NULL, 0);
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
