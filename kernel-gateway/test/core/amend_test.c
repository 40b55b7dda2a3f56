/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the core makes of a handler's INQUIRY data and of its list of commands. */
#include <string.h>

#include "core/byte_order.h"
#include "core/device.h"
#include "core/service.h"
#include "fixture.h"

static struct fx_cmd c;

/* Sends it, has the handler answer `len` bytes of `data`, keeps the buffer for a look. */
static void ask(struct sl_nexus *n, const u8 *cdb, u32 expected, const u8 *data, u32 len)
{
	const struct sluice_desc *d;

	fx_init(&c, n, cdb[0], SLUICE_DIR_IN, expected);
	memcpy(c.cmd.cdb, cdb, 12);
	fx->auto_release = false;
	fx_submit(&c);
	d = fx_take(0);
	assert_non_null(d);
	memset(fx_buffer(d), 0xee, d->buf_len);
	memcpy(fx_buffer(d), data, len);
	fx_good(0, d, len);
	assert_int_equal(c.responses, 1);
}

static void done(void)
{
	fx_release(&c);
	fx->auto_release = true;
	fx_assert_quiet();
}

static void inquiry(struct sl_nexus *n, u8 evpd, u8 page, u16 allocation, const u8 *data, u32 len)
{
	const u8 cdb[12] = { 0x12, evpd, page, (u8)(allocation >> 8), (u8)allocation };

	ask(n, cdb, 4096, data, len);
}

static void should_set_the_bits_of_standard_data(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct sl_device *dev = sl_device_at(fx->gw, fx->device);
	u8 data[96] = { 0, 0, 6, 0x22, 91, 0x8b, 0x50, 0 };

	(void)state;
	inquiry(n, 0, 0, 255, data, 96);
	assert_int_equal(c.cmd.data_len, 96);
	assert_int_equal(c.cmd.residual, 4000);
	assert_int_equal(c.cmd.data[3], 0x32);
	assert_int_equal(c.cmd.data[5], 0x9b);
	assert_int_equal(c.cmd.data[6], 0x40);
	assert_int_equal(c.cmd.data[7], 0x02);
	done();
	sl_portal_group_add(fx->gw, 1);
	sl_portal_group_add(fx->gw, 2);
	dev->declared = SLUICE_DEVICE_EXPLICIT_ACCESS;
	inquiry(n, 0, 0, 36, data, 96);
	assert_int_equal(c.cmd.data_len, 36);
	assert_int_equal(c.cmd.data[5], 0xbb);
	assert_int_equal(c.cmd.data[6], 0x50);
	done();
	/* Five bytes have no bits to set. */
	inquiry(n, 0, 0, 5, data, 5);
	assert_int_equal(c.cmd.data_len, 5);
	assert_int_equal(c.cmd.data[3], 0x22);
	done();
}

/* The handler is asked for all of it, whatever the initiator wants. */
static void should_ask_the_handler_for_the_whole_answer(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d;

	(void)state;
	fx_init(&c, n, 0x12, SLUICE_DIR_IN, 4);
	c.cmd.cdb[1] = 1;
	c.cmd.cdb[2] = 0x83;
	c.cmd.cdb[4] = 4;
	fx_submit(&c);
	d = fx_take(0);
	assert_int_equal(d->buf_len, 8192);
	assert_int_equal(d->expected_len, 8192);
	assert_int_equal(d->cdb[3] << 8 | d->cdb[4], 8192);
	memset(fx_buffer(d), 0, 4);
	fx_buffer(d)[1] = 0x83;
	fx_good(0, d, 4);
	assert_int_equal(c.cmd.data_len, 4);
	assert_int_equal(c.cmd.residual, 0);
}

/* Finds a designator of this association and type; its length, or -1. */
static int find(u8 kind, const u8 **value)
{
	u32 end = 4 + sl_get_be16(c.cmd.data + 2);

	assert_int_equal(end, c.cmd.data_len);
	for (u32 at = 4; at < end; at += 4U + c.cmd.data[at + 3]) {
		*value = c.cmd.data + at + 4;
		if ((c.cmd.data[at + 1] & 0x3f) == kind)
			return c.cmd.data[at + 3];
	}
	return -1;
}

