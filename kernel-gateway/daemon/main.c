/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* sluiced: the gateway in user space. All of it is in libsluice; this is the command line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/sluiced.h"
#include "host/log.h"
#include "host/sweep.h"
#include "sluice/abi.h"

#ifndef SLUICE_VERSION
#define SLUICE_VERSION "0.1.0"
#endif

static const char usage[] =
	"usage: sluiced --socket PATH [--loops N] [--spin-us N|auto] [--cpus WHERE]\n"
	"               [--max-devices N] [--max-nexuses N] [--max-sessions N]\n"
	"               [--log-level LEVEL] [--rig-time]\n"
	"       sluiced --version | --help\n"
	"\n"
	"  --socket PATH      Unix socket for handlers, control and rigs; made with mode 0660\n"
	"  --loops N          event-loop threads, 1 to 64 (1)\n"
	"  --spin-us N|auto   spin so long before sleeping while handlers hold commands; 0 never;\n"
	"                     auto: by the measured price of a wake-up, and only while it pays (auto)\n"
	"  --cpus WHERE       processors of the event loops: a list (0,2-3), any, or follow: where the\n"
	"                     initiator's packets come in, and the handlers' threads as well;\n"
	"                     auto: follow on two processors, any on more (auto)\n"
	"  --max-devices N    devices that it has room for, 1 to 1000000 (1024)\n"
	"  --max-nexuses N    I_T nexuses, and connections, at a time, 1 to 32768 (1024)\n"
	"  --max-sessions N   handler sessions at a time, those that are just ending among them, 2 to 1024 (64)\n"
	"  --log-level LEVEL  error, warn, info or debug (info); lines go to standard error\n"
	"  --rig-time         rigs may move the gateway's clock forward: for tests only\n"
	"\n"
	"The control role of the socket configures portals, targets and LUNs; SIGTERM ends it in order.\n";

enum {
	OPT_SOCKET = 256,
	OPT_LOOPS,
	OPT_SPIN,
	OPT_CPUS,
	OPT_MAX_DEVICES,
	OPT_MAX_NEXUSES,
	OPT_MAX_SESSIONS,
	OPT_LEVEL,
	OPT_RIG_TIME,
	OPT_VERSION,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "loops", required_argument, NULL, OPT_LOOPS },
	{ "spin-us", required_argument, NULL, OPT_SPIN },
	{ "cpus", required_argument, NULL, OPT_CPUS },
	{ "max-devices", required_argument, NULL, OPT_MAX_DEVICES },
	{ "max-nexuses", required_argument, NULL, OPT_MAX_NEXUSES },
	{ "max-sessions", required_argument, NULL, OPT_MAX_SESSIONS },
	{ "log-level", required_argument, NULL, OPT_LEVEL },
	{ "rig-time", no_argument, NULL, OPT_RIG_TIME },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static void refuse(const char *option, const char *value, const char *remedy)
	__attribute__((noreturn));
static void refuse(const char *option, const char *value, const char *remedy)
{
	fprintf(stderr, "sluiced: %s %s: %s\n", option, value, remedy);
	exit(2);
}

static uint64_t number(const char *option, const char *text, uint64_t min, uint64_t max,
		       const char *remedy)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || value < min || value > max)
		refuse(option, text, remedy);
	return value;
}

static void set_level(const char *text)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };

	for (int i = 0; i < 4; i++) {
		if (strcmp(text, names[i]) == 0) {
			log_set_level((enum log_level)i);
			return;
		}
	}
	refuse("--log-level", text, "choose error, warn, info or debug");
}

/* False: the option is none of a limit. */
static bool parse_limit(int opt, const char *text, struct sl_limits *limits)
{
	switch (opt) {
	case OPT_MAX_DEVICES:
		limits->max_devices =
			(uint32_t)number("--max-devices", text, 1, 1000000, "choose 1 to 1000000");
		return true;
	case OPT_MAX_NEXUSES:
		limits->max_nexuses =
			(uint32_t)number("--max-nexuses", text, 1, 32768, "choose 1 to 32768");
		return true;
	case OPT_MAX_SESSIONS:
		limits->max_sessions =
			(uint32_t)number("--max-sessions", text, 2, 1024, "choose 2 to 1024");
		return true;
	default:
		return false;
	}
}

static void parse(int argc, char **argv, struct sluiced_options *o)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (parse_limit(opt, optarg, &o->limits))
			continue;
		switch (opt) {
		case OPT_SOCKET:
			o->socket = optarg;
			break;
		case OPT_LOOPS:
			o->loops = (uint32_t)number("--loops", optarg, 1, HOST_MAX_LOOPS,
						    "choose 1 to 64");
			break;
		case OPT_SPIN:
			o->spin_ns = strcmp(optarg, "auto") == 0 ?
					     LOOP_SPIN_AUTO :
					     1000 * number("--spin-us", optarg, 0, 1000000,
							   "choose 0 to 1000000, or auto");
			break;
		case OPT_CPUS:
			if (placement_parse(optarg, &o->placement))
				refuse("--cpus", optarg,
				       "choose auto, any, follow, or processors such as 0,2-3");
			break;
		case OPT_LEVEL:
			set_level(optarg);
			break;
		case OPT_RIG_TIME:
			o->rig_time = true;
			break;
		case OPT_VERSION:
			printf("sluiced %s, ABI %u.%u\n", SLUICE_VERSION, SLUICE_ABI_VERSION >> 16,
			       SLUICE_ABI_VERSION & 0xffff);
			exit(0);
		case OPT_HELP:
			fputs(usage, stdout);
			exit(0);
		default:
			fputs(usage, stderr);
			exit(2);
		}
	}
	if (optind < argc)
		refuse("argument", argv[optind], "sluiced takes options only, see --help");
	if (!o->socket)
		refuse("--socket", "(missing)", "give the path of the Unix socket to make");
}

/* Every connection and queue is a descriptor; what the hard limit allows is ours to use. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		log_warn("sluiced", "setrlimit(RLIMIT_NOFILE, %llu): %s: connections may run out",
			 (unsigned long long)limit.rlim_max, strerror(errno));
}

int main(int argc, char **argv)
{
	struct sluiced_options options = { .loops = 1, .spin_ns = LOOP_SPIN_AUTO, .signals = true };
	struct sluiced *d;
	char why[256] = "";
	int err;

	placement_parse("auto", &options.placement);
	parse(argc, argv, &options);
	raise_descriptor_limit();
	err = sluiced_create(&options, &d, why);
	if (err) {
		fprintf(stderr, "sluiced: %s\n", why);
		return 1;
	}
	log_info("sluiced", "version %s, ABI %u.%u, pid %d, %u loops, serving %s", SLUICE_VERSION,
		 SLUICE_ABI_VERSION >> 16, SLUICE_ABI_VERSION & 0xffff, getpid(), options.loops,
		 options.socket);
	err = sluiced_run(d, why);
	if (err && err != -ETIMEDOUT) {
		fprintf(stderr, "sluiced: %s\n", why);
		return 1;
	}
	/* What did not let go in time may still be used by its owner: the end of the process frees it. */
	if (!err)
		sluiced_destroy(d);
	log_info("sluiced", "ended");
	return 0;
}
