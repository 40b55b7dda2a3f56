# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# An archive over several cartridges, which a script changes: where tar says so, and where the medium ends.

# next_volume PREFIX: what tar runs for another volume: the next cartridge of that name goes into drive 1.
cat >/run/next-volume <<-SCRIPT
	#!/bin/bash
	. $SUITE/library.sh
	exec >>/run/next-volume.log 2>&1
	barcode=\$(printf '%s%02dL8' "\$(cat /run/volumes)" "\$TAR_VOLUME")
	echo "volume \$TAR_VOLUME: \$barcode"
	mt -f $(tape 1) offline
	in_drive "\$barcode" 1
SCRIPT
chmod +x /run/next-volume

used() { grep -c '^volume' /run/next-volume.log; }

# spans PREFIX CARTRIDGES TAR-OPTION...
spans() {
	local prefix=$1 cartridges=$2 n
	shift 2
	echo "$prefix" >/run/volumes
	: >/run/next-volume.log
	check "cartridge 1 goes into drive 1" in_drive "${prefix}01L8"
	check "tar writes over several" tar -C /run/tree -M -F /run/next-volume -b 128 "$@" -cf "$TAPE" .
	check "  $cartridges of them" same $((cartridges - 1)) "$(used)"
	: >/run/next-volume.log
	check "cartridge 1 goes into drive 1 again" in_drive "${prefix}01L8"
	rm -rf /run/back
	mkdir /run/back
	check "tar reads them" tar -C /run/back -M -F /run/next-volume -b 128 -xf "$TAPE"
	check "  $cartridges of them" same $((cartridges - 1)) "$(used)"
	check "  and all is equal" as_before /run/back /run/tree
	[ "$FAILED" -eq 0 ] || cat /run/next-volume.log
	take_out 1
}

# fill: WRITE(6) of 64 KiB until VOLUME OVERFLOW; prints how many were accepted, and how many of these came with EOM.
fill() {
	local n=0 warned=0 device
	device=$(drive 1)
	while [ $n -lt 200 ]; do
		sg_raw -s 65536 -i /run/block "$device" 0a 00 01 00 00 00 >/run/write 2>&1
		! grep -qi 'volume overflow' /run/write || break
		! grep -q 'EOM' /run/write || warned=$((warned + 1))
		n=$((n + 1))
	done
	echo "$n $warned"
}

TAPE=$(tape 1)
export TAPE
tree /run/tree 20
for n in 1 2 3 4; do
	check "cartridge SPAN0$n of full size" blank "SPAN0${n}L8"
	check "cartridge FULL0$n of 8 MiB" blank "FULL0${n}L8" 8MiB
done
spans SPAN 4 -L 6144
spans FULL 4
check "a cartridge of 4 MiB" blank SMALL1L8 4MiB
check "goes into drive 1" in_drive SMALL1L8
head -c 65536 /dev/urandom >/run/block
read -r accepted warned <<<"$(fill)"
check "it takes 60 to 64 blocks of 64 KiB: $accepted" test "$accepted" -ge 60 -a "$accepted" -le 64
check "  and warns of its end from three quarters on: with $warned of them" test "$warned" -ge 14 -a "$warned" -le 17
check "the driver, which has seen none of that, is told that it is full" shows 'No space left' refused dd if=/run/block of="$TAPE" bs=65536 count=1
check "rewind" mt rewind
check "each of them comes back" bash -c "for ((n = 0; n < $accepted; n++)); do cat /run/block; done | cmp - <(dd if=$TAPE bs=65536 status=none)"
check "rewind again" mt rewind
check "the driver stops at the warning" shows 'No space left' refused dd if=/dev/urandom of="$TAPE" bs=65536 count=100
check "  before the last quarter is used" test "$(location 1 | cut -d ' ' -f 1)" -le 51
take_out 1
