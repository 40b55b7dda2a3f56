/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * RESERVE and RELEASE as SPC-2 (5.5.1, 7.15 - 7.18) tells of them, with the exceptions that
 * SPC-5 5.14.3 makes beside persistent reservations, for the checks of the simulation:
 * written from the clauses and sharing no line with the core. One of these for each logical unit.
 */
#ifndef SLUICE_TEST_SIM_MODEL_RESERVE_H
#define SLUICE_TEST_SIM_MODEL_RESERVE_H

#include "model_reservation.h"

#define M_NO_NEXUS (-1)

struct m_reserve {
	int holder;			/* the I_T nexus, numbered by the caller; M_NO_NEXUS */
};

/* What SPC-2's table of allowed commands, and 5.5.1, tell apart. */
enum m_beside {
	M_BESIDE_ALLOWED,		/* INQUIRY, REPORT LUNS, REQUEST SENSE, RELEASE */
	M_BESIDE_OTHER,			/* all others, TEST UNIT READY among them */
	M_BESIDE_PERSISTENT,		/* PERSISTENT RESERVE IN and OUT */
};

/* RESERVATION CONFLICT because of a RESERVE, for such a command of that nexus? */
bool m_reserve_conflicts(const struct m_reserve *m, int nexus, enum m_beside kind);
/*
 * RESERVE, or RELEASE, by a nexus whose name among the persistent ones is `name`: with M_GOOD
 * its effects have been applied.
 */
enum m_outcome m_reserve_or_release(struct m_reserve *m, const struct m_reservations *persistent,
				    int nexus, int name, bool release);
/* The loss of a nexus, by whatever means. */
void m_reserve_nexus_lost(struct m_reserve *m, int nexus);
/* Logical unit reset, power on. */
void m_reserve_reset(struct m_reserve *m);

#endif /* SLUICE_TEST_SIM_MODEL_RESERVE_H */
