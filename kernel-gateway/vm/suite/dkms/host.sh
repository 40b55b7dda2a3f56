#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The DKMS package of the modules: made, built by dkms for the guest's kernel in trees of its own, and loaded in the guest.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
# Needs dkms. The host's own DKMS tree is not touched; its signing key, if dkms made one, signs.
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/../../module.sh
. "$SUITE/../../module.sh"

# dkms_build: what `dkms build` leaves lies in JOB/package afterwards, as modules.
dkms_build() {
	local version release=$KERNEL_RELEASE tree=$JOB/dkms
	vm_headers
	make -s -C "$GATEWAY/module" dkms DESTDIR="$tree" || return 1
	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$tree"/usr/src/sluice-*/dkms.conf)
	mkdir -p "$tree/dkms" "$tree/lib" "$JOB/package"
	dkms build -m sluice -v "$version" -k "$release" --kernelsourcedir "$KERNEL_TREE/build" --sourcetree "$tree/usr/src" \
		--dkmstree "$tree/dkms" --installtree "$tree/lib" || {
		cat "$tree/dkms/sluice/$version/build/make.log"
		return 1
	}
	cp "$tree/dkms/sluice/$version/$release"/*/module/*.ko "$JOB/package/"
}

LOGS=${1:-}
vm_kernel
check "dkms builds the package" dkms_build
[ "$FAILED" -eq 0 ] || { closing_line; exit 1; }
"$VM/boot.sh" --job "$JOB" "$SUITE/guest.sh" VM="$VM" GATEWAY="$GATEWAY"
check "the guest ends well" same 0 $?
counts_add "$JOB/counts" || check "the guest counted" false
closing_line
