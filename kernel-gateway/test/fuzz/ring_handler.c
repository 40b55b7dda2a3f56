/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The handler that the fuzzer plays: right but for what it twists, or wrong altogether. */
#include "ring_world.h"

enum twist {
	TWIST_TAG = 1,
	TWIST_GENERATION = 2,
	TWIST_STATUS = 4,
	TWIST_LENGTH = 8,
	TWIST_SENSE = 16,
	TWIST_FLAGS = 32,
	TWIST_HOLD = 64,      /* it may answer the same once more */
	TWIST_OVERFLOW = 128, /* it does not look whether there is room */
};

static struct sluice_user_index *user_index(struct rw_session *s, uint32_t q)
{
	return (void *)(s->handler_region + s->control.user_queue_off +
			q * s->control.user_queue_stride);
}

static struct sluice_gw_index *gw_index(struct rw_session *s, uint32_t q)
{
	return (void *)(s->gateway_region + s->control.gw_queue_off +
			q * s->control.gw_queue_stride);
}

/* What the gateway hands over is well-formed, whatever the handler did. */
static void check_desc(const struct rw_session *s, const struct sluice_desc *d)
{
	assert(d->cdb_len >= 1 && d->cdb_len <= SLUICE_CDB_MAX);
	assert(d->buf_len <= d->expected_len && d->data_out_len <= d->buf_len);
	assert(d->buf_off % SLUICE_PAGE == 0 || d->buf_len == 0);
	assert(d->buf_len == 0 || d->buf_off + d->buf_len <= s->control.pool_bytes);
	assert(d->cdb_len <= SLUICE_CDB_INLINE ||
	       d->cdb_ext_off + d->cdb_len <= s->control.gateway_bytes);
	assert(d->device && d->nexus && d->sequence);
}

/*
 * One sequence number for a command's whole life, whoever has it; REDELIVERED if an
 * earlier handler had taken it, and its Data-Out comes with it.
 */
static void check_history(const struct rw_session *s, uint32_t q, const struct sluice_desc *d)
{
	struct rw_task *t = rw_task_out(s, q, d->tag);
	const u8 *data = s->handler_region + s->control.pool_off + d->buf_off;

	if (!t)
		return; /* it has ended meanwhile */
	assert(!t->sequence || t->sequence == d->sequence);
	if (rw.honest)
		assert(t->taken == ((d->flags & SLUICE_DESC_REDELIVERED) != 0));
	if (d->direction == SLUICE_DIR_OUT && d->data_out_len && !t->list_len)
		assert((data[0] == 0xd0 || d->data_out_len == 1) &&
		       data[d->data_out_len - 1] == 0xd1);
	t->sequence = d->sequence;
	t->taken = true;
}

void rw_handler_take(struct rw_session *s, struct input *in)
{
	uint32_t q = input_u8(in) % RW_QUEUES, mask = s->control.depth - 1;
	struct sluice_gw_index *index = gw_index(s, q);
	const uint32_t *ring = (void *)((u8 *)index + s->control.gw_ring_off);
	const struct sluice_desc *desc = (void *)((u8 *)index + s->control.gw_desc_off);

	assert(index->sub_producer - s->consumer[q] <= s->control.depth);
	while (s->consumer[q] != index->sub_producer) {
		uint32_t tag = ring[s->consumer[q]++ & mask];

		assert(tag < s->control.depth && desc[tag].tag == tag);
		check_desc(s, &desc[tag]);
		check_history(s, q, &desc[tag]);
		s->held[q][tag] =
			(struct rw_held){ tag, desc[tag].generation, desc[tag].buf_len, true };
	}
	user_index(s, q)->sub_consumer = s->consumer[q];
}

struct rw_held *rw_handler_pick(struct rw_session *s, uint32_t q, uint32_t from)
{
	for (uint32_t i = 0; i < RW_DEPTH; i++) {
		struct rw_held *h = &s->held[q][(from + i) % RW_DEPTH];

		if (h->held)
			return h;
	}
	return NULL;
}

void rw_handler_put(struct rw_session *s, uint32_t q, const struct sluice_completion *c,
		    const uint8_t *sense, size_t sense_bytes)
{
	struct sluice_user_index *index = user_index(s, q);
	struct sluice_completion *ring = (void *)((u8 *)index + s->control.user_comp_off);
	struct sluice_response *responses = (void *)((u8 *)index + s->control.user_resp_off);

	memcpy(responses[c->tag % s->control.depth].sense, sense, sense_bytes);
	ring[s->producer[q]++ & (s->control.depth - 1)] = *c;
	index->comp_producer = s->producer[q];
}

