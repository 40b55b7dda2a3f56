/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
/*
 * Sluice ABI: everything that a gateway (sluice.ko, sluiced, an in-process
 * libsluice) and its clients (handlers, the control plane, the rig) say to
 * each other. This header is the only definition, and one file however long, so
 * that there is one place to read and to ship; docs/ring-abi.md explains it.
 *
 * Rules that hold for every structure here
 *  - Fields are little-endian and fixed-width; padding is explicit; what is
 *    named `reserved` is written as zero and refused when it is not zero.
 *  - There are offsets and never pointers. An offset counts bytes from the
 *    start of the region that its comment names.
 *  - Text is UTF-8, NUL-terminated, and zero up to the end of its array.
 *  - Ring indices are free-running 32-bit counters; the slot is `index & mask`.
 *  - The gateway is the master: it keeps private copies of every index and tag
 *    state, reads what a handler wrote once, and judges the copy.
 */
#ifndef SLUICE_ABI_H
#define SLUICE_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the Sluice ABI is little-endian; this host is not"
#endif

/* "SLUICE\0\1" read as a little-endian 64-bit number. */
#define SLUICE_MAGIC		0x01004543494c5553ULL

/*
 * Version: major << 16 | minor. Peers of another major refuse each other and
 * name both versions; a larger minor only adds features, each behind a bit.
 */
#define SLUICE_ABI_VERSION	0x00030000U

/* Features: asked for in HELLO, granted in its reply and in the control page. */
#define SLUICE_FEATURE_DELEGATE	(1ULL << 0)	/* completions may name {file, offset, length}; reserved, never granted by ABI 3.0 */

/* Limits of the ABI itself; a gateway may be configured to less. */
#define SLUICE_MAX_QUEUES	64U
#define SLUICE_MAX_DEPTH	4096U		/* tags per queue, a power of two */
#define SLUICE_MAX_BUFFER	(16U << 20)	/* bytes of one command's buffer */
#define SLUICE_CDB_INLINE	16U
#define SLUICE_CDB_MAX		260U		/* SPC-5 4.2.3: variable length CDB */
#define SLUICE_SENSE_MAX	252U		/* SPC-5 4.4.1 */
#define SLUICE_NAME_LEN		64U		/* device, session, group names */
#define SLUICE_PORT_NAME_LEN	240U		/* "iqn...,i,0x0123456789ab" (RFC 7143 4.2.7) */
#define SLUICE_CACHE_LINE	128U		/* two lines: adjacent-line prefetch */
#define SLUICE_PAGE		4096U

/* ------------------------------------------------------------------------
 * 1. Shared memory
 *
 * A handler session has two regions. The gateway region is written by the
 * gateway only: sluiced passes it as a memfd with F_SEAL_FUTURE_WRITE, the
 * module refuses to map it writable. The handler region may be written by both.
 *
 *   gateway region (handler: read-only)     handler region (handler: read-write)
 *   +--------------------------------+      +---------------------------------+
 *   | struct sluice_control          |      | queue 0: struct sluice_user_index|
 *   +--------------------------------+      |          completion[depth]      |
 *   | queue 0: struct sluice_gw_index|      |          response[depth]        |
 *   |          u32 submission[depth] |      +---------------------------------+
 *   |          struct desc[depth]    |      | queue 1 ...                     |
 *   |          cdb_ext[depth]        |      +---------------------------------+
 *   +--------------------------------+      | admin: struct sluice_user_index |
 *   | queue 1 ...                    |      |        request[admin_depth]     |
 *   +--------------------------------+      +---------------------------------+
 *   | admin: struct sluice_gw_index  |      | data pool (page-aligned)        |
 *   |        event[admin_depth]      |      +---------------------------------+
 *   +--------------------------------+
 *
 * Every offset is in the control page; a handler computes none by itself.
 */

enum sluice_session_state {
	SLUICE_SESSION_ACTIVE	= 1,
	SLUICE_SESSION_CLOSING	= 2,	/* finish what you hold, expect no more */
	SLUICE_SESSION_BROKEN	= 3,	/* the gateway judged the ring broken; unmap and reconnect */
};

/* First page of the gateway region. Constant but for `state` and `epoch`. */
struct sluice_control {
	__u64 magic;			/* SLUICE_MAGIC */
	__u32 abi_version;
	__u32 state;			/* enum sluice_session_state; load acquire */
	__u64 features;			/* granted */
	__u32 session;			/* session identifier, unique in this gateway */
	__u32 epoch;			/* counts the processes that have served this session, from 1 */
	__u32 queues;
	__u32 depth;			/* tags per queue, a power of two */
	__u32 admin_depth;		/* a power of two */
	__u32 max_buffer;		/* bytes: the largest buf_len that a descriptor can carry */
	__u64 gateway_bytes;		/* size of the gateway region */
	__u64 handler_bytes;		/* size of the handler region */
	/* gateway region: queue q starts at gw_queue_off + q * gw_queue_stride */
	__u64 gw_queue_off;
	__u64 gw_queue_stride;
	__u32 gw_ring_off;		/* within the queue: u32 submission[depth] */
	__u32 gw_desc_off;		/* within the queue: struct sluice_desc[depth] */
	__u64 gw_admin_off;		/* struct sluice_gw_index of the admin ring */
	__u64 gw_event_off;		/* struct sluice_event[admin_depth] */
	/* handler region: queue q starts at user_queue_off + q * user_queue_stride */
	__u64 user_queue_off;
	__u64 user_queue_stride;
	__u32 user_comp_off;		/* within the queue: struct sluice_completion[depth] */
	__u32 user_resp_off;		/* within the queue: struct sluice_response[depth] */
	__u64 user_admin_off;		/* struct sluice_user_index of the admin ring */
	__u64 user_request_off;		/* struct sluice_request[admin_depth] */
	__u64 pool_off;			/* data pool; descriptors' buf_off counts from here */
	__u64 pool_bytes;
	__u64 incarnation;		/* of the gateway: sequence numbers compare within one only */
	__u64 grace_ns;			/* as granted, see struct sluice_session_open */
	__u8  reserved[SLUICE_PAGE - 176];
};

