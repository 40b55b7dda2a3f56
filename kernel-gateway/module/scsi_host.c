// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_dbg.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_tcq.h>

#include "batch.h"
#include "core/command.h"
#include "host.h"
#include "probe.h"
#include "scsi_host.h"

#define MAX_TARGETS 64
#define CAN_QUEUE   256
/* What the core's largest buffer holds, in blocks of 512 bytes. */
#define MAX_SECTORS (SLUICE_MAX_BUFFER >> 9)

struct scsi_target_port {
	struct sl_nexus *nexus; /* NULL: free */
	struct completion closed;
	char name[SLUICE_PORT_NAME_LEN];
};

/* Behind each scsi_cmnd; zeroed once, with it. */
struct scsi_task {
	struct sl_cmd cmd;
	struct scsi_cmnd *sc;
	bool out; /* from queuecommand() until the core has let go */
};

struct scsi_function {
	struct sl_tmf tmf;
	struct completion done;
};

static struct {
	struct Scsi_Host *host;
	struct mutex lock; /* targets; taken before the midlayer's scan lock */
	struct scsi_target_port targets[MAX_TARGETS];
	struct work_struct rescan;
	struct sluice_batch *batches; /* of each hardware queue */
} local;

/* ---- Commands --------------------------------------------------------------------- */

static struct scsi_task *task_of(struct sl_cmd *cmd)
{
	return container_of(cmd, struct scsi_task, cmd);
}

static void data_out(struct sl_cmd *cmd)
{
	struct scsi_cmnd *sc = task_of(cmd)->sc;

	sg_copy_to_buffer(scsi_sglist(sc), scsi_sg_count(sc), cmd->data, cmd->buf_len);
	sl_cmd_data_out_done(cmd, cmd->buf_len, sluice_now());
}

/* Crosses with data_out(), which is never long. */
static void data_out_cancel(struct sl_cmd *cmd)
{
}

static void respond(struct sl_cmd *cmd)
{
	struct scsi_task *task = task_of(cmd);
	struct scsi_cmnd *sc = task->sc;

	if (cmd->silent) {
		/* By error handling, which has taken it already, or by a reset that somebody asked for. */
		sc->result = DID_RESET << 16;
	} else {
		if (cmd->data_len)
			sg_copy_from_buffer(scsi_sglist(sc), scsi_sg_count(sc), cmd->data,
					    cmd->data_len);
		sc->result = cmd->status;
		memcpy(sc->sense_buffer, cmd->sense,
		       min_t(u32, cmd->sense_len, SCSI_SENSE_BUFFERSIZE));
		if (cmd->residual_kind == SLUICE_RESIDUAL_UNDER)
			scsi_set_resid(sc, cmd->residual);
	}
	/*
	 * Released first: the structure is the midlayer's again from scsi_done() on. Error handling
	 * reuses it without that, so it waits for `out`, and for who has not come to scsi_done() yet.
	 */
	rcu_read_lock();
	sl_cmd_release(cmd, sluice_now());
	/* Pairs with the acquire in await_release(): the core's last use of it comes before. */
	smp_store_release(&task->out, false);
	scsi_done(sc);
	rcu_read_unlock();
}

static u64 task_tag(struct scsi_cmnd *sc)
{
	return blk_mq_unique_tag(scsi_cmd_to_rq(sc)) + 1;
}

static u16 hw_queue(struct scsi_cmnd *sc)
{
	return blk_mq_unique_tag_to_hwq(blk_mq_unique_tag(scsi_cmd_to_rq(sc)));
}

static int queuecommand(struct Scsi_Host *host, struct scsi_cmnd *sc)
{
	struct scsi_task *task = scsi_cmd_priv(sc);
	struct sl_cmd *cmd = &task->cmd;
	struct sluice_batch *batch;
	struct sl_nexus *nexus = READ_ONCE(local.targets[sc->device->id].nexus);

	if (!nexus || sc->cmd_len > SLUICE_CDB_MAX) {
		sc->result = DID_NO_CONNECT << 16;
		scsi_done(sc);
		return 0;
	}
	task->sc = sc;
	WRITE_ONCE(task->out, true);
	cmd->nexus = nexus;
	cmd->task_tag = task_tag(sc);
	cmd->expected_len = scsi_bufflen(sc);
	cmd->direction = cmd->expected_len ? sluice_direction(sc->sc_data_direction) :
					     SLUICE_DIR_NONE;
	cmd->attribute = SLUICE_ATTR_SIMPLE;
	cmd->cdb_len = sc->cmd_len;
	int_to_scsilun(sc->device->lun, (struct scsi_lun *)cmd->lun);
	memcpy(cmd->cdb, sc->cmnd, sc->cmd_len);
	batch = sluice_batch_begin(&local.batches[hw_queue(sc)]);
	sl_cmd_submit(cmd, sluice_now());
	sluice_batch_end(batch, sc->flags & SCMD_LAST);
	return 0;
}

static void commit_rqs(struct Scsi_Host *host, u16 queue)
{
	sluice_batch_flush(&local.batches[queue]);
}

