/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * SCSI in the core: CDBs of any bytes and length, LUNs of any form, every attribute,
 * direction and expected length, answered by a handler that is honest and says anything.
 * What initiators are told is judged by an oracle (command_oracle.h), not only by rules
 * that always hold. The first byte chooses how eager the fabric is; then each step is a
 * byte that names it and its arguments.
 */
#include "command_oracle.h"

/* Those that the core itself has to do with, and some that it hands over. */
static const uint8_t opcodes[] = { 0x12, 0xa0, 0x03, 0x00, 0x28, 0x8a, 0x7f, 0x7e,
				   0xa3, 0xa4, 0x5e, 0x1a, 0x5f, 0x16, 0x17 };

static void choose_lun(uint8_t lun[8], struct input *in)
{
	uint8_t form = input_u8(in);

	memset(lun, 0, 8);
	switch (form >> 6) {
	case 0:
		lun[1] = form % RW_LUNS;
		break;
	case 1:
		lun[0] = 0x40;
		lun[1] = form % RW_LUNS;
		break;
	case 2:
		input_bytes(in, lun, 2);
		break;
	default:
		input_bytes(in, lun, 8);
		/* One in four of the wild ones is extended addressing that may be there. */
		if ((form & 3) == 0) {
			memset(lun + 1, 0, 7);
			lun[0] = form & 4 ? 0xc1 : 0xd2;
			lun[form & 4 ? 1 : 3] = form >> 3 & 7;
		}
	}
}

/* A fabric must not do that, and nothing comes of it. */
static void submit_refused(struct rw_task *t, uint8_t what)
{
	switch (what % 5) {
	case 0:
		t->cmd.cdb_len = 0;
		break;
	case 1:
		t->cmd.cdb_len = (uint16_t)(SLUICE_CDB_MAX + 1 + what);
		break;
	case 2:
		t->cmd.attribute = 0;
		break;
	case 3:
		t->cmd.attribute = (uint8_t)(SLUICE_ATTR_ACA + 1 + what % 250);
		break;
	default:
		t->cmd.direction = (uint8_t)(SLUICE_DIR_IN + 1 + what % 200);
	}
	assert(sl_cmd_submit(&t->cmd, rw.now_ns) == -EINVAL);
	assert(t->responses == 0 && t->data_outs == 0);
	t->live = false;
}

static void submit(struct input *in)
{
	uint8_t how = input_u8(in), shape = input_u8(in);
	struct rw_nexus *n = &rw.nexuses[how & 1];
	struct rw_task *t;

	if (!n->core || n->closing || !(t = rw_task_new()))
		return;
	memset(oracle_said(t), 0, sizeof(struct said));
	t->nexus = how & 1;
	t->cmd.nexus = n->core;
	t->cmd.attribute = (uint8_t)(1 + (how >> 1) % 4);
	t->cmd.direction = (uint8_t)((how >> 3) % 3);
	choose_lun(t->cmd.lun, in);
	t->lun = t->cmd.lun[1];
	t->cmd.cdb_len = (uint16_t)(1 + (shape & 0x80 ? input_u8(in) + (shape & 4) : shape % 16));
	/* Beyond the CDB there is what was there: it must not matter. */
	memset(t->cmd.cdb, 0xee, sizeof(t->cmd.cdb));
	input_bytes(in, t->cmd.cdb, t->cmd.cdb_len);
	if (shape & 0x40)
		t->cmd.cdb[0] = opcodes[t->cmd.cdb[0] % sizeof(opcodes)];
	if (how & 0x20)
		t->cmd.expected_len = input_u32(in);
	else if (t->cmd.direction != SLUICE_DIR_NONE)
		t->cmd.expected_len = input_u8(in) * 5U;
	/* A core that sees uninitialised results as set would tell somebody else's. */
	memset(t->cmd.sense, 0xee, sizeof(t->cmd.sense));
	t->cmd.status = 0xee;
	t->cmd.residual = 0xeeeeeeee;
	if (how >= 0xfc)
		submit_refused(t, shape);
	else
		assert(sl_cmd_submit(&t->cmd, rw.now_ns) == 0);
}

/* ---- The handler ------------------------------------------------------------------------------ */

static bool known(uint8_t status)
{
	static const uint8_t all[] = { 0x00, 0x02, 0x04, 0x08, 0x18, 0x28, 0x30, 0x40 };

	return memchr(all, status, sizeof(all)) != NULL;
}

