# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# The guest's kernel and its busybox: Debian's own packages, downloaded and unpacked into the cache, never installed, so that the
# host's boot stays as it is.

# vm_kernel: sets KERNEL_RELEASE, KERNEL_IMAGE, KERNEL_TREE (holds lib/modules/KERNEL_RELEASE) and BUSYBOX.
# SLUICE_VM_KERNEL names another kernel: a folder with a `vmlinuz` and a lib/modules/RELEASE tree, such as a sanitizer kernel.
vm_kernel() {
	vm_busybox
	if [ -n "${SLUICE_VM_KERNEL:-}" ]; then
		KERNEL_TREE=$SLUICE_VM_KERNEL
	else
		vm_debian_kernel
	fi
	# shellcheck disable=SC2034 # for boot.sh
	KERNEL_IMAGE=$(vm_only "$KERNEL_TREE"/vmlinuz) || return 1
	KERNEL_RELEASE=$(basename "$(vm_only "$KERNEL_TREE"/lib/modules/*)") || return 1
	[ -s "$KERNEL_TREE/lib/modules/$KERNEL_RELEASE/modules.dep" ] || depmod -b "$KERNEL_TREE" "$KERNEL_RELEASE" ||
		vm_die "depmod failed in $KERNEL_TREE/lib/modules/$KERNEL_RELEASE: remove the folder $KERNEL_TREE and try again"
}

# vm_only PATH...: prints the path when the pattern matched exactly one that exists.
vm_only() {
	[ $# -eq 1 ] && [ -e "$1" ] && echo "$1" && return
	vm_die "expected one file, found: $* (a kernel folder holds vmlinuz and one lib/modules/RELEASE)"
}

# The release that the metapackage asks for names the folder, so that a new kernel is taken as soon as Debian has it. Graphics, sound,
# radio and television stay packed: they are most of the bytes.
vm_debian_kernel() {
	local package
	package=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-.*-amd64\)$/\1/p' | head -n 1)
	if [ -z "$package" ]; then
		# No package lists, but perhaps a kernel of an earlier run.
		KERNEL_TREE=$(find "$VM_CACHE" -maxdepth 1 -name 'linux-image-*-amd64' 2>/dev/null | sort -V | tail -n 1)
		[ -n "$KERNEL_TREE" ] || vm_die "Debian's package lists name no linux-image-amd64: run apt-get update, then try again"
		return
	fi
	KERNEL_TREE=$VM_CACHE/$package
	[ -d "$KERNEL_TREE" ] && return
	vm_unpack "$package" --exclude='*/drivers/gpu' --exclude='*/drivers/media' --exclude='*/drivers/net/wireless' \
		--exclude='*/drivers/infiniband' --exclude='*/kernel/sound' --exclude='./usr/share'
	mv "$KERNEL_TREE"/boot/vmlinuz-* "$KERNEL_TREE/vmlinuz"
}

vm_busybox() {
	BUSYBOX=$VM_CACHE/busybox-static/bin/busybox
	[ -x "$BUSYBOX" ] || vm_unpack busybox-static --exclude='./usr/share'
	[ -x "$BUSYBOX" ] || BUSYBOX=$VM_CACHE/busybox-static/usr/bin/busybox
	[ -x "$BUSYBOX" ] || vm_die "the package busybox-static holds no busybox: look into $VM_CACHE/busybox-static"
}

# vm_unpack PACKAGE [TAR-OPTION...]: downloads Debian's package and unpacks it as VM_CACHE/PACKAGE, whole or not at all.
vm_unpack() {
	local package=$1 work
	shift
	mkdir -p "$VM_CACHE"
	work=$(mktemp -d "$VM_CACHE/unpack.XXXXXX") ||
		vm_die "cannot write to $VM_CACHE: name another folder in SLUICE_VM_CACHE"
	vm_say "fetching Debian's $package"
	if ! (cd "$work" && apt-get download -q "$package" && mkdir tree && dpkg-deb --fsys-tarfile ./*.deb |
		tar -x -C tree --no-same-owner "$@") >"$work/log" 2>&1; then
		tail -n 5 "$work/log" >&2
		rm -rf "$work"
		vm_die "downloading or unpacking $package failed (see above): apt-get update may help"
	fi
	rm -rf "${VM_CACHE:?}/$package"
	mv "$work/tree" "$VM_CACHE/$package"
	rm -rf "$work"
}
