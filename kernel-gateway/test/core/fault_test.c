/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SPC-5 7.5.10: what a status does to other commands (QErr), and to later ones (UA_INTLCK_CTRL). */
#include <string.h>

#include "core/control_mode.h"
#include "core/nexus.h"
#include "core/sense.h"
#include "core/session.h"
#include "fixture.h"

#define QERR(v)	     ((u32)(v) << SLUICE_CONTROL_MODE_QERR_SHIFT)
#define UA_INTLCK(v) ((u32)(v) << SLUICE_CONTROL_MODE_UA_INTLCK_SHIFT)
#define TST_EACH     (1U << SLUICE_CONTROL_MODE_TST_SHIFT)

static struct sl_nexus *a, *b;
static struct fx_cmd faulty, own, dormant, other;
static const struct sluice_desc *d_faulty, *d_own, *d_other;
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

static void control_mode(u32 mode)
{
	struct sluice_request r = { .type = SLUICE_REQUEST_CONTROL_MODE,
				    .device = fx->device,
				    .control_mode = mode };

	fx_request(&r);
	assert_int_equal(sl_admin_reap(fx->session, fx->now_ns), 1);
	assert_int_equal(fx->gw->handler_faults, 0);
}

static void submit(struct fx_cmd *c, struct sl_nexus *n, u8 attribute)
{
	fx_init(c, n, 0x00, SLUICE_DIR_NONE, 0);
	c->cmd.attribute = attribute;
	fx_submit(c);
}

static void end(const struct sluice_desc *d, u8 status)
{
	u8 sense[18] = { 0x70, 0, 0x03, [7] = 10, [12] = 0x11 };

	assert_non_null(d);
	fx_put(0, d->tag, d->generation, status, 0, sense, sizeof(sense));
	assert_int_equal(fx_reap(0), 1);
}

/* One that will fail, one of the same nexus and one of another with the handler, and one that waits. */
static void fill(u32 mode)
{
	control_mode(mode);
	submit(&faulty, a, SLUICE_ATTR_SIMPLE);
	d_faulty = fx_take(0);
	submit(&own, a, SLUICE_ATTR_SIMPLE);
	d_own = fx_take(0);
	submit(&other, b, SLUICE_ATTR_SIMPLE);
	d_other = fx_take(0);
	submit(&dormant, a, SLUICE_ATTR_ORDERED);
	assert_null(fx_take(0));
	while (fx_event())
		;
}

static void let_go(void)
{
	end(d_own, SL_STATUS_GOOD);
	end(d_other, SL_STATUS_GOOD);
}

static void assert_lives(const struct fx_cmd *c)
{
	assert_int_equal(c->responses, 1);
	assert_int_equal(c->cmd.silent, 0);
	assert_int_equal(c->cmd.status, SL_STATUS_GOOD);
}

static void assert_gone(const struct fx_cmd *c)
{
	assert_int_equal(c->responses, 1);
	assert_int_equal(c->cmd.silent, 1);
}

static void assert_told(struct sl_nexus *n, u16 asc)
{
	struct fx_cmd c;

	submit(&c, n, SLUICE_ATTR_SIMPLE);
	if (asc) {
		fx_assert_sense(&c, SL_KEY_UNIT_ATTENTION, asc);
	} else {
		assert_int_equal(c.responses, 0);
		end(fx_take(0), SL_STATUS_GOOD);
	}
}

static void assert_event(u32 function)
{
	const struct sluice_event *e = fx_event();

	assert_non_null(e);
	assert_int_equal(e->type, SLUICE_EVENT_TASK_MANAGEMENT);
	assert_int_equal(e->function, function);
	assert_int_equal(e->nexus, sl_nexus_id(a));
	assert_null(fx_event());
}

/* ---- QErr ---------------------------------------------------------------------- */

