/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "ring_world.h"

#if defined(__SANITIZE_ADDRESS__) || (defined(__has_feature) && __has_feature(address_sanitizer))
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, len)   ((void)(at), (void)(len))
#define ASAN_UNPOISON_MEMORY_REGION(at, len) ((void)(at), (void)(len))
#endif

struct ring_world rw;

/* LUN d; which session serves it, on which queue, with how many commands at once. */
static const struct {
	const char *name;
	uint32_t session, queue, limit, max_transfer;
	uint8_t recovery;
} devices[RW_DEVICES] = {
	{ "disk", 0, 0, 16, SLUICE_MAX_BUFFER, SLUICE_RECOVERY_FAIL },
	{ "wide", 0, SLUICE_QUEUE_ANY, 64, 65536, SLUICE_RECOVERY_REDELIVER },
	{ "tape", 1, 1, 3, SLUICE_MAX_BUFFER, SLUICE_RECOVERY_REQUEUE },
};

/* ---- Host ------------------------------------------------------------------------- */

static void queue_dirty(void *host, struct sl_queue *q)
{
	sl_queue_doorbell(q);
}

static void wake(void *host, u32 *word)
{
}

static void timer(void *host, u64 deadline_ns)
{
}

static void session_broken(void *host, struct sl_session *s, const char *why)
{
	assert(why);
	for (uint32_t i = 0; i < RW_SESSIONS; i++)
		rw.sessions[i].broken |= rw.sessions[i].core == s;
}

static const struct sl_host_ops host_ops = { queue_dirty, wake, timer, session_broken };

/* ---- Fabric ----------------------------------------------------------------------- */

/* The first and the last byte: the sanitizer says whether they are ours. */
static void touch(struct sl_cmd *cmd, uint32_t len)
{
	if (len) {
		cmd->data[0] = 0xd0;
		cmd->data[len - 1] = 0xd1;
	}
}

void rw_fetch(struct rw_task *t, uint32_t received)
{
	if (!t->live || t->fetched || !t->data_outs)
		return;
	t->fetched = true;
	received = sl_min(received, t->cmd.buf_len);
	touch(&t->cmd, received);
	sl_cmd_data_out_done(&t->cmd, received, rw.now_ns);
}

static void data_out(struct sl_cmd *cmd)
{
	struct rw_task *t = (struct rw_task *)cmd;

	assert(++t->data_outs == 1);
	assert(cmd->direction == SLUICE_DIR_OUT && cmd->buf_len > 0);
	if (rw.eager_fetch)
		rw_fetch(t, cmd->buf_len);
}

static void data_out_cancel(struct sl_cmd *cmd)
{
	((struct rw_task *)cmd)->cancels++;
}

static void check_answer(const struct rw_task *t)
{
	const struct sl_cmd *cmd = &t->cmd;

	assert(cmd->sense_len <= SLUICE_SENSE_MAX);
	assert(!t->data_outs || t->fetched);
	if (cmd->silent)
		return;
	assert(cmd->data_len <= cmd->expected_len);
	assert(cmd->data_len == 0 || cmd->data);
	if (cmd->direction != SLUICE_DIR_IN)
		assert(cmd->data_len == 0);
	if (cmd->residual_kind == SLUICE_RESIDUAL_UNDER)
		assert(cmd->residual <= cmd->expected_len);
}

struct rw_task *rw_task_new(void)
{
	for (uint32_t i = 0; i < RW_TASKS; i++) {
		struct rw_task *t = rw.tasks[i];

		if (t->live)
			continue;
		ASAN_UNPOISON_MEMORY_REGION(t, sizeof(*t));
		memset(t, 0, sizeof(*t));
		t->tag = t->cmd.task_tag = ++rw.tag;
		t->live = true;
		return t;
	}
	return NULL;
}

void rw_release(struct rw_task *t)
{
	if (!t->live || !t->responses)
		return;
	touch(&t->cmd, t->cmd.silent ? 0 : t->cmd.data_len);
	t->live = false;
	sl_cmd_release(&t->cmd, rw.now_ns);
	/* Ours again: the core has no business in it any more. */
	ASAN_POISON_MEMORY_REGION(&t->cmd, sizeof(t->cmd));
}

static void respond(struct sl_cmd *cmd)
{
	struct rw_task *t = (struct rw_task *)cmd;

	assert(t->live);
	assert(++t->responses == 1);
	check_answer(t);
	if (rw.eager_release)
		rw_release(t);
}

