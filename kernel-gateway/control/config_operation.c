/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Role control: targets, who may log in, their ports, groups, LUN maps. What it configures
 * stays when its connection closes, and adding what is there already, just so, is
 * success: a restarted control plane applies its configuration again.
 */
#include "attempt.h"
#include "operation.h"
#include "text.h"

#define REMOVE_PATIENCE_NS 10000000000ULL

static void fail_field(struct client *c, const struct sluice_msg *m, const char *name,
		       const char *why)
{
	client_fail(c, m, -EINVAL, "%s: %s", name, why);
}

/* `why` is where the core put its text: read here, for a caller's arguments have no order. */
static void answer_core(struct client *c, const struct sluice_msg *m, int err, const char *subject,
			const char *const *why)
{
	if (err)
		client_fail(c, m, err, "\"%s\": %s", subject, *why ? *why : "refused");
	else
		client_reply(c, m, NULL, 0);
}

static void run_target_add(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_target *t = body;
	const char *text = NULL;
	char why[256];

	if (TEXT_CHECK(t, name, TEXT_REQUIRED, why) || TEXT_CHECK(t, alias, TEXT_OPTIONAL, why)) {
		fail_field(c, m, "TARGET_ADD", why);
		return;
	}
	answer_core(c, m, sl_target_add(client_gateway(c), t, &text), t->name, &text);
}

/* TARGET_REMOVE: its nexuses first. */
static int attempt_target_remove(const struct attempt *a, char why[256])
{
	const struct sluice_target *t = a->body;
	const char *text = NULL;
	int err = sl_target_remove(a->gateway, t->name, &text);

	if (err)
		snprintf(why, 256, "\"%s\": %s", t->name, text ? text : "refused");
	return err == -EBUSY ? -EAGAIN : err;
}

static void run_target_remove(struct client *c, const struct sluice_msg *m, const void *body)
{
	static const struct attempt_kind kind = { .run = attempt_target_remove,
						  .len = sizeof(struct sluice_target),
						  .outlives = true,
						  .patience_ns = REMOVE_PATIENCE_NS };
	const struct sluice_target *t = body;
	char why[256];

	if (TEXT_CHECK(t, name, TEXT_REQUIRED, why) || TEXT_CHECK(t, alias, TEXT_OPTIONAL, why)) {
		fail_field(c, m, "TARGET_REMOVE", why);
		return;
	}
	client_target_leaves(c, t->name);
	client_attempt(c, m, body, &kind);
}

static void run_auth_set(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_auth *a = body;
	const char *text = NULL;
	char why[256] = "";
	int err;

	if (TEXT_CHECK(a, target, TEXT_OPTIONAL, why) || TEXT_CHECK(a, user, TEXT_OPTIONAL, why) ||
	    TEXT_CHECK(a, secret, TEXT_OPTIONAL, why) || RESERVED_CHECK(a, reserved, why)) {
		fail_field(c, m, "AUTH_SET", why);
		return;
	}
	switch (a->kind) {
	case SLUICE_AUTH_CHAP:
	case SLUICE_AUTH_MUTUAL:
		err = client_credentials(c, a, why);
		text = why;
		break;
	case SLUICE_AUTH_DENY_UNKNOWN:
		err = sl_target_deny_unknown(client_gateway(c), a->target, client_now(c), &text);
		break;
	case SLUICE_AUTH_ADMIT_UNKNOWN:
		err = sl_target_admit_unknown(client_gateway(c), a->target, client_now(c), &text);
		break;
	default:
		client_fail(c, m, -EINVAL,
			    "kind %u: 1 is CHAP, 2 mutual CHAP, 3 deny unknown initiators, 4 admit "
			    "them",
			    a->kind);
		return;
	}
	if (err)
		client_fail(c, m, err, "%s", text ? text : "refused");
	else
		client_reply(c, m, NULL, 0);
}

static void run_target_port_set(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_target_port *p = body;
	const char *text = NULL;
	char why[256];

	if (TEXT_CHECK(p, target, TEXT_REQUIRED, why) || RESERVED_CHECK(p, reserved, why)) {
		fail_field(c, m, "TARGET_PORT_SET", why);
		return;
	}
	answer_core(c, m, sl_target_port_set(client_gateway(c), p, &text), p->target, &text);
}

static void run_access_state_set(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_access_state *a = body;
	const char *text = NULL;
	char why[256];

	if (TEXT_CHECK(a, device, TEXT_OPTIONAL, why) || RESERVED_CHECK(a, reserved, why)) {
		fail_field(c, m, "ACCESS_STATE_SET", why);
		return;
	}
	answer_core(c, m, sl_access_state_set(client_gateway(c), a, &text), a->device, &text);
}

/* ---- Groups and LUNs --------------------------------------------------------------- */

static bool good_group(struct client *c, const struct sluice_msg *m, const char *operation,
		       const struct sluice_group *g)
{
	char why[256];

	if (!TEXT_CHECK(g, target, TEXT_REQUIRED, why) && !TEXT_CHECK(g, group, TEXT_REQUIRED, why))
		return true;
	fail_field(c, m, operation, why);
	return false;
}

