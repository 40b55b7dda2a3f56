# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# In the guest: the kernel's iSCSI target, made by plain configfs, and libiscsi's conformance tests against what it exports.

readonly EXPORT_NAME=iqn.2026-11.io.sluice:kernel EXPORT_PORTAL=127.0.0.1:3260
readonly EXPORT=/sys/kernel/config/target/iscsi/$EXPORT_NAME

# iscsi_export BACKEND: a folder below target/core, as LUN 0, to everybody.
iscsi_export() {
	local group=$EXPORT/tpgt_1
	mkdir -p "$group/np/$EXPORT_PORTAL" "$group/lun/lun_0" &&
		ln -s "/sys/kernel/config/target/core/$1" "$group/lun/lun_0/port" &&
		echo 0 >"$group/attrib/authentication" &&
		echo 1 >"$group/attrib/generate_node_acls" &&
		echo 1 >"$group/attrib/cache_dynamic_acls" &&
		echo 0 >"$group/attrib/demo_mode_write_protect" &&
		echo 1 >"$group/enable"
}

iscsi_unexport() {
	local group=$EXPORT/tpgt_1
	echo 0 >"$group/enable"
	rm "$group/lun/lun_0/port" && rmdir "$group/lun/lun_0" "$group/np/$EXPORT_PORTAL" "$group" "$EXPORT"
}

# conformance LIST: all tests on LUN 0; their output becomes /job/conformance.log. Succeeds when those that failed are in LIST, whose
# lines begin with SUITE.TEST. The status of iscsi-test-cu says nothing, and it counts skipped tests as passed.
conformance() {
	iscsi-test-cu -d -n -t ALL "iscsi://$EXPORT_PORTAL/$EXPORT_NAME/0" >/job/conformance.log 2>&1
	grep -E '^ +tests +[0-9]+ +[1-9]' /job/conformance.log || {
		echo "no summary of the tests"
		tail -n 20 /job/conformance.log
		return 1
	}
	sed -n 's/^Suite \([^,]*\), Test \(.*\) had failures:$/\1.\2/p' /job/conformance.log | sort -u >/run/tests.failed
	grep -o '^[^ #]*' "$1" | sort -u >/run/tests.listed
	comm -23 /run/tests.failed /run/tests.listed >/run/tests.ours
	fails 1 grep . /run/tests.ours
}

# conformance_skips LIST: what was skipped, and why, is a line of LIST.
conformance_skips() {
	grep -o '\[SKIPPED\].*' /job/conformance.log | sed 's/^\[SKIPPED\] *//; s/ *$//' | sort | uniq -c >/run/skips
	cat /run/skips
	sed 's/^ *[0-9]* //' /run/skips | grep -vxF -f "$1" >/run/skips.unlisted
	fails 1 grep . /run/skips.unlisted
}
