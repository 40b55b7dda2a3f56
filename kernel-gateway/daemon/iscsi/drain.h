/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * RFC 7143 4.2.3.3: a function that aborts several tasks is answered only when the
 * initiator that asked for it has answered the Target Transfer Tags that were open in them,
 * or has sent the rest of its unsolicited data. So such a task stays, without the core's
 * command and buffer, until the F bit of its last open sequence came; and the function's
 * answer waits for it. Third parties' tags are not waited for, which the RFC allows.
 *
 * Some initiators never answer them once they have asked (the "FastAbort" of open-iscsi is
 * just that), so the wait has a bound.
 */
#ifndef SLUICE_ISCSI_DRAIN_H
#define SLUICE_ISCSI_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "host/loop.h"

struct iscsi_session;
struct iscsi_task;
struct iscsi_tmf;

struct iscsi_drain {
	uint32_t functions; /* of several tasks, not answered yet */
	uint32_t tasks;	    /* that stay for their open sequences */
	struct loop_timer timer;
};

/* An aborted task ended without a response. True: it stays. */
bool iscsi_drain_keep(struct iscsi_task *t);
/* One of its sequences was closed: it goes if that was the last. */
void iscsi_drain_settle(struct iscsi_task *t);
/* A function of several tasks begins, and is answered. */
void iscsi_drain_begin(struct iscsi_session *s);
void iscsi_drain_answered(struct iscsi_session *s);
/* Its commands ended. True: the answer waits; iscsi_tmf_drained() is called then. */
bool iscsi_drain_waits(const struct iscsi_session *s);
/* The connection is gone: nothing comes any more, and nobody waits. */
void iscsi_drain_close(struct iscsi_session *s);

#endif /* SLUICE_ISCSI_DRAIN_H */
