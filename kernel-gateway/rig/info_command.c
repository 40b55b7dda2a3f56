/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Subcommands that show what goes on. */
#include <errno.h>
#include <stdio.h>

#include "command.h"

static int run_info(const char *socket_path, int argc, char **argv)
{
	struct sluice_gateway_info i;
	char why[CONNECTION_WHY];
	struct connection c;

	if (connection_open(&c, socket_path, SLUICE_ROLE_CONTROL, "sluice-rig", why) ||
	    connection_call(&c, SLUICE_OP_GATEWAY_INFO, NULL, 0, &i, sizeof(i), why))
		return rig_fail(why);
	printf("pid %u, ABI %u.%u, up %.1f s, %u loops\n", i.pid, i.abi_version >> 16,
	       i.abi_version & 0xffff, (double)i.uptime_ns / 1e9, i.loops);
	printf("sessions %u, devices %u, I_T nexuses %u, commands %llu\n", i.sessions, i.devices,
	       i.nexuses, (unsigned long long)i.commands);
	printf("protocol errors %llu, connections refused %llu\n",
	       (unsigned long long)i.protocol_errors, (unsigned long long)i.connections_refused);
	printf("handlers: faults %llu, dropped completions %llu, broken sessions %llu\n",
	       (unsigned long long)i.handler_faults, (unsigned long long)i.dropped_completions,
	       (unsigned long long)i.broken_sessions);
	connection_close(&c);
	return 0;
}

/* Calls `show` for each record of an index-addressed operation. */
static int each(const char *socket_path, uint32_t op, void *record, uint32_t len,
		void (*show)(const void *record))
{
	struct sluice_cursor cursor = { 0 };
	char why[CONNECTION_WHY];
	struct connection c;
	int err;

	if (connection_open(&c, socket_path, SLUICE_ROLE_CONTROL, "sluice-rig", why))
		return rig_fail(why);
	while ((err = connection_call(&c, op, &cursor, sizeof(cursor), record, len, why)) == 0) {
		show(record);
		cursor.index++;
	}
	connection_close(&c);
	return err == -ENOENT ? 0 : rig_fail(why);
}

static void show_device(const void *record)
{
	static const char *const states[] = { "absent", "served", "orphaned" };
	const struct sluice_device_info *d = record;

	printf("%u %s: type %02xh, %s, session %u, live %u, quarantined %u\n", d->device, d->name,
	       d->peripheral_type, d->state < 3 ? states[d->state] : "?", d->session, d->live,
	       d->quarantined);
	printf("  commands %llu, in %llu, out %llu bytes, check conditions %llu, timeouts %llu, "
	       "aborts %llu\n",
	       (unsigned long long)d->commands, (unsigned long long)d->bytes_in,
	       (unsigned long long)d->bytes_out, (unsigned long long)d->check_conditions,
	       (unsigned long long)d->timeouts, (unsigned long long)d->aborts);
}

static int run_devices(const char *socket_path, int argc, char **argv)
{
	struct sluice_device_info info;

	return each(socket_path, SLUICE_OP_DEVICE_INFO, &info, sizeof(info), show_device);
}

static void show_nexus(const void *record)
{
	const struct sluice_nexus_info *n = record;

	printf("%u %s -> %s from %s: live %u, commands %llu\n", n->nexus, n->initiator_port,
	       n->target_port, n->peer, n->live, (unsigned long long)n->commands);
}

static int run_nexuses(const char *socket_path, int argc, char **argv)
{
	struct sluice_nexus_info info;

	return each(socket_path, SLUICE_OP_NEXUS_INFO, &info, sizeof(info), show_nexus);
}

const struct rig_command info_commands[] = {
	{ "info", "", "the gateway", run_info },
	{ "devices", "", "its devices and their counters", run_devices },
	{ "nexuses", "", "its I_T nexuses", run_nexuses },
	{ 0 },
};
