/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* I_T nexuses and I_T_L nexuses: who sees which logical unit, and what it owes them. */
#ifndef SLUICE_CORE_NEXUS_H
#define SLUICE_CORE_NEXUS_H

#include "device.h"
#include "work.h"

#define SL_UA_MAX	12U
#define SL_LUN_CHUNK	256U
#define SL_LUN_CHUNKS	((SLUICE_LUN_MAX + SL_LUN_CHUNK) / SL_LUN_CHUNK)

struct sl_target_port;

struct sl_ua {
	u8 asc, ascq;
};

/*
 * An I_T_L nexus. Lives until it is unmapped and its last command was released. There may be
 * a million of them, and a command finds its own in no cache: what every command touches is
 * the first 64 bytes (test/core/scale_test.c holds it to that).
 */
struct sl_itl {
	struct sl_nexus *nexus;
	struct sl_device *dev;
	struct sl_list tasks;		/* commands that have not ended, oldest first */
	u32 refs;			/* commands + 1 while mapped; under nexus->lock */
	u32 n_tasks;
	u16 lun;
	bool read_only;			/* under nexus->lock */
	u8  bars;			/* 1 << enum sl_bar: what reservations keep it from */
	u32 n_ua;
	u64 commands, bytes_in;

	u64 bytes_out;
	struct sl_list of_nexus;	/* nexus->itls */
	struct sl_list of_device;	/* device->itls, under its itl_lock */
	u64 number;			/* counts those of its nexus, from 1; nexus->itls is in this order */
	struct sl_task_set own;		/* the task set that it has to itself; unused while TST says that all share one */
	u32 aca_commands;		/* of it, with the ACA attribute, let in; under nexus->lock */
	struct sl_ua ua[SL_UA_MAX];	/* the next to report first */
	u64 checks, timeouts, aborts;
	/* Under the device's lapse_lock (event_lapse.c). */
	struct sl_list of_lapses;	/* device->lapses */
	u32 nexus_id, nexus_slot;	/* constant while it stands there: the nexus may be gone */
	bool lapses;			/* it stands there */
	bool gone;			/* it is nobody's but the list's */
};

/* The task set that a command of the I_T_L nexus finds when it arrives now. */
static inline struct sl_task_set *sl_task_set_of(struct sl_itl *itl)
{
	return sl_load_relaxed(&itl->dev->control_mode) & SLUICE_CONTROL_MODE_TST ? &itl->own :
										    &itl->dev->set;
}

/* The parameter data of REPORT LUNS; replaced as a whole when the map changes. */
struct sl_lun_list {
	u32 refs;			/* under nexus->lock */
	u32 bytes;
	u8 data[];
};

/* What every command touches comes first, and with it the way to the lower LUNs. */
struct sl_nexus {
	sl_spinlock lock sl_cacheline_aligned;
	bool closing;
	bool closed;			/* one thread tears it down */
	bool deferred_grant;
	bool reinstated;		/* under gw->config */
	struct sl_gateway *gw;
	const struct sl_fabric_ops *ops;
	void *fabric;
	u32 id, slot;
	u32 live;			/* commands + functions + 1 while open */
	u32 n_endings;
	u64 commands;
	u32 prefer_queue;
	struct sl_list endings;		/* respond() calls under way */
	struct sl_itl **chunks[SL_LUN_CHUNKS];

	struct sl_list itls;
	u64 itl_number;
	struct sl_lun_list *luns;
	struct sl_lun_list *all_luns;	/* with the well-known one */
	struct sl_target *target;	/* under gw->config from here */
	struct sl_group *group;
	struct sl_target_port *port;	/* constant once it is open */
	struct sl_list of_target;
	struct sl_tmf close_tmf;
	u64 initiator_hash;		/* of initiator_port (reservation.h) */
	/* Constant texts, behind the structure. */
	const char *initiator_port;
	const char *target_port;
	const char *peer;
};

/* nexus.c */
struct sl_itl *sl_nexus_itl(struct sl_nexus *n, u32 lun);	/* under n->lock */
/* Gives up one of `live`; the last one of a closing nexus tears it down. With no lock held. */
void sl_nexus_put(struct sl_nexus *n, struct sl_work *w);
/* The same under n->lock; true: call sl_nexus_finish() with no lock held. */
bool sl_nexus_put_locked(struct sl_nexus *n);
void sl_nexus_finish(struct sl_nexus *n, struct sl_work *w);

/* itl.c */
struct sl_itl *sl_itl_create(struct sl_nexus *n, struct sl_device *dev, u32 lun, bool read_only);
/* Unlinks it from the device and frees it, as soon as its handler knows; refs is 0. With no lock held. */
void sl_itl_destroy(struct sl_itl *itl, struct sl_work *w);
/* True: the last reference went. Under n->lock. */
bool sl_itl_put(struct sl_itl *itl);

/* lun.c */
#define SL_LUN_REPORT_LUNS	(-2)	/* the well-known logical unit REPORT LUNS (SPC-5 8.2) */
extern const u8 sl_lun_of_report_luns[8];
/* SAM-6 4.7: the LUN; SL_LUN_REPORT_LUNS; or -1: nothing can be at such an address. */
s32 sl_lun_decode(const u8 lun[8]);
void sl_lun_encode(u32 lun, u8 out[8]);

/* unit_attention.c: under the nexus's lock unless it says otherwise. */
void sl_ua_add(struct sl_itl *itl, u8 asc, u8 ascq);
/* A reset, a loss of the nexus, new microcode: reported before a RESERVATION CONFLICT (SAM-6 5.3.3). */
bool sl_ua_tells_of_reset(const struct sl_ua *ua);
bool sl_ua_take(struct sl_itl *itl, struct sl_ua *ua);
void sl_ua_forget(struct sl_itl *itl, u8 asc, u8 ascq);
/* Every I_T_L of the device but those of `but` (may be NULL); takes the locks. */
void sl_ua_raise(struct sl_device *dev, const struct sl_nexus *but, u8 asc, u8 ascq);

#endif /* SLUICE_CORE_NEXUS_H */
