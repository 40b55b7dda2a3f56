/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The initiators' side: what they send, and what they check in what they get. */
#include "world.h"

static void fabric_abort(const struct w_cmd *c);

static void check_residual(const struct w_cmd *c, u32 moved)
{
	u32 expected = c->cmd.expected_len;

	if (moved == expected)
		w_check(c->cmd.residual_kind == SLUICE_RESIDUAL_NONE && c->cmd.residual == 0,
			"residual");
	else if (moved < expected)
		w_check(c->cmd.residual_kind == SLUICE_RESIDUAL_UNDER &&
				c->cmd.residual == expected - moved,
			"underflow");
	else
		w_check(c->cmd.residual_kind == SLUICE_RESIDUAL_OVER &&
				c->cmd.residual == moved - expected,
			"overflow");
}

static bool is_sense(const struct w_cmd *c, u8 key, u16 asc)
{
	u8 got;

	return c->cmd.status == 2 && c->cmd.sense_len >= 8 &&
	       w_sense_code(c->cmd.sense, &got) == asc && got == key;
}

/* The response to a command that the handler answered, and nobody else. */
static void check_answer(const struct w_cmd *c)
{
	u32 moved = c->answer_len;

	if (is_sense(c, 0xb, 0x2e02))
		return; /* it came too late */
	if (c->answer_bad) {
		w_check(is_sense(c, 4, 0x4400), "a bad completion became status %02x",
			c->cmd.status);
		return;
	}
	w_check(c->cmd.status == c->answer_status, "status %02x, the handler said %02x",
		c->cmd.status, c->answer_status);
	if (moved <= c->cmd.expected_len)
		moved = sl_min(moved, c->cmd.buf_len);
	check_residual(c, moved);
	if (c->cmd.direction != SLUICE_DIR_IN) {
		w_check(c->cmd.data_len == 0, "data for a command without Data-In");
		return;
	}
	w_check(c->cmd.data_len == sl_min(moved, c->cmd.buf_len), "data_len %u", c->cmd.data_len);
	if (c->cmd.data_len >= 8)
		w_check(memcmp(c->cmd.data, &c->pattern, 8) == 0, "another command's data");
}

/* Whose handler was gone: only as its device's policy allows. */
static void check_loss(const struct w_cmd *c)
{
	const struct w_device *d = w_device_of(c);

	w_check(!is_sense(c, 0xb, 0x0800) || c->may_fail, "%lu was lost with its handler",
		c->serial);
	w_check(!is_sense(c, 2, 0x0403) || d->given_up ||
			(d->held_until_ns && w->now_ns >= d->held_until_ns),
		"%lu was given up before the grace had passed", c->serial);
	w_check(!is_sense(c, 4, 0x4400) || c->answer_bad || c->deliveries == W_DELIVERIES,
		"%lu became a hardware error after %u deliveries", c->serial, c->deliveries);
}

static void check_response(struct w_cmd *c)
{
	w_check(c->life == W_LIVE, "command %lu responded to twice", c->serial);
	w_check(c->fetch == W_NO_FETCH, "responded to while the fabric fills its buffer");
	w_check(c->cmd.data_len <= c->cmd.expected_len, "more data than expected");
	if (c->cmd.silent) {
		w->silent++;
		w_check(c->abort_by & W_SILENTLY, "%lu is silent, and was not aborted so",
			c->serial);
		return;
	}
	if (c->expired) {
		w_check(c->aborted || is_sense(c, 0xb, 0x2e01), "late Data-Out became status %02x",
			c->cmd.status);
		w->fetch_timeouts++;
	}
	w_check(!is_sense(c, 0xb, 0x2e02) || c->aborted || w->now_ns >= c->deadline_ns,
		"%lu was given up before its deadline", c->serial);
	check_loss(c);
	if (c->cmd.cdb[0] == 0xa0)
		w_check_report_luns(c);
	w_check(!c->cut || c->aborted || is_sense(c, 0xb, 0x4b00), "half a write got status %02x",
		c->cmd.status);
	if (c->cmd.status == 0x40)
		w_check(c->abort_by & W_BY_OTHER, "%lu is TASK ABORTED, and was not aborted so",
			c->serial);
	else if (c->cmd.cdb[0] == 0x5f && c->dev)
		w_reserve_responded(c);
	else if (c->answered)
		check_answer(c);
	else
		w_check(c->cmd.status != 0 || c->dev == NULL || c->cmd.cdb[0] == 0xa0 ||
				c->cmd.cdb[0] == 0x03 || c->cmd.cdb[0] == 0x12 ||
				c->cmd.cdb[0] == 0x5e || w_reserve_is(c) || w_access_is(c),
			"GOOD that no handler said (opcode %02x)", c->cmd.cdb[0]);
	if (is_sense(c, 0xb, 0x2e01) || is_sense(c, 0xb, 0x2e02))
		w->timeouts++;
	w->by_status[c->cmd.status]++;
}

