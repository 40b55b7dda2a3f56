#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: the default configuration at the module. The disk is looked at, filled, and its JVM killed while it is written to.
set -uo pipefail
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"
# shellcheck source=SCRIPTDIR/../module/cost.sh
. "$VM/suite/module/cost.sh"

readonly SLUICE=$GATEWAY/../sluice STATE=/run/home
export SLUICE_MODULE=$MODULE SLUICE_BUILT=yes

sluice() {
	local command=$1
	shift
	"$SLUICE" "$command" --home $STATE "$@"
}

give_up() {
	dmesg | tail -n 20
	tail -n 20 $STATE/log/*.log
	counts_save /job/counts
	exit 1
}

refused() { ! "$@"; }
handler() { cat $STATE/run/appliance.pid; }

# served_by_another OLD
served_by_another() { [ -e $STATE/run/ready ] && [ "$(handler)" != "$1" ] && kill -0 "$(handler)"; }

# Writes a file again and again until the file "enough" is there; ends with a failure at the first error.
load() {
	local n=0
	until [ -e /run/enough ]; do
		dd if=/run/image of=/run/mnt/load bs=64k conv=fsync,notrunc status=none || return 1
		n=$((n + 1))
		echo $n >/run/loads
	done
}
more_loads() { [ "$(cat /run/loads)" -gt "$1" ]; }

# To the end of the file system.
fill() { while cat /run/image; do :; done >/run/mnt/fill; }

# Its first 64 MiB are the image 16 times.
filled_right() { for _ in {1..16}; do cat /run/image; done | cmp -n $((64 << 20)) - /run/mnt/fill; }

# A slow processor is what the emulation is: longer than on a machine, but the same paths.
export SLUICE_READY_SECONDS=300

check "the module is missing, and that is said" shows 'open /dev/sluice: .*load sluice' refused "$GATEWAY/build/release/sluice-rig" --socket /dev/sluice sessions
check "ext4 loads" modprobe ext4
check "up" "$SLUICE" up --detach --home $STATE --gateway module
[ $FAILED -eq 0 ] || give_up
cat $STATE/run/ready
check "the disk appears" soon 60 disk 0
check "the others, too" soon 60 disk 3
[ $FAILED -eq 0 ] || give_up
check "lsscsi lists a disk of ours" shows 'disk +SLUICE .* /dev/sd' lsscsi
D=/dev/$(disk 0)
check "INQUIRY" sg_inq "$D"
check "its vital product data" sg_vpd --page=di "$D"
check "REPORT LUNS names four" shows 'Lun list length = 32' sg_luns --decode "$D"
check "the read-only disk is read-only" same 1 "$(cat /sys/block/"$(disk 3)"/ro)"
check "status names the gateway" shows '^gateway +sluice.ko' "$SLUICE" status --home $STATE
mount -t tracefs tracefs /sys/kernel/tracing
HANDLER=$(handler)
readers "$(disk 1)" 4 300 # so that its code is compiled
cost "$(disk 1)" 1 1000 1.2 1.5
verdict $? "a command that comes alone costs Java an enter and a sleep: $COST"
cost "$(disk 1)" 32 100 1 1
verdict $? "32 at a time cost it less: $COST"
check "ext4 is made" mkfs.ext4 -q -F "$D" 128M
mkdir -p /run/mnt
check "and mounted" mount "$D" /run/mnt
check "down refuses while it is mounted" shows "$D is mounted at /run/mnt" refused sluice down
dd if=/dev/urandom of=/run/image bs=1M count=4 status=none
echo 0 >/run/loads
load &
LOAD=$!
sleep 1
old=$(handler)
check "the handler is killed" kill -KILL "$old"
check "another one serves" soon 120 served_by_another "$old"
check "and writing goes on" soon 60 more_loads "$(cat /run/loads)"
old=$(handler)
check "restart handlers" "$SLUICE" restart handlers --home $STATE
check "is another process" fails 1 same "$old" "$(handler)"
check "and writing goes on" soon 60 more_loads "$(cat /run/loads)"
touch /run/enough
wait $LOAD
verdict $? "no write has failed"
check "it is filled to its end" shows 'No space left' fill
sync
echo 3 >/proc/sys/vm/drop_caches
check "the data are right, read from the disk" cmp /run/image /run/mnt/load
check "in the file that filled it, too" filled_right
check "unmounted" umount /run/mnt
check "fsck finds nothing" fsck.ext4 -f -n "$D"
check "down" sluice down
check "the disks are gone" fails 1 disk 0
check "the module is unloaded" fails 1 test -d /sys/module/sluice
dmesg >/run/dmesg
check "no complaint of the kernel" fails 1 grep -E 'BUG|WARNING|Oops|hung task|I/O error' /run/dmesg
counts_save /job/counts
[ $FAILED -eq 0 ] || tail -n 30 $STATE/log/*.log
[ $FAILED -eq 0 ]
