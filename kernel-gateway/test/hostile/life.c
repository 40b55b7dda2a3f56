/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A hostile life: how it begins, and the ways in which it ends. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

const char *const hostile_device_names[HOSTILE_DEVICES] = { "hostile-a", "hostile-b", "hostile-c" };

void life_describe(struct sluice_device_add *add, uint32_t index)
{
	*add = (struct sluice_device_add){ .queue = index ? index - 1 : SLUICE_QUEUE_ANY,
					   .task_set_limit = 16u << index,
					   .max_transfer = index == 2 ? 16384 : SLUICE_MAX_BUFFER,
					   .peripheral_type = index == 1,
					   .recovery = (uint8_t)index };
	snprintf(add->name, sizeof(add->name), "%s", hostile_device_names[index]);
}

/* ---- The beginning ---------------------------------------------------------------------------- */

static void map_queue(struct hostile *x, uint32_t q)
{
	const struct sluice_control *c = x->h.control;
	uint8_t *base = x->h.shared + c->user_queue_off + q * c->user_queue_stride;
	struct hostile_queue *queue = &x->queues[q];

	memset(queue, 0, sizeof(*queue));
	queue->ours = (struct sluice_user_index *)base;
	queue->theirs = (const void *)(x->h.gateway + c->gw_queue_off + q * c->gw_queue_stride);
	queue->slots = (struct sluice_completion *)(base + c->user_comp_off);
	queue->responses = (struct sluice_response *)(base + c->user_resp_off);
}

/* As this session can have it. */
static void describe_here(const struct hostile *x, struct sluice_device_add *add, uint32_t index)
{
	life_describe(add, index);
	if (add->queue != SLUICE_QUEUE_ANY)
		add->queue %= x->h.queues;
	for (uint32_t i = 0; i < SLUICE_PACES; i++)
		add->timeout_ns[i] = x->options->timeout_ns;
}

static bool add_devices(struct hostile *x)
{
	char why[CONNECTION_WHY];

	for (uint32_t i = 0; i < HOSTILE_DEVICES; i++) {
		struct sluice_device_add add;

		describe_here(x, &add, i);
		if (handler_device_add(&x->h, &add, &x->devices[i], why))
			return hostile_fail(x, "DEVICE_ADD %s: %s", add.name, why);
	}
	return true;
}

bool life_begin(struct hostile *x)
{
	static const uint32_t depths[] = { 4, 16, HOSTILE_DEPTH };
	struct sluice_session_open open;
	char why[CONNECTION_WHY];

	x->left = 500 + random_below(&x->random, 20000);
	/* From one who keeps up to one who lets nearly everything run into its deadline. */
	x->sloth = 2u << random_below(&x->random, 12);
	x->over = false;
	open = (struct sluice_session_open){ .name = "hostile",
					     .queues = 1 + random_below(&x->random, HOSTILE_QUEUES),
					     .depth = depths[random_below(&x->random, 3)],
					     .pool_bytes = SLUICE_MAX_BUFFER,
					     .grace_ns = x->options->grace_ns };
	if (handler_open_session(&x->h, x->options->socket, "hostile", &open, why))
		return hostile_fail(x, "a new session: %s", why);
	if (x->h.control->admin_depth > HOSTILE_REQUESTS)
		return hostile_fail(x, "an admin ring of %u", x->h.control->admin_depth);
	x->alive = true;
	for (uint32_t q = 0; q < open.queues; q++)
		map_queue(x, q);
	x->admin = (void *)(x->h.shared + x->h.control->user_admin_off);
	x->admin_theirs = (const void *)(x->h.gateway + x->h.control->gw_admin_off);
	x->requests = (void *)(x->h.shared + x->h.control->user_request_off);
	x->request_producer = 0;
	x->request_seen = 0;
	memset(x->faulty, 0, sizeof(x->faulty));
	x->report->lives++;
	return add_devices(x);
}

void life_end(struct hostile *x)
{
	if (!x->alive)
		return;
	/* What it took until now counts; what it did not, does not. */
	for (uint32_t q = 0; q < x->h.queues; q++)
		queue_look(x, q);
	requests_look(x);
	handler_close(&x->h);
	x->alive = false;
}

/* ---- The end ------------------------------------------------------------------------------------ */

/* The gateway closes its end within a bound. */
static bool await_hangup(struct hostile *x)
{
	struct pollfd p = { .fd = x->h.link.fd, .events = POLLRDHUP };

	if (poll(&p, 1, (int)(HOSTILE_PATIENCE_NS / 1000000)) == 1)
		return true;
	return hostile_fail(x, "the gateway does not close the connection of a broken session");
}

bool life_expect_broken(struct hostile *x)
{
	x->over = true;
	if (!await_hangup(x))
		return false;
	if (__atomic_load_n(&x->h.control->state, __ATOMIC_ACQUIRE) != SLUICE_SESSION_BROKEN)
		return hostile_fail(x, "closed, but the control page's state is %u",
				    x->h.control->state);
	x->report->breaks++;
	return true;
}

