/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The handlers' side: processes that serve the devices, badly at times, and die. */
#include "world.h"

struct w_device *w_device_of(const struct w_cmd *c)
{
	return c->dev ? &w->devices[c->dev->id - 1] : NULL;
}

static void joins(struct w_device *d, bool one_queue)
{
	d->held_until_ns = 0;
	d->given_up = false;
	d->one_queue = one_queue;
	d->resumed_ns = w->now_ns;
}

/* SLUICE_PACE_DATA bounds the waits as well. */
static void any_timeouts(struct w_device *d)
{
	for (u32 pace = 0; pace < SLUICE_PACES; pace++)
		d->timeout_ns[pace] = pace == SLUICE_PACE_DATA || w->generation < 2 ?
					      W_TIMEOUT :
					      W_TIMEOUT / (1 + w_below(4));
}

static void read_events(struct w_session *ws)
{
	struct sluice_gw_index *index = (void *)(ws->gw + ws->control.gw_admin_off);
	struct sluice_event *ring = (void *)(ws->gw + ws->control.gw_event_off);
	struct sluice_user_index *user = (void *)(ws->user + ws->control.user_admin_off);

	while (ws->events != index->sub_producer) {
		const struct sluice_event *e = &ring[ws->events++ & (ws->control.admin_depth - 1)];

		w_check(e->type >= 1 && e->type <= 4, "event type %u", e->type);
		if (e->type == SLUICE_EVENT_NEXUS_ADD) {
			w_check(!ws->known[e->nexus % W_NEXUS_IDS], "nexus %u announced twice",
				e->nexus);
			ws->known[e->nexus % W_NEXUS_IDS] = true;
		} else if (e->type == SLUICE_EVENT_NEXUS_REMOVE) {
			w_check(ws->known[e->nexus % W_NEXUS_IDS], "nexus %u removed twice",
				e->nexus);
			ws->known[e->nexus % W_NEXUS_IDS] = false;
		}
	}
	if (!ws->reads_events)
		return;
	while (ws->heard != ws->events)
		w_prevent_event(&ring[ws->heard++ & (ws->control.admin_depth - 1)]);
	user->sub_consumer = ws->events;
}

/* abi.h section 2: who takes over knows whom the former one knew. */
static void check_all_announced(struct w_session *ws, u32 d)
{
	read_events(ws);
	for (u32 i = 0; i < W_NEXUSES; i++) {
		bool sees = false;

		for (u32 lun = d; lun < W_LUNS; lun += W_DEVICES)
			sees |= w_sees(i, lun);
		if (!w->nexuses[i].n || w->nexuses[i].closing || !sees)
			continue;
		w_check(ws->known[sl_nexus_id(w->nexuses[i].n)] || sl_event_owed(ws->s),
			"session takes device %u over, and hears nothing of nexus %u", d, i);
	}
}

/* Device d is served by session d % W_SESSIONS, on queue d or on any. */
static void serve(u32 i)
{
	struct w_session *ws = &w->sessions[i];

	for (u32 d = i; d < W_DEVICES; d += W_SESSIONS) {
		struct sluice_device_add add = {
			.queue = d < 2 ? SLUICE_QUEUE_ANY : d % ws->control.queues,
			.task_set_limit = 4 + w_below(40),
			.max_transfer = w_chance(80) ? SLUICE_MAX_BUFFER : 65536,
			.flags = SLUICE_DEVICE_EXPLICIT_ACCESS,
			.recovery = w->devices[d].recovery = (u8)w_below(3),
			.control_mode = w_control_mode(),
		};
		bool held = w->devices[d].held_until_ns != 0;
		const char *why = NULL;
		struct sluice_device_added added;

		any_timeouts(&w->devices[d]);
		memcpy(add.timeout_ns, w->devices[d].timeout_ns, sizeof(add.timeout_ns));
		snprintf(add.name, sizeof(add.name), "dev%u", d);
		joins(&w->devices[d], add.queue != SLUICE_QUEUE_ANY);
		w_settle();
		w_tasks_control(d, add.control_mode);
		w_check(sl_device_add(ws->s, &add, w->now_ns, &added, &why) == 0, "device_add: %s",
			why);
		w_check(added.flags == (held ? SLUICE_DEVICE_TAKEN_OVER : 0), "flags %x of dev%u",
			added.flags, d);
		w->takeovers += held;
		if (held)
			check_all_announced(ws, d);
		/* Powered on: 29/01 to everybody; unless it takes over. */
		if (!held) {
			w_prevent_powered_on(d);
			m_reset(&w->devices[d].sets);
			m_reserve_reset(&w->devices[d].reserve);
			w_attention(d, M_EVERY_NEXUS, 0x2901);
		}
	}
}

