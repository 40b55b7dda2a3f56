/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The control plane: nexuses, groups, LUN maps, ports and their states, and what it tells. */
#include "machine.h"

static void map(uint8_t which)
{
	static const char *const of_group[] = { "default", "near" };
	static const char *const of_lun[RW_LUNS] = { "disk", "wide", "tape", "absent", "disk" };
	struct sluice_lun l = { .target = RW_TARGET, .lun = (which >> 1) % RW_LUNS };
	const char *why = NULL;

	strcpy(l.group, of_group[which & 1]);
	strcpy(l.device, of_lun[l.lun]);
	l.flags = which & 0x40 ? SLUICE_LUN_READ_ONLY : 0;
	if (which & 0x80)
		sl_lun_unmap(rw.gw, &l, rw.now_ns, &why);
	else
		sl_lun_map(rw.gw, &l, &why);
}

static void group(uint8_t what)
{
	struct sluice_group g = { RW_TARGET, "near" };
	struct sluice_group_initiator i = { RW_TARGET, "near", "iqn.2026-11.io.sluice:?" };
	const char *why = NULL;

	if (what & 8)
		strcpy(i.pattern, "*:a");
	switch (what & 7) {
	case 0:
	case 1:
		sl_group_add(rw.gw, &g, &why);
		sl_group_initiator_add(rw.gw, &i, rw.now_ns, &why);
		break;
	case 2:
		sl_group_remove(rw.gw, &g, rw.now_ns, &why);
		break;
	case 3:
		sl_group_initiator_remove(rw.gw, &i, rw.now_ns, &why);
		break;
	case 4:
		rw.denies = true;
		sl_target_deny_unknown(rw.gw, RW_TARGET, rw.now_ns, &why);
		break;
	default:
		sl_target_admit_unknown(rw.gw, RW_TARGET, rw.now_ns, &why);
	}
}

static void access_state(struct input *in)
{
	uint8_t what = input_u8(in);
	struct sluice_access_state a = { .group = 1 + (what & 1),
					 .state = (uint8_t)(what >> 4),
					 .flags = what >> 1 & 3 };
	const char *why = NULL;

	strcpy(a.device, what & 8 ? "" : "disk");
	sl_access_state_set(rw.gw, &a, &why);
}

static void port(uint8_t what)
{
	struct sluice_target_port p = { .target = RW_TARGET,
					.group = (__u16)(1 + (what & 3)),
					.relative_port = (__u16)(what >> 2) };
	const char *why = NULL;

	sl_portal_group_add(rw.gw, p.group);
	if (what & 0x80)
		sl_target_port_set(rw.gw, &p, &why);
}

static void restore(struct input *in)
{
	static const char names[3][SLUICE_NAME_LEN] = { "disk", "absent", "unheard-of" };
	struct sluice_reservation_restored restored;
	struct rw_session *s = &rw.sessions[0];
	uint8_t record[64];
	const char *why = NULL;
	uint8_t what = input_u8(in);

	if (!s->core)
		return;
	input_bytes(in, record, sizeof(record));
	sl_device_restore(s->core, names[what % 3], record, what >> 2, &restored, &why);
}

void machine_configure(struct input *in)
{
	uint8_t what = input_u8(in), i = what >> 3;

	switch (what & 7) {
	case 0:
		rw_nexus_close(i % RW_NEXUSES);
		break;
	case 1:
		rw_nexus_open(i % RW_NEXUSES);
		break;
	case 2:
		map(input_u8(in));
		break;
	case 3:
		group(i);
		break;
	case 4:
		access_state(in);
		break;
	case 5:
		port(input_u8(in));
		break;
	case 6:
		restore(in);
		break;
	default:
		if (i & 1)
			rw_device_add(i / 2 % RW_DEVICES);
		else
			rw_device_remove(i / 2 & 1, i / 4 % RW_DEVICES);
	}
}

/* ---- What it tells ------------------------------------------------------------------- */

/* Pages come to an end, and tell of what lives. */
static void read_commands(void)
{
	struct sluice_command_page page = { 0 };
	struct sluice_command_cursor from = { 0 };
	uint32_t pages = 0;

	do {
		sl_command_page(rw.gw, &from, rw.now_ns, &page);
		assert(page.count <= SLUICE_COMMAND_PAGE && ++pages < 4 * RW_TASKS);
		from = page.next;
	} while (!page.last);
}

void machine_look(struct input *in)
{
	struct sluice_gateway_info gateway = { 0 };
	struct sluice_session_info session;
	struct sluice_device_info device;
	struct sluice_nexus_info nexus;

	if (input_u8(in) & 1)
		sl_gateway_watch(rw.gw, rw.now_ns);
	read_commands();
	sl_gateway_info(rw.gw, &gateway);
	assert(gateway.nexuses <= RW_NEXUSES);
	for (uint32_t i = 0; sl_device_info(rw.gw, i, rw.now_ns, &device) == 0; i++)
		assert(device.live <= RW_TASKS);
	for (uint32_t i = 0; sl_nexus_info(rw.gw, i, &nexus) == 0; i++)
		assert(nexus.nexus);
	for (uint32_t i = 0; i < RW_SESSIONS; i++) {
		if (rw.sessions[i].core)
			sl_session_info(rw.sessions[i].core, rw.now_ns, &session);
	}
}
