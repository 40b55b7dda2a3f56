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
# Emulation is slow: what takes 20 s at most on a machine may take longer here.
"$RIG" run --gateway /run/sluice.ko --limit 60s --patience 10s "$SCENARIOS" >/job/scenarios.log 2>&1
status=$?
grep -v '^ok ' /job/scenarios.log
verdict $status "every scenario passes on the module"
# Skipped are those that need a Java handler (16-real-handler), and no others.
grep '^SKIPPED' /job/scenarios.log | grep -v 'no real handler' >/run/skipped
check "none is skipped but for a real handler" fails 1 test -s /run/skipped
check "the last one has unloaded it" fails 1 grep -q '^sluice ' /proc/modules
check "nothing has leaked" nothing_leaked
check "no complaint of the kernel" kernel_silent
counts_save /job/counts
[ $FAILED -eq 0 ]
