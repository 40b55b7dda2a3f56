/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Sense data in both formats, and the way from one to the other. */
#include <string.h>

#include "core/device.h"
#include "core/sense.h"
#include "core/sense_format.h"
#include "fixture.h"

static struct sl_sense_data through(const struct sl_sense_data *s, bool descriptor, u8 type)
{
	struct sl_sense_data out;
	u8 bytes[64];
	u8 len = sl_sense_write(s, descriptor, type, bytes);

	assert_in_range(len, 8, 52);
	assert_int_equal(bytes[7], len - 8);
	assert_true(sl_sense_parse(bytes, len, &out));
	return out;
}

static void should_keep_everything_in_both_formats(void **state)
{
	const struct sl_sense_data s = { .deferred = true,
					 .overflow = true,
					 .valid = true,
					 .filemark = true,
					 .eom = true,
					 .ili = true,
					 .key = 3,
					 .asc = 0x1100,
					 .fru = 0x42,
					 .specific = { 0x80, 0x12, 0x34 },
					 .information = 0xfedcba98,
					 .command_specific = 0x01020304 };

	(void)state;
	for (u32 i = 0; i < 2; i++) {
		struct sl_sense_data out = through(&s, i, 0x01);

		assert_int_equal(out.deferred, 1);
		assert_int_equal(out.overflow, 1);
		assert_int_equal(out.valid, 1);
		assert_int_equal(out.filemark, 1);
		assert_int_equal(out.eom, 1);
		assert_int_equal(out.ili, 1);
		assert_int_equal(out.key, 3);
		assert_int_equal(out.asc, 0x1100);
		assert_int_equal(out.fru, 0x42);
		assert_memory_equal(out.specific, s.specific, 3);
		assert_int_equal(out.information, 0xfedcba98);
		assert_int_equal(out.command_specific, 0x01020304);
	}
}

/* SPC-5 4.4.3: VALID is zero when INFORMATION has no room. */
static void should_not_cut_a_long_information_field(void **state)
{
	struct sl_sense_data s = { .valid = true, .key = 3, .information = 0x100000000 }, out;

	(void)state;
	out = through(&s, false, 0);
	assert_int_equal(out.valid, 0);
	assert_int_equal(out.information, 0);
	out = through(&s, true, 0);
	assert_int_equal(out.valid, 1);
	assert_int_equal(out.information, 0x100000000);
}

static void should_place_ili_by_device_type(void **state)
{
	struct sl_sense_data s = { .ili = true };
	u8 bytes[64];

	(void)state;
	assert_int_equal(sl_sense_write(&s, true, 0x00, bytes), 12);
	assert_int_equal(bytes[8], 5);
	assert_int_equal(bytes[11], 0x20);
	assert_int_equal(sl_sense_write(&s, true, 0x01, bytes), 12);
	assert_int_equal(bytes[8], 4);
	assert_int_equal(bytes[11], 0x20);
}

static void should_read_a_direct_access_descriptor(void **state)
{
	/* SBC-4: all in one, type 0Dh */
	const u8 d[] = { 0x72, 5, 0x21, 0, 0, 0, 0, 0x20, 0x0d, 0x1e, 0xa0, 0, 0xc8, 0,
			 2,    7, 0,	0, 0, 0, 0, 0,	  1,	0,    0,    0, 0,    0,
			 0,    0, 0,	9, 0, 0, 0, 0,	  0,	0,    0,    0 };
	struct sl_sense_data s;

	(void)state;
	assert_true(sl_sense_parse(d, sizeof(d), &s));
	assert_true(s.valid && s.ili);
	assert_int_equal(s.fru, 7);
	assert_int_equal(s.information, 0x100);
	assert_int_equal(s.command_specific, 9);
	assert_int_equal(s.specific[0], 0xc8);
}

