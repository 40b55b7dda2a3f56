/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A network portal: an address and port that listens, on reactor 0. */
#ifndef SLUICE_ISCSI_PORTAL_H
#define SLUICE_ISCSI_PORTAL_H

#include <netinet/in.h>

#include "fabric.h"

struct iscsi_portal {
	struct loop_fd fd;
	struct loop_timer retry; /* accepting again after the process ran out of descriptors */
	struct iscsi_fabric *fabric;
	LIST_ENTRY(iscsi_portal) link;
	bool v6;
	bool wildcard;
	uint16_t port;
	uint16_t group_tag;
	char text[SLUICE_NAME_LEN]; /* "127.0.0.1", "[::1]" */
};

/* Stop listening and free all of them. */
void iscsi_portals_close(struct iscsi_fabric *f);

#endif /* SLUICE_ISCSI_PORTAL_H */
