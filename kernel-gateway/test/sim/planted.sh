#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Plants the defects of planted/ in a copy of the gateway, one at a time, and shows that the simulation notices.
#
#   planted.sh [NAME...]     all of them, or those; COMMANDS and WORLDS as for the simulation itself
#
# Prints a row of a table for each: what was planted, which check noticed, after how many commands.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
gateway=$(cd "$here/../.." && pwd)
commands=${COMMANDS:-50000}
worlds=${WORLDS:-200}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
undetected=0

cp -a "$gateway"/{Makefile,core,daemon,include,rig} "$copy"
mkdir -p "$copy/test" "$copy/build"
cp -a "$gateway/test/sim" "$copy/test/"
# What is built already need not be built again.
[ ! -d "$gateway/build/release" ] || cp -a "$gateway/build/release" "$copy/build/"

build() {
	make -s -j"$(nproc)" -C "$copy" build/release/test/sim/simulation_test >"$copy/log" 2>&1
}

# The line that names the check, without its path and with the numbers of this run left out.
check_of() {
	grep -am1 'test/sim/.*\.c:[0-9]*: ' "$copy/log" | sed -E 's/^.*test\/sim\/([a-z_]+\.c):[0-9]+: [^:]*: /\1: /; s/^.*test\/sim\///' | cut -c1-110
}

# How many commands all worlds had played by then: world n has the seed n * 7919, those of the replay test smaller ones.
commands_of() {
	local line
	line=$(grep -am1 'replay with SEED=' "$copy/log") || return
	[[ $line =~ after\ ([0-9]+)\ commands.*SEED=([0-9]+) ]] || return
	local world=$((BASH_REMATCH[2] / 7919))
	echo $((BASH_REMATCH[1] + (world > 0 ? world - 1 : 0) * commands))
}

# In a shell of its own, which says that it was aborted.
play() (
	COMMANDS=$commands FIRST=1 WORLDS=$worlds timeout 120 "$copy/build/release/test/sim/simulation_test" >"$copy/log" 2>&1
	exit $?
)

# A row's last two columns; 1: nobody noticed.
outcome() {
	build || { echo '| does not build | |' && cat "$copy/log" >&2 && return 1; }
	if play 2>/dev/null; then
		echo '| **not noticed** | |'
		return 1
	fi
	echo "| $(check_of) | $(commands_of) |"
}

try() {
	local patch=$here/planted/$1.patch result=0
	echo -n "| $1 | $(sed -n 2p "$patch") "
	patch -s -d "$copy" -p1 --no-backup-if-mismatch <"$patch" || { echo '| the patch does not fit any more | |' && return 1; }
	outcome || result=1
	patch -s -R -d "$copy" -p1 --no-backup-if-mismatch <"$patch"
	return $result
}

if [ $# -eq 0 ]; then
	for patch in "$here"/planted/*.patch; do
		set -- "$@" "$(basename "$patch" .patch)"
	done
fi
echo '| defect | what is wrong | noticed by | commands |'
echo '|---|---|---|---|'
for name in "$@"; do
	try "$name" || undetected=$((undetected + 1))
done
[ $undetected -eq 0 ]
