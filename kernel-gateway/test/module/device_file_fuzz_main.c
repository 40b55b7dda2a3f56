/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Random use of /dev/sluice: processes whose threads share one open file, and write messages, enter queues, map, unmap,
 * scribble into the handler region and close, all at once, until they are killed at some random moment. What is judged is
 * the kernel: it must not complain, and what others serve must not suffer.
 *
 *   sluice-fuzz SECONDS [SEED]
 *
 * SLUICE_FUZZ_FAIL=1 in its environment: its threads' allocations in the kernel fail as /sys/kernel/debug/failslab and
 * fail_page_alloc say (Documentation/fault-injection, task-filter). Not those of the processes, which have to be made and to make threads.
 *
 * Threads make the schedule, so a seed does not repeat a run; it repeats what each process would do by itself. Nothing here
 * names a target, a device or a clock that is not the fuzzer's own: the rig's time (RIG_TIME) would move everybody's, and
 * SHUTDOWN take everybody's devices away.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sluice/abi.h"
#include "test/hostile/random.h"

#define PROCESSES 3
#define THREADS	  4
#define MAPS	  4
#define BODY_MAX  1000
#define TARGET	  "iqn.2026-11.io.sluice:fuzz"

struct process {
	int file; /* atomic; -1: closed just now */
	struct mapping {
		_Atomic(uint8_t *) at;
	} maps[MAPS];
	uint64_t seed;
};

#define MAP_BYTES 65536U

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- Messages ---------------------------------------------------------------- */

static void device_name(struct random *r, char *to)
{
	snprintf(to, SLUICE_NAME_LEN, "fuzz%u", random_below(r, 4));
}

static uint32_t hello(struct random *r, void *body)
{
	struct sluice_hello *h = body;

	h->magic = SLUICE_MAGIC;
	h->abi_version = SLUICE_ABI_VERSION;
	h->role = random_below(r, 4) ? SLUICE_ROLE_HANDLER : 1 + random_below(r, 4);
	snprintf(h->name, sizeof(h->name), "fuzz");
	return sizeof(*h);
}

static uint32_t session_open(struct random *r, void *body)
{
	struct sluice_session_open *o = body;

	snprintf(o->name, sizeof(o->name), "fuzz%u", random_below(r, 3));
	o->queues = 1 + random_below(r, 3);
	o->depth = 1U << random_below(r, 7);
	o->pool_bytes = SLUICE_MAX_BUFFER;
	o->grace_ns = 1 + random_below(r, 50000000);
	return sizeof(*o);
}

static uint32_t device_add(struct random *r, void *body)
{
	struct sluice_device_add *a = body;

	device_name(r, a->name);
	a->queue = random_below(r, 4) ? 0 : SLUICE_QUEUE_ANY;
	a->task_set_limit = 1 + random_below(r, 64);
	a->max_transfer = 65536;
	a->peripheral_type = (uint8_t)random_below(r, 3);
	for (uint32_t i = 0; i < SLUICE_PACES; i++)
		a->timeout_ns[i] = 20000000 + random_below(r, 200000000);
	return sizeof(*a);
}

static uint32_t lun_map(struct random *r, void *body)
{
	struct sluice_lun *l = body;

	snprintf(l->target, sizeof(l->target), TARGET);
	snprintf(l->group, sizeof(l->group), "default");
	device_name(r, l->device);
	l->lun = random_below(r, 8);
	return sizeof(*l);
}

static uint32_t target(struct random *r, void *body)
{
	struct sluice_target *t = body;

	snprintf(t->name, sizeof(t->name), TARGET);
	return sizeof(*t);
}

/* A body that no other message has: its first bytes are a name of the fuzzer's, so that "all" is never meant. */
static uint32_t anything(struct random *r, void *body)
{
	random_bytes(r, body, BODY_MAX);
	memcpy(body, "fuzz", 4);
	return random_below(r, BODY_MAX);
}

