# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by guest.sh. What a process does for a command: system calls by the kernel's histogram, sleeps by its threads' counters.

readonly TRACING=/sys/kernel/tracing IOCTLS=/sys/kernel/tracing/events/syscalls/sys_enter_ioctl CALLS=/sys/kernel/tracing/events/raw_syscalls/sys_enter

# sleeps PID: voluntary switches of its threads.
sleeps() { cat "/proc/$1/task/"*/status | awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }'; }

# calls PID EVENT: how often its threads were in the event's histogram.
calls() {
	awk -v threads="$(ls "/proc/$1/task")" '
		BEGIN { split(threads, list); for (i in list) mine[list[i]] = 1 }
		/common_pid/ { gsub(/[^0-9 ]/, " "); if ($1 in mine) n += $2 }
		END { print n + 0 }' "$2/hist"
}

# counted PID DISK DEPTH: ioctls, system calls and voluntary switches for a command.
counted() {
	local pid=$1 disk=$2 depth=$3 event commands slept
	[ -d $TRACING/events ] || mount -t tracefs tracefs $TRACING
	slept=$(sleeps "$pid") commands=$(awk '{ print $1 }' "/sys/block/$disk/stat")
	reads "$disk" "$depth" >/dev/null
	slept=$(($(sleeps "$pid") - slept)) commands=$(($(awk '{ print $1 }' "/sys/block/$disk/stat") - commands))
	awk -v s=$slept -v c=$commands 'BEGIN { printf "%.3f\n", s / c }' >/run/switches
	for event in $IOCTLS $CALLS; do
		echo 'hist:keys=common_pid:size=4096' >"$event/trigger"
		commands=$(awk '{ print $1 }' "/sys/block/$disk/stat")
		reads "$disk" "$depth" >/dev/null
		commands=$(($(awk '{ print $1 }' "/sys/block/$disk/stat") - commands))
		calls "$pid" "$event" | awk -v c=$commands '{ printf "%.3f ", $1 / c }'
		echo '!hist:keys=common_pid:size=4096' >"$event/trigger"
	done
	cat /run/switches
}