/* The next held command of a queue gets an answer, which is taken at once. */
static void answer(struct rw_session *s, struct input *in)
{
	uint8_t how = input_u8(in), shape = input_u8(in);
	uint32_t q = how % RW_QUEUES, len = 0;
	struct sluice_completion c;
	struct said said = { .answered = true };
	struct rw_held *h;
	struct rw_task *t;

	rw_handler_take(s, &(struct input){ &how, 1 });
	h = rw_handler_pick(s, q, how >> 1);
	if (!h)
		return;
	c = (struct sluice_completion){ .tag = h->tag, .generation = h->generation };
	c.status = shape & 1 ? input_u8(in) : shape & 2;
	c.flags = shape & 4 ? input_u8(in) : 0;
	c.data_len = shape & 8 ? input_u32(in) : h->buf_len;
	if (shape & 16) {
		len = input_u8(in) % (SLUICE_SENSE_MAX + 1);
		input_bytes(in, said.sense, len);
		if (shape & 32)
			said.sense[0] = (uint8_t)(0x70 | (said.sense[0] & 0x83));
		/* More than there is room for is cut, to all of the area. */
		c.sense_len = (uint16_t)(shape & 64 ? 0xff00 | len : len);
	}
	t = rw_task_out(s, q, h->tag);
	said.status = c.status;
	said.data_len = c.data_len;
	said.sense_len = c.sense_len;
	said.fault = c.flags || !known(c.status) ||
		     (c.status == 0x02 && (c.sense_len < 2 || (said.sense[0] & 0x7f) < 0x70 ||
					   (said.sense[0] & 0x7f) > 0x73));
	if (t)
		*oracle_said(t) = said;
	h->held = false;
	rw_handler_put(s, q, &c, said.sense, sizeof(said.sense));
	rw_reap(s, q, RW_DEPTH);
	/* Taken, and answered in the same call: only who preempts waits for others. */
	assert(!t || t->responses == 1 || !t->live || t->cmd.cdb[0] == 0x5f);
}

/* ---- Steps ---------------------------------------------------------------------------------------- */

static void function(struct input *in)
{
	uint8_t shape = input_u8(in), task = input_u8(in) % RW_TASKS;
	struct rw_nexus *n = &rw.nexuses[shape & 1];
	struct rw_tmf *f = rw_tmf_new();

	if (!f)
		return;
	if (!n->core || n->closing) {
		f->live = false;
		return;
	}
	f->tmf.nexus = n->core;
	f->tmf.function = (uint8_t)(1 + (shape >> 1) % 10);
	f->tmf.task_tag = rw.tasks[task]->tag;
	choose_lun(f->tmf.lun, in);
	sl_tmf_submit(&f->tmf, rw.now_ns);
	/* SAM-6 7.1: of these only they know. */
	if (!f->live && f->tmf.response == SLUICE_TMF_SUCCEEDED)
		assert(f->tmf.function >= SLUICE_TMF_QUERY_TASK);
}

static void map(uint8_t what)
{
	uint32_t lun = (what >> 1) % RW_LUNS;

	if (rw_lun(lun, what & 1) == 0)
		oracle_mapped(lun, what & 1);
}

/* Its handler takes what is there, or not; then it dies, or hands over in order; and another one comes. */
static void succeed(uint32_t i, uint8_t how)
{
	for (uint8_t q = 0; how & 1 && rw.sessions[i].core && q < RW_QUEUES; q++)
		rw_handler_take(&rw.sessions[i], &(struct input){ &q, 1 });
	if (how & 2)
		rw_session_quiesce(i);
	else if (how & 4)
		rw_session_die(i);
	if (how & 8)
		rw_session_open(i, (1 + how / 16) * RW_SECOND, true);
}

static void step(struct input *in)
{
	uint8_t what = input_u8(in);
	struct rw_session *s = &rw.sessions[what >> 7];

	switch ((what & 0x7f) % 13) {
	case 0:
	case 1:
	case 2:
	case 3:
		submit(in);
		break;
	case 4:
	case 5:
		if (s->core)
			answer(s, in);
		break;
	case 6:
		function(in);
		break;
	case 7:
		if (s->core) {
			rw_handler_request(s, in);
			sl_admin_reap(s->core, rw.now_ns);
		}
		break;
	case 8:
		map(input_u8(in));
		break;
	case 9:
		rw_tick((u64)input_u8(in) * RW_SECOND / 16);
		break;
	case 10:
		rw_fetch(rw.tasks[input_u8(in) % RW_TASKS], UINT32_MAX);
		break;
	case 11:
		succeed((uint32_t)(s - rw.sessions), input_u8(in));
		break;
	default:
		rw_release(rw.tasks[input_u8(in) % RW_TASKS]);
		if (s->core)
			rw_handler_read_events(s);
	}
	rw_settle();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };

	oracle_reset();
	rw_open(input_u8(&in));
	rw.judge = oracle_judge;
	rw.honest = true;
	for (uint32_t lun = 0; lun <= RW_DEVICES; lun++)
		oracle_mapped(lun, true);
	while (in.left)
		step(&in);
	rw_close();
	return 0;
}
