# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Sourced by guest.sh. A disk is unmapped under load, online, and comes back.

# configuration_without LUN: of the disks' target.
configuration_without() {
	awk -v lun="$1" '
		/^ *\[\[target\.lun\]\]/ { held = $0; next }
		held != "" { if ($0 ~ "^ *lun = " lun "$") skip = 2; else print held; held = "" }
		skip { skip--; next }
		{ print }' /run/sluice.toml >"$STATE/sluice.toml"
}

gone() { [ ! -e "/sys/block/$1" ]; }
ended() { ! kill -0 "$1" 2>/dev/null; }

# no_task_waits_for_ever: nothing is in state D, looked at for 5 s.
no_task_waits_for_ever() {
	for _ in {1..5}; do
		ps -eo stat=,args= | awk '/^D/ { print; any = 1 } END { exit !any }' >/run/waiting || return 0
		sleep 1
	done
	cat /run/waiting
	return 1
}

part_unmap() {
	check "a pattern is on the disk to be unmapped" dd if=/run/image of="/dev/$RAM" bs=64k oflag=direct
	check "the other disk is written to" start_load "$D"
	fio --name=pulled --filename="/dev/$RAM" --ioengine=libaio --direct=1 --rw=randrw --offset=16M --size=64M --bs=4k --iodepth=32 \
		--time_based --runtime=600 >/run/pulled.log 2>&1 &
	local fio=$!
	sleep 5
	configuration_without 2
	check "unmapped under load" shows 'LUN 2' sluice reload
	check "the disk goes" soon 30 gone "$RAM"
	check "who used it has ended" soon 60 ended "$fio"
	check "with an error" fails 1 wait "$fio"
	check "nobody waits for ever" no_task_waits_for_ever
	check "the other disk has not noticed" goes_on
	cp /run/sluice.toml "$STATE/sluice.toml"
	check "mapped again" shows 'LUN 2' sluice reload
	check "the disk is back" soon 60 disk 2
	RAM=$(disk 2)
	check "with its data" cmp -n $((4 << 20)) /run/image "/dev/$RAM"
	check "and works" verified "$RAM" 32 --bs=4k 4
	check "the load on the other disk has had no error" end_load
}
