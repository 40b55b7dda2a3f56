// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * I_T nexuses of LIO's sessions. LIO tells a backend neither when a session begins nor when it ends: so a nexus is opened with the
 * first command, on a work item since that allocates, and closed when a look at LIO's sessions, every half second, does not find it.
 */
#include <linux/slab.h>
#include <target/iscsi/iscsi_target_core.h>
#include <target/target_core_backend.h>
#include <target/target_core_fabric.h>

#include "lio.h"

#define SWEEP_INTERVAL (HZ / 2)
#define LOOK_INTERVAL  msecs_to_jiffies(20)

/*
 * Tells a session from the one before it, which may have had the same address: who logs in again at once must
 * find a nexus without the reservations of the one he lost. iSCSI counts its sessions. Those of other fabrics have
 * 0: a new one of the same port is known by its address, or by the look that did not find the old one.
 */
static u32 session_number(const struct se_session *session)
{
	const struct iscsit_session *iscsi = session->fabric_sess_ptr;

	return strcmp(session->se_tpg->se_tpg_tfo->fabric_name, "iSCSI") ? 0 : iscsi->tsih;
}

/* A session that is registered: with a command under way, or under the lock of its portal group. */
static bool is_of(const struct lio_nexus *n, const struct se_session *session)
{
	return n->session == session && n->acl == session->se_node_acl &&
	       n->fabric_session == session->fabric_sess_ptr && n->isid == session->sess_bin_isid &&
	       n->number == session_number(session);
}

struct lio_nexus *lio_nexus_find(struct lio_device *dev, const struct se_session *session)
{
	struct lio_nexus *n;

	list_for_each_entry(n, &dev->nexuses, link) {
		if (is_of(n, session))
			return n;
	}
	return NULL;
}

static void close(struct lio_device *dev, struct lio_nexus *n)
{
	spin_lock_bh(&dev->lock);
	list_del(&n->link);
	spin_unlock_bh(&dev->lock);
	sl_nexus_close(n->core, sluice_now());
	wait_for_completion(&n->closed);
	kfree(n);
}

static bool tpg_has(struct se_portal_group *tpg, const struct lio_nexus *n)
{
	struct se_session *session;
	unsigned long flags;
	bool has = false;

	spin_lock_irqsave(&tpg->session_lock, flags);
	list_for_each_entry(session, &tpg->tpg_sess_list, sess_list)
		has = has || is_of(n, session);
	spin_unlock_irqrestore(&tpg->session_lock, flags);
	return has;
}

/* A portal group outlives its LUNs, and they are unlinked from the device under that lock. */
static bool is_there(struct lio_device *dev, const struct lio_nexus *n)
{
	struct se_lun *lun;
	bool has = false;

	spin_lock(&dev->se_dev.se_port_lock);
	list_for_each_entry(lun, &dev->se_dev.dev_sep_list, lun_dev_link)
		has = has || tpg_has(lun->lun_tpg, n);
	spin_unlock(&dev->se_dev.se_port_lock);
	return has;
}

static void close_lost(struct lio_device *dev)
{
	struct lio_nexus *n, *next;

	list_for_each_entry_safe(n, next, &dev->nexuses, link) {
		if (!is_there(dev, n))
			close(dev, n);
	}
}

static void run_sweep(struct work_struct *work)
{
	struct lio_device *dev = container_of(to_delayed_work(work), struct lio_device, sweep);

	mutex_lock(&dev->nexus_mutex);
	close_lost(dev);
	if (!list_empty(&dev->nexuses))
		queue_delayed_work(lio_work, &dev->sweep, SWEEP_INTERVAL);
	mutex_unlock(&dev->nexus_mutex);
}

static u16 relative_port(const struct se_lun *lun)
{
#ifdef SLUICE_HAS_TPG_RTPI
	return lun->lun_tpg->tpg_rtpi;
#else
	return lun->lun_rtpi;
#endif
}

static struct lio_nexus *open(struct lio_device *dev, const struct se_cmd *se)
{
	const struct se_session *session = se->se_sess;
	struct lio_nexus *n = kzalloc(sizeof(*n), GFP_KERNEL);
	char initiator[SLUICE_PORT_NAME_LEN], port[SLUICE_PORT_NAME_LEN];

