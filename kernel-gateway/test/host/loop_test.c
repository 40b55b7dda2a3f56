/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/loop.h"

#define MS 1000000ull

static struct loop *make_loop(void)
{
	struct loop *l;

	assert_int_equal(loop_create(0, LOOP_SPIN_AUTO, &l), 0);
	return l;
}

struct stopper {
	struct loop_timer timer;
	struct loop *loop;
};

static void stop_now(struct loop_timer *t, uint64_t now_ns)
{
	loop_stop(((struct stopper *)t)->loop);
}

static void run_for(struct loop *l, uint64_t ns)
{
	struct stopper s = { .timer = { .expired = stop_now }, .loop = l };

	loop_timer_set(l, &s.timer, loop_clock() + ns);
	loop_run(l);
}

/* ---- Timers ---- */

struct fired {
	struct loop_timer timer;
	int *counter;
	int order;
	uint64_t at;
};

static void note_order(struct loop_timer *t, uint64_t now_ns)
{
	struct fired *f = (struct fired *)t;

	f->order = ++*f->counter;
	f->at = now_ns;
}

static void should_fire_timers_in_order_of_deadline_and_never_early(void **state)
{
	struct loop *l = make_loop();
	struct fired f[50] = { 0 };
	uint64_t base = loop_clock();
	int counter = 0;

	for (int i = 0; i < 50; i++) {
		f[i].timer.expired = note_order;
		f[i].counter = &counter;
		loop_timer_set(l, &f[i].timer, base + ((i * 37) % 50) * MS);
	}
	run_for(l, 60 * MS);
	assert_int_equal(counter, 50);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(f[i].order, (i * 37) % 50 + 1);
		assert_true(f[i].at >= base + ((i * 37) % 50) * MS);
	}
	loop_destroy(l);
}

static void should_move_and_cancel_timers(void **state)
{
	struct loop *l = make_loop();
	struct fired moved = { .timer = { .expired = note_order } };
	struct fired cancelled = { .timer = { .expired = note_order } };
	int counter = 0;
	uint64_t base = loop_clock();

	moved.counter = &counter;
	cancelled.counter = &counter;
	loop_timer_set(l, &moved.timer, base + 1000000 * MS);
	loop_timer_set(l, &cancelled.timer, base + MS);
	loop_timer_set(l, &moved.timer, base + 2 * MS);
	loop_timer_cancel(l, &cancelled.timer);
	loop_timer_cancel(l, &cancelled.timer);
	run_for(l, 10 * MS);
	assert_int_equal(counter, 1);
	assert_int_equal(moved.order, 1);
	loop_destroy(l);
}

static void should_keep_the_heap_in_order_through_random_sets_and_cancels(void **state)
{
	enum { N = 300 };
	struct loop *l = make_loop();
	static struct fired f[N];
	unsigned int seed = (unsigned int)loop_clock();
	uint64_t base = loop_clock();
	uint64_t last = 0;
	int counter = 0, live = 0;

	print_message("seed %u\n", seed);
	for (int i = 0; i < N; i++)
		f[i] = (struct fired){ .timer = { .expired = note_order }, .counter = &counter };
	for (int i = 0; i < 5000; i++) {
		struct fired *one = &f[rand_r(&seed) % N];

		if (rand_r(&seed) % 3)
			loop_timer_set(l, &one->timer, base + rand_r(&seed) % (20 * MS));
		else
			loop_timer_cancel(l, &one->timer);
	}
	for (int i = 0; i < N; i++)
		live += f[i].timer.slot != 0;
	run_for(l, 40 * MS);
	assert_int_equal(counter, live);
	for (int n = 1; n <= counter; n++) {
		for (int i = 0; i < N; i++) {
			if (f[i].order != n)
				continue;
			assert_true(f[i].timer.deadline_ns >= last);
			last = f[i].timer.deadline_ns;
		}
	}
	loop_destroy(l);
}

struct rearm {
	struct loop_timer timer;
	struct loop *loop;
	int count;
};

static void set_again_in_the_past(struct loop_timer *t, uint64_t now_ns)
{
	struct rearm *r = (struct rearm *)t;

	if (++r->count < 1000)
		loop_timer_set(r->loop, t, 1);
	else
		loop_stop(r->loop);
}

