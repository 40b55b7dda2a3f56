/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Doorbells of several commands at once. Between begin and end the queues that the core calls
 * dirty are noted in the batch instead of being rung; who flushes it rings each once. A batch
 * is a hardware queue's, and its flush comes within the same RCU read-side section (the
 * block layer's dispatch) as its begin: that keeps sessions whose queues are noted.
 */
#ifndef SLUICE_MODULE_BATCH_H
#define SLUICE_MODULE_BATCH_H

#include <linux/llist.h>

struct sluice_batch {
	struct llist_head dirty;
};

/* No sleep until the end: it is this processor's. */
struct sluice_batch *sluice_batch_begin(struct sluice_batch *b);
/* Flushes it if it was the last command of several. */
void sluice_batch_end(struct sluice_batch *b, bool last);
void sluice_batch_flush(struct sluice_batch *b);
/* The core says that a queue is dirty, once until its doorbell: notes it if there is a batch. */
bool sluice_batch_note(struct llist_node *ring);

#endif /* SLUICE_MODULE_BATCH_H */