	if (!n)
		return NULL;
	init_completion(&n->closed);
	n->session = session;
	n->acl = session->se_node_acl;
	n->fabric_session = session->fabric_sess_ptr;
	n->isid = session->sess_bin_isid;
	n->number = session_number(session);
	/* The port's suffix must fit in whole. */
	snprintf(initiator, sizeof(initiator), "%.*s,i,0x%012llx", SLUICE_PORT_NAME_LEN - 18,
		 n->acl->initiatorname, n->isid & 0xffffffffffffULL);
	snprintf(port, sizeof(port), "%.*s,t,0x%04x", SLUICE_PORT_NAME_LEN - 10, dev->target,
		 relative_port(se->se_lun));
	if (sl_nexus_open(sluice_host.gateway, dev->target, initiator, port, "lio", SL_NEXUS_NEW,
			  &lio_fabric_ops, n, &n->core)) {
		kfree(n);
		return NULL;
	}
	spin_lock_bh(&dev->lock);
	list_add(&n->link, &dev->nexuses);
	spin_unlock_bh(&dev->lock);
	queue_delayed_work(lio_work, &dev->sweep, SWEEP_INTERVAL);
	return n;
}

static struct lio_task *next_waiting(struct lio_device *dev)
{
	struct lio_task *task;

	spin_lock_bh(&dev->lock);
	task = list_first_entry_or_null(&dev->waiting, struct lio_task, link);
	if (task)
		list_del(&task->link);
	spin_unlock_bh(&dev->lock);
	return task;
}

/* By LIO, which waits for its end: it must not do any more what somebody else is told has not been done. */
static bool is_aborted(struct se_cmd *se)
{
	unsigned long flags;
	bool aborted;

	spin_lock_irqsave(&se->t_state_lock, flags);
	aborted = se->transport_state & CMD_T_ABORTED;
	spin_unlock_irqrestore(&se->t_state_lock, flags);
	return aborted;
}

static void run_open(struct work_struct *work)
{
	struct lio_device *dev = container_of(work, struct lio_device, open);
	struct lio_nexus *n;
	struct lio_task *task;

	mutex_lock(&dev->nexus_mutex);
	while ((task = next_waiting(dev))) {
		/* Under the mutex only this adds to the list and takes from it. */
		n = lio_nexus_find(dev, task->se->se_sess);
		if (!n || task->looks)
			close_lost(dev);
		if (!n)
			n = open(dev, task->se);
		if (n && !is_aborted(task->se))
			lio_submit(task, n);
		else
			lio_refuse(task);
	}
	mutex_unlock(&dev->nexus_mutex);
}

static void run_look(struct work_struct *work)
{
	struct lio_device *dev = container_of(to_delayed_work(work), struct lio_device, look);

	spin_lock_bh(&dev->lock);
	list_splice_tail_init(&dev->patient, &dev->waiting);
	spin_unlock_bh(&dev->lock);
	queue_work(lio_work, &dev->open);
}

void lio_nexus_await(struct lio_device *dev, struct lio_task *task, bool now)
{
	spin_lock_bh(&dev->lock);
	list_add_tail(&task->link, now ? &dev->waiting : &dev->patient);
	spin_unlock_bh(&dev->lock);
	if (now)
		queue_work(lio_work, &dev->open);
	else
		queue_delayed_work(lio_work, &dev->look, LOOK_INTERVAL);
}

void lio_nexus_init(struct lio_device *dev)
{
	mutex_init(&dev->nexus_mutex);
	spin_lock_init(&dev->lock);
	INIT_LIST_HEAD(&dev->nexuses);
	INIT_LIST_HEAD(&dev->waiting);
	INIT_LIST_HEAD(&dev->patient);
	INIT_WORK(&dev->open, run_open);
	INIT_DELAYED_WORK(&dev->look, run_look);
	INIT_DELAYED_WORK(&dev->sweep, run_sweep);
}

void lio_nexus_close_all(struct lio_device *dev)
{
	struct lio_nexus *n, *next;

	cancel_delayed_work_sync(&dev->look);
	cancel_work_sync(&dev->open);
	mutex_lock(&dev->nexus_mutex);
	list_for_each_entry_safe(n, next, &dev->nexuses, link)
		close(dev, n);
	mutex_unlock(&dev->nexus_mutex);
	cancel_delayed_work_sync(&dev->sweep);
}
