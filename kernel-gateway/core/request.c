/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The handler's admin requests: copied once, judged, applied before later completions. */
#include "control_mode.h"
#include "nexus.h"
#include "session.h"

static bool is_zero(const u8 *bytes, u32 n)
{
	u8 sum = 0;

	for (u32 i = 0; i < n; i++)
		sum |= bytes[i];
	return sum == 0;
}

static bool raise_for_one(struct sl_device *dev, u32 nexus, u8 asc, u8 ascq)
{
	struct sl_list *pos;
	bool found = false;

	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);

		if (itl->nexus->id != nexus)
			continue;
		sl_spin_lock(&itl->nexus->lock);
		sl_ua_add(itl, asc, ascq);
		sl_spin_unlock(&itl->nexus->lock);
		found = true;
	}
	sl_spin_unlock(&dev->itl_lock);
	return found;
}

static void raise_but(struct sl_device *dev, u32 nexus, u8 asc, u8 ascq)
{
	struct sl_list *pos;

	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);

		if (itl->nexus->id == nexus)
			continue;
		sl_spin_lock(&itl->nexus->lock);
		sl_ua_add(itl, asc, ascq);
		sl_spin_unlock(&itl->nexus->lock);
	}
	sl_spin_unlock(&dev->itl_lock);
}

/* False: not a request that the ABI knows, or about somebody else's device. */
static bool apply(struct sl_session *s, const struct sluice_request *r, struct sl_work *w)
{
	struct sl_device *dev = sl_device_at(s->gw, r->device);

	if (!dev || sl_device_binding(dev) != sl_binding(s) || r->reserved0 ||
	    !is_zero(r->reserved, sizeof(r->reserved)))
		return false;
	switch (r->type) {
	case SLUICE_REQUEST_UNIT_ATTENTION:
		if (r->scope == SLUICE_UA_ALL)
			sl_ua_raise(dev, NULL, r->asc, r->ascq);
		else if (r->scope == SLUICE_UA_ALL_BUT)
			raise_but(dev, r->nexus, r->asc, r->ascq);
		else if (r->scope == SLUICE_UA_ONE)
			raise_for_one(dev, r->nexus, r->asc,
				      r->ascq); /* gone meanwhile: no fault */
		else
			return false;
		return true;
	case SLUICE_REQUEST_CONTROL_MODE:
		if (!sl_control_mode_ok(r->control_mode))
			return false;
		sl_control_mode_set(dev, r->control_mode, w);
		return true;
	default:
		return false;
	}
}

/*
 * The caller is a user of the session's regions. An index behind ours must break the
 * ring like one far ahead: nothing would ever be taken, and the ring never be idle.
 */
bool sl_request_drain(struct sl_session *s, struct sl_work *w, u32 *taken)
{
	u32 producer, consumer;

	if (sl_load_acquire(&s->admin_user->comp_producer) == sl_load_acquire(&s->request_consumer))
		return true;
	sl_spin_lock(&s->request_lock);
	consumer = s->request_consumer;
	/* Loaded under the lock: nobody has gone further than this one, so behind is wrong, too. */
	producer = sl_load_acquire(&s->admin_user->comp_producer);
	if (producer - consumer > s->admin_depth) {
		sl_spin_unlock(&s->request_lock);
		return false;
	}
	while (producer != consumer) {
		struct sluice_request copy = s->requests[consumer & (s->admin_depth - 1)];

		/* What is judged is what was copied: nothing is read from the slot again. */
		sl_compiler_barrier();
		if (!apply(s, &copy, w))
			sl_fetch_add_relaxed(&s->gw->handler_faults, 1);
		sl_fetch_add_relaxed(&s->faults, 1);
		consumer++;
		(*taken)++;
		sl_store_release(&s->request_consumer, consumer);
	}
	/* Pairs with the handler's load-acquire: the slots are its own again. */
	sl_store_release(&s->admin_gw->comp_consumer, consumer);
	sl_spin_unlock(&s->request_lock);
	return true;
}
