/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What abi.h section 5 says of /dev/sluice, call by call. For a guest (vm/suite/module): it needs the module, and nobody
 * else's handler is disturbed. Prints a line for each sentence; status 1 when one does not hold.
 *
 *   sluice-device-file [MAX-POOL-MIB]     the module's parameter max_pool_mib (4096)
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sluice/abi.h"

#define PAGE   4096U
#define MIB    (1ULL << 20)
#define NO_ABI 0x00020001U /* 2.1 */
#define ID     7U	   /* of each message */

static unsigned int wrong;

static void check(const char *sentence, bool holds)
{
	printf("    %s: %s\n", holds ? "holds" : "DOES NOT HOLD", sentence);
	wrong += !holds;
}

/* ---- Messages ---------------------------------------------------------------- */

static int open_file(int flags)
{
	int file = open("/dev/sluice", O_RDWR | O_CLOEXEC | flags);

	if (file < 0) {
		perror("open /dev/sluice");
		exit(2);
	}
	return file;
}

static ssize_t send_packet(int file, uint32_t op, const void *body, uint32_t len)
{
	uint8_t packet[1024];
	struct sluice_msg head = { .op = op, .id = ID, .len = len };

	memcpy(packet, &head, sizeof(head));
	memcpy(packet + sizeof(head), body, len);
	return write(file, packet, sizeof(head) + len);
}

/* Of the reply; `text` is what an error says. */
static int call(int file, uint32_t op, const void *body, uint32_t len, void *reply,
		uint32_t reply_len, char text[257])
{
	uint8_t packet[1024];
	struct sluice_msg head;
	ssize_t n;

	if (send_packet(file, op, body, len) < 0)
		return -errno;
	n = read(file, packet, sizeof(packet));
	if (n < (ssize_t)sizeof(head))
		return n < 0 ? -errno : -EPIPE;
	memcpy(&head, packet, sizeof(head));
	if (head.status && text)
		snprintf(text, 257, "%.256s", (const char *)packet + sizeof(head));
	if (!head.status && reply)
		memcpy(reply, packet + sizeof(head), reply_len);
	return head.status;
}

static int hello(int file, uint32_t version, char text[257])
{
	struct sluice_hello h = {
		.magic = SLUICE_MAGIC,
		.abi_version = version,
		.role = SLUICE_ROLE_HANDLER,
		.name = "device-file",
	};

	return call(file, SLUICE_OP_HELLO, &h, sizeof(h), NULL, 0, text);
}

static int session(int file, uint64_t pool_bytes, struct sluice_session_opened *opened,
		   char text[257])
{
	struct sluice_session_open o = {
		.name = "device-file",
		.queues = 2,
		.depth = 16,
		.pool_bytes = pool_bytes,
		.grace_ns = 1000000,
	};

	return call(file, SLUICE_OP_SESSION_OPEN, &o, sizeof(o), opened, sizeof(*opened), text);
}

static void check_messages(uint64_t max_pool_mib)
{
	int file = open_file(0), lazy = open_file(O_NONBLOCK);
	struct pollfd p = { .fd = lazy, .events = POLLIN | POLLOUT };
	struct sluice_enter e = { 0 };
	char text[257] = "", above[64];
	uint8_t small[8];

	check("without a session enter says ENODEV",
	      ioctl(file, SLUICE_IOC_ENTER, &e) < 0 && errno == ENODEV);
	check("and mmap, too",
	      mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file, 0) == MAP_FAILED && errno == ENODEV);
	check("another ioctl is none", ioctl(file, _IO('S', 0x7f)) < 0 && errno == ENOTTY);
	check("a packet too short is refused",
	      write(file, small, sizeof(small)) < 0 && errno == EMSGSIZE);
	check("another ABI is refused", hello(file, NO_ABI, text) == -EPROTONOSUPPORT);
	check("and both versions named", strstr(text, "2.1") && strstr(text, "3.0"));
	check("ours is not", hello(file, SLUICE_ABI_VERSION, text) == 0);
	check("a pool above max_pool_mib is refused",
	      session(file, (max_pool_mib + 16) * MIB, NULL, text) == -ENOSPC);
	snprintf(above, sizeof(above), "max_pool_mib (%llu)", (unsigned long long)max_pool_mib);
	check("and the parameter named, with its value", strstr(text, above) != NULL);
	check("poll finds no reply before there is one",
	      poll(&p, 1, 0) == 1 && p.revents == POLLOUT);
	check("nor does a read that may not wait",
	      read(lazy, small, sizeof(small)) < 0 && errno == EAGAIN);
	send_packet(lazy, SLUICE_OP_GATEWAY_INFO, NULL, 0);
	check("then poll does", poll(&p, 1, 1000) == 1 && (p.revents & POLLIN));
	check("a reply that has no room stays", read(lazy, small, sizeof(small)) < 0 &&
							errno == EMSGSIZE && poll(&p, 1, 0) == 1 &&
							(p.revents & POLLIN));
	close(file);
	close(lazy);
}

