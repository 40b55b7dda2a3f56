/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Reject (RFC 7143 11.17): the PDU was not understood; its header goes back with it. */
#include "connection.h"
#include "session.h"

void iscsi_reject(struct iscsi_connection *c, const uint8_t *bhs, enum iscsi_reject_reason reason,
		  const char *why, uint32_t value)
{
	struct iscsi_control *control = iscsi_control_new(c, ISCSI_OP_REJECT, ISCSI_BHS_LEN);

	log_warn("iscsi", "%s %s: %s rejected (reason %02xh): %s %u (0x%x)", c->peer,
		 c->session->initiator, iscsi_opcode_name(bhs[0]), reason, why, value, value);
	if (!control)
		return;
	control->bhs[2] = (uint8_t)reason;
	put_be32(((struct iscsi_bhs *)(void *)control->bhs)->itt, ISCSI_TAG_NONE);
	memcpy(control->data, bhs, ISCSI_BHS_LEN);
	iscsi_control_send(c, control);
}
