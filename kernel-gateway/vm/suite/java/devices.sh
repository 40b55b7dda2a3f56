# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Sourced by guest.sh. What the machine's tools read of the default devices, and what a command costs Java.

part_devices() {
	check "lsscsi lists a disk of ours" shows 'disk +SLUICE .* /dev/sd' lsscsi
	check "and the tape library's changer" shows 'mediumx ' lsscsi
	check "and its drives" shows 'tape .* /dev/st0' lsscsi
	check "INQUIRY" shows 'Vendor identification: SLUICE' sg_inq "$D"
	check "every vital product data page" sg_vpd --all "$D"
	check "the device identification" shows 'designator type: NAA' sg_vpd --page=di "$D"
	check "REPORT LUNS names four" shows 'Lun list length = 32' sg_luns --decode "$D"
	check "the read-only disk is read-only" same 1 "$(cat /sys/block/"$(disk 3)"/ro)"
	check "sg_turs" sg_turs "$D"
	check "READ CAPACITY" shows 'Device size: 1073741824 bytes' sg_readcap --16 "$D"
	check "MODE SENSE" sg_modes --all "$D"
	check "log pages" sg_logs --all "$D"
	check "operation codes" shows 'Write\(16\)' sg_opcodes "$D"
	check "a reservation key is registered" sg_persist --out --register --param-sark=0xabc "$D"
	check "and the disk reserved" sg_persist --out --reserve --param-rk=0xabc --prout-type=5 "$D"
	check "which it tells" shows 'Key=0xabc' sg_persist --in --read-reservation "$D"
	check "released" sg_persist --out --release --param-rk=0xabc --prout-type=5 "$D"
	check "and the key taken away" sg_persist --out --register --param-rk=0xabc --param-sark=0 "$D"
	check "a LUN reset" sg_reset --device "$D"
	check "a target reset" sg_reset --target "$D"
	check "a host reset" sg_reset --host "$D"
	check "and it goes on" sg_turs --number=2 "$D"
	check "status names the gateway" shows '^gateway +sluice.ko' sluice status
	costs
}

costs() {
	mount -t tracefs tracefs /sys/kernel/tracing
	# shellcheck disable=SC2034 # for cost.sh
	HANDLER=$(handler)
	readers "$(disk 1)" 4 300 # so that its code is compiled
	cost "$(disk 1)" 1 1000 1.2 1.2
	verdict $? "a command that comes alone costs Java an enter and a sleep: $COST"
	cost "$(disk 1)" 32 100 1 0.5
	verdict $? "32 at a time cost it less: $COST"
}
