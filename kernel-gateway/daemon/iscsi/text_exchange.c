/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Text Requests in the full feature phase (RFC 7143 11.10, 11.11): text that comes
 * in pieces is put together, an answer that is longer than the initiator takes in
 * one PDU goes out in pieces.
 */
#include <stdlib.h>

#include "discovery.h"
#include "session.h"

#define TEXT_MAX   65536u /* of one request */
#define ANSWER_MIN 8192u
#define ANSWER_MAX (16u << 20)

struct iscsi_text_exchange {
	uint32_t itt;
	uint32_t ttt; /* the initiator goes on with this */
	char *in;
	uint32_t in_len;
	char *out;
	uint32_t out_len, out_at;
	bool answered; /* `out` is the whole answer */
};

void iscsi_text_exchange_free(struct iscsi_connection *c)
{
	if (!c->text)
		return;
	free(c->text->in);
	free(c->text->out);
	free(c->text);
	c->text = NULL;
}

static bool append(struct iscsi_text_exchange *x, const uint8_t *data, uint32_t len)
{
	char *grown;

	if (!len)
		return true;
	if (len > TEXT_MAX - x->in_len)
		return false;
	grown = realloc(x->in, x->in_len + len);
	if (!grown)
		return false;
	memcpy(grown + x->in_len, data, len);
	x->in = grown;
	x->in_len += len;
	return true;
}

/* Keys that belong to the login, or that only a target declares. */
static bool is_login_key(const char *key)
{
	return !strcmp(key, "InitiatorName") || !strcmp(key, "TargetName") ||
	       !strcmp(key, "SessionType") || !strcmp(key, "AuthMethod") ||
	       !strncmp(key, "CHAP_", 5) || !strcmp(key, "TargetAddress") ||
	       !strcmp(key, "TargetPortalGroupTag") || !strcmp(key, "TargetAlias");
}

/* Answer everything; false: ill-formed. What was negotiated is in *n. */
static bool answer_keys(struct iscsi_connection *c, struct iscsi_negotiation *n,
			struct iscsi_text_out *out)
{
	struct iscsi_text_in in = { .at = c->text->in, .left = c->text->in_len };
	char key[ISCSI_KEY_MAX + 1];
	const char *value;
	int more;

	while ((more = iscsi_text_next(&in, key, &value)) > 0) {
		if (!strcmp(key, "SendTargets")) {
			iscsi_send_targets(c, value, out);
			continue;
		}
		if (!strcmp(key, "InitiatorAlias"))
			continue;
		if (is_login_key(key)) {
			iscsi_text_add(out, key, "Reject");
			continue;
		}
		switch (iscsi_negotiation_offer(n, ISCSI_PHASE_FULL, key, value, out)) {
		case ISCSI_OFFER_ANSWERED:
			break;
		case ISCSI_OFFER_UNKNOWN:
			iscsi_text_add(out, key, "NotUnderstood");
			break;
		default:
			return false;
		}
	}
	return more == 0;
}

/* 0, or a Reject reason. */
static int make_answer(struct iscsi_connection *c)
{
	struct iscsi_text_exchange *x = c->text;

	for (uint32_t cap = ANSWER_MIN; cap <= ANSWER_MAX; cap *= 2) {
		struct iscsi_negotiation n = { .p = c->p };
		struct iscsi_text_out out = { .buf = malloc(cap), .cap = cap };

		if (!out.buf)
			return ISCSI_REJECT_RESOURCES;
		if (!answer_keys(c, &n, &out)) {
			free(out.buf);
			return ISCSI_REJECT_PROTOCOL;
		}
		if (out.overflow) {
			free(out.buf);
			continue;
		}
		c->p = n.p;
		x->out = out.buf;
		x->out_len = out.len;
		x->answered = true;
		return 0;
	}
	return ISCSI_REJECT_RESOURCES;
}

/* The next piece. `final`: the initiator has nothing more to say. */
static void send_piece(struct iscsi_connection *c, const uint8_t *bhs, bool final)
{
	struct iscsi_text_exchange *x = c->text;
	uint32_t left = x->out_len - x->out_at, len = left < c->p.max_send ? left : c->p.max_send;
	struct iscsi_control *control = iscsi_control_new(c, ISCSI_OP_TEXT_RESPONSE, len);
	struct iscsi_response *r;
	bool end = final && len == left;

	if (!control)
		return;
	r = (void *)control->bhs;
	r->flags = end ? ISCSI_FINAL : len < left ? ISCSI_CONTINUE : 0;
	memcpy(r->itt, bhs + offsetof(struct iscsi_bhs, itt), sizeof(r->itt));
	put_be32(r->ttt, end ? ISCSI_TAG_NONE : x->ttt);
	if (len)
		memcpy(control->data, x->out + x->out_at, len);
	x->out_at += len;
	iscsi_control_send(c, control);
	if (end)
		iscsi_text_exchange_free(c);
}

/* The exchange that the request belongs to; NULL: it was rejected. */
static struct iscsi_text_exchange *find(struct iscsi_connection *c, const uint8_t *bhs)
{
	const struct iscsi_text_request *pdu = (const void *)bhs;
	uint32_t ttt = get_be32(pdu->ttt);

	if (ttt != ISCSI_TAG_NONE) {
		if (c->text && c->text->ttt == ttt && c->text->itt == get_be32(pdu->itt))
			return c->text;
		iscsi_reject(c, bhs, ISCSI_REJECT_PROTOCOL,
			     "Target Transfer Tag of no text exchange", ttt);
		return NULL;
	}
	/* 11.10.4: a new request ends what was going on */
	iscsi_text_exchange_free(c);
	c->text = calloc(1, sizeof(*c->text));
	if (!c->text) {
		iscsi_reject(c, bhs, ISCSI_REJECT_RESOURCES, "no memory for text, bytes",
			     get_be24(pdu->data_len));
		return NULL;
	}
	c->text->itt = get_be32(pdu->itt);
	c->text->ttt = c->next_ttt++ & 0x7fffffff;
	return c->text;
}

void iscsi_text_request(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *data,
			uint32_t len)
{
	struct iscsi_text_exchange *x = find(c, bhs);
	bool final = bhs[1] & ISCSI_FINAL, more = bhs[1] & ISCSI_CONTINUE;
	int reason = 0;

	if (!x)
		return;
	if (x->answered && len) {
		/* A further round: its keys are answered anew. */
		free(x->out);
		x->out = NULL;
		x->out_len = x->out_at = x->in_len = 0;
		x->answered = false;
	}
	if ((final && more) || !append(x, data, len))
		reason = ISCSI_REJECT_PROTOCOL;
	else if (!more && !x->answered)
		reason = make_answer(c);
	if (reason) {
		iscsi_reject(c, bhs, reason, "text request, bytes", len);
		iscsi_text_exchange_free(c);
		return;
	}
	send_piece(c, bhs, final && !more);
}