static const struct {
	uint32_t op;
	uint32_t (*fill)(struct random *r, void *body);
} likely[] = {
	{ SLUICE_OP_HELLO, hello },
	{ SLUICE_OP_HELLO, hello },
	{ SLUICE_OP_SESSION_OPEN, session_open },
	{ SLUICE_OP_SESSION_OPEN, session_open },
	{ SLUICE_OP_DEVICE_ADD, device_add },
	{ SLUICE_OP_DEVICE_ADD, device_add },
	{ SLUICE_OP_LUN_MAP, lun_map },
	{ SLUICE_OP_LUN_UNMAP, lun_map },
	{ SLUICE_OP_TARGET_ADD, target },
	{ SLUICE_OP_TARGET_REMOVE, target },
	{ SLUICE_OP_LOCAL_ADD, target },
};

static void send_message(struct random *r, int file)
{
	struct {
		struct sluice_msg head;
		uint8_t body[BODY_MAX];
	} packet = { .head.id = (uint32_t)random_u64(r) };
	uint32_t pick = random_below(r, 16), len;

	if (pick < sizeof(likely) / sizeof(likely[0])) {
		packet.head.op = likely[pick].op;
		packet.head.len = likely[pick].fill(r, packet.body);
		if (random_below(r, 8) == 0)
			packet.body[4 + random_below(r, 60)] = (uint8_t)random_u64(r);
	} else {
		packet.head.op = random_below(r, SLUICE_OP_RIG_TIME);
		if (packet.head.op == SLUICE_OP_SHUTDOWN)
			return;
		packet.head.len = random_below(r, 4) ? anything(r, packet.body) : 0;
	}
	len = (uint32_t)sizeof(packet.head) + packet.head.len;
	if (random_below(r, 32) == 0)
		len = random_below(r, sizeof(packet));
	if (write(file, &packet, len) < 0 && errno == EFAULT)
		abort();
}

/* ---- The other calls -------------------------------------------------------------- */

static void receive(struct random *r, int file)
{
	uint8_t reply[8192];

	(void)!read(file, reply, random_below(r, 8) ? sizeof(reply) : random_below(r, 64));
}

static void enter(struct random *r, int file)
{
	struct sluice_enter e = {
		.queue = random_below(r, 5) ? random_below(r, 4) : SLUICE_ENTER_ADMIN,
		.consumer = random_below(r, 4) ? random_below(r, 8) : (uint32_t)random_u64(r),
		.timeout_ns = random_below(r, 2) ? 0 : random_below(r, 3000000),
	};

	if (random_below(r, 64) == 0)
		random_bytes(r, &e, sizeof(e));
	/* For ever is until somebody kills; all but that is short. */
	if (e.timeout_ns > 3000000 && random_below(r, 16))
		e.timeout_ns = 0;
	ioctl(file, random_below(r, 64) ? SLUICE_IOC_ENTER : (unsigned long)random_u64(r), &e);
}

static void map(struct random *r, struct process *p, int file)
{
	off_t offset = random_below(r, 4) ? (off_t)SLUICE_MMAP_HANDLER : 0;
	size_t bytes = random_below(r, 16) ? MAP_BYTES : 4096ULL << random_below(r, 30);
	uint8_t *old, *at;

	offset += (off_t)(random_below(r, 2) ? 0 : random_below(r, 64)) * 4096;
	if (random_below(r, 32) == 0)
		offset = (off_t)(random_u64(r) & ~4095ULL);
	at = mmap(NULL, bytes, random_below(r, 4) ? PROT_READ | PROT_WRITE : PROT_READ,
		  random_below(r, 16) ? MAP_SHARED : MAP_PRIVATE, file, offset);
	if (at == MAP_FAILED)
		return;
	if (bytes < MAP_BYTES || offset < (off_t)SLUICE_MMAP_HANDLER) {
		(void)*(volatile uint8_t *)at;
		mprotect(at, bytes, PROT_READ | PROT_WRITE);
		munmap(at, bytes);
		return;
	}
	old = atomic_exchange(&p->maps[random_below(r, MAPS)].at, at);
	if (old)
		munmap(old, MAP_BYTES);
}

/* Another thread may unmap it meanwhile: then this process dies of it, which is one of its ends. */
static void scribble(struct random *r, struct process *p)
{
	uint8_t *at = atomic_load(&p->maps[random_below(r, MAPS)].at);
	uint32_t words = 1 + random_below(r, 16);

	if (!at)
		return;
	while (words--) {
		volatile uint32_t *word =
			(volatile uint32_t *)(at + 4 * random_below(r, MAP_BYTES / 4));

		*word = random_below(r, 2) ? *word + 1 : random_below(r, 64);
	}
	if (random_below(r, 256) == 0)
		random_bytes(r, at, MAP_BYTES);
}

