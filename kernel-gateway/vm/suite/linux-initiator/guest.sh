#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: open-iscsi and the kernel's initiator against the Sluice on the host. PORT and VM come from host.sh.
set -uo pipefail
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"

readonly TARGET=iqn.2026-11.io.sluice:vm
readonly PORTAL=10.0.2.2:$PORT
# Statuses of iscsiadm.
readonly NO_SESSION=21 AUTHENTICATION_FAILED=24 LOGIN_GIVEN_UP=19
IMAGE_MIB=$(($(stat -c %s /job/image) >> 20))

# configure HEADER-DIGEST DATA-DIGEST [INITIATOR-SECRET [TARGET-SECRET]]: the settings of the next login.
# NOP-Outs go out each 5 s, but may take their time: an emulated processor on a busy host is not to fail a test.
configure() {
	cat >/etc/iscsi/iscsid.conf <<-TEXT
		node.startup = manual
		node.session.scan = auto
		node.session.timeo.replacement_timeout = 120
		node.session.initial_login_retry_max = 2
		node.conn[0].timeo.login_timeout = 30
		node.conn[0].timeo.logout_timeout = 30
		node.conn[0].timeo.noop_out_interval = 5
		node.conn[0].timeo.noop_out_timeout = 30
		node.conn[0].iscsi.HeaderDigest = $1
		node.conn[0].iscsi.DataDigest = $2
		node.session.auth.authmethod = CHAP
		node.session.auth.username = initiator
		node.session.auth.password = ${3:-initiator secret}
		node.session.auth.username_in = target
		node.session.auth.password_in = ${4:-target secret 16}
		discovery.sendtargets.auth.authmethod = CHAP
		discovery.sendtargets.auth.username = discoverer
		discovery.sendtargets.auth.password = discovery secret
		discovery.sendtargets.auth.username_in = portal
		discovery.sendtargets.auth.password_in = portal secret 16
	TEXT
	rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets
	iscsiadm -m node -o new -T "$TARGET" -p "$PORTAL" >/dev/null
}

login() { iscsiadm -m node -T "$TARGET" -p "$PORTAL" --login; }
logout() { iscsiadm -m node -T "$TARGET" -p "$PORTAL" --logout; }
session() { iscsiadm -m session -P 3; }

disks_there() {
	DISK=$(disk 0) RAM=$(disk 1) WIDE=$(disk 2) && [ -b "/dev/$DISK" ] && [ -b "/dev/$RAM" ] && [ -b "/dev/$WIDE" ]
}

forget_cache() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
}

start_initiator() {
	local module
	for module in sd_mod sg iscsi_tcp crc32c_intel ext4; do modprobe "$module" || return 1; done
	echo "InitiatorName=iqn.2026-11.io.sluice:guest" >/etc/iscsi/initiatorname.iscsi
	configure CRC32C CRC32C
	iscsid && soon 10 fails $NO_SESSION iscsiadm -m session
}

refuse_wrong_secrets() {
	configure None None "another secret 1"
	check "login with a wrong secret is refused" fails $AUTHENTICATION_FAILED login
	configure None None "initiator secret" "another secret 1"
	check "a target with another secret is refused by the initiator" fails $LOGIN_GIVEN_UP login
}

# disk_sum MIB [SKIP]: the sha256 of what LUN 0 holds, read through the session, not from the cache.
disk_sum() {
	forget_cache
	dd if="/dev/$DISK" bs=1M count="$1" skip="${2:-0}" 2>/dev/null | sha256sum | cut -d ' ' -f 1
}

digest_mix() {
	configure "$1" "$2"
	check "login with header digest $1, data digest $2" login
	check "the session has header digest ${1%%,*}" shows "HeaderDigest: ${1%%,*}\$" session
	check "the session has data digest ${2%%,*}" shows "DataDigest: ${2%%,*}\$" session
	check "its disks appear" soon 30 disks_there
	check "4 MiB go to the disk" dd if=/job/image of="/dev/$DISK" bs=1M count=4 seek=32 conv=fsync,notrunc
	check "and come back" same "$(ask image_sha256 4)" "$(disk_sum 4 32)"
	check "logout" logout
}

