/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Logout (RFC 7143 11.14, 11.15). With one connection, closing it closes the session. */
#include "session.h"

void iscsi_logout_request(struct iscsi_connection *c, const uint8_t *bhs)
{
	const struct iscsi_logout_request *pdu = (const void *)bhs;
	uint8_t reason = pdu->reason & 0x7f;
	enum iscsi_logout_response response = ISCSI_LOGOUT_DONE;
	struct iscsi_control *control;
	struct iscsi_response *r;

	if (reason > ISCSI_LOGOUT_RECOVERY) {
		iscsi_reject(c, bhs, ISCSI_REJECT_INVALID_FIELD, "logout reason", reason);
		return;
	}
	if (reason == ISCSI_LOGOUT_RECOVERY)
		response = ISCSI_LOGOUT_NO_RECOVERY;
	else if (reason == ISCSI_LOGOUT_CONNECTION && get_be16(pdu->cid) != c->cid)
		response = ISCSI_LOGOUT_NO_CID;
	control = iscsi_control_new(c, ISCSI_OP_LOGOUT_RESPONSE, 0);
	if (!control)
		return;
	r = (void *)control->bhs;
	r->response = (uint8_t)response;
	memcpy(r->itt, pdu->itt, sizeof(r->itt));
	put_be16(r->w40, (uint16_t)c->p.time2wait);
	put_be16(r->w40 + 2, (uint16_t)c->p.time2retain);
	control->last = response == ISCSI_LOGOUT_DONE;
	iscsi_control_send(c, control);
	if (control->last)
		c->state = ISCSI_CONN_ENDING;
}
