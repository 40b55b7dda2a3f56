/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Unit Attention conditions of an I_T_L nexus (SAM-6 5.14): kept once each, in
 * order of arrival; a reset-type condition (29h) supersedes what is older, for an
 * initiator that sees it starts afresh.
 */
#include "nexus.h"
#include "sense.h"

/* SAM-6 table of reset-type conditions: power on before hard reset before LU reset before nexus loss. */
static u32 precedence(u8 asc, u8 ascq)
{
	if (asc != 0x29)
		return 0;
	switch (ascq) {
	case 0x00:
	case 0x01:
		return 4;
	case 0x02:
		return 3;
	case 0x07:
		return 1;
	default:
		return 2;
	}
}

void sl_ua_add(struct sl_itl *itl, u8 asc, u8 ascq)
{
	u32 rank = precedence(asc, ascq);

	for (u32 i = 0; rank == 0 && i < itl->n_ua; i++) {
		if (itl->ua[i].asc == asc && itl->ua[i].ascq == ascq)
			return;
	}
	if (rank > 0) {
		/* It clears all others; of two resets the higher one stays, of equals the older. */
		if (itl->n_ua > 0 && precedence(itl->ua[0].asc, itl->ua[0].ascq) >= rank) {
			itl->n_ua = 1;
			return;
		}
		itl->n_ua = 0;
	} else if (itl->n_ua == SL_UA_MAX) {
		/* No room: one condition that makes the initiator look at everything again. */
		itl->n_ua = 0;
		asc = SL_ASC_RESET_OCCURRED >> 8;
		ascq = SL_ASC_RESET_OCCURRED & 0xff;
	}
	itl->ua[itl->n_ua].asc = asc;
	itl->ua[itl->n_ua].ascq = ascq;
	itl->n_ua++;
}

static void drop_at(struct sl_itl *itl, u32 at)
{
	itl->n_ua--;
	for (u32 i = at; i < itl->n_ua; i++)
		itl->ua[i] = itl->ua[i + 1];
}

bool sl_ua_take(struct sl_itl *itl, struct sl_ua *ua)
{
	if (itl->n_ua == 0)
		return false;
	*ua = itl->ua[0];
	drop_at(itl, 0);
	return true;
}

void sl_ua_forget(struct sl_itl *itl, u8 asc, u8 ascq)
{
	for (u32 i = 0; i < itl->n_ua; i++) {
		if (itl->ua[i].asc == asc && itl->ua[i].ascq == ascq) {
			drop_at(itl, i);
			return;
		}
	}
}

void sl_ua_raise(struct sl_device *dev, const struct sl_nexus *but, u8 asc, u8 ascq)
{
	struct sl_list *pos;

	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);

		if (itl->nexus == but)
			continue;
		sl_spin_lock(&itl->nexus->lock);
		sl_ua_add(itl, asc, ascq);
		sl_spin_unlock(&itl->nexus->lock);
	}
	sl_spin_unlock(&dev->itl_lock);
}
