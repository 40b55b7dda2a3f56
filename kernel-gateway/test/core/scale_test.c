/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Ten thousand devices, a thousand nexuses, a hundred thousand commands alive at once: aborts
 * and resets, a handler that dies and one that takes over, nexuses that close, a clock that
 * jumps. Every command ends exactly once, and nothing is left. A sanitizer plays less of it.
 * The bounds on time only catch what has become quadratic.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/nexus.h"
#include "core/session.h"
#include "fixture.h"

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define GROUPS 5U
#define LUNS   500U
#define HOSTS  40U
#define EACH   100U
#define DEPTH  1024U
#else
#define GROUPS 10U
#define LUNS   1000U /* of a group, each a device of its own */
#define HOSTS  100U  /* initiators of a group */
#define EACH   100U  /* commands of an initiator */
#define DEPTH  4096U
#endif
#define DEVICES	 (GROUPS * LUNS)
#define NEXUSES	 (GROUPS * HOSTS)
#define COMMANDS (NEXUSES * EACH)
#define RESETS	 20U
#define POOL	 (4ULL * SLUICE_MAX_BUFFER)
#define BOUND_NS (60 * FX_SECOND) /* of a stage */

struct scale {
	struct sl_nexus *nexuses[NEXUSES];
	struct fx_cmd *cmds; /* [COMMANDS] EACH of them by nexus */
	struct fx_tmf *tmfs; /* [NEXUSES + RESETS] */
	u32 n_tmfs;
	u64 stage_ns;
};

static struct scale sc;

static u64 clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * FX_SECOND + (u64)ts.tv_nsec;
}

/* How long it took since the last one. */
static void stage(const char *what)
{
	u64 now_ns = clock_ns(), took_ns = now_ns - sc.stage_ns;

	printf("%s: %lu ms\n", what, (unsigned long)(took_ns / 1000000));
	assert_true(took_ns < BOUND_NS);
	sc.stage_ns = now_ns;
}

/* ---- Making it ------------------------------------------------------------------------------ */

static void device_name(char name[SLUICE_NAME_LEN], u32 i)
{
	snprintf(name, SLUICE_NAME_LEN, "unit%u", i);
}

static void add_units(void)
{
	char name[SLUICE_NAME_LEN];

	for (u32 i = 0; i < DEVICES; i++) {
		device_name(name, i);
		fx_device_add(name, SLUICE_QUEUE_ANY, 256);
	}
}

/* In no order; 7 divides no number of LUNs here. */
static void map_luns(u32 g)
{
	struct sluice_group_initiator pattern = { .target = FX_TARGET };
	struct sluice_group group = { .target = FX_TARGET };
	const char *why = NULL;

	snprintf(group.group, sizeof(group.group), "group%u", g);
	snprintf(pattern.group, sizeof(pattern.group), "group%u", g);
	snprintf(pattern.pattern, sizeof(pattern.pattern), "iqn.group%u.*", g);
	assert_int_equal(sl_group_add(fx->gw, &group, &why), 0);
	assert_int_equal(sl_group_initiator_add(fx->gw, &pattern, fx->now_ns, &why), 0);
	for (u32 i = 0; i < LUNS; i++) {
		struct sluice_lun lun = { .target = FX_TARGET, .lun = i * 7 % LUNS };

		snprintf(lun.group, sizeof(lun.group), "group%u", g);
		device_name(lun.device, g * LUNS + lun.lun);
		assert_int_equal(sl_lun_map(fx->gw, &lun, &why), 0);
	}
}

static void open_nexuses(void)
{
	char name[64];

	for (u32 i = 0; i < NEXUSES; i++) {
		snprintf(name, sizeof(name), "iqn.group%u.host%u,i,0x1", i / HOSTS, i % HOSTS);
		sc.nexuses[i] = fx_nexus_raw(name, SL_NEXUS_NEW);
	}
}

/* Each initiator uses other LUNs; all of a group together use every one alike. */
static u32 lun_of(u32 nexus, u32 i)
{
	return (nexus * 37 + i * (LUNS / EACH)) % LUNS;
}

