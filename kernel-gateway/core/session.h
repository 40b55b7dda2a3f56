/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A handler session: its regions, its queues with their tags, its pool. */
#ifndef SLUICE_CORE_SESSION_H
#define SLUICE_CORE_SESSION_H

#include "lifecycle.h"
#include "pool.h"
#include "registry.h"

#define SL_NO_TAG	0xffffffffU
#define SL_SHOW_BATCH	16U		/* commands that lie unseen until the doorbell, at most */
#define SL_ADMIN_POLL_NS 50000000ULL	/* how often a full admin ring is looked at when nothing else happens */
#define SL_CDB_EXT_STRIDE 272U		/* SLUICE_CDB_MAX, rounded */

enum sl_tag_state {
	SL_TAG_FREE,
	SL_TAG_TAKEN,		/* given to a parked command that is on its way */
	SL_TAG_OUT,		/* with the handler */
	SL_TAG_DONE,		/* answered; being processed */
	SL_TAG_QUARANTINE,	/* with the handler; its command has ended */
};

struct sl_tag {
	struct sl_cmd *cmd;		/* OUT only */
	struct sl_device *dev;
	u64 deadline_ns;
	u32 generation;
	u32 next_free;
	u32 slot;			/* OUT: its place in the submission ring, free-running */
	u32 pool_page;			/* QUARANTINE: the buffer, or SL_POOL_NONE */
	u8  pool_order;
	u8  state;			/* enum sl_tag_state */
	u8  notify;			/* an ABORT TASK event is owed to the handler */
	u8  owed;			/* it stands in the queue's list of those for whom one was owed */
	u8  pace;			/* OUT, QUARANTINE: enum sluice_pace */
	u64 handed_ns;			/* OUT, QUARANTINE */
	u32 next_owed;
};

struct sl_queue {
	struct sl_session *session;
	u32 index;
	void *host;

	sl_spinlock lock sl_cacheline_aligned;
	bool live;			/* the regions may be touched */
	u32 users;			/* threads inside a call that touches the regions without the lock */
	u32 free_head;
	u32 in_flight;			/* OUT + QUARANTINE; written under the lock */
	u32 sub_producer;
	u32 shown;			/* sub_producer as the handler sees it */
	u32 n_waiting;
	struct sl_list waiting;		/* commands that want a tag, oldest first */
	bool granted;			/* one of them was given a tag, and is not in the ring yet */
	u64 next_deadline_ns;		/* not later than the earliest of tags and waiting */
	u32 owed_head;			/* tags with `owed` */
	u64 answered;			/* completions that were taken */
	/* of the last look at the handler (session_info.c) */
	u64 seen_answered;
	u64 moved_ns;			/* it took or answered something, or had nothing to */
	u64 stalled_since_ns;		/* ... or was excused */
	u64 looked_ns;
	u32 seen_taken;
	struct sl_tag *tags;		/* [depth] */
	bool dirty;			/* a doorbell was asked for; under the lock */
	u32 overdue;			/* the doorbell is owed by whoever comes by; its user is counted */

	/* of the thread that reaps */
	u32 comp_consumer sl_cacheline_aligned;

	struct sluice_gw_index *gw_index;
	u32 *ring;
	struct sluice_desc *desc;
	u8 *cdb_ext;
	u64 cdb_ext_off;
	struct sluice_user_index *user_index;
	const struct sluice_completion *completions;
	const struct sluice_response *responses;
};

/* What a handler was told of the nexus in a slot, and what it should know. */
struct sl_known_nexus {
	u32 known;			/* identifier; written under admin_lock */
	u32 want;
	u32 next_owed;			/* slot */
	bool owed;			/* its event is; it stands among session->owed_nexuses */
};

struct sl_session {
	struct sl_gateway *gw;
	u32 slot;
	void *host;
	u64 serial;			/* unique over all sessions; 0: the slot is empty */
	bool open;			/* from create to destroy; under gw->config */
	bool live;			/* from create to close; under pool_lock */
	u32 broken;
	u32 quiesced;			/* hands nothing over any more */
	u64 grace_ns;
	const char *broken_why;
	u64 timeouts, aborts, faults;	/* atomic: of this session's handler */
	char name[SLUICE_NAME_LEN];
	u32 id, epoch;
	u32 n_queues, depth, admin_depth, max_buffer;
	struct sluice_control *control;
	u8 *gateway_region, *handler_region;
	struct sl_queue *queues[SLUICE_MAX_QUEUES];

	sl_spinlock pool_lock sl_cacheline_aligned;
	struct sl_pool pool;
	u8 *pool_base;
	u32 buffers;			/* blocks in use */
	u32 n_waiting;
	u32 pool_busy;			/* waiting or being granted; release/acquire */
	bool granting;
	u32 regrant;			/* room came while nobody could grant */
	struct sl_list waiting;		/* commands that want a buffer, oldest first */
	u64 next_deadline_ns;

