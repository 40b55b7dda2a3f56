// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <linux/module.h>

MODULE_DESCRIPTION("SCSI devices served from user space");
MODULE_LICENSE("Dual MIT/GPL");
