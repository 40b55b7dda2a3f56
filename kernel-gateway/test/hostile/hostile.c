/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "hostile.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

/* What ends a life is rare enough for some thousands of attacks in one; most are in the ring and in memory. */
const struct attack attacks[] = {
	{ "wrong tag", 1600, EXPECT_DROP, attack_wrong_tag },
	{ "unused tag", 1600, EXPECT_DROP, attack_unused_tag },
	{ "stale generation", 1600, EXPECT_DROP, attack_stale_generation },
	{ "early reply", 1600, EXPECT_DROP, attack_early },
	{ "double reply", 800, EXPECT_DROP, attack_double },
	{ "double reply, later", 1600, EXPECT_DROP, attack_double_later },
	{ "silence", 2, EXPECT_END, attack_silence },
	{ "late replies", 1600, EXPECT_END, attack_late },
	{ "replies reordered", 240, EXPECT_CALM, attack_reorder },
	{ "unknown status", 240, EXPECT_END, attack_bad_status },
	{ "unknown flags", 240, EXPECT_END, attack_bad_flags },
	{ "bad sense data", 240, EXPECT_END, attack_bad_sense },
	{ "sense length beyond the area", 240, EXPECT_END, attack_long_sense },
	{ "absurd length", 240, EXPECT_END, attack_absurd_length },
	{ "producer a ring ahead", 1, EXPECT_BREAK, attack_producer_ahead },
	{ "producer goes back", 1, EXPECT_BREAK, attack_producer_back },
	{ "garbage request", 1600, EXPECT_FAULT, attack_garbage_request },
	{ "request about another's device", 1600, EXPECT_FAULT, attack_foreign_request },
	{ "unit attention", 10, EXPECT_END, attack_unit_attention },
	{ "request flood", 4, EXPECT_FAULT, attack_request_flood },
	{ "requests a ring ahead", 1, EXPECT_BREAK, attack_requests_ahead },
	{ "requests go back", 1, EXPECT_BREAK, attack_requests_back },
	{ "bytes in completion slots", 1200, EXPECT_CALM, attack_scribble_slots },
	{ "bytes in response areas", 4000, EXPECT_CALM, attack_scribble_responses },
	{ "bytes in request slots", 1200, EXPECT_CALM, attack_scribble_requests },
	{ "bytes around indices", 4000, EXPECT_CALM, attack_scribble_padding },
	{ "bytes in the pool", 4000, EXPECT_CALM, attack_scribble_pool },
	{ "consumer index", 2400, EXPECT_CALM, attack_consumer },
	{ "sleeping flag", 2400, EXPECT_CALM, attack_sleeping },
	{ "write to the read-only region", 400, EXPECT_REFUSAL, attack_write_read_only },
	{ "store to the read-only region", 1, EXPECT_REFUSAL, attack_store_read_only },
	{ "resize a region", 400, EXPECT_REFUSAL, attack_resize },
	{ "more seals", 400, EXPECT_REFUSAL, attack_unseal },
	{ "hole in the read-only region", 400, EXPECT_REFUSAL, attack_punch_gateway },
	{ "hole in the pool", 120, EXPECT_CALM, attack_punch_pool },
	{ "region unmapped", 80, EXPECT_CALM, attack_unmap },
	{ "eventfd flood", 120, EXPECT_CALM, attack_bell_flood },
	{ "eventfd read", 400, EXPECT_CALM, attack_bell_steal },
	{ "eventfd full", 200, EXPECT_CALM, attack_bell_full },
	{ "eventfd full and blocking", 20, EXPECT_CALM, attack_bell_blocking },
	{ "spoiled message", 80, EXPECT_REFUSAL, attack_refused_message },
	{ "spoiled message of a session", 80, EXPECT_REFUSAL, attack_refused_session_message },
	{ "random message", 120, EXPECT_CALM, attack_random_message },
	{ "message without a header", 5, EXPECT_REFUSAL, attack_short_message },
	{ "dialogue left half-way", 8, EXPECT_CALM, attack_half_way },
	{ "device removed with commands out", 4, EXPECT_CALM, attack_remove_device },
	{ "quiesced, and on with it", 1, EXPECT_CALM, attack_quiesce },
	{ "closed with commands out", 1, EXPECT_CALM, attack_close },
	{ "child keeps the mappings", 1, EXPECT_CALM, attack_child_keeps_mappings },
	{ "child keeps the socket", 1, EXPECT_CALM, attack_child_keeps_socket },
	{ "killed", 1, EXPECT_CALM, attack_killed },
	/* Thousands of messages each: the rarest. */
	{ "replies left unread", 1, EXPECT_REFUSAL, attack_unread_replies },
};
const uint32_t n_attacks = sizeof(attacks) / sizeof(attacks[0]);

_Static_assert(sizeof(attacks) / sizeof(attacks[0]) <= ATTACKS_MAX,
	       "hostile_report counts them all");

uint64_t hostile_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

bool hostile_fail(struct hostile *x, const char *format, ...)
{
	va_list args;

	if (hostile_failed(x))
		return false;
	va_start(args, format);
	vsnprintf(x->report->failure, sizeof(x->report->failure), format, args);
	va_end(args);
	return false;
}

bool hostile_failed(const struct hostile *x)
{
	return x->report->failure[0];
}

static uint32_t choose(struct random *r)
{
	uint32_t total = 0, at;

	for (uint32_t i = 0; i < n_attacks; i++)
		total += attacks[i].weight;
	at = random_below(r, total);
	for (uint32_t i = 0;; i++) {
		if (at < attacks[i].weight)
			return i;
		at -= attacks[i].weight;
	}
}

static struct decision decide(struct hostile *x)
{
	struct decision d = { .attack = choose(&x->random) };
	struct hostile_report *r = x->report;

	d.a = random_u64(&x->random);
	d.b = random_u64(&x->random);
	d.c = random_u64(&x->random);
	/* As many as are asked for, whatever number of them finds something to do. */
	if (r->decisions++ < x->options->operations)
		r->digest = (r->digest ^ (d.attack + d.a + d.b + d.c)) * 0x100000001b3ull;
	return d;
}

/* What a handler does besides: takes commands, answers some as it should. */
static void serve(struct hostile *x)
{
	uint64_t how = random_u64(&x->random);
	struct held *held;
	uint32_t q;

	for (q = 0; q < x->h.queues; q++)
		queue_look(x, q);
	requests_look(x);
	if (how % x->sloth == 0 && (held = queue_pick(x, how >> 8, &q)))
		queue_answer(x, q, held, how >> 16);
}

static void attack(struct hostile *x)
{
	struct decision d = decide(x);

	if (!attacks[d.attack].run(x, &d))
		return;
	x->report->performed[d.attack]++;
	atomic_fetch_add_explicit(&x->report->operations, 1, memory_order_relaxed);
}

static void live(struct hostile *x)
{
	while (!x->over && !hostile_failed(x) && x->left--) {
		serve(x);
		attack(x);
		if (x->over || x->left % 64)
			continue;
		if (!handler_alive(&x->h))
			hostile_fail(x, "the session ended though nothing broke it");
		/* Children that kept the mappings. */
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

void hostile_run(const struct hostile_options *options, struct hostile_report *report)
{
	struct hostile x = { .options = options,
			     .report = report,
			     .random = { options->seed },
			     .loose = { .fd = -1 } };

	signal(SIGPIPE, SIG_IGN);
	while (!hostile_failed(&x) && report->operations < options->operations) {
		if (life_begin(&x))
			live(&x);
		life_end(&x);
	}
	connection_close(&x.loose);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}
