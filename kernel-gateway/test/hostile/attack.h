/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The classes of attack: what each is called, how often it is chosen, what must come of it. */
#ifndef SLUICE_TEST_HOSTILE_ATTACK_H
#define SLUICE_TEST_HOSTILE_ATTACK_H

#include <stdbool.h>
#include <stdint.h>

struct hostile;

enum expectation {
	EXPECT_DROP,	/* the gateway counts a dropped completion for each that it took */
	EXPECT_FAULT,	/* the gateway counts a fault for each that it took */
	EXPECT_BREAK,	/* the session is broken, within a bound, and the connection closed */
	EXPECT_REFUSAL, /* the system or the gateway refuses at once, with the error that is due */
	EXPECT_END,	/* an initiator gets a result that says so (victim_load.h) */
	EXPECT_CALM,	/* nothing: the session goes on, or a new one starts as if nothing had been */
};

/* Everything that an attack decides: drawn before it looks at anything, so that a seed means one sequence. */
struct decision {
	uint32_t attack;
	uint64_t a, b, c;
};

struct attack {
	const char *name;
	uint32_t weight;
	enum expectation expectation;
	/* False: there was nothing to do it with (no command, no room); it does not count. */
	bool (*run)(struct hostile *x, const struct decision *d);
};

#define ATTACKS_MAX 64U

extern const struct attack attacks[];
extern const uint32_t n_attacks;

/* completion_attack.c */
bool attack_wrong_tag(struct hostile *x, const struct decision *d);
bool attack_unused_tag(struct hostile *x, const struct decision *d);
bool attack_stale_generation(struct hostile *x, const struct decision *d);
bool attack_early(struct hostile *x, const struct decision *d);
bool attack_double(struct hostile *x, const struct decision *d);
bool attack_double_later(struct hostile *x, const struct decision *d);
bool attack_silence(struct hostile *x, const struct decision *d);
bool attack_late(struct hostile *x, const struct decision *d);
bool attack_bad_status(struct hostile *x, const struct decision *d);
bool attack_bad_flags(struct hostile *x, const struct decision *d);
bool attack_bad_sense(struct hostile *x, const struct decision *d);
bool attack_long_sense(struct hostile *x, const struct decision *d);
bool attack_absurd_length(struct hostile *x, const struct decision *d);
bool attack_reorder(struct hostile *x, const struct decision *d);
bool attack_producer_ahead(struct hostile *x, const struct decision *d);
bool attack_producer_back(struct hostile *x, const struct decision *d);

/* request_attack.c */
bool attack_garbage_request(struct hostile *x, const struct decision *d);
bool attack_foreign_request(struct hostile *x, const struct decision *d);
bool attack_unit_attention(struct hostile *x, const struct decision *d);
bool attack_request_flood(struct hostile *x, const struct decision *d);
bool attack_requests_ahead(struct hostile *x, const struct decision *d);
bool attack_requests_back(struct hostile *x, const struct decision *d);

/* memory_attack.c */
bool attack_scribble_slots(struct hostile *x, const struct decision *d);
bool attack_scribble_responses(struct hostile *x, const struct decision *d);
bool attack_scribble_requests(struct hostile *x, const struct decision *d);
bool attack_scribble_padding(struct hostile *x, const struct decision *d);
bool attack_scribble_pool(struct hostile *x, const struct decision *d);
bool attack_consumer(struct hostile *x, const struct decision *d);
bool attack_sleeping(struct hostile *x, const struct decision *d);
bool attack_write_read_only(struct hostile *x, const struct decision *d);
bool attack_store_read_only(struct hostile *x, const struct decision *d);
bool attack_resize(struct hostile *x, const struct decision *d);
bool attack_unseal(struct hostile *x, const struct decision *d);
bool attack_punch_gateway(struct hostile *x, const struct decision *d);
bool attack_punch_pool(struct hostile *x, const struct decision *d);
bool attack_unmap(struct hostile *x, const struct decision *d);

/* bell_attack.c */
bool attack_bell_flood(struct hostile *x, const struct decision *d);
bool attack_bell_steal(struct hostile *x, const struct decision *d);
bool attack_bell_full(struct hostile *x, const struct decision *d);
bool attack_bell_blocking(struct hostile *x, const struct decision *d);

/* message_attack.c */
bool attack_refused_message(struct hostile *x, const struct decision *d);
bool attack_refused_session_message(struct hostile *x, const struct decision *d);
bool attack_random_message(struct hostile *x, const struct decision *d);
bool attack_short_message(struct hostile *x, const struct decision *d);
bool attack_half_way(struct hostile *x, const struct decision *d);
bool attack_unread_replies(struct hostile *x, const struct decision *d);

/* life.c: the end of this life, in several ways */
bool attack_remove_device(struct hostile *x, const struct decision *d);
bool attack_quiesce(struct hostile *x, const struct decision *d);
bool attack_close(struct hostile *x, const struct decision *d);
bool attack_child_keeps_mappings(struct hostile *x, const struct decision *d);
bool attack_child_keeps_socket(struct hostile *x, const struct decision *d);
bool attack_killed(struct hostile *x, const struct decision *d);

#endif /* SLUICE_TEST_HOSTILE_ATTACK_H */
