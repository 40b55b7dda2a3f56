/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The gateway core as its hosts and fabrics see it.
 *
 * A *host* (daemon, module, simulator) owns threads, memory mappings, sleep and
 * wake-ups. A *fabric* (iSCSI, rig, local SCSI host) owns the wire. The core owns
 * everything between: it takes events in by the functions below and gives actions
 * out by the two tables of operations. It does no I/O, reads no clock, and
 * allocates only where a function says so.
 *
 * Threads: every function may be called from any thread at any time unless it
 * says otherwise. Operations are called with no lock of the core held, on
 * whichever thread's call caused them, also before that call returns; so a fabric
 * whose connection belongs to another thread hands them over to it.
 *
 * Time: now_ns is the host's monotonic clock; it never goes back.
 */
#ifndef SLUICE_CORE_GATEWAY_H
#define SLUICE_CORE_GATEWAY_H

#include "port.h"
#include "sluice/abi.h"

struct sl_gateway;
struct sl_session;	/* one handler process */
struct sl_queue;	/* one of its queues */
struct sl_device;	/* a logical unit, named; outlives sessions */
struct sl_nexus;	/* an I_T nexus */
struct sl_cmd;		/* command.h */
struct sl_tmf;		/* command.h */

/* What the core asks of its host. */
struct sl_host_ops {
	/*
	 * Commands lie in `q` for the handler and no doorbell is pending for it: call
	 * sl_queue_doorbell(q) soon, best once per batch of work. Until then the handler
	 * sees them in groups of SL_SHOW_BATCH at most.
	 */
	void (*queue_dirty)(void *host, struct sl_queue *q);
	/* Wake the handler threads that sleep for this queue (NULL: the admin ring); `word` is its flag (FUTEX_WAKE, all). */
	void (*wake)(void *host, struct sl_session *s, struct sl_queue *q, u32 *word);
	/* The next deadline moved forward to deadline_ns: call sl_gateway_tick() then. */
	void (*timer)(void *host, u64 deadline_ns);
	/* The session's ring is broken (the reason is text): call sl_session_close() from a clean stack. */
	void (*session_broken)(void *host, struct sl_session *s, const char *why);
};

/* What the core asks of a fabric; one table per fabric, given at sl_nexus_open(). */
struct sl_fabric_ops {
	/*
	 * The command's buffer is there (cmd->data, cmd->buf_len bytes). Fetch the
	 * Data-Out into it, then call sl_cmd_data_out_done(). Called once, only for
	 * SLUICE_DIR_OUT with expected_len > 0.
	 */
	void (*data_out)(struct sl_cmd *cmd);
	/*
	 * The command was aborted, or its deadline passed, while the fabric fills its buffer: stop, let go of
	 * the buffer, and call sl_cmd_data_out_done(cmd, 0, now). May cross with the
	 * fabric's own call to it; then the fabric ignores this.
	 */
	void (*data_out_cancel)(struct sl_cmd *cmd);
	/*
	 * The command ended. Send status, sense, Data-In (cmd->data, cmd->data_len) and
	 * residual, unless cmd->silent (aborted: send nothing); then call
	 * sl_cmd_release(). The buffer stays until then. Called exactly once for each
	 * accepted command.
	 */
	void (*respond)(struct sl_cmd *cmd);
	/* The function ended; tmf->response is set. Called exactly once for each. */
	void (*tmf_done)(struct sl_tmf *tmf);
	/* After sl_nexus_close(): the last command was released; `fabric_nexus` may be freed. */
	void (*nexus_closed)(void *fabric_nexus);
};

