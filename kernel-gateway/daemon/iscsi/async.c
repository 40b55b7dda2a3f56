/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Asynchronous Message (RFC 7143 11.9). */
#include "connection.h"

void iscsi_async(struct iscsi_connection *c, enum iscsi_async_event event, uint16_t p1, uint16_t p2,
		 uint16_t p3)
{
	struct iscsi_control *control = iscsi_control_new(c, ISCSI_OP_ASYNC, 0);
	struct iscsi_response *r;

	if (!control)
		return;
	r = (void *)control->bhs;
	put_be32(r->itt, ISCSI_TAG_NONE);
	r->w36[0] = (uint8_t)event;
	put_be16(r->w36 + 2, p1);
	put_be16(r->w40, p2);
	put_be16(r->w40 + 2, p3);
	iscsi_control_send(c, control);
}
