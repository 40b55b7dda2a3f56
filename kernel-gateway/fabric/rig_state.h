/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The inside of the rig fabric. */
#ifndef SLUICE_FABRIC_RIG_STATE_H
#define SLUICE_FABRIC_RIG_STATE_H

#include "core/command.h"
#include "rig.h"
#include "rig_host.h"

struct rig {
	struct rig_fabric *fabric;
	struct rig *next;
	struct rig_region data;
	struct rig_listener listener;
	bool closed;			/* by its client */
	struct rig_nexus *nexuses;	/* open and, remembered for reinstatement, closed */
	u32 n_nexuses;
	u32 n_live;		/* nexuses that are not closed whole */
	u32 n_commands;		/* commands and functions whose end has not had its turn */
};

struct rig_nexus {
	struct rig *rig;
	struct rig_nexus *next;
	struct sl_nexus *core;		/* NULL once closed whole */
	u32 id;
	u16 port_group;
	bool closing;
	struct rig_work closed_work;
	char initiator_port[SLUICE_PORT_NAME_LEN];
	char target[SLUICE_PORT_NAME_LEN];
};

struct rig_task {
	struct sl_cmd cmd;
	struct rig *rig;
	u32 id;
	u64 data_off;
	u32 data_len;
	struct sluice_rig_result result;
	struct rig_work ended_work;
};

struct rig_function {
	struct sl_tmf tmf;
	struct rig *rig;
	u32 id;
	struct sluice_rig_tmf message;
	struct rig_work ended_work;
};

/* An open nexus of this rig, or NULL. */
struct rig_nexus *rig_find_nexus(struct rig *r, u32 id);
/* Frees the rig if its client, its nexuses and its commands are all gone. */
void rig_release_if_unused(struct rig *r);

/* The fabric's operations (rig_task.c). */
extern const struct sl_fabric_ops rig_fabric_ops;
/* The core's sl_fabric_ops.nexus_closed (rig.c). */
void rig_nexus_closed(void *fabric_nexus);

#endif /* SLUICE_FABRIC_RIG_STATE_H */
