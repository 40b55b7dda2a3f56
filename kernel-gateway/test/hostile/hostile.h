/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A handler that lies: it opens a session like any other, adds its devices, and then
 * does what a handler must not, one attack after the other, until its session is
 * broken or it starts over. It runs in a process of its own and reports into memory
 * that it shares with who watches it.
 */
#ifndef SLUICE_TEST_HOSTILE_H
#define SLUICE_TEST_HOSTILE_H

#include "attack.h"
#include "random.h"
#include "rig/handler/handler.h"

#define HOSTILE_DEVICES	    3U
#define HOSTILE_QUEUES	    4U
#define HOSTILE_DEPTH	    64U
#define HOSTILE_REQUESTS    4096U	/* the admin ring is no deeper */
/* The gateway answers a handler's question, and takes what is in its ring, in no more than this. */
#define HOSTILE_PATIENCE_NS 20000000000ull
#define HOSTILE_TOLD_IDS    4096U
#define HOSTILE_RECENT	    32U

struct hostile_options {
	const char *socket;
	uint64_t seed, operations;
	uint64_t timeout_ns;			/* of its devices, per stage of a command */
	uint64_t grace_ns;			/* of its sessions */
	const char *foreign_name;		/* a device that another handler serves */
	uint32_t foreign_device;
};

/* Written by the hostile process only. */
struct hostile_report {
	_Atomic uint64_t operations;
	uint64_t performed[ATTACKS_MAX];
	uint64_t lives, commands, told;		/* told: right answers that say in the data how long they are */
	/* What the gateway must have counted at least: only what it was seen to take. */
	uint64_t drops, faults, breaks;
	uint64_t unruly_children;		/* who may have broken their parent's session before it was closed */
	uint64_t decisions, digest;		/* the digest is of the first options->operations */
	char failure[256];			/* "": none */
};

/* A command that was taken and not answered. */
struct held {
	struct sluice_desc desc;
	bool held;
};

enum fate {
	FATE_UNKNOWN,
	FATE_DROP,
};

struct hostile_queue {
	struct sluice_user_index *ours;
	const struct sluice_gw_index *theirs;
	struct sluice_completion *slots;
	struct sluice_response *responses;
	uint32_t consumer, producer;		/* our own, whatever the shared ones say */
	uint32_t seen;				/* comp_consumer, when we looked last */
	uint8_t fate[HOSTILE_DEPTH];		/* of each slot */
	uint64_t told_at[HOSTILE_DEPTH];	/* where each slot's answer tells its length, + 1; 0: nowhere */
	uint32_t generation[HOSTILE_DEPTH];	/* the newest of each tag that we know */
	struct held held[HOSTILE_DEPTH];
	uint32_t n_held;
	struct sluice_completion recent[HOSTILE_RECENT];	/* right answers, for repeating */
	uint32_t n_recent;
};

struct hostile {
	const struct hostile_options *options;
	struct hostile_report *report;
	struct random random;
	struct handler h;
	bool alive;
	bool over;				/* this life ends with the present attack */
	uint32_t told[HOSTILE_TOLD_IDS];	/* whose length was told lately */
	struct hostile_queue queues[HOSTILE_QUEUES];
	struct sluice_user_index *admin;
	const struct sluice_gw_index *admin_theirs;
	struct sluice_request *requests;
	uint32_t request_producer, request_seen;
	bool faulty[HOSTILE_REQUESTS];			/* request slots whose request must be refused */
	uint32_t devices[HOSTILE_DEVICES];
	uint64_t left;				/* attacks of this life */
	uint32_t sloth;				/* between two of them it answers a command once in so many times */
	struct connection loose;		/* for wrong messages; fd -1: none */
};

extern const char *const hostile_device_names[HOSTILE_DEVICES];

/* Runs until the operations are done or something is not as it must be. */
void hostile_run(const struct hostile_options *options, struct hostile_report *report);

/* ---- For the attacks ------------------------------------------------------------------ */

/* Notes the first failure; the run ends with it. Returns false. */
bool hostile_fail(struct hostile *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool hostile_failed(const struct hostile *x);
uint64_t hostile_clock(void);

/* life.c */
bool life_begin(struct hostile *x);
void life_end(struct hostile *x);
/* The gateway breaks the session and closes the connection. */
bool life_expect_broken(struct hostile *x);
/* What DEVICE_ADD says of our device `index`. */
void life_describe(struct sluice_device_add *add, uint32_t index);

/* hostile_queue.c */
/* Takes what was handed over, and looks what the gateway took of ours. */
void queue_look(struct hostile *x, uint32_t q);
/* Room for `n` more completions; waits for the gateway if need be. */
bool queue_room(struct hostile *x, uint32_t q, uint32_t n);
void queue_put(struct hostile *x, uint32_t q, const struct sluice_completion *c, enum fate fate);
/* A held command of some queue, from a random place on. NULL: none is held. */
struct held *queue_pick(struct hostile *x, uint64_t where, uint32_t *q);
/* It is answered now. */
struct sluice_completion queue_let_go(struct hostile *x, uint32_t q, struct held *held);
/* A right answer of random length. */
void queue_answer(struct hostile *x, uint32_t q, struct held *held, uint64_t how);
void queue_ring(struct hostile *x, uint32_t q);
/* What stands in the slots from now on is not what was told. */
void queue_disown(struct hostile *x, uint32_t q);
/* Everything that was put was taken. */
bool queue_settle(struct hostile *x);

/* request_attack.c */
void requests_look(struct hostile *x);
bool requests_settle(struct hostile *x);
/* As many as there is room for, again and again, and without ringing. */
void requests_pour(struct hostile *x, const struct decision *d, uint64_t until_ns);

/* What a right answer with data begins with, so that an initiator can tell that no more and no less came. */
struct told {
	uint64_t magic;				/* HOSTILE_TOLD, salted with what follows */
	uint32_t id;				/* the CDB's bytes 2 to 5 */
	uint32_t reported;			/* data_len of the completion */
};

#define HOSTILE_TOLD 0x746f6c642e2e2e21ull

static inline uint64_t told_magic(const struct told *t)
{
	return HOSTILE_TOLD ^ ((uint64_t)t->id << 32 | t->reported) * 0x9e3779b97f4a7c15ull;
}

#endif /* SLUICE_TEST_HOSTILE_H */
