/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Subcommands of the control role. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

/* One request of the control role; prints the refusal. */
static int request(const char *socket_path, uint32_t op, const void *body, uint32_t len,
		   void *reply, uint32_t reply_len)
{
	char why[CONNECTION_WHY];
	struct connection c;

	if (connection_open(&c, socket_path, SLUICE_ROLE_CONTROL, "sluice-rig", why))
		return rig_fail(why);
	if (connection_call(&c, op, body, len, reply, reply_len, why)) {
		connection_close(&c);
		return rig_fail(why);
	}
	connection_close(&c);
	return 0;
}

#define COPY(field, text) snprintf(field, sizeof(field), "%s", text)

static int run_portal(const char *socket_path, int argc, char **argv)
{
	struct sluice_portal p = { .group = 1 };

	if (argc < 2)
		return rig_fail("portal ADDRESS PORT [GROUP]");
	COPY(p.address, argv[0]);
	p.port = (__u16)atoi(argv[1]);
	if (argc > 2)
		p.group = (__u16)atoi(argv[2]);
	if (request(socket_path, SLUICE_OP_PORTAL_ADD, &p, sizeof(p), &p, sizeof(p)))
		return 1;
	printf("%s %u\n", p.address, p.port);
	return 0;
}

static int target_request(const char *socket_path, uint32_t op, int argc, char **argv)
{
	struct sluice_target t = { 0 };

	if (argc < 1)
		return rig_fail("give the target's name");
	COPY(t.name, argv[0]);
	if (argc > 1)
		COPY(t.alias, argv[1]);
	return request(socket_path, op, &t, sizeof(t), NULL, 0);
}

static int run_target(const char *socket_path, int argc, char **argv)
{
	return target_request(socket_path, SLUICE_OP_TARGET_ADD, argc, argv);
}

static int run_target_remove(const char *socket_path, int argc, char **argv)
{
	return target_request(socket_path, SLUICE_OP_TARGET_REMOVE, argc, argv);
}

static int run_lun(const char *socket_path, int argc, char **argv)
{
	struct sluice_lun l = { 0 };

	if (argc < 3)
		return rig_fail("lun TARGET LUN DEVICE [GROUP]");
	COPY(l.target, argv[0]);
	l.lun = (__u32)atoi(argv[1]);
	COPY(l.device, argv[2]);
	COPY(l.group, argc > 3 ? argv[3] : "default");
	return request(socket_path, SLUICE_OP_LUN_MAP, &l, sizeof(l), NULL, 0);
}

static int run_lun_remove(const char *socket_path, int argc, char **argv)
{
	struct sluice_lun l = { 0 };

	if (argc < 2)
		return rig_fail("lun-remove TARGET LUN [GROUP]");
	COPY(l.target, argv[0]);
	l.lun = (__u32)atoi(argv[1]);
	COPY(l.group, argc > 2 ? argv[2] : "default");
	return request(socket_path, SLUICE_OP_LUN_UNMAP, &l, sizeof(l), NULL, 0);
}

static int run_group(const char *socket_path, int argc, char **argv)
{
	struct sluice_group g = { 0 };
	struct sluice_group_initiator i = { 0 };

	if (argc < 2)
		return rig_fail("group TARGET GROUP [PATTERN...]");
	COPY(g.target, argv[0]);
	COPY(g.group, argv[1]);
	if (request(socket_path, SLUICE_OP_GROUP_ADD, &g, sizeof(g), NULL, 0))
		return 1;
	COPY(i.target, argv[0]);
	COPY(i.group, argv[1]);
	for (int n = 2; n < argc; n++) {
		memset(i.pattern, 0, sizeof(i.pattern));
		COPY(i.pattern, argv[n]);
		if (request(socket_path, SLUICE_OP_GROUP_INITIATOR_ADD, &i, sizeof(i), NULL, 0))
			return 1;
	}
	return 0;
}

static int auth_request(const char *socket_path, uint32_t kind, int argc, char **argv)
{
	struct sluice_auth a = { .kind = kind };

	if (argc < 1)
		return rig_fail("give the target's name, or \"\" for discovery");
	COPY(a.target, argv[0]);
	if (argc > 2) {
		COPY(a.user, argv[1]);
		COPY(a.secret, argv[2]);
	}
	return request(socket_path, SLUICE_OP_AUTH_SET, &a, sizeof(a), NULL, 0);
}

static int run_chap(const char *socket_path, int argc, char **argv)
{
	return auth_request(socket_path, SLUICE_AUTH_CHAP, argc, argv);
}

static int run_mutual(const char *socket_path, int argc, char **argv)
{
	return auth_request(socket_path, SLUICE_AUTH_MUTUAL, argc, argv);
}

static int run_deny_unknown(const char *socket_path, int argc, char **argv)
{
	return auth_request(socket_path, SLUICE_AUTH_DENY_UNKNOWN, argc, argv);
}

static int run_local(const char *socket_path, int argc, char **argv)
{
	struct sluice_target t = { 0 };

	if (argc != 1)
		return rig_fail("give the target's name");
	COPY(t.name, argv[0]);
	return request(socket_path, SLUICE_OP_LOCAL_ADD, &t, sizeof(t), NULL, 0);
}

static int run_shutdown(const char *socket_path, int argc, char **argv)
{
	return request(socket_path, SLUICE_OP_SHUTDOWN, NULL, 0, NULL, 0);
}

const struct rig_command control_commands[] = {
	{ "portal", "ADDRESS PORT [GROUP]", "listen for iSCSI; prints the port", run_portal },
	{ "target", "NAME [ALIAS]", "add a target", run_target },
	{ "target-remove", "NAME", "close its sessions and remove it", run_target_remove },
	{ "lun", "TARGET LUN DEVICE [GROUP]", "map a device, also one that is not there yet",
	  run_lun },
	{ "lun-remove", "TARGET LUN [GROUP]", "unmap it", run_lun_remove },
	{ "group", "TARGET GROUP [PATTERN...]", "initiators with a LUN map of their own",
	  run_group },
	{ "chap", "TARGET [USER SECRET]", "what initiators prove; nothing clears it", run_chap },
	{ "mutual", "TARGET [USER SECRET]", "what the target proves", run_mutual },
	{ "deny-unknown", "TARGET", "only initiators that match a group", run_deny_unknown },
	{ "local", "TARGET", "on the module: this machine logs in to the target", run_local },
	{ "shutdown", "", "orderly end of the gateway", run_shutdown },
	{ 0 },
};
