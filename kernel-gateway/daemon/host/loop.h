/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An event loop: one thread that waits on file descriptors, timers, work posted
 * by other threads, and the rings that it serves. Its duty cycle:
 *
 *	ready descriptors -> posted work -> due timers -> doorbells -> reap rings
 *	-> after-work (flush sockets) -> doorbells -> spin, yield or sleep
 *
 * Every function but loop_post(), loop_post_barrier() and loop_stop() is for the
 * loop's own thread (or before it runs).
 */
#ifndef SLUICE_DAEMON_LOOP_H
#define SLUICE_DAEMON_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct placement;

/* A descriptor that the loop watches; embed it. Level-triggered, EPOLLIN/EPOLLOUT/EPOLLHUP bits. */
struct loop_fd {
	int fd;
	void (*ready)(struct loop_fd *self, uint32_t events);
	uint32_t events;		/* what is armed */
};
int loop_fd_add(struct loop *l, struct loop_fd *f, uint32_t events);	/* 0 or -errno */
int loop_fd_modify(struct loop *l, struct loop_fd *f, uint32_t events);	/* no system call if nothing changes */
/* Stops watching; ready() is not called any more, also in the current round. Does not close the descriptor. */
void loop_fd_remove(struct loop *l, struct loop_fd *f);

/* A one-shot timer; embed it. */
struct loop_timer {
	uint64_t deadline_ns;
	void (*expired)(struct loop_timer *self, uint64_t now_ns);
	uint32_t slot;			/* private: place in the heap + 1, 0 when idle */
};
void loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t deadline_ns);	/* sets or moves */
void loop_timer_cancel(struct loop *l, struct loop_timer *t);

/* Work for the loop's thread; embed it. Queued at most once at a time. */
struct loop_work {
	struct loop_work *next;		/* private */
	void (*run)(struct loop_work *self);
	_Atomic int queued;		/* private */
};
/* From any thread; wakes the loop if it sleeps. A work item already queued is not queued twice. */
void loop_post(struct loop *l, struct loop_work *w);
/* From the loop's own thread: run once at the end of this batch, e.g. to flush a socket's output. */
void loop_after(struct loop *l, struct loop_work *w);

/* Takes `w` out of the after-work; for an owner that goes away. */
void loop_after_cancel(struct loop *l, struct loop_work *w);
/*
 * Waits until everything that was posted to `l` before has run. From any thread but
 * a loop's own, and while `l` runs.
 */
void loop_post_barrier(struct loop *l);

/*
 * A message came in on this socket, from a peer with so many commands under way. If the loop
 * follows (placement.h), it may move to the processor where the message came in, or let go.
 */
void loop_heard(struct loop *l, int fd, uint32_t under_way);
/* The processor on which handlers' threads are wanted; -1: anywhere. */
int loop_shared_cpu(const struct loop *l);

/* loop_clock() at the start of the current batch. */
uint64_t loop_now(const struct loop *l);
/* Is the caller on this loop's thread? */
bool loop_is_current(const struct loop *l);
/* The loop whose thread this is, or NULL. */
struct loop *loop_current(void);
/* CLOCK_MONOTONIC now, ns, and what it was moved forward. */
uint64_t loop_clock(void);
/*
 * Moves loop_clock() forward for the whole process: only a test does that. Each loop
 * then needs loop_time_moved() to look at its timers again; from any thread.
 */
void loop_clock_advance(uint64_t ns);
void loop_time_moved(struct loop *l);

/* ---- For the host that makes loops ------------------------------------ */

/*
 * What serves the rings of a loop; all on its thread. NULL pointers are not called.
 * A member of its own for each step of the duty cycle.
 */
struct loop_rings {
	/* Publish what is dirty. */
	void (*doorbells)(struct loop_rings *self);
	/* Take completions, within a budget; how many. */
	uint32_t (*reap)(struct loop_rings *self, uint64_t now_ns);
	/* Completions wait (a few loads: called in a spin). */
	bool (*ready)(struct loop_rings *self);
	/* Handlers hold commands of these rings: spinning may pay. */
	bool (*in_flight)(struct loop_rings *self);
	/* About to sleep: ask handlers for a wake-up. False: there is work after all, nothing was asked. */
	bool (*sleep)(struct loop_rings *self);
	void (*awake)(struct loop_rings *self);
	/* The loop keeps to this processor now, and wants the handlers' threads there; -1: it let go. */
	void (*moved)(struct loop_rings *self, int cpu);
};

/* Longest spin before sleeping, ns. */
#define LOOP_SPIN_AUTO UINT64_MAX	/* by the measured price of a wake-up */

struct loop_counters {
	uint64_t rounds;
	uint64_t spins;			/* spins that were started */
	uint64_t spin_hits;		/* spins that found work */
	uint64_t yields;		/* times that the processor was given away instead */
	uint64_t yield_hits;		/* times that work was there after it */
	uint64_t sleeps;		/* blocking waits */
	uint64_t wakes;			/* wake-ups of the loop by other threads' loop_post() */
};

/* Allocates; 0 or -errno. `index` names the loop in logs. */
int loop_create(uint32_t index, uint64_t spin_ns, struct loop **out);
/* Before the loop runs. */
void loop_set_rings(struct loop *l, struct loop_rings *rings);
/* Before the loop runs: where its thread runs. Without a call: anywhere. */
void loop_place(struct loop *l, const struct placement *p);
/* Runs on the caller's thread until loop_stop(). */
void loop_run(struct loop *l);
/* Runs on a thread of its own; 0 or -errno. */
int loop_start(struct loop *l);
/* From any thread, once: the loop ends after its current round. What is posted later does not run. */
void loop_stop(struct loop *l);
/* Waits for the thread of loop_start(). */
void loop_join(struct loop *l);
/* The loop does not run any more. */
void loop_destroy(struct loop *l);
uint32_t loop_index(const struct loop *l);
/* Any thread; each value is whole, not all of one moment. */
void loop_read_counters(const struct loop *l, struct loop_counters *out);

#endif /* SLUICE_DAEMON_LOOP_H */