static void should_leave_the_others_alone_with_qerr_00(void **state)
{
	(void)state;
	fill(0);
	end(d_faulty, SL_STATUS_CHECK_CONDITION);
	assert_null(fx_event());
	let_go();
	assert_lives(&own);
	assert_lives(&other);
	end(fx_take(0), SL_STATUS_GOOD);
	assert_lives(&dormant);
	assert_told(b, 0);
	fx_assert_quiet();
}

static void should_abort_all_of_the_task_set_with_qerr_01(void **state)
{
	(void)state;
	fill(QERR(SL_QERR_ALL));
	end(d_faulty, SL_STATUS_CHECK_CONDITION);
	assert_int_equal(faulty.cmd.status, SL_STATUS_CHECK_CONDITION);
	assert_int_equal(faulty.cmd.silent, 0);
	assert_gone(&dormant); /* and never started */
	assert_null(fx_take(0));
	assert_event(SLUICE_TMF_CLEAR_TASK_SET);
	let_go();
	assert_gone(&own);
	assert_gone(&other);
	assert_told(a, 0);
	assert_told(b, SL_ASC_COMMANDS_CLEARED);
	fx_assert_quiet();
}

static void should_end_those_of_others_task_aborted_with_qerr_01_and_tas(void **state)
{
	(void)state;
	fill(QERR(SL_QERR_ALL) | SLUICE_CONTROL_MODE_TAS);
	end(d_faulty, SL_STATUS_CHECK_CONDITION);
	let_go();
	assert_gone(&own);
	assert_int_equal(other.cmd.silent, 0);
	assert_int_equal(other.cmd.status, SL_STATUS_TASK_ABORTED);
	assert_told(b, 0);
	fx_assert_quiet();
}

static void should_abort_those_of_its_nexus_with_qerr_01_and_a_task_set_for_each(void **state)
{
	(void)state;
	fill(QERR(SL_QERR_ALL) | TST_EACH);
	end(d_faulty, SL_STATUS_CHECK_CONDITION);
	assert_gone(&dormant);
	let_go();
	assert_gone(&own);
	assert_lives(&other);
	assert_told(b, 0);
	fx_assert_quiet();
}

static void should_abort_those_of_its_nexus_with_qerr_11(void **state)
{
	(void)state;
	fill(QERR(SL_QERR_OWN));
	end(d_faulty, SL_STATUS_CHECK_CONDITION);
	assert_gone(&dormant);
	assert_event(SLUICE_TMF_ABORT_TASK_SET);
	let_go();
	assert_gone(&own);
	assert_lives(&other);
	assert_told(b, 0);
	fx_assert_quiet();
}

/* Its end would enable the one behind it, which is to be aborted without having run. */
static void should_not_start_the_one_that_waited_for_it(void **state)
{
	static const u8 attributes[] = { SLUICE_ATTR_ORDERED, SLUICE_ATTR_HEAD_OF_QUEUE };

	(void)state;
	control_mode(QERR(SL_QERR_ALL));
	for (u32 i = 0; i < 2; i++) {
		submit(&faulty, a, attributes[i]);
		d_faulty = fx_take(0);
		submit(&dormant, b, SLUICE_ATTR_SIMPLE);
		end(d_faulty, SL_STATUS_CHECK_CONDITION);
		assert_null(fx_take(0));
		assert_gone(&dormant);
		assert_told(b, SL_ASC_COMMANDS_CLEARED);
	}
	fx_assert_quiet();
}

static void should_abort_nobody_for_another_status(void **state)
{
	static const u8 statuses[] = { SL_STATUS_BUSY, SL_STATUS_RESERVATION_CONFLICT,
				       SL_STATUS_CONDITION_MET, SL_STATUS_TASK_SET_FULL };

	(void)state;
	for (u32 i = 0; i < sizeof(statuses); i++) {
		fill(QERR(SL_QERR_ALL));
		end(d_faulty, statuses[i]);
		let_go();
		assert_lives(&own);
		assert_lives(&other);
		end(fx_take(0), SL_STATUS_GOOD);
		assert_lives(&dormant);
	}
}

