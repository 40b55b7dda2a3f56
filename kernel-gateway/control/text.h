/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Checks on what a client's message carries: texts and reserved bytes. */
#ifndef SLUICE_CONTROL_TEXT_H
#define SLUICE_CONTROL_TEXT_H

#ifdef __KERNEL__
#include <linux/kernel.h> /* snprintf */
#else
#include <stdio.h>
#endif

#include "core/port.h"

enum text_need { TEXT_REQUIRED, TEXT_OPTIONAL };

/*
 * UTF-8 without control characters, NUL-terminated within `size`, zero behind.
 * 0, or -EINVAL with `why`, which names the field.
 */
int text_check(const char *text, size_t size, const char *field, enum text_need need,
	       char why[256]);
#define TEXT_CHECK(structure, member, need, why) \
	text_check((structure)->member, sizeof((structure)->member), #member, need, why)

/* 0, or -EINVAL with `why`. */
int reserved_check(const void *bytes, size_t size, const char *field, char why[256]);
#define RESERVED_CHECK(structure, member, why) \
	reserved_check(&(structure)->member, sizeof((structure)->member), #member, why)

#endif /* SLUICE_CONTROL_TEXT_H */