/* It says that it is about to be upgraded, goes on lying for a while, and never hands over in order. */
bool attack_quiesce(struct hostile *x, const struct decision *d)
{
	char why[CONNECTION_WHY];
	struct decision next = *d;

	if (connection_call(&x->h.link, SLUICE_OP_SESSION_QUIESCE, NULL, 0, NULL, 0, why))
		return hostile_fail(x, "SESSION_QUIESCE: %s", why);
	for (uint64_t i = 0; i < d->b % 64 && !hostile_failed(x); i++) {
		next.a += i;
		attack_wrong_tag(x, &next);
		attack_early(x, &next);
		if (d->c >> i & 1)
			attack_double(x, &next);
	}
	x->over = true;
	return !hostile_failed(x);
}

bool attack_close(struct hostile *x, const struct decision *d)
{
	if (d->a % 2 && !(queue_settle(x) && requests_settle(x)))
		return false;
	x->over = true;
	return true;
}

static void scribble_for_a_while(struct hostile *x, const struct decision *d)
{
	uint64_t until = hostile_clock() + d->b % 3000000;
	struct decision next = *d;

	for (uint32_t i = 0; hostile_clock() < until; i++) {
		next.b = random_u64(&x->random);
		next.c = random_u64(&x->random);
		attack_scribble_slots(x, &next);
		attack_scribble_pool(x, &next);
		attack_sleeping(x, &next);
		__atomic_store_n(&x->queues[i % x->h.queues].ours->comp_producer, (uint32_t)next.c,
				 __ATOMIC_RELEASE);
		attack_bell_flood(x, &next);
	}
}

/* The child keeps both regions and all eventfds, and goes on, while the session's next life begins. */
bool attack_child_keeps_mappings(struct hostile *x, const struct decision *d)
{
	pid_t child;

	if (!queue_settle(x) || !requests_settle(x))
		return false;
	child = fork();
	if (child == 0) {
		connection_close(&x->h.link);
		scribble_for_a_while(x, d);
		_exit(0);
	}
	/* Now, and not when the child comes to close its own. */
	shutdown(x->h.link.fd, SHUT_RDWR);
	x->over = true;
	x->report->unruly_children++;
	return child > 0 || hostile_fail(x, "fork: errno %d", errno);
}

/* The connection is the lease, and it is over when either says so, whoever holds a descriptor. */
bool attack_child_keeps_socket(struct hostile *x, const struct decision *d)
{
	pid_t child;

	if (!queue_settle(x) || !requests_settle(x))
		return false;
	child = fork();
	if (child == 0) {
		usleep((useconds_t)d->b % 5000);
		_exit(0);
	}
	shutdown(x->h.link.fd, SHUT_RDWR);
	x->over = true;
	return child > 0 || hostile_fail(x, "fork: errno %d", errno);
}

/* The process is killed in the middle of it: a child is the last to hold the session. */
bool attack_killed(struct hostile *x, const struct decision *d)
{
	pid_t child;
	int status;

	if (!queue_settle(x) || !requests_settle(x))
		return false;
	child = fork();
	if (child == 0) {
		struct decision next = *d;

		for (uint64_t i = 0; i < d->b % 64; i++) {
			next.a = random_u64(&x->random);
			attack_double(x, &next);
		}
		raise(SIGKILL);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return hostile_fail(x, "fork: errno %d", errno);
	x->over = true;
	return true;
}

/* Every tag's newest generation, held or not: some answers were lost to scribbled bytes. */
static void answer_all(struct hostile *x, uint64_t how)
{
	for (uint32_t q = 0; q < x->h.queues; q++) {
		struct hostile_queue *queue = &x->queues[q];

		queue_look(x, q);
		for (uint32_t tag = 0; tag < x->h.depth; tag++) {
			const struct sluice_completion c = { .tag = tag,
							     .generation = queue->generation[tag] };

			if (queue->held[tag].held)
				queue_answer(x, q, &queue->held[tag], how + tag);
			else if (queue_room(x, q, 1))
				queue_put(x, q, &c, FATE_UNKNOWN);
		}
	}
}

/* With commands at the device: the gateway's answer comes when they have ended, and we let go of them. */
bool attack_remove_device(struct hostile *x, const struct decision *d)
{
	uint32_t i = (uint32_t)(d->a % HOSTILE_DEVICES);
	const struct sluice_device_remove remove = { .device = x->devices[i] };
	struct pollfd p = { .fd = x->h.link.fd, .events = POLLIN };
	uint64_t give_up_ns = hostile_clock() + HOSTILE_PATIENCE_NS;
	struct sluice_device_add add;
	char why[CONNECTION_WHY];
	struct message m;

	if (connection_send(&x->h.link, SLUICE_OP_DEVICE_REMOVE, &remove, sizeof(remove), NULL))
		return hostile_fail(x, "DEVICE_REMOVE: errno %d", errno);
	while (poll(&p, 1, 1) == 0) {
		answer_all(x, d->b);
		if (hostile_clock() > give_up_ns)
			return hostile_fail(x, "DEVICE_REMOVE is not answered");
	}
	if (connection_receive(&x->h.link, &m) || m.head.status)
		return hostile_fail(x, "DEVICE_REMOVE: status %d", m.head.status);
	describe_here(x, &add, i);
	return handler_device_add(&x->h, &add, &x->devices[i], why) == 0 ||
	       hostile_fail(x, "DEVICE_ADD after DEVICE_REMOVE: %s", why);
}
