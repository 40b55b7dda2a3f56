/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An initiator that keeps DEPTH commands in flight at one LUN, on libiscsi's asynchronous
 * interface, as iscsi-perf does; but it writes as well, at random block addresses, and its
 * runs may be shorter than a second.
 *
 *	iscsi_load URL read|write random|sequential DEPTH BLOCK_BYTES SECONDS
 *
 * Prints commands per second. A command that does not end GOOD ends the run with status 1.
 */
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct load {
	struct iscsi_context *iscsi;
	int lun;
	int write, random;
	uint32_t depth, bytes, block_bytes;
	uint64_t areas, next;		/* addresses are multiples of `bytes` */
	uint64_t random_state;
	uint64_t done, in_flight;
	double end;
	unsigned char *data;		/* of every write */
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "iscsi_load: %s: %s\n", what, why);
	exit(1);
}

static double now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* xorshift64: the same sequence for every subject. */
static uint64_t random_number(struct load *l)
{
	uint64_t x = l->random_state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return l->random_state = x;
}

static void submit(struct load *l);

static void ended(struct iscsi_context *iscsi, int status, void *command_data, void *private_data)
{
	struct load *l = private_data;

	if (status != SCSI_STATUS_GOOD)
		die(l->write ? "WRITE(16)" : "READ(16)", iscsi_get_error(iscsi));
	scsi_free_scsi_task(command_data);
	l->done++;
	l->in_flight--;
	if (now_seconds() < l->end)
		submit(l);
}

static void submit(struct load *l)
{
	uint64_t area = l->random ? random_number(l) % l->areas : l->next++ % l->areas;
	uint64_t lba = area * (l->bytes / l->block_bytes);
	struct scsi_task *task;

	task = l->write ? iscsi_write16_task(l->iscsi, l->lun, lba, l->data, l->bytes,
					     (int)l->block_bytes, 0, 0, 0, 0, 0, ended, l) :
			  iscsi_read16_task(l->iscsi, l->lun, lba, l->bytes, (int)l->block_bytes, 0,
					    0, 0, 0, 0, ended, l);
	if (!task)
		die("queueing a command", iscsi_get_error(l->iscsi));
	l->in_flight++;
}

static void size_up(struct load *l)
{
	struct scsi_task *task = iscsi_readcapacity16_sync(l->iscsi, l->lun);
	struct scsi_readcapacity16 *capacity;

	if (!task || task->status != SCSI_STATUS_GOOD)
		die("READ CAPACITY(16)", iscsi_get_error(l->iscsi));
	capacity = scsi_datain_unmarshall(task);
	if (!capacity)
		die("READ CAPACITY(16)", "no data");
	l->block_bytes = capacity->block_length;
	l->areas = (capacity->returned_lba + 1) * l->block_bytes / l->bytes;
	scsi_free_scsi_task(task);
	if (!l->areas || l->bytes % l->block_bytes)
		die("BLOCK_BYTES", "must be a multiple of the LUN's block size, and fit into it");
}

static void log_in(struct load *l, const char *text)
{
	struct iscsi_url *url;

	l->iscsi = iscsi_create_context("iqn.2026-11.io.sluice:iscsi-load");
	url = l->iscsi ? iscsi_parse_full_url(l->iscsi, text) : NULL;
	if (!url)
		die(text, l->iscsi ? iscsi_get_error(l->iscsi) : "no context");
	iscsi_set_session_type(l->iscsi, ISCSI_SESSION_NORMAL);
	iscsi_set_targetname(l->iscsi, url->target);
	iscsi_set_header_digest(l->iscsi, ISCSI_HEADER_DIGEST_NONE);
	/* A full connect ends the Unit Attentions of a new session. */
	if (iscsi_full_connect_sync(l->iscsi, url->portal, url->lun))
		die(text, iscsi_get_error(l->iscsi));
	l->lun = url->lun;
	iscsi_destroy_url(url);
}

static void run(struct load *l, double seconds)
{
	double start = now_seconds();

	l->end = start + seconds;
	for (uint32_t i = 0; i < l->depth; i++)
		submit(l);
	while (l->in_flight) {
		struct pollfd p = { .fd = iscsi_get_fd(l->iscsi),
				    .events = (short)iscsi_which_events(l->iscsi) };

		if (poll(&p, 1, -1) < 0 || iscsi_service(l->iscsi, p.revents) < 0)
			die("the connection", iscsi_get_error(l->iscsi));
	}
	printf("%.0f\n", (double)l->done / (now_seconds() - start));
}

int main(int argc, char **argv)
{
	struct load l = { .random_state = 0x9e3779b97f4a7c15u };

	if (argc != 7) {
		fprintf(stderr, "usage: iscsi_load URL read|write random|sequential DEPTH "
				"BLOCK_BYTES SECONDS\n");
		return 2;
	}
	l.write = !strcmp(argv[2], "write");
	l.random = !strcmp(argv[3], "random");
	l.depth = (uint32_t)atoi(argv[4]);
	l.bytes = (uint32_t)atoi(argv[5]);
	if (!l.depth || !l.bytes)
		die("DEPTH and BLOCK_BYTES", "must be positive");
	l.data = malloc(l.bytes);
	if (!l.data)
		die("BLOCK_BYTES", "no memory for so many");
	memset(l.data, 0x5a, l.bytes);
	log_in(&l, argv[1]);
	size_up(&l);
	run(&l, atof(argv[6]));
	iscsi_logout_sync(l.iscsi);
	iscsi_destroy_context(l.iscsi);
	free(l.data);
	return 0;
}
