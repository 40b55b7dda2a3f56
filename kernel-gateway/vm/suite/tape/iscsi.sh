# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# In the guest: the library over iSCSI, from a Sluice on the host at PORT. Initiators are open-iscsi's interfaces.

readonly TARGET=iqn.2026-11.io.sluice:vtl
readonly PORTAL=10.0.2.2:$PORT
# shellcheck disable=SC2034 # for deaths.sh: seconds until a JVM that died has a successor
READY_SECONDS=30

start_initiator() {
	local module
	for module in iscsi_tcp crc32c_intel; do modprobe "$module" || return 1; done
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

appear() {
	check "the initiator starts" start_initiator
	check "discovery finds the library" shows " $TARGET\$" iscsiadm -m discovery -t sendtargets -p "$PORTAL"
	# What discovery has recorded is the portal's own address, which is another machine's here.
	rm -rf /etc/iscsi/nodes
	check "the portal as it is seen from here" iscsiadm -m node -o new -T "$TARGET" -p "$PORTAL"
	check "login" iscsiadm -m node -T "$TARGET" -p "$PORTAL" --login
}

disappear() { check "logout" iscsiadm -m node -T "$TARGET" -p "$PORTAL" --logout; }

# The host keeps the logs.
tell_why() { :; }

# target_of INITIATOR: H:C:T of H:C:T:L of its session's devices.
target_of() {
	local session
	for session in /sys/class/iscsi_session/session*; do
		[ "$(cat "$session/ifacename" 2>/dev/null)" = "$1" ] || continue
		readlink -f "$session/device" | sed -n 's|.*/host\([0-9]*\)/.*|\1:0:0|p'
		return
	done
	return 1
}

second() { iscsiadm -m node -T "$TARGET" -p "$PORTAL" -I second "$@"; }

make_second() {
	iscsiadm -m iface -I second -o new &&
		iscsiadm -m iface -I second -o update -n iface.initiatorname -v iqn.2026-11.io.sluice:second && second -o new
}
second_logs_in() { { [ -e /etc/iscsi/ifaces/second ] || make_second; } && second --login; }
second_logs_out() { second --logout; }
