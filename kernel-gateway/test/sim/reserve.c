/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reservations in the world: initiators register, reserve, preempt; each answer is
 * compared with that of a model written from SPC-5 (model_reservation.h), and every
 * command's RESERVATION CONFLICT, or its absence, with what the model says at that moment.
 */
#include "world.h"

#define REQUESTS_DATA 24 /* SPC-5 6.17.3: the basic parameter list */

static struct m_reservations *model(const struct w_cmd *c)
{
	return &w_device_of(c)->reservations;
}

static int port(u32 nexus)
{
	return (int)(nexus * W_PORTS + w->nexuses[nexus].port);
}

bool w_reserve_is(const struct w_cmd *c)
{
	u8 opcode = c->cmd.cdb[0];

	return opcode == 0x16 || opcode == 0x17 || opcode == 0x56 || opcode == 0x57;
}

static bool releases(const struct w_cmd *c)
{
	return c->cmd.cdb[0] & 1;
}

static bool reaches(u32 nexus, u32 device)
{
	for (u32 lun = device; lun < W_LUNS; lun += W_DEVICES) {
		if (w_sees(nexus, lun))
			return true;
	}
	return false;
}

/* A reservation whose holder has lost his last LUN of the device ends with his last command there. */
static void look_whether_faded(struct w_device *d)
{
	const struct sl_device *dev = w->gw->devices[d - w->devices];

	if (!d->reserve_fades || dev->reserved_by)
		return;
	d->reserve_fades = false;
	m_reserve_reset(&d->reserve);
}

void w_reserve_unmapped(u32 nexus, u32 device)
{
	struct w_device *d = &w->devices[device];

	look_whether_faded(d);
	if (d->reserve.holder == (int)nexus)
		d->reserve_fades = !reaches(nexus, device);
}

void w_reserve_check_faded(void)
{
	for (u32 k = 0; k < W_DEVICES; k++) {
		struct w_device *d = &w->devices[k];
		bool awaited = false;

		look_whether_faded(d);
		for (u32 i = 0; d->reserve_fades && i < W_CMDS; i++) {
			const struct w_cmd *c = &w->cmds[i];

			awaited |= c->life != W_IDLE && (int)c->nexus == d->reserve.holder &&
				   w_device_of(c) == d;
		}
		w_check(!d->reserve_fades || awaited,
			"device %u is reserved by nexus %d, which reaches it no more", k,
			d->reserve.holder);
	}
}

void w_reserve_nexus_lost(u32 nexus)
{
	for (u32 d = 0; d < W_DEVICES; d++)
		m_reserve_nexus_lost(&w->devices[d].reserve, (int)nexus);
}

static enum m_beside beside(const struct w_cmd *c)
{
	switch (c->cmd.cdb[0]) {
	case 0x03:
	case 0x12:
	case 0xa0:
		return M_BESIDE_ALLOWED;
	case 0x5e:
	case 0x5f:
		return M_BESIDE_PERSISTENT;
	default:
		return M_BESIDE_OTHER;
	}
}

static enum m_kind kind_of(const struct w_cmd *c)
{
	switch (c->cmd.cdb[0]) {
	case 0x00:
	case 0x03:
	case 0x12:
	case 0xa0:
	case 0x5e:
		return M_HARMLESS;
	case 0x28:
	case 0x88:
		return M_READS;
	default:
		return M_WRITES;
	}
}

bool w_reserve_conflicts(const struct w_cmd *c)
{
	struct m_reserve legacy;

	if (!c->dev)
		return false;
	look_whether_faded(w_device_of(c));
	legacy = w_device_of(c)->reserve;
	if (w_reserve_is(c))
		return m_reserve_or_release(&legacy, model(c), (int)c->nexus, port(c->nexus),
					    releases(c)) == M_CONFLICT;
	if (m_reserve_conflicts(&legacy, (int)c->nexus, beside(c)))
		return true;
	return c->cmd.cdb[0] != 0x5f &&
	       m_reservation_conflicts(model(c), port(c->nexus), kind_of(c));
}

static bool registers(const struct w_cmd *c)
{
	return c->pr_action == M_REGISTER || c->pr_action == M_REGISTER_AND_IGNORE;
}

/* SPC-5 5.14.1: of a nexus that is not registered only the registering actions are processed. */
bool w_reserve_out_conflicts(const struct w_cmd *c)
{
	return c->dev && c->cmd.cdb[0] == 0x5f && !registers(c) &&
	       !(model(c)->registered & 1U << port(c->nexus));
}

