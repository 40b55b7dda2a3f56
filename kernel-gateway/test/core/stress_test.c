/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Threads that submit, reap, abort, close nexuses and look at counters at the same
 * time. Its worth is in the TSan and ASan builds; in any, each command must end once
 * and nothing may be left.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/device.h"
#include "core/nexus.h"
#include "core/session.h"
#include "fixture.h"

#define INITIATORS 3
#define PER_THREAD 48
#define ROUNDS	   6000
#define ENOUGH	   (ROUNDS / 4) /* a machine that is busy gives the handler's threads little time */
#define QUEUES	   2		/* of the session that stays */
#define MAX_QUEUES 4		/* of those that come and go */

struct task {
	struct sl_cmd cmd; /* first */
	u32 state;	   /* 0 idle, 1 live, 2 responded; release/acquire */
	u8 list[24];	   /* of a PERSISTENT RESERVE OUT */
};

struct function {
	struct sl_tmf tmf; /* first */
	u32 done;
};

struct initiator {
	struct sl_nexus *n;
	struct task tasks[PER_THREAD];
	struct function function;
	u32 closed;
	u64 rng;
	u64 ended;
};

static struct {
	struct sl_gateway *gw;
	struct sluice_control control;
	u8 *gateway_region, *handler_region;
	struct sl_session *session;
	bool unruly; /* NACA, CHECK CONDITION, and a Control mode that changes */
	bool reserving; /* PERSISTENT RESERVE OUT, RESERVE and RELEASE among the commands; LUNs that come and go */
	u32 stop;
	u32 handler_stop; /* of the present session */
	pthread_t queues[MAX_QUEUES];
	struct initiator initiators[INITIATORS];
} st;

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * FX_SECOND + (u64)ts.tv_nsec;
}

static u32 roll(u64 *rng, u32 n)
{
	*rng = *rng * 6364136223846793005ULL + 1442695040888963407ULL;
	return (u32)(*rng >> 33) % n;
}

static void queue_dirty(void *host, struct sl_queue *q)
{
	(void)host;
	(void)q; /* each queue's thread rings its own at every turn */
}

static void wake(void *host, struct sl_session *s, struct sl_queue *q, u32 *word)
{
	(void)s;
	(void)q;
	(void)host;
	(void)word;
}

static void timer(void *host, u64 deadline_ns)
{
	(void)host;
	(void)deadline_ns;
}

static void broken(void *host, struct sl_session *s, const char *why)
{
	(void)host;
	(void)s;
	fprintf(stderr, "broken: %s\n", why);
	abort();
}

static void data_out(struct sl_cmd *cmd)
{
	struct task *t = (struct task *)cmd;

	if (cmd->cdb[0] == 0x5f && cmd->buf_len >= sizeof(t->list))
		memcpy(cmd->data, t->list, sizeof(t->list));
	sl_cmd_data_out_done(cmd, cmd->buf_len, now_ns());
}

static void data_out_cancel(struct sl_cmd *cmd)
{
	(void)cmd;
}

static void respond(struct sl_cmd *cmd)
{
	if (sl_exchange_acq_rel(&((struct task *)cmd)->state, 2) != 1)
		abort(); /* ended twice */
}

static void tmf_done(struct sl_tmf *tmf)
{
	sl_store_release(&((struct function *)tmf)->done, 1);
}

static void nexus_closed(void *arg)
{
	sl_store_release(&((struct initiator *)arg)->closed, 1);
}

static const struct sl_host_ops host_ops = { queue_dirty, wake, timer, broken };
static const struct sl_fabric_ops fabric = { data_out, data_out_cancel, respond, tmf_done,
					     nexus_closed };

static void open_nexus(struct initiator *in)
{
	char port[32];

	snprintf(port, sizeof(port), "iqn.s%u,i,0x1", (u32)(in - st.initiators));
	sl_store_relaxed(&in->closed, 0);
	if (sl_nexus_open(st.gw, FX_TARGET, port, "t", "p", SL_NEXUS_NEW, &fabric, in, &in->n))
		abort();
}

static void release_ended(struct initiator *in)
{
	for (u32 i = 0; i < PER_THREAD; i++) {
		struct task *t = &in->tasks[i];

		if (sl_load_acquire(&t->state) != 2)
			continue;
		in->ended++;
		sl_cmd_release(&t->cmd, now_ns());
		sl_store_relaxed(&t->state, 0);
	}
}

