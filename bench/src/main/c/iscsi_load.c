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
#include "initiator.h"

struct load {
	struct initiator on;
	int write, random;
	uint32_t depth, bytes, block_bytes;
	uint64_t areas, next;		/* addresses are multiples of `bytes` */
	double end;
	unsigned char *data;		/* of every write */
};

static void submit(struct load *l);

static void ended(struct iscsi_context *iscsi, int status, void *command_data, void *private_data)
{
	struct load *l = private_data;

	(void)iscsi;
	count(&l->on, l->write ? "WRITE(16)" : "READ(16)", status, command_data);
	if (now_seconds() < l->end)
		submit(l);
}

static void submit(struct load *l)
{
	uint64_t area = l->random ? random_number(&l->on) % l->areas : l->next++ % l->areas;
	uint64_t lba = area * (l->bytes / l->block_bytes);
	struct scsi_task *task;

	task = l->write ? iscsi_write16_task(l->on.iscsi, l->on.lun, lba, l->data, l->bytes,
					     (int)l->block_bytes, 0, 0, 0, 0, 0, ended, l) :
			  iscsi_read16_task(l->on.iscsi, l->on.lun, lba, l->bytes, (int)l->block_bytes, 0,
					    0, 0, 0, 0, ended, l);
	if (!task)
		die(&l->on, "queueing a command", iscsi_get_error(l->on.iscsi));
	l->on.in_flight++;
}

static void size_up(struct load *l)
{
	struct scsi_task *task = iscsi_readcapacity16_sync(l->on.iscsi, l->on.lun);
	struct scsi_readcapacity16 *capacity;

	if (!task || task->status != SCSI_STATUS_GOOD)
		die(&l->on, "READ CAPACITY(16)", iscsi_get_error(l->on.iscsi));
	capacity = scsi_datain_unmarshall(task);
	if (!capacity)
		die(&l->on, "READ CAPACITY(16)", "no data");
	l->block_bytes = capacity->block_length;
	l->areas = (capacity->returned_lba + 1) * l->block_bytes / l->bytes;
	scsi_free_scsi_task(task);
	if (!l->areas || l->bytes % l->block_bytes)
		die(&l->on, "BLOCK_BYTES", "must be a multiple of the LUN's block size, and fit into it");
}

static void run(struct load *l, double seconds)
{
	double start = now_seconds();

	l->end = start + seconds;
	for (uint32_t i = 0; i < l->depth; i++)
		submit(l);
	serve(&l->on);
	printf("%.0f\n", (double)l->on.done / (now_seconds() - start));
}

int main(int argc, char **argv)
{
	struct load l = { .on = { .program = "iscsi_load", .random_state = RANDOM_SEED } };

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
		die(&l.on, "DEPTH and BLOCK_BYTES", "must be positive");
	l.data = malloc(l.bytes);
	if (!l.data)
		die(&l.on, "BLOCK_BYTES", "no memory for so many");
	memset(l.data, 0x5a, l.bytes);
	log_in(&l.on, "iqn.2026-11.io.sluice:iscsi-load", argv[1]);
	size_up(&l);
	run(&l, atof(argv[6]));
	log_out(&l.on);
	free(l.data);
	return 0;
}
