# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# A second initiator: what it is told, and what it may do.

readonly RESERVATION_CONFLICT=24 UNIT_ATTENTION=6 REFUSED=5

second_there() { changer second && drive 1 second && drive 2 second; }

# told DEVICE TEXT: a Unit Attention of that text waits there, and is gone then.
told() {
	local status
	sg_turs -v "$1" >/run/told 2>&1
	status=$?
	[ $status -ne $UNIT_ATTENTION ] || ! grep -Eqi "Additional sense: $2" /run/told || return 0
	cat /run/told
	return 1
}

reserve6() { sg_raw "$1" 16 00 00 00 00 00; }
release6() { sg_raw "$1" 17 00 00 00 00 00; }
persist() { sg_persist -n "$@"; }

check "a second initiator logs in" second_logs_in
check "and has devices of its own" soon 60 second_there
drain second
drain default
CHANGER=$(changer) CHANGER2=$(changer second) DRIVE=$(drive 1) DRIVE2=$(drive 1 second)
TAPE=$(tape 1)
export TAPE
check "neither waits for anything: the first" sg_turs "$CHANGER"
check "the second" sg_turs "$CHANGER2"

# Unit Attentions.
slot=$(slot_of VTL002L8)
check "the first loads drive 1" library load "$slot" 0
check "the second hears that the medium may have changed" told "$DRIVE2" 'Not ready to ready change'
check "the first does, too" told "$DRIVE" 'Not ready to ready change'
check "of the changer the second hears nothing" sg_turs "$CHANGER2"
check "the first sets a block length" mt setblk 4096
check "the second hears of mode parameters" told "$DRIVE2" 'Mode parameters changed'
check "the first does not" sg_turs "$DRIVE"
check "variable blocks again" mt setblk 0
drain second
check "the first takes the tape offline" mt offline
check "the drive is not ready for the second" fails 2 sg_turs "$DRIVE2"
check "the first loads it" mt load
check "the second hears of that" told "$DRIVE2" 'Not ready to ready change'
check "an operator puts a cartridge onto the shelf" ask sluice tape eject VTL008L8
check "both hear of it: the second" told "$CHANGER2" 'Import or export element accessed'
check "the first" told "$CHANGER" 'Import or export element accessed'
check "an operator puts it into a mail slot" ask sluice tape insert VTL008L8
check "the second hears of the mail slot" told "$CHANGER2" 'Import or export element accessed'
check "the first, too" told "$CHANGER" 'Import or export element accessed'
check "mtx sees it there" shows 'Storage Element 25 IMPORT/EXPORT:Full :VolumeTag=VTL008L8' library status
check "and takes it in" library transfer 25 8
check "an operator adds a slot" ask sluice library add-slot
check "the second hears of mode parameters" told "$CHANGER2" 'Mode parameters changed'
check "the first, too" told "$CHANGER" 'Mode parameters changed'
check "mtx sees 29" shows '2 Drives, 29 Slots \( 4 Import/Export' library status
check "an operator adds a drive" ask sluice library add-drive
check "  and has it served" ask sluice reload
drain_to() { for _ in {1..4}; do sg_turs -v "$1"; done; }
if [ "$TRANSPORT" = iscsi ]; then
	check "the second hears of another LUN" shows 'Reported luns data has changed' drain_to "$CHANGER2"
	check "the first, too" shows 'Reported luns data has changed' drain_to "$CHANGER"
	iscsiadm -m session --rescan >/dev/null
fi # sluice.ko looks by itself, and whoever has looked is told no more; its second initiator has a target, and a map, of its own
check "  it is there" soon 30 drive 3
check "mtx sees it" shows '3 Drives, 29 Slots' library status
drain default
drain second