static void fabric_release(struct w_cmd *c)
{
	struct w_nexus *n = &w->nexuses[c->nexus];

	if (c->answered && !c->answer_bad && !c->cmd.silent && c->cmd.direction == SLUICE_DIR_IN &&
	    c->cmd.status == 0 && c->cmd.data_len >= 8)
		w_check(memcmp(c->cmd.data, &c->pattern, 8) == 0,
			"the buffer was given away before its release");
	w_handler_forget(c);
	c->life = W_IDLE;
	n->live--;
	sl_cmd_release(&c->cmd, w->now_ns);
}

/* As another thread may at any moment: aborts while the core's call is under way. */
static void interrupt(const struct w_cmd *c, u32 percent)
{
	while (!w->draining && w->in_interrupt < 2 && w_chance(percent)) {
		w->in_interrupt++;
		fabric_abort(c);
		w->in_interrupt--;
	}
}

static void respond(struct sl_cmd *cmd)
{
	struct w_cmd *c = (struct w_cmd *)cmd;

	w_settle();
	check_response(c);
	w_trace('R', c->serial, (u64)cmd->status << 32 | cmd->silent << 16 | cmd->data_len);
	w->responded++;
	c->life = W_SENDING;
	if (!cmd->data)
		w_handler_forget(c); /* left behind in quarantine: not the fabric's any more */
	w_check(++w->in_respond < 8, "respond() nests %u deep", w->in_respond);
	if (w_chance(60))
		fabric_release(c);
	interrupt(NULL, 3);
	w->in_respond--;
}

static bool has_list(const struct w_cmd *c)
{
	return c->cmd.cdb[0] == 0x5f || w_access_is(c);
}

/* Its Data-Out: its serial number at either end. */
static void stamp(const struct w_cmd *c)
{
	if (has_list(c))
		memcpy(c->cmd.data, c->param, sl_min(c->cmd.buf_len, sizeof(c->param)));
	if (has_list(c) || c->cmd.buf_len < 8)
		return;
	memcpy(c->cmd.data, &c->serial, 8);
	memcpy(c->cmd.data + c->cmd.buf_len - 8, &c->serial, 8);
}

static void data_out(struct sl_cmd *cmd)
{
	struct w_cmd *c = (struct w_cmd *)cmd;

	w_check(c->life == W_LIVE && c->fetch == W_NO_FETCH, "data_out called twice");
	w_check(cmd->direction == SLUICE_DIR_OUT && cmd->buf_len > 0, "data_out without Data-Out");
	memset(cmd->data, 0xee, sl_min(cmd->buf_len, 64U));
	interrupt(c, 10);
	if (w_chance(50)) {
		stamp(c);
		sl_cmd_data_out_done(cmd, cmd->buf_len, w->now_ns);
		interrupt(c, 10);
		return;
	}
	c->fetch = W_FETCHING;
	c->asked_ns = w->now_ns;
	c->mute = w_chance(4);
}

static void data_out_cancel(struct sl_cmd *cmd)
{
	struct w_cmd *c = (struct w_cmd *)cmd;

	if (!c->aborted) {
		w_check(c->fetch == W_FETCHING && w->now_ns >= c->asked_ns + W_TIMEOUT,
			"cancelled without an abort, before its deadline");
		c->expired = true;
	}
	if (c->fetch != W_FETCHING)
		return;
	c->fetch = W_CANCELLED;
	interrupt(c, 20);
	if (w_chance(30)) {
		c->fetch = W_NO_FETCH;
		sl_cmd_data_out_done(cmd, 0, w->now_ns);
		interrupt(c, 40);
	}
}

static void nexus_closed(void *fabric_nexus)
{
	struct w_nexus *n = fabric_nexus;

	w_check(n->closing && n->live == 0, "nexus closed with %u live", n->live);
	w_trace('C', (u64)(n - w->nexuses), 0);
	memset(n, 0, sizeof(*n));
}

const struct sl_fabric_ops w_fabric_ops = { data_out, data_out_cancel, respond, w_function_done,
					    nexus_closed };

static struct w_cmd *idle_cmd(void)
{
	u32 start = w_below(W_CMDS);

	for (u32 i = 0; i < W_CMDS; i++) {
		struct w_cmd *c = &w->cmds[(start + i) % W_CMDS];

		if (c->life == W_IDLE)
			return c;
	}
	return NULL;
}