static void reopen(struct process *p)
{
	int old = __atomic_exchange_n(&p->file, open("/dev/sluice", O_RDWR | O_NONBLOCK),
				      __ATOMIC_ACQ_REL);

	if (old >= 0)
		close(old);
}

/* Of this thread. Ends the process if this kernel injects no faults. */
static void let_allocations_fail(void)
{
	int file = open("/proc/thread-self/make-it-fail", O_WRONLY);

	if (file < 0 || write(file, "1", 1) != 1)
		exit(2);
	close(file);
}

static void *run_thread(void *argument)
{
	struct process *p = argument;
	struct random r = { .state = __atomic_add_fetch(&p->seed, 0x51ceULL, __ATOMIC_RELAXED) };

	if (getenv("SLUICE_FUZZ_FAIL"))
		let_allocations_fail();
	for (;;) {
		int file = __atomic_load_n(&p->file, __ATOMIC_ACQUIRE);
		struct pollfd poll_file = { .fd = file, .events = (short)random_u64(&r) };

		switch (random_below(&r, 64)) {
		case 0 ... 19:
			send_message(&r, file);
			break;
		case 20 ... 25:
			receive(&r, file);
			break;
		case 26 ... 43:
			enter(&r, file);
			break;
		case 44 ... 50:
			map(&r, p, file);
			break;
		case 51 ... 60:
			scribble(&r, p);
			break;
		case 61:
			if (random_below(&r, 8) == 0)
				reopen(p);
			break;
		default:
			poll(&poll_file, 1, (int)random_below(&r, 3));
		}
	}
	return NULL;
}

static void live(uint64_t seed)
{
	struct process p = { .file = -1, .seed = seed };
	pthread_t threads[THREADS];
	struct random r = { .state = seed };

	reopen(&p);
	if (p.file < 0)
		exit(1);
	/* Most lives begin as a handler's, or too few would get far. */
	for (uint32_t i = 0; i < 3 && random_below(&r, 8); i++) {
		struct {
			struct sluice_msg head;
			uint8_t body[BODY_MAX];
		} packet = { .head.op = (uint32_t[]){ SLUICE_OP_HELLO, SLUICE_OP_SESSION_OPEN,
						      SLUICE_OP_DEVICE_ADD }[i] };

		packet.head.len = likely[2 * i].fill(&r, packet.body);
		(void)!write(p.file, &packet, sizeof(packet.head) + packet.head.len);
	}
	for (uint32_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, run_thread, &p);
	pause();
}

int main(int argc, char **argv)
{
	uint64_t until = now_ms() + (argc > 1 ? strtoull(argv[1], NULL, 0) : 60) * 1000;
	struct random r = { .state = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)time(NULL) };
	uint64_t lives = 0, failed = 0;
	pid_t processes[PROCESSES] = { 0 };

	printf("seed %llu\n", (unsigned long long)r.state);
	fflush(stdout);
	while (now_ms() < until) {
		uint32_t i = random_below(&r, PROCESSES);
		int status = 0;

		if (processes[i]) {
			kill(processes[i], SIGKILL);
			waitpid(processes[i], &status, 0);
			failed += WIFEXITED(status) && WEXITSTATUS(status) > 0;
		}
		processes[i] = fork();
		if (processes[i] == 0)
			live(random_u64(&r));
		/* Never -1: that is everybody to kill(). */
		if (processes[i] < 0)
			processes[i] = 0;
		random_u64(&r);
		lives++;
		usleep(1000 * (20 + random_below(&r, 400)));
	}
	for (uint32_t i = 0; i < PROCESSES; i++) {
		if (processes[i] > 0) {
			kill(processes[i], SIGKILL);
			waitpid(processes[i], NULL, 0);
		}
	}
	printf("%llu lives, %llu of them could not open /dev/sluice, or make allocations fail\n",
	       (unsigned long long)lives, (unsigned long long)failed);
	return lives > failed ? 0 : 1;
}
