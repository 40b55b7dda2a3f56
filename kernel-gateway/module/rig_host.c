// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <linux/delay.h>

#include "rig_host.h"

struct rig_fabric sluice_rigs;

static DEFINE_MUTEX(turn);
static LLIST_HEAD(ended);

static void run_ended(struct work_struct *work)
{
	rigs_lock();
	rigs_unlock();
}

static DECLARE_WORK(ended_work, run_ended);

void rig_host_later(struct rig_fabric *f, struct rig_work *w)
{
	/* Who adds the first calls for a turn; it takes all that came before it did. */
	if (llist_add(&w->node, &ended))
		queue_work(sluice_host.work, &ended_work);
}

void rigs_lock(void)
{
	struct rig_work *w, *next;
	struct llist_node *list;

	mutex_lock(&turn);
	/* Newest first as they lie there, oldest first as they run. */
	list = llist_reverse_order(llist_del_all(&ended));
	llist_for_each_entry_safe(w, next, list, node)
		w->run(w);
}

void rigs_unlock(void)
{
	mutex_unlock(&turn);
}

void rigs_start(void)
{
	sluice_rigs.gateway = sluice_host.gateway;
}

void rigs_stop(void)
{
	for (;;) {
		bool none;

		rigs_lock();
		none = !sluice_rigs.rigs;
		rigs_unlock();
		if (none)
			break;
		msleep(20);
	}
	cancel_work_sync(&ended_work);
}
