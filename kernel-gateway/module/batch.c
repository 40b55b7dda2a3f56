// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "batch.h"
#include "handler_session.h"

/* NULL: doorbells are rung at once. */
static DEFINE_PER_CPU(struct sluice_batch *, current_batch);

struct sluice_batch *sluice_batch_begin(struct sluice_batch *b)
{
	preempt_disable();
	this_cpu_write(current_batch, b);
	return b;
}

void sluice_batch_end(struct sluice_batch *b, bool last)
{
	this_cpu_write(current_batch, NULL);
	preempt_enable();
	if (last)
		sluice_batch_flush(b);
}

void sluice_batch_flush(struct sluice_batch *b)
{
	struct llist_node *node = llist_del_all(&b->dirty), *next;

	for (; node; node = next) {
		/* Rung, it may be noted again, elsewhere. */
		next = node->next;
		sluice_ring_doorbell(node);
	}
}

bool sluice_batch_note(struct llist_node *ring)
{
	struct sluice_batch *b = this_cpu_read(current_batch);

	if (!b)
		return false;
	llist_add(ring, &b->dirty);
	return true;
}
