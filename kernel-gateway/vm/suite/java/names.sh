# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Sourced by guest.sh. The udev rules: who may serve devices, and names by serial number that stay whatever the kernel calls a device.

readonly RULES=/run/udev/rules.d

nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
member() { setpriv --reuid=65534 --regid=65534 --groups=sluice "$@"; }

install_rules() {
	groupadd --force --system sluice && mkdir -p $RULES && cp "$GATEWAY/module/packaging/60-sluice.rules" $RULES/
}

# all_looked_at: by udev, also what was there before it.
all_looked_at() {
	udevadm trigger --action=add --subsystem-match=block --subsystem-match=scsi_tape --subsystem-match=scsi_generic \
		--subsystem-match=misc && udevadm settle --timeout=300
}

serial() { sg_vpd --page=sn "$1" | sed -n 's/^ *Unit serial number: *//p'; }

# named LINK DEVICE: the link leads there.
named() { same "$2" "$(readlink -f "$1")"; }

# unnamed LINK
unnamed() { [ ! -e "$1" ] && [ ! -L "$1" ]; }

sg_of() { echo "/dev/$(basename "$(echo "/sys/class/$1/$2/device/scsi_generic"/*)")"; }

part_names() {
	local disk tape changer ram
	check "the rules are installed" install_rules
	check "udev starts" /lib/systemd/systemd-udevd --daemon
	check "and looks at every device" all_looked_at
	check "/dev/sluice is its group's" same 'root:sluice 660' "$(stat -c '%U:%G %a' /dev/sluice)"
	check "who is not in it may not open it, and is told" shows "open /dev/sluice: .*device's group" refused nobody \
		"$GATEWAY/build/release/sluice-rig" --socket /dev/sluice sessions
	install -d -o 65534 -g 65534 /run/nobody
	check "up says so, too" shows 'open /dev/sluice: EACCES: add the user to group sluice' refused nobody \
		"$SLUICE" up --home /run/nobody --gateway module
	check "who is may" shows appliance member "$GATEWAY/build/release/sluice-rig" --socket /dev/sluice sessions
	check "but not where another Sluice serves" shows 'another Sluice' refused member \
		"$SLUICE" up --detach --home /run/nobody --gateway module
	check "which goes on serving" sg_turs "$D"

	disk=/dev/disk/by-id/sluice-$(serial "$D") tape=$(serial "$(sg_of scsi_tape st0)") changer=/dev/$(basename /sys/class/scsi_changer/*)
	ram=/dev/disk/by-id/sluice-$(serial "/dev/$RAM")
	check "a disk is named by its serial number" named "$disk" "$D"
	check "a tape drive" named "/dev/tape/by-id/sluice-$tape" /dev/st0
	check "the one that does not rewind" named "/dev/tape/by-id/sluice-$tape-nst" /dev/nst0
	changer=$(sg_of scsi_changer "${changer#/dev/}")
	check "a changer" named "/dev/tape/by-id/sluice-$(serial "$changer")-changer" "$changer"
	check "a disk" named "$ram" "/dev/$RAM"
	configuration_without 2
	check "that is unmapped" shows 'LUN 2 unmapped' sluice reload
	check "loses its name" soon 60 unnamed "$ram"
	configuration_without 1
	check "and is mapped in another's place" shows 'LUN 1 unmapped' sluice reload
	check "comes back" soon 60 disk 2
	RAM=$(disk 2)
	check "under the same name, as $RAM" soon 60 named "$ram" "/dev/$RAM"
	cp /run/sluice.toml "$STATE/sluice.toml"
	check "all are mapped again" shows 'LUN 1 is' sluice reload
	check "and appear" soon 60 disk 1
	udevadm settle --timeout=100
	udevadm control --exit
}
