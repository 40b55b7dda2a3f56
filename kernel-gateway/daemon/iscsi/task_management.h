/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Task management functions (RFC 7143 11.5, RFC 7144). */
#ifndef SLUICE_ISCSI_TASK_MANAGEMENT_H
#define SLUICE_ISCSI_TASK_MANAGEMENT_H

#include "core/command.h"
#include "reactor.h"

struct iscsi_session;
struct iscsi_connection;
struct iscsi_task;

struct iscsi_tmf {
	struct sl_tmf tmf;
	struct iscsi_session *session;
	struct iscsi_mail mail;
	bool live;
	bool internal; /* our own abort: nobody waits for an answer */
	bool cold;     /* TARGET COLD RESET: sessions end with it */
	bool several;  /* aborts several tasks (RFC 7143 4.2.3.3) */
	bool waits;    /* its commands ended, the data that the initiator owes did not come yet */
	uint32_t itt;
};

void iscsi_task_request(struct iscsi_connection *c, const uint8_t *bhs);
/* Have the core abort a task that failed. False: no function is free. */
bool iscsi_task_abort(struct iscsi_task *t);
void iscsi_tmf_done(struct sl_tmf *tmf);
/* No aborted task of the session has an open sequence any more: answers what waited for it. */
void iscsi_tmf_drained(struct iscsi_session *s);

#endif /* SLUICE_ISCSI_TASK_MANAGEMENT_H */
