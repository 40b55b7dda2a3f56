/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "preemption.h"
#include "aca.h"
#include "event.h"
#include "sense.h"
#include "service.h"
#include "task_management.h"

void sl_preempt_begin(struct sl_cmd *cmd)
{
	/* Its own count: it cannot be answered while it still looks for commands. */
	sl_store_release(&cmd->core.itl->dev->preempting, 1);
}

void sl_preempt(struct sl_cmd *cmd, struct sl_itl *itl, struct sl_work *w)
{
	struct sl_device *dev = itl->dev;
	bool own = itl->nexus == cmd->nexus;
	bool tas = sl_load_relaxed(&dev->control_mode) & SLUICE_CONTROL_MODE_TAS;
	struct sl_list *pos, *tmp;
	bool any = false;

	sl_list_for_each_safe(pos, tmp, &itl->tasks) {
		struct sl_cmd *other = sl_entry(pos, struct sl_cmd, core.task);

		if (other == cmd || other->core.preempted)
			continue;
		other->core.preempted = 1;
		sl_fetch_add_acq_rel(&dev->preempting, 1);
		any |= sl_cmd_abort(other, own || !tas ? SL_ABORT_SILENT : SL_ABORT_TASK_ABORTED,
				    w);
	}
	/* Those whose response is just being given: too late to abort, but awaited. */
	sl_list_for_each(pos, &itl->nexus->endings) {
		struct sl_ending *e = sl_entry(pos, struct sl_ending, link);

		if (e->itl != itl || e->preempted)
			continue;
		e->preempted = true;
		sl_fetch_add_acq_rel(&dev->preempting, 1);
	}
	sl_event_lapse(itl, w);
	sl_aca_clear(itl, w); /* SPC-5 5.14.11.2.6, SAM-6 5.10.6 */
	if (any && !own && !tas)
		sl_ua_add(itl, SL_ASC_COMMANDS_CLEARED >> 8, SL_ASC_COMMANDS_CLEARED & 0xff);
}

void sl_preempt_put(struct sl_device *dev, struct sl_work *w)
{
	/* Who preempts has the device's turn until it ends. */
	if (sl_fetch_sub_acq_rel(&dev->preempting, 1) == 1)
		sl_work_add_event(w, dev->turn, SL_EV_SERVED);
}
