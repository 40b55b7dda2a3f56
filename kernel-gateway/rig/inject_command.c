/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Subcommands that inject: a CDB, many of them, a task management function. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "result_text.h"
#include "rig_client.h"
#include "scsi/hex.h"
#include "scsi/name.h"

#define DATA_BYTES (32ull << 20)

struct injection {
	const char *initiator;
	const char *out_file;
	const char *out_hex;
	uint32_t in_bytes;
	uint32_t expected; /* claimed length, if not that of the data */
	bool has_expected;
	uint8_t attribute;
	uint32_t repeat;
	uint32_t depth;
	const char *save;
	struct sluice_rig_command command;
	const char *target;
};

static const struct option options[] = {
	{ "initiator", required_argument, NULL, 'i' },
	{ "out-file", required_argument, NULL, 'f' },
	{ "out", required_argument, NULL, 'o' },
	{ "in", required_argument, NULL, 'n' },
	{ "expected", required_argument, NULL, 'e' },
	{ "attribute", required_argument, NULL, 'a' },
	{ "repeat", required_argument, NULL, 'r' },
	{ "depth", required_argument, NULL, 'd' },
	{ "save", required_argument, NULL, 's' },
	{ 0 },
};

static void take_option(struct injection *j, int option)
{
	uint32_t number = optarg ? (uint32_t)strtoul(optarg, NULL, 0) : 0;

	switch (option) {
	case 'i':
		j->initiator = optarg;
		break;
	case 'f':
		j->out_file = optarg;
		break;
	case 'o':
		j->out_hex = optarg;
		break;
	case 'n':
		j->in_bytes = number;
		break;
	case 'e':
		j->expected = number;
		j->has_expected = true;
		break;
	case 'a':
		j->attribute = (uint8_t)number;
		break;
	case 'r':
		j->repeat = number;
		break;
	case 'd':
		j->depth = number ? number : 1;
		break;
	case 's':
		j->save = optarg;
		break;
	}
}

/* TARGET LUN CDB among the options; getopt wants a program's name first. */
static int parse(struct injection *j, int argc, char **argv)
{
	int option, n;

	*j = (struct injection){ .initiator = "iqn.2026-11.io.sluice:rig,i,0x000000000001",
				 .attribute = SLUICE_ATTR_SIMPLE,
				 .repeat = 1,
				 .depth = 1 };
	optind = 1;
	while ((option = getopt_long(argc + 1, argv - 1, "", options, NULL)) != -1) {
		if (option == '?')
			return 2;
		take_option(j, option);
	}
	argv = argv - 1 + optind;
	argc = argc + 1 - optind;
	if (argc != 3)
		return rig_fail("inject TARGET LUN CDB [option...], see --help");
	j->target = argv[0];
	rig_client_lun(j->command.lun, (uint32_t)strtoul(argv[1], NULL, 0));
	n = hex_parse(argv[2], j->command.cdb, SLUICE_CDB_MAX);
	if (n < 1)
		return rig_fail("CDB: give 1 to 260 bytes as hex digits");
	j->command.cdb_len = (uint16_t)n;
	j->command.attribute = j->attribute;
	return 0;
}

static int load_data(struct injection *j, struct rig_client *r)
{
	struct sluice_rig_command *c = &j->command;
	size_t len = 0;

	if (j->out_file) {
		FILE *in = fopen(j->out_file, "rb");

		if (!in)
			return rig_fail(strerror(errno));
		len = fread(r->data, 1, r->data_bytes, in);
		fclose(in);
	} else if (j->out_hex) {
		int n = hex_parse(j->out_hex, r->data, 65536);

		if (n < 0)
			return rig_fail("--out: give hex digits");
		len = (size_t)n;
	}
	c->direction = len ? SLUICE_DIR_OUT : j->in_bytes ? SLUICE_DIR_IN : SLUICE_DIR_NONE;
	c->data_len = len ? (uint32_t)len : j->in_bytes;
	c->expected_len = j->has_expected ? j->expected : c->data_len;
	return 0;
}

