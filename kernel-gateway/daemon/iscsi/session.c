/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Index (under the fabric's lock) ---------------------------------------- */

struct iscsi_session *iscsi_session_find(struct iscsi_fabric *f, uint16_t tsih)
{
	struct iscsi_session *s;

	LIST_FOREACH(s, &f->sessions, link)
		if (s->tsih == tsih)
			return s;
	return NULL;
}

bool iscsi_session_of_target(struct iscsi_fabric *f, const char *target)
{
	struct iscsi_session *s;

	LIST_FOREACH(s, &f->sessions, link)
		if (!s->discovery && !strcmp(s->target, target))
			return true;
	return false;
}

/* The session that a login with TSIH 0 replaces (6.3.5): same initiator port, same target port. */
static struct iscsi_session *find_same(struct iscsi_fabric *f, const struct iscsi_login *l,
				       uint16_t group_tag)
{
	struct iscsi_session *s;

	LIST_FOREACH(s, &f->sessions, link)
		if (!s->discovery && s->group_tag == group_tag &&
		    !memcmp(s->isid, l->isid, sizeof(s->isid)) &&
		    !strcmp(s->initiator, l->initiator) && !strcmp(s->target, l->target))
			return s;
	return NULL;
}

static uint16_t free_tsih(struct iscsi_fabric *f)
{
	do {
		f->last_tsih++;
	} while (!f->last_tsih || iscsi_session_find(f, f->last_tsih));
	return f->last_tsih;
}

static uint64_t port_hash(const char *initiator, const uint8_t *isid, const char *target)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */

	for (const char *p = initiator; *p; p++)
		h = (h ^ (uint8_t)*p) * 0x100000001b3u;
	for (uint32_t i = 0; i < ISCSI_ISID_LEN; i++)
		h = (h ^ isid[i]) * 0x100000001b3u;
	for (const char *p = target; *p; p++)
		h = (h ^ (uint8_t)*p) * 0x100000001b3u;
	return h ? h : 1;
}

static bool was_here(struct iscsi_fabric *f, uint64_t hash)
{
	for (uint32_t i = 0; i < ISCSI_RECENT_PORTS; i++)
		if (f->recent[i] == hash)
			return true;
	return false;
}

static void remember(struct iscsi_fabric *f, uint64_t hash)
{
	if (was_here(f, hash))
		return;
	f->recent[f->recent_at] = hash;
	f->recent_at = (f->recent_at + 1) % ISCSI_RECENT_PORTS;
}

/* ---- Beginning --------------------------------------------------------------- */

static void close_by_mail(struct iscsi_mail *mail);

static void nexus_closed(struct iscsi_mail *mail)
{
	struct iscsi_session *s =
		(void *)((char *)mail - offsetof(struct iscsi_session, nexus_closed_mail));

	s->nexus_closed = true;
	iscsi_session_check_end(s);
}

static struct iscsi_session *new_session(struct iscsi_connection *c)
{
	struct iscsi_login *l = c->login;
	struct iscsi_fabric *f = c->fabric;
	struct iscsi_session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->fabric = f;
	s->reactor = c->reactor;
	s->discovery = l->discovery;
	s->group_tag = c->group_tag;
	memcpy(s->isid, l->isid, sizeof(s->isid));
	memcpy(s->initiator, l->initiator, sizeof(s->initiator));
	memcpy(s->target, l->target, sizeof(s->target));
	s->window = (struct iscsi_window){ .exp = l->cmd_sn,
					   .size = f->limits.window,
					   .max = l->cmd_sn + f->limits.window - 1 };
	TAILQ_INIT(&s->waiters);
	s->nexus_closed_mail.deliver = nexus_closed;
	s->close_mail.deliver = close_by_mail;
	if (s->discovery)
		return s;
	s->n_tasks = f->limits.window + ISCSI_IMMEDIATE_TASKS + ISCSI_TASKS_IN_BATCH;
	s->tasks = calloc(s->n_tasks, sizeof(*s->tasks));
	if (!s->tasks) {
		free(s);
		return NULL;
	}
	return s;
}

static enum iscsi_login_status open_nexus(struct iscsi_connection *c, struct iscsi_session *s)
{
	char initiator_port[ISCSI_NAME_MAX + 20], target_port[ISCSI_NAME_MAX + 20];
	struct iscsi_fabric *f = c->fabric;
	bool again = was_here(f, port_hash(s->initiator, s->isid, s->target));

