/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "spin.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "loop.h"
#include "placement.h"

#define CALIBRATION_ROUNDS 200
#define PRICE_FALLBACK_NS  10000
#define BUDGET_MAX_NS	   50000

struct ping {
	int to;
	int fro;
};

static void *answer(void *arg)
{
	struct ping *p = arg;
	uint64_t value;

	for (int i = 0; i < CALIBRATION_ROUNDS; i++) {
		if (read(p->to, &value, sizeof(value)) < 0 ||
		    write(p->fro, &value, sizeof(value)) < 0)
			break;
	}
	return NULL;
}

/* Half of the shortest round trip: one write, one wake-up of a sleeper. */
static uint64_t ping_pong(const struct ping *p)
{
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < CALIBRATION_ROUNDS; i++) {
		uint64_t value = 1, start = loop_clock(), took;

		if (write(p->to, &value, sizeof(value)) < 0 ||
		    read(p->fro, &value, sizeof(value)) < 0)
			break;
		took = loop_clock() - start;
		if (took < best)
			best = took;
	}
	return best == UINT64_MAX ? PRICE_FALLBACK_NS : best / 2;
}

static uint64_t price_ns;

static void measure(void)
{
	struct ping p = { eventfd(0, EFD_CLOEXEC), eventfd(0, EFD_CLOEXEC) };
	pthread_t thread;

	price_ns = PRICE_FALLBACK_NS;
	if (p.to >= 0 && p.fro >= 0 && pthread_create(&thread, NULL, answer, &p) == 0) {
		price_ns = ping_pong(&p);
		pthread_join(thread, NULL);
	}
	if (p.to >= 0)
		close(p.to);
	if (p.fro >= 0)
		close(p.fro);
}

uint64_t spin_wake_price(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, measure);
	return price_ns;
}

void spin_init(struct spin *s, uint64_t spin_ns)
{
	s->adaptive = spin_ns == LOOP_SPIN_AUTO;
	s->budget_ns = spin_ns;
	/* Optimistic at first: a start-up's few spins that miss cost nothing. */
	s->hit_share = SPIN_ONE / 2;
	s->skipped = 0;
	if (!s->adaptive)
		return;
	/* Alone on one CPU, who spins waits for somebody who cannot run. */
	if (placement_usable_cpus() < 2) {
		s->budget_ns = 0;
		return;
	}
	s->budget_ns = 2 * spin_wake_price();
	if (s->budget_ns > BUDGET_MAX_NS)
		s->budget_ns = BUDGET_MAX_NS;
}

bool spin_wanted(struct spin *s)
{
	if (s->budget_ns == 0)
		return false;
	if (!s->adaptive || spin_pays(s))
		return true;
	if (++s->skipped < SPIN_PROBE_EVERY)
		return false;
	s->skipped = 0;
	return true;
}

uint64_t spin_length(const struct spin *s, bool else_pays)
{
	if (!s->adaptive || spin_pays(s) || !else_pays || s->budget_ns < SPIN_BRIEF_NS)
		return s->budget_ns;
	return SPIN_BRIEF_NS;
}

void spin_record(struct spin *s, bool hit)
{
	/* Weight 1/16: some dozens of commands decide. */
	s->hit_share -= s->hit_share / 16;
	if (hit)
		s->hit_share += SPIN_ONE / 16;
}
