# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# What suites are written with, on both sides: checks that count, and questions of the guest to its host.

# shellcheck source=SCRIPTDIR/complaints.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/complaints.sh"

PASSED=0
FAILED=0
CHECK_OUTPUT=$(mktemp)

# check SENTENCE COMMAND...: passes when the command succeeds; otherwise shows what it printed.
check() {
	local sentence=$1 status
	shift
	"$@" >"$CHECK_OUTPUT" 2>&1
	status=$?
	verdict $status "$sentence" || {
		printf '         status %d of: %s\n' $status "$*"
		sed 's/^/         /' "$CHECK_OUTPUT"
	}
}

# verdict STATUS SENTENCE: counts and prints one check; returns STATUS.
verdict() {
	if [ "$1" -eq 0 ]; then
		PASSED=$((PASSED + 1))
		printf '[%4d s] passed: %s\n' $SECONDS "$2"
	else
		FAILED=$((FAILED + 1))
		printf '[%4d s] FAILED: %s\n' $SECONDS "$2"
	fi
	return "$1"
}

# fails STATUS COMMAND...: succeeds when the command ends with just that status.
fails() {
	local wanted=$1 status
	shift
	"$@"
	status=$?
	[ $status -eq "$wanted" ] || {
		echo "ended with status $status, not $wanted"
		return 1
	}
}

# same WANTED GOT
same() {
	[ "$1" = "$2" ] || {
		echo "wanted $1, got $2"
		return 1
	}
}

# shows PATTERN COMMAND...: succeeds when a line of the command's output matches the extended regular expression.
shows() {
	local pattern=$1
	shift
	"$@" 2>&1 | tee "$CHECK_OUTPUT.shown" | grep -E -- "$pattern" >/dev/null || {
		echo "no line like: $pattern"
		cat "$CHECK_OUTPUT.shown"
		return 1
	}
}

# soon SECONDS COMMAND...: succeeds as soon as the command does.
soon() {
	local until=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.2
	done
}

# In the guest. ask FUNCTION [WORD...]: runs the host's function answer_FUNCTION, prints its output, returns its status.
ask() {
	rm -f /job/answer /job/answer.output
	echo "$*" >/job/question.part
	mv /job/question.part /job/question
	soon 120 test -s /job/answer || return 1
	cat /job/answer.output
	return "$(cat /job/answer)"
}

# On the host. answer_questions JOB PID: answers until that process, the guest's, has ended.
answer_questions() {
	local job=$1 pid=$2 question
	while kill -0 "$pid" 2>/dev/null; do
		if [ -s "$job/question" ]; then
			read -ra question <"$job/question"
			rm -f "$job/question"
			"answer_${question[0]}" "${question[@]:1}" >"$job/answer.output" 2>&1
			echo $? >"$job/answer.part"
			mv "$job/answer.part" "$job/answer"
		fi
		sleep 0.05
	done
}

# counts_save FILE, counts_add FILE: carry the counts from one side to the other.
counts_save() { echo "$PASSED $FAILED" >"$1"; }
counts_add() {
	local passed failed
	read -r passed failed <"$1" || return 1
	PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed))
}

# The closing line; returns 1 when anything failed, or nothing was checked.
closing_line() {
	rm -f "$CHECK_OUTPUT" "$CHECK_OUTPUT.shown"
	echo "$PASSED passed, $FAILED failed"
	[ $FAILED -eq 0 ] && [ $PASSED -gt 0 ]
}

# disk LUN: its name below /dev, such as sda, in a guest every disk of which is Sluice's.
disk() {
	local folder
	for folder in /sys/class/scsi_disk/*:"$1"/device/block/*; do
		[ -e "$folder" ] && basename "$folder" && return
	done
	return 1
}

# disk_of PROC-NAME: the first disk whose SCSI host goes by that name, such as sluice or tcm_loopback.
disk_of() {
	local host block
	for host in /sys/class/scsi_host/*; do
		[ "$(cat "$host/proc_name")" = "$1" ] || continue
		for block in "$host"/device/target*/*/block/*; do
			[ -e "$block" ] && basename "$block" && return
		done
	done
	return 1
}
