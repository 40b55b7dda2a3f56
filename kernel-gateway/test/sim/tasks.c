/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Task sets and Unit Attentions in the world: what initiators, handlers and the control
 * side do is told to the models (model_task_set.h, model_unit_attention.h), and every
 * command's arrival, enabling, abort and end is compared with what they say at that moment.
 */
#include "world.h"

u32 w_itl(u32 nexus, u32 lun)
{
	return 1 + nexus * W_LUNS + lun;
}

static struct m_attentions *attentions_of(const struct w_cmd *c)
{
	return &w->nexuses[c->nexus].attentions[c->lun];
}

/* SPC-5 4.4: either format. */
u16 w_sense_code(const u8 *sense, u8 *key)
{
	bool descriptor = (sense[0] & 0x7e) == 0x72;

	*key = sense[descriptor ? 1 : 2] & 0xf;
	return descriptor ? (u16)(sense[2] << 8 | sense[3]) : (u16)(sense[12] << 8 | sense[13]);
}

void w_attention(u32 device, u32 but, u16 code)
{
	for (u32 i = 0; i < W_NEXUSES; i++) {
		struct w_nexus *n = &w->nexuses[i];

		for (u32 lun = device; n->n && lun < W_LUNS; lun += W_DEVICES) {
			if (i != but && sl_nexus_itl(n->n, lun))
				m_attention_establish(&n->attentions[lun], code);
		}
	}
}

/* SAM-6 5.6: how it ends, and of what its initiator is told. `by`: the nexus that aborts it; M_NOBODY: its own is lost. */
void w_abort(struct w_cmd *c, int by, bool reset)
{
	bool tas = w_device_of(c)->sets.control.tas;
	bool other = by != M_NOBODY && by != (int)c->nexus;
	bool was = c->aborted || c->ended;

	w_trace('X', c->serial, (u64)by);
	c->abort_by |= other && tas ? W_BY_OTHER : W_SILENTLY;
	if (other && !tas && !reset && !was && w_sees(c->nexus, c->lun)) {
		w_trace('E', c->nexus, c->lun);
		m_attention_establish(attentions_of(c), 0x2f00);
	}
	if (!c->aborted)
		c->aborted_ns = w->now_ns;
	c->aborted = true;
}

/* The standard does not say whether it is: TST changed while it was in a task set. */
static void may_be_aborted(struct w_cmd *c)
{
	c->may_abort = true;
	c->abort_by |= W_SILENTLY | W_BY_OTHER;
	if (w_sees(c->nexus, c->lun))
		m_attention_allow(attentions_of(c), 0x2f00);
}

/* TST has changed since it arrived: it is in a task set that nobody enters any more. */
static bool left_behind(const struct w_cmd *c)
{
	return c->set != m_set_of(&w_device_of(c)->sets, c->arrival.itl);
}

/* Its LUN was unmapped since it came: it ends by itself, and nobody promises more. */
static bool unmapped_since(const struct w_cmd *c)
{
	const struct w_nexus *n = &w->nexuses[c->nexus];

	return !n->n || sl_nexus_itl(n->n, c->lun) != c->cmd.core.itl;
}

bool w_abort_in_set(struct w_cmd *c, int by)
{
	if (left_behind(c)) {
		may_be_aborted(c);
		return false;
	}
	w_abort(c, by, false);
	return true;
}

void w_tasks_nexus_lost(u32 nexus)
{
	for (u32 d = 0; d < W_DEVICES; d++)
		m_clear_aca(&w->devices[d].sets, (int)nexus);
}

void w_tasks_control(u32 device, u32 mode)
{
	const struct m_control control = {
		.tas = mode & SLUICE_CONTROL_MODE_TAS,
		.tmf_only = mode & SLUICE_CONTROL_MODE_TMF_ONLY,
		.tst = mode >> SLUICE_CONTROL_MODE_TST_SHIFT & 7,
		.qerr = mode >> SLUICE_CONTROL_MODE_QERR_SHIFT & 3,
		.ua_intlck = mode >> SLUICE_CONTROL_MODE_UA_INTLCK_SHIFT & 3,
	};

	m_control_changes(&w->devices[device].sets, &control);
}

