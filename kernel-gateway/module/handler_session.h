/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A handler's session: its two regions, which the handler maps, and the threads that
 * sleep in enter. It ends with its file; its memory lives until the last fabric has
 * let go of the last buffer.
 */
#ifndef SLUICE_MODULE_HANDLER_SESSION_H
#define SLUICE_MODULE_HANDLER_SESSION_H

#include <linux/poll.h>
#include <linux/wait.h>

#include "host.h"

struct sluice_session;
struct sluice_ring;

/* Allocates. 0 or -errno with `why` (256 bytes), which names value and remedy. */
int sluice_session_open(const struct sluice_session_open *open, const char *name, u32 pid,
			struct sluice_session **out, char *why);
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
int sluice_session_mmap(struct sluice_session *s, struct vm_area_struct *vma);
__poll_t sluice_session_poll(struct sluice_session *s, struct file *file, poll_table *wait);

/* From the core, on any thread. */
void sluice_ring_wake(struct sluice_ring *r);
void sluice_session_wake(struct sluice_session *s);
void sluice_session_broken(struct sluice_session *s, const char *why);

#endif /* SLUICE_MODULE_HANDLER_SESSION_H */
