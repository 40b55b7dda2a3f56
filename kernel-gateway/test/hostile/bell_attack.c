/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The eventfds: their open files are shared with the gateway, their counters and flags are the handler's as well. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "hostile.h"

static int choose_bell(const struct hostile *x, const struct decision *d)
{
	return x->h.bells[d->a % (x->h.queues + 1)];
}

bool attack_bell_flood(struct hostile *x, const struct decision *d)
{
	for (uint64_t i = 0; i <= d->b % 64; i++)
		queue_ring(x, (uint32_t)(d->a % (x->h.queues + 1)));
	return true;
}

bool attack_bell_steal(struct hostile *x, const struct decision *d)
{
	struct pollfd p = { .fd = choose_bell(x, d), .events = POLLIN };
	uint64_t value;

	if (poll(&p, 1, 0) != 1)
		return false;
	return read(p.fd, &value, sizeof(value)) == sizeof(value);
}

/* A full counter takes no more; then it is emptied, or nobody could be rung by it. */
bool attack_bell_full(struct hostile *x, const struct decision *d)
{
	int fd = choose_bell(x, d);
	uint64_t value = 0xfffffffffffffffeull;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	(void)!read(fd, &value, sizeof(value));
	value = 0xfffffffffffffffeull;
	if (write(fd, &value, sizeof(value)) != sizeof(value))
		return hostile_fail(x, "write to an empty eventfd: errno %d", errno);
	if (d->b % 2)
		usleep((useconds_t)d->c % 100);
	(void)!read(fd, &value, sizeof(value));
	return true;
}

/*
 * The flags belong to the open file, not to the descriptor: with the counter full and
 * O_NONBLOCK away, a gateway that wrote to it would wait for ever. It would have a
 * reason to: requests come as fast as it takes them.
 */
bool attack_bell_blocking(struct hostile *x, const struct decision *d)
{
	int fd = x->h.bells[x->h.queues];
	const struct decision on_queue_0 = { .a = 0, .b = d->b };
	uint64_t value, until = hostile_clock() + 20000 + d->b % 200000;

	if (!requests_settle(x))
		return false;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	(void)!read(fd, &value, sizeof(value));
	fcntl(fd, F_SETFL, 0);
	value = 0xfffffffffffffffeull;
	(void)!write(fd, &value, sizeof(value));
	requests_pour(x, d, until);
	/* Queue 0 has the admin ring's loop: it is served all the same. */
	if (!attack_wrong_tag(x, &on_queue_0) || !queue_room(x, 0, x->h.depth))
		return false;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	(void)!read(fd, &value, sizeof(value));
	queue_ring(x, x->h.queues);
	return true;
}
