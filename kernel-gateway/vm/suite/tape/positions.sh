# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Every mt command that needs one partition, and where the tape is after it: by the driver's count, and by the drive's READ POSITION.
#
#   objects   0 1 2 3 4  |  6 7 8 9 10 11 12  |  14 15 16  |   |   |   end of data
#   files     0          5  1                 13 2        17  18  19  5, object 20

# at FILE BLOCK OBJECT [BITS]: mt status says FILE and BLOCK (and the bits, in this order), the drive OBJECT. FILE ? when the driver cannot know it.
at() {
	local status got
	status=$(mt status) || return 1
	got=$(sed -n 's/^File number=\([-0-9]*\), block number=\([-0-9]*\), .*/\1 \2/p' <<<"$status")
	if [ "$1" != '?' ]; then same "$1 $2" "$got" || return 1; fi
	[ $# -lt 4 ] || grep -Eq "^ .*$4" <<<"$status" || {
		echo "$status"
		return 1
	}
	same "$3" "$(location 1 | cut -d ' ' -f 1)"
}

# moves SENTENCE FILE BLOCK OBJECT MT-COMMAND...
moves() {
	local sentence=$1 file=$2 block=$3 object=$4
	shift 4
	check "$sentence" mt "$@"
	check "  and the tape is at file $file, block $block, object $object" at "$file" "$block" "$object"
}

# stops: the same of a command that ends early, with mt's status 2.
stops() {
	local sentence=$1 file=$2 block=$3 object=$4
	shift 4
	check "$sentence" fails 2 mt "$@"
	check "  and the tape is at file $file, block $block, object $object" at "$file" "$block" "$object"
}

write_blocks() { dd if=/dev/urandom of="$TAPE" bs="$1" count="$2"; }

TAPE=$(tape 1)
export TAPE
check "a new cartridge" blank MT0001L8
check "goes into drive 1" in_drive MT0001L8
check "status: beginning, online, LTO-8" at 0 0 0 'BOT.* ONLINE'
check "status knows the density" shows 'Density code 0x5e' mt status
check "variable blocks" mt setblk 0
check "setblk 0 is seen" shows 'Tape block size 0 bytes' mt status
check "five blocks, and the filemark of the driver" write_blocks 10240 5
check "  and the tape is at file 1, block 0, object 6" at 1 0 6 'EOF'
check "seven blocks" write_blocks 65536 7
check "  and the tape is at file 2, block 0, object 14" at 2 0 14
check "three blocks" write_blocks 512 3
check "  and the tape is at file 3, block 0, object 18" at 3 0 18
moves "weof" 4 0 19 weof
moves "eof 1" 5 0 20 eof 1
moves "rewind" 0 0 0 rewind
moves "fsf" 1 0 6 fsf
moves "fsf 2" 3 0 18 fsf 2
moves "bsf" 2 -1 17 bsf
moves "bsf 2" 0 -1 5 bsf 2
moves "rewind" 0 0 0 rewind
moves "fsfm" 0 -1 5 fsfm
moves "fsfm 2 from in front of a filemark" 1 -1 13 fsfm 2
moves "rewind" 0 0 0 rewind
moves "fsf 3" 3 0 18 fsf 3
moves "bsfm" 3 0 18 bsfm
moves "bsfm 2" 2 0 14 bsfm 2
moves "asf 1" 1 0 6 asf 1
moves "asf 0" 0 0 0 asf 0
moves "fsr 3" 0 3 3 fsr 3
moves "bsr 2" 0 1 1 bsr 2
stops "fsr over a filemark stops behind it" 1 0 6 fsr 9
moves "fsr 2 in file 1" 1 2 8 fsr 2
stops "bsr over a filemark stops in front of it" 0 -1 5 bsr 5
moves "rewind" 0 0 0 rewind
stops "bsr at the beginning" 0 0 0 bsr 1
stops "bsf at the beginning" 0 0 0 bsf 1
stops "setmarks are no more: fss" 0 0 0 fss 1
stops "bss" 0 0 0 bss 1
stops "wset" 0 0 0 wset 1
moves "eod" 5 -1 20 eod
moves "seod" 5 -1 20 seod
stops "fsf behind the end of data" 5 -1 20 fsf 1
stops "fsr behind the end of data" 5 -1 20 fsr 1
moves "rewind" 0 0 0 rewind
moves "seek 9" '?' '?' 9 seek 9
check "tell" shows 'At block 9\.' mt tell
moves "seek 0" '?' '?' 0 seek 0
stops "seek beyond the end of data" '?' '?' 20 seek 1000
check "seek by SCSI-2 logical addresses" mt stsetoptions scsi2logical
moves "seek 16" '?' '?' 16 seek 16
check "tell says so" shows 'At block 16\.' mt tell
check "and back to device addresses" mt stclearoptions scsi2logical
moves "retension" 0 0 0 retension
moves "asf 2" 2 0 14 asf 2
check "fast-eod" mt stsetoptions fast-eod
moves "eod finds the end by itself" -1 -1 20 eod
check "no fast-eod" mt stclearoptions fast-eod