/* Bounds, all preallocated from; 0 picks the default in parentheses. */
struct sl_limits {
	u32 max_devices;		/* (1024) */
	u32 max_nexuses;		/* (1024) */
	u32 max_sessions;		/* (64) handler sessions */
	u64 max_pool_bytes;		/* (4 GiB) of one session */
	u64 timeout_ns[SLUICE_PACES];	/* (30 s, 60 s, 10 min, 4 h) of devices that say none, by enum sluice_pace */
	u64 grace_ns;			/* (30 s) commands are kept for the next handler, unless a session says how long */
	u64 incarnation;		/* (1) names this life of the gateway: no two in a machine's life are the same */
	u64 abort_bound_ns;		/* (5 s) an abort's answer waits no longer for the handler; then tag and buffer are quarantined */
};

/* Allocates. 0, or -ENOMEM, -EINVAL. */
int sl_gateway_create(const struct sl_host_ops *ops, void *host,
		      const struct sl_limits *limits, struct sl_gateway **out);
/* Every session and nexus must be gone; targets go with it. */
void sl_gateway_destroy(struct sl_gateway *gw);
/*
 * Handle what is due; returns the next deadline, or U64_MAX. Each stage of a command
 * has a bound: the wait for a buffer and its turn, the fetch of its Data-Out, the wait
 * for a tag (all SLUICE_PACE_DATA's), its time with the handler (its own pace's).
 */
u64 sl_gateway_tick(struct sl_gateway *gw, u64 now_ns);
void sl_gateway_info(struct sl_gateway *gw, struct sluice_gateway_info *info);
/* Looks whether the handlers live (session_info.c): call it about once a second. */
void sl_gateway_watch(struct sl_gateway *gw, u64 now_ns);
/* Live commands from a place on; page->next is where the next page begins (command_info.c). */
void sl_command_page(struct sl_gateway *gw, const struct sluice_command_cursor *from, u64 now_ns,
		     struct sluice_command_page *page);

/* ---- Handler sessions (session.c, queue.c) ---------------------------- */

/*
 * Sizes of the two regions for a session; fills *control as the control page will
 * be. -EINVAL with `why` (a static text that names value and remedy) if the
 * request is out of bounds.
 */
int sl_session_layout(struct sl_gateway *gw, const struct sluice_session_open *open,
		      struct sluice_control *control, const char **why);
/*
 * Allocates. The regions are zeroed, mapped by the host, and stay mapped until
 * sl_session_close() returned. `name` identifies the session in logs.
 */
int sl_session_create(struct sl_gateway *gw, const char *name,
		      const struct sluice_control *control,
		      void *gateway_region, void *handler_region,
		      struct sl_session **out);
/*
 * Nothing more is handed over to this session: its devices are held for the next one,
 * which may add them when this one is closed. What it has, it answers as ever.
 */
void sl_session_quiesce(struct sl_session *s, u64 now_ns);
/*
 * The handler is gone; nobody reaps its queues any more. Takes the completions that it
 * left, ends or keeps its commands by each device's recovery policy, orphans its devices. Buffers that a fabric still uses stay valid: the host
 * unmaps only when sl_session_drained() is true (look again after releases).
 */
void sl_session_close(struct sl_session *s, u64 now_ns);
bool sl_session_drained(struct sl_session *s);
/* Frees; only when drained. */
void sl_session_destroy(struct sl_session *s);

u32 sl_session_id(const struct sl_session *s);
/* Host-private pointer: set before the session has traffic. */
void sl_session_set_host(struct sl_session *s, void *host_session);
void *sl_session_host(const struct sl_session *s);
/* Until it is destroyed. `pid` is the host's to fill in. */
void sl_session_info(struct sl_session *s, u64 now_ns, struct sluice_session_info *info);
struct sl_queue *sl_session_queue(struct sl_session *s, u32 index);
/* Host-private pointer, for a host that maps queues to threads: set before the queue has traffic. */
void sl_queue_set_host(struct sl_queue *q, void *host_queue);
void *sl_queue_host(const struct sl_queue *q);
/* At most one thread at a time may be in doorbell, reap, sleep and awake of one queue. */

