/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "task.h"

#include "session.h"

#define STATUS_CHECK_CONDITION 0x02
#define ABORTED_COMMAND	       0x0b
#define ILLEGAL_REQUEST	       0x05

#define TASK_OF(ptr, member) \
	((struct iscsi_task *)(void *)((char *)(ptr)-offsetof(struct iscsi_task, member)))

static uint64_t now_of(const struct iscsi_task *t)
{
	return loop_now(t->session->reactor->loop);
}

/* ---- Operations of the core, handed to the session's thread ------------- */

static void ended(struct iscsi_task *t);

static void granted_by_mail(struct iscsi_mail *mail)
{
	iscsi_data_out_granted(TASK_OF(mail, granted_mail));
}

static void cancelled_by_mail(struct iscsi_mail *mail)
{
	struct iscsi_task *t = TASK_OF(mail, cancel_mail);

	atomic_store(&t->cancel_in_flight, false);
	if (t->run.end_waits)
		ended(t); /* it crossed with our own end of the data */
	else
		iscsi_data_out_cancelled(t);
}

static void ended_by_mail(struct iscsi_mail *mail)
{
	ended(TASK_OF(mail, ended_mail));
}

static void op_data_out(struct sl_cmd *cmd)
{
	struct iscsi_task *t = TASK_OF(cmd, cmd);

	if (loop_is_current(t->session->reactor->loop))
		iscsi_data_out_granted(t);
	else
		iscsi_mail_send(t->session->reactor, &t->granted_mail);
}

static void op_data_out_cancel(struct sl_cmd *cmd)
{
	struct iscsi_task *t = TASK_OF(cmd, cmd);

	if (loop_is_current(t->session->reactor->loop)) {
		iscsi_data_out_cancelled(t);
		return;
	}
	/* The core ends the command only after this call: ended() sees the flag. */
	atomic_store(&t->cancel_in_flight, true);
	iscsi_mail_send(t->session->reactor, &t->cancel_mail);
}

static void op_respond(struct sl_cmd *cmd)
{
	struct iscsi_task *t = TASK_OF(cmd, cmd);

	if (loop_is_current(t->session->reactor->loop))
		ended(t);
	else
		iscsi_mail_send(t->session->reactor, &t->ended_mail);
}

static void op_nexus_closed(void *fabric_nexus)
{
	struct iscsi_session *s = fabric_nexus;

	/* Always by mail: the caller's stack may still hold the session. */
	iscsi_mail_send(s->reactor, &s->nexus_closed_mail);
}

const struct sl_fabric_ops iscsi_fabric_ops = {
	.data_out = op_data_out,
	.data_out_cancel = op_data_out_cancel,
	.respond = op_respond,
	.tmf_done = iscsi_tmf_done,
	.nexus_closed = op_nexus_closed,
};

/* ---- Slots ------------------------------------------------------------------ */

static struct iscsi_task **bucket_of(struct iscsi_session *s, uint32_t itt)
{
	return &s->buckets[(itt ^ itt >> 8 ^ itt >> 16 ^ itt >> 24) % ISCSI_TASK_BUCKETS];
}

struct iscsi_task *iscsi_task_find(struct iscsi_session *s, uint32_t itt)
{
	struct iscsi_task *t = *bucket_of(s, itt);

	while (t && t->run.itt != itt)
		t = t->next;
	return t;
}

static struct iscsi_task *take_slot(struct iscsi_session *s, uint32_t itt)
{
	struct iscsi_task *t = s->free_tasks;

	if (t) {
		s->free_tasks = t->next;
	} else if (s->used_tasks < s->n_tasks) {
		t = &s->tasks[s->used_tasks];
		t->index = s->used_tasks++;
		t->session = s;
		t->granted_mail.deliver = granted_by_mail;
		t->cancel_mail.deliver = cancelled_by_mail;
		t->ended_mail.deliver = ended_by_mail;
		t->response_tx.kind = ISCSI_TX_RESPONSE;
		t->r2t_tx.kind = ISCSI_TX_R2T;
	} else {
		return NULL;
	}
	memset(&t->run, 0, sizeof(t->run));
	t->run.itt = itt;
	t->run.live = true;
	t->next = *bucket_of(s, itt);
	*bucket_of(s, itt) = t;
	return t;
}

