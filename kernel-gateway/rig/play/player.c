/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A scenario's run: gateway up, statement by statement, everything down again. */
#include "player.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STEP_NS	     2000000ull
#define MAX_NEXUSES  64
#define END_BOUND_NS 5000000000ull /* for what is taken down when the scenario's time is over */

uint64_t player_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t player_left(const struct player *p)
{
	uint64_t now = player_clock();

	return now < p->deadline_ns ? p->deadline_ns - now : 0;
}

/* ---- What is printed ------------------------------------------------------------------- */

static void print_heading(const struct player *p)
{
	printf("FAIL %s:%u: %s\n", p->path, p->scenario->line, p->scenario->name);
}

void player_fail(struct player *p, const char *format, ...)
{
	va_list args;

	if (!p->failed)
		print_heading(p);
	p->failed = true;
	if (p->statement)
		printf("  %s:%u: %s\n", p->path, p->statement->line, p->statement->text);
	va_start(args, format);
	fputs("    ", stdout);
	vprintf(format, args);
	fputc('\n', stdout);
	va_end(args);
}

void player_trace(const struct player *p, const char *format, ...)
{
	va_list args;

	if (!p->options->verbose)
		return;
	va_start(args, format);
	fputs("      ", stdout);
	vprintf(format, args);
	fputc('\n', stdout);
	va_end(args);
}

/* ---- Waiting ------------------------------------------------------------------------------ */

int player_control(struct player *p, uint32_t op, const void *body, uint32_t len, void *reply,
		   uint32_t reply_len)
{
	uint64_t bound = player_left(p);

	return channel_call(p->control, op, body, len, reply, reply_len,
			    bound > END_BOUND_NS ? bound : END_BOUND_NS, p->why);
}

/* Messages of all nexuses, for at most so long if there is none. False: a channel is broken. */
static bool take_in(struct player *p, uint64_t bound_ns)
{
	struct pollfd fds[MAX_NEXUSES];
	struct player_nexus *of[MAX_NEXUSES];
	nfds_t n = 0;

	for (struct player_nexus *x = p->nexuses; x && n < MAX_NEXUSES; x = x->next) {
		if (!x->channel)
			continue;
		fds[n] = (struct pollfd){ .fd = x->channel->fd, .events = POLLIN };
		of[n++] = x;
	}
	if (poll(fds, n, (int)((bound_ns + 999999) / 1000000)) <= 0)
		return true;
	for (nfds_t i = 0; i < n; i++) {
		if (fds[i].revents && channel_drain(of[i]->channel))
			return false;
	}
	return true;
}

bool player_wait(struct player *p, bool (*done)(struct player *p, void *arg), void *arg,
		 uint64_t bound_ns)
{
	uint64_t end = player_clock() + bound_ns;

	while (!done(p, arg)) {
		uint64_t now = player_clock();

		if (now >= end || player_left(p) == 0)
			return false;
		if (!take_in(p, end - now < STEP_NS ? end - now : STEP_NS)) {
			char why[CONNECTION_WHY] = "the gateway closed the connection";

			p->gateway->ops->alive(p->gateway, why);
			player_fail(p, "%s", why);
			return false;
		}
	}
	return true;
}

static bool never(struct player *p, void *arg)
{
	return false;
}

/* ---- Statements --------------------------------------------------------------------------- */

static int do_target(struct player *p, const struct statement *s)
{
	return player_target_add(p, s->name);
}

static int do_time(struct player *p, const struct statement *s)
{
	return player_advance(p, s->ns);
}

static int do_pause(struct player *p, const struct statement *s)
{
	player_wait(p, never, NULL, s->ns);
	return 0;
}

static int do_limit(struct player *p, const struct statement *s)
{
	p->deadline_ns = player_clock() + s->ns;
	return 0;
}

static int do_wait(struct player *p, const struct statement *s)
{
	struct player_task *t = player_need_task(p, s->name);

	if (t && player_await(p, t))
		p->last = t;
	return 0;
}

