/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdlib.h>
#include <string.h>

#include "core/device.h"
#include "core/session.h"
#include "fixture.h"

struct fx *fx;

static void queue_dirty(void *host, struct sl_queue *q)
{
	(void)host;
	fx->dirties++;
	if (!fx->batches)
		sl_queue_doorbell(q);
}

static void wake(void *host, struct sl_session *s, struct sl_queue *q, u32 *word)
{
	(void)s;
	(void)q;
	(void)host;
	(void)word;
	fx->wakes++;
}

static void timer(void *host, u64 deadline_ns)
{
	(void)host;
	fx->timer_ns = deadline_ns;
}

static void session_broken(void *host, struct sl_session *s, const char *why)
{
	(void)host;
	(void)s;
	fx->broken++;
	fx->broken_why = why;
}

static const struct sl_host_ops host_ops = { queue_dirty, wake, timer, session_broken };

static void data_out(struct sl_cmd *cmd)
{
	struct fx_cmd *c = (struct fx_cmd *)cmd;

	c->data_outs++;
	if (fx->data_out) {
		fx->data_out(cmd);
	} else if (fx->auto_fetch) {
		memset(cmd->data, 0xd0, cmd->buf_len);
		sl_cmd_data_out_done(cmd, cmd->buf_len, fx->now_ns);
	}
}

static void data_out_cancel(struct sl_cmd *cmd)
{
	((struct fx_cmd *)cmd)->cancels++;
}

static void respond(struct sl_cmd *cmd)
{
	struct fx_cmd *c = (struct fx_cmd *)cmd;

	c->responses++;
	c->order = ++fx->clock;
	if (fx->auto_release)
		sl_cmd_release(cmd, fx->now_ns);
	if (fx->on_respond) {
		void (*call)(void) = fx->on_respond;

		fx->on_respond = NULL;
		call();
	}
}

static void tmf_done(struct sl_tmf *tmf)
{
	struct fx_tmf *t = (struct fx_tmf *)tmf;

	t->done++;
	t->order = ++fx->clock;
}

static void nexus_closed(void *fabric_nexus)
{
	(void)fabric_nexus;
	fx->closed++;
}

static const struct sl_fabric_ops fabric_ops = { data_out, data_out_cancel, respond, tmf_done,
						 nexus_closed };

const struct sl_fabric_ops *fx_fabric(void)
{
	return &fabric_ops;
}

void fx_session_open(u32 depth, u64 pool_bytes)
{
	struct sluice_session_open open = {
		.queues = 2,
		.depth = depth ? depth : 8,
		.pool_bytes = pool_bytes ? pool_bytes : SLUICE_MAX_BUFFER,
	};
	const char *why = NULL;

	assert_int_equal(sl_session_layout(fx->gw, &open, &fx->control, &why), 0);
	fx->gateway_region = aligned_alloc(SLUICE_PAGE, fx->control.gateway_bytes);
	fx->handler_region = aligned_alloc(SLUICE_PAGE, fx->control.handler_bytes);
	memset(fx->gateway_region, 0, fx->control.gateway_bytes);
	memset(fx->handler_region, 0, fx->control.pool_off);
	assert_int_equal(sl_session_create(fx->gw, "handler", &fx->control, fx->gateway_region,
					   fx->handler_region, &fx->session),
			 0);
	memset(fx->consumer, 0, sizeof(fx->consumer));
	memset(fx->producer, 0, sizeof(fx->producer));
	fx->event_consumer = 0;
	fx->request_producer = 0;
}

void fx_session_close(void)
{
	sl_session_close(fx->session, fx->now_ns);
	assert_true(sl_session_drained(fx->session));
	sl_session_destroy(fx->session);
	free(fx->gateway_region);
	free(fx->handler_region);
	fx->session = NULL;
}

void fx_abandon(void)
{
	assert_null(fx->abandoned);
	sl_session_close(fx->session, fx->now_ns);
	fx->abandoned = fx->session;
	fx->abandoned_regions[0] = fx->gateway_region;
	fx->abandoned_regions[1] = fx->handler_region;
	fx->session = NULL;
}

void fx_bury(void)
{
	assert_true(sl_session_drained(fx->abandoned));
	sl_session_destroy(fx->abandoned);
	free(fx->abandoned_regions[0]);
	free(fx->abandoned_regions[1]);
	fx->abandoned = NULL;
}

