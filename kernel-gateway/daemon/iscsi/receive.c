/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "receive.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "digest.h"
#include "session.h"

int iscsi_receive_init(struct iscsi_receive *rx)
{
	rx->cap = ISCSI_RX_LOGIN_BYTES;
	rx->buf = malloc(rx->cap);
	return rx->buf ? 0 : -ENOMEM;
}

void iscsi_receive_destroy(struct iscsi_receive *rx)
{
	free(rx->buf);
	free(rx->payload);
}

int iscsi_receive_grow(struct iscsi_receive *rx)
{
	uint8_t *grown = realloc(rx->buf, ISCSI_RX_BYTES);

	if (!grown)
		return -ENOMEM;
	rx->buf = grown;
	rx->cap = ISCSI_RX_BYTES;
	return 0;
}

void iscsi_receive_into(struct iscsi_receive *rx, uint8_t *dest, uint32_t len)
{
	/* Never past this segment: what is read behind it belongs to the next PDU. */
	rx->dest = dest;
	rx->dest_len = !dest ? 0 : len < rx->data_len ? len : rx->data_len;
}

void iscsi_receive_redirect(struct iscsi_receive *rx, struct iscsi_task *task, uint8_t *dest,
			    uint32_t len)
{
	if (rx->task != task)
		return;
	if (dest && rx->dest)
		memcpy(dest, rx->dest, rx->data_at < len ? rx->data_at : len);
	iscsi_receive_into(rx, dest, len);
}

/* ---- Parsing -------------------------------------------------------------- */

static bool may_parse(const struct iscsi_connection *c)
{
	return !c->doomed && (c->state == ISCSI_CONN_LOGIN || c->state == ISCSI_CONN_FULL) &&
	       !iscsi_transmit_congested(&c->tx);
}

static bool in_full(const struct iscsi_connection *c)
{
	return c->state == ISCSI_CONN_FULL;
}

static void dispatch_complete(struct iscsi_connection *c, bool digest_ok)
{
	struct iscsi_receive *rx = &c->rx;
	uint8_t *payload = rx->payload;

	rx->payload = NULL;
	rx->phase = ISCSI_RX_HEADER;
	if (in_full(c))
		iscsi_full_complete(c, payload, digest_ok);
	else
		iscsi_login_request(c, payload, rx->data_len);
	rx->task = NULL;
	rx->dest = NULL;
	free(payload);
}

/* A header passed: what is to come behind it. */
static void begin_data(struct iscsi_connection *c, const uint8_t *bhs)
{
	struct iscsi_receive *rx = &c->rx;

	memcpy(rx->bhs, bhs, ISCSI_BHS_LEN);
	rx->data_len = iscsi_data_len(bhs);
	rx->data_at = 0;
	rx->crc = 0;
	rx->tail_len = iscsi_pad(rx->data_len);
	if (rx->data_len && in_full(c) && c->p.data_digest)
		rx->tail_len += ISCSI_DIGEST_LEN;
	rx->task = NULL;
	rx->dest = NULL;
	rx->dest_len = 0;
	rx->phase = ISCSI_RX_DATA;
}

/* False if more bytes are needed, or the connection is doomed. */
static bool parse_header(struct iscsi_connection *c)
{
	struct iscsi_receive *rx = &c->rx;
	const uint8_t *bhs = rx->buf + rx->head;
	bool digest = in_full(c) && c->p.header_digest;
	uint32_t have = rx->tail - rx->head, ahs_len, value;
	struct iscsi_pdu_limits limits = {
		.login = !in_full(c),
		.max_data_len = in_full(c) ? ISCSI_OUR_MAX_RECV : ISCSI_LOGIN_DATA_MAX,
	};
	const char *why;
	int verdict;

	if (have < ISCSI_BHS_LEN)
		return false;
	/* Before more is waited for: what is no PDU may never send it. */
	verdict = iscsi_pdu_check(bhs, &limits, &why, &value);
	if (verdict < 0) {
		iscsi_connection_violation(c, why, value);
		return false;
	}
	ahs_len = iscsi_ahs_len(bhs);
	if (have < ISCSI_BHS_LEN + ahs_len + (digest ? ISCSI_DIGEST_LEN : 0))
		return false;
	if (digest && iscsi_crc32c(0, bhs, ISCSI_BHS_LEN + ahs_len) !=
			      iscsi_digest_get(bhs + ISCSI_BHS_LEN + ahs_len)) {
		iscsi_connection_violation(c, "header digest error, opcode", bhs[0]);
		return false;
	}
	begin_data(c, bhs);
	rx->head += ISCSI_BHS_LEN + ahs_len + (digest ? ISCSI_DIGEST_LEN : 0);
	if (verdict) {
		iscsi_reject(c, rx->bhs, verdict, why, value);
		rx->bhs[0] = 0xff; /* skip its data, do nothing with it */
	} else if (in_full(c)) {
		iscsi_full_header(c, rx->bhs, bhs + ISCSI_BHS_LEN, ahs_len);
	}
	return !c->doomed;
}

