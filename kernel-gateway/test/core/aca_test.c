/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * SAM-6 5.10: who establishes an ACA condition, who is let in while it is in effect, who is
 * held up, and what ends it. Every cell of the table of who may enter is tried here;
 * UPDATE_DOCS=1 prints it.
 */
#include <stdio.h>
#include <string.h>

#include "core/aca.h"
#include "core/sense.h"
#include "core/service.h"
#include "core/session.h"
#include "document.h"
#include "fixture.h"

#define NACA	 0x04
#define TST_EACH (1U << SLUICE_CONTROL_MODE_TST_SHIFT)

static struct sl_nexus *a, *b;
static struct fx_cmd c[8];
static struct fx_tmf t;

static int setup(void **state)
{
	fx_setup(state);
	a = fx_nexus("iqn.a,i,0x1");
	b = fx_nexus("iqn.b,i,0x1");
	while (fx_event())
		;
	return 0;
}

static int setup_two_buffers(void **state)
{
	(void)state;
	fx_open(0, 2 * SLUICE_MAX_BUFFER, 0);
	a = fx_nexus("iqn.a,i,0x1");
	b = fx_nexus("iqn.b,i,0x1");
	return 0;
}

static void control_mode(u32 mode)
{
	struct sluice_request r = { .type = SLUICE_REQUEST_CONTROL_MODE,
				    .device = fx->device,
				    .control_mode = mode };

	fx_request(&r);
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 1);
	assert_int_equal(fx->gw->handler_faults, 0);
}

static void submit(struct fx_cmd *cmd, struct sl_nexus *n, u8 attribute, u8 control)
{
	fx_init(cmd, n, 0x00, SLUICE_DIR_NONE, 0);
	cmd->cmd.attribute = attribute;
	cmd->cmd.cdb[5] = control;
	fx_submit(cmd);
}

static void simple(struct fx_cmd *cmd, struct sl_nexus *n)
{
	submit(cmd, n, SLUICE_ATTR_SIMPLE, 0);
}

static void check(const struct sluice_desc *d)
{
	u8 sense[18] = { 0x70, 0, 0x03, [7] = 10, [12] = 0x11 };

	assert_non_null(d);
	fx_put(0, d->tag, d->generation, SL_STATUS_CHECK_CONDITION, 0, sense, sizeof(sense));
	assert_int_equal(fx_reap(0), 1);
}

static void fault(struct sl_nexus *n)
{
	submit(&c[7], n, SLUICE_ATTR_SIMPLE, NACA);
	check(fx_take(0));
	assert_int_equal(c[7].cmd.status, SL_STATUS_CHECK_CONDITION);
}

static void assert_status(const struct fx_cmd *cmd, u8 status)
{
	assert_int_equal(cmd->responses, 1);
	assert_int_equal(cmd->cmd.silent, 0);
	assert_int_equal(cmd->cmd.status, status);
}

/* Runs at once, and ends. */
static void assert_runs(struct fx_cmd *cmd)
{
	const struct sluice_desc *d = fx_take(0);

	assert_non_null(d);
	assert_int_equal(cmd->responses, 0);
	fx_good(0, d, 0);
	assert_status(cmd, SL_STATUS_GOOD);
	assert_null(fx_take(0));
}

static void clear_aca(struct sl_nexus *n)
{
	fx_tmf(&t, n, SLUICE_TMF_CLEAR_ACA, 0, 0);
	assert_int_equal(t.done, 1);
	assert_int_equal(t.tmf.response, SLUICE_TMF_COMPLETE);
}

/* ---- The table ---------------------------------------------------------------- */

static const char *const condition_names[SL_ACA_CONDITIONS] = {
	[SL_ACA_NONE] = "none in its task set",
	[SL_ACA_OWN] = "of its own nexus",
	[SL_ACA_OWN_TAKEN] = "of its own nexus, with an ACA command in the task set or TMF_ONLY",
	[SL_ACA_OTHER] = "of another nexus",
};

