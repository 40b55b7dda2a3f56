# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Sourced by guest.sh. The JVM hangs for a while; is killed while its disk is written to, and restarted in good order.

# served_by_another OLD
served_by_another() { [ -e "$STATE/run/ready" ] && [ "$(handler)" != "$1" ] && kill -0 "$(handler)"; }

# killed_under_load N: each time another one serves, and writing goes on.
killed_under_load() {
	local old
	for ((n = 1; n <= $1; n++)); do
		old=$(handler)
		kill -KILL "$old" || return 1
		if ! soon 200 served_by_another "$old" || ! goes_on; then
			echo "the $n. time"
			return 1
		fi
	done
}

# Shorter than hang_timeout, after which the supervisor replaces it.
part_hang() {
	# shellcheck disable=SC2034 # for hang.sh
	HANDLER=$(handler)
	handler_hangs "$RAM"
	check "it was not replaced" same "$HANDLER" "$(handler)"
}

part_death() {
	local old
	check "ext4 is made" mkfs.ext4 -q -F "$D" 128M
	check "and mounted" mount "$D" /run/mnt
	check "a file is written to" start_load /run/mnt/load
	check "its JVM is killed ${KILLS:-10} times: another one serves, and writing goes on" killed_under_load "${KILLS:-10}"
	old=$(handler)
	check "restart handlers" "$SLUICE" restart handlers --home "$STATE"
	check "is another process" fails 1 same "$old" "$(handler)"
	check "and writing goes on" goes_on
	check "reload has nothing to do" sluice reload
	check "and writing goes on" goes_on
	check "no write has failed" end_load
	forget_cache
	check "the data are right, read from the disk" cmp /run/image /run/mnt/load
	check "unmounted" umount /run/mnt
	check "fsck finds nothing" fsck.ext4 -f -n "$D"
	dmesg >/run/dmesg
	check "no command ended with an error" fails 1 grep -E "(I/O error|rejecting I/O).* dev ${D#/dev/}" /run/dmesg
}
