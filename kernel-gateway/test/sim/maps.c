/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The control side: who sees which logical unit (two groups of initiators), and which LUNs are
 * read-only. It changes while initiators are logged in.
 */
#include "world.h"

static const char *const group_names[W_GROUPS] = { "default", "others" };

u32 w_group_of(u32 nexus)
{
	return nexus >= W_NEXUSES - 2;
}

u32 w_port_group_of(u32 nexus)
{
	return nexus % W_PORT_GROUPS;
}

bool w_sees(u32 nexus, u32 lun)
{
	return lun < W_LUNS && w->mapped[w_group_of(nexus)][lun];
}

bool w_read_only(u32 nexus, u32 lun)
{
	return w->read_only[w_group_of(nexus)][lun];
}

bool w_is_reached(u32 device)
{
	for (u32 lun = device; lun < W_LUNS; lun += W_DEVICES) {
		for (u32 group = 0; group < W_GROUPS; group++) {
			if (w->mapped[group][lun])
				return true;
		}
	}
	return false;
}

/* SPC-5 6.33: an I_T nexus hears of it on its other logical units, and of the new one as of any at first contact. */
static void luns_change(u32 group, u32 lun, bool on)
{
	for (u32 i = 0; i < W_NEXUSES; i++) {
		struct w_nexus *n = &w->nexuses[i];

		if (w_group_of(i) != group)
			continue;
		w_reserve_unmapped(i, lun % W_DEVICES);
		n->attentions[lun].n = 0;
		for (u32 l = 0; n->n && l < W_LUNS; l++) {
			if (l != lun && w_sees(i, l))
				m_attention_establish(&n->attentions[l], 0x3f0e);
		}
		if (n->n && on)
			m_attention_establish(&n->attentions[lun], 0x2900);
		if (on)
			continue;
		w_prevent_unmapped(i, lun);
		m_clear_aca_of(&w->devices[lun % W_DEVICES].sets, (int)w_itl(i, lun), (int)i);
		m_clear_aca_of(&w->devices[lun % W_DEVICES].sets, 0, (int)i);
	}
}

static void describe(struct sluice_lun *l, u32 group, u32 lun)
{
	memset(l, 0, sizeof(*l));
	strcpy(l->target, "iqn.sim");
	strcpy(l->group, group_names[group]);
	snprintf(l->device, sizeof(l->device), "dev%u", lun % W_DEVICES);
	l->lun = lun;
	l->flags = w->read_only[group][lun] ? SLUICE_LUN_READ_ONLY : 0;
}

void w_map(u32 group, u32 lun, bool on)
{
	struct sluice_lun l;
	const char *why = NULL;

	if (w->mapped[group][lun] == on)
		return;
	w_settle();
	describe(&l, group, lun);
	w->mapped[group][lun] = on;
	w_trace('L', lun, (u64)group << 8 | on);
	luns_change(group, lun, on);
	if (on)
		w_check(sl_lun_map(w->gw, &l, &why) == 0, "map: %s", why);
	else
		w_check(sl_lun_unmap(w->gw, &l, w->now_ns, &why) == 0, "unmap: %s", why);
}

/* The WP bit of the mode parameter header changes: 2A/01. */
void w_protect(u32 group, u32 lun)
{
	struct sluice_lun l;
	const char *why = NULL;

	if (!w->mapped[group][lun])
		return;
	w_settle();
	w->read_only[group][lun] ^= 1;
	describe(&l, group, lun);
	w_trace('W', lun, (u64)group << 8 | w->read_only[group][lun]);
	for (u32 i = 0; i < W_NEXUSES; i++) {
		if (w->nexuses[i].n && w_group_of(i) == group)
			m_attention_establish(&w->nexuses[i].attentions[lun], 0x2a01);
	}
	w_check(sl_lun_map(w->gw, &l, &why) == 0, "map: %s", why);
}

/* REPORT LUNS names what its I_T nexus sees (SPC-5 6.33). */
void w_check_report_luns(const struct w_cmd *c)
{
	const u8 *data = c->cmd.data;
	u32 at = 8;

	if (c->cmd.status != 0 || c->cmd.data_len < 8 + 8 * W_LUNS)
		return;
	for (u32 lun = 0; lun < W_LUNS; lun++) {
		if (!w_sees(c->nexus, lun))
			continue;
		w_check(data[at] == 0 && data[at + 1] == lun, "REPORT LUNS %lu: no LUN %u at %u",
			c->serial, lun, at);
		at += 8;
	}
	w_check((u32)(data[2] << 8 | data[3]) == at - 8,
		"REPORT LUNS %lu: %u bytes of LUNs, not %u", c->serial, data[2] << 8 | data[3],
		at - 8);
}

/* SAM-6 4.7.7: the same LUN by peripheral, flat space and extended flat space addressing. */
void w_address(u8 out[8], u32 lun)
{
	u32 kind = w_below(10);

	memset(out, 0, 8);
	if (kind == 0) {
		out[0] = 0xd2;
		out[3] = (u8)lun;
		return;
	}
	out[0] = kind == 1 ? 0x40 : 0;
	out[1] = (u8)lun;
}

void w_control_side(void)
{
	u32 kind = w_below(10), group = w_below(W_GROUPS), lun = w_below(W_LUNS);

	if (kind < 4)
		w_map(group, lun, w_chance(93));
	else if (kind < 6)
		w_protect(group, lun);
	else
		w_access(w_below(W_DEVICES), w_below(W_PORT_GROUPS));
}

void w_control_open(void)
{
	struct sluice_target t = { .name = "iqn.sim" };
	struct sluice_group g = { .target = "iqn.sim", .group = "others" };
	const char *why = NULL;

	w_check(sl_target_add(w->gw, &t, &why) == 0, "target: %s", why);
	for (u32 p = 0; p < W_PORT_GROUPS; p++)
		w_check(sl_portal_group_add(w->gw, (u16)(p + 1)) == 0, "portal group");
	w_check(sl_group_add(w->gw, &g, &why) == 0, "group: %s", why);
	for (u32 i = 0; i < W_NEXUSES; i++) {
		struct sluice_group_initiator in = { .target = "iqn.sim", .group = "others" };

		if (!w_group_of(i))
			continue;
		snprintf(in.pattern, sizeof(in.pattern), "*:%u", i);
		w_check(sl_group_initiator_add(w->gw, &in, w->now_ns, &why) == 0, "pattern: %s",
			why);
	}
	/* Devices get their identifiers in this order: device d is d + 1. */
	for (u32 lun = 0; lun < W_LUNS; lun++) {
		for (u32 group = 0; group < W_GROUPS; group++)
			w_map(group, lun, true);
	}
}
