/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a gateway behind a socket is made of, for both that we join and that we start. */
#ifndef SLUICE_RIG_GATEWAY_GATEWAY_SOCKET_H
#define SLUICE_RIG_GATEWAY_GATEWAY_SOCKET_H

#include "gateway.h"

struct gateway_socket {
	struct gateway gateway;
	char path[108];			/* sun_path's size */
};

static inline struct gateway_socket *gateway_socket_of(struct gateway *g)
{
	return (struct gateway_socket *)g;
}

int gateway_socket_channel(struct gateway *g, enum sluice_role role, const char *name,
			   struct channel **out, char why[CONNECTION_WHY]);
int gateway_socket_handler(struct gateway *g, struct handler *h,
			   const struct sluice_session_open *open, char why[CONNECTION_WHY]);
void gateway_socket_describe(const struct gateway *g, char out[256]);

#endif /* SLUICE_RIG_GATEWAY_GATEWAY_SOCKET_H */
