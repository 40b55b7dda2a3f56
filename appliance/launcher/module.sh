# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The gateway in the kernel: builds, loads and unloads sluice.ko. In the supervisor's place for a gateway process stands a keeper, a
# shell that loads the module, sleeps, and on SIGTERM has this machine log out while the handlers still serve.
#
#   loaded already      -> used as it is, and left at the end
#   installed (DKMS)    -> modprobe
#   neither             -> built from this checkout for the running kernel, and insmod
#
# SLUICE_MODULE names another file to load. run/module.loaded says that this home's supervisor loaded it and is to unload it.

readonly MODULE_DEVICE=/dev/sluice
readonly UNLOAD_SECONDS=10

module_loaded() { [ -d /sys/module/sluice ]; }
module_installed() { modinfo sluice >/dev/null 2>&1; }
module_file() { echo "${SLUICE_MODULE:-$ROOT/kernel-gateway/build/module/$(uname -r)/sluice.ko}"; }

# wants_module: whether `up` is to build the module before anything starts. The keeper goes by run/gateway.kind.
wants_module() {
	case $OPT_GATEWAY in
	'') grep -Eq '^[[:space:]]*kind[[:space:]]*=[[:space:]]*"module"' "${OPT_CONFIG:-$STATE/sluice.toml}" ;;
	*) [ "$OPT_GATEWAY" = module ] ;;
	esac
}

# module_prepare: ends with the reason when the module is neither there nor can be made, or this user may not use it.
module_prepare() {
	if module_loaded; then
		module_usable
		return
	fi
	[ "$(id -u)" -eq 0 ] || die "the module is not loaded, and only root may load it: sudo modprobe sluice, or run ./sluice up as root, or with --gateway daemon"
	module_installed || module_build
}

# A device of another user's is found here rather than in a log.
module_usable() {
	[ -e $MODULE_DEVICE ] || die "the module is loaded, but $MODULE_DEVICE is not there: is udev or devtmpfs at work?"
	[ -w $MODULE_DEVICE ] ||
		die "open $MODULE_DEVICE: EACCES: add the user to group $(stat -c %G $MODULE_DEVICE), or run with --gateway daemon"
}

module_build() {
	[ -z "${SLUICE_MODULE:-}" ] || {
		[ -r "$SLUICE_MODULE" ] || die "SLUICE_MODULE=$SLUICE_MODULE: not there or not readable"
		return 0
	}
	local headers log release
	release=$(uname -r)
	headers=/lib/modules/$release/build
	[ -d "$headers/" ] || headers=/usr/src/linux-headers-$release
	[ -d "$headers" ] || install_packages "linux-headers-$release"
	[ -d "$headers" ] || die "building sluice.ko needs the headers of Linux $release in $headers: install them, or run with --gateway daemon"
	install_packages gcc make
	log=$(mktemp)
	say "building sluice.ko for Linux $release"
	if ! make -C "$ROOT/kernel-gateway/module" KDIR="$headers" STAGE="$(dirname "$(module_file)")" >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		die "building sluice.ko failed (its last lines are above)"
	fi
	rm -f "$log"
}

# keep_module --home DIR PARAMETER...: the keeper; the supervisor starts it.
keep_module() {
	local file
	[ "$1" = --home ] || die "keep-module is the supervisor's"
	home_prepare "$2"
	shift 2
	LEAVING=''
	trap 'LEAVING=yes' TERM INT HUP
	if ! module_loaded; then
		module_prepare
		file=$(module_file)
		if [ -z "${SLUICE_MODULE:-}" ] && module_installed; then
			modprobe sluice "$@" || die "modprobe sluice $* failed: dmesg says why"
		else
			# What insmod does not do: what ours stands on.
			modprobe scsi_mod
			insmod "$file" "$@" || die "insmod $file $* failed: dmesg says why"
		fi
		touch "$RUN/module.loaded"
	fi
	module_usable
	# One at a time: `down` has this machine log out of every target.
	exec 7<>$MODULE_DEVICE || die "open $MODULE_DEVICE failed: dmesg may say why"
	flock -n 7 || die "another Sluice of this machine serves at the module: stop that one first, or run with --gateway daemon"
	ln -sfn $MODULE_DEVICE "$RUN/gateway.sock"
	modprobe -a -q sd_mod sg st ch
	while [ -z "$LEAVING" ]; do
		sleep infinity 7>&- &
		wait $!
		kill $! 2>/dev/null
	done
	"$SLUICE_RIG" --socket $MODULE_DEVICE shutdown || say "this machine did not log out of its devices"
	rm -f "$RUN/gateway.sock"
}

# module_unload: when this home's supervisor loaded it. All handlers have ended; their memory goes within moments.
module_unload() {
	[ -e "$RUN/module.loaded" ] || return 0
	local until=$((SECONDS + UNLOAD_SECONDS)) why
	while module_loaded && ! why=$(rmmod sluice 2>&1); do
		if [ $SECONDS -ge $until ]; then
			say "the module stays loaded: $why"
			break
		fi
		sleep 0.1
	done
	rm -f "$RUN/module.loaded"
}

# module_users: what on this machine uses disks of the module: mounts, swap, LVM and RAID, one a line.
module_users() {
	local host block name
	for host in /sys/class/scsi_host/host*; do
		[ "$(cat "$host/proc_name" 2>/dev/null)" = sluice ] || continue
		for block in "$host"/device/target*/*:*/block/*; do
			[ -d "$block" ] || continue
			name=${block##*/}
			sed -n "s|^\(/dev/${name}[0-9]*\) \([^ ]*\) .*|\1 is mounted at \2|p" /proc/mounts
			sed -n "s|^\(/dev/${name}[0-9]*\) .*|\1 is swapped to|p" /proc/swaps
			find "$block/holders" "$block/$name"*/holders -mindepth 1 -printf "/dev/$name is held by %f\n" 2>/dev/null
		done
	done
}
