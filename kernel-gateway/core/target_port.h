/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * SCSI target ports (SAM-6 4.6.3): a target behind a portal group, which is how iSCSI
 * names one ("iqn...,t,0x0001", RFC 7143 4.2.7). Ports with the same portal group tag
 * are one target port group (SPC-5 5.18), whose identifier is that tag.
 */
#ifndef SLUICE_CORE_TARGET_PORT_H
#define SLUICE_CORE_TARGET_PORT_H

#include "nexus.h"

/* Lives as long as the gateway, so that a target that comes back has its numbers. */
struct sl_target_port {
	struct sl_list link;			/* gw->ports, in the order of their first appearance */
	u16 group;				/* tag; constant */
	u16 number;				/* relative target port identifier; atomic, changes only while no nexus uses it */
	u32 nexuses;				/* that use it; under gw->config */
	char target[SLUICE_PORT_NAME_LEN];	/* constant */
	char name[SLUICE_PORT_NAME_LEN];	/* constant */
	u32 identification_len;			/* VPD page 83h of the target's well-known units; constant */
	u8 identification[8 + SLUICE_PORT_NAME_LEN];
};

/* A tag that portals have; every target has a port in it. */
struct sl_portal_group {
	struct sl_list link;			/* gw->portal_groups */
	u16 tag;
};

/* What a nexus came through; any thread, for the nexus's life. */
const struct sl_target_port *sl_nexus_port(const struct sl_nexus *n);
/* Its relative target port identifier (SPC-5 3.1), 1 .. 65535. */
u16 sl_target_port_number(const struct sl_target_port *port);
/* NULL: no port has that number. Takes gw->config. */
const struct sl_target_port *sl_target_port_numbered(struct sl_gateway *gw, u16 number);

/* Under gw->config from here. */
/* Finds or makes it. NULL with `error` (-ENOSPC, -ENOMEM). */
struct sl_target_port *sl_target_port_of(struct sl_gateway *gw, const char *target, u16 group,
					 int *error);
/* A port for a target in every portal group that there is. 0, -ENOSPC, -ENOMEM. */
int sl_target_ports_make(struct sl_gateway *gw, const char *target);
/* The tag at the end of a port's name; 1 if the name has none. */
u16 sl_port_name_group(const char *name);

#endif /* SLUICE_CORE_TARGET_PORT_H */
