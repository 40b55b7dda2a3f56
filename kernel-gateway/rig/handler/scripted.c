/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "scripted.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LONGEST_SLEEP_NS 200000000u

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

int scripted_device(struct scripted *s, uint32_t id)
{
	uint32_t n = s->stage->n_devices;

	for (uint32_t i = 0; i < n; i++) {
		if (s->stage->devices[i].id == id)
			return (int)i;
	}
	return -1;
}

/* A command may be here before DEVICE_ADD's reply has told us the identifier. */
static int await_device(struct scripted *s, uint32_t id)
{
	int device = scripted_device(s, id);

	for (int i = 0; device < 0 && i < 1000; i++) {
		usleep(1000);
		device = scripted_device(s, id);
	}
	return device;
}

/* ---- What it has seen ---------------------------------------------------------------- */

static struct stage_sighting *new_sighting(struct scripted *s)
{
	uint32_t at = atomic_fetch_add(&s->stage->n_sightings, 1);

	return at < STAGE_SIGHTINGS ? &s->stage->sightings[at] : NULL;
}

static void note_command(struct scripted *s, const struct handler_command *c, int device)
{
	struct stage_sighting *g = new_sighting(s);

	if (!g)
		return;
	g->process = s->stage->process;
	g->device = device;
	g->sequence = c->desc.sequence;
	g->expected_len = c->desc.expected_len;
	g->data_out_len = c->desc.data_out_len;
	g->buf_len = c->desc.buf_len;
	g->cdb_len = c->desc.cdb_len;
	g->flags = c->desc.flags;
	g->attribute = c->desc.attribute;
	g->direction = c->desc.direction;
	g->nexus = c->desc.nexus;
	memcpy(g->cdb, c->cdb, c->desc.cdb_len < STAGE_CDB ? c->desc.cdb_len : STAGE_CDB);
	atomic_store(&g->filled, true);
}

static void note_event(struct scripted *s, const struct sluice_event *e)
{
	struct stage_sighting *g = new_sighting(s);

	if (!g)
		return;
	g->is_event = true;
	g->process = s->stage->process;
	g->device = e->device ? scripted_device(s, e->device) : -1;
	g->type = e->type;
	g->function = e->function;
	g->nexus = e->nexus;
	atomic_store(&g->filled, true);
}

/* ---- What it does with a command ------------------------------------------------------ */

static const struct script_action serve = { .reply = SCRIPT_SERVE };

/* The newest rule whose turn it is; it counts the commands that go by. */
static struct script_action choose(struct scripted *s, const struct handler_command *c, int device)
{
	struct stage *g = s->stage;
	struct script_action chosen = serve;
	bool found = false;

	pthread_mutex_lock(&s->rules);
	for (uint32_t i = g->n_rules; i > g->first_rule; i--) {
		const struct script_rule *r = &g->rules[i - 1];
		uint32_t hit;

		if ((r->device >= 0 && r->device != device) ||
		    !script_matches(&r->match, c->cdb, c->desc.cdb_len))
			continue;
		hit = g->hits[i - 1]++;
		if (found || hit < r->skip || (r->times && hit - r->skip >= r->times))
			continue;
		chosen = r->action;
		found = true;
	}
	pthread_mutex_unlock(&s->rules);
	return chosen;
}

static void put_off(struct scripted_queue *q, const struct handler_command *c,
		    const struct script_action *a)
{
	struct scripted_waiting *w = calloc(1, sizeof(*w));

	if (!w)
		abort();
	w->command = *c;
	if (c->desc.cdb_len <= SLUICE_CDB_INLINE)
		w->command.cdb = w->command.desc.cdb;
	w->action = *a;
	w->due_ns = a->reply == SCRIPT_HOLD ? UINT64_MAX : clock_ns() + a->delay_ns;
	*q->last = w;
	q->last = &w->next;
}

static void perform(struct scripted_queue *q, struct handler_command *c)
{
	struct scripted *s = q->scripted;
	int device = await_device(s, c->desc.device);
	struct script_action a = choose(s, c, device);

	if (a.reply == SCRIPT_HOLD || a.delay_ns) {
		/* Held before it is seen: who has seen it may release it. */
		put_off(q, c, &a);
		note_command(s, c, device);
	} else {
		note_command(s, c, device);
		scripted_answer(s, c, &a);
	}
}

