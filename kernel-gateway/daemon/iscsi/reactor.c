/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "reactor.h"

#include "connection.h"

static void drain_inbox(struct loop_work *work)
{
	struct iscsi_reactor *r =
		(void *)((char *)work - offsetof(struct iscsi_reactor, inbox_work));
	/* Pairs with the release of iscsi_mail_send(): the senders' writes are seen. */
	struct iscsi_mail *newest = atomic_exchange_explicit(&r->inbox, NULL, memory_order_acquire);
	struct iscsi_mail *oldest = NULL;

	while (newest) {
		struct iscsi_mail *next = newest->next;

		newest->next = oldest;
		oldest = newest;
		newest = next;
	}
	while (oldest) {
		struct iscsi_mail *mail = oldest;

		oldest = mail->next;
		mail->deliver(mail); /* may free it */
	}
}

void iscsi_mail_send(struct iscsi_reactor *r, struct iscsi_mail *mail)
{
	struct iscsi_mail *head = atomic_load_explicit(&r->inbox, memory_order_relaxed);

	do {
		mail->next = head;
	} while (!atomic_compare_exchange_weak_explicit(
		&r->inbox, &head, mail, memory_order_release, memory_order_relaxed));
	/* The mail may be delivered and gone from here on; the reactor is not. */
	loop_post(r->loop, &r->inbox_work);
}

static void flush(struct loop_work *work)
{
	struct iscsi_reactor *r =
		(void *)((char *)work - offsetof(struct iscsi_reactor, flush_work));
	struct iscsi_connection *c;

	/* Closing one connection may give another something to send. */
	while ((c = TAILQ_FIRST(&r->dirty))) {
		TAILQ_REMOVE(&r->dirty, c, dirty_link);
		c->dirty = false;
		iscsi_connection_settle(c);
	}
}

void iscsi_reactor_mark(struct iscsi_connection *c)
{
	struct iscsi_reactor *r = c->reactor;

	if (c->dirty)
		return;
	c->dirty = true;
	if (TAILQ_EMPTY(&r->dirty))
		loop_after(r->loop, &r->flush_work);
	TAILQ_INSERT_TAIL(&r->dirty, c, dirty_link);
}

void iscsi_reactor_init(struct iscsi_reactor *r, struct iscsi_fabric *f, struct loop *loop)
{
	r->fabric = f;
	r->loop = loop;
	r->inbox_work.run = drain_inbox;
	r->flush_work.run = flush;
	TAILQ_INIT(&r->dirty);
	TAILQ_INIT(&r->connections);
}
