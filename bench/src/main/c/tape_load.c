/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tape's initiator on libiscsi's asynchronous interface.
 *
 *	tape_load URL write|read DEPTH BLOCK_BYTES BLOCKS
 *		rewinds, then moves so many blocks in variable mode, WRITE(6) or READ(6), with
 *		DEPTH commands in flight; a filemark and the rewinding are not in the time.
 *		Prints blocks per second.
 *	tape_load URL fill BLOCK_BYTES BLOCKS
 *		writes so many blocks in fixed mode, many with each command, and a filemark.
 *	tape_load URL locate BLOCKS TIMES
 *		LOCATE(16) to a random block and a READ(6) of it, so often. Prints
 *		milliseconds of the LOCATE: median, 99th percentile, longest.
 *
 * A command that does not end GOOD ends the run with status 1.
 */
#include "initiator.h"

enum {
	REWIND = 0x01,
	READ_6 = 0x08,
	WRITE_6 = 0x0a,
	WRITE_FILEMARKS_6 = 0x10,
	MODE_SELECT_6 = 0x15,
	LOCATE_16 = 0x92,
	FIXED = 0x01,
	SILI = 0x02,
	BUFFERED = 0x10,
	FILL_BYTES = 256 << 10,
};

struct load {
	struct initiator on;
	int write;
	uint32_t depth, bytes;
	uint64_t issued, blocks;
	unsigned char *data;
};

static void put24(unsigned char *at, uint32_t value)
{
	at[0] = (unsigned char)(value >> 16);
	at[1] = (unsigned char)(value >> 8);
	at[2] = (unsigned char)value;
}

/* One command, waited for. With bytes to write, or to read into l->data, or none. */
static void command(struct load *l, const char *what, const unsigned char *cdb, int cdb_bytes,
		    int direction, uint32_t bytes)
{
	struct scsi_task *task = scsi_create_task(cdb_bytes, (unsigned char *)cdb, direction, (int)bytes);
	struct iscsi_data out = { .size = bytes, .data = l->data };
	struct scsi_iovec in = { .iov_base = l->data, .iov_len = bytes };

	if (!task)
		die(&l->on, what, "no memory");
	if (direction == SCSI_XFER_READ)
		scsi_task_set_iov_in(task, &in, 1);
	if (!iscsi_scsi_command_sync(l->on.iscsi, l->on.lun, task, direction == SCSI_XFER_WRITE ? &out : NULL))
		die(&l->on, what, iscsi_get_error(l->on.iscsi));
	if (task->status != SCSI_STATUS_GOOD)
		die(&l->on, what, iscsi_get_error(l->on.iscsi));
	scsi_free_scsi_task(task);
}

static void rewind_tape(struct load *l)
{
	const unsigned char cdb[6] = { REWIND };

	command(l, "REWIND", cdb, sizeof(cdb), SCSI_XFER_NONE, 0);
}

static void filemark(struct load *l)
{
	const unsigned char cdb[6] = { WRITE_FILEMARKS_6, 0, 0, 0, 1 };

	command(l, "WRITE FILEMARKS(6)", cdb, sizeof(cdb), SCSI_XFER_NONE, 0);
}

/* Buffered mode, and a block length; 0 is variable (SSC-5 8.3.2). */
static void mode_select(struct load *l, uint32_t block_bytes)
{
	const unsigned char cdb[6] = { MODE_SELECT_6, 0x10, 0, 0, 12 };

	memset(l->data, 0, 12);
	l->data[2] = BUFFERED;
	l->data[3] = 8;
	put24(l->data + 9, block_bytes);
	command(l, "MODE SELECT(6)", cdb, sizeof(cdb), SCSI_XFER_WRITE, 12);
}

/* Does not compress: neither side is to win by that. */
static void scramble(struct load *l, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++)
		l->data[i] = (unsigned char)(random_number(&l->on) >> 32);
}

static void submit(struct load *l);

static void ended(struct iscsi_context *iscsi, int status, void *command_data, void *private_data)
{
	struct load *l = private_data;

	(void)iscsi;
	count(&l->on, l->write ? "WRITE(6)" : "READ(6)", status, command_data);
	if (l->issued < l->blocks)
		submit(l);
}

