/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Commands and task management of the rig, between its messages and the core. */
#include "rig_state.h"

/* ---- What the core calls, on any thread ------------------------------------------- */

static struct rig_task *task_of(struct sl_cmd *cmd)
{
	return (struct rig_task *)cmd;
}

static u32 smaller(u32 a, u32 b)
{
	return a < b ? a : b;
}

static u32 rig_order(struct rig *r)
{
	return sl_fetch_add_relaxed(&r->fabric->order, 1) + 1;
}

static void data_out(struct sl_cmd *cmd)
{
	struct rig_task *t = task_of(cmd);
	u32 n = smaller(smaller(cmd->expected_len, cmd->buf_len), t->data_len);

	if (n)
		rig_region_read(&t->rig->data, t->data_off, cmd->data, n);
	sl_cmd_data_out_done(cmd, n, rig_host_now());
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
	r->order = rig_order(t->rig);
	if (!cmd->silent) {
		r->data_len = smaller(cmd->data_len, t->data_len);
		r->residual = cmd->residual;
		r->residual_kind = cmd->residual_kind;
		r->status = cmd->status;
		r->sense_len = cmd->sense_len;
		memcpy(r->sense, cmd->sense, cmd->sense_len);
		if (r->data_len)
			rig_region_write(&t->rig->data, t->data_off, cmd->data, r->data_len);
	}
	sl_cmd_release(cmd, rig_host_now());
	rig_host_later(t->rig->fabric, &t->ended_work);
}

static void tmf_done(struct sl_tmf *tmf)
{
	struct rig_function *f = (struct rig_function *)tmf;

	f->message.response = tmf->response;
	memcpy(f->message.information, tmf->information, sizeof(tmf->information));
	f->message.order = rig_order(f->rig);
	rig_host_later(f->rig->fabric, &f->ended_work);
}

const struct sl_fabric_ops rig_fabric_ops = {
	.data_out = data_out,
	.data_out_cancel = data_out_cancel,
	.respond = respond,
	.tmf_done = tmf_done,
	.nexus_closed = rig_nexus_closed,
};

/* ---- In the rigs' turn ------------------------------------------------------------------------ */

static void task_ended(struct rig_work *w)
{
	struct rig_task *t = (struct rig_task *)((char *)w - offsetof(struct rig_task, ended_work));
	struct rig *r = t->rig;

	r->n_commands--;
	if (!r->closed)
		r->listener.command_ended(r->listener.arg, t->id, &t->result);
	sl_free(t);
	rig_release_if_unused(r);
}

static void function_ended(struct rig_work *w)
{
	struct rig_function *f =
		(struct rig_function *)((char *)w - offsetof(struct rig_function, ended_work));
	struct rig *r = f->rig;

	r->n_commands--;
	if (!r->closed)
		r->listener.tmf_ended(r->listener.arg, f->id, &f->message);
	sl_free(f);
	rig_release_if_unused(r);
}

static int good_command(const struct rig *r, const struct sluice_rig_command *m, char why[256])
{
	u32 needed = smaller(m->expected_len, SLUICE_MAX_BUFFER);
	u64 room = rig_region_bytes(&r->data);

	if (m->cdb_len < 1 || m->cdb_len > SLUICE_CDB_MAX)
		snprintf(why, 256, "cdb_len %u: give 1 to %u bytes", m->cdb_len, SLUICE_CDB_MAX);
	else if (m->attribute < SLUICE_ATTR_SIMPLE || m->attribute > SLUICE_ATTR_ACA)
		snprintf(why, 256, "attribute %u: choose 1 (SIMPLE) to 4 (ACA)", m->attribute);
	else if (m->direction > SLUICE_DIR_IN)
		snprintf(why, 256, "direction %u: 0 is none, 1 out, 2 in", m->direction);
	else if (m->data_off > room || m->data_len > room - m->data_off)
		snprintf(why, 256, "data at %llu, %u bytes: the region has %llu",
			 (unsigned long long)m->data_off, m->data_len, (unsigned long long)room);
	else if (m->direction == SLUICE_DIR_OUT && m->data_len < needed)
		snprintf(why, 256, "data_len %u: provide the %u bytes of the expected length",
			 m->data_len, needed);
	else
		return 0;
	return -EINVAL;
}

static struct rig_nexus *admit(struct rig *r, u32 id, int *err, char why[256])
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

int rig_command(struct rig *r, u32 id, const struct sluice_rig_command *m, char why[256])
{
	int err = good_command(r, m, why);
	struct rig_nexus *n;
	struct rig_task *t;

	if (err)
		return err;
	n = admit(r, m->nexus, &err, why);
	if (!n)
		return err;
	t = rig_region_prepare(&r->data, m->data_off, m->data_len) ? NULL : sl_alloc(sizeof(*t));
	if (!t) {
		snprintf(why, 256, "no memory for a command");
		return -ENOMEM;
	}
	t->rig = r;
	t->id = id;
	t->data_off = m->data_off;
	t->data_len = m->data_len;
	t->ended_work.run = task_ended;
	fill_command(&t->cmd, n->core, m);
	r->n_commands++;
	err = sl_cmd_submit(&t->cmd, rig_host_now());
	if (err) {
		r->n_commands--;
		sl_free(t);
		snprintf(why, 256, "the core refuses the command: error %d", -err);
	}
	return err;
}

int rig_tmf(struct rig *r, u32 id, const struct sluice_rig_tmf *m, char why[256])
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
	f = sl_alloc(sizeof(*f));
	if (!f) {
		snprintf(why, 256, "no memory for a function");
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
	sl_tmf_submit(&f->tmf, rig_host_now());
	return 0;
}