static void should_not_starve_when_a_timer_sets_itself_to_the_past(void **state)
{
	struct loop *l = make_loop();
	struct rearm r = { .timer = { .expired = set_again_in_the_past }, .loop = l };
	struct loop_counters counters;

	loop_timer_set(l, &r.timer, 1);
	loop_run(l);
	loop_read_counters(l, &counters);
	assert_int_equal(r.count, 1000);
	assert_true(counters.rounds >= 1000);
	loop_destroy(l);
}

/* ---- Descriptors ---- */

struct pair {
	struct loop_fd fd;
	struct loop *loop;
	struct pair *other;
	int calls;
};

static void remove_the_other(struct loop_fd *f, uint32_t events)
{
	struct pair *p = (struct pair *)f;

	p->calls++;
	loop_fd_remove(p->loop, &p->other->fd);
	close(p->other->fd.fd);
	loop_fd_remove(p->loop, f);
}

static void should_not_call_a_descriptor_removed_in_the_same_round(void **state)
{
	struct loop *l = make_loop();
	struct pair a = { .loop = l, .other = NULL }, b = { .loop = l, .other = &a };

	a.other = &b;
	a.fd = (struct loop_fd){ .fd = eventfd(1, EFD_NONBLOCK), .ready = remove_the_other };
	b.fd = (struct loop_fd){ .fd = eventfd(1, EFD_NONBLOCK), .ready = remove_the_other };
	assert_int_equal(loop_fd_add(l, &a.fd, EPOLLIN), 0);
	assert_int_equal(loop_fd_add(l, &b.fd, EPOLLIN), 0);
	run_for(l, 5 * MS);
	assert_int_equal(a.calls + b.calls, 1);
	close(a.calls ? a.fd.fd : b.fd.fd);
	loop_destroy(l);
}

static void should_report_a_descriptor_that_cannot_be_watched(void **state)
{
	struct loop *l = make_loop();
	struct loop_fd bad = { .fd = -1 };

	assert_int_equal(loop_fd_add(l, &bad, EPOLLIN), -EBADF);
	loop_destroy(l);
}

/* ---- Work ---- */

enum { POSTERS = 4, ITEMS = 64, ROUNDS = 500 };

struct item {
	struct loop_work work;
	_Atomic int runs;
	_Atomic int posted;
};

struct poster {
	struct loop *loop;
	struct item items[ITEMS];
};

static void run_item(struct loop_work *w)
{
	((struct item *)w)->runs++;
}

static void *post_many(void *arg)
{
	struct poster *p = arg;

	for (int i = 0; i < ROUNDS * ITEMS; i++) {
		struct item *it = &p->items[i % ITEMS];

		it->posted++;
		loop_post(p->loop, &it->work);
		if (i % 1000 == 0)
			usleep(100);
	}
	return NULL;
}

static void should_run_what_many_threads_post_and_wake_from_sleep(void **state)
{
	struct loop *l = make_loop();
	static struct poster posters[POSTERS];
	pthread_t threads[POSTERS];

	assert_int_equal(loop_start(l), 0);
	for (int p = 0; p < POSTERS; p++) {
		posters[p].loop = l;
		for (int i = 0; i < ITEMS; i++)
			posters[p].items[i].work.run = run_item;
		assert_int_equal(pthread_create(&threads[p], NULL, post_many, &posters[p]), 0);
	}
	for (int p = 0; p < POSTERS; p++)
		pthread_join(threads[p], NULL);
	loop_post_barrier(l);
	for (int p = 0; p < POSTERS; p++) {
		for (int i = 0; i < ITEMS; i++) {
			struct item *it = &posters[p].items[i];

			/* Queued at most once at a time, and the last post always runs. */
			assert_in_range(it->runs, 1, it->posted);
			assert_int_equal(it->work.queued, 0);
		}
	}
	loop_stop(l);
	loop_join(l);
	loop_destroy(l);
}

struct after {
	struct loop_work work;
	struct loop *loop;
	struct after *victim;
	int runs;
};

static void run_after(struct loop_work *w)
{
	struct after *a = (struct after *)w;

	a->runs++;
	if (a->victim)
		loop_after_cancel(a->loop, &a->victim->work);
	if (a->runs < 3)
		loop_after(a->loop, w);
}

static void should_run_after_work_until_none_is_left_and_cancel_it(void **state)
{
	struct loop *l = make_loop();
	struct after b = { .work = { .run = run_after }, .loop = l };
	struct after a = { .work = { .run = run_after }, .loop = l, .victim = &b };

	loop_after(l, &a.work);
	loop_after(l, &a.work);
	loop_after(l, &b.work);
	run_for(l, 5 * MS);
	assert_int_equal(a.runs, 3);
	assert_int_equal(b.runs, 0);
	assert_int_equal(b.work.queued, 0);
	loop_destroy(l);
}

