/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How long a command may be with its handler: by the class of its operation code (core/facts.c). */
#include <string.h>

#include "core/facts.h"
#include "core/nexus.h"
#include "fixture.h"

static const struct {
	u8 type, opcode, action, pace;
} rows[] = {
	{ 0x00, 0x00, 0, SLUICE_PACE_PROMPT },	  /* TEST UNIT READY */
	{ 0x00, 0x12, 0, SLUICE_PACE_PROMPT },	  /* INQUIRY */
	{ 0x00, 0x9e, 0x10, SLUICE_PACE_PROMPT }, /* READ CAPACITY(16) */
	{ 0x00, 0x28, 0, SLUICE_PACE_DATA },	  /* READ(10) */
	{ 0x00, 0x89, 0, SLUICE_PACE_DATA },	  /* COMPARE AND WRITE */
	{ 0x00, 0x35, 0, SLUICE_PACE_MEDIUM },	  /* SYNCHRONIZE CACHE(10) */
	{ 0x00, 0x42, 0, SLUICE_PACE_MEDIUM },	  /* UNMAP */
	{ 0x00, 0x8f, 0, SLUICE_PACE_MEDIUM },	  /* VERIFY(16) */
	{ 0x00, 0x93, 0, SLUICE_PACE_MEDIUM },	  /* WRITE SAME(16) */
	{ 0x00, 0x04, 0, SLUICE_PACE_LONG },	  /* FORMAT UNIT */
	{ 0x00, 0x48, 0, SLUICE_PACE_LONG },	  /* SANITIZE */
	{ 0x00, 0xc0, 0, SLUICE_PACE_LONG },	  /* vendor specific */
	{ 0x01, 0x08, 0, SLUICE_PACE_DATA },	  /* READ(6) */
	{ 0x01, 0x34, 0, SLUICE_PACE_PROMPT },	  /* READ POSITION; of a disk it is PRE-FETCH(10) */
	{ 0x01, 0x01, 0, SLUICE_PACE_MEDIUM },	  /* REWIND */
	{ 0x01, 0x2b, 0, SLUICE_PACE_MEDIUM },	  /* LOCATE(10) */
	{ 0x01, 0x91, 0, SLUICE_PACE_MEDIUM },	  /* SPACE(16) */
	{ 0x01, 0x93, 0, SLUICE_PACE_LONG },	  /* ERASE(16); of a disk it is WRITE SAME(16) */
	{ 0x08, 0xa5, 0, SLUICE_PACE_MEDIUM },	  /* MOVE MEDIUM */
	{ 0x08, 0xb8, 0, SLUICE_PACE_MEDIUM },	  /* READ ELEMENT STATUS, CURDATA 0 */
	{ 0x08, 0x07, 0, SLUICE_PACE_LONG },	  /* INITIALIZE ELEMENT STATUS */
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static const char *const types[] = { [0x00] = "disk", [0x01] = "tape", [0x08] = "changer" };

static void add(const char *name, u8 type, const u64 seconds[SLUICE_PACES])
{
	struct sluice_device_add a = { .queue = 0,
				       .task_set_limit = 64,
				       .max_transfer = SLUICE_MAX_BUFFER,
				       .peripheral_type = type };
	const char *why = NULL;

	strcpy(a.name, name);
	for (u32 i = 0; i < SLUICE_PACES; i++)
		a.timeout_ns[i] = seconds[i] * FX_SECOND;
	assert_int_equal(sl_device_add(fx->session, &a, fx->now_ns, &fx->added, &why), 0);
}

static void should_give_each_class_its_own_time(void **state)
{
	static const u64 seconds[SLUICE_PACES] = { 3, 5, 7, 11 };
	struct sl_nexus *n;
	struct fx_cmd c[N_ROWS];

	(void)state;
	fx_teardown(NULL);
	fx_open(64, 0, 0);
	assert_int_equal(sl_device_remove(fx->session, fx->device, fx->now_ns), 0);
	for (u32 type = 0; type < sizeof(types) / sizeof(types[0]); type++) {
		if (types[type]) {
			add(types[type], (u8)type, seconds);
			if (type)
				fx_lun_map(type, types[type]);
		}
	}
	n = fx_nexus("iqn.a,i,0x1");
	for (u32 i = 0; i < N_ROWS; i++) {
		const struct sluice_desc *d;

		do {
			fx_init(&c[i], n, rows[i].opcode, SLUICE_DIR_NONE, 0);
			c[i].cmd.lun[1] = rows[i].type;
			c[i].cmd.cdb[1] = rows[i].action;
			fx_submit(&c[i]);
		} while (c[i].responses && c[i].cmd.sense[2] == 6); /* Unit Attentions */
		d = fx_take(0);
		assert_non_null(d);
		assert_int_equal(d->deadline_ns, fx->now_ns + seconds[rows[i].pace] * FX_SECOND);
	}
	for (u64 now = 1; now <= 11; now++) {
		fx->now_ns += FX_SECOND;
		sl_gateway_tick(fx->gw, fx->now_ns);
		for (u32 i = 0; i < N_ROWS; i++)
			assert_int_equal(c[i].responses, seconds[rows[i].pace] <= now);
	}
	for (u32 i = 0; i < N_ROWS; i++)
		fx_assert_sense(&c[i], 0xb, 0x2e02);
}

/* What a device does not say is the gateway's. */
static void should_have_a_default_for_each(void **state)
{
	static const u64 none[SLUICE_PACES] = { 0, 9, 0, 0 };
	static const u64 seconds[SLUICE_PACES] = { 30, 9, 600, 14400 };
	static const u8 opcodes[SLUICE_PACES] = { 0x00, 0x28, 0x35, 0x04 };
	struct sl_nexus *n;

	(void)state;
	assert_int_equal(sl_device_remove(fx->session, fx->device, fx->now_ns), 0);
	add("disk", 0, none);
	n = fx_nexus("iqn.a,i,0x1");
	for (u32 i = 0; i < SLUICE_PACES; i++) {
		const struct sluice_desc *d;
		struct fx_cmd c;

		fx_init(&c, n, opcodes[i], SLUICE_DIR_NONE, 0);
		fx_submit(&c);
		d = fx_take(0);
		assert_int_equal(d->deadline_ns, fx->now_ns + seconds[i] * FX_SECOND);
		fx_good(0, d, 0);
	}
}

/* The wait for Data-Out, for a turn, a buffer, a tag is as long for each. */
static void should_bound_what_comes_before_the_handler_by_the_class_of_data(void **state)
{
	static const u64 seconds[SLUICE_PACES] = { 3, 5, 7, 11 };
	struct sl_nexus *n;
	struct fx_cmd first, format;

	(void)state;
	assert_int_equal(sl_device_remove(fx->session, fx->device, fx->now_ns), 0);
	add("disk", 0, seconds);
	n = fx_nexus("iqn.a,i,0x1");
	fx_init(&first, n, 0x93, SLUICE_DIR_NONE, 0);
	fx_submit(&first);
	fx_init(&format, n, 0x04, SLUICE_DIR_NONE, 0);
	format.cmd.attribute = SLUICE_ATTR_ORDERED;
	fx_submit(&format);
	assert_int_equal(format.cmd.core.state, SL_DORMANT);
	fx->now_ns += 5 * FX_SECOND - 1;
	sl_gateway_tick(fx->gw, fx->now_ns);
	assert_int_equal(format.responses, 0);
	fx->now_ns++;
	sl_gateway_tick(fx->gw, fx->now_ns);
	fx_assert_sense(&format, 0xb, 0x2e01);
	fx_good(0, fx_take(0), 0);
	fx_assert_quiet();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_give_each_class_its_own_time),
		TEST(should_have_a_default_for_each),
		TEST(should_bound_what_comes_before_the_handler_by_the_class_of_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
