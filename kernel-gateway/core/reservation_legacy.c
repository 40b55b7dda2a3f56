/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * RESERVE and RELEASE, 6 and 10 (SPC-2 7.15 - 7.18), with the exceptions that SPC-5
 * 5.14.3 makes of them beside persistent reservations (CRH). Neither for third parties
 * nor of extents. The reservation ends with its I_T nexus and with every reset.
 */
#include "reservation.h"
#include "sense.h"
#include "service.h"

#define SL_RESERVE_EXTENT      (1U << 0)
#define SL_RESERVE_THIRD_PARTY (1U << 4)

static bool is_release(const struct sl_cmd *cmd)
{
	return cmd->cdb[0] & 0x01;
}

/*
 * Under device->itl_lock. Of a command that was aborted since its turn came nothing may come: what
 * a reset, or the loss of the nexus, releases is released already, and nobody would know of this one.
 */
static void hold(struct sl_device *dev, const struct sl_cmd *cmd, u32 nexus)
{
	struct sl_nexus *n = cmd->nexus;

	sl_spin_lock(&n->lock);
	if (cmd->core.state == SL_SERVING)
		sl_store_relaxed(&dev->reserved_by, nexus);
	sl_spin_unlock(&n->lock);
}

/* Under device->itl_lock. */
static u8 decide(struct sl_device *dev, struct sl_cmd *cmd)
{
	const struct sl_reservation *r = dev->reservation;
	struct sl_nexus *n = cmd->nexus;

	if (r && r->n > 0) {
		u32 i = sl_registration_of(r, n->initiator_port, n->initiator_hash, n->port);
		u8 bars = sl_reservation_bars(r->type, sl_reservation_relation(r, i));
		u32 mine = is_release(cmd) ? SL_BAR_RELEASE : SL_BAR_RESERVE;

		return bars & 1U << mine ? SL_STATUS_RESERVATION_CONFLICT : SL_STATUS_GOOD;
	}
	if (dev->reserved_by && dev->reserved_by != n->id)
		return is_release(cmd) ? SL_STATUS_GOOD : SL_STATUS_RESERVATION_CONFLICT;
	hold(dev, cmd, is_release(cmd) ? 0 : n->id);
	return SL_STATUS_GOOD;
}

enum sl_served sl_reservation_legacy(struct sl_cmd *cmd, bool stored, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;
	u8 status;

	(void)stored;
	(void)w;
	if (cmd->cdb[1] & SL_RESERVE_THIRD_PARTY) {
		sl_sense_invalid_field(cmd, 1, 4);
		return SL_SERVED;
	}
	if (cmd->cdb[1] & SL_RESERVE_EXTENT) {
		sl_sense_invalid_field(cmd, 1, 0);
		return SL_SERVED;
	}
	sl_spin_lock(&dev->itl_lock);
	status = decide(dev, cmd);
	sl_reservation_bar_all(dev);
	sl_spin_unlock(&dev->itl_lock);
	sl_status_only(cmd, status);
	return SL_SERVED;
}

void sl_legacy_release(struct sl_device *dev, u32 nexus)
{
	if (!sl_load_relaxed(&dev->reserved_by))
		return;
	sl_spin_lock(&dev->itl_lock);
	if (dev->reserved_by && (!nexus || dev->reserved_by == nexus)) {
		sl_store_relaxed(&dev->reserved_by, 0);
		sl_reservation_bar_all(dev);
	}
	sl_spin_unlock(&dev->itl_lock);
}

/* A device whose reservation the nexus has. Devices live as long as the gateway. */
static struct sl_device *reserved_by(struct sl_nexus *n)
{
	struct sl_device *dev = NULL;
	struct sl_list *pos;

	sl_spin_lock(&n->lock);
	sl_list_for_each(pos, &n->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_nexus);

		if (sl_load_relaxed(&itl->dev->reserved_by) == n->id)
			dev = itl->dev;
	}
	sl_spin_unlock(&n->lock);
	return dev;
}

void sl_legacy_release_all(struct sl_nexus *n)
{
	struct sl_device *dev;

	while ((dev = reserved_by(n)))
		sl_legacy_release(dev, n->id);
}
