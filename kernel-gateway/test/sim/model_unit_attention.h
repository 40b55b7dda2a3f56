/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a logical unit owes one I_T nexus in Unit Attentions (SAM-6 5.14), for the checks
 * of the simulation; written from the clauses. A condition that a reset may have
 * superseded is one that may still come, and need not.
 */
#ifndef SLUICE_TEST_SIM_MODEL_UNIT_ATTENTION_H
#define SLUICE_TEST_SIM_MODEL_UNIT_ATTENTION_H

#include <stdbool.h>
#include <stdint.h>

#define M_ATTENTIONS	32
#define M_ATTENTION_BOUND 12	/* so many distinct ones a gateway remembers at least */

struct m_attention {
	uint16_t code;			/* ASC << 8 | ASCQ */
	bool owed;			/* has to come; else it may */
};

struct m_attentions {
	uint32_t n;
	struct m_attention pending[M_ATTENTIONS];
};

void m_attention_establish(struct m_attentions *a, uint16_t code);
/* It may come, but nobody promised it. */
void m_attention_allow(struct m_attentions *a, uint16_t code);
/* NULL: it may be reported now. `clears`: it is gone then. */
const char *m_attention_reported(struct m_attentions *a, uint16_t code, bool clears);
void m_attention_forget(struct m_attentions *a, uint16_t code);
/* One that has to come before a RESERVATION CONFLICT may (SAM-6 5.3.3); 0: none. */
uint16_t m_attention_of_reset(const struct m_attentions *a, bool owed);
/* One that has to come; 0: none. */
uint16_t m_attention_owed(const struct m_attentions *a);
bool m_attention_pending(const struct m_attentions *a, uint16_t code);
/* None of them has to come any more. */
void m_attention_excuse(struct m_attentions *a);

#endif /* SLUICE_TEST_SIM_MODEL_UNIT_ATTENTION_H */