static void should_abort_for_what_the_core_itself_refuses(void **state)
{
	struct fx_cmd refused;

	(void)state;
	fill(QERR(SL_QERR_ALL));
	sl_ua_raise(fx->gw->devices[0], b, 0x2a, 0x01);
	submit(&refused, a, SLUICE_ATTR_SIMPLE);
	fx_assert_sense(&refused, SL_KEY_UNIT_ATTENTION, 0x2a01);
	assert_gone(&dormant);
	let_go();
	end(d_faulty, SL_STATUS_GOOD);
	assert_gone(&own);
	assert_gone(&faulty);
	assert_gone(&other);
	assert_told(b, SL_ASC_COMMANDS_CLEARED);
	fx_assert_quiet();
}

static void should_abort_and_establish_an_aca_condition_with_naca(void **state)
{
	struct fx_cmd c;

	(void)state;
	control_mode(QERR(SL_QERR_OWN));
	fx_init(&faulty, a, 0x00, SLUICE_DIR_NONE, 0);
	faulty.cmd.cdb[5] = 0x04;
	fx_submit(&faulty);
	d_faulty = fx_take(0);
	submit(&own, a, SLUICE_ATTR_ORDERED);
	submit(&other, b, SLUICE_ATTR_ORDERED);
	end(d_faulty, SL_STATUS_CHECK_CONDITION);
	assert_gone(&own);
	assert_int_equal(other.responses, 0); /* SAM-6 5.10.3: blocked */
	assert_null(fx_take(0));
	submit(&c, a, SLUICE_ATTR_SIMPLE);
	assert_int_equal(c.cmd.status, SL_STATUS_ACA_ACTIVE);
	fx_tmf(&t, a, SLUICE_TMF_CLEAR_ACA, 0, 0);
	end(fx_take(0), SL_STATUS_GOOD);
	assert_lives(&other);
	fx_assert_quiet();
}

static void should_await_those_it_aborted_in_a_function_that_comes_later(void **state)
{
	(void)state;
	fill(QERR(SL_QERR_OWN));
	end(d_faulty, SL_STATUS_CHECK_CONDITION);
	fx_tmf(&t, a, SLUICE_TMF_ABORT_TASK, 0, own.cmd.task_tag);
	assert_int_equal(t.done, 0);
	let_go();
	assert_int_equal(t.done, 1);
	assert_int_equal(t.tmf.response, SLUICE_TMF_COMPLETE);
	assert_true(t.order > own.order);
}

/* SAM-6 5.6: 2F/00 tells of commands that another nexus aborted; its own abort was first. */
static void should_not_tell_of_commands_that_were_aborted_before(void **state)
{
	(void)state;
	fill(QERR(SL_QERR_ALL));
	fx_tmf(&t, b, SLUICE_TMF_ABORT_TASK, 0, other.cmd.task_tag);
	end(d_faulty, SL_STATUS_CHECK_CONDITION);
	let_go();
	assert_gone(&other);
	assert_told(b, 0);
	fx_assert_quiet();
}

static void should_end_those_it_aborted_within_the_abort_bound(void **state)
{
	(void)state;
	fill(QERR(SL_QERR_ALL));
	end(d_faulty, SL_STATUS_CHECK_CONDITION);
	fx->now_ns += 5 * FX_SECOND;
	sl_gateway_tick(fx->gw, fx->now_ns);
	assert_gone(&own);
	assert_gone(&other);
	assert_int_equal(fx->gw->devices[0]->quarantined, 2);
	let_go();
	fx_assert_quiet();
}

/* ---- UA_INTLCK_CTRL ------------------------------------------------------------- */

