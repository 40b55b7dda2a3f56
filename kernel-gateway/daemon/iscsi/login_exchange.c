/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The login of a connection: login.c's verdicts carried out. */
#include <stdlib.h>

#include "session.h"

static enum iscsi_login_status ask_target(void *arg, const char *target, const char *initiator,
					  char alias[64], struct iscsi_credential *credential)
{
	struct iscsi_connection *c = arg;
	struct iscsi_fabric *f = c->fabric;
	enum iscsi_login_status status = ISCSI_LOGIN_SUCCESS;
	struct sluice_target t;
	int err;

	pthread_mutex_lock(&f->lock);
	err = iscsi_drop_pending(f, target) ? -ENOENT :
					      sl_target_admits(f->gw, target, initiator, &t);
	if (err)
		status = err == -EACCES ? ISCSI_LOGIN_FORBIDDEN : ISCSI_LOGIN_NOT_FOUND;
	else
		memcpy(alias, t.alias, sizeof(t.alias));
	if (!status)
		iscsi_account_read(f, target, credential);
	pthread_mutex_unlock(&f->lock);
	return status;
}

static void ask_discovery(void *arg, struct iscsi_credential *credential)
{
	struct iscsi_connection *c = arg;

	pthread_mutex_lock(&c->fabric->lock);
	iscsi_account_read(c->fabric, "", credential);
	pthread_mutex_unlock(&c->fabric->lock);
}

/* MaxConnections is 1: a second connection finds its session full, or none at all. */
static enum iscsi_login_status ask_join(void *arg, const struct iscsi_login *login)
{
	struct iscsi_connection *c = arg;
	struct iscsi_session *s;
	bool same;

	pthread_mutex_lock(&c->fabric->lock);
	s = iscsi_session_find(c->fabric, login->tsih);
	same = s && !memcmp(s->isid, login->isid, sizeof(s->isid)) &&
	       !strcmp(s->initiator, login->initiator) && !strcmp(s->target, login->target);
	pthread_mutex_unlock(&c->fabric->lock);
	return same ? ISCSI_LOGIN_TOO_MANY : ISCSI_LOGIN_NO_SESSION;
}

static void send_answer(struct iscsi_connection *c, const struct iscsi_login_answer *answer,
			bool last)
{
	struct iscsi_control *control =
		iscsi_control_new(c, ISCSI_OP_LOGIN_RESPONSE, answer->text_len);

	if (!control)
		return;
	memcpy(control->bhs, answer->bhs, sizeof(control->bhs));
	memcpy(control->data, answer->text, answer->text_len);
	control->numbered = false;
	control->advances = false;
	control->last = last;
	iscsi_control_send(c, control);
	if (last)
		c->state = ISCSI_CONN_ENDING;
}

static void refuse(struct iscsi_connection *c, struct iscsi_login_answer *answer)
{
	const struct iscsi_login_response *r = (const void *)answer->bhs;
	const struct iscsi_login *l = c->login;

	log_warn("iscsi", "%s %s: login to %s refused, status %02x%02x: %s%s%s", c->peer,
		 l->initiator[0] ? l->initiator : "(no name)",
		 l->discovery ? "discovery" :
		 l->target[0] ? l->target :
				"(no target)",
		 r->status_class, r->status_detail, l->why ? l->why : "no reason",
		 l->detail[0] ? ": " : "", l->detail);
	atomic_fetch_add_explicit(&c->fabric->refused, 1, memory_order_relaxed);
	send_answer(c, answer, true);
}

static void enter_full_feature(struct iscsi_connection *c, struct iscsi_login_answer *answer)
{
	struct iscsi_fabric *f = c->fabric;
	struct iscsi_session *s = c->session;
	struct iscsi_login *l = c->login;

	log_info("iscsi", "%s %s: logged in to %s, TSIH %u%s%s", c->peer, s->initiator,
		 s->discovery ? "discovery" : s->target, s->tsih,
		 l->initiator_alias[0] ? ", alias " : "", l->initiator_alias);
	c->p = l->negotiation.p;
	c->cid = l->cid;
	c->tx.stat_sn = l->stat_sn;
	iscsi_login_set_tsih(answer, s->tsih);
	send_answer(c, answer, false);
	iscsi_login_destroy(l);
	free(l);
	c->login = NULL;
	c->counted_login = false;
	atomic_fetch_sub(&f->logins, 1);
	c->state = ISCSI_CONN_FULL;
	c->heard_ns = iscsi_connection_now(c);
	if (iscsi_receive_grow(&c->rx)) {
		iscsi_connection_doom(c);
		return;
	}
	if (f->limits.nop_interval_ms != UINT32_MAX)
		loop_timer_set(c->reactor->loop, &c->timer,
			       c->heard_ns + f->limits.nop_interval_ms * 1000000ull);
	else
		loop_timer_cancel(c->reactor->loop, &c->timer);
	if (atomic_load(&f->shutting_down))
		iscsi_connection_doom(c);
}

static void complete(struct iscsi_connection *c, struct iscsi_login_answer *answer)
{
	enum iscsi_login_status status;

	switch (iscsi_session_install(c, &status)) {
	case ISCSI_INSTALLED:
		enter_full_feature(c, answer);
		break;
	case ISCSI_INSTALL_WAIT:
		c->state = ISCSI_CONN_WAITING;
		iscsi_reactor_mark(c); /* reads nothing meanwhile */
		if (c->answer == answer)
			break;
		c->answer = malloc(sizeof(*answer));
		if (c->answer)
			*c->answer = *answer;
		else
			iscsi_connection_doom(c);
		break;
	case ISCSI_INSTALL_REFUSED:
		iscsi_login_refuse(c->login, status, answer);
		refuse(c, answer);
		break;
	}
}

void iscsi_login_resume(struct iscsi_connection *c)
{
	struct iscsi_login_answer *answer = c->answer;

	complete(c, answer);
	if (c->state == ISCSI_CONN_WAITING)
		return;
	c->answer = NULL;
	free(answer);
	iscsi_receive_parse(c);
	iscsi_reactor_mark(c); /* watch the socket again */
}

void iscsi_login_request(struct iscsi_connection *c, const uint8_t *data, uint32_t len)
{
	struct iscsi_login_env env = {
		.arg = c,
		.random = iscsi_chap_random,
		.group_tag = c->group_tag,
		.window = c->fabric->limits.window,
		.target = ask_target,
		.discovery = ask_discovery,
		.join = ask_join,
	};
	struct iscsi_login_answer answer;

	switch (iscsi_login_step(c->login, &env, c->rx.bhs, (const char *)data, len, &answer)) {
	case ISCSI_LOGIN_GO_ON:
		send_answer(c, &answer, false);
		break;
	case ISCSI_LOGIN_COMPLETE:
		complete(c, &answer);
		break;
	case ISCSI_LOGIN_REFUSED:
		refuse(c, &answer);
		break;
	}
}
