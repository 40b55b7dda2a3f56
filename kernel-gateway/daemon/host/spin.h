/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Whether to spin before sleeping. Spinning pays when the answer comes sooner than
 * a wake-up costs, and never when the spinner keeps the answerer off the CPU; so
 * the budget is the measured price of a wake-up, and an exponentially weighted
 * share of spins that found work decides whether the next one is tried at all.
 */
#ifndef SLUICE_DAEMON_SPIN_H
#define SLUICE_DAEMON_SPIN_H

#include <stdbool.h>
#include <stdint.h>

struct spin {
	uint64_t budget_ns;	/* 0: never */
	uint32_t hit_share;	/* 0 .. SPIN_ONE, weighted share of spins that paid */
	uint32_t skipped;	/* spins not tried since the last probe */
	bool adaptive;
};

#define SPIN_ONE	  65536U
#define SPIN_PROBE_EVERY  256U	/* how often a spin that does not pay is tried all the same */
#define SPIN_BRIEF_NS	  5000U	/* that long while something else pays: an answer from another processor is there by then */

/* budget_ns as given, or adaptive with a measured budget for LOOP_SPIN_AUTO. */
void spin_init(struct spin *s, uint64_t spin_ns);
/* Try a spin now? While they pay, and a probe now and then while they do not. */
bool spin_wanted(struct spin *s);
/* They pay at present; of one that is not adaptive nobody asks. */
static inline bool spin_pays(const struct spin *s)
{
	return s->budget_ns && s->hit_share >= SPIN_ONE / 4;
}

/* How long one that is wanted may take; a probe is brief when a way to wait that keeps nobody waiting pays. */
uint64_t spin_length(const struct spin *s, bool else_pays);
/* What became of it. */
void spin_record(struct spin *s, bool hit);
/*
 * The price of waking a sleeping thread and its wake-up, ns; measured once per
 * process (some milliseconds), by two threads that pass an eventfd to and fro.
 */
uint64_t spin_wake_price(void);

static inline void spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ __volatile__("yield" ::: "memory");
#endif
}

#endif /* SLUICE_DAEMON_SPIN_H */
