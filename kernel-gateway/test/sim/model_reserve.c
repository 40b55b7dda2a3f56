/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "model_reserve.h"

bool m_reserve_conflicts(const struct m_reserve *m, int nexus, enum m_beside kind)
{
	if (m->holder == M_NO_NEXUS || kind == M_BESIDE_ALLOWED)
		return false;
	/* SPC-2 5.5.1: all PERSISTENT RESERVE IN and OUT, regardless of initiator. */
	return kind == M_BESIDE_PERSISTENT || m->holder != nexus;
}

/*
 * SPC-5 5.14.3: GOOD, and nothing happens, for the holder of the persistent reservation, and
 * for who is registered if its type lets registrants in. SPC-2 5.5.1: while anybody is registered,
 * all RESERVE and RELEASE conflict otherwise.
 */
static enum m_outcome beside_registrations(const struct m_reservations *p, int name)
{
	bool registered = p->registered & 1U << name;

	if (m_holds(p, name))
		return M_GOOD;
	return registered && p->type >= M_WRITE_EXCLUSIVE_REGISTRANTS_ONLY ? M_GOOD : M_CONFLICT;
}

enum m_outcome m_reserve_or_release(struct m_reserve *m, const struct m_reservations *persistent,
				    int nexus, int name, bool release)
{
	if (persistent->registered)
		return beside_registrations(persistent, name);
	if (!release && m->holder != M_NO_NEXUS && m->holder != nexus)
		return M_CONFLICT;
	if (!release)
		m->holder = nexus;
	else if (m->holder == nexus)
		m->holder = M_NO_NEXUS;
	return M_GOOD;
}

void m_reserve_nexus_lost(struct m_reserve *m, int nexus)
{
	if (m->holder == nexus)
		m->holder = M_NO_NEXUS;
}

void m_reserve_reset(struct m_reserve *m)
{
	m->holder = M_NO_NEXUS;
}
