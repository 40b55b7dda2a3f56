/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Data-Out of a task: immediate, unsolicited and solicited (RFC 7143 11.7, 11.8).
 * DataPDUInOrder and DataSequenceInOrder are Yes, so `received` says it all.
 */
#include <stdlib.h>

#include "session.h"

#define STATUS_CHECK_CONDITION 0x02
#define STATUS_BUSY	       0x08
#define ABORTED_COMMAND	       0x0b

bool iscsi_data_out_open(const struct iscsi_task *t)
{
	/* 11.4.7.2: our own error waits for the F bit of every open sequence */
	if (t->run.failed && !t->run.ended)
		return t->run.unsolicited || t->run.r2t_count;
	return t->run.unsolicited && !t->run.cancelled;
}

/* ---- Staging ---------------------------------------------------------------- */

void iscsi_data_out_unstage(struct iscsi_task *t)
{
	if (!t->run.stage)
		return;
	free(t->run.stage);
	t->run.stage = NULL;
	t->session->staged_bytes -= t->run.stage_len;
	atomic_fetch_sub_explicit(&t->session->fabric->staged_bytes, t->run.stage_len,
				  memory_order_relaxed);
}

static bool stage(struct iscsi_task *t)
{
	struct iscsi_fabric *f = t->session->fabric;
	uint32_t len = t->run.first_end;
	uint64_t before = atomic_fetch_add_explicit(&f->staged_bytes, len, memory_order_relaxed);

	/* No session takes more than a quarter of it from the others. */
	if (before + len <= f->limits.max_staged_bytes &&
	    t->session->staged_bytes + len <= f->limits.max_staged_bytes / 4)
		t->run.stage = malloc(len);
	if (!t->run.stage) {
		atomic_fetch_sub_explicit(&f->staged_bytes, len, memory_order_relaxed);
		return false;
	}
	t->run.stage_len = len;
	t->session->staged_bytes += len;
	return true;
}

uint8_t *iscsi_data_out_place(struct iscsi_task *t, uint32_t offset, uint32_t *room)
{
	*room = 0;
	if (t->run.failed || t->run.ended || t->run.cancelled)
		return NULL;
	if (t->run.filling) {
		if (offset >= t->run.want)
			return NULL;
		*room = t->run.want - offset;
		return t->cmd.data + offset;
	}
	if (t->run.want) /* the buffer was filled and is the core's again */
		return NULL;
	if (!t->run.stage && !stage(t)) {
		iscsi_task_fail(t, STATUS_BUSY, 0, 0, 0);
		return NULL;
	}
	if (offset >= t->run.stage_len)
		return NULL;
	*room = t->run.stage_len - offset;
	return t->run.stage + offset;
}

/* ---- Progress --------------------------------------------------------------- */

static void advance(struct iscsi_task *t)
{
	struct iscsi_connection *c = t->session->connection;

	if (!t->run.filling || t->run.failed)
		return;
	if (t->run.received >= t->run.want) {
		t->run.filling = false;
		sl_cmd_data_out_done(&t->cmd, t->run.want, loop_now(t->session->reactor->loop));
		return;
	}
	if (t->run.unsolicited || t->run.arriving || !c)
		return;
	if (t->run.r2t_next < t->run.received)
		t->run.r2t_next = t->run.received;
	if (t->run.r2t_next < t->run.want && t->run.r2t_count < c->p.max_outstanding_r2t)
		iscsi_transmit_r2t(c, t);
}

void iscsi_data_out_granted(struct iscsi_task *t)
{
	struct iscsi_connection *c = t->session->connection;
	struct sl_cmd *cmd = &t->cmd;
	uint32_t have = t->run.received;

	if (t->run.cancelled || !c) {
		sl_cmd_data_out_done(cmd, 0, loop_now(t->session->reactor->loop));
		return;
	}
	t->run.filling = true;
	t->run.want = cmd->buf_len < cmd->expected_len ? cmd->buf_len : cmd->expected_len;
	if (t->run.stage) {
		if (!t->run.failed) {
			memcpy(cmd->data, t->run.stage, have < t->run.want ? have : t->run.want);
			/* The segment that is just coming in goes on in the buffer. */
			if (c->rx.task == t && c->rx.dest)
				iscsi_receive_redirect(&c->rx, t,
						       have < t->run.want ? cmd->data + have : NULL,
						       have < t->run.want ? t->run.want - have : 0);
		}
		iscsi_data_out_unstage(t);
	}
	advance(t);
}

