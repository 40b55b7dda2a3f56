/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Completions that are none, or wrong, or not now; and producer indices that make no sense. */
#include <unistd.h>

#include "hostile.h"

enum { GOOD = 0x00, CHECK_CONDITION = 0x02 };

static uint32_t choose_queue(const struct hostile *x, const struct decision *d)
{
	return (uint32_t)(d->a % x->h.queues);
}

static bool put_one(struct hostile *x, uint32_t q, struct sluice_completion c, enum fate fate)
{
	if (!queue_room(x, q, 1))
		return false;
	queue_put(x, q, &c, fate);
	return true;
}

/* ---- For nothing that is out ------------------------------------------------------------ */

bool attack_wrong_tag(struct hostile *x, const struct decision *d)
{
	uint32_t tag = x->h.depth + (uint32_t)d->b % (0xffffffffu - x->h.depth);

	return put_one(x, choose_queue(x, d),
		       (struct sluice_completion){ .tag = tag, .generation = (uint32_t)d->c % 4 },
		       FATE_DROP);
}

/* The newest generation of a tag that we do not hold: it was answered, or it never was out. */
bool attack_unused_tag(struct hostile *x, const struct decision *d)
{
	uint32_t q = choose_queue(x, d), tag = (uint32_t)d->b % x->h.depth;
	struct hostile_queue *queue = &x->queues[q];

	if (queue->held[tag].held)
		return false;
	return put_one(x, q,
		       (struct sluice_completion){ .tag = tag,
						   .generation = queue->generation[tag] },
		       FATE_DROP);
}

bool attack_stale_generation(struct hostile *x, const struct decision *d)
{
	uint32_t q;
	struct held *held = queue_pick(x, d->a, &q);

	if (!held)
		return false;
	return put_one(x, q,
		       (struct sluice_completion){ .tag = held->desc.tag,
						   .generation = held->desc.generation - 1 -
								 (uint32_t)d->b % 3,
						   .data_len = held->desc.buf_len },
		       FATE_DROP);
}

/* The next command of this tag, before there is one: the gateway may hand it over right now. */
bool attack_early(struct hostile *x, const struct decision *d)
{
	uint32_t q = choose_queue(x, d), tag = (uint32_t)d->b % x->h.depth;
	struct hostile_queue *queue = &x->queues[q];

	return put_one(x, q,
		       (struct sluice_completion){ .tag = tag,
						   .generation = queue->generation[tag] + 1 +
								 (uint32_t)d->c % 3 },
		       queue->held[tag].held ? FATE_DROP : FATE_UNKNOWN);
}

/* ---- Twice, late, out of order ----------------------------------------------------------- */

bool attack_double(struct hostile *x, const struct decision *d)
{
	uint32_t q;
	struct held *held = queue_pick(x, d->a, &q);
	struct sluice_completion c;

	if (!held || !queue_room(x, q, 2))
		return false;
	queue_answer(x, q, held, d->b);
	c = (struct sluice_completion){ .tag = held->desc.tag,
					.generation = held->desc.generation,
					.status = (uint8_t)d->c,
					.data_len = (uint32_t)(d->c >> 8) };
	return put_one(x, q, c, FATE_DROP);
}

bool attack_double_later(struct hostile *x, const struct decision *d)
{
	uint32_t q = choose_queue(x, d);
	struct hostile_queue *queue = &x->queues[q];
	uint32_t n = queue->n_recent < HOSTILE_RECENT ? queue->n_recent : HOSTILE_RECENT;

	return n && put_one(x, q, queue->recent[d->b % n], FATE_DROP);
}

/* Nothing at all, for longer than any command of ours may take. */
bool attack_silence(struct hostile *x, const struct decision *d)
{
	uint64_t timeout_ns = x->options->timeout_ns;

	usleep((useconds_t)((timeout_ns + d->b % timeout_ns) / 1000));
	return true;
}

/* Past their deadlines: the initiators have their answers, tags and buffers come back with these. */
bool attack_late(struct hostile *x, const struct decision *d)
{
	uint32_t q = choose_queue(x, d), late = 0;
	uint64_t now = hostile_clock();

	for (uint32_t i = 0; i < x->h.depth && late <= d->c % 4; i++) {
		struct held *held = &x->queues[q].held[(d->b + i) % x->h.depth];

		if (!held->held || now <= held->desc.deadline_ns)
			continue;
		queue_answer(x, q, held, d->c);
		late++;
	}
	return late > 0;
}