void w_handler_open(u32 i)
{
	struct w_session *ws = &w->sessions[i];
	struct sluice_session_open open = {
		.queues = 1 + w_below(W_QUEUES),
		.depth = 4U << w_below(4),
		.pool_bytes = SLUICE_MAX_BUFFER * (1 + w_below(2)),
		.grace_ns = W_GRACE,
	};
	const char *why = NULL;
	char name[8];

	if (ws->s)
		return;
	memset(ws, 0, sizeof(*ws));
	w_check(sl_session_layout(w->gw, &open, &ws->control, &why) == 0, "layout: %s", why);
	/* Small enough, at times, that nexuses wait to be announced. */
	if (w_chance(50))
		ws->control.admin_depth = 4;
	ws->gw = calloc(1, ws->control.gateway_bytes);
	ws->user = calloc(1, ws->control.handler_bytes);
	ws->owner = calloc(open.pool_bytes / SLUICE_PAGE, sizeof(u64));
	ws->reads_events = w_chance(80);
	snprintf(name, sizeof(name), "sim%u", i);
	w_check(sl_session_create(w->gw, name, &ws->control, ws->gw, ws->user, &ws->s) == 0,
		"create");
	w_trace('H', i, sl_session_id(ws->s));
	serve(i);
}

/* The fabrics let go of their buffers, at the deadline at last, and kept commands move on or end. */
void w_handler_reap_zombies(void)
{
	for (u32 k = 0; k < W_ZOMBIES; k++) {
		struct w_zombie *z = &w->zombies[k];

		if (!z->s || !sl_session_drained(z->s))
			continue;
		w_check(z->s->pool.used_pages == 0, "pool pages left behind: %u",
			z->s->pool.used_pages);
		sl_session_destroy(z->s);
		free(z->gw);
		free(z->user);
		memset(z, 0, sizeof(*z));
	}
}

bool w_handler_zombies(void)
{
	w_handler_reap_zombies();
	for (u32 k = 0; k < W_ZOMBIES; k++) {
		if (w->zombies[k].s)
			return true;
	}
	return false;
}

static void bury(struct w_session *ws)
{
	u32 k = 0;

	while (k < W_ZOMBIES && w->zombies[k].s)
		k++;
	w_check(k < W_ZOMBIES, "ended sessions are never drained");
	w->zombies[k] = (struct w_zombie){ ws->s, ws->gw, ws->user };
	free(ws->owner);
	memset(ws, 0, sizeof(*ws));
	w_handler_reap_zombies();
}

static struct sluice_user_index *user_index(struct w_session *ws, u32 q)
{
	return (void *)(ws->user + ws->control.user_queue_off + q * ws->control.user_queue_stride);
}

static struct sluice_gw_index *gw_index(struct w_session *ws, u32 q)
{
	return (void *)(ws->gw + ws->control.gw_queue_off + q * ws->control.gw_queue_stride);
}

static struct sluice_desc *descriptor(struct w_session *ws, u32 q, u32 at)
{
	u8 *base = (u8 *)gw_index(ws, q);
	u32 *ring = (void *)(base + ws->control.gw_ring_off);
	struct sluice_desc *d = (void *)(base + ws->control.gw_desc_off);

	return &d[ring[at & (ws->control.depth - 1)]];
}

/* By the policy, which commands have to come again, and how; abi.h section 4. */
static void expect_again(struct w_cmd *c, struct w_session *ws)
{
	struct w_device *d = w_device_of(c);
	bool taken = false;

	c->may_fail |= d->recovery == SLUICE_RECOVERY_FAIL;
	if (!c->holder || c->handler_done || c->session != (u32)(ws - w->sessions))
		return;
	for (u32 q = 0; q < ws->control.queues; q++) {
		for (u32 t = 0; t < ws->control.depth; t++) {
			const struct w_held *h = &ws->held[q][t];

			if (h->held && h->serial == c->serial)
				taken = (s32)(ws->taken[q] - h->slot) > 0;
		}
	}
	c->holder = false;
	c->handed_ns = 0;
	c->waits_again = true;
	c->may_fail |= taken && d->recovery == SLUICE_RECOVERY_REQUEUE;
	c->redelivered |= taken;
	c->deliveries += taken;
}