static u64 be64(const u8 *p)
{
	u64 v = 0;

	for (u32 i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static void put64(u8 *p, u64 v)
{
	for (u32 i = 0; i < 8; i++)
		p[i] = (u8)(v >> (56 - 8 * i));
}

/* Mostly keys that mean something: the one it has, one that somebody has, none. */
static u64 some_key(const struct m_reservations *m, u32 nexus)
{
	u32 kind = w_below(100);

	if (kind < 60)
		return m->key[nexus * W_PORTS + w->nexuses[nexus].port];
	if (kind < 90)
		return m->key[w_below(W_NEXUSES * W_PORTS)];
	return kind < 95 ? 0 : 0xbad;
}

void w_reserve_prepare(struct w_cmd *c, u32 nexus, const struct w_device *d)
{
	static const u8 actions[] = { M_REGISTER,
				      M_REGISTER,
				      M_REGISTER_AND_IGNORE,
				      M_REGISTER_AND_IGNORE,
				      M_RESERVE,
				      M_RESERVE,
				      M_RELEASE,
				      M_CLEAR,
				      M_PREEMPT,
				      M_PREEMPT_AND_ABORT };
	static const u8 types[] = { 1, 3, 5, 6, 7, 8, 8, 6, 5, 2 };
	const struct m_reservations *m = &d->reservations;

	memset(c->param, 0, sizeof(c->param));
	c->pr_action = actions[w_below(sizeof(actions))];
	c->pr_type = types[w_below(sizeof(types))];
	if (c->pr_action == M_RELEASE && m->type != M_NONE && w_chance(80))
		c->pr_type = (u8)m->type;
	put64(c->param, some_key(m, nexus));
	if (c->pr_action <= M_RESERVE || c->pr_action == M_REGISTER_AND_IGNORE)
		put64(c->param + 8, w_chance(85) ? 1 + w_below(6) : 0);
	else if (c->pr_action == M_PREEMPT || c->pr_action == M_PREEMPT_AND_ABORT)
		put64(c->param + 8, some_key(m, w_below(W_NEXUSES)));
	if ((c->pr_action == M_REGISTER || c->pr_action == M_REGISTER_AND_IGNORE) && w_chance(30))
		c->param[20] = 1; /* APTPL */
	c->cmd.direction = SLUICE_DIR_OUT;
	c->cmd.expected_len = REQUESTS_DATA;
}

/* Its CDB, whose bytes 3 and 4 are the simulation's. */
void w_reserve_cdb(struct w_cmd *c)
{
	c->cmd.cdb[1] = c->pr_action;
	c->cmd.cdb[2] = c->pr_type;
	c->cmd.cdb[8] = REQUESTS_DATA;
}

/* Any of the four; at times for a third party, or of an extent, which we do not have. */
void w_reserve_legacy_cdb(struct w_cmd *c)
{
	if (w_chance(8))
		c->cmd.cdb[1] = w_chance(50) ? 0x10 : 0x01;
}

static bool is(const struct w_cmd *c, u16 asc)
{
	u8 key;

	return c->cmd.status == 2 && w_sense_code(c->cmd.sense, &key) == asc && key == 5;
}

/* What it got, if that was the device server's decision about it. */
static bool outcome_of(const struct w_cmd *c, enum m_outcome *outcome)
{
	if (c->cmd.status == 0)
		*outcome = M_GOOD;
	else if (c->cmd.status == 0x18)
		*outcome = M_CONFLICT;
	else if (is(c, 0x2604))
		*outcome = M_INVALID_RELEASE;
	else if (is(c, 0x2600))
		*outcome = M_INVALID_PARAMETER;
	else if (is(c, 0x2400))
		*outcome = M_INVALID_CDB;
	else
		return false;
	return true;
}

static void expect_ua(u32 victims, u16 code, const struct sl_device *dev)
{
	for (u32 i = 0; i < W_NEXUSES; i++) {
		struct w_nexus *n = &w->nexuses[i];

		if (!n->n || n->closing || !(victims & 1U << port(i)))
			continue;
		for (u32 lun = 0; lun < W_LUNS; lun++) {
			const struct sl_itl *itl = sl_nexus_itl(n->n, lun);

			if (itl && itl->dev == dev)
				m_attention_establish(&n->attentions[lun], code);
		}
	}
}

/* SPC-5 5.14.11.2.6: their commands, and the ACA conditions that are theirs. */
static void abort_victims(const struct w_cmd *by, u32 victims)
{
	for (u32 k = 0; k < W_CMDS; k++) {
		struct w_cmd *c = &w->cmds[k];

		if (c == by || c->life != W_LIVE || c->dev != by->dev || c->ended ||
		    !(victims & 1U << port(c->nexus)))
			continue;
		c->preempted_by = by->serial;
		w_abort(c, (int)by->nexus, false);
	}
	for (u32 i = 0; i < W_NEXUSES; i++) {
		if (w->nexuses[i].n && (victims & 1U << port(i)))
			m_clear_aca(&w_device_of(by)->sets, (int)i);
	}
}

/* SPC-5 5.14.11.5: it answers after the commands of those that it preempted have ended. */
static void check_aborted(const struct w_cmd *c, u32 victims)
{
	for (u32 k = 0; k < W_CMDS; k++) {
		const struct w_cmd *o = &w->cmds[k];

		w_check(o == c || o->life != W_LIVE || o->dev != c->dev || o->serial > c->serial ||
				!(victims & 1U << port(o->nexus)),
			"PREEMPT AND ABORT %lu was answered before %lu ended", c->serial,
			o->serial);
	}
}

/* The core's state was replaced, just now, by the command whose turn it is on the device. */
static void applied(struct w_device *d, const struct sl_device *dev)
{
	struct w_cmd *c = (struct w_cmd *)dev->turn;
	struct m_reservations *m = &d->reservations;
	bool stored = d->aptpl;
	enum m_outcome want;
	struct m_effects e;

	d->state = dev->reservation;
	w_check(c && c->cmd.cdb[0] == 0x5f && !c->pr_applied, "reservations changed by themselves");
	w_check(d->reserve.holder == M_NO_NEXUS,
		"PERSISTENT RESERVE OUT %lu took effect beside a RESERVE", c->serial);
	w_handler_let_through();
	want = m_reserve_out(m, port(c->nexus), (enum m_action)c->pr_action, c->pr_type,
			     be64(c->param), be64(c->param + 8), &e);
	w_check(want == M_GOOD, "PERSISTENT RESERVE OUT %lu took effect, the standard says %d",
		c->serial, want);
	if (registers(c))
		d->aptpl = c->param[20] & 1;
	stored |= d->aptpl;
	w_check(!stored || (c->answered && !c->answer_bad && c->answer_status == 0),
		"PERSISTENT RESERVE OUT %lu took effect, and its handler has not stored it",
		c->serial);
	w_trace('P', c->serial, (u64)c->pr_action << 8);
	w->reserve_outs[M_GOOD]++;
	c->pr_applied = true;
	c->applied_ns = w->now_ns;
	c->pr_victims = e.aborted & ~(1U << port(c->nexus));
	expect_ua(e.preempted, 0x2a03, dev);
	expect_ua(e.released, 0x2a04, dev);
	expect_ua(e.unregistered, 0x2a05, dev);
	if (c->pr_action == M_PREEMPT_AND_ABORT)
		abort_victims(c, e.aborted);
}

/* The service has decided; what its handler could not store it has not decided. */
static void decided(const struct w_cmd *c)
{
	struct m_reservations after = *model(c);
	enum m_outcome got, want;
	struct m_effects e;

	if (c->pr_applied || c->answered || !outcome_of(c, &got))
		return;
	if (w_device_of(c)->reserve.holder != M_NO_NEXUS) {
		w_check(got == M_CONFLICT,
			"PERSISTENT RESERVE OUT %lu: outcome %d beside a RESERVE", c->serial, got);
		return;
	}
	want = m_reserve_out(&after, port(c->nexus), (enum m_action)c->pr_action, c->pr_type,
			     be64(c->param), be64(c->param + 8), &e);
	w_check(got == want,
		"PERSISTENT RESERVE OUT %lu: outcome %d, the standard says %d (action %u, type %u, key %lx, %lx; type %u held by %d, own key %lx)",
		c->serial, got, want, c->pr_action, c->pr_type, be64(c->param), be64(c->param + 8),
		after.type, after.holder, after.key[port(c->nexus)]);
	w_check(got != M_GOOD || memcmp(&after, model(c), sizeof(after)) == 0,
		"PERSISTENT RESERVE OUT %lu is GOOD and had no effect", c->serial);
	w->reserve_outs[got]++;
}

/* RESERVE or RELEASE was served; of one that was aborted before nothing comes. */
static void reserved(const struct w_cmd *c, bool aborted)
{
	struct w_device *d = w_device_of(c);
	bool lost = w->nexuses[c->nexus].closing || aborted;
	struct m_reserve after = d->reserve;
	enum m_outcome got, want = M_INVALID_CDB;

	if (!outcome_of(c, &got))
		return;
	if (!(c->cmd.cdb[1] & 0x11))
		want = m_reserve_or_release(&after, model(c), (int)c->nexus, port(c->nexus),
					    releases(c));
	w_check(got == want || aborted, "opcode %02x, %lu: outcome %d, the standard says %d",
		c->cmd.cdb[0], c->serial, got, want);
	if (lost || after.holder == d->reserve.holder)
		return;
	w_trace('V', c->serial, (u64)(after.holder + 1));
	w_handler_let_through();
	d->reserve = after;
	d->reserve_fades = after.holder >= 0 && !reaches(c->nexus, c->dev->id - 1);
}

void w_reserve_settle(void)
{
	for (u32 d = 0; d < w->gw->n_devices && d < W_DEVICES; d++) {
		if (w->gw->devices[d]->reservation != w->devices[d].state)
			applied(&w->devices[d], w->gw->devices[d]);
	}
}

void w_reserve_observe(const struct sl_cmd *cmd, u32 state, u32 event)
{
	const struct w_cmd *c = (const struct w_cmd *)cmd;

	w_reserve_settle();
	if (event == SL_EV_SERVED && cmd->cdb[0] == 0x5f &&
	    (state == SL_SERVING || state == SL_SERVING_ABORTED))
		decided(c);
	if (event == SL_EV_SERVED && c->dev && w_reserve_is(c) &&
	    (state == SL_SERVING || state == SL_SERVING_ABORTED))
		reserved(c, state == SL_SERVING_ABORTED);
}

void w_reserve_responded(const struct w_cmd *c)
{
	if (c->pr_applied && c->pr_action == M_PREEMPT_AND_ABORT)
		check_aborted(c, c->pr_victims);
}
