/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The command window (RFC 7143 4.2.2.1): serial numbers modulo 2^32, no memory of its own. */
#ifndef SLUICE_ISCSI_WINDOW_H
#define SLUICE_ISCSI_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct iscsi_window {
	uint32_t exp;	     /* ExpCmdSN */
	uint32_t max;	     /* MaxCmdSN as last advertised; never goes back */
	uint32_t size;	     /* commands that may be unanswered at once */
	uint32_t unanswered; /* non-immediate commands taken, and not answered */
	uint32_t held;	     /* of these: taken ahead of ExpCmdSN */
};

/* RFC 1982 comparison. */
static inline bool iscsi_serial_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

enum iscsi_window_verdict {
	ISCSI_WINDOW_NEXT,   /* its turn; ExpCmdSN has moved past it */
	ISCSI_WINDOW_AHEAD,  /* in the window, but commands before it are missing: hold it */
	ISCSI_WINDOW_IGNORE, /* a duplicate or outside of the window: drop it silently */
};

static inline enum iscsi_window_verdict iscsi_window_take(struct iscsi_window *w, uint32_t cmd_sn)
{
	if (iscsi_serial_before(cmd_sn, w->exp) || iscsi_serial_before(w->max, cmd_sn))
		return ISCSI_WINDOW_IGNORE;
	if (cmd_sn != w->exp)
		return ISCSI_WINDOW_AHEAD;
	w->exp++;
	return ISCSI_WINDOW_NEXT;
}

/* MaxCmdSN for the next PDU. What is held lies within the window already. */
static inline uint32_t iscsi_window_max(struct iscsi_window *w)
{
	uint32_t max = w->exp - 1 + w->size - (w->unanswered - w->held);

	if (iscsi_serial_before(w->max, max))
		w->max = max;
	return w->max;
}

#endif /* SLUICE_ISCSI_WINDOW_H */