static const char *const kind_names[SL_ACA_KINDS] = {
	[SL_ACA_KIND_ACA] = "ACA, NACA=0",
	[SL_ACA_KIND_ACA_NACA] = "ACA, NACA=1",
	[SL_ACA_KIND_PREEMPT] = "PREEMPT AND ABORT",
	[SL_ACA_KIND_PLAIN] = "NACA=0",
	[SL_ACA_KIND_NACA] = "NACA=1",
};

static const char *const verdict_names[SL_ACA_VERDICTS] = {
	[SL_ACA_ENTERS] = "enters",	[SL_ACA_PASSES] = "enters, enabled at once",
	[SL_ACA_ACTIVE] = "ACA ACTIVE", [SL_ACA_BUSY] = "BUSY",
	[SL_ACA_INVALID] = "05/49/00",
};

static void print_table(FILE *f)
{
	fprintf(f,
		"Printed from `kernel-gateway/core/aca.c`; rows: the ACA condition as a new command finds it;\n"
		"columns: the command, by its attribute (if it is ACA) and the NACA bit of its CONTROL byte.\n"
		"With TST 001b nobody finds another nexus's condition: it is in another task set. Who was\n"
		"enabled before runs on; who is dormant waits until the condition ends.\n\n| condition |");
	for (u32 k = 0; k < SL_ACA_KINDS; k++)
		fprintf(f, " %s |", kind_names[k]);
	fprintf(f, "\n|---|");
	for (u32 k = 0; k < SL_ACA_KINDS; k++)
		fprintf(f, "---|");
	for (u32 i = 0; i < SL_ACA_CONDITIONS; i++) {
		fprintf(f, "\n| %s |", condition_names[i]);
		for (u32 k = 0; k < SL_ACA_KINDS; k++)
			fprintf(f, " %s |", verdict_names[sl_aca_verdicts[i][k]]);
	}
	fprintf(f, "\n");
}

static void should_match_its_document(void **state)
{
	(void)state;
	document_section("Who may enter under ACA", print_table);
}

/* What the standard says, cell by cell, and not by the core's table. */
static void expect(enum sl_aca_condition condition, enum sl_aca_kind kind, struct fx_cmd *cmd)
{
	bool aca = kind == SL_ACA_KIND_ACA || kind == SL_ACA_KIND_ACA_NACA;
	bool naca = kind == SL_ACA_KIND_ACA_NACA || kind == SL_ACA_KIND_NACA;

	switch (condition) {
	case SL_ACA_NONE:
		if (aca)
			fx_assert_sense(cmd, SL_KEY_ILLEGAL_REQUEST, SL_ASC_INVALID_MESSAGE);
		else
			assert_runs(cmd);
		return;
	case SL_ACA_OWN:
		if (aca)
			assert_runs(cmd);
		else
			assert_status(cmd, SL_STATUS_ACA_ACTIVE);
		return;
	case SL_ACA_OWN_TAKEN:
		assert_status(cmd, SL_STATUS_ACA_ACTIVE);
		return;
	default:
		if (kind == SL_ACA_KIND_PREEMPT)
			assert_runs(cmd);
		else
			assert_status(cmd, naca ? SL_STATUS_ACA_ACTIVE : SL_STATUS_BUSY);
	}
}

static void send_kind(struct fx_cmd *cmd, struct sl_nexus *n, enum sl_aca_kind kind)
{
	bool naca = kind == SL_ACA_KIND_ACA_NACA || kind == SL_ACA_KIND_NACA;

	fx_init(cmd, n, 0x00, SLUICE_DIR_NONE, 0);
	cmd->cmd.cdb[5] = naca ? NACA : 0;
	if (kind == SL_ACA_KIND_ACA || kind == SL_ACA_KIND_ACA_NACA)
		cmd->cmd.attribute = SLUICE_ATTR_ACA;
	if (kind == SL_ACA_KIND_PREEMPT) {
		cmd->cmd.cdb[0] = 0x5f;
		cmd->cmd.cdb[1] = 0x05;
		cmd->cmd.cdb[5] = 0;
	}
	fx_submit(cmd);
}