/*
 * Indices written by the gateway. The handler maps them read-only.
 *
 * `sub_producer`: the gateway fills desc[tag], then the slot, then stores this
 *   with release; the handler loads it with acquire.
 * `comp_consumer`: completions up to here have been copied out; their slots and
 *   response[tag] may be written again. Release / acquire.
 * `sleeping`: 1 while the gateway thread that reaps this ring sleeps or is about
 *   to. Handler: store comp_producer (release), full fence, load sleeping; if 1,
 *   write 8 bytes (the number 1) to the ring's eventfd. Gateway: store
 *   sleeping = 1, full fence, look at comp_producer again, then sleep. The two
 *   fences pair: one side always sees the other.
 * `cpu`: a wish. The number of a processor, plus 1, on which the gateway's thread keeps
 *   and would have the handler's thread for this ring: waking each other is cheapest
 *   there. 0: none. It may change at any time; relaxed.
 */
struct sluice_gw_index {
	__u32 sub_producer;
	__u8  reserved0[SLUICE_CACHE_LINE - 4];
	__u32 comp_consumer;
	__u8  reserved1[SLUICE_CACHE_LINE - 4];
	__u32 sleeping;
	__u32 cpu;
	__u8  reserved2[SLUICE_CACHE_LINE - 8];
};

/*
 * Indices written by the handler.
 *
 * `sub_consumer`: entries up to here have been taken. Store with release, before
 *   the first of them has an effect; what lies behind it counts as never seen
 *   when another process takes over (section 4).
 * `comp_producer`: fill completion slot and response[tag], then store release.
 * `sleeping`: a futex word (FUTEX_WAIT, not private). Handler: store 1, full
 *   fence, look at sub_producer again, then FUTEX_WAIT(&sleeping, 1). Gateway:
 *   store sub_producer (release), full fence, load sleeping; if not 0, store 0 and
 *   FUTEX_WAKE. A handler that never sleeps costs the gateway no system call.
 */
struct sluice_user_index {
	__u32 sub_consumer;
	__u8  reserved0[SLUICE_CACHE_LINE - 4];
	__u32 comp_producer;
	__u8  reserved1[SLUICE_CACHE_LINE - 4];
	__u32 sleeping;
	__u8  reserved2[SLUICE_CACHE_LINE - 4];
};

/* Task attributes (SAM-6 8.9); also the values that iSCSI uses. */
enum sluice_task_attribute {
	SLUICE_ATTR_SIMPLE	= 1,
	SLUICE_ATTR_ORDERED	= 2,
	SLUICE_ATTR_HEAD_OF_QUEUE = 3,
	SLUICE_ATTR_ACA		= 4,
};

enum sluice_direction {
	SLUICE_DIR_NONE	= 0,
	SLUICE_DIR_OUT	= 1,	/* initiator to device (Data-Out buffer) */
	SLUICE_DIR_IN	= 2,	/* device to initiator (Data-In buffer) */
};

/*
 * An earlier process may have executed it: it had taken it out of its ring and had
 * not answered. `sequence` is the one it had then; buffer, tag and generation are new.
 */
#define SLUICE_DESC_REDELIVERED	(1U << 0)
/*
 * Not to be executed: the buffer's data_out_len bytes are the gateway's own record of the
 * device (its persistent reservations). Store them so that they survive a loss of power,
 * in place of those stored before, and answer GOOD when that is so.
 */
#define SLUICE_DESC_STORE	(1U << 1)

/*
 * One command. Valid from the moment its tag is in the submission ring until
 * the handler's completion for {tag, generation} has been consumed.
 */
struct sluice_desc {
	__u32 tag;			/* index of this descriptor */
	__u32 generation;		/* echo it: a completion of another generation is dropped */
	__u32 device;			/* identifier from DEVICE_ADD */
	__u32 nexus;			/* I_T nexus identifier, announced by SLUICE_EVENT_NEXUS_ADD */
	__u64 sequence;			/* per device, from 1, in the order of first hand-over; kept when handed over again */
	__u64 deadline_ns;		/* CLOCK_MONOTONIC; later than this the initiator has its answer. 0: none */
	__u16 flags;			/* SLUICE_DESC_* */
	__u8  attribute;		/* enum sluice_task_attribute */
	__u8  direction;		/* enum sluice_direction */
	__u16 cdb_len;			/* 1 .. SLUICE_CDB_MAX */
	__u16 reserved0;
	__u64 buf_off;			/* from pool_off; a multiple of SLUICE_PAGE; meaningless if buf_len is 0 */
	__u32 buf_len;			/* bytes that may be used; min(expected_len, max_buffer) */
	__u32 expected_len;		/* the initiator's expected data transfer length, bytes */
	__u32 data_out_len;		/* bytes of Data-Out in the buffer, <= buf_len */
	__u32 reserved1;
	__u8  cdb[SLUICE_CDB_INLINE];	/* the CDB's first 16 bytes, zero-padded */
	__u64 cdb_ext_off;		/* gateway region: the whole CDB when cdb_len > 16; else 0 */
	__u8  reserved2[40];
};

#define SLUICE_COMP_DELEGATE	(1U << 0)	/* delegate_* are valid (SLUICE_FEATURE_DELEGATE) */

/* One answer. Copied once by the gateway; the slot may then be reused. */
struct sluice_completion {
	__u32 tag;
	__u32 generation;
	__u8  status;			/* SAM-6 5.3.1: 00h GOOD, 02h CHECK CONDITION, ... */
	__u8  flags;			/* SLUICE_COMP_* */
	__u16 sense_len;		/* bytes in response[tag].sense, <= SLUICE_SENSE_MAX */
	/*
	 * Bytes that the command transfers as the device sees it: Data-In written to
	 * the buffer from its start, or Data-Out that the CDB called for. It may
	 * exceed expected_len; the gateway moves at most buf_len and reports the
	 * overflow or underflow residual against expected_len (SAM-6 5.4.3).
	 */
	__u32 data_len;
	__u64 delegate_off;
	__u32 delegate_file;
	__u32 delegate_len;
};

