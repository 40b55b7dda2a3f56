/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A handler process that follows a script: the whole life of one. */
#ifndef SLUICE_RIG_HANDLER_SCRIPTED_H
#define SLUICE_RIG_HANDLER_SCRIPTED_H

#include <pthread.h>

#include "handler.h"
#include "ram_disk.h"
#include "stage.h"

/*
 * Serves the stage's devices until STAGE_MAIL_END, a broken session or the gateway's
 * end. `open` opens the session. What it returns is the process's exit status.
 */
int scripted_run(struct stage *stage,
		 int (*open)(void *arg, struct handler *h, const struct stage *stage,
			     char why[CONNECTION_WHY]),
		 void *arg);

/* ---- The inside: scripted.c and scripted_answer.c ------------------------------------ */

struct scripted;

/* A command whose answer waits for its time, or for a release. */
struct scripted_waiting {
	struct scripted_waiting *next;
	struct handler_command command;
	struct script_action action;
	uint64_t due_ns;		/* UINT64_MAX: held */
};

struct scripted_queue {
	struct scripted *scripted;
	uint32_t index;
	pthread_t thread;
	struct scripted_waiting *first, **last;
	uint32_t released;		/* releases that it has carried out */
};

struct scripted {
	struct stage *stage;
	struct handler handler;
	struct ram_disk *disks;		/* [STAGE_DEVICES] */
	pthread_mutex_t rules;		/* their hits */
	pthread_mutex_t requests;	/* the admin ring towards the gateway */
	pthread_mutex_t seen;		/* from the taking of an entry or event until it is noted */
	pthread_t admin;
	struct scripted_queue queues[SLUICE_MAX_QUEUES];
};

/* The place of the gateway's device in the stage's list, or -1. */
int scripted_device(struct scripted *s, uint32_t id);
/* Answers it as the action says; on the thread of its queue. */
void scripted_answer(struct scripted *s, struct handler_command *c, const struct script_action *a);
/* Requests and ring faults that an action asks for; `queue` is where the caller stands. */
void scripted_deeds(struct scripted *s, const struct script_action *a, uint32_t device,
		    uint32_t nexus);
void scripted_break(struct scripted *s, const struct script_action *a, uint32_t queue);

#endif /* SLUICE_RIG_HANDLER_SCRIPTED_H */