/* Which byte of the CDB is its CONTROL byte (SPC-5 4.2.2.2). */
static u32 control_at(const u8 *cdb)
{
	static const u8 at[] = { 5, 9, 9, 1, 15, 11, 5, 5 };

	return at[cdb[0] >> 5];
}

void w_tasks_arrive(struct w_cmd *c, bool naca)
{
	struct m_task_sets *m;

	w_tasks_settle();
	if (naca)
		c->cmd.cdb[control_at(c->cmd.cdb)] |= 4;
	c->naca = naca;
	c->ended = c->admitted = c->ended_aborted = c->may_abort = false;
	c->n_doomed_by = 0;
	c->abort_by = 0;
	c->verdict = M_ENTERS;
	c->must_conflict = w_reserve_conflicts(c);
	c->may_conflict = w_reserve_out_conflicts(c);
	if (!c->dev)
		return;
	m = &w_device_of(c)->sets;
	c->arrival = (struct m_arrival){
		.nexus = (int)c->nexus,
		.itl = (int)w_itl(c->nexus, c->lun),
		.attribute = (enum m_attribute)c->cmd.attribute,
		.naca = naca,
		.preempts = c->cmd.cdb[0] == 0x5f && c->request.action == M_PREEMPT_AND_ABORT,
	};
	c->set = m_set_of(m, c->arrival.itl);
	c->refused_by_access = w_access_refuses(c);
	c->protected = w_read_only(c->nexus, c->lun);
	c->verdict = m_arrives(m, &c->arrival);
}

/* SAM-6 5.14: they neither report Unit Attentions nor are kept from anything by one. */
static bool passes_attentions(const struct w_cmd *c)
{
	return c->cmd.cdb[0] == 0x12 || c->cmd.cdb[0] == 0xa0 || c->cmd.cdb[0] == 0x03;
}

static void check_admission(struct w_cmd *c)
{
	u16 owed = m_attention_owed(attentions_of(c));

	w_check(c->verdict == M_ENTERS,
		"%lu entered in spite of an ACA condition, or as an ACA command without one (verdict %d)",
		c->serial, c->verdict);
	w_check(!c->must_conflict, "%lu was let in in spite of a reservation", c->serial);
	w_check(!c->refused_by_access,
		"%lu was let in, though its target port group should end it %04x", c->serial,
		c->refused_by_access);
	w_check(!c->protected || c->cmd.cdb[0] != 0x2a,
		"%lu writes through a LUN that is read-only", c->serial);
	w_check(!owed || passes_attentions(c), "%lu was let in, but Unit Attention %04x is pending",
		c->serial, owed);
	c->admitted = true;
	m_accepted(&w_device_of(c)->sets, c->serial, &c->arrival);
}

/* Neither ACA, nor a Unit Attention, nor a reservation is why. */
static void check_unready(const struct w_cmd *c, u8 key, u16 code)
{
	if (c->refused_by_access)
		w_check(c->cmd.status == 2 && key == 2 && code == c->refused_by_access,
			"%lu ended %02x %x %04x, its target port group's state says %04x",
			c->serial, c->cmd.status, key, code, c->refused_by_access);
	else
		w_check(c->cmd.status != 2 || key != 2 || (code & 0xff) < 0x0a,
			"%lu ended NOT READY %04x in spite of its target port group", c->serial,
			code);
	if (c->cmd.status == 2 && key == 7)
		w_check(code == 0x2700 && c->protected &&
				(c->cmd.cdb[0] == 0x2a || c->cmd.cdb[0] == 0x7f),
			"DATA PROTECT %04x for %lu", code, c->serial);
	if (c->protected && c->cmd.cdb[0] == 0x2a && !c->refused_by_access)
		w_check(c->cmd.status == 2 && key == 7,
			"%lu ended %02x %x %04x, and the LUN is read-only", c->serial,
			c->cmd.status, key, code);
}

