/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The live commands, a page at a time. A place is {nexus, I_T_L nexus, number of the
 * command in its nexus}; each is in one order only, so that a page goes on where the one
 * before ended, whatever came and went in between. Nothing stops but one nexus, for as
 * long as SL_INFO_STEPS list entries take.
 */
#include "facts.h"
#include "nexus.h"
#include "session.h"

#define SL_INFO_STEPS 512U

static u8 waits_for(const struct sl_cmd *cmd)
{
	switch (cmd->core.state) {
	case SL_WAIT_BUFFER:
		return SLUICE_WAIT_BUFFER;
	case SL_DORMANT:
		return SLUICE_WAIT_TASK_SET;
	case SL_FETCH_CALL:
	case SL_FETCH_CALL_ABORTED:
	case SL_FETCH:
	case SL_CANCEL_CALL:
	case SL_CANCELLED:
	case SL_EXPIRE_CALL:
	case SL_EXPIRED:
		return SLUICE_WAIT_INITIATOR;
	case SL_WAIT_TURN:
		return SLUICE_WAIT_TURN;
	case SL_WAIT_TAG:
		return cmd->core.stage == SL_STAGE_ADMIN ? SLUICE_WAIT_ADMIN : SLUICE_WAIT_TAG;
	case SL_RUNNING:
	case SL_RUNNING_ABORTED:
		return SLUICE_WAIT_HANDLER;
	case SL_KEPT:
		return SLUICE_WAIT_NEXT;
	default:
		return SLUICE_WAIT_GATEWAY;
	}
}

/* What bounds a command that waits for the next handler is the device's grace. */
static u64 bound_of(const struct sl_cmd *cmd)
{
	const struct sl_device *dev = cmd->core.itl->dev;

	return cmd->core.state == SL_KEPT ? sl_load_relaxed(&dev->held_until_ns) :
					    cmd->core.deadline_ns;
}

/* Under the nexus's lock. */
static void describe(const struct sl_cmd *cmd, u64 now_ns, struct sluice_command_info *info)
{
	const struct sl_cmd_core *c = &cmd->core;
	const struct sl_session *s = c->binding ? sl_binding_session(cmd->nexus->gw, c->binding) :
						  NULL;
	u64 bound_ns = bound_of(cmd);

	memset(info, 0, sizeof(*info));
	memcpy(info->state, sl_state_names[c->state],
	       sl_min(strlen(sl_state_names[c->state]), sizeof(info->state) - 1));
	info->nexus = cmd->nexus->id;
	info->device = c->itl->dev->id;
	memcpy(info->lun, cmd->lun, sizeof(info->lun));
	info->task_tag = cmd->task_tag;
	info->sequence = c->sequence;
	/* Another thread's clock may be a little behind. */
	info->age_ns = now_ns - sl_min(now_ns, c->arrived_ns);
	info->left_ns = bound_ns ? (__s64)(bound_ns - now_ns) : (__s64)(U64_MAX >> 1);
	info->session = s && c->state != SL_KEPT ? s->id : 0;
	info->tag = SLUICE_QUEUE_ANY;
	if (c->has_tag && (c->state == SL_RUNNING || c->state == SL_RUNNING_ABORTED)) {
		info->queue = c->queue->index;
		info->tag = c->tag;
	}
	info->expected_len = cmd->expected_len;
	info->cdb_len = cmd->cdb_len;
	info->attribute = cmd->attribute;
	info->direction = cmd->direction;
	info->wait = waits_for(cmd);
	info->pace = c->facts ? c->facts->pace : SLUICE_PACE_LONG;
	info->flags = c->abort || c->abort_kind ? SLUICE_COMMAND_ABORTED : 0;
	memcpy(info->cdb, cmd->cdb, sizeof(info->cdb));
}

/* The I_T_L nexuses of a nexus stand in the order of their numbers. False: no more steps. */
static bool list_itl(struct sl_itl *itl, u64 now_ns, struct sluice_command_page *page, u32 *steps)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &itl->tasks) {
		const struct sl_cmd *cmd = sl_entry(pos, struct sl_cmd, core.task);

		/* Not counted as a step: what is passed over here was listed just before, by this reader. */
		if (page->next.itl == itl->number && cmd->core.arrival <= page->next.arrival)
			continue;
		if (page->count == SLUICE_COMMAND_PAGE || *steps == 0)
			return false;
		--*steps;
		describe(cmd, now_ns, &page->commands[page->count++]);
		page->next.itl = itl->number;
		page->next.arrival = cmd->core.arrival;
	}
	return true;
}

/* Under the nexus's lock. False: there is more. */
static bool list_nexus(struct sl_nexus *n, u64 now_ns, struct sluice_command_page *page)
{
	u32 steps = SL_INFO_STEPS;
	struct sl_list *pos;

	sl_list_for_each(pos, &n->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_nexus);

		if (itl->number < page->next.itl || sl_list_empty(&itl->tasks))
			continue;
		if (!list_itl(itl, now_ns, page, &steps))
			return false;
	}
	return true;
}

/* Keeps the nexus; NULL: there is none from this slot on. */
static struct sl_nexus *nexus_from(struct sl_gateway *gw, u32 *slot)
{
	struct sl_nexus *n = NULL;

	sl_spin_lock(&gw->nexus_lock);
	for (; *slot < gw->limits.max_nexuses && !n; ++*slot) {
		n = gw->nexuses[*slot];
		if (!n)
			continue;
		sl_spin_lock(&n->lock);
		/* One that is being torn down has no command left. */
		if (n->closed || n->live == 0) {
			sl_spin_unlock(&n->lock);
			n = NULL;
			continue;
		}
		n->live++;
		sl_spin_unlock(&n->lock);
		break;
	}
	sl_spin_unlock(&gw->nexus_lock);
	return n;
}

void sl_command_page(struct sl_gateway *gw, const struct sluice_command_cursor *from, u64 now_ns,
		     struct sluice_command_page *page)
{
	struct sl_nexus *n;
	struct sl_work w;
	bool whole = true;

	memset(page, 0, sizeof(*page));
	page->next = *from;
	sl_work_init(&w, gw, now_ns);
	while (whole && (n = nexus_from(gw, &page->next.slot))) {
		if (n->id != page->next.nexus) {
			page->next.nexus = n->id;
			page->next.itl = 0;
			page->next.arrival = 0;
		}
		sl_spin_lock(&n->lock);
		whole = list_nexus(n, now_ns, page);
		sl_spin_unlock(&n->lock);
		sl_nexus_put(n, &w);
		page->next.slot += whole;
	}
	page->last = whole;
	sl_work_run(&w);
}

bool sl_cmd_in_time(struct sl_cmd *cmd, u64 now_ns)
{
	struct sl_nexus *n = cmd->nexus;
	bool in_time = false;

	sl_spin_lock(&n->lock);
	if (cmd->core.state != SL_FREE && cmd->core.itl) {
		u64 bound_ns = bound_of(cmd);

		in_time = !bound_ns || bound_ns > now_ns;
	}
	sl_spin_unlock(&n->lock);
	return in_time;
}
