#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: the library's devices appear, and the parts of this suite are played. TRANSPORT says how they appear; VM, PARTS, MOVES, SEED and what
# that needs come from host.sh.
set -uo pipefail
SUITE=$VM/suite/tape
# What a part runs in a process of its own finds them, too.
export VM SUITE TRANSPORT
# shellcheck source=SCRIPTDIR/library.sh
. "$SUITE/library.sh"

ALL=(identity positions archives volumes initiators changer deaths moves)
read -ra PARTS <<<"${PARTS:-${ALL[*]}}"

devices_there() { changer && drive 1 && drive 2 && tape 1 && tape 2; }

for module in sg st ch ext4 loop; do check "$module loads" modprobe "$module"; done
appear
check "a changer and two drives appear" soon 60 devices_there
[ $FAILED -eq 0 ] || {
	tell_why
	counts_save /job/counts
	exit 1
}
dmesg --clear
drain default
for part in "${PARTS[@]}"; do
	echo "--- $part"
	# shellcheck disable=SC1090
	. "$SUITE/$part.sh"
	counts_save /job/counts
done
check "the kernel complains of nothing" kernel_silent
disappear
check "its devices are gone" fails 1 changer
counts_save /job/counts
