# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# In the guest: the library as sluice.ko makes its devices, from a Sluice in the guest itself. Initiators are the targets that the machine logs in
# to: each is an I_T nexus of its own. MODULE is sluice.ko, GATEWAY the checkout's kernel-gateway.

readonly SLUICE=$GATEWAY/../sluice STATE=/run/home JOB=/job
# A slow processor is what the emulation is: longer than on a machine, but the same paths.
READY_SECONDS=900
export MODULE GATEWAY SLUICE_MODULE=$MODULE SLUICE_BUILT=yes SLUICE_READY_SECONDS=$READY_SECONDS

# shellcheck source=SCRIPTDIR/answers.sh
. "$SUITE/answers.sh"
# Nobody else is to be asked.
ask() { "answer_$1" "${@:2}"; }

appear() {
	# The next JVM takes longer here than commands usually wait.
	sed 's/^#grace = 30 /grace = 900 /' "$GATEWAY/../appliance/config/sluice.toml" >/run/sluice.toml
	check "the configuration is the default, but for the grace" grep -q '^grace = 900 ' /run/sluice.toml
	mkdir -p $STATE/data
	truncate -s 1M $STATE/data/readme.img
	install -m 0600 /run/sluice.toml $STATE/sluice.toml
	check "up" "$SLUICE" up --detach --home $STATE --gateway module
	check "the library is there" soon 60 first_target
	first_target >/run/target.default
}

disappear() {
	check "down" ask sluice down
	check "the module is unloaded" fails 1 test -d /sys/module/sluice
	check "nothing has leaked" nothing_leaked
	check "the kernel complains of nothing" kernel_silent
}

tell_why() {
	dmesg | tail -n 20
	tail -n 20 $STATE/log/*.log
}

# changers: H:C:T of each changer of sluice.ko's host.
changers() {
	local device target
	for device in /sys/bus/scsi/drivers/ch/*:0; do
		target=${device##*/}
		target=${target%:0}
		[ "$(cat "/sys/class/scsi_host/host${target%%:*}/proc_name" 2>/dev/null)" != sluice ] || echo "$target"
	done
}
first_target() { changers | grep .; }

# target_of INITIATOR: H:C:T of H:C:T:L of its devices.
target_of() {
	case $1 in
	default) changers | grep -x -F -f /run/target.default ;;
	*) changers | grep -v -x -F -f /run/target.default ;;
	esac
}

# A second target with the same devices, for a while.
second_logs_in() {
	local lun=0 device
	{
		cat /run/sluice.toml
		printf '\n[[target]]\nname = "iqn.2026-11.io.sluice:second"\n'
		for device in vtl-changer vtl-drive-1 vtl-drive-2; do
			printf '\n    [[target.lun]]\n    lun = %d\n    device = "%s"\n' $lun $device
			lun=$((lun + 1))
		done
	} >$STATE/sluice.toml
	ask sluice reload
}

second_logs_out() {
	cp /run/sluice.toml $STATE/sluice.toml
	ask sluice reload
}
