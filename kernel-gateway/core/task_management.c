/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Task management (SAM-6 7). A function counts the commands whose end it must
 * await; each of them points to it. Two functions may meet at one command: the
 * later one then also awaits every function that was under way at that moment,
 * whose own waits are bounded, so that there is no circle.
 */
#include "reservation.h"
#include "aca.h"
#include "control_mode.h"
#include "event.h"
#include "sense.h"
#include "session.h"
#include "task_management.h"

void sl_tmf_start(struct sl_tmf *tmf, struct sl_work *w)
{
	struct sl_gateway *gw = w->gw;

	tmf->response = SLUICE_TMF_COMPLETE;
	memset(tmf->information, 0, sizeof(tmf->information));
	tmf->core.pending = 1;
	tmf->core.horizon = 0;
	sl_spin_lock(&gw->tmf_lock);
	tmf->core.sequence = ++gw->tmf_sequence;
	sl_list_add_tail(&gw->tmfs, &tmf->core.link);
	sl_spin_unlock(&gw->tmf_lock);
}

/* The oldest that still waits for a command of its own; U64_MAX: none does. Under tmf_lock. */
static u64 oldest_pending(struct sl_gateway *gw)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &gw->tmfs) {
		const struct sl_tmf *tmf = sl_entry(pos, struct sl_tmf, core.link);

		if (sl_load_acquire(&tmf->core.pending) > 0)
			return tmf->core.sequence;
	}
	return U64_MAX;
}

/* With every one up to its horizon. A horizon of 0 is below all. */
static bool is_complete(const struct sl_tmf *tmf, u64 oldest)
{
	return sl_load_acquire(&tmf->core.pending) == 0 && tmf->core.horizon < oldest;
}

void sl_tmf_put(struct sl_tmf *tmf, struct sl_work *w)
{
	struct sl_gateway *gw = w->gw;
	struct sl_list *pos, *tmp;
	struct sl_list done;
	u64 oldest;

	if (sl_fetch_sub_acq_rel(&tmf->core.pending, 1) != 1)
		return;
	/* From here on another thread may answer it. */
	sl_list_init(&done);
	sl_spin_lock(&gw->tmf_lock);
	oldest = oldest_pending(gw);
	sl_list_for_each_safe(pos, tmp, &gw->tmfs) {
		if (!is_complete(sl_entry(pos, struct sl_tmf, core.link), oldest))
			continue;
		sl_list_del(pos);
		sl_list_add_tail(&done, pos);
	}
	sl_spin_unlock(&gw->tmf_lock);
	while ((pos = sl_list_pop(&done))) {
		struct sl_tmf *t = sl_entry(pos, struct sl_tmf, core.link);
		struct sl_nexus *n = t->nexus;

		if (!t->core.internal)
			n->ops->tmf_done(t);
		sl_nexus_put(n, w);
	}
}

/* ---- Commands affected -------------------------------------------------- */

static bool watch(struct sl_tmf **slot, struct sl_tmf *tmf, struct sl_gateway *gw)
{
	if (*slot == tmf)
		return false;
	if (*slot) {
		sl_spin_lock(&gw->tmf_lock);
		tmf->core.horizon = gw->tmf_sequence;
		sl_spin_unlock(&gw->tmf_lock);
	} else {
		*slot = tmf;
		sl_fetch_add_acq_rel(&tmf->core.pending, 1);
	}
	return true;
}

bool sl_cmd_abort(struct sl_cmd *cmd, enum sl_abort_kind kind, struct sl_work *w)
{
	/* Of one whose result stands only the end is awaited. */
	bool first = cmd->core.abort_kind == SL_ABORT_NONE && cmd->core.state != SL_ENDING;

	if (first)
		cmd->core.abort_kind = (u8)kind;
	sl_cmd_event(cmd, SL_EV_ABORT, w);
	return first;
}

/* Under the lock of the command's nexus. */
static bool affect(struct sl_cmd *cmd, struct sl_tmf *tmf, enum sl_abort_kind kind,
		   struct sl_work *w)
{
	return watch(&cmd->core.abort, tmf, w->gw) && sl_cmd_abort(cmd, kind, w);
}

/* All commands of an I_T_L nexus; true if that aborts any. Under its nexus's lock. */
static bool affect_itl(struct sl_itl *itl, struct sl_tmf *tmf, enum sl_abort_kind kind,
		       struct sl_work *w)
{
	struct sl_list *pos, *tmp;
	bool any = false;

	sl_list_for_each_safe(pos, tmp, &itl->tasks)
		any |= affect(sl_entry(pos, struct sl_cmd, core.task), tmf, kind, w);
	/* Those whose response is just being given: too late to abort, but awaited. */
	sl_list_for_each(pos, &itl->nexus->endings) {
		struct sl_ending *e = sl_entry(pos, struct sl_ending, link);

		if (e->itl == itl)
			watch(&e->tmf, tmf, w->gw);
	}
	return any;
}

