/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A TCP connection. Lives on one reactor's thread; is closed only at the end of
 * a round (iscsi_connection_settle), so no function on the way there needs to
 * fear that it is gone.
 */
#ifndef SLUICE_ISCSI_CONNECTION_H
#define SLUICE_ISCSI_CONNECTION_H

#include "fabric.h"
#include "login.h"
#include "receive.h"
#include "transmit.h"

#define ISCSI_WIND_DOWN_NS 1000000000ull /* between the async message and the end */

enum iscsi_connection_state {
	ISCSI_CONN_LOGIN,
	ISCSI_CONN_WAITING, /* login is complete but for the session it replaces */
	ISCSI_CONN_FULL,
	ISCSI_CONN_ENDING, /* the last PDU is queued: read nothing more, send, close */
	ISCSI_CONN_CLOSED, /* only for a mail in flight */
};

struct iscsi_text_exchange;

struct iscsi_connection {
	struct loop_fd fd;
	struct loop_timer timer; /* login time-out; then silence and pings; then winding down */
	struct iscsi_fabric *fabric;
	struct iscsi_reactor *reactor;
	TAILQ_ENTRY(iscsi_connection) all_link, dirty_link;
	enum iscsi_connection_state state;
	bool dirty;
	bool doomed;	   /* close at the end of the round */
	bool lost;	   /* doomed by the peer or the network, not by a PDU */
	bool winding_down; /* asked to log out; the timer ends it */
	bool counted_login;
	uint16_t group_tag;
	uint16_t cid;
	char peer[SLUICE_NAME_LEN];	   /* "127.0.0.1:40112" */
	char local[SLUICE_NAME_LEN];	   /* "127.0.0.1", "[::1]": as TargetAddress has it */
	struct iscsi_session *session;	   /* NULL until full */
	struct iscsi_login *login;	   /* NULL once full */
	struct iscsi_login_answer *answer; /* the last login answer while WAITING */
	struct iscsi_parameters p;
	struct iscsi_receive rx;
	struct iscsi_transmit tx;
	struct iscsi_text_exchange *text; /* a text request or response in pieces, or NULL */
	uint64_t heard_ns;		  /* when the peer last sent something */
	uint32_t ping_ttt;		  /* of the NOP-In not answered; ISCSI_TAG_NONE: none */
	uint32_t next_ttt;
	struct iscsi_mail start_mail;

	/* Under the fabric's lock: the session whose end this connection waits for. */
	struct iscsi_session *waiting_for;
	TAILQ_ENTRY(iscsi_connection) waiting_link;
	bool wake_in_flight;
	struct iscsi_mail wake_mail;
};

/* Takes the socket over, also when it fails (-ENOMEM). `r` is where it will live. */
int iscsi_connection_open(struct iscsi_reactor *r, int fd, const char *peer, const char *local,
			  uint16_t group_tag);
/* Close it at the end of this round. */
void iscsi_connection_doom(struct iscsi_connection *c);
/* The peer broke the protocol: count, log with peer and value, doom. */
void iscsi_connection_violation(struct iscsi_connection *c, const char *what, uint32_t value);
/* End of a round: send what is queued, or close. */
void iscsi_connection_settle(struct iscsi_connection *c);
/* Async message "target requests logout", then close after a while. */
void iscsi_connection_wind_down(struct iscsi_connection *c);
/* Match what epoll watches with what the connection can do. */
void iscsi_connection_arm(struct iscsi_connection *c);
uint64_t iscsi_connection_now(const struct iscsi_connection *c);

/* login_exchange.c: a whole Login Request came. */
void iscsi_login_request(struct iscsi_connection *c, const uint8_t *data, uint32_t len);
/* login_exchange.c: the session that was in the way is gone. */
void iscsi_login_resume(struct iscsi_connection *c);

/* full_feature.c: a header came in the full feature phase; says where its data goes. */
void iscsi_full_header(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *ahs,
		       uint32_t ahs_len);
/*
 * full_feature.c: the whole PDU came; data is NULL for a command's. digest_ok is false if
 * the data digest differs.
 */
void iscsi_full_complete(struct iscsi_connection *c, const uint8_t *data, bool digest_ok);
/* full_feature.c: by its opcode, once its CmdSN had its turn. */
void iscsi_full_execute(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *data,
			uint32_t len);

/* reject.c */
void iscsi_reject(struct iscsi_connection *c, const uint8_t *bhs, enum iscsi_reject_reason reason,
		  const char *why, uint32_t value);
/* nop.c */
void iscsi_nop_out(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *data,
		   uint32_t len);
void iscsi_nop_timer(struct iscsi_connection *c, uint64_t now_ns);
/* logout.c */
void iscsi_logout_request(struct iscsi_connection *c, const uint8_t *bhs);
/* text_exchange.c */
void iscsi_text_request(struct iscsi_connection *c, const uint8_t *bhs, const uint8_t *data,
			uint32_t len);
void iscsi_text_exchange_free(struct iscsi_connection *c);
/* async.c */
void iscsi_async(struct iscsi_connection *c, enum iscsi_async_event event, uint16_t p1, uint16_t p2,
		 uint16_t p3);

#endif /* SLUICE_ISCSI_CONNECTION_H */
