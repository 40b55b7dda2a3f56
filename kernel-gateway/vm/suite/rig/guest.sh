#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: loads the module with a clock that rigs may move, and plays the scenarios on it.
set -uo pipefail
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"

readonly RIG=$GATEWAY/build/release/sluice-rig
SCENARIOS=${SCENARIOS:-$GATEWAY/rig/scenarios}

check "the SCSI layer loads" modprobe scsi_mod
# Loaded and unloaded for every scenario: not from the host's file system, and without its debug information.
strip -g -o /run/sluice.ko "$MODULE" || exit 1
# Emulation is slow: what takes 20 s at most on a machine may take longer here, and a JVM half a minute to start. What it left when it was
# killed waits for as long.
REAL="SLUICE_RIG_CONFIG=\"\$SLUICE_RIG_CONFIG
[gateway]
grace = 300\" SLUICE_BUILT=yes exec '$GATEWAY/../sluice' rig-handler"
"$RIG" run --gateway /run/sluice.ko --limit 600s --patience 200s --real-handler "$REAL" "$SCENARIOS" >/job/scenarios.log 2>&1
status=$?
grep -v '^ok ' /job/scenarios.log
verdict $status "every scenario passes on the module"
check "none is skipped" fails 1 grep '^SKIPPED' /job/scenarios.log
check "the last one has unloaded it" fails 1 grep -q '^sluice ' /proc/modules
check "nothing has leaked" nothing_leaked
check "no complaint of the kernel" kernel_silent
counts_save /job/counts
[ $FAILED -eq 0 ]
