/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Unit Attention conditions of an I_T_L nexus (SAM-6 5.14): kept once each, in the order
 * in which they are reported: by precedence, those of one level in the order of arrival.
 * A reset (29h) supersedes all that is not above it, for an initiator that sees it
 * starts afresh; and one that is above it stands for it.
 */
#include "nexus.h"
#include "sense.h"

#define SL_ASC_RESETS 0x29

/* SAM-6 5.14, the table of precedence levels. */
static u32 precedence(u8 asc, u8 ascq)
{
	switch (asc << 8 | ascq) {
	case SL_ASC_RESET_OCCURRED:
	case SL_ASC_POWER_ON:
	case SL_ASC_DEVICE_INTERNAL_RESET:
		return 5;
	case SL_ASC_BUS_RESET:
	case SL_ASC_MICROCODE_CHANGED:
		return 4;
	case SL_ASC_BUS_DEVICE_RESET:
		return 3;
	case SL_ASC_NEXUS_LOSS:
		return 2;
	case SL_ASC_CLEARED_BY_POWER_LOSS:
		return 1;
	default:
		/* What else there is of resets: a change of the transport's mode. */
		return asc == SL_ASC_RESETS ? 2 : 0;
	}
}

bool sl_ua_tells_of_reset(const struct sl_ua *ua)
{
	return precedence(ua->asc, ua->ascq) > 0;
}

static void drop_at(struct sl_itl *itl, u32 at)
{
	for (u32 i = at + 1; i < itl->n_ua; i++)
		itl->ua[i - 1] = itl->ua[i];
	itl->n_ua--;
}

/* Nothing is lost of a new microcode: the initiator's view of what it talks to is another one. */
static bool outlives_resets(const struct sl_ua *ua)
{
	return ua->asc == SL_ASC_MICROCODE_CHANGED >> 8 &&
	       ua->ascq == (SL_ASC_MICROCODE_CHANGED & 0xff);
}

/* False: just it is there, or a reset that is not below it and says it all. */
static bool make_way(struct sl_itl *itl, u8 asc, u8 ascq)
{
	u32 rank = precedence(asc, ascq), i = 0;
	bool wanted = true;

	while (i < itl->n_ua) {
		const struct sl_ua *ua = &itl->ua[i];
		u32 other = precedence(ua->asc, ua->ascq);

		if (asc != SL_ASC_RESETS)
			wanted &= ua->asc != asc || ua->ascq != ascq;
		else if (ua->asc == SL_ASC_RESETS && other >= rank)
			wanted = false;
		else if (other <= rank && !outlives_resets(ua)) {
			drop_at(itl, i);
			continue;
		}
		i++;
	}
	return wanted;
}

void sl_ua_add(struct sl_itl *itl, u8 asc, u8 ascq)
{
	u32 at, rank;

	if (!make_way(itl, asc, ascq))
		return;
	if (itl->n_ua == SL_UA_MAX) {
		/* No room: one condition that makes the initiator look at everything again. */
		itl->n_ua = 0;
		asc = SL_ASC_RESET_OCCURRED >> 8;
		ascq = SL_ASC_RESET_OCCURRED & 0xff;
	}
	rank = precedence(asc, ascq);
	for (at = itl->n_ua; at > 0; at--) {
		if (precedence(itl->ua[at - 1].asc, itl->ua[at - 1].ascq) >= rank)
			break;
		itl->ua[at] = itl->ua[at - 1];
	}
	itl->ua[at] = (struct sl_ua){ asc, ascq };
	itl->n_ua++;
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
