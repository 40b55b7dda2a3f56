/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* `run`: plays scenario files. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "play/play.h"
#include "scenario_path.h"

struct run {
	struct play_options play;
	struct play_counts counts;
	char gateway[4096];
};

static const struct option options[] = {
	{ "gateway", required_argument, NULL, 'g' },
	{ "socket", required_argument, NULL, 's' },
	{ "real-handler", required_argument, NULL, 'r' },
	{ "limit", required_argument, NULL, 'l' },
	{ "patience", required_argument, NULL, 'p' },
	{ "only", required_argument, NULL, 'o' },
	{ "verbose", no_argument, NULL, 'v' },
	{ 0 },
};

/* sluiced is installed, and built, beside us. */
static void find_gateway(struct run *r)
{
	ssize_t n = readlink("/proc/self/exe", r->gateway, sizeof(r->gateway) - 16);
	char *slash;

	r->play.gateway_program = "sluiced";
	if (n <= 0)
		return;
	r->gateway[n] = '\0';
	slash = strrchr(r->gateway, '/');
	strcpy(slash + 1, "sluiced");
	if (access(r->gateway, X_OK) == 0)
		r->play.gateway_program = r->gateway;
}

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

/* A kind of gateway, or the path of a sluiced or of a sluice.ko. */
static void choose_gateway(struct run *r, const char *which)
{
	/* Named here, it is meant, whatever SLUICE_SOCKET says. */
	r->play.socket = NULL;
	r->play.module = strcmp(which, "module") == 0 || ends_in(which, ".ko");
	r->play.module_file = ends_in(which, ".ko") ? which : NULL;
	if (!r->play.module && strcmp(which, "daemon") != 0)
		r->play.gateway_program = which;
}

static int parse(struct run *r, int argc, char **argv)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc + 1, argv - 1, "", options, NULL)) != -1) {
		switch (option) {
		case 'g':
			choose_gateway(r, optarg);
			break;
		case 's':
			r->play.socket = optarg;
			break;
		case 'r':
			r->play.real_handler = optarg;
			break;
		case 'l':
			if (!value_duration(optarg, &r->play.limit_ns))
				return rig_fail("--limit: give a number and ms, s or min");
			break;
		case 'p':
			if (!value_duration(optarg, &r->play.patience_ns))
				return rig_fail("--patience: give a number and ms, s or min");
			break;
		case 'o':
			r->play.only = optarg;
			break;
		case 'v':
			r->play.verbose = true;
			break;
		default:
			return 2;
		}
	}
	return 0;
}

static int run_file(void *arg, const char *path)
{
	struct run *r = arg;
	struct scenario_file file;
	int err = scenario_load(path, &file);

	/* A file that cannot be parsed has failed as much as a scenario. */
	if (err)
		r->counts.failed++;
	else
		play_file(&r->play, path, &file, &r->counts);
	scenario_free(&file);
	return err;
}

static int run(const char *socket_path, int argc, char **argv)
{
	static struct run r;
	int status;

	r.play = (struct play_options){ .socket = socket_path,
					.limit_ns = 20000000000ull,
					.patience_ns = 3000000000ull };
	find_gateway(&r);
	status = parse(&r, argc, argv);
	if (status)
		return status;
	if (argc + 1 - optind < 1)
		return rig_fail("run [option...] FILE|DIRECTORY..., see --help");
	status = scenario_each_file(argc + 1 - optind, argv - 1 + optind, run_file, &r);
	if (r.counts.skipped)
		printf("%u passed, %u failed, %u skipped\n", r.counts.passed, r.counts.failed,
		       r.counts.skipped);
	else
		printf("%u passed, %u failed\n", r.counts.passed, r.counts.failed);
	if (!status && !r.counts.failed && !r.counts.passed && !r.counts.skipped)
		return rig_fail("no scenario was run: give files, directories, or another --only");
	return status || r.counts.failed ? 1 : 0;
}

const struct rig_command run_commands[] = {
	{ "run",
	  "FILE|DIRECTORY... [--gateway daemon|module|SLUICED|FILE.ko] [--socket PATH] [--real-handler COMMAND]\n"
	  "         [--limit DURATION] [--patience DURATION] [--only TEXT] [--verbose]",
	  "scenarios, each against a gateway of its own, or against the one of --socket", run },
	{ 0 },
};
