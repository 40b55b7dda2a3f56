/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* NOP-Out and NOP-In (RFC 7143 11.18, 11.19): the initiator's pings, and ours. */
#include "session.h"

static void ping(struct iscsi_connection *c)
{
	struct iscsi_control *control = iscsi_control_new(c, ISCSI_OP_NOP_IN, 0);
	struct iscsi_response *r;

	if (!control)
		return;
	c->ping_ttt = c->next_ttt++ & 0x7fffffff;
	control->advances = false; /* 11.19.2: an unasked NOP-In takes no StatSN */
	r = (void *)control->bhs;
	put_be32(r->itt, ISCSI_TAG_NONE);
	put_be32(r->ttt, c->ping_ttt);
	iscsi_control_send(c, control);
}

void iscsi_nop_timer(struct iscsi_connection *c, uint64_t now_ns)
{
	const struct iscsi_limits *limits = &c->fabric->limits;
	uint64_t due = c->heard_ns + limits->nop_interval_ms * 1000000ull;

	if (now_ns < due) {
		c->ping_ttt = ISCSI_TAG_NONE; /* it speaks: that is answer enough */
		loop_timer_set(c->reactor->loop, &c->timer, due);
		return;
	}
	if (c->ping_ttt != ISCSI_TAG_NONE) {
		log_warn("iscsi", "%s %s: no answer to a NOP-In in %u ms; connection closed",
			 c->peer, c->session->initiator, limits->nop_timeout_ms);
		c->lost = true;
		iscsi_connection_doom(c);
		return;
	}
	ping(c);
	loop_timer_set(c->reactor->loop, &c->timer, now_ns + limits->nop_timeout_ms * 1000000ull);
}

void iscsi_nop_out(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *data,
		   uint32_t len)
{
	const struct iscsi_text_request *pdu = (const void *)bhs;
	struct iscsi_control *control;
	struct iscsi_response *r;

	if (get_be32(pdu->itt) == ISCSI_TAG_NONE) {
		if (get_be32(pdu->ttt) == c->ping_ttt)
			c->ping_ttt = ISCSI_TAG_NONE;
		return;
	}
	if (len > c->p.max_send) /* 11.19: as much of the ping data as the initiator takes */
		len = c->p.max_send;
	control = iscsi_control_new(c, ISCSI_OP_NOP_IN, len);
	if (!control)
		return;
	r = (void *)control->bhs;
	memcpy(r->lun, pdu->lun, sizeof(r->lun));
	memcpy(r->itt, pdu->itt, sizeof(r->itt));
	put_be32(r->ttt, ISCSI_TAG_NONE);
	if (len)
		memcpy(control->data, data, len);
	iscsi_control_send(c, control);
}
