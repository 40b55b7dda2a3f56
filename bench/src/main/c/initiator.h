/* SPDX-License-Identifier: Apache-2.0 */
/* What loads on libiscsi's asynchronous interface have in common: one session, commands in flight at one LUN. */
#ifndef SLUICE_BENCH_INITIATOR_H
#define SLUICE_BENCH_INITIATOR_H

#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RANDOM_SEED 0x9e3779b97f4a7c15u

struct initiator {
	const char *program;		/* its name in messages */
	struct iscsi_context *iscsi;
	int lun;
	uint64_t done, in_flight;
	uint64_t random_state;		/* RANDOM_SEED at first */
};

static void die(const struct initiator *i, const char *what, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", i->program, what, why);
	exit(1);
}

static double now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* xorshift64: the same sequence for every subject. */
static uint64_t random_number(struct initiator *i)
{
	uint64_t x = i->random_state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return i->random_state = x;
}

/* As that initiator, to the LUN of an iscsi:// URL. */
static void log_in(struct initiator *i, const char *name, const char *text)
{
	struct iscsi_url *url;

	i->iscsi = iscsi_create_context(name);
	url = i->iscsi ? iscsi_parse_full_url(i->iscsi, text) : NULL;
	if (!url)
		die(i, text, i->iscsi ? iscsi_get_error(i->iscsi) : "no context");
	iscsi_set_session_type(i->iscsi, ISCSI_SESSION_NORMAL);
	iscsi_set_targetname(i->iscsi, url->target);
	iscsi_set_header_digest(i->iscsi, ISCSI_HEADER_DIGEST_NONE);
	/* A full connect ends the Unit Attentions of a new session. */
	if (iscsi_full_connect_sync(i->iscsi, url->portal, url->lun))
		die(i, text, iscsi_get_error(i->iscsi));
	i->lun = url->lun;
	iscsi_destroy_url(url);
}

static void log_out(struct initiator *i)
{
	iscsi_logout_sync(i->iscsi);
	iscsi_destroy_context(i->iscsi);
}

/* A command ended; one that is not GOOD ends the program. */
static void count(struct initiator *i, const char *what, int status, struct scsi_task *task)
{
	if (status != SCSI_STATUS_GOOD)
		die(i, what, iscsi_get_error(i->iscsi));
	scsi_free_scsi_task(task);
	i->done++;
	i->in_flight--;
}

/* Until nothing is in flight, which ends that are told of in callbacks decide. */
static void serve(struct initiator *i)
{
	while (i->in_flight) {
		struct pollfd p = { .fd = iscsi_get_fd(i->iscsi),
				    .events = (short)iscsi_which_events(i->iscsi) };

		if (poll(&p, 1, -1) < 0 || iscsi_service(i->iscsi, p.revents) < 0)
			die(i, "the connection", iscsi_get_error(i->iscsi));
	}
}

#endif /* SLUICE_BENCH_INITIATOR_H */