static void request_sense(u16 asc)
{
	struct fx_cmd c;

	fx_init(&c, a, 0x03, SLUICE_DIR_IN, 18);
	c.cmd.cdb[4] = 18;
	fx->auto_release = false;
	fx_submit(&c);
	assert_int_equal(c.cmd.status, SL_STATUS_GOOD);
	assert_int_equal(c.cmd.data[2], asc ? SL_KEY_UNIT_ATTENTION : SL_KEY_NO_SENSE);
	assert_int_equal(c.cmd.data[12] << 8 | c.cmd.data[13], asc);
	fx_release(&c);
	fx->auto_release = true;
}

static void should_keep_a_reported_unit_attention_until_request_sense(void **state)
{
	(void)state;
	for (u32 v = SL_UA_INTLCK_KEEP; v <= SL_UA_INTLCK_ESTABLISH; v++) {
		control_mode(UA_INTLCK(v));
		sl_ua_raise(fx->gw->devices[0], b, 0x2a, 0x01);
		assert_told(a, 0x2a01);
		assert_told(a, 0x2a01);
		request_sense(0x2a01);
		assert_told(a, 0);
	}
	control_mode(0);
	sl_ua_raise(fx->gw->devices[0], b, 0x2a, 0x01);
	assert_told(a, 0x2a01);
	assert_told(a, 0);
}

static void should_establish_a_unit_attention_for_refusals_only_with_11(void **state)
{
	static const struct {
		u8 status;
		u16 asc;
	} refusals[] = { { SL_STATUS_BUSY, 0x2c07 },
			 { SL_STATUS_TASK_SET_FULL, 0x2c08 },
			 { SL_STATUS_RESERVATION_CONFLICT, 0x2c09 } };
	struct fx_cmd c;

	(void)state;
	for (u32 i = 0; i < 3; i++) {
		for (u32 v = 0; v <= SL_UA_INTLCK_ESTABLISH; v++) {
			if (v == 1)
				continue;
			control_mode(UA_INTLCK(v));
			submit(&c, a, SLUICE_ATTR_SIMPLE);
			end(fx_take(0), refusals[i].status);
			assert_int_equal(c.cmd.status, refusals[i].status);
			request_sense(v == SL_UA_INTLCK_ESTABLISH ? refusals[i].asc : 0);
			request_sense(0);
		}
	}
	assert_told(b, 0);
}

static void should_establish_it_once_and_for_the_cores_own_refusals(void **state)
{
	struct fx_cmd c[34];

	(void)state;
	control_mode(UA_INTLCK(SL_UA_INTLCK_ESTABLISH));
	for (u32 i = 0; i < 34; i++)
		submit(&c[i], a, SLUICE_ATTR_SIMPLE);
	assert_int_equal(c[32].cmd.status, SL_STATUS_TASK_SET_FULL);
	fx_assert_sense(&c[33], SL_KEY_UNIT_ATTENTION, 0x2c08);
	for (u32 i = 0; i < 32; i++)
		end(fx_take(0), SL_STATUS_GOOD);
	request_sense(0x2c08);
	request_sense(0);
	fx_assert_quiet();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(should_leave_the_others_alone_with_qerr_00),
		TEST(should_abort_all_of_the_task_set_with_qerr_01),
		TEST(should_end_those_of_others_task_aborted_with_qerr_01_and_tas),
		TEST(should_abort_those_of_its_nexus_with_qerr_01_and_a_task_set_for_each),
		TEST(should_abort_those_of_its_nexus_with_qerr_11),
		TEST(should_not_start_the_one_that_waited_for_it),
		TEST(should_abort_nobody_for_another_status),
		TEST(should_abort_for_what_the_core_itself_refuses),
		TEST(should_abort_and_establish_an_aca_condition_with_naca),
		TEST(should_await_those_it_aborted_in_a_function_that_comes_later),
		TEST(should_not_tell_of_commands_that_were_aborted_before),
		TEST(should_end_those_it_aborted_within_the_abort_bound),
		TEST(should_keep_a_reported_unit_attention_until_request_sense),
		TEST(should_establish_a_unit_attention_for_refusals_only_with_11),
		TEST(should_establish_it_once_and_for_the_cores_own_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
