/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The memory that the rig shares with a scripted handler's process: the script, the
 * devices with their media, and what the handler has seen. It is the rig's, so all
 * of it outlives a process that is killed, and the next process goes on with it.
 */
#ifndef SLUICE_RIG_HANDLER_STAGE_H
#define SLUICE_RIG_HANDLER_STAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "script.h"

#define STAGE_DEVICES	 16u
#define STAGE_RULES	 256u
#define STAGE_SIGHTINGS	 8192u
#define STAGE_CDB	 32u
#define STAGE_RECORD	 65536u
#define STAGE_MEDIA	 (128ull << 20)	/* of all devices; memory only as far as it is written */
#define STAGE_WHY	 384

enum stage_state {
	STAGE_STARTING,
	STAGE_SERVING,
	STAGE_FAILED,		/* `why` says why */
};

struct stage_device {
	struct sluice_device_add profile;
	uint64_t media_off, blocks;
	uint32_t block_bytes;
	uint32_t record_bytes;		/* of its reservations, as the gateway had it stored; 0: none */
	uint8_t record[STAGE_RECORD];
	bool removed;			/* a process that starts does not add it */
	_Atomic uint32_t id;		/* the gateway's; 0: not added by this process */
};

/* A command, or an event of the admin ring, in the order in which they came. */
struct stage_sighting {
	_Atomic bool filled;
	bool is_event;
	uint32_t process;		/* counts the handler's processes, from 1 */
	int32_t device;			/* place in the list, -1: none */
	/* a command */
	uint64_t sequence;
	uint32_t expected_len, data_out_len, buf_len;
	uint16_t cdb_len, flags;
	uint8_t attribute, direction;
	uint8_t cdb[STAGE_CDB];
	/* an event */
	uint32_t type, function;
	/* both */
	uint32_t nexus;
};

/* What the rig asks of the process; one at a time. */
enum stage_mail {
	STAGE_MAIL_DEVICE_ADD,		/* `device` */
	STAGE_MAIL_DEVICE_REMOVE,
	STAGE_MAIL_ORDER,		/* `action`, about `device` (or -1) */
	STAGE_MAIL_RELEASE,		/* answer what was held */
	STAGE_MAIL_QUIESCE,
	STAGE_MAIL_SEEN,		/* answered when all that is in the rings has been noted */
	STAGE_MAIL_END,
};

struct stage {
	/* Set by the rig before the process starts. */
	struct sluice_session_open session;

	_Atomic uint32_t state;		/* enum stage_state; a futex of the rig */
	char why[STAGE_WHY];
	uint32_t process;		/* the present one */

	struct stage_device devices[STAGE_DEVICES];
	_Atomic uint32_t n_devices;
	uint64_t media_used;

	/* The newest rule that matches is the one. */
	struct script_rule rules[STAGE_RULES];
	uint32_t hits[STAGE_RULES];	/* the handler's */
	_Atomic uint32_t first_rule, n_rules;

	_Atomic uint32_t mail_serial;	/* a futex of the handler: the rig has asked */
	_Atomic uint32_t mail_done;	/* a futex of the rig: up to this it has been answered */
	uint32_t mail;			/* enum stage_mail */
	int32_t mail_device;
	struct script_action mail_action;
	int32_t mail_result;		/* 0 or -errno with mail_why */
	char mail_why[STAGE_WHY];

	_Atomic uint32_t releases;	/* counts STAGE_MAIL_RELEASE */
	_Atomic bool deaf, blind;

	_Atomic uint32_t n_sightings;
	struct stage_sighting sightings[STAGE_SIGHTINGS];

	_Alignas(4096) uint8_t media[];
};

/* 0 or -errno with `why`. */
int stage_create(struct stage **out, char why[STAGE_WHY]);
void stage_destroy(struct stage *s);
/* A place with media for the device; -1 with `why`: no room. */
int stage_device_new(struct stage *s, uint64_t bytes, uint32_t block_bytes, char why[STAGE_WHY]);
/* False: no room. */
bool stage_rule_add(struct stage *s, const struct script_rule *rule);

/* Waits until *word is not `seen` any more; false when the time is over. Both processes. */
bool stage_wait(_Atomic uint32_t *word, uint32_t seen, uint64_t bound_ns);
void stage_wake(_Atomic uint32_t *word);

#endif /* SLUICE_RIG_HANDLER_STAGE_H */
