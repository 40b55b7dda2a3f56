#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: loads the module, serves RAM disks from C, and looks at them as the machine sees them.
set -uo pipefail
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/hang.sh
. "$SUITE/hang.sh"
# shellcheck source=SCRIPTDIR/cost.sh
. "$SUITE/cost.sh"

readonly BUILD=$GATEWAY/build/release TARGET=iqn.2026-11.io.sluice:local
HANDLER=''

rig() { "$BUILD/sluice-rig" --socket /dev/sluice "$@"; }
give_up() {
	dmesg | tail -n 20
	counts_save /job/counts
	exit 1
}

serve() {
	"$BUILD/sluice-cdisk" --socket /dev/sluice --pool 32M disk=256M other=16M >/run/handler.log 2>&1 &
	HANDLER=$!
}

# files N: of some folder with many, in memory: reading the host's takes longer than all else.
files() {
	mkdir -p /run/files
	{ find /usr/lib/python3* -type f || true; } | head -n "$1" | cpio -pd --quiet /run/files
}

# A control group for a handler whose pool does not fit into it.
readonly GROUPS_AT=/sys/fs/cgroup
limited_group() {
	mount -t cgroup2 none $GROUPS_AT && echo +memory >$GROUPS_AT/cgroup.subtree_control && mkdir $GROUPS_AT/small &&
		echo 24M >$GROUPS_AT/small/memory.max
}
in_limited_group() { bash -c 'echo $$ >'$GROUPS_AT'/small/cgroup.procs && exec "$@"' - "$@"; }

pool_is_accounted() {
	check "a control group of 24 MiB" limited_group
	check "a pool that does not fit is refused, and nobody killed" shows 'no memory for a pool of 67108864 bytes' fails 1 \
		in_limited_group timeout 30 "$BUILD/sluice-cdisk" --socket /dev/sluice --pool 64M small=1M
}

echo 20 >/proc/sys/kernel/hung_task_timeout_secs
check "the SCSI layer loads" modprobe -a sd_mod sg ext4
check "sluice.ko loads" insmod "$MODULE"
[ $FAILED -eq 0 ] || give_up
check "its device is there" test -c /dev/sluice
check "the device file does what the ABI says of it" timeout 60 "$BUILD/sluice-device-file"
if grep -q '^memory' /proc/cgroups; then pool_is_accounted; else echo "SKIPPED: whose memory a pool is: this kernel does not account"; fi
serve
check "a target with two logical units" rig target "$TARGET"
check "LUN 0" rig lun "$TARGET" 0 disk
check "LUN 1" rig lun "$TARGET" 1 other
check "this machine logs in" rig local "$TARGET"
check "the disk appears" soon 20 disk 0
[ $FAILED -eq 0 ] || give_up
D=/dev/$(disk 0)
check "INQUIRY" sg_inq "$D"
check "REPORT LUNS names two" shows 'Lun list length = 16' sg_luns --decode "$D"
check "4 MiB are written" dd if=/dev/urandom of=/run/image bs=1M count=4
check "to the disk" dd if=/run/image of="$D" bs=256k oflag=direct
check "and read back" cmp -n 4194304 /run/image "$D"
check "ext4 is made" mkfs.ext4 -q -F "$D"
mkdir -p /run/mnt
check "and mounted" mount "$D" /run/mnt
check "there are files" files $((3200 / (VM_SLOWNESS * VM_SLOWNESS)))
check "which are copied" cp -r /run/files /run/mnt/
check "and are the same" diff -r /run/files /run/mnt/files
check "and unmounted" umount /run/mnt
check "fsck finds nothing" fsck.ext4 -f -n "$D"
check "a LUN reset" sg_reset -d "$D"
check "its handler is listed" shows 'sluice-cdisk' rig sessions
printf 'scenario "it moves"\ntime +1s\n' >/run/time.rig
"$BUILD/sluice-rig" run --socket /dev/sluice /run/time.rig >/run/time.log
check "the clock stays the machine's unless rig_time says so" grep -q 'rig_time=1' /run/time.log
mount -t tracefs tracefs /sys/kernel/tracing
if countable; then
	cost "$(disk 1)" 1 2000 1.05 1.05
	verdict $? "one at a time: one enter and at most one sleep for a command ($COST)"
	cost "$(disk 1)" 32 200 1.05 0.2
	verdict $? "32 at a time: at most 0.2 sleeps for a command ($COST)"
else
	echo "SKIPPED: what a command costs: this kernel traces no system calls"
fi
handler_hangs "$(disk 1)"
handler_is_killed "$(disk 1)" "${KILLS:-25}"
check "the module is in use" fails 1 rmmod sluice
# The disk is as empty as its handler's memory.
check "ext4 is made again" mkfs.ext4 -q -F "$D"
check "and mounted" mount "$D" /run/mnt
kill -9 "$HANDLER"
wait "$HANDLER" 2>/dev/null
check "a mounted disk keeps the module, with no handler, too" fails 1 rmmod sluice
serve
check "and is unmounted with the next one" umount /run/mnt
kill "$HANDLER"
wait "$HANDLER"
check "the module unloads" unloads 40 sluice
check "a parameter out of bounds is refused" fails 1 insmod "$MODULE" max_devices=0
check "and the log says what to choose" shows 'max_devices=0: choose 1 to' dmesg
check "nothing has leaked" nothing_leaked
check "no complaint of the kernel" kernel_silent
counts_save /job/counts
[ $FAILED -eq 0 ]
