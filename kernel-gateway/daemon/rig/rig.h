/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The rig fabric: an initiator port without a wire. A client's data lies in a region
 * that it maps; commands and task management come as messages. Everything here is
 * for loop 0; what the core does on other threads comes back to it.
 */
#ifndef SLUICE_DAEMON_RIG_H
#define SLUICE_DAEMON_RIG_H

#include "host/host.h"
#include "host/region.h"

#define RIG_MAX_DATA	 (64ull << 20)
#define RIG_MAX_NEXUSES	 64U
#define RIG_MAX_COMMANDS 4096U		/* outstanding, task management included */

struct rig;

/* Where answers go; loop 0. Not called any more after rig_close(). */
struct rig_listener {
	void (*command_ended)(void *arg, uint32_t id, const struct sluice_rig_result *result);
	void (*tmf_ended)(void *arg, uint32_t id, const struct sluice_rig_tmf *tmf);
	void *arg;
};

/* Opens with a data region of `data_bytes`. `list` keeps all rigs, also those that drain. 0 or -errno, `why`. */
int rig_open(struct host *h, struct rig **list, uint64_t data_bytes,
	     const struct rig_listener *listener, struct rig **out, char why[256]);
int rig_data_fd(const struct rig *r);
void rig_data_fd_passed(struct rig *r);
/* Closes its nexuses; frees when their commands have ended. Not the caller's any more. */
void rig_close(struct rig *r);

/* nexus->nexus receives the identifier. 0 or -errno, `why`. */
int rig_nexus_open(struct rig *r, struct sluice_rig_nexus *nexus, char why[256]);
/* 0 closed; -EAGAIN: its commands have not ended yet, ask again; -ENOENT. */
int rig_nexus_close(struct rig *r, uint32_t nexus);
/* -EINVAL, -ENOENT, -EBUSY with `why`; else the listener hears of its end. */
int rig_command(struct rig *r, uint32_t id, const struct sluice_rig_command *m, char why[256]);
int rig_tmf(struct rig *r, uint32_t id, const struct sluice_rig_tmf *m, char why[256]);

/* Closes the nexuses of a target that goes away. */
void rig_drop_target(struct rig *r, const char *target);
struct rig *rig_next(const struct rig *r);

#endif /* SLUICE_DAEMON_RIG_H */
