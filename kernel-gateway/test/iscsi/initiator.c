/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "initiator.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_core.h"
#include "host/log.h"
#include "iscsi/digest.h"

#define PATIENCE_MS 5000

/* ---- The fabric's side ------------------------------------------------------ */

struct call {
	struct loop_work work;
	void (*run)(void *arg);
	void *arg;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool done;
};

static void finish(struct call *call)
{
	pthread_mutex_lock(&call->lock);
	call->done = true;
	pthread_cond_signal(&call->cond);
	pthread_mutex_unlock(&call->lock);
}

static void run_call(struct loop_work *work)
{
	struct call *call = (void *)work;

	call->run(call->arg);
	finish(call);
}

static void wait_call(struct call *call)
{
	pthread_mutex_lock(&call->lock);
	while (!call->done)
		pthread_cond_wait(&call->cond, &call->lock);
	pthread_mutex_unlock(&call->lock);
}

void rig_call(struct rig *r, void (*run)(void *arg), void *arg)
{
	struct call call = { .work.run = run_call,
			     .run = run,
			     .arg = arg,
			     .lock = PTHREAD_MUTEX_INITIALIZER,
			     .cond = PTHREAD_COND_INITIALIZER };

	loop_post(r->loops[0], &call.work);
	wait_call(&call);
	/* The work's own bookkeeping is over once the loop went round. */
	loop_post_barrier(r->loops[0]);
}

static void add_portal(void *arg)
{
	struct rig *r = arg;
	char why[256];

	snprintf(r->portal.address, sizeof(r->portal.address), "127.0.0.1");
	r->portal.group = 1;
	assert_int_equal(iscsi_portal_add(r->fabric, &r->portal, why), 0);
}

void rig_start(struct rig *r, uint32_t n_loops, const struct iscsi_limits *limits)
{
	memset(r, 0, sizeof(*r));
	log_set_level(getenv("SLUICE_TEST_LOG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR);
	fake_core_reset();
	r->n_loops = n_loops;
	for (uint32_t i = 0; i < n_loops; i++)
		assert_int_equal(loop_create(i, 0, &r->loops[i]), 0);
	assert_int_equal(iscsi_fabric_create(NULL, r->loops, n_loops, limits, &r->fabric), 0);
	for (uint32_t i = 0; i < n_loops; i++)
		assert_int_equal(loop_start(r->loops[i]), 0);
	rig_call(r, add_portal, r);
}

static void all_gone(void *arg)
{
	finish(arg);
}

static void shut_down(void *arg)
{
	struct call *call = arg;

	iscsi_fabric_shutdown(call->arg, all_gone, call);
}

void rig_stop(struct rig *r)
{
	struct call gone = { .arg = r->fabric,
			     .lock = PTHREAD_MUTEX_INITIALIZER,
			     .cond = PTHREAD_COND_INITIALIZER };

	rig_call(r, shut_down, &gone);
	wait_call(&gone);
	for (uint32_t i = 0; i < r->n_loops; i++)
		loop_stop(r->loops[i]);
	for (uint32_t i = 0; i < r->n_loops; i++)
		loop_join(r->loops[i]);
	iscsi_fabric_destroy(r->fabric);
	for (uint32_t i = 0; i < r->n_loops; i++)
		loop_destroy(r->loops[i]);
	assert_int_equal(fake_core_live(), 0);
	assert_int_equal(fake_core_nexuses(), 0);
}

void wait_for(unsigned int (*count)(void), unsigned int value)
{
	for (int ms = 0; ms < PATIENCE_MS && count() != value; ms++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	assert_int_equal(count(), value);
}

/* ---- The initiator's ---------------------------------------------------------- */

/* A signal (libFuzzer's alarm) does not end an attempt to connect, only the wait for it. */
static bool connected(int fd, const struct sockaddr_in *to)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int err = 0;

	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) == 0)
		return true;
	if (errno != EINTR)
		return false;
	while (poll(&ready, 1, PATIENCE_MS) < 0 && errno == EINTR)
		;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) == 0 && err == 0;
}

void initiator_connect(struct initiator *i, struct rig *r)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(r->portal.port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	memset(i, 0, sizeof(*i));
	i->cmd_sn = 100;
	i->exp_stat_sn = 1;
	i->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(connected(i->fd, &to));
}

void initiator_close(struct initiator *i)
{
	close(i->fd);
	i->fd = -1;
}

static void send_all(struct initiator *i, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = send(i->fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return; /* closed: the next receive tells */
		p += n;
		len -= (size_t)n;
	}
}

void initiator_send(struct initiator *i, const uint8_t *bhs, const void *data, uint32_t len)
{
	static const uint8_t zeros[4];
	uint8_t header[ISCSI_BHS_LEN], digest[4];
	uint32_t pad = iscsi_pad(len);

	memcpy(header, bhs, sizeof(header));
	put_be24(header + 5, len);
	send_all(i, header, sizeof(header));
	if (i->header_digest) {
		iscsi_digest_put(digest, iscsi_crc32c(0, header, sizeof(header)));
		send_all(i, digest, 4);
	}
	send_all(i, data, len);
	send_all(i, zeros, pad);
	if (i->data_digest && len) {
		iscsi_digest_put(digest, iscsi_crc32c(iscsi_crc32c(0, data, len), zeros, pad));
		send_all(i, digest, 4);
	}
}

