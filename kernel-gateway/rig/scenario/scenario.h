/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A scenario file as the parser leaves it: statements in the order of their lines.
 * Everything that can be wrong without a gateway has been found then. Nothing here
 * knows how a gateway is reached or where handlers run.
 */
#ifndef SLUICE_RIG_SCENARIO_SCENARIO_H
#define SLUICE_RIG_SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "rig/handler/script.h"
#include "sluice/abi.h"
#include "value.h"

enum statement_kind {
	STATEMENT_HANDLER,	/* handler h [real CONFIG] ... */
	STATEMENT_DEVICE,	/* device disk on h ... */
	STATEMENT_REMOVE,	/* remove disk */
	STATEMENT_TARGET,	/* target t */
	STATEMENT_GROUP,	/* group g ... */
	STATEMENT_MAP,		/* map lun 0 to disk ... */
	STATEMENT_UNMAP,	/* unmap lun 0 ... */
	STATEMENT_ACCESS,	/* access 2 standby device=disk ... */
	STATEMENT_NEXUS,	/* nexus a ... */
	STATEMENT_CLOSE,	/* close a */
	STATEMENT_DROP,		/* drop a */
	STATEMENT_REOPEN,	/* reopen a */
	STATEMENT_READY,	/* ready a/0 */
	STATEMENT_SEND,		/* a/0: read10 ... */
	STATEMENT_FUNCTION,	/* a/0: lun-reset ... */
	STATEMENT_WHEN,		/* when h gets read10: ... */
	STATEMENT_FORGET,	/* forget h */
	STATEMENT_RELEASE,	/* release h */
	STATEMENT_ORDER,	/* h: raise ..., h: break ... */
	STATEMENT_PROCESS,	/* kill h, stop h, ... */
	STATEMENT_TIME,		/* time +30s */
	STATEMENT_PAUSE,	/* pause 50ms */
	STATEMENT_LIMIT,	/* limit 60s */
	STATEMENT_WAIT,		/* wait w1 */
	STATEMENT_EXPECT_END,	/* expect [w1] good ... */
	STATEMENT_EXPECT_ORDER,	/* expect order w1 w2 */
	STATEMENT_EXPECT_PENDING, /* expect pending w1 */
	STATEMENT_EXPECT_SAW,	/* expect h saw ... */
	STATEMENT_EXPECT_HEARD,	/* expect h heard ... */
	STATEMENT_EXPECT_INFO,	/* expect device disk ..., expect gateway ..., expect nexus a ... */
};

enum process_verb { PROCESS_KILL, PROCESS_STOP, PROCESS_CONTINUE, PROCESS_RESTART, PROCESS_QUIESCE, PROCESS_END };

struct handler_spec {
	const char *config;		/* of the real handler; NULL: a scripted one */
	uint32_t queues, depth;
	uint64_t pool_bytes;
	uint64_t grace_ns;		/* 0: the gateway's default */
};

struct device_spec {
	const char *handler;
	uint64_t bytes;
	uint32_t block_bytes;
	struct sluice_device_add profile;	/* but for its name */
};

struct lun_spec {
	uint32_t lun;
	const char *device, *group, *target;	/* NULL: the scenario's own target, group "default" */
	uint32_t flags;			/* SLUICE_LUN_* */
};

struct access_spec {
	const char *device;
	uint16_t group;
	uint8_t state, flags;		/* enum sluice_access, SLUICE_ACCESS_* */
};

struct nexus_spec {
	const char *initiator;		/* initiator port name; NULL: made from the nexus's name */
	const char *target;
	uint16_t group;			/* portal group of its target port */
};

/* Where a command or function goes. */
struct address {
	const char *nexus;
	uint8_t lun[8];
};

struct send_spec {
	struct address to;
	uint8_t cdb[SLUICE_CDB_MAX];
	uint16_t cdb_len;
	uint8_t attribute, direction;
	bool has_expected;
	uint32_t expected;		/* bytes that the initiator says it expects */
	uint32_t length;		/* bytes of data that the CDB asks for */
	struct data_spec data;		/* Data-Out */
	uint32_t times;
	const char *name;		/* in the background; NULL: waited for */
};

struct function_spec {
	struct address to;
	uint32_t function;		/* enum sluice_tmf */
	const char *task;		/* of abort-task, query-task: a command's name, or */
	uint64_t task_tag;
	const char *name;
};

struct when_spec {
	const char *handler;
	const char *device;		/* NULL: any of its devices */
	const char *nexus;		/* of a Unit Attention for one, or all but one; NULL: the command's */
	struct script_rule rule;
};

struct order_spec {
	const char *handler, *device, *nexus;
	struct script_action action;
};

