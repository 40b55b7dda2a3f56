/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The limit of any iSCSI target on this machine: a bare request/answer exchange
 * over TCP with the sizes of a command and its answer (for a 4 KiB read 48 bytes, and 48
 * and 4096 bytes), and no SCSI, no ring, no second process behind it.
 *
 *	tcp_echo server REQUEST_BYTES ANSWER_BYTES	prints its port, serves one connection after the other
 *	tcp_echo client REQUEST_BYTES ANSWER_BYTES PORT DEPTH SECONDS	prints exchanges per second
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 128 };

static size_t request_bytes, answer_bytes;
static char *requests, *answers; /* BATCH of them */
static char buffer[1 << 20];

static void die(const char *call)
{
	perror(call);
	exit(1);
}

static double now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static void no_delay(int fd)
{
	int one = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		die("setsockopt");
}

/* False: the peer has gone. */
static bool send_all(int fd, const char *from, size_t bytes)
{
	while (bytes) {
		ssize_t n = send(fd, from, bytes, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		from += n;
		bytes -= (size_t)n;
	}
	return true;
}

static bool send_batches(int fd, const char *from, size_t each, size_t whole)
{
	while (whole) {
		size_t part = whole < BATCH ? whole : BATCH;

		if (!send_all(fd, from, part * each))
			return false;
		whole -= part;
	}
	return true;
}

static void serve(int fd)
{
	size_t have = 0;
	ssize_t n;

	no_delay(fd);
	while ((n = recv(fd, buffer, sizeof(buffer), 0)) > 0) {
		size_t whole;

		have += (size_t)n;
		whole = have / request_bytes;
		have %= request_bytes;
		/* A client's run ends in the middle of an answer. */
		if (!send_batches(fd, answers, answer_bytes, whole))
			break;
	}
	close(fd);
}

static void server(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 8) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		die("listen");
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	for (;;) {
		int connection = accept(fd, NULL, NULL);

		if (connection < 0)
			die("accept");
		serve(connection);
	}
}

static void client(int port, int depth, double seconds)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	unsigned long answered = 0;
	size_t have = 0;
	double start, end;

	if (depth < 1 || depth > BATCH || fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)))
		die("connect");
	no_delay(fd);
	start = now_seconds();
	end = start + seconds;
	if (!send_batches(fd, requests, request_bytes, (size_t)depth))
		die("send");
	while (now_seconds() < end) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);
		size_t whole;

		if (n <= 0)
			die("recv");
		have += (size_t)n;
		whole = have / answer_bytes;
		have %= answer_bytes;
		answered += whole;
		if (!send_batches(fd, requests, request_bytes, whole))
			die("send");
	}
	printf("%.0f\n", answered / (now_seconds() - start));
}

int main(int argc, char **argv)
{
	bool is_server = argc == 4 && !strcmp(argv[1], "server");
	bool is_client = argc == 7 && !strcmp(argv[1], "client");

	if (!is_server && !is_client) {
		fprintf(stderr, "usage: tcp_echo server REQUEST_BYTES ANSWER_BYTES\n"
				"       tcp_echo client REQUEST_BYTES ANSWER_BYTES PORT DEPTH SECONDS\n");
		return 2;
	}
	request_bytes = (size_t)atol(argv[2]);
	answer_bytes = (size_t)atol(argv[3]);
	requests = request_bytes ? calloc(BATCH, request_bytes) : NULL;
	answers = answer_bytes ? calloc(BATCH, answer_bytes) : NULL;
	if (!requests || !answers)
		die("the sizes");
	if (is_server)
		server();
	client(atoi(argv[4]), atoi(argv[5]), atof(argv[6]));
	return 0;
}
