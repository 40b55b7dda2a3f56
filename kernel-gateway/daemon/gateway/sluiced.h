/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The whole daemon: host, iSCSI fabric, control socket, and the orderly end. main.c is
 * its command line; a test runs it in a thread.
 */
#ifndef SLUICE_DAEMON_SLUICED_H
#define SLUICE_DAEMON_SLUICED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/gateway.h"
#include "host/placement.h"

struct sluiced;

struct sluiced_options {
	const char *socket;
	uint32_t loops;
	uint64_t spin_ns;	/* or LOOP_SPIN_AUTO */
	struct placement placement;
	struct sl_limits limits;	/* of the core; 0: its default */
	bool signals;		/* SIGTERM and SIGINT end it */
	bool rig_time;		/* rigs may move the clock: for tests */
};

/* Listens on the socket. 0 or -errno with `why`, which names call, value and remedy. */
int sluiced_create(const struct sluiced_options *options, struct sluiced **out, char why[256]);
/*
 * Serves until SHUTDOWN, a signal, or sluiced_stop(). 0 after an orderly end, -ETIMEDOUT if
 * something did not let go in time (then sluiced_destroy() is not called: exit).
 * Another -errno, with `why`, if it could not start.
 */
int sluiced_run(struct sluiced *d, char why[256]);
/* Any thread, once: as if SIGTERM came. */
void sluiced_stop(struct sluiced *d);
void sluiced_destroy(struct sluiced *d);

#endif /* SLUICE_DAEMON_SLUICED_H */