/* Of the statements that ask the gateway or a handler for something. */
static int (*const doings[])(struct player *p, const struct statement *s) = {
	[STATEMENT_HANDLER] = player_handler_start,
	[STATEMENT_DEVICE] = player_device_add,
	[STATEMENT_REMOVE] = player_device_remove,
	[STATEMENT_TARGET] = do_target,
	[STATEMENT_GROUP] = player_group_add,
	[STATEMENT_MAP] = player_lun_map,
	[STATEMENT_UNMAP] = player_lun_unmap,
	[STATEMENT_ACCESS] = player_access,
	[STATEMENT_NEXUS] = player_nexus_open,
	[STATEMENT_CLOSE] = player_nexus_close,
	[STATEMENT_DROP] = player_nexus_drop,
	[STATEMENT_REOPEN] = player_nexus_reopen,
	[STATEMENT_READY] = player_ready,
	[STATEMENT_SEND] = player_send,
	[STATEMENT_FUNCTION] = player_function,
	[STATEMENT_WHEN] = player_when,
	[STATEMENT_FORGET] = player_forget,
	[STATEMENT_RELEASE] = player_release,
	[STATEMENT_ORDER] = player_order,
	[STATEMENT_PROCESS] = player_process,
	[STATEMENT_TIME] = do_time,
	[STATEMENT_PAUSE] = do_pause,
	[STATEMENT_LIMIT] = do_limit,
	[STATEMENT_WAIT] = do_wait,
};

static void (*const expectations[])(struct player *p, const struct statement *s) = {
	[STATEMENT_EXPECT_END] = player_expect_end,
	[STATEMENT_EXPECT_ORDER] = player_expect_order,
	[STATEMENT_EXPECT_PENDING] = player_expect_pending,
	[STATEMENT_EXPECT_SAW] = player_expect_saw,
	[STATEMENT_EXPECT_HEARD] = player_expect_heard,
	[STATEMENT_EXPECT_INFO] = player_expect_info,
};

static void judge_refusal(struct player *p, const struct statement *s, int err)
{
	if (p->failed || p->skipped)
		return;
	if (!s->refused && err)
		player_fail(p, "refused: %s", p->why);
	else if (s->refused && !err)
		player_fail(p, "expected a refusal, and it was accepted");
	else if (s->refused && (err == -EPIPE || err == -ETIMEDOUT))
		player_fail(p, "expected a refusal, and no answer came: %s", p->why);
	else if (s->refusal && !strstr(p->why, s->refusal))
		player_fail(p, "expected a refusal that says \"%s\", came \"%s\"", s->refusal,
			    p->why);
}

static void perform(struct player *p, const struct statement *s)
{
	p->statement = s;
	if (p->options->verbose)
		printf("    %u: %s\n", s->line, s->text);
	if (player_left(p) == 0)
		player_fail(p, "the scenario's time is over");
	else if (s->kind >= STATEMENT_EXPECT_END)
		expectations[s->kind](p, s);
	else
		judge_refusal(p, s, doings[s->kind](p, s));
}

static void perform_all(struct player *p, const struct scenario *from)
{
	for (const struct statement *s = from->first; s && !p->failed && !p->skipped; s = s->next)
		perform(p, s);
}

/* ---- Up and down ------------------------------------------------------------------------------ */

static int open_gateway(struct player *p)
{
	const struct play_options *o = p->options;

	if (o->socket)
		return gateway_socket_open(o->socket, &p->gateway, p->why);
	if (o->module)
		return gateway_module_load(o->module_file, &p->gateway, p->why);
	return gateway_process_start(o->gateway_program, &p->gateway, p->why);
}

static bool set_up(struct player *p)
{
	int err = open_gateway(p);

	if (!err)
		err = p->gateway->ops->open_channel(p->gateway, SLUICE_ROLE_CONTROL, "sluice-rig",
						    &p->control, p->why);
	if (!err && p->gateway->shared)
		err = player_control(p, SLUICE_OP_GATEWAY_INFO, NULL, 0, &p->before,
				     sizeof(p->before));
	if (!err)
		err = player_target_add(p, NULL);
	if (err)
		player_fail(p, "%s", p->why);
	return !err;
}

