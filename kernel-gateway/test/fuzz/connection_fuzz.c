/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A whole connection over a real socket and the fake core. The first byte chooses
 * what goes before: 0 nothing (raw bytes to a fresh connection), 1 a login, 2 a
 * login with both digests; then each record is a length, a header and its data
 * whose header is made plausible by flags, so that the fuzzer gets past CmdSN and
 * goes on with what the target asked for (Text, R2T, NOP-In). From 240 on, a login in
 * the middle reinstates the session, with commands of the old one still out.
 * After the input the peer hangs up; nothing may be left of it.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "input.h"
#include "test/iscsi/fake_core.h"
#include "test/iscsi/initiator.h"

/* An answer that is on its way; a request with none must not cost more. */
#define ANSWER_NS 300000
#define DIGESTS	  "HeaderDigest=CRC32C\0DataDigest=CRC32C"

static struct rig rig;
static struct initiator peer;

/* ---- What comes back --------------------------------------------------------------- */

/* The stream is read only to learn the last Target Transfer Tag; digests are not checked here. */
static struct {
	uint8_t bhs[ISCSI_BHS_LEN];
	uint32_t have, skip;
	uint32_t ttt;
} stream;

static void learn(void)
{
	uint32_t len = iscsi_data_len(stream.bhs);
	uint8_t opcode = iscsi_opcode(stream.bhs);

	if (opcode == ISCSI_OP_R2T || opcode == ISCSI_OP_TEXT_RESPONSE || opcode == ISCSI_OP_NOP_IN)
		stream.ttt = get_be32(((struct iscsi_response *)stream.bhs)->ttt);
	stream.have = 0;
	stream.skip = len + iscsi_pad(len) + (peer.header_digest ? 4 : 0) +
		      (peer.data_digest && len ? 4 : 0);
}

static void parse(const uint8_t *at, size_t left)
{
	while (left) {
		size_t n = stream.skip ? stream.skip : ISCSI_BHS_LEN - stream.have;

		n = n < left ? n : left;
		if (stream.skip) {
			stream.skip -= (uint32_t)n;
		} else {
			memcpy(stream.bhs + stream.have, at, n);
			stream.have += (uint32_t)n;
			if (stream.have == ISCSI_BHS_LEN)
				learn();
		}
		at += n;
		left -= n;
	}
}

static void drain(long patience_ns)
{
	static uint8_t sink[65536];
	struct pollfd p = { .fd = peer.fd, .events = POLLIN };
	ssize_t n;

	if (patience_ns)
		ppoll(&p, 1, &(struct timespec){ .tv_nsec = patience_ns }, NULL);
	while ((n = recv(peer.fd, sink, sizeof(sink), MSG_DONTWAIT)) > 0)
		parse(sink, (size_t)n);
}

/* ---- What goes out ------------------------------------------------------------------- */

static bool send_all(const void *from, size_t len)
{
	const char *at = from;

	while (len) {
		ssize_t n = send(peer.fd, at, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		struct pollfd p = { .fd = peer.fd, .events = POLLOUT | POLLIN };

		if (n > 0) {
			at += n;
			len -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			poll(&p, 1, 1000);
			drain(0);
		} else {
			return false;
		}
	}
	return true;
}

/* One PDU in the full feature phase: the fuzzer's header, its CmdSN and tag mended so that it is looked at. */
static bool send_pdu(struct input *in)
{
	static uint8_t data[8192];
	uint8_t bhs[ISCSI_BHS_LEN], shape = input_u8(in);
	uint32_t len = input_u32(in) % sizeof(data);

	input_bytes(in, bhs, sizeof(bhs));
	if (shape & 1) {
		put_be32(((struct iscsi_bhs *)bhs)->cmd_sn, peer.cmd_sn);
		if (!(bhs[0] & ISCSI_IMMEDIATE))
			peer.cmd_sn++;
	}
	if (shape & 2)
		put_be24(((struct iscsi_bhs *)bhs)->data_len, len);
	if (shape & 4)
		((struct iscsi_bhs *)bhs)->total_ahs_len = 0;
	/* Go on with what the target asked for: Text, Data-Out, NOP-Out. */
	if (shape & 8)
		put_be32(((struct iscsi_text_request *)bhs)->ttt, stream.ttt);
	input_bytes(in, data, len);
	if (!(shape & 2))
		return send_all(bhs, sizeof(bhs)) && send_all(data, len);
	initiator_send(&peer, bhs, data, len);
	drain(shape & 16 ? ANSWER_NS : 0);
	return true;
}

/* Without a trace: connections that linger would take all ports there are. */
static void reset(int fd)
{
	const struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
}

static void log_in(uint8_t kind)
{
	memset(&stream, 0, sizeof(stream));
	initiator_login(&peer, &rig, 1, kind == 2 ? DIGESTS : "", kind == 2 ? sizeof(DIGESTS) : 0);
	peer.header_digest = peer.data_digest = kind == 2;
}

/* The same ISID again, by another connection (RFC 7143 6.3.5): the old one is closed for it. */
static void reinstate(uint8_t kind)
{
	int old = peer.fd;

	log_in(kind);
	reset(old);
}

static void play(struct input *in)
{
	uint8_t first = input_u8(in), kind = first % 3, before = 0;

	if (kind == 0) {
		initiator_connect(&peer, &rig);
		send_all(in->at, in->left);
		return;
	}
	log_in(kind);
	while (in->left && send_pdu(in)) {
		struct pollfd p = { .events = POLLRDHUP };

		if (first >= 240 && before++ == first % 5)
			reinstate(kind);
		p.fd = peer.fd;
		if (poll(&p, 1, 0) > 0)
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct pollfd p;
	static char sink[65536];

	if (!rig.fabric)
		rig_start(&rig, 1, &(struct iscsi_limits){ .window = 8 });
	play(&in);
	shutdown(peer.fd, SHUT_WR);
	fake_core_grant();
	fake_core_finish();
	p = (struct pollfd){ .fd = peer.fd, .events = POLLIN };
	while (poll(&p, 1, 2000) > 0 && recv(peer.fd, sink, sizeof(sink), 0) > 0)
		;
	reset(peer.fd);
	wait_for(fake_core_live, 0);
	wait_for(fake_core_nexuses, 0);
	return 0;
}
