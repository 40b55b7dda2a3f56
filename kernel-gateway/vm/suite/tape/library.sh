# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# In the guest: the library's devices by what they are, and how the suite's parts put cartridges into drives. TRANSPORT says how they got here.

# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"
# shellcheck source=SCRIPTDIR/iscsi.sh
. "$SUITE/$TRANSPORT.sh"

# node CLASS LUN [INITIATOR]: its name of that class below /dev, as that initiator has it: default, or second.
node() {
	local target node
	target=$(target_of "${3:-default}") || return 1
	for node in /sys/bus/scsi/devices/"$target:$2"/"$1"/*; do
		node=/dev/${node##*/}
		[ -c "$node" ] && echo "$node" && return
	done
	return 1
}

# The changer's and drive N's /dev/sg*, and drive N's /dev/nst* that does not rewind; [INITIATOR] the second one's.
changer() { node scsi_generic 0 "$@"; }
drive() { node scsi_generic "$@"; }
tape() {
	local node
	node=$(node scsi_tape "$@") || return 1
	node=${node%[alm]}
	node=${node#/dev/}
	echo "/dev/n${node#n}"
}

# drain [INITIATOR]: takes the Unit Attentions that wait for it.
drain() {
	local device n
	for device in "$(changer "$@")" "$(drive 1 "$@")" "$(drive 2 "$@")"; do
		for n in {1..8}; do
			sg_turs "$device" 2>&1 | grep -qi 'unit attention' || break
		done
	done
}

# refused COMMAND...: succeeds when it fails.
refused() { ! "$@"; }

library() { mtx -f "$(changer)" "$@"; }

# slot_of BARCODE: as mtx counts them.
slot_of() { library status | sed -n "s/^ *Storage Element \([0-9]*\)[^:]*:Full *:VolumeTag=$1 *\$/\1/p"; }

# in_drive BARCODE [DRIVE]: that cartridge, and no other, in the drive, at its beginning. The Unit Attention is for st to see, which would not
# know that otherwise.
in_drive() {
	local drive=${2:-1} slot
	take_out "$drive"
	slot=$(slot_of "$1")
	[ -n "$slot" ] || {
		echo "$1 is in no slot"
		library status
		return 1
	}
	library load "$slot" $((drive - 1)) && mt -f "$(tape "$drive")" status
}

# take_out DRIVE: its cartridge, if any, back where it came from.
take_out() {
	local slot
	slot=$(library status | sed -n "s/^Data Transfer Element $(($1 - 1)):Full (Storage Element \([0-9]*\) Loaded).*/\1/p")
	[ -z "$slot" ] || library unload "$slot" $(($1 - 1))
}

# blank BARCODE CAPACITY: a new cartridge; blank BARCODE: one of full size.
blank() { ask sluice tape create "$1" ${2:+--capacity "$2"}; }

# location DRIVE: block and file number as the drive has them (READ POSITION, long form).
location() {
	local b
	read -ra b <<<"$(sg_raw -b -r 32 "$(drive "$1")" 34 06 00 00 00 00 00 00 00 00 2>/dev/null | od -An -v -w32 -tu1)"
	[ ${#b[@]} -eq 32 ] || return 1
	echo "$((b[12] << 24 | b[13] << 16 | b[14] << 8 | b[15])) $((b[20] << 24 | b[21] << 16 | b[22] << 8 | b[23]))"
}

# tree FOLDER MIB: files of many sizes, and one that compresses well.
tree() {
	rm -rf "$1"
	mkdir -p "$1/some/where"
	dd if=/dev/urandom of="$1/some/large" bs=1M count="$2" status=none
	yes 'the quick brown fox' | head -c $((1 << 20)) >"$1/some/where/text"
	: >"$1/empty"
	local n
	for n in 1 511 512 513 4095 70001; do head -c $n /dev/urandom >"$1/some/where/$n"; done
	ln -s some/large "$1/link"
	sums "$1" >"$1.sums"
}

sums() { (cd "$1" && find . -type f -exec sha256sum {} + | sort -k 2); }

# as_before FOLDER [ORIGINAL]
as_before() { sums "$1" | diff - "${2:-$1}.sums"; }
