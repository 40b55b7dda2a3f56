/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Whoever sends messages (abi.h section 3), as the operations see him. A host defines
 * the structure and these functions: sluiced for a connection of its socket, the module
 * for an open file. All are for the thread that runs the client's operations.
 */
#ifndef SLUICE_CONTROL_CLIENT_H
#define SLUICE_CONTROL_CLIENT_H

#include "core/gateway.h"

struct client;

struct sl_gateway *client_gateway(struct client *c);
/* The gateway's clock, ns. */
u64 client_now(struct client *c);
u32 client_role(const struct client *c);	/* enum sluice_role; 0 before HELLO */
/* HELLO was good: from now on the client has this role. The host may still refuse: -errno with `why`. */
int client_introduce(struct client *c, const struct sluice_hello *hello,
		     struct sluice_hello *reply, char why[256]);

/* A reply with `len` bytes of body. */
void client_reply(struct client *c, const struct sluice_msg *to, const void *body, u32 len);
/* A reply that says why not; err is a negative errno. */
void client_fail(struct client *c, const struct sluice_msg *to, int err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The LUN map has changed: who shows logical units to somebody looks at it again. */
void client_luns_changed(struct client *c);

#endif /* SLUICE_CONTROL_CLIENT_H */
