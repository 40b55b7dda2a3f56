/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "access_state.h"

#include "byte_order.h"
#include "facts.h"
#include "opcode.h"
#include "reach.h"
#include "sense.h"

/*
 * One word for each group that somebody set: group << 16 | state << 8 | SL_PREFERRED |
 * status code. Written under gw->config, read by anybody; n_access is stored with release.
 */
#define SL_PREFERRED   0x80U
#define SL_STATUS_CODE 0x03U

enum sl_status_code {
	SL_STATUS_CODE_NONE,
	SL_STATUS_CODE_EXPLICIT, /* altered by SET TARGET PORT GROUPS */
	SL_STATUS_CODE_IMPLICIT,
};

/* `n`: nobody has set it. */
static u32 index_of(const u32 *table, u32 n, u16 group)
{
	u32 at = 0;

	while (at < n && sl_load_relaxed(&table[at]) >> 16 != group)
		at++;
	return at;
}

static u32 word(const struct sl_device *dev, u16 group)
{
	u32 n = sl_load_acquire(&dev->n_access);
	u32 at = index_of(dev->access, n, group);

	return at < n ? sl_load_relaxed(&dev->access[at]) : (u32)group << 16;
}

u8 sl_access_state(const struct sl_device *dev, u16 group)
{
	return word(dev, group) >> 8 & 0xf;
}

u8 sl_access_report(const struct sl_device *dev, u16 group, u8 *status_code)
{
	u32 at = word(dev, group);

	*status_code = at & SL_STATUS_CODE;
	return (u8)((at & SL_PREFERRED) | (at >> 8 & 0xf));
}

/* ---- What is allowed in which state (SPC-5 5.18.2) ------------------------------------ */

struct sl_access_rule {
	u8 most; /* enum sl_access_need: what needs more is refused */
	u16 asc; /* with this, NOT READY */
};

/* In the order of enum sluice_access. */
static const struct sl_access_rule rules[16] = {
	[SLUICE_ACCESS_OPTIMIZED] = { SL_ACCESS_ACTIVE, 0 },
	[SLUICE_ACCESS_NON_OPTIMIZED] = { SL_ACCESS_ACTIVE, 0 },
	[SLUICE_ACCESS_STANDBY] = { SL_ACCESS_STANDBY, SL_ASC_PORT_STANDBY },
	[SLUICE_ACCESS_UNAVAILABLE] = { SL_ACCESS_SETTLED, SL_ASC_PORT_UNAVAILABLE },
	[SLUICE_ACCESS_OFFLINE] = { SL_ACCESS_SETTLED, SL_ASC_OFFLINE },
	[SLUICE_ACCESS_TRANSITIONING] = { SL_ACCESS_ANY, SL_ASC_ACCESS_TRANSITION },
};

/* SPC-5 6.x: of READ BUFFER and WRITE BUFFER only the echo buffer's modes are for every state. */
static bool is_other_buffer(const struct sl_cmd *cmd)
{
	u8 mode = cmd->cdb[1] & 0x1f;

	switch (cmd->cdb[0]) {
	case SL_OP_WRITE_BUFFER:
		return mode != 0x0a;
	case SL_OP_READ_BUFFER_10:
	case SL_OP_READ_BUFFER_16:
		return mode != 0x0a && mode != 0x0b;
	default:
		return false;
	}
}

bool sl_access_refuses(struct sl_cmd *cmd)
{
	const struct sl_device *dev = cmd->core.itl->dev;
	const struct sl_access_rule *rule;
	u8 need;

	if (!sl_load_relaxed(&dev->access_limited))
		return false;
	rule = &rules[sl_access_state(dev, cmd->nexus->port->group)];
	need = is_other_buffer(cmd) ? SL_ACCESS_ACTIVE : cmd->core.facts->access;
	if (need <= rule->most)
		return false;
	sl_sense_check(cmd, SL_KEY_NOT_READY, rule->asc);
	return true;
}

/* ---- Changes, under gw->config ------------------------------------------------------------ */

static bool is_limited(u32 state)
{
	return rules[state].most < SL_ACCESS_ACTIVE;
}

