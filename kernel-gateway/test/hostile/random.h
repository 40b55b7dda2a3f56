/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Numbers that a seed decides: the same seed, the same numbers, whatever the machine does meanwhile. */
#ifndef SLUICE_TEST_HOSTILE_RANDOM_H
#define SLUICE_TEST_HOSTILE_RANDOM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct random {
	uint64_t state;
};

/* SplitMix64: every state is a good one, so any seed will do. */
static inline uint64_t random_u64(struct random *r)
{
	uint64_t z = (r->state += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static inline uint32_t random_below(struct random *r, uint32_t bound)
{
	return (uint32_t)(random_u64(r) >> 32) % bound;
}

static inline void random_bytes(struct random *r, void *to, size_t len)
{
	uint8_t *at = to;

	while (len) {
		uint64_t v = random_u64(r);
		size_t n = len < sizeof(v) ? len : sizeof(v);

		memcpy(at, &v, n);
		at += n;
		len -= n;
	}
}

#endif /* SLUICE_TEST_HOSTILE_RANDOM_H */
