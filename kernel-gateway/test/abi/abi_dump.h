/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The ABI as text, for a comparison with another language's layouts. One
 * `name value` per line, values in decimal:
 *
 *	sluice_desc.size 128
 *	sluice_desc.buf_off.offset 48
 *	sluice_desc.buf_off.size 8
 *	SLUICE_MAX_QUEUES 64
 */
#ifndef SLUICE_TEST_ABI_DUMP_H
#define SLUICE_TEST_ABI_DUMP_H

#include <stdio.h>

void abi_dump(FILE *out);

#endif /* SLUICE_TEST_ABI_DUMP_H */