ask_what_it_is() {
	check "INQUIRY names the product" shows 'Product identification:' sg_inq "/dev/$DISK"
	check "INQUIRY names the serial number" shows 'Unit serial number: LINUX-INITIATOR' sg_inq "/dev/$DISK"
	local page
	for page in 0x00 0x80 0x83 0x86 0xb0 0xb1 0xb2; do
		check "VPD page $page decodes" sg_vpd --page=$page "/dev/$DISK"
	done
	check "REPORT LUNS names three" shows 'Lun list length = 24 which imp' sg_luns --decode "/dev/$DISK"
	check "READ CAPACITY (16) of the disk" shows 'Device size: 1073741824 bytes' sg_readcap -l "/dev/$DISK"
	check "thin provisioning, zeros after UNMAP" shows 'lbpme=1, lbprz=1' sg_readcap -l "/dev/$DISK"
	check "Linux sees 4 KiB blocks on LUN 1" same 4096 "$(blockdev --getss "/dev/$RAM")"
	check "Linux sees 4 TiB on LUN 2" same $((4 << 40)) "$(blockdev --getsize64 "/dev/$WIDE")"
	check "a write at the end of 4 TiB" dd if=/job/image of="/dev/$WIDE" bs=1M count=1 seek=$(((4 << 20) - 1)) oflag=direct
	check "MODE SENSE tells the cache of the disk" same "write back" "$(cat /sys/class/scsi_disk/*:0/cache_type)"
	check "supported operation codes are listed" shows 'Write same\(16\)' sg_opcodes "/dev/$DISK"
}

transfer_image() {
	check "$IMAGE_MIB MiB go to the disk" dd if=/job/image of="/dev/$DISK" bs=4M conv=fsync,notrunc
	tail -n 1 "$CHECK_OUTPUT"
	check "the disk's file on the host has the image's sha256" same "$(ask image_sha256 "$IMAGE_MIB")" "$(ask disk_sha256 "$IMAGE_MIB")"
	check "reading them back gives the image's sha256" same "$(ask image_sha256 "$IMAGE_MIB")" "$(disk_sum "$IMAGE_MIB")"
}

keep_files() {
	mkdir -p /run/files
	check "mkfs.ext4" mkfs.ext4 -q -F "/dev/$DISK"
	check "mount" mount -o discard "/dev/$DISK" /run/files
	check "files are copied" cp -r /usr/include/linux /run/files/
	check "a file of 8 MiB is copied" dd if=/job/image of=/run/files/image bs=1M count=8
	(cd /run/files && find . -type f -exec sha256sum {} + >/run/sums)
	check "unmount" umount /run/files
	forget_cache
	check "mount again" mount -o discard "/dev/$DISK" /run/files
	check "$(wc -l </run/sums) files have kept their sha256" sums_hold
	rm -rf /run/files/image
	check "fstrim" fstrim /run/files
	check "unmount again" umount /run/files
	check "fsck finds nothing" fsck.ext4 -f -n "/dev/$DISK"
}

sums_hold() { (cd /run/files && sha256sum --quiet --check /run/sums); }

give_space_back() {
	check "Linux discards by UNMAP" same unmap "$(cat /sys/class/scsi_disk/*:0/provisioning_mode)"
	check "blkdiscard of the whole disk" blkdiscard -f "/dev/$DISK"
	check "the host has its space back" test "$(ask disk_allocated_kib)" -lt 1024
	check "discarded blocks read as zeros" cmp -n $((8 << 20)) "/dev/$DISK" /dev/zero
	dd if=/job/image of="/dev/$RAM" bs=4096 count=64 oflag=direct 2>/dev/null
	check "UNMAP of blocks 8 to 15 of LUN 1" sg_unmap --lba=8 --num=8 "/dev/$RAM"
	check "block 7 is kept" same "$(block_sum /job/image 7)" "$(block_sum "/dev/$RAM" 7)"
	check "block 8 is zeros" same "$(block_sum /dev/zero 0)" "$(block_sum "/dev/$RAM" 8)"
	check "block 15 is zeros" same "$(block_sum /dev/zero 0)" "$(block_sum "/dev/$RAM" 15)"
	check "block 16 is kept" same "$(block_sum /job/image 16)" "$(block_sum "/dev/$RAM" 16)"
	check "WRITE SAME (16) of zeros" sg_write_same --16 --lba=0 --num=64 --in=/dev/zero --xferlen=4096 "/dev/$RAM"
	check "block 16 is zeros then" same "$(block_sum /dev/zero 0)" "$(block_sum "/dev/$RAM" 16)"
}

