/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES 65536u
#define ALIGN	    16u

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, room;
	_Alignas(ALIGN) char bytes[];
};

static void *from_chunk(struct arena_chunk *c, size_t bytes)
{
	void *p = c->bytes + c->used;

	c->used += bytes;
	return p;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	struct arena_chunk *c = a->chunks;
	size_t room = CHUNK_BYTES;

	bytes = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (c && c->room - c->used >= bytes)
		return from_chunk(c, bytes);
	if (bytes > room)
		room = bytes;
	c = calloc(1, sizeof(*c) + room);
	if (!c) {
		fprintf(stderr, "sluice-rig: no memory for %zu bytes: give the process more\n",
			room);
		exit(1);
	}
	c->room = room;
	c->next = a->chunks;
	a->chunks = c;
	return from_chunk(c, bytes);
}

char *arena_text(struct arena *a, const char *text, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *arena_format(struct arena *a, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return arena_text(a, text, strlen(text));
}

void arena_free(struct arena *a)
{
	while (a->chunks) {
		struct arena_chunk *next = a->chunks->next;

		free(a->chunks);
		a->chunks = next;
	}
}
