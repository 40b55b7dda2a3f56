/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "ring_world.h"

#if defined(__SANITIZE_ADDRESS__) || (defined(__has_feature) && __has_feature(address_sanitizer))
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, len)   ((void)(at), (void)(len))
#define ASAN_UNPOISON_MEMORY_REGION(at, len) ((void)(at), (void)(len))
#endif

struct ring_world rw;

/* Kept from input to input: to make them anew costs more than all the rest. */
static u8 *memory[RW_REGIONS][2];

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

static void wake(void *host, struct sl_session *s, struct sl_queue *q, u32 *word)
{
	(void)s;
	(void)q;
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

/* The first and the last byte of what is sent, and of what is received: the sanitizer says whether they are ours. */
static void send(const struct sl_cmd *cmd, uint32_t len)
{
	const volatile u8 *data = cmd->data;

	if (len)
		(void)(data[0] + data[len - 1]);
}

static void receive(struct rw_task *t, uint32_t len)
{
	if (t->list_len) {
		memcpy(t->cmd.data, t->list, sl_min(len, t->list_len));
	} else if (len) {
		t->cmd.data[0] = 0xd0;
		t->cmd.data[len - 1] = 0xd1;
	}
}

void rw_fetch(struct rw_task *t, uint32_t received)
{
	if (!t->live || t->fetched || !t->data_outs)
		return;
	t->fetched = true;
	received = sl_min(received, t->cmd.buf_len);
	receive(t, received);
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
		t->submitted_ns = rw.now_ns;
		t->live = true;
		return t;
	}
	return NULL;
}

struct rw_tmf *rw_tmf_new(void)
{
	for (uint32_t i = 0; i < RW_TMFS; i++) {
		struct rw_tmf *t = &rw.tmfs[i];

		if (t->live)
			continue;
		memset(t, 0, sizeof(*t));
		t->live = true;
		return t;
	}
	return NULL;
}

void rw_release(struct rw_task *t)
{
	if (!t->live || !t->responses)
		return;
	send(&t->cmd, t->cmd.silent ? 0 : t->cmd.data_len);
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
	if (rw.judge)
		rw.judge(t);
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

/* Nobody uses it any more: as if unmapped, but for the pool, whose shadow is large. */
static void bury(struct rw_region *r)
{
	assert(r->core->pool.used_pages == 0);
	sl_session_destroy(r->core);
	ASAN_POISON_MEMORY_REGION(r->gateway, r->gateway_bytes);
	ASAN_POISON_MEMORY_REGION(r->handler, r->pool_off);
	*r = (struct rw_region){ 0 };
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
		if (rw.eager_handlers)
			rw_session_open(i, RW_GRACE_MAX, true);
	}
	for (uint32_t i = 0; i < RW_REGIONS; i++) {
		if (rw.regions[i].core && rw.regions[i].closed &&
		    sl_session_drained(rw.regions[i].core))
			bury(&rw.regions[i]);
	}
	assert(rw.gw->illegal_events == 0);
}

/* As long as handlers stay as they are, everything has its bound. */
void rw_tick(u64 ns)
{
	rw.now_ns += ns;
	sl_gateway_tick(rw.gw, rw.now_ns);
	for (uint32_t i = 0; i < RW_TASKS; i++) {
		const struct rw_task *t = rw.tasks[i];

		if (t->live && !t->responses && !t->cancels)
			assert(rw.now_ns - sl_max(t->submitted_ns, rw.calm_ns) <= RW_WAIT_MAX);
	}
}

struct rw_task *rw_task_out(const struct rw_session *s, uint32_t q, uint32_t tag)
{
	const struct sl_tag *t = &sl_session_queue(s->core, q)->tags[tag];

	for (uint32_t i = 0; t->state == SL_TAG_OUT && i < RW_TASKS; i++) {
		if (&rw.tasks[i]->cmd == t->cmd)
			return rw.tasks[i];
	}
	return NULL;
}

/* ---- Nexuses and LUNs ---------------------------------------------------------------- */

void rw_nexus_open(uint32_t i)
{
	struct rw_nexus *n = &rw.nexuses[i];
	const char *port = i == 1 ? RW_SECOND_PORT : RW_FIRST_PORT;
	const char *through = i < RW_FIRST ? RW_TARGET ",t,0x0001" : RW_TARGET ",t,0x0002";
	int result;

	if (n->core)
		return;
	result = sl_nexus_open(rw.gw, RW_TARGET, port, through, "fuzz",
			       n->seen ? SL_NEXUS_REINSTATED : SL_NEXUS_NEW, &fabric_ops, n,
			       &n->core);
	assert(result == 0 || (rw.denies && result == -EACCES));
	if (result)
		return;
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
		.timeout_ns = { RW_TIMEOUT, RW_TIMEOUT, RW_TIMEOUT, RW_TIMEOUT },
		.peripheral_type = d == 2 ? 1 : 0,
	};
	struct sluice_device_added added = { 0 };
	const char *why = NULL;

	if (!s->core)
		return;
	rw.calm_ns = rw.now_ns;
	strcpy(add.name, devices[d].name);
	if (sl_device_add(s->core, &add, rw.now_ns, &added, &why))
		return;
	assert(added.device && !(added.flags & ~SLUICE_DEVICE_TAKEN_OVER));
	/* Who declared that he fails what he leaves behind is nobody to take over from. */
	assert(!added.flags || devices[d].recovery != SLUICE_RECOVERY_FAIL);
	s->devices[d] = added.device;
}