static void aim(struct fx_cmd *c, u32 nexus, u32 i, u8 direction, u32 len)
{
	fx_init(c, sc.nexuses[nexus], direction == SLUICE_DIR_OUT ? 0x2a : 0x28, direction, len);
	sl_lun_encode(lun_of(nexus, i), c->cmd.lun);
}

/* REPORT LUNS names them in ascending order, in whichever they were mapped. */
static void check_lists(void)
{
	u8 expected[8];

	for (u32 n = 0; n < NEXUSES; n += HOSTS) {
		const struct sl_lun_list *list = sc.nexuses[n]->luns;

		assert_int_equal(list->bytes, 8 + 8 * LUNS);
		for (u32 i = 0; i < LUNS; i++) {
			sl_lun_encode(i, expected);
			assert_memory_equal(list->data + 8 + 8 * i, expected, 8);
		}
	}
}

static void take_attentions(void)
{
	for (u32 n = 0; n < NEXUSES; n++) {
		for (u32 i = 0; i < EACH; i++) {
			struct fx_cmd *c = &sc.cmds[n * EACH + i];

			aim(c, n, i, SLUICE_DIR_NONE, 0);
			fx_submit(c);
			assert_int_equal(c->responses, 1);
			assert_int_equal(c->cmd.status, 2);
		}
	}
}

/* ---- Commands ---------------------------------------------------------------------------------- */

/* A tenth fetches Data-Out, a tenth wants a buffer for Data-In: what the pool has room for. */
static void submit_all(void)
{
	for (u32 n = 0; n < NEXUSES; n++) {
		for (u32 i = 0; i < EACH; i++) {
			struct fx_cmd *c = &sc.cmds[n * EACH + i];
			u8 direction = i % 10 == 3 ? SLUICE_DIR_OUT :
				       i % 20 == 7 ? SLUICE_DIR_IN :
						     SLUICE_DIR_NONE;

			aim(c, n, i, direction, direction == SLUICE_DIR_NONE ? 0 : SLUICE_PAGE);
			fx_submit(c);
		}
	}
}

static u32 n_live(void)
{
	u32 live = 0;

	for (u32 i = 0; i < COMMANDS; i++) {
		assert_true(sc.cmds[i].responses <= 1);
		live += sc.cmds[i].responses == 0;
	}
	return live;
}

static void take_events(void)
{
	while (fx_event())
		;
	fx->now_ns += 60000000; /* the gateway looks for room at its own pace */
	sl_gateway_tick(fx->gw, fx->now_ns);
}

/* The handler answers what it has, up to `max`. */
static u32 answer(u32 max)
{
	const struct sluice_desc *d;
	u32 n = 0;

	for (u32 q = 0; q < 2; q++) {
		sl_queue_doorbell(sl_session_queue(fx->session, q));
		while (n < max && (d = fx_take(q))) {
			fx_put(q, d->tag, d->generation, 0, 0, NULL, 0);
			if (++n % 64 == 0)
				fx_reap(q);
		}
		fx_reap(q);
	}
	return n;
}

static void answer_some(u32 wanted)
{
	u32 done = 0;

	for (u32 idle = 0; done < wanted && idle < 64;) {
		u32 n = answer(wanted - done);

		done += n;
		idle = n ? 0 : idle + 1;
		take_events();
	}
	assert_int_equal(done, wanted);
}

/* ---- What happens to them -------------------------------------------------------------------------- */

static void tmf(u32 nexus, u8 function, u32 lun, u64 tag)
{
	struct fx_tmf *t = &sc.tmfs[sc.n_tmfs++];

	t->tmf.nexus = sc.nexuses[nexus];
	t->tmf.function = function;
	sl_lun_encode(lun, t->tmf.lun);
	t->tmf.task_tag = tag;
	sl_tmf_submit(&t->tmf, fx->now_ns);
}

static void abort_one_each(void)
{
	for (u32 n = 0; n < NEXUSES; n++) {
		u32 i = n % EACH;

		tmf(n, SLUICE_TMF_ABORT_TASK, lun_of(n, i), sc.cmds[n * EACH + i].cmd.task_tag);
	}
}

