/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "fake_core.h"

#include <pthread.h>
#include <stdlib.h>

struct sl_nexus {
	const struct sl_fabric_ops *ops;
	void *fabric;
	unsigned int live;
	bool closing;
};

enum state { WAITS_FOR_BUFFER, FILLING, HANGS, ENDED };

struct fake {
	struct fake *next;
	struct sl_cmd *cmd;
	enum state state;
	bool aborted;
	bool expired;
};

static const char *const targets[] = { FAKE_TARGET, FAKE_CLOSED };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct fake *all;
static unsigned int live, nexuses, submitted, aborted, last_write;
static int last_origin;

/* The core's part of a command is opaque here, too: it holds our pointer. */
static struct fake *fake_of(struct sl_cmd *cmd)
{
	struct fake *f;

	memcpy(&f, &cmd->core, sizeof(f));
	return f;
}

/* ---- Targets -------------------------------------------------------------- */

int sl_target_at(struct sl_gateway *gw, u32 index, struct sluice_target *t)
{
	if (index >= 2)
		return -ENOENT;
	memset(t, 0, sizeof(*t));
	strcpy(t->name, targets[index]);
	strcpy(t->alias, "alias");
	return 0;
}

int sl_target_admits(struct sl_gateway *gw, const char *target, const char *initiator_name,
		     struct sluice_target *t)
{
	if (!strcmp(target, FAKE_CLOSED))
		return -EACCES;
	if (strcmp(target, FAKE_TARGET))
		return -ENOENT;
	return t ? sl_target_at(gw, 0, t) : 0;
}

/* ---- Nexuses ---------------------------------------------------------------- */

int sl_nexus_open(struct sl_gateway *gw, const char *target, const char *initiator_port,
		  const char *target_port, const char *peer, enum sl_nexus_origin origin,
		  const struct sl_fabric_ops *ops, void *fabric_nexus, struct sl_nexus **out)
{
	struct sl_nexus *n = calloc(1, sizeof(*n));

	n->ops = ops;
	n->fabric = fabric_nexus;
	pthread_mutex_lock(&lock);
	nexuses++;
	last_origin = origin;
	pthread_mutex_unlock(&lock);
	*out = n;
	return 0;
}

static void check_closed(struct sl_nexus *n)
{
	const struct sl_fabric_ops *ops = n->ops;
	void *fabric = n->fabric;

	pthread_mutex_lock(&lock);
	if (!n->closing || n->live) {
		pthread_mutex_unlock(&lock);
		return;
	}
	nexuses--;
	pthread_mutex_unlock(&lock);
	free(n);
	ops->nexus_closed(fabric);
}

static void end(struct fake *f, u8 status, bool silent)
{
	pthread_mutex_lock(&lock);
	f->state = ENDED;
	pthread_mutex_unlock(&lock);
	f->cmd->status = status;
	f->cmd->silent = silent;
	f->cmd->nexus->ops->respond(f->cmd);
}

static void abort_one(struct fake *f)
{
	enum state was;

	pthread_mutex_lock(&lock);
	was = f->state;
	f->aborted = true;
	if (was == WAITS_FOR_BUFFER || was == HANGS)
		f->state = ENDED;
	aborted += was != ENDED;
	pthread_mutex_unlock(&lock);
	if (was == FILLING)
		f->cmd->nexus->ops->data_out_cancel(f->cmd);
	else if (was != ENDED)
		end(f, 0, true);
}

/* The first command in one of the states, of a nexus or of any, with this tag or any; enters `next`. */
static struct fake *find_and_set(unsigned int states, struct sl_nexus *n, const u64 *tag,
				 const enum state *next)
{
	struct fake *f;

	pthread_mutex_lock(&lock);
	for (f = all; f; f = f->next)
		if ((states & 1u << f->state) && !f->aborted && (!n || f->cmd->nexus == n) &&
		    (!tag || f->cmd->task_tag == *tag))
			break;
	if (f && next)
		f->state = *next;
	pthread_mutex_unlock(&lock);
	return f;
}