	if (iscsi_drop_pending(f, s->target))
		return ISCSI_LOGIN_NOT_FOUND;
	/* 4.2.7, SAM: the names of the SCSI ports */
	snprintf(initiator_port, sizeof(initiator_port), "%s,i,0x%02x%02x%02x%02x%02x%02x",
		 s->initiator, s->isid[0], s->isid[1], s->isid[2], s->isid[3], s->isid[4],
		 s->isid[5]);
	snprintf(target_port, sizeof(target_port), "%s,t,0x%04x", s->target, s->group_tag);
	if (strlen(initiator_port) >= SLUICE_PORT_NAME_LEN ||
	    strlen(target_port) >= SLUICE_PORT_NAME_LEN)
		return ISCSI_LOGIN_INITIATOR_ERROR;
	switch (sl_nexus_open(f->gw, s->target, initiator_port, target_port, c->peer,
			      again ? SL_NEXUS_REINSTATED : SL_NEXUS_NEW, &iscsi_fabric_ops, s,
			      &s->nexus)) {
	case 0:
		return ISCSI_LOGIN_SUCCESS;
	case -ENOENT:
		return ISCSI_LOGIN_NOT_FOUND;
	case -EACCES:
		return ISCSI_LOGIN_FORBIDDEN;
	default:
		return ISCSI_LOGIN_RESOURCES;
	}
}

/* Under the lock, with nothing in the way. */
static enum iscsi_login_status install(struct iscsi_connection *c)
{
	struct iscsi_fabric *f = c->fabric;
	enum iscsi_login_status status = ISCSI_LOGIN_SUCCESS;
	struct iscsi_session *s;

	if (atomic_load(&f->shutting_down))
		return ISCSI_LOGIN_UNAVAILABLE;
	if (f->n_sessions >= f->limits.max_connections)
		return ISCSI_LOGIN_RESOURCES;
	s = new_session(c);
	if (!s)
		return ISCSI_LOGIN_RESOURCES;
	if (!s->discovery)
		status = open_nexus(c, s);
	if (status) {
		free(s->tasks);
		free(s);
		return status;
	}
	s->tsih = free_tsih(f);
	/*
	 * A queue that our own loop serves (queue mod loops), another for each session: no
	 * hop between threads.
	 */
	if (s->nexus)
		sl_nexus_prefer_queue(s->nexus,
				      loop_index(c->reactor->loop) + f->n_reactors * s->tsih);
	s->connection = c;
	c->session = s;
	LIST_INSERT_HEAD(&f->sessions, s, link);
	f->n_sessions++;
	atomic_fetch_add(&f->alive, 1);
	return ISCSI_LOGIN_SUCCESS;
}

enum iscsi_install iscsi_session_install(struct iscsi_connection *c,
					 enum iscsi_login_status *status)
{
	struct iscsi_fabric *f = c->fabric;
	struct iscsi_session *old = NULL;

	pthread_mutex_lock(&f->lock);
	if (!c->login->discovery)
		old = find_same(f, c->login, c->group_tag);
	if (old) {
		c->waiting_for = old;
		TAILQ_INSERT_TAIL(&old->waiters, c, waiting_link);
		iscsi_session_ask_close(old);
	} else {
		*status = install(c);
	}
	pthread_mutex_unlock(&f->lock);
	if (old)
		return ISCSI_INSTALL_WAIT;
	if (*status && !c->login->why)
		c->login->why =
			*status == ISCSI_LOGIN_RESOURCES   ? "too many sessions, or no memory" :
			*status == ISCSI_LOGIN_UNAVAILABLE ? "the gateway is shutting down" :
							     "the target is not to be had";
	return *status ? ISCSI_INSTALL_REFUSED : ISCSI_INSTALLED;
}

/* ---- End -------------------------------------------------------------------- */

static void free_session(struct iscsi_session *s)
{
	struct iscsi_fabric *f = s->fabric;

	free(s->tasks);
	free(s);
	iscsi_fabric_put(f);
}

void iscsi_session_ask_close(struct iscsi_session *s)
{
	if (s->close_in_flight)
		return;
	s->close_in_flight = true;
	iscsi_mail_send(s->reactor, &s->close_mail);
}

static void close_by_mail(struct iscsi_mail *mail)
{
	struct iscsi_session *s =
		(void *)((char *)mail - offsetof(struct iscsi_session, close_mail));
	bool unlinked;

	pthread_mutex_lock(&s->fabric->lock);
	s->close_in_flight = false;
	unlinked = s->unlinked;
	pthread_mutex_unlock(&s->fabric->lock);
	if (unlinked)
		free_session(s);
	else if (s->connection)
		iscsi_connection_doom(s->connection);
}

