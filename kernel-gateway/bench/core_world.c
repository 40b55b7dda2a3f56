/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "core_world.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/nexus.h"

#define TARGET	"iqn.2026-11.io.sluice:bench"
#define IDLE	"iqn.2026-11.io.sluice:idle" /* a target without LUNs */
#define SAMPLES 64U
#define SECOND	1000000000ULL

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "core-load: %s\n", what);
	exit(1);
}

static u64 clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * SECOND + (u64)ts.tv_nsec;
}

static u64 heap_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* ---- The core's host and fabric ------------------------------------------------------------ */

static void queue_dirty(void *host, struct sl_queue *q)
{
	(void)host;
	(void)q; /* the handler looks when the batch is complete */
}

static void wake(void *host, struct sl_session *s, struct sl_queue *q, u32 *word)
{
	(void)host;
	(void)s;
	(void)q;
	(void)word;
}

static void timer(void *host, u64 deadline_ns)
{
	(void)host;
	(void)deadline_ns;
}

static void session_broken(void *host, struct sl_session *s, const char *why)
{
	(void)host;
	(void)s;
	check(false, why);
}

static const struct sl_host_ops host_ops = { queue_dirty, wake, timer, session_broken };

static void no_data_out(struct sl_cmd *cmd)
{
	(void)cmd;
	check(false, "Data-Out was asked for");
}

static void respond(struct sl_cmd *cmd)
{
	struct world *w = sl_nexus_fabric(cmd->nexus);

	w->n_ended++;
	w->n_bad += cmd->status != 0;
	sl_cmd_release(cmd, w->now_ns);
}

static void tmf_done(struct sl_tmf *tmf)
{
	(void)tmf;
}

static void nexus_closed(void *fabric_nexus)
{
	((struct world *)fabric_nexus)->closed = true;
}

static const struct sl_fabric_ops fabric_ops = { no_data_out, no_data_out, respond, tmf_done,
						 nexus_closed };

/* ---- Making it -------------------------------------------------------------------------------- */

static void open_session(struct world *w)
{
	struct sluice_session_open open = { .queues = 1,
					    .depth = WORLD_BATCH_MAX,
					    .pool_bytes = SLUICE_MAX_BUFFER };
	const char *why = NULL;

	check(sl_session_layout(w->gw, &open, &w->control, &why) == 0, why);
	w->gateway_region = aligned_alloc(SLUICE_PAGE, w->control.gateway_bytes);
	w->handler_region = aligned_alloc(SLUICE_PAGE, w->control.handler_bytes);
	check(w->gateway_region && w->handler_region, "no memory for the regions");
	memset(w->gateway_region, 0, w->control.gateway_bytes);
	memset(w->handler_region, 0, w->control.pool_off);
	check(sl_session_create(w->gw, "bench", &w->control, w->gateway_region, w->handler_region,
				&w->session) == 0,
	      "no session");
	w->queue = sl_session_queue(w->session, 0);
}

static void add_devices(struct world *w)
{
	u64 before = heap_bytes();

	for (u32 i = 0; i < w->n_units; i++) {
		struct sluice_device_add add = { .queue = 0,
						 .task_set_limit = 128,
						 .max_transfer = SLUICE_MAX_BUFFER };
		struct sluice_device_added added;
		const char *why = NULL;

		snprintf(add.name, sizeof(add.name), "unit%u", i);
		check(sl_device_add(w->session, &add, w->now_ns, &added, &why) == 0, why);
	}
	w->device_bytes = (heap_bytes() - before) / w->n_units;
}

static void map_units(struct world *w)
{
	u64 before = heap_bytes();

	for (u32 i = 0; i < w->n_units; i++) {
		struct sluice_lun lun = { .target = TARGET, .group = "default", .lun = i };
		const char *why = NULL;

		snprintf(lun.device, sizeof(lun.device), "unit%u", i);
		check(sl_lun_map(w->gw, &lun, &why) == 0, why);
	}
	w->lun_bytes = (heap_bytes() - before) / w->n_units;
}

static struct sl_nexus *open_nexus(struct world *w, const char *target, u32 i)
{
	char initiator[64], port[64];
	struct sl_nexus *n = NULL;

	snprintf(initiator, sizeof(initiator), "iqn.host%u,i,0x1", i);
	snprintf(port, sizeof(port), "%s,t,0x0001", target);
	check(sl_nexus_open(w->gw, target, initiator, port, "192.0.2.1:3260", SL_NEXUS_NEW,
			    &fabric_ops, w, &n) == 0,
	      "no nexus");
	return n;
}

/* What a nexus costs by itself: some without a LUN. */
static void weigh_nexus(struct world *w)
{
	struct sl_nexus *idle[SAMPLES];
	u64 before;

	idle[0] = open_nexus(w, IDLE, 0); /* makes the target's port */
	before = heap_bytes();
	for (u32 i = 1; i < SAMPLES; i++)
		idle[i] = open_nexus(w, IDLE, i);
	w->nexus_bytes = (heap_bytes() - before) / (SAMPLES - 1);
	for (u32 i = 0; i < SAMPLES; i++)
		sl_nexus_close(idle[i], w->now_ns);
}

static void open_nexuses(struct world *w)
{
	u64 before = heap_bytes(), bytes;

	for (u32 i = 0; i < w->n_nexuses; i++)
		w->nexuses[i] = open_nexus(w, TARGET, i);
	bytes = (heap_bytes() - before) / w->n_nexuses;
	w->itl_bytes = (bytes - w->nexus_bytes) / w->n_units;
}

/* ---- Commands -------------------------------------------------------------------------------------- */

