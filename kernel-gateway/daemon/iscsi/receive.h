/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Input of a connection. Bytes are read in large pieces into one buffer and
 * parsed there; a data segment that has a buffer of its own (a command's, in the
 * pool) is read straight into that, with what follows it behind, in one call.
 */
#ifndef SLUICE_ISCSI_RECEIVE_H
#define SLUICE_ISCSI_RECEIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "pdu.h"

#define ISCSI_RX_LOGIN_BYTES 16384u
#define ISCSI_RX_BYTES	     65536u
#define ISCSI_RX_DIRECT_MIN  4096u	/* shorter remainders are copied through the buffer */
#define ISCSI_RX_ROUND_BYTES (2u << 20) /* read for one connection before others get their turn */

struct iscsi_connection;
struct iscsi_task;

enum iscsi_rx_phase { ISCSI_RX_HEADER, ISCSI_RX_DATA, ISCSI_RX_TAIL };

struct iscsi_receive {
	uint8_t *buf;
	uint32_t cap, head, tail;
	enum iscsi_rx_phase phase;
	uint8_t bhs[ISCSI_BHS_LEN]; /* of the PDU whose data is coming */
	uint32_t data_len;	    /* DataSegmentLength */
	uint32_t data_at;	    /* bytes of it that came */
	uint8_t *dest;		    /* where they go; NULL: nowhere */
	uint32_t dest_len;	    /* bytes that have room there; what comes behind is discarded */
	struct iscsi_task *task;    /* whose data it is, or NULL */
	uint8_t *payload;	    /* heap: data of a PDU that is no command's */
	uint32_t crc;
	uint32_t tail_len; /* padding and digest */
};

int iscsi_receive_init(struct iscsi_receive *rx);
void iscsi_receive_destroy(struct iscsi_receive *rx);
/* Logged in: larger buffer. 0 or -ENOMEM. */
int iscsi_receive_grow(struct iscsi_receive *rx);

/* Read and parse what is there. Dooms the connection when it ends or breaks. */
void iscsi_receive_run(struct iscsi_connection *c);
/* Go on with what was read already, after a pause. */
void iscsi_receive_parse(struct iscsi_connection *c);

/* The PDU's data goes to this place from its beginning; by the header's handler. */
void iscsi_receive_into(struct iscsi_receive *rx, uint8_t *dest, uint32_t len);
/*
 * The task ends or moved its buffer: what is still to come goes to `dest` (the start of
 * the segment), or nowhere.
 */
void iscsi_receive_redirect(struct iscsi_receive *rx, struct iscsi_task *task, uint8_t *dest,
			    uint32_t len);

#endif /* SLUICE_ISCSI_RECEIVE_H */
