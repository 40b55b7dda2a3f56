#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: what dkms built is installed as modules are, and loaded by name.
set -uo pipefail
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"

# The modules' folder is the kernel package's, read-only: so a copy of it with ours.
installed() {
	local release folder
	release=$(uname -r) folder=/run/modules/lib/modules/$(uname -r)
	mkdir -p "$folder/updates/dkms"
	cp -r "/lib/modules/$release/." "$folder/"
	cp /job/package/*.ko "$folder/updates/dkms/"
	depmod -b /run/modules "$release"
}

check "both modules are installed" installed
check "modprobe loads the backend" modprobe -d /run/modules sluice_lio
check "with what it needs of sluice.ko" test -c /dev/sluice
check "its parameters have descriptions" shows 'max_pool_mib:.*MiB' modinfo -b /run/modules sluice
check "a handler is served" timeout 20 "$GATEWAY/build/release/sluice-rig" --socket /dev/sluice sessions
check "the backend unloads" unloads 10 sluice_lio
check "sluice.ko, too" unloads 10 sluice
check "no complaint of the kernel" kernel_silent
counts_save /job/counts
[ $FAILED -eq 0 ]