/* Keys are few, so that they hit: one of each initiator's, mostly its own. */
static void reserve(struct initiator *in, struct task *t)
{
	static const u8 actions[] = { 0, 6, 6, 6, 1, 1, 1, 2, 3, 4, 5, 5 };
	static const u8 types[] = { 1, 3, 5, 6, 7, 8 };
	static const u8 legacy[] = { 0x16, 0x17, 0x17, 0x17 };
	u8 own = (u8)(in - st.initiators + 1);

	if (roll(&in->rng, 6) == 0) {
		t->cmd.cdb[0] = legacy[roll(&in->rng, sizeof(legacy))];
		return;
	}
	t->cmd.cdb[0] = 0x5f;
	t->cmd.cdb[1] = actions[roll(&in->rng, sizeof(actions))];
	t->cmd.cdb[2] = types[roll(&in->rng, sizeof(types))];
	t->cmd.cdb[8] = sizeof(t->list);
	memset(t->list, 0, sizeof(t->list));
	t->list[7] = own;
	t->list[15] = t->cmd.cdb[1] == 6 ? own : (u8)roll(&in->rng, INITIATORS + 1);
	t->list[20] = roll(&in->rng, 3) == 0; /* APTPL */
	t->cmd.direction = SLUICE_DIR_OUT;
	t->cmd.expected_len = sizeof(t->list);
}

static void submit(struct initiator *in)
{
	struct task *t = &in->tasks[roll(&in->rng, PER_THREAD)];
	u32 kind = roll(&in->rng, 20);

	if (sl_load_acquire(&t->state) != 0)
		return;
	t->cmd.nexus = in->n;
	t->cmd.task_tag = (u64)(t - in->tasks);
	memset(t->cmd.cdb, 0, sizeof(t->cmd.cdb));
	t->cmd.cdb[0] = 0x28;
	t->cmd.cdb_len = 10;
	t->cmd.cdb[9] = st.unruly && roll(&in->rng, 40) == 0 ? 0x04 : 0; /* NACA */
	memset(t->cmd.lun, 0, 8);
	t->cmd.lun[1] = (u8)roll(&in->rng, 2);
	t->cmd.attribute = kind == 0		  ? SLUICE_ATTR_ORDERED :
			   kind == 1		  ? SLUICE_ATTR_HEAD_OF_QUEUE :
			   kind == 2 && st.unruly ? SLUICE_ATTR_ACA :
						    SLUICE_ATTR_SIMPLE;
	t->cmd.direction = (u8)roll(&in->rng, 3);
	t->cmd.expected_len = t->cmd.direction ? roll(&in->rng, 4) * 300000 : 0;
	if (st.reserving && roll(&in->rng, 8) == 0)
		reserve(in, t);
	sl_store_relaxed(&t->state, 1);
	if (sl_cmd_submit(&t->cmd, now_ns()))
		abort();
}

static void abort_something(struct initiator *in)
{
	static const u8 functions[] = {
		1, 1, 1, 2, 4, 5, 6, 7, 8, 9, 10, 3, 3, 3, 3, 3, 3, 3, 3, 3
	};
	struct function *f = &in->function;

	if (!sl_load_acquire(&f->done))
		return;
	sl_store_relaxed(&f->done, 0);
	f->tmf.nexus = in->n;
	f->tmf.function = functions[roll(&in->rng, sizeof(functions))];
	f->tmf.task_tag = roll(&in->rng, PER_THREAD);
	memset(f->tmf.lun, 0, 8);
	f->tmf.lun[1] = (u8)roll(&in->rng, 2);
	sl_tmf_submit(&f->tmf, now_ns());
}

static void close_nexus(struct initiator *in)
{
	sl_nexus_close(in->n, now_ns());
	while (!sl_load_acquire(&in->closed)) {
		release_ended(in);
		sched_yield();
	}
}

