// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What sluice_lio.ko, the LIO backend fabric, needs of the core. */
#include <linux/module.h>

#include "core/command.h"
#include "host.h"

EXPORT_SYMBOL_GPL(sluice_host);
EXPORT_SYMBOL_GPL(sluice_now);
EXPORT_SYMBOL_GPL(sluice_target_leaves);
EXPORT_SYMBOL_GPL(sl_target_add);
EXPORT_SYMBOL_GPL(sl_target_remove);
EXPORT_SYMBOL_GPL(sl_lun_map);
EXPORT_SYMBOL_GPL(sl_device_info);
EXPORT_SYMBOL_GPL(sl_nexus_open);
EXPORT_SYMBOL_GPL(sl_nexus_close);
EXPORT_SYMBOL_GPL(sl_cmd_submit);
EXPORT_SYMBOL_GPL(sl_cmd_data_out_done);
EXPORT_SYMBOL_GPL(sl_cmd_release);
EXPORT_SYMBOL_GPL(sl_tmf_submit);