static u32 random_length(void)
{
	static const u32 lengths[] = { 0,     1,       36,	512,	  4096,	   4097,
				       65536, 1 << 20, 5 << 20, 16 << 20, 20 << 20 };

	return w_chance(70) ? 4096 : lengths[w_below(sizeof(lengths) / sizeof(lengths[0]))];
}

static u8 random_opcode(void)
{
	static const u8 opcodes[] = { 0x00, 0x12, 0xa0, 0x03, 0x28, 0x2a, 0x7f, 0x88, 0x5e };

	return w_chance(70) ? 0x28 : opcodes[w_below(sizeof(opcodes))];
}

static void send(struct w_cmd *c, u32 i, u32 lun, u8 opcode)
{
	struct sl_itl *itl = lun < 256 ? sl_nexus_itl(w->nexuses[i].n, lun) : NULL;

	c->cmd.nexus = w->nexuses[i].n;
	c->nexus = i;
	c->lun = lun;
	c->serial = ++w->serial;
	c->cmd.task_tag = c->serial;
	w_address(c->cmd.lun, lun);
	w_check((itl != NULL) == w_sees(i, lun), "nexus %u %s LUN %u", i,
		itl ? "sees" : "does not see", lun);
	memset(c->cmd.cdb, 0, sizeof(c->cmd.cdb));
	c->cmd.cdb[0] = opcode;
	c->cmd.cdb[1] = opcode ==
			0x12; /* EVPD, page 00h: an INQUIRY that the core does not amend */
	/* Bytes 3 and 4, below 65536: no CONTROL byte of any group, nor a field that the core looks at but lengths. */
	w_check(c->serial < 65536, "too many commands for one world");
	memcpy(&c->cmd.cdb[3], &c->serial, 2);
	if (opcode == 0x5f)
		w_reserve_cdb(c);
	else if (w_access_is(c))
		w_access_cdb(c);
	else if (w_reserve_is(c))
		w_reserve_legacy_cdb(c);
	else if (opcode == 0xa0)
		c->cmd.cdb[8] = 1; /* 256 bytes */
	else if (opcode == 0x5e)
		c->cmd.cdb[1] = (u8)w_below(4), c->cmd.cdb[8] = 0xff;
	c->cmd.cdb_len = 16;
	c->life = W_LIVE;
	c->fetch = W_NO_FETCH;
	c->dev = itl ? itl->dev : NULL;
	c->submitted_ns = w->now_ns;
	c->handed_ns = 0;
	c->aborted_ns = 0;
	c->aborted = false;
	c->mute = false;
	c->expired = false;
	c->cut = false;
	c->holder = false;
	c->handler_done = false;
	c->pages = 0;
	c->answered = false;
	c->sequence = 0;
	c->redelivered = false;
	c->waits_again = false;
	c->deliveries = 0;
	c->may_fail = false;
	c->pr_applied = false;
	c->preempted_by = 0;
	c->let_through = false;
	w_tasks_arrive(c, w_chance(w->naca_percent));
	w->nexuses[i].live++;
	w->submitted++;
	w_trace('S', c->serial, (u64)i << 32 | lun << 8 | opcode);
	w_check(sl_cmd_submit(&c->cmd, w->now_ns) == 0, "submit");
	w_settle();
}

static u32 open_nexus(void)
{
	u32 start = w_below(W_NEXUSES);

	for (u32 i = 0; i < W_NEXUSES; i++) {
		u32 at = (start + i) % W_NEXUSES;

		if (w->nexuses[at].n && !w->nexuses[at].closing)
			return at;
	}
	return W_NEXUSES;
}

void w_fabric_submit(void)
{
	struct w_cmd *c = idle_cmd();
	u32 i = open_nexus();
	u32 kind = w_below(100);
	u32 lun;

	if (!c || i == W_NEXUSES)
		return;
	c->cmd.attribute = kind < 84 ? SLUICE_ATTR_SIMPLE :
			   kind < 91 ? SLUICE_ATTR_ORDERED :
			   kind < 98 ? SLUICE_ATTR_HEAD_OF_QUEUE :
				       SLUICE_ATTR_ACA;
	c->cmd.direction = (u8)w_below(3);
	c->cmd.expected_len = c->cmd.direction == SLUICE_DIR_NONE ? 0 : random_length();
	lun = w_chance(97) ? w_below(W_LUNS) : W_LUNS;
	if (w_chance(w->persistent_percent) && lun < W_LUNS) {
		w_reserve_prepare(c, i, &w->devices[lun % W_DEVICES]);
		send(c, i, lun, 0x5f);
	} else if (w->generation >= 2 && lun < W_LUNS && w_below(120) == 0) {
		w_access_prepare(c);
		send(c, i, lun, 0xa4);
	} else if (w_chance(w->reserve_percent)) {
		static const u8 opcodes[] = { 0x16, 0x56, 0x17, 0x57, 0x17, 0x57 };

		c->cmd.direction = SLUICE_DIR_NONE;
		c->cmd.expected_len = 0;
		send(c, i, lun, opcodes[w_below(sizeof(opcodes))]);
	} else {
		send(c, i, lun, random_opcode());
	}
}

