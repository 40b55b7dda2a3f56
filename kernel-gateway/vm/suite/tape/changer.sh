# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# The library through Linux' own changer driver, ch, by chio.pl; and the devices of st.

chio() { perl "$SUITE/chio.pl" "$(node scsi_changer 0)" "$@"; }

TAPE=$(tape 1)
export TAPE
slot=$(slot_of VTL003L8)
check "ch found a picker, the slots, the mail slots and the drives" shows '^1 picker, [0-9]+ slots, 4 portals, [23] drives$' chio params
check "slot $slot has VTL003L8" shows "^slot $slot: full, VTL003L8\$" chio status slot
check "it moves into drive 1" chio move slot "$slot" drive 1
check "drive 1 is full" shows '^drive 1: full' chio status drive
check "slot $slot is empty" shows "^slot $slot: empty\$" chio status slot
check "mtx sees the same" shows "^Data Transfer Element 0:Full \(Storage Element $slot Loaded\):VolumeTag = VTL003L8" library status
check "a full drive takes no other" refused chio move slot "$(slot_of VTL004L8)" drive 1
check "the device that does not rewind keeps its place" bash -c "mt -f $TAPE rewind && dd if=/dev/zero of=$TAPE bs=512 count=1 && mt -f $TAPE status | grep 'File number=1,'"
check "the one that rewinds does not" bash -c "dd if=/dev/zero of=${TAPE/nst/st} bs=512 count=1 && mt -f $TAPE status | grep 'File number=0, block number=0'"
check "it moves back" chio move drive 1 slot "$slot"
check "through a mail slot and back" bash -c "perl $SUITE/chio.pl $(node scsi_changer 0) move slot $slot portal 4 && perl $SUITE/chio.pl $(node scsi_changer 0) move portal 4 slot $slot"
check "INITIALIZE ELEMENT STATUS" chio init
check "slot $slot has VTL003L8 as before" shows "^slot $slot: full, VTL003L8\$" chio status slot
