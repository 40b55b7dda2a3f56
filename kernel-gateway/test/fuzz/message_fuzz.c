/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Messages of every role (abi.h section 3) to a whole gateway over its real socket.
 * A step names one of four connections and an operation; its body is a good one, then
 * the fuzzer changes bytes of it, or the header. After the input the connections
 * close; no session, nexus or target may be left of them.
 *
 *	options:8  { peer:2 how:6  [operation:8 shape:8 { offset:16 len:8 bytes }...] }...
 */
#include <arpa/inet.h>
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "input.h"
#include "message_peer.h"
#include "test/host/fixture.h"

#define PEERS	    4U
#define TARGET	    "iqn.2026-11.io.sluice:fuzz"
#define DEVICES_MAX 900U /* the gateway forgets none: then another one */
#define POOL_MAX    (64ULL << 20)

enum shape {
	SHAPE_PATCHES = 3, /* how many */
	SHAPE_LEN = 4,
	SHAPE_STATUS = 8,
	SHAPE_OP = 16,
	SHAPE_SHORT = 32, /* with SHAPE_LEN: fewer or more bytes than the header says */
};

union body {
	struct sluice_hello hello;
	struct sluice_session_open session_open;
	struct sluice_device_add device_add;
	struct sluice_device_remove device_remove;
	struct sluice_portal portal;
	struct sluice_target target;
	struct sluice_group group;
	struct sluice_group_initiator initiator;
	struct sluice_lun lun;
	struct sluice_auth auth;
	struct sluice_target_port target_port;
	struct sluice_access_state access_state;
	struct sluice_rig_open rig_open;
	struct sluice_rig_nexus rig_nexus;
	struct sluice_rig_command command;
	struct sluice_rig_tmf tmf;
	uint8_t bytes[CONNECTION_BODY + 256];
};

static struct gateway gateway;
static struct message_peer peers[PEERS], watcher;
static bool shut;

/* ---- Bodies -------------------------------------------------------------------------- */

static void fill_handler(union body *b, uint32_t op)
{
	if (op == SLUICE_OP_SESSION_OPEN) {
		b->session_open = (struct sluice_session_open){ .queues = 1,
								.depth = 8,
								.pool_bytes = SLUICE_MAX_BUFFER };
	} else if (op == SLUICE_OP_DEVICE_ADD) {
		strcpy(b->device_add.name, "disk");
		b->device_add.task_set_limit = 8;
		b->device_add.max_transfer = SLUICE_MAX_BUFFER;
	} else if (op == SLUICE_OP_DEVICE_REMOVE) {
		b->device_remove.device = mp_learnt.device;
	} else if (op == SLUICE_OP_HELLO) {
		b->hello = (struct sluice_hello){ .magic = SLUICE_MAGIC,
						  .abi_version = SLUICE_ABI_VERSION,
						  .role = SLUICE_ROLE_CONTROL,
						  .name = "fuzz" };
	}
}

/* Most begin with the target's name. */
static void fill_control(union body *b, uint32_t op)
{
	if (op == SLUICE_OP_PORTAL_ADD) {
		strcpy(b->portal.address, "127.0.0.1");
		b->portal.group = 1;
	} else if (op <= SLUICE_OP_AUTH_SET || op >= SLUICE_OP_TARGET_PORT_SET) {
		strcpy(b->target.name, TARGET);
	}
	if (op == SLUICE_OP_TARGET_PORT_SET) {
		b->target_port.group = 1;
		b->target_port.relative_port = 9;
	}
	if (op == SLUICE_OP_ACCESS_STATE_SET) {
		memset(b->access_state.device, 0, sizeof(b->access_state.device));
		strcpy(b->access_state.device, "disk");
		b->access_state.group = 1;
	}
	if (op == SLUICE_OP_GROUP_ADD || op == SLUICE_OP_GROUP_INITIATOR_ADD ||
	    op == SLUICE_OP_GROUP_REMOVE || op == SLUICE_OP_GROUP_INITIATOR_REMOVE)
		strcpy(b->group.group, "hosts");
	if (op == SLUICE_OP_GROUP_INITIATOR_ADD || op == SLUICE_OP_GROUP_INITIATOR_REMOVE)
		strcpy(b->initiator.pattern, "iqn.*:host?");
	if (op == SLUICE_OP_LUN_MAP || op == SLUICE_OP_LUN_UNMAP) {
		strcpy(b->lun.group, "default");
		strcpy(b->lun.device, "disk");
	}
	if (op == SLUICE_OP_AUTH_SET) {
		strcpy(b->auth.user, "alice");
		strcpy(b->auth.secret, "secret-of-alice");
		b->auth.kind = SLUICE_AUTH_CHAP;
	}
}