# Settings.
moves "rewind" 0 0 0 rewind
check "fixed blocks" mt setblk 1024
check "setblk is seen" shows 'Tape block size 1024 bytes' mt status
check "by MODE SENSE, too" shows '^ *00 +.. .. .. 08 5e 00 00 00 +00 00 04 00 ' sg_modes -6 -H -p 0x0f "$(drive 1)"
check "a fixed read of blocks of another length is an error" fails 1 dd if="$TAPE" of=/dev/null bs=1024 count=1
check "variable blocks again" mt setblk 0
check "setdensity to what it is" mt setdensity 0x5e
check "setdensity to LTO-5 is refused" fails 2 mt setdensity 0x58
check "the density is still LTO-8" shows 'Density code 0x5e' mt status
check "drvbuffer 0: unbuffered" mt drvbuffer 0
check "MODE SENSE says so" shows '^ *00 +.. .. 00 ' sg_modes -6 -H -p 0x0f "$(drive 1)"
check "drvbuffer 1: buffered" mt drvbuffer 1
check "compression off" mt compression 0
check "DCE is off" shows ' 0f 0e 40 ' sg_modes -6 -H -p 0x0f "$(drive 1)"
check "compression on" mt compression 1
check "DCE is on" shows ' 0f 0e c0 ' sg_modes -6 -H -p 0x0f "$(drive 1)"
check "densities" shows '0x5e +LTO-8' mt densities
check "stshowoptions" mt stshowoptions
for options in 'stoptions buffer-writes async-writes read-ahead can-bsr' 'stwrthreshold 16' 'defblksize 0' 'defblksize -1' 'defdensity 0x5e' \
	'defdensity -1' 'defdrvbuffer 1' 'defdrvbuffer -1' 'defcompression 1' 'defcompression -1' 'sttimeout 900' 'stlongtimeout 14000' \
	'stsetcln 0'; do
	# shellcheck disable=SC2086
	check "$options" mt $options
done

# Records through the driver.
moves "rewind" 0 0 0 rewind
check "reading with a larger count gives the block" same 10240 "$(dd if="$TAPE" bs=65536 count=1 2>/dev/null | wc -c)"
check "  and one block was passed" at 0 1 1
check "reading with a smaller count is ENOMEM" shows 'Cannot allocate memory' refused dd if="$TAPE" of=/dev/null bs=4096 count=1
check "  behind the block" at 0 2 2
check "SILI" mt stsetoptions sili
check "reading with a larger count gives the block with SILI, too" same 10240 "$(dd if="$TAPE" bs=65536 count=1 2>/dev/null | wc -c)"
check "no SILI" mt stclearoptions sili
check "  and one block was passed" at 0 3 3
check "the rest of the file" same 20480 "$(dd if="$TAPE" bs=65536 2>/dev/null | wc -c)"
check "  and the tape is in file 1" at 1 0 6
check "its blocks" same 458752 "$(dd if="$TAPE" bs=65536 2>/dev/null | wc -c)"
check "the file behind it" same 1536 "$(dd if="$TAPE" bs=65536 2>/dev/null | wc -c)"
check "and nothing up to the end of data" same 0 "$(cat "$TAPE" "$TAPE" "$TAPE" 2>/dev/null | wc -c)"
check "  which is where the tape is" same "20 5" "$(location 1)"

# The door. The driver unlocks it for offline.
check "lock" mt lock
check "an unload is refused" fails 5 sg_raw "$(drive 1)" 1b 00 00 00 00 00
check "a changer cannot take it" fails 1 take_out 1
check "unlock" mt unlock
check "lock again" mt lock
check "offline" mt offline
check "the drive is not ready" shows 'DR_OPEN' mt status
check "load" mt load
check "status: the driver does not know where, the drive does" at '?' 0 0
check "eject" mt eject
check "load again" mt load
check "rewoffl" mt rewoffl
check "and load" mt load

# Overwriting and erasing.
moves "asf 1" 1 0 6 asf 1
check "overwriting ends the data there" write_blocks 2048 1
check "  and the tape is at file 2, block 0, object 8" at 2 0 8
stops "nothing is behind it" 2 -1 8 fsf 1
moves "asf 1" 1 0 6 asf 1
check "erase" mt erase
moves "rewind" 0 0 0 rewind
moves "one file is left" 1 0 6 fsf 1
stops "and no more" 1 -1 6 fsf 1
moves "rewind" 0 0 0 rewind
check "erase of all" mt erase 1
moves "rewind" 0 0 0 rewind
stops "nothing is left" 0 0 0 fsr 1
take_out 1