/* SAM-6 5.3.3: of several reasons, which status. BUSY, TASK SET FULL and ILLEGAL REQUEST may come at any level. */
static void check_refusal(const struct w_cmd *c, u8 key, u16 code)
{
	const struct m_attentions *a = attentions_of(c);
	u8 status = c->cmd.status;
	bool attention = status == 2 && key == 6;

	if (c->verdict == M_ACA_ACTIVE)
		w_check(status == 0x30, "%lu ended %02x, not ACA ACTIVE", c->serial, status);
	if (c->verdict == M_BUSY)
		w_check(status == 0x08,
			"%lu ended %02x, not BUSY, under another nexus's ACA condition", c->serial,
			status);
	if (c->verdict == M_INVALID_MESSAGE)
		w_check(status == 2 && key == 5 && code == 0x4900,
			"%lu, an ACA command without the condition, ended %02x %x %04x", c->serial,
			status, key, code);
	if (c->verdict != M_ENTERS || status == 0x08 || status == 0x28 || (status == 2 && key == 5))
		return;
	w_check(status != 0x30, "ACA ACTIVE for %lu without the condition", c->serial);
	if (status == 0x18 && c->may_conflict && !m_attention_of_reset(a, true))
		return;
	if (!passes_attentions(c) && m_attention_of_reset(a, true))
		w_check(attention, "%lu ended %02x %x %04x though %04x is pending", c->serial,
			status, key, code, m_attention_of_reset(a, true));
	else if (c->must_conflict)
		w_check(status == 0x18 || (attention && m_attention_of_reset(a, false)),
			"%lu ended %02x %x %04x in spite of a reservation", c->serial, status, key,
			code);
	else if (!passes_attentions(c) && m_attention_owed(a))
		w_check(attention, "%lu ended %02x %x %04x though %04x is pending", c->serial,
			status, key, code, m_attention_owed(a));
	else if (!attention)
		check_unready(c, key, code);
	if (status == 0x18)
		w_check(c->must_conflict || c->may_conflict,
			"RESERVATION CONFLICT for %lu without a reservation", c->serial);
}

static void attention_reported(struct w_cmd *c, u16 code, bool clears)
{
	const char *why = m_attention_reported(attentions_of(c), code, clears);

	w->uas++;
	w_check(!why,
		"Unit Attention %04x on nexus %u LUN %u %s (command %lu; %u are pending, %04x among them)",
		code, c->nexus, c->lun, why, c->serial, attentions_of(c)->n,
		attentions_of(c)->pending[0].code);
}

/* SPC-5 7.5.10, UA_INTLCK_CTRL 11b: one such condition, until REQUEST SENSE clears it. */
static void refusal_establishes(struct w_cmd *c, u8 status)
{
	struct m_attentions *a = attentions_of(c);
	u16 code = status == 0x08 ? 0x2c07 : status == 0x28 ? 0x2c08 : status == 0x18 ? 0x2c09 : 0;

	if (w_device_of(c)->sets.control.ua_intlck != 3 || !code || unmapped_since(c))
		return;
	m_attention_establish(a, code);
}

/* QErr: whom its CHECK CONDITION aborts, at the latest when it goes out. */
static void spread(const struct w_cmd *c)
{
	struct m_task_sets *m = &w_device_of(c)->sets;
	bool stale = left_behind(c);

	for (u32 k = 0; m->control.qerr && k < W_CMDS; k++) {
		struct w_cmd *o = &w->cmds[k];
		const struct m_task *t = NULL;

		if (o != c && o->life == W_LIVE && o->dev == c->dev && !o->ended)
			t = m_task(m, o->serial);
		if (t && (stale || left_behind(o) || unmapped_since(o)))
			may_be_aborted(o);
		else if (t && m_qerr_aborts(m, c->set, c->arrival.itl, t) &&
			 o->n_doomed_by < W_DOOMED_BY)
			o->doomed_by[o->n_doomed_by++] = c->serial;
	}
}

