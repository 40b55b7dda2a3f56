/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A verifying load from two initiators, to run while something happens to the target.
 *
 *	verify-load [--depth N] [--seconds S] [--patience S] [--seed N] URL...
 *
 * Each URL (iscsi://HOST:PORT/TARGET/LUN) is a disk of zeros that nobody else writes; each initiator has a session of its own with each.
 * Commands on stdin, a line each:
 *
 *	phase NAME	the report of what was until now, under that name; counting starts anew
 *	stop		as the end of --seconds or of stdin: no new commands, then every block is read and compared
 *
 * Exit status: 0 no violation, 1 violations (each on stderr, as far as they are few), 2 it could not be run.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test/load/initiator/load_initiator.h"

#define MAX_DISKS     8
#define MAX_SESSIONS  (MAX_DISKS * (int)LOAD_INITIATORS)
#define TICK_MS	      50
#define LINE_BYTES    128
#define NS_PER_SECOND 1000000000ULL
#define DEFAULT_DEPTH 16
#define DEFAULT_PATIENCE_S \
	45 /* longer than the gateway's grace period: within it nothing may be lost */

struct load {
	struct load_disk disk[MAX_DISKS];
	struct load_session *session[MAX_SESSIONS];
	int n_disks, n_sessions;
	unsigned int depth;
	uint64_t seed, end_ns, patience_ns;
	struct load_totals phase, all;
	uint64_t phase_ns, start_ns;
	char line[LINE_BYTES];
	size_t line_bytes;
	int is_stopping;
};

static void report(const char *name, const struct load_totals *t, uint64_t ns)
{
	double seconds = (double)ns / (double)NS_PER_SECOND;

	printf("%s: commands=%llu seconds=%.1f commands_per_s=%.0f mib_per_s=%.1f longest_pause_ms=%.1f longest_command_ms=%.1f "
	       "mixed=%llu violations=%llu\n",
	       name, (unsigned long long)t->commands, seconds, (double)t->commands / seconds,
	       (double)t->bytes / seconds / (1 << 20), (double)t->pause_ns / 1e6,
	       (double)t->command_ns / 1e6, (unsigned long long)t->mixed,
	       (unsigned long long)t->violations);
	fflush(stdout);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The sequence goes on; the rest is counted from nothing. */
static void end_phase(struct load *l, const char *name)
{
	uint64_t now = load_now_ns();

	report(name, &l->phase, now - l->phase_ns);
	l->all.commands += l->phase.commands;
	l->all.bytes += l->phase.bytes;
	l->all.mixed += l->phase.mixed;
	l->all.violations += l->phase.violations;
	l->all.pause_ns = larger(l->all.pause_ns, l->phase.pause_ns);
	l->all.command_ns = larger(l->all.command_ns, l->phase.command_ns);
	l->phase = (struct load_totals){ .sequence = l->phase.sequence };
	l->phase_ns = now;
}

static void obey(struct load *l, const char *line)
{
	if (strncmp(line, "phase ", 6) == 0)
		end_phase(l, line + 6);
	else if (strcmp(line, "stop") == 0)
		l->is_stopping = 1;
	else
		fprintf(stderr, "\"%s\": a line is \"phase NAME\" or \"stop\"\n", line);
}

static void read_commands(struct load *l)
{
	ssize_t n =
		read(STDIN_FILENO, l->line + l->line_bytes, sizeof(l->line) - 1 - l->line_bytes);
	char *end;

	if (n <= 0) {
		l->is_stopping = 1;
		return;
	}
	l->line_bytes += (size_t)n;
	l->line[l->line_bytes] = '\0';
	while ((end = strchr(l->line, '\n'))) {
		*end = '\0';
		obey(l, l->line);
		l->line_bytes -= (size_t)(end + 1 - l->line);
		memmove(l->line, end + 1, l->line_bytes + 1);
	}
	if (l->line_bytes == sizeof(l->line) - 1)
		l->line_bytes = 0; /* no command is that long */
}

static unsigned int outstanding(const struct load *l)
{
	unsigned int n = 0;

	for (int i = 0; i < l->n_sessions; i++)
		n += load_session_outstanding(l->session[i]);
	return n;
}

static int is_over(const struct load *l)
{
	for (int i = 0; i < l->n_sessions; i++)
		if (load_session_is_over(l->session[i]))
			return 1;
	return 0;
}

static void serve(struct load *l)
{
	struct pollfd fds[MAX_SESSIONS + 1];
	int n = l->n_sessions;

	for (int i = 0; i < n; i++) {
		fds[i].fd = load_session_fd(l->session[i]);
		fds[i].events = load_session_events(l->session[i]);
		fds[i].revents = 0;
	}
	fds[n].fd = l->is_stopping ? -1 : STDIN_FILENO;
	fds[n].events = POLLIN;
	fds[n].revents = 0;
	if (poll(fds, (nfds_t)n + 1, TICK_MS) < 0 && errno != EINTR) {
		perror("poll");
		exit(2);
	}
	for (int i = 0; i < n; i++)
		if (fds[i].revents)
			load_session_serve(l->session[i], fds[i].revents);
	for (int i = 0; i < n; i++)
		load_session_tick(l->session[i], load_now_ns(), l->patience_ns);
	if (fds[n].revents)
		read_commands(l);
}

static void run(struct load *l)
{
	while (!l->is_stopping && !is_over(l)) {
		for (int i = 0; i < l->n_sessions; i++)
			load_session_fill(l->session[i], load_now_ns());
		serve(l);
		if (l->end_ns && load_now_ns() >= l->end_ns)
			l->is_stopping = 1;
	}
	l->is_stopping = 1;
	while (outstanding(l))
		serve(l);
}

/* Every block of every disk, by the first initiator's session: what the second wrote is for others to read, too. */
static void verify(struct load *l)
{
	int more = 1;

	while (more || outstanding(l)) {
		more = 0;
		for (int i = 0; i < l->n_sessions; i += (int)LOAD_INITIATORS)
			more |= load_session_sweep(l->session[i], load_now_ns());
		serve(l);
	}
}

static int open_sessions(struct load *l)
{
	for (int d = 0; d < l->n_disks; d++) {
		struct load_disk *disk = &l->disk[d];

		for (uint32_t i = 0; i < LOAD_INITIATORS; i++) {
			struct load_session *s = load_session_open(
				disk, i, l->depth,
				l->seed + (uint64_t)l->n_sessions * 0x9e3779b97f4a7c15ULL,
				&l->phase);

			if (!s)
				return -1;
			l->session[l->n_sessions++] = s;
		}
		disk->model = block_model_new(disk->blocks);
		if (!disk->model)
			return -1;
	}
	return 0;
}

static unsigned long long number(const char *option, const char *text, unsigned long long max)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 0);

	if (*end || end == text || value > max) {
		fprintf(stderr, "--%s %s: give a number up to %llu\n", option, text, max);
		exit(2);
	}
	return value;
}

