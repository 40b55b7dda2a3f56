/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "command.h"
const struct rig_command run_commands[] = { { 0 } };
