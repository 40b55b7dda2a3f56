/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A handler's session: its two regions, which the handler maps, and the threads that
 * sleep in enter. It ends with its file; its memory lives until the last fabric has
 * let go of the last buffer.
 */
#ifndef SLUICE_MODULE_HANDLER_SESSION_H
#define SLUICE_MODULE_HANDLER_SESSION_H

#include <linux/mm_types.h>
#include <linux/wait.h>

#include "host.h"

struct llist_node;
struct sluice_session;
struct sluice_ring;

/*
 * Allocates. `owner` is woken when the session breaks, and lives until sluice_session_close().
 * 0 or -errno with `why` (256 bytes), which names value and remedy.
 */
int sluice_session_open(const struct sluice_session_open *open, const char *name, u32 pid,
			wait_queue_head_t *owner, struct sluice_session **out, char *why);
/* The file is gone: grace and take-over begin. Not the caller's any more. */
void sluice_session_close(struct sluice_session *s);
struct sl_session *sluice_session_core(struct sluice_session *s);
void sluice_session_opened(struct sluice_session *s, struct sluice_session_opened *opened);

/*
 * abi.h section 5: takes this queue's completions, then waits for commands. Returns how
 * many there are, 0 when the time is over; -EBUSY: another thread is in it; -EINTR,
 * -ESHUTDOWN: the session is broken or closing.
 */
int sluice_session_enter(struct sluice_session *s, const struct sluice_enter *enter);
/* abi.h section 5: the thread in that queue's enter returns, or the next one does not sleep. */
int sluice_session_wake_queue(struct sluice_session *s, unsigned long queue);
int sluice_session_mmap(struct sluice_session *s, struct vm_area_struct *vma);
/* The gateway judged its ring broken: nobody serves it any more. */
bool sluice_session_is_broken(const struct sluice_session *s);

/* ---- All of them -------------------------------------------------------------------- */

/* Some session is being closed: what it served looks served. */
bool sluice_sessions_leave(void);
/* As SESSION_INFO tells of the n-th. -ENOENT past the last. */
int sluice_session_info(u32 index, struct sluice_session_info *info);
/* The core looks whether they live; the log hears when one stalls or goes on. May sleep. False: there is none. */
bool sluice_sessions_watch(void);
/* All are closed: waits until fabrics have let go of the last buffer. */
void sluice_sessions_stop(void);

/* From the core, on any thread. */
void sluice_ring_dirty(struct sluice_ring *r);
void sluice_ring_wake(struct sluice_ring *r);
/* A ring that a batch had noted. */
void sluice_ring_doorbell(struct llist_node *noted);
void sluice_session_wake(struct sluice_session *s);
void sluice_session_broken(struct sluice_session *s, const char *why);

#endif /* SLUICE_MODULE_HANDLER_SESSION_H */
