/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Bytes where nobody expects them, and the seals of the two regions. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

/* ---- Random bytes in every writable part ---------------------------------------------------- */

static void scribble(void *base, uint64_t bytes, const struct decision *d)
{
	struct random random = { d->c };
	uint64_t at = d->b % bytes, len = 1 + d->c % 64;

	random_bytes(&random, (uint8_t *)base + at, len < bytes - at ? len : bytes - at);
}

/* Slots that the gateway has not taken yet among them: what they say is anybody's guess then. */
bool attack_scribble_slots(struct hostile *x, const struct decision *d)
{
	uint32_t q = (uint32_t)(d->a % x->h.queues);

	queue_disown(x, q);
	scribble(x->queues[q].slots, x->h.depth * sizeof(struct sluice_completion), d);
	return true;
}

bool attack_scribble_responses(struct hostile *x, const struct decision *d)
{
	scribble(x->queues[d->a % x->h.queues].responses,
		 x->h.depth * sizeof(struct sluice_response), d);
	return true;
}

bool attack_scribble_requests(struct hostile *x, const struct decision *d)
{
	memset(x->faulty, 0, sizeof(x->faulty));
	scribble(x->requests, x->h.control->admin_depth * sizeof(*x->requests), d);
	return true;
}

/* Around the indices; the indices themselves are other attacks. */
bool attack_scribble_padding(struct hostile *x, const struct decision *d)
{
	struct sluice_user_index *index = d->a % 5 ? x->queues[d->a % x->h.queues].ours : x->admin;
	uint8_t *const paddings[] = { index->reserved0, index->reserved1, index->reserved2 };

	scribble(paddings[d->a % 3], sizeof(index->reserved0), d);
	return true;
}

bool attack_scribble_pool(struct hostile *x, const struct decision *d)
{
	scribble(x->h.shared + x->h.control->pool_off, x->h.control->pool_bytes, d);
	return true;
}

/* ---- Indices and flags that are read, and steer nothing but the handler's own fate --------------- */

bool attack_consumer(struct hostile *x, const struct decision *d)
{
	struct sluice_user_index *index = d->a % 5 ? x->queues[d->a % x->h.queues].ours : x->admin;

	__atomic_store_n(&index->sub_consumer, d->b % 4 ? (uint32_t)d->c : 0, __ATOMIC_RELEASE);
	return true;
}

bool attack_sleeping(struct hostile *x, const struct decision *d)
{
	struct sluice_user_index *index = d->a % 5 ? x->queues[d->a % x->h.queues].ours : x->admin;

	__atomic_store_n(&index->sleeping, d->b % 3 ? (uint32_t)d->c : 1, __ATOMIC_SEQ_CST);
	return true;
}

/* ---- The gateway's pages ------------------------------------------------------------------------- */

static bool refused(struct hostile *x, int result, int expected, const char *what)
{
	int err = result == -1 ? errno : 0;

	return err == expected || hostile_fail(x, "%s: errno %d, not %d", what, err, expected);
}

bool attack_write_read_only(struct hostile *x, const struct decision *d)
{
	uint64_t bytes = x->h.control->gateway_bytes, at = d->b % bytes;
	char path[64];
	void *p;
	int fd;

	switch (d->a % 4) {
	case 0:
		p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, x->h.gateway_fd, 0);
		return refused(x, p == MAP_FAILED ? -1 : 0, EPERM, "a writable mapping");
	case 1:
		return refused(x, mprotect((void *)x->h.gateway, bytes, PROT_READ | PROT_WRITE),
			       EACCES, "mprotect of the read-only mapping");
	case 2:
		return refused(x, (int)pwrite(x->h.gateway_fd, &at, sizeof(at), (off_t)at), EPERM,
			       "write to the gateway region");
	default:
		/* Another open file of the same memory: the seals are the memory's. */
		snprintf(path, sizeof(path), "/proc/self/fd/%d", x->h.gateway_fd);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return errno == EACCES || errno == ENOENT ||
			       hostile_fail(x, "open %s: errno %d", path, errno);
		p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
		return refused(x, p == MAP_FAILED ? -1 : 0, EPERM, "a mapping by another file");
	}
}

/* A store through the read-only mapping kills who tries. */
bool attack_store_read_only(struct hostile *x, const struct decision *d)
{
	volatile uint8_t *at =
		(volatile uint8_t *)x->h.gateway + d->b % x->h.control->gateway_bytes;
	pid_t child = fork();
	int status;

	if (child == 0) {
		/* No sanitizer's report, no core file. */
		const struct rlimit none = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none);
		signal(SIGSEGV, SIG_DFL);
		*at = (uint8_t)d->c;
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return hostile_fail(x, "fork: errno %d", errno);
	return (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV) ||
	       hostile_fail(x, "a store to the gateway region: wait status %x", status);
}

bool attack_resize(struct hostile *x, const struct decision *d)
{
	bool gateway = d->a % 2;
	int fd = gateway ? x->h.gateway_fd : x->h.handler_fd;
	uint64_t bytes = gateway ? x->h.control->gateway_bytes : x->h.control->handler_bytes;
	uint64_t other = d->b % (2 * bytes);

	if (other == bytes)
		other = 0;
	return refused(x, ftruncate(fd, (off_t)other), EPERM, "ftruncate");
}

bool attack_unseal(struct hostile *x, const struct decision *d)
{
	int fd = d->a % 2 ? x->h.gateway_fd : x->h.handler_fd;
	int seals = d->b % 2 ? F_SEAL_WRITE : F_SEAL_GROW | F_SEAL_SHRINK;

	return refused(x, fcntl(fd, F_ADD_SEALS, seals), EPERM, "F_ADD_SEALS");
}

bool attack_punch_gateway(struct hostile *x, const struct decision *d)
{
	off_t at = (off_t)(d->b % x->h.control->gateway_bytes);

	if (d->a % 2)
		return refused(x, madvise((void *)x->h.gateway, SLUICE_PAGE, MADV_REMOVE), EACCES,
			       "MADV_REMOVE of the gateway region");
	return refused(x,
		       fallocate(x->h.gateway_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at,
				 (off_t)(1 + d->c % 65536)),
		       EPERM, "a hole in the gateway region");
}

/* ---- Its own memory, taken away ------------------------------------------------------------------- */

/* Allowed: it reads as zeros then, for both. */
bool attack_punch_pool(struct hostile *x, const struct decision *d)
{
	const struct sluice_control *c = x->h.control;
	uint64_t at = d->b % c->pool_bytes, len = 1 + d->c % (256u << 10);

	if (fallocate(x->h.handler_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		      (off_t)(c->pool_off + at),
		      (off_t)(len < c->pool_bytes - at ? len : c->pool_bytes - at)) == 0)
		return true;
	return hostile_fail(x, "a hole in the pool: errno %d", errno);
}

/* Unmapped while commands are out, and mapped again where it was. */
bool attack_unmap(struct hostile *x, const struct decision *d)
{
	uint64_t bytes = x->h.control->handler_bytes;
	uint64_t from = d->a % 2 ? 0 : d->b % (bytes / SLUICE_PAGE) * SLUICE_PAGE;
	void *p;

	munmap(x->h.shared + from, bytes - from);
	if (d->c % 4 == 0)
		usleep((useconds_t)(d->c >> 8) % 200);
	p = mmap(x->h.shared + from, bytes - from, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		 x->h.handler_fd, (off_t)from);
	return p != MAP_FAILED || hostile_fail(x, "mmap after munmap: errno %d", errno);
}
