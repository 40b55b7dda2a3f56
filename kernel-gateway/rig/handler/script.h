/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a scripted handler does with the commands that it gets: rules of a match and
 * an action. Plain data without pointers, for it lies in memory that the rig and its
 * handler processes share.
 */
#ifndef SLUICE_RIG_HANDLER_SCRIPT_H
#define SLUICE_RIG_HANDLER_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "rig/scsi/command_table.h"
#include "sluice/abi.h"

#define SCRIPT_FIELDS 4
#define SCRIPT_DATA   512

/* Commands: of an operation code (-1: any), with such values in their CDBs. */
struct script_match {
	int32_t opcode;
	uint32_t n_fields;
	struct {
		uint16_t byte;
		uint8_t shift, bits;
		uint64_t value;
	} fields[SCRIPT_FIELDS];
};

bool script_match_add(struct script_match *m, const struct cdb_field *field, uint64_t value);
bool script_matches(const struct script_match *m, const uint8_t *cdb, uint32_t cdb_len);

enum script_reply {
	SCRIPT_SERVE,		/* as the RAM disk does */
	SCRIPT_REPLY,		/* `status`, `sense`, `data`: the RAM disk is not asked */
	SCRIPT_HOLD,		/* kept until it is released */
};

/* What the answer has, whatever it was before. */
enum script_set {
	SCRIPT_SET_STATUS	= 1 << 0,
	SCRIPT_SET_SENSE	= 1 << 1,	/* `sense` */
	SCRIPT_SET_SENSE_LEN	= 1 << 2,
	SCRIPT_SET_DATA_LEN	= 1 << 3,
	SCRIPT_SET_DATA		= 1 << 4,	/* `data` to the start of the buffer */
	SCRIPT_SET_FLAGS	= 1 << 5,
	SCRIPT_SET_TAG		= 1 << 6,
	SCRIPT_SET_GENERATION	= 1 << 7,	/* the right one plus `generation` */
};

enum script_deed {
	SCRIPT_TWICE		= 1 << 0,	/* the same completion again, in the same batch */
	SCRIPT_CRASH_BEFORE	= 1 << 1,	/* the process dies and has not replied */
	SCRIPT_CRASH_AFTER	= 1 << 2,
	SCRIPT_RAISE		= 1 << 3,	/* a Unit Attention before the reply */
	SCRIPT_CONTROL_MODE	= 1 << 4,
	SCRIPT_BREAK_QUEUE	= 1 << 5,	/* the completion index more than a ring ahead */
	SCRIPT_BREAK_ADMIN	= 1 << 6,
	SCRIPT_BAD_REQUEST	= 1 << 7,	/* on the admin ring, before the reply */
	SCRIPT_DOORBELL		= 1 << 8,	/* writes to every eventfd for nothing */
	SCRIPT_DEAF		= 1 << 9,	/* takes no events from the admin ring any more */
	SCRIPT_HEAR		= 1 << 10,	/* takes them again */
	SCRIPT_BLIND		= 1 << 11,	/* takes no commands from the ring any more: they stay unseen */
	SCRIPT_LOOK		= 1 << 12,	/* takes them again */
	SCRIPT_AGAIN		= 1 << 13,	/* the same completion again, when the gateway has taken the first */
	SCRIPT_UNRUNG		= 1 << 14,	/* requests without a doorbell: the gateway is to look by itself */
};

enum script_bad_request {
	SCRIPT_BAD_TYPE,
	SCRIPT_BAD_RESERVED,
	SCRIPT_BAD_DEVICE,
	SCRIPT_BAD_SCOPE,
	SCRIPT_BAD_MODE,
};

struct script_action {
	uint32_t reply;			/* enum script_reply */
	uint32_t set;			/* enum script_set */
	uint32_t deeds;			/* enum script_deed */
	uint64_t delay_ns;
	uint8_t status, flags;
	uint16_t sense_len;
	uint32_t sense_bytes;		/* of `sense` */
	uint8_t sense[SLUICE_SENSE_MAX];
	uint32_t data_len;
	uint32_t tag;
	int32_t generation;
	uint32_t data_bytes;
	uint8_t data[SCRIPT_DATA];
	uint8_t scope, asc, ascq;	/* of the Unit Attention */
	uint32_t nexus;			/* the gateway's identifier; 0: the command's */
	uint32_t foreign_device;	/* the gateway's identifier of a device that is another handler's; 0: no */
	uint32_t control_mode;
	uint32_t bad_request;		/* enum script_bad_request */
};

struct script_rule {
	struct script_match match;
	int32_t device;			/* place in the stage's list, -1: any */
	uint32_t skip;			/* so many matches go by first */
	uint32_t times;			/* it then applies to so many; 0: to all */
	struct script_action action;
};

#endif /* SLUICE_RIG_HANDLER_SCRIPT_H */
