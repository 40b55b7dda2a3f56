/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The rig's vocabulary: CDB fields, sense data, values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rig/scenario/value.h"
#include "rig/scsi/command_table.h"
#include "rig/scsi/hex.h"
#include "rig/scsi/name.h"
#include "rig/scsi/sense_data.h"

static void should_keep_every_field_within_its_cdb_and_apart_from_the_others(void **state)
{
	const struct cdb_command *c;

	for (unsigned int n = 0; (c = cdb_command_at(n)); n++) {
		uint8_t cdb[64] = { 0 };

		for (int i = 0; i < CDB_FIELDS && c->fields[i].name; i++) {
			const struct cdb_field *f = &c->fields[i];
			uint64_t all = f->bits == 64 ? UINT64_MAX : (1ull << f->bits) - 1;

			assert_true(f->byte + (f->bits + f->shift + 7) / 8 <= c->cdb_len);
			/* None has bits of another, or of the operation code. */
			assert_int_equal(cdb_field_get(cdb, f), 0);
			assert_true(cdb_field_set(cdb, f, all));
			assert_true(cdb_field_get(cdb, f) == all);
			assert_int_equal(cdb[0], 0);
		}
		assert_ptr_equal(cdb_command_find(c->name), c);
	}
}

static void should_refuse_values_that_do_not_fit(void **state)
{
	const struct cdb_field f = { "page", 2, 0, 6 };
	uint8_t cdb[6] = { 0, 0, 0xc0 };

	assert_false(cdb_field_set(cdb, &f, 64));
	assert_true(cdb_field_set(cdb, &f, 63));
	assert_int_equal(cdb[2], 0xff);
	assert_true(cdb_field_set(cdb, &f, 0));
	assert_int_equal(cdb[2], 0xc0);
}

static void should_read_fixed_sense_data_with_its_field_pointer(void **state)
{
	const uint8_t sense[18] = { 0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0, 0, 0xcf, 0, 2 };
	char text[SENSE_TEXT];
	struct sense_data s;

	sense_data_parse(sense, 18, &s);
	assert_true(s.valid);
	assert_false(s.descriptor);
	assert_int_equal(s.key, 5);
	assert_true(s.has_field && s.field_in_cdb);
	assert_int_equal(s.field_byte, 2);
	assert_int_equal(s.field_bit, 7);
	assert_string_equal(sense_data_text(sense, 18, text),
			    "ILLEGAL REQUEST 24h/00h INVALID FIELD IN CDB, field CDB byte 2 bit 7, "
			    "fixed format");
}

static void should_read_descriptor_sense_data_with_its_field_pointer(void **state)
{
	const uint8_t sense[16] = { 0x72, 5, 0x26, 0, 0, 0, 0, 8, 2, 6, 0, 0, 0x80, 0, 4, 0 };
	struct sense_data s;

	sense_data_parse(sense, 16, &s);
	assert_true(s.valid && s.descriptor && s.has_field);
	assert_false(s.field_in_cdb);
	assert_int_equal(s.field_byte, 4);
	assert_int_equal(s.field_bit, -1);
}

static void should_not_read_past_short_sense_data(void **state)
{
	const uint8_t fixed[13] = { 0x70, 0, 5 },
		      descriptor[10] = { 0x72, 5, 0, 0, 0, 0, 0, 200, 2, 6 };
	char text[SENSE_TEXT];
	struct sense_data s;

	sense_data_parse(fixed, 13, &s);
	assert_false(s.valid);
	sense_data_parse(descriptor, 10, &s);
	assert_true(s.valid);
	assert_false(s.has_field);
	assert_string_equal(sense_data_text(fixed, 0, text), "no sense data");
}

static void should_read_numbers_and_durations(void **state)
{
	uint64_t n;

	assert_true(value_number("0x1f", &n) && n == 31);
	assert_true(value_number("64K", &n) && n == 65536);
	assert_true(value_number("2G", &n) && n == 2ull << 30);
	assert_false(value_number("", &n) || value_number("-1", &n) || value_number("4KB", &n) ||
		     value_number("99999999999999999999", &n) ||
		     value_number("0xfffffffffffffG", &n));
	assert_true(value_duration("250us", &n) && n == 250000);
	assert_true(value_duration("2min", &n) && n == 120000000000ull);
	assert_false(value_duration("5", &n) || value_duration("s", &n) ||
		     value_duration("99999999999min", &n));
}

static void should_make_patterns_that_differ_by_place_and_seed(void **state)
{
	struct arena a = { 0 };
	struct data_spec one, two;
	uint8_t x[512], y[512], tail[256];

	assert_true(value_data(&a, "pattern:1", &one) && value_data(&a, "pattern:2", &two));
	value_fill(&one, 0, x, 512);
	value_fill(&two, 0, y, 512);
	assert_memory_not_equal(x, y, 512);
	assert_memory_not_equal(x, x + 256, 256);
	value_fill(&one, 256, tail, 256);
	assert_memory_equal(tail, x + 256, 256);
	arena_free(&a);
}

static void should_fill_with_zeros_what_lies_behind_given_bytes(void **state)
{
	const uint8_t wanted[4] = { 0xab, 0xcd, 0, 0 };
	struct arena a = { 0 };
	struct data_spec d;
	uint8_t out[4];

	assert_true(value_data(&a, "ab:cd", &d));
	value_fill(&d, 0, out, 4);
	assert_memory_equal(out, wanted, 4);
	assert_false(value_data(&a, "abc", &d) || value_data(&a, "", &d) ||
		     value_data(&a, "zeros:17M", &d) || value_data(&a, "pattern:x", &d));
	arena_free(&a);
}

static void should_make_names_readable(void **state)
{
	char text[NAME_TEXT];

	assert_string_equal(name_text(status_names, 0x18, "status", text), "RESERVATION CONFLICT");
	assert_string_equal(name_text(status_names, 0x77, "status", text), "status 77h");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_keep_every_field_within_its_cdb_and_apart_from_the_others),
		cmocka_unit_test(should_refuse_values_that_do_not_fit),
		cmocka_unit_test(should_read_fixed_sense_data_with_its_field_pointer),
		cmocka_unit_test(should_read_descriptor_sense_data_with_its_field_pointer),
		cmocka_unit_test(should_not_read_past_short_sense_data),
		cmocka_unit_test(should_read_numbers_and_durations),
		cmocka_unit_test(should_make_patterns_that_differ_by_place_and_seed),
		cmocka_unit_test(should_fill_with_zeros_what_lies_behind_given_bytes),
		cmocka_unit_test(should_make_names_readable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
