/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Subcommands that show what goes on. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

static void show_session(const void *record)
{
	static const char *const states[] = { "?", "active", "closing", "broken", "quiesced" };
	const struct sluice_session_info *s = record;

	printf("%u %s: epoch %u, process %u, %s, %u queues, %u devices\n", s->session, s->name,
	       s->epoch, s->pid, s->state < 5 ? states[s->state] : "?", s->queues, s->devices);
	printf("  in flight %u, untaken %u, quarantined %u, waiting %u, oldest %.1f s, "
	       "no progress for %.1f s, stalled for %.1f s\n",
	       s->in_flight, s->untaken, s->quarantined, s->waiting, (double)s->oldest_ns / 1e9,
	       (double)s->progress_ns / 1e9, (double)s->stalled_ns / 1e9);
	printf("  answered %llu, timeouts %llu, aborts %llu, faults %llu\n",
	       (unsigned long long)s->answered, (unsigned long long)s->timeouts,
	       (unsigned long long)s->aborts, (unsigned long long)s->faults);
}

static int run_sessions(const char *socket_path, int argc, char **argv)
{
	struct sluice_session_info info;

	return each(socket_path, SLUICE_OP_SESSION_INFO, &info, sizeof(info), show_session);
}

static void show_command(const struct sluice_command_info *c)
{
	static const char *const waits[] = { "gateway",	  "buffer",  "task set",
					     "initiator", "turn",    "admin ring",
					     "tag",	  "handler", "next handler" };

	printf("%.3f s %s, waits for %s, nexus %u, device %u, tag %llx, sequence %llu, left %.3f s%s, CDB",
	       (double)c->age_ns / 1e9, c->state, c->wait < 9 ? waits[c->wait] : "?", c->nexus,
	       c->device, (unsigned long long)c->task_tag, (unsigned long long)c->sequence,
	       (double)c->left_ns / 1e9, c->flags & SLUICE_COMMAND_ABORTED ? ", aborted" : "");
	for (uint32_t i = 0; i < c->cdb_len && i < SLUICE_CDB_INLINE; i++)
		printf(" %02x", c->cdb[i]);
	printf("\n");
}

static int run_live(const char *socket_path, int argc, char **argv)
{
	struct sluice_command_page page = { 0 };
	char why[CONNECTION_WHY];
	struct connection c;

	if (connection_open(&c, socket_path, SLUICE_ROLE_CONTROL, "sluice-rig", why))
		return rig_fail(why);
	do {
		struct sluice_command_cursor from = page.next;

		if (connection_call(&c, SLUICE_OP_COMMAND_INFO, &from, sizeof(from), &page,
				    sizeof(page), why))
			return rig_fail(why);
		for (uint32_t i = 0; i < page.count && i < SLUICE_COMMAND_PAGE; i++)
			show_command(&page.commands[i]);
	} while (!page.last);
	connection_close(&c);
	return 0;
}

#define HUNG_MAX 1024 /* sessions that a gateway has room for */

/* The processes whose sessions have stalled for so long. */
struct hung {
	uint64_t bound_ns;
	uint32_t pids[HUNG_MAX];
	uint32_t n;
};

static int find_hung(struct connection *c, struct hung *h, char why[CONNECTION_WHY])
{
	struct sluice_session_info info;
	struct sluice_cursor cursor = { 0 };
	int err;

	h->n = 0;
	while ((err = connection_call(c, SLUICE_OP_SESSION_INFO, &cursor, sizeof(cursor), &info,
				      sizeof(info), why)) == 0) {
		bool open = info.state == SLUICE_SESSION_ACTIVE ||
			    info.state == SLUICE_SESSION_QUIESCED;

		if (open && info.stalled_ns >= h->bound_ns && h->n < HUNG_MAX)
			h->pids[h->n++] = info.pid;
		cursor.index++;
	}
	return err == -ENOENT ? 0 : err;
}

/* Connects, with the bound of the first argument. */
static int open_hung(const char *socket_path, int argc, char **argv, struct connection *c,
		     struct hung *h, char why[CONNECTION_WHY])
{
	unsigned long seconds = argc > 0 ? strtoul(argv[0], NULL, 10) : 0;

	if (seconds == 0) {
		snprintf(why, CONNECTION_WHY, "for how long? give a number of seconds, 1 or more");
		return -EINVAL;
	}
	h->bound_ns = seconds * 1000000000ull;
	return connection_open(c, socket_path, SLUICE_ROLE_CONTROL, "supervisor", why);
}

static int run_hung(const char *socket_path, int argc, char **argv)
{
	char why[CONNECTION_WHY];
	struct connection c;
	struct hung h;

	if (open_hung(socket_path, argc, argv, &c, &h, why) || find_hung(&c, &h, why))
		return rig_fail(why);
	for (uint32_t i = 0; i < h.n; i++)
		printf("%u\n", h.pids[i]);
	connection_close(&c);
	return 0;
}

static bool is_among(uint32_t pid, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (strtoul(argv[i], NULL, 10) == pid)
			return true;
	}
	return false;
}

/* For a supervisor: sleeps until a handler has stalled, and says which process that is. */
static int run_await_hang(const char *socket_path, int argc, char **argv)
{
	char why[CONNECTION_WHY];
	struct connection c;
	struct hung h;

	if (open_hung(socket_path, argc, argv, &c, &h, why))
		return rig_fail(why);
	for (;;) {
		sleep(1);
		if (find_hung(&c, &h, why))
			return rig_fail(why);
		for (uint32_t i = 0; i < h.n; i++) {
			if (!is_among(h.pids[i], argc - 1, argv + 1)) {
				printf("%u\n", h.pids[i]);
				connection_close(&c);
				return 0;
			}
		}
	}
}

const struct rig_command info_commands[] = {
	{ "info", "", "the gateway", run_info },
	{ "devices", "", "its devices and their counters", run_devices },
	{ "nexuses", "", "its I_T nexuses", run_nexuses },
	{ "sessions", "", "its handlers, and whether they take and answer commands", run_sessions },
	{ "live", "", "its live commands: state, age, whom each waits for", run_live },
	{ "hung", "SECONDS", "the processes of handlers that have stalled for so long", run_hung },
	{ "await-hang", "SECONDS [PROCESS...]",
	  "waits until a handler but those has stalled for so long; prints its process",
	  run_await_hang },
	{ 0 },
};
