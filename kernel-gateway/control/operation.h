/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The operations of the control protocol: one row each, in one table for each role. */
#ifndef SLUICE_CONTROL_OPERATION_H
#define SLUICE_CONTROL_OPERATION_H

#include "client.h"

struct operation {
	u32 op;			/* enum sluice_op */
	const char *name;
	u32 len;			/* bytes of its body, exactly */
	void (*run)(struct client *c, const struct sluice_msg *m, const void *body);
};

/* Tables end with a row whose op is 0. */
extern const struct operation config_operations[];	/* control: what every host configures alike */
extern const struct operation handler_operations[];
extern const struct operation rig_operations[];
extern const struct operation info_operations[];	/* any role */
/* A host's own. */
extern const struct operation host_operations[];	/* control: portals, its end */
extern const struct operation host_info_operations[];	/* any role */

/*
 * Checks operation, role and length, and runs it; every message gets its reply, at
 * once or later. The packet's `bytes` behind the header are what really came.
 */
void operation_run(struct client *c, const struct sluice_msg *m, const void *body, u32 bytes);

/* restore_operation.c: RESERVATION_RESTORE; one of the handler's. */
void restore_run(struct client *c, const struct sluice_msg *m, const void *body);

#endif /* SLUICE_CONTROL_OPERATION_H */
