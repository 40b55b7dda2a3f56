/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "operation.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/log.h"
#include "text.h"

struct role {
	uint32_t role;
	const char *name;
	const struct operation *table;
};

static const struct role roles[] = {
	{ SLUICE_ROLE_HANDLER, "handler", handler_operations },
	{ SLUICE_ROLE_CONTROL, "control", config_operations },
	{ SLUICE_ROLE_RIG, "rig", rig_operations },
};

#define N_ROLES (sizeof(roles) / sizeof(roles[0]))

static const struct role *find_role(uint32_t role)
{
	for (size_t i = 0; i < N_ROLES; i++) {
		if (roles[i].role == role)
			return &roles[i];
	}
	return NULL;
}

static const struct operation *find(const struct operation *table, uint32_t op)
{
	for (; table->op; table++) {
		if (table->op == op)
			return table;
	}
	return NULL;
}

/* The role that has this operation, for a message's sake. */
static const struct role *role_of(uint32_t op)
{
	for (size_t i = 0; i < N_ROLES; i++) {
		if (find(roles[i].table, op))
			return &roles[i];
	}
	return NULL;
}

static const struct operation *admit(struct client *c, const struct sluice_msg *m)
{
	const struct operation *o;
	const struct role *other;

	if (c->role == 0) {
		o = find(hello_operations, m->op);
		if (!o)
			client_fail(c, m, -EPROTO,
				    "operation %u before HELLO (%u): say HELLO first", m->op,
				    SLUICE_OP_HELLO);
		return o;
	}
	o = find(find_role(c->role)->table, m->op);
	if (!o)
		o = find(info_operations, m->op);
	if (o)
		return o;
	other = role_of(m->op);
	if (m->op == SLUICE_OP_HELLO)
		client_fail(c, m, -EPROTO, "HELLO twice: open another connection");
	else if (other)
		client_fail(c, m, -EPERM,
			    "operation %u belongs to role %s (%u), and this is %u: "
			    "open another connection for it",
			    m->op, other->name, other->role, c->role);
	else
		client_fail(c, m, -EOPNOTSUPP,
			    "operation %u is unknown to ABI %u.%u: see enum "
			    "sluice_op",
			    m->op, SLUICE_ABI_VERSION >> 16, SLUICE_ABI_VERSION & 0xffff);
	return NULL;
}

void operation_run(struct client *c, const struct sluice_msg *m, const void *body, uint32_t bytes)
{
	const struct operation *o = admit(c, m);

	if (!o)
		return;
	if (m->status != 0) {
		client_fail(c, m, -EINVAL, "%s: status %d in a request: write 0", o->name,
			    m->status);
		return;
	}
	if (m->len != bytes || bytes != o->len) {
		client_fail(c, m, -EMSGSIZE,
			    "%s: len is %u and %u bytes follow the header: both must be %u",
			    o->name, m->len, bytes, o->len);
		return;
	}
	o->run(c, m, body);
}

/* ---- HELLO -------------------------------------------------------------------- */

static bool versions_agree(struct client *c, const struct sluice_msg *m,
			   const struct sluice_hello *hello)
{
	uint32_t theirs = hello->abi_version, ours = SLUICE_ABI_VERSION;

	if (hello->magic != SLUICE_MAGIC) {
		client_fail(c, m, -EPROTO,
			    "magic %016llx: a Sluice client of ABI %u.%u says %016llx",
			    (unsigned long long)hello->magic, ours >> 16, ours & 0xffff,
			    (unsigned long long)SLUICE_MAGIC);
		return false;
	}
	if (theirs >> 16 != ours >> 16) {
		client_fail(c, m, -EPROTONOSUPPORT,
			    "this gateway speaks ABI %u.%u, the client %u.%u: run both from the "
			    "same Sluice release",
			    ours >> 16, ours & 0xffff, theirs >> 16, theirs & 0xffff);
		return false;
	}
	return true;
}

static void run_hello(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_hello *hello = body;
	struct sluice_hello reply = { .magic = SLUICE_MAGIC,
				      .abi_version = SLUICE_ABI_VERSION,
				      .role = hello->role,
				      .pid = (uint32_t)getpid(),
				      .name = "sluiced" };
	char why[256];

	if (c->refusal[0]) {
		client_fail(c, m, -EACCES, "%s", c->refusal);
		client_doom(c);
		return;
	}
	if (!versions_agree(c, m, hello))
		return;
	if (!find_role(hello->role)) {
		client_fail(c, m, -EINVAL, "role %u: 1 is handler, 2 control, 3 rig", hello->role);
		return;
	}
	if (TEXT_CHECK(hello, name, TEXT_REQUIRED, why) || RESERVED_CHECK(hello, pid, why) ||
	    RESERVED_CHECK(hello, reserved, why)) {
		client_fail(c, m, -EINVAL, "HELLO: %s", why);
		return;
	}
	c->role = hello->role;
	memcpy(c->name, hello->name, sizeof(c->name));
	loop_timer_cancel(client_loop(c), &c->hello_timer);
	log_debug("control", "client \"%s\" (pid %d, uid %u) as %s", c->name, c->peer.pid,
		  c->peer.uid, find_role(c->role)->name);
	/* features: no feature bit is granted by this version, whatever was asked for. */
	client_reply(c, m, &reply, sizeof(reply));
}

const struct operation hello_operations[] = {
	{ SLUICE_OP_HELLO, "HELLO", sizeof(struct sluice_hello), run_hello },
	{ 0 },
};