static void submit(struct load *l)
{
	unsigned char cdb[6] = { l->write ? WRITE_6 : READ_6 };
	int direction = l->write ? SCSI_XFER_WRITE : SCSI_XFER_READ;
	struct iscsi_data out = { .size = l->bytes, .data = l->data };
	struct scsi_task *task;

	put24(cdb + 2, l->bytes);
	task = scsi_create_task(sizeof(cdb), cdb, direction, (int)l->bytes);
	if (!task || iscsi_scsi_command_async(l->on.iscsi, l->on.lun, task, ended, l->write ? &out : NULL, l))
		die(&l->on, "queueing a command", iscsi_get_error(l->on.iscsi));
	l->issued++;
	l->on.in_flight++;
}

static void stream(struct load *l)
{
	double start;

	mode_select(l, 0);
	rewind_tape(l);
	scramble(l, l->bytes);
	start = now_seconds();
	for (uint32_t i = 0; i < l->depth && l->issued < l->blocks; i++)
		submit(l);
	serve(&l->on);
	printf("%.0f\n", (double)l->on.done / (now_seconds() - start));
	if (l->write)
		filemark(l);
	rewind_tape(l);
}

static void fill(struct load *l, uint32_t block_bytes, uint64_t blocks)
{
	uint64_t most = FILL_BYTES / block_bytes;
	unsigned char cdb[6] = { WRITE_6, FIXED };

	mode_select(l, block_bytes);
	rewind_tape(l);
	scramble(l, FILL_BYTES);
	while (blocks) {
		uint64_t some = blocks < most ? blocks : most;

		put24(cdb + 2, (uint32_t)some);
		command(l, "WRITE(6)", cdb, sizeof(cdb), SCSI_XFER_WRITE, (uint32_t)some * block_bytes);
		blocks -= some;
	}
	filemark(l);
	mode_select(l, 0);
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

static void print_times(double *seconds, int times)
{
	qsort(seconds, (size_t)times, sizeof(*seconds), compare);
	printf("%.3f %.3f %.3f\n", seconds[times / 2] * 1e3, seconds[(times - 1) * 99 / 100] * 1e3,
	       seconds[times - 1] * 1e3);
}

static void locate(struct load *l, uint64_t blocks, double *took, int times)
{
	unsigned char read[6] = { READ_6, SILI };

	mode_select(l, 0);
	put24(read + 2, 4096);
	for (int i = 0; i < times; i++) {
		unsigned char cdb[16] = { LOCATE_16 };
		uint64_t object = random_number(&l->on) % blocks;
		double start = now_seconds();

		for (int byte = 0; byte < 8; byte++)
			cdb[4 + byte] = (unsigned char)(object >> (56 - 8 * byte));
		command(l, "LOCATE(16)", cdb, sizeof(cdb), SCSI_XFER_NONE, 0);
		took[i] = now_seconds() - start;
		command(l, "READ(6)", read, sizeof(read), SCSI_XFER_READ, 4096);
	}
}

static void print_located(struct load *l, uint64_t blocks, int times)
{
	double *took = times > 0 ? calloc((size_t)times, sizeof(*took)) : NULL;

	if (!took)
		die(&l->on, "TIMES", "must be positive");
	locate(l, blocks, took, times);
	print_times(took, times);
	free(took);
}

int main(int argc, char **argv)
{
	struct load l = { .on = { .program = "tape_load", .random_state = RANDOM_SEED } };
	const char *what = argc > 2 ? argv[2] : "";
	int streams = !strcmp(what, "write") || !strcmp(what, "read");

	if (argc != (streams ? 6 : 5)) {
		fprintf(stderr, "usage: tape_load URL write|read DEPTH BLOCK_BYTES BLOCKS | fill "
				"BLOCK_BYTES BLOCKS | locate BLOCKS TIMES\n");
		return 2;
	}
	l.write = !strcmp(what, "write");
	l.depth = streams ? (uint32_t)atoi(argv[3]) : 1;
	l.bytes = streams ? (uint32_t)atoi(argv[4]) : FILL_BYTES;
	l.blocks = streams ? strtoull(argv[5], NULL, 10) : 0;
	if (!l.depth || !l.bytes)
		die(&l.on, "DEPTH and BLOCK_BYTES", "must be positive");
	l.data = malloc(l.bytes < FILL_BYTES ? FILL_BYTES : l.bytes);
	if (!l.data)
		die(&l.on, "BLOCK_BYTES", "no memory for so many");
	log_in(&l.on, "iqn.2026-11.io.sluice:tape-load", argv[1]);
	if (streams)
		stream(&l);
	else if (!strcmp(what, "fill"))
		fill(&l, (uint32_t)atoi(argv[3]), strtoull(argv[4], NULL, 10));
	else
		print_located(&l, strtoull(argv[3], NULL, 10), atoi(argv[4]));
	log_out(&l.on);
	free(l.data);
	return 0;
}