void iscsi_task_answered(struct iscsi_task *t)
{
	if (t->run.unanswered)
		t->session->window.unanswered--;
	t->run.unanswered = false;
}

static void leave_hold(struct iscsi_task *t)
{
	if (!t->run.held)
		return;
	t->run.held = false;
	t->session->held_tasks--;
	t->session->window.held--;
}

void iscsi_task_release(struct iscsi_task *t)
{
	struct iscsi_session *s = t->session;
	struct iscsi_connection *c = s->connection;
	struct iscsi_task **p = bucket_of(s, t->run.itt);

	if (c) {
		iscsi_transmit_forget_r2t(c, t);
		if (c->rx.task == t) {
			iscsi_receive_redirect(&c->rx, t, NULL, 0);
			c->rx.task = NULL;
		}
	}
	iscsi_data_out_unstage(t);
	leave_hold(t);
	iscsi_task_answered(t);
	if (t->run.immediate)
		s->immediate_tasks--;
	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	t->run.live = false;
	if (t->run.submitted)
		sl_cmd_release(&t->cmd, now_of(t));
	t->next = s->free_tasks;
	s->free_tasks = t;
}

/* ---- Command PDU ------------------------------------------------------------ */

static uint8_t attribute_of(uint8_t flags)
{
	uint8_t attribute = flags & ISCSI_CMD_ATTR_MASK;

	/* 11.3.1: 0 is untagged, which SAM knows no more; the others are SAM's numbers */
	return attribute ? attribute : SLUICE_ATTR_SIMPLE;
}

/* The header by itself; a Reject reason or 0. */
static int check_command(const struct iscsi_scsi_command *pdu, const char **why, uint32_t *value)
{
	uint8_t direction = pdu->flags & (ISCSI_CMD_READ | ISCSI_CMD_WRITE);
	uint32_t len = get_be24(pdu->data_len);

	*value = pdu->flags;
	if (direction == (ISCSI_CMD_READ | ISCSI_CMD_WRITE)) {
		*why = "bidirectional command, flags";
		return ISCSI_REJECT_NOT_SUPPORTED;
	}
	if (attribute_of(pdu->flags) > SLUICE_ATTR_ACA) {
		*why = "task attribute in flags";
		return ISCSI_REJECT_INVALID_FIELD;
	}
	if (direction != ISCSI_CMD_WRITE && (!(pdu->flags & ISCSI_FINAL) || len)) {
		*why = "data or no F bit in a command that writes nothing, flags";
		return ISCSI_REJECT_INVALID_FIELD;
	}
	if (get_be32(pdu->itt) == ISCSI_TAG_NONE || (len && len > get_be32(pdu->expected_len))) {
		*why = "reserved task tag, or immediate data past the expected length; DataSegmentLength";
		*value = len;
		return ISCSI_REJECT_INVALID_FIELD;
	}
	return 0;
}

static void fill_command(struct iscsi_task *t, const struct iscsi_scsi_command *pdu,
			 uint32_t cdb_len)
{
	struct sl_cmd *cmd = &t->cmd;

	cmd->nexus = t->session->nexus;
	cmd->task_tag = t->run.itt;
	cmd->cdb_len = (uint16_t)cdb_len;
	cmd->attribute = attribute_of(pdu->flags);
	cmd->direction = pdu->flags & ISCSI_CMD_WRITE ? SLUICE_DIR_OUT :
			 pdu->flags & ISCSI_CMD_READ  ? SLUICE_DIR_IN :
							SLUICE_DIR_NONE;
	cmd->expected_len = cmd->direction ? get_be32(pdu->expected_len) : 0;
	memcpy(cmd->lun, pdu->lun, sizeof(cmd->lun));
	cmd->data = NULL;
	cmd->data_len = 0;
	cmd->silent = 0;
	t->run.cmd_sn = get_be32(pdu->cmd_sn);
}