/* True: the state is another one now. The caller knows that there is room. */
static bool store(u32 *table, u32 *n, u32 to)
{
	u32 at = index_of(table, *n, (u16)(to >> 16));
	bool changed;

	if (at == *n) {
		sl_store_relaxed(&table[at], to);
		sl_store_release(n, at + 1);
		return (to >> 8 & 0xf) != SLUICE_ACCESS_OPTIMIZED;
	}
	changed = (table[at] ^ to) >> 8 & 0xf;
	sl_store_relaxed(&table[at], to);
	return changed;
}

static bool set(struct sl_device *dev, u32 to)
{
	bool changed = store(dev->access, &dev->n_access, to);
	bool limited = false;

	for (u32 i = 0; i < dev->n_access; i++)
		limited |= is_limited(dev->access[i] >> 8 & 0xf);
	sl_store_relaxed(&dev->access_limited, limited);
	return changed;
}

static bool has_room(const u32 *table, u32 n, u16 group)
{
	return n < SL_ACCESS_GROUPS || index_of(table, n, group) < n;
}

static void tell(struct sl_device *dev, const struct sl_nexus *but, u16 asc)
{
	sl_ua_raise(dev, but, (u8)(asc >> 8), (u8)asc);
}

/* One device, or the table for those that are not there yet. */
static int set_on(struct sl_device *dev, const struct sluice_access_state *spec, const char **why)
{
	u32 to = (u32)spec->group << 16 | (u32)spec->state << 8 | SL_STATUS_CODE_IMPLICIT;

	if (!has_room(dev->access, dev->n_access, spec->group)) {
		*why = "the device has states for 16 target port groups, the most";
		return -ENOSPC;
	}
	if (spec->flags & SLUICE_ACCESS_PREFERRED)
		to |= SL_PREFERRED;
	if (set(dev, to))
		tell(dev, NULL, SL_ASC_ACCESS_CHANGED);
	if (spec->flags & SLUICE_ACCESS_FAILED)
		tell(dev, NULL, SL_ASC_ACCESS_CHANGE_FAILED);
	return 0;
}

static int set_on_all(struct sl_gateway *gw, const struct sluice_access_state *spec,
		      const char **why)
{
	u32 to = (u32)spec->group << 16 | (u32)spec->state << 8 | SL_STATUS_CODE_IMPLICIT;
	int result = 0;

	if (!has_room(gw->access, gw->n_access, spec->group)) {
		*why = "there are states for 16 target port groups, the most";
		return -ENOSPC;
	}
	if (spec->flags & SLUICE_ACCESS_PREFERRED)
		to |= SL_PREFERRED;
	store(gw->access, &gw->n_access, to);
	for (u32 i = 0; i < gw->n_devices && !result; i++)
		result = set_on(gw->devices[i], spec, why);
	return result;
}

static const char *refusal(const struct sluice_access_state *spec)
{
	if (!memchr(spec->device, 0, sizeof(spec->device)))
		return "access state: the device's name is not NUL-terminated";
	if (!spec->group)
		return "access state: target port groups are 1 to 65535";
	if (spec->state > SLUICE_ACCESS_TRANSITIONING ||
	    (!rules[spec->state].asc && !rules[spec->state].most))
		return "access state: not one of 0, 1, 2, 3, 14, 15 (enum sluice_access)";
	if (spec->flags & ~(SLUICE_ACCESS_PREFERRED | SLUICE_ACCESS_FAILED))
		return "access state: flags has bits that this gateway does not know";
	return NULL;
}

int sl_access_state_set(struct sl_gateway *gw, const struct sluice_access_state *spec,
			const char **why)
{
	struct sl_device *dev;
	int result;

	*why = refusal(spec);
	if (*why)
		return -EINVAL;
	sl_mutex_lock(&gw->config);
	if (!spec->device[0]) {
		result = set_on_all(gw, spec, why);
	} else {
		*why = "no room for another device: raise max_devices";
		dev = sl_device_named(gw, spec->device, &result);
		if (dev)
			result = set_on(dev, spec, why);
	}
	sl_mutex_unlock(&gw->config);
	return result;
}