static void check_spread(const struct w_cmd *c)
{
	for (u32 k = 0; k < W_CMDS; k++) {
		struct w_cmd *o = &w->cmds[k];

		for (u32 i = o->n_doomed_by; o->life == W_LIVE && i-- > 0;) {
			if (o->doomed_by[i] != c->serial)
				continue;
			w_check(o->aborted || o->ended,
				"CHECK CONDITION of %lu goes out, and QErr has not aborted %lu",
				c->serial, o->serial);
			o->doomed_by[i] = o->doomed_by[--o->n_doomed_by];
		}
	}
}

/* One of those that ended in this call, and doom it, does it now. */
static void aborted_by_error(struct w_cmd *c)
{
	u32 by = c->nexus;
	/* One of a task set that TST left behind may have been first. */
	bool several = c->may_abort;

	for (u32 i = 0; i < c->n_doomed_by; i++) {
		u32 nexus = w_cmd_by_serial(c->doomed_by[i])->nexus;

		several |= i > 0 && (nexus == c->nexus) != (by == c->nexus);
		by = nexus;
	}
	if (several)
		may_be_aborted(c);
	else
		w_abort(c, (int)by, false);
}

static void check_abort(struct w_cmd *c)
{
	if (c->ended)
		return; /* too late to abort it; its end is awaited */
	if (c->n_doomed_by)
		aborted_by_error(c);
	w_check(c->aborted || c->may_abort, "%lu was aborted by nobody", c->serial);
	if (!c->aborted)
		c->aborted_ns = w->now_ns;
	c->aborted = true;
}

/* In a task set that TST has left behind nobody meets an ACA condition, nor does who has gone. */
static bool meets_somebody(const struct w_cmd *c)
{
	const struct w_nexus *n = &w->nexuses[c->nexus];

	return !left_behind(c) && !n->closing && sl_nexus_itl(n->n, c->lun) == c->cmd.core.itl;
}

/* What its status means for the others. */
static void status_takes_effect(struct w_cmd *c)
{
	struct w_device *d = w_device_of(c);
	u8 key = 0;
	u16 code = c->cmd.status == 2 ? w_sense_code(c->cmd.sense, &key) : 0;

	if (!c->admitted)
		check_refusal(c, key, code);
	if (!c->admitted && key == 6)
		attention_reported(c, code, d->sets.control.ua_intlck == 0);
	if (c->cmd.cdb[0] == 0x03 && c->cmd.status == 0 && !c->answered) {
		code = w_sense_code(c->cmd.core.local, &key);
		if (key == 6)
			attention_reported(c, code, true);
		else
			w_check(!m_attention_owed(attentions_of(c)),
				"REQUEST SENSE %lu says key %x though %04x is pending", c->serial,
				key, m_attention_owed(attentions_of(c)));
	}
	refusal_establishes(c, c->cmd.status);
	if (c->cmd.status != 2)
		return;
	spread(c);
	if (c->naca)
		w_trace('N', c->serial, (u64)c->set);
	if (meets_somebody(c))
		m_check_condition(&d->sets, c->set, (int)c->nexus,
				  (enum m_attribute)c->cmd.attribute, c->naca);
}

/* Of those that ended since the last look: only now their status is known. */
void w_tasks_settle(void)
{
	for (u32 k = 0; k < w->n_unsettled; k++) {
		struct w_cmd *c = w->unsettled[k];

		/* SPC-5 6.33: by any logical unit, for all. */
		for (u32 lun = 0; c->cmd.cdb[0] == 0xa0 && c->cmd.status == 0 && lun < W_LUNS;
		     lun++)
			m_attention_forget(&w->nexuses[c->nexus].attentions[lun], 0x3f0e);
		if (!c->dev)
			continue;
		if (!c->ended_aborted)
			status_takes_effect(c);
		m_left(&w_device_of(c)->sets, c->serial);
		m_may_run(&w_device_of(c)->sets);
	}
	w->n_unsettled = 0;
}

void w_tasks_moment(void)
{
	for (u32 d = 0; d < W_DEVICES; d++)
		w->devices[d].sets.moment++;
}