static void run_group_add(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_group *g = body;
	const char *text = NULL;

	if (good_group(c, m, "GROUP_ADD", g))
		answer_core(c, m, sl_group_add(client_gateway(c), g, &text), g->group, &text);
}

static void run_group_remove(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_group *g = body;
	const char *text = NULL;

	if (!good_group(c, m, "GROUP_REMOVE", g))
		return;
	answer_core(c, m, sl_group_remove(client_gateway(c), g, client_now(c), &text), g->group,
		    &text);
	client_luns_changed(c);
}

static bool good_initiator(struct client *c, const struct sluice_msg *m, const char *operation,
			   const struct sluice_group_initiator *i)
{
	char why[256];

	if (!TEXT_CHECK(i, target, TEXT_REQUIRED, why) &&
	    !TEXT_CHECK(i, group, TEXT_REQUIRED, why) &&
	    !TEXT_CHECK(i, pattern, TEXT_REQUIRED, why))
		return true;
	fail_field(c, m, operation, why);
	return false;
}

static void run_group_initiator_add(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_group_initiator *i = body;
	const char *text = NULL;

	if (!good_initiator(c, m, "GROUP_INITIATOR_ADD", i))
		return;
	answer_core(c, m, sl_group_initiator_add(client_gateway(c), i, client_now(c), &text),
		    i->pattern, &text);
	client_luns_changed(c);
}

static void run_group_initiator_remove(struct client *c, const struct sluice_msg *m,
				       const void *body)
{
	const struct sluice_group_initiator *i = body;
	const char *text = NULL;

	if (!good_initiator(c, m, "GROUP_INITIATOR_REMOVE", i))
		return;
	answer_core(c, m, sl_group_initiator_remove(client_gateway(c), i, client_now(c), &text),
		    i->pattern, &text);
	client_luns_changed(c);
}

/* An unmapping names target, group and LUN; its device may be empty. */
static bool good_lun(struct client *c, const struct sluice_msg *m, const char *operation,
		     const struct sluice_lun *l, enum text_need device)
{
	char why[256];

	if (TEXT_CHECK(l, target, TEXT_REQUIRED, why) || TEXT_CHECK(l, group, TEXT_REQUIRED, why) ||
	    TEXT_CHECK(l, device, device, why)) {
		fail_field(c, m, operation, why);
		return false;
	}
	if (l->lun <= SLUICE_LUN_MAX)
		return true;
	client_fail(c, m, -EINVAL, "LUN %u: choose 0 to %u", l->lun, SLUICE_LUN_MAX);
	return false;
}

static void run_lun_map(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_lun *l = body;
	const char *text = NULL;

	if (!good_lun(c, m, "LUN_MAP", l, TEXT_REQUIRED))
		return;
	answer_core(c, m, sl_lun_map(client_gateway(c), l, &text), l->device, &text);
	client_luns_changed(c);
}

static void run_lun_unmap(struct client *c, const struct sluice_msg *m, const void *body)
{
	const struct sluice_lun *l = body;
	const char *text = NULL;

	if (!good_lun(c, m, "LUN_UNMAP", l, TEXT_OPTIONAL))
		return;
	answer_core(c, m, sl_lun_unmap(client_gateway(c), l, client_now(c), &text), l->target,
		    &text);
	client_luns_changed(c);
}

const struct operation config_operations[] = {
	{ SLUICE_OP_TARGET_ADD, "TARGET_ADD", sizeof(struct sluice_target), run_target_add },
	{ SLUICE_OP_TARGET_REMOVE, "TARGET_REMOVE", sizeof(struct sluice_target),
	  run_target_remove },
	{ SLUICE_OP_AUTH_SET, "AUTH_SET", sizeof(struct sluice_auth), run_auth_set },
	{ SLUICE_OP_TARGET_PORT_SET, "TARGET_PORT_SET", sizeof(struct sluice_target_port),
	  run_target_port_set },
	{ SLUICE_OP_ACCESS_STATE_SET, "ACCESS_STATE_SET", sizeof(struct sluice_access_state),
	  run_access_state_set },
	{ SLUICE_OP_GROUP_ADD, "GROUP_ADD", sizeof(struct sluice_group), run_group_add },
	{ SLUICE_OP_GROUP_INITIATOR_ADD, "GROUP_INITIATOR_ADD",
	  sizeof(struct sluice_group_initiator), run_group_initiator_add },
	{ SLUICE_OP_GROUP_REMOVE, "GROUP_REMOVE", sizeof(struct sluice_group), run_group_remove },
	{ SLUICE_OP_GROUP_INITIATOR_REMOVE, "GROUP_INITIATOR_REMOVE",
	  sizeof(struct sluice_group_initiator), run_group_initiator_remove },
	{ SLUICE_OP_LUN_MAP, "LUN_MAP", sizeof(struct sluice_lun), run_lun_map },
	{ SLUICE_OP_LUN_UNMAP, "LUN_UNMAP", sizeof(struct sluice_lun), run_lun_unmap },
	{ 0 },
};
