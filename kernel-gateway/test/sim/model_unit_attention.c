/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stddef.h>

#include "model_unit_attention.h"

#define LOWEST 5

/* SAM-6 5.14, the table of precedence: 0 is the highest. */
static int precedence(uint16_t code)
{
	switch (code) {
	case 0x2900:
	case 0x2901:
	case 0x2904:
		return 0;
	case 0x2902:
	case 0x3f01:
		return 1;
	case 0x2903:
		return 2;
	case 0x2907:
		return 3;
	case 0x2f01:
		return 4;
	default:
		return LOWEST;
	}
}

static struct m_attention *find(const struct m_attentions *a, uint16_t code)
{
	for (uint32_t i = 0; i < a->n; i++) {
		if (a->pending[i].code == code)
			return (struct m_attention *)&a->pending[i];
	}
	return NULL;
}

bool m_attention_pending(const struct m_attentions *a, uint16_t code)
{
	return find(a, code) != NULL;
}

void m_attention_excuse(struct m_attentions *a)
{
	for (uint32_t i = 0; i < a->n; i++)
		a->pending[i].owed = false;
}

static void drop(struct m_attentions *a, struct m_attention *gone)
{
	*gone = a->pending[--a->n];
}

/* What does not fit becomes one condition that makes an initiator look at everything (29/00). */
static void overflow(struct m_attentions *a)
{
	m_attention_excuse(a);
	if (!find(a, 0x2900) && a->n < M_ATTENTIONS)
		a->pending[a->n++] = (struct m_attention){ 0x2900, false };
}

static void add(struct m_attentions *a, uint16_t code, bool owed)
{
	struct m_attention *known = find(a, code);

	if (known) {
		known->owed |= owed;
		return;
	}
	if (a->n >= M_ATTENTION_BOUND)
		overflow(a);
	if (a->n < M_ATTENTIONS) {
		owed &= a->n < M_ATTENTION_BOUND;
		a->pending[a->n++] = (struct m_attention){ code, owed };
	}
}

static bool is_reset(uint16_t code)
{
	return code >= 0x2900 && code <= 0x2907;
}

/*
 * A reset supersedes what it outranks, and one that is pending and not outranked stands
 * for it: who sees that starts afresh in any case. New microcode is nothing that a reset undoes.
 */
void m_attention_establish(struct m_attentions *a, uint16_t code)
{
	int rank = precedence(code);
	bool stands = false;

	for (uint32_t i = a->n; is_reset(code) && i-- > 0;) {
		struct m_attention *p = &a->pending[i];

		if (precedence(p->code) > rank && p->code != 0x3f01)
			drop(a, p);
		else
			stands |= is_reset(p->code);
	}
	if (!stands)
		add(a, code, true);
}

void m_attention_allow(struct m_attentions *a, uint16_t code)
{
	add(a, code, false);
}

void m_attention_forget(struct m_attentions *a, uint16_t code)
{
	struct m_attention *known = find(a, code);

	if (known)
		drop(a, known);
}

const char *m_attention_reported(struct m_attentions *a, uint16_t code, bool clears)
{
	if (!find(a, code))
		return "was not raised, or came twice";
	for (uint32_t i = 0; i < a->n; i++) {
		if (a->pending[i].owed && precedence(a->pending[i].code) < precedence(code))
			return "came before one of higher precedence";
	}
	if (clears)
		m_attention_forget(a, code);
	return NULL;
}

uint16_t m_attention_of_reset(const struct m_attentions *a, bool owed)
{
	for (uint32_t i = 0; i < a->n; i++) {
		if (precedence(a->pending[i].code) < LOWEST && (a->pending[i].owed || !owed))
			return a->pending[i].code;
	}
	return 0;
}

uint16_t m_attention_owed(const struct m_attentions *a)
{
	for (uint32_t i = 0; i < a->n; i++) {
		if (a->pending[i].owed)
			return a->pending[i].code;
	}
	return 0;
}
