/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Intrusive, circular, doubly linked lists. An idle node points to itself. */
#ifndef SLUICE_CORE_LIST_H
#define SLUICE_CORE_LIST_H

#include "port.h"

struct sl_list {
	struct sl_list *next, *prev;
};

#define sl_entry(node, type, member) \
	((type *)(void *)((char *)(node) - offsetof(type, member)))

static inline void sl_list_init(struct sl_list *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool sl_list_empty(const struct sl_list *l)
{
	return l->next == l;
}

static inline void sl_list_add_tail(struct sl_list *head, struct sl_list *node)
{
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

static inline void sl_list_del(struct sl_list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	sl_list_init(node);
}

/* Takes the oldest; NULL if there is none. */
static inline struct sl_list *sl_list_pop(struct sl_list *head)
{
	struct sl_list *node = head->next;

	if (node == head)
		return NULL;
	sl_list_del(node);
	return node;
}

#define sl_list_for_each(pos, head) \
	for ((pos) = (head)->next; (pos) != (head); (pos) = (pos)->next)

/* `pos` may leave the list in the body. */
#define sl_list_for_each_safe(pos, tmp, head) \
	for ((pos) = (head)->next, (tmp) = (pos)->next; (pos) != (head); \
	     (pos) = (tmp), (tmp) = (pos)->next)

#endif /* SLUICE_CORE_LIST_H */
