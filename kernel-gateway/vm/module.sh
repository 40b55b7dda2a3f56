# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Host's side of the suites that load sluice.ko: builds it for the guest's kernel, boots, counts.
set -uo pipefail

VM=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
GATEWAY=$(readlink -f "$VM/..")
# shellcheck source=SCRIPTDIR/check.sh
. "$VM/check.sh"
# shellcheck source=SCRIPTDIR/kernel.sh
. "$VM/kernel.sh"

JOB=$(mktemp -d "${TMPDIR:-/tmp}/sluice-vm.XXXXXX")
LOGS=''

module_finish() {
	if [ -z "$LOGS" ] && [ "$FAILED" -gt 0 ]; then
		LOGS=$(mktemp -d "${TMPDIR:-/tmp}/sluice-vm-logs.XXXXXX")
		echo "logs: $LOGS" >&2
	fi
	[ -z "$LOGS" ] || { mkdir -p "$LOGS" && cp "$JOB"/*.log "$LOGS/" 2>/dev/null; }
	rm -rf "$JOB"
}
trap module_finish EXIT
trap 'exit 130' INT TERM

# module_suite FOLDER LOGS [BOOT-OPTION...]: runs FOLDER/guest.sh; status and last line are the suite's.
module_suite() {
	local folder=$1
	LOGS=$2
	shift 2
	# What the caller may set: how often the handler is killed, which scenarios, parts or moves are played, for how long, whose JVM it is, and how
	# often and long a benchmark runs.
	local name settings=()
	for name in KILLS SCENARIOS PARTS MOVES SEED MINUTES JAVA_HOME ROUNDS SECONDS_EACH; do
		[ -z "${!name:-}" ] || settings+=("$name=${!name}")
	done
	vm_kernel
	check "the module builds" vm_build_module "$JOB/module"
	"$VM/boot.sh" --job "$JOB" --memory 2048 "$@" "$folder/guest.sh" VM="$VM" GATEWAY="$GATEWAY" MODULE=/job/module/sluice.ko \
		"${settings[@]}"
	check "the guest ends well" same 0 $?
	counts_add "$JOB/counts" || check "the guest counted" false
	closing_line
}
