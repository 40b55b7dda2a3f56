#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: logs in to the library on the host, and runs the parts of this suite. PORT, VM, PARTS, MOVES and SEED come from host.sh.
set -uo pipefail
SUITE=$VM/suite/tape
readonly TARGET=iqn.2026-11.io.sluice:vtl
readonly PORTAL=10.0.2.2:$PORT
# shellcheck source=SCRIPTDIR/../../check.sh
. "$VM/check.sh"
# shellcheck source=SCRIPTDIR/library.sh
. "$SUITE/library.sh"

ALL=(identity positions archives volumes initiators changer deaths moves)
read -ra PARTS <<<"${PARTS:-${ALL[*]}}"

start_initiator() {
	local module
	for module in sg st ch iscsi_tcp crc32c_intel ext4 loop; do modprobe "$module" || return 1; done
	cat >/etc/iscsi/iscsid.conf <<-TEXT
		node.startup = manual
		node.session.scan = auto
		node.session.timeo.replacement_timeout = 120
		node.conn[0].timeo.login_timeout = 30
		node.conn[0].timeo.logout_timeout = 30
		node.conn[0].timeo.noop_out_interval = 5
		node.conn[0].timeo.noop_out_timeout = 30
	TEXT
	rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets /etc/iscsi/ifaces
	echo "InitiatorName=iqn.2026-11.io.sluice:guest" >/etc/iscsi/initiatorname.iscsi
	iscsid && soon 10 fails 21 iscsiadm -m session # no active sessions
}

devices_there() { changer && drive 1 && drive 2 && tape 1 && tape 2; }

check "the initiator starts" start_initiator
check "discovery finds the library" shows " $TARGET\$" iscsiadm -m discovery -t sendtargets -p "$PORTAL"
# What discovery has recorded is the portal's own address, which is another machine's here.
rm -rf /etc/iscsi/nodes
check "the portal as it is seen from here" iscsiadm -m node -o new -T "$TARGET" -p "$PORTAL"
check "login" iscsiadm -m node -T "$TARGET" -p "$PORTAL" --login
check "a changer and two drives appear" soon 60 devices_there
[ $FAILED -eq 0 ] || {
	counts_save /job/counts
	exit 1
}
dmesg --clear
drain default
for part in "${PARTS[@]}"; do
	echo "--- $part"
	# shellcheck disable=SC1090
	. "$SUITE/$part.sh"
done
check "the kernel complains of nothing" kernel_silent
check "logout" iscsiadm -m node -T "$TARGET" -p "$PORTAL" --logout
check "its devices are gone" fails 1 changer
counts_save /job/counts