u32 fx_device_add(const char *name, u32 queue, u32 task_set_limit)
{
	struct sluice_device_add add = {
		.queue = queue,
		.task_set_limit = task_set_limit,
		.max_transfer = SLUICE_MAX_BUFFER,
		.timeout_ns = { 10 * FX_SECOND, 10 * FX_SECOND, 10 * FX_SECOND, 10 * FX_SECOND },
		.recovery = fx->recovery,
	};
	const char *why = NULL;

	strcpy(add.name, name);
	assert_int_equal(sl_device_add(fx->session, &add, fx->now_ns, &fx->added, &why), 0);
	return fx->added.device;
}

void fx_lun_map(u32 lun, const char *device)
{
	struct sluice_lun l = { .target = FX_TARGET, .group = "default", .lun = lun };
	const char *why = NULL;

	strcpy(l.device, device);
	assert_int_equal(sl_lun_map(fx->gw, &l, &why), 0);
}

void fx_open(u32 depth, u64 pool_bytes, u32 task_set_limit)
{
	fx_open_limited(NULL, depth, pool_bytes, task_set_limit);
}

void fx_open_limited(const struct sl_limits *limits, u32 depth, u64 pool_bytes, u32 task_set_limit)
{
	struct sluice_target t = { .name = FX_TARGET };
	const char *why = NULL;

	fx = calloc(1, sizeof(*fx));
	fx->now_ns = FX_SECOND;
	fx->auto_fetch = true;
	fx->auto_release = true;
	assert_int_equal(sl_gateway_create(&host_ops, fx, limits, &fx->gw), 0);
	fx_session_open(depth, pool_bytes);
	assert_int_equal(sl_target_add(fx->gw, &t, &why), 0);
	fx->device = fx_device_add("disk", 0, task_set_limit ? task_set_limit : 32);
	fx_lun_map(0, "disk");
}

int fx_setup(void **state)
{
	(void)state;
	fx_open(0, 0, 0);
	return 0;
}

int fx_teardown(void **state)
{
	(void)state;
	for (u32 slot = 0; slot < fx->gw->limits.max_nexuses; slot++) {
		if (fx->gw->nexuses[slot])
			sl_nexus_close(fx->gw->nexuses[slot], fx->now_ns);
	}
	if (fx->session)
		fx_session_close();
	assert_int_equal(fx->gw->n_nexuses, 0);
	assert_int_equal(fx->gw->illegal_events, 0);
	assert_int_equal(sl_target_remove(fx->gw, FX_TARGET, &(const char *){ NULL }), 0);
	sl_gateway_destroy(fx->gw);
	free(fx);
	fx = NULL;
	return 0;
}

struct sl_nexus *fx_nexus_raw(const char *initiator, enum sl_nexus_origin origin)
{
	struct sl_nexus *n = NULL;

	assert_int_equal(sl_nexus_open(fx->gw, FX_TARGET, initiator, FX_TARGET ",t,0x0001",
				       "127.0.0.1:1", origin, &fabric_ops, NULL, &n),
			 0);
	return n;
}

struct sl_nexus *fx_nexus(const char *initiator)
{
	struct sl_nexus *n = fx_nexus_raw(initiator, SL_NEXUS_NEW);
	bool auto_release = fx->auto_release;
	struct fx_cmd c = { 0 };

	fx->auto_release = true;
	fx_init(&c, n, 0x00, SLUICE_DIR_NONE, 0);
	fx_submit(&c);
	fx_assert_sense(&c, 6, 0x2900);
	fx->auto_release = auto_release;
	return n;
}

void fx_init(struct fx_cmd *c, struct sl_nexus *n, u8 opcode, u8 direction, u32 expected_len)
{
	static u64 tag;

	memset(c, 0, sizeof(*c));
	c->cmd.nexus = n;
	c->cmd.task_tag = ++tag;
	c->cmd.cdb[0] = opcode;
	c->cmd.cdb_len = 16;
	c->cmd.direction = direction;
	c->cmd.expected_len = expected_len;
	c->cmd.attribute = SLUICE_ATTR_SIMPLE;
}

void fx_submit(struct fx_cmd *c)
{
	assert_int_equal(sl_cmd_submit(&c->cmd, fx->now_ns), 0);
}

void fx_release(struct fx_cmd *c)
{
	sl_cmd_release(&c->cmd, fx->now_ns);
}

void fx_tmf(struct fx_tmf *t, struct sl_nexus *n, u8 function, u32 lun, u64 tag)
{
	memset(t, 0, sizeof(*t));
	t->tmf.nexus = n;
	t->tmf.function = function;
	t->tmf.lun[1] = (u8)lun;
	t->tmf.task_tag = tag;
	sl_tmf_submit(&t->tmf, fx->now_ns);
}

