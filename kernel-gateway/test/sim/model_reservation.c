/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "model_reservation.h"

static uint32_t bit(int nexus)
{
	return 1U << nexus;
}

static bool all_registrants(enum m_type type)
{
	return type == M_WRITE_EXCLUSIVE_ALL_REGISTRANTS ||
	       type == M_EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
}

static bool registrants_only(enum m_type type)
{
	return type == M_WRITE_EXCLUSIVE_REGISTRANTS_ONLY ||
	       type == M_EXCLUSIVE_ACCESS_REGISTRANTS_ONLY;
}

static bool exclusive_access(enum m_type type)
{
	return type == M_EXCLUSIVE_ACCESS || type == M_EXCLUSIVE_ACCESS_REGISTRANTS_ONLY ||
	       type == M_EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
}

static bool type_exists(uint8_t type)
{
	return type == 1 || type == 3 || (type >= 5 && type <= 8);
}

/* 5.14.9: of the All Registrants types every registrant is the holder. */
bool m_holds(const struct m_reservations *m, int nexus)
{
	if (m->type == M_NONE)
		return false;
	return all_registrants(m->type) ? (m->registered & bit(nexus)) != 0 : m->holder == nexus;
}

bool m_reservation_conflicts(const struct m_reservations *m, int nexus, enum m_kind kind)
{
	bool registered = m->registered & bit(nexus);

	if (m->type == M_NONE || kind == M_HARMLESS || m_holds(m, nexus))
		return false;
	if ((registrants_only(m->type) || all_registrants(m->type)) && registered)
		return false;
	return kind == M_WRITES || exclusive_access(m->type);
}

static void release(struct m_reservations *m)
{
	m->type = M_NONE;
	m->holder = -1;
}

/* 5.14.11.3: what the end of a registration means for the reservation. */
static void unregister(struct m_reservations *m, int nexus, struct m_effects *e)
{
	enum m_type type = m->type;
	bool held = m_holds(m, nexus);

	m->registered &= ~bit(nexus);
	m->key[nexus] = 0;
	if (!held)
		return;
	if (all_registrants(type)) {
		if (m->registered == 0)
			release(m);
		return;
	}
	release(m);
	if (registrants_only(type))
		e->released |= m->registered;
}

/* 5.14.7; with SPEC_I_PT by its table: nobody who is registered may ask for it, or be named. */
static enum m_outcome reg(struct m_reservations *m, int nexus, const struct m_request *r,
			  struct m_effects *e)
{
	bool registered = m->registered & bit(nexus);
	uint32_t whom = bit(nexus) | (r->spec_i_pt ? r->named : 0);

	if (r->action == M_REGISTER && r->key != (registered ? m->key[nexus] : 0))
		return M_CONFLICT;
	if (r->spec_i_pt && registered)
		return M_INVALID_PARAMETER;
	if (!registered && r->action_key == 0)
		return M_GOOD;
	if (r->spec_i_pt && (m->registered & r->named))
		return M_INVALID_PARAMETER;
	m->generation++;
	if (r->action_key == 0) {
		unregister(m, nexus, e);
		return M_GOOD;
	}
	for (int i = 0; i < M_NEXUSES; i++) {
		if (whom & bit(i))
			m->key[i] = r->action_key;
	}
	m->registered |= whom;
	return M_GOOD;
}

/* 5.14.8: to whom, and with what key, the holder gives his reservation; its type stays. */
static enum m_outcome move(struct m_reservations *m, int nexus, const struct m_request *r)
{
	if (m->type == M_NONE)
		return M_INVALID_CDB;
	if (all_registrants(m->type) || m->holder != nexus)
		return M_CONFLICT;
	if (r->action_key == 0 || r->to == M_NOWHERE)
		return M_INVALID_PARAMETER;
	m->generation++;
	m->registered |= bit(r->to);
	m->key[r->to] = r->action_key;
	m->holder = r->to;
	if (r->unreg) {
		m->registered &= ~bit(nexus);
		m->key[nexus] = 0;
	}
	return M_GOOD;
}

