#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: plain configfs exports a RAM disk through tcm_loop, twice, so that two I_T nexuses see one device; then through the
# kernel's iSCSI target, to libiscsi's conformance tests.
set -uo pipefail
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"

SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/../../iscsi_export.sh
. "$VM/iscsi_export.sh"

readonly BUILD=$GATEWAY/build/release CORE=/sys/kernel/config/target/core LOOP=/sys/kernel/config/target/loopback
HANDLER='' MOST_FAILURES=1000000

# loop N: a tcm_loop target and initiator of their own, with the backend at LUN 0.
loop() {
	local target=$LOOP/naa.600140500000000$1/tpgt_1
	mkdir -p "$target" && echo "naa.600140510000000$1" >"$target/nexus" && mkdir "$target/lun/lun_0" &&
		ln -s "$CORE/sluice_0/ram" "$target/lun/lun_0/port"
}
unloop() {
	local target=$LOOP/naa.600140500000000$1/tpgt_1
	rm "$target/lun/lun_0/port" && rmdir "$target/lun/lun_0" && echo NULL >"$target/nexus" &&
		rmdir "$target" "${target%/*}"
}
backend() {
	mkdir -p "$CORE/sluice_0/ram" && echo "device=$1" >"$CORE/sluice_0/ram/control" && echo 1 >"$CORE/sluice_0/ram/enable"
}
disk() { basename "$(echo /sys/class/scsi_disk/"$(($1 + FIRST))":*/device/block/*)"; }
appeared() { [ -b "/dev/$(disk "$1")" ]; }
rig() { "$BUILD/sluice-rig" --socket /dev/sluice "$@"; }
# nexuses N: so many of LIO's sessions are known to the core.
nexuses() { [ "$(rig nexuses | grep -c 'naa\.60014051')" = "$1" ]; }
no_iscsi_nexus() { ! rig nexuses | grep -q 'iscsi-test'; }
# failing_tasks PERCENT: so many of the commands find no memory; on a kernel that injects faults into what host.sh has marked.
failing_tasks() {
	local knob=/sys/kernel/debug/failslab
	# The filter before the probability, and it stays: without it everybody's allocations fail.
	grep -q 1 /sys/kernel/slab/lio_task/failslab && echo 1 >$knob/cache-filter && echo N >$knob/ignore-gfp-wait && echo $MOST_FAILURES >$knob/times &&
		echo 1 >$knob/interval && echo 0 >$knob/verbose && echo "$1" >$knob/probability
}
some_failed() { [ "$(cat /sys/kernel/debug/failslab/times)" -lt $MOST_FAILURES ]; }
FIRST=1 # host 0 is sluice.ko's own

check "modules load" modprobe -a sd_mod sg target_core_mod tcm_loop iscsi_target_mod
mount -t configfs configfs /sys/kernel/config 2>/dev/null
check "sluice.ko" insmod "$MODULE" grace_s=3
check "sluice_lio.ko" insmod "${MODULE%/*}/sluice_lio.ko"
"$BUILD/sluice-cdisk" --socket /dev/sluice --pool 32M disk=64M &
HANDLER=$!
sleep 2
check "a device that is not there is refused" fails 1 backend other
check "configfs makes a backend" backend disk
check "which tcm_loop exports" loop 1
check "and once more" loop 2
check "the disk appears" soon 30 appeared 0
check "through both" soon 30 appeared 1
if [ $FAILED -eq 0 ]; then
	A=/dev/$(disk 0) B=/dev/$(disk 1)
	check "INQUIRY is the handler's" shows 'C RAM DISK' sg_inq "$A"
	head -c 4M /dev/urandom >/run/image
	check "written through one" dd if=/run/image of="$A" bs=256k oflag=direct status=none
	blockdev --flushbufs "$B"
	check "read through the other" cmp -n 4194304 /run/image "$B"
	check "one registers" sg_persist --out --register --param-sark=0x11 "$A"
	check "the other, too" sg_persist --out --register --param-sark=0x22 "$B"
	check "both are known" shows '2 registered reservation key' sg_persist --in --read-keys "$A"
	check "with one's name" shows 'naa\.6001405100000001,i,' sg_persist --in --read-full-status "$A"
	check "and the other's" shows 'naa\.6001405100000002,i,' sg_persist --in --read-full-status "$A"
	check "write exclusive for one" sg_persist --out --reserve --param-rk=0x11 --prout-type=1 "$A"
	check "the other conflicts" fails 24 sg_raw "$B" 2a 00 00 00 00 00 00 00 00 00
	check "it preempts" sg_persist --out --preempt --param-rk=0x22 --param-sark=0x11 --prout-type=1 "$B"
	check "and the first is unknown" shows '1 registered reservation key' sg_persist --in --read-keys "$B"
	check "and is the holder" shows 'Key=0x22' sg_persist --in --read-reservation "$B"
	check "the reservation is given up" sg_persist --out --clear --param-rk=0x22 "$B"
	check "a LUN reset" sg_reset -d "$A"
	if [ -e /sys/kernel/slab/lio_task/failslab ]; then
		head -c 4M /dev/urandom >/run/image
		blockdev --flushbufs "$B"
		check "there is no memory for every fifth command" failing_tasks 20
		check "which are sent again" dd if=/run/image of="$A" bs=64k oflag=direct status=none
		check "until all is written" cmp -n 4194304 /run/image "$B"
		check "some found none" some_failed
		check "there is memory" failing_tasks 0
	fi
fi
check "the core knows two nexuses" nexuses 2
check "the kernel's iSCSI target exports it" iscsi_export sluice_0/ram
check "conformance tests fail where LIO answers alone" conformance "$SUITE/answered-by-lio"
grep -E '^ +(tests|asserts) ' /job/conformance.log
check "a backend in use stays" fails 1 rmmod sluice_lio
check "one is torn down" unloop 1
check "and its nexus is closed" soon 10 nexuses 1
check "the other" unloop 2
check "the iSCSI target" iscsi_unexport
check "and its nexuses are closed" soon 10 no_iscsi_nexus
check "the backend" rmdir "$CORE/sluice_0/ram" "$CORE/sluice_0"
check "sluice_lio.ko unloads" unloads 20 sluice_lio
kill "$HANDLER"
wait "$HANDLER"
check "sluice.ko unloads" unloads 20 sluice
check "nothing has leaked" nothing_leaked
check "no complaint of the kernel" kernel_silent
counts_save /job/counts
[ $FAILED -eq 0 ]
