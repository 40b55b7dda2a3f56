/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The core as a state machine: a string of bytes is a sequence of its events. Commands of
 * every kind at several logical units from several I_T nexuses, reservations, what their
 * handlers answer, rightly and wrongly, and ask for, functions, time, what the control plane
 * changes, the ends of handlers and their successors. At each step nothing illegal happened
 * and everything is within its bounds; at the end each command and function ended once, and
 * nothing is left. (What handlers scribble is ring_fuzz's, what commands are told command_fuzz's.)
 * The first byte chooses how eager fabric and handlers are; then each step is a byte that names
 * it and its arguments.
 */
#include "machine.h"

static void take(struct rw_session *s)
{
	for (uint8_t q = 0; q < RW_QUEUES; q++)
		rw_handler_take(s, &(struct input){ &q, 1 });
}

static void serve(struct rw_session *s)
{
	for (uint32_t q = 0; s->core && q < RW_QUEUES; q++) {
		sl_queue_awake(sl_session_queue(s->core, q));
		while (rw_reap(s, q, RW_DEPTH))
			;
		sl_queue_sleep(sl_session_queue(s->core, q));
	}
}

/* The next command that it holds ends: GOOD with data of its own, or with a status; or it errs. */
static void answer(struct rw_session *s, struct input *in)
{
	static const uint8_t statuses[] = { 0x00, 0x02, 0x08, 0x18, 0x28, 0x30, 0x40, 0x04 };
	uint8_t how = input_u8(in);
	uint32_t q = how % RW_QUEUES;
	struct rw_held *h;
	struct rw_task *t;
	uint8_t sense[18] = { 0x70, 0, 0x03, [7] = 10, [12] = 0x11 };
	struct sluice_completion c;

	take(s);
	if (how & 0x80) {
		rw_handler_answer(s, in);
		serve(s);
		return;
	}
	h = rw_handler_pick(s, q, how >> 5);
	if (!h)
		return;
	t = rw_task_out(s, q, h->tag);
	if (t && t->cmd.data && t->cmd.direction == SLUICE_DIR_IN && (how & 0x10))
		input_bytes(in, t->cmd.data, sl_min(t->cmd.buf_len, 40U));
	c = (struct sluice_completion){ .tag = h->tag,
					.generation = h->generation,
					.status = statuses[how >> 1 & 7],
					.data_len = h->buf_len };
	/* MEDIUM ERROR, or UNIT ATTENTION with some code. */
	if (c.status == 0x02) {
		c.sense_len = sizeof(sense);
		c.data_len = 0;
		sense[2] = how & 0x10 ? 0x06 : 0x03;
		sense[12] = how & 0x10 ? 0x29 : 0x11;
	}
	h->held = false;
	rw_handler_put(s, q, &c, sense, sizeof(sense));
	serve(s);
}

static void request(struct rw_session *s, struct input *in)
{
	rw_handler_request(s, in);
	sl_admin_awake(s->core);
	sl_admin_reap(s->core, rw.now_ns);
	sl_admin_sleep(s->core);
}

static void function(struct input *in)
{
	uint8_t shape = input_u8(in), task = input_u8(in) % RW_TASKS;
	struct sl_nexus *n = machine_nexus(shape & 3);
	struct rw_tmf *f = n ? rw_tmf_new() : NULL;

	if (!f)
		return;
	f->tmf.nexus = n;
	f->tmf.function = (uint8_t)((shape >> 2) % 12);
	f->tmf.task_tag = rw.tasks[task]->tag;
	if (shape & 0x80)
		machine_lun(f->tmf.lun, in);
	else
		f->tmf.lun[1] = rw.tasks[task]->lun;
	sl_tmf_submit(&f->tmf, rw.now_ns);
}

/* It dies, hands over in order, comes back by itself or with its devices. */
static void succeed(uint32_t i, uint8_t how)
{
	if (how & 1 && rw.sessions[i].core)
		take(&rw.sessions[i]);
	if (how & 2)
		rw_session_quiesce(i);
	if (how & 4)
		rw_session_die(i);
	if (how & 8)
		rw_session_open(i, (1 + how / 32) * RW_SECOND, how & 16);
}

static void fetch(uint8_t what)
{
	rw_fetch(rw.tasks[what % RW_TASKS], what & 0x80 ? what : UINT32_MAX);
}

/* A moment, seconds, or a jump past every bound but those of handlers that are waited for. */
static void pass(uint8_t what)
{
	rw_tick(what & 0x80 ? (u64)(what & 0x1f) * RW_SECOND : (u64)what * RW_SECOND / 64);
}

static void step_of_handler(struct rw_session *s, uint8_t what, struct input *in)
{
	if (!s->core)
		return;
	switch (what) {
	case 0:
		take(s);
		break;
	case 1:
		request(s, in);
		break;
	case 2:
		rw_handler_read_events(s);
		break;
	default:
		answer(s, in);
	}
}

static void step(struct input *in)
{
	uint8_t what = input_u8(in);
	uint32_t i = what >> 7;

	switch (what & 0xf) {
	case 0:
	case 1:
	case 2:
		machine_submit(in);
		break;
	case 3:
	case 4:
		machine_reserve(in);
		break;
	case 5:
		function(in);
		break;
	case 6:
		machine_configure(in);
		break;
	case 7:
		pass(input_u8(in));
		break;
	case 8:
		fetch(input_u8(in));
		break;
	case 9:
		rw_release(rw.tasks[input_u8(in) % RW_TASKS]);
		break;
	case 10:
		succeed(i, input_u8(in));
		break;
	case 11:
		machine_look(in);
		break;
	default:
		step_of_handler(&rw.sessions[i], (uint8_t)(what & 3), in);
	}
	rw_settle();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };

	rw_open(input_u8(&in));
	rw.honest = true;
	while (in.left)
		step(&in);
	rw_close();
	return 0;
}
