/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A real gateway between a handler that lies (hostile.h) and one that does not, each a
 * process of its own, with loads on the devices of both. Nothing that the liar does may
 * cost the other one's initiators a byte, an error or a bound; its own initiators get an
 * answer to every command; and what it did must show in the gateway's counters.
 *
 *	HOSTILE_OPS=N	so many attacks (30000)
 *	SEED=N		the same attacks in the same order
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hostile.h"
#include "load.h"
#include "test/host/fixture.h"
#include "test/host/program.h"

#define SECOND	     1000000000ull
#define TIMEOUT_NS   (SECOND / 20) /* of the hostile handler's devices */
/* What the good handler may take at most, on a machine that does other things, under a sanitizer. */
#define GOOD_BOUND   (15 * SECOND)
#define GRACE_NS     (SECOND / 5)
/*
 * Four stages of the device's timeout each and a grace, for as many handlers as may have had it
 * (takeover.c), the abort bound, and the same allowance.
 */
#define VICTIM_BOUND (5 * (4 * TIMEOUT_NS + GRACE_NS) + 5 * SECOND + GOOD_BOUND)
#define LOADS	     2
/* Among so many attacks every class has had its turn, whatever the seed. */
#define ALL_CLASSES  1000000u

static char directory[64];
static struct gateway gateway; /* only its socket: the gateway is a process */
static struct program sluiced, cdisk;
static struct hostile_report *report;
static struct load good[LOADS], victims[LOADS];

static uint64_t number(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

/* ---- The stage --------------------------------------------------------------------------------- */

static uint32_t wait_for_device(const char *name)
{
	struct sluice_device_info info;

	for (int i = 0; i < 500; i++) {
		device_info(&gateway, name, &info);
		if (info.state == SLUICE_DEVICE_SERVED)
			return info.device;
		usleep(20000);
	}
	fail_msg("%s is not served", name);
	return 0;
}

static uint32_t set_up(void)
{
	char *const gateway_argv[] = { "sluiced", "--socket",	 gateway.socket, "--loops",
				       "2",	  "--log-level", "error",	 NULL };
	char *const handler_argv[] = { "sluice-cdisk", "--socket", gateway.socket, "--queues", "2",
				       "good=4M",      NULL };

	program_directory(directory, gateway.socket);
	program_start(&sluiced, gateway_argv, false);
	program_wait_until_ready(gateway.socket);
	map_lun(&gateway, 0, "good");
	for (uint32_t i = 0; i < HOSTILE_DEVICES; i++)
		map_lun(&gateway, 1 + i, hostile_device_names[i]);
	program_start(&cdisk, handler_argv, true);
	return wait_for_device("good");
}

static void gateway_info(struct sluice_gateway_info *info)
{
	struct connection c;
	char why[CONNECTION_WHY];

	control_open(&c, &gateway);
	if (connection_call(&c, SLUICE_OP_GATEWAY_INFO, NULL, 0, info, sizeof(*info), why))
		fail_msg("%s", why);
	connection_close(&c);
}

/* In order, with nothing left: a sanitizer's report, of leaks as well, would be another exit status. */
static void tear_down(void)
{
	char text[4096];

	kill(cdisk.pid, SIGTERM);
	assert_int_equal(program_finish(&cdisk, text, sizeof(text)), 0);
	kill(sluiced.pid, SIGTERM);
	assert_int_equal(program_finish(&sluiced, NULL, 0), 0);
	program_remove_directory(directory, gateway.socket);
}

static pid_t start_hostile(const struct hostile_options *options)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	pid_t child;

	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	assert_ptr_not_equal(report, MAP_FAILED);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		/* The runner's handlers would go on with the next test, in this process, too. */
		for (uint32_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
			signal(fatal[i], SIG_DFL);
		hostile_run(options, report);
		_exit(0);
	}
	assert_true(child > 0);
	return child;
}

