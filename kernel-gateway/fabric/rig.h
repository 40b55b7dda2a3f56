/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The rig fabric: an initiator port without a wire. A client's data lies in a region
 * that it maps; commands and task management come as messages. Everything here runs in
 * the rigs' turn, which the host gives to one caller at a time; what the core does on
 * other threads comes back to it by rig_host_later() (rig_host.h).
 */
#ifndef SLUICE_FABRIC_RIG_H
#define SLUICE_FABRIC_RIG_H

#include "core/gateway.h"

#define RIG_MAX_DATA	 (64ULL << 20)
#define RIG_MAX_NEXUSES	 64U
#define RIG_MAX_COMMANDS 4096U		/* outstanding, task management included */

struct rig;
struct rig_region;

/* All rigs of a gateway. */
struct rig_fabric {
	struct sl_gateway *gateway;
	void *host;			/* the host's own */
	struct rig *rigs;		/* open, or draining */
	u32 order;			/* ends of commands and functions so far; atomic */
};

/* Where answers go. Not called any more after rig_close(). */
struct rig_listener {
	void (*command_ended)(void *arg, u32 id, const struct sluice_rig_result *result);
	void (*tmf_ended)(void *arg, u32 id, const struct sluice_rig_tmf *tmf);
	void *arg;
};

/* Opens with a data region of `data_bytes`. 0 or -errno, `why`. */
int rig_open(struct rig_fabric *f, u64 data_bytes, const struct rig_listener *listener,
	     struct rig **out, char why[256]);
struct rig_region *rig_data(struct rig *r);
/* Closes its nexuses; frees when their commands have ended. Not the caller's any more. */
void rig_close(struct rig *r);

/* nexus->nexus receives the identifier. 0 or -errno, `why`. */
int rig_nexus_open(struct rig *r, struct sluice_rig_nexus *nexus, char why[256]);
/* 0 closed; -EAGAIN: its commands have not ended yet, ask again; -ENOENT. */
int rig_nexus_close(struct rig *r, u32 nexus);
/* -EINVAL, -ENOENT, -EBUSY, -ENOMEM with `why`; else the listener hears of its end. */
int rig_command(struct rig *r, u32 id, const struct sluice_rig_command *m, char why[256]);
int rig_tmf(struct rig *r, u32 id, const struct sluice_rig_tmf *m, char why[256]);

/* Closes the nexuses of a target that goes away. */
void rigs_drop_target(struct rig_fabric *f, const char *target);

/*
 * What a host gives, besides the structures and the gateway's clock, rig_host_now(), in its rig_host.h.
 */
struct rig_work;

/* w->run in the rigs' turn, in the order of the calls of one thread. Any thread; in the kernel any context but a hard interrupt. */
void rig_host_later(struct rig_fabric *f, struct rig_work *w);

/* Memory that the client maps and the fabric copies to and from. 0 or -errno with `why`. */
int rig_region_create(struct rig_region *r, u64 bytes, char why[256]);
void rig_region_destroy(struct rig_region *r);
u64 rig_region_bytes(const struct rig_region *r);
/* From now on copies in this range need no memory. 0 or -ENOMEM. */
int rig_region_prepare(struct rig_region *r, u64 offset, u32 bytes);
/* Of what was prepared. Any thread, any context. */
void rig_region_read(struct rig_region *r, u64 offset, void *to, u32 bytes);
void rig_region_write(struct rig_region *r, u64 offset, const void *from, u32 bytes);

#endif /* SLUICE_FABRIC_RIG_H */
