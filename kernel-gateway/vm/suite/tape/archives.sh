# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# tar, cpio and dump to one cartridge, one file each, and back.

# into FOLDER COMMAND...: in that folder, made anew.
into() {
	rm -rf "$1"
	mkdir -p "$1"
	(cd "$1" && shift && "$@")
}

dump_tree() {
	dd if=/dev/zero of=/run/ext4 bs=1M count=0 seek=64 && mkfs.ext4 -q -F -O ^has_journal /run/ext4 || return 1
	mkdir -p /run/mnt && mount -o loop /run/ext4 /run/mnt && cp -a /run/tree/. /run/mnt/ && umount /run/mnt || return 1
	LOOP=$(losetup -f --show /run/ext4) && mount -o ro "$LOOP" /run/mnt
}

TAPE=$(tape 1)
export TAPE
tree /run/tree 8
check "a new cartridge" blank FILES1L8
check "goes into drive 1" in_drive FILES1L8
check "tar writes" tar -C /run/tree -b 128 -cf "$TAPE" .
check "tar compares" bash -c "mt asf 0 && tar -C /run/tree -b 128 -df $TAPE"
check "cpio writes" bash -c "mt eod && cd /run/tree && find . -depth | cpio -o -H newc -C 65536 -O $TAPE"
check "an ext4 for dump" dump_tree
check "dump writes" dump -0 -q -b 64 -f "$TAPE" /run/mnt
umount /run/mnt
check "tar appends a second archive, -b 20" tar -C /run/tree -cf "$TAPE" .
check "the tape has four files" shows 'File number=4,' mt status
check "file 0: tar reads" into /run/back bash -c "mt asf 0 && tar -b 128 -xf $TAPE"
check "  and all is equal" as_before /run/back /run/tree
check "file 1: cpio reads" into /run/back bash -c "mt asf 1 && cpio -idm -C 65536 -I $TAPE"
check "  and all is equal" as_before /run/back /run/tree
check "file 2: restore compares with the file system" bash -c "mount -o ro $LOOP /run/mnt && mt asf 2 && restore -C -b 64 -f $TAPE -D /run/mnt"
umount /run/mnt 2>/dev/null
losetup -d "$LOOP"
check "file 2: restore reads" into /run/back bash -c "mt asf 2 && restore -r -b 64 -f $TAPE"
rm -rf /run/back/lost+found /run/back/restoresymtable
check "  and all is equal" as_before /run/back /run/tree
check "file 3: tar reads" into /run/back bash -c "mt asf 3 && tar -xf $TAPE"
check "  and all is equal" as_before /run/back /run/tree
check "two drives copy a cartridge" blank COPY01L8
check "  it goes into drive 2" in_drive COPY01L8 2
check "  dd copies file 0" bash -c "mt asf 0 && dd if=$TAPE of=$(tape 2) bs=65536"
check "  and drive 2 has it" into /run/back bash -c "mt -f $(tape 2) rewind && tar -b 128 -xf $(tape 2)"
check "  all is equal" as_before /run/back /run/tree
take_out 1
take_out 2
check "what was written passes the operator's check" ask sluice tape check FILES1L8
check "an operator lists it" shows '^0 +0 +[0-9]+ +block +65536' ask sluice tape dump FILES1L8
check "and exports it as an image" ask export FILES1L8
check "  of which another program reads file 0" into /run/back bash -c "perl $SUITE/simh.pl 0 </job/image.tap | tar -xf -"
check "  and all is equal" as_before /run/back /run/tree
check "  and file 1" into /run/back bash -c "perl $SUITE/simh.pl 1 </job/image.tap | cpio -idm"
check "  and all is equal" as_before /run/back /run/tree
check "  to a cartridge with something on it nothing is imported" fails 1 ask import FILES1L8
check "a new cartridge" blank IMPRT1L8
check "  takes the image" ask import IMPRT1L8
check "  it goes into drive 1" in_drive IMPRT1L8
check "  and gives file 3" into /run/back bash -c "mt asf 3 && tar -xf $TAPE"
check "  all is equal" as_before /run/back /run/tree
check "while it is in a drive no operator's command reads it" fails 1 ask sluice tape check IMPRT1L8
take_out 1
