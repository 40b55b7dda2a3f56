/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A fabric without a wire: it keeps a number of commands in flight at one logical unit
 * and measures what the ring and the handler behind it give. Everything runs on loop 0.
 */
#ifndef SLUICE_BENCH_LOAD_H
#define SLUICE_BENCH_LOAD_H

#include "core/command.h"
#include "host/host.h"

#define LOAD_MAX_DEPTH 256U

struct load;

struct load_task {
	struct sl_cmd cmd;		/* first */
	struct load *load;
	struct load_task *next;		/* on `ended` */
};

struct load_result {
	uint64_t commands;
	uint64_t took_ns;
	uint64_t failures;		/* commands that did not end GOOD */
	uint64_t switches;		/* of the loop's thread, voluntary and not */
	struct loop_counters loop;	/* what the loop did meanwhile */
};

struct load {
	struct host *host;
	/* A run is over; on loop 0. */
	void (*done)(void *arg, const struct load_result *result);
	void *arg;
	/* Private. */
	struct sl_nexus *nexus;
	struct load_task tasks[LOAD_MAX_DEPTH];
	struct load_task *ended;	/* to be submitted again at the end of the round */
	struct loop_work submit_work;
	struct loop_timer retry;	/* until the unit answers GOOD */
	uint32_t depth, outstanding, patience;
	uint64_t run_ns, start_ns, end_ns;
	bool ready;			/* the unit has answered GOOD */
	struct load_result result;
	struct loop_counters before;
	uint64_t switches_before;
};

/* Makes target and LUN 0 for `device` and opens a nexus. 0, or -errno with `why`. */
int load_open(struct load *l, struct host *h, const char *device, char why[256]);
/*
 * Keeps `depth` (1 .. LOAD_MAX_DEPTH) TEST UNIT READY in flight for `run_ns`, once the unit is
 * ready; then done() is called. One run at a time: 0, or -EBUSY, -EINVAL.
 */
int load_run(struct load *l, uint32_t depth, uint64_t run_ns);
/* After the loop ended and with no run under way. */
void load_close(struct load *l);

#endif /* SLUICE_BENCH_LOAD_H */
