# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `vm`: suites that need a kernel of their own, in QEMU (kernel-gateway/vm).

readonly VM_SUITES=$ROOT/kernel-gateway/vm/suite
# Not among all of them: minutes of random calls, for the debug kernel; the appliance, which an emulated processor is slow at; a tape
# library's clients, which do a thousand things one after the other; what takes minutes and changes seldom.
readonly VM_ON_REQUEST=(conformance dkms fuzz java rig tape tape-module)

# run_vm [--kernel KERNEL] [SUITE...]: all of them when none is named; a number is the minutes of the suite before it.
run_vm() {
	local suite failed=() all=("$VM_SUITES"/*) usual=()
	all=("${all[@]##*/}")
	if [ "${1:-}" = --kernel ]; then
		[ $# -gt 1 ] || die "--kernel: which? choose from stock, 6.12, debug"
		export SLUICE_VM_KERNEL=$2
		shift 2
	fi
	for suite in "${all[@]}"; do [[ " ${VM_ON_REQUEST[*]} " == *" $suite "* ]] || usual+=("$suite"); done
	[ $# -gt 0 ] || set -- "${usual[@]}"
	for suite in "$@"; do
		[[ $suite =~ ^[0-9]+$ ]] || [ -x "$VM_SUITES/$suite/host.sh" ] || die "unknown vm suite '$suite': choose from ${all[*]}"
	done
	install_vm_packages
	[[ " $* " != *" dkms "* ]] || install_packages dkms
	[ "${SLUICE_VM_KERNEL:-}" != debug ] || install_packages flex bison bc libelf-dev
	build_all
	while [ $# -gt 0 ]; do
		suite=$1
		shift
		if [[ ${1:-} =~ ^[0-9]+$ ]]; then
			export SLUICE_VM_MINUTES=$1
			shift
		fi
		"$VM_SUITES/$suite/host.sh" || failed+=("$suite")
	done
	[ ${#failed[@]} -eq 0 ] || die "failed vm suites: ${failed[*]}"
}
