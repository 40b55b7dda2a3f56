#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: the default configuration at the module; sluice_lio.ko makes its disk, its changer and a drive backends of LIO.
set -uo pipefail
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"
# shellcheck source=SCRIPTDIR/../../iscsi_export.sh
. "$VM/iscsi_export.sh"
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

readonly SLUICE=$GATEWAY/../sluice STATE=/run/home CORE=/sys/kernel/config/target/core
readonly LOOP=/sys/kernel/config/target/loopback/naa.6001405000000001
# A slow processor is what the emulation is: longer than on a machine, but the same paths.
export SLUICE_MODULE=$MODULE SLUICE_BUILT=yes SLUICE_READY_SECONDS=300

give_up() {
	dmesg | tail -n 20
	tail -n 20 $STATE/log/*.log
	counts_save /job/counts
	exit 1
}

backend() {
	mkdir -p "$CORE/sluice_0/$1" && echo "device=$1" >"$CORE/sluice_0/$1/control" && echo 1 >"$CORE/sluice_0/$1/enable"
}

# loop BACKEND...: LUN 0 and on, to this machine.
loop() {
	local lun=0 name
	mkdir -p $LOOP/tpgt_1 && echo naa.6001405100000001 >$LOOP/tpgt_1/nexus || return 1
	for name in "$@"; do
		mkdir $LOOP/tpgt_1/lun/lun_$lun && ln -s "$CORE/sluice_0/$name" $LOOP/tpgt_1/lun/lun_$lun/port || return 1
		lun=$((lun + 1))
	done
}
unloop() {
	rm $LOOP/tpgt_1/lun/*/port && rmdir $LOOP/tpgt_1/lun/lun_* && echo NULL >$LOOP/tpgt_1/nexus && rmdir $LOOP/tpgt_1 $LOOP
}

# tape KIND: the name that the loop's device has in /sys/class/KIND. Those of sluice.ko's own host are others.
loop_device() {
	local folder
	for folder in /sys/class/"$1"/*/device; do
		grep -q loopback "/sys/class/scsi_host/host$(basename "$(readlink -f "$folder")" | cut -d : -f 1)/proc_name" || continue
		folder=${folder%/device}
		echo "${folder##*/}"
		return
	done
	return 1
}
appeared() { loop_device scsi_tape && loop_device scsi_changer; }
loaded() { mtx -f "$CHANGER" status | grep -q 'Data Transfer Element 0:Full'; }

check "modules load" modprobe -a sd_mod sg st ch target_core_mod tcm_loop iscsi_target_mod
mount -t configfs configfs /sys/kernel/config 2>/dev/null
check "up" "$SLUICE" up --detach --home $STATE --gateway module
check "sluice_lio.ko" insmod "${MODULE%/*}/sluice_lio.ko"
check "a disk is a backend" backend disk
check "a changer, too" backend vtl-changer
check "and a tape drive" backend vtl-drive-1
[ $FAILED -eq 0 ] || give_up

check "the library goes through tcm_loop" loop vtl-changer vtl-drive-1
check "and appears" soon 60 appeared
CHANGER=/dev/sg$(basename "$(echo /sys/class/scsi_changer/"$(loop_device scsi_changer)"/device/scsi_generic/*)" | tr -d sg)
TAPE=/dev/n$(loop_device scsi_tape | sed 's/^n//; s/[alm]$//')
check "it has drives and cartridges" shows 'VolumeTag' mtx -f "$CHANGER" status
check "a cartridge is loaded" mtx -f "$CHANGER" load 1 0
check "into the drive" loaded
mt -f "$TAPE" status >/dev/null # takes the Unit Attention of the new medium
check "the drive has it" shows 'ONLINE' mt -f "$TAPE" status
head -c 100000 /dev/urandom >/run/record
check "a record is written" dd if=/run/record of="$TAPE" bs=100000 count=1
check "and a filemark; rewound" mt -f "$TAPE" rewind
check "the record is read with a longer block" dd if="$TAPE" of=/run/read bs=256k count=1
check "and is the same" cmp /run/record /run/read
mt -f "$TAPE" rewind
check "the cartridge goes back" mtx -f "$CHANGER" unload 1 0
check "the loop is taken down" unloop

check "the kernel's iSCSI target exports the disk" iscsi_export sluice_0/disk
check "conformance tests fail where LIO answers alone" conformance "$SUITE/../lio/answered-by-lio"
grep -E '^ +(tests|asserts) ' /job/conformance.log
check "what they skip is known" conformance_skips "$SUITE/not-offered"
check "the iSCSI target is taken down" iscsi_unexport
check "the backends" rmdir $CORE/sluice_0/{disk,vtl-changer,vtl-drive-1} $CORE/sluice_0
check "sluice_lio.ko unloads" unloads 20 sluice_lio
check "down" "$SLUICE" down --home $STATE
check "no complaint of the kernel" kernel_silent
counts_save /job/counts
[ $FAILED -eq 0 ] || tail -n 30 $STATE/log/*.log
[ $FAILED -eq 0 ]