/* What does not fit a completion; indexed by tag. */
struct sluice_response {
	__u8 sense[SLUICE_SENSE_MAX];	/* fixed or descriptor format (SPC-5 4.4) */
	__u8 reserved[4];
};

/* ------------------------------------------------------------------------
 * 2. The admin ring: events to the handler, requests from it
 *
 * It has indices of the same shape as a queue. The gateway never waits for it:
 * an event that finds it full is kept with its object and sent when there is
 * room, the newest state winning.
 *
 * TASK_MANAGEMENT with I_T_NEXUS_RESET says that what the device keeps for the nexus starts
 * afresh, PREVENT ALLOW MEDIUM REMOVAL above all (SPC-5 6.16): the nexus was reset, or a
 * PREEMPT AND ABORT took its registration, or its last LUN of the device was unmapped. It
 * is never lost: what one process has not read, the next one that serves the device is told.
 *
 * Order: a NEXUS_ADD is visible before the first command of that nexus, and no earlier
 * than that command: of a nexus that sends none the handler is not told. But who takes a
 * device over is told of all that reach it before the reply to DEVICE_ADD, so that he knows
 * whom a former process kept something for; the ring has room for all of them. A request
 * stored before a completion takes effect before that completion: the gateway
 * drains the requests before it judges completions of the same session.
 */
enum sluice_event_type {
	SLUICE_EVENT_NEXUS_ADD		= 1,	/* nexus, initiator_port, target_port, relative_port, port_group */
	SLUICE_EVENT_NEXUS_REMOVE	= 2,	/* nexus; its commands have ended */
	SLUICE_EVENT_TASK_MANAGEMENT	= 3,	/* function, device, nexus; tag/generation for ABORT TASK. Hasten or ignore; answer the commands as always */
	SLUICE_EVENT_LUN_RESET		= 4,	/* device: return volatile state to its default (SAM-6 6.3.3) */
	SLUICE_EVENT_PING		= 5,	/* nothing to do: that it is taken shows that the handler lives */
};

/* Task management functions (SAM-6 7). */
enum sluice_tmf {
	SLUICE_TMF_ABORT_TASK		= 1,
	SLUICE_TMF_ABORT_TASK_SET	= 2,
	SLUICE_TMF_CLEAR_ACA		= 3,
	SLUICE_TMF_CLEAR_TASK_SET	= 4,
	SLUICE_TMF_LOGICAL_UNIT_RESET	= 5,
	SLUICE_TMF_TARGET_RESET		= 6,
	SLUICE_TMF_I_T_NEXUS_RESET	= 7,
	SLUICE_TMF_QUERY_TASK		= 8,
	SLUICE_TMF_QUERY_TASK_SET	= 9,
	SLUICE_TMF_QUERY_ASYNC_EVENT	= 10,
};

struct sluice_event {
	__u32 type;			/* enum sluice_event_type */
	__u32 device;
	__u32 nexus;
	__u32 function;			/* enum sluice_tmf */
	__u32 queue;			/* of tag */
	__u32 tag;
	__u32 generation;
	__u16 relative_port;		/* the target port's relative target port identifier (SPC-5), 1 .. 65535 */
	__u16 port_group;		/* its target port group, which is its target portal group tag */
	char  initiator_port[SLUICE_PORT_NAME_LEN];
	char  target_port[SLUICE_PORT_NAME_LEN];
};

enum sluice_request_type {
	SLUICE_REQUEST_UNIT_ATTENTION	= 1,	/* device, nexus, scope, asc, ascq */
	SLUICE_REQUEST_CONTROL_MODE	= 2,	/* device, control_mode: the Control mode page's current values */
};

enum sluice_ua_scope {
	SLUICE_UA_ALL		= 1,	/* every nexus of the device */
	SLUICE_UA_ALL_BUT	= 2,	/* every nexus but `nexus` */
	SLUICE_UA_ONE		= 3,	/* only `nexus` */
};

/*
 * The Control mode page's current values (SPC-5 7.5.10) as far as the gateway acts on them.
 * Fields have the page's own values; others than these are refused.
 *
 * TST: with 001b every I_T nexus has a task set of its own; task_set_limit is each one's. A
 *   change leaves commands where they are, and ends ACA conditions.
 * QERR: 00b, 01b (a CHECK CONDITION aborts all commands of its task set), 11b (those of its
 *   I_T nexus).
 * UA_INTLCK: 00b, 10b (only REQUEST SENSE clears a Unit Attention), 11b (and BUSY, TASK SET
 *   FULL, RESERVATION CONFLICT establish 2C/07, 2C/08, 2C/09).
 */
#define SLUICE_CONTROL_MODE_D_SENSE	(1U << 0)	/* descriptor format sense */
#define SLUICE_CONTROL_MODE_TAS		(1U << 1)	/* TASK ABORTED status to other nexuses */
#define SLUICE_CONTROL_MODE_TMF_ONLY	(1U << 2)	/* no ACA command is let in, only task management */
#define SLUICE_CONTROL_MODE_TST		(7U << 4)
#define SLUICE_CONTROL_MODE_TST_SHIFT	4U
#define SLUICE_CONTROL_MODE_QERR	(3U << 8)
#define SLUICE_CONTROL_MODE_QERR_SHIFT	8U
#define SLUICE_CONTROL_MODE_UA_INTLCK	(3U << 10)
#define SLUICE_CONTROL_MODE_UA_INTLCK_SHIFT 10U

struct sluice_request {
	__u32 type;			/* enum sluice_request_type */
	__u32 device;
	__u32 nexus;
	__u8  scope;			/* enum sluice_ua_scope */
	__u8  asc;
	__u8  ascq;
	__u8  reserved0;
	__u32 control_mode;		/* SLUICE_CONTROL_MODE_* */
	__u8  reserved[44];
};