/* In the ring, and never shown: what the next handler is given has the number that it got there. */
static void expect_unshown(struct w_session *ws)
{
	for (u32 q = 0; q < ws->control.queues; q++) {
		const u32 end = sl_session_queue(ws->s, q)->sub_producer;

		for (u32 at = ws->scanned[q]; at != end; at++) {
			const struct sluice_desc *d = descriptor(ws, q, at);
			struct w_cmd *c = w_cmd_by_serial((u64)d->cdb[4] << 8 | d->cdb[3]);

			if (!c || c->life != W_LIVE)
				continue;
			w_check(!c->sequence || c->sequence == d->sequence,
				"%lu had sequence %lu, now %llu", c->serial, c->sequence,
				d->sequence);
			c->sequence = d->sequence;
			c->waits_again = true;
		}
	}
}

static void hold(u32 i)
{
	for (u32 d = i; d < W_DEVICES; d += W_SESSIONS) {
		struct w_device *wd = &w->devices[d];

		if (wd->given_up)
			continue; /* since it was quiesced */
		wd->held_until_ns = wd->recovery == SLUICE_RECOVERY_FAIL ? 0 : w->now_ns + W_GRACE;
	}
}

void w_handler_quiesce(u32 i)
{
	struct w_session *ws = &w->sessions[i];

	if (!ws->s || ws->quiesced)
		return;
	w_trace('Q', i, 0);
	w_handler_scan();
	hold(i);
	for (u32 k = 0; k < W_CMDS; k++) {
		struct w_device *d = w_device_of(&w->cmds[k]);

		if (w->cmds[k].life == W_LIVE && d && (u32)(d - w->devices) % W_SESSIONS == i)
			w->cmds[k].may_fail |= d->recovery == SLUICE_RECOVERY_FAIL;
	}
	sl_session_quiesce(ws->s, w->now_ns);
	/* What had no doorbell yet is there now, and nothing comes after. */
	w_handler_scan();
	ws->quiesced = true;
}

void w_handler_die(u32 i)
{
	struct w_session *ws = &w->sessions[i];

	if (!ws->s)
		return;
	w_trace('D', i, 0);
	w->deaths++;
	w_handler_scan();
	expect_unshown(ws);
	hold(i);
	for (u32 k = 0; k < W_CMDS; k++) {
		struct w_device *d = w_device_of(&w->cmds[k]);

		if (w->cmds[k].life == W_LIVE && d && (u32)(d - w->devices) % W_SESSIONS == i)
			expect_again(&w->cmds[k], ws);
	}
	sl_session_close(ws->s, w->now_ns);
	for (u32 k = 0; k < W_CMDS; k++) {
		if (w->cmds[k].session == i)
			w->cmds[k].pages = 0;
	}
	bury(ws);
}

static void put(struct w_session *ws, u32 q, const struct sluice_completion *c, const u8 *sense,
		u32 len)
{
	u8 *base = (u8 *)user_index(ws, q);
	struct sluice_completion *ring = (void *)(base + ws->control.user_comp_off);
	struct sluice_response *resp = (void *)(base + ws->control.user_resp_off);

	/* A handler that follows the rules waits for room. */
	if (ws->producer[q] - gw_index(ws, q)->comp_consumer == ws->control.depth)
		sl_queue_reap(sl_session_queue(ws->s, q), ws->control.depth, w->now_ns);
	ring[ws->producer[q]++ & (ws->control.depth - 1)] = *c;
	if (sense && c->tag < ws->control.depth)
		memcpy(resp[c->tag].sense, sense, len);
	user_index(ws, q)->comp_producer = ws->producer[q];
}

/* Its task set let it (tasks.c). */
static void check_order(const struct w_cmd *c)
{
	const struct m_task *t = m_task(&w_device_of(c)->sets, c->serial);

	w_check(t && t->enabled, "%lu was handed over, and never enabled", c->serial);
}

static void check_buffer(struct w_session *ws, struct w_held *h, const struct sluice_desc *d,
			 u64 serial)
{
	if (d->buf_len == 0)
		return;
	h->page = d->buf_off / SLUICE_PAGE;
	h->pages = (d->buf_len + SLUICE_PAGE - 1) / SLUICE_PAGE;
	w_check(d->buf_off % SLUICE_PAGE == 0 && d->buf_off + d->buf_len <= ws->control.pool_bytes,
		"buffer");
	for (u64 p = h->page; p < h->page + h->pages; p++) {
		w_check(ws->owner[p] == 0, "the buffer of %lu is still that of %lu", serial,
			ws->owner[p]);
		ws->owner[p] = serial;
	}
}

