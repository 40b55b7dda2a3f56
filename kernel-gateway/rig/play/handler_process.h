/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A handler's process, scripted or real, from the rig's side: start, signals, questions, end. */
#ifndef SLUICE_RIG_PLAY_HANDLER_PROCESS_H
#define SLUICE_RIG_PLAY_HANDLER_PROCESS_H

#include <sys/types.h>

#include "rig/gateway/gateway.h"
#include "rig/handler/stage.h"

struct handler_process {
	struct gateway *gateway;
	struct stage *stage;		/* NULL: a real one */
	pid_t pid;			/* 0: there is none */
	int status;			/* of the last one, as waitpid() gives it */
	bool stopped;
	bool killed;			/* we ended it */
};

/* Starts the scripted handler of `stage`, and waits until it serves its devices. 0 or -errno, `why`. */
int handler_process_start(struct handler_process *p, uint64_t bound_ns, char why[CONNECTION_WHY]);
/* Starts a real one: a shell command that finds the gateway in its environment. */
int handler_process_start_real(struct handler_process *p, const char *command, const char *config,
			       const char *directory, char why[CONNECTION_WHY]);
/* SIGKILL, and waits for its end. */
void handler_process_kill(struct handler_process *p);
void handler_process_stop(struct handler_process *p);
void handler_process_continue(struct handler_process *p);
/* The orderly end; SIGKILL if that takes too long, and false. */
bool handler_process_end(struct handler_process *p, uint64_t bound_ns);
/* Asks the scripted process for something; s->mail, mail_device, mail_action are set. */
int handler_process_ask(struct handler_process *p, uint64_t bound_ns, char why[CONNECTION_WHY]);
/* Has it ended by itself? */
bool handler_process_ended(struct handler_process *p);
/* Did it end in a way that is its own fault: by a signal other than SIGKILL, or with a status? */
bool handler_process_failed(const struct handler_process *p, char why[CONNECTION_WHY]);

#endif /* SLUICE_RIG_PLAY_HANDLER_PROCESS_H */