/* Answers what is due, and all that is held if it was released; how long until the next is due. */
static uint64_t answer_due(struct scripted_queue *q, bool release)
{
	struct scripted_waiting **at = &q->first;
	uint64_t now = clock_ns(), next = now + LONGEST_SLEEP_NS;

	while (*at) {
		struct scripted_waiting *w = *at;
		bool held = w->due_ns == UINT64_MAX;

		if (held ? !release : w->due_ns > now) {
			if (!held && w->due_ns < next)
				next = w->due_ns;
			at = &w->next;
			continue;
		}
		*at = w->next;
		if (!*at)
			q->last = at;
		scripted_answer(q->scripted, &w->command, &w->action);
		free(w);
	}
	return next - now;
}

static bool take_one(struct scripted_queue *q)
{
	struct scripted *s = q->scripted;
	struct handler_command c;
	bool taken;

	pthread_mutex_lock(&s->seen);
	taken = !s->stage->blind && handler_take(&s->handler, q->index, &c);
	if (taken)
		perform(q, &c);
	pthread_mutex_unlock(&s->seen);
	return taken;
}

static void *queue_main(void *arg)
{
	struct scripted_queue *q = arg;
	struct handler *h = &q->scripted->handler;
	struct stage *g = q->scripted->stage;

	while (!handler_over(h)) {
		uint32_t mail = g->mail_serial;
		uint32_t releases = g->releases;
		uint64_t sleep_ns;

		/* What was in the ring before a release is released with it. */
		while (take_one(q))
			;
		sleep_ns = answer_due(q, releases != q->released);
		q->released = releases;
		handler_flush(h, q->index);
		if (g->blind)
			stage_wait(&g->mail_serial, mail, sleep_ns);
		else if (g->releases == releases)
			handler_wait(h, q->index, sleep_ns);
	}
	return NULL;
}

static bool hear_one(struct scripted *s)
{
	struct sluice_event event;
	bool taken;

	pthread_mutex_lock(&s->seen);
	taken = !s->stage->deaf && handler_take_event(&s->handler, &event);
	if (taken)
		if (event.type != SLUICE_EVENT_PING)
			note_event(s, &event);
	pthread_mutex_unlock(&s->seen);
	return taken;
}

static void *admin_main(void *arg)
{
	struct scripted *s = arg;

	while (!handler_over(&s->handler)) {
		uint32_t mail = s->stage->mail_serial;

		if (hear_one(s))
			continue;
		if (s->stage->deaf)
			stage_wait(&s->stage->mail_serial, mail, LONGEST_SLEEP_NS);
		else
			handler_wait_event(&s->handler, LONGEST_SLEEP_NS);
	}
	return NULL;
}

/* ---- What the rig asks ------------------------------------------------------------------ */

static int add_device(struct scripted *s, uint32_t i, char why[CONNECTION_WHY])
{
	struct stage_device *d = &s->stage->devices[i];
	uint32_t id;
	int err;

	if (!s->disks[i].bytes) {
		ram_disk_attach(&s->disks[i], s->stage->media + d->media_off, d->blocks,
				d->block_bytes);
		s->disks[i].peripheral_type = d->profile.peripheral_type;
	}
	err = handler_restore(&s->handler, d->profile.name, d->record, d->record_bytes, why);
	if (err)
		return err;
	err = handler_device_add(&s->handler, &d->profile, &id, why);
	if (!err)
		atomic_store(&d->id, id);
	return err;
}

static int remove_device(struct scripted *s, uint32_t i, char why[CONNECTION_WHY])
{
	struct stage_device *d = &s->stage->devices[i];

	return handler_device_remove(&s->handler, d->id, why);
}

static void follow_order(struct scripted *s, const struct script_action *a, int device)
{
	if (a->deeds & (SCRIPT_DEAF | SCRIPT_HEAR))
		atomic_store(&s->stage->deaf, (a->deeds & SCRIPT_DEAF) != 0);
	if (a->deeds & (SCRIPT_BLIND | SCRIPT_LOOK))
		atomic_store(&s->stage->blind, (a->deeds & SCRIPT_BLIND) != 0);
	scripted_deeds(s, a, device < 0 ? a->foreign_device : s->stage->devices[device].id, 0);
	scripted_break(s, a, 0);
	if (a->deeds & (SCRIPT_BREAK_QUEUE | SCRIPT_BREAK_ADMIN))
		return;
	/* What the scenario does next comes after it. */
	while (!handler_requests_taken(&s->handler) && !handler_over(&s->handler))
		usleep(100);
}

