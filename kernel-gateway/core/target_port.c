/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "target_port.h"

#include "reach.h"
#include "target.h"

#define SL_PORT_NUMBER_MAX 65535U
/* ",t,0x" and four digits */
#define SL_PORT_SUFFIX_LEN 9U

const struct sl_target_port *sl_nexus_port(const struct sl_nexus *n)
{
	return n->port;
}

u16 sl_target_port_number(const struct sl_target_port *port)
{
	return sl_load_relaxed(&port->number);
}

static s32 digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

u16 sl_port_name_group(const char *name)
{
	size_t len = strlen(name);
	const char *at = name + len - SL_PORT_SUFFIX_LEN;
	u32 tag = 0;

	if (len < SL_PORT_SUFFIX_LEN || memcmp(at, ",t,0x", 5) != 0)
		return 1;
	for (at += 5; *at; at++) {
		if (digit(*at) < 0)
			return 1;
		tag = tag << 4 | (u32)digit(*at);
	}
	return tag ? (u16)tag : 1;
}

static struct sl_target_port *port_numbered(struct sl_gateway *gw, u32 number)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &gw->ports) {
		struct sl_target_port *port = sl_entry(pos, struct sl_target_port, link);

		if (port->number == number)
			return port;
	}
	return NULL;
}

const struct sl_target_port *sl_target_port_numbered(struct sl_gateway *gw, u16 number)
{
	const struct sl_target_port *port;

	sl_mutex_lock(&gw->config);
	port = port_numbered(gw, number);
	sl_mutex_unlock(&gw->config);
	return port;
}

/* 0: all are taken. */
static u16 free_number(struct sl_gateway *gw)
{
	for (u32 tried = 0; tried < SL_PORT_NUMBER_MAX; tried++) {
		gw->port_number = gw->port_number == SL_PORT_NUMBER_MAX ? 1 : gw->port_number + 1;
		if (!port_numbered(gw, gw->port_number))
			return (u16)gw->port_number;
	}
	return 0;
}

static struct sl_target_port *find(struct sl_gateway *gw, const char *target, u16 group)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &gw->ports) {
		struct sl_target_port *port = sl_entry(pos, struct sl_target_port, link);

		if (port->group == group &&
		    strncmp(port->target, target, sizeof(port->target)) == 0)
			return port;
	}
	return NULL;
}

static void write_name(struct sl_target_port *port)
{
	static const char digits[] = "0123456789abcdef";
	size_t len = sl_min(strlen(port->target), sizeof(port->name) - 1 - SL_PORT_SUFFIX_LEN);

	memcpy(port->name, port->target, len);
	memcpy(port->name + len, ",t,0x", 5);
	for (u32 i = 0; i < 4; i++)
		port->name[len + 5 + i] = digits[port->group >> (12 - 4 * i) & 0xf];
}

/* SPC-5 7.7.6.11: the target device's name, type 8h, association 10b, of iSCSI. */
static void write_identification(struct sl_target_port *port)
{
	size_t len = strlen(port->target);
	u32 padded = (u32)(len + 4) & ~3U;
	u8 *d = port->identification;

	d[0] = 0x1e;
	d[1] = 0x83;
	d[3] = (u8)(4 + padded);
	d[4] = 0x53;
	d[5] = 0xa8;
	d[7] = (u8)padded;
	memcpy(d + 8, port->target, len);
	port->identification_len = 8 + padded;
}

static struct sl_target_port *make(struct sl_gateway *gw, const char *target, u16 group, u16 number)
{
	struct sl_target_port *port = sl_alloc(sizeof(*port));
	size_t len = strlen(target);

	if (!port)
		return NULL;
	port->group = group;
	port->number = number;
	memcpy(port->target, target, sl_min(len, sizeof(port->target) - 1));
	write_name(port);
	write_identification(port);
	sl_list_add_tail(&gw->ports, &port->link);
	sl_reach_recount(gw, target);
	return port;
}

struct sl_target_port *sl_target_port_of(struct sl_gateway *gw, const char *target, u16 group,
					 int *error)
{
	struct sl_target_port *port = find(gw, target, group);
	u16 number;

	if (port)
		return port;
	number = free_number(gw);
	*error = number ? -ENOMEM : -ENOSPC;
	return number ? make(gw, target, group, number) : NULL;
}

int sl_target_ports_make(struct sl_gateway *gw, const char *target)
{
	struct sl_list *pos;
	int error = 0;

	sl_list_for_each(pos, &gw->portal_groups) {
		const struct sl_portal_group *g = sl_entry(pos, struct sl_portal_group, link);

		if (!sl_target_port_of(gw, target, g->tag, &error))
			return error;
	}
	return 0;
}

/* Under gw->config. */
static int portal_group_add(struct sl_gateway *gw, u16 tag)
{
	struct sl_portal_group *g;
	struct sl_list *pos;
	int error = 0;

	sl_list_for_each(pos, &gw->portal_groups) {
		if (sl_entry(pos, struct sl_portal_group, link)->tag == tag)
			return 0;
	}
	g = sl_alloc(sizeof(*g));
	if (!g)
		return -ENOMEM;
	g->tag = tag;
	sl_list_for_each(pos, &gw->targets) {
		if (!sl_target_port_of(gw, sl_entry(pos, struct sl_target, link)->name, tag,
				       &error)) {
			sl_free(g);
			return error;
		}
	}
	/* Last: a group that is known has all its ports. */
	sl_list_add_tail(&gw->portal_groups, &g->link);
	return 0;
}

int sl_portal_group_add(struct sl_gateway *gw, u16 tag)
{
	int result;

	sl_mutex_lock(&gw->config);
	result = portal_group_add(gw, tag);
	sl_mutex_unlock(&gw->config);
	return result;
}

static int set_number(struct sl_gateway *gw, const struct sluice_target_port *spec,
		      const char **why)
{
	struct sl_target_port *port = find(gw, spec->target, spec->group);
	struct sl_target_port *other = port_numbered(gw, spec->relative_port);

	if (port && port == other)
		return 0;
	if (other) {
		*why = "another target port has that number: choose a free one";
		return -EEXIST;
	}
	if (!port) {
		*why = "no memory for another target port";
		return make(gw, spec->target, spec->group, spec->relative_port) ? 0 : -ENOMEM;
	}
	if (port->nexuses) {
		*why = "initiators are logged in through the port: its number cannot change now";
		return -EBUSY;
	}
	sl_store_relaxed(&port->number, spec->relative_port);
	return 0;
}

int sl_target_port_set(struct sl_gateway *gw, const struct sluice_target_port *spec,
		       const char **why)
{
	int result;

	if (!sl_text_ok(spec->target, sizeof(spec->target))) {
		*why = "target port: the target's name is empty or not NUL-terminated";
		return -EINVAL;
	}
	if (!spec->group || !spec->relative_port) {
		*why = "target port: portal group and number are 1 to 65535";
		return -EINVAL;
	}
	sl_mutex_lock(&gw->config);
	result = set_number(gw, spec, why);
	sl_mutex_unlock(&gw->config);
	return result;
}