/* ------------------------------------------------------------------------
 * 3. Messages
 *
 * sluiced: one SOCK_SEQPACKET packet each way on its Unix socket (mode 0660,
 * SO_PEERCRED checked). A request carries `id`; its reply echoes op and id, and
 * `status` 0 or a negative errno with a struct sluice_error behind it. Replies
 * come in order, but for RIG_COMMAND and RIG_TMF, which come when they end.
 * A handler session and a rig's nexuses are leases: they end with their connection.
 * What role control configured stays, and to add it again, just so, is success.
 */
enum sluice_op {
	SLUICE_OP_HELLO		= 1,	/* sluice_hello -> sluice_hello; first, once */
	/* role handler */
	SLUICE_OP_SESSION_OPEN	= 16,	/* sluice_session_open -> sluice_session_opened + fds */
	SLUICE_OP_DEVICE_ADD	= 17,	/* sluice_device_add -> sluice_device_added */
	SLUICE_OP_DEVICE_REMOVE	= 18,	/* sluice_device_remove -> nothing; after its commands ended */
	SLUICE_OP_SESSION_QUIESCE = 19,	/* nothing -> nothing; no command is handed over any more (section 4) */
	SLUICE_OP_RESERVATION_RESTORE = 20, /* sluice_reservation_restore -> sluice_reservation_restored; before DEVICE_ADD */
	/* role control */
	SLUICE_OP_PORTAL_ADD	= 32,	/* sluice_portal -> sluice_portal (with the port that was bound) */
	SLUICE_OP_TARGET_ADD	= 33,	/* sluice_target -> nothing */
	SLUICE_OP_TARGET_REMOVE	= 34,	/* sluice_target -> nothing */
	SLUICE_OP_GROUP_ADD	= 35,	/* sluice_group -> nothing */
	SLUICE_OP_GROUP_INITIATOR_ADD = 36, /* sluice_group_initiator -> nothing */
	SLUICE_OP_LUN_MAP	= 37,	/* sluice_lun -> nothing */
	SLUICE_OP_LUN_UNMAP	= 38,	/* sluice_lun -> nothing */
	SLUICE_OP_AUTH_SET	= 39,	/* sluice_auth -> nothing */
	SLUICE_OP_GATEWAY_INFO	= 40,	/* nothing -> sluice_gateway_info */
	SLUICE_OP_DEVICE_INFO	= 41,	/* sluice_cursor -> sluice_device_info; -ENOENT past the last */
	SLUICE_OP_NEXUS_INFO	= 42,	/* sluice_cursor -> sluice_nexus_info */
	SLUICE_OP_SHUTDOWN	= 43,	/* nothing -> nothing: async messages, log out, exit */
	SLUICE_OP_SESSION_INFO	= 44,	/* sluice_cursor -> sluice_session_info */
	SLUICE_OP_COMMAND_INFO	= 45,	/* sluice_command_cursor -> sluice_command_page */
	SLUICE_OP_TARGET_PORT_SET = 48,	/* sluice_target_port -> nothing; -EBUSY while initiators use the port */
	SLUICE_OP_ACCESS_STATE_SET = 49, /* sluice_access_state -> nothing */
	SLUICE_OP_GROUP_REMOVE	= 50,	/* sluice_group -> nothing; its patterns and LUNs with it */
	SLUICE_OP_GROUP_INITIATOR_REMOVE = 51, /* sluice_group_initiator -> nothing */
	SLUICE_OP_LOCAL_ADD	= 63,	/* sluice_target -> nothing; module: this machine logs in to the target */
	/* role rig */
	SLUICE_OP_RIG_OPEN	= 64,	/* sluice_rig_open -> sluice_rig_opened + fd of the data region */
	SLUICE_OP_RIG_NEXUS	= 65,	/* sluice_rig_nexus -> sluice_rig_nexus (with its identifier) */
	SLUICE_OP_RIG_NEXUS_CLOSE = 66,	/* sluice_rig_nexus -> nothing */
	SLUICE_OP_RIG_COMMAND	= 67,	/* sluice_rig_command -> sluice_rig_result */
	SLUICE_OP_RIG_TMF	= 68,	/* sluice_rig_tmf -> sluice_rig_tmf (with the response) */
	SLUICE_OP_RIG_TIME	= 69,	/* sluice_rig_time -> sluice_rig_time, after what is due then; needs no RIG_OPEN */
};

struct sluice_msg {
	__u32 op;			/* enum sluice_op */
	__u32 id;			/* the requester's, echoed */
	__s32 status;			/* reply: 0 or -errno */
	__u32 len;			/* bytes that follow */
};

struct sluice_error {
	char text[256];			/* names the value and the remedy */
};

enum sluice_role {
	SLUICE_ROLE_HANDLER	= 1,
	SLUICE_ROLE_CONTROL	= 2,
	SLUICE_ROLE_RIG		= 3,
};

struct sluice_hello {
	__u64 magic;
	__u32 abi_version;		/* request: the client's; reply: the gateway's */
	__u32 role;			/* enum sluice_role */
	__u64 features;			/* request: wanted; reply: granted */
	__u32 pid;			/* request: 0; reply: the gateway's */
	__u32 reserved;
	char  name[SLUICE_NAME_LEN];	/* who speaks, for logs */
};

#define SLUICE_GRACE_MAX_NS	3600000000000ULL	/* an hour */

struct sluice_session_open {
	char  name[SLUICE_NAME_LEN];	/* who serves: the same name by the next process is the same session, epoch + 1 */
	__u32 queues;			/* 1 .. SLUICE_MAX_QUEUES */
	__u32 depth;			/* tags per queue, a power of two */
	__u64 pool_bytes;		/* a multiple of SLUICE_MAX_BUFFER */
	__u64 grace_ns;			/* how long commands are kept for the next process, <= SLUICE_GRACE_MAX_NS; 0: the gateway's default */
};

/*
 * Reply to SESSION_OPEN. File descriptors ride with it (SCM_RIGHTS):
 * [0] gateway region, [1] handler region, [2 + q] eventfd of queue q,
 * [2 + queues] eventfd of the admin ring.
 */
