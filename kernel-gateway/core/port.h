/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the core needs from the world it is compiled into, and nothing else:
 * integer types, atomics, a spinlock, intrusive lists, allocation. One half for the
 * kernel (with the module), one for user space.
 */
#ifndef SLUICE_CORE_PORT_H
#define SLUICE_CORE_PORT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#ifndef U64_MAX
#define U64_MAX UINT64_MAX
#endif

#endif /* SLUICE_CORE_PORT_H */