static int show(const struct injection *j, const struct rig_client *r,
		const struct sluice_rig_result *result)
{
	FILE *out;

	result_print(stdout, result);
	if (j->command.direction != SLUICE_DIR_IN || !result->data_len)
		return 0;
	if (!j->save) {
		hex_print(stdout, r->data, result->data_len, 0);
		return 0;
	}
	out = fopen(j->save, "wb");
	if (!out || fwrite(r->data, 1, result->data_len, out) != result->data_len || fclose(out))
		return rig_fail(strerror(errno));
	return 0;
}

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* `repeat` commands, `depth` at a time, all over the same data; the rate and what did not end GOOD. */
static int run_many(struct injection *j, struct rig_client *r)
{
	uint32_t sent = 0, ended = 0, bad = 0;
	uint64_t start = clock_ns();
	struct message m;
	double seconds;

	while (ended < j->repeat) {
		while (sent < j->repeat && sent - ended < j->depth) {
			j->command.task_tag = sent++;
			if (connection_send(&r->link, SLUICE_OP_RIG_COMMAND, &j->command,
					    sizeof(j->command), NULL))
				return rig_fail("send: the gateway is gone");
		}
		if (connection_receive(&r->link, &m))
			return rig_fail("receive: the gateway is gone");
		if (m.head.status)
			return rig_fail((const char *)m.body);
		bad += ((const struct sluice_rig_result *)m.body)->status != 0;
		ended++;
	}
	seconds = (double)(clock_ns() - start) / 1e9;
	printf("%u commands at depth %u in %.3f s: %.0f per second, %u not GOOD\n", ended, j->depth,
	       seconds, ended / seconds, bad);
	return bad ? 1 : 0;
}

static int run_inject(const char *socket_path, int argc, char **argv)
{
	struct sluice_rig_result result;
	char why[CONNECTION_WHY];
	struct injection j;
	struct rig_client r;
	int status = parse(&j, argc, argv);

	if (status)
		return status;
	if (rig_client_open(&r, socket_path, "sluice-rig", DATA_BYTES, why))
		return rig_fail(why);
	if (rig_client_nexus(&r, j.initiator, j.target, &j.command.nexus, why))
		status = rig_fail(why);
	else
		status = load_data(&j, &r);
	if (!status && j.repeat > 1)
		status = run_many(&j, &r);
	else if (!status && rig_client_command(&r, &j.command, &result, why))
		status = rig_fail(why);
	else if (!status)
		status = show(&j, &r, &result);
	rig_client_close(&r);
	return status;
}

static int run_tmf(const char *socket_path, int argc, char **argv)
{
	char response[NAME_TEXT];
	struct sluice_rig_tmf tmf = { 0 };
	char why[CONNECTION_WHY];
	struct rig_client r;
	int status = 0;

	if (argc < 3)
		return rig_fail("tmf TARGET LUN FUNCTION [TAG]");
	rig_client_lun(tmf.lun, (uint32_t)strtoul(argv[1], NULL, 0));
	tmf.function = (uint32_t)strtoul(argv[2], NULL, 0);
	if (argc > 3)
		tmf.task_tag = strtoull(argv[3], NULL, 0);
	if (rig_client_open(&r, socket_path, "sluice-rig", 1u << 20, why))
		return rig_fail(why);
	if (rig_client_nexus(&r, "iqn.2026-11.io.sluice:rig,i,0x000000000001", argv[0], &tmf.nexus,
			     why) ||
	    rig_client_tmf(&r, &tmf, why))
		status = rig_fail(why);
	else
		printf("%s, information %02x%02x%02x\n",
		       name_text(function_response_names, tmf.response, "response", response),
		       tmf.information[0], tmf.information[1], tmf.information[2]);
	rig_client_close(&r);
	return status;
}

const struct rig_command inject_commands[] = {
	{ "inject",
	  "TARGET LUN CDB [--in BYTES|--out HEX|--out-file FILE] [--expected BYTES]\n"
	  "         [--initiator PORT] [--attribute 1..4] [--repeat N] [--depth N] [--save FILE]",
	  "one command, or many; prints status, residual, sense and data", run_inject },
	{ "tmf", "TARGET LUN FUNCTION [TAG]",
	  "a task management function: 1 ABORT TASK ... 10 QUERY ASYNCHRONOUS EVENT", run_tmf },
	{ 0 },
};