static u64 next_random(struct world *w)
{
	u64 z = w->random += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static void aim(struct world *w, struct sl_cmd *cmd, enum world_order order)
{
	u64 at = w->at++;
	u32 nexus, unit;

	if (order == WORLD_RANDOM)
		at = next_random(w);
	if (order == WORLD_TURN) {
		unit = (u32)(at % w->n_units);
		nexus = (u32)(at / w->n_units % w->n_nexuses);
	} else {
		nexus = (u32)(at % w->n_nexuses);
		unit = order == WORLD_OWN ? nexus % w->n_units : (u32)(at >> 32) % w->n_units;
	}
	cmd->nexus = w->nexuses[nexus];
	sl_lun_encode(unit, cmd->lun);
}

/* The handler: every command ends GOOD. */
static void handle(struct world *w)
{
	u8 *q = w->gateway_region + w->control.gw_queue_off;
	u8 *user = w->handler_region + w->control.user_queue_off;
	struct sluice_gw_index *index = (void *)q;
	struct sluice_user_index *mine = (void *)user;
	struct sluice_completion *ring = (void *)(user + w->control.user_comp_off);
	const u32 *tags = (void *)(q + w->control.gw_ring_off);
	const struct sluice_desc *desc = (void *)(q + w->control.gw_desc_off);
	u32 mask = w->control.depth - 1;

	while (w->consumer != index->sub_producer) {
		u32 tag = tags[w->consumer++ & mask];
		struct sluice_completion *c = &ring[w->producer++ & mask];

		memset(c, 0, sizeof(*c));
		c->tag = tag;
		c->generation = desc[tag].generation;
	}
	mine->sub_consumer = w->consumer;
	mine->comp_producer = w->producer;
}

/* The handler takes its events, or new nexuses wait for room among them. */
static void take_events(struct world *w)
{
	struct sluice_gw_index *index = (void *)(w->gateway_region + w->control.gw_admin_off);
	struct sluice_user_index *mine = (void *)(w->handler_region + w->control.user_admin_off);

	mine->sub_consumer = index->sub_producer;
}

static void play(struct world *w, enum world_order order, u32 batch)
{
	for (u32 i = 0; i < batch; i++) {
		aim(w, &w->cmds[i], order);
		sl_cmd_submit(&w->cmds[i], w->now_ns);
	}
	sl_queue_doorbell(w->queue);
	handle(w);
	sl_queue_reap(w->queue, WORLD_BATCH_MAX, w->now_ns);
}

u64 world_run(struct world *w, enum world_order order, u32 batch, u32 commands)
{
	u32 before = w->n_ended, bad = w->n_bad, done;
	u64 start = clock_ns(), took;

	for (done = 0; done < commands; done += batch)
		play(w, order, batch);
	took = clock_ns() - start;
	check(w->n_ended - before == done, "commands were lost");
	check(w->n_bad == bad, "a command did not end GOOD");
	return took * commands / done;
}

/* Every I_T_L nexus reports its first Unit Attention; the handler hears of every nexus. */
static void settle(struct world *w)
{
	for (u64 i = 0; i < (u64)w->n_nexuses * w->n_units; i++)
		play(w, WORLD_TURN, 1);
	check(w->n_bad == w->n_nexuses * w->n_units, "not every unit had a Unit Attention");
	for (u32 i = 0; i < w->n_nexuses; i++) {
		play(w, WORLD_OWN, 1);
		take_events(w);
	}
	sl_gateway_tick(w->gw, w->now_ns);
}

void world_open(struct world *w, u32 n_nexuses, u32 n_units)
{
	const struct sl_limits limits = { .max_devices = n_units,
					  .max_nexuses = n_nexuses + SAMPLES };
	struct sluice_target target = { .name = TARGET }, idle = { .name = IDLE };
	const char *why = NULL;

	memset(w, 0, sizeof(*w));
	w->n_nexuses = n_nexuses;
	w->n_units = n_units;
	w->now_ns = SECOND;
	w->nexuses = calloc(n_nexuses, sizeof(struct sl_nexus *));
	w->cmds = calloc(WORLD_BATCH_MAX, sizeof(*w->cmds));
	check(w->nexuses && w->cmds, "no memory");
	for (u32 i = 0; i < WORLD_BATCH_MAX; i++) {
		w->cmds[i].cdb_len = 16;
		w->cmds[i].task_tag = i;
		w->cmds[i].direction = SLUICE_DIR_NONE;
		w->cmds[i].attribute = SLUICE_ATTR_SIMPLE;
	}
	check(sl_gateway_create(&host_ops, w, &limits, &w->gw) == 0, "no gateway");
	open_session(w);
	check(sl_target_add(w->gw, &target, &why) == 0, why);
	check(sl_target_add(w->gw, &idle, &why) == 0, why);
	add_devices(w);
	map_units(w);
	weigh_nexus(w);
	open_nexuses(w);
	settle(w);
}

void world_close(struct world *w)
{
	const char *why = NULL;

	for (u32 i = 0; i < w->n_nexuses; i++) {
		w->closed = false;
		sl_nexus_close(w->nexuses[i], w->now_ns);
		check(w->closed, "a nexus did not close");
	}
	sl_session_close(w->session, w->now_ns);
	check(sl_session_drained(w->session), "the session is not drained");
	sl_session_destroy(w->session);
	check(sl_target_remove(w->gw, TARGET, &why) == 0, why);
	check(sl_target_remove(w->gw, IDLE, &why) == 0, why);
	sl_gateway_destroy(w->gw);
	free(w->gateway_region);
	free(w->handler_region);
	free(w->nexuses);
	free(w->cmds);
}
