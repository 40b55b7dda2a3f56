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

/* An I_T nexus by name: its initiator port and its target port, whether there is one now or not. */
static int name_of(u32 nexus, u32 port, u32 port_group)
{
	return (int)((nexus * W_PORTS + port) * W_PORT_GROUPS + port_group);
}

static int port(u32 nexus)
{
	return name_of(nexus, w->nexuses[nexus].port, w_port_group_of(nexus));
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
	return c->request.action == M_REGISTER || c->request.action == M_REGISTER_AND_IGNORE;
}

/* SPC-5 5.14.1: of a nexus that is not registered only the registering actions are processed. */
bool w_reserve_out_conflicts(const struct w_cmd *c)
{
	return c->dev && c->cmd.cdb[0] == 0x5f && !registers(c) &&
	       !(model(c)->registered & 1U << port(c->nexus));
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
		return m->key[port(nexus)];
	if (kind < 90) {
		u32 other = w_below(W_NEXUSES);

		return m->key[name_of(other, w_below(W_PORTS), w_port_group_of(other))];
	}
	return kind < 95 ? 0 : 0xbad;
}

static void put32(u8 *p, u32 v)
{
	for (u32 i = 0; i < 4; i++)
		p[i] = (u8)(v >> (24 - 8 * i));
}

/* SPC-5 7.6.4.6, format 01b; returns its length. */
static u32 transport_id(u8 *at, u32 nexus, u32 port)
{
	u32 text;

	w_initiator_port((char *)at + 4, 64, nexus, port);
	text = sl_max(20U, ((u32)strlen((char *)at + 4) + 4) & ~3U);
	at[0] = 0x45;
	at[3] = (u8)text;
	return 4 + text;
}

/* REGISTER, also for other initiator ports, through the same target port. */
static void name_others(struct w_cmd *c, u32 nexus)
{
	u32 at = 28;

	c->request.spec_i_pt = true;
	c->param[20] |= 8;
	for (u32 n = w_below(3); n > 0; n--) {
		u32 other = w_below(W_NEXUSES), p = w_below(W_PORTS);

		at += transport_id(c->param + at, other, p);
		c->request.named |= 1U << name_of(other, p, w_port_group_of(nexus));
	}
	put32(c->param + 24, at - 28);
	c->param_len = at;
}

/* The relative identifier of a target port, as nexuses that came through it know it; 0: none did. */
static u16 port_number(u32 port_group)
{
	for (u32 i = port_group; i < W_NEXUSES; i += W_PORT_GROUPS) {
		if (w->nexuses[i].n)
			return sl_nexus_relative_port(w->nexuses[i].n);
	}
	return 0;
}

/* SPC-5 5.14.8: not to the same initiator port, nor through a target port that there is not. */
static void name_destination(struct w_cmd *c, u32 nexus)
{
	u32 other = w_below(W_NEXUSES), p = w_below(W_PORTS), group = w_below(W_PORT_GROUPS);
	u16 number = w_chance(95) ? port_number(group) : 0x7777;
	bool same = other == nexus && p == w->nexuses[nexus].port;
	u32 len = transport_id(c->param + 24, other, p);

	c->request.unreg = w_chance(50);
	c->request.to = same || !number || number == 0x7777 ? M_NOWHERE : name_of(other, p, group);
	c->param[17] = (u8)(c->request.unreg << 1 | w_chance(20));
	c->param[18] = (u8)(number >> 8);
	c->param[19] = (u8)number;
	put32(c->param + 20, len);
	c->param_len = 24 + len;
}

static u64 some_action_key(const struct m_request *r, const struct m_reservations *m)
{
	switch (r->action) {
	case M_REGISTER:
	case M_REGISTER_AND_IGNORE:
	case M_REGISTER_AND_MOVE:
		return w_chance(85) ? 1 + w_below(6) : 0;
	case M_PREEMPT:
	case M_PREEMPT_AND_ABORT:
		return some_key(m, w_below(W_NEXUSES));
	default:
		return w_below(3);
	}
}

