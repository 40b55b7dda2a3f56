/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The local SCSI host fabric: this machine as an initiator. One Scsi_Host; each target of
 * the gateway is a SCSI target of it, in the order in which they were added, and its
 * logical units come and go as the LUN map and the handlers say.
 */
#ifndef SLUICE_MODULE_SCSI_HOST_H
#define SLUICE_MODULE_SCSI_HOST_H

#include "host.h"

/* The initiator port of this machine, whose part before ",i," the groups' patterns match. */
#define SLUICE_LOCAL_PORT	"local,i,0x000000000000"

/* 0 or -errno. */
int sluice_scsi_host_start(void);
/* Every device goes; waits until the midlayer has let go. */
void sluice_scsi_host_stop(void);

/* A target of that name exists in the core. May sleep. 0 (also when it is there), -ENOSPC, -EACCES. */
int sluice_scsi_target_add(const char *name);
/* The name of a target that this machine is logged in to; false when there is none. */
bool sluice_scsi_target_first(char name[SLUICE_PORT_NAME_LEN]);
/* Its devices go, then its I_T nexus. May sleep. */
void sluice_scsi_target_remove(const char *name);
/* The LUN map or who serves a device has changed: looks again, soon. */
void sluice_scsi_host_rescan(void);

#endif /* SLUICE_MODULE_SCSI_HOST_H */
