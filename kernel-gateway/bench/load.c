/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define TARGET	    "iqn.2026-11.io.sluice:ring-load"
#define INITIATOR   "iqn.2026-11.io.sluice:load,i,0x000000000001"
#define RETRY_NS    10000000ull
#define MAX_RETRIES 2000U

static struct loop *loop_of(const struct load *l)
{
	return host_control_loop(l->host);
}

static uint64_t switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return (uint64_t)(usage.ru_nvcsw + usage.ru_nivcsw);
}

static void end_run(struct load *l)
{
	struct load_result *r = &l->result;
	struct loop_counters now;

	loop_read_counters(loop_of(l), &now);
	r->took_ns = loop_clock() - l->start_ns;
	r->switches = switches() - l->switches_before;
	r->loop.rounds = now.rounds - l->before.rounds;
	r->loop.spins = now.spins - l->before.spins;
	r->loop.spin_hits = now.spin_hits - l->before.spin_hits;
	r->loop.sleeps = now.sleeps - l->before.sleeps;
	r->loop.wakes = now.wakes - l->before.wakes;
	l->depth = 0;
	l->done(l->arg, r);
}

static void submit(struct load *l, struct load_task *t)
{
	l->outstanding++;
	if (sl_cmd_submit(&t->cmd, loop_now(loop_of(l))) < 0) {
		l->outstanding--;
		l->result.failures++;
	}
}

static void begin(struct load *l)
{
	l->result = (struct load_result){ 0 };
	loop_read_counters(loop_of(l), &l->before);
	l->switches_before = switches();
	l->start_ns = loop_clock();
	l->end_ns = l->start_ns + l->run_ns;
	for (uint32_t i = 0; i < l->depth; i++)
		submit(l, &l->tasks[i]);
}

/* The unit's first answers may be Unit Attentions, or NOT READY until its handler is there. */
static void probe(struct loop_timer *t, uint64_t now_ns)
{
	struct load *l = (struct load *)((char *)t - offsetof(struct load, retry));

	submit(l, &l->tasks[0]);
}

static void probed(struct load *l, bool good)
{
	if (good) {
		l->ready = true;
		begin(l);
	} else if (l->patience-- == 0) {
		end_run(l);
	} else {
		loop_timer_set(loop_of(l), &l->retry, loop_now(loop_of(l)) + RETRY_NS);
	}
}

/* At the end of the round, as a socket would bring what its peer sends next. */
static void submit_ended(struct loop_work *w)
{
	struct load *l = (struct load *)((char *)w - offsetof(struct load, submit_work));
	struct load_task *t = l->ended;
	bool on = loop_now(loop_of(l)) < l->end_ns;

	l->ended = NULL;
	if (!l->ready) {
		probed(l, t->cmd.status == 0);
		return;
	}
	while (t) {
		struct load_task *next = t->next;

		l->result.commands++;
		l->result.failures += t->cmd.status != 0;
		if (on)
			submit(l, t);
		t = next;
	}
	if (l->outstanding == 0)
		end_run(l);
}

/* ---- What the core calls ------------------------------------------------------- */

static void respond(struct sl_cmd *cmd)
{
	struct load_task *t = (struct load_task *)cmd;
	struct load *l = t->load;

	sl_cmd_release(cmd, loop_now(loop_of(l)));
	l->outstanding--;
	t->next = l->ended;
	l->ended = t;
	loop_after(loop_of(l), &l->submit_work);
}

/* TEST UNIT READY moves no data, and nobody manages these tasks. */
static void no_data(struct sl_cmd *cmd)
{
}

static void no_function(struct sl_tmf *tmf)
{
}

static void nexus_closed(void *fabric_nexus)
{
}

static const struct sl_fabric_ops ops = {
	.data_out = no_data,
	.data_out_cancel = no_data,
	.respond = respond,
	.tmf_done = no_function,
	.nexus_closed = nexus_closed,
};

/* ---- Life ------------------------------------------------------------------------ */

static void fill(struct load *l)
{
	for (uint32_t i = 0; i < LOAD_MAX_DEPTH; i++) {
		struct load_task *t = &l->tasks[i];

		t->load = l;
		t->cmd.nexus = l->nexus;
		t->cmd.task_tag = i;
		t->cmd.cdb_len = 6; /* TEST UNIT READY: all zeros */
		t->cmd.attribute = SLUICE_ATTR_SIMPLE;
		t->cmd.direction = SLUICE_DIR_NONE;
	}
}

int load_open(struct load *l, struct host *h, const char *device, char why[256])
{
	struct sluice_target target = { .name = TARGET };
	struct sluice_lun lun = { .target = TARGET, .group = "default" };
	const char *text = NULL;
	int err;

	l->host = h;
	l->submit_work.run = submit_ended;
	l->retry.expired = probe;
	snprintf(lun.device, sizeof(lun.device), "%s", device);
	err = sl_target_add(h->gateway, &target, &text);
	if (!err)
		err = sl_lun_map(h->gateway, &lun, &text);
	if (!err)
		err = sl_nexus_open(h->gateway, TARGET, INITIATOR, TARGET ",t,0x0001", "ring-load",
				    SL_NEXUS_NEW, &ops, l, &l->nexus);
	if (err) {
		snprintf(why, 256, "target, LUN and nexus for device %s: %s", device,
			 text ? text : strerror(-err));
		return err;
	}
	fill(l);
	return 0;
}

int load_run(struct load *l, uint32_t depth, uint64_t run_ns)
{
	if (depth < 1 || depth > LOAD_MAX_DEPTH)
		return -EINVAL;
	if (l->depth)
		return -EBUSY;
	l->depth = depth;
	l->run_ns = run_ns;
	l->patience = MAX_RETRIES;
	if (l->ready)
		begin(l);
	else
		submit(l, &l->tasks[0]);
	return 0;
}

void load_close(struct load *l)
{
	if (l->nexus)
		sl_nexus_close(l->nexus, loop_clock());
}