static void free_nexuses(struct player *p)
{
	while (p->nexuses) {
		struct player_nexus *next = p->nexuses->next;

		if (p->nexuses->channel)
			channel_close(p->nexuses->channel);
		free(p->nexuses);
		p->nexuses = next;
	}
}

static void put_directory_away(const struct player *p, const struct player_handler *h)
{
	char output[DIRECTORY_PATH + 16], heading[SLUICE_NAME_LEN + 32];

	snprintf(output, sizeof(output), "%s/output", h->directory);
	snprintf(heading, sizeof(heading), "handler %s printed last:", h->name);
	if (p->failed)
		directory_print_end(stdout, output, heading);
	directory_remove(h->directory);
}

static void free_handlers(struct player *p)
{
	while (p->handlers) {
		struct player_handler *h = p->handlers;
		char why[CONNECTION_WHY];

		p->handlers = h->next;
		handler_process_ended(&h->process);
		if (handler_process_failed(&h->process, why))
			player_fail(p, "handler %s %s", h->name, why);
		handler_process_kill(&h->process);
		if (h->process.stage)
			stage_destroy(h->process.stage);
		if (h->directory[0])
			put_directory_away(p, h);
		free(h);
	}
	while (p->devices) {
		struct player_device *next = p->devices->next;

		free(p->devices);
		p->devices = next;
	}
}

static void take_down(struct player *p)
{
	char why[CONNECTION_WHY];

	p->statement = NULL;
	/* Handlers first: what they held ends, and nobody waits for it. */
	player_tasks_free(p);
	free_nexuses(p);
	if (p->control)
		player_withdraw(p);
	free_handlers(p);
	if (p->clock)
		channel_close(p->clock);
	if (p->control)
		channel_close(p->control);
	if (!p->gateway)
		return;
	if (p->failed)
		p->gateway->ops->print_log(p->gateway, stdout);
	if (p->gateway->ops->close(p->gateway, why))
		player_fail(p, "%s", why);
}

static enum play_result play(struct player *p, const struct scenario_file *file)
{
	static uint32_t serial;

	if (p->options->socket)
		snprintf(p->prefix, sizeof(p->prefix), "rig%d-%u-", getpid(), ++serial);
	p->deadline_ns = player_clock() + p->options->limit_ns;
	if (set_up(p)) {
		perform_all(p, &file->common);
		perform_all(p, p->scenario);
	}
	take_down(p);
	return p->failed ? PLAY_FAILED : p->skipped ? PLAY_SKIPPED : PLAY_PASSED;
}

static void play_scenario(const struct play_options *o, const char *path,
			  const struct scenario_file *file, const struct scenario *s,
			  struct play_counts *counts)
{
	struct player p = { .options = o, .path = path, .scenario = s };
	uint64_t start = player_clock();
	enum play_result result;
	double seconds;

	if (o->verbose)
		printf("     %s:%u: %s\n", path, s->line, s->name);
	result = play(&p, file);
	seconds = (double)(player_clock() - start) / 1e9;
	switch (result) {
	case PLAY_PASSED:
		counts->passed++;
		printf("ok   %s:%u: %s (%.2f s)\n", path, s->line, s->name, seconds);
		break;
	case PLAY_SKIPPED:
		counts->skipped++;
		printf("SKIPPED %s:%u: %s: %s\n", path, s->line, s->name, p.why);
		break;
	case PLAY_FAILED:
		counts->failed++;
		break;
	}
	fflush(stdout);
}

void play_file(const struct play_options *o, const char *path, const struct scenario_file *file,
	       struct play_counts *counts)
{
	for (const struct scenario *s = file->scenarios; s; s = s->next) {
		if (!o->only || strstr(s->name, o->only))
			play_scenario(o, path, file, s, counts);
	}
}