enum end_check {
	CHECK_STATUS	= 1 << 0,
	CHECK_KEY	= 1 << 1,
	CHECK_CODE	= 1 << 2,
	CHECK_FIELD	= 1 << 3,
	CHECK_FORMAT	= 1 << 4,
	CHECK_DATA	= 1 << 5,
	CHECK_LENGTH	= 1 << 6,
	CHECK_RESIDUAL	= 1 << 7,
	CHECK_SILENCE	= 1 << 8,
	CHECK_WITHIN	= 1 << 9,
	CHECK_AFTER	= 1 << 10,
	CHECK_RESPONSE	= 1 << 11,
	CHECK_SENSE_LEN	= 1 << 12,
	CHECK_INFORMATION = 1 << 13,
};

struct end_spec {
	const char *name;		/* NULL: the last one that was waited for */
	bool each;			/* of a command sent several times */
	uint32_t checks;		/* enum end_check */
	uint8_t status, key;
	uint16_t code;
	bool no_field, field_in_cdb;
	uint16_t field_byte;
	int field_bit;			/* -1: not said */
	bool descriptor;
	struct data_spec data;
	uint64_t data_at, data_from;	/* place in what came, and in `data` */
	uint32_t length, sense_len;
	uint8_t residual_kind;		/* enum sluice_residual */
	uint32_t residual;
	uint64_t within_ns, after_ns;
	uint32_t response;		/* enum sluice_tmf_response */
	uint8_t information[3];		/* additional response information of a function */
};

/* A command that a handler should have seen. */
struct sight {
	const char *device;
	struct script_match match;
	int redelivered;		/* -1: either */
	uint64_t sequence;		/* 0: any */
	uint8_t attribute;		/* 0: any */
	struct sight *next;		/* and after it */
};

struct saw_spec {
	const char *handler;
	int64_t count;			/* -1: at least once, in the order of the list */
	struct sight *sights;
};

struct heard_spec {
	const char *handler;
	const char *device;
	int64_t count;
	uint32_t type, function;	/* enum sluice_event_type; enum sluice_tmf with TASK_MANAGEMENT */
};

enum info_subject { INFO_GATEWAY, INFO_DEVICE, INFO_NEXUS, INFO_LIVE };

/* A nexus's commands in the dump of live ones, counted by whom they wait for. */
struct live_counts {
	uint32_t commands, aborted, waits[SLUICE_WAIT_NEXT + 1];
};

struct info_field {
	uint32_t field;			/* a row of info_fields[subject] */
	uint64_t value;
	struct info_field *next;
};

struct info_spec {
	uint32_t subject;		/* enum info_subject */
	const char *name;
	struct info_field *fields;
};

/* Patterns of a group, commands that end in an order or are pending for some time. */
struct names_spec {
	const char **list;		/* NULL-terminated */
	const char *target;		/* of a group */
	uint64_t ns;
};

struct statement {
	uint32_t line;
	uint32_t kind;			/* enum statement_kind */
	const char *text;		/* as it was written, without comment */
	bool refused;			/* the gateway is to refuse it ... */
	const char *refusal;		/* ... and to say so; NULL: whatever it says */
	const char *name;		/* of what is declared or acted on */
	struct statement *next;
	union {
		struct handler_spec handler;
		struct device_spec device;
		struct lun_spec lun;
		struct access_spec access;
		struct nexus_spec nexus;
		struct address ready;
		struct send_spec send;
		struct function_spec function;
		struct when_spec when;
		struct order_spec order;
		struct end_spec end;
		struct saw_spec saw;
		struct heard_spec heard;
		struct info_spec info;
		uint32_t verb;		/* enum process_verb */
		uint64_t ns;
		struct names_spec names;
	};
};

struct scenario {
	const char *name;
	uint32_t line;
	struct statement *first, **last;
	struct scenario *next;
};

/* What is wrong with a line, and what to write instead. */
struct complaint {
	uint32_t line;
	const char *text;
	struct complaint *next;
};

struct scenario_file {
	struct arena arena;
	struct scenario common;		/* statements before the first scenario: they precede each one's own */
	struct scenario *scenarios, **last;
	struct complaint *complaints, **last_complaint;
	uint32_t n_scenarios, n_complaints;
};

/*
 * Parses the text of a file. No input or output. Every error of the file is in
 * `complaints`; true if there is none. The caller frees in either case.
 */
bool scenario_parse(const char *text, size_t len, struct scenario_file *out);
void scenario_free(struct scenario_file *f);

/* Counters of DEVICE_INFO and the like by name: `state`, `live`, ... Ends with an empty row. */
struct info_name {
	const char *word;
	uint16_t offset, bytes;		/* in the subject's structure */
};
extern const struct info_name *const info_fields[4];

#endif /* SLUICE_RIG_SCENARIO_SCENARIO_H */
