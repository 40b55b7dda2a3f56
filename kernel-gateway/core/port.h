/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the core needs from the world it is compiled into, and nothing else:
 * integer types, atomics whose names say their memory order, a spinlock, a
 * sleeping mutex, allocation. One half for the kernel (it comes with the
 * module, as module/port_kernel.h), one for user space.
 */
#ifndef SLUICE_CORE_PORT_H
#define SLUICE_CORE_PORT_H

#ifdef __KERNEL__
#include "port_kernel.h"
#else

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#ifndef U64_MAX
#define U64_MAX UINT64_MAX
#endif

/* ---- Atomics: plain integers, the order is in the name ----------------- */

#define sl_load_relaxed(p)		__atomic_load_n((p), __ATOMIC_RELAXED)
#define sl_load_acquire(p)		__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define sl_store_relaxed(p, v)		__atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define sl_store_release(p, v)		__atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define sl_fetch_add_relaxed(p, v)	__atomic_fetch_add((p), (v), __ATOMIC_RELAXED)
#define sl_fetch_add_acq_rel(p, v)	__atomic_fetch_add((p), (v), __ATOMIC_ACQ_REL)
#define sl_fetch_sub_acq_rel(p, v)	__atomic_fetch_sub((p), (v), __ATOMIC_ACQ_REL)
#define sl_fetch_or_acq_rel(p, v)	__atomic_fetch_or((p), (v), __ATOMIC_ACQ_REL)
#define sl_fetch_and_acq_rel(p, v)	__atomic_fetch_and((p), (v), __ATOMIC_ACQ_REL)
#define sl_exchange_acq_rel(p, v)	__atomic_exchange_n((p), (v), __ATOMIC_ACQ_REL)
/* *old is replaced by what was found when it fails. */
#define sl_cas_acq_rel(p, old, v)	\
	__atomic_compare_exchange_n((p), (old), (v), false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)

static inline void sl_fence_full(void)
{
#ifdef __SANITIZE_THREAD__
	/* TSan does not model fences; a sequentially consistent exchange orders as much here. */
	static u32 dummy;

	__atomic_fetch_add(&dummy, 0, __ATOMIC_SEQ_CST);
#else
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/* What was read before is not read again: a copy of shared memory stays a copy. */
static inline void sl_compiler_barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

static inline void sl_cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield" ::: "memory");
#endif
}

/* ---- Spinlock: held for some tens of nanoseconds, never across a call-out ---- */

typedef struct {
	u32 held;
} sl_spinlock;

static inline void sl_spin_init(sl_spinlock *l)
{
	l->held = 0;
}

static inline void sl_spin_lock(sl_spinlock *l)
{
	u32 spins = 0;

	while (__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE)) {
		while (sl_load_relaxed(&l->held)) {
			/* The holder may have lost its CPU: let it run. */
			if (++spins % 128 == 0)
				sched_yield();
			else
				sl_cpu_relax();
		}
	}
}

static inline void sl_spin_unlock(sl_spinlock *l)
{
	sl_store_release(&l->held, 0);
}

/* For who checks locks without running: a function ends with less of them than it began with. */
#define sl_releases(lock)

/* ---- Mutex: configuration only; may sleep ------------------------------- */

typedef pthread_mutex_t sl_mutex;

static inline void sl_mutex_init(sl_mutex *m)
{
	pthread_mutex_init(m, NULL);
}

static inline void sl_mutex_destroy(sl_mutex *m)
{
	pthread_mutex_destroy(m);
}

static inline void sl_mutex_lock(sl_mutex *m)
{
	pthread_mutex_lock(m);
}

static inline void sl_mutex_unlock(sl_mutex *m)
{
	pthread_mutex_unlock(m);
}

/* ---- Allocation: zeroed, cache-line aligned, NULL when there is none ---- */

static inline void *sl_alloc(size_t bytes)
{
	size_t rounded = (bytes + 127) & ~(size_t)127;
	void *p = aligned_alloc(128, rounded ? rounded : 128);

	if (p)
		memset(p, 0, rounded);
	return p;
}

static inline void sl_free(void *p)
{
	free(p);
}

#endif /* __KERNEL__ */

#define sl_min(a, b)	((a) < (b) ? (a) : (b))
#define sl_max(a, b)	((a) > (b) ? (a) : (b))
#define sl_cacheline_aligned	__attribute__((aligned(128)))

#endif /* SLUICE_CORE_PORT_H */