static struct sl_cmd *find_task(struct sl_itl *itl, u64 task_tag)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &itl->tasks) {
		struct sl_cmd *cmd = sl_entry(pos, struct sl_cmd, core.task);

		if (cmd->task_tag == task_tag)
			return cmd;
	}
	return NULL;
}

static void abort_task(struct sl_tmf *tmf, struct sl_itl *itl, struct sl_work *w)
{
	struct sl_cmd *cmd = find_task(itl, tmf->task_tag);
	struct sl_list *pos;

	if (cmd) {
		affect(cmd, tmf, SL_ABORT_SILENT, w);
		return;
	}
	sl_list_for_each(pos, &itl->nexus->endings) {
		struct sl_ending *e = sl_entry(pos, struct sl_ending, link);

		if (e->itl == itl && e->task_tag == tmf->task_tag) {
			watch(&e->tmf, tmf, w->gw);
			return;
		}
	}
	tmf->response = SLUICE_TMF_NO_TASK;
}

/* SAM-6 7.4: without the condition, or of another nexus's, nothing changes. An ACA command is aborted with its own. */
static void clear_aca(struct sl_tmf *tmf, struct sl_itl *itl, struct sl_work *w)
{
	struct sl_task_set *set = sl_task_set_of(itl);
	struct sl_list *pos, *tmp;

	if (sl_load_acquire(&set->faulted) != itl->nexus->id)
		return;
	sl_list_for_each_safe(pos, tmp, &itl->tasks) {
		struct sl_cmd *cmd = sl_entry(pos, struct sl_cmd, core.task);

		/* One of a task set that TST has left behind has to do with another condition. */
		if (cmd->core.set == set && cmd->core.passes_aca &&
		    cmd->attribute == SLUICE_ATTR_ACA)
			affect(cmd, tmf, SL_ABORT_SILENT, w);
	}
	sl_aca_clear(itl, w);
}

/* SAM-6 7.11: what the next command would be told, and whether there is more of it. */
static void query_events(struct sl_tmf *tmf, const struct sl_itl *itl)
{
	if (itl->n_ua == 0)
		return;
	tmf->response = SLUICE_TMF_SUCCEEDED;
	tmf->information[0] = (u8)((itl->n_ua == 1 ? 1 : 2) << 4 | SL_KEY_UNIT_ATTENTION);
	tmf->information[1] = itl->ua[0].asc;
	tmf->information[2] = itl->ua[0].ascq;
}

/* What concerns one I_T_L nexus only. Under its nexus's lock. */
static void one_itl(struct sl_tmf *tmf, struct sl_itl *itl, struct sl_work *w)
{
	switch (tmf->function) {
	case SLUICE_TMF_ABORT_TASK:
		abort_task(tmf, itl, w);
		break;
	case SLUICE_TMF_ABORT_TASK_SET:
	case SLUICE_TMF_CLEAR_TASK_SET: /* SAM-6 7.5: of a task set of its own */
		affect_itl(itl, tmf, SL_ABORT_SILENT, w);
		sl_event_device(itl->dev, SLUICE_TMF_ABORT_TASK_SET, itl->nexus->id, w);
		break;
	case SLUICE_TMF_CLEAR_ACA:
		clear_aca(tmf, itl, w);
		break;
	case SLUICE_TMF_QUERY_TASK:
		if (find_task(itl, tmf->task_tag))
			tmf->response = SLUICE_TMF_SUCCEEDED;
		break;
	case SLUICE_TMF_QUERY_TASK_SET:
		if (!sl_list_empty(&itl->tasks))
			tmf->response = SLUICE_TMF_SUCCEEDED;
		break;
	default:
		query_events(tmf, itl);
		break;
	}
}

/* CLEAR TASK SET and resets: the commands of every nexus (SAM-6 5.7, 6.3.3, 7.5). */
static void affect_device(struct sl_tmf *tmf, struct sl_device *dev, struct sl_work *w)
{
	bool tas = sl_control_mode(dev) & SLUICE_CONTROL_MODE_TAS;
	bool reset = tmf->function != SLUICE_TMF_CLEAR_TASK_SET;
	struct sl_list *pos;

	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);
		bool own = itl->nexus == tmf->nexus;
		bool any;

		sl_spin_lock(&itl->nexus->lock);
		any = affect_itl(itl, tmf, own || !tas ? SL_ABORT_SILENT : SL_ABORT_TASK_ABORTED,
				 w);
		/* SAM-6 6.3.3: of a reset every nexus hears, also the one that asked for it. */
		if (reset)
			sl_ua_add(itl, SL_ASC_BUS_DEVICE_RESET >> 8,
				  SL_ASC_BUS_DEVICE_RESET & 0xff);
		else if (!own && any && !tas)
			sl_ua_add(itl, SL_ASC_COMMANDS_CLEARED >> 8,
				  SL_ASC_COMMANDS_CLEARED & 0xff);
		sl_spin_unlock(&itl->nexus->lock);
	}
	sl_spin_unlock(&dev->itl_lock);
	if (reset) {
		sl_legacy_release(dev, 0);
		sl_aca_clear_all(dev, w);
	}
	sl_event_device(dev, tmf->function, tmf->nexus->id, w);
}