static struct sluice_user_index *user_index(u32 queue)
{
	return (void *)(fx->handler_region + fx->control.user_queue_off +
			queue * fx->control.user_queue_stride);
}

const struct sluice_desc *fx_take(u32 queue)
{
	u8 *q = fx->gateway_region + fx->control.gw_queue_off + queue * fx->control.gw_queue_stride;
	struct sluice_gw_index *index = (void *)q;
	u32 *ring = (void *)(q + fx->control.gw_ring_off);
	struct sluice_desc *desc = (void *)(q + fx->control.gw_desc_off);
	u32 tag;

	if (index->sub_producer == fx->consumer[queue])
		return NULL;
	tag = ring[fx->consumer[queue]++ & (fx->control.depth - 1)];
	user_index(queue)->sub_consumer = fx->consumer[queue];
	return &desc[tag];
}

u8 *fx_buffer(const struct sluice_desc *d)
{
	return fx->handler_region + fx->control.pool_off + d->buf_off;
}

void fx_put(u32 queue, u32 tag, u32 generation, u8 status, u32 data_len, const u8 *sense,
	    u16 sense_len)
{
	u8 *q = (u8 *)user_index(queue);
	struct sluice_completion *ring = (void *)(q + fx->control.user_comp_off);
	struct sluice_response *responses = (void *)(q + fx->control.user_resp_off);
	struct sluice_completion *c = &ring[fx->producer[queue]++ & (fx->control.depth - 1)];

	memset(c, 0, sizeof(*c));
	c->tag = tag;
	c->generation = generation;
	c->status = status;
	c->data_len = data_len;
	c->sense_len = sense_len;
	if (sense)
		memcpy(responses[tag].sense, sense, sl_min(sense_len, SLUICE_SENSE_MAX));
	user_index(queue)->comp_producer = fx->producer[queue];
}

u32 fx_reap(u32 queue)
{
	return sl_queue_reap(sl_session_queue(fx->session, queue), 1024, fx->now_ns);
}

void fx_good(u32 queue, const struct sluice_desc *d, u32 data_len)
{
	fx_put(queue, d->tag, d->generation, 0, data_len, NULL, 0);
	assert_int_equal(fx_reap(queue), 1);
}

const struct sluice_event *fx_event(void)
{
	struct sluice_gw_index *index = (void *)(fx->gateway_region + fx->control.gw_admin_off);
	struct sluice_event *events = (void *)(fx->gateway_region + fx->control.gw_event_off);
	struct sluice_user_index *user = (void *)(fx->handler_region + fx->control.user_admin_off);

	if (index->sub_producer == fx->event_consumer)
		return NULL;
	user->sub_consumer = fx->event_consumer + 1;
	return &events[fx->event_consumer++ & (fx->control.admin_depth - 1)];
}

void fx_request(const struct sluice_request *r)
{
	struct sluice_user_index *user = (void *)(fx->handler_region + fx->control.user_admin_off);
	struct sluice_request *ring = (void *)(fx->handler_region + fx->control.user_request_off);

	ring[fx->request_producer++ & (fx->control.admin_depth - 1)] = *r;
	user->comp_producer = fx->request_producer;
}

void fx_assert_sense(const struct fx_cmd *c, u8 key, u16 asc)
{
	assert_int_equal(c->responses, 1);
	assert_false(c->cmd.silent);
	assert_int_equal(c->cmd.status, 0x02);
	assert_int_equal(c->cmd.sense_len, 18);
	assert_int_equal(c->cmd.sense[0], 0x70);
	assert_int_equal(c->cmd.sense[2], key);
	assert_int_equal(c->cmd.sense[12] << 8 | c->cmd.sense[13], asc);
}

void fx_assert_quiet(void)
{
	assert_int_equal(fx->session->buffers, 0);
	assert_int_equal(fx->session->pool.used_pages, 0);
	assert_int_equal(fx->session->n_waiting, 0);
	for (u32 q = 0; q < 2; q++)
		assert_int_equal(sl_queue_in_flight(sl_session_queue(fx->session, q)), 0);
	for (u32 i = 0; i < fx->gw->n_devices; i++) {
		assert_int_equal(fx->gw->devices[i]->set.gate, 0);
		assert_int_equal(fx->gw->devices[i]->quarantined, 0);
	}
}
