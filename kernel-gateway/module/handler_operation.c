// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Role handler: a session, and the devices it serves. The open file is the lease. */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>

#include "client.h"
#include "control/operation.h"
#include "control/text.h"
#include "scsi_host.h"

#define RETRY_MS	2
#define ADD_PATIENCE_MS 5000

static void run_session_open(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_session_open *open = body;
	struct sluice_session_opened opened = {};
	struct sluice_session *s;
	char why[256];
	int err;

	if (TEXT_CHECK(open, name, TEXT_OPTIONAL, why)) {
		client_fail(c, m, -EINVAL, "SESSION_OPEN: %s", why);
		return;
	}
	if (c->session) {
		client_fail(
			c, m, -EEXIST,
			"this file has a session already: open another one for another session");
		return;
	}
	err = sluice_session_open(open, open->name[0] ? open->name : c->name, c->pid, &s, why);
	if (err) {
		client_fail(c, m, err, "%s", why);
		return;
	}
	sluice_session_opened(s, &opened);
	/* Pairs with the acquire of mmap, ioctl and poll. */
	smp_store_release(&c->session, s);
	client_reply(c, m, &opened, sizeof(opened));
}

static bool has_session(struct client *c, const struct sluice_msg *m)
{
	if (c->session)
		return true;
	client_fail(c, m, -EPROTO, "no session on this file: send SESSION_OPEN first");
	return false;
}

/* The former process's session may be on its way out: its devices look served for some milliseconds. */
static int device_add(struct client *c, const struct sluice_device_add *add,
		      struct sluice_device_added *added, const char **why)
{
	int err = -EEXIST;

	for (u32 waited = 0; err == -EEXIST && waited < ADD_PATIENCE_MS; waited += RETRY_MS) {
		if (waited)
			msleep(RETRY_MS);
		*why = NULL;
		err = sl_device_add(sluice_session_core(c->session), add, sluice_now(), added, why);
		if (fatal_signal_pending(current))
			break;
	}
	return err;
}

static void run_device_add(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_device_add *add = body;
	struct sluice_device_added added = {};
	const char *text = NULL;
	char why[256];
	int err;

	if (!has_session(c, m))
		return;
	if (TEXT_CHECK(add, name, TEXT_REQUIRED, why) || RESERVED_CHECK(add, reserved1, why)) {
		client_fail(c, m, -EINVAL, "DEVICE_ADD: %s", why);
		return;
	}
	err = device_add(c, add, &added, &text);
	if (err) {
		client_fail(c, m, err, "device \"%s\": %s", add->name, text ? text : "refused");
		return;
	}
	client_reply(c, m, &added, sizeof(added));
	sluice_scsi_host_rescan();
}

static void run_device_remove(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_device_remove *remove = body;
	char why[256];
	int err;

	if (!has_session(c, m))
		return;
	if (RESERVED_CHECK(remove, reserved, why)) {
		client_fail(c, m, -EINVAL, "DEVICE_REMOVE: %s", why);
		return;
	}
	/* Its commands end, each within its deadline. */
	while ((err = sl_device_remove(sluice_session_core(c->session), remove->device,
				       sluice_now())) == -EBUSY) {
		if (msleep_interruptible(RETRY_MS))
			break;
	}
	if (err)
		client_fail(c, m, err, "device %u: %s", remove->device,
			    err == -ENOENT ?
				    "this session serves no such device: name one that it added" :
				    "interrupted: ask again");
	else
		client_reply(c, m, NULL, 0);
}

static void run_session_quiesce(struct client *c, const struct sluice_msg *m, const void *body)
{
	if (!has_session(c, m))
		return;
	sl_session_quiesce(sluice_session_core(c->session), sluice_now());
	client_reply(c, m, NULL, 0);
}

const struct operation handler_operations[] = {
	{ SLUICE_OP_SESSION_OPEN, "SESSION_OPEN", sizeof(struct sluice_session_open),
	  run_session_open },
	{ SLUICE_OP_DEVICE_ADD, "DEVICE_ADD", sizeof(struct sluice_device_add), run_device_add },
	{ SLUICE_OP_DEVICE_REMOVE, "DEVICE_REMOVE", sizeof(struct sluice_device_remove),
	  run_device_remove },
	{ SLUICE_OP_SESSION_QUIESCE, "SESSION_QUIESCE", 0, run_session_quiesce },
	{ 0 },
};