static struct fake *find(unsigned int states, struct sl_nexus *n, const u64 *tag)
{
	return find_and_set(states, n, tag, NULL);
}

#define NOT_ENDED (1u << WAITS_FOR_BUFFER | 1u << FILLING | 1u << HANGS)

void sl_nexus_prefer_queue(struct sl_nexus *n, u32 index)
{
}

void sl_nexus_close(struct sl_nexus *n, u64 now_ns)
{
	struct fake *f;

	while ((f = find(NOT_ENDED, n, NULL)))
		abort_one(f);
	n->closing = true;
	check_closed(n);
}

/* ---- Commands --------------------------------------------------------------- */

static void grant(struct fake *f)
{
	struct sl_cmd *cmd = f->cmd;

	cmd->buf_len = cmd->expected_len < FAKE_MAX_TRANSFER ? cmd->expected_len :
							       FAKE_MAX_TRANSFER;
	cmd->data = calloc(1, cmd->buf_len);
	cmd->nexus->ops->data_out(cmd);
}

static void read_data(struct sl_cmd *cmd, u32 len)
{
	len = len < FAKE_MAX_TRANSFER ? len : FAKE_MAX_TRANSFER;
	cmd->buf_len = cmd->data_len = len;
	cmd->data = malloc(len ? len : 1);
	for (u32 i = 0; i < len; i++)
		cmd->data[i] = fake_byte(i);
	cmd->residual = cmd->expected_len - len;
	cmd->residual_kind = cmd->residual ? SLUICE_RESIDUAL_UNDER : SLUICE_RESIDUAL_NONE;
}

static void begin(struct sl_cmd *cmd)
{
	struct fake *f = calloc(1, sizeof(*f));

	f->cmd = cmd;
	f->state = cmd->cdb[0] == FAKE_HANG	  ? HANGS :
		   cmd->cdb[0] == FAKE_WRITE_LATE ? WAITS_FOR_BUFFER :
		   cmd->cdb[0] == FAKE_WRITE	  ? FILLING :
						    ENDED;
	memcpy(&cmd->core, &f, sizeof(f));
	cmd->data = NULL;
	cmd->buf_len = cmd->data_len = cmd->residual = 0;
	cmd->residual_kind = cmd->sense_len = cmd->silent = 0;
	pthread_mutex_lock(&lock);
	f->next = all;
	all = f;
	live++;
	submitted++;
	cmd->nexus->live++;
	pthread_mutex_unlock(&lock);
}

int sl_cmd_submit(struct sl_cmd *cmd, u64 now_ns)
{
	static const u8 sense[18] = { 0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20 };

	begin(cmd);
	switch (cmd->cdb[0]) {
	case FAKE_HANG:
	case FAKE_WRITE_LATE:
		return 0;
	case FAKE_WRITE:
		grant(fake_of(cmd));
		return 0;
	case FAKE_READ:
		read_data(cmd, cmd->expected_len);
		break;
	case FAKE_SHORT_READ:
		read_data(cmd, cmd->expected_len / 2);
		break;
	case FAKE_SENSE:
		memcpy(cmd->sense, sense, sizeof(sense));
		cmd->sense_len = sizeof(sense);
		end(fake_of(cmd), 2, false);
		return 0;
	}
	end(fake_of(cmd), 0, false);
	return 0;
}

void sl_cmd_data_out_done(struct sl_cmd *cmd, u32 received, u64 now_ns)
{
	static const u8 timeout[18] = { 0x70, 0, 0xb, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x2e, 0x01 };
	struct fake *f = fake_of(cmd);
	u32 good = 0;
	bool was_aborted, was_expired;

	pthread_mutex_lock(&lock);
	was_aborted = f->aborted;
	was_expired = f->expired;
	f->state = ENDED;
	pthread_mutex_unlock(&lock);
	if (was_expired && !was_aborted) {
		memcpy(cmd->sense, timeout, sizeof(timeout));
		cmd->sense_len = sizeof(timeout);
		end(f, 2, false);
		return;
	}
	while (good < received && cmd->data[good] == fake_byte(good))
		good++;
	if (!was_aborted && received == cmd->buf_len) {
		pthread_mutex_lock(&lock);
		last_write = good;
		pthread_mutex_unlock(&lock);
	}
	cmd->residual = cmd->expected_len - cmd->buf_len;
	cmd->residual_kind = cmd->residual ? SLUICE_RESIDUAL_UNDER : SLUICE_RESIDUAL_NONE;
	end(f, 0, was_aborted || received < cmd->buf_len);
}