void rw_handler_answer(struct rw_session *s, struct input *in)
{
	uint8_t where = input_u8(in), twist = input_u8(in);
	uint32_t q = where % RW_QUEUES;
	struct rw_held *h = rw_handler_pick(s, q, where >> 1);
	struct sluice_user_index *index = user_index(s, q);
	struct sluice_completion *ring = (void *)((u8 *)index + s->control.user_comp_off);
	struct sluice_response *responses = (void *)((u8 *)index + s->control.user_resp_off);
	struct sluice_completion c = { 0 };

	if (!h)
		return;
	if (!(twist & TWIST_OVERFLOW) &&
	    s->producer[q] - gw_index(s, q)->comp_consumer >= s->control.depth)
		rw_reap(s, q, s->control.depth);
	c.tag = twist & TWIST_TAG ? input_u32(in) : h->tag;
	c.generation = h->generation + (twist & TWIST_GENERATION ? input_u8(in) : 0);
	c.status = twist & TWIST_STATUS ? input_u8(in) : 0;
	c.data_len = twist & TWIST_LENGTH ? input_u32(in) : h->buf_len;
	c.flags = twist & TWIST_FLAGS ? input_u8(in) : 0;
	if (twist & TWIST_SENSE) {
		input_bytes(in, &c.sense_len, sizeof(c.sense_len));
		input_bytes(in, responses[h->tag].sense, 18);
	}
	h->held = twist & TWIST_HOLD;
	ring[s->producer[q]++ & (s->control.depth - 1)] = c;
	index->comp_producer = s->producer[q];
}

static struct sluice_user_index *admin_index(struct rw_session *s)
{
	return (void *)(s->handler_region + s->control.user_admin_off);
}

void rw_handler_request(struct rw_session *s, struct input *in)
{
	struct sluice_request *ring = (void *)(s->handler_region + s->control.user_request_off);
	uint8_t shape = input_u8(in);
	struct sluice_request r = {
		.type = shape & 1 ? SLUICE_REQUEST_UNIT_ATTENTION : SLUICE_REQUEST_CONTROL_MODE,
		.device = s->devices[(shape >> 1) % RW_DEVICES],
		.scope = (uint8_t)(1 + (shape >> 3) % 3),
		.asc = 0x2a,
		.ascq = (uint8_t)(shape >> 5),
	};

	if (!(shape & 1)) {
		/* Fields with values, some of them wrong. */
		r.control_mode = input_u8(in) | (uint32_t)(input_u8(in) & 0x1f) << 8;
		r.scope = 0;
	} else if (rw.nexuses[shape >> 7].core)
		r.nexus = sl_nexus_id(rw.nexuses[shape >> 7].core);
	if (shape == 0xff)
		input_bytes(in, &r, sizeof(r));
	ring[s->requests++ & (s->control.admin_depth - 1)] = r;
	admin_index(s)->comp_producer = s->requests;
}

/* Mostly at indices and at the start of slots, now and then anywhere before the pool. */
void rw_handler_scribble(struct rw_session *s, struct input *in)
{
	uint8_t where = input_u8(in), len = input_u8(in) % 40, place = where >> 3;
	u64 at = where & 4 ? s->control.user_admin_off : (where & 1) * s->control.user_queue_stride;

	if (place < 3)
		at += place * SLUICE_CACHE_LINE;
	else if (place < 3 + RW_DEPTH)
		at += sizeof(struct sluice_user_index) +
		      (place - 3) * sizeof(struct sluice_completion);
	else
		at = input_u32(in) % s->control.pool_off;
	input_bytes(in, s->handler_region + at,
		    at + len > s->control.pool_off ? s->control.pool_off - at : len);
}

void rw_handler_read_events(struct rw_session *s)
{
	const struct sluice_gw_index *index = (void *)(s->gateway_region + s->control.gw_admin_off);
	const struct sluice_event *events = (void *)(s->gateway_region + s->control.gw_event_off);

	assert(index->sub_producer - s->events <= s->control.admin_depth);
	while (s->events != index->sub_producer) {
		const struct sluice_event *e = &events[s->events++ & (s->control.admin_depth - 1)];

		assert(e->type >= SLUICE_EVENT_NEXUS_ADD && e->type <= SLUICE_EVENT_PING);
		assert((e->relative_port != 0) == (e->type == SLUICE_EVENT_NEXUS_ADD));
	}
	admin_index(s)->sub_consumer = s->events;
}
