/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Task management (SAM-6 7): what initiators ask for, whom it concerns, and what they have to hear. */
#include "world.h"

/* Whom it concerns: by the standard, not by the core's lists. */
static bool in_scope(const struct w_cmd *c, const struct sl_tmf *t, u32 i, u32 lun,
		     const struct sl_itl *itl)
{
	const struct w_device *d = w_device_of(c);

	switch (t->function) {
	case SLUICE_TMF_ABORT_TASK:
		return c->cmd.core.itl == itl && c->serial == t->task_tag;
	case SLUICE_TMF_ABORT_TASK_SET:
		return c->cmd.core.itl == itl;
	case SLUICE_TMF_CLEAR_TASK_SET:
		if (c->dev != itl->dev)
			return false;
		/* SAM-6 7.5: of a task set of its own the same as ABORT TASK SET, so not what a former mapping left. */
		return d->sets.control.tst != 1 || c->cmd.core.itl == itl || c->set == 0;
	case SLUICE_TMF_LOGICAL_UNIT_RESET:
		return c->dev == itl->dev;
	case SLUICE_TMF_TARGET_RESET:
		for (u32 l = 0; l < W_LUNS; l++) {
			const struct sl_itl *other = sl_nexus_itl(t->nexus, l);

			if (other && other->dev == c->dev)
				return true;
		}
		return false;
	default:
		return c->nexus == i;
	}
}

static bool aborts(u8 function)
{
	return function == SLUICE_TMF_ABORT_TASK || function == SLUICE_TMF_ABORT_TASK_SET ||
	       (function >= SLUICE_TMF_CLEAR_TASK_SET && function <= SLUICE_TMF_I_T_NEXUS_RESET);
}

static bool resets(u8 function)
{
	return function == SLUICE_TMF_LOGICAL_UNIT_RESET || function == SLUICE_TMF_TARGET_RESET;
}

static bool names_lun(u8 function)
{
	return function != SLUICE_TMF_TARGET_RESET && function != SLUICE_TMF_I_T_NEXUS_RESET;
}

static void mark_affected(struct w_tmf *t, u32 i, u32 lun, const struct sl_itl *itl)
{
	for (u32 k = 0; k < W_CMDS; k++) {
		struct w_cmd *c = &w->cmds[k];

		if (c->life != W_LIVE || !c->dev || !in_scope(c, &t->tmf, i, lun, itl))
			continue;
		if (t->tmf.function == SLUICE_TMF_CLEAR_TASK_SET && !w_abort_in_set(c, (int)i))
			continue;
		if (t->tmf.function != SLUICE_TMF_CLEAR_TASK_SET)
			w_abort(c, (int)i, resets(t->tmf.function));
		t->affected[t->n_affected++] = c->serial;
	}
}

/* SAM-6 6.3.3: every nexus hears of it, its sender too; an ACA condition is no more. */
static void reset_devices(const struct w_tmf *t, u32 lun)
{
	for (u32 d = 0; d < W_DEVICES; d++) {
		bool reset = t->tmf.function == SLUICE_TMF_LOGICAL_UNIT_RESET &&
			     lun % W_DEVICES == d;

		for (u32 l = d; l < W_LUNS; l += W_DEVICES)
			reset |= t->tmf.function == SLUICE_TMF_TARGET_RESET &&
				 sl_nexus_itl(t->tmf.nexus, l);
		if (!reset)
			continue;
		m_reset(&w->devices[d].sets);
		m_reserve_reset(&w->devices[d].reserve);
		w_attention(d, M_EVERY_NEXUS, 0x2903);
	}
}

/* What SAM-6 7 has it answer: bits of 1 << enum sluice_tmf_response. */
static u32 allowed_responses(const struct w_tmf *t, u32 i, u32 lun, const struct sl_itl *itl)
{
	const u32 complete = 1U << SLUICE_TMF_COMPLETE, succeeded = 1U << SLUICE_TMF_SUCCEEDED;
	u32 tasks = 0, fading = 0;

	if (names_lun(t->tmf.function) && !itl)
		return 1U << SLUICE_TMF_INCORRECT_LUN;
	for (u32 k = 0; k < W_CMDS; k++) {
		const struct w_cmd *c = &w->cmds[k];
		bool one = t->tmf.function == SLUICE_TMF_ABORT_TASK ||
			   t->tmf.function == SLUICE_TMF_QUERY_TASK;

		/* A command of the LUN's former mapping is none of the logical unit that answers to it now. */
		if (c->life == W_IDLE || c->nexus != i || c->lun != lun || c->cmd.core.itl != itl ||
		    (one && c->serial != t->tmf.task_tag))
			continue;
		if (c->life == W_SENDING || c->aborted || c->ended)
			fading++;
		else
			tasks++;
	}
	switch (t->tmf.function) {
	case SLUICE_TMF_ABORT_TASK:
		if (tasks)
			return complete;
		return 1U << SLUICE_TMF_NO_TASK | (fading ? complete : 0);
	case SLUICE_TMF_QUERY_TASK:
	case SLUICE_TMF_QUERY_TASK_SET:
		if (tasks)
			return succeeded;
		return complete | (fading ? succeeded : 0);
	case SLUICE_TMF_QUERY_ASYNC_EVENT: {
		const struct m_attentions *a = &w->nexuses[i].attentions[lun];

		if (m_attention_owed(a))
			return succeeded;
		return complete | (a->n ? succeeded : 0);
	}
	default:
		return complete;
	}
}

