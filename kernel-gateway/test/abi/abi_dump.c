/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "abi_dump.h"

#include <stddef.h>

#include "abi_constants.h"
#include "core/abi_fields.h"

/* What the compiler says, not what the table says: abi_layout.c holds the two equal. */
#define PRINT_FIELD(structure, field, offset, bytes)                                            \
	fprintf(out, #structure "." #field ".offset %zu\n", offsetof(struct structure, field)); \
	fprintf(out, #structure "." #field ".size %zu\n", sizeof(((struct structure *)0)->field));

#define PRINT_STRUCT(structure, bytes)                                    \
	fprintf(out, #structure ".size %zu\n", sizeof(struct structure)); \
	ABI_FIELDS_##structure(PRINT_FIELD)

#define PRINT_CONSTANT(constant) fprintf(out, #constant " %llu\n", (unsigned long long)(constant));

void abi_dump(FILE *out)
{
	ABI_CONSTANTS(PRINT_CONSTANT)
	ABI_STRUCTS(PRINT_STRUCT)
}
