# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Host's side of the suites in which a guest is an initiator of a Sluice that runs here: serves, boots, answers the guest's questions
# (the suite's functions answer_NAME), stops, counts. LOGS, the suite's first argument: a folder for logs, which stays behind.
set -uo pipefail

VM=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SLUICE=$(readlink -f "$VM/../../sluice")
# shellcheck source=SCRIPTDIR/check.sh
. "$VM/check.sh"

JOB=$(mktemp -d "${TMPDIR:-/tmp}/sluice-vm.XXXXXX")
STATE=$JOB/home
LOGS=${1:-}
GUEST=''

served_finish() {
	[ -z "$GUEST" ] || kill "$GUEST" 2>/dev/null
	"$SLUICE" down --home "$STATE" >/dev/null 2>&1
	if [ -z "$LOGS" ] && [ "$FAILED" -gt 0 ]; then
		LOGS=$(mktemp -d "${TMPDIR:-/tmp}/sluice-vm-logs.XXXXXX")
		echo "logs: $LOGS" >&2
	fi
	[ -z "$LOGS" ] || cp "$JOB"/*.log "$STATE"/log/*.log "$LOGS/" 2>/dev/null
	rm -rf "$JOB"
}
trap served_finish EXIT
trap 'exit 130' INT TERM

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

# serve SENTENCE [UP-OPTION...]: Sluice, on PORT.
serve() {
	local sentence=$1
	shift
	PORT=$(free_port)
	check "$sentence" "$SLUICE" up --detach --home "$STATE" --portal "127.0.0.1:$PORT" "$@"
}

# served_guest FOLDER BOOT-OPTION... -- NAME=VALUE...: FOLDER/guest.sh plays; status and last line are the suite's.
served_guest() {
	local script=$1/guest.sh options=() status
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	"$VM/boot.sh" --job "$JOB" "${options[@]}" "$script" "PORT=$PORT" "VM=$VM" "$@" &
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
}