static void try_cell(enum sl_aca_condition condition, enum sl_aca_kind kind, bool tmf_only)
{
	const struct sluice_desc *first = NULL;

	if (condition == SL_ACA_OWN || condition == SL_ACA_OWN_TAKEN)
		fault(a);
	else if (condition == SL_ACA_OTHER)
		fault(b);
	if (tmf_only) {
		control_mode(SLUICE_CONTROL_MODE_TMF_ONLY);
	} else if (condition == SL_ACA_OWN_TAKEN) {
		submit(&c[0], a, SLUICE_ATTR_ACA, 0);
		first = fx_take(0);
		assert_non_null(first);
	}
	send_kind(&c[1], a, kind);
	expect(condition, kind, &c[1]);
	if (first)
		fx_good(0, first, 0);
	clear_aca(a);
	clear_aca(b);
	control_mode(0);
}

/* PREEMPT AND ABORT itself belongs to reservations; here the test's handler plays it, if it gets so far. */
static const struct sl_service *no_service;

static void leave_to_handler(const struct sl_cmd *cmd, u32 state, u32 event)
{
	if (state == SL_ARRIVED && event == SL_EV_ADMIT && cmd->cdb[0] == 0x5f)
		((struct sl_cmd *)(uintptr_t)cmd)->core.service = no_service;
}

static void should_let_in_whom_the_standard_names_in_every_cell(void **state)
{
	(void)state;
	fx->gw->observe = leave_to_handler;
	for (u32 i = 0; i < SL_ACA_CONDITIONS; i++) {
		for (u32 k = 0; k < SL_ACA_KINDS; k++) {
			try_cell(i, k, false);
			if (i == SL_ACA_OWN_TAKEN)
				try_cell(i, k, true);
		}
	}
	fx_assert_quiet();
}

/* ---- Who establishes it -------------------------------------------------------- */

static void should_establish_none_without_naca_or_without_an_error(void **state)
{
	(void)state;
	simple(&c[0], a);
	check(fx_take(0));
	simple(&c[1], a);
	assert_runs(&c[1]);
	submit(&c[2], a, SLUICE_ATTR_SIMPLE, NACA);
	assert_runs(&c[2]);
	simple(&c[3], b);
	assert_runs(&c[3]);
}

static void should_establish_one_by_what_the_core_itself_refuses(void **state)
{
	(void)state;
	sl_ua_raise(fx->gw->devices[0], b, 0x2a, 0x01);
	submit(&c[0], a, SLUICE_ATTR_SIMPLE, NACA);
	fx_assert_sense(&c[0], SL_KEY_UNIT_ATTENTION, 0x2a01);
	simple(&c[1], b);
	assert_status(&c[1], SL_STATUS_BUSY);
	simple(&c[2], a);
	assert_status(&c[2], SL_STATUS_ACA_ACTIVE);
	clear_aca(a);
	simple(&c[3], b);
	assert_runs(&c[3]);
}

static void should_find_the_control_byte_of_each_cdb_length(void **state)
{
	static const struct {
		u8 opcode, at;
	} cdbs[] = {
		{ 0x12, 5 }, { 0x28, 9 }, { 0x5a, 9 }, { 0x88, 15 }, { 0xa8, 11 }, { 0x7f, 1 }
	};

	(void)state;
	for (u32 i = 0; i < sizeof(cdbs) / sizeof(cdbs[0]); i++) {
		fx_init(&c[0], a, cdbs[i].opcode, SLUICE_DIR_NONE, 0);
		assert_false(sl_aca_wanted(&c[0].cmd));
		c[0].cmd.cdb[cdbs[i].at] = (u8)~NACA;
		assert_false(sl_aca_wanted(&c[0].cmd));
		c[0].cmd.cdb[cdbs[i].at] = NACA;
		assert_true(sl_aca_wanted(&c[0].cmd));
	}
	/* Cut off before its CONTROL byte, or of a group that has none. */
	fx_init(&c[0], a, 0x88, SLUICE_DIR_NONE, 0);
	c[0].cmd.cdb[15] = NACA;
	c[0].cmd.cdb_len = 15;
	assert_false(sl_aca_wanted(&c[0].cmd));
	fx_init(&c[0], a, 0xc0, SLUICE_DIR_NONE, 0);
	memset(c[0].cmd.cdb + 1, 0xff, 15);
	assert_false(sl_aca_wanted(&c[0].cmd));
}

