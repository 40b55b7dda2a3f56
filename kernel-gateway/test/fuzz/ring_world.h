/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A small gateway for ring_fuzz, command_fuzz and machine_fuzz: two handlers, of which each may die,
 * quiesce and be succeeded (sessions of the same name), four logical units, two I_T
 * nexuses and one more through another port, and an honest fabric that asserts what it may expect. Made anew for each
 * input, so that an input always means the same; the shared regions are kept.
 */
#ifndef SLUICE_FUZZ_RING_WORLD_H
#define SLUICE_FUZZ_RING_WORLD_H

#include <assert.h>
#include <stdlib.h>

#include "core/nexus.h"
#include "core/session.h"
#include "input.h"

#define RW_TARGET   "iqn.2026-11.io.sluice:fuzz"
#define RW_FIRST_PORT  "iqn.2026-11.io.sluice:a,i,0x1"
#define RW_SECOND_PORT "iqn.2026-11.io.sluice:b,i,0x2"
#define RW_SECOND   1000000000ULL
#define RW_TASKS    32U
#define RW_TMFS	    12U
#define RW_NEXUSES  3U
#define RW_FIRST    2U			/* of these, open from the start; the third is the first initiator, through group 2 */
#define RW_LIST	    96U
#define RW_SESSIONS 2U			/* handlers; one session of each at a time */
#define RW_REGIONS  8U			/* sessions that are open, or closed and not drained */
#define RW_QUEUES   2U
#define RW_DEPTH    8U
#define RW_DEVICES  3U			/* LUN 0..2; LUN 3 names a device that nobody serves */
#define RW_LUNS	    5U			/* one more than are mapped */
#define RW_TIMEOUT  (10 * RW_SECOND)	/* per stage of a command */
#define RW_GRACE_MAX (16 * RW_SECOND)
/* Four stages, an abort, and the wait for a handler: longer than that nothing waits, if handlers stay as they are. */
#define RW_WAIT_MAX (4 * RW_TIMEOUT + 5 * RW_SECOND + RW_GRACE_MAX)

struct rw_task {
	struct sl_cmd cmd;		/* first: the fabric gets it back from the core's pointer */
	bool live, fetched;
	uint8_t lun;
	bool taken;			/* a handler had it; then it is the same sequence ever after */
	u64 tag, sequence, submitted_ns;
	uint32_t nexus, data_outs, cancels, responses;
	uint32_t list_len;		/* its Data-Out is a parameter list; 0: whatever */
	uint8_t list[RW_LIST];
};

struct rw_tmf {
	struct sl_tmf tmf;
	bool live;
	uint32_t done;
};

struct rw_nexus {
	struct sl_nexus *core;		/* NULL: closed whole */
	bool closing, seen;
};

/* A descriptor as the handler took it. */
struct rw_held {
	uint32_t tag, generation, buf_len;
	bool held;
};

/* What a session's host keeps until it is drained. */
struct rw_region {
	struct sl_session *core;	/* NULL: free */
	u8 *gateway, *handler;
	u64 gateway_bytes, pool_off;
	bool closed;
};

struct rw_session {
	struct sl_session *core;	/* NULL: the handler is dead */
	struct sluice_control control;
	u8 *gateway_region, *handler_region;
	bool broken;
	uint32_t consumer[RW_QUEUES], producer[RW_QUEUES];
	uint32_t events, requests;
	struct rw_held held[RW_QUEUES][RW_DEPTH];
	uint32_t devices[RW_DEVICES];	/* identifiers of those it serves */
};

struct ring_world {
	struct sl_gateway *gw;
	u64 now_ns, tag;
	bool eager_fetch;		/* the fabric fetches Data-Out within data_out() */
	bool eager_release;		/* the fabric releases within respond() */
	bool eager_handlers;		/* who dies has a successor at once */
	bool honest;			/* handlers take what they take, and do not scribble */
	bool denies;			/* unknown initiators may be denied */
	u64 calm_ns;			/* since then no handler came or went, and no device */
	struct rw_task *tasks[RW_TASKS];	/* each by itself, so that the sanitizer sees its end */
	struct rw_tmf tmfs[RW_TMFS];
	struct rw_nexus nexuses[RW_NEXUSES];
	struct rw_session sessions[RW_SESSIONS];
	struct rw_region regions[RW_REGIONS];
	void (*judge)(const struct rw_task *t);	/* of a target's own, for each answer; may be NULL */
};

extern struct ring_world rw;

void rw_open(uint8_t options);
/* Everything ends; asserts that nothing is left. */
void rw_close(void);
/* After each step: cancelled fetches end, broken sessions die, what is drained goes, answers are checked. */
void rw_settle(void);
/* The fabric sends what was answered; then the core may have the buffers. */
void rw_release_all(void);
/* A free one, with its tag; NULL: all are live. */
struct rw_task *rw_task_new(void);
void rw_release(struct rw_task *t);
/* A free one; NULL: all are live. */
struct rw_tmf *rw_tmf_new(void);
void rw_fetch(struct rw_task *t, uint32_t received);

void rw_nexus_open(uint32_t i);
void rw_nexus_close(uint32_t i);
/* Opens, if the handler is dead, and adds its devices if `adds`. */
void rw_session_open(uint32_t i, u64 grace_ns, bool adds);
void rw_session_die(uint32_t i);
void rw_session_quiesce(uint32_t i);
void rw_device_add(uint32_t d);
void rw_device_remove(uint32_t i, uint32_t d);
void rw_tick(u64 ns);
/* A command with this identity at its handler; NULL: it is not out. */
struct rw_task *rw_task_out(const struct rw_session *s, uint32_t q, uint32_t tag);
int rw_lun(uint32_t lun, bool map);

/* ring_reap.c: sl_queue_reap(), and asserts that it took what it should and nothing else. */
uint32_t rw_reap(struct rw_session *s, uint32_t q, uint32_t budget);

/* ring_handler.c: what the fuzzer does as handler i. */
void rw_handler_take(struct rw_session *s, struct input *in);
void rw_handler_answer(struct rw_session *s, struct input *in);
/* A command that is held, from tag `from` on; NULL: none. */
struct rw_held *rw_handler_pick(struct rw_session *s, uint32_t q, uint32_t from);
/* Publishes a completion, with its sense area. */
void rw_handler_put(struct rw_session *s, uint32_t q, const struct sluice_completion *c,
		    const uint8_t *sense, size_t sense_bytes);
void rw_handler_request(struct rw_session *s, struct input *in);
void rw_handler_scribble(struct rw_session *s, struct input *in);
void rw_handler_read_events(struct rw_session *s);

#endif /* SLUICE_FUZZ_RING_WORLD_H */
