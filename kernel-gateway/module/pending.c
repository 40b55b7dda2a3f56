// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <linux/kernel.h>
#include <linux/slab.h>

#include "host.h"
#include "pending.h"

#define INTERVAL nsecs_to_jiffies(ATTEMPT_INTERVAL_NS)

struct pending {
	struct list_head link; /* of orphans */
	struct client *client; /* NULL: gone */
	struct sluice_msg msg;
	const struct attempt_kind *kind;
	u64 give_up_ns;
	bool waits;
	struct delayed_work work;
	u8 body[ATTEMPT_BODY_MAX] __aligned(8);
};

/* Those that outlive their files. */
static LIST_HEAD(orphans);
static DEFINE_MUTEX(orphans_lock);

static void finish(struct pending *p, int err, const char *why)
{
	struct client *c = p->client;

	p->waits = false;
	if (!c)
		return;
	if (err)
		client_fail(c, &p->msg, err, "%s", why[0] ? why : "its time is over: ask again");
	else if (!p->kind->replies)
		client_reply(c, &p->msg, NULL, 0);
	wake_up(&c->wait);
}

/* As the client's operations run. */
static void try_it(struct pending *p)
{
	const struct attempt a = { sluice_host.gateway, p->client, &p->msg, p->body, sluice_now() };
	char why[256] = "";
	int err = p->kind->run(&a, why);

	if (err == -EAGAIN && a.now_ns < p->give_up_ns)
		queue_delayed_work(sluice_host.work, &p->work, INTERVAL);
	else
		finish(p, err == -EAGAIN ? -EBUSY : err, why);
}

static void try_again(struct work_struct *work)
{
	struct pending *p = container_of(to_delayed_work(work), struct pending, work);

	if (p->client) {
		client_lock(p->client);
		try_it(p);
		client_unlock(p->client);
		return;
	}
	mutex_lock(&orphans_lock);
	try_it(p);
	mutex_unlock(&orphans_lock);
}

void client_attempt(struct client *c, const struct sluice_msg *m, const void *body,
		    const struct attempt_kind *kind)
{
	u64 now = sluice_now();
	struct pending *p;

	if (!c->pending) {
		c->pending = kzalloc(sizeof(*c->pending), GFP_KERNEL_ACCOUNT);
		if (!c->pending) {
			client_fail(c, m, -ENOMEM, "no memory for the operation");
			return;
		}
		INIT_DELAYED_WORK(&c->pending->work, try_again);
	}
	p = c->pending;
	p->client = c;
	p->msg = *m;
	memcpy(p->body, body, kind->len);
	p->kind = kind;
	p->give_up_ns = kind->patience_ns > U64_MAX - now ? U64_MAX : now + kind->patience_ns;
	p->waits = true;
	try_it(p);
}

bool pending_waits(const struct client *c)
{
	const struct pending *p = READ_ONCE(c->pending);

	return p && READ_ONCE(p->waits);
}

/* Under orphans_lock. */
static void free_finished(void)
{
	struct pending *p, *next;

	list_for_each_entry_safe(p, next, &orphans, link) {
		if (p->waits)
			continue;
		list_del(&p->link);
		kfree(p);
	}
}

void pending_abandon(struct client *c)
{
	struct pending *p = c->pending;

	if (!p)
		return;
	cancel_delayed_work_sync(&p->work);
	if (!p->waits || !p->kind->outlives) {
		kfree(p);
		return;
	}
	p->client = NULL;
	mutex_lock(&orphans_lock);
	free_finished();
	list_add(&p->link, &orphans);
	queue_delayed_work(sluice_host.work, &p->work, 0);
	mutex_unlock(&orphans_lock);
}

/* No file is open: nobody adds to them any more. */
void pendings_stop(void)
{
	struct pending *p, *next;

	list_for_each_entry_safe(p, next, &orphans, link) {
		cancel_delayed_work_sync(&p->work);
		kfree(p);
	}
}