/* SBC-4 4.18: block commands descriptors say ILI, whichever type the device has. */
static void should_read_ili_of_a_block_descriptor_and_leave_what_is_short(void **state)
{
	static const u8 block[] = { 0x72, 3, 0x11, 0, 0, 0, 0, 4, 5, 2, 0, 0x20 };
	static const u8 cut[] = { 0x72, 3, 0x11, 0, 0, 0, 0, 6, 0x0d, 4, 0x80, 0, 0xff, 0xff };
	static const u8 two[] = { 0x70, 0 };
	struct sl_sense_data out;

	(void)state;
	assert_true(sl_sense_parse(block, sizeof(block), &out));
	assert_true(out.ili);
	assert_true(sl_sense_parse(cut, sizeof(cut), &out));
	assert_false(out.valid);
	assert_int_equal(out.asc, 0x1100);
	assert_false(sl_sense_parse(two, sizeof(two), &out));
}

static void should_survive_bytes_that_lie(void **state)
{
	struct sl_sense_data s;
	u8 d[252];

	(void)state;
	for (u32 code = 0; code < 256; code++) {
		for (u32 len = 0; len < 252; len += 5) {
			memset(d, 0xff, sizeof(d));
			d[0] = (u8)code;
			sl_sense_parse(d, len, &s);
			memset(d + 8, 0, sizeof(d) - 8);
			sl_sense_parse(d, len, &s);
		}
	}
	assert_false(sl_sense_parse(d, 0, &s));
	d[0] = 0x74;
	assert_false(sl_sense_parse(d, 18, &s));
}

/* Through a command: the device's D_SENSE decides, whatever the handler wrote. */
static void should_give_initiators_the_format_of_the_device(void **state)
{
	static const u8 fixed[18] = {
		0xf0, 0, 0xe3, 0, 0, 1, 0, 10, [12] = 0x11, [15] = 0x80, 0, 9
	};
	struct sl_nexus *n = fx_nexus("iqn.a,i,0x1");
	struct sl_device *dev = sl_device_at(fx->gw, fx->device);
	const struct sluice_desc *d;
	struct fx_cmd c;
	u8 wire[252];

	(void)state;
	dev->peripheral_type = 1;
	dev->control_mode = SLUICE_CONTROL_MODE_D_SENSE;
	fx_init(&c, n, 0x08, SLUICE_DIR_IN, 512);
	fx_submit(&c);
	d = fx_take(0);
	fx_put(0, d->tag, d->generation, 2, 0, fixed, 18);
	fx_reap(0);
	assert_int_equal(c.cmd.sense[0], 0x72);
	assert_int_equal(c.cmd.sense[1], 3);
	assert_int_equal(c.cmd.sense[2], 0x11);
	assert_int_equal(c.cmd.sense_len, 8 + 12 + 8 + 4);
	assert_int_equal(c.cmd.sense[8 + 11], 0);
	assert_int_equal(c.cmd.sense[8 + 10], 1);
	assert_int_equal(c.cmd.sense[8 + 12 + 8], 4);
	assert_int_equal(c.cmd.sense[8 + 12 + 8 + 3], 0xe0);
	/* And back: what was made into descriptors becomes the fixed format that it was. */
	memcpy(wire, c.cmd.sense, c.cmd.sense_len);
	dev->control_mode = 0;
	fx_init(&c, n, 0x08, SLUICE_DIR_IN, 512);
	fx_submit(&c);
	d = fx_take(0);
	fx_put(0, d->tag, d->generation, 2, 0, wire, 32);
	fx_reap(0);
	assert_int_equal(c.cmd.sense_len, 18);
	assert_memory_equal(c.cmd.sense, fixed, 18);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(should_keep_everything_in_both_formats),
		T(should_not_cut_a_long_information_field),
		T(should_place_ili_by_device_type),
		T(should_read_a_direct_access_descriptor),
		T(should_read_ili_of_a_block_descriptor_and_leave_what_is_short),
		T(should_survive_bytes_that_lie),
		T(should_give_initiators_the_format_of_the_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