static enum m_action some_action(const struct m_reservations *m, u32 nexus)
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

	if (w_chance(m_holds(m, port(nexus)) ? 50 : 4))
		return M_REGISTER_AND_MOVE;
	return (enum m_action)actions[w_below(sizeof(actions))];
}

void w_reserve_prepare(struct w_cmd *c, u32 nexus, const struct w_device *d)
{
	static const u8 types[] = { 1, 3, 5, 6, 7, 8, 8, 6, 5, 2 };
	const struct m_reservations *m = &d->reservations;
	struct m_request *r = &c->request;

	memset(c->param, 0, sizeof(c->param));
	c->param_len = REQUESTS_DATA;
	*r = (struct m_request){ .action = some_action(m, nexus), .to = M_NOWHERE };
	r->type = types[w_below(sizeof(types))];
	if (r->action == M_RELEASE && m->type != M_NONE && w_chance(80))
		r->type = (u8)m->type;
	r->key = some_key(m, nexus);
	r->action_key = some_action_key(r, m);
	put64(c->param, r->key);
	put64(c->param + 8, r->action_key);
	if (registers(c) && w_chance(30))
		c->param[20] = 1; /* APTPL */
	if (r->action == M_REGISTER && w_chance(20))
		name_others(c, nexus);
	if (r->action == M_REGISTER_AND_MOVE)
		name_destination(c, nexus);
	c->cmd.direction = SLUICE_DIR_OUT;
	c->cmd.expected_len = c->param_len;
}

/* Its CDB, whose bytes 3 and 4 are the simulation's. */
void w_reserve_cdb(struct w_cmd *c)
{
	c->cmd.cdb[1] = (u8)c->request.action;
	c->cmd.cdb[2] = c->request.type;
	c->cmd.cdb[8] = (u8)c->param_len;
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
		if (w->nexuses[i].n && (victims & 1U << port(i))) {
			m_clear_aca(&w_device_of(by)->sets, (int)i);
			w_prevent_lapses(i, by->dev->id - 1);
		}
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
	want = m_reserve_out(m, port(c->nexus), &c->request, &e);
	w_check(want == M_GOOD, "PERSISTENT RESERVE OUT %lu took effect, the standard says %d",
		c->serial, want);
	if (registers(c))
		d->aptpl = c->param[20] & 1;
	else if (c->request.action == M_REGISTER_AND_MOVE)
		d->aptpl = c->param[17] & 1;
	stored |= d->aptpl;
	w_check(!stored || (c->answered && !c->answer_bad && c->answer_status == 0),
		"PERSISTENT RESERVE OUT %lu took effect, and its handler has not stored it",
		c->serial);
	w_trace('P', c->serial, (u64)c->request.action << 8);
	w->reserve_outs[M_GOOD]++;
	c->pr_applied = true;
	c->applied_ns = w->now_ns;
	c->pr_victims = e.aborted & ~(1U << port(c->nexus));
	expect_ua(e.preempted, 0x2a03, dev);
	expect_ua(e.released, 0x2a04, dev);
	expect_ua(e.unregistered, 0x2a05, dev);
	if (c->request.action == M_PREEMPT_AND_ABORT)
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
	want = m_reserve_out(&after, port(c->nexus), &c->request, &e);
	w_check(got == want,
		"PERSISTENT RESERVE OUT %lu: outcome %d, the standard says %d (action %u, type %u, key %lx, %lx; type %u held by %d, own key %lx)",
		c->serial, got, want, c->request.action, c->request.type, c->request.key,
		c->request.action_key, after.type, after.holder, after.key[port(c->nexus)]);
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
	if (c->pr_applied && c->request.action == M_PREEMPT_AND_ABORT)
		check_aborted(c, c->pr_victims);
}
