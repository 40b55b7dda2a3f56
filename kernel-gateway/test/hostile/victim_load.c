/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Initiators of the hostile handler's devices. They get nonsense, but in time: every
 * command ends, with a result that can be, whatever else happens to it.
 */
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "hostile.h"
#include "load.h"

const char *const load_end_names[END_KINDS] = {
	"good",
	"good, as long as it says",
	"overflow",
	"underflow",
	"another status",
	"unit attention",
	"hardware error 44/00",
	"whole sense area",
	"timeout 2E/xx",
	"handler gone",
	"another check condition",
	"aborted",
	"functions",
};

static void send_next(struct load *l, struct load_slot *s)
{
	static const uint8_t opcodes[] = { 0x28, 0x2a, 0x00, 0x12, 0x88, 0x8a, 0x55, 0x7f };
	struct sluice_rig_command c = { .attribute = SLUICE_ATTR_SIMPLE };
	uint32_t how = (uint32_t)random_u64(&l->random);

	s->id = l->next_id++;
	c.cdb[0] = opcodes[how % 8];
	c.cdb_len = c.cdb[0] == 0x7f ? 260 : 16;
	for (int i = 0; i < 4; i++)
		c.cdb[2 + i] = (uint8_t)(s->id >> (24 - 8 * i));
	/* Half of them ask for data; the attributes that make others wait are rare. */
	c.direction = how >> 3 & 1 ? SLUICE_DIR_IN : (uint8_t)((how >> 4) % 3);
	if (c.direction != SLUICE_DIR_NONE)
		c.expected_len =
			random_below(&l->random, how >> 8 & 7 ? 4096 : LOAD_SLOT_BYTES) + 1;
	if ((how >> 12) % 32 == 0)
		c.attribute = SLUICE_ATTR_ORDERED;
	else if ((how >> 12) % 32 == 1)
		c.attribute = SLUICE_ATTR_HEAD_OF_QUEUE;
	rig_client_lun(c.lun, l->lun + (how >> 20) % l->n_luns);
	load_send(l, s, &c);
}

static void note_good(struct load *l, const struct load_slot *s, const struct sluice_rig_result *r)
{
	struct told told;

	l->ends[END_GOOD]++;
	l->ends[END_OVERFLOW] += r->residual_kind == SLUICE_RESIDUAL_OVER;
	l->ends[END_UNDERFLOW] += r->residual_kind == SLUICE_RESIDUAL_UNDER;
	if (r->data_len < sizeof(told))
		return;
	memcpy(&told, load_data((struct load *)l, s), sizeof(told));
	/* Bytes of another command, or scribbled over: then it says nothing about this one. */
	if (told.magic != told_magic(&told) || told.id != s->id)
		return;
	if (r->data_len > told.reported)
		load_fail(l, "command %u: the handler reported %u bytes, and %u came", s->id,
			  told.reported, r->data_len);
	l->ends[END_TOLD]++;
}

static void note_check(struct load *l, const struct sluice_rig_result *r)
{
	bool fixed = (r->sense[0] & 0x7f) < 0x72;
	uint8_t key = (fixed ? r->sense[2] : r->sense[1]) & 0xf;
	uint8_t asc = fixed ? r->sense[12] : r->sense[2];

	if (r->sense_len == SLUICE_SENSE_MAX)
		l->ends[END_LONG_SENSE]++;
	else if (key == 0x6)
		l->ends[END_UNIT_ATTENTION]++;
	else if (key == 0x4 && asc == 0x44)
		l->ends[END_HANDLER_FAULT]++;
	else if (key == 0xb && asc == 0x2e)
		l->ends[END_TIMEOUT]++;
	else if ((key == 0xb && asc == 0x08) || key == 0x2)
		l->ends[END_HANDLER_GONE]++;
	else
		l->ends[END_OTHER_CHECK]++;
}

static void note(struct load *l, const struct load_slot *s, const struct sluice_rig_result *r)
{
	if (r->aborted)
		l->ends[END_ABORTED]++;
	else if (r->status == 0)
		note_good(l, s, r);
	else if (r->status == 0x02)
		note_check(l, r);
	else
		l->ends[END_OTHER_STATUS]++;
}

/* Task management, mostly about a command that is out. */
static void send_function(struct load *l)
{
	static const uint8_t functions[] = {
		SLUICE_TMF_ABORT_TASK,	   SLUICE_TMF_ABORT_TASK,	  SLUICE_TMF_ABORT_TASK,
		SLUICE_TMF_ABORT_TASK_SET, SLUICE_TMF_LOGICAL_UNIT_RESET, SLUICE_TMF_CLEAR_TASK_SET,
		SLUICE_TMF_QUERY_TASK,
	};
	struct sluice_rig_tmf f = { .nexus = l->nexus };
	uint64_t how = random_u64(&l->random);

	f.function = functions[how % sizeof(functions)];
	f.task_tag = l->slots[(how >> 8) % LOAD_SLOTS].id;
	rig_client_lun(f.lun, l->lun + (uint32_t)(how >> 16) % l->n_luns);
	l->functions++;
	if (connection_send(&l->rig.link, SLUICE_OP_RIG_TMF, &f, sizeof(f), NULL))
		load_fail(l, "the gateway's connection is gone");
}

/* A request whose reply comes in order, among the ends of commands. */
static void call(struct load *l, uint32_t op, struct sluice_rig_nexus *nexus)
{
	uint64_t give_up_ns = hostile_clock() + l->bound_ns;

	l->replied = false;
	if (connection_send(&l->rig.link, op, nexus, sizeof(*nexus), NULL))
		load_fail(l, "the gateway's connection is gone");
	while (!l->replied && !l->failure[0]) {
		struct sluice_rig_result result;
		struct load_slot *s = load_receive(l, &result);

		if (s)
			note(l, s, &result);
		if (hostile_clock() > give_up_ns)
			load_fail(l, "operation %u is not answered", op);
	}
	if (l->reply.body_len)
		memcpy(nexus, l->reply.body, sizeof(*nexus));
}

/* The I_T nexus is lost with commands out, and comes back. */
static void reconnect(struct load *l)
{
	struct sluice_rig_nexus nexus = { .nexus = l->nexus };

	call(l, SLUICE_OP_RIG_NEXUS_CLOSE, &nexus);
	memset(&nexus, 0, sizeof(nexus));
	strcpy(nexus.initiator_port, l->initiator);
	strcpy(nexus.target, l->target);
	call(l, SLUICE_OP_RIG_NEXUS, &nexus);
	l->nexus = nexus.nexus;
}

void *victim_load(void *arg)
{
	struct sluice_rig_result result;
	struct load *l = arg;

	load_open(l);
	while (!l->failure[0] && (!l->stop || l->live || l->functions)) {
		struct load_slot *s = &l->slots[random_below(&l->random, LOAD_SLOTS)];

		if (!l->stop && !s->live)
			send_next(l, s);
		if (!l->stop && l->functions < 4 && random_below(&l->random, 400) == 0)
			send_function(l);
		if (!l->stop && random_below(&l->random, 20000) == 0)
			reconnect(l);
		s = l->live > LOAD_SLOTS / 2 || l->stop ? load_receive(l, &result) : NULL;
		if (s)
			note(l, s, &result);
		/* Without a handler answers come at once: leave the machine to those who work. */
		if (s && result.status == 0x02)
			usleep(50);
	}
	load_close(l);
	return NULL;
}
