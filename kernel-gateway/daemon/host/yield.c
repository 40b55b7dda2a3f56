/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "yield.h"

void yield_init(struct yield *y, bool on)
{
	*y = (struct yield){
		.share = { .budget_ns = on, .hit_share = SPIN_ONE / 2, .adaptive = true },
	};
}

bool yield_wanted(struct yield *y, uint64_t now_ns)
{
	return now_ns >= y->rest_until_ns && spin_wanted(&y->share);
}

bool yield_pays(const struct yield *y)
{
	return spin_pays(&y->share);
}

void yield_record(struct yield *y, bool hit, uint64_t longest_ns, uint64_t now_ns)
{
	bool dear = longest_ns > YIELD_DEAR_NS;
	uint64_t rest_ns = YIELD_REST * longest_ns;

	spin_record(&y->share, hit && !dear);
	if (dear)
		y->rest_until_ns = now_ns + (rest_ns < YIELD_REST_NS ? rest_ns : YIELD_REST_NS);
}
