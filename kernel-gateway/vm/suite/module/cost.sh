# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Sourced by guest.sh. What a command costs the handler: calls of enter, and sleeps.

readonly TRIGGER=/sys/kernel/tracing/events/syscalls/sys_enter_ioctl/trigger HISTOGRAM=/sys/kernel/tracing/events/syscalls/sys_enter_ioctl/hist

# countable: the debug kernel is not; what a command costs with sanitizers says nothing.
countable() { [ -w $TRIGGER ]; }

sleeps() { cat /proc/"$HANDLER"/task/*/status | awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }'; }

calls() {
	local threads
	threads=$(ls "/proc/$HANDLER/task")
	awk -v threads="$threads" '
		BEGIN { split(threads, list); for (i in list) mine[list[i]] = 1 }
		/common_pid/ { gsub(/[^0-9 ]/, " "); if ($1 in mine) n += $2 }
		END { print n + 0 }' $HISTOGRAM
}

# readers DISK N COUNT: so many at once, each COUNT reads of 4 KiB.
readers() {
	local pids=()
	for ((i = 0; i < $2; i++)); do
		dd if="/dev/$1" of=/dev/null bs=4k count="$3" iflag=direct 2>/dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# cost DISK DEPTH COUNT ENTERS SLEEPS: at most so many of each for a command.
cost() {
	local commands slept entered
	# shellcheck disable=SC2034 # for the verdict
	COST="not counted"
	echo 'hist:keys=common_pid' >$TRIGGER || return 1
	commands=$(awk '{ print $1 }' "/sys/block/$1/stat") slept=$(sleeps)
	readers "$1" "$2" "$3"
	commands=$(($(awk '{ print $1 }' "/sys/block/$1/stat") - commands))
	slept=$(($(sleeps) - slept)) entered=$(calls)
	echo '!hist:keys=common_pid' >$TRIGGER
	# shellcheck disable=SC2034
	COST=$(awk -v c=$commands -v s=$slept -v e="$entered" 'BEGIN { printf "%d commands: %.3f enters, %.3f sleeps each", c, e / c, s / c }')
	awk -v c=$commands -v s=$slept -v e="$entered" -v es="$4" -v ss="$5" 'BEGIN { exit !(c > 0 && e > 0 && e / c <= es && s / c <= ss) }'
}
