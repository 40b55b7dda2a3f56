/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Rig clients and their nexuses; commands are in rig_task.c. */
#include "rig_state.h"

/* ---- The client ------------------------------------------------------------------ */

int rig_open(struct rig_fabric *f, u64 data_bytes, const struct rig_listener *listener,
	     struct rig **out, char why[256])
{
	struct rig *r;
	int err;

	if (data_bytes == 0 || data_bytes > RIG_MAX_DATA || data_bytes % SLUICE_PAGE) {
		snprintf(why, 256, "data region of %llu bytes: choose a multiple of %u up to %llu",
			 (unsigned long long)data_bytes, SLUICE_PAGE, RIG_MAX_DATA);
		return -EINVAL;
	}
	r = sl_alloc(sizeof(*r));
	if (!r) {
		snprintf(why, 256, "no memory for a rig");
		return -ENOMEM;
	}
	err = rig_region_create(&r->data, data_bytes, why);
	if (err) {
		sl_free(r);
		return err;
	}
	r->fabric = f;
	r->listener = *listener;
	r->next = f->rigs;
	f->rigs = r;
	*out = r;
	return 0;
}

struct rig_region *rig_data(struct rig *r)
{
	return &r->data;
}

void rig_release_if_unused(struct rig *r)
{
	struct rig **at = &r->fabric->rigs;

	if (!r->closed || r->n_live || r->n_commands)
		return;
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	while (r->nexuses) {
		struct rig_nexus *n = r->nexuses;

		r->nexuses = n->next;
		sl_free(n);
	}
	rig_region_destroy(&r->data);
	sl_free(r);
}

/* ---- Nexuses ---------------------------------------------------------------------- */

struct rig_nexus *rig_find_nexus(struct rig *r, u32 id)
{
	for (struct rig_nexus *n = r->nexuses; n; n = n->next) {
		if (n->core && !n->closing && n->id == id)
			return n;
	}
	return NULL;
}

static void closed_in_turn(struct rig_work *w)
{
	struct rig_nexus *n =
		(struct rig_nexus *)((char *)w - offsetof(struct rig_nexus, closed_work));

	n->core = NULL;
	n->closing = false;
	n->rig->n_live--;
	rig_release_if_unused(n->rig);
}

void rig_nexus_closed(void *fabric_nexus)
{
	struct rig_nexus *n = fabric_nexus;

	rig_host_later(n->rig->fabric, &n->closed_work);
}

static void begin_close(struct rig_nexus *n)
{
	if (!n->core || n->closing)
		return;
	n->closing = true;
	sl_nexus_close(n->core, rig_host_now());
}

void rig_close(struct rig *r)
{
	r->closed = true;
	for (struct rig_nexus *n = r->nexuses; n; n = n->next)
		begin_close(n);
	rig_release_if_unused(r);
}

void rigs_drop_target(struct rig_fabric *f, const char *target)
{
	for (struct rig *r = f->rigs; r; r = r->next) {
		for (struct rig_nexus *n = r->nexuses; n; n = n->next) {
			if (strcmp(n->target, target) == 0)
				begin_close(n);
		}
	}
}

static struct rig_nexus *find_port(struct rig *r, const struct sluice_rig_nexus *m)
{
	for (struct rig_nexus *n = r->nexuses; n; n = n->next) {
		if (strcmp(n->initiator_port, m->initiator_port) == 0 &&
		    strcmp(n->target, m->target) == 0 && n->port_group == m->port_group)
			return n;
	}
	return NULL;
}

static struct rig_nexus *add_port(struct rig *r, const struct sluice_rig_nexus *m, char why[256])
{
	struct rig_nexus *n;

	if (r->n_nexuses == RIG_MAX_NEXUSES) {
		snprintf(why, 256, "this rig has had %u I_T nexuses, the most: open another rig",
			 r->n_nexuses);
		return NULL;
	}
	n = sl_alloc(sizeof(*n));
	if (!n) {
		snprintf(why, 256, "no memory for an I_T nexus");
		return NULL;
	}
	n->rig = r;
	n->closed_work.run = closed_in_turn;
	memcpy(n->initiator_port, m->initiator_port, sizeof(n->initiator_port));
	memcpy(n->target, m->target, sizeof(n->target));
	n->port_group = m->port_group;
	n->next = r->nexuses;
	r->nexuses = n;
	r->n_nexuses++;
	return n;
}

static int explain_open(int err, const struct sluice_rig_nexus *m, char why[256])
{
	const char *remedy = "refused";

	if (err == -ENOENT)
		remedy = "there is no such target: add it first";
	else if (err == -EACCES)
		remedy = "not admitted: add the initiator to a group of the target";
	else if (err == -ENOSPC)
		remedy = "the gateway has no room for another I_T nexus: close one";
	snprintf(why, 256, "initiator port %.100s, target %.80s: error %d: %s", m->initiator_port,
		 m->target, -err, remedy);
	return err;
}

int rig_nexus_open(struct rig *r, struct sluice_rig_nexus *m, char why[256])
{
	struct rig_nexus *n;
	enum sl_nexus_origin origin;
	char target_port[SLUICE_PORT_NAME_LEN];
	int err;

	if (m->port_group == 0)
		m->port_group = 1;
	n = find_port(r, m);
	origin = n ? SL_NEXUS_REINSTATED : SL_NEXUS_NEW;
	if (n && n->core) {
		snprintf(why, 256,
			 "initiator port %.100s has an I_T nexus (%u) with that target: "
			 "close it first",
			 m->initiator_port, n->id);
		return -EEXIST;
	}
	if (snprintf(target_port, sizeof(target_port), "%s,t,0x%04x", m->target, m->port_group) >=
	    (int)sizeof(target_port)) {
		snprintf(why, 256, "target name of %zu bytes: too long for a port name",
			 strlen(m->target));
		return -EINVAL;
	}
	if (!n)
		n = add_port(r, m, why);
	if (!n)
		return -ENOSPC;
	err = sl_nexus_open(r->fabric->gateway, m->target, m->initiator_port, target_port, "rig",
			    origin, &rig_fabric_ops, n, &n->core);
	if (err) {
		n->core = NULL;
		return explain_open(err, m, why);
	}
	r->n_live++;
	n->id = sl_nexus_id(n->core);
	m->nexus = n->id;
	m->relative_port = sl_nexus_relative_port(n->core);
	return 0;
}

int rig_nexus_close(struct rig *r, u32 id)
{
	for (struct rig_nexus *n = r->nexuses; n; n = n->next) {
		if (n->id != id)
			continue;
		/* Asked again: gone in the meantime is what was wanted. */
		if (!n->core)
			return 0;
		begin_close(n);
		return n->core ? -EAGAIN : 0;
	}
	return -ENOENT;
}
