# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Sourced by guest.sh. What the kernel's own target exports is none of the configuration's: it is left alone.

readonly CORE=/sys/kernel/config/target/core/sluice_0/ram LOOP=/sys/kernel/config/target/loopback/naa.6001405000000001

export_ram() {
	mkdir -p "$CORE" && echo device=ram >"$CORE/control" && echo 1 >"$CORE/enable" && mkdir -p "$LOOP/tpgt_1" &&
		echo naa.6001405100000001 >"$LOOP/tpgt_1/nexus" && mkdir "$LOOP/tpgt_1/lun/lun_0" && ln -s "$CORE" "$LOOP/tpgt_1/lun/lun_0/port"
}

withdraw_ram() {
	rm "$LOOP/tpgt_1/lun/lun_0/port" && rmdir "$LOOP/tpgt_1/lun/lun_0" && echo NULL >"$LOOP/tpgt_1/nexus" &&
		rmdir "$LOOP/tpgt_1" "$LOOP" "$CORE" "${CORE%/*}"
}

lio_nexus() { rig nexuses | grep 'iqn.2026-11.io.sluice:lio'; }

# reservations A B: of one disk, as two I_T nexuses see it (SPC-5 5.14).
reservations() {
	local a=$1 b=$2
	check "one nexus registers a key" sg_persist --out --register --param-sark=0x11 "$a"
	check "the other, too" sg_persist --out --register --param-sark=0x22 "$b"
	check "both keys are there" shows '2 registered reservation keys' sg_persist --in --read-keys "$b"
	check "one is this machine's" shows 'local,i,' sg_persist --in --read-full-status "$b"
	check "one is LIO's" shows 'naa\.6001405100000001,i,' sg_persist --in --read-full-status "$a"
	check "the first reserves, write exclusive" sg_persist --out --reserve --param-rk=0x11 --prout-type=1 "$a"
	check "the other may read" sg_raw --request=512 "$b" 28 00 00 00 00 00 00 00 01 00
	check "and not write" fails 24 sg_raw "$b" 2a 00 00 00 00 00 00 00 00 00
	check "it preempts" sg_persist --out --preempt --param-rk=0x22 --param-sark=0x11 --prout-type=1 "$b"
	check "the first hears of it" shows 'Reservations preempted|Registrations preempted' fails 6 sg_turs --verbose "$a"
	check "the first one's key is gone" shows '1 registered reservation key' sg_persist --in --read-keys "$a"
	check "the other holds it" shows 'Key=0x22' sg_persist --in --read-reservation "$a"
	check "and may not write" fails 24 sg_raw "$a" 2a 00 00 00 00 00 00 00 00 00
	check "the other clears all" sg_persist --out --clear --param-rk=0x22 "$b"
	check "there are none" shows 'there are NO registered' sg_persist --in --read-keys "$b"
}

part_lio() {
	local nexus
	check "LIO loads" modprobe -a target_core_mod tcm_loop
	mount -t configfs configfs /sys/kernel/config 2>/dev/null
	check "sluice_lio.ko" insmod "${MODULE%/*}/sluice_lio.ko"
	check "the RAM disk is exported" export_ram
	check "and appears" soon 60 disk_of tcm_loopback
	reservations "/dev/$RAM" "/dev/$(disk_of tcm_loopback)"
	check "it is written to" start_load "/dev/$(disk_of tcm_loopback)"
	check "with a nexus" lio_nexus
	nexus=$(lio_nexus | cut -d ' ' -f 1)
	configuration_without 3
	check "reload changes the configuration's target" shows 'LUN 3' sluice reload
	check "and leaves LIO's nexus" same "$nexus" "$(lio_nexus | cut -d ' ' -f 1)"
	check "writing goes on" goes_on
	cp /run/sluice.toml "$STATE/sluice.toml"
	check "reload the other way" shows 'LUN 3' sluice reload
	check "restart handlers" "$SLUICE" restart handlers --home "$STATE"
	check "leaves LIO's nexus" same "$nexus" "$(lio_nexus | cut -d ' ' -f 1)"
	check "writing goes on" goes_on
	check "no write through LIO has failed" end_load
	check "it is withdrawn" withdraw_ram
	check "sluice_lio.ko unloads" soon 20 rmmod sluice_lio
}