void w_fabric_probe(u32 i, u32 lun, u8 opcode)
{
	struct w_cmd *c = idle_cmd();

	if (!c)
		return;
	c->cmd.attribute = SLUICE_ATTR_SIMPLE;
	c->cmd.direction = SLUICE_DIR_NONE;
	c->cmd.expected_len = 0;
	send(c, i, lun, opcode);
}

void w_fabric_fetch(void)
{
	u32 start = w_below(W_CMDS);

	for (u32 i = 0; i < W_CMDS; i++) {
		struct w_cmd *c = &w->cmds[(start + i) % W_CMDS];
		bool cancelled = c->fetch == W_CANCELLED;

		if (c->life != W_LIVE || c->fetch == W_NO_FETCH || (!w->draining && w_chance(50)) ||
		    (c->mute && !cancelled))
			continue;
		c->fetch = W_NO_FETCH;
		c->fetched_ns = w->now_ns;
		/* A lost connection tells what of it came. */
		c->cut = !cancelled && w_chance(2);
		if (!cancelled)
			stamp(c);
		sl_cmd_data_out_done(&c->cmd, cancelled || c->cut ? 0 : c->cmd.buf_len, w->now_ns);
	}
}

void w_fabric_send(void)
{
	u32 start = w_below(W_CMDS);

	for (u32 i = 0; i < W_CMDS; i++) {
		struct w_cmd *c = &w->cmds[(start + i) % W_CMDS];

		if (c->life == W_SENDING && (w->draining || w_chance(50)))
			fabric_release(c);
	}
}

void w_fabric_tmf(void)
{
	u32 i = open_nexus();

	if (i < W_NEXUSES)
		w_function_any(i);
}

static void fabric_abort(const struct w_cmd *c)
{
	static const u8 functions[] = { 1, 1, 1, 2, 4, 5, 7 };
	u32 i = c ? c->nexus : open_nexus();

	if (i == W_NEXUSES || w->nexuses[i].closing)
		return;
	w_function(i, c ? c->lun : w_below(W_LUNS), functions[w_below(sizeof(functions))],
		   c ? c->serial : 0);
}

void w_initiator_port(char *out, size_t size, u32 nexus, u32 port)
{
	snprintf(out, size, "iqn.2026-11.test:%u,i,0x%04x", nexus, port);
}

void w_fabric_open(u32 i)
{
	struct w_nexus *n = &w->nexuses[i];
	char port[64], target_port[32];
	bool reinstated;

	if (n->n)
		return;
	n->port = w_below(W_PORTS);
	reinstated = w_chance(50);
	w_initiator_port(port, sizeof(port), i, n->port);
	snprintf(target_port, sizeof(target_port), "iqn.sim,t,0x%04x", w_port_group_of(i) + 1);
	w_check(sl_nexus_open(w->gw, "iqn.sim", port, target_port, "sim",
			      reinstated ? SL_NEXUS_REINSTATED : SL_NEXUS_NEW, &w_fabric_ops, n,
			      &n->n) == 0,
		"open");
	/* docs/decisions/0005 */
	for (u32 lun = 0; lun < W_LUNS; lun++) {
		if (sl_nexus_itl(n->n, lun))
			m_attention_establish(&n->attentions[lun], reinstated ? 0x2907 : 0x2900);
	}
	w_trace('O', i, sl_nexus_id(n->n));
}

/* Its nexus is gone: nobody hears of it. */
static void lose(struct w_cmd *c)
{
	if (c->dev) {
		w_abort(c, M_NOBODY, false);
		return;
	}
	c->aborted = true;
	c->abort_by = W_SILENTLY;
}

void w_fabric_close(u32 i)
{
	struct w_nexus *n = &w->nexuses[i];

	if (!n->n || n->closing)
		return;
	w_settle();
	for (u32 k = 0; k < W_CMDS; k++) {
		struct w_cmd *c = &w->cmds[k];

		if (c->life == W_LIVE && c->nexus == i)
			lose(c);
	}
	w_tasks_nexus_lost(i);
	w_reserve_nexus_lost(i);
	n->closing = true;
	sl_nexus_close(n->n, w->now_ns);
}

bool w_fabric_idle(void)
{
	for (u32 k = 0; k < W_CMDS; k++) {
		if (w->cmds[k].life != W_IDLE)
			return false;
	}
	for (u32 k = 0; k < W_TMFS; k++) {
		if (w->tmfs[k].live)
			return false;
	}
	return true;
}
