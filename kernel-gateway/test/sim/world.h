/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A world of initiators, logical units and handlers around one gateway core,
 * played by a seeded random number generator: no thread, socket or clock. What
 * each side may expect from the core is checked at every step.
 */
#ifndef SLUICE_TEST_SIM_WORLD_H
#define SLUICE_TEST_SIM_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/event.h"
#include "core/nexus.h"
#include "core/session.h"
#include "model_reservation.h"
#include "model_reserve.h"
#include "model_task_set.h"
#include "model_unit_attention.h"

#define W_CMDS		160
#define W_TMFS		16
#define W_NEXUSES	6
#define W_SESSIONS	2
#define W_DEVICES	4
#define W_LUNS		6
#define W_GROUPS	2	/* of initiators */
#define W_PORT_GROUPS	2	/* of target ports; nexus i comes through i modulo that */
#define W_QUEUES	3
#define W_PORTS		2	/* names of initiator ports that nexus i has by turns */
#define M_EVERY_NEXUS	W_NEXUSES
#define W_DOOMED_BY	16
#define W_EXCUSED	(W_CMDS * W_CMDS)
#define W_ABORT_BOUND	2000000000ULL
#define W_TIMEOUT	7000000000ULL	/* of each wait before the handler; of a handler the most */
#define W_GRACE		9000000000ULL
#define W_NEXUS_IDS	4096
/* What a world does, so that a seed replays what it once found: 2 brought SET TARGET PORT GROUPS and deadlines by class. */
#define W_GENERATION	2
#define W_ZOMBIES	32	/* sessions that ended and are not drained */
#define W_DELIVERIES	5	/* abi.h section 4: then a command is given up */

enum w_cmd_life { W_IDLE, W_LIVE, W_SENDING };
/* How an aborted command may end; both when more than one aborted it. */
#define W_SILENTLY	1
#define W_BY_OTHER	2	/* TASK ABORTED */

enum w_fetch { W_NO_FETCH, W_FETCHING, W_CANCELLED };

struct w_cmd {
	struct sl_cmd cmd;		/* first: the fabric gets it back from the core's pointer */
	enum w_cmd_life life;
	enum w_fetch fetch;
	u32 nexus;			/* index of its nexus */
	u32 lun;
	u64 serial;			/* order of submission, over all; in the CDB */
	u64 submitted_ns, handed_ns, aborted_ns, fetched_ns;
	u64 deadline_ns;		/* for its handler's answer, from the hand-over on */
	u64 asked_ns;			/* for its Data-Out */
	bool mute;			/* its initiator never sends that */
	bool cut;			/* its Data-Out came in part */
	bool expired;			/* cancelled because it did not come in time */
	struct sl_device *dev;		/* NULL: no such LUN */
	bool aborted;			/* some function, or QErr, affects it */
	u8 abort_by;			/* W_SILENTLY, W_BY_OTHER */
	u64 doomed_by[W_DOOMED_BY];	/* commands whose CHECK CONDITION aborts it (QErr) */
	u32 n_doomed_by;
	bool may_abort;			/* the standard leaves it open */
	bool naca;
	struct m_arrival arrival;
	enum m_verdict verdict;		/* of ACA, when it arrived */
	u16 refused_by_access;		/* when it arrived */
	bool protected;
	int set;			/* the task set that it found */
	bool admitted, ended, ended_aborted;
	bool holder;			/* the handler holds its tag */
	bool handler_done;		/* the handler has answered its tag */
	u32 session;			/* who has it, or had it last */
	u64 session_serial;
	u64 sequence;			/* of its first hand-over; 0: none yet */
	bool redelivered;		/* the next hand-over has to say so */
	bool waits_again;		/* was handed over, and has to be again */
	u32 deliveries;			/* handlers that had taken it and died */
	bool must_conflict;		/* RESERVATION CONFLICT, at once */
	bool may_conflict;		/* PERSISTENT RESERVE OUT of who is not registered */
	u8 param[192];			/* PERSISTENT RESERVE OUT, SET TARGET PORT GROUPS: the parameter list */
	u32 param_len;
	struct m_request request;
	bool pr_applied;		/* it has taken effect */
	u64 applied_ns;
	u64 preempted_by;		/* serial of the PREEMPT AND ABORT that aborted it; 0: none */
	u32 pr_victims;			/* of a PREEMPT AND ABORT: names of nexuses */
	bool let_through;		/* was handed over before the reservation that bars it now */
	bool may_fail;			/* its device's policy lets it end with its handler */
	u64 page, pages;		/* the buffer */
	/* what the handler answered, for the check when the response comes */
	bool answered;
	u8 answer_status;
	u32 answer_len;
	bool answer_bad;
	u64 pattern;			/* at the start of its Data-In */
};

struct w_tmf {
	struct sl_tmf tmf;
	bool live;
	u32 nexus, lun;
	u32 allowed;			/* 1 << enum sluice_tmf_response */
	u32 n_affected;
	u64 affected[W_CMDS];		/* serials of commands that must end first */
};