/* abi.h section 4: the number stays, the flag says what a handler may have done. */
static void check_sequence(struct w_cmd *c, const struct sluice_desc *d)
{
	struct w_device *dev = w_device_of(c);
	bool in_order = dev->one_queue;

	w_check((d->flags & ~SLUICE_DESC_STORE) == (c->redelivered ? SLUICE_DESC_REDELIVERED : 0),
		"%lu: flags %x", c->serial, d->flags);
	w_check(!(d->flags & SLUICE_DESC_STORE) || c->cmd.cdb[0] == 0x5f,
		"%lu (opcode %02x) is to be stored", c->serial, c->cmd.cdb[0]);
	w->redelivered += c->redelivered;
	w_check(c->deliveries < W_DELIVERIES, "%lu killed %u handlers", c->serial, c->deliveries);
	if (c->sequence) {
		w_check(c->waits_again, "%lu was handed over twice", c->serial);
		w_check(d->sequence == c->sequence, "%lu had sequence %lu, now %llu", c->serial,
			c->sequence, d->sequence);
		return;
	}
	w_check(!in_order || d->sequence > dev->sequence, "sequence %llu after %lu", d->sequence,
		dev->sequence);
	for (u32 k = 0; in_order && k < W_CMDS; k++) {
		const struct w_cmd *o = &w->cmds[k];

		w_check(o->life != W_LIVE || !o->waits_again || o->aborted || o->dev != c->dev ||
				c->cmd.attribute == SLUICE_ATTR_HEAD_OF_QUEUE,
			"%lu overtook %lu, which was kept", c->serial, o->serial);
	}
	c->sequence = d->sequence;
	dev->sequence = sl_max(dev->sequence, (u64)d->sequence);
}

/* What the initiator sent, also when it was sent to a handler before this one. */
static void check_data_out(struct w_session *ws, const struct w_cmd *c, const struct sluice_desc *d)
{
	const u8 *data = ws->user + ws->control.pool_off + d->buf_off;

	if (d->flags & SLUICE_DESC_STORE)
		w_check(memcmp(data, "SLUICEPR", 8) == 0, "%lu stores no record", c->serial);
	if (d->direction != SLUICE_DIR_OUT || d->buf_len < 8 || d->flags & SLUICE_DESC_STORE)
		return;
	w_check(d->data_out_len == d->buf_len, "%lu: %u of %u bytes", c->serial, d->data_out_len,
		d->buf_len);
	w_check(memcmp(data, &c->serial, 8) == 0 &&
			memcmp(data + d->buf_len - 8, &c->serial, 8) == 0,
		"the Data-Out of %lu is not what was sent", c->serial);
}

/* abi.h, enum sluice_pace. */
static u32 pace_of(const struct w_cmd *c)
{
	switch (c->cmd.cdb[0]) {
	case 0x28: /* READ(10) */
	case 0x2a: /* WRITE(10) */
	case 0x88: /* READ(16) */
		return SLUICE_PACE_DATA;
	case 0x7f: /* of no service action that anybody knows */
		return SLUICE_PACE_LONG;
	default:
		return SLUICE_PACE_PROMPT;
	}
}

/* It counts from the hand-over; when its doorbell came later, from before now. */
static void check_deadline(struct w_cmd *c, const struct sluice_desc *d)
{
	u64 timeout_ns = w_device_of(c)->timeout_ns[pace_of(c)];

	w_check(d->deadline_ns > w->now_ns && d->deadline_ns <= w->now_ns + timeout_ns,
		"%lu (opcode %02x): %llu ns to its deadline, its class has %lu", c->serial,
		c->cmd.cdb[0], d->deadline_ns - w->now_ns, timeout_ns);
	c->deadline_ns = d->deadline_ns;
}

/* What a handler had before was being processed already (SPC-5 5.14.1). */
static bool may_be_handed_over(const struct w_cmd *c)
{
	return c->redelivered || !w_reserve_conflicts(c);
}