/* Publish: shows the handler what lies in the queue, and wakes it (ops->wake) if it sleeps. */
void sl_queue_doorbell(struct sl_queue *q);
/* Shows it only, for a doorbell that will take a while. Any thread, from within ops->queue_dirty. */
void sl_queue_show(struct sl_queue *q);
/*
 * Take up to `budget` completions; drains the admin requests first. Returns how
 * many were taken; a broken ring calls ops->session_broken and returns 0.
 */
u32 sl_queue_reap(struct sl_queue *q, u32 budget, u64 now_ns);
/* Completions wait to be reaped (a few loads; for spinning). */
bool sl_queue_ready(const struct sl_queue *q);
/* Commands that the handler holds. */
u32 sl_queue_in_flight(const struct sl_queue *q);
/* About to sleep: raises the flag; false if there is work after all (flag lowered). */
bool sl_queue_sleep(struct sl_queue *q);
void sl_queue_awake(struct sl_queue *q);
/* Tells the handler on which processor its thread for this queue is wanted; -1: anywhere. */
void sl_queue_wish_cpu(struct sl_queue *q, int cpu);
/* The same for the admin ring; bounded by its depth. */
u32 sl_admin_reap(struct sl_session *s, u64 now_ns);
bool sl_admin_sleep(struct sl_session *s);
void sl_admin_awake(struct sl_session *s);

/* ---- Devices (device.c) ------------------------------------------------ */

/*
 * Bind a device to a session. A known name comes back with its identifier, its
 * LUNs and nexuses; commands that were kept for it are handed over before this
 * returns. -EEXIST: another live session serves it. -EINVAL with `why`.
 */
int sl_device_add(struct sl_session *s, const struct sluice_device_add *add, u64 now_ns,
		  struct sluice_device_added *added, const char **why);
/*
 * What the device's handler had stored of its reservations (SLUICE_DESC_STORE), before it adds
 * the device. It counts only before the device was ever added: then the gateway knows better.
 * 0; `why` names what is wrong with a record that is lost. -ENOSPC, -ENOMEM with `why`.
 */
int sl_device_restore(struct sl_session *s, const char *name, const u8 *record, u32 bytes,
		      struct sluice_reservation_restored *restored, const char **why);
/*
 * Unbind. New commands wait or fail as for an orphan. -ENOENT; -EBUSY while
 * commands are with the handler: call again after they ended.
 */
int sl_device_remove(struct sl_session *s, u32 device, u64 now_ns);
/* -ENOENT past the last. */
int sl_device_info(struct sl_gateway *gw, u32 index, u64 now_ns, struct sluice_device_info *info);

/* ---- Targets, groups, LUN maps (target.c) ------------------------------ */

/*
 * A target is named, never pointed to: another thread may remove it, or add to its
 * groups, between any two calls. What is told of it is a copy.
 */

/* Allocate. -EEXIST, -ENOENT, -ENOSPC, -EINVAL with `why`. */
int sl_target_add(struct sl_gateway *gw, const struct sluice_target *t, const char **why);
/* -EBUSY while a nexus exists: the fabric closes them first. */
int sl_target_remove(struct sl_gateway *gw, const char *name, const char **why);
/* The n-th target, for SendTargets. -ENOENT past the last. A removal moves those behind it up. */
int sl_target_at(struct sl_gateway *gw, u32 index, struct sluice_target *t);
/*
 * Would this initiator be let in? (allow-list: a matching group, or an open default
 * group) 0, -ENOENT (no such target), -EACCES. `t` may be NULL; it is filled on 0.
 */
int sl_target_admits(struct sl_gateway *gw, const char *target, const char *initiator_name,
		     struct sluice_target *t);
