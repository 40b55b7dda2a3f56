/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which target ports lead to a device: those of every target in one of whose groups
 * some LUN is the device. Under gw->config unless it says otherwise.
 */
#ifndef SLUICE_CORE_REACH_H
#define SLUICE_CORE_REACH_H

#include "target_port.h"

struct sl_target;

/* One for each target that has the device in a LUN map. */
struct sl_reach {
	struct sl_list link;		/* device->reach */
	const struct sl_target *target;
	u32 luns;
};

/* A LUN map of the target names the device once more. 0 or -ENOMEM. */
int sl_reach_add(struct sl_device *dev, const struct sl_target *t);
void sl_reach_drop(struct sl_device *dev, const struct sl_target *t);
/* The target has another port. */
void sl_reach_recount(struct sl_gateway *gw, const char *target);
bool sl_reach_has(const struct sl_device *dev, const struct sl_target_port *port);
/* At the device's end. */
void sl_reach_free(struct sl_device *dev);

#endif /* SLUICE_CORE_REACH_H */
