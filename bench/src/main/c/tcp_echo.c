/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The limit of any iSCSI target on this machine: a bare request/answer exchange
 * over TCP with the sizes of a 4 KiB read (48-byte request, 48 + 4096 byte answer)
 * and no SCSI, no ring, no second process behind it.
 *
 *	tcp_echo server			prints its port, serves one connection after the other
 *	tcp_echo client PORT DEPTH SECONDS	prints exchanges per second
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_BYTES = 48, ANSWER_BYTES = 48 + 4096, BATCH = 128 };

static char answers[BATCH * ANSWER_BYTES];
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

static void send_all(int fd, const char *from, size_t bytes)
{
	while (bytes) {
		ssize_t n = send(fd, from, bytes, MSG_NOSIGNAL);

		if (n <= 0)
			die("send");
		from += n;
		bytes -= (size_t)n;
	}
}

static void serve(int fd)
{
	size_t have = 0;
	ssize_t n;

	no_delay(fd);
	while ((n = recv(fd, buffer, BATCH * REQUEST_BYTES - have, 0)) > 0) {
		size_t requests;

		have += (size_t)n;
		requests = have / REQUEST_BYTES;
		have %= REQUEST_BYTES;
		if (requests)
			send_all(fd, answers, requests * ANSWER_BYTES);
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
	static char requests[BATCH * REQUEST_BYTES];
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	unsigned long answered = 0;
	size_t have = 0;
	double start, end;

	if (depth < 1 || depth > BATCH || fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)))
		die("connect");
	no_delay(fd);
	start = now_seconds();
	end = start + seconds;
	send_all(fd, requests, (size_t)depth * REQUEST_BYTES);
	while (now_seconds() < end) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);
		size_t whole;

		if (n <= 0)
			die("recv");
		have += (size_t)n;
		whole = have / ANSWER_BYTES;
		have %= ANSWER_BYTES;
		answered += whole;
		while (whole) {
			size_t part = whole < BATCH ? whole : BATCH;

			send_all(fd, requests, part * REQUEST_BYTES);
			whole -= part;
		}
	}
	printf("%.0f\n", answered / (now_seconds() - start));
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "server")) {
		server();
	} else if (argc == 5 && !strcmp(argv[1], "client")) {
		client(atoi(argv[2]), atoi(argv[3]), atof(argv[4]));
	} else {
		fprintf(stderr, "usage: tcp_echo server | tcp_echo client PORT DEPTH SECONDS\n");
		return 2;
	}
	return 0;
}