static bool receive_all(struct initiator *i, void *data, size_t len)
{
	char *p = data;

	while (len) {
		struct pollfd poll_fd = { .fd = i->fd, .events = POLLIN };
		ssize_t n;

		assert_int_not_equal(poll(&poll_fd, 1, PATIENCE_MS), 0);
		n = recv(i->fd, p, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

bool initiator_receive(struct initiator *i)
{
	uint8_t tail[4];
	uint32_t crc, pad;

	if (!receive_all(i, i->in.bhs, ISCSI_BHS_LEN))
		return false;
	if (i->header_digest) {
		assert_true(receive_all(i, tail, 4));
		assert_int_equal(iscsi_digest_get(tail), iscsi_crc32c(0, i->in.bhs, ISCSI_BHS_LEN));
	}
	i->in.len = iscsi_data_len(i->in.bhs);
	assert_true(i->in.len <= sizeof(i->in.data));
	pad = iscsi_pad(i->in.len);
	assert_true(receive_all(i, i->in.data, i->in.len));
	assert_true(receive_all(i, tail, pad));
	crc = iscsi_crc32c(iscsi_crc32c(0, i->in.data, i->in.len), tail, pad);
	if (i->data_digest && i->in.len) {
		assert_true(receive_all(i, tail, 4));
		assert_int_equal(iscsi_digest_get(tail), crc);
	}
	return true;
}

void initiator_expect(struct initiator *i, enum iscsi_opcode opcode)
{
	assert_true(initiator_receive(i));
	assert_int_equal(i->in.bhs[0], opcode);
}

uint32_t initiator_try_login(struct initiator *i, uint8_t isid, const char *text, uint32_t text_len)
{
	struct iscsi_login_request r = { .opcode = ISCSI_OP_LOGIN_REQUEST | ISCSI_IMMEDIATE,
					 .flags = 0x87,
					 .isid = { 0x40, 0, 0, 0, 0, isid } };

	put_be32(r.cmd_sn, i->cmd_sn);
	put_be32(r.exp_stat_sn, i->exp_stat_sn);
	put_be16(r.cid, 1);
	initiator_send(i, (uint8_t *)&r, text, text_len);
	if (!initiator_receive(i))
		return INITIATOR_CLOSED;
	assert_int_equal(i->in.bhs[0], ISCSI_OP_LOGIN_RESPONSE);
	return get_be16(i->in.bhs + 36);
}

uint32_t initiator_enter(struct initiator *i, struct rig *r, uint8_t isid, const char *text,
			 uint32_t text_len)
{
	static const char names[] =
		"InitiatorName=iqn.2026-11.io.sluice:test\0TargetName=" FAKE_TARGET "\0"
		"InitialR2T=No\0ImmediateData=Yes\0FirstBurstLength=65536\0MaxBurstLength=131072\0"
		"MaxRecvDataSegmentLength=65536\0MaxOutstandingR2T=1";
	char all[sizeof(names) + 200];

	memcpy(all, names, sizeof(names));
	memcpy(all + sizeof(names), text, text_len);
	initiator_connect(i, r);
	return initiator_try_login(i, isid, all, (uint32_t)sizeof(names) + text_len);
}

void initiator_login(struct initiator *i, struct rig *r, uint8_t isid, const char *text,
		     uint32_t text_len)
{
	assert_int_equal(initiator_enter(i, r, isid, text, text_len), 0);
}

void initiator_command(struct initiator *i, uint8_t bhs[ISCSI_BHS_LEN], uint8_t flags,
		       uint8_t opcode, uint32_t len)
{
	struct iscsi_scsi_command *c = (void *)bhs;

	memset(c, 0, sizeof(*c));
	c->opcode = ISCSI_OP_SCSI_COMMAND;
	c->flags = flags | 1;
	put_be32(c->itt, ++i->itt);
	put_be32(c->expected_len, len);
	put_be32(c->cmd_sn, i->cmd_sn++);
	c->cdb[0] = opcode;
}

void initiator_data_out(struct initiator *i, uint32_t itt, uint32_t ttt, uint32_t data_sn,
			uint32_t offset, uint32_t len, bool final)
{
	struct iscsi_data_out_pdu d = { .opcode = ISCSI_OP_DATA_OUT,
					.flags = final ? ISCSI_FINAL : 0 };
	uint8_t *data = malloc(len ? len : 1);

	for (uint32_t k = 0; k < len; k++)
		data[k] = fake_byte(offset + k);
	put_be32(d.itt, itt);
	put_be32(d.ttt, ttt);
	put_be32(d.data_sn, data_sn);
	put_be32(d.offset, offset);
	initiator_send(i, (uint8_t *)&d, data, len);
	free(data);
}

uint8_t initiator_status(const struct initiator *i)
{
	return i->in.bhs[3];
}
