/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A handler session as the host sees it: two sealed regions, an eventfd per queue
 * and one for the admin ring, and the way out. All functions but
 * handler_session_broken() are for loop 0.
 */
#ifndef SLUICE_DAEMON_HANDLER_SESSION_H
#define SLUICE_DAEMON_HANDLER_SESSION_H

#include "control/stall.h"
#include "host.h"
#include "region.h"

struct handler_session {
	struct host *host;
	struct handler_session *next;
	struct sl_session *core;
	struct sluice_control layout;
	struct region gateway_region;
	struct region handler_region;
	char session_name[SLUICE_NAME_LEN];	/* what the next process may take over */
	char name[SLUICE_NAME_LEN + 16];	/* with the process identifier, for logs */
	uint32_t pid;
	struct stall stall;
	uint32_t n_queues;
	uint32_t n_bells;			/* eventfds that exist */
	struct loop_fd admin_bell;
	struct loop_work admin_again;		/* more is in the admin ring than one turn takes */
	int bells[SLUICE_MAX_QUEUES + 1];	/* [n_queues] is the admin ring's */
	struct ring_queue queues[SLUICE_MAX_QUEUES];
	/* What its ring did wrong; set by any thread, read on loop 0 by broken_work. */
	struct loop_work broken_work;
	const char *broken_why;
	/* Tells the owner of the connection; once, after which it calls handler_session_close(). */
	void (*broken)(struct handler_session *s, void *arg);
	void *arg;
	/* The way out: detach queues, tell the core, let posted work run dry, wait for buffers. */
	bool closing;
	bool orphaned;				/* the core was told */
	uint32_t settled;
	struct sweep sweep;
	struct loop_timer drain;
};

/* 0, or -errno with `why`, which names the value and the remedy. */
int handler_session_open(struct host *h, const char *name, uint32_t pid,
			 const struct sluice_session_open *open,
			 void (*broken)(struct handler_session *s, void *arg), void *arg,
			 struct handler_session **out, char why[256]);
/* The descriptors to pass, in the order of abi.h; returns how many (2 + queues + 1). */
uint32_t handler_session_fds(const struct handler_session *s, int fds[SLUICE_MAX_QUEUES + 3]);
/* After the descriptors were passed: the regions' own are not needed any more. */
void handler_session_passed(struct handler_session *s);
/* Counts the processes that served this session, as its control page says. */
uint32_t handler_session_epoch(const struct handler_session *s);
/* The handler is gone. Frees `s` some time later; it is not the caller's any more. */
void handler_session_close(struct handler_session *s);
/* As SESSION_INFO tells it. */
void handler_session_info(struct handler_session *s, struct sluice_session_info *info);
/* About once a second: the core looks whether they live; the log hears when one stalls or goes on. */
void handler_sessions_watch(struct host *h, uint64_t now_ns);
/* From any thread, by the core. */
void handler_session_broken(struct host *h, struct sl_session *core, const char *why);

#endif /* SLUICE_DAEMON_HANDLER_SESSION_H */
