/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* RESERVATION_RESTORE over the control socket: chunks in order, and what a damaged record becomes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

enum { MIB = 1 << 20 };

static struct gateway g;
static struct handler h;
static struct sluice_reservation_restored restored;
static char why[CONNECTION_WHY];

static int start(void **state)
{
	gateway_start(&g, 1);
	assert_int_equal(handler_open(&h, g.socket, "test", 1, 64, 64 * MIB, why), 0);
	return 0;
}

static int stop(void **state)
{
	handler_close(&h);
	gateway_stop(&g);
	return 0;
}

static int chunk(const char *device, uint32_t total, uint32_t offset, uint32_t len)
{
	struct sluice_reservation_restore m = { .total = total, .offset = offset, .len = len };

	strcpy(m.name, device);
	memset(&restored, 0, sizeof(restored));
	return connection_call(&h.link, SLUICE_OP_RESERVATION_RESTORE, &m, sizeof(m), &restored,
			       sizeof(restored), why);
}

static void should_refuse_chunks_that_do_not_follow_each_other(void **state)
{
	assert_int_equal(chunk("disk", 0, 0, 1), -EINVAL);
	assert_int_equal(chunk("disk", SLUICE_RESERVATION_MAX + 1, 0, 1), -EINVAL);
	assert_int_equal(chunk("disk", 100, 0, 0), -EINVAL);
	assert_int_equal(chunk("disk", 100, 0, 101), -EINVAL);
	assert_int_equal(chunk("disk", 2000, 0, SLUICE_RESERVATION_CHUNK + 1), -EINVAL);
	assert_int_equal(chunk("disk", 2000, 768, 768), -EINVAL);
	assert_non_null(strstr(why, "begin at offset 0"));
	assert_int_equal(chunk("disk", 2000, 0, 768), 0);
	assert_int_equal(restored.outcome, SLUICE_RESERVATION_MORE);
	assert_int_equal(chunk("other", 2000, 768, 768), -EINVAL);
	assert_int_equal(chunk("disk", 2001, 768, 768), -EINVAL);
	assert_int_equal(chunk("disk", 2000, 767, 768), -EINVAL);
	assert_int_equal(chunk("disk", 2000, 768, 768), 0);
	assert_int_equal(chunk("disk", 2000, 1536, 768), -EINVAL);
	assert_int_equal(chunk("disk", 2000, 1536, 464), 0);
	assert_int_equal(restored.outcome, SLUICE_RESERVATION_LOST);
	assert_non_null(strstr(restored.why, "no record of reservations"));
}

static void should_refuse_a_record_without_a_session_or_a_name(void **state)
{
	struct sluice_reservation_restore m = { .name = "disk", .total = 1, .len = 1 };
	struct connection c;

	assert_int_equal(connection_open(&c, g.socket, SLUICE_ROLE_HANDLER, "other", why), 0);
	assert_int_equal(connection_call(&c, SLUICE_OP_RESERVATION_RESTORE, &m, sizeof(m),
					 &restored, sizeof(restored), why),
			 -EPROTO);
	connection_close(&c);
	assert_int_equal(chunk("", 1, 0, 1), -EINVAL);
	m.reserved = 1;
	assert_int_equal(connection_call(&h.link, SLUICE_OP_RESERVATION_RESTORE, &m, sizeof(m),
					 &restored, sizeof(restored), why),
			 -EINVAL);
}

static void should_hold_on_to_its_own_state_once_it_has_served_the_device(void **state)
{
	struct sluice_device_add add = { .name = "disk",
					 .task_set_limit = 8,
					 .max_transfer = 65536 };
	uint32_t device;

	assert_int_equal(handler_device_add(&h, &add, &device, why), 0);
	assert_int_equal(chunk("disk", 1, 0, 1), 0);
	assert_int_equal(restored.outcome, SLUICE_RESERVATION_HELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(should_refuse_chunks_that_do_not_follow_each_other,
						start, stop),
		cmocka_unit_test_setup_teardown(should_refuse_a_record_without_a_session_or_a_name,
						start, stop),
		cmocka_unit_test_setup_teardown(
			should_hold_on_to_its_own_state_once_it_has_served_the_device, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
