/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The core between an honest fabric and a handler that the fuzzer plays: it writes
 * what it likes where it may, while commands, aborts and time go on. Whatever it
 * writes, each command is answered once and nothing is left behind.
 */
#include <assert.h>
#include <stdlib.h>

#include "core/session.h"
#include "input.h"
#include "test/core/fixture.h"

#define COMMANDS 24

static struct fx_cmd commands[COMMANDS];
static bool live[COMMANDS], fetched[COMMANDS];
static struct fx_tmf tmfs[COMMANDS];
static uint32_t n_tmfs;
static struct sl_nexus *nexus;

/* The fabric lets go of a buffer that it was asked to fill: once. */
static void fetch(uint32_t i, u32 received)
{
	if (!live[i] || fetched[i] || fx->auto_fetch || !commands[i].data_outs)
		return;
	fetched[i] = true;
	sl_cmd_data_out_done(&commands[i].cmd, received, fx->now_ns);
}

/* What was answered is given back; twice answered is a finding. */
static void settle(void)
{
	for (uint32_t i = 0; i < COMMANDS; i++) {
		if (!live[i])
			continue;
		assert(commands[i].responses <= 1);
		if (commands[i].cancels)
			fetch(i, 0);
		if (commands[i].responses) {
			assert(commands[i].cmd.data_len <= commands[i].cmd.expected_len);
			assert(commands[i].cmd.data_len <= commands[i].cmd.buf_len);
			fx_release(&commands[i]);
			live[i] = false;
		}
	}
}

static void submit(struct input *in)
{
	static const uint8_t opcodes[] = { 0x00, 0x12, 0x28, 0x2a, 0xa0, 0x03 };
	uint8_t shape = input_u8(in);

	for (uint32_t i = 0; i < COMMANDS; i++) {
		if (live[i])
			continue;
		fx_init(&commands[i], nexus, opcodes[shape % 6], (uint8_t)(shape / 6 % 3),
			input_u32(in) % 300000);
		commands[i].cmd.attribute = (uint8_t)(1 + shape / 18 % 3);
		if (commands[i].cmd.direction == SLUICE_DIR_NONE)
			commands[i].cmd.expected_len = 0;
		live[i] = true;
		fetched[i] = false;
		fx_submit(&commands[i]);
		return;
	}
}

static void scribble(struct input *in)
{
	uint32_t at = input_u32(in) % (uint32_t)fx->control.pool_off;
	uint8_t len = input_u8(in) % 64;

	if (at + len > fx->control.pool_off)
		len = (uint8_t)(fx->control.pool_off - at);
	input_bytes(in, fx->handler_region + at, len);
}

/* An answer that is right but for what the fuzzer changes in it. */
static void complete(struct input *in)
{
	uint32_t queue = input_u8(in) % 2;
	const struct sluice_desc *d = fx_take(queue);
	uint8_t twist = input_u8(in);
	uint8_t sense[SLUICE_SENSE_MAX];

	if (!d)
		return;
	input_bytes(in, sense, sizeof(sense) < in->left ? 18 : 0);
	fx_put(queue, twist & 1 ? input_u32(in) % 16 : d->tag, d->generation + (twist & 2 ? 1 : 0),
	       twist & 4 ? input_u8(in) : 0, twist & 8 ? input_u32(in) : d->buf_len, sense,
	       (uint16_t)(twist & 16 ? input_u32(in) : 0));
}

static void abort_something(struct input *in)
{
	if (n_tmfs == COMMANDS)
		return;
	fx_tmf(&tmfs[n_tmfs], nexus, (uint8_t)(1 + input_u8(in) % 6), 0,
	       commands[input_u8(in) % COMMANDS].cmd.task_tag);
	n_tmfs++;
}

static void play(struct input *in)
{
	uint32_t i;

	switch (input_u8(in) % 9) {
	case 0:
	case 1:
		submit(in);
		break;
	case 2:
		scribble(in);
		break;
	case 3:
		complete(in);
		break;
	case 4:
	case 5:
		fx_reap(input_u8(in) % 2);
		sl_admin_reap(fx->session, 64, fx->now_ns);
		break;
	case 6:
		abort_something(in);
		break;
	case 7:
		i = input_u8(in) % COMMANDS;
		fetch(i, commands[i].cmd.buf_len);
		break;
	default:
		fx->now_ns += (u64)input_u8(in) * FX_SECOND / 4;
		sl_gateway_tick(fx->gw, fx->now_ns);
	}
	settle();
}

/* The session ends, as it does when a ring broke; then everything has its answer. */
static void finish(void)
{
	sl_session_close(fx->session, fx->now_ns);
	for (uint32_t i = 0; i < COMMANDS; i++)
		fetch(i, commands[i].cmd.buf_len);
	settle();
	sl_gateway_tick(fx->gw, fx->now_ns + 100 * FX_SECOND);
	settle();
	for (uint32_t i = 0; i < COMMANDS; i++)
		assert(!live[i]);
	for (uint32_t i = 0; i < n_tmfs; i++)
		assert(tmfs[i].done == 1);
	assert(sl_session_drained(fx->session));
	sl_session_destroy(fx->session);
	fx->session = NULL;
	free(fx->gateway_region);
	free(fx->handler_region);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	void *state = NULL;

	memset(live, 0, sizeof(live));
	n_tmfs = 0;
	fx_open(8, SLUICE_MAX_BUFFER, 16);
	nexus = fx_nexus("iqn.2026-11.io.sluice:fuzz,i,0x1");
	fx->auto_fetch = input_u8(&in) & 1;
	fx->auto_release = false;
	while (in.left && !fx->broken)
		play(&in);
	finish();
	fx_teardown(&state);
	return 0;
}
