// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* LIO's commands and task management as the core's. */
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <scsi/scsi_common.h>
#include <target/target_core_backend.h>
#include <target/target_core_fabric.h>

#include "lio.h"

/* LOOK_INTERVAL (lio_nexus.c) apart: half a second, and three. */
#define RESERVE_LOOKS 25
#define EJECT_LOOKS   150

static struct kmem_cache *tasks;

int lio_command_start(void)
{
	tasks = KMEM_CACHE(lio_task, 0);
	return tasks ? 0 : -ENOMEM;
}

void lio_command_stop(void)
{
	kmem_cache_destroy(tasks);
}

static struct lio_task *task_of(struct sl_cmd *cmd)
{
	return container_of(cmd, struct lio_task, cmd);
}

/* A pointer, since not every fabric's own tag is unique. */
static u64 task_tag(const struct se_cmd *se)
{
	return (uintptr_t)se;
}

static u8 attribute_of(const struct se_cmd *se)
{
	switch (se->sam_task_attr) {
	case TCM_HEAD_TAG:
		return SLUICE_ATTR_HEAD_OF_QUEUE;
	case TCM_ORDERED_TAG:
		return SLUICE_ATTR_ORDERED;
	case TCM_ACA_TAG:
		return SLUICE_ATTR_ACA;
	default:
		return SLUICE_ATTR_SIMPLE;
	}
}

void lio_submit(struct lio_task *task, struct lio_nexus *nexus)
{
	struct se_cmd *se = task->se;
	struct sl_cmd *cmd = &task->cmd;

	cmd->nexus = nexus->core;
	cmd->task_tag = task_tag(se);
	cmd->expected_len = se->data_length;
	cmd->direction = se->data_length ? sluice_direction(se->data_direction) : SLUICE_DIR_NONE;
	cmd->attribute = attribute_of(se);
	cmd->cdb_len = scsi_command_size(se->t_task_cdb);
	memcpy(cmd->cdb, se->t_task_cdb, cmd->cdb_len);
	sl_cmd_submit(cmd, sluice_now());
}

void lio_refuse(struct lio_task *task)
{
	struct se_cmd *se = task->se;

	kmem_cache_free(tasks, task);
	target_complete_cmd(se, SAM_STAT_BUSY);
}

static sense_reason_t execute(struct se_cmd *se)
{
	struct lio_device *dev = lio_device_of(se->se_dev);
	struct lio_task *task;
	struct lio_nexus *nexus;

	if (scsi_command_size(se->t_task_cdb) > SLUICE_CDB_MAX)
		return TCM_UNSUPPORTED_SCSI_OPCODE;
	/* LIO calls from where one may not sleep, too. */
	task = kmem_cache_zalloc(tasks, GFP_ATOMIC);
	if (!task)
		return TCM_OUT_OF_RESOURCES;
	task->se = se;
	spin_lock_bh(&dev->lock);
	nexus = lio_nexus_find(dev, se->se_sess);
	spin_unlock_bh(&dev->lock);
	/* A nexus stays as long as its session, and that as long as its commands. */
	if (nexus)
		lio_submit(task, nexus);
	else
		lio_nexus_await(dev, task, true);
	return TCM_NO_SENSE;
}

sense_reason_t lio_parse_cdb(struct se_cmd *se)
{
	return passthrough_parse_cdb(se, execute);
}

/* ---- What the core calls ----------------------------------------------------------- */

static void data_out(struct sl_cmd *cmd)
{
	struct se_cmd *se = task_of(cmd)->se;

	sg_copy_to_buffer(se->t_data_sg, se->t_data_nents, cmd->data, cmd->buf_len);
	sl_cmd_data_out_done(cmd, cmd->buf_len, sluice_now());
}

/* Crosses with data_out(), which is never long. */
static void data_out_cancel(struct sl_cmd *cmd)
{
}

/* Who prevents the removal of the medium keeps it off (SPC-5 6.16). */
static bool is_prevented(const struct sl_cmd *cmd)
{
	struct scsi_sense_hdr sense;

	return cmd->status == SAM_STAT_CHECK_CONDITION &&
	       scsi_normalize_sense(cmd->sense, cmd->sense_len, &sense) &&
	       sense.sense_key == ILLEGAL_REQUEST && sense.asc == 0x53 && sense.ascq == 0x02;
}

static bool is_reserve(const struct sl_cmd *cmd)
{
	return cmd->cdb[0] == RESERVE || cmd->cdb[0] == RESERVE_10;
}

