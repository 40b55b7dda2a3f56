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

part_lio() {
	local nexus
	check "LIO loads" modprobe -a target_core_mod tcm_loop
	mount -t configfs configfs /sys/kernel/config 2>/dev/null
	check "sluice_lio.ko" insmod "${MODULE%/*}/sluice_lio.ko"
	check "the RAM disk is exported" export_ram
	check "and appears" soon 60 disk_of tcm_loopback
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
