/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The control protocol over a real socket: versions, bad messages, roles, slow clients. */
#include <errno.h>
#include <grp.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"
#include "host/loop.h"

static struct gateway g;

static int start(void **state)
{
	gateway_start(&g, 1);
	return 0;
}

static int stop(void **state)
{
	gateway_stop(&g);
	return 0;
}

static int raw_connect(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, g.socket);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* Sends one packet as it is, expects an error reply, returns its text. */
static const char *refused(struct connection *c, const void *packet, size_t len, int status)
{
	static struct message m;

	assert_int_equal(send(c->fd, packet, len, 0), len);
	assert_int_equal(connection_receive(c, &m), 0);
	assert_int_equal(m.head.status, status);
	assert_int_equal(m.body_len, sizeof(struct sluice_error));
	return (const char *)m.body;
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static void assert_closed(struct connection *c)
{
	struct message m;

	assert_int_equal(connection_receive(c, &m), -EPIPE);
	connection_close(c);
}

struct hello_packet {
	struct sluice_msg head;
	struct sluice_hello hello;
};

static struct hello_packet good_hello(void)
{
	return (struct hello_packet){
		.head = { .op = SLUICE_OP_HELLO, .id = 7, .len = sizeof(struct sluice_hello) },
		.hello = { .magic = SLUICE_MAGIC,
			   .abi_version = SLUICE_ABI_VERSION,
			   .role = SLUICE_ROLE_CONTROL,
			   .name = "test" },
	};
}

static void should_answer_hello_with_version_pid_and_no_feature(void **state)
{
	struct hello_packet p = good_hello();
	struct connection c = { .fd = raw_connect() };
	const struct sluice_hello *reply;
	struct message m;

	p.hello.features = ~0ull;
	assert_int_equal(send(c.fd, &p, sizeof(p), 0), sizeof(p));
	assert_int_equal(connection_receive(&c, &m), 0);
	assert_int_equal(m.head.op, SLUICE_OP_HELLO);
	assert_int_equal(m.head.id, 7);
	assert_int_equal(m.head.status, 0);
	reply = (const void *)m.body;
	assert_int_equal(reply->abi_version, SLUICE_ABI_VERSION);
	assert_int_equal(reply->pid, getpid());
	assert_int_equal(reply->features, 0);
	connection_close(&c);
}

static void should_name_both_versions_when_they_differ(void **state)
{
	struct hello_packet p = good_hello();
	struct connection c = { .fd = raw_connect() };
	const char *text;

	p.hello.abi_version = 4u << 16 | 3;
	text = refused(&c, &p, sizeof(p), -EPROTONOSUPPORT);
	assert_says(text, "gateway speaks ABI 3.0");
	assert_says(text, "client 4.3");
	/* It may say it better now. */
	p.hello.abi_version = SLUICE_ABI_VERSION | 9;
	p.hello.magic++;
	assert_says(refused(&c, &p, sizeof(p), -EPROTO), "magic 01004543494c5554");
	connection_close(&c);
}

static void should_refuse_a_bad_hello_field_by_field(void **state)
{
	struct hello_packet p = good_hello();
	struct connection c = { .fd = raw_connect() };

	p.hello.role = 9;
	assert_says(refused(&c, &p, sizeof(p), -EINVAL), "role 9");
	p = good_hello();
	p.hello.reserved = 1;
	assert_says(refused(&c, &p, sizeof(p), -EINVAL), "reserved");
	p = good_hello();
	memset(p.hello.name, 'x', sizeof(p.hello.name));
	assert_says(refused(&c, &p, sizeof(p), -EINVAL), "name is not NUL-terminated");
	p = good_hello();
	p.head.op = SLUICE_OP_GATEWAY_INFO;
	assert_says(refused(&c, &p, sizeof(p), -EPROTO), "before HELLO");
	p = good_hello();
	p.head.len--;
	assert_says(refused(&c, &p, sizeof(p), -EMSGSIZE), "both must be");
	p = good_hello();
	p.head.status = 5;
	assert_says(refused(&c, &p, sizeof(p), -EINVAL), "status 5");
	p = good_hello();
	assert_says(refused(&c, &p, sizeof(p) - 1, -EMSGSIZE), "bytes follow");
	connection_close(&c);
}

static void should_close_a_client_that_sends_no_header_and_serve_the_others(void **state)
{
	struct connection other, c = { .fd = raw_connect() };
	struct sluice_gateway_info info;
	char why[CONNECTION_WHY];

	assert_int_equal(send(c.fd, "hello", 5, 0), 5);
	assert_closed(&c);
	control_open(&other, &g);
	assert_int_equal(connection_call(&other, SLUICE_OP_GATEWAY_INFO, NULL, 0, &info,
					 sizeof(info), why),
			 0);
	assert_int_equal(info.pid, getpid());
	assert_int_equal(info.loops, 1);
	connection_close(&other);
}

static void should_refuse_oversized_unknown_and_foreign_operations(void **state)
{
	static uint8_t big[60000];
	struct sluice_msg *m = (struct sluice_msg *)big;
	struct connection c;
	struct hello_packet p = good_hello();

	control_open(&c, &g);
	*m = (struct sluice_msg){ .op = SLUICE_OP_TARGET_ADD, .len = sizeof(big) - sizeof(*m) };
	assert_says(refused(&c, big, sizeof(big), -EMSGSIZE), "59984 bytes follow");
	*m = (struct sluice_msg){ .op = 999 };
	assert_says(refused(&c, m, sizeof(*m), -EOPNOTSUPP), "operation 999");
	*m = (struct sluice_msg){ .op = SLUICE_OP_RIG_OPEN };
	assert_says(refused(&c, m, sizeof(*m), -EPERM), "role rig");
	assert_says(refused(&c, &p, sizeof(p), -EPROTO), "HELLO twice");
	connection_close(&c);
}

static void should_be_idempotent_in_configuration(void **state)
{
	struct sluice_target t = { .name = TEST_TARGET, .alias = "one" };
	struct sluice_group group = { .target = TEST_TARGET, .group = "hosts" };
	struct sluice_group_initiator i = { .target = TEST_TARGET,
					    .group = "hosts",
					    .pattern = "iqn.*:a" };
	struct sluice_lun l = { .target = TEST_TARGET, .group = "hosts", .device = "d", .lun = 3 };
	struct sluice_portal portal = { .address = "127.0.0.1", .group = 1 }, first;
	char why[CONNECTION_WHY];
	struct connection c;

	for (int round = 0; round < 2; round++) {
		control_open(&c, &g);
		if (connection_call(&c, SLUICE_OP_TARGET_ADD, &t, sizeof(t), NULL, 0, why) ||
		    connection_call(&c, SLUICE_OP_GROUP_ADD, &group, sizeof(group), NULL, 0, why) ||
		    connection_call(&c, SLUICE_OP_GROUP_INITIATOR_ADD, &i, sizeof(i), NULL, 0,
				    why) ||
		    connection_call(&c, SLUICE_OP_LUN_MAP, &l, sizeof(l), NULL, 0, why) ||
		    connection_call(&c, SLUICE_OP_PORTAL_ADD, &portal, sizeof(portal), &first,
				    sizeof(first), why))
			fail_msg("round %d: %s", round, why);
		assert_int_not_equal(first.port, 0);
		/* The second time by the port that was picked. */
		portal.port = first.port;
		connection_close(&c);
	}
	control_open(&c, &g);
	strcpy(l.device, "another");
	assert_int_not_equal(connection_call(&c, SLUICE_OP_LUN_MAP, &l, sizeof(l), NULL, 0, why),
			     0);
	connection_close(&c);
}

static void should_refuse_bad_configuration_with_value_and_remedy(void **state)
{
	struct sluice_lun l = { .target = TEST_TARGET, .group = "default", .device = "d" };
	struct sluice_portal portal = { .address = "127.0.0.1" };
	struct sluice_auth auth = { .kind = 9 };
	struct sluice_access_state access = { .device = "d", .group = 1, .state = 4 };
	struct sluice_target_port port = { .target = TEST_TARGET, .group = 1 };
	struct sluice_group group = { .target = TEST_TARGET, .group = "default" };
	char why[CONNECTION_WHY];
	struct connection c;

	control_open(&c, &g);
	l.lun = SLUICE_LUN_MAX + 1;
	assert_int_equal(connection_call(&c, SLUICE_OP_LUN_MAP, &l, sizeof(l), NULL, 0, why),
			 -EINVAL);
	assert_says(why, "LUN 16384: choose 0 to 16383");
	assert_int_equal(connection_call(&c, SLUICE_OP_PORTAL_ADD, &portal, sizeof(portal), &portal,
					 sizeof(portal), why),
			 -EINVAL);
	assert_says(why, "portal group 0");
	portal.group = 1;
	memset(portal.address, '1', sizeof(portal.address));
	assert_int_equal(connection_call(&c, SLUICE_OP_PORTAL_ADD, &portal, sizeof(portal), &portal,
					 sizeof(portal), why),
			 -EINVAL);
	assert_says(why, "address is not NUL-terminated");
	for (uint32_t op = SLUICE_OP_DEVICE_INFO; op <= SLUICE_OP_NEXUS_INFO; op++) {
		const struct sluice_cursor cursor = { .reserved = 1 };

		assert_int_equal(connection_call(&c, op, &cursor, sizeof(cursor), NULL, 0, why),
				 -EINVAL);
		assert_says(why, "cursor: reserved has byte 01h");
	}
	assert_int_equal(connection_call(&c, SLUICE_OP_AUTH_SET, &auth, sizeof(auth), NULL, 0, why),
			 -EINVAL);
	assert_says(why, "kind 9");
	assert_int_equal(connection_call(&c, SLUICE_OP_ACCESS_STATE_SET, &access, sizeof(access),
					 NULL, 0, why),
			 -EINVAL);
	assert_says(why, "not one of 0, 1, 2, 3, 14, 15");
	access.reserved = 1;
	assert_int_equal(connection_call(&c, SLUICE_OP_ACCESS_STATE_SET, &access, sizeof(access),
					 NULL, 0, why),
			 -EINVAL);
	assert_says(why, "reserved has byte 01h");
	assert_int_equal(connection_call(&c, SLUICE_OP_TARGET_PORT_SET, &port, sizeof(port), NULL,
					 0, why),
			 -EINVAL);
	assert_says(why, "portal group and number are 1 to 65535");
	assert_int_equal(connection_call(&c, SLUICE_OP_GROUP_REMOVE, &group, sizeof(group), NULL, 0,
					 why),
			 -ENOENT);
	assert_says(why, "no target of that name");
	l.flags = 2;
	l.lun = 0;
	assert_int_equal(connection_call(&c, SLUICE_OP_LUN_MAP, &l, sizeof(l), NULL, 0, why),
			 -EINVAL);
	assert_says(why, "flags has bits");
	l.flags = 0;
	l.lun = 0;
	strcpy(l.target, "iqn.2026-11.io.sluice:nowhere");
	assert_int_equal(connection_call(&c, SLUICE_OP_LUN_MAP, &l, sizeof(l), NULL, 0, why),
			 -ENOENT);
	assert_says(why, "no target of that name: add it first");
	connection_close(&c);
}

/* Half of the messages have a known operation and the right length, so that bodies are judged, too. */
static size_t random_packet(unsigned int *seed, uint8_t packet[1200])
{
	static const uint16_t lens[] = { 0, 8, 16, 24, 72, 104, 128, 304, 376, 488, 544, 728, 320 };
	static const uint8_t ops[] = { 16, 17, 18, 33, 35, 36, 37, 38, 39,
				       40, 41, 42, 64, 65, 66, 67, 68 };
	struct sluice_msg *m = (struct sluice_msg *)packet;
	uint32_t len = rand_r(seed) % 2 ? lens[(unsigned int)rand_r(seed) % 13] :
					  (uint32_t)rand_r(seed) % 1100;

	for (uint32_t i = 0; i < sizeof(*m) + len; i++)
		packet[i] = rand_r(seed) % 3 ? 0 : (uint8_t)rand_r(seed);
	m->op = rand_r(seed) % 8 ? ops[(unsigned int)rand_r(seed) % sizeof(ops)] :
				   (uint32_t)rand_r(seed);
	m->status = rand_r(seed) % 16 ? 0 : -1;
	m->len = rand_r(seed) % 16 ? len : (uint32_t)rand_r(seed);
	return sizeof(*m) + len;
}

static void random_session(unsigned int *seed, int role)
{
	struct connection c;
	char why[CONNECTION_WHY];

	if (connection_open(&c, g.socket, (enum sluice_role)role, "random", why))
		fail_msg("%s", why);
	for (int i = 0; i < 200; i++) {
		uint8_t packet[1200];
		size_t len = random_packet(seed, packet);

		if (send(c.fd, packet, len, MSG_NOSIGNAL) < 0)
			break;
		/* Replies pile up for a while and are dropped unread with the connection. */
	}
	connection_close(&c);
}

static void should_survive_random_messages_in_every_role(void **state)
{
	unsigned int seed = (unsigned int)loop_clock();
	struct connection c;

	print_message("seed %u\n", seed);
	for (int i = 0; i < 90; i++)
		random_session(&seed, 1 + i % 3);
	control_open(&c, &g);
	connection_close(&c);
}

static void should_explain_a_port_in_use(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sluice_portal portal = { .address = "127.0.0.1", .group = 1 };
	socklen_t len = sizeof(address);
	char why[CONNECTION_WHY], port[16];
	struct connection c;
	int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(taken, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(taken, 1), 0);
	assert_int_equal(getsockname(taken, (struct sockaddr *)&address, &len), 0);
	portal.port = ntohs(address.sin_port);
	control_open(&c, &g);
	assert_int_equal(connection_call(&c, SLUICE_OP_PORTAL_ADD, &portal, sizeof(portal), &portal,
					 sizeof(portal), why),
			 -EADDRINUSE);
	snprintf(port, sizeof(port), "%u", portal.port);
	assert_says(why, "127.0.0.1");
	assert_says(why, port);
	connection_close(&c);
	close(taken);
}

static void should_not_wait_for_a_client_that_reads_nothing(void **state)
{
	struct sluice_msg ask = { .op = SLUICE_OP_GATEWAY_INFO };
	struct connection slow, other;
	struct sluice_gateway_info info;
	char why[CONNECTION_WHY];
	int sent = 0;

	control_open(&slow, &g);
	/* More replies than it may leave unread: the gateway closes it. */
	while (sent < 100000 && send(slow.fd, &ask, sizeof(ask), MSG_NOSIGNAL) == sizeof(ask))
		sent++;
	assert_in_range(sent, 4352, 99999);
	control_open(&other, &g);
	assert_int_equal(connection_call(&other, SLUICE_OP_GATEWAY_INFO, NULL, 0, &info,
					 sizeof(info), why),
			 0);
	connection_close(&other);
	connection_close(&slow);
}

static void should_turn_clients_away_past_the_bound_and_say_so(void **state)
{
	enum { CLIENTS = 128 };
	static struct connection c[CLIENTS];
	struct connection one_more;
	char why[CONNECTION_WHY];

	for (int i = 0; i < CLIENTS; i++)
		control_open(&c[i], &g);
	assert_int_equal(connection_open(&one_more, g.socket, SLUICE_ROLE_CONTROL, "late", why),
			 -EACCES);
	assert_says(why, "128 clients are connected");
	for (int i = 0; i < CLIENTS; i++)
		connection_close(&c[i]);
}

/* Exit status 0: refused with a text that names user and remedy. */
static int as_nobody(void)
{
	struct connection c;
	char why[CONNECTION_WHY];

	if (setgroups(0, NULL) || setgid(65534) || setuid(65534))
		return 1;
	if (connection_open(&c, g.socket, SLUICE_ROLE_CONTROL, "nobody", why) != -EACCES)
		return 2;
	return strstr(why, "user 65534 may not use") && strstr(why, "add the user to group") ? 0 :
											       3;
}

static void should_refuse_a_user_outside_the_group_even_if_the_file_lets_him_in(void **state)
{
	pid_t child;
	int status;

	if (geteuid() != 0) {
		print_message("SKIPPED: needs root to become another user\n");
		skip();
	}
	assert_int_equal(chmod(g.directory, 0755), 0);
	assert_int_equal(chmod(g.socket, 0666), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(as_nobody());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void should_end_on_shutdown_and_remove_its_socket(void **state)
{
	char why[CONNECTION_WHY];
	struct connection c;

	control_open(&c, &g);
	assert_int_equal(connection_call(&c, SLUICE_OP_SHUTDOWN, NULL, 0, NULL, 0, why), 0);
	assert_closed(&c);
	/* gateway_stop() asserts the rest. */
}

int main(void)
{
#define WITH_GATEWAY(test) cmocka_unit_test_setup_teardown(test, start, stop)
	const struct CMUnitTest tests[] = {
		WITH_GATEWAY(should_answer_hello_with_version_pid_and_no_feature),
		WITH_GATEWAY(should_name_both_versions_when_they_differ),
		WITH_GATEWAY(should_refuse_a_bad_hello_field_by_field),
		WITH_GATEWAY(should_close_a_client_that_sends_no_header_and_serve_the_others),
		WITH_GATEWAY(should_refuse_oversized_unknown_and_foreign_operations),
		WITH_GATEWAY(should_be_idempotent_in_configuration),
		WITH_GATEWAY(should_refuse_bad_configuration_with_value_and_remedy),
		WITH_GATEWAY(should_explain_a_port_in_use),
		WITH_GATEWAY(should_survive_random_messages_in_every_role),
		WITH_GATEWAY(should_not_wait_for_a_client_that_reads_nothing),
		WITH_GATEWAY(should_turn_clients_away_past_the_bound_and_say_so),
		WITH_GATEWAY(should_refuse_a_user_outside_the_group_even_if_the_file_lets_him_in),
		WITH_GATEWAY(should_end_on_shutdown_and_remove_its_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
