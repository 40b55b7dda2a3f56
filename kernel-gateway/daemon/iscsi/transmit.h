/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Output of a connection: a queue of items, each of which becomes one or more
 * PDUs, and the batch that is being sent. A batch is an array of headers and an
 * I/O vector over them and over the commands' buffers; one sendmsg() carries as
 * many PDUs of as many commands as fit.
 */
#ifndef SLUICE_ISCSI_TRANSMIT_H
#define SLUICE_ISCSI_TRANSMIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/uio.h>

#include "pdu.h"

#define ISCSI_TX_IOV		256u
#define ISCSI_TX_ARENA		16384u
#define ISCSI_TX_PDU_ROOM	384u /* arena bytes that one PDU may need: header, sense, digests */
#define ISCSI_TX_BATCH_BYTES	(1u << 20)
#define ISCSI_TX_ROUND_BYTES	(8u << 20) /* sent for one connection before others get their turn */
#define ISCSI_TX_PAUSE_BYTES	(4u << 20) /* backlog past which we stop reading */
#define ISCSI_TX_PAUSE_CONTROLS 64u

struct iscsi_connection;
struct iscsi_task;

enum iscsi_tx_kind { ISCSI_TX_CONTROL, ISCSI_TX_RESPONSE, ISCSI_TX_R2T };

struct iscsi_tx {
	TAILQ_ENTRY(iscsi_tx) link;
	uint8_t kind; /* enum iscsi_tx_kind */
	bool queued;
};

TAILQ_HEAD(iscsi_tx_list, iscsi_tx);

/* A PDU that is whole when it is queued, but for its sequence numbers. */
struct iscsi_control {
	struct iscsi_tx tx;
	bool advances; /* takes a StatSN for itself */
	bool numbered; /* sequence numbers are to be filled in */
	bool last;     /* close the connection once it was sent */
	uint8_t bhs[ISCSI_BHS_LEN];
	uint32_t len;
	uint8_t data[];
};

struct iscsi_transmit {
	struct iscsi_tx_list queue;
	struct iscsi_tx_list sent; /* wholly in the current batch */
	uint32_t stat_sn;
	uint64_t backlog;  /* bytes of Data-In queued and not sent */
	uint32_t controls; /* control PDUs queued and not sent */
	uint32_t n_iov, at_iov;
	uint32_t arena_used;
	uint32_t batch_bytes;
	bool want_out; /* the socket is full: EPOLLOUT is armed */
	struct iovec *iov;
	uint8_t *arena;
};

/* 0 or -ENOMEM. */
int iscsi_transmit_init(struct iscsi_transmit *t);
void iscsi_transmit_destroy(struct iscsi_transmit *t);

/* Allocates a zeroed control PDU with room for `len` bytes of data; NULL dooms the connection. */
struct iscsi_control *iscsi_control_new(struct iscsi_connection *c, uint8_t opcode, uint32_t len);
void iscsi_control_send(struct iscsi_connection *c, struct iscsi_control *control);

/* The task's status, sense and Data-In. */
void iscsi_transmit_response(struct iscsi_connection *c, struct iscsi_task *task);
/* The task may ask for more data. */
void iscsi_transmit_r2t(struct iscsi_connection *c, struct iscsi_task *task);
/* Take a task's items out of the queue; it is not in the current batch. */
void iscsi_transmit_forget_r2t(struct iscsi_connection *c, struct iscsi_task *task);

/* Build and send; 0, or -errno if the connection is lost. */
int iscsi_transmit_flush(struct iscsi_connection *c);
/* Let go of everything; responses are released. The connection is being closed. */
void iscsi_transmit_drop(struct iscsi_connection *c);
bool iscsi_transmit_idle(const struct iscsi_transmit *t);
/* Too much is waiting for this peer to read it. */
bool iscsi_transmit_congested(const struct iscsi_transmit *t);

/* ---- For those who build PDUs into the batch (data_in.c, r2t) ---------- */

/* Is there room for one more PDU? */
bool iscsi_batch_room(const struct iscsi_transmit *t);
/* The next header, zeroed; its DataSegmentLength and digest come with iscsi_batch_end(). */
uint8_t *iscsi_batch_header(struct iscsi_connection *c);
/* Where short data (sense) may be written; then iscsi_batch_end() gets no `data`. */
uint8_t *iscsi_batch_inline(struct iscsi_connection *c, uint8_t *header);
/*
 * Finish the PDU with `len` bytes of data: at `data`, where they stay until the
 * batch is sent, or inline if that is NULL.
 */
void iscsi_batch_end(struct iscsi_connection *c, uint8_t *header, const void *data, uint32_t len);

#endif /* SLUICE_ISCSI_TRANSMIT_H */
