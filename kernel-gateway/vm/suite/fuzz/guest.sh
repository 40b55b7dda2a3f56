#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: a handler in C serves a disk on which a load writes and verifies; others do with /dev/sluice what comes to their minds;
# then allocations fail.
set -uo pipefail
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"

readonly BUILD=$GATEWAY/build/release TARGET=iqn.2026-11.io.sluice:local
HANDLER='' LOAD=''

rig() { "$BUILD/sluice-rig" --socket /dev/sluice "$@"; }
appeared() { [ -b "/dev/$(disk 0)" ]; }

# load DISK: writes a pattern and compares it, until /run/stop is there; the count of rounds is in /run/rounds.
load() {
	local rounds=0
	until [ -e /run/stop ]; do
		head -c 2M /dev/urandom >/run/pattern
		dd if=/run/pattern of="$1" bs=64k oflag=direct conv=nocreat status=none || return 1
		blockdev --flushbufs "$1"
		cmp -n 2097152 /run/pattern "$1" || return 1
		echo $((++rounds)) >/run/rounds
	done
}

start() {
	"$BUILD/sluice-cdisk" --socket /dev/sluice --pool 32M victim=16M &
	HANDLER=$!
	rig target "$TARGET" && rig lun "$TARGET" 0 victim && rig local "$TARGET" && soon 60 appeared
}

# In memory, with its libraries: an allocation that fails while the host's file system reads a page is not the module's, and what that
# file system then remembers of its files would spoil the guest.
fuzz_in_memory() {
	local library
	mkdir -p /run/fuzz
	cp "$BUILD/sluice-fuzz" /run/fuzz/
	for library in $(ldd "$BUILD/sluice-fuzz" | grep -o '/[^ ]*'); do cp -L "$library" /run/fuzz/; done
	LOADER=$(echo /run/fuzz/ld-linux*)
	[ -x "$LOADER" ]
}

# failing KNOB PERCENT INTERVAL SECONDS: random calls; of every INTERVAL of their allocations one may fail, and does with that probability.
# KNOB: failslab is about objects, fail_page_alloc about pages, of which pools are.
failing() {
	local knob=/sys/kernel/debug/$1 status
	cd "$knob" || return
	echo 1 >task-filter
	echo N >ignore-gfp-wait
	[ ! -e ignore-gfp-highmem ] || echo N >ignore-gfp-highmem
	[ ! -e min-order ] || echo 0 >min-order
	echo "$2" >probability
	echo "$3" >interval
	echo -1 >./times
	echo 0 >verbose
	SLUICE_FUZZ_FAIL=1 "$LOADER" --library-path /run/fuzz /run/fuzz/sluice-fuzz "$4"
	status=$?
	echo 0 >probability
	cd /
	# 1: no life could open the device: nothing was tried.
	return $status
}

check "the SCSI layer loads" modprobe -a sd_mod sg
check "sluice.ko loads" insmod "$MODULE" grace_s=3
check "a disk is served" start
[ $FAILED -eq 0 ] || { dmesg | tail -n 20; counts_save /job/counts; exit 1; }
load "/dev/$(disk 0)" &
LOAD=$!
check "random calls for $MINUTES minutes" "$BUILD/sluice-fuzz" $((MINUTES * 60))
check "the load goes on" kill -0 "$LOAD"
check "and has verified something" test -s /run/rounds
cat /run/rounds
check "nothing hurt the kernel" kernel_silent
if [ -d /sys/kernel/debug/failslab ]; then
	check "a fuzzer in memory" fuzz_in_memory
	check "random calls while allocations fail" failing failslab 5 1 40
	check "and more of them" failing failslab 30 1 20
	# The smallest pool is 4096 pages: some are made, and some are not.
	check "random calls while pages are missing" failing fail_page_alloc 100 10000 30
fi
touch /run/stop
check "what was verified was right" wait "$LOAD"
check "the kernel stays silent" kernel_silent
kill "$HANDLER"
wait "$HANDLER" 2>/dev/null
check "the module unloads" unloads 120 sluice
check "nothing has leaked" nothing_leaked
check "no complaint of the kernel" kernel_silent
counts_save /job/counts
[ $FAILED -eq 0 ]