/* ---- Rings ---- */

struct fake_rings {
	struct loop_rings rings;
	_Atomic uint32_t completions;
	_Atomic bool sleeping;
	uint32_t reaped;
	int doorbells;
	int awakes;
	struct loop_fd bell;
	struct loop *loop;
};

static void fake_doorbells(struct loop_rings *r)
{
	((struct fake_rings *)r)->doorbells++;
}

static uint32_t fake_reap(struct loop_rings *r, uint64_t now_ns)
{
	struct fake_rings *f = (struct fake_rings *)r;
	uint32_t n = atomic_exchange(&f->completions, 0);

	f->reaped += n;
	if (f->reaped >= 2000)
		loop_stop(f->loop);
	return n;
}

static bool fake_ready(struct loop_rings *r)
{
	return ((struct fake_rings *)r)->completions != 0;
}

static bool fake_in_flight(struct loop_rings *r)
{
	return true;
}

static bool fake_sleep(struct loop_rings *r)
{
	struct fake_rings *f = (struct fake_rings *)r;

	atomic_store(&f->sleeping, true);
	if (!atomic_load(&f->completions))
		return true;
	atomic_store(&f->sleeping, false);
	return false;
}

static void fake_awake(struct loop_rings *r)
{
	struct fake_rings *f = (struct fake_rings *)r;

	atomic_store(&f->sleeping, false);
	f->awakes++;
}

static void fake_bell(struct loop_fd *f, uint32_t events)
{
	uint64_t value;

	(void)!read(f->fd, &value, sizeof(value));
}

static void *complete_many(void *arg)
{
	struct fake_rings *f = arg;
	uint64_t one = 1;

	for (int i = 0; i < 2000; i++) {
		atomic_fetch_add(&f->completions, 1);
		if (atomic_load(&f->sleeping))
			(void)!write(f->bell.fd, &one, sizeof(one));
		if (i % 10 == 0)
			usleep(50);
	}
	return NULL;
}

static void should_never_miss_a_completion_between_look_and_sleep(void **state)
{
	struct loop *l = make_loop();
	struct fake_rings f = {
		.rings = { fake_doorbells, fake_reap, fake_ready, fake_in_flight, fake_sleep,
			   fake_awake },
		.bell = { .fd = eventfd(0, EFD_NONBLOCK), .ready = fake_bell },
		.loop = l,
	};
	struct loop_counters counters;
	pthread_t thread;

	loop_set_rings(l, &f.rings);
	assert_int_equal(loop_fd_add(l, &f.bell, EPOLLIN), 0);
	assert_int_equal(pthread_create(&thread, NULL, complete_many, &f), 0);
	loop_run(l);
	pthread_join(thread, NULL);
	assert_int_equal(f.reaped, 2000);
	assert_true(f.doorbells > 0);
	loop_read_counters(l, &counters);
	assert_int_equal(counters.sleeps, f.awakes);
	close(f.bell.fd);
	loop_destroy(l);
}

static void *stop_later(void *arg)
{
	usleep(2000);
	loop_stop(arg);
	return NULL;
}

static void should_stop_from_another_thread_while_asleep(void **state)
{
	struct loop *l = make_loop();
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, stop_later, l), 0);
	loop_run(l);
	pthread_join(thread, NULL);
	loop_destroy(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_fire_timers_in_order_of_deadline_and_never_early),
		cmocka_unit_test(should_move_and_cancel_timers),
		cmocka_unit_test(should_keep_the_heap_in_order_through_random_sets_and_cancels),
		cmocka_unit_test(should_not_starve_when_a_timer_sets_itself_to_the_past),
		cmocka_unit_test(should_not_call_a_descriptor_removed_in_the_same_round),
		cmocka_unit_test(should_report_a_descriptor_that_cannot_be_watched),
		cmocka_unit_test(should_run_what_many_threads_post_and_wake_from_sleep),
		cmocka_unit_test(should_run_after_work_until_none_is_left_and_cancel_it),
		cmocka_unit_test(should_never_miss_a_completion_between_look_and_sleep),
		cmocka_unit_test(should_stop_from_another_thread_while_asleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
