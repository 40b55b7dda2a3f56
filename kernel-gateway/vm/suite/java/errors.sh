# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Sourced by guest.sh, and played when all else has been taken down. A module that gives the appliance too little.

small() { [ ! -e /sys/module/sluice ] && insmod "$MODULE" max_pool_mib=64; }

part_errors() {
	check "a module for small pools is loaded" small
	check "up names the limit, and what to do" shows 'max_pool_mib \(64\): choose a smaller pool, or load it with modprobe' \
		refused "$SLUICE" up --detach --home "$STATE" --gateway module
	check "and leaves the module as it found it" same 64 "$(cat /sys/module/sluice/parameters/max_pool_mib)"
	check "with nobody in it" soon 20 rmmod sluice
}