struct sluice_session_opened {
	__u32 session;
	__u32 epoch;
	__u64 gateway_bytes;
	__u64 handler_bytes;
};

/* What becomes of a device's commands when its handler process is gone (section 4). */
enum sluice_recovery {
	SLUICE_RECOVERY_FAIL		= 0,	/* end them with ABORTED COMMAND; keep nothing; say 29/01 when it is back */
	SLUICE_RECOVERY_REQUEUE		= 1,	/* keep those never seen; end the others with ABORTED COMMAND */
	SLUICE_RECOVERY_REDELIVER	= 2,	/* keep all; the seen ones come flagged REDELIVERED */
};

#define SLUICE_QUEUE_ANY	0xffffffffU	/* spread over all queues of the session */

/* How long a command may take, by its operation code; core/facts.c has the table. */
enum sluice_pace {
	SLUICE_PACE_PROMPT	= 0,	/* looks at or sets state */
	SLUICE_PACE_DATA	= 1,	/* transfers user data, no more than its buffer holds */
	SLUICE_PACE_MEDIUM	= 2,	/* moves, positions, loads or flushes a medium, or goes over any length of it */
	SLUICE_PACE_LONG	= 3,	/* formats, erases, tests, copies; and what the gateway does not know */
};

#define SLUICE_PACES		4U

/*
 * A device comes to life, or comes back: the name is its identity, and a LUN map
 * may have named it before it existed. The identifier is stable for the name.
 */
struct sluice_device_add {
	char  name[SLUICE_NAME_LEN];
	__u32 queue;			/* the queue it is bound to, or SLUICE_QUEUE_ANY */
	__u32 task_set_limit;		/* commands at once in a task set, of all nexuses unless TST says 001b; past it TASK SET FULL */
	__u32 max_transfer;		/* bytes per command, <= SLUICE_MAX_BUFFER */
	__u8  peripheral_type;		/* SPC-5 6.7.2: 00h disk, 01h tape, 08h changer */
	__u8  recovery;			/* enum sluice_recovery */
	__u16 flags;			/* SLUICE_DEVICE_EXPLICIT_ACCESS */
	/*
	 * By enum sluice_pace: how long a command may be with the handler, at most a day; 0: the
	 * gateway's default. SLUICE_PACE_DATA bounds each wait before that, too.
	 */
	__u64 timeout_ns[SLUICE_PACES];
	__u32 control_mode;		/* SLUICE_CONTROL_MODE_* */
	__u32 reserved1;
};

/* sluice_device_add.flags: initiators may change its access states (SET TARGET PORT GROUPS, SPC-5 5.18.2.8) */
#define SLUICE_DEVICE_EXPLICIT_ACCESS (1U << 0)

#define SLUICE_DEVICE_TAKEN_OVER (1U << 0)	/* within the grace: what was kept for it is handed over, initiators were told nothing */

struct sluice_device_added {
	__u32 device;
	__u32 flags;			/* SLUICE_DEVICE_* */
	__u64 sequence;			/* the last that this device was given before; 0: none */
};

#define SLUICE_RESERVATION_MAX	(1U << 20)	/* bytes of a record */
#define SLUICE_RESERVATION_CHUNK 768U

/*
 * What the handler stored last for the device (SLUICE_DESC_STORE), given back when it may be
 * the gateway that lost its memory. A record longer than a chunk comes in several messages,
 * each with the bytes that follow those before; the last one completes `total`.
 */
struct sluice_reservation_restore {
	char  name[SLUICE_NAME_LEN];	/* of the device */
	__u32 total;			/* bytes of the record, <= SLUICE_RESERVATION_MAX */
	__u32 offset;			/* of this chunk */
	__u32 len;			/* bytes in it, 1 .. SLUICE_RESERVATION_CHUNK */
	__u32 reserved;
	__u8  data[SLUICE_RESERVATION_CHUNK];
};

enum sluice_reservation_outcome {
	SLUICE_RESERVATION_MORE		= 1,	/* the record is not complete yet */
	SLUICE_RESERVATION_RESTORED	= 2,	/* it holds from now on */
	SLUICE_RESERVATION_HELD		= 3,	/* the gateway has served the device: its own state holds */
	SLUICE_RESERVATION_LOST		= 4,	/* the record is damaged: initiators must say what holds now (SPC-5 5.14.5.3) */
};

struct sluice_reservation_restored {
	__u32 outcome;			/* enum sluice_reservation_outcome */
	__u32 registrations;		/* RESTORED: how many there are */
	char  why[112];			/* LOST: what is wrong with the record */
};

struct sluice_device_remove {
	__u32 device;
	__u32 reserved;
};

struct sluice_portal {
	char  address[SLUICE_NAME_LEN];	/* "127.0.0.1", "::1" */
	__u16 port;			/* request: 0 picks a free one; reply: the one bound */
	__u16 group;			/* target portal group tag, 1 .. 65535 */
	__u32 reserved;
};

struct sluice_target {
	char  name[SLUICE_PORT_NAME_LEN];	/* iSCSI name (RFC 7143 4.2.7) */
	char  alias[SLUICE_NAME_LEN];
};

/*
 * A target behind a portal group is a SCSI target port. What is not numbered by the
 * control plane has the next free number, in the order of first appearance.
 */
struct sluice_target_port {
	char  target[SLUICE_PORT_NAME_LEN];
	__u16 group;			/* target portal group tag, 1 .. 65535 */
	__u16 relative_port;		/* relative target port identifier, 1 .. 65535, of this port only */
	__u32 reserved;
};

/*
 * A group of initiators sees a LUN map of its own. "default" exists in every target and
 * takes who matches no other; its own patterns are asked last, and matter when unknown
 * initiators are denied. Who is logged in while groups or patterns change sees what
 * its group of the moment has, and no LUN at all if it would not be let in any more.
 */
struct sluice_group {
	char  target[SLUICE_PORT_NAME_LEN];
	char  group[SLUICE_NAME_LEN];
};

