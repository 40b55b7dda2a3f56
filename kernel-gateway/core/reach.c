/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "reach.h"

#include "target.h"

static bool leads(const struct sl_reach *r, const struct sl_target_port *port)
{
	return strncmp(r->target->name, port->target, sizeof(port->target)) == 0;
}

bool sl_reach_has(const struct sl_device *dev, const struct sl_target_port *port)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &dev->reach) {
		if (leads(sl_entry(pos, struct sl_reach, link), port))
			return true;
	}
	return false;
}

/* INQUIRY looks at the number without a lock. */
static void count(struct sl_device *dev)
{
	struct sl_list *pos;
	u32 ports = 0;

	sl_list_for_each(pos, &dev->gw->ports)
		ports += sl_reach_has(dev, sl_entry(pos, struct sl_target_port, link));
	sl_store_relaxed(&dev->n_ports, ports);
}

static struct sl_reach *find(struct sl_device *dev, const struct sl_target *t)
{
	struct sl_list *pos;

	sl_list_for_each(pos, &dev->reach) {
		struct sl_reach *r = sl_entry(pos, struct sl_reach, link);

		if (r->target == t)
			return r;
	}
	return NULL;
}

int sl_reach_add(struct sl_device *dev, const struct sl_target *t)
{
	struct sl_reach *r = find(dev, t);

	if (r) {
		r->luns++;
		return 0;
	}
	r = sl_alloc(sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->target = t;
	r->luns = 1;
	sl_list_add_tail(&dev->reach, &r->link);
	count(dev);
	return 0;
}

void sl_reach_drop(struct sl_device *dev, const struct sl_target *t)
{
	struct sl_reach *r = find(dev, t);

	if (!r || --r->luns > 0)
		return;
	sl_list_del(&r->link);
	sl_free(r);
	count(dev);
}

void sl_reach_recount(struct sl_gateway *gw, const char *target)
{
	u32 n = sl_load_acquire(&gw->n_devices);

	for (u32 i = 0; i < n; i++) {
		struct sl_list *pos;

		sl_list_for_each(pos, &gw->devices[i]->reach) {
			struct sl_reach *r = sl_entry(pos, struct sl_reach, link);

			if (strncmp(r->target->name, target, SLUICE_PORT_NAME_LEN) == 0)
				count(gw->devices[i]);
		}
	}
}

void sl_reach_free(struct sl_device *dev)
{
	struct sl_list *node;

	while ((node = sl_list_pop(&dev->reach)))
		sl_free(sl_entry(node, struct sl_reach, link));
}
