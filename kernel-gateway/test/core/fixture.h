/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A gateway between a fabric and a handler that the test plays by hand: the fabric
 * records what it is asked for, the handler is functions on the shared regions.
 */
#ifndef SLUICE_TEST_CORE_FIXTURE_H
#define SLUICE_TEST_CORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/command.h"
#include "core/gateway.h"

#define FX_TARGET	"iqn.2026-11.io.sluice:test"
#define FX_SECOND	1000000000ULL

/* A command and what became of it. */
struct fx_cmd {
	struct sl_cmd cmd;
	u32 data_outs, cancels, responses;
	u32 order;			/* fx->clock when it was responded to */
};

struct fx_tmf {
	struct sl_tmf tmf;
	u32 done;
	u32 order;
};

struct fx {
	struct sl_gateway *gw;
	struct sl_session *session;
	struct sl_session *abandoned;
	u8 *abandoned_regions[2];
	struct sluice_control control;
	u8 *gateway_region, *handler_region;
	u32 device;
	u8 recovery;			/* of devices that are added; FAIL */
	struct sluice_device_added added;	/* the last reply */
	u64 now_ns;
	u32 clock;			/* counts responses and TMF answers */
	u64 timer_ns;
	u32 dirties, wakes, broken, closed;
	const char *broken_why;
	bool batches;			/* the host's doorbells are the test's business */
	bool auto_fetch;		/* data_out is done at once */
	bool auto_release;		/* respond releases at once */
	u32 consumer[SLUICE_MAX_QUEUES];	/* the handler's private indices */
	u32 producer[SLUICE_MAX_QUEUES];
	u32 event_consumer, request_producer;
	void (*data_out)(struct sl_cmd *cmd);	/* instead of auto_fetch; NULL: as that says */
	void (*on_respond)(void);	/* called in respond(), once */
};

extern struct fx *fx;			/* of the running test */

/* One session with two queues, one device "disk" on LUN 0 of FX_TARGET; the arguments 0 are 8, 16 MiB, 32. */
void fx_open(u32 depth, u64 pool_bytes, u32 task_set_limit);
void fx_open_limited(const struct sl_limits *limits, u32 depth, u64 pool_bytes, u32 task_set_limit);
int fx_setup(void **state);
int fx_teardown(void **state);
void fx_session_open(u32 depth, u64 pool_bytes);
void fx_session_close(void);		/* close, and destroy when drained */
/* Its process died: it stays, with what was kept, until fx_bury(). Another may be opened meanwhile. */
void fx_abandon(void);
void fx_bury(void);			/* destroys what was abandoned; it must be drained */
u32 fx_device_add(const char *name, u32 queue, u32 task_set_limit);
void fx_lun_map(u32 lun, const char *device);
/* Opens a nexus and takes away its first Unit Attention on LUN 0. */
struct sl_nexus *fx_nexus(const char *initiator);
struct sl_nexus *fx_nexus_raw(const char *initiator, enum sl_nexus_origin origin);
const struct sl_fabric_ops *fx_fabric(void);

/* Fabric */
void fx_init(struct fx_cmd *c, struct sl_nexus *n, u8 opcode, u8 direction, u32 expected_len);
void fx_submit(struct fx_cmd *c);
void fx_release(struct fx_cmd *c);
void fx_tmf(struct fx_tmf *t, struct sl_nexus *n, u8 function, u32 lun, u64 tag);

/* Handler: the next descriptor, or NULL. */
const struct sluice_desc *fx_take(u32 queue);
u8 *fx_buffer(const struct sluice_desc *d);
void fx_put(u32 queue, u32 tag, u32 generation, u8 status, u32 data_len, const u8 *sense, u16 sense_len);
/* Completes with GOOD and reaps. */
void fx_good(u32 queue, const struct sluice_desc *d, u32 data_len);
u32 fx_reap(u32 queue);
const struct sluice_event *fx_event(void);
void fx_request(const struct sluice_request *r);

/* Assertions */
void fx_assert_sense(const struct fx_cmd *c, u8 key, u16 asc);
void fx_assert_quiet(void);		/* no buffer, tag or command is left */

#endif /* SLUICE_TEST_CORE_FIXTURE_H */