static void fill_rig(union body *b, uint32_t op)
{
	if (op == SLUICE_OP_RIG_OPEN) {
		b->rig_open.data_bytes = 1 << 16;
	} else if (op == SLUICE_OP_RIG_NEXUS) {
		strcpy(b->rig_nexus.initiator_port, TARGET ",i,0x1");
		strcpy(b->rig_nexus.target, TARGET);
	} else if (op == SLUICE_OP_RIG_NEXUS_CLOSE) {
		b->rig_nexus.nexus = mp_learnt.nexus;
	} else if (op == SLUICE_OP_RIG_COMMAND) {
		b->command.nexus = mp_learnt.nexus;
		b->command.attribute = SLUICE_ATTR_SIMPLE;
		b->command.direction = SLUICE_DIR_IN;
		b->command.data_len = b->command.expected_len = 64;
		b->command.cdb_len = 12;
		b->command.cdb[0] = 0xa0; /* REPORT LUNS: the core answers it with data */
		b->command.cdb[9] = 64;
	} else if (op == SLUICE_OP_RIG_TMF) {
		b->tmf.nexus = mp_learnt.nexus;
		b->tmf.function = SLUICE_TMF_LOGICAL_UNIT_RESET;
	}
}

/* Within what this machine should give: no port of somebody else's, no gigabytes. */
static void bound(union body *b, uint32_t op)
{
	struct sluice_session_open *s = &b->session_open;
	uint8_t address[16];

	if (op == SLUICE_OP_PORTAL_ADD && memchr(b->portal.address, 0, SLUICE_NAME_LEN) &&
	    (inet_pton(AF_INET, b->portal.address, address) == 1 ||
	     inet_pton(AF_INET6, b->portal.address, address) == 1)) {
		memset(&b->portal.address, 0, sizeof(b->portal.address));
		strcpy(b->portal.address, "127.0.0.1");
		b->portal.port = 0;
	}
	if (op == SLUICE_OP_SESSION_OPEN && s->pool_bytes > POOL_MAX && s->pool_bytes <= 4ULL << 30)
		s->pool_bytes = POOL_MAX;
	if (op == SLUICE_OP_SESSION_OPEN && s->queues <= SLUICE_MAX_QUEUES &&
	    s->depth <= SLUICE_MAX_DEPTH && s->queues * s->depth > 1024)
		s->depth = 16;
}

/* Within the operation's body, or just behind it. */
static void patch(union body *b, struct input *in, uint32_t size)
{
	uint32_t at = input_u8(in), len;

	at = (at | (uint32_t)input_u8(in) << 8) % (size + 8);
	len = input_u8(in);
	input_bytes(in, b->bytes + at, len < sizeof(b->bytes) - at ? len : sizeof(b->bytes) - at);
}

/* ---- Steps ----------------------------------------------------------------------------- */

static void note_target(const struct sluice_target *t)
{
	if (mp_learnt.n_added < MP_MESSAGES && memchr(t->name, 0, sizeof(t->name)))
		mp_learnt.added[mp_learnt.n_added++] = *t;
}

