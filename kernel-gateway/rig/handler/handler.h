/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A handler in C: a session, its mappings, and a loop per queue. For tests, and the
 * native peer in benchmarks; it follows docs/ring-abi.md and shares no code with the
 * gateway.
 */
#ifndef SLUICE_RIG_HANDLER_H
#define SLUICE_RIG_HANDLER_H

#include <stdbool.h>

#include "rig/connection.h"
#include "rig/handler/yielding.h"

struct handler {
	struct connection link;
	const struct sluice_control *control;	/* first page of the gateway region, read-only */
	const uint8_t *gateway;
	uint8_t *shared;			/* handler region */
	int gateway_fd, handler_fd;
	int bells[SLUICE_MAX_QUEUES + 1];	/* [queues] is the admin ring's */
	uint32_t queues, depth;
	uint32_t spin_rounds;			/* looks before a sleep */
	struct yielding yieldings[SLUICE_MAX_QUEUES];	/* each its queue's thread's */
	bool answered[SLUICE_MAX_QUEUES];	/* since the last look at the gateway's flag; the queue's thread */
	_Atomic bool stopping;
};

/* A command as the ring brought it. Pointers are valid until it is answered. */
struct handler_command {
	struct handler *handler;
	uint32_t queue;
	struct sluice_desc desc;		/* a copy */
	const uint8_t *cdb;			/* desc.cdb_len bytes */
	uint8_t *data;				/* desc.buf_len bytes */
};

struct handler_answer {
	uint8_t status;
	uint8_t sense_len;
	uint32_t data_len;
	uint8_t sense[SLUICE_SENSE_MAX];
};

/* Fills the answer, or returns false and calls handler_complete() later, on the same thread. */
typedef bool (*handler_execute)(void *arg, struct handler_command *command,
				struct handler_answer *answer);

/* `name` is for logs; open->name is the session's, by which a next process is the same one's. */
int handler_open_session(struct handler *h, const char *socket_path, const char *name,
			 const struct sluice_session_open *open, char why[CONNECTION_WHY]);
/* A session without a name of its own, with the gateway's grace. */
int handler_open(struct handler *h, const char *socket_path, const char *name, uint32_t queues,
		 uint32_t depth, uint64_t pool_bytes, char why[CONNECTION_WHY]);
int handler_device_add(struct handler *h, const struct sluice_device_add *add, uint32_t *device,
		       char why[CONNECTION_WHY]);
/* What it had stored of the device's reservations; before handler_device_add(). */
int handler_restore(struct handler *h, const char *device, const uint8_t *record, uint32_t bytes,
		    char why[CONNECTION_WHY]);
int handler_device_remove(struct handler *h, uint32_t device, char why[CONNECTION_WHY]);
/* Nothing more is handed over; what was is answered as ever. */
int handler_quiesce(struct handler *h, char why[CONNECTION_WHY]);
/* Serves one queue on the caller's thread until handler_stop() or the session ends. */
void handler_run_queue(struct handler *h, uint32_t queue, handler_execute execute, void *arg);
/* Publishes an answer; the thread of that queue. */
void handler_complete(struct handler_command *command, const struct handler_answer *answer);
/* Events are dropped; runs until handler_stop(). A thread of its own. */
void handler_run_admin(struct handler *h);
/* Any thread. */
void handler_stop(struct handler *h);
/* handler_stop() was called, or the gateway broke the session. */
bool handler_over(struct handler *h);

/*
 * The same in single steps, for handlers with a loop of their own. A queue's functions
 * are for its thread, the events' for the admin thread; handler_wake() is for any.
 */
/* The oldest entry of the submission ring, or false. From now on it counts as seen. */
bool handler_take(struct handler *h, uint32_t queue, struct handler_command *out);
/* Puts a completion as it is, right or wrong. The gateway hears of it by handler_flush(). */
void handler_push(struct handler *h, uint32_t queue, const struct sluice_completion *completion);
void handler_flush(struct handler *h, uint32_t queue);
/* SLUICE_SENSE_MAX bytes of the tag's response area. */
uint8_t *handler_sense(struct handler *h, uint32_t queue, uint32_t tag);
/* Sleeps until there is an entry, handler_wake(), or the time is over. */
void handler_wait(struct handler *h, uint32_t queue, uint64_t bound_ns);
bool handler_take_event(struct handler *h, struct sluice_event *out);
void handler_wait_event(struct handler *h, uint64_t bound_ns);
void handler_wake(struct handler *h);
/* The session is active and the gateway at the other end of the connection. */
bool handler_alive(struct handler *h);
/* All of its threads have ended. */
void handler_close(struct handler *h);

/* Sends a request through the admin ring; one thread at a time. False: the ring is full. */
bool handler_request(struct handler *h, const struct sluice_request *request);
/* The same without a doorbell: the gateway finds it when it takes completions. */
bool handler_put_request(struct handler *h, const struct sluice_request *request);
/* The gateway has taken all requests; all completions of that queue. */
bool handler_requests_taken(struct handler *h);
bool handler_completions_taken(struct handler *h, uint32_t queue);
/* We have taken all entries of that submission ring; all events. */
bool handler_entries_taken(struct handler *h, uint32_t queue);
bool handler_events_taken(struct handler *h);

#endif /* SLUICE_RIG_HANDLER_H */
