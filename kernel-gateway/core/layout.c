/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where everything lies in a session's two regions (abi.h section 1). */
#include "session.h"

#define SL_ADMIN_DEPTH_MIN 256U

static u64 align_up(u64 value, u64 unit)
{
	return (value + unit - 1) / unit * unit;
}

static const char *refusal(const struct sl_gateway *gw, const struct sluice_session_open *open)
{
	if (open->queues < 1 || open->queues > SLUICE_MAX_QUEUES)
		return "session: queues is 0 or above 64 (SLUICE_MAX_QUEUES)";
	if (open->depth < 1 || open->depth > SLUICE_MAX_DEPTH || (open->depth & (open->depth - 1)))
		return "session: depth is no power of two of 1 .. 4096 (SLUICE_MAX_DEPTH)";
	if (open->pool_bytes == 0 || open->pool_bytes % SLUICE_MAX_BUFFER)
		return "session: pool_bytes is no multiple of 16 MiB (SLUICE_MAX_BUFFER)";
	if (open->grace_ns > SLUICE_GRACE_MAX_NS)
		return "session: grace_ns is above an hour (SLUICE_GRACE_MAX_NS)";
	if (!memchr(open->name, 0, sizeof(open->name)))
		return "session: the name is not NUL-terminated";
	if (open->pool_bytes > gw->limits.max_pool_bytes)
		return "session: pool_bytes is above the gateway's max_pool_bytes";
	return NULL;
}

/* Of events and of requests: a handler that takes over hears of all nexuses at once. */
static u32 admin_depth(const struct sl_gateway *gw)
{
	u32 depth = SL_ADMIN_DEPTH_MIN;

	while (depth < gw->limits.max_nexuses)
		depth <<= 1;
	return depth;
}

int sl_session_layout(struct sl_gateway *gw, const struct sluice_session_open *open,
		      struct sluice_control *c, const char **why)
{
	*why = refusal(gw, open);
	if (*why)
		return -EINVAL;
	memset(c, 0, sizeof(*c));
	c->magic = SLUICE_MAGIC;
	c->abi_version = SLUICE_ABI_VERSION;
	c->state = SLUICE_SESSION_ACTIVE;
	c->epoch = 1;
	c->queues = open->queues;
	c->depth = open->depth;
	c->admin_depth = admin_depth(gw);
	c->max_buffer = SLUICE_MAX_BUFFER;
	c->incarnation = gw->limits.incarnation;
	c->grace_ns = open->grace_ns ? open->grace_ns : gw->limits.grace_ns;

	c->gw_queue_off = SLUICE_PAGE;
	c->gw_ring_off = sizeof(struct sluice_gw_index);
	c->gw_desc_off =
		(u32)align_up(c->gw_ring_off + open->depth * sizeof(u32), SLUICE_CACHE_LINE);
	c->gw_queue_stride =
		align_up(c->gw_desc_off + (u64)open->depth *
						  (sizeof(struct sluice_desc) + SL_CDB_EXT_STRIDE),
			 SLUICE_PAGE);
	c->gw_admin_off = c->gw_queue_off + c->queues * c->gw_queue_stride;
	c->gw_event_off = c->gw_admin_off + sizeof(struct sluice_gw_index);
	c->gateway_bytes = align_up(
		c->gw_event_off + (u64)c->admin_depth * sizeof(struct sluice_event), SLUICE_PAGE);

	c->user_queue_off = 0;
	c->user_comp_off = sizeof(struct sluice_user_index);
	c->user_resp_off =
		(u32)align_up(c->user_comp_off + open->depth * sizeof(struct sluice_completion),
			      SLUICE_CACHE_LINE);
	c->user_queue_stride = align_up(
		c->user_resp_off + (u64)open->depth * sizeof(struct sluice_response), SLUICE_PAGE);
	c->user_admin_off = c->queues * c->user_queue_stride;
	c->user_request_off = c->user_admin_off + sizeof(struct sluice_user_index);
	c->pool_off =
		align_up(c->user_request_off + (u64)c->admin_depth * sizeof(struct sluice_request),
			 SLUICE_PAGE);
	c->pool_bytes = open->pool_bytes;
	c->handler_bytes = c->pool_off + c->pool_bytes;
	return 0;
}
