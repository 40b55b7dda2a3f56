/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An event loop: one thread that waits on file descriptors, timers, work posted
 * by other threads, and the rings that it serves. Its duty cycle:
 *
 *	ready descriptors -> posted work -> due timers -> after-work (flush
 *	sockets) -> doorbells -> reap rings -> after-work -> spin or sleep
 *
 * Every function but loop_post() and loop_stop() is for the loop's own thread (or
 * before it runs).
 */
#ifndef SLUICE_DAEMON_LOOP_H
#define SLUICE_DAEMON_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;

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

/* The clock read at the start of the current batch, CLOCK_MONOTONIC. */
uint64_t loop_now(const struct loop *l);
/* Is the caller on this loop's thread? */
bool loop_is_current(const struct loop *l);

#endif /* SLUICE_DAEMON_LOOP_H */
