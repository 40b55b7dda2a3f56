/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Persistent reservations as SPC-5 tells of them (5.14, 6.16, 6.17), for the checks of
 * the simulation: written from the clauses, in their words, and sharing no line with
 * the core. One of these for each logical unit. It sees what initiators asked and
 * says what they have to hear.
 */
#ifndef SLUICE_TEST_SIM_MODEL_RESERVATION_H
#define SLUICE_TEST_SIM_MODEL_RESERVATION_H

#include <stdbool.h>
#include <stdint.h>

#define M_NEXUSES 32	/* I_T nexuses by name: initiator port and target port, numbered by the caller */

enum m_type {
	M_NONE			= 0,
	M_WRITE_EXCLUSIVE	= 1,
	M_EXCLUSIVE_ACCESS	= 3,
	M_WRITE_EXCLUSIVE_REGISTRANTS_ONLY = 5,
	M_EXCLUSIVE_ACCESS_REGISTRANTS_ONLY = 6,
	M_WRITE_EXCLUSIVE_ALL_REGISTRANTS = 7,
	M_EXCLUSIVE_ACCESS_ALL_REGISTRANTS = 8,
};

enum m_action {
	M_REGISTER		= 0,
	M_RESERVE		= 1,
	M_RELEASE		= 2,
	M_CLEAR			= 3,
	M_PREEMPT		= 4,
	M_PREEMPT_AND_ABORT	= 5,
	M_REGISTER_AND_IGNORE	= 6,
	M_REGISTER_AND_MOVE	= 7,
};

#define M_NOWHERE (-1)

/* A PERSISTENT RESERVE OUT, as its CDB and parameter list say (6.17). */
struct m_request {
	enum m_action action;
	uint8_t type;
	uint64_t key, action_key;
	bool spec_i_pt;			/* REGISTER: for the I_T nexuses of `named` as well */
	uint32_t named;
	int to;				/* REGISTER AND MOVE: the destination; M_NOWHERE: of no use (5.14.8) */
	bool unreg;
};

/* What a command does to a reserved logical unit (SPC-5 table of allowed commands). */
enum m_kind {
	M_HARMLESS,		/* INQUIRY, REPORT LUNS, REQUEST SENSE, TEST UNIT READY, PERSISTENT RESERVE IN ... */
	M_READS,
	M_WRITES,
};

struct m_reservations {
	uint32_t registered;		/* 1 << nexus */
	uint64_t key[M_NEXUSES];
	enum m_type type;
	int holder;			/* of a type that is not All Registrants */
	uint32_t generation;
};

enum m_outcome {
	M_GOOD,
	M_CONFLICT,			/* RESERVATION CONFLICT */
	M_INVALID_RELEASE,		/* ILLEGAL REQUEST, INVALID RELEASE OF PERSISTENT RESERVATION */
	M_INVALID_PARAMETER,		/* ILLEGAL REQUEST, INVALID FIELD IN PARAMETER LIST */
	M_INVALID_CDB,			/* ILLEGAL REQUEST, INVALID FIELD IN CDB */
};

/* Unit Attentions that follow, and whose commands are aborted. */
struct m_effects {
	uint32_t preempted;		/* 2A/03 RESERVATIONS PREEMPTED */
	uint32_t released;		/* 2A/04 RESERVATIONS RELEASED */
	uint32_t unregistered;		/* 2A/05 REGISTRATIONS PREEMPTED */
	uint32_t aborted;
};

/* PERSISTENT RESERVE OUT by `nexus`: with M_GOOD its effects have been applied. */
enum m_outcome m_reserve_out(struct m_reservations *m, int nexus, const struct m_request *r,
			     struct m_effects *effects);
/* RESERVATION CONFLICT for such a command of that nexus? */
bool m_reservation_conflicts(const struct m_reservations *m, int nexus, enum m_kind kind);
bool m_holds(const struct m_reservations *m, int nexus);

#endif /* SLUICE_TEST_SIM_MODEL_RESERVATION_H */