static void *initiator_thread(void *arg)
{
	struct initiator *in = arg;

	in->function.done = 1;
	open_nexus(in);
	for (u32 i = 0; i < ROUNDS; i++) {
		for (u32 k = 0; k < 4; k++)
			submit(in);
		/* Mostly CLEAR ACA, or nobody would get on. */
		if (roll(&in->rng, st.unruly ? 4 : 40) == 0)
			abort_something(in);
		release_ended(in);
		if (roll(&in->rng, 1500) == 0) {
			close_nexus(in);
			open_nexus(in);
		}
		if (roll(&in->rng, 8) == 0)
			sched_yield();
	}
	close_nexus(in);
	return NULL;
}

/* One request of the handler: a Control mode of each kind, on either device. */
static void change_control_mode(u32 *requests, u64 *rng)
{
	static const u32 modes[] = {
		0,
		SLUICE_CONTROL_MODE_TAS,
		1U << SLUICE_CONTROL_MODE_TST_SHIFT,
		1U << SLUICE_CONTROL_MODE_QERR_SHIFT,
		1U << SLUICE_CONTROL_MODE_QERR_SHIFT | SLUICE_CONTROL_MODE_TAS,
		3U << SLUICE_CONTROL_MODE_QERR_SHIFT | 1U << SLUICE_CONTROL_MODE_TST_SHIFT,
		3U << SLUICE_CONTROL_MODE_UA_INTLCK_SHIFT | SLUICE_CONTROL_MODE_TMF_ONLY,
	};
	struct sluice_user_index *user = (void *)(st.handler_region + st.control.user_admin_off);
	struct sluice_request *ring = (void *)(st.handler_region + st.control.user_request_off);

	ring[*requests & (st.control.admin_depth - 1)] =
		(struct sluice_request){ .type = SLUICE_REQUEST_CONTROL_MODE,
					 .device = 1 + roll(rng, 2),
					 .control_mode = modes[roll(rng, 7)] };
	sl_store_release(&user->comp_producer, ++*requests);
}

/* All events that lie there. */
static void read_events(void)
{
	struct sluice_gw_index *gi = (void *)(st.gateway_region + st.control.gw_admin_off);
	struct sluice_user_index *ui = (void *)(st.handler_region + st.control.user_admin_off);

	sl_store_release(&ui->sub_consumer, sl_load_acquire(&gi->sub_producer));
}

/* A queue of the handler and the gateway's loop that serves it, in one thread. */
static void *queue_thread(void *arg)
{
	u32 index = (u32)(uintptr_t)arg, consumer = 0, producer = 0;
	const struct sluice_control *c = &st.control;
	u8 *g = st.gateway_region + c->gw_queue_off + index * c->gw_queue_stride;
	u8 *u = st.handler_region + c->user_queue_off + index * c->user_queue_stride;
	struct sluice_gw_index *gi = (void *)g;
	struct sluice_user_index *ui = (void *)u;
	u32 *ring = (void *)(g + c->gw_ring_off);
	struct sluice_desc *desc = (void *)(g + c->gw_desc_off);
	struct sluice_completion *comp = (void *)(u + c->user_comp_off);
	struct sluice_response *resp = (void *)(u + c->user_resp_off);
	struct sl_queue *q = sl_session_queue(st.session, index);
	u64 rng = index + 100;
	u32 requests = 0;

	while (!sl_load_acquire(&st.handler_stop)) {
		while (consumer != sl_load_acquire(&gi->sub_producer)) {
			const struct sluice_desc *d = &desc[ring[consumer++ & (c->depth - 1)]];

			bool fails = st.unruly && roll(&rng, 20) == 0;

			sl_store_release(&ui->sub_consumer, consumer);
			if (fails)
				memcpy(resp[d->tag].sense, (u8[18]){ 0x70, 0, 3, [7] = 10 }, 18);
			comp[producer & (c->depth - 1)] =
				(struct sluice_completion){ .tag = d->tag,
							    .generation = d->generation,
							    .status = fails ? 0x02 : 0,
							    .sense_len = fails ? 18 : 0,
							    .data_len = d->expected_len };
			sl_store_release(&ui->comp_producer, ++producer);
		}
		if (st.unruly && index == 0 && roll(&rng, 50) == 0)
			change_control_mode(&requests, &rng);
		if (index == 0 && roll(&rng, 20) == 0)
			read_events();
		sl_queue_doorbell(q);
		sl_queue_reap(q, 64, now_ns());
		if (index == 0)
			sl_admin_reap(st.session, now_ns());
		if (!sl_queue_sleep(q))
			sched_yield();
		sl_queue_awake(q);
	}
	return NULL;
}

