/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which processors the loops run on, and the arithmetic of following.
 *
 * On a small virtual machine a wake-up across processors costs ten times what one on
 * the same processor does: the other one has gone idle, and an idle virtual processor
 * has to be kicked by the hypervisor. So a loop that follows keeps to the processor
 * where its initiator's packets come in, and asks the handler's threads to join it.
 */
#ifndef SLUICE_DAEMON_PLACEMENT_H
#define SLUICE_DAEMON_PLACEMENT_H

#include <stdbool.h>
#include <stdint.h>

#define PLACEMENT_MAX_CPUS 64U

enum placement_kind {
	PLACEMENT_ANY,		/* the scheduler places every loop */
	PLACEMENT_FOLLOW,	/* where the packets come in */
	PLACEMENT_FIXED,	/* loop i keeps to cpus[i % n_cpus] */
};

struct placement {
	enum placement_kind kind;
	uint32_t n_cpus;
	int cpus[PLACEMENT_MAX_CPUS];
};

/*
 * "auto" (FOLLOW on up to PLACEMENT_SMALL processors, else ANY), "any", "follow", or a list
 * such as "0,2-3". 0, or -EINVAL with nothing changed.
 */
#define PLACEMENT_SMALL 2
int placement_parse(const char *text, struct placement *out);

/* Processors that this process may use. */
int placement_usable_cpus(void);

/* One loop's. */
struct follow {
	bool on;
	int cpu;		/* where the loop keeps; -1: anywhere */
	int candidate;
	uint32_t heard;		/* since the last vote */
	uint32_t votes;		/* for the candidate, in a row */
};

#define FOLLOW_EVERY 16U	/* a system call for the vote of every 16th message */
#define FOLLOW_VOTES 4U		/* in a row, so that two initiators do not toss the loop about */

/* A message came; is it time to ask where from? */
static inline bool follow_asks(struct follow *f)
{
	if (!f->on || ++f->heard < FOLLOW_EVERY)
		return false;
	f->heard = 0;
	return true;
}
/* The message came in on `cpu`. True: the loop is to move there; f->cpu has it. */
bool follow_vote(struct follow *f, int cpu);

#endif /* SLUICE_DAEMON_PLACEMENT_H */
