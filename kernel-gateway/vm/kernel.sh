# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# The guest's kernel, what modules for it are built against, and the guest's busybox: Debian's own packages, downloaded and unpacked
# into the cache, never installed, so that the host's boot stays as it is. For boot.sh and for the suites' host.sh, with VM set.
#
# SLUICE_VM_KERNEL says which kernel:
#   stock       Debian 12's (6.1); the default
#   6.12        Debian 13's, as Debian 12 has it too
#   debug       6.1 with sanitizers, built here once (debug_kernel.sh)
#   a folder    with a `vmlinuz`, a lib/modules/RELEASE tree, and `build` for modules
# SLUICE_VM_CACHE: where they are kept (~/.cache/sluice/vm).

VM_CACHE=${SLUICE_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sluice/vm}

vm_say() { printf 'vm: %s\n' "$*" >&2; }
vm_die() {
	vm_say "$*"
	exit 125
}

# shellcheck source=SCRIPTDIR/debug_kernel.sh
. "$VM/debug_kernel.sh"

# vm_kernel: sets KERNEL_RELEASE, KERNEL_IMAGE and KERNEL_TREE (holds lib/modules/KERNEL_RELEASE), and KERNEL_SLOWNESS, by which
# what a suite needs of time and memory is more than with a stock kernel.
vm_kernel() {
	KERNEL_SLOWNESS=1
	case ${SLUICE_VM_KERNEL:-stock} in
	stock) vm_debian_kernel linux-image-amd64 ;;
	6.12) vm_debian_kernel linux-image-6.12-amd64 ;;
	debug)
		# shellcheck disable=SC2034 # for boot.sh
		KERNEL_SLOWNESS=4
		vm_debug_kernel
		;;
	*/*) KERNEL_TREE=$SLUICE_VM_KERNEL ;;
	*) vm_die "unknown kernel '$SLUICE_VM_KERNEL': choose stock, 6.12, debug, or name a folder by a path with a slash" ;;
	esac
	# shellcheck disable=SC2034 # for boot.sh
	KERNEL_IMAGE=$(vm_only "$KERNEL_TREE"/vmlinuz) || exit
	KERNEL_RELEASE=$(basename "$(vm_only "$KERNEL_TREE"/lib/modules/*)") || exit
	[ -s "$KERNEL_TREE/lib/modules/$KERNEL_RELEASE/modules.dep" ] || depmod -b "$KERNEL_TREE" "$KERNEL_RELEASE" ||
		vm_die "depmod failed in $KERNEL_TREE/lib/modules/$KERNEL_RELEASE: remove the folder $KERNEL_TREE and try again"
}

# vm_build_module STAGE [MAKE-ARGUMENT...]: builds sluice.ko for the kernel of vm_kernel in STAGE.
vm_build_module() {
	local stage=$1
	shift
	vm_headers
	make -C "$VM/../module" -j "$(nproc)" KDIR="$KERNEL_TREE/build" STAGE="$stage" "$@"
}

# vm_headers: KERNEL_TREE/build is there.
vm_headers() {
	[ -e "$KERNEL_TREE/build" ] && return
	local headers=linux-headers-$KERNEL_RELEASE packages
	mapfile -t packages < <(apt-cache depends "$headers" 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-headers-.*-common\|linux-kbuild-.*\)$/\1/p')
	[ ${#packages[@]} -eq 2 ] ||
		vm_die "Debian's package lists name no $headers (any more): remove $KERNEL_TREE, run apt-get update, then try again"
	# vmlinux is there for types in BTF, which would ask for one more tool.
	vm_unpack "$(basename "$KERNEL_TREE")/headers" "$headers" "${packages[@]}" -- --exclude='./usr/share' --exclude='*/vmlinux'
	# Of all paths in there this alone is absolute.
	sed -i "s|^include /usr/src|include $KERNEL_TREE/headers/usr/src|" "$KERNEL_TREE/headers/usr/src/$headers/Makefile"
	ln -s "headers/usr/src/$headers" "$KERNEL_TREE/build"
}

# vm_only PATH...: prints the path when the pattern matched exactly one that exists.
vm_only() {
	[ $# -eq 1 ] && [ -e "$1" ] && echo "$1" && return
	vm_die "expected one file, found: $* (a kernel folder holds vmlinuz and one lib/modules/RELEASE)"
}

# vm_debian_kernel METAPACKAGE. The release that it asks for names the folder, so that a new kernel is taken as soon as Debian has it.
# Graphics, sound, radio and television stay packed: they are most of the bytes.
vm_debian_kernel() {
	local package series=${1#linux-image-}
	package=$(apt-cache depends "$1" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-.*-amd64\)$/\1/p' | head -n 1)
	if [ -z "$package" ]; then
		# No package lists, but perhaps a kernel of an earlier run.
		[ "$series" != amd64 ] || series=6.1.
		KERNEL_TREE=$(find "$VM_CACHE" -maxdepth 1 -name "linux-image-${series%-amd64}*-amd64" 2>/dev/null | sort -V | tail -n 1)
		[ -n "$KERNEL_TREE" ] || vm_die "Debian's package lists name no $1: run apt-get update, then try again"
		return
	fi
	KERNEL_TREE=$VM_CACHE/$package
	[ -d "$KERNEL_TREE" ] && return
	vm_unpack "$package" "$package" -- --exclude='*/drivers/gpu' --exclude='*/drivers/media' --exclude='*/drivers/net/wireless' \
		--exclude='*/drivers/infiniband' --exclude='*/kernel/sound' --exclude='./usr/share' \
		--exclude='./lib/modules/*/build' --exclude='./lib/modules/*/source' \
		--transform='s,^\./boot/vmlinuz-.*,./vmlinuz,'
}

vm_busybox() {
	BUSYBOX=$VM_CACHE/busybox-static/bin/busybox
	[ -x "$BUSYBOX" ] || vm_unpack busybox-static busybox-static -- --exclude='./usr/share'
	[ -x "$BUSYBOX" ] || BUSYBOX=$VM_CACHE/busybox-static/usr/bin/busybox
	[ -x "$BUSYBOX" ] || vm_die "the package busybox-static holds no busybox: look into $VM_CACHE/busybox-static"
}

# vm_unpack FOLDER PACKAGE... -- [TAR-OPTION...]: downloads Debian's packages and unpacks them as VM_CACHE/FOLDER, whole or not at all.
vm_unpack() {
	local folder=$1 packages=() work
	shift
	while [ "$1" != -- ]; do
		packages+=("$1")
		shift
	done
	shift
	mkdir -p "$VM_CACHE"
	work=$(mktemp -d "$VM_CACHE/unpack.XXXXXX") ||
		vm_die "cannot write to $VM_CACHE: name another folder in SLUICE_VM_CACHE"
	vm_say "fetching Debian's ${packages[*]}"
	if ! (cd "$work" && apt-get download -q "${packages[@]}" && mkdir tree && for package in ./*.deb; do
		dpkg-deb --fsys-tarfile "$package" | tar -x -C tree --no-same-owner "$@" || exit
	done) >"$work/log" 2>&1; then
		tail -n 5 "$work/log" >&2
		rm -rf "$work"
		vm_die "downloading or unpacking ${packages[*]} failed (see above): apt-get update may help"
	fi
	rm -rf "${VM_CACHE:?}/$folder"
	mv "$work/tree" "$VM_CACHE/$folder"
	rm -rf "$work"
}
