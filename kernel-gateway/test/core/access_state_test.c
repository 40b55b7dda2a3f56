/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Asymmetric access: what each state allows, who changes it, who hears of it (SPC-5 5.18). */
#include <string.h>

#include "core/access_state.h"
#include "core/byte_order.h"
#include "core/device.h"
#include "core/facts.h"
#include "core/reach.h"
#include "document.h"
#include "fixture.h"

static struct fx_cmd c;

static int set(const char *device, u16 group, u8 state, u8 flags)
{
	struct sluice_access_state a = { .group = group, .state = state, .flags = flags };
	const char *why = NULL;

	strcpy(a.device, device);
	return sl_access_state_set(fx->gw, &a, &why);
}

static struct sl_nexus *nexus(const char *initiator, const char *port)
{
	struct sl_nexus *n = NULL;

	assert_int_equal(sl_nexus_open(fx->gw, FX_TARGET, initiator, port, "p", SL_NEXUS_NEW,
				       fx_fabric(), NULL, &n),
			 0);
	fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	fx_assert_sense(&c, 6, 0x2900);
	return n;
}

static struct sl_nexus *one(void)
{
	return nexus("iqn.a,i,0x1", FX_TARGET ",t,0x0001");
}

static struct sl_nexus *two(void)
{
	return nexus("iqn.a,i,0x2", FX_TARGET ",t,0x0002");
}

static void take_attention(struct sl_nexus *n, u16 asc)
{
	fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	fx_assert_sense(&c, 6, asc);
}

/* The sense code with which a command is refused; 0: it went to the handler, or was answered. */
static u16 outcome(struct sl_nexus *n, u8 opcode, u8 byte1)
{
	const struct sluice_desc *d;

	fx_init(&c, n, opcode, SLUICE_DIR_NONE, 0);
	c.cmd.cdb[1] = byte1;
	c.cmd.cdb[9] = opcode == 0xa0 || opcode == 0xa3 ? 255 : 0; /* ALLOCATION LENGTH */
	fx_submit(&c);
	d = fx_take(0);
	if (d)
		fx_good(0, d, 0);
	assert_int_equal(c.responses, 1);
	if (c.cmd.status == 0)
		return 0;
	assert_int_equal(c.cmd.sense[2], 2);
	return (u16)(c.cmd.sense[12] << 8 | c.cmd.sense[13]);
}

