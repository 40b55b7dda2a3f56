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
struct restore;
struct rig;
struct rig_fabric;

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
/* A line in the gateway's log, about this client. */
void client_log(struct client *c, bool grave, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The LUN map, or who serves a device, has changed: who shows logical units to somebody looks at it again. */
void client_luns_changed(struct client *c);

/* ---- Role handler ---------------------------------------------------------------- */

/* The session that it opened, or NULL. */
struct sl_session *client_session(struct client *c);
/* Opens it, and replies with what reaches its regions. -errno with `why`: it has not replied. */
int client_session_open(struct client *c, const struct sluice_msg *m,
			const struct sluice_session_open *open, char why[256]);
/* Some session is on its way out: what it served looks served for some milliseconds. */
bool client_sessions_leave(struct client *c);
/* Where the record of reservations that is on its way is kept; the host frees it with the client (sl_free). */
struct restore **client_restore(struct client *c);

/* ---- Role control, and questions --------------------------------------------------- */

/* The fabrics close their nexuses with that target, in their own time. */
void client_target_leaves(struct client *c, const char *target);
/* AUTH_SET of a kind that has credentials. 0 or -errno with `why`. */
int client_credentials(struct client *c, const struct sluice_auth *a, char why[256]);
/* The n-th handler session. -ENOENT past the last. */
int client_session_info(struct client *c, u32 index, struct sluice_session_info *info);

/* ---- Role rig; its operations run in the rigs' turn (fabric/rig.h) ---------------------- */

struct rig_fabric *client_rigs(struct client *c);
/* Where the client's rig is kept; the host closes it with the client. */
struct rig **client_rig(struct client *c);
/* RIG_OPEN: replies with what reaches its data region. */
void client_rig_opened(struct client *c, const struct sluice_msg *m,
		       const struct sluice_rig_opened *opened);
/* 0; -EPERM with `why`: this gateway keeps to the machine's clock. */
int client_time_moves(struct client *c, char why[256]);
/* Moves it. What is due is done before the next attempt of an operation. */
void client_advance_time(struct client *c, u64 ns);

#endif /* SLUICE_CONTROL_CLIENT_H */
