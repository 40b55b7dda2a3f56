/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* I_T nexuses: open, closed, dropped with their connection, open again. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player.h"

#define DATA_BYTES (64ull << 20)

struct player_nexus *player_find_nexus(struct player *p, const char *name)
{
	for (struct player_nexus *n = p->nexuses; n; n = n->next) {
		if (strcmp(n->name, name) == 0)
			return n;
	}
	return NULL;
}

static int open_channel(struct player *p, struct player_nexus *n)
{
	int err = p->gateway->ops->open_channel(p->gateway, SLUICE_ROLE_RIG, "sluice-rig",
						&n->channel, p->why);

	if (err)
		return err;
	err = n->channel->ops->open_data(n->channel, DATA_BYTES, p->why);
	if (err) {
		channel_close(n->channel);
		n->channel = NULL;
		return err;
	}
	n->channel->ended = player_ended;
	n->channel->arg = n;
	return 0;
}

static int open_nexus(struct player *p, struct player_nexus *n)
{
	struct sluice_rig_nexus request = { 0 }, reply;
	int err = n->channel ? 0 : open_channel(p, n);

	if (err)
		return err;
	request.port_group = n->spec->group;
	memcpy(request.initiator_port, n->initiator_port, sizeof(request.initiator_port));
	player_target_name(p, n->spec->target, request.target);
	err = channel_call(n->channel, SLUICE_OP_RIG_NEXUS, &request, sizeof(request), &reply,
			   sizeof(reply), player_left(p), p->why);
	if (!err)
		n->id = reply.nexus;
	return err;
}

int player_nexus_open(struct player *p, const struct statement *s)
{
	struct player_nexus *n = player_find_nexus(p, s->name);

	if (!n) {
		n = calloc(1, sizeof(*n));
		if (!n)
			return -ENOMEM;
		n->player = p;
		n->name = s->name;
		n->next = p->nexuses;
		p->nexuses = n;
	}
	n->spec = &s->nexus;
	if (s->nexus.initiator)
		snprintf(n->initiator_port, sizeof(n->initiator_port), "%s", s->nexus.initiator);
	else
		snprintf(n->initiator_port, sizeof(n->initiator_port),
			 "iqn.2026-11.io.sluice.initiator:%s,i,0x000000000001", s->name);
	return open_nexus(p, n);
}

/* Asks; that it has happened comes when its commands have ended. */
int player_nexus_close(struct player *p, const struct statement *s)
{
	struct player_nexus *n = player_find_nexus(p, s->name);
	const struct sluice_rig_nexus request = { .nexus = n->id };
	int err;

	if (!n->channel || !n->id) {
		snprintf(p->why, sizeof(p->why), "nexus %s is not open", n->name);
		return -ENOENT;
	}
	err = channel_send(n->channel, SLUICE_OP_RIG_NEXUS_CLOSE, &request, sizeof(request),
			   &n->close_id);
	if (err) {
		snprintf(p->why, sizeof(p->why), "the gateway is gone");
		return err;
	}
	n->closing = true;
	n->id = 0;
	return 0;
}

/* Nothing of it comes any more. */
static void forget_tasks(struct player *p, struct player_nexus *n)
{
	for (struct player_task *t = p->tasks; t; t = t->next) {
		if (t->nexus != n || t->ended)
			continue;
		t->ended = true;
		t->ended_ns = player_clock();
		t->result.aborted = 1;
		t->order = UINT32_MAX;
	}
}

int player_nexus_drop(struct player *p, const struct statement *s)
{
	struct player_nexus *n = player_find_nexus(p, s->name);

	if (!n->channel) {
		snprintf(p->why, sizeof(p->why), "nexus %s is not open", n->name);
		return -ENOENT;
	}
	channel_close(n->channel);
	n->channel = NULL;
	n->id = 0;
	n->closing = false;
	n->data_used = 0;
	forget_tasks(p, n);
	n->n_live = 0;
	return 0;
}

static bool is_closed(struct player *p, void *arg)
{
	return !((struct player_nexus *)arg)->closing;
}

int player_nexus_reopen(struct player *p, const struct statement *s)
{
	struct player_nexus *n = player_find_nexus(p, s->name);

	if (n->closing && !player_wait(p, is_closed, n, player_left(p))) {
		snprintf(p->why, sizeof(p->why), "nexus %s does not close in time", n->name);
		return -ETIMEDOUT;
	}
	return open_nexus(p, n);
}