/* LUN 0 is the device on any queue, LUN 1 the one on the first. */
static void remap(u32 lun)
{
	struct sluice_lun l = { .target = FX_TARGET, .group = "default", .lun = lun };
	const char *why = NULL;

	strcpy(l.device, lun ? "bound" : "spread");
	sl_lun_unmap(st.gw, &l, now_ns(), &why);
	sched_yield();
	if (sl_lun_map(st.gw, &l, &why))
		abort();
}

static void *clock_thread(void *arg)
{
	u32 turn = 0;
	struct sluice_device_info di;
	struct sluice_nexus_info ni;
	struct sluice_gateway_info gi;

	(void)arg;
	while (!sl_load_acquire(&st.stop)) {
		sl_gateway_tick(st.gw, now_ns());
		sl_device_info(st.gw, 0, 0, &di);
		sl_nexus_info(st.gw, 0, &ni);
		sl_gateway_info(st.gw, &gi);
		if (st.reserving && ++turn % 256 == 0)
			remap(turn / 256 % 2);
		sched_yield();
	}
	return NULL;
}

static void add_device(const char *name, u32 queue)
{
	struct sluice_device_add add = { .queue = queue,
					 .task_set_limit = 40,
					 .recovery = queue == 0 ? SLUICE_RECOVERY_REQUEUE :
								  SLUICE_RECOVERY_REDELIVER,
					 .max_transfer = 1 << 20 };
	struct sluice_lun l = { .target = FX_TARGET, .group = "default", .lun = queue == 0 };
	struct sluice_device_added added;
	const char *why = NULL;

	strcpy(add.name, name);
	strcpy(l.device, name);
	assert_int_equal(sl_device_add(st.session, &add, now_ns(), &added, &why), 0);
	assert_int_equal(sl_lun_map(st.gw, &l, &why), 0);
}

static void open_session(u32 queues)
{
	struct sluice_session_open open = { .queues = queues,
					    .depth = 32,
					    .pool_bytes = SLUICE_MAX_BUFFER };
	const char *why = NULL;

	assert_int_equal(sl_session_layout(st.gw, &open, &st.control, &why), 0);
	st.gateway_region = calloc(1, st.control.gateway_bytes);
	st.handler_region = calloc(1, st.control.handler_bytes);
	assert_int_equal(sl_session_create(st.gw, "stress", &st.control, st.gateway_region,
					   st.handler_region, &st.session),
			 0);
	add_device("spread", SLUICE_QUEUE_ANY);
	add_device("bound", 0);
	sl_store_release(&st.handler_stop, 0);
	for (u32 i = 0; i < queues; i++)
		pthread_create(&st.queues[i], NULL, queue_thread, (void *)(uintptr_t)i);
}

static void stop_handler(u32 queues)
{
	sl_store_release(&st.handler_stop, 1);
	for (u32 i = 0; i < queues; i++)
		pthread_join(st.queues[i], NULL);
}

struct ended {
	struct sl_session *session;
	u8 *gateway_region, *handler_region;
};

static struct ended end_session(void)
{
	sl_session_close(st.session, now_ns());
	return (struct ended){ st.session, st.gateway_region, st.handler_region };
}

/* The regions go as soon as the core says that nobody looks at them any more. */
static void bury(struct ended e)
{
	while (!sl_session_drained(e.session))
		sched_yield();
	sl_session_destroy(e.session);
	free(e.gateway_region);
	free(e.handler_region);
}

static void open_all(u64 timeout_ns)
{
	struct sl_limits limits = { .timeout_ns = { timeout_ns, timeout_ns, timeout_ns,
						    timeout_ns },
				    .grace_ns = FX_SECOND / 50,
				    .abort_bound_ns = FX_SECOND / 2 };
	struct sluice_target t = { .name = FX_TARGET };
	const char *why = NULL;

	memset(&st, 0, sizeof(st));
	assert_int_equal(sl_gateway_create(&host_ops, NULL, &limits, &st.gw), 0);
	assert_int_equal(sl_target_add(st.gw, &t, &why), 0);
}

