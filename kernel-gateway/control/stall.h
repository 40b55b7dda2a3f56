/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a gateway's log says of a handler that takes and answers nothing, once, and of one that goes on. */
#ifndef SLUICE_CONTROL_STALL_H
#define SLUICE_CONTROL_STALL_H

#include "core/gateway.h"

#define STALL_TEXT 160

/* Of one session; zero at first. */
struct stall {
	bool stalled;			/* said so */
};

/* After each sl_gateway_watch(). True: there is something to say, in `text`; stalled says which. */
bool stall_changed(struct stall *s, const struct sluice_session_info *info, char text[STALL_TEXT]);

#endif /* SLUICE_CONTROL_STALL_H */
