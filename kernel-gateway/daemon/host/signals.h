/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SIGTERM and SIGINT as events of a loop; SIGPIPE ignored. */
#ifndef SLUICE_DAEMON_SIGNALS_H
#define SLUICE_DAEMON_SIGNALS_H

#include "loop.h"

struct signals {
	struct loop_fd fd;
	void (*asked_to_end)(struct signals *self, int signal);
};

/*
 * Before any thread is made: they inherit the mask. 0 or -errno.
 */
int signals_open(struct signals *s, struct loop *l);
void signals_close(struct signals *s, struct loop *l);

#endif /* SLUICE_DAEMON_SIGNALS_H */
