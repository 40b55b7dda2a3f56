/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "stage.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int stage_create(struct stage **out, char why[STAGE_WHY])
{
	struct stage *s = mmap(NULL, sizeof(*s) + STAGE_MEDIA, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int err = errno;

	if (s == MAP_FAILED) {
		snprintf(why, STAGE_WHY,
			 "mmap of %llu MiB for a handler's script and media: %s: give the process "
			 "more memory",
			 STAGE_MEDIA >> 20, strerror(err));
		return -err;
	}
	*out = s;
	return 0;
}

void stage_destroy(struct stage *s)
{
	munmap(s, sizeof(*s) + STAGE_MEDIA);
}

int stage_device_new(struct stage *s, uint64_t bytes, uint32_t block_bytes, char why[STAGE_WHY])
{
	uint64_t rounded = (bytes + 4095) & ~4095ull;
	uint32_t n = s->n_devices;

	if (n == STAGE_DEVICES) {
		snprintf(why, STAGE_WHY, "a handler has at most %u devices here: use another one",
			 STAGE_DEVICES);
		return -1;
	}
	if (rounded > STAGE_MEDIA - s->media_used) {
		snprintf(why, STAGE_WHY,
			 "%llu bytes for a device: the handler has %llu left: make it smaller",
			 (unsigned long long)bytes,
			 (unsigned long long)(STAGE_MEDIA - s->media_used));
		return -1;
	}
	s->devices[n] = (struct stage_device){ .media_off = s->media_used,
					       .blocks = bytes / block_bytes,
					       .block_bytes = block_bytes };
	s->media_used += rounded;
	atomic_store(&s->n_devices, n + 1);
	return (int)n;
}

bool stage_rule_add(struct stage *s, const struct script_rule *rule)
{
	uint32_t n = s->n_rules;

	if (n == STAGE_RULES)
		return false;
	s->rules[n] = *rule;
	s->hits[n] = 0;
	/* Release: the rule before its number. */
	atomic_store(&s->n_rules, n + 1);
	return true;
}

bool stage_wait(_Atomic uint32_t *word, uint32_t seen, uint64_t bound_ns)
{
	const struct timespec bound = { (time_t)(bound_ns / 1000000000),
					(long)(bound_ns % 1000000000) };

	if (atomic_load(word) == seen)
		syscall(SYS_futex, word, FUTEX_WAIT, seen, &bound, NULL, 0);
	return atomic_load(word) != seen;
}

void stage_wake(_Atomic uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