static void should_keep_the_first_when_a_command_that_ran_on_faults_too(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	submit(&c[0], b, SLUICE_ATTR_SIMPLE, NACA);
	d = fx_take(0);
	fault(a);
	check(d); /* it was with the handler: SAM would have blocked it */
	assert_status(&c[0], SL_STATUS_CHECK_CONDITION);
	clear_aca(b); /* is not the faulted nexus: nothing changes */
	simple(&c[1], b);
	assert_status(&c[1], SL_STATUS_BUSY);
	clear_aca(a);
	simple(&c[2], b);
	assert_runs(&c[2]);
}

/* ---- Who is held up ------------------------------------------------------------- */

static void should_hold_up_dormant_commands_of_every_nexus_until_it_is_cleared(void **state)
{
	const struct sluice_desc *d, *e;

	(void)state;
	submit(&c[0], a, SLUICE_ATTR_SIMPLE, NACA);
	d = fx_take(0);
	submit(&c[1], b, SLUICE_ATTR_ORDERED, 0);
	submit(&c[2], a, SLUICE_ATTR_SIMPLE, 0);
	check(d);
	assert_null(fx_take(0));
	/* An ACA command goes by them, and leaves them where they are. */
	submit(&c[3], a, SLUICE_ATTR_ACA, 0);
	assert_runs(&c[3]);
	clear_aca(a);
	e = fx_take(0);
	assert_int_equal(e->attribute, SLUICE_ATTR_ORDERED);
	assert_null(fx_take(0));
	fx_good(0, e, 0);
	assert_status(&c[1], SL_STATUS_GOOD);
	assert_runs(&c[2]);
	assert_true(c[2].order > c[1].order);
	fx_assert_quiet();
}

static void should_let_enabled_commands_run_on(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	simple(&c[0], b);
	d = fx_take(0);
	fault(a);
	fx_good(0, d, 0);
	assert_status(&c[0], SL_STATUS_GOOD);
	clear_aca(a);
}

/* Two commands fill the pool, two wait for their buffers, and reach the task set after the fault. */
static void should_put_head_of_queue_before_the_others_that_wait(void **state)
{
	const struct sluice_desc *d[2], *faulty, *first;
	struct fx_cmd cmd[4];

	(void)state;
	submit(&c[0], b, SLUICE_ATTR_SIMPLE, NACA);
	faulty = fx_take(0);
	for (u32 i = 0; i < 4; i++) {
		fx_init(&cmd[i], a, 0x28, SLUICE_DIR_IN, SLUICE_MAX_BUFFER);
		cmd[i].cmd.attribute = i == 3 ? SLUICE_ATTR_HEAD_OF_QUEUE : SLUICE_ATTR_SIMPLE;
		fx_submit(&cmd[i]);
		if (i < 2)
			d[i] = fx_take(0);
	}
	check(faulty);
	fx_good(0, d[0], 0);
	fx_good(0, d[1], 0);
	assert_null(fx_take(0));
	clear_aca(b);
	first = fx_take(0);
	assert_int_equal(first->attribute, SLUICE_ATTR_HEAD_OF_QUEUE);
	assert_null(fx_take(0));
	fx_good(0, first, 0);
	fx_good(0, fx_take(0), 0);
	assert_true(cmd[3].order < cmd[2].order);
	fx_assert_quiet();
}

static void should_let_the_deadline_of_a_command_that_is_held_up_pass(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	submit(&c[0], a, SLUICE_ATTR_SIMPLE, NACA);
	d = fx_take(0);
	submit(&c[1], b, SLUICE_ATTR_ORDERED, 0);
	check(d);
	fx->now_ns += 10 * FX_SECOND;
	sl_gateway_tick(fx->gw, fx->now_ns);
	fx_assert_sense(&c[1], SL_KEY_ABORTED_COMMAND, SL_ASC_TIMEOUT_BEFORE_PROCESSING);
	submit(&c[2], a, SLUICE_ATTR_ACA, 0);
	assert_runs(&c[2]);
	clear_aca(a);
	fx_assert_quiet();
}