struct sluice_group_initiator {
	char  target[SLUICE_PORT_NAME_LEN];
	char  group[SLUICE_NAME_LEN];
	char  pattern[SLUICE_PORT_NAME_LEN];	/* initiator name; * and ? match as in a shell */
};

#define SLUICE_LUN_MAX		16383U

struct sluice_lun {
	char  target[SLUICE_PORT_NAME_LEN];
	char  group[SLUICE_NAME_LEN];
	char  device[SLUICE_NAME_LEN];	/* may not exist yet: NOT READY until it does */
	__u32 lun;			/* 0 .. SLUICE_LUN_MAX */
	__u32 flags;			/* SLUICE_LUN_*; mapping it again with others changes them */
};

#define SLUICE_LUN_READ_ONLY	(1U << 0)	/* commands that write the medium end DATA PROTECT, 27/00 */

/* Asymmetric access states (SPC-5 5.18.2.4), as REPORT TARGET PORT GROUPS codes them. */
enum sluice_access {
	SLUICE_ACCESS_OPTIMIZED		= 0x0,
	SLUICE_ACCESS_NON_OPTIMIZED	= 0x1,
	SLUICE_ACCESS_STANDBY		= 0x2,
	SLUICE_ACCESS_UNAVAILABLE	= 0x3,
	SLUICE_ACCESS_OFFLINE		= 0xe,
	SLUICE_ACCESS_TRANSITIONING	= 0xf,	/* until another message says what it has become */
};

#define SLUICE_ACCESS_PREFERRED	(1U << 0)	/* PREF: the group is a preferred one */
#define SLUICE_ACCESS_FAILED	(1U << 1)	/* this state is what remains after a change that failed: 2A/07 */

struct sluice_access_state {
	char  device[SLUICE_NAME_LEN];	/* may not exist yet; empty: all, also those to come */
	__u16 group;			/* target port group, 1 .. 65535; a device remembers the state of 16 */
	__u8  state;			/* enum sluice_access */
	__u8  flags;			/* SLUICE_ACCESS_* */
	__u32 reserved;
};

enum sluice_auth_kind {
	SLUICE_AUTH_CHAP	= 1,	/* the initiator proves itself */
	SLUICE_AUTH_MUTUAL	= 2,	/* the target proves itself, too */
	SLUICE_AUTH_DENY_UNKNOWN = 3,	/* only initiators that match a group may log in; user and secret are empty */
	SLUICE_AUTH_ADMIT_UNKNOWN = 4,	/* ... all may, again */
};

struct sluice_auth {
	char  target[SLUICE_PORT_NAME_LEN];	/* empty: discovery sessions */
	char  user[SLUICE_PORT_NAME_LEN];	/* empty: no more credentials of this kind */
	char  secret[SLUICE_PORT_NAME_LEN];	/* 12 to 16 bytes recommended (RFC 7143 12.1.3) */
	__u32 kind;			/* enum sluice_auth_kind */
	__u32 reserved;
};

struct sluice_gateway_info {
	__u32 abi_version;
	__u32 pid;
	__u64 uptime_ns;
	__u32 sessions;			/* handler sessions */
	__u32 devices;
	__u32 nexuses;
	__u32 loops;			/* event-loop threads */
	__u64 commands;			/* ended since start */
	__u64 protocol_errors;		/* connections closed for a malformed PDU */
	__u64 connections_refused;
	__u64 handler_faults;		/* requests and results of handlers that were refused */
	__u64 dropped_completions;	/* for no tag, for one that is not out, or of another generation */
	__u64 broken_sessions;		/* handler sessions closed for an index that makes no sense */
	__u64 reserved[1];
};

struct sluice_cursor {
	__u32 index;			/* 0, 1, ... */
	__u32 reserved;
};

enum sluice_device_state {
	SLUICE_DEVICE_ABSENT	= 0,	/* named by a LUN map, never added */
	SLUICE_DEVICE_SERVED	= 1,
	SLUICE_DEVICE_ORPHANED	= 2,	/* its handler is gone, and commands end NOT READY */
	SLUICE_DEVICE_HELD	= 3,	/* its handler is gone or quiesced, and commands are kept for the next one */
};

struct sluice_device_info {
	char  name[SLUICE_NAME_LEN];
	__u32 device;
	__u32 session;
	__u32 state;			/* enum sluice_device_state */
	__u32 peripheral_type;
	__u32 live;			/* commands in the task set */
	__u32 quarantined;		/* tags answered by deadline that the handler still holds */
	__u64 commands;
	__u64 bytes_in;			/* to initiators */
	__u64 bytes_out;		/* from initiators */
	__u64 check_conditions;
	__u64 timeouts;
	__u64 aborts;
	__u32 kept;			/* commands that wait for the next handler */
	__u32 takeovers;		/* handlers that took over within the grace */
	__u64 redelivered;		/* commands that were handed over again with SLUICE_DESC_REDELIVERED */
	__u64 oldest_ns;		/* age of the oldest live command; 0: none */
	__u64 reserved[1];
};

struct sluice_nexus_info {
	char  initiator_port[SLUICE_PORT_NAME_LEN];
	char  target_port[SLUICE_PORT_NAME_LEN];
	char  peer[SLUICE_NAME_LEN];	/* "127.0.0.1:40112" */
	__u32 nexus;
	__u32 live;
	__u64 commands;
	__u16 relative_port;		/* of target_port, as in struct sluice_event */
	__u16 port_group;
	__u32 reserved0;
	__u64 reserved[3];
};

/* Beside those of a control page. */
#define SLUICE_SESSION_QUIESCED	4U	/* it said SESSION_QUIESCE, and answers what it holds */

