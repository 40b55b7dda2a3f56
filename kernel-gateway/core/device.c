/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "device.h"

#include "aca.h"
#include "access_state.h"
#include "control_mode.h"
#include "event.h"
#include "nexus.h"
#include "reservation.h"
#include "sense.h"
#include "session.h"

#define SL_TIMEOUT_MAX_NS (86400ULL * 1000000000)

struct sl_device *sl_device_at(struct sl_gateway *gw, u32 id)
{
	u32 n = sl_load_acquire(&gw->n_devices);

	return id >= 1 && id <= n ? gw->devices[id - 1] : NULL;
}

/* FNV-1a */
static u32 hash_of(const char *name)
{
	u32 hash = 2166136261U;

	for (u32 i = 0; i < SLUICE_NAME_LEN && name[i]; i++)
		hash = (hash ^ (u8)name[i]) * 16777619U;
	return hash;
}

struct sl_device *sl_device_named(struct sl_gateway *gw, const char *name, int *error)
{
	struct sl_device **chain = &gw->named[hash_of(name) & gw->named_mask];
	struct sl_device *dev;

	for (dev = *chain; dev; dev = dev->next_named) {
		if (strncmp(dev->name, name, SLUICE_NAME_LEN) == 0)
			return dev;
	}
	if (gw->n_devices == gw->limits.max_devices) {
		*error = -ENOSPC;
		return NULL;
	}
	dev = sl_alloc(sizeof(*dev));
	if (!dev) {
		*error = -ENOMEM;
		return NULL;
	}
	dev->gw = gw;
	dev->id = gw->n_devices + 1;
	dev->state = SLUICE_DEVICE_ABSENT;
	dev->peripheral_type = 0x1f;
	dev->next_dormant_ns = U64_MAX;
	dev->next_fetch_ns = U64_MAX;
	dev->next_turn_ns = U64_MAX;
	dev->due_ns = U64_MAX;
	memcpy(dev->name, name, sizeof(dev->name));
	sl_task_set_init(&dev->set);
	sl_spin_init(&dev->itl_lock);
	sl_spin_init(&dev->turn_lock);
	sl_spin_init(&dev->kept_lock);
	sl_spin_init(&dev->lapse_lock);
	sl_list_init(&dev->reach);
	sl_list_init(&dev->kept);
	sl_list_init(&dev->announcing);
	sl_list_init(&dev->of_announcing);
	sl_access_inherit(dev);
	sl_list_init(&dev->itls);
	sl_list_init(&dev->turn_waiting);
	sl_list_init(&dev->owed);
	sl_list_init(&dev->lapses);
	dev->next_named = *chain;
	*chain = dev;
	gw->devices[gw->n_devices] = dev;
	sl_store_release(&gw->n_devices, gw->n_devices + 1);
	return dev;
}

static const char *refusal(const struct sl_session *s, const struct sluice_device_add *add)
{
	if (!sl_text_ok(add->name, sizeof(add->name)))
		return "device: the name is empty or not NUL-terminated";
	if (add->queue != SLUICE_QUEUE_ANY && add->queue >= s->n_queues)
		return "device: queue is not one of the session's: use 0 .. queues - 1 or SLUICE_QUEUE_ANY";
	if (add->task_set_limit == 0)
		return "device: task_set_limit is 0: allow at least one command";
	if (add->max_transfer == 0 || add->max_transfer > s->max_buffer)
		return "device: max_transfer is 0 or above the session's max_buffer (16 MiB)";
	if (add->peripheral_type > 0x1f)
		return "device: peripheral_type is above 1Fh (SPC-5 6.7.2)";
	if (add->recovery > SLUICE_RECOVERY_REDELIVER)
		return "device: recovery is none of FAIL, REQUEUE, REDELIVER";
	if (!sl_control_mode_ok(add->control_mode))
		return "device: control_mode has bits or values that this gateway does not know (SPC-5 7.5.10)";
	/* Nothing waits for ever, and no sum of times overflows. */
	for (u32 i = 0; i < SLUICE_PACES; i++) {
		if (add->timeout_ns[i] > SL_TIMEOUT_MAX_NS)
			return "device: timeout_ns is above a day";
	}
	if (add->flags & ~SLUICE_DEVICE_EXPLICIT_ACCESS)
		return "device: flags has bits that this gateway does not know";
	if (add->reserved1)
		return "device: reserved fields are not zero";
	return NULL;
}