/* What of the write's data comes unasked, and may it? (13.10, 13.11, 13.14; sense by 11.4.7.2) */
static void begin_data_out(struct iscsi_connection *c, struct iscsi_task *t,
			   const struct iscsi_scsi_command *pdu)
{
	uint32_t len = get_be24(pdu->data_len), expected = t->cmd.expected_len;

	t->run.first_end = expected < c->p.first_burst ? expected : c->p.first_burst;
	t->run.unsolicited = !(pdu->flags & ISCSI_FINAL);
	t->run.arriving = len > 0;
	if (!t->run.unsolicited && len < t->run.first_end)
		t->run.first_end = len;
	if ((t->run.unsolicited && c->p.initial_r2t) || (len && !c->p.immediate_data))
		iscsi_task_fail(t, STATUS_CHECK_CONDITION, ABORTED_COMMAND, 0x0c, 0x0c);
	else if (len > c->p.first_burst)
		iscsi_task_fail(t, STATUS_CHECK_CONDITION, ABORTED_COMMAND, 0x0c, 0x0d);
}

static struct iscsi_task *admit(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *ahs,
				uint32_t ahs_len, bool immediate)
{
	const struct iscsi_scsi_command *pdu = (const void *)bhs;
	struct iscsi_session *s = c->session;
	struct iscsi_task *t = NULL;
	const char *why = "";
	uint32_t value = 0, cdb_len = 0;
	int reason = check_command(pdu, &why, &value);

	if (!reason && iscsi_task_find(s, get_be32(pdu->itt))) {
		reason = ISCSI_REJECT_TASK_IN_PROGRESS;
		why = "Initiator Task Tag in use";
		value = get_be32(pdu->itt);
	}
	if (!reason && immediate && s->immediate_tasks >= ISCSI_IMMEDIATE_TASKS) {
		reason = ISCSI_REJECT_IMMEDIATE;
		why = "too many immediate commands";
		value = s->immediate_tasks;
	}
	if (!reason) {
		t = take_slot(s, get_be32(pdu->itt));
		reason = t ? 0 : ISCSI_REJECT_RESOURCES;
	}
	if (t) {
		cdb_len = iscsi_pdu_cdb(bhs, ahs, ahs_len, t->cmd.cdb);
		if (!cdb_len) {
			iscsi_task_release(t);
			reason = ISCSI_REJECT_INVALID_FIELD;
			why = "additional header segments of bytes";
			value = ahs_len;
		}
	}
	if (reason) {
		iscsi_reject(c, bhs, reason, why, value);
		return NULL;
	}
	t->run.immediate = immediate;
	s->immediate_tasks += immediate;
	fill_command(t, pdu, cdb_len);
	return t;
}

void iscsi_task_command(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *ahs,
			uint32_t ahs_len)
{
	const struct iscsi_scsi_command *pdu = (const void *)bhs;
	struct iscsi_session *s = c->session;
	bool immediate = bhs[0] & ISCSI_IMMEDIATE;
	enum iscsi_window_verdict turn = ISCSI_WINDOW_NEXT;
	struct iscsi_task *t;
	uint8_t *dest;
	uint32_t room = 0;

	if (!immediate)
		turn = iscsi_window_take(&s->window, get_be32(pdu->cmd_sn));
	if (turn == ISCSI_WINDOW_IGNORE)
		return;
	t = admit(c, bhs, ahs, ahs_len, immediate);
	if (!t)
		return;
	t->run.unanswered = !immediate;
	s->window.unanswered += !immediate;
	c->rx.task = t;
	if (t->cmd.direction == SLUICE_DIR_OUT)
		begin_data_out(c, t, pdu);
	if (turn == ISCSI_WINDOW_AHEAD) {
		t->run.held = true;
		s->held_tasks++;
		s->window.held++;
	} else {
		iscsi_task_submit(t);
	}
	if (c->rx.task != t || !c->rx.data_len)
		return;
	dest = iscsi_data_out_place(t, 0, &room);
	iscsi_receive_into(&c->rx, dest, room);
}

