/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "transmit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "digest.h"
#include "session.h"

int iscsi_transmit_init(struct iscsi_transmit *t)
{
	TAILQ_INIT(&t->queue);
	TAILQ_INIT(&t->sent);
	t->iov = malloc(ISCSI_TX_IOV * sizeof(*t->iov));
	t->arena = malloc(ISCSI_TX_ARENA);
	return t->iov && t->arena ? 0 : -ENOMEM;
}

void iscsi_transmit_destroy(struct iscsi_transmit *t)
{
	free(t->iov);
	free(t->arena);
}

/* ---- Queue ---------------------------------------------------------------- */

static void enqueue(struct iscsi_connection *c, struct iscsi_tx *tx, bool first)
{
	tx->queued = true;
	if (first)
		TAILQ_INSERT_HEAD(&c->tx.queue, tx, link);
	else
		TAILQ_INSERT_TAIL(&c->tx.queue, tx, link);
	iscsi_reactor_mark(c);
}

struct iscsi_control *iscsi_control_new(struct iscsi_connection *c, uint8_t opcode, uint32_t len)
{
	struct iscsi_control *control = calloc(1, sizeof(*control) + len);

	if (!control) {
		iscsi_connection_doom(c);
		return NULL;
	}
	control->tx.kind = ISCSI_TX_CONTROL;
	control->len = len;
	control->numbered = true;
	control->advances = true;
	control->bhs[0] = opcode;
	control->bhs[1] = ISCSI_FINAL;
	return control;
}

void iscsi_control_send(struct iscsi_connection *c, struct iscsi_control *control)
{
	c->tx.controls++;
	enqueue(c, &control->tx, false);
}

void iscsi_transmit_response(struct iscsi_connection *c, struct iscsi_task *task)
{
	c->tx.backlog += task->cmd.data_len;
	enqueue(c, &task->response_tx, false);
}

void iscsi_transmit_r2t(struct iscsi_connection *c, struct iscsi_task *task)
{
	/* An R2T takes no StatSN: it may overtake answers, and shortens a write's way. */
	if (!task->r2t_tx.queued)
		enqueue(c, &task->r2t_tx, true);
}

void iscsi_transmit_forget_r2t(struct iscsi_connection *c, struct iscsi_task *task)
{
	if (!task->r2t_tx.queued)
		return;
	TAILQ_REMOVE(&c->tx.queue, &task->r2t_tx, link);
	task->r2t_tx.queued = false;
}

bool iscsi_transmit_idle(const struct iscsi_transmit *t)
{
	return TAILQ_EMPTY(&t->queue) && t->at_iov == t->n_iov;
}

bool iscsi_transmit_congested(const struct iscsi_transmit *t)
{
	return t->backlog > ISCSI_TX_PAUSE_BYTES || t->controls > ISCSI_TX_PAUSE_CONTROLS;
}

/* ---- Batch ---------------------------------------------------------------- */

bool iscsi_batch_room(const struct iscsi_transmit *t)
{
	return t->n_iov + 3 <= ISCSI_TX_IOV &&
	       t->arena_used + ISCSI_TX_PDU_ROOM <= ISCSI_TX_ARENA &&
	       t->batch_bytes < ISCSI_TX_BATCH_BYTES;
}

static void add_iov(struct iscsi_transmit *t, const void *base, uint32_t len)
{
	struct iovec *last = t->n_iov ? &t->iov[t->n_iov - 1] : NULL;

	if (!len)
		return;
	t->batch_bytes += len;
	/* A tail and the next header lie side by side in the arena. */
	if (last && (const uint8_t *)last->iov_base + last->iov_len == base) {
		last->iov_len += len;
		return;
	}
	t->iov[t->n_iov++] = (struct iovec){ .iov_base = (void *)base, .iov_len = len };
}

uint8_t *iscsi_batch_header(struct iscsi_connection *c)
{
	uint8_t *header = c->tx.arena + c->tx.arena_used;

	memset(header, 0, ISCSI_BHS_LEN);
	return header;
}

uint8_t *iscsi_batch_inline(struct iscsi_connection *c, uint8_t *header)
{
	return header + ISCSI_BHS_LEN + (c->p.header_digest ? ISCSI_DIGEST_LEN : 0);
}

void iscsi_batch_end(struct iscsi_connection *c, uint8_t *header, const void *data, uint32_t len)
{
	struct iscsi_transmit *t = &c->tx;
	/* The answer that ends the login comes before the digests that it agrees on. */
	bool full = iscsi_opcode(header) != ISCSI_OP_LOGIN_RESPONSE;
	bool digest = full && c->p.header_digest;
	uint32_t header_len = ISCSI_BHS_LEN + (digest ? ISCSI_DIGEST_LEN : 0);
	uint32_t pad = iscsi_pad(len);
	uint8_t *inline_data = header + header_len;
	uint8_t *tail = data ? inline_data : inline_data + len;

	put_be24(((struct iscsi_bhs *)(void *)header)->data_len, len);
	if (digest)
		iscsi_digest_put(header + ISCSI_BHS_LEN, iscsi_crc32c(0, header, ISCSI_BHS_LEN));
	add_iov(t, header, header_len);
	add_iov(t, data ? data : inline_data, len);
	memset(tail, 0, pad);
	if (full && c->p.data_digest && len) {
		uint32_t crc = iscsi_crc32c(0, data ? data : inline_data, len);

		iscsi_digest_put(tail + pad, iscsi_crc32c(crc, tail, pad));
		pad += ISCSI_DIGEST_LEN;
	}
	add_iov(t, tail, pad);
	t->arena_used = (uint32_t)(tail + pad - t->arena);
}