void sl_cmd_release(struct sl_cmd *cmd, u64 now_ns)
{
	struct fake *f = fake_of(cmd), **p = &all;
	struct sl_nexus *n = cmd->nexus;

	pthread_mutex_lock(&lock);
	while (*p != f)
		p = &(*p)->next;
	*p = f->next;
	live--;
	n->live--;
	pthread_mutex_unlock(&lock);
	free(cmd->data);
	free(f);
	check_closed(n);
}

void sl_tmf_submit(struct sl_tmf *tmf, u64 now_ns)
{
	bool one = tmf->function == SLUICE_TMF_ABORT_TASK;
	struct fake *f;

	tmf->response = SLUICE_TMF_COMPLETE;
	memset(tmf->information, 0, sizeof(tmf->information));
	if (tmf->function >= SLUICE_TMF_QUERY_TASK) {
		static const u8 pending[3] = { 0x26, 0x29, 0x03 };
		bool task = tmf->function == SLUICE_TMF_QUERY_TASK;

		if (tmf->function == SLUICE_TMF_QUERY_ASYNC_EVENT)
			memcpy(tmf->information, pending, sizeof(pending));
		if (tmf->function == SLUICE_TMF_QUERY_ASYNC_EVENT ||
		    find(NOT_ENDED, tmf->nexus, task ? &tmf->task_tag : NULL))
			tmf->response = SLUICE_TMF_SUCCEEDED;
		tmf->nexus->ops->tmf_done(tmf);
		return;
	}
	if (one && !find(NOT_ENDED, tmf->nexus, &tmf->task_tag))
		tmf->response = SLUICE_TMF_NO_TASK;
	while ((f = find(NOT_ENDED, tmf->nexus, one ? &tmf->task_tag : NULL)))
		abort_one(f);
	tmf->nexus->ops->tmf_done(tmf);
}

/* ---- For tests ------------------------------------------------------------------ */

void fake_core_reset(void)
{
	pthread_mutex_lock(&lock);
	submitted = aborted = last_write = 0;
	last_origin = -1;
	pthread_mutex_unlock(&lock);
}

void fake_core_grant(void)
{
	static const enum state filling = FILLING;
	struct fake *f;

	while ((f = find_and_set(1u << WAITS_FOR_BUFFER, NULL, NULL, &filling)))
		grant(f);
}

void fake_core_finish(void)
{
	static const enum state ended = ENDED;
	struct fake *f;

	while ((f = find_and_set(1u << HANGS, NULL, NULL, &ended)))
		end(f, 0, false);
}

void fake_core_expire(void)
{
	struct sl_cmd *cmd;
	struct fake *f;

	do {
		cmd = NULL;
		pthread_mutex_lock(&lock);
		for (f = all; f && !cmd; f = f->next) {
			if (f->state != FILLING || f->expired)
				continue;
			f->expired = true;
			cmd = f->cmd;
		}
		pthread_mutex_unlock(&lock);
		if (cmd)
			cmd->nexus->ops->data_out_cancel(cmd);
	} while (cmd);
}

static unsigned int read_count(const unsigned int *count)
{
	unsigned int value;

	pthread_mutex_lock(&lock);
	value = *count;
	pthread_mutex_unlock(&lock);
	return value;
}

unsigned int fake_core_live(void)
{
	return read_count(&live);
}

unsigned int fake_core_nexuses(void)
{
	return read_count(&nexuses);
}

unsigned int fake_core_submitted(void)
{
	return read_count(&submitted);
}

unsigned int fake_core_aborted(void)
{
	return read_count(&aborted);
}

unsigned int fake_core_last_write(void)
{
	return read_count(&last_write);
}

int fake_core_last_origin(void)
{
	return last_origin;
}
