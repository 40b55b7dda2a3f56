/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "region.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010 /* Linux 5.1 */
#endif

static int failed(const char *call, uint64_t bytes, const char *remedy, char why[256])
{
	int err = errno;

	snprintf(why, 256, "%s of %llu bytes of shared memory: %s: %s", call,
		 (unsigned long long)bytes, strerror(err), remedy);
	return -err;
}

/*
 * The gateway maps before it seals: F_SEAL_FUTURE_WRITE leaves existing writable
 * mappings alone and refuses all later ones, writes and hole punching included.
 */
static int seal(int fd, enum region_kind kind)
{
	int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

	if (kind == REGION_READ_ONLY)
		seals |= F_SEAL_FUTURE_WRITE;
	return fcntl(fd, F_ADD_SEALS, seals);
}

int region_create(struct region *r, const char *name, uint64_t bytes, enum region_kind kind,
		  char why[256])
{
	int err;

	*r = (struct region){ .fd = -1, .base = MAP_FAILED, .bytes = bytes };
	r->fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (r->fd < 0)
		return failed("memfd_create", bytes, "raise RLIMIT_NOFILE", why);
	if (ftruncate(r->fd, (off_t)bytes) < 0) {
		err = failed("ftruncate", bytes, "ask for a smaller pool", why);
		goto fail;
	}
	r->base =
		mmap(NULL, r->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, r->fd, 0);
	if (r->base == MAP_FAILED) {
		err = failed("mmap", bytes, "ask for a smaller pool or raise RLIMIT_AS", why);
		goto fail;
	}
	if (seal(r->fd, kind) < 0) {
		err = failed("fcntl(F_ADD_SEALS)", bytes, "run on Linux 5.1 or newer", why);
		goto fail;
	}
	/* A crash dump of the gateway has no use for initiators' data. */
	madvise(r->base, r->bytes, MADV_DONTDUMP);
	return 0;
fail:
	region_destroy(r);
	return err;
}

void region_close_fd(struct region *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

void region_destroy(struct region *r)
{
	if (r->base != MAP_FAILED)
		munmap(r->base, r->bytes);
	r->base = MAP_FAILED;
	region_close_fd(r);
}
