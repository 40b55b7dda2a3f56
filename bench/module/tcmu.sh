# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by guest.sh. tcmu-runner behind tcm_loop, set up by plain configfs. Debian builds no handler for plain files; the one for QCOW
# takes a file that is none as it is, and is the simplest disk there.

readonly TCMU=/sys/kernel/config/target/core/user_0/peer TCMU_LOOP=/sys/kernel/config/target/loopback/naa.6001405000000009

start_tcmu() {
	modprobe -a target_core_user tcm_loop || return 1
	mount -t configfs configfs /sys/kernel/config 2>/dev/null
	mkdir -p /run/dbus /run/tcmu
	dbus-daemon --system --fork || return 1
	# No hole: it would read zeros.
	dd if=/dev/urandom of=/run/peer.img bs=1M count=64 status=none
	tcmu-runner --tcmu-log-dir /run/tcmu >/run/tcmu/output.log 2>&1 &
	RUNNER=$!
	sleep 5
	kill -0 "$RUNNER" || return 1
	mkdir -p $TCMU && echo "dev_config=qcow//run/peer.img,dev_size=$((64 << 20))" >$TCMU/control && echo 1 >$TCMU/enable || return 1
	mkdir -p $TCMU_LOOP/tpgt_1 && echo naa.6001405100000009 >$TCMU_LOOP/tpgt_1/nexus && mkdir $TCMU_LOOP/tpgt_1/lun/lun_0 &&
		ln -s $TCMU $TCMU_LOOP/tpgt_1/lun/lun_0/port
}

stop_tcmu() {
	rm $TCMU_LOOP/tpgt_1/lun/lun_0/port && rmdir $TCMU_LOOP/tpgt_1/lun/lun_0 && echo NULL >$TCMU_LOOP/tpgt_1/nexus &&
		rmdir $TCMU_LOOP/tpgt_1 $TCMU_LOOP $TCMU ${TCMU%/*} || return 1
	kill "$RUNNER"
	wait "$RUNNER" 2>/dev/null
}
