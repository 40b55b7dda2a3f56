/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "task_management.h"

#include "session.h"

/* iSCSIProtocolLevel from which on the functions of RFC 7144 are defined (RFC 7144 7.1.1). */
#define LEVEL_RFC_7144 2

/* RFC 7143 11.5.1 and RFC 7144 4.3 to SAM; 0: none. */
static uint8_t function_of(uint8_t function)
{
	static const uint8_t sam[] = {
		[ISCSI_TASK_ABORT_TASK] = SLUICE_TMF_ABORT_TASK,
		[ISCSI_TASK_ABORT_TASK_SET] = SLUICE_TMF_ABORT_TASK_SET,
		[ISCSI_TASK_CLEAR_ACA] = SLUICE_TMF_CLEAR_ACA,
		[ISCSI_TASK_CLEAR_TASK_SET] = SLUICE_TMF_CLEAR_TASK_SET,
		[ISCSI_TASK_LU_RESET] = SLUICE_TMF_LOGICAL_UNIT_RESET,
		[ISCSI_TASK_TARGET_WARM_RESET] = SLUICE_TMF_TARGET_RESET,
		[ISCSI_TASK_TARGET_COLD_RESET] = SLUICE_TMF_TARGET_RESET,
		[ISCSI_TASK_QUERY_TASK] = SLUICE_TMF_QUERY_TASK,
		[ISCSI_TASK_QUERY_TASK_SET] = SLUICE_TMF_QUERY_TASK_SET,
		[ISCSI_TASK_I_T_NEXUS_RESET] = SLUICE_TMF_I_T_NEXUS_RESET,
		[ISCSI_TASK_QUERY_ASYNC_EVENT] = SLUICE_TMF_QUERY_ASYNC_EVENT,
	};

	return function < sizeof(sam) ? sam[function] : 0;
}

static uint8_t response_of(uint8_t sam)
{
	switch (sam) {
	case SLUICE_TMF_COMPLETE:
		return ISCSI_TASK_COMPLETE;
	case SLUICE_TMF_SUCCEEDED:
		return ISCSI_TASK_SUCCEEDED;
	case SLUICE_TMF_INCORRECT_LUN:
		return ISCSI_TASK_NO_LUN;
	case SLUICE_TMF_NO_TASK:
		return ISCSI_TASK_NO_TASK;
	default:
		return ISCSI_TASK_NOT_SUPPORTED;
	}
}

/* `information` of QUERY ASYNCHRONOUS EVENT (RFC 7144 5.2), or NULL. */
static void answer(struct iscsi_connection *c, uint32_t itt, uint8_t response,
		   const uint8_t *information, bool last)
{
	struct iscsi_control *control = iscsi_control_new(c, ISCSI_OP_TASK_RESPONSE, 0);

	if (!control)
		return;
	control->bhs[2] = response;
	if (information)
		memcpy(&control->bhs[8], information, 3);
	control->last = last;
	put_be32(((struct iscsi_bhs *)(void *)control->bhs)->itt, itt);
	iscsi_control_send(c, control);
	if (last)
		c->state = ISCSI_CONN_ENDING;
}

static struct iscsi_tmf *take_tmf(struct iscsi_session *s)
{
	for (uint32_t i = 0; i < ISCSI_TMFS; i++) {
		struct iscsi_tmf *tmf = &s->tmfs[i];

		if (tmf->live)
			continue;
		tmf->live = true;
		tmf->session = s;
		tmf->internal = tmf->cold = tmf->several = tmf->waits = false;
		tmf->tmf.nexus = s->nexus;
		s->live_tmfs++;
		return tmf;
	}
	return NULL;
}

/* 11.5.1: TARGET COLD RESET ends every session of the target. */
static void reset_cold(struct iscsi_session *own)
{
	struct iscsi_fabric *f = own->fabric;
	struct iscsi_session *s;

	pthread_mutex_lock(&f->lock);
	LIST_FOREACH(s, &f->sessions, link)
		if (s != own && !s->discovery && !strcmp(s->target, own->target))
			iscsi_session_ask_close(s);
	pthread_mutex_unlock(&f->lock);
}

static void finish(struct iscsi_tmf *tmf)
{
	struct iscsi_session *s = tmf->session;
	bool last = tmf->cold && tmf->tmf.response == SLUICE_TMF_COMPLETE;

	tmf->live = false;
	s->live_tmfs--;
	if (tmf->several)
		iscsi_drain_answered(s);
	if (!s->connection) {
		iscsi_session_check_end(s);
		return;
	}
	if (tmf->internal)
		return;
	if (last)
		reset_cold(s);
	answer(s->connection, tmf->itt, response_of(tmf->tmf.response), tmf->tmf.information, last);
}

static void done(struct iscsi_tmf *tmf)
{
	struct iscsi_session *s = tmf->session;

	tmf->waits = tmf->several && s->connection && iscsi_drain_waits(s);
	if (!tmf->waits)
		finish(tmf);
}

void iscsi_tmf_drained(struct iscsi_session *s)
{
	for (uint32_t i = 0; s->live_tmfs && i < ISCSI_TMFS; i++) {
		if (!s->tmfs[i].live || !s->tmfs[i].waits)
			continue;
		s->tmfs[i].waits = false;
		finish(&s->tmfs[i]);
	}
}

static void done_by_mail(struct iscsi_mail *mail)
{
	done((void *)((char *)mail - offsetof(struct iscsi_tmf, mail)));
}

