#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: the default configuration at the module, and what happens to it. PARTS names the parts to play, all without it.
set -uo pipefail
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"
# shellcheck source=SCRIPTDIR/../module/cost.sh
. "$VM/suite/module/cost.sh"
# shellcheck source=SCRIPTDIR/../module/hang.sh
. "$VM/suite/module/hang.sh"
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck disable=SC1090
for part in devices names files verify unmap death lio errors; do . "$SUITE/$part.sh"; done

readonly SLUICE=$GATEWAY/../sluice STATE=/run/home
# A slow processor is what the emulation is: longer than on a machine, but the same paths.
export SLUICE_MODULE=$MODULE SLUICE_BUILT=yes SLUICE_READY_SECONDS=300

sluice() {
	local command=$1
	shift
	"$SLUICE" "$command" --home $STATE "$@"
}

rig() { "$GATEWAY/build/release/sluice-rig" --socket /dev/sluice "$@"; }
refused() { ! "$@"; }
handler() { cat $STATE/run/appliance.pid; }

give_up() {
	dmesg | tail -n 20
	tail -n 20 $STATE/log/*.log
	counts_save /job/counts
	exit 1
}

# load FILE: writes it again and again until the file "enough" is there; ends with a failure at the first error.
load() {
	local n=0
	until [ -e /run/enough ]; do
		dd if=/run/image of="$1" bs=64k conv=fsync,notrunc status=none || return 1
		n=$((n + 1))
		echo $n >/run/loads
	done
}
more_loads() { [ "$(cat /run/loads)" -gt "$1" ]; }
goes_on() { soon 60 more_loads "$(cat /run/loads)"; }

start_load() {
	rm -f /run/enough
	echo 0 >/run/loads
	load "$1" &
	LOAD=$!
	soon 60 more_loads 0
}

# end_load: its status.
end_load() {
	touch /run/enough
	wait "$LOAD"
}

bring_up() {
	check "the module is missing, and that is said" shows 'open /dev/sluice: .*load sluice' refused rig sessions
	check "ext4 and XFS load" modprobe -a ext4 xfs
	# The next JVM takes longer here than commands usually wait.
	sed 's/^#grace = 30 /grace = 300 /' "$GATEWAY/../appliance/config/sluice.toml" >/run/sluice.toml
	check "the configuration is the default, but for the grace" grep -q '^grace = 300 ' /run/sluice.toml
	mkdir -p $STATE/data /run/mnt
	truncate -s 1M $STATE/data/readme.img
	install -m 0600 /run/sluice.toml $STATE/sluice.toml
	check "up" "$SLUICE" up --detach --home $STATE --gateway module
	[ $FAILED -eq 0 ] || give_up
	check "the disk appears" soon 60 disk 0
	check "the others, too" soon 60 disk 3
	[ $FAILED -eq 0 ] || give_up
	# shellcheck disable=SC2034 # for the parts
	D=/dev/$(disk 0) RAM=$(disk 2)
	dd if=/dev/urandom of=/run/image bs=1M count=4 status=none
}

take_down() {
	check "down" sluice down
	check "the disks are gone" fails 1 disk 0
	check "the module is unloaded" fails 1 test -d /sys/module/sluice
	check "nothing has leaked" nothing_leaked
	check "no complaint of the kernel" kernel_silent
}

readonly PARTS=${PARTS:-devices names files fio unmap hang death lio errors}
bring_up
for part in $PARTS; do
	[ "$part" = errors ] || "part_$part"
	counts_save /job/counts
done
take_down
[[ " $PARTS " != *" errors "* ]] || part_errors
counts_save /job/counts
[ $FAILED -eq 0 ] || tail -n 30 $STATE/log/*.log
[ $FAILED -eq 0 ]
