/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The rig role as a client uses it: a data region, nexuses, commands in flight. */
#ifndef SLUICE_RIG_CLIENT_H
#define SLUICE_RIG_CLIENT_H

#include "connection.h"

struct rig_client {
	struct connection link;
	uint8_t *data;
	uint64_t data_bytes;
};

int rig_client_open(struct rig_client *r, const char *socket_path, const char *name,
		    uint64_t data_bytes, char why[CONNECTION_WHY]);
void rig_client_close(struct rig_client *r);

/* 0 with *nexus, or -errno. */
int rig_client_nexus(struct rig_client *r, const char *initiator_port, const char *target,
		     uint32_t *nexus, char why[CONNECTION_WHY]);
int rig_client_nexus_close(struct rig_client *r, uint32_t nexus, char why[CONNECTION_WHY]);

/* One command and its end. Nothing else may be in flight. */
int rig_client_command(struct rig_client *r, const struct sluice_rig_command *command,
		       struct sluice_rig_result *result, char why[CONNECTION_WHY]);
int rig_client_tmf(struct rig_client *r, struct sluice_rig_tmf *tmf, char why[CONNECTION_WHY]);

/* LUN in the flat or peripheral addressing of SAM-6 4.7. */
void rig_client_lun(uint8_t bytes[8], uint32_t lun);

#endif /* SLUICE_RIG_CLIENT_H */
