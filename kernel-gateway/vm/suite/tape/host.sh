#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The default tape library against what people use with tape libraries: Linux' own initiator, st, ch and sg, mtx, mt, tar, cpio, dump.
# Serves, boots a guest with guest.sh in it, answers its questions, stops.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
# The build has to be there (`./sluice vm` sees to it). SLUICE_TAPE_PARTS: only these of the parts that guest.sh lists;
# SLUICE_TAPE_MOVES: random moves of mtx (1000).
set -uo pipefail

SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
VM=$(readlink -f "$SUITE/../..")
SLUICE=$(readlink -f "$VM/../../sluice")
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
answer_sluice() { "$SLUICE" "$@" --home "$STATE"; }
answer_export() { "$SLUICE" tape export "$1" "$JOB/image.tap" --home "$STATE"; }
answer_import() { "$SLUICE" tape import "$1" "$JOB/image.tap" --home "$STATE"; }
answer_handler() { cat "$STATE/run/appliance.pid"; }
answer_kill() { kill -KILL "$(cat "$STATE/run/appliance.pid")"; }
answer_ready() { [ -s "$STATE/run/ready" ]; }

no_protocol_errors() {
	shows '"protocol_errors" : 0,' "$SLUICE" status --json --home "$STATE"
}

no_sanitizer_report() { ! grep -E 'ERROR: .*Sanitizer|WARNING: ThreadSanitizer|runtime error:' "$STATE"/log/*.log; }

# Below the ports of outgoing connections.
free_port() {
	local port
	while port=$((20000 + RANDOM % 10000)); do
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo $port
}

PORT=$(free_port)
check "Sluice starts with its default configuration" "$SLUICE" up --detach --home "$STATE" --portal "127.0.0.1:$PORT"
"$VM/boot.sh" --job "$JOB" --memory 2048 --seconds 1500 "$SUITE/guest.sh" "PORT=$PORT" "VM=$VM" \
	"PARTS=${SLUICE_TAPE_PARTS:-}" "MOVES=${SLUICE_TAPE_MOVES:-1000}" "SEED=${SLUICE_TAPE_SEED:-$RANDOM}" &
GUEST=$!
answer_questions "$JOB" $GUEST
wait $GUEST
status=$?
GUEST=''
check "the guest ran to its end" same 0 $status
check "the guest's checks were counted" counts_add "$JOB/counts"
check "the gateway saw no protocol error" no_protocol_errors
check "Sluice stops in order" "$SLUICE" down --home "$STATE"
check "no sanitizer had anything to say" no_sanitizer_report
closing_line
