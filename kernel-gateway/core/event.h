/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Events towards a handler, by the admin ring of its session (abi.h section 2). The
 * session's admin_lock is taken under a nexus's lock and under a device's itl_lock.
 */
#ifndef SLUICE_CORE_EVENT_H
#define SLUICE_CORE_EVENT_H

#include "lifecycle.h"

struct sl_device;
struct sl_itl;
struct sl_session;
struct sl_work;

/* event_nexus.c */
/*
 * Before a command is handed over whose nexus the handler does not know. Under the nexus's
 * lock. 0: now it does. -EAGAIN: the ring is full, the command is parked until a READY.
 * -ENODEV: the session is gone.
 */
int sl_event_announce(struct sl_session *s, struct sl_cmd *cmd, struct sl_work *w);
/*
 * The session takes the device over: its handler hears of every nexus that reaches it, for whom the
 * former one may have kept something. Under gw->config.
 */
void sl_event_announce_all(struct sl_session *s, struct sl_device *dev, struct sl_work *w);
/* It was let go on, and does not: others need not wait for it. */
void sl_event_passed(struct sl_cmd *cmd, struct sl_work *w);
bool sl_event_unpark(struct sl_cmd *cmd, struct sl_work *w);
/* Ends the wait of everybody: the session hands nothing over any more. */
void sl_event_abandon(struct sl_session *s, struct sl_work *w);
void sl_event_nexus_gone(struct sl_session *s, u32 slot, u32 id, struct sl_work *w);

/* event_device.c */
void sl_event_device(struct sl_device *dev, u32 function, u32 nexus, struct sl_work *w);
/* The session is about to serve the device: it hears what came while nobody did. Under gw->config. */
void sl_event_bind(struct sl_device *dev, struct sl_session *s, struct sl_work *w);
/* What the session's handler has not heard of stays with the devices. Under gw->config. */
void sl_event_reclaim(struct sl_session *s);

/* event_lapse.c */
/* What the nexus had prevented is prevented no more. Under the nexus's lock. */
void sl_event_lapse(struct sl_itl *itl, struct sl_work *w);
/* The same of an I_T_L nexus that is no more, and belongs to the event from here. With no lock held. */
void sl_event_lapse_last(struct sl_itl *itl, struct sl_work *w);
/* False: the handler has not heard of it yet, and it belongs to the event from here. */
bool sl_event_lapse_leave(struct sl_itl *itl);
/* With the gateway: those that no handler will hear of. */
void sl_event_lapse_free(struct sl_device *dev);

/* event_tag.c */
void sl_event_tag_owed(struct sl_session *s, struct sl_work *w);

/* event.c */
bool sl_event_owed(const struct sl_session *s);
/* From the tick: puts what is owed, ends what has waited too long for it, and looks again soon. */
void sl_event_expire(struct sl_session *s, struct sl_work *w, u64 *next_ns);
/* Puts what is owed, as far as there is room. */
void sl_event_flush(struct sl_session *s, struct sl_work *w);

/* event_ring.c */
/* Under admin_lock. False: the ring is full. */
bool sl_event_ping(struct sl_session *s);
/* Wakes the handler's admin thread if it sleeps. With no lock held. */
void sl_event_kick(struct sl_session *s);

/* ---- Among the files of event*.c, under admin_lock: false or NULL says that the ring is full. */

struct sluice_event *sl_event_slot(struct sl_session *s);
/* What was written into the slot is the handler's. */
void sl_event_put(struct sl_session *s);
bool sl_event_put_simple(struct sl_session *s, u32 type, u32 device, u32 nexus, u32 function);
/* The handler is to know of the nexus `id` in that slot; 0: that there is none. True: it does. */
bool sl_event_want_nexus(struct sl_session *s, u32 slot, u32 id, struct sl_work *w);
bool sl_event_knows_nexus(const struct sl_session *s, u32 slot, u32 id);
void sl_event_flush_nexuses(struct sl_session *s);
void sl_event_flush_waiting(struct sl_session *s, struct sl_work *w);
void sl_event_expire_waiting(struct sl_session *s, struct sl_work *w);
/* Puts what the device is owed, now or as soon as there is room. */
void sl_event_tell_device(struct sl_session *s, struct sl_device *dev, struct sl_work *w);
void sl_event_flush_devices(struct sl_session *s, struct sl_work *w);
bool sl_event_settle_lapses(struct sl_session *s, struct sl_device *dev, struct sl_work *w);
/* With no lock held, as the next. */
void sl_event_reclaim_lapse(struct sl_device *dev, u32 nexus);
void sl_event_flush_tags(struct sl_session *s);

#endif /* SLUICE_CORE_EVENT_H */
