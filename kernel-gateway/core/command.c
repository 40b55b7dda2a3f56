/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The fabric's four calls about a command. */
#include "nexus.h"
#include "session.h"

int sl_cmd_submit(struct sl_cmd *cmd, u64 now_ns)
{
	struct sl_nexus *n = cmd->nexus;
	struct sl_work w;

	if (cmd->cdb_len < 1 || cmd->cdb_len > SLUICE_CDB_MAX || cmd->direction > SLUICE_DIR_IN ||
	    cmd->attribute < SLUICE_ATTR_SIMPLE || cmd->attribute > SLUICE_ATTR_ACA)
		return -EINVAL;
	sl_work_init(&w, n->gw, now_ns);
	sl_spin_lock(&n->lock);
	sl_cmd_event(cmd, SL_EV_SUBMIT, &w);
	sl_spin_unlock(&n->lock);
	sl_work_run(&w);
	return 0;
}

void sl_cmd_data_out_done(struct sl_cmd *cmd, u32 received, u64 now_ns)
{
	struct sl_nexus *n = cmd->nexus;
	struct sl_work w;

	sl_work_init(&w, n->gw, now_ns);
	sl_spin_lock(&n->lock);
	cmd->core.data_out_len = sl_min(received, cmd->buf_len);
	sl_cmd_event(cmd, SL_EV_FETCHED, &w);
	sl_spin_unlock(&n->lock);
	sl_work_run(&w);
}

void sl_cmd_release(struct sl_cmd *cmd, u64 now_ns)
{
	struct sl_nexus *n = cmd->nexus;
	struct sl_itl *itl;
	struct sl_work w;
	bool last_of_itl, last;

	sl_work_init(&w, n->gw, now_ns);
	sl_spin_lock(&n->lock);
	if (cmd->core.state != SL_RESPONDED) {
		sl_cmd_event(cmd, SL_EV_RELEASE, &w); /* counts it as illegal */
		sl_spin_unlock(&n->lock);
		return;
	}
	sl_cmd_event(cmd, SL_EV_RELEASE, &w);
	itl = cmd->core.itl;
	last_of_itl = itl && sl_itl_put(itl);
	/* The nexus outlives its I_T_L: `live` goes down last. */
	if (last_of_itl) {
		sl_spin_unlock(&n->lock);
		sl_itl_destroy(itl, &w);
		sl_spin_lock(&n->lock);
	}
	last = sl_nexus_put_locked(n);
	sl_spin_unlock(&n->lock);
	if (last)
		sl_nexus_finish(n, &w);
	sl_work_run(&w);
}