static void should_let_an_aca_command_into_a_full_task_set(void **state)
{
	struct fx_cmd many[32];
	const struct sluice_desc *d;

	(void)state;
	submit(&many[0], a, SLUICE_ATTR_SIMPLE, NACA);
	d = fx_take(0);
	submit(&many[1], a, SLUICE_ATTR_ORDERED, 0);
	for (u32 i = 2; i < 32; i++)
		simple(&many[i], a);
	check(d);
	fx->gw->devices[0]->quarantined =
		1; /* a tag that a hung handler keeps takes the place that came free */
	submit(&c[0], a, SLUICE_ATTR_ACA, 0);
	assert_runs(&c[0]);
	fx->gw->devices[0]->quarantined = 0;
	fx_tmf(&t, a, SLUICE_TMF_ABORT_TASK_SET, 0, 0);
	assert_int_equal(t.done, 1);
	/* SAM-6 7.3: the condition is none of its business. */
	simple(&c[1], a);
	assert_status(&c[1], SL_STATUS_ACA_ACTIVE);
	clear_aca(a);
	fx_assert_quiet();
}

static void should_concern_nobody_else_when_each_nexus_has_its_task_set(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	control_mode(TST_EACH);
	submit(&c[0], b, SLUICE_ATTR_SIMPLE, NACA);
	d = fx_take(0);
	submit(&c[1], b, SLUICE_ATTR_ORDERED, 0); /* of its own task set: waits for c[0] only */
	fault(a);
	simple(&c[2], a);
	assert_status(&c[2], SL_STATUS_ACA_ACTIVE);
	submit(&c[3], b, SLUICE_ATTR_ACA, 0);
	fx_assert_sense(&c[3], SL_KEY_ILLEGAL_REQUEST, SL_ASC_INVALID_MESSAGE);
	fx_good(0, d, 0);
	assert_runs(&c[1]);
	/* Two conditions at once, each its own. */
	submit(&c[0], b, SLUICE_ATTR_SIMPLE, NACA);
	check(fx_take(0));
	clear_aca(a);
	simple(&c[4], a);
	assert_runs(&c[4]);
	simple(&c[5], b);
	assert_status(&c[5], SL_STATUS_ACA_ACTIVE);
	clear_aca(b);
	fx_assert_quiet();
}

/* ---- What ends it ---------------------------------------------------------------- */

static void assert_free(void)
{
	simple(&c[5], b);
	while (c[5].responses && c[5].cmd.status == SL_STATUS_CHECK_CONDITION)
		simple(&c[5], b); /* a reset's Unit Attention */
	assert_runs(&c[5]);
}

static void should_end_when_an_aca_command_without_naca_faults(void **state)
{
	(void)state;
	fault(a);
	submit(&c[0], a, SLUICE_ATTR_ACA, NACA);
	check(fx_take(0)); /* with NACA: another one takes its place */
	simple(&c[1], a);
	assert_status(&c[1], SL_STATUS_ACA_ACTIVE);
	submit(&c[2], a, SLUICE_ATTR_ACA, 0);
	check(fx_take(0));
	assert_status(&c[2], SL_STATUS_CHECK_CONDITION);
	simple(&c[3], a);
	assert_runs(&c[3]);
	assert_free();
}

static void should_abort_the_aca_command_when_it_is_cleared(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	fault(a);
	submit(&c[0], a, SLUICE_ATTR_ACA, 0);
	d = fx_take(0);
	fx_tmf(&t, a, SLUICE_TMF_CLEAR_ACA, 0, 0);
	assert_int_equal(t.done, 0);
	/* It counts as HEAD OF QUEUE: who comes now is behind it, until the handler lets go. */
	simple(&c[1], a);
	assert_null(fx_take(0));
	fx_good(0, d, 0);
	assert_int_equal(c[0].cmd.silent, 1);
	assert_int_equal(t.done, 1);
	assert_int_equal(t.tmf.response, SLUICE_TMF_COMPLETE);
	assert_runs(&c[1]);
	fx_assert_quiet();
}