struct w_nexus {
	struct sl_nexus *n;		/* NULL: closed */
	bool closing;
	u32 live;			/* commands not released, functions not answered */
	struct m_attentions attentions[W_LUNS + 1];	/* the last: of no LUN */
	u32 port;			/* which of its names it has */
};

/* A command as the handler holds it. */
struct w_held {
	bool held;
	u32 slot;			/* its place in the submission ring */
	u32 generation;
	u64 serial;
	u64 page, pages;		/* of its buffer */
};

struct w_session {
	struct sl_session *s;		/* NULL: none */
	struct sluice_control control;
	u8 *gw, *user;
	u32 consumer[W_QUEUES], producer[W_QUEUES];
	u32 scanned[W_QUEUES];		/* the checker's own reading of the submission ring */
	u32 taken[W_QUEUES];		/* the handler's */
	u32 events, requests;
	u32 heard;			/* of the events; the others are the next handler's */
	struct w_held held[W_QUEUES][64];
	u32 n_held;
	u64 *owner;			/* per pool page: serial of the command whose buffer it is */
	bool known[W_NEXUS_IDS];		/* nexus identifiers that the handler was told */
	bool reads_events, hangs, quiesced;
};

/* What a device's handler keeps for a nexus; moments, 0: never. */
struct w_prevention {
	u64 since;			/* it keeps it, since then */
	u64 lapsed;			/* what it kept by then it must not keep */
	bool may_lapse;
};

/* What abi.h section 4 promises of a device without a handler. */
struct w_device {
	u8 recovery;
	u64 timeout_ns[SLUICE_PACES];	/* as it was bound last */
	bool one_queue;			/* bound to one: its order of hand-over is that of its ring */
	u64 held_until_ns;		/* 0: not held */
	bool given_up;
	u64 resumed_ns;			/* taken over, or bound */
	u64 sequence;			/* the newest that was seen */
	struct m_reservations reservations;
	struct m_reserve reserve;	/* of SPC-2 */
	bool reserve_fades;		/* its holder reaches the device no more: it ends with his last command at the latest */
	bool aptpl;			/* they persist through a loss of power (SPC-5 5.14.5) */
	struct m_task_sets sets;
	u8 access[W_PORT_GROUPS];	/* enum sluice_access */
	const void *state;		/* the core's, when last seen */
	struct w_prevention prevention[W_NEXUS_IDS];
};

/* A session that ended while kept commands still had their Data-Out in its pool. */
struct w_zombie {
	struct sl_session *s;
	u8 *gw, *user;
};

struct world {
	u64 seed, rng;
	u32 generation;
	u64 hash;			/* of everything that the core did */
	u64 now_ns, armed_ns;
	struct sl_gateway *gw;
	struct w_cmd cmds[W_CMDS];
	struct w_tmf tmfs[W_TMFS];
	struct w_nexus nexuses[W_NEXUSES];
	struct w_session sessions[W_SESSIONS];
	struct w_device devices[W_DEVICES];
	struct w_zombie zombies[W_ZOMBIES];
	bool mapped[W_GROUPS][W_LUNS], read_only[W_GROUPS][W_LUNS];
	u64 serial;
	u64 moment;			/* counts what begins and ends preventions */
	u64 lapses, accesses_set;
	u64 submitted, responded, n_tmfs, deaths, takeovers, redelivered, silent, timeouts, fetch_timeouts, uas, faults;
	u64 by_status[256], reserve_outs[8];
	u32 in_respond, in_interrupt;
	struct w_cmd *unsettled[W_CMDS];	/* ended, and what that means is not told to the models */
	u32 n_unsettled;
	bool ticking;
	u64 excused[W_EXCUSED];		/* serials of commands that must end before the tick is over */
	u32 n_excused;
	u32 naca_percent, error_percent;	/* how often, in this world */
	u32 persistent_percent, reserve_percent;	/* PERSISTENT RESERVE OUT; RESERVE and RELEASE */
	u16 next_ua;
	bool draining;			/* nothing new; everything must end */
};

extern struct world *w;
/* Which cells of the command's table were reached, over all worlds. */
extern bool w_visited[SL_STATES][SL_EVENTS];

/* splitmix64 */
u64 w_random(void);
u32 w_below(u32 n);
bool w_chance(u32 percent);
void w_trace(u64 what, u64 a, u64 b);			/* trace.c */
void w_trace_state(u64 serial, u32 state, u32 event);
/* Prints seed, step and reason, and aborts. */
#define w_check(cond, ...) do { if (!(cond)) w_fail(__FILE__, __LINE__, #cond, __VA_ARGS__); } while (0)
__attribute__((noreturn, format(printf, 4, 5)))
void w_fail(const char *file, int line, const char *cond, const char *fmt, ...);

struct w_cmd *w_cmd_by_serial(u64 serial);