void iscsi_tmf_done(struct sl_tmf *sam)
{
	struct iscsi_tmf *tmf = (void *)((char *)sam - offsetof(struct iscsi_tmf, tmf));
	struct iscsi_reactor *r = tmf->session->reactor;

	if (loop_is_current(r->loop)) {
		done(tmf);
		return;
	}
	tmf->mail.deliver = done_by_mail;
	iscsi_mail_send(r, &tmf->mail);
}

/* ABORT TASK of a task that the core does not know: answered here. True if so. */
static bool abort_unknown(struct iscsi_connection *c, const struct iscsi_task_request_pdu *pdu)
{
	struct iscsi_session *s = c->session;
	struct iscsi_task *t = iscsi_task_find(s, get_be32(pdu->ref_task_tag));
	uint32_t ref = get_be32(pdu->ref_cmd_sn);
	uint8_t response = ISCSI_TASK_NO_TASK;

	if (t && !t->run.held)
		return false;
	if (t) {
		/* Its CmdSN still has its turn; then it ends without a word. */
		t->run.failed = t->run.dropped = true;
		response = ISCSI_TASK_COMPLETE;
	} else if (!iscsi_serial_before(ref, s->window.exp) &&
		   !iscsi_serial_before(s->window.max, ref) &&
		   iscsi_serial_before(ref, get_be32(pdu->cmd_sn))) {
		response = ISCSI_TASK_COMPLETE; /* 11.5.5: not come yet, counts as received */
	}
	answer(c, get_be32(pdu->itt), response, NULL, false);
	return true;
}

static bool of_one_unit(uint8_t function)
{
	return function == SLUICE_TMF_ABORT_TASK_SET || function == SLUICE_TMF_CLEAR_TASK_SET ||
	       function == SLUICE_TMF_LOGICAL_UNIT_RESET;
}

static bool of_several_tasks(uint8_t function)
{
	return of_one_unit(function) || function == SLUICE_TMF_TARGET_RESET ||
	       function == SLUICE_TMF_I_T_NEXUS_RESET;
}

/*
 * 11.5.1: a function acts on all commands of its session with a lower CmdSN, also on
 * those that still wait here for a missing one (then it is an immediate request: any
 * other has waited for its own turn). The core does not know them; their CmdSN keeps
 * its turn, and they end without a word. ABORT TASK is seen to above.
 *
 * What did not come at all is not waited for, as 11.5.1 would allow. There is one
 * connection, on which commands come in the order of CmdSN (4.2.2.1): a missing one
 * can come only as a retry after this request, and is served as one.
 */
static void abort_held(struct iscsi_session *s, const struct iscsi_task_request_pdu *pdu)
{
	uint8_t function = function_of(pdu->function & 0x7f);
	bool one_unit = of_one_unit(function);

	if (!of_several_tasks(function))
		return;
	for (uint32_t i = 0; s->held_tasks && i < s->used_tasks; i++) {
		struct iscsi_task *t = &s->tasks[i];

		if (t->run.live && t->run.held &&
		    iscsi_serial_before(t->run.cmd_sn, get_be32(pdu->cmd_sn)) &&
		    (!one_unit || !memcmp(t->cmd.lun, pdu->lun, sizeof(pdu->lun))))
			t->run.failed = t->run.dropped = true;
	}
}

void iscsi_task_request(struct iscsi_connection *c, const uint8_t *bhs)
{
	const struct iscsi_task_request_pdu *pdu = (const void *)bhs;
	uint8_t function = pdu->function & 0x7f;
	uint32_t itt = get_be32(pdu->itt);
	struct iscsi_tmf *tmf;

	if (c->session->discovery) {
		iscsi_reject(c, bhs, ISCSI_REJECT_PROTOCOL,
			     "task management in a discovery session", function);
		return;
	}
	if (!function_of(function) ||
	    (function > ISCSI_TASK_REASSIGN && c->p.protocol_level < LEVEL_RFC_7144)) {
		answer(c, itt,
		       function == ISCSI_TASK_REASSIGN ? ISCSI_TASK_NO_REASSIGN :
							 ISCSI_TASK_NOT_SUPPORTED,
		       NULL, false);
		return;
	}
	if (function == ISCSI_TASK_ABORT_TASK && abort_unknown(c, pdu))
		return;
	tmf = take_tmf(c->session);
	if (!tmf) {
		answer(c, itt, ISCSI_TASK_REJECTED, NULL, false);
		return;
	}
	abort_held(c->session, pdu);
	tmf->itt = itt;
	tmf->cold = function == ISCSI_TASK_TARGET_COLD_RESET;
	tmf->tmf.function = function_of(function);
	tmf->several = of_several_tasks(tmf->tmf.function);
	if (tmf->several)
		iscsi_drain_begin(c->session);
	tmf->tmf.task_tag = get_be32(pdu->ref_task_tag);
	memcpy(tmf->tmf.lun, pdu->lun, sizeof(tmf->tmf.lun));
	sl_tmf_submit(&tmf->tmf, iscsi_connection_now(c));
}

bool iscsi_task_abort(struct iscsi_task *t)
{
	struct iscsi_tmf *tmf = take_tmf(t->session);

	if (!tmf)
		return false;
	tmf->internal = true;
	tmf->tmf.function = SLUICE_TMF_ABORT_TASK;
	tmf->tmf.task_tag = t->run.itt;
	memcpy(tmf->tmf.lun, t->cmd.lun, sizeof(tmf->tmf.lun));
	sl_tmf_submit(&tmf->tmf, loop_now(t->session->reactor->loop));
	return true;
}