/* 5.14.9 */
static enum m_outcome reserve(struct m_reservations *m, int nexus, uint8_t type)
{
	if (m->type == M_NONE) {
		m->type = (enum m_type)type;
		m->holder = nexus;
		return M_GOOD;
	}
	return m_holds(m, nexus) && m->type == type ? M_GOOD : M_CONFLICT;
}

/* 5.14.11.2 */
static enum m_outcome rel(struct m_reservations *m, int nexus, uint8_t type, struct m_effects *e)
{
	enum m_type was = m->type;

	if (!m_holds(m, nexus))
		return M_GOOD;
	if (was != type)
		return M_INVALID_RELEASE;
	release(m);
	if (registrants_only(was) || all_registrants(was))
		e->released |= m->registered & ~bit(nexus);
	return M_GOOD;
}

/* 5.14.11.6 */
static enum m_outcome clear(struct m_reservations *m, int nexus, struct m_effects *e)
{
	e->preempted |= m->registered & ~bit(nexus);
	m->registered = 0;
	m->generation++;
	release(m);
	return M_GOOD;
}

static uint32_t with_key(const struct m_reservations *m, uint64_t key)
{
	uint32_t found = 0;

	for (int i = 0; i < M_NEXUSES; i++) {
		if ((m->registered & bit(i)) && m->key[i] == key)
			found |= bit(i);
	}
	return found;
}

/* 5.14.11.4: the reservation goes over to the one that preempts. */
static void take_over(struct m_reservations *m, int nexus, uint8_t type, uint32_t victims,
		      struct m_effects *e)
{
	bool changed = m->type != type;

	victims &= ~bit(nexus);
	m->registered &= ~victims;
	e->unregistered |= victims;
	e->aborted |= victims;
	m->type = (enum m_type)type;
	m->holder = nexus;
	if (changed)
		e->released |= m->registered & ~bit(nexus);
}

/* Table of preempting actions. */
static bool preempts_reservation(const struct m_reservations *m, uint64_t action_key,
				 uint32_t victims)
{
	if (m->type == M_NONE)
		return false;
	if (all_registrants(m->type))
		return action_key == 0;
	return action_key != 0 && (victims & bit(m->holder));
}

/* 5.14.11.4, 5.14.11.5 */
static enum m_outcome preempt(struct m_reservations *m, int nexus, uint8_t type,
			      uint64_t action_key, struct m_effects *e)
{
	uint32_t victims = with_key(m, action_key);
	bool takes_over = preempts_reservation(m, action_key, victims);

	/* 5.14.11.2.5 b: who only removes registrations says nothing of a type. */
	if (takes_over && !type_exists(type))
		return M_INVALID_CDB;
	if (takes_over) {
		take_over(m, nexus, type, action_key ? victims : m->registered, e);
	} else if (action_key == 0) {
		return M_INVALID_PARAMETER;
	} else if (victims == 0) {
		return M_CONFLICT;
	} else {
		e->unregistered |= victims & ~bit(nexus);
		e->aborted |= victims;
		m->registered &= ~victims;
		if (m->type != M_NONE && m->registered == 0)
			release(m);
	}
	m->generation++;
	return M_GOOD;
}

enum m_outcome m_reserve_out(struct m_reservations *m, int nexus, const struct m_request *r,
			     struct m_effects *e)
{
	bool registered = m->registered & bit(nexus);

	*e = (struct m_effects){ 0 };
	if (r->action == M_REGISTER || r->action == M_REGISTER_AND_IGNORE)
		return reg(m, nexus, r, e);
	if (!registered || m->key[nexus] != r->key)
		return M_CONFLICT;
	if (r->action == M_RESERVE && !type_exists(r->type))
		return M_INVALID_CDB;
	switch (r->action) {
	case M_RESERVE:
		return reserve(m, nexus, r->type);
	case M_RELEASE:
		return rel(m, nexus, r->type, e);
	case M_CLEAR:
		return clear(m, nexus, e);
	case M_REGISTER_AND_MOVE:
		return move(m, nexus, r);
	default:
		return preempt(m, nexus, r->type, r->action_key, e);
	}
}
