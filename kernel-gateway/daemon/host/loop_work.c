/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Work for a loop: posted by any thread, or put off by the loop's own to the end of its batch. */
#include <errno.h>
#include <unistd.h>

#include "log.h"
#include "loop_state.h"

void loop_wake(struct loop *l)
{
	uint64_t one = 1;

	/*
	 * Pairs with loop_wait(): the poster stored `posted` and then looks at
	 * `asleep`, the loop stores `asleep` and then looks at `posted`, all
	 * sequentially consistent, so one of them sees the other.
	 */
	if (!atomic_load(&l->asleep) || !atomic_exchange(&l->asleep, false))
		return;
	atomic_fetch_add_explicit(&l->counters.wakes, 1, memory_order_relaxed);
	if (write(l->wake.fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		log_error("loop", "write to the wake-up eventfd of loop %u: errno %d", l->index,
			  errno);
}

void loop_post(struct loop *l, struct loop_work *w)
{
	struct loop_work *head;

	if (atomic_exchange(&w->queued, 1))
		return;
	head = atomic_load_explicit(&l->posted, memory_order_relaxed);
	do {
		w->next = head;
	} while (!atomic_compare_exchange_weak(&l->posted, &head, w));
	loop_wake(l);
}

struct barrier {
	struct loop_work work;
	pthread_mutex_t lock;
	pthread_cond_t passed;
	bool done;
};

static void barrier_run(struct loop_work *w)
{
	struct barrier *b = (struct barrier *)w;

	pthread_mutex_lock(&b->lock);
	b->done = true;
	pthread_cond_signal(&b->passed);
	pthread_mutex_unlock(&b->lock);
}

void loop_post_barrier(struct loop *l)
{
	struct barrier b = { .work = { .run = barrier_run },
			     .lock = PTHREAD_MUTEX_INITIALIZER,
			     .passed = PTHREAD_COND_INITIALIZER };

	loop_post(l, &b.work);
	pthread_mutex_lock(&b.lock);
	while (!b.done)
		pthread_cond_wait(&b.passed, &b.lock);
	pthread_mutex_unlock(&b.lock);
}

void loop_after(struct loop *l, struct loop_work *w)
{
	if (atomic_exchange_explicit(&w->queued, 1, memory_order_relaxed))
		return;
	w->next = l->after;
	l->after = w;
}

static bool take_out(struct loop_work **list, struct loop_work *w)
{
	for (struct loop_work **at = list; *at; at = &(*at)->next) {
		if (*at == w) {
			*at = w->next;
			return true;
		}
	}
	return false;
}

void loop_after_cancel(struct loop *l, struct loop_work *w)
{
	if (!take_out(&l->after, w) && !take_out(&l->after_pass, w))
		return;
	w->next = NULL;
	atomic_store_explicit(&w->queued, 0, memory_order_relaxed);
}

/* Both lists are stacks; run them in the order of arrival. */
static struct loop_work *reversed(struct loop_work *w)
{
	struct loop_work *first = NULL;

	while (w) {
		struct loop_work *next = w->next;

		w->next = first;
		first = w;
		w = next;
	}
	return first;
}

void loop_run_posted(struct loop *l)
{
	struct loop_work *w;

	if (!atomic_load_explicit(&l->posted, memory_order_relaxed))
		return;
	w = reversed(atomic_exchange(&l->posted, NULL));
	while (w) {
		struct loop_work *next = w->next;

		w->next = NULL;
		/* From here it may be posted again, also by run() itself. */
		atomic_store(&w->queued, 0);
		w->run(w);
		w = next;
	}
}

/* What is added meanwhile waits for the next pass; loop_after_cancel() finds what has not run. */
void loop_run_after(struct loop *l)
{
	l->after_pass = reversed(l->after);
	l->after = NULL;
	while (l->after_pass) {
		struct loop_work *w = l->after_pass;

		l->after_pass = w->next;
		w->next = NULL;
		atomic_store_explicit(&w->queued, 0, memory_order_relaxed);
		w->run(w);
	}
}
