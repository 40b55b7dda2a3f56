/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Commands and task management functions: sent, ended, waited for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player.h"
#include "rig/scsi/command_table.h"
#include "rig/scsi/name.h"

/* What Data-In is overwritten with; past what the gateway reports none of it may change. */
#define MARK 0xee

struct player_task *player_find_task(struct player *p, const char *name, uint32_t index)
{
	for (struct player_task *t = p->tasks; t; t = t->next) {
		if (t->name && strcmp(t->name, name) == 0 && t->index == index)
			return t;
	}
	return NULL;
}

struct player_task *player_need_task(struct player *p, const char *name)
{
	struct player_task *t = player_find_task(p, name, 0);

	if (!t)
		player_fail(p, "%s has not been sent", name);
	return t;
}

void player_tasks_free(struct player *p)
{
	while (p->tasks) {
		struct player_task *next = p->tasks->next;

		free(p->tasks->data);
		free(p->tasks);
		p->tasks = next;
	}
}

/* ---- Their end ---------------------------------------------------------------------- */

static void take_data(struct player_task *t)
{
	const uint8_t *region = t->nexus->channel->data + t->data_off;
	uint32_t len = t->result.data_len;

	if (len > t->data_room) {
		t->overwritten = true;
		return;
	}
	t->data = malloc(len ? len : 1);
	if (!t->data)
		abort();
	memcpy(t->data, region, len);
	for (uint32_t i = len; i < t->data_room && !t->overwritten; i++)
		t->overwritten = region[i] != MARK;
}

static void end_task(struct player_task *t, const struct message *m)
{
	t->ended = true;
	t->ended_ns = player_clock();
	t->nexus->n_live--;
	if (m->head.status) {
		t->refused = m->head.status;
		channel_refusal(m, t->why);
	} else if (t->is_function) {
		memcpy(&t->function, m->body, sizeof(t->function));
		t->order = t->function.order;
	} else {
		memcpy(&t->result, m->body, sizeof(t->result));
		t->order = t->result.order;
		take_data(t);
	}
}

void player_ended(void *arg, const struct message *m)
{
	struct player_nexus *n = arg;
	char text[PLAYER_TEXT];

	if (n->closing && m->head.op == SLUICE_OP_RIG_NEXUS_CLOSE && m->head.id == n->close_id) {
		n->closing = false;
		return;
	}
	for (struct player_task *t = n->player->tasks; t; t = t->next) {
		if (t->nexus != n || t->ended || t->message != m->head.id)
			continue;
		end_task(t, m);
		player_trace(n->player, "%s%s%s: %s", n->name, t->name ? " " : "",
			     t->name ? t->name : "", player_end_text(t, text));
		return;
	}
}

static bool has_ended(struct player *p, void *arg)
{
	return ((struct player_task *)arg)->ended;
}

bool player_await(struct player *p, struct player_task *t)
{
	if (player_wait(p, has_ended, t, player_left(p)))
		return true;
	player_fail(p, "%s does not end within the scenario's time",
		    t->name ? t->name : "the command");
	return false;
}

/* ---- Sending --------------------------------------------------------------------------- */

static struct player_task *new_task(struct player *p, struct player_nexus *n, const char *name)
{
	struct player_task *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	t->nexus = n;
	t->name = name;
	t->tag = ++p->next_tag;
	t->next = p->tasks;
	p->tasks = t;
	return t;
}

static bool is_open(struct player *p, const struct player_nexus *n)
{
	if (n->channel && n->id)
		return true;
	snprintf(p->why, sizeof(p->why), "nexus %s is not open", n->name);
	return false;
}

/* Room in the nexus's region; it starts over whenever nothing is under way. */
static int place_data(struct player *p, struct player_nexus *n, uint32_t len, uint64_t *off)
{
	if (n->n_live == 0)
		n->data_used = 0;
	if (len > n->channel->data_bytes - n->data_used) {
		snprintf(p->why, sizeof(p->why),
			 "the commands under way on nexus %s have more than %llu MiB of data: wait "
			 "for some",
			 n->name, (unsigned long long)n->channel->data_bytes >> 20);
		return -ENOSPC;
	}
	*off = n->data_used;
	n->data_used += (len + SLUICE_PAGE - 1) / SLUICE_PAGE * SLUICE_PAGE;
	return 0;
}

/* Files are named from the scenario file's own directory on. */
int player_file_data(struct player *p, const char *name, uint8_t *out, uint32_t len)
{
	const char *slash = strrchr(p->path, '/');
	char path[4096];
	FILE *in;

	snprintf(path, sizeof(path), "%.*s%s", slash ? (int)(slash - p->path + 1) : 0, p->path,
		 name);
	in = fopen(path, "rb");
	if (!in) {
		snprintf(p->why, sizeof(p->why), "data file %.200s: %s", path, strerror(errno));
		return -ENOENT;
	}
	memset(out, 0, len);
	(void)!fread(out, 1, len, in);
	fclose(in);
	return 0;
}

