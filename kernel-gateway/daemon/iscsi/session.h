/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A session: one connection (MaxConnections=1), one I_T nexus, its commands. It
 * outlives its connection until the core has given back the last command.
 */
#ifndef SLUICE_ISCSI_SESSION_H
#define SLUICE_ISCSI_SESSION_H

#include "connection.h"
#include "drain.h"
#include "task.h"
#include "task_management.h"
#include "window.h"

#define ISCSI_IMMEDIATE_TASKS 16u /* immediate commands beside the window */
/* Answered commands whose last PDU is still in a batch do not count against the window. */
#define ISCSI_TASKS_IN_BATCH  160u
#define ISCSI_TASK_BUCKETS    256u
#define ISCSI_TMFS	      32u

/* A PDU other than a SCSI Command that came before its turn. */
struct iscsi_held {
	struct iscsi_held *next;
	uint32_t len;
	uint8_t bhs[ISCSI_BHS_LEN];
	uint8_t data[];
};

struct iscsi_session {
	struct iscsi_fabric *fabric;
	struct iscsi_reactor *reactor;
	struct iscsi_connection *connection; /* NULL: lost or logged out, waits for its end */
	struct sl_nexus *nexus;		     /* NULL: discovery */
	bool discovery;
	uint8_t isid[ISCSI_ISID_LEN];
	uint16_t tsih;
	uint16_t group_tag;
	char initiator[ISCSI_NAME_MAX + 1];
	char target[ISCSI_NAME_MAX + 1];

	struct iscsi_window window;
	struct iscsi_held *held; /* by CmdSN */
	struct iscsi_task *tasks;
	uint32_t n_tasks, used_tasks; /* those past `used` were never touched */
	uint32_t immediate_tasks;     /* live */
	uint32_t held_tasks;
	struct iscsi_task *free_tasks;
	struct iscsi_task *buckets[ISCSI_TASK_BUCKETS]; /* by Initiator Task Tag */
	struct iscsi_tmf tmfs[ISCSI_TMFS];
	uint32_t live_tmfs;
	struct iscsi_drain drain;
	uint64_t staged_bytes;
	bool nexus_closed;
	struct iscsi_mail nexus_closed_mail;

	/* Under the fabric's lock. */
	LIST_ENTRY(iscsi_session) link;
	struct iscsi_connections waiters; /* logins that replace this session */
	bool close_in_flight;
	bool unlinked;
	struct iscsi_mail close_mail;
};

enum iscsi_install { ISCSI_INSTALLED, ISCSI_INSTALL_WAIT, ISCSI_INSTALL_REFUSED };

/*
 * The login of `c` is complete: make its session. WAIT: the one that it replaces
 * ends first, then iscsi_login_resume() is called. REFUSED: *status says why.
 */
enum iscsi_install iscsi_session_install(struct iscsi_connection *c,
					 enum iscsi_login_status *status);
/* The connection is gone: give everything back and end. */
void iscsi_session_close(struct iscsi_session *s);
/* The core has given back the last of it; frees when nothing else is out. */
void iscsi_session_check_end(struct iscsi_session *s);
/* Under the fabric's lock. */
struct iscsi_session *iscsi_session_find(struct iscsi_fabric *f, uint16_t tsih);
/* Under the fabric's lock: is there a session of this target? */
bool iscsi_session_of_target(struct iscsi_fabric *f, const char *target);
/* Any thread: close its connection. Under the fabric's lock. */
void iscsi_session_ask_close(struct iscsi_session *s);
/* Take the connection out of the waiters; by its own thread. */
void iscsi_session_unwait(struct iscsi_connection *c);

/* Hold a PDU that came before its turn. False: no memory for it. */
bool iscsi_session_hold(struct iscsi_session *s, const uint8_t *bhs, const uint8_t *data,
			uint32_t len);
/* ExpCmdSN moved: execute what was held for it. */
void iscsi_session_release_held(struct iscsi_session *s);

#endif /* SLUICE_ISCSI_SESSION_H */
