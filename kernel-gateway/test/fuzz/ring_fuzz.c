/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The core between an honest fabric and handlers that the fuzzer plays: they write
 * what they like where they may, die and come back, while commands of every
 * attribute, functions, mappings, nexuses and time go on. Whatever they write, each
 * command is answered once and nothing is left behind. The first byte chooses how
 * eager the fabric is; then each step is a byte that names it and its arguments.
 */
#include "ring_world.h"

static void submit(struct input *in)
{
	static const uint8_t opcodes[] = { 0x00, 0x12, 0x28, 0x2a, 0xa0, 0x03, 0x8a, 0x7f };
	uint8_t shape = input_u8(in), how = input_u8(in);
	uint32_t nexus = how & 1;
	struct rw_task *t;

	if (!rw.nexuses[nexus].core || rw.nexuses[nexus].closing)
		return;
	t = rw_task_new();
	if (!t)
		return;
	t->nexus = nexus;
	t->cmd.nexus = rw.nexuses[nexus].core;
	t->lun = t->cmd.lun[1] = (uint8_t)((how >> 1) % RW_LUNS);
	t->cmd.cdb[0] = opcodes[shape & 7];
	t->cmd.cdb_len = shape & 8 ? 260 : 16;
	t->cmd.attribute = (uint8_t)(1 + (how >> 4) % 4);
	t->cmd.direction = (uint8_t)((shape >> 4) % 3);
	/* Some that fill the pool, some odd ones. */
	if (t->cmd.direction != SLUICE_DIR_NONE)
		t->cmd.expected_len = shape & 0x40 ? (input_u8(in) + 1U) << 16 : input_u8(in) * 37U;
	if (shape & 0x80)
		input_bytes(in, t->cmd.cdb + 1, 15);
	assert(sl_cmd_submit(&t->cmd, rw.now_ns) == 0);
}

static void function(struct input *in)
{
	uint8_t shape = input_u8(in), task = input_u8(in) % RW_TASKS;
	uint32_t nexus = shape & 1;
	struct rw_tmf *t;

	if (!rw.nexuses[nexus].core || rw.nexuses[nexus].closing || !(t = rw_tmf_new()))
		return;
	t->tmf.nexus = rw.nexuses[nexus].core;
	t->tmf.function = (uint8_t)(1 + (shape >> 1) % 10);
	t->tmf.lun[1] = rw.tasks[task]->lun;
	t->tmf.task_tag = rw.tasks[task]->tag;
	sl_tmf_submit(&t->tmf, rw.now_ns);
}

/* One dies, is upgraded, comes back by itself or as the successor of one that died. */
static void handler(uint32_t i, uint8_t how, struct input *in)
{
	switch (how % 5) {
	case 0:
		rw_session_die(i);
		break;
	case 1:
		rw_session_quiesce(i);
		break;
	case 2:
		rw_session_open(i, (1 + input_u8(in) % 16) * RW_SECOND, true);
		break;
	case 3:
		rw_session_open(i, RW_GRACE_MAX, false);
		break;
	default:
		rw_session_die(i);
		rw_session_open(i, RW_GRACE_MAX, true);
	}
}

static void configure(struct input *in)
{
	uint8_t what = input_u8(in), i = what >> 3;

	switch (what & 7) {
	case 0:
		rw_nexus_close(i % RW_FIRST);
		break;
	case 1:
		rw_nexus_open(i % RW_FIRST);
		break;
	case 2:
		rw_lun(i % RW_LUNS, false);
		break;
	case 3:
		rw_lun(i % RW_LUNS, true);
		break;
	case 4:
		handler(i % RW_SESSIONS, i / RW_SESSIONS, in);
		break;
	case 5:
		rw_device_remove(i & 1, i / 2 % 3);
		break;
	case 6:
		rw_device_add(i % RW_DEVICES);
		break;
	default:
		if (rw.nexuses[i & 1].core && !rw.nexuses[i & 1].closing)
			sl_nexus_prefer_queue(rw.nexuses[i & 1].core, i / 2);
	}
}

static void serve(struct rw_session *s, uint8_t q)
{
	struct sl_queue *queue = sl_session_queue(s->core, q % RW_QUEUES);

	sl_queue_awake(queue);
	while (rw_reap(s, q % RW_QUEUES, 1 + (q >> 1)))
		;
	if (sl_queue_sleep(queue))
		assert(!sl_queue_ready(queue));
	sl_admin_awake(s->core);
	sl_admin_reap(s->core, rw.now_ns);
	sl_admin_sleep(s->core);
}

static void look(void)
{
	struct sluice_gateway_info gateway = { 0 };
	struct sluice_device_info device;
	struct sluice_nexus_info nexus;

	sl_gateway_info(rw.gw, &gateway);
	assert(gateway.devices <= RW_DEVICES + 1 && gateway.nexuses <= RW_NEXUSES);
	for (uint32_t i = 0; sl_device_info(rw.gw, i, 0, &device) == 0; i++)
		assert(device.live <= RW_TASKS);
	for (uint32_t i = 0; sl_nexus_info(rw.gw, i, &nexus) == 0; i++)
		assert(nexus.nexus);
}

/* Scribble, take, answer, serve, request: a dead one does nothing. */
static bool for_handler(uint8_t step)
{
	return (step >= 3 && step <= 7) || step == 11;
}

static void step(struct input *in)
{
	uint8_t what = input_u8(in);
	struct rw_session *s = &rw.sessions[what >> 7];
	uint8_t i;

	if (!s->core && for_handler((what & 0x7f) % 14))
		return;
	switch ((what & 0x7f) % 14) {
	case 0:
	case 1:
	case 2:
		submit(in);
		break;
	case 3:
		rw_handler_scribble(s, in);
		break;
	case 4:
		rw_handler_take(s, in);
		break;
	case 5:
	case 6:
		rw_handler_answer(s, in);
		break;
	case 7:
		serve(s, input_u8(in));
		break;
	case 8:
		function(in);
		break;
	case 9:
		i = input_u8(in);
		rw_fetch(rw.tasks[i % RW_TASKS], i & 0x80 ? input_u32(in) : UINT32_MAX);
		break;
	case 10:
		rw_tick((u64)input_u8(in) * RW_SECOND / 8);
		break;
	case 11:
		rw_handler_request(s, in);
		break;
	case 12:
		configure(in);
		break;
	default:
		rw_release(rw.tasks[input_u8(in) % RW_TASKS]);
		if (s->core)
			rw_handler_read_events(s);
		look();
	}
	rw_settle();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };

	rw_open(input_u8(&in));
	while (in.left)
		step(&in);
	rw_close();
	return 0;
}