static int fill_data(struct player *p, const struct send_spec *s, struct player_task *t,
		     uint32_t len)
{
	uint8_t *region = t->nexus->channel->data + t->data_off;

	if (s->direction == SLUICE_DIR_IN) {
		memset(region, MARK, len);
		t->data_room = len;
		return 0;
	}
	if (s->data.kind == DATA_FILE)
		return player_file_data(p, s->data.path, region, len);
	value_fill(&s->data, 0, region, len);
	return 0;
}

/* Data beyond what a gateway can move is neither sent nor made room for. */
static uint32_t bytes_moved(const struct send_spec *s)
{
	if (s->direction == SLUICE_DIR_NONE)
		return 0;
	return s->expected < SLUICE_MAX_BUFFER ? s->expected : SLUICE_MAX_BUFFER;
}

static int send_one(struct player *p, const struct send_spec *s, uint32_t index,
		    struct player_task **out)
{
	struct player_nexus *n = player_find_nexus(p, s->to.nexus);
	struct sluice_rig_command command = { .attribute = s->attribute,
					      .direction = s->direction,
					      .cdb_len = s->cdb_len,
					      .data_len = bytes_moved(s),
					      .expected_len = s->expected };
	struct player_task *t;
	uint64_t off;
	int err;

	if (!is_open(p, n))
		return -ENOTCONN;
	err = place_data(p, n, command.data_len, &off);
	if (err)
		return err;
	t = new_task(p, n, s->name);
	t->index = index;
	t->data_off = off;
	err = fill_data(p, s, t, command.data_len);
	command.nexus = n->id;
	command.task_tag = t->tag;
	command.data_off = off;
	memcpy(command.lun, s->to.lun, sizeof(command.lun));
	memcpy(command.cdb, s->cdb, s->cdb_len);
	t->sent_ns = player_clock();
	if (!err)
		err = channel_send(n->channel, SLUICE_OP_RIG_COMMAND, &command, sizeof(command),
				   &t->message);
	if (err == -EPIPE)
		snprintf(p->why, sizeof(p->why), "the gateway is gone");
	if (!err)
		n->n_live++;
	else
		t->ended = true;
	*out = t;
	return err;
}

/*
 * Statements take effect one after the other, also on different nexuses: a reply on the
 * same channel says that all that was sent before has been taken in.
 */
static int settle(struct player *p, const struct address *to)
{
	struct sluice_gateway_info info;

	return channel_call(player_find_nexus(p, to->nexus)->channel, SLUICE_OP_GATEWAY_INFO, NULL,
			    0, &info, sizeof(info), player_left(p), p->why);
}

static int finish(struct player *p, struct player_task *t)
{
	if (!player_await(p, t))
		return 0;
	p->last = t;
	if (t->refused)
		snprintf(p->why, sizeof(p->why), "%s", t->why);
	return t->refused;
}

int player_send(struct player *p, const struct statement *s)
{
	struct player_task *t = NULL;
	int err = 0;

	for (uint32_t i = 0; !err && i < s->send.times; i++)
		err = send_one(p, &s->send, i, &t);
	if (err)
		return err;
	return s->send.name ? settle(p, &s->send.to) : finish(p, t);
}

int player_function(struct player *p, const struct statement *s)
{
	const struct function_spec *f = &s->function;
	struct player_nexus *n = player_find_nexus(p, f->to.nexus);
	struct sluice_rig_tmf tmf = { .function = f->function, .task_tag = f->task_tag };
	struct player_task *t = f->task ? player_need_task(p, f->task) : NULL;
	int err;

	if (!is_open(p, n))
		return -ENOTCONN;
	if (p->failed)
		return 0;
	if (t)
		tmf.task_tag = t->tag;
	t = new_task(p, n, f->name);
	t->is_function = true;
	tmf.nexus = n->id;
	memcpy(tmf.lun, f->to.lun, sizeof(tmf.lun));
	t->sent_ns = player_clock();
	err = channel_send(n->channel, SLUICE_OP_RIG_TMF, &tmf, sizeof(tmf), &t->message);
	if (err) {
		snprintf(p->why, sizeof(p->why), "the gateway is gone");
		t->ended = true;
		return err;
	}
	n->n_live++;
	return f->name ? settle(p, &f->to) : finish(p, t);
}

/* TEST UNIT READY until no Unit Attention is left: at most as many as a gateway keeps. */
int player_ready(struct player *p, const struct statement *s)
{
	const struct send_spec tur = {
		.to = s->ready, .cdb_len = 6, .attribute = SLUICE_ATTR_SIMPLE, .times = 1
	};
	char text[PLAYER_TEXT];

	for (int i = 0; i < 16 && !p->failed; i++) {
		struct player_task *t;
		int err = send_one(p, &tur, 0, &t);

		if (!err)
			err = finish(p, t);
		p->last = NULL; /* nothing that an expectation is about */
		if (err || p->failed || (t->result.status == 0 && !t->result.aborted))
			return err;
		if (t->result.status != 0x02 || (t->result.sense[2] & 0x0f) != 0x06) {
			if (t->result.sense[0] != 0x72 || t->result.sense[1] != 0x06) {
				player_fail(p, "the logical unit is not ready: %s",
					    player_end_text(t, text));
				return 0;
			}
		}
	}
	if (!p->failed)
		player_fail(p, "sixteen Unit Attentions and still no end");
	return 0;
}