void sl_access_inherit(struct sl_device *dev)
{
	for (u32 i = 0; i < dev->gw->n_access; i++)
		set(dev, dev->gw->access[i]);
}

/* ---- SET TARGET PORT GROUPS (SPC-5 6.45) ---------------------------------------------------- */

#define SL_STPG_HEADER 4U
#define SL_STPG_GROUP  4U

bool sl_access_is_explicit(const struct sl_cmd *cmd)
{
	return sl_load_relaxed(&cmd->core.itl->dev->declared) & SLUICE_DEVICE_EXPLICIT_ACCESS;
}

static u16 group_at(const u8 *list, u32 at)
{
	return (u16)(list[at + 2] << 8 | list[at + 3]);
}

/* Under gw->config: does some port of the device have the group? */
static bool is_group_of(struct sl_device *dev, u16 group)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &dev->gw->ports) {
		const struct sl_target_port *port = sl_entry(pos, struct sl_target_port, link);

		if (port->group == group && sl_reach_has(dev, port))
			return true;
	}
	return false;
}

/* Every descriptor, before the first takes effect. False: sense is set. */
static bool list_is_good(struct sl_cmd *cmd, struct sl_device *dev, u32 len)
{
	u32 groups = 0;

	for (u32 at = SL_STPG_HEADER; at < len; at += SL_STPG_GROUP) {
		u8 state = cmd->data[at] & 0x0f;

		if (state > SLUICE_ACCESS_UNAVAILABLE) {
			sl_sense_invalid_parameter(cmd, (u16)at, 3);
			return false;
		}
		if (!is_group_of(dev, group_at(cmd->data, at))) {
			sl_sense_invalid_parameter(cmd, (u16)(at + 2), 7);
			return false;
		}
		for (u32 other = SL_STPG_HEADER; other < at; other += SL_STPG_GROUP) {
			if (group_at(cmd->data, other) == group_at(cmd->data, at)) {
				sl_sense_invalid_parameter(cmd, (u16)(at + 2), 7);
				return false;
			}
		}
		groups += index_of(dev->access, dev->n_access, group_at(cmd->data, at)) ==
			  dev->n_access;
	}
	if (dev->n_access + groups > SL_ACCESS_GROUPS) {
		sl_sense_check(cmd, SL_KEY_HARDWARE_ERROR, SL_ASC_SET_GROUPS_FAILED);
		return false;
	}
	return true;
}

static bool apply(struct sl_cmd *cmd, struct sl_device *dev, u32 len)
{
	bool changed = false;

	for (u32 at = SL_STPG_HEADER; at < len; at += SL_STPG_GROUP) {
		u16 group = group_at(cmd->data, at);

		changed |= set(dev, (u32)group << 16 | (u32)(cmd->data[at] & 0x0f) << 8 |
					    (word(dev, group) & SL_PREFERRED) |
					    SL_STATUS_CODE_EXPLICIT);
	}
	return changed;
}

enum sl_served sl_set_target_port_groups(struct sl_cmd *cmd, bool stored, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;
	u32 len = sl_get_be32(cmd->cdb + 6);
	bool good, changed = false;

	(void)stored;
	(void)w;
	sl_status_only(cmd, SL_STATUS_GOOD);
	if (len == 0)
		return SL_SERVED;
	if (len < SL_STPG_HEADER || (len - SL_STPG_HEADER) % SL_STPG_GROUP ||
	    len > cmd->core.data_out_len) {
		sl_sense_check(cmd, SL_KEY_ILLEGAL_REQUEST, SL_ASC_PARAMETER_LIST_LENGTH);
		return SL_SERVED;
	}
	sl_mutex_lock(&dev->gw->config);
	good = list_is_good(cmd, dev, len);
	if (good)
		changed = apply(cmd, dev, len);
	sl_mutex_unlock(&dev->gw->config);
	if (good)
		sl_residual(cmd, len);
	/* SPC-5 5.18.2.8: every other I_T nexus hears of it. */
	if (changed)
		tell(dev, cmd->nexus, SL_ASC_ACCESS_CHANGED);
	return SL_SERVED;
}