/*
 * Aborted, or its deadline passed while the initiator sends nothing. In the latter
 * case the status goes out with sequences open: 11.4.2 would wait for their F bit,
 * which may never come. The tags of open R2Ts end with the task, so that what comes
 * late finds none and is dropped.
 */
void iscsi_data_out_cancelled(struct iscsi_task *t)
{
	struct iscsi_connection *c = t->session->connection;

	t->run.cancelled = true;
	if (c) {
		iscsi_receive_redirect(&c->rx, t, NULL, 0);
		iscsi_transmit_forget_r2t(c, t);
	}
	if (!t->run.filling)
		return;
	t->run.filling = false;
	sl_cmd_data_out_done(&t->cmd, 0, loop_now(t->session->reactor->loop));
}

/* ---- PDUs ------------------------------------------------------------------- */

static struct iscsi_task *task_of(struct iscsi_session *s, const struct iscsi_data_out_pdu *pdu)
{
	uint32_t ttt = get_be32(pdu->ttt), itt = get_be32(pdu->itt), index = ttt & 0xffff;
	struct iscsi_task *t;

	if (ttt == ISCSI_TAG_NONE)
		return iscsi_task_find(s, itt);
	if (index >= s->used_tasks)
		return NULL;
	t = &s->tasks[index];
	if (!t->run.live || t->run.itt != itt || !t->run.r2t_count || t->run.r2t[0].ttt != ttt)
		return NULL;
	return t;
}

/* A sequence error; *ascq is 0 if there is none. */
static const char *check_sequence(const struct iscsi_task *t, const struct iscsi_data_out_pdu *pdu,
				  uint8_t *asc, uint8_t *ascq, uint32_t *value)
{
	bool solicited = get_be32(pdu->ttt) != ISCSI_TAG_NONE, final = pdu->flags & ISCSI_FINAL;
	uint32_t end = solicited ? t->run.r2t[0].end : t->run.first_end,
		 len = get_be24(pdu->data_len);

	*asc = 0x0c;
	*ascq = 0x0c;
	*value = len;
	if (!solicited && !t->run.unsolicited)
		return "unsolicited data after its last PDU, bytes";
	*asc = 0x47;
	*ascq = 0x05;
	*value = get_be32(pdu->data_sn);
	if (*value != t->run.data_sn)
		return "DataSN out of order";
	*value = get_be32(pdu->offset);
	if (*value != t->run.received)
		return "Buffer Offset out of order";
	*asc = 0x0c;
	*ascq = 0x0d;
	*value = len;
	if (len > end - t->run.received)
		return "more data than FirstBurstLength or the R2T allow, bytes";
	if (final && t->run.received + len != end)
		return "F bit before the end of the sequence, bytes";
	*ascq = 0;
	return NULL;
}

void iscsi_data_out(struct iscsi_connection *c, const uint8_t *bhs)
{
	const struct iscsi_data_out_pdu *pdu = (const void *)bhs;
	struct iscsi_task *t = task_of(c->session, pdu);
	uint32_t room = 0, value;
	uint8_t asc, ascq;
	const char *why;
	uint8_t *dest;

	if (!t || t->cmd.direction != SLUICE_DIR_OUT)
		return; /* of a task that ended or was aborted: 11.7.4, discarded */
	c->rx.task = t;
	if (t->run.failed || t->run.ended)
		return;
	why = check_sequence(t, pdu, &asc, &ascq, &value);
	if (why) {
		log_warn("iscsi", "%s %s: Data-Out of task 0x%x: %s %u; command failed", c->peer,
			 c->session->initiator, t->run.itt, why, value);
		iscsi_task_fail(t, STATUS_CHECK_CONDITION, ABORTED_COMMAND, asc, ascq);
		return;
	}
	dest = iscsi_data_out_place(t, t->run.received, &room);
	iscsi_receive_into(&c->rx, dest, room);
}

