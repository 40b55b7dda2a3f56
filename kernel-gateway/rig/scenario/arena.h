/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Memory that is freed all at once: what a parsed file consists of. */
#ifndef SLUICE_RIG_SCENARIO_ARENA_H
#define SLUICE_RIG_SCENARIO_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
};

/* Zeroed, aligned for anything. Never NULL: a program without memory ends with a message. */
void *arena_alloc(struct arena *a, size_t bytes);
/* NUL-terminated copy of `len` characters. */
char *arena_text(struct arena *a, const char *text, size_t len);
char *arena_format(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *a);

#endif /* SLUICE_RIG_SCENARIO_ARENA_H */