/* ---- The functions ------------------------------------------------------ */

/* It concerns every nexus of the device, and not only the one that asks for it. */
static bool concerns_all(const struct sl_tmf *tmf, const struct sl_device *dev)
{
	return tmf->function == SLUICE_TMF_LOGICAL_UNIT_RESET ||
	       (tmf->function == SLUICE_TMF_CLEAR_TASK_SET &&
		sl_tst(sl_control_mode(dev)) == SL_TST_ONE);
}

static void one_unit(struct sl_tmf *tmf, struct sl_work *w)
{
	struct sl_nexus *n = tmf->nexus;
	s32 lun = sl_lun_decode(tmf->lun);
	struct sl_device *dev = NULL;
	struct sl_itl *itl;

	sl_spin_lock(&n->lock);
	itl = lun < 0 ? NULL : sl_nexus_itl(n, (u32)lun);
	if (!itl) {
		tmf->response = SLUICE_TMF_INCORRECT_LUN;
	} else if (concerns_all(tmf, itl->dev)) {
		dev = itl->dev;
	} else {
		one_itl(tmf, itl, w);
	}
	sl_spin_unlock(&n->lock);
	if (dev)
		affect_device(tmf, dev, w);
}

/* Every logical unit that the nexus can see. */
static void target_reset(struct sl_tmf *tmf, struct sl_work *w)
{
	struct sl_nexus *n = tmf->nexus;

	for (u32 lun = 0; lun <= SLUICE_LUN_MAX; lun++) {
		struct sl_device *dev = NULL;
		struct sl_itl *itl;

		sl_spin_lock(&n->lock);
		while (lun <= SLUICE_LUN_MAX && !n->chunks[lun / SL_LUN_CHUNK])
			lun = (lun / SL_LUN_CHUNK + 1) * SL_LUN_CHUNK;
		itl = lun <= SLUICE_LUN_MAX ? sl_nexus_itl(n, lun) : NULL;
		if (itl)
			dev = itl->dev;
		sl_spin_unlock(&n->lock);
		if (dev)
			affect_device(tmf, dev, w);
	}
}

void sl_tmf_abort_nexus(struct sl_tmf *tmf, struct sl_nexus *n, struct sl_work *w)
{
	struct sl_list *pos;

	sl_spin_lock(&n->lock);
	sl_list_for_each(pos, &n->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_nexus);

		affect_itl(itl, tmf, SL_ABORT_SILENT, w);
		sl_aca_clear(itl, w);
		if (n->closing)
			continue;
		sl_ua_add(itl, SL_ASC_NEXUS_LOSS >> 8, SL_ASC_NEXUS_LOSS & 0xff);
		sl_event_lapse(itl, w);
	}
	sl_spin_unlock(&n->lock);
}

void sl_tmf_submit(struct sl_tmf *tmf, u64 now_ns)
{
	struct sl_nexus *n = tmf->nexus;
	struct sl_work w;

	sl_work_init(&w, n->gw, now_ns);
	sl_spin_lock(&n->lock);
	n->live++;
	sl_spin_unlock(&n->lock);
	tmf->core.internal = 0;
	sl_tmf_start(tmf, &w);
	switch (tmf->function) {
	case SLUICE_TMF_ABORT_TASK:
	case SLUICE_TMF_ABORT_TASK_SET:
	case SLUICE_TMF_CLEAR_ACA:
	case SLUICE_TMF_CLEAR_TASK_SET:
	case SLUICE_TMF_LOGICAL_UNIT_RESET:
	case SLUICE_TMF_QUERY_TASK:
	case SLUICE_TMF_QUERY_TASK_SET:
	case SLUICE_TMF_QUERY_ASYNC_EVENT:
		one_unit(tmf, &w);
		break;
	case SLUICE_TMF_TARGET_RESET:
		target_reset(tmf, &w);
		break;
	case SLUICE_TMF_I_T_NEXUS_RESET:
		sl_tmf_abort_nexus(tmf, n, &w);
		sl_legacy_release_all(n);
		break;
	default:
		tmf->response = SLUICE_TMF_REJECTED;
		break;
	}
	sl_work_run(&w);
	sl_tmf_put(tmf, &w);
	sl_work_run(&w);
}