static void wake_waiters(struct iscsi_session *s)
{
	struct iscsi_connection *c;

	while ((c = TAILQ_FIRST(&s->waiters))) {
		TAILQ_REMOVE(&s->waiters, c, waiting_link);
		c->waiting_for = NULL;
		c->wake_in_flight = true;
		iscsi_mail_send(c->reactor, &c->wake_mail);
	}
}

void iscsi_session_unwait(struct iscsi_connection *c)
{
	pthread_mutex_lock(&c->fabric->lock);
	if (c->waiting_for)
		TAILQ_REMOVE(&c->waiting_for->waiters, c, waiting_link);
	c->waiting_for = NULL;
	pthread_mutex_unlock(&c->fabric->lock);
}

void iscsi_session_check_end(struct iscsi_session *s)
{
	struct iscsi_fabric *f = s->fabric;
	bool mail_in_flight;

	if (!s->nexus_closed || s->live_tmfs)
		return;
	pthread_mutex_lock(&f->lock);
	LIST_REMOVE(s, link);
	f->n_sessions--;
	if (!s->discovery)
		remember(f, port_hash(s->initiator, s->isid, s->target));
	wake_waiters(s);
	s->unlinked = true;
	mail_in_flight = s->close_in_flight;
	iscsi_drop_check(f);
	pthread_mutex_unlock(&f->lock);
	if (!mail_in_flight)
		free_session(s);
}

void iscsi_session_close(struct iscsi_session *s)
{
	struct iscsi_held *held;

	while ((held = s->held)) {
		s->held = held->next;
		atomic_fetch_sub_explicit(&s->fabric->staged_bytes, sizeof(*held) + held->len,
					  memory_order_relaxed);
		free(held);
	}
	iscsi_drain_close(s);
	/* What the core does not have, or has answered, is given back now; the rest ends silently. */
	for (uint32_t i = 0; i < s->used_tasks; i++) {
		struct iscsi_task *t = &s->tasks[i];

		if (t->run.live && (!t->run.submitted || t->run.ended))
			iscsi_task_release(t);
	}
	if (s->nexus) {
		sl_nexus_close(s->nexus, loop_now(s->reactor->loop));
		return;
	}
	s->nexus_closed = true;
	iscsi_session_check_end(s);
}

/* ---- PDUs before their turn --------------------------------------------------- */

bool iscsi_session_hold(struct iscsi_session *s, const uint8_t *bhs, const uint8_t *data,
			uint32_t len)
{
	uint32_t cmd_sn = get_be32(((const struct iscsi_bhs *)bhs)->cmd_sn);
	struct iscsi_held **p = &s->held, *held;
	uint64_t size = sizeof(*held) + len;

	/* The window bounds their number; a second one of the same CmdSN is a duplicate. */
	while (*p && iscsi_serial_before(get_be32(((struct iscsi_bhs *)(void *)(*p)->bhs)->cmd_sn),
					 cmd_sn))
		p = &(*p)->next;
	if (*p && get_be32(((struct iscsi_bhs *)(void *)(*p)->bhs)->cmd_sn) == cmd_sn)
		return true;
	if (atomic_fetch_add(&s->fabric->staged_bytes, size) + size >
		    s->fabric->limits.max_staged_bytes ||
	    !(held = malloc(size))) {
		atomic_fetch_sub(&s->fabric->staged_bytes, size);
		return false;
	}
	memcpy(held->bhs, bhs, sizeof(held->bhs));
	held->len = len;
	if (len)
		memcpy(held->data, data, len);
	held->next = *p;
	*p = held;
	return true;
}

static struct iscsi_task *held_task(struct iscsi_session *s)
{
	for (uint32_t i = 0; s->held_tasks && i < s->used_tasks; i++) {
		struct iscsi_task *t = &s->tasks[i];

		if (t->run.live && t->run.held && t->run.cmd_sn == s->window.exp)
			return t;
	}
	return NULL;
}

void iscsi_session_release_held(struct iscsi_session *s)
{
	while (s->connection && !s->connection->doomed && (s->held || s->held_tasks)) {
		struct iscsi_task *t = held_task(s);
		struct iscsi_held *held = s->held;

		if (t) {
			s->window.exp++;
			iscsi_task_submit(t);
		} else if (held && get_be32(((struct iscsi_bhs *)(void *)held->bhs)->cmd_sn) ==
					   s->window.exp) {
			s->window.exp++;
			s->held = held->next;
			iscsi_full_execute(s->connection, held->bhs, held->data, held->len);
			atomic_fetch_sub_explicit(&s->fabric->staged_bytes,
						  sizeof(*held) + held->len, memory_order_relaxed);
			free(held);
		} else {
			return;
		}
	}
}
