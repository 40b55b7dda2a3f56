/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A whole connection over a real socket and the fake core. The first byte chooses
 * what goes before: 0 nothing (raw bytes to a fresh connection), 1 a login, 2 a
 * login with both digests; then each record is a length, a header and its data
 * whose header is made plausible by a flag, so that the fuzzer gets past CmdSN.
 * After the input the peer hangs up; nothing may be left of it.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "input.h"
#include "test/iscsi/fake_core.h"
#include "test/iscsi/initiator.h"

#define DIGESTS "HeaderDigest=CRC32C\0DataDigest=CRC32C"

static struct rig rig;
static struct initiator peer;

static void drain(void)
{
	static char sink[65536];

	while (recv(peer.fd, sink, sizeof(sink), MSG_DONTWAIT) > 0)
		;
}

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
			drain();
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
	input_bytes(in, data, len);
	if (!(shape & 2))
		return send_all(bhs, sizeof(bhs)) && send_all(data, len);
	initiator_send(&peer, bhs, data, len);
	drain();
	return true;
}

static void play(struct input *in)
{
	uint8_t kind = input_u8(in) % 3;

	if (kind == 0) {
		initiator_connect(&peer, &rig);
		send_all(in->at, in->left);
		return;
	}
	initiator_login(&peer, &rig, 1, kind == 2 ? DIGESTS : "", kind == 2 ? sizeof(DIGESTS) : 0);
	while (in->left && send_pdu(in)) {
		struct pollfd p = { .fd = peer.fd, .events = POLLRDHUP };

		if (poll(&p, 1, 0) > 0)
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };
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
	setsockopt(peer.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	initiator_close(&peer);
	wait_for(fake_core_live, 0);
	wait_for(fake_core_nexuses, 0);
	return 0;
}
