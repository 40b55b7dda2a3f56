/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "operation.h"
#include "text.h"

static const struct operation hello_operations[];

struct role {
	u32 role;
	const char *name;
	const struct operation *tables[2];
};

static const struct role roles[] = {
	{ SLUICE_ROLE_HANDLER, "handler", { handler_operations } },
	{ SLUICE_ROLE_CONTROL, "control", { config_operations, host_operations } },
	{ SLUICE_ROLE_RIG, "rig", { rig_operations } },
};

#define N_ROLES (sizeof(roles) / sizeof(roles[0]))

static const struct role *find_role(u32 role)
{
	for (u32 i = 0; i < N_ROLES; i++) {
		if (roles[i].role == role)
			return &roles[i];
	}
	return NULL;
}

static const struct operation *find(const struct operation *table, u32 op)
{
	for (; table->op; table++) {
		if (table->op == op)
			return table;
	}
	return NULL;
}

static const struct operation *find_of(const struct role *role, u32 op)
{
	const struct operation *o = find(role->tables[0], op);

	return o || !role->tables[1] ? o : find(role->tables[1], op);
}

/* The role that has this operation, for a message's sake. */
static const struct role *role_of(u32 op)
{
	for (u32 i = 0; i < N_ROLES; i++) {
		if (find_of(&roles[i], op))
			return &roles[i];
	}
	return NULL;
}

static const struct operation *admit(struct client *c, const struct sluice_msg *m)
{
	const struct operation *o;
	const struct role *other;

	if (client_role(c) == 0) {
		o = find(hello_operations, m->op);
		if (!o)
			client_fail(c, m, -EPROTO,
				    "operation %u before HELLO (%u): say HELLO first", m->op,
				    SLUICE_OP_HELLO);
		return o;
	}
	o = find_of(find_role(client_role(c)), m->op);
	if (!o)
		o = find(info_operations, m->op);
	if (!o)
		o = find(host_info_operations, m->op);
	if (o)
		return o;
	other = role_of(m->op);
	if (m->op == SLUICE_OP_HELLO)
		client_fail(c, m, -EPROTO, "HELLO twice: open another connection");
	else if (other)
		client_fail(c, m, -EPERM,
			    "operation %u belongs to role %s (%u), and this is %u: "
			    "open another connection for it",
			    m->op, other->name, other->role, client_role(c));
	else
		client_fail(c, m, -EOPNOTSUPP,
			    "operation %u is unknown to ABI %u.%u: see enum "
			    "sluice_op",
			    m->op, SLUICE_ABI_VERSION >> 16, SLUICE_ABI_VERSION & 0xffff);
	return NULL;
}

void operation_run(struct client *c, const struct sluice_msg *m, const void *body, u32 bytes)
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
	u32 theirs = hello->abi_version, ours = SLUICE_ABI_VERSION;

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
				      .role = hello->role };
	char why[256];
	int err;

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
	/* features: no feature bit is granted by this version, whatever was asked for. */
	err = client_introduce(c, hello, &reply, why);
	if (err)
		client_fail(c, m, err, "%s", why);
	else
		client_reply(c, m, &reply, sizeof(reply));
}

static const struct operation hello_operations[] = {
	{ SLUICE_OP_HELLO, "HELLO", sizeof(struct sluice_hello), run_hello },
	{ 0 },
};
