/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Compile-time proof that this compiler lays the ABI out as abi_fields.h says. No code. */
#include "abi_fields.h"

#include "port.h"

#define ASSERT_FIELD(structure, field, offset, size)                        \
	_Static_assert(offsetof(struct structure, field) == (offset),       \
		       #structure "." #field " is not at offset " #offset); \
	_Static_assert(sizeof(((struct structure *)0)->field) == (size),    \
		       #structure "." #field " is not " #size " bytes");

/* The fields listed fill the structure, so none was forgotten and there is no hidden padding. */
#define PLUS_SIZE(structure, field, offset, size) +(size)
#define ASSERT_STRUCT(structure, size)                                                            \
	_Static_assert(sizeof(struct structure) == (size), #structure " is not " #size " bytes"); \
	_Static_assert(0 ABI_FIELDS_##structure(PLUS_SIZE) == (size),                             \
		       #structure " has bytes that no listed field covers");                      \
	ABI_FIELDS_##structure(ASSERT_FIELD)

ABI_STRUCTS(ASSERT_STRUCT)

/* Tags index power-of-two rings, and pages hold whole descriptors. */
_Static_assert((SLUICE_MAX_DEPTH & (SLUICE_MAX_DEPTH - 1)) == 0, "depth is a power of two");
_Static_assert(SLUICE_PAGE % sizeof(struct sluice_desc) == 0, "a descriptor crosses a page");
_Static_assert(sizeof(struct sluice_desc) == 128, "a descriptor is two cache lines");
_Static_assert(sizeof(struct sluice_completion) == 32, "two completions share a cache line");
