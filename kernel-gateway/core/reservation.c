/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The state of a device, and how one replaces another. */
#include "reservation.h"

#include "preemption.h"
#include "session.h"

u64 sl_port_hash(const char *initiator_port)
{
	u64 hash = 0xcbf29ce484222325ULL; /* FNV-1a */

	for (const char *c = initiator_port; *c; c++)
		hash = (hash ^ (u8)*c) * 0x100000001b3ULL;
	return hash;
}

u32 sl_registration_of(const struct sl_reservation *r, const char *initiator_port, u64 hash,
		       const struct sl_target_port *port)
{
	u32 n = r ? r->n : 0;

	for (u32 i = 0; i < n; i++) {
		if (r->at[i].hash == hash && r->at[i].port == port &&
		    strcmp(r->at[i].initiator_port, initiator_port) == 0)
			return i;
	}
	return n;
}

enum sl_relation sl_reservation_relation(const struct sl_reservation *r, u32 index)
{
	if (!r || index >= r->n)
		return SL_RELATION_NONE;
	if (r->type != SL_TYPE_NONE && (sl_type_all_registrants(r->type) || r->holder == index))
		return SL_RELATION_HOLDER;
	return SL_RELATION_REGISTRANT;
}

struct sl_reservation *sl_reservation_copy(const struct sl_reservation *r, u32 more)
{
	u32 n = r ? r->n : 0;
	struct sl_reservation *copy =
		sl_alloc(sizeof(*copy) + (size_t)(n + more) * sizeof(copy->at[0]));

	if (copy && r) {
		memcpy(copy, r, sizeof(*r) + (size_t)n * sizeof(r->at[0]));
		copy->gone_asc = 0;
		copy->kept_asc = 0;
		copy->aborts = false;
	}
	return copy;
}

void sl_reservation_drop(struct sl_reservation *r, u32 index)
{
	r->n--;
	for (u32 i = index; i < r->n; i++)
		r->at[i] = r->at[i + 1];
	if (r->holder > index)
		r->holder--;
}

void sl_reservation_add(struct sl_reservation *r, const char *initiator_port,
			const struct sl_target_port *port, u64 key)
{
	struct sl_registration *reg = &r->at[r->n++];

	memset(reg, 0, sizeof(*reg));
	reg->key = key;
	reg->port = port;
	reg->hash = sl_port_hash(initiator_port);
	memcpy(reg->initiator_port, initiator_port,
	       sl_min(strlen(initiator_port), sizeof(reg->initiator_port) - 1));
}

static u32 index_of(const struct sl_reservation *r, const struct sl_nexus *n)
{
	return sl_registration_of(r, n->initiator_port, n->initiator_hash, n->port);
}

/* Under device->itl_lock. */
static u8 bars_of(const struct sl_device *dev, const struct sl_nexus *n)
{
	const struct sl_reservation *r = dev->reservation;
	u8 bars = 0;

	if (r && r->lost)
		return 1U << SL_BAR_LOST;
	if (r && r->n > 0)
		bars = sl_reservation_bars(r->type, sl_reservation_relation(r, index_of(r, n)));
	if (dev->reserved_by)
		bars |= sl_legacy_bars(dev->reserved_by == n->id);
	return bars;
}

void sl_reservation_bar(struct sl_itl *itl)
{
	itl->bars = bars_of(itl->dev, itl->nexus);
}

void sl_reservation_bar_all(struct sl_device *dev)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &dev->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);

		sl_spin_lock(&itl->nexus->lock);
		sl_reservation_bar(itl);
		sl_spin_unlock(&itl->nexus->lock);
	}
}

/* Under device->itl_lock and the nexus's own. */
static void tell(struct sl_itl *itl, const struct sl_reservation *old,
		 const struct sl_reservation *next, struct sl_cmd *by, struct sl_work *w)
{
	bool was = index_of(old, itl->nexus) < (old ? old->n : 0);
	bool is = was && index_of(next, itl->nexus) < next->n;
	u16 asc = is ? next->kept_asc : was ? next->gone_asc : 0;

	if (asc && itl->nexus != by->nexus)
		sl_ua_add(itl, (u8)(asc >> 8), (u8)asc);
	if (was && !is && next->aborts)
		sl_preempt(by, itl, w);
}

void sl_reservation_commit(struct sl_device *dev, struct sl_reservation *next, struct sl_cmd *by,
			   struct sl_work *w)
{
	struct sl_reservation *old;
	struct sl_list *pos;

	sl_spin_lock(&dev->itl_lock);
	old = dev->reservation;
	dev->reservation = next;
	sl_store_relaxed(&dev->registrations, next->n);
	sl_list_for_each(pos, &dev->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);

		sl_spin_lock(&itl->nexus->lock);
		sl_reservation_bar(itl);
		if (by)
			tell(itl, old, next, by, w);
		sl_spin_unlock(&itl->nexus->lock);
	}
	sl_spin_unlock(&dev->itl_lock);
	sl_free(old);
}