void w_tasks_go_on(const struct sl_cmd *cmd)
{
	struct w_cmd *c = (struct w_cmd *)cmd;

	for (u32 k = 0; k < w->n_unsettled; k++) {
		if (w->unsettled[k] == c)
			w->unsettled[k] = w->unsettled[--w->n_unsettled];
	}
	c->ended = false;
}

static bool is_aborted_state(u32 state)
{
	switch (state) {
	case SL_FETCH_CALL_ABORTED:
	case SL_FETCH_CALL_BOTH:
	case SL_CANCEL_CALL:
	case SL_CANCEL_CALL_DONE:
	case SL_CANCELLED:
	case SL_SERVING_ABORTED:
	case SL_RUNNING_ABORTED:
	case SL_UNPARK:
		return true;
	default:
		return false;
	}
}

/*
 * While time passes, what is in the way may be one whose deadline has passed, and which is told of
 * it later; or a HEAD OF QUEUE command that entered after such ones had been taken off.
 */
static bool excused(const struct m_task_sets *m, const struct m_task *t)
{
	const struct m_task *o;
	u32 at = 0;

	if (!w->ticking)
		return false;
	while ((o = m_in_the_way(m, t, &at))) {
		if (o->attribute == M_HEAD_OF_QUEUE && o->entered_at == m->moment)
			continue;
		w_check(w->n_excused < W_EXCUSED, "too many were overtaken");
		w->excused[w->n_excused++] = o->serial;
	}
	return true;
}

void w_tasks_ticked(void)
{
	w_tasks_settle();
	for (u32 k = 0; k < w->n_excused; k++) {
		const struct w_cmd *c = w_cmd_by_serial(w->excused[k]);

		w_check(!c || c->life != W_LIVE || c->ended || c->aborted, "%lu was overtaken",
			c->serial);
	}
	w->n_excused = 0;
}

static void check_enabling(const struct w_cmd *c, struct m_task *t)
{
	const struct m_task_sets *m = &w_device_of(c)->sets;
	u64 by;
	const char *why;

	w_check(t, "%lu is enabled, and was not let in", c->serial);
	if (t->enabled)
		return; /* before its handler died */
	why = m_keeps_dormant(m, t, &by);
	/* Several end in one call, and whom the first one's end lets run may only then be told. */
	if (why && t->may_run != m->moment && !(by && excused(m, t)))
		w_check(!why, "%lu (attribute %u) was enabled, but %s (%lu)", c->serial,
			c->cmd.attribute, why, by);
	t->enabled = true;
}

void w_tasks_observe(const struct sl_cmd *cmd, u32 state, u32 event)
{
	struct w_cmd *c = (struct w_cmd *)cmd;
	struct m_task *t;

	if (!c->dev && event == SL_EV_REFUSE)
		w->unsettled[w->n_unsettled++] = c;
	if (!c->dev)
		return;
	if (state == SL_ARRIVED && (event == SL_EV_ADMIT || event == SL_EV_GONE))
		check_admission(c);
	t = m_task(&w_device_of(c)->sets, c->serial);
	if (state == SL_WAIT_BUFFER && event == SL_EV_BUFFER && t) {
		t->entered = true;
		t->entered_at = w_device_of(c)->sets.moment;
	}
	if (state == SL_WAIT_TAG && event == SL_EV_REFUSE && cmd->status == 0x18)
		w_check(w_reserve_conflicts(c) || w_reserve_out_conflicts(c),
			"RESERVATION CONFLICT for %lu, which had been let in, without a reservation",
			c->serial);
	if (state == SL_DORMANT && event == SL_EV_ENABLE)
		check_enabling(c, t);
	if (event == SL_EV_ABORT)
		check_abort(c);
	/* An aborted one is in nobody's way while it is being taken off its list. */
	if (sl_lifecycle[state][event].next == SL_UNPARK)
		m_left(&w_device_of(c)->sets, c->serial);
	if (event == SL_EV_RESPOND)
		check_spread(c);
	if (state != SL_ENDING && sl_lifecycle[state][event].next == SL_ENDING) {
		c->ended = true;
		c->ended_aborted = is_aborted_state(state);
		w->unsettled[w->n_unsettled++] = c;
	}
}
