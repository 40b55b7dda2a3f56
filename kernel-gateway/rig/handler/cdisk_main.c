/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* sluice-cdisk: serves RAM or null disks from C until SIGTERM or SIGINT. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ram_disk.h"

#define MAX_DISKS 64

struct options {
	const char *socket;
	uint32_t queues, depth, spin;
	uint64_t pool;
};

struct served {
	uint32_t device;
	struct ram_disk disk;
};

struct server {
	struct handler handler;
	struct served disks[MAX_DISKS];
	uint32_t n_disks;
};

struct queue_thread {
	struct server *server;
	uint32_t queue;
	pthread_t thread;
};

static const char usage[] =
	"usage: sluice-cdisk --socket PATH [--queues N] [--depth N] [--pool BYTES]\n"
	"                    [--spin ROUNDS] NAME=SIZE|NAME=null...\n"
	"  ROUNDS: looks at the ring before a sleep (0)\n"
	"  SIZE in bytes with an optional K, M, G or T; a null disk has 1 TiB\n";

static uint64_t size_of(const char *text)
{
	static const char units[] = "KMGT";
	char *end;
	uint64_t n = strtoull(text, &end, 10);
	const char *unit = *end ? strchr(units, *end) : NULL;

	return unit ? n << (10 * (unit - units + 1)) : n;
}

static void die(const char *text)
{
	fprintf(stderr, "sluice-cdisk: %s\n", text);
	exit(1);
}

static void parse(int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "queues", required_argument, NULL, 'q' },
		{ "depth", required_argument, NULL, 'd' },
		{ "pool", required_argument, NULL, 'p' },
		{ "spin", required_argument, NULL, 'r' },
		{ 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 's')
			o->socket = optarg;
		else if (opt == 'q')
			o->queues = (uint32_t)size_of(optarg);
		else if (opt == 'd')
			o->depth = (uint32_t)size_of(optarg);
		else if (opt == 'p')
			o->pool = size_of(optarg);
		else if (opt == 'r')
			o->spin = (uint32_t)size_of(optarg);
		else
			die(usage);
	}
	if (!o->socket || optind == argc || argc - optind > MAX_DISKS)
		die(usage);
}

static void add_disk(struct server *s, char *text)
{
	struct served *d = &s->disks[s->n_disks++];
	struct sluice_device_add add;
	char *size = strchr(text, '=');
	char why[CONNECTION_WHY];
	bool null;

	if (!size)
		die(usage);
	*size++ = '\0';
	null = strcmp(size, "null") == 0;
	if (ram_disk_create(&d->disk, null ? 1ull << 40 : size_of(size), 512, null))
		die("no memory for the disk");
	ram_disk_describe(&add, text);
	if (handler_device_add(&s->handler, &add, &d->device, why))
		die(why);
	printf("device %s is %u\n", text, d->device);
}

static bool execute(void *arg, struct handler_command *c, struct handler_answer *a)
{
	struct server *s = arg;

	for (uint32_t i = 0; i < s->n_disks; i++) {
		if (s->disks[i].device == c->desc.device)
			return ram_disk_execute(&s->disks[i].disk, c, a);
	}
	a->status = 0x08; /* BUSY: added a moment ago */
	return true;
}

static void *queue_main(void *arg)
{
	struct queue_thread *t = arg;

	handler_run_queue(&t->server->handler, t->queue, execute, t->server);
	return NULL;
}

static void *admin_main(void *arg)
{
	handler_run_admin(&((struct server *)arg)->handler);
	return NULL;
}

/* Until a signal, or until the gateway goes. */
static void wait_for_end(struct server *s, sigset_t *set)
{
	const struct timespec interval = { .tv_nsec = 200000000 };

	while (sigtimedwait(set, NULL, &interval) < 0) {
		if (handler_alive(&s->handler))
			continue;
		fprintf(stderr, "sluice-cdisk: the gateway ended the session\n");
		return;
	}
}

int main(int argc, char **argv)
{
	struct options o = { .queues = 1, .depth = 256, .pool = 256ull << 20 };
	static struct server s;
	static struct queue_thread threads[SLUICE_MAX_QUEUES];
	pthread_t admin;
	char why[CONNECTION_WHY];
	sigset_t set;

	parse(argc, argv, &o);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (handler_open(&s.handler, o.socket, "sluice-cdisk", o.queues, o.depth, o.pool, why))
		die(why);
	s.handler.spin_rounds = o.spin;
	for (int i = optind; i < argc; i++)
		add_disk(&s, argv[i]);
	fflush(stdout);
	for (uint32_t q = 0; q < o.queues; q++) {
		threads[q] = (struct queue_thread){ &s, q, 0 };
		if (pthread_create(&threads[q].thread, NULL, queue_main, &threads[q]))
			die("no thread for a queue");
	}
	if (pthread_create(&admin, NULL, admin_main, &s))
		die("no thread for the admin ring");
	wait_for_end(&s, &set);
	handler_stop(&s.handler);
	for (uint32_t q = 0; q < o.queues; q++)
		pthread_join(threads[q].thread, NULL);
	pthread_join(admin, NULL);
	handler_close(&s.handler);
	for (uint32_t i = 0; i < s.n_disks; i++)
		ram_disk_destroy(&s.disks[i].disk);
	return 0;
}
