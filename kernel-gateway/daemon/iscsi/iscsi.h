/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The iSCSI fabric (RFC 7143) as the daemon sees it: portals that listen, and
 * credentials. Sessions, connections and PDUs are its own business; it reaches
 * the core through core/gateway.h and core/command.h, and threads through
 * host/loop.h. A connection lives on the loop that accepted it.
 */
#ifndef SLUICE_DAEMON_ISCSI_H
#define SLUICE_DAEMON_ISCSI_H

#include "core/gateway.h"
#include "host/loop.h"

struct iscsi_fabric;

/* 0, or no structure at all, picks the default in parentheses. */
struct iscsi_limits {
	uint32_t max_connections; /* (1024) logged in, all portals */
	uint32_t max_logins; /* (64) connections that have not logged in yet; more are closed at once */
	uint32_t login_timeout_ms; /* (15000) to finish login */
	uint32_t nop_interval_ms;  /* (30000) of silence before a NOP-In ping; UINT32_MAX never */
	uint32_t nop_timeout_ms;   /* (15000) for its answer */
	uint32_t window;	   /* (128) commands in the CmdSN window of a session */
	/* (64 MiB) unsolicited data that waits for a buffer, of all sessions; past it BUSY */
	uint64_t max_staged_bytes;
};

/* `loops`: connections are spread over them. The fabric keeps the array's pointers. */
int iscsi_fabric_create(struct sl_gateway *gw, struct loop **loops, uint32_t n_loops,
			const struct iscsi_limits *limits, struct iscsi_fabric **out);
/*
 * Listen (IPv4 or IPv6). portal->port receives the bound port. 0 or -errno with
 * `why` (names address, errno and remedy; at least 256 bytes). Loop thread 0.
 */
int iscsi_portal_add(struct iscsi_fabric *f, struct sluice_portal *portal, char why[256]);
/*
 * Set or, with an empty user, clear CHAP credentials of a target ("" = discovery).
 * Loop thread 0.
 */
int iscsi_auth_set(struct iscsi_fabric *f, const struct sluice_auth *auth, char why[256]);
/*
 * Close all sessions of a target (async message "target requests logout", then drop).
 * done() on loop thread 0.
 */
void iscsi_target_drop(struct iscsi_fabric *f, const char *target, void (*done)(void *arg),
		       void *arg);
/*
 * Stop listening, send async messages, close all connections; done() on loop thread 0
 * when the last is gone.
 */
void iscsi_fabric_shutdown(struct iscsi_fabric *f, void (*done)(void *arg), void *arg);
void iscsi_fabric_destroy(struct iscsi_fabric *f);
/* Counters for sluice_gateway_info. Any thread. */
uint64_t iscsi_protocol_errors(const struct iscsi_fabric *f);
uint64_t iscsi_connections_refused(const struct iscsi_fabric *f);

#endif /* SLUICE_DAEMON_ISCSI_H */
