/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the fabric keeps for one event loop: the connections that live on it, an
 * inbox for what other threads have for them, and the list of those that have
 * output to send or are to be closed at the end of the round.
 */
#ifndef SLUICE_ISCSI_REACTOR_H
#define SLUICE_ISCSI_REACTOR_H

#include <stdatomic.h>
#include <sys/queue.h>

#include "host/loop.h"

struct iscsi_fabric;
struct iscsi_connection;

/* A message to the thread of a reactor; embed it. In flight at most once. */
struct iscsi_mail {
	struct iscsi_mail *next;
	void (*deliver)(struct iscsi_mail *self);
};

TAILQ_HEAD(iscsi_connections, iscsi_connection);

struct iscsi_reactor {
	struct iscsi_fabric *fabric;
	struct loop *loop;
	_Atomic(struct iscsi_mail *) inbox; /* newest first */
	struct loop_work inbox_work;
	struct loop_work flush_work;
	struct iscsi_connections dirty;
	struct iscsi_connections connections;
	struct iscsi_mail shutdown_mail;
	_Atomic unsigned int load; /* connections, for spreading them */
};

void iscsi_reactor_init(struct iscsi_reactor *r, struct iscsi_fabric *f, struct loop *loop);
/* From any thread. After the call the mail belongs to the reactor; it outlives the mail's owner. */
void iscsi_mail_send(struct iscsi_reactor *r, struct iscsi_mail *mail);
/* It has output, or is to be closed: look at it at the end of this round. Its own thread. */
void iscsi_reactor_mark(struct iscsi_connection *c);

#endif /* SLUICE_ISCSI_REACTOR_H */
