/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How a scripted handler answers: right, or wrong in the way that the script says. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "scripted.h"

static void request(struct scripted *s, const struct sluice_request *r, bool rung)
{
	pthread_mutex_lock(&s->requests);
	/* The gateway drains it when it is rung: a full ring is soon empty. */
	while (!(rung ? handler_request : handler_put_request)(&s->handler, r) &&
	       !handler_over(&s->handler))
		usleep(100);
	pthread_mutex_unlock(&s->requests);
}

static void bad_request(struct scripted *s, uint32_t kind, uint32_t device)
{
	struct sluice_request r = { .type = SLUICE_REQUEST_UNIT_ATTENTION,
				    .device = device,
				    .scope = SLUICE_UA_ALL,
				    .asc = 0x3f,
				    .ascq = 0x03 };

	switch (kind) {
	case SCRIPT_BAD_TYPE:
		r.type = 99;
		break;
	case SCRIPT_BAD_RESERVED:
		r.reserved[0] = 1;
		break;
	case SCRIPT_BAD_DEVICE:
		/* One more than there are: nobody's. Another handler's is device=NAME. */
		r.device = device ? device : 0x7fffffff;
		break;
	case SCRIPT_BAD_SCOPE:
		r.scope = 77;
		break;
	default:
		r.type = SLUICE_REQUEST_CONTROL_MODE;
		r.control_mode = 0x80000000u;
	}
	request(s, &r, true);
}

static void ring_for_nothing(struct scripted *s)
{
	const uint64_t one = 1;

	for (uint32_t i = 0; i <= s->handler.queues; i++)
		(void)!write(s->handler.bells[i], &one, sizeof(one));
}

void scripted_deeds(struct scripted *s, const struct script_action *a, uint32_t device,
		    uint32_t nexus)
{
	bool rung = !(a->deeds & SCRIPT_UNRUNG);

	if (a->deeds & SCRIPT_RAISE) {
		const struct sluice_request r = { .type = SLUICE_REQUEST_UNIT_ATTENTION,
						  .device = device,
						  .nexus = a->nexus ? a->nexus : nexus,
						  .scope = a->scope,
						  .asc = a->asc,
						  .ascq = a->ascq };

		request(s, &r, rung);
	}
	if (a->deeds & SCRIPT_CONTROL_MODE) {
		const struct sluice_request r = { .type = SLUICE_REQUEST_CONTROL_MODE,
						  .device = device,
						  .control_mode = a->control_mode };

		request(s, &r, rung);
	}
	if (a->deeds & SCRIPT_BAD_REQUEST)
		bad_request(s, a->bad_request, device);
	if (a->deeds & SCRIPT_DOORBELL)
		ring_for_nothing(s);
}

/* An index further ahead than its ring is long. */
static void overrun(struct handler *h, uint64_t index_off, int bell, uint32_t depth)
{
	struct sluice_user_index *index = (struct sluice_user_index *)(h->shared + index_off);
	const uint64_t one = 1;

	__atomic_fetch_add(&index->comp_producer, depth + 1, __ATOMIC_SEQ_CST);
	(void)!write(bell, &one, sizeof(one));
}

void scripted_break(struct scripted *s, const struct script_action *a, uint32_t queue)
{
	struct handler *h = &s->handler;
	const struct sluice_control *c = h->control;

	if (a->deeds & SCRIPT_BREAK_QUEUE)
		overrun(h, c->user_queue_off + queue * c->user_queue_stride, h->bells[queue],
			c->depth);
	if (a->deeds & SCRIPT_BREAK_ADMIN)
		overrun(h, c->user_admin_off, h->bells[h->queues], c->admin_depth);
}

/* The stage outlives the process; that is all the permanence that a rig has. */
static void store(struct stage_device *d, const struct handler_command *c,
		  struct handler_answer *answer)
{
	if (c->desc.data_out_len > sizeof(d->record)) {
		answer->status = 0x08;
		return;
	}
	memcpy(d->record, c->data, c->desc.data_out_len);
	d->record_bytes = c->desc.data_out_len;
	answer->status = 0x00;
	answer->data_len = c->desc.data_out_len;
}

static void serve(struct scripted *s, struct handler_command *c, struct handler_answer *answer)
{
	int device = scripted_device(s, c->desc.device);

	if (device < 0) {
		answer->status = 0x08; /* BUSY: it was removed meanwhile */
		return;
	}
	if (c->desc.flags & SLUICE_DESC_STORE) {
		store(&s->stage->devices[device], c, answer);
		return;
	}
	ram_disk_execute(&s->disks[device], c, answer);
}

/* The answer as it should be, with what the script wants different. */
static struct sluice_completion compose(struct handler_command *c, const struct script_action *a,
					const struct handler_answer *answer)
{
	struct sluice_completion out = { .tag = c->desc.tag,
					 .generation = c->desc.generation,
					 .status = answer->status,
					 .sense_len = answer->sense_len,
					 .data_len = answer->data_len };

	if (a->set & SCRIPT_SET_STATUS)
		out.status = a->status;
	if (a->set & SCRIPT_SET_SENSE)
		out.sense_len = (__u16)a->sense_bytes;
	if (a->set & SCRIPT_SET_SENSE_LEN)
		out.sense_len = a->sense_len;
	if (a->set & SCRIPT_SET_DATA_LEN)
		out.data_len = a->data_len;
	if (a->set & SCRIPT_SET_FLAGS)
		out.flags = a->flags;
	if (a->set & SCRIPT_SET_TAG)
		out.tag = a->tag;
	if (a->set & SCRIPT_SET_GENERATION)
		out.generation += (__u32)a->generation;
	return out;
}

static void write_sense(struct handler_command *c, const struct script_action *a,
			const struct handler_answer *answer)
{
	uint8_t *sense = handler_sense(c->handler, c->queue, c->desc.tag);

	if (a->set & SCRIPT_SET_SENSE)
		memcpy(sense, a->sense, a->sense_bytes);
	else
		memcpy(sense, answer->sense, answer->sense_len);
}

static void push_again(struct handler_command *c, const struct sluice_completion *completion)
{
	handler_flush(c->handler, c->queue);
	while (!handler_completions_taken(c->handler, c->queue) && !handler_over(c->handler))
		usleep(100);
	handler_push(c->handler, c->queue, completion);
}

static void die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

void scripted_answer(struct scripted *s, struct handler_command *c, const struct script_action *a)
{
	struct handler_answer answer = { .status = 0 };
	struct sluice_completion completion;

	if (a->reply != SCRIPT_REPLY)
		serve(s, c, &answer);
	if (a->set & SCRIPT_SET_DATA) {
		uint32_t n = a->data_bytes < c->desc.buf_len ? a->data_bytes : c->desc.buf_len;

		memcpy(c->data, a->data, n);
	}
	completion = compose(c, a, &answer);
	write_sense(c, a, &answer);
	scripted_deeds(s, a, c->desc.device, c->desc.nexus);
	if (a->deeds & SCRIPT_CRASH_BEFORE)
		die();
	handler_push(c->handler, c->queue, &completion);
	if (a->deeds & SCRIPT_TWICE)
		handler_push(c->handler, c->queue, &completion);
	if (a->deeds & SCRIPT_AGAIN)
		push_again(c, &completion);
	scripted_break(s, a, c->queue);
	if (a->deeds & SCRIPT_CRASH_AFTER) {
		handler_flush(c->handler, c->queue);
		die();
	}
}
