/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The operations of the control protocol: one row each, in one table for each role. */
#ifndef SLUICE_DAEMON_CONTROL_OPERATION_H
#define SLUICE_DAEMON_CONTROL_OPERATION_H

#include "client.h"

struct operation {
	uint32_t op;			/* enum sluice_op */
	const char *name;
	uint32_t len;			/* bytes of its body, exactly */
	void (*run)(struct client *c, const struct sluice_msg *m, const void *body);
};

/* Tables end with a row whose op is 0. */
extern const struct operation hello_operations[];
extern const struct operation handler_operations[];
extern const struct operation config_operations[];
extern const struct operation info_operations[];	/* any role */
extern const struct operation rig_operations[];

/*
 * Checks operation, role and length, and runs it; every message gets its reply, at
 * once or later. The packet's `bytes` behind the header are what really came.
 */
void operation_run(struct client *c, const struct sluice_msg *m, const void *body, uint32_t bytes);

/* restore_operation.c */
void restore_run(struct client *c, const struct sluice_msg *m, const void *body);

/* What lives on a client goes with it. */
void handler_client_gone(struct client *c);
void rig_client_gone(struct client *c);


#endif /* SLUICE_DAEMON_CONTROL_OPERATION_H */