struct sluice_session_info {
	char  name[SLUICE_NAME_LEN];
	__u32 session;
	__u32 epoch;
	__u32 pid;
	__u32 state;			/* enum sluice_session_state, or SLUICE_SESSION_QUIESCED */
	__u32 queues;
	__u32 devices;			/* that it serves */
	__u32 in_flight;		/* commands in its rings, untaken or not answered; with those in quarantine */
	__u32 untaken;			/* of them, those that it has not taken */
	__u32 quarantined;		/* of them, those whose initiators have their answer */
	__u32 waiting;			/* commands that wait for a buffer, a tag or an event of its rings */
	__u64 oldest_ns;		/* how long the oldest of those in flight has been there; 0: none is */
	__u64 progress_ns;		/* since it last took or answered a command; 0 while none is with it */
	/*
	 * Since it leaves commands or events lying; 0: all is well. It is not held against a handler
	 * that it does not answer what it has taken, nor that commands lie behind one of the classes
	 * MEDIUM and LONG that is within its time (struct sluice_device_add), as long as it takes
	 * events: the gateway sends SLUICE_EVENT_PING to see that.
	 */
	__u64 stalled_ns;
	__u64 answered;			/* completions that were taken from it */
	__u64 timeouts;			/* commands that it did not answer in time */
	__u64 aborts;			/* commands that were aborted while it had them */
	__u64 faults;			/* answers and requests of it that were refused or dropped */
	__u64 reserved[2];
};

/* What a live command waits for. */
enum sluice_wait {
	SLUICE_WAIT_GATEWAY	= 0,	/* nothing: it is being moved on */
	SLUICE_WAIT_BUFFER	= 1,	/* room in the data pool */
	SLUICE_WAIT_TASK_SET	= 2,	/* commands before it in the task set (SAM-6 8) */
	SLUICE_WAIT_INITIATOR	= 3,	/* its Data-Out */
	SLUICE_WAIT_TURN	= 4,	/* another command that the gateway serves for the device */
	SLUICE_WAIT_ADMIN	= 5,	/* room in the admin ring, to announce its nexus */
	SLUICE_WAIT_TAG		= 6,	/* room in the submission ring */
	SLUICE_WAIT_HANDLER	= 7,	/* the handler's answer */
	SLUICE_WAIT_NEXT	= 8,	/* a handler: the one that it had is gone */
};

#define SLUICE_STATE_NAME_LEN	24U
#define SLUICE_COMMAND_ABORTED	(1U << 0)	/* task management waits for its end */

/* A command that was accepted and has not ended. */
struct sluice_command_info {
	char  state[SLUICE_STATE_NAME_LEN];	/* as docs/state-tables.md names it */
	__u32 nexus;
	__u32 device;
	__u8  lun[8];
	__u64 task_tag;
	__u64 sequence;			/* as in struct sluice_desc; 0: never handed over */
	__u64 age_ns;			/* since it came */
	__s64 left_ns;			/* until its present stage must be over; negative: that has passed; INT64_MAX: no bound */
	__u32 session;			/* of the handler; 0: none */
	__u32 queue;			/* of tag */
	__u32 tag;			/* SLUICE_QUEUE_ANY: it has none */
	__u32 expected_len;
	__u16 cdb_len;
	__u8  attribute;		/* enum sluice_task_attribute */
	__u8  direction;		/* enum sluice_direction */
	__u8  wait;			/* enum sluice_wait */
	__u8  pace;			/* enum sluice_pace */
	__u8  flags;			/* SLUICE_COMMAND_* */
	__u8  reserved0;
	__u8  cdb[SLUICE_CDB_INLINE];	/* its first bytes */
	__u32 reserved1[2];
};

#define SLUICE_COMMAND_PAGE	32U

/* All zero at the start, then as the page before said. */
struct sluice_command_cursor {
	__u32 slot;
	__u32 nexus;
	__u64 itl;
	__u64 arrival;
};

/*
 * Some of the live commands, no two of the same place twice: commands that come and end between two
 * pages are in one of them or in none. No page stops anything but one nexus for microseconds.
 */
struct sluice_command_page {
	struct sluice_command_cursor next;
	__u32 count;			/* valid entries; may be 0 though there are more */
	__u32 last;			/* 1: that was all */
	struct sluice_command_info commands[SLUICE_COMMAND_PAGE];
};

/* The rig: an initiator without a fabric. Data goes through a region that the rig maps. */
struct sluice_rig_open {
	__u64 data_bytes;		/* size of the data region, <= 64 MiB */
};

struct sluice_rig_opened {
	__u64 data_bytes;
};

struct sluice_rig_nexus {
	char  initiator_port[SLUICE_PORT_NAME_LEN];
	char  target[SLUICE_PORT_NAME_LEN];
	__u32 nexus;			/* reply, and in RIG_NEXUS_CLOSE */
	__u16 port_group;		/* request: through a target port of this portal group; 0: of group 1 */
	__u16 relative_port;		/* reply: of that target port */
};

struct sluice_rig_command {
	__u32 nexus;
	__u8  attribute;		/* enum sluice_task_attribute */
	__u8  direction;		/* enum sluice_direction */
	__u16 cdb_len;
	__u64 task_tag;			/* unique among the nexus's live commands */
	__u8  lun[8];			/* SAM-6 4.7 */
	__u64 data_off;			/* in the data region */
	__u32 data_len;			/* bytes provided or room for data */
	__u32 expected_len;		/* claimed expected data transfer length */
	__u8  cdb[SLUICE_CDB_MAX];
	__u8  reserved[4];
};

enum sluice_residual {
	SLUICE_RESIDUAL_NONE	= 0,
	SLUICE_RESIDUAL_UNDER	= 1,
	SLUICE_RESIDUAL_OVER	= 2,
};

struct sluice_rig_result {
	__u64 task_tag;
	__u32 data_len;			/* bytes of Data-In put into the data region */
	__u32 residual;			/* bytes */
	__u8  residual_kind;		/* enum sluice_residual */
	__u8  status;
	__u8  aborted;			/* 1: ended by task management without a status */
	__u8  reserved0;
	__u16 sense_len;
	__u16 reserved1;
	__u8  sense[SLUICE_SENSE_MAX];
	__u32 order;			/* counts what ends on this gateway's rigs, functions too, from 1; wraps */
};