static u32 times(u8 kind)
{
	u32 found = 0;

	for (u32 at = 4; at < c.cmd.data_len; at += 4U + c.cmd.data[at + 3])
		found += (c.cmd.data[at + 1] & 0x3f) == kind;
	return found;
}

static void should_add_the_designators_of_the_port(void **state)
{
	static const u8 page[] = { 0, 0x83, 0, 12, 1, 3, 0, 8, 0x31, 2, 3, 4, 5, 6, 7, 8 };
	static const u8 with_port[] = { 0, 0x83, 0, 8, 0x51, 0x94, 0, 4, 0, 0, 0, 77 };
	static const u8 lying[] = { 0, 0x83, 0, 50, 1, 3, 0, 8, 0x31, 2, 3, 4, 5, 6, 7, 8 };
	struct sl_nexus *n = NULL;
	const u8 *v;

	(void)state;
	assert_int_equal(sl_nexus_open(fx->gw, FX_TARGET, "iqn.a,i,0x1", FX_TARGET ",t,0x0203", "p",
				       SL_NEXUS_NEW, fx_fabric(), NULL, &n),
			 0);
	inquiry(n, 1, 0x83, 4096, page, sizeof(page));
	assert_int_equal(find(0x03, &v), 8);
	assert_int_equal(find(0x14, &v), 4);
	assert_int_equal(sl_get_be32(v), 1);
	assert_int_equal(find(0x15, &v), 4);
	assert_int_equal(sl_get_be32(v), 0x203);
	assert_in_range(find(0x18, &v), sizeof(FX_TARGET ",t,0x0203"), 240);
	assert_string_equal((const char *)v, FX_TARGET ",t,0x0203");
	assert_int_equal(find(0x18, &v) % 4, 0);
	assert_in_range(find(0x28, &v), sizeof(FX_TARGET), 240);
	assert_string_equal((const char *)v, FX_TARGET);
	done();
	inquiry(n, 1, 0x83, 4096, with_port, sizeof(with_port));
	assert_int_equal(find(0x14, &v), 4);
	assert_int_equal(sl_get_be32(v), 77);
	assert_int_equal(times(0x14), 1);
	assert_int_equal(times(0x15), 1);
	assert_int_equal(find(0x15, &v), 4);
	done();
	inquiry(n, 1, 0x83, 20, page, sizeof(page));
	assert_int_equal(c.cmd.data_len, 20);
	done();
	/* A page that is shorter than it says stays as it is. */
	inquiry(n, 1, 0x83, 4096, lying, sizeof(lying));
	assert_int_equal(c.cmd.data_len, sizeof(lying));
	assert_memory_equal(c.cmd.data, lying, sizeof(lying));
	done();
	inquiry(n, 1, 0x83, 4096, page, 3);
	assert_int_equal(c.cmd.data_len, 3);
	done();
}

static void should_set_the_bits_of_extended_data(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	u8 page[64] = { 0, 0x86, 0, 60, 0, 0x30, 1 };

	(void)state;
	inquiry(n, 1, 0x86, 64, page, 64);
	assert_int_equal(c.cmd.data_len, 64);
	assert_int_equal(c.cmd.data[5], 0x17);
	assert_int_equal(c.cmd.data[6], 1);
	assert_int_equal(c.cmd.data[7], 1);
	assert_int_equal(c.cmd.data[13], SLUICE_SENSE_MAX);
	done();
	inquiry(n, 1, 0x86, 64, page, 13);
	assert_int_equal(c.cmd.data_len, 13);
	assert_int_equal(c.cmd.data[5], 0x30);
	done();
}

