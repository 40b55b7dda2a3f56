/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which processors the loops run on, and the arithmetic of following.
 *
 * On a small virtual machine a wake-up across processors costs ten times what one on
 * the same processor does: the other one has gone idle, and an idle virtual processor
 * has to be kicked by the hypervisor. So a loop that follows keeps to the processor
 * where its initiator's packets come in, and asks the handler's threads to join it. That
 * holds for initiators that wait for each command. With many under way all sides have
 * work at once; then the loop lets go, and the scheduler spreads them.
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
	uint32_t heard;		/* messages since the last vote */
	uint32_t peak;		/* most commands that were under way at one of them */
	uint32_t votes;		/* for the candidate, in a row */
};

#define FOLLOW_EVERY 16U	/* messages for a vote, and a system call */
#define FOLLOW_SHALLOW 2U	/* with at most so many under way an initiator waits for each */
#define FOLLOW_DEEP 8U		/* with at least so many it keeps everybody busy */
#define FOLLOW_VOTES 4U		/* in a row, so that two initiators do not toss the loop about */

/* A message came, and so many commands are under way with it; is it time for a vote? */
static inline bool follow_asks(struct follow *f, uint32_t under_way)
{
	if (!f->on)
		return false;
	if (f->peak < under_way)
		f->peak = under_way;
	return ++f->heard >= FOLLOW_EVERY;
}
/*
 * The vote: messages come in on `cpu` (-1: not known). True: the loop is to move to f->cpu,
 * or, if that is -1, anywhere.
 */
bool follow_vote(struct follow *f, int cpu);

#endif /* SLUICE_DAEMON_PLACEMENT_H */
