/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What goes on in the gateway; for every role. */
#include "operation.h"
#include "text.h"

static bool good_cursor(struct client *c, const struct sluice_msg *m,
			const struct sluice_cursor *cursor)
{
	char why[256];

	if (!RESERVED_CHECK(cursor, reserved, why))
		return true;
	client_fail(c, m, -EINVAL, "cursor: %s", why);
	return false;
}

static void run_device_info(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_cursor *cursor = body;
	struct sluice_device_info info = { 0 };
	int err;

	if (!good_cursor(c, m, cursor))
		return;
	err = sl_device_info(client_gateway(c), cursor->index, client_now(c), &info);
	if (err)
		client_fail(c, m, err, "device index %u: past the last device", cursor->index);
	else
		client_reply(c, m, &info, sizeof(info));
}

static void run_nexus_info(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_cursor *cursor = body;
	struct sluice_nexus_info info = { 0 };
	int err;

	if (!good_cursor(c, m, cursor))
		return;
	err = sl_nexus_info(client_gateway(c), cursor->index, &info);
	if (err)
		client_fail(c, m, err, "nexus index %u: past the last nexus", cursor->index);
	else
		client_reply(c, m, &info, sizeof(info));
}

static void run_session_info(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_cursor *cursor = body;
	struct sluice_session_info info = { 0 };
	int err;

	if (!good_cursor(c, m, cursor))
		return;
	err = client_session_info(c, cursor->index, &info);
	if (err)
		client_fail(c, m, err, "session index %u: past the last session", cursor->index);
	else
		client_reply(c, m, &info, sizeof(info));
}

static void run_command_info(struct client *c, const struct sluice_msg *m, const void *body)
{
	/* A page is more than a kernel's stack has to spare. */
	struct sluice_command_page *page = sl_alloc(sizeof(*page));

	if (!page) {
		client_fail(c, m, -ENOMEM, "no memory for a page of commands");
		return;
	}
	sl_command_page(client_gateway(c), body, client_now(c), page);
	client_reply(c, m, page, sizeof(*page));
	sl_free(page);
}

const struct operation info_operations[] = {
	{ SLUICE_OP_DEVICE_INFO, "DEVICE_INFO", sizeof(struct sluice_cursor), run_device_info },
	{ SLUICE_OP_NEXUS_INFO, "NEXUS_INFO", sizeof(struct sluice_cursor), run_nexus_info },
	{ SLUICE_OP_SESSION_INFO, "SESSION_INFO", sizeof(struct sluice_cursor), run_session_info },
	{ SLUICE_OP_COMMAND_INFO, "COMMAND_INFO", sizeof(struct sluice_command_cursor),
	  run_command_info },
	{ 0 },
};
