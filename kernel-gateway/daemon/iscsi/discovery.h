/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SendTargets (RFC 7143 appendix C). */
#ifndef SLUICE_ISCSI_DISCOVERY_H
#define SLUICE_ISCSI_DISCOVERY_H

#include "text.h"

struct iscsi_connection;

/* The answer to SendTargets=value on this connection. */
void iscsi_send_targets(struct iscsi_connection *c, const char *value, struct iscsi_text_out *out);

#endif /* SLUICE_ISCSI_DISCOVERY_H */