/* RECOVERED ERROR may come with GOOD. */
static void should_keep_sense_data_that_come_with_good(void **state)
{
	static const u8 sense[18] = { 0x70, 0, 1, 0, 0, 0, 0, 10, [12] = 0x17 };
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	const struct sluice_desc *d;

	(void)state;
	fx_init(&c, n, 0x12, SLUICE_DIR_IN, 96);
	c.cmd.cdb[4] = 96;
	fx_submit(&c);
	d = fx_take(0);
	memset(fx_buffer(d), 0, 36);
	fx_put(0, d->tag, d->generation, 0, 36, sense, 18);
	fx_reap(0);
	assert_int_equal(c.cmd.status, 0);
	assert_int_equal(c.cmd.data_len, 36);
	assert_int_equal(c.cmd.sense_len, 18);
	assert_memory_equal(c.cmd.sense, sense, 18);
}

/* ---- REPORT SUPPORTED OPERATION CODES ------------------------------------------------------ */

static void codes(struct sl_nexus *n, u8 options, u8 opcode, u16 action, const u8 *data, u32 len)
{
	const u8 cdb[12] = { 0xa3,	 0x0c, options, opcode, (u8)(action >> 8),
			     (u8)action, 0,    0,	0x10,	0 };

	ask(n, cdb, 4096, data, len);
}

/* How often the list has it; checks its shape. */
static u32 count(u8 opcode, s32 action)
{
	u32 end = 4 + sl_get_be32(c.cmd.data), found = 0;

	assert_int_equal(end, c.cmd.data_len);
	for (u32 at = 4; at < end; at += 8U + (c.cmd.data[at + 5] & 2 ? 12 : 0)) {
		const u8 *row = c.cmd.data + at;

		found += row[0] == opcode && (row[5] & 1) == (action >= 0) &&
			 (action < 0 || sl_get_be16(row + 2) == action);
		if (row[5] & 2)
			assert_int_equal(sl_get_be16(row + 8), 10);
	}
	return found;
}

static void should_merge_the_lists_of_commands(void **state)
{
	/* READ(10), REPORT LUNS (ours), RTPG (ours), and a service action that is not. */
	static const u8 list[] = { 0,	 0, 0, 32, 0x28, 0, 0, 0,  0,	 0, 0, 10,
				   0xa0, 0, 0, 0,  0,	 0, 0, 12, 0xa3, 0, 0, 0x0a,
				   0,	 1, 0, 12, 0xa3, 0, 0, 5,  0,	 1, 0, 12 };
	static const u8 cut[] = { 0, 0, 0, 8, 0x28, 0, 0, 0, 0, 2, 0, 10 };
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct sl_device *dev = sl_device_at(fx->gw, fx->device);

	(void)state;
	for (u32 timeouts = 0; timeouts < 2; timeouts++) {
		codes(n, timeouts ? 0x80 : 0, 0, 0, list, sizeof(list));
		assert_int_equal(count(0x28, -1), 1);
		assert_int_equal(count(0xa0, -1), 1);
		assert_int_equal(count(0xa3, 0x0a), 1);
		assert_int_equal(count(0xa3, 0x05), 1);
		assert_int_equal(count(0x03, -1), 1);
		assert_int_equal(count(0xa3, 0x0d), 1);
		assert_int_equal(count(0xa4, 0x0a), 0);
		done();
	}
	dev->declared = SLUICE_DEVICE_EXPLICIT_ACCESS;
	codes(n, 0, 0, 0, list, sizeof(list));
	assert_int_equal(count(0xa4, 0x0a), 1);
	done();
	/* A row that says it has a timeouts descriptor and ends before it: dropped. */
	codes(n, 0, 0, 0, cut, sizeof(cut));
	assert_int_equal(count(0x28, -1), 0);
	assert_int_equal(count(0xa0, -1), 1);
	done();
	/* Not a whole list: nothing is added. */
	codes(n, 0, 0, 0, list, 20);
	assert_int_equal(c.cmd.data_len, 20);
	done();
}

