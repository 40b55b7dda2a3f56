/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Commands and task management of the rig, between its messages and the core. */
#include <stdio.h>
#include <stdlib.h>

#include "rig_state.h"

/* ---- What the core calls, on any thread ------------------------------------------- */

static struct rig_task *task_of(struct sl_cmd *cmd)
{
	return (struct rig_task *)cmd;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* The region is there as long as any of the rig's commands is. */
static uint8_t *data_of(const struct rig_task *t)
{
	return (uint8_t *)t->rig->data.base + t->data_off;
}

/* To loop 0; from itself at the end of its batch, without another round. */
static void hand_to_loop_0(struct rig *r, struct loop_work *w)
{
	struct loop *l = host_control_loop(r->host);

	if (loop_is_current(l))
		loop_after(l, w);
	else
		loop_post(l, w);
}

static uint32_t next_order(struct rig *r)
{
	return atomic_fetch_add(&r->host->rig_order, 1) + 1;
}

static void data_out(struct sl_cmd *cmd)
{
	struct rig_task *t = task_of(cmd);
	uint32_t n = smaller(smaller(cmd->expected_len, cmd->buf_len), t->data_len);

	if (n)
		memcpy(cmd->data, data_of(t), n);
	sl_cmd_data_out_done(cmd, n, loop_clock());
}

static void data_out_cancel(struct sl_cmd *cmd)
{
	/* data_out() is over or about to end: it waits for nothing. */
}

static void respond(struct sl_cmd *cmd)
{
	struct rig_task *t = task_of(cmd);
	struct sluice_rig_result *r = &t->result;

	r->task_tag = cmd->task_tag;
	r->aborted = cmd->silent;
	r->order = next_order(t->rig);
	if (!cmd->silent) {
		r->data_len = smaller(cmd->data_len, t->data_len);
		r->residual = cmd->residual;
		r->residual_kind = cmd->residual_kind;
		r->status = cmd->status;
		r->sense_len = cmd->sense_len;
		memcpy(r->sense, cmd->sense, cmd->sense_len);
		if (r->data_len)
			memcpy(data_of(t), cmd->data, r->data_len);
	}
	sl_cmd_release(cmd, loop_clock());
	hand_to_loop_0(t->rig, &t->ended_work);
}

static void tmf_done(struct sl_tmf *tmf)
{
	struct rig_function *f = (struct rig_function *)tmf;

	f->message.response = tmf->response;
	memcpy(f->message.information, tmf->information, sizeof(tmf->information));
	f->message.order = next_order(f->rig);
	hand_to_loop_0(f->rig, &f->ended_work);
}

const struct sl_fabric_ops rig_fabric_ops = {
	.data_out = data_out,
	.data_out_cancel = data_out_cancel,
	.respond = respond,
	.tmf_done = tmf_done,
	.nexus_closed = rig_nexus_closed,
};

/* ---- Loop 0 ------------------------------------------------------------------------ */

static void task_ended(struct loop_work *w)
{
	struct rig_task *t = (struct rig_task *)((char *)w - offsetof(struct rig_task, ended_work));
	struct rig *r = t->rig;

	r->n_commands--;
	if (!r->closed)
		r->listener.command_ended(r->listener.arg, t->id, &t->result);
	free(t);
	rig_release_if_unused(r);
}

static void function_ended(struct loop_work *w)
{
	struct rig_function *f =
		(struct rig_function *)((char *)w - offsetof(struct rig_function, ended_work));
	struct rig *r = f->rig;

	r->n_commands--;
	if (!r->closed)
		r->listener.tmf_ended(r->listener.arg, f->id, &f->message);
	free(f);
	rig_release_if_unused(r);
}

static int good_command(const struct rig *r, const struct sluice_rig_command *m, char why[256])
{
	uint32_t needed = smaller(m->expected_len, SLUICE_MAX_BUFFER);

	if (m->cdb_len < 1 || m->cdb_len > SLUICE_CDB_MAX)
		snprintf(why, 256, "cdb_len %u: give 1 to %u bytes", m->cdb_len, SLUICE_CDB_MAX);
	else if (m->attribute < SLUICE_ATTR_SIMPLE || m->attribute > SLUICE_ATTR_ACA)
		snprintf(why, 256, "attribute %u: choose 1 (SIMPLE) to 4 (ACA)", m->attribute);
	else if (m->direction > SLUICE_DIR_IN)
		snprintf(why, 256, "direction %u: 0 is none, 1 out, 2 in", m->direction);
	else if (m->data_off > r->data.bytes || m->data_len > r->data.bytes - m->data_off)
		snprintf(why, 256, "data at %llu, %u bytes: the region has %zu",
			 (unsigned long long)m->data_off, m->data_len, r->data.bytes);
	else if (m->direction == SLUICE_DIR_OUT && m->data_len < needed)
		snprintf(why, 256, "data_len %u: provide the %u bytes of the expected length",
			 m->data_len, needed);
	else
		return 0;
	return -EINVAL;
}

static struct rig_nexus *admit(struct rig *r, uint32_t id, int *err, char why[256])
{
	struct rig_nexus *n = rig_find_nexus(r, id);

