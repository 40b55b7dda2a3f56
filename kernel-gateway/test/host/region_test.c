/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/region.h"

enum { BYTES = 1 << 20 };

static void should_refuse_every_way_to_write_a_read_only_region(void **state)
{
	struct region r;
	char why[256], byte = 1;
	void *view;

	assert_int_equal(region_create(&r, "test", BYTES, REGION_READ_ONLY, why), 0);
	assert_ptr_equal(mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, r.fd, 0),
			 MAP_FAILED);
	assert_int_equal(errno, EPERM);
	view = mmap(NULL, BYTES, PROT_READ, MAP_SHARED, r.fd, 0);
	assert_ptr_not_equal(view, MAP_FAILED);
	assert_int_equal(mprotect(view, BYTES, PROT_READ | PROT_WRITE), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(pwrite(r.fd, &byte, 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(fallocate(r.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096), -1);
	assert_int_equal(errno, EPERM);
	munmap(view, BYTES);
	region_destroy(&r);
}

static void should_let_the_gateway_write_and_the_handler_see(void **state)
{
	struct region r;
	char why[256];
	uint8_t *view;

	assert_int_equal(region_create(&r, "test", BYTES, REGION_READ_ONLY, why), 0);
	view = mmap(NULL, BYTES, PROT_READ, MAP_SHARED, r.fd, 0);
	assert_ptr_not_equal(view, MAP_FAILED);
	((uint8_t *)r.base)[5000] = 42;
	assert_int_equal(view[5000], 42);
	munmap(view, BYTES);
	region_destroy(&r);
}

static void should_refuse_to_resize_either_kind(void **state)
{
	for (int kind = REGION_READ_ONLY; kind <= REGION_SHARED; kind++) {
		struct region r;
		char why[256];

		assert_int_equal(region_create(&r, "test", BYTES, (enum region_kind)kind, why), 0);
		assert_int_equal(ftruncate(r.fd, BYTES / 2), -1);
		assert_int_equal(errno, EPERM);
		assert_int_equal(ftruncate(r.fd, BYTES * 2), -1);
		assert_int_equal(errno, EPERM);
		assert_int_equal(fcntl(r.fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
		assert_int_equal(errno, EPERM);
		region_destroy(&r);
	}
}

static void should_take_no_memory_until_touched(void **state)
{
	struct region r;
	struct stat st;
	char why[256];

	assert_int_equal(region_create(&r, "test", 1ull << 32, REGION_SHARED, why), 0);
	assert_int_equal(fstat(r.fd, &st), 0);
	assert_int_equal(st.st_blocks, 0);
	((uint8_t *)r.base)[1ull << 31] = 1;
	assert_int_equal(fstat(r.fd, &st), 0);
	assert_in_range(st.st_blocks * 512, 4096, 4 << 20);
	region_destroy(&r);
}

static void should_explain_a_size_that_cannot_be(void **state)
{
	struct region r;
	char why[256];

	assert_int_equal(region_create(&r, "test", 1ull << 62, REGION_SHARED, why), -ENOMEM);
	assert_non_null(strstr(why, "4611686018427387904 bytes"));
	assert_non_null(strstr(why, "smaller pool"));
	region_destroy(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_refuse_every_way_to_write_a_read_only_region),
		cmocka_unit_test(should_let_the_gateway_write_and_the_handler_see),
		cmocka_unit_test(should_refuse_to_resize_either_kind),
		cmocka_unit_test(should_take_no_memory_until_touched),
		cmocka_unit_test(should_explain_a_size_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
