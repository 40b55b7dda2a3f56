# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# The JVM dies, or another one takes over, in the middle of a tar, which finishes: nothing is lost and nothing is there twice.

# What tar runs at its checkpoints; tar does not wait for what it does to the handler, but for what was done at the point before.
cat >/run/at-checkpoint <<-SCRIPT
	#!/bin/bash
	. $SUITE/library.sh
	read -ra points </run/points
	[[ " \${points[*]} " == *" \$TAR_CHECKPOINT "* ]] || exit 0
	exec 9>/run/deed-under-way
	flock 9
	{
		echo "\$TAR_CHECKPOINT \$(ask handler)"
		ask \$(cat /run/deed)
	} >>/run/deeds 2>&1 &
SCRIPT
chmod +x /run/at-checkpoint

# during DEED POINT... -- TAR-ARGUMENT...: DEED is a question to the host, asked when tar has come to each of these records.
during() {
	local points=()
	echo "$1" >/run/deed
	shift
	while [ "$1" != -- ]; do
		points+=("$1")
		shift
	done
	shift
	echo "${points[*]}" >/run/points
	: >/run/deeds
	tar -b 128 --checkpoint=20 --checkpoint-action=exec=/run/at-checkpoint "$@"
}

# deeds N: so many happened, each to another process.
deeds() {
	flock /run/deed-under-way true
	soon "$READY_SECONDS" ask ready
	same "$1" "$(grep -E '^[0-9]+ [0-9]+$' /run/deeds | cut -d ' ' -f 2 | sort -u | wc -l)" || {
		cat /run/deeds
		return 1
	}
}

written_and_read() {
	rm -rf /run/back
	mkdir /run/back
	check "  what is on the tape is equal" bash -c "mt -f $TAPE asf $1 && tar -C /run/back -b 128 -xf $TAPE"
	check "  in every file" as_before /run/back /run/tree
	check "  and nothing is behind it" same 0 "$(dd if="$TAPE" bs=65536 2>/dev/null | wc -c)"
}

TAPE=$(tape 1)
export TAPE
tree /run/tree 48
check "a new cartridge" blank DEATH1L8
check "goes into drive 1" in_drive DEATH1L8
check "the JVM is killed three times while tar writes" during kill 100 300 500 -- -C /run/tree -cf "$TAPE" .
check "  three processes died" deeds 3
written_and_read 0
check "the tape is behind file 0" shows 'File number=1,' mt status
rm -rf /run/back
mkdir /run/back
check "rewind" mt rewind
check "the JVM is killed while tar reads" during kill 200 -- -C /run/back -xf "$TAPE"
check "  one process died" deeds 1
check "  and all is equal" as_before /run/back /run/tree
check "rewind" mt asf 1
check "another JVM takes over twice while tar writes" during "sluice restart handlers" 100 400 -- -C /run/tree -cf "$TAPE" .
check "  two processes ended" deeds 2
written_and_read 1
rm -rf /run/back
mkdir /run/back
check "rewind" mt asf 1
check "another JVM takes over while tar reads" during "sluice restart handlers" 200 -- -C /run/back -xf "$TAPE"
check "  one process ended" deeds 1
check "  and all is equal" as_before /run/back /run/tree
check "the kernel heard of no error" fails 1 grep -Ei 'st[0-9]: .*(error|sense)|conn error|timed out' <(dmesg)
take_out 1
check "the cartridge passes the operator's check" ask sluice tape check DEATH1L8
