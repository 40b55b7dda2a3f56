/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <string.h>

#include "model_task_set.h"

void m_task_sets_init(struct m_task_sets *m)
{
	memset(m, 0, sizeof(*m));
	m_reset(m);
}

/* SPC-5 7.5.10, TST. */
int m_set_of(const struct m_task_sets *m, int itl)
{
	return m->control.tst == 1 ? itl : 0;
}

static bool has_aca_task(const struct m_task_sets *m, int itl)
{
	for (uint32_t i = 0; i < M_TASKS; i++) {
		const struct m_task *t = &m->tasks[i];

		if (t->serial && t->itl == itl && t->attribute == M_ACA)
			return true;
	}
	return false;
}

/* SAM-6 5.10.2, 5.10.3; 8.6.4 for the attribute without a condition. */
enum m_verdict m_arrives(const struct m_task_sets *m, const struct m_arrival *a)
{
	int set = m_set_of(m, a->itl);
	int faulted = m->faulted[set];

	if (faulted == M_NOBODY)
		return a->attribute == M_ACA ? M_INVALID_MESSAGE : M_ENTERS;
	if (faulted == a->nexus) {
		bool room = !m->control.tmf_only && !has_aca_task(m, a->itl);

		return a->attribute == M_ACA && room ? M_ENTERS : M_ACA_ACTIVE;
	}
	if (a->preempts && a->attribute != M_ACA)
		return M_ENTERS;
	return a->naca ? M_ACA_ACTIVE : M_BUSY;
}

void m_accepted(struct m_task_sets *m, uint64_t serial, const struct m_arrival *a)
{
	for (uint32_t i = 0; i < M_TASKS; i++) {
		struct m_task *t = &m->tasks[i];

		if (t->serial)
			continue;
		*t = (struct m_task){ .serial = serial,
				      .nexus = a->nexus,
				      .itl = a->itl,
				      .set = m_set_of(m, a->itl),
				      .attribute = a->attribute };
		t->passes = m->faulted[t->set] != M_NOBODY;
		return;
	}
}

struct m_task *m_task(struct m_task_sets *m, uint64_t serial)
{
	for (uint32_t i = 0; serial && i < M_TASKS; i++) {
		if (m->tasks[i].serial == serial)
			return &m->tasks[i];
	}
	return NULL;
}

/* SAM-6 8.6.2 to 8.6.5: whether `o` keeps `t` dormant. */
static bool in_the_way(const struct m_task *t, const struct m_task *o)
{
	bool older = o->serial < t->serial;

	if (t->passes || t->attribute == M_HEAD_OF_QUEUE)
		return false;
	if (o->attribute == M_HEAD_OF_QUEUE)
		return older || o->entered;
	return older && (t->attribute == M_ORDERED || o->attribute == M_ORDERED);
}

const struct m_task *m_in_the_way(const struct m_task_sets *m, const struct m_task *t, uint32_t *at)
{
	while (*at < M_TASKS) {
		const struct m_task *o = &m->tasks[(*at)++];

		if (o->serial && o != t && o->set == t->set && in_the_way(t, o))
			return o;
	}
	return NULL;
}

const char *m_keeps_dormant(const struct m_task_sets *m, const struct m_task *t, uint64_t *by)
{
	const struct m_task *o;
	uint32_t at = 0;

	*by = 0;
	if (m->faulted[t->set] != M_NOBODY && m->established[t->set] != m->moment && !t->passes)
		return "an ACA condition is in effect";
	o = m_in_the_way(m, t, &at);
	if (!o)
		return NULL;
	*by = o->serial;
	return o->attribute == M_HEAD_OF_QUEUE ? "a HEAD OF QUEUE command has not ended" :
	       t->attribute == M_ORDERED       ? "it is ORDERED, and an older one has not ended" :
						 "an older ORDERED command has not ended";
}

void m_may_run(struct m_task_sets *m)
{
	uint64_t by;

	for (uint32_t i = 0; i < M_TASKS; i++) {
		struct m_task *t = &m->tasks[i];

		if (t->serial && t->entered && !t->enabled && !m_keeps_dormant(m, t, &by))
			t->may_run = m->moment;
	}
}

void m_left(struct m_task_sets *m, uint64_t serial)
{
	struct m_task *t = m_task(m, serial);

	if (t)
		memset(t, 0, sizeof(*t));
}

/* SAM-6 5.10.1, 5.10.5 */
void m_check_condition(struct m_task_sets *m, int set, int nexus, enum m_attribute attribute,
		       bool naca)
{
	int faulted = m->faulted[set];

	if (faulted == nexus && attribute == M_ACA)
		m->faulted[set] = M_NOBODY;
	else if (faulted != M_NOBODY)
		return;
	if (!naca)
		return;
	m->faulted[set] = nexus;
	if (faulted == M_NOBODY)
		m->established[set] = m->moment;
}

/* SPC-5 7.5.10, QERR. */
bool m_qerr_aborts(const struct m_task_sets *m, int set, int itl, const struct m_task *t)
{
	if (t->set != set)
		return false;
	return m->control.qerr == 1 || (m->control.qerr == 3 && t->itl == itl);
}

void m_clear_aca_of(struct m_task_sets *m, int set, int nexus)
{
	if (m->faulted[set] != nexus)
		return;
	m->faulted[set] = M_NOBODY;
	m_may_run(m); /* also if a HEAD OF QUEUE command comes before they are told */
}

void m_clear_aca(struct m_task_sets *m, int nexus)
{
	for (int i = 0; i < M_SETS; i++)
		m_clear_aca_of(m, i, nexus);
}

void m_reset(struct m_task_sets *m)
{
	for (int i = 0; i < M_SETS; i++)
		m->faulted[i] = M_NOBODY;
	m_may_run(m);
}

/* docs/architecture.md: TST leaves commands where they are, and ends ACA conditions. */
void m_control_changes(struct m_task_sets *m, const struct m_control *control)
{
	if (control->tst != m->control.tst)
		m_reset(m);
	m->control = *control;
}
