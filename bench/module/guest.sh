#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# In the guest: both serve a disk each, fio reads 4 KiB at random from one and the other in turn, and what they do for it is counted.
set -uo pipefail
# shellcheck source=SCRIPTDIR/../../kernel-gateway/vm/check.sh
. "$VM/check.sh"
BENCH=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/tcmu.sh
. "$BENCH/tcmu.sh"
# shellcheck source=SCRIPTDIR/counts.sh
. "$BENCH/counts.sh"

readonly SLUICE=$GATEWAY/../sluice STATE=/run/home ROUNDS=${ROUNDS:-9} SECONDS_EACH=${SECONDS_EACH:-3}
export SLUICE_MODULE=$MODULE SLUICE_BUILT=yes SLUICE_READY_SECONDS=300

give_up() {
	dmesg | tail -n 20
	tail -n 20 $STATE/log/*.log /run/tcmu/*.log
	counts_save /job/counts
	exit 1
}

start_sluice() {
	mkdir -p $STATE
	cat >/run/sluice.toml <<-'TEXT'
		[metrics]
		enabled = false

		[[device]]
		name = "null"
		type = "vdisk"
		backend = "null"
		size = "64MiB"

		[[target]]
		name = "iqn.2026-11.io.sluice:bench"

		[[target.lun]]
		lun = 0
		device = "null"
	TEXT
	"$SLUICE" up --detach --home $STATE --gateway module --config /run/sluice.toml
}

# reads DISK DEPTH: 4 KiB reads a second.
reads() {
	fio --name=read --filename="/dev/$1" --ioengine=libaio --direct=1 --rw=randread --bs=4k --iodepth="$2" --size=64M --time_based \
		--runtime="$SECONDS_EACH" --minimal --terse-version=3 | cut -d ';' -f 8
}

# quantile QUARTER FILE: of the numbers in it.
quantile() { sort -n "$2" | awk -v q="$1" '{ v[NR] = $1 } END { print v[int(q / 4 * (NR - 1) + 1.5)] }'; }
figures() { echo "$(quantile 2 "$1") ($(quantile 1 "$1")–$(quantile 3 "$1"))"; }

# measure DEPTH: A B A B, after a run of each that does not count; /run/DEPTH.sluice and .tcmu.
measure() {
	reads "$A" "$1" >/dev/null
	reads "$B" "$1" >/dev/null
	for ((round = 0; round < ROUNDS; round++)); do
		reads "$A" "$1" >>"/run/$1.sluice"
		reads "$B" "$1" >>"/run/$1.tcmu"
	done
	RATIO=$(awk -v a="$(quantile 2 "/run/$1.sluice")" -v b="$(quantile 2 "/run/$1.tcmu")" 'BEGIN { printf "%.2f", a / b }')
}

# row DEPTH: measures, counts, and writes it down.
row() {
	local depth=$1 sluice tcmu
	measure "$depth"
	sluice=$(counted "$JVM" "$A" "$depth") tcmu=$(counted "$RUNNER" "$B" "$depth")
	echo "| $depth | $(figures "/run/$depth.sluice") | $(figures "/run/$depth.tcmu") | **$RATIO** | ${sluice// / | } | ${tcmu// / | } |" >>/job/table.log
	read -r ENTERS _ SWITCHES <<<"$sluice"
}
at_most() { awk -v got="$1" -v most="$2" 'BEGIN { exit !(got != "" && got <= most) }'; }

check "Sluice serves a null disk in Java" start_sluice
check "tcmu-runner one in a file in memory" start_tcmu
check "its disk appears" soon 60 disk_of sluice
check "the other's, too" soon 60 disk_of tcm_loopback
[ $FAILED -eq 0 ] || give_up
A=$(disk_of sluice) B=$(disk_of tcm_loopback)
for disk in "$A" "$B"; do echo none >"/sys/block/$disk/queue/scheduler"; done
JVM=$(cat $STATE/run/appliance.pid)
reads "$A" 4 >/dev/null # so that its code is compiled
reads "$A" 32 >/dev/null
{
	echo "4 KiB random reads with O_DIRECT, fio with libaio, per second: median of $ROUNDS interleaved runs of $SECONDS_EACH s (quartiles)."
	echo "Per command, counted in runs of their own: enters, all system calls and voluntary switches of the JVM; system calls and switches of tcmu-runner."
	echo "Linux $(uname -r) in QEMU without KVM, $(nproc) processors, tcmu-runner $(dpkg-query -W -f '${Version}' tcmu-runner)."
	echo
	echo "| depth | sluice.ko, Java | TCMU, tcmu-runner | ratio | enters | calls | switches | TCMU enters | TCMU calls | TCMU switches |"
	echo "|---|---|---|---|---|---|---|---|---|---|"
} >/job/table.log
row 1
verdict "$(awk -v r="$RATIO" 'BEGIN { print r < 1.5 }')" "at least 1.5 times TCMU at depth 1: $RATIO"
check "at most one enter for a command at depth 1" at_most "$ENTERS" 1.02
check "and one voluntary switch" at_most "$SWITCHES" 1.02
row 32
check "at most 0.2 voluntary switches at depth 32" at_most "$SWITCHES" 0.2
check "tcmu-runner ends" stop_tcmu
check "down" "$SLUICE" down --home $STATE
check "no complaint of the kernel" kernel_silent
cat /job/table.log
counts_save /job/counts
[ $FAILED -eq 0 ]
