/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A core with a number of nexuses and logical units, every nexus with every unit; fabric
 * and handler are played on the same thread. No host, ring client or wire.
 */
#ifndef SLUICE_BENCH_CORE_WORLD_H
#define SLUICE_BENCH_CORE_WORLD_H

#include "core/command.h"

#define WORLD_BATCH_MAX 64U

/* Which I_T_L nexus the next command is for. */
enum world_order {
	WORLD_OWN,	/* nexus after nexus, each with a unit of its own */
	WORLD_RANDOM,	/* any nexus, any unit */
	WORLD_TURN,	/* any unit of a nexus after the other, then the next nexus */
	WORLD_ORDERS
};

struct world {
	u32 n_nexuses, n_units;
	struct sl_gateway *gw;
	struct sl_session *session;
	struct sl_queue *queue;
	struct sluice_control control;
	u8 *gateway_region, *handler_region;
	struct sl_nexus **nexuses;
	struct sl_cmd *cmds;		/* [WORLD_BATCH_MAX] */
	u32 n_ended, n_bad;		/* responses; those that were not GOOD */
	u32 consumer, producer;
	u64 now_ns, at, random;
	bool closed;
	/* bytes of heap for one, while idle */
	u64 device_bytes, lun_bytes, nexus_bytes, itl_bytes;
};

/* Ends the program with a message when there is no memory. */
void world_open(struct world *w, u32 n_nexuses, u32 n_units);
/* So many TEST UNIT READY, `batch` at a time; all end GOOD. Returns the nanoseconds that they took. */
u64 world_run(struct world *w, enum world_order order, u32 batch, u32 commands);
void world_close(struct world *w);

#endif /* SLUICE_BENCH_CORE_WORLD_H */
