/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The fabric's own state, shared by its reactors. */
#ifndef SLUICE_ISCSI_FABRIC_H
#define SLUICE_ISCSI_FABRIC_H

#include <pthread.h>

#include "chap.h"
#include "host/log.h"
#include "iscsi.h"
#include "pdu.h"
#include "reactor.h"

#define ISCSI_RECENT_PORTS 1024u

struct iscsi_session;
struct iscsi_portal;

/* Credentials of a target, or of discovery if the name is empty. */
struct iscsi_account {
	LIST_ENTRY(iscsi_account) link;
	char target[SLUICE_PORT_NAME_LEN];
	struct iscsi_credential credential;
};

/* A target whose sessions are being closed; logins to it are refused meanwhile. */
struct iscsi_drop {
	LIST_ENTRY(iscsi_drop) link;
	struct iscsi_fabric *fabric;
	char target[SLUICE_PORT_NAME_LEN];
	void (*done)(void *arg);
	void *arg;
	bool told;	       /* done() is on its way */
	uint32_t notices_left; /* reactors that have not heard yet */
	struct iscsi_mail done_mail;
	struct iscsi_drop_notice {
		struct iscsi_mail mail;
		struct iscsi_drop *drop;
		struct iscsi_reactor *reactor;
	} notices[];
};

struct iscsi_fabric {
	struct sl_gateway *gw;
	struct iscsi_limits limits;
	uint32_t n_reactors;
	struct iscsi_reactor *reactors;

	atomic_uint logins;	    /* connections that have not logged in */
	atomic_uint alive;	    /* connections and sessions that exist */
	atomic_ullong staged_bytes; /* unsolicited data without a buffer */
	atomic_ullong protocol_errors;
	atomic_ullong refused;
	atomic_bool shutting_down;
	void (*shutdown_done)(void *arg);
	void *shutdown_arg;
	struct iscsi_mail shutdown_mail;
	atomic_bool shutdown_told;

	LIST_HEAD(, iscsi_portal) portals; /* changed on reactor 0 under the lock */

	/* Everything below is under the lock. */
	pthread_mutex_t lock;
	LIST_HEAD(, iscsi_account) accounts;
	LIST_HEAD(, iscsi_session) sessions;
	LIST_HEAD(, iscsi_drop) drops;
	uint32_t n_sessions;
	uint16_t last_tsih;
	uint64_t recent[ISCSI_RECENT_PORTS]; /* hashes of initiator ports whose session ended */
	uint32_t recent_at;
};

/* `user` stays empty if no authentication is asked for. */
void iscsi_account_read(struct iscsi_fabric *f, const char *target, struct iscsi_credential *out);

/* Under the lock: is the target being dropped? */
bool iscsi_drop_pending(struct iscsi_fabric *f, const char *target);
/* Under the lock: a session left the index; tell whoever waits for the last. */
void iscsi_drop_check(struct iscsi_fabric *f);
/* A connection or a session is gone; after the last one a shutdown is complete. */
void iscsi_fabric_put(struct iscsi_fabric *f);

#endif /* SLUICE_ISCSI_FABRIC_H */
