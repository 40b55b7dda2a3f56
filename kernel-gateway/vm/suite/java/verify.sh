# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Sourced by guest.sh. fio writes at random, reads back, and compares checksums.

# verified DISK DEPTH BLOCK-OPTION MIB
verified() {
	fio --name=verify --filename="/dev/$1" --ioengine=libaio --direct=1 --rw=randwrite --iodepth="$2" "$3" --size="$4M" \
		--verify=crc32c --verify_fatal=1 --do_verify=1 --minimal
}

part_fio() {
	local block depth
	for depth in 1 32; do
		for block in 4k:8 64k:64 1M:128; do
			check "fio verifies ${block#*:} MiB of ${block%:*} at depth $depth" verified "$RAM" $depth "--bs=${block%:*}" "${block#*:}"
		done
		check "and in the file, 4 KiB to 1 MiB mixed, at depth $depth" verified "${D#/dev/}" $depth --bsrange=4k-1M 64
	done
}
