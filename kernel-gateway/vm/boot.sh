#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Boots a stock Debian kernel under QEMU and runs one script in it, with the host's root (read-only, a tmpfs on top) as its own.
#
#   boot.sh --job DIR [--memory MIB] [--cpus N] [--seconds N] [--append OPTIONS] SCRIPT [NAME=VALUE...]
#
# SCRIPT, a bash script, runs as root in the guest; guest/start says what it finds. NAME=VALUE go into its environment. Its output is
# this script's output and its exit status this script's; 124 when it took longer than --seconds (300), 125 when the guest ended
# without a status. OPTIONS go to the kernel's command line.
# DIR stays behind with console.log (the kernel's), dmesg.log, and whatever the guest wrote to /job, which is DIR.
#
# Needs qemu-system-x86, kmod, cpio and apt-get (Debian), no privileges and no KVM: a KVM inside of another virtual machine may open and
# then hang, so software emulation is the default, and SLUICE_VM_ACCELERATOR=kvm is for those who know theirs.
# SLUICE_VM_KERNEL: which kernel, SLUICE_VM_CACHE: where kernels are kept (both: kernel.sh). With the debug kernel --memory and --seconds
# are a multiple of what is asked for.
set -uo pipefail

VM=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
ACCELERATOR=${SLUICE_VM_ACCELERATOR:-tcg,thread=multi}

# shellcheck source=SCRIPTDIR/kernel.sh
. "$VM/kernel.sh"
# shellcheck source=SCRIPTDIR/initramfs.sh
. "$VM/initramfs.sh"

JOB='' MEMORY=1024 CPUS=2 LIMIT=300 BOOT_OPTIONS=''
while [ $# -gt 0 ]; do
	case $1 in
	--job) JOB=$2 ;;
	--memory) MEMORY=$2 ;;
	--cpus) CPUS=$2 ;;
	--seconds) LIMIT=$2 ;;
	--append) BOOT_OPTIONS=$2 ;;
	--*) vm_die "unknown option $1 (the head of $0 lists them)" ;;
	*) break ;;
	esac
	shift 2
done
[ $# -gt 0 ] || vm_die "which script? usage: boot.sh --job DIR [option...] SCRIPT [NAME=VALUE...]"
[ -d "$JOB" ] || vm_die "--job '$JOB': no such folder"
SUITE=$(readlink -f "$1")
[ -r "$SUITE" ] || vm_die "script $1: not there or not readable"
shift

vm_busybox
vm_kernel
vm_initramfs "$JOB/initramfs"
rm -f "$JOB/status"
{
	printf '%s=%q\n' VM_SUITE "$SUITE" VM_KERNEL_TREE "$(readlink -f "$KERNEL_TREE")" VM_SLOWNESS "$KERNEL_SLOWNESS"
	for setting in "$@"; do printf '%s=%q\n' "${setting%%=*}" "${setting#*=}"; done
} >"$JOB/environment"

vm_say "booting Linux $KERNEL_RELEASE ($ACCELERATOR) for $(basename "$(dirname "$SUITE")")/$(basename "$SUITE")"
# e1000 takes segmentation and checksums off the guest, which is what an emulated processor is slowest at; virtio-net on a user network
# does not. ttyS0 is the kernel's console, ttyS1 the script's output.
LIMIT=$((LIMIT * KERNEL_SLOWNESS))
if [ "$KERNEL_SLOWNESS" -gt 1 ]; then
	MEMORY=$((MEMORY * 3 / 2))
	# To interpret the machine's ACPI tables takes a sanitizer kernel longer than ACPI allows itself.
	# And the timer of a machine that others keep busy may come later than the kernel's check of it waits.
	BOOT_OPTIONS+=' acpi=off no_timer_check'
fi
timeout --foreground -k 10 "$LIMIT" qemu-system-x86_64 -accel "$ACCELERATOR" -cpu max -m "$MEMORY" -smp "$CPUS" \
	-nodefaults -display none -no-reboot -kernel "$KERNEL_IMAGE" -initrd "$JOB/initramfs" \
	-append "console=ttyS0 loglevel=5 panic=-1 oops=panic mitigations=off tsc=reliable $BOOT_OPTIONS sluice.start=$VM/guest/start" \
	-serial "file:$JOB/console.log" -chardev stdio,id=output,signal=off -serial chardev:output \
	-virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
	-virtfs "local,path=$JOB,mount_tag=job,security_model=none,multidevs=remap" \
	-netdev user,id=net -device e1000,netdev=net,romfile= -device virtio-rng-pci </dev/null
ENDED=$?
rm -f "$JOB/initramfs"
[ -s "$JOB/status" ] && exit "$(cat "$JOB/status")"
tail -n 25 "$JOB/console.log" >&2
[ $ENDED -ne 124 ] || {
	vm_say "not done after $LIMIT s (--seconds); the end of $JOB/console.log is above"
	exit 124
}
vm_die "the guest ended without a status (QEMU: $ENDED); the end of $JOB/console.log is above"