/* SAM-6 7.11: one of those that are pending, and how many there are. */
static void check_information(const struct w_tmf *t)
{
	struct m_attentions a = w->nexuses[t->nexus].attentions[t->lun];
	const u8 *info = t->tmf.information;
	u16 code = (u16)(info[1] << 8 | info[2]);
	u32 owed = 0;
	const char *why;

	if (t->tmf.function != SLUICE_TMF_QUERY_ASYNC_EVENT ||
	    t->tmf.response != SLUICE_TMF_SUCCEEDED) {
		w_check(!info[0] && !info[1] && !info[2], "function %u has additional information",
			t->tmf.function);
		return;
	}
	for (u32 k = 0; k < a.n; k++)
		owed += a.pending[k].owed;
	why = m_attention_reported(&a, code, false);
	w_check(!why, "QUERY ASYNCHRONOUS EVENT: %04x %s", code, why);
	w_check((info[0] & 0xf) == 6, "QUERY ASYNCHRONOUS EVENT: sense key %x", info[0] & 0xf);
	w_check(info[0] >> 4 == 1 || info[0] >> 4 == 2, "UADE DEPTH %u", info[0] >> 4);
	w_check(info[0] >> 4 == 2 || owed <= 1, "UADE DEPTH says one, but %u are pending", owed);
	w_check(info[0] >> 4 == 1 || a.n > 1, "UADE DEPTH says more, but one is pending");
}

void w_function_done(struct sl_tmf *tmf)
{
	struct w_tmf *t = (struct w_tmf *)tmf;

	w_settle();
	w_check(t->live, "a function was answered twice");
	t->live = false;
	w_trace('T', tmf->function, tmf->response);
	for (u32 i = 0; i < t->n_affected; i++) {
		struct w_cmd *c = w_cmd_by_serial(t->affected[i]);

		w_check(!c || c->life != W_LIVE,
			"function %u was answered before command %lu ended", tmf->function,
			t->affected[i]);
	}
	w_check(t->allowed & 1U << tmf->response, "function %u was answered %u, allowed are %x",
		tmf->function, tmf->response, t->allowed);
	check_information(t);
	w->nexuses[t->nexus].live--;
}

static u64 random_task(u32 i, u32 *lun)
{
	u32 start = w_below(W_CMDS);

	for (u32 k = 0; k < W_CMDS; k++) {
		struct w_cmd *c = &w->cmds[(start + k) % W_CMDS];

		if (c->life != W_IDLE && c->nexus == i) {
			*lun = c->lun;
			return c->serial;
		}
	}
	return ~0ULL;
}

/* SAM-6 7.4: the condition ends, and with it the ACA command that is there. Another nexus ends nothing. */
static void clear_aca(struct w_tmf *t, u32 i, u32 lun)
{
	struct m_task_sets *m = &w->devices[lun % W_DEVICES].sets;
	int itl = (int)w_itl(i, lun), set = m_set_of(m, itl);

	if (m->faulted[set] != (int)i)
		return;
	for (u32 k = 0; k < W_CMDS; k++) {
		struct w_cmd *c = &w->cmds[k];

		if (c->life != W_LIVE || !c->dev || c->arrival.itl != itl || c->set != set ||
		    c->cmd.attribute != SLUICE_ATTR_ACA)
			continue;
		t->affected[t->n_affected++] = c->serial;
		w_abort(c, (int)i, false);
	}
	m_clear_aca_of(m, set, (int)i);
}

static void take_effect(struct w_tmf *t, u32 i, u32 lun, const struct sl_itl *itl)
{
	u8 function = t->tmf.function;

	if (names_lun(function) && !itl)
		return;
	if (aborts(function))
		mark_affected(t, i, lun, itl);
	if (resets(function))
		reset_devices(t, lun);
	if (function == SLUICE_TMF_I_T_NEXUS_RESET) {
		for (u32 l = 0; l < W_LUNS; l++) {
			if (sl_nexus_itl(t->tmf.nexus, l))
				m_attention_establish(&w->nexuses[i].attentions[l], 0x2907);
		}
		w_tasks_nexus_lost(i);
		w_reserve_nexus_lost(i);
		w_prevent_nexus_lost(i);
	}
	if (function == SLUICE_TMF_CLEAR_ACA)
		clear_aca(t, i, lun);
}

void w_function(u32 i, u32 lun, u8 function, u64 tag)
{
	struct w_tmf *t = &w->tmfs[w_below(W_TMFS)];
	const struct sl_itl *itl;

	if (t->live)
		return;
	w_settle();
	t->live = true;
	t->nexus = i;
	t->tmf.nexus = w->nexuses[i].n;
	t->tmf.function = function;
	t->tmf.task_tag = tag ? tag : random_task(i, &lun);
	t->lun = lun;
	w_address(t->tmf.lun, lun);
	itl = sl_nexus_itl(t->tmf.nexus, lun);
	w->n_tmfs++;
	w->nexuses[i].live++;
	t->n_affected = 0;
	w_trace('M', function, (u64)i << 48 | (u64)lun << 32 | (u32)t->tmf.task_tag);
	t->allowed = allowed_responses(t, i, lun, itl);
	take_effect(t, i, lun, itl);
	sl_tmf_submit(&t->tmf, w->now_ns);
	w_settle();
}

void w_function_any(u32 i)
{
	static const u8 functions[] = { 1, 1, 1, 1, 1, 2, 2, 4, 4, 5, 6, 7, 3, 3, 8, 8, 9, 10, 10 };

	w_function(i, w_below(W_LUNS + 1), functions[w_below(sizeof(functions))], 0);
}