/* fabric.c */
extern const struct sl_fabric_ops w_fabric_ops;
void w_fabric_submit(void);
void w_fabric_fetch(void);		/* some fetches end */
void w_fabric_send(void);		/* some responses are sent and released */
void w_fabric_tmf(void);
void w_initiator_port(char *out, size_t size, u32 nexus, u32 port);	/* its name */
void w_fabric_open(u32 i);
void w_fabric_close(u32 i);
void w_fabric_probe(u32 i, u32 lun, u8 opcode);	/* for Unit Attentions */
bool w_fabric_idle(void);

/* tasks.c */
u32 w_itl(u32 nexus, u32 lun);		/* the number of its own task set */
u16 w_sense_code(const u8 *sense, u8 *key);
void w_attention(u32 device, u32 but, u16 code);	/* on all nexuses but that one */
void w_abort(struct w_cmd *c, int by, bool reset);
bool w_abort_in_set(struct w_cmd *c, int by);	/* false: nobody says that it has to be */
void w_tasks_nexus_lost(u32 nexus);
void w_tasks_control(u32 device, u32 mode);
void w_tasks_arrive(struct w_cmd *c, bool naca);
void w_tasks_moment(void);		/* a new one: what was before is before */
void w_tasks_ticked(void);
void w_tasks_settle(void);
void w_settle(void); /* both of the tasks and of the reservations (world.c) */
void w_tasks_go_on(const struct sl_cmd *cmd);	/* it was only stored what it asked for */
void w_tasks_observe(const struct sl_cmd *cmd, u32 state, u32 event);

/* maps.c */
u32 w_group_of(u32 nexus);
u32 w_port_group_of(u32 nexus);
bool w_sees(u32 nexus, u32 lun);
bool w_read_only(u32 nexus, u32 lun);
bool w_is_reached(u32 device);		/* by any nexus that there may be */
void w_map(u32 group, u32 lun, bool on);
void w_protect(u32 group, u32 lun);
void w_check_report_luns(const struct w_cmd *c);
void w_address(u8 out[8], u32 lun);
void w_control_side(void);		/* something changes */
void w_control_open(void);

/* access.c */
bool w_access_is(const struct w_cmd *c);		/* SET TARGET PORT GROUPS */
u16 w_access_refuses(const struct w_cmd *c);
void w_access(u32 device, u32 port_group);
void w_access_prepare(struct w_cmd *c);
void w_access_cdb(struct w_cmd *c);
void w_access_observe(const struct sl_cmd *cmd, u32 state, u32 event);

/* functions.c */
void w_function(u32 i, u32 lun, u8 function, u64 tag);	/* `tag` 0: about any task */
void w_function_any(u32 i);
void w_function_done(struct sl_tmf *tmf);

/* reserve.c */
bool w_reserve_is(const struct w_cmd *c);		/* RESERVE or RELEASE */
void w_reserve_legacy_cdb(struct w_cmd *c);
void w_reserve_nexus_lost(u32 nexus);
void w_reserve_unmapped(u32 nexus, u32 device);	/* one of the LUNs, or mapped */
void w_reserve_check_faded(void);
bool w_reserve_conflicts(const struct w_cmd *c);	/* as things are now */
bool w_reserve_out_conflicts(const struct w_cmd *c);
void w_reserve_prepare(struct w_cmd *c, u32 nexus, const struct w_device *d);
void w_reserve_cdb(struct w_cmd *c);
void w_reserve_settle(void);
void w_reserve_observe(const struct sl_cmd *cmd, u32 state, u32 event);
void w_reserve_responded(const struct w_cmd *c);

/* prevent.c */
void w_prevent_answered(const struct w_cmd *c);		/* with GOOD, by its handler */
void w_prevent_event(const struct sluice_event *e);
void w_prevent_powered_on(u32 device);
void w_prevent_lapses(u32 nexus, u32 device);
void w_prevent_nexus_lost(u32 nexus);
void w_prevent_unmapped(u32 nexus, u32 lun);
void w_prevent_check(void);		/* of the handlers that have heard everything */

/* handler.c */
void w_handler_open(u32 i);
void w_handler_doorbells(u32 i);	/* those that are owed */
void w_handler_die(u32 i);
void w_handler_quiesce(u32 i);
void w_handler_reap_zombies(void);	/* destroys those that are drained */
bool w_handler_zombies(void);
struct w_device *w_device_of(const struct w_cmd *c);	/* NULL: no such LUN */
void w_handler_work(u32 i);		/* takes, answers, misbehaves */
void w_handler_answer_all(u32 i);
void w_handler_listen(void);		/* all hear what is to be heard */
void w_handler_let_through(void);	/* what was published by now was handed over as things are now */
void w_handler_scan(void);		/* checks what was handed over since the last look */
void w_handler_raise(u32 i);
void w_handler_control_mode(u32 i);
u32 w_control_mode(void);		/* any */
void w_handler_forget(struct w_cmd *c);	/* its buffer may be used again */

/* world.c */
void w_open(u64 seed, u32 generation);
void w_step(void);
void w_close(void);			/* drains, checks that nothing is left */
void w_time_passes(u64 ns);

#endif /* SLUICE_TEST_SIM_WORLD_H */
