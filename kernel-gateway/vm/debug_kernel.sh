# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# The debug kernel: Debian's source of 6.1, configured to complain (debug-kernel.config). It is built once, which takes a quarter of an
# hour on two cores, and kept in the cache; another source or another configuration makes another one.

# vm_debug_kernel: sets KERNEL_TREE, which then holds vmlinuz, lib/modules/RELEASE and build, a folder that modules build against.
vm_debug_kernel() {
	local package=linux-source-6.1 version
	version=$(apt-cache show "$package" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1)
	[ -n "$version" ] || vm_die "Debian's package lists name no $package: run apt-get update, then try again"
	KERNEL_TREE=$VM_CACHE/debug-$version-$(sha256sum <"$VM/debug-kernel.config" | cut -c 1-8)
	mkdir -p "$VM_CACHE"
	# Of two who want it at once, one waits for the other.
	exec 9>"$VM_CACHE/debug.lock"
	flock 9
	[ -s "$KERNEL_TREE/vmlinuz" ] || vm_make_debug_kernel "$package" "$version"
	exec 9>&-
}

# vm_make_debug_kernel PACKAGE VERSION: makes KERNEL_TREE, where it stays: a build folder knows its source by an absolute path. vmlinuz
# comes last and says that all is there.
vm_make_debug_kernel() {
	local package=$1 version=$2
	vm_tools flex bison bc make gcc
	[ -d "$VM_CACHE/$package" ] || vm_unpack "$package" "$package" -- --wildcards './usr/src/*.tar.xz'
	rm -rf "${KERNEL_TREE:?}"
	mkdir -p "$KERNEL_TREE/source" "$KERNEL_TREE/build"
	vm_say "building the debug kernel $version, once (log: $KERNEL_TREE/log)"
	vm_build_debug_kernel "$package" "$KERNEL_TREE" >"$KERNEL_TREE/log" 2>&1 || {
		tail -n 15 "$KERNEL_TREE/log" >&2
		vm_die "the debug kernel does not build (the end of $KERNEL_TREE/log is above)"
	}
}

# vm_tools COMMAND...: that are there.
vm_tools() {
	local tool missing=()
	for tool in "$@"; do command -v "$tool" >/dev/null || missing+=("$tool"); done
	[ ${#missing[@]} -eq 0 ] || vm_die "the debug kernel needs ${missing[*]}: apt-get install ${missing[*]}"
}

# vm_build_debug_kernel PACKAGE FOLDER. What modules are built against stays; most of the source and all objects go.
vm_build_debug_kernel() {
	local jobs=${SLUICE_VM_JOBS:-$(nproc)} build=$2/build make
	tar -xJf "$VM_CACHE/$1"/usr/src/*.tar.xz -C "$2/source" --strip-components=1 || return 1
	make=(nice make -C "$2/source" O="$build" -j "$jobs" LOCALVERSION=-sluice-debug)
	"${make[@]}" tinyconfig || return 1
	cat "$VM/debug-kernel.config" >>"$build/.config"
	"${make[@]}" olddefconfig || return 1
	vm_debug_config_holds "$build/.config" || return 1
	"${make[@]}" bzImage modules || return 1
	"${make[@]}" INSTALL_MOD_PATH="$2" INSTALL_MOD_STRIP=1 modules_install || return 1
	rm -f "$2"/lib/modules/*/build "$2"/lib/modules/*/source
	find "$build" -name '*.o' -not -path '*/scripts/*' -not -path '*/tools/*' -delete
	rm -rf "$2"/source/{Documentation,drivers,fs,net,sound,samples,crypto} "$2"/source/arch/[!x]*
	cp "$build/arch/x86/boot/bzImage" "$2/vmlinuz"
}

# vm_debug_config_holds FILE: olddefconfig drops silently what depends on something missing.
vm_debug_config_holds() {
	local line lost=()
	while read -r line; do
		grep -qxF -- "$line" "$1" || lost+=("$line")
	done < <(grep '^CONFIG_' "$VM/debug-kernel.config")
	[ ${#lost[@]} -eq 0 ] || {
		echo "this kernel's configuration does not take: ${lost[*]}"
		return 1
	}
}
