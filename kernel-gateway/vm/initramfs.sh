# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# The initramfs: busybox, what 9p and overlay need, and guest/init. Made anew for each boot: it takes a fraction of a second.

readonly INITRAMFS_MODULES=(virtio_pci 9pnet_virtio 9p overlay)

# vm_initramfs FILE
vm_initramfs() {
	local tree module
	tree=$(mktemp -d)
	mkdir -p "$tree"/{bin,dev,proc,sys,lower,upper,root,modules}
	cp "$BUSYBOX" "$tree/bin/busybox"
	ln -s busybox "$tree/bin/sh"
	: >"$tree/modules/order" # a kernel may have all of them built in
	install -m 0755 "$VM/guest/init" "$tree/init"
	for module in "${INITRAMFS_MODULES[@]}"; do
		modprobe -d "$KERNEL_TREE" -S "$KERNEL_RELEASE" --show-depends "$module" ||
			vm_die "kernel $KERNEL_RELEASE has no module $module: build it as a module, or into the kernel"
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while read -r module; do
		cp "$module" "$tree/modules/"
		basename "$module" >>"$tree/modules/order"
	done
	(cd "$tree" && find . | cpio --quiet -o -H newc | gzip -1) >"$1" || vm_die "cannot write the initramfs $1"
	rm -rf "$tree"
}