static void build_control(struct iscsi_connection *c, struct iscsi_control *control)
{
	uint8_t *header = iscsi_batch_header(c);
	struct iscsi_response *r = (void *)header;

	memcpy(header, control->bhs, ISCSI_BHS_LEN);
	if (control->numbered) {
		put_be32(r->stat_sn, c->tx.stat_sn);
		put_be32(r->exp_cmd_sn, c->session->window.exp);
		put_be32(r->max_cmd_sn, iscsi_window_max(&c->session->window));
	}
	if (control->advances)
		c->tx.stat_sn++;
	iscsi_batch_end(c, header, control->data, control->len);
	c->tx.controls--;
}

#define TASK_OF(tx, member) \
	((struct iscsi_task *)(void *)((char *)(tx)-offsetof(struct iscsi_task, member)))

/* One item as far as it fits; true when it is wholly in the batch. */
static bool build_item(struct iscsi_connection *c, struct iscsi_tx *tx)
{
	switch (tx->kind) {
	case ISCSI_TX_RESPONSE:
		return iscsi_data_in_build(c, TASK_OF(tx, response_tx));
	case ISCSI_TX_R2T:
		return iscsi_data_out_build_r2t(c, TASK_OF(tx, r2t_tx));
	default:
		build_control(c, (struct iscsi_control *)(void *)tx);
		return true;
	}
}

static void build(struct iscsi_connection *c)
{
	struct iscsi_transmit *t = &c->tx;
	struct iscsi_tx *tx;

	t->n_iov = t->at_iov = 0;
	t->arena_used = t->batch_bytes = 0;
	while (iscsi_batch_room(t) && (tx = TAILQ_FIRST(&t->queue))) {
		if (!build_item(c, tx))
			break;
		TAILQ_REMOVE(&t->queue, tx, link);
		tx->queued = false;
		if (tx->kind != ISCSI_TX_R2T)
			TAILQ_INSERT_TAIL(&t->sent, tx, link);
	}
}

/* The batch is on its way: whoever was wholly in it is done. */
static void finish_batch(struct iscsi_connection *c)
{
	struct iscsi_transmit *t = &c->tx;
	struct iscsi_tx *tx;

	while ((tx = TAILQ_FIRST(&t->sent))) {
		TAILQ_REMOVE(&t->sent, tx, link);
		if (tx->kind == ISCSI_TX_RESPONSE) {
			iscsi_task_release(TASK_OF(tx, response_tx));
		} else {
			struct iscsi_control *control = (void *)tx;

			if (control->last)
				iscsi_connection_doom(c);
			free(control);
		}
	}
	t->n_iov = t->at_iov = 0;
}

/* 1: all sent; 0: the socket is full; < 0: lost. */
static int send_batch(struct iscsi_connection *c)
{
	struct iscsi_transmit *t = &c->tx;

	while (t->at_iov < t->n_iov) {
		struct msghdr msg = { .msg_iov = t->iov + t->at_iov,
				      .msg_iovlen = t->n_iov - t->at_iov };
		ssize_t n = sendmsg(c->fd.fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		while (n > 0) {
			struct iovec *iov = &t->iov[t->at_iov];

			if ((size_t)n < iov->iov_len) {
				iov->iov_base = (uint8_t *)iov->iov_base + n;
				iov->iov_len -= (size_t)n;
				break;
			}
			n -= (ssize_t)iov->iov_len;
			t->at_iov++;
		}
	}
	return 1;
}

int iscsi_transmit_flush(struct iscsi_connection *c)
{
	struct iscsi_transmit *t = &c->tx;
	uint32_t round = 0;

	t->want_out = false;
	for (;;) {
		int sent;

		if (t->at_iov == t->n_iov)
			build(c);
		if (t->at_iov == t->n_iov)
			return 0;
		sent = send_batch(c);
		if (sent <= 0) {
			t->want_out = !sent;
			return sent;
		}
		round += t->batch_bytes;
		finish_batch(c);
		if (c->doomed)
			return 0;
		if (round >= ISCSI_TX_ROUND_BYTES && !TAILQ_EMPTY(&t->queue)) {
			t->want_out = true; /* others first; the socket says when to go on */
			return 0;
		}
	}
}

void iscsi_transmit_drop(struct iscsi_connection *c)
{
	struct iscsi_transmit *t = &c->tx;
	struct iscsi_tx *tx;

	TAILQ_CONCAT(&t->sent, &t->queue, link);
	while ((tx = TAILQ_FIRST(&t->sent))) {
		TAILQ_REMOVE(&t->sent, tx, link);
		tx->queued = false;
		if (tx->kind == ISCSI_TX_RESPONSE)
			iscsi_task_release(TASK_OF(tx, response_tx));
		else if (tx->kind == ISCSI_TX_CONTROL)
			free(tx);
	}
	t->n_iov = t->at_iov = 0;
}