	sl_spinlock admin_lock sl_cacheline_aligned;
	bool admin_live;
	u32 admin_users;
	u32 event_producer;
	u32 seen_events;		/* the handler's index at the last look (session_info.c) */
	u64 events_since_ns;		/* since when events lie there that it does not take */
	u64 looked_ns;
	u32 admin_dirty;		/* events were put, no wake-up given yet */
	u32 owed_nexuses;		/* slots whose event is owed, from owed_first to owed_last */
	u32 owed_first, owed_last;
	u32 n_announcing;		/* commands that wait for one of these */
	struct sl_list announcing;	/* their devices */
	u32 owed_tags;			/* some queue has tags with `notify` */
	u32 owed_devices;		/* in owed_device_list */
	struct sl_list owed_device_list;
	struct sluice_gw_index *admin_gw;
	struct sluice_event *events;
	struct sluice_user_index *admin_user;
	const struct sluice_request *requests;
	struct sl_known_nexus *nexuses;	/* [max_nexuses] */

	sl_spinlock request_lock sl_cacheline_aligned;
	u32 request_consumer;		/* all below took effect; release/acquire */
};

/* A device's `binding` names slot and serial of its session in one word. */
#define SL_BINDING_SLOT_BITS	16U

static inline u64 sl_binding(const struct sl_session *s)
{
	return s->serial << SL_BINDING_SLOT_BITS | s->slot;
}

static inline struct sl_session *sl_binding_session(struct sl_gateway *gw, u64 binding)
{
	return sl_load_acquire(&gw->sessions[binding & ((1U << SL_BINDING_SLOT_BITS) - 1)]);
}

/* session.c */
void sl_session_break(struct sl_session *s, const char *why);

/* buffer.c: the pool and its waiters. Under the nexus's lock but for grant. */
/* 0: has it. -EAGAIN: parked. -EBUSY: too many wait. -ENODEV: the session is gone. */
int sl_buffer_get(struct sl_cmd *cmd, u32 bytes);
bool sl_buffer_unpark(struct sl_cmd *cmd);
/* With no lock held, by who took a kept command off its list: a buffer, unless others wait. */
void sl_buffer_regain(struct sl_cmd *cmd, u64 binding);
/* takeover.c: Data-Out that is still in the pool of a former session. */
void sl_aside_copy(struct sl_cmd *cmd);		/* into the buffer; with no lock held */
void sl_aside_drop(struct sl_cmd *cmd);
/* True if somebody waits for it. */
bool sl_buffer_put(struct sl_session *s, u32 page, u32 order);
void sl_buffer_grant(struct sl_session *s, struct sl_work *w);
void sl_buffer_expire(struct sl_session *s, struct sl_work *w, u64 *next_ns);
/* Ends the wait of everybody. */
void sl_buffer_flush(struct sl_session *s, struct sl_work *w);
void sl_buffer_close(struct sl_session *s, struct sl_work *w);

/* queue.c: tags and the submission ring. Under the nexus's lock. */
/* 0: in the ring. -EAGAIN: parked. -ENODEV: the session is gone. */
int sl_queue_hand_over(struct sl_queue *q, struct sl_cmd *cmd, struct sl_work *w);
bool sl_queue_unpark(struct sl_cmd *cmd);
/* Under q->lock: moves the handler's index up to what was published. */
void sl_queue_show_locked(struct sl_queue *q);
/* Gives a tag back that was not handed over. */
void sl_queue_untag(struct sl_cmd *cmd, struct sl_work *w);
/* Frees a tag or gives it to who waits longest. Under q->lock. */
void sl_queue_free_tag(struct sl_queue *q, u32 tag, struct sl_work *w);
/* The handler is to answer within the abort bound; the tag's identity for the event. False: it has answered. */
bool sl_queue_hasten(struct sl_cmd *cmd, u64 deadline_ns, bool notify, struct sl_work *w);
void sl_queue_expire(struct sl_queue *q, struct sl_work *w, u64 *next_ns);
/* Ends the wait of everybody; what is with the handler stays there. */
void sl_queue_flush(struct sl_queue *q, struct sl_work *w);
void sl_queue_close(struct sl_queue *q, struct sl_work *w);
int sl_queue_map(struct sl_queue *q, const struct sluice_control *c);

/* request.c */
/* Applies the handler's requests; false: the ring is broken. */
bool sl_request_drain(struct sl_session *s, struct sl_work *w, u32 *taken);

#endif /* SLUICE_CORE_SESSION_H */