/* ---- Readers ------------------------------------------------------------------------ */

#define READ_REPLIES 4000

struct reader {
	int file;
	atomic_uint *taken;
	size_t room;
	unsigned int wrong;
};

/* Until all replies are taken: with room it takes whole ones, without room none. */
static void *read_replies(void *argument)
{
	struct reader *r = argument;
	uint8_t packet[1024];

	while (atomic_load(r->taken) < READ_REPLIES) {
		ssize_t n = read(r->file, packet, r->room);
		const struct sluice_msg *head = (const struct sluice_msg *)packet;

		if (n < 0) {
			r->wrong += errno != EAGAIN && errno != EMSGSIZE;
			continue;
		}
		r->wrong += (size_t)n < sizeof(*head) || (size_t)n != sizeof(*head) + head->len ||
			    head->id != ID;
		atomic_fetch_add(r->taken, 1);
	}
	return NULL;
}

/* Two that have room for a reply and one that has not, at once: under KASAN whoever looks at a reply that is another's is seen. */
static void check_readers(void)
{
	int file = open_file(O_NONBLOCK);
	atomic_uint taken = 0;
	struct reader readers[] = {
		{ .file = file, .taken = &taken, .room = 1024 },
		{ .file = file, .taken = &taken, .room = 1024 },
		{ .file = file, .taken = &taken, .room = 8 },
	};
	pthread_t threads[3];
	unsigned int sent = 0;

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, read_replies, &readers[i]);
	while (sent < READ_REPLIES)
		sent += send_packet(file, SLUICE_OP_GATEWAY_INFO, NULL, 0) > 0;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	check("each reply is read by one reader, whole",
	      atomic_load(&taken) == READ_REPLIES && !readers[0].wrong && !readers[1].wrong);
	check("and by none that has no room for it", !readers[2].wrong);
	close(file);
}

/* ---- Mappings ------------------------------------------------------------------- */

static bool refused(int err, int prot, int flags, int file, size_t bytes, uint64_t offset)
{
	void *at = mmap(NULL, bytes, prot, flags, file, (off_t)offset);

	if (at == MAP_FAILED)
		return errno == err;
	munmap(at, bytes);
	return false;
}

/* Whether a child that touches it dies of it. */
static bool child_dies(const volatile uint8_t *at)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		(void)*at;
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

static bool is_zero(const uint8_t *at, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (at[i])
			return false;
	}
	return true;
}