/* The core expects zeroes once, and what it left there from then on. */
static int init_cmd_priv(struct Scsi_Host *host, struct scsi_cmnd *sc)
{
	memset(scsi_cmd_priv(sc), 0, sizeof(struct scsi_task));
	return 0;
}

/*
 * ---- Error handling: the core's task management -----------------------------------------
 *
 * Nothing here waits without a bound: a function is answered within the core's abort bound (5 s)
 * whatever the handler does, and what it ended has been given back by then.
 */

/*
 * The midlayer's time is over. Its time is a guess of the disk driver's, and the core's is the
 * device's own, with the grace in it when its handler has died: while that runs, the end comes by
 * itself. Who sends a command past the drivers (SG_IO) has named a time and means it.
 */
static sluice_timeout_action eh_timed_out(struct scsi_cmnd *sc)
{
	struct scsi_task *task = scsi_cmd_priv(sc);

	/* Recovery of the whole host begins when nobody but it has a command. */
	if (scsi_host_in_recovery(sc->device->host))
		return SLUICE_TIMEOUT_HANDLE;
	/* Pairs with the release in respond(). */
	if (!blk_rq_is_passthrough(scsi_cmd_to_rq(sc)) && smp_load_acquire(&task->out) &&
	    sl_cmd_in_time(&task->cmd, sluice_now()))
		return SLUICE_TIMEOUT_EXTEND;
	return SLUICE_TIMEOUT_HANDLE;
}

static void tmf_done(struct sl_tmf *tmf)
{
	complete(&container_of(tmf, struct scsi_function, tmf)->done);
}

/* From here on nobody has the command but error handling. */
static void await_release(struct scsi_cmnd *sc)
{
	struct scsi_task *task = scsi_cmd_priv(sc);

	/* Its respond() is under way at most; pairs with the release there. */
	while (smp_load_acquire(&task->out))
		usleep_range(500, 1000);
	synchronize_rcu();
}

static int run_function(struct scsi_cmnd *sc, u8 function)
{
	struct scsi_function f = {
		.tmf.nexus = READ_ONCE(local.targets[sc->device->id].nexus),
		.tmf.function = function,
		/* A reset that somebody asked for comes with a command that never was in a queue. */
		.tmf.task_tag = function == SLUICE_TMF_ABORT_TASK ? task_tag(sc) : 0,
	};

	if (!f.tmf.nexus)
		return FAILED;
	init_completion(&f.done);
	int_to_scsilun(sc->device->lun, (struct scsi_lun *)f.tmf.lun);
	sl_tmf_submit(&f.tmf, sluice_now());
	wait_for_completion(&f.done);
	switch (f.tmf.response) {
	case SLUICE_TMF_COMPLETE:
	case SLUICE_TMF_SUCCEEDED:
	case SLUICE_TMF_NO_TASK: /* it has ended */
		await_release(sc);
		return SUCCESS;
	default:
		return FAILED;
	}
}

static int eh_abort(struct scsi_cmnd *sc)
{
	return run_function(sc, SLUICE_TMF_ABORT_TASK);
}

static int eh_device_reset(struct scsi_cmnd *sc)
{
	return run_function(sc, SLUICE_TMF_LOGICAL_UNIT_RESET);
}

static int eh_target_reset(struct scsi_cmnd *sc)
{
	return run_function(sc, SLUICE_TMF_TARGET_RESET);
}

static int eh_host_reset(struct scsi_cmnd *sc)
{
	return run_function(sc, SLUICE_TMF_I_T_NEXUS_RESET);
}

/* Not const: the midlayer of older kernels writes to it. */
static struct scsi_host_template host_template = {
	.module = THIS_MODULE,
	.name = "sluice",
	.proc_name = "sluice",
	.queuecommand = queuecommand,
	.commit_rqs = commit_rqs,
	.eh_timed_out = eh_timed_out,
	.init_cmd_priv = init_cmd_priv,
	.eh_abort_handler = eh_abort,
	.eh_device_reset_handler = eh_device_reset,
	.eh_target_reset_handler = eh_target_reset,
	.eh_host_reset_handler = eh_host_reset,
	.cmd_size = sizeof(struct scsi_task),
	.can_queue = CAN_QUEUE,
	.cmd_per_lun = 64,
	.this_id = -1,
	.sg_tablesize = SG_MAX_SEGMENTS,
	.max_sectors = MAX_SECTORS,
	.dma_boundary = PAGE_SIZE - 1,
	.change_queue_depth = scsi_change_queue_depth,
};

/* ---- Targets and their logical units ------------------------------------------------- */

static void nexus_closed(void *fabric_nexus)
{
	struct scsi_target_port *t = fabric_nexus;

	complete(&t->closed);
}

static const struct sl_fabric_ops fabric_ops = {
	.data_out = data_out,
	.data_out_cancel = data_out_cancel,
	.respond = respond,
	.tmf_done = tmf_done,
	.nexus_closed = nexus_closed,
};

