/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "linger.h"

void linger_init(struct lingering *g, const struct spin *spin)
{
	*g = (struct lingering){ .share = *spin };
	g->share.budget_ns = spin->adaptive && spin->budget_ns ? LINGER_NS : 0;
}

bool linger_heard(struct lingering *g, uint32_t under_way, bool settled)
{
	g->heard = under_way <= LINGER_UNDER_WAY;
	if (!spin_pays(&g->share))
		g->chases = 0;
	return !g->heard || !settled || g->chases < LINGER_CHASES;
}

void linger_chased(struct lingering *g)
{
	g->chases++;
}

bool linger_wanted(struct lingering *g, bool in_flight)
{
	return g->heard && !in_flight && spin_wanted(&g->share);
}

uint64_t linger_deadline(const struct lingering *g, uint64_t now_ns)
{
	return now_ns + g->share.budget_ns;
}

void linger_record(struct lingering *g, bool hit)
{
	g->heard = hit;
	spin_record(&g->share, hit);
}
