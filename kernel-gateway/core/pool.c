/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "pool.h"

enum {
	PAGE_INNER,   /* inside a block */
	PAGE_FREE,    /* starts a free block, in its list */
	PAGE_STACKED, /* starts a free block, on its stack */
	PAGE_USED,    /* starts a block that was handed out */
};

static void list_push(struct sl_pool *p, u32 page, u32 order)
{
	struct sl_pool_page *pg = &p->pages[page];

	pg->order = (u8)order;
	pg->state = PAGE_FREE;
	pg->prev = SL_POOL_NONE;
	pg->next = p->head[order];
	if (pg->next != SL_POOL_NONE)
		p->pages[pg->next].prev = page;
	p->head[order] = page;
}

static void list_remove(struct sl_pool *p, u32 page)
{
	struct sl_pool_page *pg = &p->pages[page];

	if (pg->prev != SL_POOL_NONE)
		p->pages[pg->prev].next = pg->next;
	else
		p->head[pg->order] = pg->next;
	if (pg->next != SL_POOL_NONE)
		p->pages[pg->next].prev = pg->prev;
	pg->state = PAGE_INNER;
}

int sl_pool_init(struct sl_pool *p, u64 bytes)
{
	const u32 top = SL_POOL_ORDERS - 1;

	memset(p, 0, sizeof(*p));
	p->n_pages = (u32)(bytes / SLUICE_PAGE);
	p->pages = sl_alloc((size_t)p->n_pages * sizeof(*p->pages));
	if (!p->pages)
		return -ENOMEM;
	for (u32 i = 0; i < SL_POOL_ORDERS; i++)
		p->head[i] = SL_POOL_NONE;
	/* From the end, so that the first allocation gets the pool's start. */
	for (u32 page = p->n_pages; page >= 1U << top; page -= 1U << top)
		list_push(p, page - (1U << top), top);
	return 0;
}

void sl_pool_exit(struct sl_pool *p)
{
	sl_free(p->pages);
	p->pages = NULL;
	p->n_pages = 0;
}

u32 sl_pool_order(u32 bytes)
{
	u32 pages = (bytes + SLUICE_PAGE - 1) / SLUICE_PAGE;

	return pages <= 1 ? 0 : 32U - (u32)__builtin_clz(pages - 1);
}

/* Splits the smallest block that is large enough. */
static u32 buddy_alloc(struct sl_pool *p, u32 order)
{
	u32 have = order;
	u32 page;

	while (have < SL_POOL_ORDERS && p->head[have] == SL_POOL_NONE)
		have++;
	if (have == SL_POOL_ORDERS)
		return SL_POOL_NONE;
	page = p->head[have];
	list_remove(p, page);
	while (have > order) {
		have--;
		list_push(p, page + (1U << have), have);
	}
	return page;
}

/* Merges with its buddy as long as that one is free and whole. */
static void buddy_free(struct sl_pool *p, u32 page, u32 order)
{
	while (order < SL_POOL_ORDERS - 1) {
		u32 buddy = page ^ (1U << order);

		if (p->pages[buddy].state != PAGE_FREE || p->pages[buddy].order != order)
			break;
		list_remove(p, buddy);
		p->pages[page].state = PAGE_INNER;
		page = sl_min(page, buddy);
		order++;
	}
	list_push(p, page, order);
}

static bool merge_stacks(struct sl_pool *p)
{
	bool any = false;

	for (u32 order = 0; order < SL_POOL_ORDERS; order++) {
		while (p->stacked[order] > 0) {
			buddy_free(p, p->stack[order][--p->stacked[order]], order);
			any = true;
		}
	}
	return any;
}

u32 sl_pool_alloc(struct sl_pool *p, u32 order)
{
	u32 page;

	if (order >= SL_POOL_ORDERS)
		return SL_POOL_NONE;
	if (p->stacked[order] > 0) {
		page = p->stack[order][--p->stacked[order]];
	} else {
		page = buddy_alloc(p, order);
		if (page == SL_POOL_NONE && merge_stacks(p))
			page = buddy_alloc(p, order);
		if (page == SL_POOL_NONE)
			return SL_POOL_NONE;
	}
	p->pages[page].state = PAGE_USED;
	p->pages[page].order = (u8)order;
	p->used_pages += 1U << order;
	return page;
}

int sl_pool_free(struct sl_pool *p, u32 page, u32 order)
{
	if (page >= p->n_pages || p->pages[page].state != PAGE_USED ||
	    p->pages[page].order != order)
		return -EINVAL;
	p->used_pages -= 1U << order;
	if (p->stacked[order] < SL_POOL_STACK) {
		p->pages[page].state = PAGE_STACKED;
		p->stack[order][p->stacked[order]++] = page;
	} else {
		buddy_free(p, page, order);
	}
	return 0;
}