void w_handler_let_through(void)
{
	for (u32 i = 0; i < W_SESSIONS; i++) {
		struct w_session *ws = &w->sessions[i];

		for (u32 q = 0; ws->s && q < ws->control.queues; q++) {
			/* Also what waits for a doorbell to be shown: the decision was made. */
			const u32 end = sl_session_queue(ws->s, q)->sub_producer;

			for (u32 at = ws->scanned[q]; at != end; at++) {
				const struct sluice_desc *d = descriptor(ws, q, at);
				struct w_cmd *c = w_cmd_by_serial((u64)d->cdb[4] << 8 | d->cdb[3]);

				if (!c || c->let_through)
					continue;
				w_check(may_be_handed_over(c),
					"%lu was handed over in spite of a reservation", c->serial);
				c->let_through = true;
			}
		}
	}
}

static void handed_over(struct w_session *ws, u32 q, const struct sluice_desc *d)
{
	struct w_held *h = &ws->held[q][d->tag];
	struct w_cmd *c;
	u64 serial = (u64)d->cdb[4] << 8 | d->cdb[3];

	w_check(!h->held, "tag %u of queue %u was given twice", d->tag, q);
	w_check(d->nexus < W_NEXUS_IDS && ws->known[d->nexus], "nexus %u was not announced",
		d->nexus);
	w_check(!ws->quiesced, "%lu was handed over to a session that was quiesced", serial);
	h->held = true;
	h->slot = ws->scanned[q] - 1;
	h->generation = d->generation;
	h->pages = 0;
	h->serial = serial;
	ws->n_held++;
	check_buffer(ws, h, d, serial);
	w_trace('G', serial, (u64)q << 32 | d->tag);
	c = w_cmd_by_serial(serial);
	if (!c)
		return; /* it ended in the meantime */
	w_check(c->life == W_LIVE && c->fetch == W_NO_FETCH, "handed over, but not live");
	w_check(!c->aborted || c->aborted_ns == w->now_ns, "%lu was handed over after its abort",
		serial);
	check_deadline(c, d);
	check_sequence(c, d);
	check_data_out(ws, c, d);
	c->waits_again = false;
	c->may_fail = false;
	c->handed_ns = w->now_ns;
	c->holder = true;
	c->handler_done = false;
	c->session = (u32)(ws - w->sessions);
	c->session_serial = ws->s->serial;
	c->page = h->page;
	c->pages = h->pages;
	check_order(c);
	w_check(c->let_through || may_be_handed_over(c),
		"%lu was handed over in spite of a reservation", serial);
	c->let_through = false;
}

void w_handler_scan(void)
{
	for (u32 i = 0; i < W_SESSIONS; i++) {
		struct w_session *ws = &w->sessions[i];

		if (!ws->s)
			continue;
		read_events(ws);
		for (u32 q = 0; q < ws->control.queues; q++) {
			while (ws->scanned[q] != gw_index(ws, q)->sub_producer)
				handed_over(ws, q, descriptor(ws, q, ws->scanned[q]++));
		}
	}
}

void w_handler_forget(struct w_cmd *c)
{
	struct w_session *ws = &w->sessions[c->session];

	/* Not answered yet: it is in quarantine, and the buffer stays the handler's. */
	if (c->handler_done && ws->s && ws->s->serial == c->session_serial) {
		for (u64 p = c->page; p < c->page + c->pages; p++)
			ws->owner[p] = 0;
	}
	c->pages = 0;
}

/* What a handler may say, and what it must not. */
static void make_answer(struct sluice_completion *comp, struct w_cmd *c, u8 *sense)
{
	static const u8 statuses[] = { 0x00, 0x04, 0x08, 0x18, 0x28, 0x30, 0x40 };
	static const u8 bad[] = { 0x01, 0x10, 0x22, 0x7f, 0xff };
	u32 kind = w_below(100);
	bool wrong = false;

	comp->data_len = c && w_chance(80) ? c->cmd.expected_len : (u32)w_random();
	if (w_chance(100 - w->error_percent) && kind < 90) {
		comp->status = 0;
	} else if (kind < 86) {
		comp->status = statuses[w_below(5)];
	} else if (kind < 94) {
		comp->status = 2;
		comp->sense_len = w_chance(80) ? 18 : (u16)(w_random() | 18);
		memset(sense, 0, SLUICE_SENSE_MAX);
		sense[0] = w_chance(90) ? 0x70 : 0x12;
		sense[2] = 3;
		wrong = sense[0] != 0x70;
		if (w_chance(20)) {
			comp->sense_len = 0;
			wrong = true;
		}
	} else if (kind < 97) {
		comp->status = bad[w_below(sizeof(bad))];
		wrong = true;
	} else {
		comp->flags = (u8)(1 + w_below(255));
		wrong = true;
	}
	if (c && c->life == W_LIVE) {
		c->answered = true;
		c->answer_status = comp->status;
		c->answer_len = comp->data_len;
		c->answer_bad = wrong;
	}
}

