# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Sourced by guest.sh. A handler that hangs, and one that is killed again and again: nobody waits without a bound, nothing is lost.

# takes SECONDS COMMAND...: the command's end, good or bad, comes within so many seconds; its status is in /run/status.
takes() {
	local bound=$1 start
	start=$(uptime_ms)
	shift
	timeout -k 1 $((bound + 20)) "$@" >/run/taken 2>&1
	echo $? >/run/status
	TOOK=$(($(uptime_ms) - start))
	[ $TOOK -le $((bound * 1000)) ] || cat /run/taken
	[ $TOOK -le $((bound * 1000)) ]
}

uptime_ms() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }

# The disk driver's own time is 5 s; the device's is the core's (30 s and more). The midlayer gives up what
# it retries after six times its own.
handler_hangs() {
	local disk=$1 reader
	echo 5 >"/sys/block/$disk/device/timeout"
	kill -STOP "$HANDLER"
	dd if="/dev/$disk" of=/dev/null bs=4k count=1 iflag=direct 2>/run/reader.log &
	reader=$!
	# 7 s, which is the block layer's least for SG_IO, 5 s of the core's abort, and the machine's own slowness.
	takes $((13 + VM_SLOWNESS)) sg_raw --timeout=7 -r 512 "/dev/$disk" 28 00 00 00 00 00 00 00 01 00
	verdict $? "a hung handler's command that names a time (7 s) is aborted within $((13 + VM_SLOWNESS)) s ($TOOK ms)"
	check "and fails" fails 1 grep -qx 0 /run/status
	check "a read of the disk driver's waits on" kill -0 $reader
	check "and was not aborted, though its 5 s are over" shows 'aborts 1,' rig sessions
	takes 12 sg_reset -d "/dev/$disk"
	verdict $? "a LUN reset is answered within 12 s ($TOOK ms)"
	[ -e /proc/$reader ] || cat /run/reader.log
	kill -CONT "$HANDLER"
	check "the read ends well when the handler goes on" wait $reader
	check "the disk is online" same running "$(cat "/sys/block/$disk/device/state")"
	echo 30 >"/sys/block/$disk/device/timeout"
}

# load DISK FIRST-MIB: writes and reads until /run/stop is there.
load() {
	local disk=$1 at=$2
	until [ -e /run/stop ]; do
		dd if=/dev/zero of="/dev/$disk" bs=64k seek="$at" count=16 oflag=direct 2>>/run/load.log || echo write >>/run/failures
		dd if="/dev/$disk" of=/dev/null bs=4k skip="$at" count=64 iflag=direct 2>>/run/load.log || echo read >>/run/failures
	done
}

# The areas that the module has mapped, and their bytes.
areas() { grep '\[sluice\]' /proc/vmallocinfo | awk '{ n++; bytes += $2 } END { print n, bytes }'; }

handler_is_killed() {
	local disk=$1 kills=$2 before loads=()
	before=$(areas)
	rm -f /run/stop /run/failures
	load "$disk" 0 & loads+=($!)
	load "$disk" 100 & loads+=($!)
	for ((i = 0; i < kills; i++)); do
		sleep "0.$((RANDOM % 5))"
		kill -9 "$HANDLER"
		wait "$HANDLER" 2>/dev/null
		serve
	done
	touch /run/stop
	check "the load ends after $kills kills" soon 60 loads_ended "${loads[@]}"
	wait "${loads[@]}"
	check "no I/O failed" fails 1 test -s /run/failures
	grep error /run/load.log
	check "nobody is left in D state" soon 10 nobody_in_d
	check "the memory of every killed one is given back ($before)" soon 20 areas_are "$before"
}

areas_are() { [ "$(areas)" = "$1" ]; }
loads_ended() { ! kill -0 "$@" 2>/dev/null; }
nobody_in_d() { ! grep -l '^State:.D' /proc/[0-9]*/status 2>/dev/null | grep -q .; }
