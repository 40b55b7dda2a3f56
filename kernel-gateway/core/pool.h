/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The data pool of a session: a binary buddy allocator over blocks of 4 KiB to
 * 16 MiB. What it knows stands in private memory; the pool itself, which the
 * handler can write, is never read for it. Caller's lock.
 *
 * A freed block goes first to a short stack of its size, unmerged, for most
 * commands of a device are of one size; the stacks are merged when an allocation
 * finds nothing.
 */
#ifndef SLUICE_CORE_POOL_H
#define SLUICE_CORE_POOL_H

#include "port.h"
#include "sluice/abi.h"

#define SL_POOL_ORDERS	13U		/* 4 KiB << 12 = 16 MiB */
#define SL_POOL_STACK	64U
#define SL_POOL_NONE	0xffffffffU

struct sl_pool_page {
	u32 next, prev;			/* free list of its order, by page number */
	u8  order;			/* of the block that starts here */
	u8  state;			/* enum in pool.c */
};

struct sl_pool {
	struct sl_pool_page *pages;
	u32 n_pages;
	u32 used_pages;			/* handed out */
	u32 head[SL_POOL_ORDERS];
	u32 stacked[SL_POOL_ORDERS];
	u32 stack[SL_POOL_ORDERS][SL_POOL_STACK];
};

/* Allocates. `bytes` is a multiple of SLUICE_MAX_BUFFER. 0 or -ENOMEM. */
int sl_pool_init(struct sl_pool *p, u64 bytes);
void sl_pool_exit(struct sl_pool *p);
/* The smallest order whose block holds `bytes`. */
u32 sl_pool_order(u32 bytes);
/* First page of the block, or SL_POOL_NONE. */
u32 sl_pool_alloc(struct sl_pool *p, u32 order);
/* -EINVAL (and nothing changes) if no block of that order was handed out there. */
int sl_pool_free(struct sl_pool *p, u32 page, u32 order);

#endif /* SLUICE_CORE_POOL_H */