	if (!n) {
		snprintf(why, 256, "I_T nexus %u: this rig has none: open it first", id);
		*err = -ENOENT;
		return NULL;
	}
	if (r->n_commands >= RIG_MAX_COMMANDS) {
		snprintf(why, 256, "%u commands are outstanding, the most: wait for some to end",
			 r->n_commands);
		*err = -EBUSY;
		return NULL;
	}
	return n;
}

static void fill_command(struct sl_cmd *cmd, struct sl_nexus *nexus,
			 const struct sluice_rig_command *m)
{
	cmd->nexus = nexus;
	cmd->task_tag = m->task_tag;
	cmd->expected_len = m->expected_len;
	cmd->cdb_len = m->cdb_len;
	cmd->attribute = m->attribute;
	cmd->direction = m->direction;
	memcpy(cmd->lun, m->lun, sizeof(cmd->lun));
	memcpy(cmd->cdb, m->cdb, m->cdb_len);
}

int rig_command(struct rig *r, uint32_t id, const struct sluice_rig_command *m, char why[256])
{
	int err = good_command(r, m, why);
	struct rig_nexus *n;
	struct rig_task *t;

	if (err)
		return err;
	n = admit(r, m->nexus, &err, why);
	if (!n)
		return err;
	t = calloc(1, sizeof(*t));
	if (!t) {
		snprintf(why, 256, "no memory for a command: give the process more");
		return -ENOMEM;
	}
	t->rig = r;
	t->id = id;
	t->data_off = m->data_off;
	t->data_len = m->data_len;
	t->ended_work.run = task_ended;
	fill_command(&t->cmd, n->core, m);
	r->n_commands++;
	err = sl_cmd_submit(&t->cmd, loop_now(host_control_loop(r->host)));
	if (err) {
		r->n_commands--;
		free(t);
		snprintf(why, 256, "the core refuses the command: %s", strerror(-err));
	}
	return err;
}

int rig_tmf(struct rig *r, uint32_t id, const struct sluice_rig_tmf *m, char why[256])
{
	struct rig_function *f;
	struct rig_nexus *n;
	int err = 0;

	if (m->function < SLUICE_TMF_ABORT_TASK || m->function > SLUICE_TMF_QUERY_ASYNC_EVENT) {
		snprintf(why, 256, "function %u: choose 1 to %u (enum sluice_tmf)", m->function,
			 SLUICE_TMF_QUERY_ASYNC_EVENT);
		return -EINVAL;
	}
	n = admit(r, m->nexus, &err, why);
	if (!n)
		return err;
	f = calloc(1, sizeof(*f));
	if (!f) {
		snprintf(why, 256, "no memory for a function: give the process more");
		return -ENOMEM;
	}
	f->rig = r;
	f->id = id;
	f->message = *m;
	f->ended_work.run = function_ended;
	f->tmf.nexus = n->core;
	f->tmf.function = (u8)m->function;
	f->tmf.task_tag = m->task_tag;
	memcpy(f->tmf.lun, m->lun, sizeof(f->tmf.lun));
	r->n_commands++;
	sl_tmf_submit(&f->tmf, loop_now(host_control_loop(r->host)));
	return 0;
}
