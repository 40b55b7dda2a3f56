/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The configuration changes under logins: one thread adds a target, its groups and
 * their initiators and takes all away again, two others ask for it and log in. Its
 * worth is in the TSan and ASan builds.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/nexus.h"
#include "fixture.h"

#define ROUNDS	  100
#define LOGINS	  2
#define INITIATOR "iqn.2026-11.test:host7"

static struct {
	struct sl_gateway *gw;
	u32 stop;
	u32 admitted[LOGINS], refused[LOGINS];
} conf;

static void queue_dirty(void *host, struct sl_queue *q)
{
}

static void wake(void *host, struct sl_session *s, struct sl_queue *q, u32 *word)
{
	(void)s;
	(void)q;
}

static void timer(void *host, u64 deadline_ns)
{
}

static void broken(void *host, struct sl_session *s, const char *why)
{
}

static void no_command(struct sl_cmd *cmd)
{
}

static void no_function(struct sl_tmf *tmf)
{
}

static void nexus_closed(void *closed)
{
	sl_store_release((u32 *)closed, 1);
}

static const struct sl_host_ops host_ops = { queue_dirty, wake, timer, broken };
static const struct sl_fabric_ops fabric = { no_command, no_command, no_command, no_function,
					     nexus_closed };

/* As a fabric's login does it: ask, then open; the answer may be old by then. */
static void *login_thread(void *arg)
{
	u32 index = (u32)(uintptr_t)arg, closed = 0;
	struct sluice_target t;
	struct sl_nexus *n;

	while (!sl_load_acquire(&conf.stop)) {
		sched_yield(); /* or the mutex is ours for ever */
		for (u32 i = 0; sl_target_at(conf.gw, i, &t) == 0; i++)
			assert_string_equal(t.name, FX_TARGET);
		if (sl_target_admits(conf.gw, FX_TARGET, INITIATOR, &t))
			sl_store_relaxed(&conf.refused[index], conf.refused[index] + 1);
		else
			assert_string_equal(t.alias, "alias");
		if (sl_nexus_open(conf.gw, FX_TARGET, INITIATOR ",i,0x1", "t", "p", SL_NEXUS_NEW,
				  &fabric, &closed, &n))
			continue;
		sl_store_relaxed(&conf.admitted[index], conf.admitted[index] + 1);
		sl_nexus_close(n, FX_SECOND);
		assert_int_equal(sl_exchange_acq_rel(&closed, 0), 1);
	}
	return NULL;
}

static void configure(void)
{
	struct sluice_target t = { .name = FX_TARGET, .alias = "alias" };
	struct sluice_group_initiator i = { .target = FX_TARGET };
	struct sluice_group g = { .target = FX_TARGET };
	struct sluice_lun l = { .target = FX_TARGET, .lun = 3, .device = "disk" };
	const char *why = NULL;

	assert_int_equal(sl_target_add(conf.gw, &t, &why), 0);
	assert_int_equal(sl_target_deny_unknown(conf.gw, FX_TARGET, FX_SECOND, &why), 0);
	for (u32 k = 0; k < 8; k++) {
		snprintf(g.group, sizeof(g.group), "group%u", k);
		memcpy(i.group, g.group, sizeof(i.group));
		memcpy(l.group, g.group, sizeof(l.group));
		snprintf(i.pattern, sizeof(i.pattern), "iqn.2026-11.test:host%u", k);
		assert_int_equal(sl_group_add(conf.gw, &g, &why), 0);
		assert_int_equal(sl_group_initiator_add(conf.gw, &i, FX_SECOND, &why), 0);
		assert_int_equal(sl_lun_map(conf.gw, &l, &why), 0);
		sched_yield();
	}
	assert_int_equal(sl_lun_unmap(conf.gw, &l, FX_SECOND, &why), 0);
}

/* Each thread was let in and turned away. */
static bool all_seen(void)
{
	for (u32 i = 0; i < LOGINS; i++) {
		if (!sl_load_relaxed(&conf.admitted[i]) || !sl_load_relaxed(&conf.refused[i]))
			return false;
	}
	return true;
}

static void should_log_in_while_targets_and_groups_come_and_go(void **state)
{
	pthread_t logins[LOGINS];
	u32 admitted = 0, refused = 0;

	memset(&conf, 0, sizeof(conf));
	assert_int_equal(sl_gateway_create(&host_ops, NULL, NULL, &conf.gw), 0);
	for (u32 i = 0; i < LOGINS; i++)
		pthread_create(&logins[i], NULL, login_thread, (void *)(uintptr_t)i);
	for (u32 round = 0; round < ROUNDS || !all_seen(); round++) {
		const char *why = NULL;

		configure();
		/* A nexus that was just let in keeps its target for a moment. */
		while (sl_target_remove(conf.gw, FX_TARGET, &why))
			sched_yield();
	}
	sl_store_release(&conf.stop, 1);
	for (u32 i = 0; i < LOGINS; i++) {
		pthread_join(logins[i], NULL);
		admitted += conf.admitted[i];
		refused += conf.refused[i];
	}
	assert_int_equal(conf.gw->n_nexuses, 0);
	sl_gateway_destroy(conf.gw);
	printf("%u logins, %u refused\n", admitted, refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_log_in_while_targets_and_groups_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
