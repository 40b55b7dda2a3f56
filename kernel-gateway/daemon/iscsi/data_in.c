/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The answer to a task: Data-In PDUs and the SCSI Response (RFC 7143 11.4, 11.7). */
#include "session.h"

static uint8_t residual_flags(const struct sl_cmd *cmd)
{
	switch (cmd->residual_kind) {
	case SLUICE_RESIDUAL_UNDER:
		return ISCSI_FLAG_UNDERFLOW;
	case SLUICE_RESIDUAL_OVER:
		return ISCSI_FLAG_OVERFLOW;
	default:
		return 0;
	}
}

static void build_response(struct iscsi_connection *c, struct iscsi_task *t)
{
	struct iscsi_scsi_response *pdu = (void *)iscsi_batch_header(c);
	struct sl_cmd *cmd = &t->cmd;
	uint8_t *sense = iscsi_batch_inline(c, (uint8_t *)pdu);
	uint32_t len = 0;

	iscsi_task_answered(t);
	pdu->opcode = ISCSI_OP_SCSI_RESPONSE;
	pdu->flags = ISCSI_FINAL | residual_flags(cmd);
	pdu->status = cmd->status;
	put_be32(pdu->itt, t->run.itt);
	put_be32(pdu->stat_sn, c->tx.stat_sn++);
	put_be32(pdu->exp_cmd_sn, c->session->window.exp);
	put_be32(pdu->max_cmd_sn, iscsi_window_max(&c->session->window));
	put_be32(pdu->exp_data_sn,
		 cmd->direction == SLUICE_DIR_OUT ? t->run.r2t_sn : t->run.data_sn);
	if (pdu->flags != ISCSI_FINAL)
		put_be32(pdu->residual, cmd->residual);
	if (cmd->sense_len) { /* 11.4.7: SenseLength, then sense */
		put_be16(sense, cmd->sense_len);
		memcpy(sense + 2, cmd->sense, cmd->sense_len);
		len = 2u + cmd->sense_len;
	}
	iscsi_batch_end(c, (uint8_t *)pdu, NULL, len);
}

/* One Data-In; true if it carries the status, too. */
static bool build_data(struct iscsi_connection *c, struct iscsi_task *t)
{
	struct iscsi_data_in_pdu *pdu = (void *)iscsi_batch_header(c);
	struct sl_cmd *cmd = &t->cmd;
	uint32_t left = cmd->data_len - t->run.sent;
	uint32_t burst_left = c->p.max_burst - t->run.sent % c->p.max_burst;
	uint32_t len = c->p.max_send & ~3u; /* 11.7: whole words but at the end of a sequence */
	bool last, status;

	len = len < burst_left ? len : burst_left;
	len = len < left ? len : left;
	last = len == left;
	status = last && !cmd->status && !cmd->sense_len;
	pdu->opcode = ISCSI_OP_DATA_IN;
	if (last || len == burst_left)
		pdu->flags = ISCSI_FINAL;
	if (status) {
		iscsi_task_answered(t);
		pdu->flags |= ISCSI_DATA_IN_STATUS | residual_flags(cmd);
		if (cmd->residual_kind)
			put_be32(pdu->residual, cmd->residual);
		put_be32(pdu->stat_sn, c->tx.stat_sn++);
	}
	put_be32(pdu->itt, t->run.itt);
	put_be32(pdu->ttt, ISCSI_TAG_NONE);
	put_be32(pdu->exp_cmd_sn, c->session->window.exp);
	put_be32(pdu->max_cmd_sn, iscsi_window_max(&c->session->window));
	put_be32(pdu->data_sn, t->run.data_sn++);
	put_be32(pdu->offset, t->run.sent);
	iscsi_batch_end(c, (uint8_t *)pdu, cmd->data + t->run.sent, len);
	t->run.sent += len;
	c->tx.backlog -= len;
	return status;
}

bool iscsi_data_in_build(struct iscsi_connection *c, struct iscsi_task *t)
{
	while (t->run.sent < t->cmd.data_len) {
		if (!iscsi_batch_room(&c->tx))
			return false;
		if (build_data(c, t))
			return true;
	}
	if (!iscsi_batch_room(&c->tx))
		return false;
	build_response(c, t);
	return true;
}
