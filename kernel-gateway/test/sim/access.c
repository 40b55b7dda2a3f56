/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * In which asymmetric access state a device is reached through which target port group
 * (SPC-5 5.18.2): set by the control side, and by initiators with SET TARGET PORT GROUPS
 * where a device lets them.
 */
#include "world.h"

#include "core/access_state.h"

#define FOREIGN_GROUP 0x77

/* SET TARGET PORT GROUPS */
bool w_access_is(const struct w_cmd *c)
{
	return c->cmd.cdb[0] == 0xa4;
}

/*
 * SPC-5 5.18.2.4 to 5.18.2.7: 0: processed; else the additional sense code of NOT READY. Standby serves
 * PERSISTENT RESERVE IN and OUT, and of what a device may add RESERVE and RELEASE (docs/state-tables.md).
 */
u16 w_access_refuses(const struct w_cmd *c)
{
	u8 state = w_device_of(c)->access[w_port_group_of(c->nexus)], opcode = c->cmd.cdb[0];

	if (opcode == 0x12 || opcode == 0xa0 || opcode == 0x03)
		return 0;
	if (w_access_is(c) && state != SLUICE_ACCESS_TRANSITIONING)
		return 0;
	switch (state) {
	case SLUICE_ACCESS_STANDBY:
		return opcode == 0x5e || opcode == 0x5f || w_reserve_is(c) ? 0 : 0x040b;
	case SLUICE_ACCESS_UNAVAILABLE:
		return 0x040c;
	case SLUICE_ACCESS_OFFLINE:
		return 0x0412;
	case SLUICE_ACCESS_TRANSITIONING:
		return 0x040a;
	default:
		return 0;
	}
}

/* Every nexus hears of a change, through whichever group it comes (SPC-5 5.18.2.9). */
void w_access(u32 device, u32 port_group)
{
	static const u8 states[] = { SLUICE_ACCESS_OPTIMIZED,	  SLUICE_ACCESS_OPTIMIZED,
				     SLUICE_ACCESS_OPTIMIZED,	  SLUICE_ACCESS_OPTIMIZED,
				     SLUICE_ACCESS_OPTIMIZED,	  SLUICE_ACCESS_OPTIMIZED,
				     SLUICE_ACCESS_OPTIMIZED,	  SLUICE_ACCESS_NON_OPTIMIZED,
				     SLUICE_ACCESS_STANDBY,	  SLUICE_ACCESS_UNAVAILABLE,
				     SLUICE_ACCESS_TRANSITIONING, SLUICE_ACCESS_OFFLINE };
	struct sluice_access_state a = { .group = (u16)(port_group + 1) };
	struct w_device *d = &w->devices[device];
	const char *why = NULL;

	a.state = states[w_below(sizeof(states))];
	if (a.state == d->access[port_group])
		return;
	w_settle();
	snprintf(a.device, sizeof(a.device), "dev%u", device);
	d->access[port_group] = a.state;
	w_trace('Z', device, (u64)port_group << 8 | a.state);
	w_attention(device, M_EVERY_NEXUS, 0x2a06);
	w_check(sl_access_state_set(w->gw, &a, &why) == 0, "access: %s", why);
}

/* SPC-5 6.45: descriptors of four bytes; at times with a state that cannot be set, a group that is none, one twice. */
void w_access_prepare(struct w_cmd *c)
{
	static const u8 states[] = { 0, 0, 0, 0, 1, 2, 3, 0xe };

	memset(c->param, 0, sizeof(c->param));
	c->param_len = 4;
	for (u32 n = w_below(W_PORT_GROUPS + 1); n > 0; n--) {
		u8 *at = c->param + c->param_len;

		at[0] = states[w_below(sizeof(states))];
		at[3] = w_chance(95) ? (u8)(1 + w_below(W_PORT_GROUPS)) : FOREIGN_GROUP;
		c->param_len += 4;
	}
	c->cmd.direction = SLUICE_DIR_OUT;
	c->cmd.expected_len = c->param_len;
}

void w_access_cdb(struct w_cmd *c)
{
	c->cmd.cdb[1] = 0x0a;
	c->cmd.cdb[9] = (u8)c->param_len;
}

/* A device that lost its last LUN while a command of it waited has no target port group any more. */
static bool is_good(const struct w_cmd *c)
{
	bool reached = w_is_reached(c->dev->id - 1);
	u32 seen = 0;

	for (u32 at = 4; at < c->param_len; at += 4) {
		u8 group = c->param[at + 3];

		if (!reached || c->param[at] > SLUICE_ACCESS_UNAVAILABLE ||
		    group == FOREIGN_GROUP || seen & 1U << group)
			return false;
		seen |= 1U << group;
	}
	return true;
}

/* Every other nexus hears of a change (SPC-5 5.18.2.8). */
static void take_effect(const struct w_cmd *c)
{
	struct w_device *d = w_device_of(c);
	bool changed = false;

	for (u32 at = 4; at < c->param_len; at += 4) {
		u8 *state = &d->access[c->param[at + 3] - 1];

		changed |= *state != c->param[at];
		*state = c->param[at];
	}
	w->accesses_set += changed;
	w_trace('X', c->serial, changed);
	if (changed)
		w_attention(c->dev->id - 1, c->nexus, 0x2a06);
}

/* Its service is done: all of its descriptors took effect, or none; who comes next finds it so. */
void w_access_observe(const struct sl_cmd *cmd, u32 state, u32 event)
{
	const struct w_cmd *c = (const struct w_cmd *)cmd;
	u8 key;

	if (event != SL_EV_SERVED || !c->dev || !w_access_is(c) ||
	    (state != SL_SERVING && state != SL_SERVING_ABORTED))
		return;
	if (cmd->status == 0) {
		w_check(is_good(c), "SET TARGET PORT GROUPS %lu took effect", c->serial);
		take_effect(c);
	} else if (cmd->status == 2 && w_sense_code(cmd->sense, &key) == 0x2600) {
		w_check(!is_good(c), "SET TARGET PORT GROUPS %lu was refused", c->serial);
	}
	for (u32 g = 0; g < W_PORT_GROUPS; g++)
		w_check(sl_access_state(c->dev, (u16)(g + 1)) == w_device_of(c)->access[g],
			"SET TARGET PORT GROUPS %lu: group %u is in state %u, not %u", c->serial,
			g + 1, sl_access_state(c->dev, (u16)(g + 1)), w_device_of(c)->access[g]);
}
