/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A client's operation that waits (control/attempt.h): tried by a work item. */
#ifndef SLUICE_MODULE_PENDING_H
#define SLUICE_MODULE_PENDING_H

#include "client.h"
#include "control/attempt.h"

/* An operation of the client's is not over. Under its lock, or as a hint. */
bool pending_waits(const struct client *c);
/* The file is gone: its operation ends, or goes on by itself. */
void pending_abandon(struct client *c);
/* The module goes: so do operations that outlived their files. */
void pendings_stop(void);

#endif /* SLUICE_MODULE_PENDING_H */
