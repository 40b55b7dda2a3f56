/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The inside of the rig fabric. */
#ifndef SLUICE_DAEMON_RIG_STATE_H
#define SLUICE_DAEMON_RIG_STATE_H

#include "core/command.h"
#include "rig.h"

struct rig {
	struct host *host;
	struct rig **list;
	struct rig *next;
	struct region data;
	struct rig_listener listener;
	bool closed;			/* by its client */
	struct rig_nexus *nexuses;	/* open and, remembered for reinstatement, closed */
	uint32_t n_nexuses;
	uint32_t n_live;		/* nexuses that are not closed whole */
	uint32_t n_commands;		/* commands and functions whose end loop 0 has not seen */
};

struct rig_nexus {
	struct rig *rig;
	struct rig_nexus *next;
	struct sl_nexus *core;		/* NULL once closed whole */
	uint32_t id;
	uint16_t port_group;
	bool closing;
	struct loop_work closed_work;
	char initiator_port[SLUICE_PORT_NAME_LEN];
	char target[SLUICE_PORT_NAME_LEN];
};

struct rig_task {
	struct sl_cmd cmd;
	struct rig *rig;
	uint32_t id;
	uint64_t data_off;
	uint32_t data_len;
	struct sluice_rig_result result;
	struct loop_work ended_work;
};

struct rig_function {
	struct sl_tmf tmf;
	struct rig *rig;
	uint32_t id;
	struct sluice_rig_tmf message;
	struct loop_work ended_work;
};

/* An open nexus of this rig, or NULL. */
struct rig_nexus *rig_find_nexus(struct rig *r, uint32_t id);
/* Frees the rig if its client, its nexuses and its commands are all gone. */
void rig_release_if_unused(struct rig *r);

/* The fabric's operations (rig_task.c). */
extern const struct sl_fabric_ops rig_fabric_ops;
/* The core's sl_fabric_ops.nexus_closed (rig.c). */
void rig_nexus_closed(void *fabric_nexus);

#endif /* SLUICE_DAEMON_RIG_STATE_H */
