/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A gateway as scenarios need it, however it is reached: this interface is all that
 * they know of it. Both speak packets, sluiced over a socket and the module over its device.
 */
#ifndef SLUICE_RIG_GATEWAY_GATEWAY_H
#define SLUICE_RIG_GATEWAY_GATEWAY_H

#include <stdio.h>

#include "channel.h"
#include "rig/handler/handler.h"

struct gateway;

struct gateway_ops {
	/* One role's end. 0 or -errno with `why`. */
	int (*open_channel)(struct gateway *g, enum sluice_role role, const char *name,
			    struct channel **out, char why[CONNECTION_WHY]);
	/* A handler session, in the handler's own process. 0 or -errno with `why`. */
	int (*open_handler)(struct gateway *g, struct handler *h,
			    const struct sluice_session_open *open, char why[CONNECTION_WHY]);
	/* What another program needs to find it, for its environment: "NAME=VALUE". */
	void (*describe)(const struct gateway *g, char out[256]);
	/* Still there? 0, or -EPIPE with `why`. */
	int (*alive)(struct gateway *g, char why[CONNECTION_WHY]);
	/* Ends what it started. 0, or -errno with `why` if that did not end in order. Frees `g`. */
	int (*close)(struct gateway *g, char why[CONNECTION_WHY]);
	/* The last lines of its log, if it is ours. */
	void (*print_log)(struct gateway *g, FILE *out);
};

struct gateway {
	const struct gateway_ops *ops;
	bool shared;			/* others use it, too: names must be our own, and all is taken back */
};

/* The gateway that listens on a Unix socket. 0 or -errno with `why`. */
int gateway_socket_open(const char *path, struct gateway **out, char why[CONNECTION_WHY]);
/* Starts sluiced for us alone, in a new temporary directory. 0 or -errno with `why`. */
int gateway_process_start(const char *program, struct gateway **out, char why[CONNECTION_WHY]);

/* Loads sluice.ko for us alone: that file, or the installed one (NULL). 0 or -errno with `why`. */
int gateway_module_load(const char *file, struct gateway **out, char why[CONNECTION_WHY]);

#endif /* SLUICE_RIG_GATEWAY_GATEWAY_H */