static void tmf_done(struct sl_tmf *tmf)
{
	struct rw_tmf *t = (struct rw_tmf *)tmf;

	assert(t->live);
	assert(++t->done == 1);
	t->live = false;
}

static void nexus_closed(void *fabric_nexus)
{
	struct rw_nexus *n = fabric_nexus;

	assert(n->core && n->closing);
	for (uint32_t i = 0; i < RW_TASKS; i++)
		assert(!rw.tasks[i]->live || &rw.nexuses[rw.tasks[i]->nexus] != n);
	n->core = NULL;
	n->closing = false;
}

static const struct sl_fabric_ops fabric_ops = { data_out, data_out_cancel, respond, tmf_done,
						 nexus_closed };

void rw_release_all(void)
{
	for (uint32_t i = 0; i < RW_TASKS; i++)
		rw_release(rw.tasks[i]);
}

/* Buffers that the fabric has at the same time do not overlap. */
static void check_buffers(void)
{
	for (uint32_t i = 0; i < RW_TASKS; i++) {
		const struct rw_task *a = rw.tasks[i];

		if (!a->live || !a->cmd.core.has_buffer)
			continue;
		for (uint32_t k = 0; k < i; k++) {
			const struct rw_task *b = rw.tasks[k];

			if (b->live && b->cmd.core.has_buffer)
				assert(a->cmd.data + a->cmd.buf_len <= b->cmd.data ||
				       b->cmd.data + b->cmd.buf_len <= a->cmd.data);
		}
	}
}

void rw_settle(void)
{
	for (uint32_t i = 0; i < RW_TASKS; i++) {
		if (rw.tasks[i]->cancels)
			rw_fetch(rw.tasks[i], 0);
	}
	check_buffers();
	for (uint32_t i = 0; i < RW_SESSIONS; i++) {
		if (!rw.sessions[i].broken)
			continue;
		rw_session_die(i);
		rw_session_open(i);
	}
	assert(rw.gw->illegal_events == 0);
}

/* ---- Nexuses and LUNs ---------------------------------------------------------------- */

void rw_nexus_open(uint32_t i)
{
	struct rw_nexus *n = &rw.nexuses[i];
	const char *port = i ? "iqn.2026-11.io.sluice:b,i,0x2" : "iqn.2026-11.io.sluice:a,i,0x1";

	if (n->core)
		return;
	assert(sl_nexus_open(rw.gw, RW_TARGET, port, RW_TARGET ",t,0x0001", "fuzz",
			     n->seen ? SL_NEXUS_REINSTATED : SL_NEXUS_NEW, &fabric_ops, n,
			     &n->core) == 0);
	n->seen = true;
}

void rw_nexus_close(uint32_t i)
{
	struct rw_nexus *n = &rw.nexuses[i];

	if (!n->core || n->closing)
		return;
	n->closing = true;
	sl_nexus_close(n->core, rw.now_ns);
}

int rw_lun(uint32_t lun, bool map)
{
	struct sluice_lun l = { .target = RW_TARGET, .group = "default", .lun = lun };
	const char *why = NULL;

	strcpy(l.device, lun < RW_DEVICES ? devices[lun].name : "absent");
	return map ? sl_lun_map(rw.gw, &l, &why) : sl_lun_unmap(rw.gw, &l, rw.now_ns, &why);
}

/* ---- Handler sessions ------------------------------------------------------------------ */

void rw_device_add(uint32_t d)
{
	struct rw_session *s = &rw.sessions[devices[d].session];
	struct sluice_device_add add = {
		.queue = devices[d].queue,
		.task_set_limit = devices[d].limit,
		.max_transfer = devices[d].max_transfer,
		.recovery = devices[d].recovery,
		.timeout_ns = 10 * RW_SECOND,
		.peripheral_type = d == 2 ? 1 : 0,
	};
	struct sluice_device_added added;
	const char *why = NULL;

	strcpy(add.name, devices[d].name);
	if (sl_device_add(s->core, &add, rw.now_ns, &added, &why) == 0)
		s->devices[d] = added.device;
}

/* Kept from input to input; only what a session looks at before it is written must be zero. */
static u8 *region(u8 **kept, u64 bytes, u64 zeroed)
{
	if (!*kept)
		*kept = aligned_alloc(SLUICE_PAGE, bytes);
	assert(*kept);
	ASAN_UNPOISON_MEMORY_REGION(*kept, bytes);
	memset(*kept, 0, zeroed);
	return *kept;
}