static struct scsi_target_port *find_target(const char *name)
{
	for (u32 i = 0; i < MAX_TARGETS; i++) {
		if (local.targets[i].nexus && !strcmp(local.targets[i].name, name))
			return &local.targets[i];
	}
	return NULL;
}

static struct scsi_target_port *free_target(void)
{
	for (u32 i = 0; i < MAX_TARGETS; i++) {
		if (!local.targets[i].nexus)
			return &local.targets[i];
	}
	return NULL;
}

int sluice_scsi_target_add(const char *name)
{
	char port[SLUICE_PORT_NAME_LEN];
	struct scsi_target_port *t;
	struct sl_nexus *nexus;
	int err = 0;

	mutex_lock(&local.lock);
	if (find_target(name))
		goto out;
	t = free_target();
	err = -ENOSPC;
	if (!t)
		goto out;
	init_completion(&t->closed);
	strscpy(t->name, name, sizeof(t->name));
	snprintf(port, sizeof(port), "%.*s,t,0x0001", SLUICE_PORT_NAME_LEN - 10, name);
	err = sl_nexus_open(sluice_host.gateway, name, SLUICE_LOCAL_PORT, port, "local",
			    SL_NEXUS_NEW, &fabric_ops, t, &nexus);
	if (!err)
		WRITE_ONCE(t->nexus, nexus);
out:
	mutex_unlock(&local.lock);
	if (!err)
		sluice_scsi_host_rescan();
	return err;
}

/* The first device of that SCSI target, or of which the core no longer knows the LUN; with a reference. */
static struct scsi_device *leaving_device(const struct scsi_target_port *t, u32 id, bool all)
{
	struct scsi_device *sdev;

	shost_for_each_device(sdev, local.host) {
		/* shost_for_each_device() holds a reference, which the caller gives back. */
		if (sdev->id == id && sdev->sdev_state != SDEV_DEL &&
		    (all || !sl_nexus_sees(t->nexus, sdev->lun)))
			return sdev;
	}
	return NULL;
}

static void remove_devices(const struct scsi_target_port *t, bool all)
{
	u32 id = t - local.targets;
	struct scsi_device *sdev;

	while ((sdev = leaving_device(t, id, all))) {
		scsi_remove_device(sdev);
		scsi_device_put(sdev);
	}
}

bool sluice_scsi_target_first(char name[SLUICE_PORT_NAME_LEN])
{
	bool found = false;

	mutex_lock(&local.lock);
	for (u32 i = 0; i < MAX_TARGETS && !found; i++) {
		if (!local.targets[i].nexus)
			continue;
		strscpy(name, local.targets[i].name, SLUICE_PORT_NAME_LEN);
		found = true;
	}
	mutex_unlock(&local.lock);
	return found;
}

void sluice_scsi_target_remove(const char *name)
{
	struct scsi_target_port *t;
	struct sl_nexus *nexus;

	mutex_lock(&local.lock);
	t = find_target(name);
	if (t) {
		remove_devices(t, true);
		nexus = t->nexus;
		sl_nexus_close(nexus, sluice_now());
		wait_for_completion(&t->closed);
		WRITE_ONCE(t->nexus, NULL);
	}
	mutex_unlock(&local.lock);
}

static void run_rescan(struct work_struct *work)
{
	mutex_lock(&local.lock);
	for (u32 i = 0; i < MAX_TARGETS; i++) {
		if (!local.targets[i].nexus)
			continue;
		remove_devices(&local.targets[i], false);
		scsi_scan_target(&local.host->shost_gendev, 0, i, SCAN_WILD_CARD, SCSI_SCAN_RESCAN);
	}
	mutex_unlock(&local.lock);
}

void sluice_scsi_host_rescan(void)
{
	queue_work(sluice_host.work, &local.rescan);
}

int sluice_scsi_host_start(void)
{
	struct Scsi_Host *host = scsi_host_alloc(&host_template, 0);
	int err = -ENOMEM;

	if (!host)
		return -ENOMEM;
	local.batches = kcalloc(nr_cpu_ids, sizeof(*local.batches), GFP_KERNEL);
	if (!local.batches)
		goto put;
	mutex_init(&local.lock);
	INIT_WORK(&local.rescan, run_rescan);
	host->max_id = MAX_TARGETS;
	host->max_lun = SLUICE_LUN_MAX + 1;
	host->max_cmd_len = SLUICE_CDB_MAX;
	host->nr_hw_queues = num_online_cpus();
	host->host_tagset = 1;
	local.host = host;
	err = scsi_add_host(host, NULL);
	if (!err)
		return 0;
	kfree(local.batches);
put:
	scsi_host_put(host);
	return err;
}

void sluice_scsi_host_stop(void)
{
	cancel_work_sync(&local.rescan);
	for (u32 i = 0; i < MAX_TARGETS; i++) {
		if (local.targets[i].nexus)
			sluice_scsi_target_remove(local.targets[i].name);
	}
	scsi_remove_host(local.host);
	scsi_host_put(local.host);
	kfree(local.batches);
}