static void start_load(struct load *l, void *(*run)(void *), uint32_t index, uint64_t seed)
{
	static const char *const initiators[] = {
		"iqn.2026-11.io.sluice:good-a,i,0x1",
		"iqn.2026-11.io.sluice:good-b,i,0x2",
		"iqn.2026-11.io.sluice:victim-a,i,0x3",
		"iqn.2026-11.io.sluice:victim-b,i,0x4",
	};
	bool victim = run == victim_load;

	memset(l, 0, sizeof(*l));
	l->socket = gateway.socket;
	l->target = TEST_TARGET;
	l->initiator = initiators[index + (victim ? LOADS : 0)];
	l->lun = victim ? 1 : 0;
	l->n_luns = victim ? HOSTILE_DEVICES : 1;
	l->bound_ns = victim ? VICTIM_BOUND : GOOD_BOUND;
	l->random.state = seed + index;
	/* Unique over both: what an old buffer says about one says nothing about another. */
	l->next_id = 1 + (index << 28);
	/* The good ones share a disk: each has its own blocks. */
	l->first_block = index * LOAD_SLOTS * (LOAD_SLOT_BYTES / 512);
	assert_int_equal(pthread_create(&l->thread, NULL, run, l), 0);
}

/* ---- Verdicts --------------------------------------------------------------------------------- */

static void stop_load(struct load *l, const char *name)
{
	l->stop = true;
	pthread_join(l->thread, NULL);
	print_message("%s: %llu commands, the longest %.1f ms\n", name,
		      (unsigned long long)l->commands, (double)l->longest_ns / 1e6);
	if (l->failure[0])
		fail_msg("%s: %s", name, l->failure);
}

static bool failed_early(pid_t child)
{
	bool failed = report->failure[0];

	for (int i = 0; i < LOADS; i++)
		failed |= good[i].failure[0] || victims[i].failure[0];
	return failed || kill(sluiced.pid, 0) || kill(child, 0);
}

/* Until it is done; a load that fails ends it as well. */
static void await_hostile(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (failed_early(child))
			kill(child, SIGKILL);
		usleep(20000);
	}
	if (report->failure[0])
		fail_msg("hostile handler: %s", report->failure);
	for (int i = 0; i < LOADS; i++) {
		if (good[i].failure[0] || victims[i].failure[0])
			return;
	}
	assert_int_equal(status, 0);
}

static void print_report(const struct sluice_gateway_info *info)
{
	print_message("%llu attacks in %llu lives, %llu commands, digest %016llx\n",
		      (unsigned long long)report->operations, (unsigned long long)report->lives,
		      (unsigned long long)report->commands, (unsigned long long)report->digest);
	for (uint32_t i = 0; i < n_attacks; i++)
		print_message("  %-36s %llu\n", attacks[i].name,
			      (unsigned long long)report->performed[i]);
	print_message("gateway: %llu dropped (at least %llu due), %llu faults (%llu), "
		      "%llu broken sessions (%llu)\n",
		      (unsigned long long)info->dropped_completions,
		      (unsigned long long)report->drops, (unsigned long long)info->handler_faults,
		      (unsigned long long)report->faults, (unsigned long long)info->broken_sessions,
		      (unsigned long long)report->breaks);
}

static uint64_t performed(enum expectation expectation)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < n_attacks; i++)
		sum += attacks[i].expectation == expectation ? report->performed[i] : 0;
	return sum;
}

/* What was certain to be dropped, refused or broken was counted as that, and nothing broke without a reason. */
static void check_counters(const struct sluice_gateway_info *info)
{
	uint64_t told_faults = report->faults;

	for (int i = 0; i < LOADS; i++)
		told_faults += victims[i].ends[END_HANDLER_FAULT];
	assert_true(report->drops > 0 && report->faults > 0);
	assert_true(info->dropped_completions >= report->drops);
	assert_true(info->handler_faults >= told_faults);
	assert_int_equal(report->breaks, performed(EXPECT_BREAK));
	assert_in_range(info->broken_sessions, report->breaks,
			report->breaks + report->unruly_children);
}