static bool all_seen(struct scripted *s)
{
	bool all;

	pthread_mutex_lock(&s->seen);
	all = s->stage->deaf || handler_events_taken(&s->handler);
	for (uint32_t i = 0; all && !s->stage->blind && i < s->stage->session.queues; i++)
		all = handler_entries_taken(&s->handler, i);
	pthread_mutex_unlock(&s->seen);
	return all;
}

/* False: the end. */
static bool read_mail(struct scripted *s)
{
	struct stage *g = s->stage;
	char why[CONNECTION_WHY] = "";
	int err = 0;

	switch (g->mail) {
	case STAGE_MAIL_DEVICE_ADD:
		err = add_device(s, (uint32_t)g->mail_device, why);
		break;
	case STAGE_MAIL_DEVICE_REMOVE:
		err = remove_device(s, (uint32_t)g->mail_device, why);
		break;
	case STAGE_MAIL_ORDER:
		follow_order(s, &g->mail_action, g->mail_device);
		break;
	case STAGE_MAIL_RELEASE:
		atomic_fetch_add(&g->releases, 1);
		break;
	case STAGE_MAIL_QUIESCE:
		err = handler_quiesce(&s->handler, why);
		break;
	case STAGE_MAIL_SEEN:
		while (!all_seen(s) && !handler_over(&s->handler))
			usleep(100);
		break;
	case STAGE_MAIL_END:
		return false;
	}
	g->mail_result = err;
	memcpy(g->mail_why, why, sizeof(g->mail_why));
	handler_wake(&s->handler);
	return true;
}

static void answer_mail(struct scripted *s, uint32_t serial)
{
	atomic_store(&s->stage->mail_done, serial);
	stage_wake(&s->stage->mail_done);
}

static void serve_mail(struct scripted *s, uint32_t done)
{
	struct stage *g = s->stage;
	bool more = true;

	while (more && handler_alive(&s->handler)) {
		uint32_t serial = g->mail_serial;

		if (serial == done) {
			stage_wait(&g->mail_serial, done, LONGEST_SLEEP_NS);
			continue;
		}
		more = read_mail(s);
		done = serial;
		answer_mail(s, done);
	}
}

/* ---- Life ---------------------------------------------------------------------------------- */

static int fail(struct scripted *s, const char *why)
{
	snprintf(s->stage->why, sizeof(s->stage->why), "%s", why);
	atomic_store(&s->stage->state, STAGE_FAILED);
	stage_wake(&s->stage->state);
	return 1;
}

static bool start_threads(struct scripted *s)
{
	for (uint32_t i = 0; i < s->stage->session.queues; i++) {
		struct scripted_queue *q = &s->queues[i];

		*q = (struct scripted_queue){
			.scripted = s, .index = i, .last = &q->first, .released = s->stage->releases
		};
		if (pthread_create(&q->thread, NULL, queue_main, q))
			return false;
	}
	return pthread_create(&s->admin, NULL, admin_main, s) == 0;
}

static void end(struct scripted *s)
{
	handler_stop(&s->handler);
	for (uint32_t i = 0; i < s->stage->session.queues; i++)
		pthread_join(s->queues[i].thread, NULL);
	pthread_join(s->admin, NULL);
	handler_close(&s->handler);
}

int scripted_run(struct stage *stage,
		 int (*open)(void *arg, struct handler *h, const struct stage *stage,
			     char why[CONNECTION_WHY]),
		 void *arg)
{
	static struct ram_disk disks[STAGE_DEVICES];
	static struct scripted s;
	char why[CONNECTION_WHY] = "";
	uint32_t done = stage->mail_serial;

	s.stage = stage;
	s.disks = disks;
	pthread_mutex_init(&s.rules, NULL);
	pthread_mutex_init(&s.requests, NULL);
	pthread_mutex_init(&s.seen, NULL);
	if (open(arg, &s.handler, stage, why))
		return fail(&s, why);
	s.handler.spin_rounds = 0;
	if (!start_threads(&s))
		return fail(&s, "no thread for a queue: raise the limit on threads");
	for (uint32_t i = 0; i < stage->n_devices; i++) {
		if (!stage->devices[i].removed && add_device(&s, i, why))
			return fail(&s, why);
	}
	atomic_store(&stage->state, STAGE_SERVING);
	stage_wake(&stage->state);
	serve_mail(&s, done);
	end(&s);
	return 0;
}
