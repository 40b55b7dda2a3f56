# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `vm`: suites that need a kernel of their own, in QEMU (kernel-gateway/vm).

readonly VM_SUITES=$ROOT/kernel-gateway/vm/suite

# run_vm [SUITE...]: all of them when none is named.
run_vm() {
	local suite failed=() all=("$VM_SUITES"/*)
	all=("${all[@]##*/}")
	[ $# -gt 0 ] || set -- "${all[@]}"
	for suite in "$@"; do
		[ -x "$VM_SUITES/$suite/host.sh" ] || die "unknown vm suite '$suite': choose from ${all[*]}"
	done
	install_vm_packages
	build_all
	for suite in "$@"; do
		"$VM_SUITES/$suite/host.sh" || failed+=("$suite")
	done
	[ ${#failed[@]} -eq 0 ] || die "failed vm suites: ${failed[*]}"
}