static void say(struct message_peer *p, struct input *in, bool may_shut)
{
	uint32_t n = mp_n_operations - !may_shut;
	const struct mp_operation *o = &mp_operations[input_u8(in) % n];
	uint8_t shape = input_u8(in);
	union body b = { 0 };
	struct sluice_msg head = { .op = o->op, .len = o->len };
	uint32_t bytes = o->len;

	if (p->fd < 0) {
		mp_connect(p, gateway.socket);
		if (o->role)
			mp_hello(p, o->role);
	}
	if (o->op < SLUICE_OP_PORTAL_ADD)
		fill_handler(&b, o->op);
	else if (o->op < SLUICE_OP_RIG_OPEN)
		fill_control(&b, o->op);
	else
		fill_rig(&b, o->op);
	for (uint32_t i = shape & SHAPE_PATCHES; i > 0; i--)
		patch(&b, in, o->len);
	bound(&b, o->op);
	head.id = p->next_id++;
	if (shape & SHAPE_STATUS)
		head.status = (int32_t)input_u32(in);
	if (shape & SHAPE_OP)
		head.op = input_u32(in);
	if (!may_shut && head.op == SLUICE_OP_SHUTDOWN)
		head.op = 0;
	if (shape & SHAPE_LEN)
		bytes = input_u32(in) % sizeof(b.bytes);
	if ((shape & SHAPE_LEN) && !(shape & SHAPE_SHORT))
		head.len = bytes;
	if (o->op != head.op)
		bound(&b, head.op);
	if (head.op == SLUICE_OP_TARGET_ADD)
		note_target(&b.target);
	shut |= head.op == SLUICE_OP_SHUTDOWN;
	for (uint32_t i = 0; shut && i < PEERS; i++)
		peers[i].closes = true;
	mp_send(p, &head, b.bytes, bytes);
}

static void step(struct input *in, bool may_shut)
{
	uint8_t what = input_u8(in);
	struct message_peer *p = &peers[what % PEERS];

	switch (what >> 2) {
	case 0:
		mp_close(p);
		break;
	case 1:
		mp_close(p);
		mp_connect(p, gateway.socket);
		break;
	case 2: /* less than a header: the connection is closed for it */
		if (p->fd < 0)
			break;
		p->closes = true;
		(void)!send(p->fd, in->at, what % 15U < in->left ? what % 15U : in->left,
			    MSG_NOSIGNAL | MSG_DONTWAIT);
		mp_receive(p, 100);
		mp_close(p);
		break;
	default:
		say(p, in, may_shut);
	}
}

/* ---- Before and after ------------------------------------------------------------------ */

static void ask(uint32_t op, const void *body, uint32_t len)
{
	struct sluice_msg head = { .op = op, .id = watcher.next_id++, .len = len };

	watcher.n_asked = 0;
	mp_send(&watcher, &head, body, len);
	while (!watcher.asked[0].answered)
		assert(mp_receive(&watcher, 20000));
	watcher.late = false;
}

static void stop(void)
{
	mp_close(&watcher);
	if (gateway.running)
		gateway_stop(&gateway);
}

static void start(void)
{
	static bool registered;

	if (!registered)
		atexit(stop);
	registered = true;
	gateway_start(&gateway, 1);
	mp_connect(&watcher, gateway.socket);
	mp_hello(&watcher, SLUICE_ROLE_CONTROL);
}

static void settle(void)
{
	const struct sluice_gateway_info *now = &mp_learnt.info;

	for (uint32_t turn = 0;; turn++) {
		ask(SLUICE_OP_GATEWAY_INFO, NULL, 0);
		if (now->sessions == 0 && now->nexuses == 0)
			break;
		assert(turn < 40000);
		usleep(turn < 20 ? 50 : 500);
	}
	for (uint32_t i = 0; i < mp_learnt.n_added; i++)
		ask(SLUICE_OP_TARGET_REMOVE, &mp_learnt.added[i], sizeof(mp_learnt.added[i]));
	if (now->devices > DEVICES_MAX)
		stop();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	bool may_shut = input_u8(&in) == 0xff;

	if (!gateway.running)
		start();
	memset(&mp_learnt, 0, sizeof(mp_learnt));
	shut = false;
	for (uint32_t i = 0; i < PEERS; i++)
		peers[i].fd = -1;
	for (uint32_t n = 0; in.left && n < MP_MESSAGES && !shut; n++)
		step(&in, may_shut);
	for (uint32_t i = 0; i < PEERS; i++)
		mp_close(&peers[i]);
	if (shut)
		stop();
	else
		settle();
	return 0;
}
