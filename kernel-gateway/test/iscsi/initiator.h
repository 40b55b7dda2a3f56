/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A fabric on its loops over the fake core, and a raw initiator that can say anything. */
#ifndef SLUICE_TEST_INITIATOR_H
#define SLUICE_TEST_INITIATOR_H

#include "iscsi/iscsi.h"
#include "iscsi/pdu.h"

/* The fabric listens on 127.0.0.1 and on a port of the system's choice. */
struct rig {
	struct loop *loops[2];
	uint32_t n_loops;
	struct iscsi_fabric *fabric;
	struct sluice_portal portal;
};

void rig_start(struct rig *r, uint32_t n_loops, const struct iscsi_limits *limits);
/* Shuts the fabric down, and asserts that nothing was left behind. */
void rig_stop(struct rig *r);
/* Run on loop 0 and wait. */
void rig_call(struct rig *r, void (*run)(void *arg), void *arg);

struct pdu {
	uint8_t bhs[ISCSI_BHS_LEN];
	uint32_t len;
	uint8_t data[300000];
};

struct initiator {
	int fd;
	uint32_t cmd_sn, exp_stat_sn, itt;
	bool header_digest, data_digest;
	struct pdu in;
};

void initiator_connect(struct initiator *i, struct rig *r);
void initiator_close(struct initiator *i);
/* Connect and log in to the target with `text` added to the keys; the last byte of the ISID. */
void initiator_login(struct initiator *i, struct rig *r, uint8_t isid, const char *text,
		     uint32_t text_len);
/* The same, returning the status. */
uint32_t initiator_enter(struct initiator *i, struct rig *r, uint8_t isid, const char *text,
			 uint32_t text_len);
#define INITIATOR_CLOSED 0xffffffffu /* the connection was closed without an answer */
/* Only the request, with everything in one PDU; the status class and detail. */
uint32_t initiator_try_login(struct initiator *i, uint8_t isid, const char *text,
			     uint32_t text_len);
/* Send a PDU: digests as negotiated. */
void initiator_send(struct initiator *i, const uint8_t *bhs, const void *data, uint32_t len);
/* Receive one; false if the connection was closed. Fails the test after five seconds. */
bool initiator_receive(struct initiator *i);
/* Receive and assert the opcode. */
void initiator_expect(struct initiator *i, enum iscsi_opcode opcode);

/* A SCSI Command header with the next ITT and CmdSN. */
void initiator_command(struct initiator *i, uint8_t bhs[ISCSI_BHS_LEN], uint8_t flags,
		       uint8_t opcode, uint32_t len);
/* A Data-Out of the pattern that the fake core expects. */
void initiator_data_out(struct initiator *i, uint32_t itt, uint32_t ttt, uint32_t data_sn,
			uint32_t offset, uint32_t len, bool final);
/* The status of the SCSI Response or Data-In that was received last. */
uint8_t initiator_status(const struct initiator *i);
/* Wait until a count of the fake core has this value. */
void wait_for(unsigned int (*count)(void), unsigned int value);

#endif /* SLUICE_TEST_INITIATOR_H */
