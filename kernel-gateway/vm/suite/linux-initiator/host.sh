#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Linux' own iSCSI initiator against a running Sluice: serves, boots a guest with guest.sh in it, answers its questions, stops.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
# The build has to be there (`./sluice vm` sees to it). SLUICE_VM_IMAGE_MIB: the size of the image that is copied (128): an emulated
# processor needs minutes for 512, most of it in the guest's TCP.
set -uo pipefail

SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
VM=$(readlink -f "$SUITE/../..")
SLUICE=$(readlink -f "$VM/../../sluice")
IMAGE_MIB=${SLUICE_VM_IMAGE_MIB:-128}
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"

JOB=$(mktemp -d "${TMPDIR:-/tmp}/sluice-vm.XXXXXX")
STATE=$JOB/home
LOGS=${1:-}
GUEST=''

finish() {
	[ -z "$GUEST" ] || kill "$GUEST" 2>/dev/null
	"$SLUICE" down --home "$STATE" >/dev/null 2>&1
	if [ -z "$LOGS" ] && [ "$FAILED" -gt 0 ]; then
		LOGS=$(mktemp -d "${TMPDIR:-/tmp}/sluice-vm-logs.XXXXXX")
		echo "logs: $LOGS" >&2
	fi
	[ -z "$LOGS" ] || cp "$JOB"/*.log "$STATE"/log/*.log "$LOGS/" 2>/dev/null
	rm -rf "$JOB"
}
trap finish EXIT
trap 'exit 130' INT TERM

# The questions that guest.sh asks.
answer_image_sha256() { head -c "$1M" "$JOB/image" | sha256sum | cut -d ' ' -f 1; }
answer_disk_sha256() { head -c "$1M" "$STATE/data/disk.img" | sha256sum | cut -d ' ' -f 1; }
answer_disk_allocated_kib() { du -k "$STATE/data/disk.img" | cut -f 1; }
answer_resize() { "$SLUICE" disk resize disk "$1" --home "$STATE"; }
answer_kill() { kill -KILL "$(cat "$STATE/run/$1.pid")"; }
answer_ready() { [ -s "$STATE/run/ready" ]; }

no_protocol_errors() {
	shows '"protocol_errors" : 0,' "$SLUICE" status --json --home "$STATE"
}

no_sanitizer_report() { ! grep -E 'ERROR: .*Sanitizer|WARNING: ThreadSanitizer|runtime error:' "$STATE"/log/*.log; }

# A port that stays the same when the gateway is started again, which port 0 would not; below the ports of outgoing connections.
free_port() {
	local port
	while port=$((20000 + RANDOM % 10000)); do
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo $port
}

PORT=$(free_port)
check "Sluice starts" "$SLUICE" up --detach --home "$STATE" --portal "127.0.0.1:$PORT" --config "$SUITE/sluice.toml"
head -c "${IMAGE_MIB}M" /dev/urandom >"$JOB/image"
"$VM/boot.sh" --job "$JOB" --seconds 600 "$SUITE/guest.sh" "PORT=$PORT" "VM=$VM" &
GUEST=$!
answer_questions "$JOB" $GUEST
wait $GUEST
status=$?
GUEST=''
check "the guest ran to its end" same 0 $status
check "the guest's checks were counted" counts_add "$JOB/counts"
check "the gateway saw no protocol error since its last start" no_protocol_errors
check "Sluice stops in order" "$SLUICE" down --home "$STATE"
check "no sanitizer had anything to say" no_sanitizer_report
closing_line
