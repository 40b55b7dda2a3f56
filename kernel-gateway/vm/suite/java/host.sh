#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The appliance at sluice.ko in a guest: `sluice up --gateway module`, with the JDK and the checkout of the host.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
# The build has to be there (`./sluice vm` sees to it); the module is built here, for the guest's kernel.
set -uo pipefail

SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
VM=$(readlink -f "$SUITE/../..")
GATEWAY=$(readlink -f "$VM/..")
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"

JOB=$(mktemp -d "${TMPDIR:-/tmp}/sluice-vm.XXXXXX")
LOGS=${1:-}

finish() {
	if [ -z "$LOGS" ] && [ "$FAILED" -gt 0 ]; then
		LOGS=$(mktemp -d "${TMPDIR:-/tmp}/sluice-vm-logs.XXXXXX")
		echo "logs: $LOGS" >&2
	fi
	[ -z "$LOGS" ] || { mkdir -p "$LOGS" && cp "$JOB"/*.log "$LOGS/" 2>/dev/null; }
	rm -rf "$JOB"
}
trap finish EXIT
trap 'exit 130' INT TERM

headers() { find /usr/src -maxdepth 1 -name 'linux-headers-*-amd64' | sort -V | tail -n 1; }

check "the module builds" make -C "$GATEWAY/module" KDIR="$(headers)" STAGE="$JOB/module"
"$VM/boot.sh" --job "$JOB" --memory 3072 --seconds 900 "$SUITE/guest.sh" VM="$VM" GATEWAY="$GATEWAY" \
	SLUICE_MODULE=/job/module/sluice.ko JAVA_HOME="${JAVA_HOME:-}"
check "the guest ends well" same 0 $?
counts_add "$JOB/counts" || check "the guest counted" false
closing_line