static void answer(struct w_session *ws, u32 q, u32 tag)
{
	struct w_held *h = &ws->held[q][tag];
	struct w_cmd *c = w_cmd_by_serial(h->serial);
	struct sluice_completion comp = { .tag = tag, .generation = h->generation };
	struct w_cmd *holder;
	u8 sense[SLUICE_SENSE_MAX];

	if (c && (c->life != W_LIVE || !c->holder))
		c = NULL;
	holder = c;
	make_answer(&comp, c, sense);
	if (h->pages) {
		u64 pattern = w_random();

		c = c && c->cmd.direction == SLUICE_DIR_IN ? c : NULL;
		memcpy(ws->user + ws->control.pool_off + h->page * SLUICE_PAGE, &pattern, 8);
		if (c)
			c->pattern = pattern;
	}
	h->held = false;
	ws->n_held--;
	if (holder) {
		if (comp.status == 0 && !holder->answer_bad)
			w_prevent_answered(holder);
		holder->handler_done = true;
	} else {
		/* Its command has ended: the buffer is free when this is reaped. */
		for (u64 p = h->page; p < h->page + h->pages; p++)
			ws->owner[p] = 0;
	}
	h->pages = 0;
	w_trace('A', h->serial, (u64)comp.status << 32 | comp.data_len);
	put(ws, q, &comp, sense, SLUICE_SENSE_MAX);
}

/* Completions for what it does not hold. None may have an effect. */
static void babble(struct w_session *ws, u32 q)
{
	struct sluice_completion comp = { .tag = (u32)w_random(),
					  .generation = (u32)w_random(),
					  .status = 0 };
	u32 tag = w_below(ws->control.depth);

	if (w_chance(70)) {
		comp.tag = tag;
		comp.generation = ws->held[q][tag].generation - 1 - w_below(2);
	}
	w->faults++;
	put(ws, q, &comp, NULL, 0);
}

/* The handler's own progress in the submission ring. */
static void take(struct w_session *ws, bool all)
{
	for (u32 q = 0; q < ws->control.queues; q++) {
		u32 n = ws->scanned[q] - ws->taken[q];

		ws->taken[q] += all ? n : w_below(n + 1);
		user_index(ws, q)->sub_consumer = ws->taken[q];
	}
}

static void answer_some(struct w_session *ws, u32 percent)
{
	for (u32 q = 0; q < ws->control.queues; q++) {
		u32 start = w_below(ws->control.depth);

		for (u32 t = 0; t < ws->control.depth; t++) {
			u32 tag = (start + t) % ws->control.depth;

			if (ws->held[q][tag].held &&
			    (s32)(ws->taken[q] - ws->held[q][tag].slot) > 0 && w_chance(percent))
				answer(ws, q, tag);
		}
	}
}

static void reap(struct w_session *ws)
{
	for (u32 q = 0; q < ws->control.queues; q++)
		sl_queue_reap(sl_session_queue(ws->s, q), 1 + w_below(64), w->now_ns);
}

void w_handler_doorbells(u32 i)
{
	struct w_session *ws = &w->sessions[i];

	for (u32 q = 0; ws->s && q < ws->control.queues; q++)
		sl_queue_doorbell(sl_session_queue(ws->s, q));
}

void w_handler_work(u32 i)
{
	struct w_session *ws = &w->sessions[i];

	if (!ws->s)
		return;
	if (w_chance(50))
		w_handler_doorbells(i);
	take(ws, w_chance(70));
	if (!ws->hangs)
		answer_some(ws, 10 + w_below(60));
	else if (w_chance(10))
		answer_some(ws, 3);
	if (w_chance(3))
		babble(ws, w_below(ws->control.queues));
	if (w_chance(80))
		reap(ws);
}

void w_handler_answer_all(u32 i)
{
	struct w_session *ws = &w->sessions[i];

	if (!ws->s)
		return;
	ws->hangs = false;
	for (u32 turn = 0; turn < 4; turn++) {
		w_handler_doorbells(i);
		w_handler_scan();
		take(ws, true);
		answer_some(ws, 100);
		for (u32 q = 0; q < ws->control.queues; q++)
			sl_queue_reap(sl_session_queue(ws->s, q), 1024, w->now_ns);
	}
}