/* The newest first: right answers, in an order that nobody asked for. */
bool attack_reorder(struct hostile *x, const struct decision *d)
{
	uint32_t done = 0, q;
	struct held *held;

	while (done < 1 + d->b % 8 && (held = queue_pick(x, d->a - done * 16, &q))) {
		queue_answer(x, q, held, d->c >> done);
		done++;
	}
	return done > 1;
}

/* ---- Wrong results ------------------------------------------------------------------------ */

static bool answer_with(struct hostile *x, const struct decision *d, struct sluice_completion c,
			const uint8_t *sense, uint32_t sense_bytes)
{
	uint32_t q;
	struct held *held = queue_pick(x, d->a, &q);
	struct sluice_completion identity;

	if (!held || !queue_room(x, q, 1))
		return false;
	identity = queue_let_go(x, q, held);
	c.tag = identity.tag;
	c.generation = identity.generation;
	if (sense_bytes)
		memcpy(x->queues[q].responses[c.tag].sense, sense, sense_bytes);
	queue_put(x, q, &c, FATE_UNKNOWN);
	return true;
}

bool attack_bad_status(struct hostile *x, const struct decision *d)
{
	return answer_with(x, d,
			   (struct sluice_completion){ .status = (uint8_t)(d->b | 1),
						       .sense_len = (uint16_t)(d->b >> 8),
						       .data_len = (uint32_t)d->c },
			   NULL, 0);
}

bool attack_bad_flags(struct hostile *x, const struct decision *d)
{
	return answer_with(x, d,
			   (struct sluice_completion){ .flags = (uint8_t)(1u << d->b % 8),
						       .delegate_off = d->c,
						       .delegate_file = (uint32_t)d->c,
						       .delegate_len = (uint32_t)(d->c >> 32),
						       .data_len = (uint32_t)(d->b >> 8) },
			   NULL, 0);
}

/* CHECK CONDITION with sense data that is none. */
bool attack_bad_sense(struct hostile *x, const struct decision *d)
{
	uint8_t sense[18];

	memset(sense, (int)(d->b % 0x70), sizeof(sense));
	return answer_with(
		x, d,
		(struct sluice_completion){ .status = CHECK_CONDITION,
					    .sense_len = d->c % 2 ? (uint16_t)(d->c >> 8) :
								    (uint16_t)(d->c >> 8) % 2 },
		sense, sizeof(sense));
}

/* Good sense data, and a length far beyond it. */
bool attack_long_sense(struct hostile *x, const struct decision *d)
{
	const uint8_t sense[18] = {
		d->b % 2 ? 0x70 : 0x72, 0x03, 0x03, 0x11, [7] = 10, [12] = 0x11
	};

	return answer_with(x, d,
			   (struct sluice_completion){
				   .status = CHECK_CONDITION,
				   .sense_len = (uint16_t)(SLUICE_SENSE_MAX + 1 +
							   d->c % (0xffff - SLUICE_SENSE_MAX)) },
			   sense, sizeof(sense));
}

bool attack_absurd_length(struct hostile *x, const struct decision *d)
{
	static const uint32_t lengths[] = { 0xffffffff, 0x80000000, 0x7fffffff,
					    SLUICE_MAX_BUFFER + 1, 0x10000 };

	return answer_with(
		x, d,
		(struct sluice_completion){ .data_len = lengths[d->b % 5] - (uint32_t)(d->c % 7) },
		NULL, 0);
}

/* ---- Indices -------------------------------------------------------------------------------- */

static bool set_producer(struct hostile *x, uint32_t q, uint32_t producer)
{
	if (!queue_settle(x) || !requests_settle(x))
		return false;
	__atomic_store_n(&x->queues[q].ours->comp_producer, producer, __ATOMIC_RELEASE);
	queue_ring(x, q);
	return life_expect_broken(x);
}

bool attack_producer_ahead(struct hostile *x, const struct decision *d)
{
	uint32_t q = choose_queue(x, d);

	return set_producer(x, q,
			    x->queues[q].producer + x->h.depth + 1 +
				    (uint32_t)d->b % (d->c % 2 ? 8 : 0x7fffffff));
}

bool attack_producer_back(struct hostile *x, const struct decision *d)
{
	uint32_t q = choose_queue(x, d);

	return set_producer(
		x, q, x->queues[q].producer - 1 - (uint32_t)d->b % (d->c % 2 ? 8 : 0x7fffff00));
}