static void parse(struct load *l, int argc, char **argv)
{
	static const struct option options[] = { { "depth", required_argument, NULL, 'd' },
						 { "seconds", required_argument, NULL, 's' },
						 { "patience", required_argument, NULL, 'p' },
						 { "seed", required_argument, NULL, 'r' },
						 { NULL, 0, NULL, 0 } };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'd':
			l->depth = (unsigned int)number("depth", optarg, LOAD_MAX_DEPTH);
			break;
		case 's':
			l->end_ns =
				load_now_ns() + number("seconds", optarg, 1000000) * NS_PER_SECOND;
			break;
		case 'p':
			l->patience_ns = number("patience", optarg, 1000000) * NS_PER_SECOND;
			break;
		case 'r':
			l->seed = number("seed", optarg, UINT64_MAX);
			break;
		default:
			exit(2);
		}
	}
	l->n_disks = argc - optind;
	if (l->n_disks < 1 || l->n_disks > MAX_DISKS || l->depth < 1) {
		fprintf(stderr,
			"usage: verify-load [--depth N] [--seconds S] [--patience S] [--seed N] URL... (1 to %d)\n",
			MAX_DISKS);
		exit(2);
	}
	for (int i = 0; i < l->n_disks; i++)
		l->disk[i].url = argv[optind + i];
}

int main(int argc, char **argv)
{
	static struct load l = { .depth = DEFAULT_DEPTH,
				 .patience_ns = DEFAULT_PATIENCE_S * NS_PER_SECOND };
	int left = 0;

	l.seed = load_now_ns() ^ (uint64_t)getpid() << 32;
	parse(&l, argc, argv);
	if (open_sessions(&l))
		return 2;
	printf("running: seed=%llu disks=%d initiators=%u depth=%u\n", (unsigned long long)l.seed,
	       l.n_disks, LOAD_INITIATORS, l.depth);
	fflush(stdout);
	l.start_ns = l.phase_ns = load_now_ns();
	run(&l);
	end_phase(&l, "last");
	verify(&l);
	for (int i = 0; i < l.n_sessions; i++) {
		left += load_session_is_over(l.session[i]);
		load_session_close(l.session[i]);
	}
	end_phase(&l, "verification");
	report("all", &l.all, load_now_ns() - l.start_ns);
	for (int d = 0; d < l.n_disks; d++)
		block_model_free(l.disk[d].model);
	if (l.all.violations || left) {
		printf("verdict: FAIL, %llu violations, %d sessions lost\n",
		       (unsigned long long)l.all.violations, left);
		return 1;
	}
	printf("verdict: PASS, no error, and every block as it was written last\n");
	return 0;
}
