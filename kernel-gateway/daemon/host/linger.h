/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Whether to linger at the sockets after an answer. An initiator that sends one command
 * after the other speaks soon after it was answered. On another processor it is only just
 * being woken, and to be woken in turn would cost as much again; on ours it cannot run
 * while we look: then this does not pay, and is not done. Whoever lingers need not chase
 * an initiator that the scheduler wakes on whichever processor is idle.
 */
#ifndef SLUICE_DAEMON_LINGER_H
#define SLUICE_DAEMON_LINGER_H

#include "spin.h"

#define LINGER_NS	 100000U /* an answer's wake-up elsewhere and the way back: 45 us measured, and as much again */
#define LINGER_UNDER_WAY 2U	 /* who has more under way does not wait for the one answer */
#define LINGER_CHASES	 4U	 /* moves after an initiator that answered each by moving away */

struct lingering {
	struct spin share;	/* of lingers that paid */
	bool heard;		/* such an initiator has spoken since the last time that was tried in vain */
	uint32_t chases;
};

/* As `spin` is: only where that is adaptive, and there is a second processor. */
void linger_init(struct lingering *g, const struct spin *spin);
/*
 * An initiator with so many commands under way spoke to a loop that keeps to a processor
 * for its sake, or not. False: the loop stays where it is, for it lingers.
 */
bool linger_heard(struct lingering *g, uint32_t under_way, bool settled);
/* The loop moved after it. */
void linger_chased(struct lingering *g);
/* Try it now? Not while handlers hold commands: their answers come first. */
bool linger_wanted(struct lingering *g, bool in_flight);
/* When one that begins now ends. */
uint64_t linger_deadline(const struct lingering *g, uint64_t now_ns);
/* What became of it. */
void linger_record(struct lingering *g, bool hit);

#endif /* SLUICE_DAEMON_LINGER_H */