static void check_mappings(int file, const struct sluice_session_opened *o)
{
	const int both = PROT_READ | PROT_WRITE;
	const struct sluice_control *c;
	void *gateway, *handler;

	check("a writable mapping of the gateway region is refused",
	      refused(EACCES, both, MAP_SHARED, file, PAGE, 0));
	check("a private one, too", refused(EINVAL, PROT_READ, MAP_PRIVATE, file, PAGE, 0));
	check("and one that ends behind it",
	      refused(EINVAL, PROT_READ, MAP_SHARED, file, o->gateway_bytes + PAGE, 0));
	check("or behind the handler region",
	      refused(EINVAL, both, MAP_SHARED, file, o->handler_bytes + PAGE,
		      SLUICE_MMAP_HANDLER));
	check("or begins there", refused(EINVAL, both, MAP_SHARED, file, PAGE,
					 SLUICE_MMAP_HANDLER + o->handler_bytes));
	check("or between them",
	      refused(EINVAL, PROT_READ, MAP_SHARED, file, PAGE, SLUICE_MMAP_HANDLER - PAGE));
	gateway = mmap(NULL, o->gateway_bytes, PROT_READ, MAP_SHARED, file, 0);
	handler = mmap(NULL, o->handler_bytes, both, MAP_SHARED, file, (off_t)SLUICE_MMAP_HANDLER);
	check("the gateway region is mapped to be read", gateway != MAP_FAILED);
	check("the handler region to be written", handler != MAP_FAILED);
	if (gateway == MAP_FAILED || handler == MAP_FAILED)
		return;
	c = gateway;
	check("what is mapped says what the reply said",
	      c->session == o->session && c->epoch == o->epoch &&
		      c->handler_bytes == o->handler_bytes);
	check("the gateway region cannot be made writable",
	      mprotect(gateway, o->gateway_bytes, both) < 0 && errno == EACCES);
	check("the data pool shows nothing of the kernel's",
	      is_zero((uint8_t *)handler + c->pool_off, c->pool_bytes));
	check("a mapping does not grow", mremap(handler, o->handler_bytes, o->handler_bytes + PAGE,
						MREMAP_MAYMOVE) == MAP_FAILED);
	check("a child has none", child_dies(gateway) && child_dies(handler));
	munmap(gateway, o->gateway_bytes);
	munmap(handler, o->handler_bytes);
}

/* ---- Enter ------------------------------------------------------------------------ */

struct sleeper {
	int file;
	int result; /* negative: -errno */
};

static int enter(int file, uint32_t queue, uint64_t timeout_ns, uint64_t reserved)
{
	struct sluice_enter e = { .queue = queue, .timeout_ns = timeout_ns, .reserved = reserved };
	int n = ioctl(file, SLUICE_IOC_ENTER, &e);

	return n < 0 ? -errno : n;
}

static void *sleep_in_enter(void *argument)
{
	struct sleeper *s = argument;

	s->result = enter(s->file, 0, UINT64_MAX, 0);
	return NULL;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void check_enter(int file)
{
	struct sleeper s = { .file = file, .result = 1 };
	uint64_t start = now_ms();
	pthread_t thread;
	int second = 0;

	check("enter without a command returns when its time is over",
	      enter(file, 0, 50000000, 0) == 0 && now_ms() - start >= 50);
	check("and at once when it has none", enter(file, 1, 0, 0) == 0);
	check("a queue that there is not is refused", enter(file, 2, 0, 0) == -EINVAL);
	check("what is reserved is zero", enter(file, 0, 0, 1) == -EINVAL);
	check("who was woken before does not sleep",
	      ioctl(file, SLUICE_IOC_WAKE, 0) == 0 && enter(file, 0, UINT64_MAX, 0) == 0);
	check("there is nobody to wake in a queue that there is not",
	      ioctl(file, SLUICE_IOC_WAKE, 2) < 0 && errno == EINVAL);
	pthread_create(&thread, NULL, sleep_in_enter, &s);
	for (start = now_ms(); second != -EBUSY && now_ms() - start < 10000; usleep(1000))
		second = enter(file, 0, 0, 0);
	check("a second thread in a queue is told EBUSY", second == -EBUSY);
	check("another queue is its own", enter(file, 1, 0, 0) == 0);
	check("the sleeper is woken", ioctl(file, SLUICE_IOC_WAKE, 0) == 0);
	pthread_join(thread, NULL);
	check("and finds nothing", s.result == 0);
}

int main(int argc, char **argv)
{
	uint64_t max_pool_mib = argc > 1 ? strtoull(argv[1], NULL, 0) : 4096;
	struct sluice_session_opened opened = { 0 };
	char text[257] = "";
	int file = open_file(0);

	check_messages(max_pool_mib);
	check_readers();
	check("a handler's session is opened", hello(file, SLUICE_ABI_VERSION, text) == 0 &&
						       session(file, 16 * MIB, &opened, text) == 0);
	if (wrong)
		puts(text);
	else
		check_mappings(file, &opened);
	if (!wrong)
		check_enter(file);
	close(file);
	return wrong ? 1 : 0;
}
