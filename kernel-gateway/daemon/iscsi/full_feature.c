/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* PDUs of the full feature phase: their turn by CmdSN, and who executes them. */
#include "session.h"

#define SKIP 0xffu /* the reader's mark of a PDU that was judged already */

void iscsi_full_header(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *ahs,
		       uint32_t ahs_len)
{
	uint8_t opcode = iscsi_opcode(bhs);

	if (opcode != ISCSI_OP_SCSI_COMMAND && opcode != ISCSI_OP_DATA_OUT)
		return;
	if (c->session->discovery) {
		/* 7143 4.3: a discovery session carries text, logout and NOPs */
		iscsi_reject(c, bhs, ISCSI_REJECT_PROTOCOL, "SCSI in a discovery session", bhs[0]);
		c->rx.bhs[0] = SKIP;
		return;
	}
	if (opcode == ISCSI_OP_SCSI_COMMAND)
		iscsi_task_command(c, bhs, ahs, ahs_len);
	else
		iscsi_data_out(c, bhs);
}

void iscsi_full_execute(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *data,
			uint32_t len)
{
	switch (iscsi_opcode(bhs)) {
	case ISCSI_OP_NOP_OUT:
		iscsi_nop_out(c, bhs, data, len);
		break;
	case ISCSI_OP_TASK_REQUEST:
		iscsi_task_request(c, bhs);
		break;
	case ISCSI_OP_TEXT_REQUEST:
		iscsi_text_request(c, bhs, data, len);
		break;
	case ISCSI_OP_LOGOUT_REQUEST:
		iscsi_logout_request(c, bhs);
		break;
	}
}

static bool is_immediate(const uint8_t *bhs)
{
	const struct iscsi_bhs *b = (const void *)bhs;

	/* 11.18.2: a NOP-Out that expects no answer takes no CmdSN, whatever its I bit says */
	return bhs[0] & ISCSI_IMMEDIATE ||
	       (iscsi_opcode(bhs) == ISCSI_OP_NOP_OUT && get_be32(b->itt) == ISCSI_TAG_NONE);
}

static void take_turn(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *data,
		      uint32_t len)
{
	struct iscsi_session *s = c->session;

	if (is_immediate(bhs)) {
		iscsi_full_execute(c, bhs, data, len);
		return;
	}
	switch (iscsi_window_take(&s->window, get_be32(((const struct iscsi_bhs *)bhs)->cmd_sn))) {
	case ISCSI_WINDOW_NEXT:
		iscsi_full_execute(c, bhs, data, len);
		break;
	case ISCSI_WINDOW_AHEAD:
		if (!iscsi_session_hold(s, bhs, data, len))
			iscsi_reject(c, bhs, ISCSI_REJECT_RESOURCES, "no memory to hold a PDU of",
				     len);
		break;
	case ISCSI_WINDOW_IGNORE:
		break; /* 4.2.2.1: silently */
	}
}

void iscsi_full_complete(struct iscsi_connection *c, const uint8_t *data, bool digest_ok)
{
	struct iscsi_receive *rx = &c->rx;
	uint8_t opcode = iscsi_opcode(rx->bhs);

	if (rx->bhs[0] == SKIP)
		return;
	if (opcode == ISCSI_OP_SCSI_COMMAND) {
		if (rx->task)
			iscsi_task_command_complete(c, rx->task, digest_ok);
	} else if (opcode == ISCSI_OP_DATA_OUT) {
		if (rx->task)
			iscsi_data_out_complete(c, rx->task, rx->bhs, digest_ok);
		return;
	} else if (!digest_ok) {
		iscsi_reject(c, rx->bhs, ISCSI_REJECT_DATA_DIGEST, "data digest error, opcode",
			     opcode);
		return;
	} else {
		take_turn(c, rx->bhs, data, rx->data_len);
	}
	iscsi_session_release_held(c->session);
}