/* Nobody took over: every nexus hears that whatever was volatile in the logical unit is gone. */
static void power_on(struct sl_device *dev, struct sl_work *w)
{
	struct sl_list *pos;

	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);

		sl_spin_lock(&itl->nexus->lock);
		sl_ua_add(itl, SL_ASC_POWER_ON >> 8, SL_ASC_POWER_ON & 0xff);
		sl_spin_unlock(&itl->nexus->lock);
	}
	sl_spin_unlock(&dev->itl_lock);
	sl_aca_clear_all(dev, w);
}

/* Under gw->config. */
static int bind(struct sl_session *s, const struct sluice_device_add *add, struct sl_device *dev,
		struct sluice_device_added *added, struct sl_work *w)
{
	bool held;

	if (sl_device_binding(dev) || dev->leaving)
		return -EEXIST;
	/* It hands nothing over: what was kept for the device would come back to be kept, for ever. */
	if (s->quiesced)
		return -EINVAL;
	sl_store_relaxed(&dev->queue, add->queue);
	sl_store_relaxed(&dev->task_set_limit, add->task_set_limit);
	sl_store_relaxed(&dev->max_transfer, add->max_transfer);
	sl_control_mode_set(dev, add->control_mode, w);
	for (u32 i = 0; i < SLUICE_PACES; i++)
		sl_store_relaxed(&dev->timeout_ns[i], add->timeout_ns[i] ?
							      add->timeout_ns[i] :
							      s->gw->limits.timeout_ns[i]);
	sl_store_relaxed(&dev->peripheral_type, add->peripheral_type);
	sl_store_relaxed(&dev->recovery, add->recovery);
	sl_store_relaxed(&dev->declared, add->flags);
	dev->state = SLUICE_DEVICE_SERVED;
	held = sl_kept_join(dev, sl_binding(s));
	dev->takeovers += held;
	dev->reservation_fixed = true;
	if (held) {
		sl_event_announce_all(s, dev, w);
	} else {
		sl_legacy_release(dev, 0);
		power_on(dev, w);
	}
	sl_event_bind(dev, s, w);
	added->device = dev->id;
	added->flags = held ? SLUICE_DEVICE_TAKEN_OVER : 0;
	added->sequence = sl_load_relaxed(&dev->sequence);
	return 0;
}

/* Under gw->config. NULL with `why`. */
static struct sl_reservation *recorded(struct sl_device *dev, const u8 *record, u32 bytes,
				       const char **why)
{
	struct sl_reservation *r = sl_record_read(dev->gw, dev->name, record, bytes, why);

	if (r || !*why)
		return r;
	/* SPC-5 5.14.5.3: nobody is let in until somebody says what holds now. */
	r = sl_reservation_copy(NULL, 0);
	if (r)
		r->lost = true;
	return r;
}

int sl_device_restore(struct sl_session *s, const char *name, const u8 *record, u32 bytes,
		      struct sluice_reservation_restored *restored, const char **why)
{
	struct sl_gateway *gw = s->gw;
	struct sl_reservation *r = NULL;
	struct sl_device *dev;
	struct sl_work w;
	int result = 0;

	sl_work_init(&w, gw, 0);
	*why = NULL;
	sl_mutex_lock(&gw->config);
	dev = sl_device_named(gw, name, &result);
	restored->outcome = SLUICE_RESERVATION_HELD;
	if (!dev) {
		*why = "no room for another device: raise max_devices";
	} else if (!dev->reservation_fixed && !dev->reservation) {
		r = recorded(dev, record, bytes, why);
		if (!r) {
			*why = "no memory for the reservations of another device";
			result = -ENOMEM;
		}
	}
	if (r) {
		restored->outcome = r->lost ? SLUICE_RESERVATION_LOST : SLUICE_RESERVATION_RESTORED;
		restored->registrations = r->n;
		sl_reservation_commit(dev, r, NULL, &w);
	}
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
	return result;
}

int sl_device_add(struct sl_session *s, const struct sluice_device_add *add, u64 now_ns,
		  struct sluice_device_added *added, const char **why)
{
	struct sl_gateway *gw = s->gw;
	struct sl_device *dev = NULL;
	struct sl_work w;
	int result = -EINVAL;

