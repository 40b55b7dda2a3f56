/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The inside of a running scenario. */
#ifndef SLUICE_RIG_PLAY_PLAYER_H
#define SLUICE_RIG_PLAY_PLAYER_H

#include "handler_process.h"
#include "rig/gateway/directory.h"
#include "play.h"

#define PLAYER_TEXT 1024

/* A nexus has a rig of its own, so that to close one holds up no other. */
struct player_nexus {
	struct player_nexus *next;
	struct player *player;
	const char *name;
	const struct nexus_spec *spec;
	char initiator_port[SLUICE_PORT_NAME_LEN];
	struct channel *channel;	/* NULL: dropped */
	uint32_t id;			/* the gateway's; 0: closed */
	uint32_t close_id;		/* of the message that closes it; only while `closing` */
	bool closing;
	uint64_t data_used;		/* of the region; starts over when nothing is under way */
	uint32_t n_live;
};

/* A command or a function that was sent. */
struct player_task {
	struct player_task *next;	/* the newest first */
	const char *name;		/* NULL: waited for at once */
	uint32_t index;			/* of those sent with times= */
	struct player_nexus *nexus;
	uint64_t tag;
	uint32_t message;		/* identifier of the request on its channel */
	bool is_function;
	bool ended;
	int refused;			/* -errno: the gateway did not take it */
	char why[CONNECTION_WHY];
	uint64_t sent_ns, ended_ns;
	uint32_t order;
	uint64_t data_off;
	uint32_t data_room;		/* Data-In: bytes that were marked before */
	struct sluice_rig_result result;
	struct sluice_rig_tmf function;
	uint8_t *data;			/* result.data_len bytes */
	bool overwritten;		/* bytes behind data_len have changed */
};

struct player_handler {
	struct player_handler *next;
	const char *name;
	const struct handler_spec *spec;
	struct handler_process process;
	char directory[DIRECTORY_PATH];	/* of a real one's files; empty: there is none */
};

struct player_device {
	struct player_device *next;
	const char *name;
	struct player_handler *handler;	/* NULL: mapped only */
	int place;			/* in the stage's list */
};

struct player_lun {
	struct player_lun *next;
	const struct lun_spec *spec;
};

struct player_target {
	struct player_target *next;
	const char *name;		/* NULL: the scenario's own */
};

struct player {
	const struct play_options *options;
	const char *path;
	const struct scenario *scenario;
	const struct statement *statement;	/* the present one */
	struct gateway *gateway;
	struct channel *control, *clock;
	uint64_t deadline_ns;
	char prefix[32];		/* of names in a gateway that others use, too */
	uint64_t next_tag;
	struct player_nexus *nexuses;
	struct player_task *tasks, *last;	/* `last`: what an expectation without a name is about */
	struct player_handler *handlers;
	struct player_device *devices;
	struct player_lun *luns;
	struct player_target *targets;
	struct sluice_gateway_info before;	/* its counters when the scenario began; 0 if it is ours alone */
	bool failed, skipped;
	char why[CONNECTION_WHY];	/* of a refusal, or why it is skipped */
};

/* ---- player.c ---------------------------------------------------------------------------- */

uint64_t player_clock(void);
/* What is left of the scenario's time; 0: nothing. */
uint64_t player_left(const struct player *p);
/* Prints where and what; the scenario has failed. What follows may print more, indented by four. */
void player_fail(struct player *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void player_trace(const struct player *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A request of the control role. 0 or -errno with p->why. */
int player_control(struct player *p, uint32_t op, const void *body, uint32_t len, void *reply,
		   uint32_t reply_len);
/*
 * Takes in what ended, for up to bound_ns, until done() says so. False: it did not in
 * that time, or not in the scenario's.
 */
bool player_wait(struct player *p, bool (*done)(struct player *p, void *arg), void *arg,
		 uint64_t bound_ns);

/* ---- player_setup.c: 0, or -errno with p->why: refused ------------------------------------ */

struct player_handler *player_find_handler(struct player *p, const char *name);
struct player_device *player_find_device(struct player *p, const char *name);
const char *player_device_name(const struct player *p, const char *name, char out[SLUICE_NAME_LEN]);
const char *player_target_name(const struct player *p, const char *name,
			       char out[SLUICE_PORT_NAME_LEN]);
int player_handler_start(struct player *p, const struct statement *s);
int player_device_add(struct player *p, const struct statement *s);
int player_device_remove(struct player *p, const struct statement *s);
int player_target_add(struct player *p, const char *name);
int player_group_add(struct player *p, const struct statement *s);
int player_lun_map(struct player *p, const struct statement *s);
int player_lun_unmap(struct player *p, const struct statement *s);
int player_access(struct player *p, const struct statement *s);
int player_process(struct player *p, const struct statement *s);
int player_advance(struct player *p, uint64_t ns);
/* Takes back what was configured; for a gateway that others use, too. */
void player_withdraw(struct player *p);

/* ---- player_script.c ------------------------------------------------------------------------ */

int player_when(struct player *p, const struct statement *s);
int player_order(struct player *p, const struct statement *s);
int player_forget(struct player *p, const struct statement *s);
int player_release(struct player *p, const struct statement *s);

/* ---- player_nexus.c --------------------------------------------------------------------------- */

struct player_nexus *player_find_nexus(struct player *p, const char *name);
int player_nexus_open(struct player *p, const struct statement *s);
int player_nexus_close(struct player *p, const struct statement *s);
int player_nexus_drop(struct player *p, const struct statement *s);
int player_nexus_reopen(struct player *p, const struct statement *s);

/* ---- player_task.c ------------------------------------------------------------------------------ */

int player_send(struct player *p, const struct statement *s);
int player_function(struct player *p, const struct statement *s);
int player_ready(struct player *p, const struct statement *s);
/* The channel's `ended`. */
void player_ended(void *nexus, const struct message *m);
/* The newest of that name; `index` of those sent with times=. NULL: was not sent. */
struct player_task *player_find_task(struct player *p, const char *name, uint32_t index);
/* That one, or the scenario fails: a command that was refused, for example, was never sent. */
struct player_task *player_need_task(struct player *p, const char *name);
/* Waits for its end; fails the scenario if that does not come. */
bool player_await(struct player *p, struct player_task *t);
void player_tasks_free(struct player *p);
/* `len` bytes of a data file, zeros behind its end. 0 or -ENOENT with p->why. */
int player_file_data(struct player *p, const char *name, uint8_t *out, uint32_t len);

/* ---- player_expect.c, player_sight.c: fail the scenario --------------------------------------------- */

void player_expect_end(struct player *p, const struct statement *s);
void player_expect_order(struct player *p, const struct statement *s);
void player_expect_pending(struct player *p, const struct statement *s);
void player_expect_saw(struct player *p, const struct statement *s);
void player_expect_heard(struct player *p, const struct statement *s);
void player_expect_info(struct player *p, const struct statement *s);

/* "GOOD, 512 bytes of data", "CHECK CONDITION, ILLEGAL REQUEST 24h/00h ...", "silence" */
const char *player_end_text(const struct player_task *t, char out[PLAYER_TEXT]);

/* ---- difference.c ------------------------------------------------------------------------------------ */

/* Prints how many bytes differ and the first lines that do, expected against came. */
void difference_print(FILE *out, const uint8_t *expected, const uint8_t *came, uint32_t len,
		      uint64_t base);

#endif /* SLUICE_RIG_PLAY_PLAYER_H */