void rw_device_remove(uint32_t i, uint32_t d)
{
	rw.calm_ns = rw.now_ns;
	if (rw.sessions[i].core)
		sl_device_remove(rw.sessions[i].core, rw.sessions[i].devices[d], rw.now_ns);
}

/* Only what a session looks at before it is written must be zero. */
static u8 *region(u8 **at, u64 bytes, u64 zeroed)
{
	if (!*at)
		*at = aligned_alloc(SLUICE_PAGE, bytes);
	assert(*at);
	ASAN_UNPOISON_MEMORY_REGION(*at, bytes);
	memset(*at, 0, zeroed);
	return *at;
}

static struct rw_region *free_region(const struct sluice_control *c)
{
	for (uint32_t i = 0; i < RW_REGIONS; i++) {
		struct rw_region *r = &rw.regions[i];

		if (r->core)
			continue;
		r->gateway = region(&memory[i][0], c->gateway_bytes, c->gateway_bytes);
		r->handler = region(&memory[i][1], c->handler_bytes, c->pool_off);
		r->gateway_bytes = c->gateway_bytes;
		r->pool_off = c->pool_off;
		return r;
	}
	return NULL;
}

void rw_session_open(uint32_t i, u64 grace_ns, bool adds)
{
	struct sluice_session_open open = { .queues = RW_QUEUES,
					    .depth = RW_DEPTH,
					    .pool_bytes = SLUICE_MAX_BUFFER,
					    .grace_ns = grace_ns };
	struct rw_session *s = &rw.sessions[i];
	struct sluice_control *c = &s->control;
	const char *why = NULL;
	struct rw_region *r;

	if (s->core)
		return;
	memset(s, 0, sizeof(*s));
	assert(sl_session_layout(rw.gw, &open, c, &why) == 0);
	r = free_region(c);
	if (!r)
		return;
	s->gateway_region = r->gateway;
	s->handler_region = r->handler;
	assert(sl_session_create(rw.gw, i ? "fuzz-b" : "fuzz-a", c, s->gateway_region,
				 s->handler_region, &r->core) == 0);
	s->core = r->core;
	for (uint32_t d = 0; adds && d < RW_DEVICES; d++) {
		if (devices[d].session == i)
			rw_device_add(d);
	}
}

void rw_session_quiesce(uint32_t i)
{
	rw.calm_ns = rw.now_ns;
	if (rw.sessions[i].core)
		sl_session_quiesce(rw.sessions[i].core, rw.now_ns);
}

/* Its commands are kept or end; what the fabric has of it keeps it from being buried. */
void rw_session_die(uint32_t i)
{
	struct rw_session *s = &rw.sessions[i];

	if (!s->core)
		return;
	rw.calm_ns = rw.now_ns;
	sl_session_close(s->core, rw.now_ns);
	for (uint32_t k = 0; k < RW_REGIONS; k++)
		rw.regions[k].closed |= rw.regions[k].core == s->core;
	s->core = NULL;
	s->broken = false;
}

/* ---- The whole --------------------------------------------------------------------------- */

void rw_open(uint8_t options)
{
	const struct sl_limits limits = { .max_devices = 8,
					  .max_nexuses = 4,
					  .max_sessions = RW_REGIONS };
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
	rw.eager_handlers = options & 4;
	for (uint32_t i = 0; i < RW_SESSIONS; i++)
		rw_session_open(i, RW_GRACE_MAX, true);
	for (uint32_t lun = 0; lun <= RW_DEVICES; lun++)
		assert(rw_lun(lun, true) == 0);
	for (uint32_t i = 0; i < RW_FIRST; i++)
		rw_nexus_open(i);
}

void rw_close(void)
{
	const char *why = NULL;

	for (uint32_t i = 0; i < RW_SESSIONS; i++)
		rw_session_die(i);
	rw.eager_handlers = false;
	for (uint32_t round = 0; round < 6; round++) {
		for (uint32_t k = 0; k < RW_TASKS; k++)
			rw_fetch(rw.tasks[k], 0);
		rw_tick(RW_WAIT_MAX);
		rw_release_all();
		rw_settle();
	}
	for (uint32_t i = 0; i < RW_REGIONS; i++)
		assert(!rw.regions[i].core);
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