void w_handler_listen(void)
{
	for (u32 turn = 0; turn < 256; turn++) {
		for (u32 i = 0; i < W_SESSIONS; i++)
			w->sessions[i].reads_events = true;
		w_handler_scan();
		w_time_passes(SL_ADMIN_POLL_NS);
	}
	for (u32 i = 0; i < W_SESSIONS; i++)
		w_check(!w->sessions[i].s || !sl_event_owed(w->sessions[i].s),
			"session %u owes events to a handler that reads them", i);
}

static void request(struct w_session *ws, const struct sluice_request *r)
{
	struct sluice_user_index *index = (void *)(ws->user + ws->control.user_admin_off);
	struct sluice_request *ring = (void *)(ws->user + ws->control.user_request_off);
	u32 taken;

	ring[ws->requests++ & (ws->control.admin_depth - 1)] = *r;
	index->comp_producer = ws->requests;
	taken = sl_admin_reap(ws->s, w->now_ns);
	w_check(taken == 1, "%u requests taken", taken);
}

/* Codes of every rank, and ones that nobody else uses. */
static u16 any_attention(void)
{
	static const u16 codes[] = { 0x2a01, 0x2a09, 0x3f03, 0x2800, 0x3f01, 0x2904 };

	if (w_chance(30))
		return codes[w_below(sizeof(codes) / sizeof(codes[0]))];
	return w->next_ua = (u16)(0x8000 | (w->next_ua + 1));
}

/* A Unit Attention by the handler of a device, at some scope. */
void w_handler_raise(u32 i)
{
	u32 d = i + W_SESSIONS * w_below(W_DEVICES / W_SESSIONS);
	struct w_session *ws = &w->sessions[i];
	struct sluice_request r = { .type = SLUICE_REQUEST_UNIT_ATTENTION, .device = d + 1 };
	u32 one = w_below(W_NEXUSES);
	u16 code;

	if (!ws->s || ws->quiesced || !w->nexuses[one].n || w->nexuses[one].closing)
		return;
	w_settle();
	code = any_attention();
	r.scope = (u8)(1 + w_below(3));
	r.nexus = sl_nexus_id(w->nexuses[one].n);
	r.asc = (u8)(code >> 8);
	r.ascq = (u8)code;
	if (r.scope == SLUICE_UA_ONE)
		for (u32 lun = d; lun < W_LUNS; lun += W_DEVICES) {
			if (sl_nexus_itl(w->nexuses[one].n, lun))
				m_attention_establish(&w->nexuses[one].attentions[lun], code);
		}
	else
		w_attention(d, r.scope == SLUICE_UA_ALL ? M_EVERY_NEXUS : one, code);
	w_trace('U', code, r.scope);
	request(ws, &r);
}

u32 w_control_mode(void)
{
	static const u32 qerr[] = { 0, 0, 0, 1, 3 }, ua_intlck[] = { 0, 0, 0, 2, 3 };

	return (w_chance(50) ? SLUICE_CONTROL_MODE_TAS : 0) |
	       (w_chance(10) ? SLUICE_CONTROL_MODE_TMF_ONLY : 0) |
	       (w_chance(20) ? SLUICE_CONTROL_MODE_D_SENSE : 0) |
	       (w_chance(30) ? 1U << SLUICE_CONTROL_MODE_TST_SHIFT : 0) |
	       qerr[w_below(5)] << SLUICE_CONTROL_MODE_QERR_SHIFT |
	       ua_intlck[w_below(5)] << SLUICE_CONTROL_MODE_UA_INTLCK_SHIFT;
}

/* The Control mode page of a device changes, as by MODE SELECT. */
void w_handler_control_mode(u32 i)
{
	u32 d = i + W_SESSIONS * w_below(W_DEVICES / W_SESSIONS);
	struct w_session *ws = &w->sessions[i];
	struct sluice_request r = { .type = SLUICE_REQUEST_CONTROL_MODE, .device = d + 1 };

	if (!ws->s || ws->quiesced)
		return;
	w_settle();
	r.control_mode = w_control_mode();
	w_tasks_control(d, r.control_mode);
	w_trace('K', d, r.control_mode);
	request(ws, &r);
}