static void should_answer_for_one_command_of_its_own(void **state)
{
	static const u8 unknown[4] = { 0, 1, 0, 0 };
	static const u8 luns[12] = { 0xa0, 0, 0xff, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 4 };
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	codes(n, 1, 0xa0, 0, unknown, 4);
	assert_int_equal(c.cmd.data_len, 16);
	assert_int_equal(c.cmd.data[1], 3);
	assert_int_equal(c.cmd.data[3], 12);
	assert_memory_equal(c.cmd.data + 4, luns, 12);
	done();
	codes(n, 0x82, 0xa3, 0x0a, unknown, 4);
	assert_int_equal(c.cmd.data_len, 28);
	assert_int_equal(c.cmd.data[1], 0x83);
	assert_int_equal(c.cmd.data[5], 0xea);
	assert_int_equal(c.cmd.data[17], 10);
	assert_int_equal(sl_get_be32(c.cmd.data + 16 + 8), 11);
	done();
	codes(n, 3, 0xa0, 0, unknown, 4);
	assert_int_equal(c.cmd.data[1], 3);
	done();
	codes(n, 3, 0xa0, 1, unknown, 4);
	assert_int_equal(c.cmd.data[1], 1);
	assert_int_equal(c.cmd.data_len, 4);
	done();
	codes(n, 3, 0xa3, 0x0d, unknown, 4);
	assert_int_equal(c.cmd.data[1], 3);
	done();
	/* The handler's own. */
	codes(n, 2, 0xa3, 5, unknown, 4);
	assert_int_equal(c.cmd.data[1], 1);
	done();
	codes(n, 1, 0xa3, 0, unknown, 4);
	fx_assert_sense(&c, 5, 0x2400);
	done();
	codes(n, 2, 0xa0, 0, unknown, 4);
	fx_assert_sense(&c, 5, 0x2400);
	done();
}

static void should_find_every_row_of_the_table(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	for (u32 i = 0; i < sl_n_services; i++) {
		const struct sl_service *s = &sl_services[i];

		if (s->applies)
			continue;
		fx_init(&c, n, s->opcode, SLUICE_DIR_IN, 64);
		c.cmd.cdb[1] = s->action == 0xff ? 0x1f : s->action;
		assert_ptr_equal(sl_service_of(&c.cmd), s);
		if (s->cdb_len)
			assert_int_equal(s->usage[0], s->opcode);
	}
}

/* ---- REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS ---------------------------------------------- */

static void should_report_the_functions_that_it_performs(void **state)
{
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");

	(void)state;
	for (u32 extended = 0; extended < 2; extended++) {
		fx_init(&c, n, 0xa3, SLUICE_DIR_IN, 64);
		c.cmd.cdb[1] = 0x0d;
		c.cmd.cdb[2] = extended ? 0x80 : 0;
		c.cmd.cdb[9] = 64;
		fx->auto_release = false;
		fx_submit(&c);
		assert_int_equal(c.cmd.data_len, extended ? 16 : 4);
		assert_int_equal(c.cmd.data[0], 0xfe);
		assert_int_equal(c.cmd.data[1], 7);
		assert_int_equal(c.cmd.data[3], extended ? 12 : 0);
		if (extended)
			assert_in_range(sl_get_be32(c.cmd.data + 8), 50, 52);
		done();
	}
	fx_init(&c, n, 0xa3, SLUICE_DIR_IN, 64);
	c.cmd.cdb[1] = 0x0d;
	c.cmd.cdb[9] = 3;
	fx_submit(&c);
	fx_assert_sense(&c, 5, 0x2400);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(should_set_the_bits_of_standard_data),
		T(should_ask_the_handler_for_the_whole_answer),
		T(should_add_the_designators_of_the_port),
		T(should_set_the_bits_of_extended_data),
		T(should_keep_sense_data_that_come_with_good),
		T(should_merge_the_lists_of_commands),
		T(should_answer_for_one_command_of_its_own),
		T(should_find_every_row_of_the_table),
		T(should_report_the_functions_that_it_performs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