void rw_session_open(uint32_t i)
{
	static u8 *kept[RW_SESSIONS][2];
	struct sluice_session_open open = { .queues = RW_QUEUES,
					    .depth = RW_DEPTH,
					    .pool_bytes = SLUICE_MAX_BUFFER };
	struct rw_session *s = &rw.sessions[i];
	struct sluice_control *c = &s->control;
	const char *why = NULL;

	memset(s, 0, sizeof(*s));
	assert(sl_session_layout(rw.gw, &open, c, &why) == 0);
	s->gateway_region = region(&kept[i][0], c->gateway_bytes, c->gateway_bytes);
	s->handler_region = region(&kept[i][1], c->handler_bytes, c->pool_off);
	assert(sl_session_create(rw.gw, "fuzz", c, s->gateway_region, s->handler_region,
				 &s->core) == 0);
	for (uint32_t d = 0; d < RW_DEVICES; d++) {
		if (devices[d].session == i)
			rw_device_add(d);
	}
}

void rw_session_die(uint32_t i)
{
	struct rw_session *s = &rw.sessions[i];

	sl_session_close(s->core, rw.now_ns);
	/* Two rounds: what one releases may let another one in, and out. */
	for (uint32_t round = 0; round < 2; round++) {
		for (uint32_t k = 0; k < RW_TASKS; k++)
			rw_fetch(rw.tasks[k], 0);
		rw_release_all();
	}
	assert(sl_session_drained(s->core));
	assert(s->core->pool.used_pages == 0);
	sl_session_destroy(s->core);
	s->core = NULL;
	/* As if unmapped, but for the pool, whose shadow is large. */
	ASAN_POISON_MEMORY_REGION(s->gateway_region, s->control.gateway_bytes);
	ASAN_POISON_MEMORY_REGION(s->handler_region, s->control.pool_off);
}

/* ---- The whole --------------------------------------------------------------------------- */

void rw_open(uint8_t options)
{
	const struct sl_limits limits = { .max_devices = 8, .max_nexuses = 4, .max_sessions = 2 };
	struct sluice_target t = { .name = RW_TARGET };
	const char *why = NULL;

	memset(&rw, 0, sizeof(rw));
	rw.now_ns = RW_SECOND;
	for (uint32_t i = 0; i < RW_TASKS; i++) {
		rw.tasks[i] = calloc(1, sizeof(*rw.tasks[i]));
		assert(rw.tasks[i]);
	}
	rw.eager_fetch = options & 1;
	rw.eager_release = options & 2;
	assert(sl_gateway_create(&host_ops, NULL, &limits, &rw.gw) == 0);
	assert(sl_target_add(rw.gw, &t, &why) == 0);
	for (uint32_t i = 0; i < RW_SESSIONS; i++)
		rw_session_open(i);
	for (uint32_t lun = 0; lun <= RW_DEVICES; lun++)
		assert(rw_lun(lun, true) == 0);
	for (uint32_t i = 0; i < RW_NEXUSES; i++)
		rw_nexus_open(i);
}

void rw_close(void)
{
	const char *why = NULL;

	for (uint32_t i = 0; i < RW_SESSIONS; i++)
		rw_session_die(i);
	for (uint32_t round = 0; round < 3; round++) {
		rw.now_ns += 100 * RW_SECOND;
		sl_gateway_tick(rw.gw, rw.now_ns);
		rw_release_all();
	}
	for (uint32_t i = 0; i < RW_TASKS; i++)
		assert(!rw.tasks[i]->live);
	for (uint32_t i = 0; i < RW_TMFS; i++)
		assert(!rw.tmfs[i].live);
	for (uint32_t i = 0; i < RW_NEXUSES; i++) {
		rw_nexus_close(i);
		assert(!rw.nexuses[i].core);
	}
	for (uint32_t i = 0; i < rw.gw->n_devices; i++)
		assert(rw.gw->devices[i]->quarantined == 0 && !sl_device_busy(rw.gw->devices[i]));
	assert(rw.gw->illegal_events == 0);
	assert(sl_target_remove(rw.gw, RW_TARGET, &why) == 0);
	sl_gateway_destroy(rw.gw);
	for (uint32_t i = 0; i < RW_TASKS; i++)
		free(rw.tasks[i]);
}