/* SAM-6 7.4: the condition of that nexus has ended meanwhile. */
static void should_leave_the_aca_command_alone_when_there_is_nothing_to_clear(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	fault(a);
	submit(&c[0], a, SLUICE_ATTR_ACA, 0);
	d = fx_take(0);
	control_mode(TST_EACH);
	fx_tmf(&t, a, SLUICE_TMF_CLEAR_ACA, 0, 0);
	assert_int_equal(t.done, 1);
	assert_int_equal(t.tmf.response, SLUICE_TMF_COMPLETE);
	fx_good(0, d, 0);
	assert_int_equal(c[0].responses, 1);
	assert_int_equal(c[0].cmd.silent, 0);
}

static void should_complete_a_clear_aca_when_there_is_none(void **state)
{
	(void)state;
	clear_aca(a);
	fx_tmf(&t, a, SLUICE_TMF_CLEAR_ACA, 9, 0);
	assert_int_equal(t.tmf.response, SLUICE_TMF_INCORRECT_LUN);
}

static void should_end_with_resets_and_the_loss_of_its_nexus(void **state)
{
	static const u8 by_any[] = { SLUICE_TMF_LOGICAL_UNIT_RESET, SLUICE_TMF_TARGET_RESET };

	(void)state;
	for (u32 i = 0; i < 2; i++) {
		fault(a);
		fx_tmf(&t, b, by_any[i], 0, 0);
		assert_int_equal(t.done, 1);
		simple(&c[0], a);
		fx_assert_sense(&c[0], SL_KEY_UNIT_ATTENTION, 0x2903);
		assert_free();
	}
	fault(a);
	fx_tmf(&t, b, SLUICE_TMF_I_T_NEXUS_RESET, 0, 0); /* of another one */
	simple(&c[0], a);
	assert_status(&c[0], SL_STATUS_ACA_ACTIVE);
	fx_tmf(&t, a, SLUICE_TMF_I_T_NEXUS_RESET, 0, 0);
	assert_free();
	simple(&c[0], a);
	fx_assert_sense(&c[0], SL_KEY_UNIT_ATTENTION, 0x2907);
	fault(a);
	fx_tmf(&t, b, SLUICE_TMF_CLEAR_TASK_SET, 0, 0); /* SAM-6 7.5: changes no condition */
	simple(&c[0], b);
	assert_status(&c[0], SL_STATUS_BUSY);
	sl_nexus_close(a, fx->now_ns);
	assert_free();
}

static void should_end_when_its_logical_unit_is_unmapped(void **state)
{
	struct sluice_group g = { .target = FX_TARGET, .group = "g" };
	struct sluice_group_initiator i = { .target = FX_TARGET,
					    .group = "g",
					    .pattern = "iqn.other" };
	struct sluice_lun l = { .target = FX_TARGET, .group = "g", .device = "disk", .lun = 3 };
	const char *why = NULL;
	struct sl_nexus *other;

	(void)state;
	assert_int_equal(sl_group_add(fx->gw, &g, &why), 0);
	assert_int_equal(sl_group_initiator_add(fx->gw, &i, fx->now_ns, &why), 0);
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
	other = fx_nexus_raw("iqn.other,i,0x1", SL_NEXUS_NEW);
	fx_init(&c[0], other, 0x00, SLUICE_DIR_NONE, 0);
	c[0].cmd.lun[1] = 3;
	c[0].cmd.cdb[5] = NACA;
	fx_submit(&c[0]);
	fx_assert_sense(&c[0], SL_KEY_UNIT_ATTENTION, 0x2900);
	simple(&c[1], b);
	assert_status(&c[1], SL_STATUS_BUSY);
	assert_int_equal(sl_lun_unmap(fx->gw, &l, fx->now_ns, &why), 0);
	assert_free();
	sl_nexus_close(other, fx->now_ns);
}

static void should_end_when_the_kind_of_task_sets_changes(void **state)
{
	(void)state;
	fault(a);
	control_mode(TST_EACH);
	simple(&c[0], a);
	assert_runs(&c[0]);
	fault(a);
	control_mode(0);
	simple(&c[1], a);
	assert_runs(&c[1]);
	assert_free();
}

static void should_establish_none_in_task_sets_that_are_used_no_more(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	submit(&c[0], a, SLUICE_ATTR_SIMPLE, NACA);
	d = fx_take(0);
	submit(&c[1], b, SLUICE_ATTR_ORDERED, 0);
	control_mode(TST_EACH);
	check(d);
	assert_runs(&c[1]);
	simple(&c[2], a);
	assert_runs(&c[2]);
	fx_assert_quiet();
}