/* Data that is no command's is collected whole. */
static bool need_payload(struct iscsi_connection *c)
{
	struct iscsi_receive *rx = &c->rx;
	uint8_t opcode = iscsi_opcode(rx->bhs);

	if (rx->payload || rx->dest || rx->task || rx->bhs[0] == 0xff ||
	    opcode == ISCSI_OP_DATA_OUT || opcode == ISCSI_OP_SCSI_COMMAND)
		return true;
	rx->payload = malloc(rx->data_len);
	if (!rx->payload) {
		iscsi_connection_doom(c);
		return false;
	}
	iscsi_receive_into(rx, rx->payload, rx->data_len);
	return true;
}

/* `n` bytes of the data segment came and lie at `from`, or in their place already if NULL. */
static void take_data(struct iscsi_connection *c, const uint8_t *from, uint32_t n)
{
	struct iscsi_receive *rx = &c->rx;

	if (in_full(c) && c->p.data_digest)
		rx->crc = iscsi_crc32c(rx->crc, from ? from : rx->dest + rx->data_at, n);
	if (from && rx->dest && rx->data_at < rx->dest_len) {
		uint32_t room = rx->dest_len - rx->data_at;

		memcpy(rx->dest + rx->data_at, from, n < room ? n : room);
	}
	rx->data_at += n;
}

static bool parse_data(struct iscsi_connection *c)
{
	struct iscsi_receive *rx = &c->rx;
	uint32_t have = rx->tail - rx->head, left = rx->data_len - rx->data_at;
	uint32_t n = have < left ? have : left;

	if (left && !need_payload(c))
		return false;
	if (n) {
		take_data(c, rx->buf + rx->head, n);
		rx->head += n;
	}
	if (n < left)
		return false;
	rx->phase = ISCSI_RX_TAIL;
	return true;
}

static bool parse_tail(struct iscsi_connection *c)
{
	struct iscsi_receive *rx = &c->rx;
	const uint8_t *tail = rx->buf + rx->head;
	uint32_t pad = iscsi_pad(rx->data_len);
	bool digest_ok = true;

	if (rx->tail - rx->head < rx->tail_len)
		return false;
	if (rx->tail_len > pad)
		digest_ok = iscsi_crc32c(rx->crc, tail, pad) == iscsi_digest_get(tail + pad);
	rx->head += rx->tail_len;
	dispatch_complete(c, digest_ok);
	return true;
}

void iscsi_receive_parse(struct iscsi_connection *c)
{
	struct iscsi_receive *rx = &c->rx;
	bool more = true;

	while (more && may_parse(c)) {
		if (rx->phase == ISCSI_RX_HEADER)
			more = parse_header(c);
		else if (rx->phase == ISCSI_RX_DATA)
			more = parse_data(c);
		else
			more = parse_tail(c);
	}
	if (rx->head == rx->tail)
		rx->head = rx->tail = 0;
}

/* ---- Reading -------------------------------------------------------------- */

/* How much of the segment can go from the socket to its place without a copy. */
static uint32_t direct_len(const struct iscsi_receive *rx)
{
	if (rx->phase != ISCSI_RX_DATA || !rx->dest || rx->head != rx->tail ||
	    rx->data_at >= rx->dest_len || rx->dest_len - rx->data_at < ISCSI_RX_DIRECT_MIN)
		return 0;
	return rx->dest_len - rx->data_at;
}

/* Bytes read, 0 if there were none; < 0: lost. *drained: the socket had no more. */
static ssize_t read_once(struct iscsi_connection *c, bool *drained)
{
	struct iscsi_receive *rx = &c->rx;
	uint32_t direct = direct_len(rx);
	struct iovec iov[2];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 1 };
	ssize_t n;

	if (rx->head && rx->head != rx->tail)
		memmove(rx->buf, rx->buf + rx->head, rx->tail - rx->head);
	rx->tail -= rx->head;
	rx->head = 0;
	if (direct) {
		iov[0] = (struct iovec){ rx->dest + rx->data_at, direct };
		msg.msg_iovlen = 2;
	}
	iov[msg.msg_iovlen - 1] = (struct iovec){ rx->buf + rx->tail, rx->cap - rx->tail };
	do {
		n = recvmsg(c->fd.fd, &msg, MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN) {
		*drained = true;
		return 0;
	}
	if (n <= 0)
		return n < 0 ? -errno : -ECONNRESET;
	*drained = (size_t)n < direct + (rx->cap - rx->tail);
	if (direct) {
		uint32_t placed = (size_t)n < direct ? (uint32_t)n : direct;

		take_data(c, NULL, placed);
		rx->tail += (uint32_t)n - placed;
	} else {
		rx->tail += (uint32_t)n;
	}
	return n;
}

void iscsi_receive_run(struct iscsi_connection *c)
{
	uint64_t round = 0;
	bool drained = false;

	while (!drained && round < ISCSI_RX_ROUND_BYTES && may_parse(c)) {
		ssize_t n = read_once(c, &drained);

		if (n < 0) {
			c->lost = true;
			iscsi_connection_doom(c);
			return;
		}
		if (n) {
			round += (uint64_t)n;
			c->heard_ns = iscsi_connection_now(c);
		}
		iscsi_receive_parse(c);
	}
	if (in_full(c))
		loop_heard(c->reactor->loop, c->fd.fd, c->session->window.unanswered);
}