static void close_sequence(struct iscsi_task *t, bool solicited)
{
	t->run.data_sn = 0;
	if (!solicited) {
		t->run.unsolicited = false;
		return;
	}
	t->run.r2t_count--;
	memmove(&t->run.r2t[0], &t->run.r2t[1], t->run.r2t_count * sizeof(t->run.r2t[0]));
}

void iscsi_data_out_complete(struct iscsi_connection *c, struct iscsi_task *t, const uint8_t *bhs,
			     bool digest_ok)
{
	const struct iscsi_data_out_pdu *pdu = (const void *)bhs;
	bool solicited = get_be32(pdu->ttt) != ISCSI_TAG_NONE;

	if (!digest_ok) {
		iscsi_reject(c, bhs, ISCSI_REJECT_DATA_DIGEST, "data digest error, opcode", bhs[0]);
		iscsi_task_fail(t, STATUS_CHECK_CONDITION, ABORTED_COMMAND, 0x47, 0x05);
	}
	if (!t->run.failed) {
		t->run.received += get_be24(pdu->data_len);
		t->run.data_sn++;
	}
	if (pdu->flags & ISCSI_FINAL && (solicited ? t->run.r2t_count > 0 : t->run.unsolicited))
		close_sequence(t, solicited);
	/* The PDU is through: from here on its task may end without it. */
	c->rx.task = NULL;
	if (t->run.failed || t->run.ended)
		iscsi_task_settle(t);
	else
		advance(t);
}

void iscsi_data_out_immediate(struct iscsi_task *t, uint32_t len)
{
	t->session->connection->rx.task = NULL;
	t->run.arriving = false;
	if (!t->run.failed)
		t->run.received += len;
	if (t->run.failed || t->run.ended)
		iscsi_task_settle(t);
	else
		advance(t);
}

/* ---- R2T -------------------------------------------------------------------- */

static void build_r2t(struct iscsi_connection *c, struct iscsi_task *t)
{
	struct iscsi_r2t_pdu *pdu = (void *)iscsi_batch_header(c);
	uint32_t left = t->run.want - t->run.r2t_next;
	uint32_t len = left < c->p.max_burst ? left : c->p.max_burst;
	struct iscsi_r2t *r2t = &t->run.r2t[t->run.r2t_count++];

	r2t->ttt = t->index | (++t->generation & 0x7fff) << 16;
	r2t->end = t->run.r2t_next + len;
	pdu->opcode = ISCSI_OP_R2T;
	pdu->flags = ISCSI_FINAL;
	memcpy(pdu->lun, t->cmd.lun, sizeof(pdu->lun));
	put_be32(pdu->itt, t->run.itt);
	put_be32(pdu->ttt, r2t->ttt);
	put_be32(pdu->stat_sn, c->tx.stat_sn); /* the next one; 11.8 */
	put_be32(pdu->exp_cmd_sn, c->session->window.exp);
	put_be32(pdu->max_cmd_sn, iscsi_window_max(&c->session->window));
	put_be32(pdu->r2t_sn, t->run.r2t_sn++);
	put_be32(pdu->offset, t->run.r2t_next);
	put_be32(pdu->desired_len, len);
	t->run.r2t_next += len;
	iscsi_batch_end(c, (uint8_t *)pdu, NULL, 0);
}

bool iscsi_data_out_build_r2t(struct iscsi_connection *c, struct iscsi_task *t)
{
	while (t->run.filling && !t->run.failed && t->run.r2t_next < t->run.want &&
	       t->run.r2t_count < c->p.max_outstanding_r2t) {
		if (!iscsi_batch_room(&c->tx))
			return false;
		build_r2t(c, t);
	}
	return true;
}
