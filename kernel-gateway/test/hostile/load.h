/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Two loads from rig nexuses, a thread each. The verified one goes to a device that
 * behaves, and checks every byte, every status, every delay. The other one goes to the
 * hostile handler's devices: it takes any result, but it must come within the bound, be
 * one that can be, and bring no byte more than was reported.
 */
#ifndef SLUICE_TEST_HOSTILE_LOAD_H
#define SLUICE_TEST_HOSTILE_LOAD_H

#include <pthread.h>
#include <stdbool.h>

#include "random.h"
#include "rig/rig_client.h"

#define LOAD_SLOTS	16U		/* commands at once */
#define LOAD_SLOT_BYTES (64u << 10)	/* the most that one transfers */

struct load_slot {
	bool live;
	uint32_t id;			/* the task tag; in the CDB's bytes 2 to 5, too, if it is for the liar */
	uint32_t len;			/* expected transfer length */
	uint8_t direction;
	uint64_t sent_ns;
	/* The verified load: what the blocks of this slot hold. */
	uint32_t lba, version;
	bool written;
};

struct load {
	const char *socket, *target, *initiator;
	uint32_t lun, n_luns;		/* lun .. lun + n_luns - 1 */
	uint32_t first_block;		/* the verified load's own blocks begin there */
	uint64_t bound_ns;		/* a command's end comes within this */
	struct random random;
	_Atomic bool stop;
	pthread_t thread;

	struct rig_client rig;
	uint32_t nexus, next_id, live;
	struct load_slot slots[LOAD_SLOTS];
	uint32_t functions;		/* task management under way */
	struct message reply;		/* the last one to anything but a command or a function */
	bool replied;

	uint64_t commands, longest_ns;
	uint64_t ends[16];		/* enum load_end */
	char failure[256];
};

/* What became of the commands of the unverified load. */
enum load_end {
	END_GOOD,
	END_TOLD,			/* the data said how much of it there is, and so it was */
	END_OVERFLOW,
	END_UNDERFLOW,
	END_OTHER_STATUS,
	END_UNIT_ATTENTION,
	END_HANDLER_FAULT,		/* HARDWARE ERROR 44/00 */
	END_LONG_SENSE,			/* all 252 bytes of it */
	END_TIMEOUT,			/* ABORTED COMMAND 2E/xx */
	END_HANDLER_GONE,		/* ABORTED COMMAND 08/00, NOT READY 04/xx */
	END_OTHER_CHECK,
	END_ABORTED,
	END_FUNCTION,			/* task management that ended */
	END_KINDS,
};

extern const char *const load_end_names[END_KINDS];

/* load.c */
void load_fail(struct load *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
void load_open(struct load *l);
uint8_t *load_data(struct load *l, const struct load_slot *s);
/* Sends slot `s` as a command; cdb[2..5] become its id if `stamp`. */
void load_send(struct load *l, struct load_slot *s, struct sluice_rig_command *c);
/* Takes one reply, waiting 10 ms at most; NULL, or the slot that ended with *result. Checks what all loads owe. */
struct load_slot *load_receive(struct load *l, struct sluice_rig_result *result);
void load_close(struct load *l);

/* Each a thread's main; arg is the load. */
void *verified_load(void *arg);
void *victim_load(void *arg);

#endif /* SLUICE_TEST_HOSTILE_LOAD_H */