static void reset_some(void)
{
	for (u32 i = 0; i < RESETS - 1; i++)
		tmf(i * HOSTS % NEXUSES, SLUICE_TMF_LOGICAL_UNIT_RESET, i, 0);
	tmf(NEXUSES - 1, SLUICE_TMF_TARGET_RESET, 0, 0);
}

static void die_and_take_over(void)
{
	fx_abandon();
	fx->now_ns += FX_SECOND;
	sl_gateway_tick(fx->gw, fx->now_ns);
	fx_session_open(DEPTH, POOL);
	fx_device_add("disk", 0, 32);
	add_units();
	assert_true(fx->added.flags & SLUICE_DEVICE_TAKEN_OVER);
	take_events();
	fx_bury();
}

static void close_some(void)
{
	for (u32 n = 0; n < NEXUSES; n += 10) {
		sl_nexus_close(sc.nexuses[n], fx->now_ns);
		sc.nexuses[n] = NULL;
	}
}

/* What is with the handler is answered too late, all else was never handed over. */
static void jump(void)
{
	fx->now_ns += 3600 * FX_SECOND;
	sl_gateway_tick(fx->gw, fx->now_ns);
	while (answer(COMMANDS) > 0)
		take_events();
}

static void check_end(void)
{
	assert_int_equal(n_live(), 0);
	for (u32 n = 0; n < NEXUSES; n++)
		assert_true(sc.cmds[n * EACH + n % EACH].cmd.silent); /* abort_one_each() */
	for (u32 i = 0; i < sc.n_tmfs; i++)
		assert_int_equal(sc.tmfs[i].done, 1);
	for (u32 n = 0; n < NEXUSES; n++) {
		if (sc.nexuses[n])
			sl_nexus_close(sc.nexuses[n], fx->now_ns);
	}
	assert_int_equal(fx->closed, NEXUSES);
	fx_assert_quiet();
}

static void open_all(void)
{
	const struct sl_limits limits = { .max_devices = DEVICES + 1, .max_nexuses = NEXUSES };

	sc.stage_ns = clock_ns();
	fx_open_limited(&limits, DEPTH, POOL, 32);
	fx->recovery = SLUICE_RECOVERY_REDELIVER;
	fx->batches = true;
	sc.cmds = calloc(COMMANDS, sizeof(*sc.cmds));
	sc.tmfs = calloc(NEXUSES + RESETS, sizeof(*sc.tmfs));
	assert_true(sc.cmds && sc.tmfs);
	add_units();
	stage("devices");
	for (u32 g = 0; g < GROUPS; g++)
		map_luns(g);
	stage("LUNs");
	open_nexuses();
	check_lists();
	stage("nexuses");
}

static void should_end_each_of_very_many_commands_once(void **state)
{
	(void)state;
	open_all();
	take_attentions();
	stage("Unit Attentions");
	submit_all();
	assert_int_equal(n_live(), COMMANDS);
	stage("submitted");
	abort_one_each();
	stage("ABORT TASK");
	reset_some();
	stage("resets");
	answer_some(COMMANDS / 5);
	stage("a fifth answered");
	die_and_take_over();
	stage("taken over");
	close_some();
	stage("nexuses closed");
	answer_some(COMMANDS / 5);
	stage("a fifth answered");
	assert_true(n_live() > 2 * DEPTH);
	jump();
	stage("the clock jumped");
	check_end();
	stage("ended");
	fx_teardown(NULL);
	free(sc.cmds);
	free(sc.tmfs);
}

/* A cache line that a command touches is the price of a command with many. */
static void should_keep_together_what_every_command_touches(void **state)
{
	(void)state;
	assert_true(offsetof(struct sl_itl, bytes_in) + sizeof(u64) <= 64);
	assert_true(offsetof(struct sl_nexus, endings) + sizeof(struct sl_list) <= 128);
	assert_true(offsetof(struct sl_nexus, chunks) + 4 * sizeof(void *) <= 128);
	assert_true(offsetof(struct sl_device, set.faulted) + sizeof(u32) <= 64);
	assert_true(offsetof(struct sl_device, n_ports) - offsetof(struct sl_device, id) <= 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_keep_together_what_every_command_touches),
		cmocka_unit_test(should_end_each_of_very_many_commands_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
