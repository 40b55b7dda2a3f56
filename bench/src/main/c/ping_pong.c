/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The limit of any ring on this machine: two processes that pass a batch of words to and
 * fro through shared memory, and do nothing else.
 *
 *	ping_pong futex|spin|yield BATCH CPU_A CPU_B SECONDS
 *
 * futex: each side sleeps in FUTEX_WAIT and is woken for each batch. spin: each side polls.
 * yield: each side polls and gives up its processor after each look. A CPU of -1 leaves the
 * placement to the scheduler. Prints words per second.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 128, MAX_BATCH = 128 };
enum mode { FUTEX, SPIN, YIELD };

/* One direction: the words, then the number of the newest batch, as a ring publishes its index. */
struct direction {
	_Alignas(LINE) uint32_t batch;
	_Alignas(LINE) uint32_t sleeping;
	_Alignas(LINE) uint32_t words[MAX_BATCH];
};

struct shared {
	struct direction to, fro;
	_Alignas(LINE) uint32_t ended;
};

static void die(const char *call)
{
	perror(call);
	exit(1);
}

static double now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void pin(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

static void publish(struct direction *d, uint32_t batch, uint32_t n, enum mode mode)
{
	for (uint32_t i = 0; i < n; i++)
		d->words[i] = batch + i;
	__atomic_store_n(&d->batch, batch, __ATOMIC_SEQ_CST);
	if (mode == FUTEX && __atomic_exchange_n(&d->sleeping, 0, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, &d->sleeping, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int arrived(const struct direction *d, uint32_t batch)
{
	return __atomic_load_n(&d->batch, __ATOMIC_SEQ_CST) == batch;
}

static void sleep_until(struct direction *d, uint32_t batch)
{
	/* Raise the flag, look again, sleep: the ring's own protocol. */
	while (!arrived(d, batch)) {
		__atomic_store_n(&d->sleeping, 1, __ATOMIC_SEQ_CST);
		if (!arrived(d, batch))
			syscall(SYS_futex, &d->sleeping, FUTEX_WAIT, 1, NULL, NULL, 0);
	}
}

static void await(struct direction *d, uint32_t batch, uint32_t n, enum mode mode)
{
	if (mode == FUTEX)
		sleep_until(d, batch);
	while (!arrived(d, batch)) {
		if (mode == YIELD)
			sched_yield();
#if defined(__x86_64__)
		else
			__builtin_ia32_pause();
#endif
	}
	for (uint32_t i = 0; i < n; i++) {
		if (d->words[i] != batch + i) {
			fprintf(stderr, "ping_pong: word %u of batch %u is %u\n", i, batch, d->words[i]);
			exit(1);
		}
	}
}

static void answer(struct shared *s, uint32_t n, enum mode mode)
{
	for (uint32_t batch = 1;; batch++) {
		await(&s->to, batch, n, mode);
		if (__atomic_load_n(&s->ended, __ATOMIC_ACQUIRE))
			break;
		publish(&s->fro, batch, n, mode);
	}
	exit(0);
}

static void ask(struct shared *s, uint32_t n, enum mode mode, double seconds)
{
	double start = now_seconds(), end = start + seconds, took;
	uint32_t batch = 0;

	do {
		for (int i = 0; i < 64; i++) {
			publish(&s->to, ++batch, n, mode);
			await(&s->fro, batch, n, mode);
		}
	} while (now_seconds() < end);
	took = now_seconds() - start;
	__atomic_store_n(&s->ended, 1, __ATOMIC_RELEASE);
	publish(&s->to, batch + 1, n, mode);
	wait(NULL);
	printf("%.0f\n", (double)batch * n / took);
}

static int mode_of(const char *text)
{
	static const char *const names[] = { "futex", "spin", "yield" };

	for (int i = 0; i < 3; i++) {
		if (!strcmp(text, names[i]))
			return i;
	}
	return -1;
}

int main(int argc, char **argv)
{
	int mode = argc == 6 ? mode_of(argv[1]) : -1;
	int n = mode < 0 ? 0 : atoi(argv[2]);
	struct shared *s;
	pid_t child;

	if (n < 1 || n > MAX_BATCH) {
		fprintf(stderr, "usage: ping_pong futex|spin|yield BATCH CPU_A CPU_B SECONDS\n");
		return 2;
	}
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED)
		die("mmap");
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		pin(atoi(argv[4]));
		answer(s, (uint32_t)n, (enum mode)mode);
	}
	pin(atoi(argv[3]));
	ask(s, (uint32_t)n, (enum mode)mode, atof(argv[5]));
	return 0;
}