static void close_all(void)
{
	assert_int_equal(st.gw->illegal_events, 0);
	assert_int_equal(st.gw->n_nexuses, 0);
	assert_int_equal(st.gw->devices[0]->set.gate, 0);
	assert_int_equal(st.gw->devices[1]->set.gate, 0);
	assert_int_equal(sl_target_remove(st.gw, FX_TARGET, &(const char *){ NULL }), 0);
	sl_gateway_destroy(st.gw);
}

static void start_initiators(pthread_t *threads)
{
	for (u32 i = 0; i < INITIATORS; i++) {
		st.initiators[i].rng = i + 1;
		pthread_create(&threads[i], NULL, initiator_thread, &st.initiators[i]);
	}
}

static u64 join_initiators(const pthread_t *threads)
{
	u64 ended = 0;

	for (u32 i = 0; i < INITIATORS; i++) {
		pthread_join(threads[i], NULL);
		ended += st.initiators[i].ended;
	}
	return ended;
}

static void work(bool unruly, bool reserving)
{
	pthread_t initiators[INITIATORS], ticker;
	u64 ended;

	/* Far longer than a busy machine lets a thread wait for its turn. */
	open_all(20 * FX_SECOND);
	st.unruly = unruly;
	st.reserving = reserving;
	open_session(QUEUES);
	pthread_create(&ticker, NULL, clock_thread, NULL);
	start_initiators(initiators);
	ended = join_initiators(initiators);
	sl_store_release(&st.stop, 1);
	pthread_join(ticker, NULL);
	stop_handler(QUEUES);
	assert_int_equal(st.session->buffers, 0);
	assert_int_equal(st.session->n_waiting, 0);
	/* The handler answers at once: a deadline that passes is a wake-up that was lost. */
	assert_int_equal(st.gw->devices[0]->retired_timeouts + st.gw->devices[1]->retired_timeouts,
			 0);
	bury(end_session());
	close_all();
	printf("%lu commands\n", (unsigned long)ended);
	assert_true(ended > ENOUGH);
}

static void should_end_each_command_once_with_all_threads_at_work(void **state)
{
	(void)state;
	work(false, false);
}

/* Errors, ACA conditions, QErr, and task sets that change their kind. */
static void should_end_each_command_once_when_they_fail_and_hold_each_other_up(void **state)
{
	(void)state;
	work(true, false);
}

static void should_end_each_command_once_while_reservations_change(void **state)
{
	(void)state;
	work(false, true);
}

/*
 * It dies in the middle of its work, and another takes over, with other queues; now and
 * then nobody does for so long that the grace passes.
 */
static void *dying_handler(void *arg)
{
	u32 *deaths = arg;

	while (!sl_load_acquire(&st.stop)) {
		u32 queues = 1 + *deaths % MAX_QUEUES;
		struct ended former;

		open_session(queues);
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
		stop_handler(queues);
		former = end_session();
		if (*deaths % 4 != 3) {
			open_session(1);
			stop_handler(1);
			bury(former);
			former = end_session();
		}
		bury(former);
		++*deaths;
	}
	return NULL;
}

static void should_end_each_command_once_while_handlers_die_and_come_back(void **state)
{
	pthread_t initiators[INITIATORS], ticker, handler;
	u32 deaths = 0;
	u64 ended;

	(void)state;
	open_all(FX_SECOND);
	st.reserving = true;
	/* Before the initiators, so that nobody looks at devices that are not there yet. */
	open_session(1);
	stop_handler(1);
	bury(end_session());
	pthread_create(&ticker, NULL, clock_thread, NULL);
	start_initiators(initiators);
	pthread_create(&handler, NULL, dying_handler, &deaths);
	ended = join_initiators(initiators);
	sl_store_release(&st.stop, 1);
	pthread_join(handler, NULL);
	pthread_join(ticker, NULL);
	close_all();
	printf("%lu commands, %u handlers died\n", (unsigned long)ended, deaths);
	assert_true(ended > ENOUGH && deaths > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_end_each_command_once_with_all_threads_at_work),
		cmocka_unit_test(
			should_end_each_command_once_when_they_fail_and_hold_each_other_up),
		cmocka_unit_test(should_end_each_command_once_while_reservations_change),
		cmocka_unit_test(should_end_each_command_once_while_handlers_die_and_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