/* With so many attacks each kind of them was done, and every kind of end came to the initiators. */
static void check_ends(bool every_kind)
{
	for (int kind = 0; kind < END_KINDS; kind++) {
		uint64_t n = 0;

		for (int i = 0; i < LOADS; i++)
			n += victims[i].ends[kind];
		print_message("  %-36s %llu\n", load_end_names[kind], (unsigned long long)n);
		if (n == 0 && every_kind)
			fail_msg("no victim's command ended so: %s", load_end_names[kind]);
	}
}

static void check_nothing_is_left(void)
{
	struct sluice_gateway_info info;
	struct sluice_device_info device;

	for (int i = 0; i < 500; i++) {
		gateway_info(&info);
		/* Only the good handler, and nobody's nexus. */
		if (info.sessions == 1 && info.nexuses == 0)
			break;
		usleep(20000);
	}
	assert_int_equal(info.sessions, 1);
	assert_int_equal(info.nexuses, 0);
	for (uint32_t i = 0; i < HOSTILE_DEVICES; i++) {
		/* Past the last life's grace. */
		for (int k = 0; k < 500; k++) {
			device_info(&gateway, hostile_device_names[i], &device);
			if (device.state == SLUICE_DEVICE_ORPHANED)
				break;
			usleep(20000);
		}
		assert_int_equal(device.live, 0);
		assert_int_equal(device.kept, 0);
		assert_int_equal(device.quarantined, 0);
		assert_int_equal(device.state, SLUICE_DEVICE_ORPHANED);
		assert_true(device.commands > 0);
	}
}

/* No load: what is decided does not hang on what happens. */
static void should_decide_the_same_again_for_the_same_seed(void **state)
{
	struct hostile_options options = { .socket = gateway.socket,
					   .seed = 42,
					   .operations = 3000,
					   .timeout_ns = TIMEOUT_NS,
					   .grace_ns = GRACE_NS,
					   .foreign_name = "good" };
	uint64_t digest = 0;

	options.foreign_device = set_up();
	for (int round = 0; round < 2; round++) {
		await_hostile(start_hostile(&options));
		assert_in_range(report->decisions, options.operations, UINT32_MAX);
		if (round)
			assert_true(report->digest == digest);
		digest = report->digest;
		munmap(report, sizeof(*report));
	}
	tear_down();
}

static void should_bear_whatever_a_handler_does_and_spare_the_others(void **state)
{
	uint64_t seed = number("SEED", hostile_clock()), n = number("HOSTILE_OPS", 30000);
	struct hostile_options options = { .socket = gateway.socket,
					   .seed = seed,
					   .operations = n,
					   .timeout_ns = TIMEOUT_NS,
					   .grace_ns = GRACE_NS,
					   .foreign_name = "good" };
	struct sluice_gateway_info info;
	pid_t child;

	print_message("SEED=%llu HOSTILE_OPS=%llu\n", (unsigned long long)seed,
		      (unsigned long long)n);
	options.foreign_device = set_up();
	child = start_hostile(&options);
	for (uint32_t i = 0; i < LOADS; i++) {
		start_load(&good[i], verified_load, i, seed);
		start_load(&victims[i], victim_load, i, seed);
	}
	await_hostile(child);
	for (int i = 0; i < LOADS; i++) {
		stop_load(&good[i], "verified load");
		stop_load(&victims[i], "victim");
		assert_true(good[i].commands > 100);
	}
	gateway_info(&info);
	print_report(&info);
	check_ends(n >= ALL_CLASSES);
	check_counters(&info);
	for (uint32_t i = 0; n >= ALL_CLASSES && i < n_attacks; i++) {
		if (report->performed[i] == 0)
			fail_msg("never done: %s", attacks[i].name);
	}
	check_nothing_is_left();
	munmap(report, sizeof(*report));
	tear_down();
}

/* After a failure they would stay. */
static int kill_programs(void **state)
{
	if (cdisk.pid > 0)
		kill(cdisk.pid, SIGKILL);
	if (sluiced.pid > 0)
		kill(sluiced.pid, SIGKILL);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(should_decide_the_same_again_for_the_same_seed,
					  kill_programs),
		cmocka_unit_test_teardown(should_bear_whatever_a_handler_does_and_spare_the_others,
					  kill_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