void iscsi_task_submit(struct iscsi_task *t)
{
	leave_hold(t);
	if (t->run.dropped) {
		iscsi_task_release(t);
		return;
	}
	if (t->run.failed) {
		iscsi_task_settle(t);
		return;
	}
	t->run.submitted = true;
	if (sl_cmd_submit(&t->cmd, now_of(t))) {
		t->run.submitted = false;
		iscsi_task_fail(t, STATUS_CHECK_CONDITION, ILLEGAL_REQUEST, 0x24, 0x00);
	}
}

/* ---- Ends -------------------------------------------------------------------- */

static void ended(struct iscsi_task *t)
{
	struct iscsi_connection *c = t->session->connection;

	t->run.end_waits = atomic_load(&t->cancel_in_flight);
	if (t->run.end_waits)
		return;
	t->run.ended = true;
	t->run.filling = false;
	if (c && c->rx.task == t)
		iscsi_receive_redirect(&c->rx, t, NULL, 0);
	if (c && !(t->cmd.silent && !t->run.failed))
		iscsi_task_settle(t);
	else if (!c || !iscsi_drain_keep(t))
		iscsi_task_release(t);
}

/* Our own status in place of the core's, which has none. */
static void substitute_status(struct iscsi_task *t)
{
	struct sl_cmd *cmd = &t->cmd;

	cmd->status = t->run.status;
	cmd->data_len = 0;
	cmd->residual = cmd->expected_len;
	cmd->residual_kind = cmd->expected_len ? SLUICE_RESIDUAL_UNDER : SLUICE_RESIDUAL_NONE;
	cmd->sense_len = 0;
	if (t->run.status != STATUS_CHECK_CONDITION)
		return;
	cmd->sense_len = 18; /* fixed format, SPC-5 4.4.3 */
	memset(cmd->sense, 0, cmd->sense_len);
	cmd->sense[0] = 0x70;
	cmd->sense[2] = t->run.sense_key;
	cmd->sense[7] = 10;
	cmd->sense[12] = t->run.asc;
	cmd->sense[13] = t->run.ascq;
}

void iscsi_task_settle(struct iscsi_task *t)
{
	struct iscsi_connection *c = t->session->connection;

	if (t->run.live && t->run.draining) {
		iscsi_drain_settle(t);
		return;
	}
	if (!t->run.live || t->run.held || !c || t->run.answering || iscsi_data_out_open(t))
		return;
	if (t->run.failed && !t->run.submitted)
		t->run.ended = true;
	if (t->run.ended) {
		if (t->run.failed && (!t->run.submitted || t->cmd.silent))
			substitute_status(t);
		t->run.answering = true;
		iscsi_transmit_response(c, t);
	} else if (t->run.failed && !t->run.aborting) {
		t->run.aborting = true;
		if (!iscsi_task_abort(t))
			iscsi_connection_doom(c);
	}
}

void iscsi_task_fail(struct iscsi_task *t, uint8_t status, uint8_t key, uint8_t asc, uint8_t ascq)
{
	struct iscsi_connection *c = t->session->connection;

	if (t->run.failed || t->run.ended)
		return;
	t->run.failed = true;
	t->run.status = status;
	t->run.sense_key = key;
	t->run.asc = asc;
	t->run.ascq = ascq;
	if (c)
		iscsi_receive_redirect(&c->rx, t, NULL, 0);
	if (c && !(t->cmd.direction == SLUICE_DIR_OUT && c->rx.task == t))
		iscsi_task_settle(t);
}

void iscsi_task_command_complete(struct iscsi_connection *c, struct iscsi_task *t, bool digest_ok)
{
	if (t->cmd.direction != SLUICE_DIR_OUT)
		return;
	if (!digest_ok) {
		iscsi_reject(c, c->rx.bhs, ISCSI_REJECT_DATA_DIGEST, "data digest error, opcode",
			     c->rx.bhs[0]);
		iscsi_task_fail(t, STATUS_CHECK_CONDITION, ABORTED_COMMAND, 0x47, 0x05);
	}
	iscsi_data_out_immediate(t, c->rx.data_len);
}