/* SPC-5 5.18.2.5 to .7, written down a second time: in which states each command is processed. */
static const struct {
	u8 opcode, byte1;
	const char *name;
	bool standby, unavailable, transition;
} commands[] = {
	{ 0x00, 0x00, "TEST UNIT READY", false, false, false },
	{ 0x03, 0x00, "REQUEST SENSE", true, true, true },
	{ 0x12, 0x00, "INQUIRY", true, true, true },
	{ 0x15, 0x00, "MODE SELECT(6)", true, false, false },
	{ 0x1a, 0x00, "MODE SENSE(6)", true, false, false },
	{ 0x1c, 0x00, "RECEIVE DIAGNOSTIC RESULTS", true, false, false },
	{ 0x1d, 0x00, "SEND DIAGNOSTIC", true, false, false },
	{ 0x25, 0x00, "READ CAPACITY(10)", true, false, false },
	{ 0x28, 0x00, "READ(10)", false, false, false },
	{ 0x2a, 0x00, "WRITE(10)", false, false, false },
	{ 0x3b, 0x0a, "WRITE BUFFER, echo buffer", true, true, true },
	{ 0x3b, 0x05, "WRITE BUFFER, other modes", false, false, false },
	{ 0x3c, 0x0a, "READ BUFFER, echo buffer", true, true, true },
	{ 0x3c, 0x0b, "READ BUFFER, echo buffer descriptor", true, true, true },
	{ 0x3c, 0x02, "READ BUFFER, other modes", false, false, false },
	{ 0x4c, 0x00, "LOG SELECT", true, false, false },
	{ 0x4d, 0x00, "LOG SENSE", true, false, false },
	{ 0x5e, 0x00, "PERSISTENT RESERVE IN", true, false, false },
	{ 0x9e, 0x10, "READ CAPACITY(16)", true, false, false },
	{ 0x9e, 0x12, "GET LBA STATUS", false, false, false },
	{ 0xa0, 0x00, "REPORT LUNS", true, true, true },
	{ 0xa3, 0x0a, "REPORT TARGET PORT GROUPS", true, true, true },
	{ 0xa3, 0x0c, "REPORT SUPPORTED OPERATION CODES", true, false, false },
	{ 0xa3, 0x0d, "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", true, false, false },
	{ 0xa4, 0x0a, "SET TARGET PORT GROUPS", true, true, false },
	{ 0xc1, 0x00, "any that is not known", false, false, false },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct {
	u8 state;
	u16 asc;
} states[] = {
	{ SLUICE_ACCESS_OPTIMIZED, 0 },	   { SLUICE_ACCESS_NON_OPTIMIZED, 0 },
	{ SLUICE_ACCESS_STANDBY, 0x040b }, { SLUICE_ACCESS_UNAVAILABLE, 0x040c },
	{ SLUICE_ACCESS_OFFLINE, 0x0412 }, { SLUICE_ACCESS_TRANSITIONING, 0x040a },
};

#define N_STATES (sizeof(states) / sizeof(states[0]))

/* What came of each, for the document. */
static u16 came[N_COMMANDS][N_STATES];

static bool is_allowed(u32 command, u8 state)
{
	switch (state) {
	case SLUICE_ACCESS_STANDBY:
		return commands[command].standby;
	case SLUICE_ACCESS_UNAVAILABLE:
	case SLUICE_ACCESS_OFFLINE:
		return commands[command].unavailable;
	case SLUICE_ACCESS_TRANSITIONING:
		return commands[command].transition;
	default:
		return true;
	}
}

static void should_allow_in_each_state_what_the_standard_says(void **state)
{
	struct sl_nexus *n = one();

	(void)state;
	sl_device_at(fx->gw, fx->device)->declared = SLUICE_DEVICE_EXPLICIT_ACCESS;
	for (u32 i = 0; i < N_STATES; i++) {
		assert_int_equal(set("disk", 1, states[i].state, 0), 0);
		assert_int_equal(sl_access_state(sl_device_at(fx->gw, fx->device), 1),
				 states[i].state);
		if (i > 0)
			take_attention(n, 0x2a06);
		for (u32 j = 0; j < N_COMMANDS; j++) {
			came[j][i] = outcome(n, commands[j].opcode, commands[j].byte1);
			assert_int_equal(came[j][i],
					 is_allowed(j, states[i].state) ? 0 : states[i].asc);
		}
	}
}

static void print_table(FILE *f)
{
	fprintf(f,
		"Printed from what the core answers; the rows are the column `access` of\n"
		"`kernel-gateway/core/facts.c`, the columns the rules of `access_state.c`. A cell is empty\n"
		"where the command is processed; else it ends NOT READY with that additional sense code.\n"
		"\n"
		"| command | active/optimized | active/non-optimized | standby | unavailable | offline |"
		" transitioning |\n|---|---|---|---|---|---|---|\n");
	for (u32 j = 0; j < N_COMMANDS; j++) {
		fprintf(f, "| %s |", commands[j].name);
		for (u32 i = 0; i < N_STATES; i++) {
			if (came[j][i])
				fprintf(f, " %02X/%02X |", came[j][i] >> 8, came[j][i] & 0xff);
			else
				fprintf(f, " |");
		}
		fprintf(f, "\n");
	}
}

/* After the test that fills it in. */
static void should_match_its_document(void **state)
{
	(void)state;
	document_section("What is processed in which asymmetric access state", print_table);
}

static void should_limit_only_the_group_and_the_device_that_it_is_about(void **state)
{
	struct sl_nexus *a = one(), *b = two();

	(void)state;
	fx_device_add("other", 0, 32);
	fx_lun_map(1, "other");
	take_attention(a, 0x3f0e);
	take_attention(b, 0x3f0e);
	assert_int_equal(set("disk", 2, SLUICE_ACCESS_STANDBY, 0), 0);
	take_attention(a, 0x2a06);
	take_attention(b, 0x2a06);
	assert_int_equal(outcome(a, 0x28, 0), 0);
	assert_int_equal(outcome(b, 0x28, 0), 0x040b);
	fx_init(&c, b, 0x00, SLUICE_DIR_NONE, 0);
	c.cmd.lun[1] = 1;
	fx_submit(&c);
	fx_assert_sense(&c, 6, 0x2900);
	fx_init(&c, b, 0x28, SLUICE_DIR_NONE, 0);
	c.cmd.lun[1] = 1;
	fx_submit(&c);
	fx_good(0, fx_take(0), 0);
	assert_int_equal(c.cmd.status, 0);
	/* The same again is no change. */
	assert_int_equal(set("disk", 2, SLUICE_ACCESS_STANDBY, 0), 0);
	assert_int_equal(outcome(a, 0x00, 0), 0);
	/* A change that failed. */
	assert_int_equal(set("disk", 2, SLUICE_ACCESS_STANDBY, SLUICE_ACCESS_FAILED), 0);
	take_attention(a, 0x2a07);
	take_attention(b, 0x2a07);
}

static void should_give_new_devices_the_states_that_were_set_for_all(void **state)
{
	struct sl_device *late;

	(void)state;
	assert_int_equal(set("", 2, SLUICE_ACCESS_UNAVAILABLE, 0), 0);
	late = sl_device_at(fx->gw, fx_device_add("late", 0, 32));
	assert_int_equal(sl_access_state(late, 2), SLUICE_ACCESS_UNAVAILABLE);
	assert_int_equal(sl_access_state(sl_device_at(fx->gw, fx->device), 2),
			 SLUICE_ACCESS_UNAVAILABLE);
	assert_int_equal(late->access_limited, 1);
	assert_int_equal(set("", 2, SLUICE_ACCESS_OPTIMIZED, 0), 0);
	assert_int_equal(late->access_limited, 0);
	/* A device that does not exist yet can be told of, too. */
	assert_int_equal(set("later", 3, SLUICE_ACCESS_STANDBY, 0), 0);
	assert_int_equal(sl_access_state(sl_device_at(fx->gw, fx_device_add("later", 0, 32)), 3),
			 SLUICE_ACCESS_STANDBY);
}

static void should_refuse_states_that_there_are_not(void **state)
{
	(void)state;
	assert_int_equal(set("disk", 0, 0, 0), -EINVAL);
	assert_int_equal(set("disk", 1, 4, 0), -EINVAL);
	assert_int_equal(set("disk", 1, 13, 0), -EINVAL);
	assert_int_equal(set("disk", 1, 16, 0), -EINVAL);
	assert_int_equal(set("disk", 1, 0, 4), -EINVAL);
	for (u16 g = 1; g <= SL_ACCESS_GROUPS; g++)
		assert_int_equal(set("disk", g, 1, 0), 0);
	assert_int_equal(set("disk", 99, 1, 0), -ENOSPC);
	assert_int_equal(set("disk", 5, 2, 0), 0);
	assert_int_equal(set("", 99, 1, 0), -ENOSPC);
}

/* ---- REPORT TARGET PORT GROUPS --------------------------------------------------------------- */

static u32 report(struct sl_nexus *n, u8 format, u32 allocation)
{
	fx_init(&c, n, 0xa3, SLUICE_DIR_IN, allocation);
	c.cmd.cdb[1] = (u8)(format << 5 | 0x0a);
	sl_put_be32(c.cmd.cdb + 6, allocation);
	fx->auto_release = false;
	fx_submit(&c);
	assert_int_equal(c.responses, 1);
	assert_null(fx_take(0));
	return c.cmd.data_len;
}

static void done(void)
{
	fx_release(&c);
	fx->auto_release = true;
}

static void should_report_the_ports_of_a_device_by_group(void **state)
{
	static const u8 expected[] = { 0, 0, 0, 28, 0x80, 0xcf, 0, 1, 0, 2, 0, 2, 0, 0, 0, 1,
				       0, 0, 0, 5,  0x02, 0xcf, 0, 2, 0, 2, 0, 1, 0, 0, 0, 2 };
	struct sluice_target other = { .name = "iqn.other" }, third = { .name = "iqn.third" };
	struct sluice_lun l = { .target = "iqn.other", .group = "default", .device = "disk" };
	struct sluice_target_port p = { .target = "iqn.other", .group = 1, .relative_port = 5 };
	struct sl_nexus *a = one();
	const char *why = NULL;

	(void)state;
	/* A second target that leads here, and a third that does not. */
	assert_int_equal(sl_target_port_set(fx->gw, &p, &why), 0);
	strcpy(p.target, "iqn.third");
	p.relative_port = 7;
	assert_int_equal(sl_target_port_set(fx->gw, &p, &why), 0);
	assert_int_equal(sl_target_add(fx->gw, &other, &why), 0);
	assert_int_equal(sl_target_add(fx->gw, &third, &why), 0);
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
	two();
	assert_int_equal(sl_device_at(fx->gw, fx->device)->n_ports, 3);
	assert_int_equal(set("disk", 1, SLUICE_ACCESS_OPTIMIZED, SLUICE_ACCESS_PREFERRED), 0);
	assert_int_equal(set("disk", 2, SLUICE_ACCESS_STANDBY, 0), 0);
	take_attention(a, 0x2a06);
	assert_int_equal(report(a, 0, 255), sizeof(expected));
	assert_memory_equal(c.cmd.data, expected, sizeof(expected));
	done();
	assert_int_equal(report(a, 1, 255), sizeof(expected) + 4);
	assert_int_equal(c.cmd.data[3], 32);
	assert_int_equal(c.cmd.data[4], 0x10);
	assert_memory_equal(c.cmd.data + 8, expected + 4, sizeof(expected) - 4);
	done();
	assert_int_equal(report(a, 0, 6), 6);
	assert_int_equal(c.cmd.data[3], 28);
	done();
	report(a, 2, 255);
	fx_assert_sense(&c, 5, 0x2400);
	done();
	/* It leads here as long as one LUN does. */
	l.lun = 1;
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
	assert_int_equal(sl_lun_unmap(fx->gw, &l, fx->now_ns, &why), 0);
	assert_int_equal(sl_device_at(fx->gw, fx->device)->n_ports, 3);
	l.lun = 0;
	assert_int_equal(sl_lun_unmap(fx->gw, &l, fx->now_ns, &why), 0);
	assert_int_equal(sl_device_at(fx->gw, fx->device)->n_ports, 2);
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
	assert_int_equal(sl_target_remove(fx->gw, "iqn.other", &why), 0);
	assert_int_equal(sl_device_at(fx->gw, fx->device)->n_ports, 2);
	assert_int_equal(sl_target_remove(fx->gw, "iqn.third", &why), 0);
}

/* ---- SET TARGET PORT GROUPS --------------------------------------------------------------------- */

static u8 list[64];

static void list_out(struct sl_cmd *cmd)
{
	memcpy(cmd->data, list, cmd->buf_len);
	sl_cmd_data_out_done(cmd, cmd->buf_len, fx->now_ns);
}

static struct sl_fabric_ops with_list;

static void stpg(struct sl_nexus *n, u32 len, u32 claimed)
{
	fx_init(&c, n, 0xa4, SLUICE_DIR_OUT, len);
	c.cmd.cdb[1] = 0x0a;
	sl_put_be32(c.cmd.cdb + 6, claimed);
	fx_submit(&c);
	assert_int_equal(c.responses, 1);
}

static struct sl_nexus *writer(void)
{
	struct sl_nexus *n = NULL;

	with_list = *fx_fabric();
	with_list.data_out = list_out;
	assert_int_equal(sl_nexus_open(fx->gw, FX_TARGET, "iqn.w,i,0x1", FX_TARGET ",t,0x0001", "p",
				       SL_NEXUS_NEW, &with_list, NULL, &n),
			 0);
	take_attention(n, 0x2900);
	return n;
}

static void should_let_an_initiator_set_states_if_the_device_says_so(void **state)
{
	struct sl_nexus *other = two(), *n = writer();
	struct sl_device *dev = sl_device_at(fx->gw, fx->device);
	const struct sluice_desc *d;

	(void)state;
	/* Not declared: the handler knows best that it has no such command. */
	fx_init(&c, n, 0xa4, SLUICE_DIR_NONE, 0);
	c.cmd.cdb[1] = 0x0a;
	fx_submit(&c);
	d = fx_take(0);
	assert_non_null(d);
	fx_good(0, d, 0);
	dev->declared = SLUICE_DEVICE_EXPLICIT_ACCESS;
	memcpy(list, (u8[]){ 0, 0, 0, 0, 1, 0, 0, 1, 2, 0, 0, 2 }, 12);
	stpg(n, 12, 12);
	assert_int_equal(c.cmd.status, 0);
	assert_int_equal(c.cmd.residual, 0);
	assert_int_equal(sl_access_state(dev, 1), 1);
	assert_int_equal(sl_access_state(dev, 2), 2);
	/* SPC-5 5.18.2.8: not the nexus that asked. */
	assert_int_equal(outcome(n, 0x00, 0), 0);
	take_attention(other, 0x2a06);
	assert_int_equal(report(n, 0, 255), 28);
	assert_int_equal(c.cmd.data[4 + 5], 1);
	done();
	stpg(n, 12, 12);
	assert_int_equal(c.cmd.status, 0);
	assert_int_equal(outcome(other, 0x28, 0), 0x040b); /* and no attention */
	stpg(n, 0, 0);
	assert_int_equal(c.cmd.status, 0);
}

static void should_refuse_a_list_as_a_whole(void **state)
{
	static const struct {
		u8 list[16];
		u32 len, claimed;
		u16 asc, field;
	} t[] = {
		{ { 0 }, 3, 3, 0x1a00, 0 },
		{ { 0, 0, 0, 0, 1, 0, 0, 2 }, 8, 7, 0x1a00, 0 },
		{ { 0, 0, 0, 0, 1, 0, 0, 2 }, 8, 12, 0x1a00, 0 },
		{ { 0, 0, 0, 0, 1, 0, 0, 2, 0xe, 0, 0, 1 }, 12, 12, 0x2600, 8 },
		{ { 0, 0, 0, 0, 1, 0, 0, 2, 0xf, 0, 0, 1 }, 12, 12, 0x2600, 8 },
		{ { 0, 0, 0, 0, 1, 0, 0, 2, 4, 0, 0, 1 }, 12, 12, 0x2600, 8 },
		{ { 0, 0, 0, 0, 1, 0, 0, 2, 1, 0, 0, 9 }, 12, 12, 0x2600, 10 },
		{ { 0, 0, 0, 0, 1, 0, 0, 2, 2, 0, 0, 2 }, 12, 12, 0x2600, 10 },
	};
	struct sl_nexus *n;
	struct sl_device *dev = sl_device_at(fx->gw, fx->device);

	(void)state;
	two();
	n = writer();
	dev->declared = SLUICE_DEVICE_EXPLICIT_ACCESS;
	for (u32 i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		memcpy(list, t[i].list, 16);
		stpg(n, t[i].len, t[i].claimed);
		fx_assert_sense(&c, 5, t[i].asc);
		if (t[i].field) {
			assert_int_equal(c.cmd.sense[15] & 0xc0, 0x80);
			assert_int_equal(c.cmd.sense[17], t[i].field);
		}
		assert_int_equal(sl_access_state(dev, 2), 0);
	}
	assert_int_equal(dev->n_access, 0);
	for (u16 g = 11; g < 11 + SL_ACCESS_GROUPS; g++)
		assert_int_equal(set("disk", g, 0, 0), 0);
	memcpy(list, (u8[]){ 0, 0, 0, 0, 1, 0, 0, 2 }, 8);
	stpg(n, 8, 8);
	fx_assert_sense(&c, 4, 0x670a);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(should_allow_in_each_state_what_the_standard_says),
		cmocka_unit_test(should_match_its_document),
		T(should_limit_only_the_group_and_the_device_that_it_is_about),
		T(should_give_new_devices_the_states_that_were_set_for_all),
		T(should_refuse_states_that_there_are_not),
		T(should_report_the_ports_of_a_device_by_group),
		T(should_let_an_initiator_set_states_if_the_device_says_so),
		T(should_refuse_a_list_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