/* Portals have this target portal group tag (1 .. 65535): every target has a port in it. 0, -ENOSPC, -ENOMEM. */
int sl_portal_group_add(struct sl_gateway *gw, u16 tag);
/* The relative target port identifier of a port. -EINVAL, -EEXIST, -EBUSY (initiators use it) with `why`. */
int sl_target_port_set(struct sl_gateway *gw, const struct sluice_target_port *p, const char **why);
/*
 * The state of a target port group on one device, or on all that are and will be (device
 * empty). Its initiators hear of a change. -EINVAL, -ENOSPC, -ENOMEM with `why`.
 */
int sl_access_state_set(struct sl_gateway *gw, const struct sluice_access_state *a, const char **why);
/* Whom no group names: not let in, or into "default" (as it is at first). Online, as the next ones. */
int sl_target_deny_unknown(struct sl_gateway *gw, const char *target, u64 now_ns,
		    const char **why);
int sl_target_admit_unknown(struct sl_gateway *gw, const char *target, u64 now_ns,
		    const char **why);
int sl_group_add(struct sl_gateway *gw, const struct sluice_group *g, const char **why);
/* Its LUNs and patterns go; who belonged to it belongs to another one. -EINVAL: "default" stays. */
int sl_group_remove(struct sl_gateway *gw, const struct sluice_group *g, u64 now_ns,
		    const char **why);
/* Initiators that are logged in change their group, too: what they see changes, with 3F/0E. */
int sl_group_initiator_add(struct sl_gateway *gw, const struct sluice_group_initiator *i, u64 now_ns,
		    const char **why);
int sl_group_initiator_remove(struct sl_gateway *gw, const struct sluice_group_initiator *i, u64 now_ns,
		    const char **why);
/* Online: nexuses of the group see it with their next command. */
int sl_lun_map(struct sl_gateway *gw, const struct sluice_lun *l, const char **why);
/* Online: commands of that LUN end first or are aborted. */
int sl_lun_unmap(struct sl_gateway *gw, const struct sluice_lun *l, u64 now_ns, const char **why);

/* ---- Nexuses (nexus.c) ------------------------------------------------- */

enum sl_nexus_origin {
	SL_NEXUS_NEW,		/* this initiator port was not here: POWER ON, RESET, OR BUS DEVICE RESET OCCURRED 29/00 */
	SL_NEXUS_REINSTATED,	/* replaces a lost or reinstated session: I_T NEXUS LOSS OCCURRED 29/07 */
};

/*
 * Allocates. `initiator_port` is the full port name ("iqn...,i,0x..."), whose part
 * before ",i," chooses the group of the target of that name; `target_port` ends in
 * ",t,0x" and the portal group's tag. -ENOENT: no such target.
 * -EACCES: not admitted. -ENOSPC: too many.
 */
int sl_nexus_open(struct sl_gateway *gw, const char *target,
		  const char *initiator_port, const char *target_port,
		  const char *peer, enum sl_nexus_origin origin,
		  const struct sl_fabric_ops *ops, void *fabric_nexus,
		  struct sl_nexus **out);
/*
 * Aborts every command without a response, then ops->nexus_closed(). The fabric
 * submits nothing any more and lets go of buffers as data_out_cancel asks.
 */
void sl_nexus_close(struct sl_nexus *n, u64 now_ns);
u32 sl_nexus_id(const struct sl_nexus *n);
/* The relative target port identifier of the port that it came through. */
u16 sl_nexus_relative_port(const struct sl_nexus *n);
void *sl_nexus_fabric(const struct sl_nexus *n);
/*
 * On devices that are spread over all queues (SLUICE_QUEUE_ANY) this nexus uses
 * queue `index` modulo the session's queues. Without a call: spread by nexus.
 */
void sl_nexus_prefer_queue(struct sl_nexus *n, u32 index);
/* A logical unit answers to that LUN: the map has it. */
bool sl_nexus_sees(struct sl_nexus *n, u64 lun);
int sl_nexus_info(struct sl_gateway *gw, u32 index, struct sluice_nexus_info *info);

#endif /* SLUICE_CORE_GATEWAY_H */
