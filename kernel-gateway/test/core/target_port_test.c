/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Target ports: their names, their numbers, and what keeps a number. */
#include <string.h>

#include "core/target_port.h"
#include "fixture.h"

static struct sluice_target_port spec(u16 group, u16 number)
{
	struct sluice_target_port p = { .target = FX_TARGET,
					.group = group,
					.relative_port = number };

	return p;
}

static struct sl_nexus *nexus_through(const char *initiator, const char *port)
{
	struct sl_nexus *n = NULL;

	assert_int_equal(sl_nexus_open(fx->gw, FX_TARGET, initiator, port, "p", SL_NEXUS_NEW,
				       fx_fabric(), NULL, &n),
			 0);
	return n;
}

static void should_read_the_portal_group_from_a_port_name(void **state)
{
	(void)state;
	assert_int_equal(sl_port_name_group("iqn.x,t,0x0001"), 1);
	assert_int_equal(sl_port_name_group("iqn.x,t,0xBe0f"), 0xbe0f);
	assert_int_equal(sl_port_name_group("iqn.x,t,0x0000"), 1);
	assert_int_equal(sl_port_name_group("iqn.x,t,0x00g1"), 1);
	assert_int_equal(sl_port_name_group("t"), 1);
	assert_int_equal(sl_port_name_group(""), 1);
}

static void should_number_ports_in_the_order_of_first_appearance(void **state)
{
	struct sluice_target second = { .name = "iqn.second" };
	struct sl_nexus *a = nexus_through("iqn.a,i,0x1", FX_TARGET ",t,0x0007");
	struct sl_nexus *b = nexus_through("iqn.b,i,0x1", FX_TARGET ",t,0x0002");
	struct sl_nexus *c = nexus_through("iqn.c,i,0x1", FX_TARGET ",t,0x0007");
	const char *why = NULL;

	(void)state;
	assert_int_equal(sl_nexus_relative_port(a), 1);
	assert_int_equal(sl_nexus_relative_port(b), 2);
	assert_int_equal(sl_nexus_relative_port(c), 1);
	assert_ptr_equal(sl_nexus_port(a), sl_nexus_port(c));
	assert_string_equal(sl_nexus_port(b)->name, FX_TARGET ",t,0x0002");
	/* A new portal group gives every target a port; a new target has one in every group. */
	assert_int_equal(sl_portal_group_add(fx->gw, 0x20), 0);
	assert_int_equal(sl_portal_group_add(fx->gw, 0x20), 0);
	assert_int_equal(sl_target_add(fx->gw, &second, &why), 0);
	assert_string_equal(sl_target_port_numbered(fx->gw, 3)->name, FX_TARGET ",t,0x0020");
	assert_string_equal(sl_target_port_numbered(fx->gw, 4)->name, "iqn.second,t,0x0020");
	assert_null(sl_target_port_numbered(fx->gw, 5));
	assert_int_equal(sl_target_remove(fx->gw, "iqn.second", &why), 0);
	assert_int_equal(sl_target_add(fx->gw, &second, &why), 0);
	assert_null(sl_target_port_numbered(fx->gw, 5));
	assert_int_equal(sl_target_remove(fx->gw, "iqn.second", &why), 0);
}

static void should_number_a_port_as_it_is_told(void **state)
{
	struct sluice_target_port p = spec(2, 9), other = spec(3, 9);
	struct sl_nexus *n;
	const char *why = NULL;

	(void)state;
	assert_int_equal(sl_target_port_set(fx->gw, &p, &why), 0);
	assert_int_equal(sl_target_port_set(fx->gw, &p, &why), 0);
	assert_int_equal(sl_target_port_set(fx->gw, &other, &why), -EEXIST);
	p.relative_port = 65535;
	assert_int_equal(sl_target_port_set(fx->gw, &p, &why), 0);
	n = nexus_through("iqn.a,i,0x1", FX_TARGET ",t,0x0002");
	assert_int_equal(sl_nexus_relative_port(n), 65535);
	p.relative_port = 1;
	assert_int_equal(sl_target_port_set(fx->gw, &p, &why), -EBUSY);
	sl_nexus_close(n, fx->now_ns);
	assert_int_equal(sl_target_port_set(fx->gw, &p, &why), 0);
	p.relative_port = 0;
	assert_int_equal(sl_target_port_set(fx->gw, &p, &why), -EINVAL);
	p = spec(0, 5);
	assert_int_equal(sl_target_port_set(fx->gw, &p, &why), -EINVAL);
	p = spec(1, 5);
	p.target[0] = 0;
	assert_int_equal(sl_target_port_set(fx->gw, &p, &why), -EINVAL);
}

static void should_tell_the_numbers_with_the_nexus(void **state)
{
	struct sluice_target_port p = spec(0x102, 77);
	struct sluice_nexus_info info;
	const struct sluice_event *ev;
	const char *why = NULL;
	struct fx_cmd inquiry;

	(void)state;
	assert_int_equal(sl_target_port_set(fx->gw, &p, &why), 0);
	nexus_through("iqn.a,i,0x1", FX_TARGET ",t,0x0102");
	assert_int_equal(sl_nexus_info(fx->gw, 0, &info), 0);
	assert_int_equal(info.relative_port, 77);
	assert_int_equal(info.port_group, 0x102);
	fx_init(&inquiry, fx->gw->nexuses[0], 0x12, SLUICE_DIR_IN, 96);
	fx_submit(&inquiry);
	ev = fx_event();
	assert_int_equal(ev->type, SLUICE_EVENT_NEXUS_ADD);
	assert_int_equal(ev->relative_port, 77);
	assert_int_equal(ev->port_group, 0x102);
	fx_good(0, fx_take(0), 96);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(should_read_the_portal_group_from_a_port_name,
						fx_setup, fx_teardown),
		cmocka_unit_test_setup_teardown(should_number_ports_in_the_order_of_first_appearance,
						fx_setup, fx_teardown),
		cmocka_unit_test_setup_teardown(should_number_a_port_as_it_is_told, fx_setup,
						fx_teardown),
		cmocka_unit_test_setup_teardown(should_tell_the_numbers_with_the_nexus, fx_setup,
						fx_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
