/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "rig_host.h"

#include <string.h>

#include "host/host.h"

static void run(struct loop_work *work)
{
	struct rig_work *w = (struct rig_work *)work;

	w->run(w);
}

/* To loop 0; from itself at the end of its batch, without another round. */
void rig_host_later(struct rig_fabric *f, struct rig_work *w)
{
	struct loop *l = host_control_loop(f->host);

	w->work.run = run;
	if (loop_is_current(l))
		loop_after(l, &w->work);
	else
		loop_post(l, &w->work);
}

int rig_region_create(struct rig_region *r, u64 bytes, char why[256])
{
	return region_create(&r->region, "sluice-rig", bytes, REGION_SHARED, why);
}

void rig_region_destroy(struct rig_region *r)
{
	region_destroy(&r->region);
}

u64 rig_region_bytes(const struct rig_region *r)
{
	return r->region.bytes;
}

int rig_region_prepare(struct rig_region *r, u64 offset, u32 bytes)
{
	(void)r, (void)offset, (void)bytes;
	return 0;
}

void rig_region_read(struct rig_region *r, u64 offset, void *to, u32 bytes)
{
	memcpy(to, (const uint8_t *)r->region.base + offset, bytes);
}

void rig_region_write(struct rig_region *r, u64 offset, const void *from, u32 bytes)
{
	memcpy((uint8_t *)r->region.base + offset, from, bytes);
}
