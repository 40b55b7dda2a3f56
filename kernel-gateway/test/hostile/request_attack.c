/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The admin ring's requests: garbage, about others' devices, more than there is room for. */
#include <sched.h>

#include "hostile.h"

void requests_look(struct hostile *x)
{
	uint32_t taken = __atomic_load_n(&x->admin_theirs->comp_consumer, __ATOMIC_ACQUIRE);

	for (; x->request_seen != taken && x->request_seen != x->request_producer;
	     x->request_seen++) {
		bool *faulty = &x->faulty[x->request_seen % x->h.control->admin_depth];

		x->report->faults += *faulty;
		*faulty = false;
	}
	/* Events are of no interest to us; without room for them new nexuses would be turned away. */
	__atomic_store_n(&x->admin->sub_consumer,
			 __atomic_load_n(&x->admin_theirs->sub_producer, __ATOMIC_ACQUIRE),
			 __ATOMIC_RELEASE);
}

static bool room(struct hostile *x, uint32_t n)
{
	uint64_t give_up_ns = 0;

	for (uint32_t turn = 0;; turn++) {
		requests_look(x);
		if (x->request_producer - x->request_seen + n <= x->h.control->admin_depth)
			return true;
		if (!handler_alive(&x->h))
			return hostile_fail(x, "admin ring: the session ended without a reason");
		if (turn % 64 == 0)
			queue_ring(x, x->h.queues);
		if (!give_up_ns)
			give_up_ns = hostile_clock() + HOSTILE_PATIENCE_NS;
		else if (hostile_clock() > give_up_ns)
			return hostile_fail(x, "admin ring: the gateway takes no requests");
		sched_yield();
	}
}

bool requests_settle(struct hostile *x)
{
	return room(x, x->h.control->admin_depth);
}

static void put(struct hostile *x, const struct sluice_request *r, bool faulty)
{
	uint32_t at = x->request_producer % x->h.control->admin_depth;

	x->requests[at] = *r;
	x->faulty[at] = faulty;
	__atomic_store_n(&x->admin->comp_producer, ++x->request_producer, __ATOMIC_RELEASE);
	__atomic_fetch_or(&x->admin->comp_producer, 0, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&x->admin_theirs->sleeping, __ATOMIC_RELAXED))
		queue_ring(x, x->h.queues);
}

static bool put_one(struct hostile *x, const struct sluice_request *r, bool faulty)
{
	if (!room(x, 1))
		return false;
	put(x, r, faulty);
	return true;
}

static struct sluice_request right_request(struct hostile *x, const struct decision *d)
{
	struct sluice_request r = { .type = d->b % 4 ? SLUICE_REQUEST_UNIT_ATTENTION :
						       SLUICE_REQUEST_CONTROL_MODE,
				    .device = x->devices[d->a % HOSTILE_DEVICES],
				    .nexus = (uint32_t)d->c % 16 };

	if (r.type == SLUICE_REQUEST_CONTROL_MODE) {
		static const uint32_t modes[] = {
			0,
			SLUICE_CONTROL_MODE_TAS,
			SLUICE_CONTROL_MODE_D_SENSE,
			1U << SLUICE_CONTROL_MODE_TST_SHIFT,
			1U << SLUICE_CONTROL_MODE_QERR_SHIFT | SLUICE_CONTROL_MODE_TAS,
			SLUICE_CONTROL_MODE_QERR | SLUICE_CONTROL_MODE_TMF_ONLY,
			SLUICE_CONTROL_MODE_UA_INTLCK,
		};

		r.control_mode = modes[d->c % (sizeof(modes) / sizeof(modes[0]))];
	} else {
		r.scope = (uint8_t)(1 + d->c % 3);
		r.asc = 0x2a;
		r.ascq = (uint8_t)(d->c >> 8);
	}
	return r;
}

/* A right one with one thing wrong. */
bool attack_garbage_request(struct hostile *x, const struct decision *d)
{
	struct sluice_request r = right_request(x, d);
	struct random random = { d->c };

	switch (d->c % 6) {
	case 0:
		random_bytes(&random, &r, sizeof(r));
		r.type |= 4;
		break;
	case 1:
		r.type += 2;
		break;
	case 2:
		r.reserved0 = (uint8_t)(d->c >> 8 | 1);
		break;
	case 3:
		r.reserved[(d->c >> 8) % sizeof(r.reserved)] = 1;
		break;
	case 4:
		r.type = SLUICE_REQUEST_UNIT_ATTENTION;
		r.scope = (uint8_t)(d->c >> 8 | 4);
		break;
	default:
		r.type = SLUICE_REQUEST_CONTROL_MODE;
		r.control_mode = (uint32_t)(d->c >> 8) | 8;
	}
	return put_one(x, &r, true);
}

/* Its initiators must not hear of it: the other handler's load checks. */
bool attack_foreign_request(struct hostile *x, const struct decision *d)
{
	struct sluice_request r = right_request(x, d);

	r.device = d->a % 4 ? x->options->foreign_device : (uint32_t)d->a | 0x10000;
	return put_one(x, &r, true);
}

bool attack_unit_attention(struct hostile *x, const struct decision *d)
{
	struct sluice_request r = right_request(x, d);

	return put_one(x, &r, false);
}

/* The whole ring at once, right and wrong ones. */
bool attack_request_flood(struct hostile *x, const struct decision *d)
{
	struct sluice_request right = right_request(x, d), wrong = right;

	wrong.type = 99;
	if (!requests_settle(x))
		return false;
	for (uint32_t i = 0; i < x->h.control->admin_depth; i++)
		put(x, d->b >> i % 64 & 1 ? &right : &wrong, !(d->b >> i % 64 & 1));
	return true;
}

/*
 * Half a ring before the gateway looks, and the rest while it does (its sleeping flag
 * says when): so it finds more each time that it is through.
 */
void requests_pour(struct hostile *x, const struct decision *d, uint64_t until_ns)
{
	const struct sluice_request r = right_request(x, d);
	uint32_t depth = x->h.control->admin_depth;

	while (hostile_clock() < until_ns) {
		bool looks = !__atomic_load_n(&x->admin_theirs->sleeping, __ATOMIC_ACQUIRE);

		requests_look(x);
		for (uint32_t i = 0; i < 16; i++) {
			if (x->request_producer - x->request_seen >= (looks ? depth : depth / 2))
				break;
			x->requests[x->request_producer % depth] = r;
			__atomic_store_n(&x->admin->comp_producer, ++x->request_producer,
					 __ATOMIC_RELEASE);
		}
	}
}

static bool set_producer(struct hostile *x, uint32_t producer)
{
	if (!queue_settle(x) || !requests_settle(x))
		return false;
	__atomic_store_n(&x->admin->comp_producer, producer, __ATOMIC_RELEASE);
	queue_ring(x, x->h.queues);
	return life_expect_broken(x);
}

bool attack_requests_ahead(struct hostile *x, const struct decision *d)
{
	return set_producer(x, x->request_producer + x->h.control->admin_depth + 1 +
				       (uint32_t)d->b % (d->c % 2 ? 8 : 0x7fffff00));
}

bool attack_requests_back(struct hostile *x, const struct decision *d)
{
	return set_producer(x,
			    x->request_producer - 1 - (uint32_t)d->b % (d->c % 2 ? 8 : 0x7ffffe00));
}