	sl_work_init(&w, gw, now_ns);
	sl_mutex_lock(&gw->config);
	*why = s->open && s->live ? refusal(s, add) : "device: the session is closed";
	if (!*why) {
		dev = sl_device_named(gw, add->name, &result);
		if (!dev) {
			*why = "device: no room for another one: raise max_devices";
		} else {
			result = bind(s, add, dev, added, &w);
			if (result == -EEXIST)
				*why = "device: a live session serves it: remove it there first";
			else if (result)
				*why = "device: the session is quiesced: add it in the next one";
		}
	}
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
	if (result == 0)
		sl_kept_resume(s, dev, &w);
	return result;
}

void sl_device_orphan(struct sl_device *dev, u64 held_until_ns, struct sl_work *w)
{
	dev->state = SLUICE_DEVICE_ORPHANED;
	sl_kept_hold(dev, held_until_ns, w);
	sl_task_sets_orphan(dev, w);
}

bool sl_device_busy(struct sl_device *dev)
{
	return sl_task_sets_size(dev) > 0 || sl_load_relaxed(&dev->quarantined) > 0;
}

int sl_device_remove(struct sl_session *s, u32 device, u64 now_ns)
{
	struct sl_gateway *gw = s->gw;
	struct sl_device *dev;
	struct sl_work w;
	int result = -ENOENT;

	sl_work_init(&w, gw, now_ns);
	sl_mutex_lock(&gw->config);
	dev = sl_device_at(gw, device);
	if (dev && sl_device_binding(dev) == sl_binding(s)) {
		dev->leaving = sl_binding(s);
		sl_device_orphan(dev, 0, &w);
	}
	if (dev && dev->leaving == sl_binding(s)) {
		result = sl_device_busy(dev) ? -EBUSY : 0;
		if (result == 0)
			dev->leaving = 0;
	}
	sl_mutex_unlock(&gw->config);
	sl_work_run(&w);
	return result;
}

static void sum(struct sl_device *dev, u64 now_ns, struct sluice_device_info *info)
{
	struct sl_list *pos;

	sl_spin_lock(&dev->itl_lock);
	info->commands = dev->retired_commands;
	info->bytes_in = dev->retired_in;
	info->bytes_out = dev->retired_out;
	info->check_conditions = dev->retired_checks;
	info->timeouts = dev->retired_timeouts;
	info->aborts = dev->retired_aborts;
	sl_list_for_each(pos, &dev->itls) {
		struct sl_itl *itl = sl_entry(pos, struct sl_itl, of_device);

		sl_spin_lock(&itl->nexus->lock);
		info->commands += itl->commands;
		info->bytes_in += itl->bytes_in;
		info->bytes_out += itl->bytes_out;
		info->check_conditions += itl->checks;
		info->timeouts += itl->timeouts;
		info->aborts += itl->aborts;
		if (!sl_list_empty(&itl->tasks)) {
			u64 arrived_ns =
				sl_entry(itl->tasks.next, struct sl_cmd, core.task)->core.arrived_ns;

			info->oldest_ns =
				sl_max(info->oldest_ns, now_ns - sl_min(now_ns, arrived_ns));
		}
		sl_spin_unlock(&itl->nexus->lock);
	}
	sl_spin_unlock(&dev->itl_lock);
}

int sl_device_info(struct sl_gateway *gw, u32 index, u64 now_ns, struct sluice_device_info *info)
{
	struct sl_device *dev = index < SLUICE_QUEUE_ANY ? sl_device_at(gw, index + 1) : NULL;
	u64 binding;

	memset(info, 0, sizeof(*info));
	if (!dev)
		return -ENOENT;
	sl_mutex_lock(&gw->config);
	memcpy(info->name, dev->name, sizeof(info->name));
	info->device = dev->id;
	binding = sl_device_binding(dev);
	if (binding)
		info->session = sl_binding_session(gw, binding)->id;
	info->state = sl_load_relaxed(&dev->held_until_ns) ? SLUICE_DEVICE_HELD : dev->state;
	info->takeovers = dev->takeovers;
	info->peripheral_type = dev->peripheral_type;
	sl_mutex_unlock(&gw->config);
	info->live = sl_task_sets_size(dev);
	info->quarantined = sl_load_relaxed(&dev->quarantined);
	info->kept = sl_load_relaxed(&dev->n_kept);
	info->redelivered = sl_load_relaxed(&dev->redelivered);
	sum(dev, now_ns, info);
	return 0;
}
