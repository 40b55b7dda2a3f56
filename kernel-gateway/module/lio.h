/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * sluice_lio.ko: the backend "sluice" of the kernel's own target (LIO). What configfs makes of it is a device of ours
 * behind a target of its own, LUN 0, that lets everybody in: LIO owns the LUN map and who may log in; ordering,
 * reservations and ALUA are the core's. Each session of LIO is an I_T nexus of the core, by its initiator's name.
 */
#ifndef SLUICE_MODULE_LIO_H
#define SLUICE_MODULE_LIO_H

#include <linux/completion.h>
#include <linux/workqueue.h>
#include <target/target_core_base.h>

#include "core/command.h"
#include "host.h"

struct lio_device {
	struct se_device se_dev;
	struct rcu_head rcu;
	char target[SLUICE_PORT_NAME_LEN];	/* the core's */
	char device[SLUICE_NAME_LEN];		/* as configfs says; empty: not yet */
	u32 type;				/* peripheral device type */
	bool configured;

	struct mutex nexus_mutex;		/* who opens, closes or resets */
	spinlock_t lock;			/* nexuses, waiting, patient */
	struct list_head nexuses;
	struct list_head waiting;		/* commands without a nexus, or that meet a reservation */
	struct list_head patient;		/* those that wait for a moment before */
	struct work_struct open;
	struct delayed_work look;		/* moves the patient to those that wait */
	struct delayed_work sweep;
};

struct lio_nexus {
	struct list_head link;
	struct sl_nexus *core;
	struct completion closed;
	/* Whose it is. Compared only: the session may be gone. */
	const struct se_session *session;
	const struct se_node_acl *acl;
	const void *fabric_session;
	u64 isid;
	u32 number;				/* of the fabric's, lio_nexus.c */
};

/* One command; freed when it is answered. */
struct lio_task {
	struct sl_cmd cmd;
	struct se_cmd *se;
	u32 looks;				/* for lost nexuses, since it met a reservation */
	struct list_head link;			/* device->waiting, patient */
};

extern struct workqueue_struct *lio_work;
extern const struct sl_fabric_ops lio_fabric_ops;

/* lio_command.c */
int lio_command_start(void);
void lio_command_stop(void);
sense_reason_t lio_parse_cdb(struct se_cmd *se);
void lio_submit(struct lio_task *task, struct lio_nexus *nexus);
void lio_refuse(struct lio_task *task);
void lio_tmr_notify(struct se_device *se_dev, enum tcm_tmreq_table function, struct list_head *aborted);

/* lio_nexus.c */
void lio_nexus_init(struct lio_device *dev);
/* Under dev->lock. NULL: none yet. */
struct lio_nexus *lio_nexus_find(struct lio_device *dev, const struct se_session *session);
/* It waits until the nexuses have been looked through, now or in a moment, and is submitted then. */
void lio_nexus_await(struct lio_device *dev, struct lio_task *task, bool now);
/* Every session is gone. May sleep. */
void lio_nexus_close_all(struct lio_device *dev);

static inline struct lio_device *lio_device_of(struct se_device *se_dev)
{
	return container_of(se_dev, struct lio_device, se_dev);
}

#endif /* SLUICE_MODULE_LIO_H */
