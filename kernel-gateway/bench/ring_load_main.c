/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * ring-load: the gateway without a wire. It serves the socket that handlers connect to, as
 * sluiced does and with the same code, and drives the device "null" itself: what is left
 * is core, ring, host loop and handler.
 *
 *	ring-load --socket PATH [--spin-us N|auto] [--cpus auto|any|follow|LIST]
 *
 * Lines on standard input, each answered by one on standard output:
 *	run DEPTH MILLISECONDS	commands took_ns failures switches rounds spins spin_hits sleeps
 * The end of input ends it.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "control/server.h"
#include "host/placement.h"
#include "load.h"

struct program {
	struct host host;
	struct control_server control;
	struct load load;
	struct loop_fd input;
	char line[64];
	size_t line_len;
};

static void die(const char *text)
{
	fprintf(stderr, "ring-load: %s\n", text);
	exit(1);
}

static void print_result(void *arg, const struct load_result *r)
{
	printf("%llu %llu %llu %llu %llu %llu %llu %llu\n", (unsigned long long)r->commands,
	       (unsigned long long)r->took_ns, (unsigned long long)r->failures,
	       (unsigned long long)r->switches, (unsigned long long)r->loop.rounds,
	       (unsigned long long)r->loop.spins, (unsigned long long)r->loop.spin_hits,
	       (unsigned long long)r->loop.sleeps);
	fflush(stdout);
}

static void obey(struct program *p)
{
	unsigned int depth, ms;
	int err;

	if (sscanf(p->line, "run %u %u", &depth, &ms) != 2)
		die("say: run DEPTH MILLISECONDS");
	err = load_run(&p->load, depth, ms * 1000000ull);
	if (err)
		die(err == -EBUSY ? "a run is under way" : "DEPTH is out of range");
}

static void input_ready(struct loop_fd *f, uint32_t events)
{
	struct program *p = (struct program *)((char *)f - offsetof(struct program, input));
	ssize_t n = read(f->fd, p->line + p->line_len, sizeof(p->line) - 1 - p->line_len);

	if (n <= 0) {
		control_server_stop_listening(&p->control);
		loop_stop(p->host.loops[0]);
		return;
	}
	p->line_len += (size_t)n;
	if (p->line[p->line_len - 1] != '\n')
		return;
	p->line[p->line_len] = '\0';
	p->line_len = 0;
	obey(p);
}

static void shutdown_asked(void *arg)
{
	loop_stop(((struct program *)arg)->host.loops[0]);
}

static void open_all(struct program *p, const char *socket, uint64_t spin_ns)
{
	const struct iscsi_limits limits = { 0 };
	char why[256] = "";

	if (host_create(&p->host, 1, spin_ns, NULL, why))
		die(why);
	/* The control protocol counts the iSCSI fabric in; it has no portal here. */
	if (iscsi_fabric_create(p->host.gateway, p->host.loops, 1, &limits, &p->control.iscsi))
		die("no memory for the iSCSI fabric");
	p->control.host = &p->host;
	p->control.shutdown = shutdown_asked;
	p->control.arg = p;
	if (control_server_open(&p->control, socket, why))
		die(why);
	p->load.done = print_result;
	p->load.arg = p;
	if (load_open(&p->load, &p->host, "null", why))
		die(why);
	p->input = (struct loop_fd){ .fd = STDIN_FILENO, .ready = input_ready };
	if (loop_fd_add(p->host.loops[0], &p->input, EPOLLIN))
		die("standard input must be a pipe or a terminal");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "spin-us", required_argument, NULL, 'p' },
		{ "cpus", required_argument, NULL, 'c' },
		{ 0 },
	};
	static struct program p;
	uint64_t spin_ns = LOOP_SPIN_AUTO;
	const char *socket = NULL;
	struct placement placement = { .kind = PLACEMENT_ANY };
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 's')
			socket = optarg;
		else if (opt == 'c' && placement_parse(optarg, &placement) == 0)
			continue;
		else if (opt == 'p')
			spin_ns = strcmp(optarg, "auto") ? 1000 * strtoull(optarg, NULL, 10) :
							   LOOP_SPIN_AUTO;
		else
			return 2;
	}
	if (!socket)
		die("--socket PATH is missing");
	open_all(&p, socket, spin_ns);
	loop_place(p.host.loops[0], &placement);
	loop_run(p.host.loops[0]);
	load_close(&p.load);
	return 0;
}
