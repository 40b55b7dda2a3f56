# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Sourced by guest.sh. File systems on the disk, filled to their ends and checked.

# fill: to the end of the file system.
fill() { while cat /run/image; do :; done >/run/mnt/fill; }

# filled_right MIB: so much of it is the image again and again.
filled_right() { for ((i = 0; i < $1; i += 4)); do cat /run/image; done | cmp -n $(($1 << 20)) - /run/mnt/fill; }

forget_cache() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
}

# file_system NAME MIB: made already, mounted, filled, and read from the disk.
file_system() {
	check "$1 is mounted" mount "$D" /run/mnt
	check "down refuses while it is mounted" shows "$D is mounted at /run/mnt" refused sluice down
	check "$1 is filled to its end" shows 'No space left' fill
	forget_cache
	check "the data are right, read from the disk" filled_right "$2"
	check "$1 is unmounted" umount /run/mnt
}

part_files() {
	check "ext4 is made" mkfs.ext4 -q -F "$D" 128M
	file_system ext4 64
	check "fsck finds nothing" fsck.ext4 -f -n "$D"
	check "XFS is made" mkfs.xfs -q -f -d size=304m "$D"
	file_system XFS 160
	check "xfs_repair finds nothing" xfs_repair -n "$D"
}