/*
 * What kept it off, so that it has done nothing, may belong to a session that has gone since LIO's were last looked at. LIO
 * answers a logout, and loses a connection, before that session leaves its list: so who asks for just that, which is
 * rare, waits for some looks. All others have one at once: a persistent reservation does not end with its nexus.
 */
static u32 looks_wanted(const struct sl_cmd *cmd)
{
	if (cmd->silent)
		return 0;
	if (cmd->status == SAM_STAT_RESERVATION_CONFLICT)
		return is_reserve(cmd) ? RESERVE_LOOKS : 1;
	return is_prevented(cmd) ? EJECT_LOOKS : 0;
}

static bool looks_again(struct lio_task *task)
{
	if (task->looks >= looks_wanted(&task->cmd))
		return false;
	sl_cmd_release(&task->cmd, sluice_now());
	memset(&task->cmd, 0, sizeof(task->cmd));
	lio_nexus_await(lio_device_of(task->se->se_dev), task, task->looks++ == 0);
	return true;
}

static void respond(struct sl_cmd *cmd)
{
	struct lio_task *task = task_of(cmd);
	struct se_cmd *se = task->se;
	u32 moved = se->data_length;
	u8 status = cmd->status;

	if (looks_again(task))
		return;
	if (cmd->silent) {
		/* LIO has marked those that it aborted, and answers by its own rules. */
		status = SAM_STAT_TASK_ABORTED;
	} else {
		if (cmd->data_len)
			sg_copy_from_buffer(se->t_data_sg, se->t_data_nents, cmd->data,
					    cmd->data_len);
		if (cmd->residual_kind == SLUICE_RESIDUAL_UNDER)
			moved -= min(moved, cmd->residual);
		if (cmd->residual_kind == SLUICE_RESIDUAL_OVER) {
			se->se_cmd_flags |= SCF_OVERFLOW_BIT;
			se->residual_count = cmd->residual;
		}
		if (status == SAM_STAT_CHECK_CONDITION) {
			memset(cmd->sense + cmd->sense_len, 0, sizeof(cmd->sense) - cmd->sense_len);
			transport_copy_sense_to_cmd(se, cmd->sense);
			/* A tape's short block comes with both. */
			if (cmd->data_len)
				se->se_cmd_flags |= SCF_TREAT_READ_AS_NORMAL;
		}
	}
	sl_cmd_release(cmd, sluice_now());
	kmem_cache_free(tasks, task);
	target_complete_cmd_with_length(se, status, moved);
}

struct lio_function {
	struct sl_tmf tmf;
	struct completion done;
};

static void tmf_done(struct sl_tmf *tmf)
{
	complete(&container_of(tmf, struct lio_function, tmf)->done);
}

static void nexus_closed(void *fabric_nexus)
{
	struct lio_nexus *n = fabric_nexus;

	complete(&n->closed);
}

const struct sl_fabric_ops lio_fabric_ops = {
	.data_out = data_out,
	.data_out_cancel = data_out_cancel,
	.respond = respond,
	.tmf_done = tmf_done,
	.nexus_closed = nexus_closed,
};

/* ---- Task management: LIO then waits for the commands that it aborted ------------------- */

/* Bounded: the core's abort bound. */
static void run_function(struct lio_nexus *n, u8 function, u64 tag)
{
	struct lio_function f = {
		.tmf.nexus = n->core,
		.tmf.function = function,
		.tmf.task_tag = tag,
	};

	init_completion(&f.done);
	sl_tmf_submit(&f.tmf, sluice_now());
	wait_for_completion(&f.done);
}

void lio_tmr_notify(struct se_device *se_dev, enum tcm_tmreq_table function,
		    struct list_head *aborted)
{
	struct lio_device *dev = lio_device_of(se_dev);
	struct lio_nexus *n;
	struct se_cmd *se;

	mutex_lock(&dev->nexus_mutex);
	if (function == TMR_LUN_RESET) {
		/* It meets every nexus alike; without any there is nothing to reset. */
		n = list_first_entry_or_null(&dev->nexuses, struct lio_nexus, link);
		if (n)
			run_function(n, SLUICE_TMF_LOGICAL_UNIT_RESET, 0);
	} else {
		list_for_each_entry(se, aborted, state_list) {
			n = lio_nexus_find(dev, se->se_sess);
			if (n)
				run_function(n, SLUICE_TMF_ABORT_TASK, task_tag(se));
		}
	}
	mutex_unlock(&dev->nexus_mutex);
}