/* SAM-6 7.1 service responses. */
enum sluice_tmf_response {
	SLUICE_TMF_COMPLETE		= 0,	/* FUNCTION COMPLETE */
	SLUICE_TMF_SUCCEEDED		= 1,	/* FUNCTION SUCCEEDED (queries) */
	SLUICE_TMF_REJECTED		= 2,	/* FUNCTION REJECTED: not supported */
	SLUICE_TMF_INCORRECT_LUN	= 3,	/* INCORRECT LOGICAL UNIT NUMBER */
	SLUICE_TMF_NO_TASK		= 4,	/* ABORT TASK: no such task (iSCSI tells it from COMPLETE) */
};

struct sluice_rig_tmf {
	__u32 nexus;
	__u32 function;			/* enum sluice_tmf */
	__u64 task_tag;			/* of the task to abort or query */
	__u8  lun[8];
	__u32 response;			/* reply: enum sluice_tmf_response */
	__u32 order;			/* reply: as in sluice_rig_result; 0 in a request */
	__u8  information[3];		/* reply: QUERY ASYNCHRONOUS EVENT, SUCCEEDED: UADE DEPTH and sense key, ASC, ASCQ (SAM-6 7.11); 0 in a request */
	__u8  reserved[5];
};

/*
 * Moves the gateway's clock forward, so that what is due by then (deadlines, grace
 * periods, iSCSI's timers) is due now. sluiced allows it only with --rig-time. From
 * then on desc.deadline_ns is ahead of CLOCK_MONOTONIC by as much.
 */
struct sluice_rig_time {
	__u64 advance_ns;		/* request: how far, at most 10 years; 0 only asks. Reply: 0 */
	__u64 now_ns;			/* reply: the gateway's clock */
};

/* ------------------------------------------------------------------------
 * 4. When a handler is gone
 *
 * A handler is gone when its connection closes (its process died, or it said so),
 * when the gateway judged its ring broken, or when it said SESSION_QUIESCE. LUNs,
 * nexuses, pending Unit Attentions stay. For grace_ns from then on each device whose
 * recovery is not FAIL is held:
 *
 *  - commands that arrive wait, as many as the task set takes;
 *  - commands that were not in the ring, or lay behind sub_consumer, are handed over
 *    to the next process with the sequence number that they have, if any;
 *  - commands that the handler had taken and not answered are handed over REDELIVERED,
 *    or end ABORTED COMMAND, by the device's recovery. One that was with five
 *    processes at their end is given up: HARDWARE ERROR, 44/00;
 *  - answers that lie in the completion ring at that moment count.
 *
 * The next process that adds the device of that name, in any session, takes over: kept
 * commands come first, oldest sequence first, then those that waited, then new ones. A
 * LOGICAL UNIT RESET that no handler has heard of comes before them as its event. They
 * may come before DEVICE_ADD is answered. The former process shares no memory with the next
 * one: every epoch has regions of its own, and kept Data-Out is copied.
 *
 * When nobody came in time, commands end NOT READY, 04/03, until somebody does; its
 * initiators then hear 29/01, as they do of a device whose recovery is FAIL.
 *
 * SESSION_QUIESCE is for an upgrade: nothing more is handed over, what was handed over is
 * answered as ever; when the handler holds nothing, it closes. Until then its
 * devices belong to it, and to add them elsewhere is -EEXIST. It adds none: -EINVAL.
 */

/* ------------------------------------------------------------------------
 * 5. The character device of the module
 *
 * An open /dev/sluice is what a connection is to sluiced: write() takes one packet of
 * section 3, read() gives one reply, poll() says when there is one. SESSION_OPEN passes
 * no descriptors; the regions are mapped from the file itself, shared, at these offsets:
 *
 *   0 ..			the gateway region; a writable mapping is refused with EACCES
 *   SLUICE_MMAP_HANDLER ..	the handler region
 *
 * RIG_OPEN passes none either: the data region is mapped at 0. No mapping is inherited by a child,
 * for it would keep the file open. write() waits while an earlier operation of this file is not over (DEVICE_REMOVE,
 * RIG_NEXUS_CLOSE, RIG_TIME, ...). When the ring is broken the gateway closes the session: write()
 * says EPIPE, and read() 0 behind the last reply.
 *
 * Nobody wakes the gateway here: completions and admin requests are taken in
 * ioctl(SLUICE_IOC_ENTER), which is reply, fetch and sleep in one call. It returns how many commands lie
 * behind `consumer`, 0 when the time is over, or -1 with errno:
 *
 *   EBUSY	another thread is in this queue (or sleeps for events, and this one would, too)
 *   EINVAL	no such queue, or reserved is not zero
 *   EINTR	a signal came
 *   ENODEV	no session on this file
 *   ESHUTDOWN	the gateway judged the ring broken; close the file
 *
 * ioctl(SLUICE_IOC_WAKE, queue) is for a thread that has an answer for the one that sleeps: that
 * one's enter returns, or its next one does not sleep. To call it only when it must be called:
 * the sleeper stores its `sleeping` = 1, full fence, looks for answers, enters, stores 0; the
 * other publishes the answer, full fence, and who changes `sleeping` from 1 to 0 calls. Returns
 * 0, or -1 with EINVAL (no such queue) or ENODEV.
 */
#define SLUICE_MMAP_HANDLER	(1ULL << 40)

#define SLUICE_ENTER_ADMIN	0xffffffffU	/* the admin ring: requests in, events out */

struct sluice_enter {
	__u32 queue;			/* or SLUICE_ENTER_ADMIN */
	__u32 consumer;			/* the caller's sub_consumer: what lies behind it is new to him */
	__u64 timeout_ns;		/* 0: does not sleep; all ones: for ever */
	__u64 reserved;
};

#define SLUICE_IOC_ENTER	_IOW('S', 0x60, struct sluice_enter)
#define SLUICE_IOC_WAKE		_IO('S', 0x61)	/* the argument is a queue's number, or SLUICE_ENTER_ADMIN */

#endif /* SLUICE_ABI_H */
