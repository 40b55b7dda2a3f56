# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Debian packages: installed when this runs as root; otherwise the exact line to run is printed.

# install_packages NAME...: those of them that are missing.
install_packages() {
	local missing=() package
	for package in "$@"; do
		package_present "$package" || missing+=("$package")
	done
	[ ${#missing[@]} -eq 0 ] && return
	command -v apt-get >/dev/null ||
		die "missing: ${missing[*]} (Debian's names). This is no Debian system: install them with its package manager."
	if [ "$(id -u)" -ne 0 ]; then
		die "missing Debian packages. Run this line, then try again:
  sudo apt-get install -y --no-install-recommends ${missing[*]}"
	fi
	say "installing ${missing[*]}"
	local log
	log=$(mktemp)
	if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		die "apt-get install ${missing[*]} failed (its last lines are above)"
	fi
	rm -f "$log"
}

package_present() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_gateway_packages() { install_packages gcc libc6-dev linux-libc-dev make libssl-dev; }
install_java_packages() { install_packages maven; }
install_c_test_packages() { install_packages gcc libc6-dev linux-libc-dev make libssl-dev libcmocka-dev; }
install_fuzz_packages() { install_packages clang llvm libclang-rt-dev libc6-dev linux-libc-dev make libssl-dev libcmocka-dev; }
install_lint_packages() { install_packages clang-format shellcheck git; }
install_initiator_packages() { install_packages libiscsi-bin qemu-utils qemu-block-extra iproute2; }
install_load_packages() { install_packages gcc libc6-dev make libiscsi-dev; }
install_vm_packages() {
	install_packages qemu-system-x86 kmod cpio open-iscsi sg3-utils lsscsi e2fsprogs xfsprogs fio iproute2 make gcc libiscsi-bin mtx mt-st dump
}
install_bench_packages() { install_packages tgt libiscsi-bin libiscsi-dev util-linux strace; }
