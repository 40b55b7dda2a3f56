/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The kernel's half of core/port.h. The core's calls come from system calls, from the
 * block layer's submission and from timers' work items, in process or softirq context,
 * never from a hard interrupt: so its locks keep softirqs out.
 */
#ifndef SLUICE_MODULE_PORT_KERNEL_H
#define SLUICE_MODULE_PORT_KERNEL_H

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

/* ---- Atomics -------------------------------------------------------------
 * The core's are plain integers of 32 or 64 bits (port.h). Of the read-modify-write
 * operations the kernel's strongest form serves for every order.
 */

#define sl_load_relaxed(p)		READ_ONCE(*(p))
#define sl_load_acquire(p)		smp_load_acquire(p) /* whose use says what it pairs with */
#define sl_store_relaxed(p, v)		WRITE_ONCE(*(p), v)
#define sl_store_release(p, v)		smp_store_release(p, v) /* likewise */

static inline u32 sl_fetch_add_32(u32 *p, u32 v)
{
	return atomic_fetch_add(v, (atomic_t *)p);
}

static inline u64 sl_fetch_add_64(u64 *p, u64 v)
{
	return atomic64_fetch_add(v, (atomic64_t *)p);
}

static inline u32 sl_fetch_or_32(u32 *p, u32 v)
{
	return atomic_fetch_or(v, (atomic_t *)p);
}

static inline u64 sl_fetch_or_64(u64 *p, u64 v)
{
	return atomic64_fetch_or(v, (atomic64_t *)p);
}

#define sl_by_width(name, p)	_Generic(*(p), u32 : sl_##name##_32, u64 : sl_##name##_64)

#define sl_fetch_add_acq_rel(p, v)	sl_by_width(fetch_add, p)(p, v)
#define sl_fetch_add_relaxed(p, v)	sl_fetch_add_acq_rel(p, v)
#define sl_fetch_sub_acq_rel(p, v)	sl_fetch_add_acq_rel(p, -(v))
#define sl_fetch_or_acq_rel(p, v)	sl_by_width(fetch_or, p)(p, v)

static inline u32 sl_fetch_and_32(u32 *p, u32 v)
{
	return atomic_fetch_and(v, (atomic_t *)p);
}

static inline u64 sl_fetch_and_64(u64 *p, u64 v)
{
	return atomic64_fetch_and(v, (atomic64_t *)p);
}

#define sl_fetch_and_acq_rel(p, v)	sl_by_width(fetch_and, p)(p, v)
#define sl_exchange_acq_rel(p, v)	xchg(p, v)
#define sl_cas_acq_rel(p, old, v)	try_cmpxchg(p, old, v)

static inline void sl_fence_full(void)
{
	smp_mb(); /* the caller says what it pairs with */
}

static inline void sl_compiler_barrier(void)
{
	barrier();
}

static inline void sl_cpu_relax(void)
{
	cpu_relax();
}

/* ---- Locks --------------------------------------------------------------- */

typedef spinlock_t sl_spinlock;

#define sl_spin_init(l)		spin_lock_init(l)
#define sl_spin_lock(l)		spin_lock_bh(l)
#define sl_spin_unlock(l)	spin_unlock_bh(l)
#define sl_releases(lock)	__releases(lock)

typedef struct mutex sl_mutex;

#define sl_mutex_init(m)	mutex_init(m)
#define sl_mutex_destroy(m)	mutex_destroy(m)
#define sl_mutex_lock(m)	mutex_lock(m)
#define sl_mutex_unlock(m)	mutex_unlock(m)

/* ---- Allocation: may sleep, for the core allocates only in configuration --- */

#define SL_ALIGNMENT	128U

/*
 * Objects of a power of two are aligned to their size (Documentation/core-api/memory-allocation.rst),
 * those of a page and more to a page.
 */
static inline void *sl_alloc(size_t bytes)
{
	size_t rounded = bytes < SL_ALIGNMENT ? SL_ALIGNMENT : bytes;

	if (rounded < PAGE_SIZE)
		rounded = roundup_pow_of_two(rounded);
	/* Who asked is told, and says so to who asked him: the kernel's own log is not a user's to fill. */
	return kvzalloc(rounded, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

static inline void sl_free(void *p)
{
	kvfree(p);
}

#endif /* SLUICE_MODULE_PORT_KERNEL_H */