static void should_not_be_ended_by_an_aca_command_of_task_sets_that_are_used_no_more(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	fault(a);
	submit(&c[0], a, SLUICE_ATTR_ACA, 0);
	d = fx_take(0);
	control_mode(TST_EACH);
	fault(a);
	check(d);
	simple(&c[1], a);
	assert_status(&c[1], SL_STATUS_ACA_ACTIVE);
	clear_aca(a);
	assert_free();
	fx_assert_quiet();
}

static void
should_be_cleared_without_an_aca_command_of_task_sets_that_are_used_no_more(void **state)
{
	const struct sluice_desc *d;

	(void)state;
	fault(a);
	submit(&c[0], a, SLUICE_ATTR_ACA, 0);
	d = fx_take(0);
	control_mode(TST_EACH);
	fault(a);
	clear_aca(a);
	assert_int_equal(c[0].responses, 0);
	fx_good(0, d, 0);
	assert_int_equal(c[0].responses, 1);
	assert_int_equal(c[0].cmd.silent, 0);
	assert_status(&c[0], SL_STATUS_GOOD);
	fx_assert_quiet();
}

static void should_end_when_the_unit_is_powered_on_anew_but_not_when_it_is_taken_over(void **state)
{
	(void)state;
	fx->recovery = SLUICE_RECOVERY_REDELIVER;
	fx_session_close();
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	simple(&c[6], a);
	fx_assert_sense(&c[6], SL_KEY_UNIT_ATTENTION, 0x2901);
	simple(&c[6], b);
	fault(a);
	fx_abandon();
	fx_session_open(0, 0);
	fx_device_add("disk", 0, 32);
	assert_int_equal(fx->added.flags, SLUICE_DEVICE_TAKEN_OVER);
	simple(&c[0], a);
	assert_status(&c[0], SL_STATUS_ACA_ACTIVE);
	fx_bury();
	assert_int_equal(sl_device_remove(fx->session, fx->device, fx->now_ns), 0);
	fx_device_add("disk", 0, 32);
	simple(&c[1], a);
	fx_assert_sense(&c[1], SL_KEY_UNIT_ATTENTION, 0x2901);
	assert_free();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_match_its_document),
		TEST(should_let_in_whom_the_standard_names_in_every_cell),
		TEST(should_establish_none_without_naca_or_without_an_error),
		TEST(should_establish_one_by_what_the_core_itself_refuses),
		TEST(should_find_the_control_byte_of_each_cdb_length),
		TEST(should_keep_the_first_when_a_command_that_ran_on_faults_too),
		TEST(should_hold_up_dormant_commands_of_every_nexus_until_it_is_cleared),
		TEST(should_let_enabled_commands_run_on),
		cmocka_unit_test_setup_teardown(should_put_head_of_queue_before_the_others_that_wait,
						setup_two_buffers, fx_teardown),
		TEST(should_let_the_deadline_of_a_command_that_is_held_up_pass),
		TEST(should_let_an_aca_command_into_a_full_task_set),
		TEST(should_concern_nobody_else_when_each_nexus_has_its_task_set),
		TEST(should_end_when_an_aca_command_without_naca_faults),
		TEST(should_abort_the_aca_command_when_it_is_cleared),
		TEST(should_leave_the_aca_command_alone_when_there_is_nothing_to_clear),
		TEST(should_complete_a_clear_aca_when_there_is_none),
		TEST(should_end_with_resets_and_the_loss_of_its_nexus),
		TEST(should_end_when_its_logical_unit_is_unmapped),
		TEST(should_end_when_the_kind_of_task_sets_changes),
		TEST(should_establish_none_in_task_sets_that_are_used_no_more),
		TEST(should_not_be_ended_by_an_aca_command_of_task_sets_that_are_used_no_more),
		TEST(should_be_cleared_without_an_aca_command_of_task_sets_that_are_used_no_more),
		TEST(should_end_when_the_unit_is_powered_on_anew_but_not_when_it_is_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
