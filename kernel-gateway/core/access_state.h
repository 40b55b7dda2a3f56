/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Asymmetric logical unit access (SPC-5 5.18): the state in which a device can be
 * reached through each target port group. Who changes it: the control plane
 * (implicit), and initiators by SET TARGET PORT GROUPS if the device says so (explicit).
 */
#ifndef SLUICE_CORE_ACCESS_STATE_H
#define SLUICE_CORE_ACCESS_STATE_H

#include "service.h"

/* The state of a target port group on a device: active/optimized if nobody has said otherwise. Any thread. */
u8 sl_access_state(const struct sl_device *dev, u16 group);
/* The same with PREF in bit 7, as REPORT TARGET PORT GROUPS has it; and its STATUS CODE. */
u8 sl_access_report(const struct sl_device *dev, u16 group, u8 *status_code);
/* A new device has the states that were set for all. Under gw->config. */
void sl_access_inherit(struct sl_device *dev);
/* Sets status and sense if the state of the command's port does not allow it. Under the nexus's lock. */
bool sl_access_refuses(struct sl_cmd *cmd);

/* Services: REPORT TARGET PORT GROUPS, SET TARGET PORT GROUPS. */
u32 sl_report_target_port_groups_need(const struct sl_cmd *cmd);
enum sl_served sl_report_target_port_groups(struct sl_cmd *cmd, bool stored, struct sl_work *w);
bool sl_access_is_explicit(const struct sl_cmd *cmd);
enum sl_served sl_set_target_port_groups(struct sl_cmd *cmd, bool stored, struct sl_work *w);

#endif /* SLUICE_CORE_ACCESS_STATE_H */
