/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* REPORT TARGET PORT GROUPS (SPC-5 6.36): the ports that lead to a device, by their groups. */
#include "access_state.h"
#include "byte_order.h"
#include "reach.h"
#include "sense.h"

#define SL_RTPG_GROUP  8U
#define SL_RTPG_PORT   4U
/* Ports that may appear between the command's arrival and its turn. */
#define SL_RTPG_SPARE  8U

/* T_SUP, O_SUP, U_SUP, S_SUP, AN_SUP, AO_SUP; states do not depend on LBAs. */
#define SL_RTPG_STATES 0xcfU

enum sl_rtpg_format {
	SL_RTPG_LENGTH_ONLY = 0,
	SL_RTPG_EXTENDED = 1,
};

u32 sl_report_target_port_groups_need(const struct sl_cmd *cmd)
{
	u32 ports = sl_load_relaxed(&cmd->core.itl->dev->n_ports) + SL_RTPG_SPARE;

	return 8 + ports * (SL_RTPG_GROUP + SL_RTPG_PORT);
}

struct writer {
	u8 *data;
	u32 len, size;
};

static bool put(struct writer *out, const void *bytes, u32 n)
{
	if (out->len + n > out->size)
		return false;
	memcpy(out->data + out->len, bytes, n);
	out->len += n;
	return true;
}

/* Under gw->config: has this group been written with an earlier port? */
static bool is_written(const struct sl_device *dev, const struct sl_target_port *port)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &dev->gw->ports) {
		const struct sl_target_port *at = sl_entry(pos, struct sl_target_port, link);

		if (at == port)
			return false;
		if (at->group == port->group && sl_reach_has(dev, at))
			return true;
	}
	return false;
}

static void write_group(struct writer *out, const struct sl_device *dev, u16 group)
{
	u8 d[SL_RTPG_GROUP] = { [1] = SL_RTPG_STATES, [2] = (u8)(group >> 8), [3] = (u8)group };
	u32 start = out->len;
	struct sl_list *pos;

	d[0] = sl_access_report(dev, group, &d[5]);
	if (!put(out, d, sizeof(d)))
		return;
	sl_list_for_each(pos, &dev->gw->ports) {
		const struct sl_target_port *port = sl_entry(pos, struct sl_target_port, link);
		u16 number = port->number;
		u8 p[SL_RTPG_PORT] = { 0, 0, (u8)(number >> 8), (u8)number };

		if (port->group != group || !sl_reach_has(dev, port))
			continue;
		if (out->data[start + 7] == 0xff || !put(out, p, sizeof(p)))
			return;
		out->data[start + 7]++;
	}
}

enum sl_served sl_report_target_port_groups(struct sl_cmd *cmd, bool stored, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;
	u8 format = cmd->cdb[1] >> 5;
	u8 header[8] = { [4] = SL_RTPG_EXTENDED << 4 };
	struct writer out = { .data = cmd->data, .size = cmd->core.need };
	struct sl_list *pos;

	(void)stored;
	(void)w;
	if (format > SL_RTPG_EXTENDED) {
		sl_sense_invalid_field(cmd, 1, 7);
		return SL_SERVED;
	}
	put(&out, header, format == SL_RTPG_EXTENDED ? 8 : 4);
	sl_mutex_lock(&dev->gw->config);
	sl_list_for_each(pos, &dev->gw->ports) {
		const struct sl_target_port *port = sl_entry(pos, struct sl_target_port, link);

		if (sl_reach_has(dev, port) && !is_written(dev, port))
			write_group(&out, dev, port->group);
	}
	sl_mutex_unlock(&dev->gw->config);
	sl_put_be32(cmd->data, out.len - 4);
	sl_service_answer(cmd, out.len, sl_get_be32(cmd->cdb + 6));
	return SL_SERVED;
}