# block_sum FILE N: of the N-th 4 KiB, past the page cache where there is a disk below.
block_sum() {
	[ -b "$1" ] && blockdev --flushbufs "$1"
	dd if="$1" bs=4096 skip="$2" count=1 2>/dev/null | sha256sum | cut -d ' ' -f 1
}

# while_writing SENTENCE MIB COMMAND...: runs the command while the image is being written, and compares afterwards.
while_writing() {
	local what=$1 mib=$2 writer
	shift 2
	dd if=/job/image of="/dev/$DISK" bs=1M count="$mib" conv=fsync,notrunc 2>/run/writer.log &
	writer=$!
	soon 30 in_flight
	check "$what while writing" "$@"
	check "the write goes on and ends" wait $writer
	check "$mib MiB are on the disk" same "$(ask image_sha256 "$mib")" "$(ask disk_sha256 "$mib")"
}

in_flight() {
	local reads writes
	read -r reads writes <"/sys/block/$DISK/inflight"
	[ "$((reads + writes))" -gt 0 ]
}

reset_it() {
	while_writing "LOGICAL UNIT RESET" 16 sg_reset --device "/dev/$DISK"
	while_writing "TARGET RESET" 16 sg_reset --target "/dev/$DISK"
}

grow_it() {
	check "the host makes it 2 GiB" ask resize 2GiB
	dd if="/dev/$DISK" of=/dev/null bs=4096 count=1 iflag=direct 2>/dev/null
	check "Linux is told that the capacity has changed" soon 10 shows 'Capacity data has changed' dmesg
	iscsiadm -m session --rescan >/dev/null
	check "after a rescan it has 2 GiB" soon 10 test "$(blockdev --getsize64 "/dev/$DISK")" -eq $((2 << 30))
	check "its last block can be written" dd if=/job/image of="/dev/$DISK" bs=4096 count=1 seek=$(((2 << 18) - 1)) oflag=direct
}

# What Linux logs when something on the wire went wrong.
clean_log() {
	! dmesg | grep -Ei 'conn error|ping timeout|timed out|i/o error|digest (error|mismatch)|warning:|bug:|call trace|hung_task|sense key|failed'
}

lose_things() {
	while_writing "the appliance is killed" 16 ask kill appliance
	soon 60 ask ready
	check "the session has stayed" clean_log
	while_writing "the gateway is killed" 16 ask kill sluiced
	check "the initiator has logged in again by itself" soon 60 shows 'iSCSI Session State: LOGGED_IN' session
}

check "the initiator starts" start_initiator
check "discovery with mutual CHAP finds the target" shows "^127.0.0.1:$PORT,1 $TARGET\$" iscsiadm -m discovery -t sendtargets -p "$PORTAL"
refuse_wrong_secrets
dmesg --clear # the boot, and the connections that had to fail
digest_mix None None
digest_mix CRC32C None
digest_mix None,CRC32C CRC32C,None
configure CRC32C CRC32C
check "login with both digests and mutual CHAP" login
check "the session has header digest CRC32C" shows 'HeaderDigest: CRC32C$' session
check "the session has data digest CRC32C" shows 'DataDigest: CRC32C$' session
check "the session has CHAP both ways" shows 'username_in: target$' session
check "its disks appear" soon 30 disks_there
ask_what_it_is
transfer_image
reset_it
keep_files
give_space_back
grow_it
check "the kernel's log is clean" clean_log
lose_things
check "logout" logout
check "its disks are gone" fails 1 disk 0
counts_save /job/counts
