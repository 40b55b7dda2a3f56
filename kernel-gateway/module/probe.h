/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What differs between kernels. Kbuild tries each (probe/NAME.c): a number of a version
 * would be wrong where a distribution has taken a change back.
 */
#ifndef SLUICE_MODULE_PROBE_H
#define SLUICE_MODULE_PROBE_H

#include <linux/mm.h>
#include <scsi/scsi_host.h>

#ifdef SLUICE_HAS_VM_FLAGS_SET
#define sluice_vm_flags_set(vma, flags)		vm_flags_set(vma, flags)
#define sluice_vm_flags_clear(vma, flags)	vm_flags_clear(vma, flags)
#else
#define sluice_vm_flags_set(vma, flags)		((vma)->vm_flags |= (flags))
#define sluice_vm_flags_clear(vma, flags)	((vma)->vm_flags &= ~(flags))
#endif

#ifdef SLUICE_HAS_SCSI_TIMEOUT_ACTION
typedef enum scsi_timeout_action sluice_timeout_action;
#define SLUICE_TIMEOUT_EXTEND	SCSI_EH_RESET_TIMER
#define SLUICE_TIMEOUT_HANDLE	SCSI_EH_NOT_HANDLED
#else
typedef enum blk_eh_timer_return sluice_timeout_action;
#define SLUICE_TIMEOUT_EXTEND	BLK_EH_RESET_TIMER
#define SLUICE_TIMEOUT_HANDLE	BLK_EH_DONE
#endif

#endif /* SLUICE_MODULE_PROBE_H */