# PREVENT.
check "the first locks the door" mt lock
check "the second cannot unload" fails $REFUSED sg_raw "$DRIVE2" 1b 00 00 00 00 00
check "nor can its changer take it" fails 1 mtx -f "$CHANGER2" unload "$slot" 0
check "the second allows removal, which is its own word" sg_prevent -a "$DRIVE2"
check "and still cannot unload" fails $REFUSED sg_raw "$DRIVE2" 1b 00 00 00 00 00
check "the first unlocks" mt unlock
check "the changer of the second takes it" mtx -f "$CHANGER2" unload "$slot" 0
check "the second prevents removal from the library" sg_prevent -p 1 "$CHANGER2"
check "an operator cannot take a cartridge" fails 1 ask sluice tape eject VTL008L8
check "the first allows it, which is its own word" sg_prevent -a "$CHANGER"
check "an operator still cannot" fails 1 ask sluice tape eject VTL008L8
check "moves go on" library load "$slot" 0
drain default
drain second
check "the second locks the drive" sg_prevent -p 1 "$DRIVE2"
check "the first cannot take it offline" fails 2 mt offline
check "the second logs out" second_logs_out
check "an operator may take a cartridge" ask sluice tape eject VTL008L8
check "and the first its tape" mt offline
check "the second is back" second_logs_in
check "with its devices" soon 60 second_there
check "the cartridge comes back" ask sluice tape insert VTL008L8
DRIVE2=$(drive 1 second) CHANGER2=$(changer second)
drain default
drain second
check "  into its slot" library transfer "$(slot_of VTL008L8)" 8
check "load" mt load
drain default
drain second

# RESERVE(6) and persistent reservations.
check "the first reserves drive 1 (RESERVE)" reserve6 "$DRIVE"
check "the second is refused" fails $RESERVATION_CONFLICT sg_turs "$DRIVE2"
check "INQUIRY it may" sg_inq "$DRIVE2"
check "RELEASE of one without a reservation does nothing" release6 "$DRIVE2"
check "the second is still refused" fails $RESERVATION_CONFLICT sg_turs "$DRIVE2"
check "the first releases" release6 "$DRIVE"
check "the second is admitted" sg_turs "$DRIVE2"
check "the second reserves, and its session is reset with the unit" reserve6 "$DRIVE2"
check "LOGICAL UNIT RESET" sg_reset -d "$DRIVE"
drain default
drain second
check "the reservation is gone" sg_turs "$DRIVE"
check "the first registers a key" persist --out --register --param-sark=0xa1 "$DRIVE"
check "the second registers one" persist --out --register --param-sark=0xb2 "$DRIVE2"
check "both are listed" shows '0xb2' persist --in -k "$DRIVE"
check "the first reserves, exclusive access" persist --out --reserve --param-rk=0xa1 --prout-type=3 "$DRIVE"
check "it is listed" shows 'type: Exclusive Access' persist --in -r "$DRIVE2"
check "the second cannot read" fails $RESERVATION_CONFLICT sg_raw -r 512 "$DRIVE2" 08 00 00 02 00 00
check "the second cannot rewind" fails $RESERVATION_CONFLICT sg_raw "$DRIVE2" 01 00 00 00 00 00
check "RESERVE(6) of the second conflicts" fails $RESERVATION_CONFLICT reserve6 "$DRIVE2"
check "the first writes" bash -c "head -c 10240 /dev/zero | dd of=$TAPE bs=10240"
check "the second preempts" persist --out --preempt --param-rk=0xb2 --param-sark=0xa1 --prout-type=3 "$DRIVE2"
check "the first hears of it" told "$DRIVE" '(Registrations|Reservations) preempted'
check "the first is refused" fails 1 dd if=/dev/zero of="$TAPE" bs=10240 count=1
check "the second releases" persist --out --release --param-rk=0xb2 --prout-type=3 "$DRIVE2"
check "the second unregisters" persist --out --register --param-rk=0xb2 "$DRIVE2"
drain default
check "the first may again" mt rewind
take_out 1
check "the second logs out for good" second_logs_out
