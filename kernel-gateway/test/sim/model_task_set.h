/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Task sets as SAM-6 (5.10, 8) and the Control mode page (SPC-5 7.5.10) tell of them, for
 * the checks of the simulation: written from the clauses and sharing no line with the
 * core. One of these for each logical unit: the task set that all I_T nexuses share, and
 * one for each I_T_L nexus, which TST 001b asks for. It is told of what initiators sent
 * and how commands ended, and says who may enter, who may run, and who is aborted.
 */
#ifndef SLUICE_TEST_SIM_MODEL_TASK_SET_H
#define SLUICE_TEST_SIM_MODEL_TASK_SET_H

#include <stdbool.h>
#include <stdint.h>

#define M_SETS		64	/* 0: shared; then one for each I_T_L nexus, numbered by the caller */
#define M_TASKS		192
#define M_NOBODY	(-1)

enum m_attribute {
	M_SIMPLE	= 1,
	M_ORDERED	= 2,
	M_HEAD_OF_QUEUE	= 3,
	M_ACA		= 4,
};

struct m_control {
	bool tas, tmf_only;
	uint8_t tst, qerr, ua_intlck;	/* as in the page */
};

struct m_task {
	uint64_t serial;		/* the order of arrival; 0: none */
	int nexus, itl, set;
	enum m_attribute attribute;
	bool entered, enabled;
	uint64_t entered_at;		/* the moment */
	uint64_t may_run;		/* the last moment at which nothing kept it dormant */
	bool passes;			/* let in while an ACA condition is in effect */
};

struct m_task_sets {
	struct m_control control;
	struct m_task tasks[M_TASKS];
	uint64_t moment;		/* the caller's count: what happens in one is not ordered */
	uint64_t established[M_SETS];	/* when */
	int faulted[M_SETS];		/* the I_T nexus whose ACA condition is in effect, or M_NOBODY */
};

struct m_arrival {
	int nexus, itl;			/* its own task set's number */
	enum m_attribute attribute;
	bool naca;
	bool preempts;			/* PERSISTENT RESERVE OUT, PREEMPT AND ABORT */
};

enum m_verdict {
	M_ENTERS,
	M_ACA_ACTIVE,			/* status ACA ACTIVE */
	M_BUSY,				/* status BUSY */
	M_INVALID_MESSAGE,		/* ILLEGAL REQUEST, INVALID MESSAGE ERROR */
};

void m_task_sets_init(struct m_task_sets *m);
/* The task set that a command finds when it arrives. */
int m_set_of(const struct m_task_sets *m, int itl);
enum m_verdict m_arrives(const struct m_task_sets *m, const struct m_arrival *a);
/* It has been let in: until it ends, m_task() finds it. */
void m_accepted(struct m_task_sets *m, uint64_t serial, const struct m_arrival *a);
struct m_task *m_task(struct m_task_sets *m, uint64_t serial);
/* NULL: it may be enabled now. Else why not; `by` is the command that is in its way, if one is. */
const char *m_keeps_dormant(const struct m_task_sets *m, const struct m_task *t, uint64_t *by);
/* All that are in its way, one after the other from *at = 0 on; NULL: no more. */
const struct m_task *m_in_the_way(const struct m_task_sets *m, const struct m_task *t, uint32_t *at);
/* Notes of all that are dormant and need not be any more, that it is so at this moment. */
void m_may_run(struct m_task_sets *m);
/* It leaves its task set. */
void m_left(struct m_task_sets *m, uint64_t serial);
/* A command of `set` ended CHECK CONDITION, which may establish, or end, an ACA condition. */
void m_check_condition(struct m_task_sets *m, int set, int nexus, enum m_attribute attribute, bool naca);
/* QErr: is `t` aborted when a command of that task set and I_T_L nexus ends CHECK CONDITION? */
bool m_qerr_aborts(const struct m_task_sets *m, int set, int itl, const struct m_task *t);
/* CLEAR ACA, or the loss of the I_T nexus. */
void m_clear_aca(struct m_task_sets *m, int nexus);
/* The same on one of its I_T_L nexuses' task sets only. */
void m_clear_aca_of(struct m_task_sets *m, int set, int nexus);
/* Logical unit reset, power on. */
void m_reset(struct m_task_sets *m);
void m_control_changes(struct m_task_sets *m, const struct m_control *control);

#endif /* SLUICE_TEST_SIM_MODEL_TASK_SET_H */
